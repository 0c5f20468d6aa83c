#!/bin/bash
# Puts in place what this host is watched with, where its release asks for it, and takes away what none asks for any more: the
# exporter of its metrics (HOST_METRICS in node.env), and the agent that ships its logs (agent/compose.yml).
#   watch-host.sh     exit 0 when it is as the release says
# A node does not need it: who rolls a release out goes on without it, and the next run tries again.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
# They say what we put here ourselves.
own_exporter=$ROOT/var/lib/chain-node/own-exporter
own_agent=$ROOT/var/lib/chain-node/own-agent
exporter=prometheus-node-exporter
agent=chain-host

say() {
  echo "watch-host: $*" >&2
  logger --tag chain-node-watch -- "$*" 2>/dev/null || true
}

apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -o DPkg::Lock::Timeout=600 --yes --quiet "$@" >&2
}

# Before it is there, so that a run that is ended in between takes it away later.
remember() { # <mark>
  if [ -e "$1" ]; then return; fi
  mkdir -p "${1%/*}"
  : >"$1"
}

# Ubuntu's own; its defaults read the text files that the node's health and disk are written to.
metrics_on() {
  remember "$own_exporter"
  if ! dpkg-query --show --showformat='${Status}' "$exporter" 2>/dev/null | grep --quiet 'ok installed$'; then
    apt update && apt install --no-install-recommends "$exporter" || return
  fi
  systemctl --quiet enable --now "$exporter.service"
}

metrics_off() {
  if [ ! -e "$own_exporter" ]; then return; fi
  systemctl --quiet disable --now "$exporter.service"
  rm -f "$own_exporter"
}

logs_on() {
  remember "$own_agent"
  docker compose --project-name "$agent" --file "$release/agent/compose.yml" up --detach --quiet-pull --remove-orphans >&2
}

logs_off() {
  if [ ! -e "$own_agent" ]; then return; fi
  docker compose --project-name "$agent" down >&2
  rm -f "$own_agent"
}

main() {
  local status=0
  # shellcheck source=/dev/null
  . "$release/node.env"
  if [ "${HOST_METRICS:-no}" = yes ]; then
    metrics_on || { say "the exporter of this host's metrics could not be put in place (above)"; status=1; }
  else
    metrics_off || status=1
  fi
  if [ -f "$release/agent/compose.yml" ]; then
    logs_on || { say "what ships this host's logs could not be started (above)"; status=1; }
  else
    logs_off || status=1
  fi
  return "$status"
}

main "$@"
