#!/bin/bash
# Waits until the node that was just started has come to rest and follows its chain; what a roll asks before it goes on.
#   gate.sh yes|no           whether the node was healthy before: if it was, it must be again; if it never was, because it
#                            syncs for the first time, it must be alive and advancing
# Exit status 0: it is well. Otherwise the reason is on stderr and in the journal.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
# All processes but those that wait for another (WAITING_PROCESSES in node.env) must run this long without a restart,
SETTLE_SECONDS=${SETTLE_SECONDS:-30}
# and be through with it after this long.
SETTLE_LIMIT_SECONDS=${SETTLE_LIMIT_SECONDS:-180}
SETTLE_PAUSE_SECONDS=${SETTLE_PAUSE_SECONDS:-2}
# And the node must be healthy again, or, before it first was, alive and advancing, within this long.
HEALTH_LIMIT_SECONDS=${HEALTH_LIMIT_SECONDS:-1200}
HEALTH_PAUSE_SECONDS=${HEALTH_PAUSE_SECONDS:-15}
# What the data must grow by to say that a node which answers nothing yet is alive.
FETCHED_MIB=${FETCHED_MIB:-256}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)

say() {
  echo "gate: $*" >&2
  logger --tag chain-node-gate -- "$*" 2>/dev/null || true
}

# One line a process: name, state, number of restarts, time of its start.
process_states() {
  local process
  {
    for process in ${NATIVE_PROCESSES:-}; do unit_state "$process"; done
    if [ -f "$release/compose.yml" ]; then container_states; fi
  } | awk -v waiting=" ${WAITING_PROCESSES:-} " 'index(waiting, " " $1 " ") == 0'
}

# Names of the processes that must come to rest.
awaited() {
  local process
  for process in $PROCESSES; do
    [[ " ${WAITING_PROCESSES:-} " == *" $process "* ]] || echo "$process"
  done
}

unit_state() { # <process>
  systemctl show --property=ActiveState,NRestarts,ExecMainStartTimestampMonotonic "chain-node-process-$1.service" |
    awk -F= -v name="$1" '{ value[$1] = $2 }
      END { print name, value["ActiveState"] == "active" ? "running" : value["ActiveState"], value["NRestarts"], value["ExecMainStartTimestampMonotonic"] }'
}

container_states() {
  local containers
  mapfile -t containers < <(docker ps --all --no-trunc --quiet \
    --filter label=com.docker.compose.project=chain-node --filter label=com.docker.compose.oneoff=False)
  if [ ${#containers[@]} -eq 0 ]; then return; fi
  docker inspect --format \
    '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.RestartCount}} {{.State.StartedAt}}' \
    "${containers[@]}" | sort
}

not_running() { # <process states>
  local process
  for process in $(awaited); do
    grep --quiet --extended-regexp "^$process running " <<<"$1" || echo "$process"
  done
}

# Whether the node has come to rest. A process may restart while it waits for another, but not for ever.
settle() {
  local deadline=$((SECONDS + SETTLE_LIMIT_SECONDS)) since=$SECONDS looks=0 seen='' now missing
  say "waiting until all processes have run $SETTLE_SECONDS seconds without a restart: $(awaited | paste --serial --delimiters=' ')"
  while true; do
    now=$(process_states) || now=''
    missing=$(not_running "$now")
    if [ -n "$missing" ] || [ "$now" != "$seen" ]; then
      since=$SECONDS
    elif ((SECONDS - since >= SETTLE_SECONDS)); then
      return 0
    fi
    looks=$((looks + 1))
    # A restart shows only in comparison.
    if ((looks > 1 && SECONDS >= deadline)); then
      say "not settled after $SETTLE_LIMIT_SECONDS seconds; not running: ${missing:-none, but restarting}; their messages: journalctl --since -10min"
      say "found: ${now//$'\n'/; }"
      return 1
    fi
    seen=$now
    sleep "$SETTLE_PAUSE_SECONDS"
  done
}

# Two looks at what moves, as health-check.sh --progress tells it: [[head, progress], …] of the clients, null where one tells nothing.
compare() { # <first> <now> <jq filter of the pairs>
  jq --null-input --compact-output --exit-status --argjson first "$1" --argjson now "$2" \
    "[\$first, \$now | [.[][]]] | transpose | $3" 2>/dev/null
}

used_mib() { df --output=used --block-size=1M "$ROOT/data" | tail --lines=1; }

# Whether the node follows its chain: healthy, or, when it was not before, alive and advancing.
follow() { # <yes when it was healthy before>
  local check=$release/host/health-check.sh deadline=$((SECONDS + HEALTH_LIMIT_SECONDS)) looks=0 seen='' now status used
  used=$(used_mib)
  say "waiting until the node is $([ "$1" = yes ] && echo healthy || echo 'healthy, or alive and advancing')"
  while true; do
    status=0
    now=$("$check" --progress 2>/dev/null) || status=$?
    if [ "$status" -eq 0 ]; then
      # For the next roll; see apply-release.sh.
      touch "$ROOT/data/.chain-node-healthy" || say 'cannot write to the data disk; the next roll may ask less of the node'
      return 0
    fi
    if [ "$1" = no ] && jq --exit-status . <<<"$now" >/dev/null 2>&1; then
      seen=${seen:-$now}
      # That a client answers, or no longer does, is no progress.
      if compare "$seen" "$now" 'any(all(. != null) and .[0] != .[1])' >/dev/null; then
        say "the node is alive and advancing; it is not at the head yet"
        return 0
      fi
      # The first that was seen of each, as if one client told it all.
      seen=$(compare "$seen" "$now" '[map(.[0] // .[1])]')
    fi
    # Some answer nothing until they have what they begin with, for hours: a snapshot, an archive.
    if [ "$1" = no ] && (($(used_mib) - used >= FETCHED_MIB)); then
      say "the node fetches what it begins with: its data has grown by $(($(used_mib) - used)) MiB"
      return 0
    fi
    looks=$((looks + 1))
    # Progress shows only in comparison.
    if ((looks > 1 && SECONDS >= deadline)); then
      say "not $([ "$1" = yes ] && echo healthy || echo 'alive and advancing') after $HEALTH_LIMIT_SECONDS seconds: $("$check" 2>/dev/null || true)"
      return 1
    fi
    sleep "$HEALTH_PAUSE_SECONDS"
  done
}

main() {
  # shellcheck source=/dev/null
  . "$release/node.env"
  case ${1:-} in
    yes | no) settle && follow "$1" ;;
    *)
      say "say whether the node was healthy before: yes or no"
      exit 2
      ;;
  esac
}

main "$@"
