#!/bin/bash
# The engine beside this node, by hand, as root:
#   engine.sh show            whether it runs, and why not
#   engine.sh stop <why>      stops it now, and latches it
#   engine.sh lift <why>      takes the latch away; the guard starts it when everything is well
#   engine.sh remove          takes it off this host, when no release wants it any more
#   engine.sh --help          this text
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
state=$ROOT/var/lib/mev-engine
latch=$state/latch
unit=mev-engine.service
guard=mev-engine-guard.service

die() {
  echo "engine: $*" >&2
  exit 2
}

note() {
  mkdir -p "$state"
  echo "$(date --utc +%FT%TZ) $*" >>"$state/history"
  logger --tag mev-engine -- "$*" 2>/dev/null || true
}

stop() { # <why>
  mkdir -p "$state"
  if [ ! -e "$latch" ]; then
    printf '%s\n' "$1" >"$latch.new"
    mv -T "$latch.new" "$latch"
  fi
  note "stopped: $1"
  "$release/host/engine-network.sh" closed || echo 'engine: its way out could not be closed (above)' >&2
  timeout 10 "$release/host/engine-files.sh" || true
  systemctl stop "$unit" || true
  "$release/host/engine-stop.sh"
  echo "$ENGINE is stopped, and stays so: $(cat "$latch")"
}

lift() { # <why>
  if [ ! -e "$latch" ]; then die "there is no latch; if $ENGINE does not run: $0 show"; fi
  note "lifted: $1; it was stopped because: $(head -c 1000 "$latch")"
  rm "$latch"
  "$release/host/engine-files.sh" || true
  echo "$ENGINE may run again; its guard starts it when everything is well: journalctl --follow -u $guard"
}

show() {
  echo "$ENGINE: $(systemctl show --property=ActiveState --value "$unit"); its guard: $(systemctl show --property=ActiveState --value "$guard")"
  if [ "${STOPPED:-}" = yes ]; then echo 'stopped by commit (mev.emergency_stop)'; fi
  if [ -e "$latch" ]; then echo "latched: $(cat "$latch")"; fi
}

remove() {
  systemctl disable --now "$guard" mev-engine-hourly.timer || true
  systemctl stop "$unit" mev-engine-ipc.socket mev-engine-ipc.service || true
  "$release/host/engine-stop.sh"
  "$release/host/engine-network.sh" off
  rm -f "$ROOT"/etc/systemd/system/mev-engine*.{service,timer,socket} "$ROOT/var/lib/prometheus/node-exporter"/mev-engine*.prom
  systemctl daemon-reload
  # A latch stays: who puts the engine back finds it.
  rm -rf "$ROOT/run/mev-engine" "$ROOT/opt/mev-engine"
  echo "$ENGINE is gone from this host"
}

main() {
  # shellcheck source=/dev/null
  . "$release/engine.env"
  case ${1:-} in
    show) show ;;
    stop) stop "${2:?say why: engine.sh stop '<your name>: <why>'}" ;;
    lift) lift "${2:?say why: engine.sh lift '<your name>: <why>'}" ;;
    remove) remove ;;
    --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0" ;;
    *) die "unknown argument '${1:-}'; use show, stop, lift, remove or --help" ;;
  esac
}

main "$@"
exit
