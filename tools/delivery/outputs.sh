#!/usr/bin/env bash
# What the matrix says of one environment, as outputs of a step:   tools/delivery/outputs.sh <environment>
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
row="$(npm run --silent delivery:matrix | jq -c --arg environment "$1" '.include[] | select(.environment == $environment)')"
[[ -n "$row" ]] || {
  echo "$1: is not an environment here" >&2
  exit 1
}
jq -r 'to_entries[] | "\(.key)=\(.value)"' <<<"$row" >>"${GITHUB_OUTPUT:-/dev/stdout}"
