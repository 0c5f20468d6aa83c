#!/bin/bash
# Before each start of the engine: whether it may, its files, what it reaches. Whatever is missing, it does not start.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
run=$ROOT/run/mev-engine
latch=$ROOT/var/lib/mev-engine/latch

die() {
  echo "engine-start: $*" >&2
  exit 1
}

main() {
  local given
  # shellcheck source=/dev/null
  . "$release/engine.env"
  if [ -e "$latch" ]; then die "the engine is stopped: $(head -c 1000 "$latch"); how it is started again: docs/runbooks/kill-switch.md"; fi
  if [ "${STOPPED:?}" = yes ]; then die 'the engine is stopped by commit'; fi
  if ! rm "$run/may-start" 2>/dev/null; then die 'the guard starts the engine, when everything is well; see: journalctl -u mev-engine-guard'; fi
  # Of the release that the node runs, not of one that is still to come: two that count on the same memory do not fit.
  given=$(sed -n "s/^RESERVED_MEMORY_MIB='\([0-9]*\)'\$/\1/p" "$ROOT/opt/chain-node/current/node.env" 2>/dev/null || true)
  if ((${given:-0} < ${RESERVED_MEMORY_MIB:?})); then
    die "the node has not given up the $RESERVED_MEMORY_MIB MiB that the engine takes; it does with its own release: journalctl -t chain-node-apply"
  fi
  if [ ! -S "$ROOT${IPC_SOCKET:?}" ]; then die "the node has no socket at $IPC_SOCKET; it makes one when it starts with its own release"; fi
  "$release/host/engine-files.sh" || die 'the files of the engine are not there (above)'
  "$release/host/engine-network.sh" on || die 'what the engine reaches could not be limited (above)'
  mkdir -p "$run/ipc"
  chown 0:65532 "$run" "$run/ipc"
  chmod 0750 "$run" "$run/ipc"
  "$release/host/engine-files.sh" --runtime >"$run/runtime.new"
  mv -T "$run/runtime.new" "$run/runtime"
}

main "$@"
exit
