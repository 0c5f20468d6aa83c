#!/usr/bin/env bash
# Seals a saved plan for the way from one job to another, and opens it there. A plan holds secrets, and whoever may read artifacts of a
# repository may read it.
#
#   PLAN_KEY=… tools/delivery/seal.sh seal <plan.bin> <sealed>     prints the SHA-256 of the plan
#   PLAN_KEY=… tools/delivery/seal.sh open <sealed> <plan.bin> <SHA-256>
#
# AES-256, its key from PLAN_KEY by PBKDF2. CBC says nothing of who changed it: the hash, which comes by another way, does.
set -euo pipefail

: "${PLAN_KEY:?is not set: the secret that seals plans; docs/delivery.md says how it is made}"
((${#PLAN_KEY} >= 32)) || {
  echo 'PLAN_KEY: is shorter than 32 characters; make one by openssl rand -hex 32' >&2
  exit 1
}
cipher=(openssl enc -aes-256-cbc -pbkdf2 -iter 600000 -pass env:PLAN_KEY)
export PLAN_KEY
umask 077

case "$1" in
  seal)
    "${cipher[@]}" -salt -in "$2" -out "$3"
    sha256sum "$2" | cut -d ' ' -f 1
    ;;
  open)
    "${cipher[@]}" -d -in "$2" -out "$3" 2>/dev/null || {
      rm -f "$3"
      echo "$2: does not open; it was sealed with another key, or changed" >&2
      exit 1
    }
    if [[ "$(sha256sum "$3" | cut -d ' ' -f 1)" != "$4" ]]; then
      rm -f "$3"
      echo "$2: is not the plan that was approved" >&2
      exit 1
    fi
    ;;
  *)
    echo 'usage: seal.sh seal <plan> <sealed> | open <sealed> <plan> <SHA-256>' >&2
    exit 1
    ;;
esac
