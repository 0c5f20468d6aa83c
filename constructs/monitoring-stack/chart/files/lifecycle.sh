#!/bin/bash
# Tells Elasticsearch how long to keep logs: a policy, a template of what comes, and the same for what is there already.
#   ELASTICSEARCH its URL, POLICY name of the policy and the template, STREAMS pattern of the data streams
#   policy.json, template.json and settings.json beside this file
set -euo pipefail

CONFIG=${CONFIG:-/config}
LOGIN=${LOGIN:-/login}
AUTHORITY=${AUTHORITY:-/authority}
PATIENCE_SECONDS=${PATIENCE_SECONDS:-900}

# The password by standard input, so that no list of processes shows it.
ask() { # <method> <path> [<file with the body>]
  printf 'user = "elastic:%s"\n' "$(cat "$LOGIN/elastic")" |
    curl --config - --silent --show-error --fail-with-body --max-time 30 --cacert "$AUTHORITY/ca.crt" \
      --request "$1" ${3:+--header 'Content-Type: application/json' --data-binary "@$3"} "$ELASTICSEARCH$2"
}

wait_for_it() {
  local until=$((SECONDS + PATIENCE_SECONDS))
  until ask GET '/_cluster/health?wait_for_status=yellow&timeout=20s' >/dev/null 2>&1; do
    if ((SECONDS >= until)); then
      ask GET /_cluster/health || true
      echo "Elasticsearch is not there after $PATIENCE_SECONDS s; see what the operator says of it: kubectl describe elasticsearch" >&2
      exit 1
    fi
    sleep 5
  done
}

wait_for_it
ask PUT "/_ilm/policy/$POLICY" "$CONFIG/policy.json"
ask PUT "/_index_template/$POLICY" "$CONFIG/template.json"
# Those that were written to before the template was there, and keep everything.
ask PUT "/$STREAMS/_settings?allow_no_indices=true&expand_wildcards=all" "$CONFIG/settings.json"
