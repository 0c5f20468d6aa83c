#!/bin/bash
# Stops all processes of the node, each with the grace that its makers ask for.
# By hand: hands over to the systemd unit, so that systemd knows that the node is stopped.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
host_values=$ROOT/run/chain-node/host-values.env

say() { echo "stop: $*"; }

stop_processes() {
  local values=()
  # After a start that failed early there is no such file; a stop needs none of its values.
  if [ -f "$host_values" ]; then values=(--env-file "$host_values"); fi
  say "stopping the processes; this can take up to ${STOP_GRACE_SECONDS:-1800} seconds"
  # Without --timeout: each container has its own stop_grace_period.
  docker compose --project-name chain-node --file "$release/compose.yml" "${values[@]}" stop
  say "all processes are stopped"
}

main() {
  # shellcheck source=/dev/null
  . "$release/node.env"
  if [ "${CHAIN_NODE_UNIT:-}" != yes ]; then
    say "asking systemd to stop chain-node.service; it starts again at the next boot or release"
    exec systemctl stop chain-node.service
  fi
  stop_processes
}

main "$@"
