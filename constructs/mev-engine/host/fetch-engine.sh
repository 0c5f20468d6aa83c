#!/bin/bash
# Fetches what applies the release of the engine beside this host's node, and runs it: the one script that is not fetched by itself.
# It is also what a person calls on a host that has none of it yet.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
HOST_WAIT_SECONDS=${HOST_WAIT_SECONDS:-3600}
PATH=$ROOT/usr/local/bin:$PATH

# A first boot may still be under way.
deadline=$((SECONDS + HOST_WAIT_SECONDS))
until [ -e "$ROOT/etc/chain-node/host.env" ] && command -v aws >/dev/null && command -v docker >/dev/null && command -v jq >/dev/null; do
  if ((SECONDS >= deadline)); then
    echo "fetch-engine: the host has not come up within $HOST_WAIT_SECONDS seconds; see: journalctl -t chain-node-user-data" >&2
    exit 1
  fi
  sleep 10
done
# shellcheck source=/dev/null
. "$ROOT/etc/chain-node/host.env"
: "${NODE_ID:?}" "${REGION:?}" "${RELEASE_BUCKET:?}"

work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
script=host/apply-engine.sh
mkdir -p "$work/host"
for path in manifest "$script"; do
  aws s3 cp --region "$REGION" --only-show-errors "s3://$RELEASE_BUCKET/engines/$NODE_ID/$path" "$work/$path" </dev/null
done
if ! (cd "$work" && grep "  $script\$" manifest | sha256sum --check --strict --quiet); then
  echo "fetch-engine: $script does not match its manifest; nothing was changed. an upload may be under way: run again when it is through" >&2
  exit 1
fi
bash "$work/$script"
