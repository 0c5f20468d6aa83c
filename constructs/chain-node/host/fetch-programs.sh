#!/bin/bash
# Brings the native programs that the release names to this host, while the node still runs.
#   fetch-programs.sh            fetches what is missing
#   fetch-programs.sh --prune    removes what no release on this host names any more
# A program lies under a name that says exactly which it is, is checked before it is unpacked, and is whole when it is there.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
base=$ROOT/opt/chain-node
programs=$base/programs

say() {
  echo "programs: $*" >&2
  logger --tag chain-node-programs -- "$*" 2>/dev/null || true
}

die() {
  say "$*"
  exit 1
}

check() { # <file> <sha256> <what it is>
  local sum
  sum=$(sha256sum <"$1")
  [ "${sum%% *}" = "$2" ] || die "$3 has the checksum ${sum%% *} instead of $2; it was not unpacked"
}

# Into $folder, without $strip leading parts of each name. What is no archive is the program itself.
unpack() { # <file> <name of the file> <name of the program>
  case $2 in
    *.tar.gz | *.tgz) untar --gzip "$1" ;;
    *.tar.zst) untar --zstd "$1" ;;
    *.tar.xz) untar --xz "$1" ;;
    *.tar.bz2 | *.tbz2) untar --bzip2 "$1" ;;
    *.tar) untar --no-auto-compress "$1" ;;
    *.zip) unpack_zip "$1" ;;
    *) install --mode=0755 "$1" "$folder/$3" ;;
  esac || die "$2 could not be unpacked (above); nothing was put in place. see that it is what its name says, and that the root disk is not full"
  [ -n "$(find "$folder" -type f -print -quit)" ] || die "nothing is left of $2 without the first $strip parts of its names; see what it holds and correct strip"
  # Made for who unpacks it, an archive may be closed to the user of the processes.
  chmod --recursive a+rX,go-w,u-s,g-s "$folder"
}

untar() { # <compression> <file>
  tar --extract "$1" --directory "$folder" --strip-components "$strip" --no-same-owner --file "$2"
}

# unzip leaves nothing out: level by level, what lies in folders moves up.
unpack_zip() { # <file>
  local from=$work/unzipped level
  rm -rf "$from"
  unzip -q "$1" -d "$from" || return
  for ((level = 0; level < strip; level++)); do
    rm -rf "$from.up"
    mkdir "$from.up"
    find "$from" -mindepth 2 -maxdepth 2 -exec mv --target-directory "$from.up" {} + || return
    rm -rf "$from"
    mv -T "$from.up" "$from"
  done
  cp --recursive --preserve=mode,timestamps --no-target-directory "$from" "$folder"
}

fetch_archive() { # <name> <sha256> <strip> <url>
  local file=${4%%[?#]*}
  strip=$3
  curl --silent --show-error --fail --location --proto '=https' --proto-redir '=https' --retry 5 --retry-connrefused \
    --max-time 1800 --output "$work/archive" "$4" || die "cannot fetch $4; see that it is still published and can be reached from here"
  check "$work/archive" "$2" "$4"
  unpack "$work/archive" "${file##*/}" "$1"
}

fetch_build() { # <key> <command that makes it>...
  local from=s3://$RELEASE_BUCKET/programs/$1
  strip=0
  # Without the right to list a bucket, what is not there looks like what may not be read.
  if ! aws s3 cp --region "$REGION" --only-show-errors "$from/program.tar.zst" "$work/program.tar.zst" </dev/null ||
    ! aws s3 cp --region "$REGION" --only-show-errors "$from/program.tar.zst.sha256" "$work/sum" </dev/null; then
    die "the program $1 is not at $from (above), and nobody publishes it. build it, then run apply-release again: ${*:2}"
  fi
  check "$work/program.tar.zst" "$(cut --delimiter=' ' --fields=1 "$work/sum")" "$from"
  unpack "$work/program.tar.zst" program.tar.zst ''
}

fetch_all() {
  local key kind rest
  while read -r key kind rest <&4; do
    if [ -d "$programs/$key" ]; then continue; fi
    folder=$programs/$key.partial
    rm -rf "$folder"
    mkdir -p "$folder"
    say "fetching $key"
    # shellcheck disable=SC2086 # words
    case $kind in
      archive) fetch_archive $rest ;;
      build) fetch_build "$key" $rest ;;
      *) die "the kind '$kind' of $key is unknown; use archive or build" ;;
    esac
    # On disk before it has its name: the name says that it is whole.
    sync --file-system "$folder"
    mv -T "$folder" "$programs/$key"
  done 4<"$release/programs"
}

prune() {
  local folder list named=' '
  for list in "$base"/releases/*/programs; do
    if [ -f "$list" ]; then named+=$(cut --delimiter=' ' --fields=1 "$list" | tr '\n' ' '); fi
  done
  for folder in "$programs"/*; do
    if [ ! -d "$folder" ] || [[ $named == *" ${folder##*/} "* ]]; then continue; fi
    say "removing ${folder##*/}, which no release here names"
    rm -rf "$folder"
  done
}

main() {
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  if [ ! -f "$release/programs" ] && [ "${1:-}" != --prune ]; then return; fi
  work=$(mktemp --directory)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$programs"
  case ${1:-} in
    --prune) prune ;;
    '') fetch_all ;;
    *) die "unknown argument '$1'; use --prune or nothing" ;;
  esac
}

main "$@"
