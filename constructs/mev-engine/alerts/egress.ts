/** Alerts about what engines reach: a probe beside each tries what they may not, and fails when it gets there. */
import { type Alert, fires, select, silent } from '../../monitoring-stack';
import type { WatchedEngine } from '../watched';
import { kill, ofHost, told, wanted, wantedSeries } from './parts';

export const egressAlerts = (engine: WatchedEngine): readonly Alert[] => [egressOpen(engine), denyProbeMissed(engine)];

/** What tells that it got somewhere, and when it last tried. */
const openSeries = (engine: WatchedEngine, run: string): string =>
  engine.beside === undefined
    ? select('kube_job_status_failed', {
        namespace: engine.namespace,
        job_name: `${probeOf(engine)}-${run}`,
        reason: 'BackoffLimitExceeded',
      })
    : select('mev_host_egress_open', ofHost(engine));
const openOf = (engine: WatchedEngine): string =>
  engine.beside === undefined
    ? select('kube_job_status_failed', { namespace: engine.namespace, job_name: `~${probeOf(engine)}-.*` })
    : openSeries(engine, '');
const lastSeries = (engine: WatchedEngine): string =>
  engine.beside === undefined
    ? select('kube_cronjob_status_last_successful_time', { namespace: engine.namespace, cronjob: probeOf(engine) })
    : select('mev_host_probe_timestamp_seconds', ofHost(engine));

const probeOf = ({ name }: WatchedEngine): string => `${name}-deny`;

function egressOpen(engine: WatchedEngine): Alert {
  const probe = openSeries(engine, '29312345');
  const others =
    engine.beside === undefined
      ? select('kube_job_status_failed', {
          namespace: engine.namespace,
          job_name: `${engine.name}-other-1`,
          reason: 'BackoffLimitExceeded',
        })
      : select('mev_host_egress_open', ofHost({ ...engine, beside: 'a-node-that-it-left' }));
  return kill(engine.name, {
    name: 'EgressOpen',
    group: 'engine',
    labels: { engine: engine.name },
    expr: `max(${openOf(engine)}) > 0`,
    forSeconds: 0,
    summary: `The probe of ${engine.name} reached what it may not, or could not try: what keeps it in does not hold. It is stopped.`,
    runbook: 'engine',
    cases: {
      fires: [
        fires('the probe got through', { [probe]: '0x4 1x20' }, 10, {}),
        fires('the job was removed, a day ago', { [probe]: '0x4 1x5 stale' }, 1440, {}),
      ],
      silent: [
        silent('it was denied', { [probe]: '0x20' }, 10),
        silent('it is of another', { [others]: '1x20' }, 10),
        silent('more than a day ago', { [probe]: '0x4 1x5 stale' }, 1500),
      ],
    },
  });
}

/** An hour without a success, for an hour: one that was just installed has not run yet. */
function denyProbeMissed(engine: WatchedEngine): Alert {
  const { name } = engine;
  const last = lastSeries(engine);
  const runs = { [wantedSeries(engine)]: '1x300' };
  return told({
    name: 'DenyProbeMissed',
    group: 'engine',
    labels: { engine: name },
    severity: 'warning',
    expr: `${wanted(engine)} unless on () time() - max(${last}) < 3600`,
    forSeconds: 3600,
    summary: `Nothing has tried for two hours whether ${name} reaches what it may not.`,
    runbook: 'engine',
    cases: {
      fires: [fires('it never ran', runs, 65, {}), fires('it runs no more', { ...runs, [last]: '0x300' }, 125, {})],
      silent: [
        silent('it runs each hour', { ...runs, [last]: '0x60 3600x59 7200x59 10800x59 14400x59' }, 230),
        silent('it is late', { ...runs, [last]: '0x300' }, 110),
        silent('the engine is stopped', { [wantedSeries(engine)]: '0x300', [last]: '0x300' }, 200),
      ],
    },
  });
}
