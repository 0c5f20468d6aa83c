#!/bin/bash
# Backups are snapshots of the data disk, taken by an automation of the cloud; this is its hand on the host.
#   backup.sh                by hand: starts the automation now, and says how to follow it
#   backup.sh --hold ID      stops the node, or freezes its filesystem, and says its height; used by the automation
#   backup.sh --resume ID    lets it go on
#   backup.sh --help         this text
# A node that is held goes on by itself after a while, should nobody tell it to.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
# How long an automation may hold a node, beyond what it takes to stop.
HOLD_SECONDS=${HOLD_SECONDS:-900}
LEASE_WAIT_SECONDS=${LEASE_WAIT_SECONDS:-2700}
LOCK_WAIT_SECONDS=${LOCK_WAIT_SECONDS:-60}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
run=$ROOT/run/chain-node
# What holds the node, and how; a release waits while it is there.
hold=$run/hold
unit=chain-node.service
alarm_clock=chain-node-resume

say() {
  echo "backup: $*" >&2
  logger --tag chain-node-backup -- "$*" 2>/dev/null || true
}

die() {
  say "$*"
  # The console is what can be read from outside when the host cannot be reached.
  { echo "chain-node backup: $*" >"$ROOT/dev/console"; } 2>/dev/null || true
  exit 1
}

by_hand() {
  local execution
  if [ -z "${BACKUP_DOCUMENT:-}" ]; then
    die "no backups are taken of this node; set backup: true for it in the configuration, and backup.schedule for its environment"
  fi
  execution=$(aws ssm start-automation-execution --region "$REGION" --document-name "$BACKUP_DOCUMENT" \
    --query AutomationExecutionId --output text) || die "the automation $BACKUP_DOCUMENT did not start (above)"
  echo "backup $execution begins: it stops the node for a moment (method: $BACKUP_METHOD), and is complete in minutes to hours"
  echo "follow it: aws ssm get-automation-execution --region $REGION --automation-execution-id $execution"
}

# Whatever fails from here on must not leave the node down.
undo() { # <execution>
  say "the node goes on without a backup"
  resume "$1" without || true
}

hold() { # <execution>
  local method=${BACKUP_METHOD:-stop} head limit
  exec 9>"$run/apply.lock"
  flock --wait "$LOCK_WAIT_SECONDS" 9 || die "a release is being applied; nothing was done. the next backup comes with its schedule, or by hand"
  if [ -e "$hold" ]; then die "the node is held already, by $(head -n 1 "$hold"); nothing was done"; fi
  # Whoever stopped it had a reason, and would not want it started.
  systemctl is-active --quiet "$unit" || die "the node does not run; nothing was done. start it, or take it out of the backups"
  "$release/host/prepare-disk.sh" --check || die "the data volume is not mounted; nothing was done"
  "$release/host/lease.sh" take backup $((STOP_GRACE_SECONDS + HOLD_SECONDS + 600)) "$LEASE_WAIT_SECONDS" ||
    die "another node of group $GROUP is being worked on (above), and one at a time is enough; nothing was done"
  head=$("$release/host/health-check.sh" | jq '.head // empty') || true
  # Before anything stops, so that it goes on whatever ends this run.
  printf '%s\n%s\n' "$1" "$method" >"$hold.new"
  mv -T "$hold.new" "$hold"
  limit=$((STOP_GRACE_SECONDS + HOLD_SECONDS))
  # One that failed to start the node is remembered by its name, and would keep every later one from it.
  systemctl reset-failed "$alarm_clock.service" "$alarm_clock.timer" 2>/dev/null || true
  systemd-run --quiet --collect --unit "$alarm_clock" --on-active "${limit}s" "$release/host/backup.sh" --resume "$1" ||
    { undo "$1"; die "nobody would wake the node; nothing was done"; }
  say "holding the node at height ${head:-unknown} (method: $method), for $limit seconds at most"
  case $method in
    stop) systemctl stop "$unit" || { undo "$1"; die "the node did not stop; see: journalctl --unit $unit"; } ;;
    freeze) { sync --file-system "$ROOT/data" && fsfreeze --freeze "$ROOT/data"; } || { undo "$1"; die "the filesystem could not be frozen (above)"; } ;;
    *) undo "$1"; die "the method '$method' in node.env is unknown; use stop or freeze" ;;
  esac
  # Read by the automation.
  echo "height=${head:-unknown}"
}

resume() { # <execution> [without]
  local held='' method='' failed=no
  if [ ! -e "$hold" ]; then
    say "the node is not held"
    "$release/host/lease.sh" release backup || true
    return
  fi
  { read -r held && read -r method; } <"$hold" || true
  if [ "$held" != "$1" ]; then die "the node is held by $held, not by $1; nothing was done"; fi
  case $method in
    # Not frozen any more is as good: someone was faster.
    freeze) fsfreeze --unfreeze "$ROOT/data" 2>/dev/null || say 'the filesystem was not frozen' ;;
    *) systemctl start "$unit" || failed=yes ;;
  esac
  rm -f "$hold"
  # For the health report, which says when it was; on the data disk, so that it goes when the data does.
  if [ "${2:-}" != without ]; then touch "$ROOT/data/.chain-node-backup" || true; fi
  systemctl stop "$alarm_clock.timer" 2>/dev/null || true
  "$release/host/lease.sh" release backup || say "the lease of group $GROUP could not be released; it ends by itself"
  if [ "$failed" = yes ]; then die "the node did not start after its backup; see: journalctl --unit $unit"; fi
  say 'the node goes on'
}

main() {
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  # shellcheck source=/dev/null
  . "$release/node.env"
  mkdir -p "$run"
  case ${1:-} in
    --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0" ;;
    '') by_hand ;;
    --hold) hold "${2:?}" ;;
    --resume) resume "${2:?}" ;;
    *) die "unknown argument '$1'; use --hold, --resume, --help or nothing" ;;
  esac
}

main "$@"
