#!/bin/bash
# Makes this host run the release that the bucket holds for its node:
#   lock, fetch, verify, prepare (user, secrets, images, units, disk), stop, switch, start, settle, follow the chain
# and back to the last release that settled, when this one does not. Nothing happens when the release runs already.
# It may be interrupted anywhere: the next run finishes what this one began.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
LOCK_WAIT_SECONDS=${LOCK_WAIT_SECONDS:-5400}
# All processes must run this long without a restart,
SETTLE_SECONDS=${SETTLE_SECONDS:-30}
# and be through with it after this long.
SETTLE_LIMIT_SECONDS=${SETTLE_LIMIT_SECONDS:-180}
SETTLE_PAUSE_SECONDS=${SETTLE_PAUSE_SECONDS:-2}
# And the node must be healthy again, or, before it first was, alive and advancing, within this long.
HEALTH_LIMIT_SECONDS=${HEALTH_LIMIT_SECONDS:-1200}
HEALTH_PAUSE_SECONDS=${HEALTH_PAUSE_SECONDS:-15}
FETCH_ATTEMPTS=${FETCH_ATTEMPTS:-3}
FETCH_PAUSE_SECONDS=${FETCH_PAUSE_SECONDS:-5}
KEEP_RELEASES=3

base=$ROOT/opt/chain-node
releases=$base/releases
# Holds the hash of the last release that settled: the one to go back to.
settled=$base/settled
run=$ROOT/run/chain-node
secrets=$ROOT/var/lib/chain-node/secrets
unit=chain-node.service

say() {
  echo "apply-release: $*"
  logger --tag chain-node-apply -- "$*" 2>/dev/null || true
}

die() {
  say "$*" >&2
  # The console is what can be read from outside when the host cannot be reached.
  { echo "chain-node apply-release: $*" >"$ROOT/dev/console"; } 2>/dev/null || true
  exit 1
}

attempt() { # <command>...
  local left=$FETCH_ATTEMPTS
  until "$@"; do
    left=$((left - 1))
    if ((left <= 0)); then return 1; fi
    sleep "$FETCH_PAUSE_SECONDS"
  done
}

# --- fetch and verify -------------------------------------------------------------------------------------------

# Scripts and units of the host are the same for all nodes and stand once.
key_of() { # <path in the release>
  case $1 in
    host/*) echo "$1" ;;
    *) echo "nodes/$NODE_ID/$1" ;;
  esac
}

fetch() { # <path in the release> <file>
  attempt aws s3 cp --region "$REGION" --only-show-errors "s3://$RELEASE_BUCKET/$(key_of "$1")" "$2" </dev/null
}

fetch_manifest() { # sets hash
  fetch manifest "$work/manifest" ||
    die "cannot fetch s3://$RELEASE_BUCKET/nodes/$NODE_ID/manifest; see that the release is uploaded and that the instance role may read it"
  # Its paths become paths on this host.
  if [ ! -s "$work/manifest" ] || grep --quiet --fixed-strings .. "$work/manifest" ||
    grep --quiet --invert-match --extended-regexp '^[0-9a-f]{64}  [A-Za-z0-9_][A-Za-z0-9._/@-]*$' "$work/manifest"; then
    die "the manifest is not a list of hashes and relative paths; nothing was changed. upload the release again"
  fi
  hash=$(sha256sum <"$work/manifest")
  hash=${hash%% *}
}

verify() { # <folder>
  (cd "$1" && cmp --silent manifest "$work/manifest" && sha256sum --check --strict --quiet manifest)
}

fetch_release() {
  local release=$releases/$hash partial=$releases/$hash.partial path
  if [ -d "$release" ] && verify "$release"; then return; fi
  rm -rf "$partial"
  mkdir -p "$partial"
  cp "$work/manifest" "$partial/manifest"
  while read -r _ path; do
    mkdir -p "$(dirname "$partial/$path")"
    fetch "$path" "$partial/$path" || die "cannot fetch $path of release $hash; nothing was changed"
  done <"$work/manifest"
  if ! verify "$partial"; then
    rm -rf "$partial"
    die "release $hash does not match its manifest; nothing was changed. an upload may be under way: run again when it is through"
  fi
  for path in node.env compose.yml host/prepare-disk.sh host/start.sh host/stop.sh "host/$unit"; do
    [ -f "$partial/$path" ] || die "release $hash has no $path; nothing was changed"
  done
  # A manifest has no modes.
  chmod +x "$partial"/host/*.sh
  # On disk before it has its name: the name says that it is whole.
  sync --file-system "$partial"
  rm -rf "$release"
  mv -T "$partial" "$release"
}

load_node() { # <release folder>
  # shellcheck source=/dev/null
  . "$1/node.env"
  : "${CHAIN:?}" "${USER_ID:?}" "${PROCESSES:?}"
  [ "$NODE_ID" = "$own_id" ] || die "this host is $own_id, but the release is for $NODE_ID; nothing was changed"
}

# --- prepare ----------------------------------------------------------------------------------------------------

make_user() {
  local entry name=chain-node
  if ! getent group "$name" >/dev/null; then groupadd --gid "$USER_ID" "$name"; fi
  if entry=$(getent passwd "$name"); then
    entry=$(cut --delimiter=: --fields=3,4 <<<"$entry")
    [ "$entry" = "$USER_ID:$USER_ID" ] ||
      die "user $name has the ids $entry, the release wants $USER_ID:$USER_ID; nothing was changed. its files would change hands: change the release"
  else
    useradd --uid "$USER_ID" --gid "$USER_ID" --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$name"
  fi
}

make_secrets() {
  local name
  mkdir -p "$secrets"
  chmod 0711 "$secrets"
  for name in ${SECRETS:-}; do
    if [ -e "$secrets/$name" ]; then continue; fi
    # It gets its name when it is complete, so that a file that is there is never written again.
    (umask 077 && od --address-radix=n --read-bytes=32 --format=x1 /dev/urandom | tr -d ' \n' >"$secrets/.$name.new")
    chown "$USER_ID:$USER_ID" "$secrets/.$name.new"
    sync "$secrets/.$name.new"
    mv -T "$secrets/.$name.new" "$secrets/$name"
    say "made the secret $name"
  done
}

# While the node still runs: an image that cannot be had must not cost an outage.
pull_images() { # <release folder>
  local values=$run/host-values.next.env
  "$1/host/start.sh" --resolve "$values" ||
    die "a value that release $hash needs is missing (above); the running node was left alone"
  if ! attempt docker compose --project-name chain-node --file "$1/compose.yml" --env-file "$values" pull --quiet; then
    rm -f "$values"
    die "cannot pull the images of release $hash; the running node was left alone. see that the images exist and that their registry can be reached"
  fi
  rm -f "$values"
}

install_file() { # <source> <target>
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2.new"
  mv -T "$2.new" "$2"
}

install_host_files() { # <release folder>
  local file target changed=no
  for file in "$1"/host/*.service "$1"/host/*.timer "$1"/host/*.socket; do
    if [ ! -f "$file" ]; then continue; fi
    target=$ROOT/etc/systemd/system/${file##*/}
    if cmp --silent "$file" "$target"; then continue; fi
    install_file "$file" "$target"
    changed=yes
  done
  # Asking systemd as well: the run that wrote the file may have been interrupted before it said so.
  if [ "$changed" = yes ] || [ "$(systemctl show --property=NeedDaemonReload --value "$unit")" = yes ]; then
    systemctl daemon-reload
  fi
  file=$1/system/sysctl.conf
  target=$ROOT/etc/sysctl.d/90-chain-node.conf
  if [ -f "$file" ] && ! cmp --silent "$file" "$target"; then
    install_file "$file" "$target"
    sysctl --quiet --load "$target"
  fi
  file=$1/system/journald.conf
  target=$ROOT/etc/systemd/journald.conf.d/chain-node.conf
  if [ -f "$file" ] && ! cmp --silent "$file" "$target"; then
    install_file "$file" "$target"
    systemctl restart systemd-journald.service
  fi
}

# --- switch -----------------------------------------------------------------------------------------------------

current() {
  local target
  target=$(readlink "$base/current") || return 0
  echo "${target##*/}"
}

last_settled() {
  if [ -f "$settled" ]; then cat "$settled"; fi
}

stop_node() {
  say "stopping the node; its processes get up to ${STOP_GRACE_SECONDS:-1800} seconds"
  systemctl stop "$unit"
}

switch_to() { # <hash>
  ln -sfn "releases/$1" "$base/current.new"
  mv -T "$base/current.new" "$base/current"
  # So that the release in use is never the oldest, even when it is one that came back.
  touch "$releases/$1"
}

start_node() {
  systemctl --quiet enable "$unit" && systemctl start "$unit"
}

# Who looks at the node, and who answers about it.
watch_node() {
  systemctl --quiet enable --now chain-node-health.timer chain-node-health-answer.socket ||
    say "health is not watched; see: systemctl status chain-node-health.timer" >&2
}

# Before its first full sync a node is never healthy; what is asked of it then is less.
was_healthy() {
  [ -x "$base/current/host/health-check.sh" ] && "$base/current/host/health-check.sh" >/dev/null 2>&1
}

# Whether the node follows its chain: healthy, or, when it was not before, alive and advancing.
follow() { # <yes when it was healthy before>
  local check=$base/current/host/health-check.sh deadline=$((SECONDS + HEALTH_LIMIT_SECONDS)) first='' now status
  # A release from before there was one.
  if [ ! -x "$check" ]; then return 0; fi
  say "waiting until the node is $([ "$1" = yes ] && echo healthy || echo 'healthy, or alive and advancing')"
  while true; do
    status=0
    now=$("$check" --progress 2>/dev/null) || status=$?
    if [ "$status" -eq 0 ]; then return 0; fi
    if [ "$1" = no ] && [ "$status" -eq 1 ]; then
      if [ -n "$first" ] && [ "$now" != "$first" ]; then
        say "the node is alive and advancing; it is not at the head yet"
        return 0
      fi
      first=$now
    fi
    if ((SECONDS > deadline)); then
      say "not $([ "$1" = yes ] && echo healthy || echo 'alive and advancing') after $HEALTH_LIMIT_SECONDS seconds: $("$check" 2>/dev/null || true)" >&2
      return 1
    fi
    sleep "$HEALTH_PAUSE_SECONDS"
  done
}

# One line a process: name, state, number of restarts, time of its start.
process_states() {
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
  for process in $PROCESSES; do
    grep --quiet --extended-regexp "^$process running " <<<"$1" || echo "$process"
  done
}

# Whether the node has come to rest. A process may restart while it waits for another, but not for ever.
settle() {
  local deadline=$((SECONDS + SETTLE_LIMIT_SECONDS)) since=$SECONDS looks=0 seen='' now missing
  say "waiting until all processes have run $SETTLE_SECONDS seconds without a restart: $PROCESSES"
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
    if ((looks > 1 && SECONDS > deadline)); then
      say "not settled after $SETTLE_LIMIT_SECONDS seconds; not running: ${missing:-none, but restarting}; their messages: docker compose --project-name chain-node logs" >&2
      say "found: ${now//$'\n'/; }" >&2
      return 1
    fi
    seen=$now
    sleep "$SETTLE_PAUSE_SECONDS"
  done
}

roll_back() {
  local before
  before=$(last_settled)
  if [ -z "$before" ] || [ "$before" = "$hash" ] || [ ! -d "$releases/$before" ]; then
    die "release $hash did not start well and there is none before it to go back to; it is left as it is. run apply-release again when the cause is gone"
  fi
  say "going back to release $before" >&2
  systemctl stop "$unit" || say "the stop failed; going on" >&2
  load_node "$releases/$before"
  install_host_files "$releases/$before"
  switch_to "$before"
  if start_node && settle && follow "$healthy_before"; then
    die "release $hash did not start well; the node is back on release $before. correct the release and roll it out again"
  fi
  die "release $hash did not start well, and now neither does release $before, which is current; see: journalctl -u $unit"
}

remember_settled() {
  echo "$hash" >"$settled.new"
  mv -T "$settled.new" "$settled"
}

forget_old_releases() {
  local name kept=0
  rm -rf "$releases"/*.partial
  find "$releases" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort --reverse --numeric-sort |
    while read -r _ name; do
      kept=$((kept + 1))
      if [ "$kept" -gt "$KEEP_RELEASES" ] && [ "$name" != "$hash" ]; then rm -rf "${releases:?}/$name"; fi
    done
}

apply() {
  local release=$releases/$hash
  fetch_release
  load_node "$release"
  make_user
  make_secrets
  pull_images "$release"
  install_host_files "$release"
  "$release/host/prepare-disk.sh" ||
    die "the disk of release $hash is not ready (above); a running node was left alone"

  healthy_before=no
  if was_healthy; then healthy_before=yes; fi
  stop_node || { systemctl start "$unit" || true; die "the node did not stop; its release was not changed. see: journalctl -u $unit"; }
  switch_to "$hash"
  if ! start_node || ! settle || ! follow "$healthy_before"; then roll_back; fi
  watch_node
  remember_settled
  forget_old_releases
  say "release $hash runs"
}

main() {
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  : "${NODE_ID:?}" "${REGION:?}" "${RELEASE_BUCKET:?}"
  own_id=$NODE_ID
  work=$(mktemp --directory)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$releases" "$run"

  # First boot, a roll and a person may come at the same moment.
  exec 9>"$run/apply.lock"
  if ! flock --nonblock 9; then
    say "another run is under way; waiting for it"
    flock --wait "$LOCK_WAIT_SECONDS" 9 || die "another run still holds the lock after $LOCK_WAIT_SECONDS seconds; see what it waits for: journalctl -t chain-node-apply"
  fi

  fetch_manifest
  if [ "$(current)" = "$hash" ] && [ "$(last_settled)" = "$hash" ] && systemctl is-active --quiet "$unit"; then
    say "release $hash runs already; nothing to do"
    return
  fi
  say "applying release $hash"
  apply
}

# Read as a whole before it runs: the file may be replaced while it does.
main "$@"
exit
