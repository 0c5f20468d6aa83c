#!/bin/bash
# Fills the node's empty data directory from an archive, when the release says where one is.
#   bootstrap.sh             downloads, unpacks and checks; does nothing where there is data
#   bootstrap.sh --check     exit 0 when there is nothing to do, 1 when a bootstrap is pending; changes nothing
#
# The archive is unpacked while it comes, beside the data directory, and becomes it when it is whole: it needs no room of
# its own, and nobody ever sees half of it. A connection that breaks is taken up where it broke; a run that is interrupted
# begins again. Exit 1: try again, 3: that will not help, the archive or its address must be another.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
# How much is asked for at a time: what a broken connection can cost.
CHUNK_BYTES=${CHUNK_BYTES:-1073741824}
# Attempts in a row that bring nothing, and the pause after the first; it doubles, to five minutes.
FETCH_ATTEMPTS=${FETCH_ATTEMPTS:-12}
FETCH_PAUSE_SECONDS=${FETCH_PAUSE_SECONDS:-5}
# How often an archive that changes under our hands is begun anew.
FRESH_ATTEMPTS=${FRESH_ATTEMPTS:-3}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)

# What download() ends with when not with all of the archive.
readonly UNREACHABLE=1 HOPELESS=3 CHANGED=4

say() {
  echo "bootstrap: $*" >&2
  logger --tag chain-node-bootstrap -- "$*" 2>/dev/null || true
}

die() { # <exit status> <words>...
  say "${@:2}"
  # The console is what can be read from outside when the host cannot be reached.
  { echo "chain-node bootstrap: ${*:2}" >"$ROOT/dev/console"; } 2>/dev/null || true
  exit "$1"
}

has_data() {
  [ -n "$(ls --almost-all "$target" 2>/dev/null)" ]
}

pending() {
  [ "${BOOTSTRAP:-empty}" = url ] && ! has_data
}

# --- download ---------------------------------------------------------------------------------------------------

header() { # <name>: of the last answer, as redirects have theirs before it
  tr -d '\r' <"$work/headers" | awk -v name="$1" '
    /^HTTP\// { value = "" }
    index(tolower($0), name ":") == 1 { value = substr($0, length(name) + 3) }
    END { print value }'
}

# Only over https, wherever it leads. Leaves the status in $work/code and the headers in $work/headers.
ask() { # <first byte> <last byte>
  local condition=()
  # So that all parts are of one archive. A weak tag does not promise that.
  if [[ $etag == \"* ]]; then
    condition=(--header "If-Match: $etag")
  elif [ -n "$modified" ]; then
    condition=(--header "If-Unmodified-Since: $modified")
  fi
  curl --silent --fail --location --max-redirs 5 --proto '=https' --proto-redir '=https' --connect-timeout 30 \
    --speed-limit 1024 --speed-time 120 --range "$1-$2" "${condition[@]}" \
    --dump-header "$work/headers" --write-out '%{stderr}%{http_code}' "$BOOTSTRAP_URL" 2>"$work/code"
}

check_room() { # <bytes>
  local free
  free=$(df --output=avail --block-size=1 "$staging" | tail -n 1)
  ((free > $1)) || die "$HOPELESS" "the archive has $1 bytes and the disk has room for $free; nothing was changed. grow the disk"
}

progress() { # <bytes> <of>
  if ((SECONDS < next_word)); then return; fi
  next_word=$((SECONDS + 60))
  say "$1 of $2 bytes ($(($1 * 100 / $2)) %)"
}

# Sends the archive to stdout. Never twice the same byte: whoever reads it cannot go back.
download() {
  local offset=0 total='' failures=0 got status code pause=$FETCH_PAUSE_SECONDS etag='' modified='' next_word=$((SECONDS + 60))
  while [ -z "$total" ] || ((offset < total)); do
    status=0
    : >"$work/headers"
    got=$(ask "$offset" $((offset + CHUNK_BYTES - 1)) | tee /dev/fd/3 | wc --bytes) || status=$?
    code=$(tail --bytes=3 "$work/code")
    offset=$((offset + got))
    case $code in
      206 | 200)
        if [ "$code" = 200 ] && ((offset > got)); then
          say 'the server sent the whole archive where a part was asked for'
          return "$CHANGED"
        fi
        if [ -z "$total" ]; then
          etag=$(header etag) modified=$(header last-modified)
          total=$(header content-range) total=${total##*/}
          [ "$code" = 206 ] || total=$(header content-length)
          [[ $total =~ ^[0-9]+$ ]] || die "$HOPELESS" 'the server does not say how large the archive is; take it from another'
          check_room "$total"
        fi
        # A server that knows no parts cannot go on where it broke off.
        if [ "$code" = 200 ] && ((offset < total)); then
          say "the connection broke after $offset of $total bytes, and the server knows no parts"
          return "$CHANGED"
        fi
        ;;
      412)
        say 'the archive has changed since it was begun'
        return "$CHANGED"
        ;;
      408 | 425 | 429) ;;
      4??) die "$HOPELESS" "the server answers with status $code; see that $BOOTSTRAP_URL is right" ;;
    esac
    # 1: a redirect to something that is not https.
    if [ "$status" -eq 1 ]; then die "$HOPELESS" "$BOOTSTRAP_URL leads to an address without https; take the archive from another"; fi
    if ((got > 0)); then
      failures=0 pause=$FETCH_PAUSE_SECONDS
      progress "$offset" "$total"
    elif [ "$status" -ne 0 ]; then
      failures=$((failures + 1))
      if ((failures >= FETCH_ATTEMPTS)); then
        say "no answer in $failures attempts after $offset bytes (curl: $status, HTTP: $code)"
        return "$UNREACHABLE"
      fi
      sleep "$pause"
      pause=$(awk -v now="$pause" 'BEGIN { print now * 2 > 300 ? 300 : now * 2 }')
    fi
  done
}

# --- unpack -----------------------------------------------------------------------------------------------------

decompress() {
  case $BOOTSTRAP_URL in
    *.tar) cat ;;
    *.tar.gz | *.tgz) gzip --decompress --stdout ;;
    *.tar.zst) zstd --decompress --stdout --quiet --long=31 ;;
    *.tar.lz4) lz4 --decompress --stdout --quiet - ;;
    *.tar.bz2) bzip2 --decompress --stdout ;;
    *.tar.xz) xz --decompress --stdout ;;
    *) return 64 ;;
  esac
}

# As the node's user: what is in an archive can reach no further than the node's own processes could.
unpack() {
  setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups --no-new-privs \
    tar --extract --directory "$staging" --strip-components "${BOOTSTRAP_STRIP:-0}" --no-same-owner --file -
}

make_folders() { # <folder below the tree>
  local folder=$1 missing=()
  while [ ! -d "$folder" ]; do
    missing=("$folder" "${missing[@]}")
    folder=${folder%/*}
  done
  for folder in "${missing[@]}"; do
    mkdir "$folder"
    chown "$USER_ID:$USER_ID" "$folder"
  done
}

# One try from the first byte.
try() {
  local statuses sum sum_process
  rm -rf "$staging" "$work/bytes"
  make_folders "$staging"
  mkfifo "$work/bytes"
  sha256sum <"$work/bytes" >"$work/sum" &
  sum_process=$!
  set +e
  download 3>&1 1>&2 | tee "$work/bytes" | decompress | unpack
  statuses=("${PIPESTATUS[@]}")
  set -e
  wait "$sum_process"
  # Who reads may have failed because who sends did.
  if [ "${statuses[3]}" -ne 0 ] || [ "${statuses[2]}" -ne 0 ]; then
    case ${statuses[0]} in
      "$UNREACHABLE" | "$CHANGED") ;;
      "$HOPELESS") exit "$HOPELESS" ;;
      *) die "$HOPELESS" "what came from $BOOTSTRAP_URL could not be unpacked (above); nothing was put in place. see that it is an archive of the kind that its name says, and that the disk is not full" ;;
    esac
  fi
  if [ "${statuses[0]}" -ne 0 ]; then return "${statuses[0]}"; fi
  sum=$(cut --delimiter=' ' --fields=1 "$work/sum")
  if [ -n "${BOOTSTRAP_SHA256:-}" ] && [ "$sum" != "$BOOTSTRAP_SHA256" ]; then
    die "$HOPELESS" "the archive has the checksum $sum instead of $BOOTSTRAP_SHA256; nothing was put in place. see what its makers publish"
  fi
  say "unpacked; sha256 $sum$([ -n "${BOOTSTRAP_SHA256:-}" ] && echo ', as expected' || echo ', not compared with any')"
}

put_in_place() {
  local file
  # Who made the archive had an identity, and it is not this node's.
  for file in ${IDENTITY_FILES:-}; do
    if [[ $file == "$BOOTSTRAP_DIRECTORY"/* ]]; then rm -f "$staging/${file#"$BOOTSTRAP_DIRECTORY"/}"; fi
  done
  [ -n "$(ls --almost-all "$staging")" ] || die "$HOPELESS" "the archive is empty, or BOOTSTRAP_STRIP=${BOOTSTRAP_STRIP:-0} leaves nothing of it; nothing was put in place"
  sync --file-system "$staging"
  # Only ever an empty directory: rmdir removes no other.
  if [ -d "$target" ]; then rmdir "$target"; fi
  mv -T "$staging" "$target"
  say "the data is in place: $target"
}

bootstrap() {
  local attempt status
  if ! pending; then return; fi
  say "filling $target from $BOOTSTRAP_URL"
  for ((attempt = 1; attempt <= FRESH_ATTEMPTS; attempt++)); do
    status=0
    try || status=$?
    case $status in
      0)
        put_in_place
        return
        ;;
      "$CHANGED") say 'beginning again' ;;
      "$HOPELESS") exit "$HOPELESS" ;;
      *) break ;;
    esac
  done
  rm -rf "$staging"
  die "$UNREACHABLE" "the archive could not be fetched (above); nothing was put in place. this is tried again; other data: stop chain-node-bootstrap, put it into $target, start chain-node"
}

clean_up() {
  rm -rf "$work"
  # Where it was, or half of it.
  rm -rf "$staging"
}

main() {
  # shellcheck source=/dev/null
  . "$release/node.env"
  local tree=$ROOT/data/blockchain/nodes/chains/$CHAIN
  target=$tree/${BOOTSTRAP_DIRECTORY:-}
  staging=$target.bootstrap
  case ${1:-} in
    --check)
      ! pending
      return
      ;;
    '') ;;
    *) die "$HOPELESS" "unknown argument '$1'; use --check or nothing" ;;
  esac
  if ! pending; then return; fi
  "$release/host/prepare-disk.sh" --check || die "$UNREACHABLE" 'the data volume is not mounted; nothing is written to the root disk'
  mkdir -p "$ROOT/run/chain-node"
  exec 7>"$ROOT/run/chain-node/bootstrap.lock"
  flock 7
  work=$(mktemp --directory)
  trap clean_up EXIT
  bootstrap
}

main "$@"
