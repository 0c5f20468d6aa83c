#!/usr/bin/env bash
# Plans one environment for somebody to approve, and seals the plan:   PLAN_KEY=… tools/delivery/plan-to-approve.sh <environment> <folder>
#
# Into the folder come plan.sealed and report.md; the outputs of the step are `verdict` (nothing, changes) and `sha256`, that of the plan.
# Exit status 1 when it could not be planned, or something would be lost or stopped that the configuration does not allow: nobody is
# asked to approve that.
set -euo pipefail

environment="$1" folder="$2"
here="$(dirname "${BASH_SOURCE[0]}")"

# Nothing of an earlier plan is left to be taken for this one.
rm -rf "$folder"

status=0
# Without a lock, for the role may not write the state; a plan that is overtaken is refused when it is applied.
PLAN_LOCK="${PLAN_LOCK:-no}" "$here/plan.sh" "$environment" "$folder" || status=$?
trap 'rm -f "$folder/plan.bin"' EXIT
[[ -z "${GITHUB_STEP_SUMMARY:-}" ]] || cat "$folder/comment.md" >>"$GITHUB_STEP_SUMMARY"

output() { printf '%s\n' "$1" >>"${GITHUB_OUTPUT:-/dev/stdout}"; }

case "$status" in
  0) output 'verdict=nothing' ;;
  2)
    sha256="$("$here/seal.sh" seal "$folder/plan.bin" "$folder/plan.sealed")"
    output "sha256=$sha256"
    output 'verdict=changes'
    ;;
  3)
    echo "$environment: something would be lost or stopped that the configuration does not allow" >&2
    exit 1
    ;;
  *) exit 1 ;;
esac
