#!/usr/bin/env bash
# Whether what is there is what is configured:   tools/delivery/drift.sh <environment> <folder>
#
# An issue on GitHub says what is not, and is updated while it lasts; it is closed when all is as it should be. Exit status 1 when it
# could not be told.
set -euo pipefail

environment="$1" folder="$2"
here="$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=stack.sh
source "$here/stack.sh"

status=0
PLAN_LOCK=no "$here/plan.sh" "$environment" "$folder" || status=$?
rm -f "$folder/plan.bin"
[[ -z "${GITHUB_STEP_SUMMARY:-}" ]] || cat "$folder/comment.md" >>"$GITHUB_STEP_SUMMARY"

tell() { node --require "$root/tools/quick-start.cjs" "$root/tools/delivery/github.ts" "$@"; }

case "$status" in
  0) tell drift-is-over "$environment" ;;
  2 | 3) tell drift "$environment" "$folder/comment.md" ;;
  *) exit 1 ;;
esac
