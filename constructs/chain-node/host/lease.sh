#!/bin/bash
# The lease of the node's group: who holds it may take its node down, and nobody else may. A roll and a backup take it.
#   lease.sh take <why> <seconds> <wait>   takes it for so long, after waiting so long at most; again to keep it longer
#   lease.sh release <why>                 gives it back; does nothing when this node does not hold it for that
#   lease.sh show                          says who holds it
#   lease.sh --help                        this text
# Exit 1: another holds it, 2: it cannot be reached. It ends by itself when its time is over.
#
# It is an object in the bucket that every node of the group may write, each time only over what it has just read
# (conditional writes of S3): of two that come at once, one gets it.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
LEASE_PAUSE_SECONDS=${LEASE_PAUSE_SECONDS:-10}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)

say() {
  echo "lease: $*" >&2
  logger --tag chain-node-lease -- "$*" 2>/dev/null || true
}

die() { # <exit status> <words>...
  say "${@:2}"
  exit "$1"
}

api() { # <operation> <arguments>...
  aws s3api "$1" --region "$REGION" --bucket "$RELEASE_BUCKET" --key "leases/$GROUP" "${@:2}" 2>"$work/error"
}

# Sets etag and leaves the lease in $work/lease.
read_lease() {
  etag=$(api get-object "$work/lease" | jq --raw-output .ETag)
}

field() { # <jq filter>
  jq --raw-output "$1 // empty" "$work/lease" 2>/dev/null || true
}

is_free() {
  local until
  until=$(field .until)
  [[ ! $until =~ ^[0-9]+$ ]] || ((until <= $(date +%s)))
}

is_own() { # <why>
  [ "$(field .node)" = "$NODE_ID" ] && [ "$(field .why)" = "$1" ]
}

# Whether nobody wrote in between.
write_lease() { # <why> <until> <condition>...
  jq --null-input --compact-output --arg node "$NODE_ID" --arg why "$1" --argjson until "$2" \
    '{node: $node, why: $why, until: $until}' >"$work/new"
  if api put-object --body "$work/new" "${@:3}" >/dev/null; then return 0; fi
  # 412: it is another one by now; 409: it is just being written.
  if grep --quiet --extended-regexp 'PreconditionFailed|ConditionalRequestConflict' "$work/error"; then return 1; fi
  die 2 "cannot write s3://$RELEASE_BUCKET/leases/$GROUP: $(tail -n 1 "$work/error")"
}

take() { # <why> <seconds> <wait>
  local deadline=$((SECONDS + $3)) said=no
  # Nobody may list the bucket, so that a missing object cannot be told from a forbidden one: writing it is how to know.
  if write_lease "$1" $(($(date +%s) + $2)) --if-none-match '*'; then return; fi
  while true; do
    read_lease || die 2 "cannot read s3://$RELEASE_BUCKET/leases/$GROUP: $(tail -n 1 "$work/error")"
    if is_free || is_own "$1"; then
      if write_lease "$1" $(($(date +%s) + $2)) --if-match "$etag"; then return; fi
      continue
    fi
    if ((SECONDS >= deadline)); then
      die 1 "group $GROUP: $(field .node) holds the lease for its $(field .why), until $(date --utc --date "@$(field .until)" +%FT%TZ) at the latest"
    fi
    if [ "$said" = no ]; then say "group $GROUP: waiting for $(field .node), which holds the lease for its $(field .why)"; fi
    said=yes
    sleep "$LEASE_PAUSE_SECONDS"
  done
}

give_back() { # <why>
  if ! read_lease; then
    # Before anybody has ever taken it; what is not there looks like what may not be read.
    if grep --quiet --extended-regexp 'NoSuchKey|AccessDenied' "$work/error"; then return; fi
    die 2 "cannot read s3://$RELEASE_BUCKET/leases/$GROUP: $(tail -n 1 "$work/error")"
  fi
  if ! is_own "$1"; then return; fi
  # Lost when another took it meanwhile, which it may when its time was over.
  write_lease "$1" 0 --if-match "$etag" || true
}

show() {
  read_lease || die 2 "nobody has held it yet, or it cannot be read: $(tail -n 1 "$work/error")"
  if is_free; then echo "group $GROUP: free"; else echo "group $GROUP: $(cat "$work/lease")"; fi
}

main() {
  if [ "${1:-}" = --help ]; then
    sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
    return
  fi
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  # shellcheck source=/dev/null
  . "$release/node.env"
  : "${REGION:?}" "${RELEASE_BUCKET:?}" "${GROUP:?}"
  work=$(mktemp --directory)
  trap 'rm -rf "$work"' EXIT
  case ${1:-} in
    take) take "$2" "$3" "$4" ;;
    release) give_back "$2" ;;
    show) show ;;
    *) die 2 "unknown argument '${1:-}'; use take, release, show or --help" ;;
  esac
}

main "$@"
