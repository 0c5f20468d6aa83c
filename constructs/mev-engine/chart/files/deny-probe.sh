#!/bin/bash
# Tries, from where the engine stands, what it must not be able to reach. Ends well when nothing of it answers.
#   FORBIDDEN       addresses, as <host>:<port>
#   TIMEOUT_SECONDS for each
set -euo pipefail

TIMEOUT_SECONDS=${TIMEOUT_SECONDS:-5}
: "${FORBIDDEN:?}"

open=0
for target in $FORBIDDEN; do
  # What is refused was reached as well: a policy drops.
  status=0
  curl --silent --output /dev/null --connect-timeout "$TIMEOUT_SECONDS" --max-time "$((TIMEOUT_SECONDS + 1))" --noproxy '*' \
    "telnet://$target" </dev/null || status=$?
  case $status in
    28) ;; # timed out
    6) echo "$target has no address" && exit 2 ;;
    *)
      echo "$target can be reached (curl: $status)" >&2
      open=1
      ;;
  esac
done
if ((open)); then exit 1; fi
echo "nothing of $FORBIDDEN can be reached"
