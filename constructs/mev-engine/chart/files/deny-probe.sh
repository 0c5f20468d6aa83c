#!/bin/bash
# Tries, from where the engine stands, what it must not be able to reach. Ends well when nothing of it answers.
#   FORBIDDEN       addresses, as <host>:<port>
#   TIMEOUT_SECONDS for each
set -euo pipefail

TIMEOUT_SECONDS=${TIMEOUT_SECONDS:-5}
: "${FORBIDDEN:?}"

open=0
for target in $FORBIDDEN; do
  status=0
  # By when it was connected: a connection that is held and one that is not made both end when the time is up.
  connected=$(curl --silent --output /dev/null --write-out '%{time_connect}' --noproxy '*' \
    --connect-timeout "$TIMEOUT_SECONDS" --max-time "$TIMEOUT_SECONDS" "telnet://$target" </dev/null) || status=$?
  if [ "$status" -eq 6 ]; then
    echo "$target has no address, so that nothing was tried" >&2
    exit 2
  fi
  # What is refused was reached as well: a policy drops.
  if [ "$status" -ne 28 ] || [ "${connected//[0.]/}" != '' ]; then
    echo "$target can be reached" >&2
    open=1
  fi
done
if ((open)); then exit 1; fi
echo "nothing of $FORBIDDEN can be reached"
