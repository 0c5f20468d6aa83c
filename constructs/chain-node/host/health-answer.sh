#!/bin/bash
# Answers one HTTP request about the node's health: 200 when it is healthy, 503 when it is not or nobody has looked for a
# while. For load balancers; started by chain-node-health-answer.socket with the connection as input and output.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
# Three times the interval of the looks.
STALE_SECONDS=${STALE_SECONDS:-90}

report=$ROOT/run/chain-node-health/report.json

# What is asked does not matter, but who closes early resets the connection under the answer.
read_request() {
  local line
  while IFS= read -r -t 5 -n 8192 line; do
    if [ -z "${line%$'\r'}" ]; then return; fi
  done
}

main() {
  local LC_ALL=C body code='503 Service Unavailable'
  read_request || true
  body=$(jq --compact-output --argjson now "$(date +%s)" --argjson stale "$STALE_SECONDS" \
    'if $now - .at > $stale then {status: "unknown", reason: "nobody has looked for \($now - .at) seconds"} else {status, reason: .latest.reason, latest} end' \
    "$report" 2>/dev/null) || body='{"status":"unknown","reason":"nobody has looked yet"}'
  if [ "$(jq --raw-output .status <<<"$body")" = healthy ]; then code='200 OK'; fi
  printf 'HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n' \
    "$code" "$((${#body} + 1))" "$body"
}

main "$@"
