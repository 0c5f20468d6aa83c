#!/bin/bash
# Writes what each strategy did on a day, as a page for people and as a table, into a bucket.
#   CLICKHOUSE       its HTTP interface, CLICKHOUSE_USER who asks it, with the password in the file CLICKHOUSE_PASSWORD
#   BUCKET REGION    where they go, as reports/performance/<year>/<month>/<day>.md and .csv
#   ENVIRONMENT      whose strategies these are
#   DAY              in UTC, such as 2026-11-24; the one before this when empty
#   AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE   who gives credentials: EKS Pod Identity sets them
#   S3               the bucket's URL, where it is not AWS's own
# What it asks stands in performance.sql and the other files beside this one.
set -euo pipefail
shopt -s inherit_errexit

: "${CLICKHOUSE:?}" "${CLICKHOUSE_USER:?}" "${CLICKHOUSE_PASSWORD:?}" "${BUCKET:?}" "${REGION:?}" "${ENVIRONMENT:?}"
: "${AWS_CONTAINER_CREDENTIALS_FULL_URI:?Pod Identity gives no credentials}" "${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:?}"
QUERIES=${QUERIES:-/report}
WORK=${WORK:-/tmp}
S3=${S3:-https://$BUCKET.s3.$REGION.amazonaws.com}
DAY=${DAY:-$(date -u -d "@$(($(date -u +%s) - 86400))" +%Y-%m-%d)}
if [[ ! "$DAY" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]]; then
  echo "\"$DAY\" is not a day; give DAY as 2026-11-24" >&2
  exit 2
fi
KEY=reports/performance/${DAY//-//}

# Secrets by standard input, so that no list of processes shows them; quoted as curl reads them.
ask() { # <query> <format>
  { printf 'WITH performance AS (\n' && cat "$QUERIES/performance.sql" && printf ')\n' && cat "$QUERIES/$1.sql"; } >"$WORK/query.sql"
  : >"$WORK/answer"
  jq --raw-input --raw-output '"header = " + ("X-ClickHouse-Key: " + . | tojson)' "$CLICKHOUSE_PASSWORD" |
    curl --config - --silent --show-error --fail-with-body --max-time 300 --noproxy '*' --output "$WORK/answer" \
      --header "X-ClickHouse-User: $CLICKHOUSE_USER" --data-binary "@$WORK/query.sql" \
      "$CLICKHOUSE/?database=analytics&param_day=$DAY&default_format=$2&wait_end_of_query=1" || {
    cat "$WORK/answer" >&2
    return 1
  }
  cat "$WORK/answer"
}

# A table, where there is anything in it.
section() { # <title> <query>
  ask "$2" Markdown >"$WORK/section.md"
  if [ "$(grep -c '^|' "$WORK/section.md")" -gt 2 ]; then printf '\n## %s\n\n' "$1" && cat "$WORK/section.md"; fi
}

page() {
  local count
  count=$(ask count TSV)
  printf '# What strategies did on %s\n\n%s, from midnight to midnight UTC.' "$DAY" "$ENVIRONMENT"
  if [ "$count" -eq 0 ]; then printf ' Nothing was executed on this day.\n'; else printf ' %s executions ended.\n' "$count"; fi
  section Together together
  section 'Live' live
  section 'Rehearsed: nothing was sent' rehearsed
  printf '\nIt went well: it landed; of a rehearsal, it would have made money. Before: the seven days before, with those on which nothing was\n'
  printf 'done; change is from their net a day. The same as a table: %s.csv beside this.\n' "${DAY##*-}"
}

put() { # <file> <key> <type>
  # Whoever asks with the token of the pod gets credentials of its role, good for hours.
  printf 'header = "Authorization: %s"\n' "$(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")" |
    curl --config - --silent --show-error --fail --max-time 30 --retry 3 --noproxy '*' "$AWS_CONTAINER_CREDENTIALS_FULL_URI" |
    jq --raw-output '"user = \"\(.AccessKeyId):\(.SecretAccessKey)\"", "header = \"x-amz-security-token: \(.Token)\""' |
    curl --config - --silent --show-error --fail-with-body --max-time 120 --aws-sigv4 "aws:amz:$REGION:s3" \
      --header "x-amz-content-sha256: $(sha256sum "$1" | cut -d ' ' -f 1)" --header "Content-Type: $3" \
      --request PUT --data-binary "@$1" "$S3/$2"
}

# Written whole before any of it is sent. A query that fails ends it here.
page >"$WORK/report.md"
ask table CSVWithNames >"$WORK/report.csv"
put "$WORK/report.csv" "$KEY.csv" 'text/csv; charset=utf-8'
put "$WORK/report.md" "$KEY.md" 'text/markdown; charset=utf-8'
echo "$KEY.md"
