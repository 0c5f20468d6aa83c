#!/bin/bash
# Makes this host run the release that the bucket holds for its node:
#   lock, fetch, verify, prepare (user, secrets, images, units, disk), stop, patch, switch, start, settle, follow the chain
# and back to the last release that settled, when this one does not. Nothing happens when the release runs already, with the
# values that its secrets have now. It may be interrupted anywhere: the next run finishes what this one began.
#   apply-release.sh           does that
#   apply-release.sh --help    this text
# With CHAIN_NODE_MAY_REBOOT=yes it ends with status 194 when the host must boot anew, and expects to be run again after that.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
LOCK_WAIT_SECONDS=${LOCK_WAIT_SECONDS:-5400}
LEASE_WAIT_SECONDS=${LEASE_WAIT_SECONDS:-2700}
HOLD_WAIT_SECONDS=${HOLD_WAIT_SECONDS:-5400}
HOLD_PAUSE_SECONDS=${HOLD_PAUSE_SECONDS:-5}
# A node that was healthy so lately must be healthy again within the gate's patience; after a longer outage it may take longer.
HEALTHY_WITHIN_SECONDS=${HEALTHY_WITHIN_SECONDS:-3600}
FETCH_ATTEMPTS=${FETCH_ATTEMPTS:-3}
FETCH_PAUSE_SECONDS=${FETCH_PAUSE_SECONDS:-5}
KEEP_RELEASES=3

base=$ROOT/opt/chain-node
releases=$base/releases
# Holds the hash of the last release that settled: the one to go back to.
settled=$base/settled
run=$ROOT/run/chain-node
secrets=$ROOT/var/lib/chain-node/secrets
# Says, across a boot in the middle of a roll, which release it is and whether the node was healthy before.
after_boot=$ROOT/var/lib/chain-node/after-boot
# There while packages are in use only after a boot, with which it goes; see patch-os.sh.
boot_pending=$run/boot-pending
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

# A backup holds the node for minutes. It takes the lock only while it begins.
wait_for_backup() {
  local deadline=$((SECONDS + HOLD_WAIT_SECONDS))
  if [ ! -e "$run/hold" ]; then return; fi
  say "a backup holds the node; waiting until it is through"
  while [ -e "$run/hold" ]; do
    if ((SECONDS > deadline)); then die "the node is still held after $HOLD_WAIT_SECONDS seconds, by $(head -n 1 "$run/hold"); see: journalctl -t chain-node-backup"; fi
    sleep "$HOLD_PAUSE_SECONDS"
  done
}

# --- fetch and verify -------------------------------------------------------------------------------------------

fetch() { # <path in the release> <file>
  local key=nodes/$NODE_ID/$1
  # Scripts and units of the host are the same for all nodes and stand once.
  if [[ $1 == host/* ]]; then key=$1; fi
  attempt aws s3 cp --region "$REGION" --only-show-errors "s3://$RELEASE_BUCKET/$key" "$2" </dev/null
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
  local release=$releases/$hash partial=$releases/$hash.partial path folder
  if [ -d "$release" ] && verify "$release"; then return; fi
  rm -rf "$partial"
  mkdir -p "$partial"
  cp "$work/manifest" "$partial/manifest"
  while read -r _ path; do
    folder=$partial/$path folder=${folder%/*}
    if [ ! -d "$folder" ]; then mkdir -p "$folder"; fi
    fetch "$path" "$partial/$path" || die "cannot fetch $path of release $hash; nothing was changed"
  done <"$work/manifest"
  if ! verify "$partial"; then
    rm -rf "$partial"
    die "release $hash does not match its manifest; nothing was changed. an upload may be under way: run again when it is through"
  fi
  for path in node.env host/prepare-disk.sh host/bootstrap.sh host/gate.sh host/start.sh host/stop.sh "host/$unit"; do
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

# While the node still runs: an image or a program that cannot be had must not cost an outage.
fetch_programs() { # <release folder>
  local values=$run/host-values.next.env
  "$1/host/start.sh" --resolve "$values" ||
    die "a value that release $hash needs is missing (above); the running node was left alone"
  if [ -f "$1/compose.yml" ] &&
    ! attempt docker compose --project-name chain-node --file "$1/compose.yml" --env-file "$values" pull --quiet; then
    rm -f "$values"
    die "cannot pull the images of release $hash; the running node was left alone. see that the images exist and that their registry can be reached"
  fi
  rm -f "$values"
  "$1/host/fetch-programs.sh" || die "a program of release $hash is missing (above); the running node was left alone"
}

install_file() { # <source> <target>
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2.new"
  mv -T "$2.new" "$2"
}

# What a setting was before a release asked for it is kept, and comes back when none does any more.
install_sysctl() { # <file of the release> <target>
  local before=$ROOT/var/lib/chain-node/sysctl-before name value
  if cmp --silent "$1" "$2" || [ ! -e "$1" ] && [ ! -e "$2" ]; then return; fi
  mkdir -p "${before%/*}"
  touch "$before" "$before.new"
  while read -r name _; do
    # One that is in force already is what a release asked for, and no more what it was.
    if grep --quiet --no-messages "^${name//./\\.} = " "$before" "$2"; then continue; fi
    if value=$(sysctl --values "$name"); then echo "$name = $value" >>"$before"; fi
  done < <(cat "$1" 2>/dev/null)
  : >"$before.new"
  while read -r name _ value; do
    if grep --quiet --no-messages "^${name//./\\.} = " "$1"; then
      echo "$name = $value" >>"$before.new"
    else
      say "setting $name back to $value"
      sysctl --quiet --write "$name=$value"
    fi
  done <"$before"
  mv -T "$before.new" "$before"
  # Last, so that a run that is ended before it does all of this again.
  if [ -e "$1" ]; then
    sysctl --quiet --load "$1"
    install_file "$1" "$2"
  else
    rm -f "$2"
  fi
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
  install_sysctl "$1/system/sysctl.conf" "$ROOT/etc/sysctl.d/90-chain-node.conf"
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

# One node of a group is down at a time, for whatever reason. A node that does not run takes nothing away.
take_lease() { # <release folder>
  # But a run that was ended while it was stopped may have left the lease taken: it is released at the end, if it is this node's.
  if ! systemctl is-active --quiet "$unit"; then
    lease=$1
    return
  fi
  "$1/host/lease.sh" take roll "${LEASE_SECONDS:-21600}" "$LEASE_WAIT_SECONDS" ||
    die "another node of group $GROUP is being worked on (above), and one at a time is enough; the running node was left alone. run apply-release again later"
  lease=$1
}

release_lease() {
  if [ -z "$lease" ]; then return; fi
  "$lease/host/lease.sh" release roll || say "the lease of group $GROUP could not be released; it ends by itself" >&2
  lease=''
}

# With the node stopped. The new release is current already: it is the one that starts when the host boots anew.
patch_os() { # <release folder>
  local status=0
  "$1/host/patch-os.sh" --install || status=$?
  case $status in
    0) ;;
    3) : >"$boot_pending" ;;
    *)
      say "the host could not be patched (above)" >&2
      return 1
      ;;
  esac
}

# With the node stopped. A run that may not boot the host, such as the first one of all, leaves it to the next that may.
boot_anew() {
  if [ ! -e "$boot_pending" ]; then return; fi
  if [ "${CHAIN_NODE_MAY_REBOOT:-}" != yes ]; then
    say "new packages are in use after the host has booted anew, which the next roll does; sooner: systemctl reboot"
    return
  fi
  echo "$hash $healthy_before" >"$after_boot.new"
  mv -T "$after_boot.new" "$after_boot"
  systemctl --quiet enable "$unit"
  say "the host boots anew, and then this goes on"
  # The lease is kept until the node is back.
  lease=''
  exit 194
}

# Whether this run goes on where one before a boot ended. Sets healthy_before.
goes_on_after_boot() {
  local before='' health=''
  if [ -e "$after_boot" ]; then read -r before health <"$after_boot" || true; fi
  rm -f "$after_boot"
  [ "$before" = "$hash" ] && [ "$(current)" = "$hash" ] || return 1
  healthy_before=$health
  lease=$releases/$hash
}

start_node() {
  systemctl --quiet enable "$unit" && systemctl start "$unit"
}

# Who looks at the node, and who answers about it.
watch_node() {
  systemctl --quiet enable --now chain-node-health.timer chain-node-health-answer.socket chain-node-grow.timer ||
    say "the node is not watched; see: systemctl status 'chain-node-*'" >&2
  watch_host "$base/current"
}

# What others watch the host with; a node does not wait for it.
watch_host() { # <release>
  "$1/host/watch-host.sh" || say "the host is not watched as its release says (above); the next run tries again" >&2
}

# Before its first full sync a node is never healthy, and after a long outage it catches up for long; what is asked of it then
# is less. One look would not do: an answer may be slow, and after a run that was ended in the middle nobody answers. So the
# disk says when the node was last seen healthy. On a host where nothing has settled, the disk may come from anywhere.
was_healthy() {
  local seen
  if [ -x "$base/current/host/health-check.sh" ] && "$base/current/host/health-check.sh" >/dev/null 2>&1; then return; fi
  [ -n "$(last_settled)" ] && seen=$(stat --format %Y "$ROOT/data/.chain-node-healthy" 2>/dev/null) || return
  (($(date +%s) - seen < HEALTHY_WITHIN_SECONDS))
}

# Whether the node that was started runs, and follows its chain as it did before.
is_well() {
  "$base/current/host/gate.sh" "$healthy_before"
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
  if start_node && is_well; then
    die "release $hash did not start well; the node is back on release $before. correct the release and roll it out again"
  fi
  die "release $hash did not start well, and now neither does release $before, which is current; see: journalctl -u $unit"
}

# Whether a release says of where its data comes from what another says.
same_bootstrap() { # <release folder> <release folder>
  cmp --silent <(grep '^BOOTSTRAP' "$1/node.env") <(grep '^BOOTSTRAP' "$2/node.env")
}

stop_bootstrap() {
  if [ "$(systemctl show --property=ActiveState --value chain-node-bootstrap.service)" != activating ]; then return; fi
  say "ending the bootstrap that is under way: the release has no use for it"
  systemctl stop chain-node-bootstrap.service
}

# The node has no data yet, and gets it from an archive: hours or days, in which nobody waits here.
begin_bootstrap() { # <release folder>
  # One that runs, without data where the release wants it, would go on as another release than the one that is current.
  if systemctl is-active --quiet "$unit"; then
    take_lease "$1"
    stop_node || { systemctl start "$unit" || true; die "the node did not stop; its release was not changed. see: journalctl -u $unit"; }
  fi
  # One that is under way goes on, unless this release says another archive.
  if [ -e "$base/current" ] && ! same_bootstrap "$base/current" "$1"; then stop_bootstrap; fi
  switch_to "$hash"
  systemctl --quiet enable "$unit"
  systemctl start --no-block chain-node-bootstrap.service || die "the bootstrap did not begin; see: systemctl status chain-node-bootstrap.service"
  # It may have come to its end meanwhile.
  if "$1/host/bootstrap.sh" --check; then systemctl start --no-block "$unit"; fi
  watch_node
  remember_settled
  forget_old_releases
  say "release $hash is in place; the node starts when its data is there. follow it: journalctl --follow --unit chain-node-bootstrap"
}

# Whether a value that the host resolves at each start, such as a secret, is another one by now.
values_changed() {
  local now=$run/host-values.now.env status=0
  "$base/current/host/start.sh" --resolve "$now" || die "a value that the node needs is missing (above); the running node was left alone"
  cmp --silent "$now" "$run/host-values.env" || status=$?
  rm -f "$now"
  [ "$status" -ne 0 ]
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
  fetch_programs "$release"
  patching=no
  if "$release/host/patch-os.sh" --wanted; then
    attempt "$release/host/patch-os.sh" --fetch ||
      die "cannot fetch the patches of release $hash; the running node was left alone. see that the package archive can be reached"
    patching=yes
  fi
  install_host_files "$release"
  if ! "$release/host/prepare-disk.sh"; then
    # On a new host nobody would hear of it: what the disk lacks is told by its exporter.
    if [ -z "$(current)" ]; then watch_host "$release"; fi
    die "the disk of release $hash is not ready (above); a running node was left alone"
  fi
  if ! "$release/host/bootstrap.sh" --check; then
    begin_bootstrap "$release"
    return
  fi
  stop_bootstrap

  if ! goes_on_after_boot; then
    take_lease "$release"
    healthy_before=no
    if was_healthy; then healthy_before=yes; fi
    stop_node || { systemctl start "$unit" || true; die "the node did not stop; its release was not changed. see: journalctl -u $unit"; }
    switch_to "$hash"
    if [ "$patching" = yes ] && ! patch_os "$release"; then roll_back; fi
    boot_anew
  fi
  if ! start_node || ! is_well; then roll_back; fi
  release_lease
  watch_node
  remember_settled
  "$release/host/identity.sh" --save || say "the node runs, but a blank disk would make it a stranger to its peers (above)" >&2
  forget_old_releases
  "$release/host/fetch-programs.sh" --prune || true
  "$release/host/patch-os.sh" --finish || true
  say "release $hash runs"
}

main() {
  case ${1:-} in
    '') ;;
    --help)
      sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
      return
      ;;
    *) die "unknown argument '$1'; use --help or nothing" ;;
  esac
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  : "${NODE_ID:?}" "${REGION:?}" "${RELEASE_BUCKET:?}"
  own_id=$NODE_ID
  work=$(mktemp --directory)
  lease=''
  trap 'release_lease; rm -rf "$work"' EXIT
  mkdir -p "$releases" "$run"

  # First boot, a roll and a person may come at the same moment.
  exec 9>"$run/apply.lock"
  if ! flock --nonblock 9; then
    say "another run is under way; waiting for it"
    flock --wait "$LOCK_WAIT_SECONDS" 9 || die "another run still holds the lock after $LOCK_WAIT_SECONDS seconds; see what it waits for: journalctl -t chain-node-apply"
  fi

  wait_for_backup
  fetch_manifest
  if [ "$(current)" = "$hash" ] && [ "$(last_settled)" = "$hash" ] && systemctl is-active --quiet "$unit"; then
    if [ -e "$boot_pending" ] && [ "${CHAIN_NODE_MAY_REBOOT:-}" = yes ]; then
      say "packages of this host are in use only after it has booted anew"
    elif ! values_changed; then
      # A run that was ended when all was done may have left it taken.
      lease=$base/current
      watch_host "$base/current"
      say "release $hash runs already; nothing to do"
      return
    else
      say "a value that the node has from elsewhere is another one by now"
    fi
  fi
  say "applying release $hash"
  apply
}

# Read as a whole before it runs: the file may be replaced while it does.
main "$@"
exit
