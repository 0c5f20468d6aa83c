#!/bin/bash
# Says how the node is, in one line of JSON and by its exit status: 0 healthy, 1 unhealthy, 2 unknown.
#   health-check.sh               one line of JSON
#   health-check.sh --progress    only what moves while a node follows its chain, to compare two looks
#   health-check.sh --help        this text
#
# Each client must answer, follow the right network, be at the head and have peers. A client that does not
# answer, or whose answer cannot be read, is unknown: its head is null and never 0. What to ask and how to
# read it comes with the release (health.json); this program knows no chain.
set -euo pipefail

# For all requests together: who asks every 30 seconds must not wait longer.
HEALTH_LIMIT_SECONDS=${HEALTH_LIMIT_SECONDS:-10}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
definition=$release/health.json
work=$(mktemp -d) # not by its long name: in a pod, mktemp is busybox's
trap 'rm -rf "$work"' EXIT
end=$((SECONDS + HEALTH_LIMIT_SECONDS))

# Asks; sets code (000 when there is no answer) and leaves the answer in $work/answer.
ask() { # <method> <url> <body>
  local left=$((end - SECONDS))
  local options=(--silent --max-filesize 1000000 --output "$work/answer" --write-out '%{http_code}')
  : >"$work/answer"
  code=000
  if ((left <= 0)); then return; fi
  if [ -n "$3" ]; then options+=(--header 'content-type: application/json' --data "$3"); fi
  code=$(curl "${options[@]}" --max-time "$left" --request "$1" "$2") || code=000
}

# Asks and reads; sets value, or verdict and reason when there is none.
probe() { # <what it is about> <method> <url> <body> <jq filter>
  value=''
  ask "$2" "$3" "$4"
  if [ "$code" = 000 ]; then
    verdict=unknown reason="no answer about $1"
  elif [ "$code" -ge 400 ]; then
    verdict=unhealthy reason="answers about $1 with HTTP status $code"
  elif ! value=$(jq --raw-output --compact-output --exit-status "$5" "$work/answer" 2>/dev/null) || [ -z "$value" ]; then
    value='' verdict=unknown reason="an answer about $1 that cannot be read"
  fi
  [ -n "$value" ]
}

is_number() { [[ $1 =~ ^-?[0-9]+(\.[0-9]+)?$ ]]; }

# Each sets verdict and reason when something is wrong, and returns false then.
check_identity() { # <method> <url> <body> <jq filter> <expected>
  if [ -z "$1" ]; then return; fi
  probe identity "${@:1:4}" || return
  [ "$value" = "$5" ] && return
  verdict=unhealthy reason="follows another network: identity $value instead of $5"
  return 1
}

check_head() { # <method> <url> <body> <jq filter> <yields> <maximum>, also sets head and age
  case $5 in
    httpStatus)
      ask "${@:1:3}"
      case $code in
        200) return ;;
        000) verdict=unknown reason='no answer about the head' ;;
        *) verdict=unhealthy reason="not at the head: HTTP status $code" ;;
      esac
      return 1
      ;;
    block)
      # The number and the time as two words.
      probe 'the head' "${@:1:3}" "($4) | if type == \"array\" and length == 2 and all(type == \"number\") then map(floor) | \"\\(.[0]) \\(.[1])\" else empty end" || return
      head=${value% *}
      age=$(($(date +%s) - ${value#* }))
      ((age <= $6)) && return
      verdict=unhealthy reason="the head is $age seconds old, more than $6"
      return 1
      ;;
    slotsBehind)
      probe 'the head' "${@:1:4}" || return
      if ! is_number "$value"; then
        verdict=unknown reason='an answer about the head that cannot be read'
        return 1
      fi
      behind=$value
      ((${value%.*} <= $6)) && return
      verdict=unhealthy reason="the head is $value slots behind, more than $6"
      return 1
      ;;
  esac
}

check_peers() { # <method> <url> <body> <jq filter> <minimum>, also sets peers
  if [ -z "$1" ]; then return; fi
  probe peers "${@:1:4}" || return
  if ! is_number "$value"; then
    verdict=unknown reason='an answer about peers that cannot be read'
    return 1
  fi
  peers=$value
  ((${value%.*} >= $5)) && return
  verdict=unhealthy reason="$value peers, fewer than $5"
  return 1
}

# Of a node that syncs: what it says of its own progress. Sets progress.
look_at_progress() { # <method> <url> <body> <jq filter>
  local verdict reason
  if [ -n "$1" ] && probe progress "${@:1:3}" "($4) | tojson"; then progress=$value; fi
}

# One client, as a line of words for the result.
check_client() { # <the words of its checks>
  local verdict=healthy reason='' head=null age=null behind=null peers=null progress=null
  # The first that fails says why; those after it would only repeat it.
  if check_identity "${@:2:5}" && check_head "${@:7:6}"; then check_peers "${@:13:5}" || true; fi
  if [ "$verdict" != healthy ]; then look_at_progress "${@:18:4}"; fi
  words+=("$1" "$verdict" "$reason" "$head" "$age" "$behind" "$peers" "$progress")
}

# What stands beside the node: whether it listens, which is all that it tells.
check_beside() { # <process> <port>
  local listens=false
  if timeout 2 bash -c ": <>/dev/tcp/127.0.0.1/$2" 2>/dev/null; then listens=true; fi
  beside+=("\"$1\":$listens")
}

main() {
  local lines line checks words=() beside=() result
  if [ "${1:-}" = --help ]; then
    sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
    return
  fi
  # Few calls of jq: it is most of the time that this takes. No value has this character.
  mapfile -t lines < <(jq --raw-output '(.checks[]
    | [ .client,
        (.identity // {} | .method, .url, .body, .read, .expect),
        (.head | .method, .url, .body, .read, .yields, .maximum),
        (.peers // {} | .method, .url, .body, .read, .minimum),
        (.progress // {} | .method, .url, .body, .read) ]
    | map(. // "" | tostring + "\u001f") | join("")),
    ((.beside // [])[] | "\u001f\(.process)\u001f\(.port)\u001f")' "$definition")
  for line in "${lines[@]}"; do
    mapfile -t -d $'\x1f' checks < <(printf %s "$line")
    if [ -n "${checks[0]}" ]; then check_client "${checks[@]}"; else check_beside "${checks[1]}" "${checks[2]}"; fi
  done
  # Known to be bad outweighs not known; the node's own numbers are those of the first client that has them.
  result=$(jq --null-input --raw-output --slurpfile definition "$definition" \
    --argjson beside "{$(IFS=, && echo "${beside[*]}")}" '
    $ARGS.positional as $words
    | [ range(0; $words | length; 8) as $at | $words[$at:$at + 8]
      | { client: .[0], status: .[1], reason: (if .[2] == "" then null else .[2] end),
          head: (.[3] | fromjson), headAgeSeconds: (.[4] | fromjson), slotsBehind: (.[5] | fromjson),
          peers: (.[6] | fromjson), progress: (.[7] | fromjson) } ]
    | (map(.status)) as $all
    | { status: (if any($all[]; . == "unhealthy") then "unhealthy" elif any($all[]; . == "unknown") then "unknown" else "healthy" end),
        reason: (map(select(.reason) | "\(.client): \(.reason)") | if length == 0 then null else join("; ") end),
        labels: $definition[0].labels,
        head: ([.[].head | values] | first), headAgeSeconds: ([.[].headAgeSeconds | values] | first),
        slotsBehind: ([.[].slotsBehind | values] | first), peers: ([.[].peers | values] | first),
        clients: . }
    | if $beside == {} then . else .beside = $beside end
    | .status, tojson, ([.clients[] | [.head, .progress]] | tojson)' --args "${words[@]}")
  mapfile -t lines <<<"$result"
  if [ "${1:-}" = --progress ]; then echo "${lines[2]}"; else echo "${lines[1]}"; fi
  case ${lines[0]} in
    healthy) return 0 ;;
    unhealthy) return 1 ;;
    *) return 2 ;;
  esac
}

main "$@"
