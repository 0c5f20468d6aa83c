#!/bin/bash
# After the engine of a backtest: its result becomes the log of the job.
#   OUT        folder that the engine left it in
#   MAX_BYTES  that it may have: what is longer, the kubelet would cut
set -euo pipefail

OUT=${OUT:-/out}
: "${MAX_BYTES:?}"

fail() {
  echo "$1" >&2
  exit 1
}

file="$OUT/result.json"
[ -s "$file" ] || fail "the engine ended well and left nothing in $file"
bytes=$(wc -c <"$file")
((bytes <= MAX_BYTES)) || fail "$file has $bytes bytes, of $MAX_BYTES at most"
jq --exit-status . "$file" >/dev/null 2>&1 || fail "$file holds no JSON"
cat "$file"
