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

# Numbers that are not known have no line: a lag of 0 would be a lie.
write_metrics() {
  jq --raw-output '
    (.latest.labels | to_entries | map("\(.key)=\"\(.value)\"") | join(",")) as $labels
    | def line($name; $value): if $value == null then empty else "\($name){\($labels)} \($value)" end;
      line("chain_info"; 1),
      line("chain_healthy"; if .status == "healthy" then 1 else 0 end),
      line("chain_health_known"; if .latest.status == "unknown" then 0 else 1 end),
      line("chain_head_number"; .latest.head),
      line("chain_head_age_seconds"; .latest.headAgeSeconds),
      line("chain_head_slots_behind"; .latest.slotsBehind),
      line("chain_peers"; .latest.peers)' "$report" | replace "$metrics"
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
      metric("Peers"; .latest.peers) ]' "$report")
  timeout 10 aws cloudwatch put-metric-data --region "$REGION" --namespace ChainNode --metric-data "$data" ||
    say 'metrics could not be sent; see that the instance role may put metric data'
}

main() {
  local latest now strikes=0 was status
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  # shellcheck source=/dev/null
  . "$release/node.env"
  latest=$("$release/host/health-check.sh") || true
  if [ -z "$latest" ]; then
    say 'the check itself failed; see health-check.sh by hand'
    exit 1
  fi
  now=$(jq --raw-output .status <<<"$latest")
  was=$(before .status none)
  if [ "$now" != healthy ]; then strikes=$(($(before .strikes 0) + 1)); fi
  status=$now
  if [ "$was" = healthy ] && ((strikes > 0 && strikes < STRIKES)); then status=healthy; fi
  jq --null-input --compact-output --arg status "$status" --argjson strikes "$strikes" --argjson at "$(date +%s)" \
    --argjson latest "$latest" '{status: $status, strikes: $strikes, at: $at, latest: $latest}' | replace "$report"
  write_metrics
  send_metrics
  if [ "$status" != "$was" ]; then say "the node is $status, was $was: $(jq --raw-output '.reason // "all is well"' <<<"$latest")"; fi
}

main "$@"
