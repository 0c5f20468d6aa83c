#!/bin/bash
# Runs before the engine, and ends well only when nothing stops it. A pod that is made while the engine is stopped, be it by a node that
# is drained or by an apply, gets no further; and whoever scales it has looked before it begins.
#   STOP_FILE     there, with a reason in it, while the engine is stopped
#   WAIT_SECONDS  that it must stay away for; longer than KEDA takes to look once
set -euo pipefail

STOP_FILE=${STOP_FILE:-/etc/mev/stop/reason}
WAIT_SECONDS=${WAIT_SECONDS:-15}

deadline=$((SECONDS + WAIT_SECONDS))
while true; do
  if [ -e "$STOP_FILE" ]; then
    echo "the engine is stopped: $(head -c 1000 "$STOP_FILE"); how it is started again: docs/runbooks/kill-switch.md" >&2
    exit 1
  fi
  if ((SECONDS >= deadline)); then exit 0; fi
  sleep 1
done
