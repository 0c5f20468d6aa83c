#!/bin/bash
# Makes this host run the release of the engine beside its node that the bucket holds:
#   lock, fetch, verify, secrets, images, units, switch, files, and another process where another is asked for
# A changed limit changes a file and nothing else. What starts and stops the engine is its guard. A release that says "stopped"
# asks for nothing but itself: no image and no secret can keep an engine from being stopped.
#   apply-engine.sh            does that
#   apply-engine.sh --help     this text
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
LOCK_WAIT_SECONDS=${LOCK_WAIT_SECONDS:-600}
FETCH_ATTEMPTS=${FETCH_ATTEMPTS:-3}
FETCH_PAUSE_SECONDS=${FETCH_PAUSE_SECONDS:-5}
PATH=$ROOT/usr/local/bin:$PATH
KEEP_RELEASES=3

base=$ROOT/opt/mev-engine
releases=$base/releases
run=$ROOT/run/mev-engine
unit=mev-engine.service
guard=mev-engine-guard.service

say() {
  echo "apply-engine: $*"
  logger --tag mev-engine-apply -- "$*" 2>/dev/null || true
}

die() {
  say "$*" >&2
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

fetch() { # <path in the release> <file>
  attempt aws s3 cp --region "$REGION" --only-show-errors "s3://$RELEASE_BUCKET/engines/$NODE_ID/$1" "$2" </dev/null
}

fetch_manifest() { # sets hash
  fetch manifest "$work/manifest" ||
    die "cannot fetch s3://$RELEASE_BUCKET/engines/$NODE_ID/manifest; nothing was changed. see that the release is uploaded and that the instance role may read it"
  # Its paths become paths on this host.
  if [ ! -s "$work/manifest" ] || grep --quiet --fixed-strings .. "$work/manifest" ||
    grep --quiet --invert-match --extended-regexp '^[0-9a-f]{64}  [A-Za-z0-9_][A-Za-z0-9._/@-]*$' "$work/manifest"; then
    die 'the manifest is not a list of hashes and relative paths; nothing was changed. upload the release again'
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
  # A manifest has no modes.
  chmod +x "$partial"/host/*.sh
  sync --file-system "$partial"
  rm -rf "$release"
  mv -T "$partial" "$release"
}

# While the engine still runs.
fetch_images() { # <release folder>
  if cmp --silent "$1/compose.yml" "$base/current/compose.yml" 2>/dev/null; then return; fi
  attempt docker compose --project-name mev-engine --file "$1/compose.yml" pull --quiet ||
    die "cannot pull the images of release $hash; nothing was changed. see that they exist and that their registry can be reached"
}

# Sets units_changed.
install_units() { # <release folder>
  local file target
  units_changed=no
  for file in "$1"/host/*.service "$1"/host/*.timer "$1"/host/*.socket; do
    target=$ROOT/etc/systemd/system/${file##*/}
    if cmp --silent "$file" "$target"; then continue; fi
    mkdir -p "${target%/*}"
    cp "$file" "$target.new"
    mv -T "$target.new" "$target"
    units_changed=yes
  done
  if [ "$units_changed" = yes ] || [ "$(systemctl show --property=NeedDaemonReload --value "$guard")" = yes ]; then
    systemctl daemon-reload
  fi
}

# Of two releases with the same of this, the same process serves both.
scripts_of() { { cat "$1"/host/* 2>/dev/null || true; } | sha256sum; }

switch_to() { # <hash>
  ln -sfn "releases/$1" "$base/current.new"
  mv -T "$base/current.new" "$base/current"
  touch "$releases/$1"
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
  local release=$releases/$hash before=''
  fetch_release
  # shellcheck source=/dev/null
  . "$release/engine.env"
  : "${ENGINE:?}" "${STOPPED:?}"
  if [ "$STOPPED" != yes ]; then
    "$release/host/engine-files.sh" --secrets || die "a secret of release $hash is missing (above); nothing was changed"
    fetch_images "$release"
  fi
  before=$(scripts_of "$base/current")
  install_units "$release"
  switch_to "$hash"
  if [ "$STOPPED" = yes ]; then
    say "$ENGINE is stopped by commit"
    # Not by way of the guard, which may be the one that hangs.
    systemctl stop "$unit"
    "$release/host/engine-stop.sh"
  else
    "$release/host/engine-files.sh"
    if [ -e "$run/runtime" ] && [ "$("$release/host/engine-files.sh" --runtime)" != "$(cat "$run/runtime")" ]; then
      say "$ENGINE gets another process, because more than its limits have changed"
      systemctl stop "$unit"
    fi
  fi
  systemctl --quiet enable --now mev-engine-hourly.timer
  systemctl --quiet enable "$guard"
  # With it the engine ends, and begins again when it has looked.
  if [ "$units_changed" = yes ] || [ "$before" != "$(scripts_of "$release")" ]; then
    systemctl stop "$unit"
    systemctl restart "$guard"
  else
    systemctl start "$guard"
  fi
  forget_old_releases
  say "release $hash is in place; whether $ENGINE runs: $base/current/host/engine.sh show"
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
  work=$(mktemp --directory)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$releases" "$run"
  exec 9>"$run/apply.lock"
  flock --wait "$LOCK_WAIT_SECONDS" 9 || die "another run still holds the lock after $LOCK_WAIT_SECONDS seconds"
  fetch_manifest
  apply
}

# Read as a whole before it runs: the file may be replaced while it does.
main "$@"
exit
