#!/bin/bash
# Builds a program from a pinned commit, and leaves program.tar.zst and its checksum in the working directory.
# Told by the environment: REPOSITORY COMMIT PACKAGES COMMANDS OUTPUTS (paths in the repository, a line each).
# The same commit makes the same archive, as far as its own build is reproducible.
set -euo pipefail
umask 022

say() { echo "build: $*"; }

die() {
  say "$*" >&2
  exit 1
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get --quiet update
  # shellcheck disable=SC2086 # words
  apt-get --quiet --yes install --no-install-recommends ca-certificates curl git xz-utils zstd $PACKAGES
}

check_out() {
  git init --quiet source
  git -C source fetch --quiet --depth 1 "$REPOSITORY" "$COMMIT"
  git -C source checkout --quiet FETCH_HEAD
  # What was asked for and what came must be the same commit, not a name that leads to one.
  [ "$(git -C source rev-parse HEAD)" = "$COMMIT" ] || die "$REPOSITORY gave another commit than $COMMIT; nothing was built"
  git -C source submodule --quiet update --init --recursive --depth 1
  SOURCE_DATE_EPOCH=$(git -C source log -1 --format=%ct)
  export SOURCE_DATE_EPOCH
}

build() {
  say "building $COMMIT of $REPOSITORY"
  (cd source && bash -euo pipefail -c "$COMMANDS")
}

pack() {
  local output
  mkdir outputs
  while read -r output; do
    [ -f "source/$output" ] || die "the build made no $output; see its commands"
    cp "source/$output" "outputs/${output##*/}"
  done <<<"$OUTPUTS"
  tar --create --directory outputs --sort=name --owner=0 --group=0 --numeric-owner --mode='a+rX,u+w,go-w' \
    --mtime="@$SOURCE_DATE_EPOCH" --file - . | zstd --quiet -19 --threads=0 -o program.tar.zst
  sha256sum program.tar.zst >program.tar.zst.sha256
  say "made $(cat program.tar.zst.sha256)"
}

main() {
  : "${REPOSITORY:?}" "${COMMIT:?}" "${COMMANDS:?}" "${OUTPUTS:?}"
  install_packages
  check_out
  build
  pack
}

main "$@"
