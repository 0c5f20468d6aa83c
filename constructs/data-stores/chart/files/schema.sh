#!/bin/bash
# Makes the tables of ClickHouse as they are declared. What is there stays; a retention that was changed is changed.
#   CLICKHOUSE  its URL              CLICKHOUSE_USER  who makes tables, with the password in $LOGIN/password
#   PARAMETERS  of the statements, such as param_timeseries_days=90&param_analytics_days=400
#   $1…         files of statements, each of which ends with a semicolon
set -euo pipefail

LOGIN=${LOGIN:-/login}
PATIENCE_SECONDS=${PATIENCE_SECONDS:-1200}

# The password by standard input, so that no list of processes shows it; the statement by a file.
ask() { # <file with the statement>
  printf 'header = "X-ClickHouse-User: %s"\nheader = "X-ClickHouse-Key: %s"\n' "$CLICKHOUSE_USER" "$(cat "$LOGIN/password")" |
    curl --config - --silent --show-error --fail-with-body --max-time 300 --data-binary "@$1" "$CLICKHOUSE/?$PARAMETERS"
}

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

echo 'SELECT 1' >"$work/ready"
until ask "$work/ready" >/dev/null 2>"$work/why"; do
  if ((SECONDS >= PATIENCE_SECONDS)); then
    cat "$work/why" >&2
    echo "ClickHouse does not answer after $PATIENCE_SECONDS s; see what its operator says of it: kubectl describe chi" >&2
    exit 1
  fi
  sleep 5
done

count=0
for file in "$@"; do
  while IFS= read -r -d ';' statement; do
    printf '%s\n' "$statement" >"$work/statement"
    if ! ask "$work/statement"; then
      printf '\n%s: this was refused:\n%s\n' "$file" "$statement" >&2
      exit 1
    fi
    count=$((count + 1))
  done <"$file"
done
echo "$count statements"
