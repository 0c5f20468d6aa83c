#!/usr/bin/env bash
# Applies a plan that was saved and approved, and nothing else:   tools/delivery/apply.sh <environment> <plan.bin>
#
# Terraform refuses it when anything was applied since it was made. Exit status 1 when it was refused or failed.
set -euo pipefail

# shellcheck source=stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

environment="$1"
plan="$(cd "$(dirname "$2")" && pwd)/$(basename "$2")"
[[ -f "$plan" ]] || {
  echo "$2: is not there; plan first" >&2
  exit 1
}
# It holds secrets in the clear.
trap 'rm -f "$plan"' EXIT
init_stack "$environment"
run_terraform "$environment" apply -input=false -no-color "$plan"
