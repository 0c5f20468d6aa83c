#!/bin/bash
# What the engine and its proxy reach, past everything that docker allows. A packet that any table drops is dropped.
#   engine-network.sh on       names, ports of the node, ports of other nodes in the VPC, ranges, and from the proxy the world
#   engine-network.sh closed   nothing; whoever scrapes the engine is still answered
#   engine-network.sh off      takes the rules away
#   engine-network.sh check    whether they are still as they were set
#   engine-network.sh show     says what they are
# Never who tells an instance what it is (169.254.169.254), whatever the range says.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
IMDS=${IMDS:-http://169.254.169.254}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
run=$ROOT/run/mev-engine
table=mev_engine
# As compose.yml has them.
bridge=mev-engine
gateway=198.18.0.1
engine=198.18.0.2
proxy=198.18.0.3
# The resolver of every VPC (AWS, VPC user guide, DNS attributes), which is asked past the host's own.
resolver=169.254.169.253
inside='0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 224.0.0.0/3'

say() {
  echo "engine-network: $*" >&2
  logger --tag mev-engine-network -- "$*" 2>/dev/null || true
}

comma() { echo "${1// /, }"; }

vpc_range() {
  local token mac
  token=$(curl --silent --fail --max-time 5 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/latest/api/token") || return
  mac=$(curl --silent --fail --max-time 5 --header "X-aws-ec2-metadata-token: $token" "$IMDS/latest/meta-data/mac") || return
  curl --silent --fail --max-time 5 --header "X-aws-ec2-metadata-token: $token" \
    "$IMDS/latest/meta-data/network/interfaces/macs/$mac/vpc-ipv4-cidr-block"
}

load() { # <rules of what goes out> <rules of what the host itself answers>
  nft --file - <<RULES
add table inet $table
delete table inet $table
table inet $table {
  chain through {
    type filter hook forward priority filter - 5; policy accept;
    # From outside the engine is asked for its metrics alone.
    iifname != "$bridge" oifname "$bridge" ct state established,related accept
    iifname != "$bridge" oifname "$bridge" ip daddr $engine tcp dport 9090 accept
    oifname "$bridge" iifname != "$bridge" drop
    iifname != "$bridge" accept
    # An answer to who asked, never what it began itself.
    ct direction reply accept
$1
    drop
  }
  chain host {
    type filter hook input priority filter - 5; policy accept;
    iifname != "$bridge" accept
    ct direction reply accept
$2
    drop
  }
}
RULES
  nft list table inet "$table" | sha256sum >"$run/network"
}

on() {
  local out='' own='' range
  out+="    ip saddr { $engine, $proxy } ip daddr $resolver meta l4proto { tcp, udp } th dport 53 accept"$'\n'
  # By bridges that the kernel shows to filters; by others it goes unseen.
  out+="    oifname \"$bridge\" ip saddr $engine ip daddr $proxy tcp dport 3128 accept"$'\n'
  if [ -n "${OTHER_PORTS:-}" ]; then
    range=$(vpc_range) || {
      say 'the range of the VPC is not known, and other nodes are read in it; nothing is let out'
      closed
      return 1
    }
    out+="    ip saddr $engine ip daddr $range tcp dport { $(comma "$OTHER_PORTS") } accept"$'\n'
  fi
  out+="    ip daddr 169.254.0.0/16 drop"$'\n'
  if [ -n "${EGRESS:-}" ]; then out+="    ip saddr $engine ip daddr { $(comma "$EGRESS") } tcp dport 443 accept"$'\n'; fi
  if [ "${PROXY:-no}" = yes ]; then out+="    ip saddr $proxy ip daddr != { $inside } tcp dport 443 accept"$'\n'; fi
  if [ -n "${NODE_PORTS:-}" ]; then own="    ip saddr $engine ip daddr $gateway tcp dport { $(comma "$NODE_PORTS") } accept"; fi
  load "$out" "$own"
}

closed() { load '' ''; }

off() {
  nft delete table inet "$table" 2>/dev/null || true
  rm -f "$run/network"
}

check() {
  [ -s "$run/network" ] && nft list table inet "$table" 2>/dev/null | sha256sum | cmp --silent - "$run/network"
}

main() {
  # shellcheck source=/dev/null
  . "$release/engine.env"
  mkdir -p "$run"
  case ${1:-} in
    on) on ;;
    closed) closed ;;
    off) off ;;
    check) check ;;
    show) nft list table inet "$table" 2>/dev/null || echo 'there are no rules' ;;
    --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0" ;;
    *)
      say "unknown argument '${1:-}'; use on, closed, off, check, show or --help"
      exit 2
      ;;
  esac
}

main "$@"
exit
