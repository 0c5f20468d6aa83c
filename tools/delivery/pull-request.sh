#!/usr/bin/env bash
# What a pull request would change in one environment:   tools/delivery/pull-request.sh <environment> <folder>
#
# With HAS_CLOUD=true it is planned, without a lock, for the role may not write the state; else it is compared with BASE, a revision: the
# first parent of what is checked out, where none is given. Into
# the folder come comment.md and report.md, and the summary of the run has the comment. Exit status 1 fails the check: it could not be
# told, or something would be lost or stopped that the configuration does not allow.
set -euo pipefail

environment="$1" folder="$2"
here="$(dirname "${BASH_SOURCE[0]}")"
mkdir -p "$folder"

status=0
if [[ "${HAS_CLOUD:-false}" == true ]]; then
  PLAN_LOCK=no "$here/plan.sh" "$environment" "$folder" || status=$?
  # It holds secrets, and nobody applies it.
  rm -f "$folder/plan.bin"
else
  root="$(cd "$here/../.." && pwd)"
  said="$(mktemp)"
  trap 'rm -f "$said"' EXIT
  node --require "$root/tools/quick-start.cjs" "$root/tools/preview.ts" --base "${BASE:-$(git -C "$root" rev-parse HEAD^1)}" --out "$folder/report.md" \
    ${LINK:+--link "$LINK"} "$environment" >"$folder/comment.md" 2>"$said" || status=$?
  if ((status == 1)); then
    # shellcheck disable=SC2016 # what stands there is Markdown
    printf '<!-- plan:%s -->\n## %s: :warning: no preview\n\n```\n%s\n```\n' "$environment" "$environment" "$(cat "$said")" |
      tee "$folder/report.md" >"$folder/comment.md"
    cat "$said" >&2
  fi
fi
[[ -z "${GITHUB_STEP_SUMMARY:-}" ]] || cat "$folder/comment.md" >>"$GITHUB_STEP_SUMMARY"

case "$status" in
  0 | 2) ;;
  3)
    echo "$environment: something would be lost or stopped that the configuration does not allow" >&2
    exit 1
    ;;
  *) exit 1 ;;
esac
