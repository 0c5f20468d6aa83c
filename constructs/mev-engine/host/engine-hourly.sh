#!/bin/bash
# Every hour: secrets that were rotated, and a try, from where the engine stands, of what it must not reach. What answers stops and
# latches it, here and at once.
set -euo pipefail

ROOT=${ROOT:-} # a prefix of every absolute path, for tests

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
metrics=$ROOT/var/lib/prometheus/node-exporter

say() {
  echo "engine-hourly: $*" >&2
  logger --tag mev-engine-hourly -- "$*" 2>/dev/null || true
}

report() { # <open: 0 or 1>
  local file=$metrics/mev-engine-probe.prom
  if [ ! -d "$metrics" ]; then return; fi
  printf '# TYPE mev_host_egress_open gauge\nmev_host_egress_open{engine="%s"} %s\n# TYPE mev_host_probe_timestamp_seconds gauge\nmev_host_probe_timestamp_seconds{engine="%s"} %s\n' \
    "$ENGINE" "$1" "$ENGINE" "$(date +%s)" >"$file.new"
  chmod 0644 "$file.new"
  mv -T "$file.new" "$file"
}

# In the network of the engine's own process, so that what it is let out by is what is tried.
probe() {
  local pid status=0
  pid=$(docker inspect --format '{{.State.Pid}}' mev-engine-engine-1 2>/dev/null || echo 0)
  if [ "$pid" = 0 ]; then
    # What was found before is not what is now: an alert about it could never end while the engine is stopped for it.
    rm -f "$metrics/mev-engine-probe.prom"
    say "$ENGINE does not run; nothing was tried"
    return
  fi
  FORBIDDEN="1.1.1.1:443 169.254.169.254:80 $HOST_ADDRESS:22 $HOST_ADDRESS:8099" \
    nsenter --target "$pid" --net -- "$release/host/deny-probe.sh" || status=$?
  if [ "$status" -eq 0 ]; then
    report 0
    return
  fi
  # It may have ended in the middle, and nothing was tried then.
  if [ "$pid" != "$(docker inspect --format '{{.State.Pid}}' mev-engine-engine-1 2>/dev/null || echo 0)" ]; then return; fi
  report 1
  "$release/host/engine.sh" stop 'the probe reached what the engine may not, or could not try'
}

main() {
  # shellcheck source=/dev/null
  . "$release/engine.env"
  HOST_ADDRESS=${HOST_ADDRESS:-198.18.0.1}
  if [ "${STOPPED:?}" = yes ]; then return; fi
  "$release/host/engine-files.sh" --secrets || say 'secrets stay as they are (above)'
  probe
}

main "$@"
exit
