#!/bin/bash
# Builds a program from a pinned commit and puts program.tar.zst and its checksum where hosts look for them, once: what is
# there stays as it is, because hosts may run it. The same commit makes the same archive, as far as its own build is reproducible.
# Told by the environment: REPOSITORY COMMIT PACKAGES COMMANDS OUTPUTS (paths in the repository, a line each),
# BUCKET PREFIX (where the two files go), AWS_CLI_VERSION AWS_CLI_SHA256 (for this processor).
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
  apt-get --quiet --yes install --no-install-recommends ca-certificates curl git unzip xz-utils zstd $PACKAGES
}

# Fetched whole, checked, then used; the same that hosts have.
install_aws_cli() {
  local zip
  zip=awscli-exe-linux-$(uname -m)-$AWS_CLI_VERSION.zip
  curl --silent --show-error --fail --location --max-time 300 --output "$zip" "https://awscli.amazonaws.com/$zip"
  sha256sum --check --strict --quiet <<<"$AWS_CLI_SHA256  $zip"
  unzip -q "$zip"
  ./aws/install >/dev/null
}

# Before an hour of work. The checksum comes last, so that where it is, all is.
assert_not_there() {
  local found
  found=$(aws s3api list-objects-v2 --no-paginate --bucket "$BUCKET" --prefix "$PREFIX/program.tar.zst.sha256" \
    --query 'Contents[].Key' --output text) ||
    die "cannot tell whether s3://$BUCKET/$PREFIX is there (above); nothing was built. see that the role of this build may list it"
  # This is how the command line prints a list that is not there.
  [ "$found" = None ] ||
    die "s3://$BUCKET/$PREFIX is there already; nothing was built or changed. for another program pin another commit"
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
    [ ! -e "outputs/${output##*/}" ] || die "two outputs are called ${output##*/}; a program lies under its name alone"
    cp "source/$output" "outputs/${output##*/}"
  done <<<"$OUTPUTS"
  tar --create --directory outputs --sort=name --owner=0 --group=0 --numeric-owner --mode='a+rX,u+w,go-w' \
    --mtime="@$SOURCE_DATE_EPOCH" --file - . | zstd --quiet -19 --threads=0 -o program.tar.zst
  sha256sum program.tar.zst >program.tar.zst.sha256
  say "made $(cat program.tar.zst.sha256)"
}

publish() {
  aws s3 cp --only-show-errors program.tar.zst "s3://$BUCKET/$PREFIX/program.tar.zst"
  aws s3api put-object --if-none-match '*' --bucket "$BUCKET" --key "$PREFIX/program.tar.zst.sha256" --body program.tar.zst.sha256 >/dev/null
  say "it is at s3://$BUCKET/$PREFIX; hosts find it when they apply their release again"
}

main() {
  : "${REPOSITORY:?}" "${COMMIT:?}" "${COMMANDS:?}" "${OUTPUTS:?}" "${BUCKET:?}" "${PREFIX:?}"
  install_packages
  install_aws_cli
  assert_not_there
  check_out
  build
  pack
  publish
}

main "$@"
