#!/bin/sh
# Before a node's processes start: their directories, and secrets that they share with nobody else.
#   prepare.sh <directories, one argument each>
# A secret lives as long as its pod: who uses it starts anew with it.
set -eu

DATA=${DATA:-/data}
SECRETS=${SECRETS:-/secrets}

for directory in "$@"; do mkdir -p "$DATA/$directory"; done

umask 077
for secret in ${SECRET_NAMES:-}; do
  [ -s "$SECRETS/$secret" ] || od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$SECRETS/$secret"
done
