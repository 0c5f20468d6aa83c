#!/bin/bash
# Puts a plugin at its version where Grafana looks for plugins. Grafana without it is better than none: what cannot be had is said, and
# its panels say so as well. Grafana loads it by its signature alone.
#   PLUGIN VERSION  its id, and which of it
#   FOLDER          where plugins are
#   CATALOG         where it is had
set -euo pipefail

: "${PLUGIN:?}" "${VERSION:?}"
FOLDER=${FOLDER:-/var/lib/grafana/plugins}
CATALOG=${CATALOG:-https://grafana.com}
TRIES=${TRIES:-5}

case "$(uname -m)" in
  x86_64) architecture=amd64 ;;
  aarch64) architecture=arm64 ;;
  *) architecture=$(uname -m) ;;
esac

fetch() {
  curl --silent --show-error --fail --location --retry "$TRIES" --retry-delay 2 --max-time 300 --output "$work/plugin.zip" \
    "$CATALOG/api/plugins/$PLUGIN/versions/$VERSION/download?os=linux&arch=$architecture" &&
    unzip -q "$work/plugin.zip" -d "$work/plugin" &&
    [ -e "$work/plugin/$PLUGIN/plugin.json" ]
}

mkdir -p "$FOLDER"
work=$(mktemp -d "$FOLDER/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT
if ! fetch; then
  echo "$PLUGIN $VERSION cannot be had from $CATALOG: Grafana starts without it; start its pod anew to try again" >&2
  exit 0
fi
rm -rf "${FOLDER:?}/$PLUGIN"
mv "$work/plugin/$PLUGIN" "$FOLDER/$PLUGIN"
echo "$PLUGIN $VERSION"
