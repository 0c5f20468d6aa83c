#!/bin/bash
# Limits what the node's processes send to the internet: programs that serve peers give away all they can, and the cloud
# charges for it.
#   egress.sh on MBPS     limits it, or sets another limit
#   egress.sh off         takes the limit away
#   egress.sh show        says what is limited
#   egress.sh --help      this text
# Not limited: what goes to private networks, answers from the ports that users and monitoring ask, and everything that is
# not of the node's user. What is too much is dropped where a full queue would drop it, and senders slow down; the network
# card's own queues stay as they are. A limit that cannot be set leaves everything unlimited, and says so.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
table=chain_node
# Any number that nobody else uses.
mark=0x636e

say() {
  echo "egress: $*" >&2
  logger --tag chain-node-egress -- "$*" 2>/dev/null || true
}

# The ways to the internet.
interfaces() {
  { ip -json route show default && ip -json -6 route show default; } |
    jq --raw-output --slurp '[.[][].dev] | unique | map("\"\(.)\"") | join(", ")'
}

# In one transaction: there is never half of it, and no moment without the old limit or the new.
limit() { # <interfaces> <Mbps>
  local ports
  ports=${UNSHAPED_PORTS:+"tcp sport { ${UNSHAPED_PORTS// /, } } return"}
  nft --file - <<RULES
add table inet $table
delete table inet $table
add table netdev $table
delete table netdev $table
table inet $table {
  chain outgoing {
    type filter hook output priority mangle; policy accept;
    meta skuid != $USER_ID return
    ip daddr { 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, 224.0.0.0/3 } return
    ip6 daddr { ::1, fc00::/7, fe80::/10, ff00::/8 } return
    $ports
    meta mark set $mark
  }
}
table netdev $table {
  chain excess {
    type filter hook egress devices = { $1 } priority filter; policy accept;
    # After a pause, a second's worth goes at once, and some of the largest packets that the kernel hands to a card.
    meta mark $mark limit rate over $(($2 * 125000)) bytes/second burst 524288 bytes drop
  }
}
RULES
}

on() { # <Mbps>
  local devices
  if [[ ! $1 =~ ^[1-9][0-9]{0,6}$ ]]; then
    say "'$1' is no limit in Mbps; nothing was changed"
    return 2
  fi
  devices=$(interfaces)
  if [ -z "$devices" ]; then
    say 'there is no way to the internet, and nothing to limit'
    return 1
  fi
  if limit "$devices" "$1"; then
    say "what the node sends to the internet by $devices is limited to $1 Mbps"
  else
    off
    say "no limit of $1 Mbps could be set (above); nothing is limited"
    return 1
  fi
}

off() {
  nft delete table inet "$table" 2>/dev/null || true
  nft delete table netdev "$table" 2>/dev/null || true
}

show() {
  nft list table inet "$table" 2>/dev/null && nft list table netdev "$table" || echo 'nothing is limited'
}

main() {
  # shellcheck source=/dev/null
  . "$release/node.env"
  case ${1:-} in
    on) on "${2:?}" ;;
    off) off ;;
    show) show ;;
    --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0" ;;
    *)
      say "unknown argument '${1:-}'; use on, off, show or --help"
      exit 2
      ;;
  esac
}

main "$@"
