#!/bin/bash
# Lets the engine run while Prometheus says yes, and never else. Every few seconds it asks what KEDA asks of engines in pods: whether
# a node of each chain is healthy, rules are evaluated, the engine is still wanted, and nothing fires that stops it. No answer, an
# empty one and an error are no. An alert with `action: kill` makes a latch as well, which only a person takes away.
# The engine's unit is bound to this one's: it cannot run without it.
#   engine-guard.sh           looks for ever
#   engine-guard.sh --once    looks once; exit 0 when the engine may run
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
PAUSE_SECONDS=${PAUSE_SECONDS:-5}
# So many times it must hear yes before it starts anything.
LOOKS_BEFORE_START=${LOOKS_BEFORE_START:-3}
ANSWER_SECONDS=${ANSWER_SECONDS:-3}
# What ends by itself is started again, later each time, as the kubelet does.
FIRST_DELAY_SECONDS=${FIRST_DELAY_SECONDS:-5}
LONGEST_DELAY_SECONDS=${LONGEST_DELAY_SECONDS:-300}
ENGINE_HEALTH=${ENGINE_HEALTH:-http://198.18.0.2:8080}
DEAD_AFTER_LOOKS=6

base=$ROOT/opt/mev-engine/current
state=$ROOT/var/lib/mev-engine
run=$ROOT/run/mev-engine
latch=$state/latch
metrics=$ROOT/var/lib/prometheus/node-exporter
unit=mev-engine.service

say() {
  echo "engine-guard: $*"
  logger --tag mev-engine-guard -- "$*" 2>/dev/null || true
}

ask() { # <file with the query>
  curl --silent --show-error --fail --max-time "$ANSWER_SECONDS" --get --data-urlencode "query@$1" "$PROMETHEUS/api/v1/query"
}

# Whether an answer is one number, and this one.
is_one() {
  jq --exit-status '.status == "success" and .data.resultType == "vector" and (.data.result | length) == 1 and .data.result[0].value[1] == "1"' >/dev/null 2>&1
}

# Writes why it is stopped; nothing where nothing stops it, or nobody knows.
killed_by() {
  ask "$base/kill.promql" 2>/dev/null |
    jq --raw-output 'if .status == "success" then [.data.result[].metric | "\(.alertname) (scope \(.scope)\(if .strategy then ", strategy \(.strategy)" else "" end))"] | unique | join(", ") else empty end' 2>/dev/null || true
}

make_latch() { # <reason>
  if [ -e "$latch" ]; then return; fi
  mkdir -p "$state"
  printf '%s\n' "$1" >"$latch.new"
  sync "$latch.new"
  mv -T "$latch.new" "$latch"
  say "latched: $1. how it is lifted: docs/runbooks/kill-switch.md"
}

# Sets why, which is empty when the engine may run.
look() {
  local alerts answer
  why=''
  if [ -e "$latch" ]; then
    why="latched: $(head -c 500 "$latch")"
    return
  fi
  if [ "${STOPPED:-yes}" = yes ]; then
    why='stopped by commit'
    return
  fi
  alerts=$(killed_by)
  if [ -n "$alerts" ]; then
    make_latch "an alert that stops it fires: $alerts"
    why="latched: $alerts"
    return
  fi
  if ! answer=$(ask "$base/run.promql" 2>&1); then
    why="Prometheus does not answer: ${answer:0:200}"
  elif ! is_one <<<"$answer"; then
    why='Prometheus does not say that it may: a node is not healthy, rules are not evaluated, the engine is not wanted any more, or something stops it'
  fi
}

unit_state() { systemctl show --property=ActiveState --value "$unit"; }

# All that is not over is running: a unit that is being stopped has a process that trades.
is_running() {
  case $(unit_state) in
    inactive | failed) [ -n "$(timeout 5 docker ps --quiet --filter label=com.docker.compose.project=mev-engine 2>/dev/null)" ] ;;
    *) return 0 ;;
  esac
}

stop_engine() { # <why>
  local now
  now=$(date +%s)
  if [ -e "$latch" ]; then
    "$base/host/engine-network.sh" closed || say 'its way out could not be closed (above)'
    # It sees the reason, and may cancel what needs no network.
    timeout 10 "$base/host/engine-files.sh" || true
  fi
  if [ "$asked_to_stop" -eq 0 ]; then
    say "stopping $ENGINE: $1"
    asked_to_stop=$now
    systemctl stop --no-block "$unit" || true
  elif ((now - asked_to_stop > ${GRACE_SECONDS:-30} + 10)); then
    say "$ENGINE has not ended within its grace; killing it"
    "$base/host/engine-stop.sh" || say "it could not be killed (above), and its way out is closed" >&2
  fi
}

start_engine() {
  local now
  now=$(date +%s)
  if ((now < not_before)); then return; fi
  # One that ran for ten minutes begins anew.
  if ((now - started > 600)); then delay=$FIRST_DELAY_SECONDS; fi
  if ((started > 0)); then restarts=$((restarts + 1)); fi
  delay=$((delay * 2 > LONGEST_DELAY_SECONDS ? LONGEST_DELAY_SECONDS : delay * 2))
  not_before=$((now + delay))
  started=$now
  deaf=0
  say "starting $ENGINE"
  # Who starts it shows this, and it is good for one start: nobody else gets it started, nor does systemd by itself.
  mkdir -p "$run"
  : >"$run/may-start"
  systemctl start --no-block "$unit" || say "$ENGINE did not start; see: journalctl -u $unit"
}

answers() { curl --silent --fail --output /dev/null --max-time 2 "$ENGINE_HEALTH/$1"; }

# One that cannot do its work at all is begun anew, as by the kubelet.
look_after() {
  if answers livez; then
    deaf=0
  else
    deaf=$((deaf + 1))
  fi
  if ((deaf >= DEAD_AFTER_LOOKS)); then
    say "$ENGINE has not answered for $deaf looks; it is started anew"
    deaf=0
    systemctl stop --no-block "$unit" || true
  fi
}

report() { # <may run: 0 or 1>
  local file=$metrics/mev-engine.prom running=0 ready=0
  if [ ! -d "$metrics" ]; then return; fi
  if is_running; then running=1; fi
  if [ "$running" = 1 ] && answers readyz; then ready=1; fi
  {
    gauge() { printf '# TYPE mev_host_%s %s\nmev_host_%s{engine="%s"} %s\n' "$1" "${3:-gauge}" "$1" "$ENGINE" "$2"; }
    gauge wanted "$1"
    gauge running "$running"
    gauge ready "$ready"
    gauge latched "$([ -e "$latch" ] && echo 1 || echo 0)"
    gauge restarts_total "$restarts" counter
    gauge guard_timestamp_seconds "$(date +%s)"
  } >"$file.new"
  chmod 0644 "$file.new"
  mv -T "$file.new" "$file"
}

once() {
  # Anew at each look: a release may have come.
  # shellcheck source=/dev/null
  . "$base/engine.env"
  look
  if [ -n "$why" ]; then
    yes=0
    if is_running; then stop_engine "$why"; else asked_to_stop=0; fi
    report 0
    return 1
  fi
  yes=$((yes + 1))
  if ! is_running; then
    asked_to_stop=0
    if ((yes >= LOOKS_BEFORE_START)); then start_engine; fi
  elif [ "$asked_to_stop" -ne 0 ]; then
    stop_engine 'it was to stop'
  elif [ "$(unit_state)" = active ]; then
    if ! "$base/host/engine-network.sh" check; then
      yes=0
      stop_engine 'what it reaches is not limited any more as it was'
      report 0
      return 1
    fi
    look_after
  fi
  report 1
}

main() {
  yes=0 asked_to_stop=0 started=0 not_before=0 restarts=0 deaf=0 delay=$FIRST_DELAY_SECONDS
  case ${1:-} in
    --once)
      once
      return
      ;;
    '') ;;
    *)
      say "unknown argument '$1'; use --once or nothing" >&2
      exit 2
      ;;
  esac
  systemd-notify --ready
  while true; do
    once || true
    # Who hangs is ended by systemd, and the engine with it.
    systemd-notify WATCHDOG=1
    sleep "$PAUSE_SECONDS"
  done
}

main "$@"
exit
