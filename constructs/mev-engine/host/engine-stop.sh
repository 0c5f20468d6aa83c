#!/bin/bash
# After each stop of the engine, and when one takes too long: what is left of it is killed, by docker and, where docker does not answer,
# by systemd. Nothing of it gets out any more.
#   engine-stop.sh             exit 0 when nothing is left
#   engine-stop.sh --gently    only asks it to end, each container with its own grace
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
DOCKER_WAIT_SECONDS=${DOCKER_WAIT_SECONDS:-10}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
run=$ROOT/run/mev-engine

say() {
  echo "engine-stop: $*" >&2
  logger --tag mev-engine-stop -- "$*" 2>/dev/null || true
}

ours() { timeout "$DOCKER_WAIT_SECONDS" docker ps --all --quiet --filter label=com.docker.compose.project=mev-engine; }

main() {
  local left
  # shellcheck source=/dev/null
  . "$release/engine.env"
  if [ "${1:-}" = --gently ]; then
    timeout "$((${GRACE_SECONDS:?} + 10))" docker compose --project-name mev-engine --file "$release/compose.yml" stop ||
      say 'it could not be asked to end, or did not'
    return
  fi
  "$release/host/engine-network.sh" closed || say 'its way out could not be closed (above)'
  rm -f "$run/runtime"
  if left=$(ours); then
    # shellcheck disable=SC2086
    if [ -z "$left" ] || timeout "$DOCKER_WAIT_SECONDS" docker rm --force $left >/dev/null; then return; fi
  fi
  say 'docker does not answer; ending its processes without it'
  # All of its containers are in it, and nothing else is.
  systemctl kill --signal=KILL mev-engine.slice || true
  systemctl stop mev-engine.slice
}

main "$@"
exit
