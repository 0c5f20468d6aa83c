#!/bin/bash
# Before the engine of a backtest: finds the blocks of the run on each of its forks, makes every fork stand at the last of them, and
# writes the files that the engine reads.
#   FROM    first block: its number, a time in UTC such as 2026-11-01T00:00:00Z, or a stretch before the last block, such as 90s, 30m, 6h, 7d
#   TO      last block: its number, a time, or latest. Where it is not given, ENDS says it, or latest
#   DATA    prefix below the archive that the engine reads; all of it where it is not given
#   ARCHIVE recorded data, as s3://<bucket>/<prefix>, where there is any
#   ENDS    numbers of last blocks by network, in JSON: {"ethereum/mainnet": 21000000}
#   WAIT_SECONDS  that a fork may take to answer
#   FILES   folder of the files as they are mounted
#   TARGET  folder that the engine reads
set -euo pipefail
# What fails within a substitution ends the run as well.
shopt -s inherit_errexit

FROM=${FROM:-1h}
TO=${TO:-}
DATA=${DATA:-}
ARCHIVE=${ARCHIVE:-}
ENDS=${ENDS:-null}
WAIT_SECONDS=${WAIT_SECONDS:-300}
FILES=${FILES:-/files}
TARGET=${TARGET:-/etc/mev}

fail() {
  echo "$1" >&2
  exit 1
}

# post <method> <params>: what the fork answers.
post() {
  curl --silent --show-error --fail --max-time 120 --noproxy '*' --header 'content-type: application/json' \
    --data "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":$2}" "$url"
}

# ask <method> <params> [filter of jq]: the result, or the end of the run. By pipes: nothing can be written here, and what is longer
# than one, bash would put into a file.
ask() {
  local answer result
  answer=$(post "$1" "$2") || fail "$network: $1: the fork does not answer"
  result=$(printf '%s' "$answer" |
    jq --raw-output "if has(\"result\") and (has(\"error\") | not) then .result | ${3:-.} else empty end" 2>/dev/null) || true
  [ -n "$result" ] ||
    fail "$network: $1: $(printf '%s' "$answer" | jq --raw-output '.error.message' 2>/dev/null || echo 'an answer that cannot be read')"
  echo "$result"
}

# await_fork: until it answers, which it does once it has read its block.
await_fork() {
  local deadline=$((SECONDS + WAIT_SECONDS))
  until post eth_chainId '[]' >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "$network: its fork has not answered within $WAIT_SECONDS seconds; the log of its container says why"
    sleep 1
  done
}

# time_of <block>: when it was made.
time_of() {
  local made
  made=$(ask eth_getBlockByNumber "[\"$(printf '0x%x' "$1")\",false]" '.timestamp?')
  [ "$made" != null ] || fail "$network: the fork has no block $1"
  echo $((made))
}

# first_at <time>: the first block that was made then or later, of those up to the head; the one behind the head where none was.
first_at() {
  local low=0 high=$((head + 1)) middle made
  while ((low < high)); do
    middle=$(((low + high) / 2))
    made=$(time_of "$middle")
    if ((made < $1)); then low=$((middle + 1)); else high=$middle; fi
  done
  echo "$low"
}

# seconds_of <time>: since 1970, or nothing where it is no time.
seconds_of() { jq --null-input --raw-output --arg time "$1" '$time | fromdateiso8601? // empty'; }

# last_block: by TO.
last_block() {
  local to=${TO:-$(jq --raw-output --arg network "$network" '.[$network]? // "latest"' <<<"$ENDS")} at
  case "$to" in
    latest) echo "$head" ;;
    *[!0-9]*)
      at=$(seconds_of "$to")
      [ -n "$at" ] || fail "TO: \"$to\" is neither the number of a block, nor latest, nor a time in UTC such as 2026-11-01T00:00:00Z"
      at=$(first_at $((at + 1)))
      echo $((at - 1))
      ;;
    *)
      alone TO "$TO"
      ((10#$to <= head)) || fail "TO: $network has no block $to; the newest is $head"
      echo $((10#$to))
      ;;
  esac
}

# first_block <last>: by FROM.
first_block() {
  local unit at
  local stretch='^([0-9]{1,9})([smhd])$'
  if [[ $FROM =~ $stretch ]]; then
    case ${BASH_REMATCH[2]} in s) unit=1 ;; m) unit=60 ;; h) unit=3600 ;; d) unit=86400 ;; esac
    at=$(time_of "$1")
    first_at $((at - 10#${BASH_REMATCH[1]} * unit))
  elif [[ $FROM =~ ^[0-9]+$ ]]; then
    alone FROM "$FROM"
    echo $((10#$FROM))
  else
    at=$(seconds_of "$FROM")
    [ -n "$at" ] || fail "FROM: \"$FROM\" is neither the number of a block, nor a time in UTC such as 2026-11-01T00:00:00Z, nor a stretch such as 6h"
    first_at "$at"
  fi
}

# Numbers of blocks are of one network.
alone() { # <variable> <its value>
  if ((networks > 1)) && [ -n "$2" ]; then
    fail "$1: the number of a block is of one network, and the strategy has $networks; give a time"
  fi
}

engine=$(cat "$FILES/engine.json")
networks=$(jq '.chains | length' <<<"$engine")
if [ -n "$ARCHIVE" ]; then
  engine=$(jq --arg data "$ARCHIVE$DATA" '.backtest.data = $data' <<<"$engine")
elif [ -n "$DATA" ]; then
  fail 'DATA: there is no archive; name one in mev.research.archive'
fi
for ((index = 0; index < networks; index++)); do
  network=$(jq --raw-output ".chains[$index] | \"\(.chain)/\(.network)\"" <<<"$engine")
  url=$(jq --raw-output ".chains[$index].rpc" <<<"$engine")
  expected=$(jq ".chains[$index].chainId" <<<"$engine")
  await_fork
  id=$(ask eth_chainId '[]')
  ((id == expected)) || fail "$network: its fork is of a chain with the id $((id)), and not $expected"
  head=$(ask eth_blockNumber '[]')
  head=$((head))
  to=$(last_block)
  ((to >= 0)) || fail "TO: $network has no block that early"
  from=$(first_block "$to")
  ((from <= to)) || fail "FROM: $network has no block from $FROM on until block $to"
  ask anvil_reset "[{\"forking\":{\"blockNumber\":$to}}]" >/dev/null
  stands=$(ask eth_blockNumber '[]')
  ((stands == to)) || fail "$network: the fork stands at block $((stands)) and not at $to"
  engine=$(jq ".chains[$index].blocks = {from: $from, to: $to}" <<<"$engine")
  echo "$network: blocks $from to $to"
done

# What is linked, as the kubelet mounts it.
cp -rL "$FILES"/* "$TARGET"
printf '%s\n' "$engine" >"$TARGET/engine.json"
