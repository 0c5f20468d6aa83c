#!/bin/bash
# Starts all processes of the node, after the values that only this host knows are resolved.
#   start.sh                   by hand: hands over to the systemd unit
#   start.sh --resolve FILE    only writes the host's values to FILE (mode 0600), starts nothing
#   start.sh --help            this text
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
HOST_VALUES_WAIT_SECONDS=${HOST_VALUES_WAIT_SECONDS:-300}
HOST_VALUES_PAUSE_SECONDS=${HOST_VALUES_PAUSE_SECONDS:-5}
IMDS=${IMDS:-http://169.254.169.254}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
run=$ROOT/run/chain-node
secrets=$ROOT/var/lib/chain-node/secrets

say() { echo "start: $*" >&2; }

die() {
  say "$*"
  exit 1
}

public_ip() {
  local token
  token=$(curl --silent --fail --max-time 5 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/latest/api/token") || return
  curl --silent --fail --max-time 5 \
    --header "X-aws-ec2-metadata-token: $token" "$IMDS/latest/meta-data/public-ipv4"
}

# The secret as Secrets Manager has it: its text, and when it was given it.
secret() { # <name>
  aws secretsmanager get-secret-value --region "$REGION" --secret-id "$1" \
    --query '{text: SecretString, at: CreatedDate}' --output json
}

# Sets value, and, of a secret, answer.
resolve() { # <source>
  answer=''
  case $1 in
    public-ip) value=$(public_ip) ;;
    secret:*) answer=$(secret "${1#secret:}") && value=$(jq --raw-output '.text // empty' <<<"$answer") ;;
    *) return 1 ;;
  esac
}

# A line that compose and systemd skip: since when a secret has the value that it has here. Whoever watches asks for it.
note_age() { # <name of the secret> <answer>
  local at
  if at=$(date --date "$(jq --raw-output '.at // "unknown"' <<<"$2")" +%s 2>/dev/null); then printf '# %s since %s\n' "$1" "$at"; fi
}

# An address or a permission may arrive a little after the host does.
resolve_patiently() { # <name> <source>
  local deadline=$((SECONDS + HOST_VALUES_WAIT_SECONDS)) value answer
  case $2 in
    public-ip | secret:?*) ;;
    *) die "the source '$2' of $1 in node.env is unknown; use public-ip or secret:<name>" ;;
  esac
  while true; do
    if resolve "$2" && [ -n "$value" ]; then break; fi
    if ((SECONDS >= deadline)); then
      die "no value for $1 from '$2' within $HOST_VALUES_WAIT_SECONDS seconds; see that it exists and that the instance role may read it"
    fi
    sleep "$HOST_VALUES_PAUSE_SECONDS"
  done
  # The file is read by compose: single quotes keep every other character as it is.
  case $value in
    *"'"* | *$'\n'*) die "the value of $1 from '$2' has a single quote or a line break; store it without" ;;
  esac
  if [ -n "$answer" ]; then note_age "${2#secret:}" "$answer"; fi
  printf "%s='%s'\n" "$1" "$value"
}

# A secret that processes read as a file. Of one that was there before, what it was will do: the store may be out of reach for a while.
give() { # <name of the file> <secret> <where files go, or nothing: it is only looked at>
  local deadline=$((SECONDS + HOST_VALUES_WAIT_SECONDS)) value answer
  while true; do
    if resolve "secret:$2" && [ -n "$value" ]; then break; fi
    if [ -n "$3" ] && [ -s "$3/$1" ]; then
      say "the secret '$2' could not be had; its file $1 is the one from before"
      return
    fi
    if ((SECONDS >= deadline)); then
      die "no value for the file $1 from the secret '$2' within $HOST_VALUES_WAIT_SECONDS seconds; see that it exists and that the instance role may read it"
    fi
    sleep "$HOST_VALUES_PAUSE_SECONDS"
  done
  note_age "$2" "$answer"
  if [ -z "$3" ]; then return; fi
  jq --join-output '.text' <<<"$answer" >"$3/.$1.new"
  chown "$USER_ID:$USER_ID" "$3/.$1.new"
  mv -T "$3/.$1.new" "$3/$1"
}

# A file that an earlier release was given, and this one is not, is nobody's any more.
forget_given() {
  local name pair given=$secrets/.given
  if [ -f "$given" ]; then
    while read -r name; do
      [[ " ${GIVEN_SECRETS:-}" == *" $name="* ]] || rm -f "${secrets:?}/$name"
    done <"$given"
  fi
  if [ -z "${GIVEN_SECRETS:-}" ]; then
    rm -f "$given"
  else
    for pair in $GIVEN_SECRETS; do echo "${pair%%=*}"; done >"$given.new"
    mv -T "$given.new" "$given"
  fi
}

write_host_values() { # <file> [<where files of secrets go>]
  local pair
  (
    umask 077
    rm -f "$1.new"
    {
      for pair in ${HOST_VALUES:-}; do resolve_patiently "${pair%%=*}" "${pair#*=}"; done
      for pair in ${GIVEN_SECRETS:-}; do give "${pair%%=*}" "${pair#*=}" "${2:-}"; done
    } >"$1.new"
  ) || exit 1
  mv -T "$1.new" "$1"
}

compose() {
  docker compose --project-name chain-node --file "$release/compose.yml" --env-file "$run/host-values.env" "$@"
}

# At every start, because local disks come back blank, and only on the mounted disk. The directories change hands, not what is below them: that may be terabytes.
make_tree() {
  local tree=$ROOT/data/blockchain/nodes/chains/$CHAIN name directories
  # Who makes a disk from a snapshot of this one looks here whose it was.
  printf '{"environment":"%s","node":"%s","chain":"%s","network":"%s","client":"%s"}\n' \
    "$ENVIRONMENT" "$NODE_ID" "$CHAIN" "$NETWORK" "$CLIENT" >"$ROOT/data/.chain-node.json.new"
  mv -T "$ROOT/data/.chain-node.json.new" "$ROOT/data/.chain-node.json"
  directories=("$tree" "$tree"/{config,data,source,binaries,deployment,monitoring,scripts,logs,logs/{application,system,audit}})
  for name in ${DATA_DIRECTORIES:-}; do
    name=$tree/$name
    # With its parents, from below up to the tree.
    while [ "$name" != "$tree" ]; do
      directories+=("$name")
      name=${name%/*}
    done
  done
  mkdir -p "${directories[@]}"
  chown "$USER_ID:$USER_ID" "${directories[@]}"
  for name in start.sh stop.sh health-check.sh backup.sh; do
    ln -sfn "$ROOT/opt/chain-node/current/host/$name" "$tree/scripts/$name"
  done
}

# The units of native processes: those of this release and no others, before any of them runs.
install_units() {
  local file target folder=$ROOT/etc/systemd/system changed=no
  for file in "$folder"/chain-node-process-*.service; do
    if [ ! -f "$file" ] || [ -f "$release/units/${file##*/}" ]; then continue; fi
    # After a start that failed, nobody has stopped it, and without its unit nobody could.
    systemctl stop "${file##*/}"
    rm "$file"
    changed=yes
  done
  for file in "$release"/units/*.service; do
    target=$folder/${file##*/}
    if [ ! -f "$file" ] || cmp --silent "$file" "$target"; then continue; fi
    cp "$file" "$target.new"
    mv -T "$target.new" "$target"
    changed=yes
  done
  # Always where there are units: the run that wrote them may have been interrupted before it said so.
  if [ "$changed" = yes ] || [ -d "$release/units" ]; then systemctl daemon-reload; fi
}

start_processes() {
  local units=() process
  for process in ${NATIVE_PROCESSES:-}; do units+=("chain-node-process-$process.service"); done
  "$release/host/prepare-disk.sh" --check || die "the data volume is not mounted; nothing is started, so that nothing is written to the root disk"
  "$release/host/bootstrap.sh" --check || die "the data is not there yet, and nothing is started without it; see: journalctl --unit chain-node-bootstrap"
  make_tree
  "$release/host/identity.sh" --restore || die "the node would be a stranger to its peers (above); nothing is started"
  forget_given
  write_host_values "$run/host-values.env" "$secrets"
  install_units
  say "starting: $PROCESSES"
  # Images come last: an image may wait for a native program, never the other way round.
  if [ -n "${NATIVE_PROCESSES:-}" ] && ! systemctl restart "${units[@]}"; then
    systemctl stop "${units[@]}" || true
    die "systemd could not start the processes; see: journalctl --unit 'chain-node-process-*'"
  fi
  # Made anew, so that what runs is what this release says, its mounted files included.
  if [ -f "$release/compose.yml" ] && ! compose up --detach --force-recreate --remove-orphans; then
    compose stop || true
    if [ -n "${NATIVE_PROCESSES:-}" ]; then systemctl stop "${units[@]}" || true; fi
    die "docker could not start the processes; its messages are above"
  fi
  say "started"
}

main() {
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  # shellcheck source=/dev/null
  . "$release/node.env"
  mkdir -p "$run"
  case ${1:-} in
    --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0" ;;
    --resolve) write_host_values "${2:?}" ;;
    '')
      if [ "${CHAIN_NODE_UNIT:-}" = yes ]; then
        start_processes
      else
        "$release/host/bootstrap.sh" --check || say "the data is not there yet, and the node starts when it is; see: journalctl --unit chain-node-bootstrap"
        say "asking systemd to start chain-node.service; its messages: journalctl -u chain-node"
        exec systemctl start chain-node.service
      fi
      ;;
    *) die "unknown argument '$1'; use --resolve, --help or nothing" ;;
  esac
}

main "$@"
