#!/bin/bash
# Looks at the node and keeps what it found where others look: a report for who asks this host, metrics for a textfile
# collector, and metrics in the cloud. Run every 30 seconds by chain-node-health.timer.
#
# A node that was healthy is reported so until it has failed three times in a row: one slow answer is no outage.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
STRIKES=${STRIKES:-3}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
folder=$ROOT/run/chain-node-health
report=$folder/report.json
metrics=$ROOT/var/lib/prometheus/node-exporter/chain_node.prom

say() { logger --tag chain-node-health -- "$*" 2>/dev/null || echo "health: $*" >&2; }

# Whoever reads sees the old file or the new one, never a half.
replace() { # <file>, content from stdin
  mkdir -p "$(dirname "$1")"
  cat >"$1.new"
  mv -T "$1.new" "$1"
}

before() { # <jq filter> <when there is no report>
  jq --raw-output "$1" "$report" 2>/dev/null || echo "$2"
}

write_metrics() {
  jq --raw-output --from-file "$release/host/metrics.jq" "$report" | replace "$metrics"
}

# Best effort: an alarm on missing data says when none arrive.
send_metrics() {
  local data
  data=$(jq --compact-output --arg node "$METRICS_NAME" '
    def metric($name; $value): if $value == null then empty else {MetricName: $name, Value: $value, Dimensions: [{Name: "Node", Value: $node}]} end;
    [ metric("Healthy"; if .status == "healthy" then 1 else 0 end),
      metric("HealthKnown"; if .latest.status == "unknown" then 0 else 1 end),
      metric("HeadAgeSeconds"; .latest.headAgeSeconds),
      metric("SlotsBehind"; .latest.slotsBehind),
      metric("Peers"; .latest.peers),
      metric("DiskUsedPercent"; .disk | if . then (1 - .available / .size) * 100 else null end) ]' "$report")
  timeout 10 aws cloudwatch put-metric-data --region "$REGION" --namespace ChainNode --metric-data "$data" ||
    say 'metrics could not be sent; see that the instance role may put metric data'
}

# What the data disk holds and has room for, or null: the root disk's numbers are not the node's.
disk() {
  if ! mountpoint --quiet "$ROOT/data"; then
    echo null
    return
  fi
  df --output=size,avail --block-size=1 "$ROOT/data" | awk 'NR == 2 { printf "{\"size\": %s, \"available\": %s}", $1, $2 }'
}

# When the node was last held for a backup, or null.
held_at() {
  if mountpoint --quiet "$ROOT/data"; then stat --format %Y "$ROOT/data/.chain-node-backup" 2>/dev/null || echo null; else echo null; fi
}

# Since when the secrets that the node was started with have the values that they had then, by their names.
secrets() {
  sed --quiet 's/^# \(\S*\) since \([0-9]*\)$/\1 \2/p' "$ROOT/run/chain-node/host-values.env" 2>/dev/null |
    jq --raw-input --null-input --compact-output '[inputs / " " | {(.[0]): (.[1] | tonumber)}] | add // {}'
}

look() {
  # A node that is stopped for its backup does not answer, and everybody knows why.
  if [ "$(tail -n 1 "$ROOT/run/chain-node/hold" 2>/dev/null)" = stop ]; then
    jq --compact-output '{status: "unhealthy", reason: "stopped for its backup", labels: .labels,
      head: null, headAgeSeconds: null, slotsBehind: null, peers: null, clients: []}' "$release/health.json"
  else
    "$release/host/health-check.sh" || true
  fi
}

# When the node was last seen healthy, for the next roll; on its data disk, so that it goes when the data does. While a backup
# holds the filesystem, nothing can be written to it.
keep_healthy_time() {
  if [ ! -e "$ROOT/run/chain-node/hold" ] && mountpoint --quiet "$ROOT/data"; then touch "$ROOT/data/.chain-node-healthy" || true; fi
}

# Only at the head: a node that catches up may use all that there is. What cannot be limited is said and left.
limit_egress() { # <status>
  local limit='' is=$ROOT/run/chain-node/egress
  if [ "$1" = healthy ]; then limit=${EGRESS_LIMIT_MBPS:-}; fi
  if [ "$limit" = "$(cat "$is" 2>/dev/null)" ]; then return; fi
  if [ -z "$limit" ]; then
    "$release/host/egress.sh" off || true
    rm -f "$is"
  elif "$release/host/egress.sh" on "$limit"; then
    mkdir -p "${is%/*}"
    echo "$limit" >"$is"
  fi
}

main() {
  local latest now strikes=0 was status
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  # shellcheck source=/dev/null
  . "$release/node.env"
  latest=$(look)
  if [ -z "$latest" ]; then
    say 'the check itself failed; see health-check.sh by hand'
    exit 1
  fi
  now=$(jq --raw-output .status <<<"$latest")
  was=$(before .status none)
  if [ "$now" = healthy ]; then keep_healthy_time; fi
  if [ "$now" != healthy ]; then strikes=$(($(before .strikes 0) + 1)); fi
  status=$now
  if [ "$was" = healthy ] && ((strikes > 0 && strikes < STRIKES)); then status=healthy; fi
  jq --null-input --compact-output --arg status "$status" --argjson strikes "$strikes" --argjson at "$(date +%s)" \
    --argjson latest "$latest" --argjson disk "$(disk)" --argjson backup "$(held_at)" \
    --argjson secrets "$(secrets || true)" \
    '{status: $status, strikes: $strikes, at: $at, latest: $latest, disk: $disk, backup: $backup, secrets: $secrets}' | replace "$report"
  write_metrics
  send_metrics
  limit_egress "$status"
  # A node whose data came from an archive was not there yet when its release was applied.
  if [ "$status" = healthy ]; then "$release/host/identity.sh" --save || true; fi
  if [ "$status" != "$was" ]; then say "the node is $status, was $was: $(jq --raw-output '.reason // "all is well"' <<<"$latest")"; fi
}

main "$@"
