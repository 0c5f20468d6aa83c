#!/usr/bin/env bash
# Whether the nodes of an environment are well after an apply:   tools/delivery/smoke.sh <environment>
#
# Nodes answer inside their network alone, so their alarms are asked, as an operator would. An alarm needs a quarter of an hour to ring:
# none may ring for SMOKE_QUIET_MINUTES (16), within SMOKE_MINUTES (60), in which a node that was just restarted comes back. Exit status 1,
# and each alarm with its reason, when some stay. Pods are not asked: their releases wait for them by themselves.
set -euo pipefail

environment="$1"
deadline=$((SECONDS + ${SMOKE_MINUTES:-60} * 60))
quiet_since=$SECONDS

alarms() {
  aws cloudwatch describe-alarms --alarm-name-prefix "$environment-" --state-value ALARM --alarm-types MetricAlarm \
    --query 'MetricAlarms[].[AlarmName,StateReason]' --output text
}

while :; do
  ringing="$(alarms)"
  if [[ -n "$ringing" && "$ringing" != None ]]; then
    quiet_since=-1
  else
    ((quiet_since >= 0)) || quiet_since=$SECONDS
    if ((SECONDS - quiet_since >= ${SMOKE_QUIET_MINUTES:-16} * 60)); then
      echo "no alarm of $environment rings"
      exit 0
    fi
  fi
  ((SECONDS < deadline)) || break
  sleep "${SMOKE_PAUSE_SECONDS:-30}"
done
printf '%s\n' "$ringing" >&2
echo "alarms of $environment rang within the last ${SMOKE_QUIET_MINUTES:-16} of ${SMOKE_MINUTES:-60} minutes; docs/host.md says what they mean" >&2
exit 1
