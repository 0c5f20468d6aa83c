#!/usr/bin/env bash
# Whether the nodes of an environment are well after an apply:   tools/delivery/smoke.sh <environment>
#
# Nodes answer inside their network alone, so their alarms are asked, as an operator would. Waits until none is in ALARM, as a node is
# that was just restarted; SMOKE_MINUTES (30) is the most. Exit status 1, and each alarm with its reason, when some stay.
set -euo pipefail

environment="$1"
deadline=$((SECONDS + ${SMOKE_MINUTES:-30} * 60))

alarms() {
  aws cloudwatch describe-alarms --alarm-name-prefix "$environment-" --state-value ALARM --alarm-types MetricAlarm \
    --query 'MetricAlarms[].[AlarmName,StateReason]' --output text
}

while :; do
  ringing="$(alarms)"
  if [[ -z "$ringing" || "$ringing" == None ]]; then
    echo "no alarm of $environment rings"
    exit 0
  fi
  ((SECONDS < deadline)) || break
  sleep "${SMOKE_PAUSE_SECONDS:-30}"
done
printf '%s\n' "$ringing" >&2
echo "these alarms of $environment still ring after ${SMOKE_MINUTES:-30} minutes; docs/runbooks/host-alarms.md" >&2
exit 1
