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

# Into $folder; what is no archive is the program itself.
unpack() { # <file> <name> <strip>
  case $2 in
    *.tar.gz | *.tgz) tar --extract --gzip --file "$1" ;;
    *.tar.zst) tar --extract --zstd --file "$1" ;;
    *.tar.xz) tar --extract --xz --file "$1" ;;
    *.tar.bz2 | *.tbz2) tar --extract --bzip2 --file "$1" ;;
    *.tar) tar --extract --file "$1" ;;
    *.zip)
      unzip -q "$1" -d "$folder"
      return
      ;;
    *)
      install --mode=0755 "$1" "$folder/$2"
      return
      ;;
  esac
}

# tar takes options after the verb from here, so that each line above says only what differs.
tar() {
  command tar --directory "$folder" --strip-components "$strip" --no-same-owner "$@"
}

fetch_archive() { # <sha256> <strip> <url>
  strip=$2
  curl --silent --show-error --fail --location --proto '=https' --proto-redir '=https' --retry 5 --retry-connrefused \
    --max-time 1800 --output "$work/archive" "$3" || die "cannot fetch $3"
  check "$work/archive" "$1" "$3"
  unpack "$work/archive" "${3##*/}" "$2"
}

fetch_build() { # <key> <command that makes it>...
  local from=s3://$RELEASE_BUCKET/programs/$1
  strip=0
  if ! aws s3 cp --region "$REGION" --only-show-errors "$from/program.tar.zst" "$work/program.tar.zst" </dev/null ||
    ! aws s3 cp --region "$REGION" --only-show-errors "$from/program.tar.zst.sha256" "$work/sum" </dev/null; then
    die "the program $1 is not there, and nobody publishes it. build it, then run apply-release again: ${*:2}"
  fi
  check "$work/program.tar.zst" "$(cut --delimiter=' ' --fields=1 "$work/sum")" "$from"
  unpack "$work/program.tar.zst" program.tar.zst 0
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
  local folder
  for folder in "$programs"/*; do
    if [ ! -d "$folder" ]; then continue; fi
    if ! cat "$base"/releases/*/programs 2>/dev/null | grep --quiet --fixed-strings "${folder##*/} "; then
      say "removing ${folder##*/}, which no release here names"
      rm -rf "$folder"
    fi
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
