#!/bin/bash
# Tries, from where the engine stands, what it must not be able to reach. Ends well when nothing of it answers.
#   FORBIDDEN       addresses, as <host>:<port>
#   TIMEOUT_SECONDS for each
set -euo pipefail

TIMEOUT_SECONDS=${TIMEOUT_SECONDS:-5}
: "${FORBIDDEN:?}"

open=0
for target in $FORBIDDEN; do
  host=${target%:*} port=${target##*:}
  if ! getent ahosts "$host" >/dev/null; then
    echo "$host has no address, so that nothing was tried" >&2
    exit 2
  fi
  status=0
  # shellcheck disable=SC2016
  timeout "$TIMEOUT_SECONDS" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>/dev/null || status=$?
  # What is refused was reached as well: a policy drops.
  if [ "$status" -ne 124 ]; then
    echo "$target can be reached" >&2
    open=1
  fi
done
if ((open)); then exit 1; fi
echo "nothing of $FORBIDDEN can be reached"
