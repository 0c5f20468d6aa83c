#!/bin/bash
# Stops all processes of the node, each with the grace that its makers ask for.
#   stop.sh            by hand: hands over to the systemd unit, so that systemd knows that the node is stopped
#   stop.sh --help     this text
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
host_values=$ROOT/run/chain-node/host-values.env

say() { echo "stop: $*"; }

stop_processes() {
  local values=() units=() process status=0
  # After a start that failed early there is no such file; a stop needs none of its values.
  if [ -f "$host_values" ]; then values=(--env-file "$host_values"); fi
  say "stopping the processes; this can take up to ${STOP_GRACE_SECONDS:-1800} seconds"
  if [ -f "$release/compose.yml" ]; then
    # Without --timeout: each container has its own stop_grace_period.
    docker compose --project-name chain-node --file "$release/compose.yml" "${values[@]}" stop || status=$?
  fi
  for process in ${NATIVE_PROCESSES:-}; do
    # One that was never started has no unit yet.
    if [ -f "$ROOT/etc/systemd/system/chain-node-process-$process.service" ]; then units+=("chain-node-process-$process.service"); fi
  done
  # Each unit has its own grace, and the order among them is theirs.
  if [ ${#units[@]} -gt 0 ]; then systemctl stop "${units[@]}" || status=$?; fi
  if [ "$status" -ne 0 ]; then
    say "not all processes are stopped (above)" >&2
    return "$status"
  fi
  say "all processes are stopped"
}

main() {
  # shellcheck source=/dev/null
  . "$release/node.env"
  case ${1:-} in
    --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0" ;;
    '')
      if [ "${CHAIN_NODE_UNIT:-}" = yes ]; then
        stop_processes
      else
        say "asking systemd to stop chain-node.service; it starts again at the next boot or release"
        exec systemctl stop chain-node.service
      fi
      ;;
    *)
      say "unknown argument '$1'; use --help or nothing"
      exit 2
      ;;
  esac
}

main "$@"
