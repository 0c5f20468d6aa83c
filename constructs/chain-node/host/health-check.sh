#!/bin/bash
# Says how the node is, in one line of JSON and by its exit status: 0 healthy, 1 unhealthy, 2 unknown.
#   health-check.sh               one line of JSON
#   health-check.sh --progress    only what moves while a node follows its chain, to compare two looks
#
# Each client must answer, follow the right network, be at the head and have peers. A client that does not
# answer, or whose answer cannot be read, is unknown: its head is null and never 0. What to ask and how to
# read it comes with the release (health.json); this program knows no chain.
set -euo pipefail

# For all requests together: who asks every 30 seconds must not wait longer.
HEALTH_LIMIT_SECONDS=${HEALTH_LIMIT_SECONDS:-10}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
definition=$release/health.json
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
end=$((SECONDS + HEALTH_LIMIT_SECONDS))

field() { # <check> <jq filter>
  jq --raw-output "$2 // empty" <<<"$1"
}

# Asks; sets code (000 when there is no answer) and leaves the answer in $work/answer.
ask() { # <request>
  local left=$((end - SECONDS)) body
  local options=(--silent --max-filesize 1000000 --output "$work/answer" --write-out '%{http_code}')
  : >"$work/answer"
  code=000
  if ((left <= 0)); then return; fi
  body=$(field "$1" .body)
  if [ -n "$body" ]; then options+=(--header 'content-type: application/json' --data "$body"); fi
  code=$(curl "${options[@]}" --max-time "$left" --request "$(field "$1" .method)" "$(field "$1" .url)") || code=000
}

# Asks and reads; sets value, or verdict and reason when there is none.
probe() { # <request> <what it is about>
  value=''
  ask "$1"
  if [ "$code" = 000 ]; then
    verdict=unknown reason="no answer about $2"
  elif [ "$code" -ge 400 ]; then
    verdict=unhealthy reason="answers about $2 with HTTP status $code"
  elif ! value=$(jq --compact-output --exit-status "$(field "$1" .read)" "$work/answer" 2>/dev/null) || [ -z "$value" ]; then
    value='' verdict=unknown reason="an answer about $2 that cannot be read"
  fi
  [ -n "$value" ]
}

is_number() { [[ $1 =~ ^-?[0-9]+(\.[0-9]+)?$ ]]; }

# Each sets verdict and reason when something is wrong, and returns false then.
check_identity() { # <check>
  local request expect
  request=$(jq --compact-output '.identity // empty' <<<"$1")
  if [ -z "$request" ]; then return; fi
  probe "$request" identity || return
  expect=$(field "$request" .expect)
  value=$(jq --raw-output . <<<"$value")
  [ "$value" = "$expect" ] && return
  verdict=unhealthy reason="follows another network: identity $value instead of $expect"
  return 1
}

check_head() { # <check>, also sets head and age
  local request maximum
  request=$(jq --compact-output .head <<<"$1")
  maximum=$(field "$request" .maximum)
  case $(field "$request" .yields) in
    httpStatus)
      ask "$request"
      case $code in
        200) return ;;
        000) verdict=unknown reason='no answer about the head' ;;
        *) verdict=unhealthy reason="not at the head: HTTP status $code" ;;
      esac
      return 1
      ;;
    block)
      probe "$request" 'the head' || return
      if ! jq --exit-status 'type == "array" and length == 2 and all(type == "number")' <<<"$value" >/dev/null; then
        verdict=unknown reason='an answer about the head that cannot be read'
        return 1
      fi
      head=$(jq '.[0] | floor' <<<"$value")
      age=$(($(date +%s) - $(jq '.[1] | floor' <<<"$value")))
      ((age <= maximum)) && return
      verdict=unhealthy reason="the head is $age seconds old, more than $maximum"
      return 1
      ;;
    slotsBehind)
      probe "$request" 'the head' || return
      if ! is_number "$value"; then
        verdict=unknown reason='an answer about the head that cannot be read'
        return 1
      fi
      behind=$value
      ((${value%.*} <= maximum)) && return
      verdict=unhealthy reason="the head is $value slots behind, more than $maximum"
      return 1
      ;;
  esac
}

check_peers() { # <check>, also sets peers
  local request minimum
  request=$(jq --compact-output '.peers // empty' <<<"$1")
  if [ -z "$request" ]; then return; fi
  probe "$request" peers || return
  if ! is_number "$value"; then
    verdict=unknown reason='an answer about peers that cannot be read'
    return 1
  fi
  peers=$value
  minimum=$(field "$request" .minimum)
  ((${value%.*} >= minimum)) && return
  verdict=unhealthy reason="$value peers, fewer than $minimum"
  return 1
}

# Of a node that syncs: what it says of its own progress. Sets progress.
look_at_progress() { # <check>
  local request verdict reason
  request=$(jq --compact-output '.progress // empty' <<<"$1")
  if [ -n "$request" ] && probe "$request" progress; then progress=$value; fi
}

# One client, as a line of JSON.
check_client() { # <check>
  local verdict=healthy reason='' head=null age=null behind=null peers=null progress=null
  # The first that fails says why; those after it would only repeat it.
  if check_identity "$1" && check_head "$1"; then check_peers "$1" || true; fi
  if [ "$verdict" != healthy ]; then look_at_progress "$1"; fi
  jq --null-input --compact-output --arg client "$(field "$1" .client)" --arg status "$verdict" --arg reason "$reason" \
    --argjson head "$head" --argjson age "$age" --argjson behind "$behind" --argjson peers "$peers" --argjson progress "$progress" \
    '{client: $client, status: $status, reason: (if $reason == "" then null else $reason end),
      head: $head, headAgeSeconds: $age, slotsBehind: $behind, peers: $peers, progress: $progress}'
}

main() {
  local checks check status
  mapfile -t checks < <(jq --compact-output '.checks[]' "$definition")
  for check in "${checks[@]}"; do check_client "$check"; done >"$work/clients"
  # Known to be bad outweighs not known; the node's own numbers are those of the first client that has them.
  jq --slurp --compact-output --slurpfile definition "$definition" '
    (map(.status)) as $all
    | { status: (if any($all[]; . == "unhealthy") then "unhealthy" elif any($all[]; . == "unknown") then "unknown" else "healthy" end),
        reason: (map(select(.reason) | "\(.client): \(.reason)") | if length == 0 then null else join("; ") end),
        labels: $definition[0].labels,
        head: ([.[].head | values] | first), headAgeSeconds: ([.[].headAgeSeconds | values] | first),
        slotsBehind: ([.[].slotsBehind | values] | first), peers: ([.[].peers | values] | first),
        clients: . }' "$work/clients" >"$work/result"
  if [ "${1:-}" = --progress ]; then
    jq --compact-output '[.clients[] | [.head, .progress]]' "$work/result"
  else
    cat "$work/result"
  fi
  status=$(jq --raw-output .status "$work/result")
  case $status in
    healthy) return 0 ;;
    unhealthy) return 1 ;;
    *) return 2 ;;
  esac
}

main "$@"
