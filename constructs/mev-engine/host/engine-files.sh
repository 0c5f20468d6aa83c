#!/bin/bash
# The files that the engine sees as /etc/mev, as the kubelet makes them: all of them at once, by one link.
#   engine-files.sh             puts those of the current release in place, and the reason of a stop where there is a latch
#   engine-files.sh --secrets   fetches its secrets as well, before
#   engine-files.sh --runtime   only says what a process of the engine depends on: another answer, another process
# They lie in memory: no secret is on a disk, and after a boot there are none until they have been fetched.
set -euo pipefail
umask 077

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
ENGINE_USER=${ENGINE_USER:-65532}
PATH=$ROOT/usr/local/bin:$PATH

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
run=$ROOT/run/mev-engine
seen=$run/mev
secrets=$run/secrets
latch=$ROOT/var/lib/mev-engine/latch

say() {
  echo "engine-files: $*" >&2
  logger --tag mev-engine-files -- "$*" 2>/dev/null || true
}

# Everything of the release but its limits, what is asked of Prometheus, and the scripts of the host.
runtime() {
  (cd "$release" && grep --invert-match --extended-regexp '  (files/limits\.json|.*\.promql|host/.*)$' manifest) | sha256sum | cut --delimiter=' ' --fields=1
}

fetch_secrets() {
  local pair file new=$run/secrets.new
  rm -rf "$new"
  mkdir -p "$new"
  for pair in ${SECRETS:-}; do
    file=${pair%%=*}
    # Its text as it is: what follows is not a line of it.
    aws secretsmanager get-secret-value --region "$REGION" --secret-id "${pair#*=}" --query '{text: SecretString}' --output json </dev/null |
      jq --join-output '.text // empty' >"$new/$file" || return
    if [ ! -s "$new/$file" ]; then
      say "the secret ${pair#*=} has no text"
      return 1
    fi
  done
  rm -rf "$secrets"
  mv -T "$new" "$secrets"
}

project() {
  local next old file
  mkdir -p "$seen"
  # One after the other; but who stops the engine does not wait for long.
  exec 8>"$run/files.lock"
  flock --wait 5 8 || say 'another run still puts files in place; going on'
  next=$(mktemp --directory "$seen/..XXXXXX")
  cp "$release"/files/*.json "$next/"
  mkdir "$next/strategies" "$next/secrets"
  for file in "$release"/files/strategies/*.json; do
    if [ -e "$file" ]; then cp "$file" "$next/strategies/"; fi
  done
  if [ -n "${SECRETS:-}" ]; then cp "$secrets"/* "$next/secrets/"; fi
  if [ -e "$latch" ]; then
    mkdir "$next/stop"
    cp "$latch" "$next/stop/reason"
  fi
  chown -R "0:$ENGINE_USER" "$next"
  find "$next" -type d -exec chmod 0750 {} +
  find "$next" -type f -exec chmod 0440 {} +
  old=$(readlink "$seen/..data" || true)
  ln -sfn "${next##*/}" "$seen/..data.new"
  mv -T "$seen/..data.new" "$seen/..data"
  for file in engine.json limits.json strategies secrets stop; do
    if [ ! -L "$seen/$file" ]; then ln -s "..data/$file" "$seen/$file"; fi
  done
  chown "0:$ENGINE_USER" "$run" "$seen"
  chmod 0750 "$run" "$seen"
  if [ -n "$old" ]; then rm -rf "${seen:?}/$old"; fi
}

main() {
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  # shellcheck source=/dev/null
  . "$release/engine.env"
  mkdir -p "$run"
  case ${1:-} in
    --runtime)
      runtime
      return
      ;;
    --secrets) fetch_secrets || { say 'a secret cannot be fetched (above); see that it exists and that the instance role may read it'; exit 1; } ;;
    '') if [ -n "${SECRETS:-}" ] && [ ! -d "$secrets" ]; then fetch_secrets || { say 'a secret cannot be fetched (above)'; exit 1; }; fi ;;
    *)
      say "unknown argument '$1'; use --secrets, --runtime or nothing"
      exit 2
      ;;
  esac
  # Of a release that is not current yet the secrets alone are wanted.
  if [ "$release" = "$(readlink -f "$ROOT/opt/mev-engine/current")" ]; then project; fi
}

main "$@"
exit
