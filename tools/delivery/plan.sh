#!/usr/bin/env bash
# Plans one synthesized environment, and reports what it would do:   tools/delivery/plan.sh <environment> <folder>
#
# Into the folder come plan.bin, report.md (all of it) and comment.md (what a comment holds). Exit status: 0 nothing changes, 2
# something does, 3 something would be lost or stopped that the configuration does not allow, 1 it could not be planned; then
# comment.md says why.
#
# PLAN_LOCK=no does not lock the state, for who may not write it; LINK is where the whole report can be read.
set -euo pipefail

environment="$1" folder="$2"
here="$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=stack.sh
source "$here/stack.sh"
mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"

# The log of the run has what was said, and a comment has not: nobody has looked whether secrets are in it.
failed() { # <what> <file with what was said>
  printf '<!-- plan:%s -->\n## %s: :warning: %s\n\n%s\n' "$environment" "$environment" "$1" \
    "The log of the run says why${LINK:+: $LINK}." >"$folder/report.md"
  cp "$folder/report.md" "$folder/comment.md"
  cat "$2" >&2
  exit 1
}

said="$(mktemp)"
json="$(mktemp)"
# The JSON of a plan holds what is sensitive in the clear.
trap 'rm -f "$said" "$json"' EXIT

init_stack "$environment" >"$said" 2>&1 || failed 'terraform init failed' "$said"

lock=()
[[ "${PLAN_LOCK:-yes}" == yes ]] || lock=(-lock=false)
run_terraform "$environment" plan -input=false -no-color "${lock[@]}" -lock-timeout=5m -out="$folder/plan.bin" >"$said" 2>&1 ||
  failed 'the plan failed' "$said"

run_terraform "$environment" show -json "$folder/plan.bin" >"$json" 2>"$said" || failed 'the plan cannot be read' "$said"

status=0
node --require "$root/tools/quick-start.cjs" "$root/tools/plan-report/main.ts" "$environment" "$json" --out "$folder/report.md" \
  ${LINK:+--link "$LINK"} >"$folder/comment.md" 2>"$said" || status=$?
((status != 1)) || failed 'the plan cannot be told' "$said"
exit "$status"
