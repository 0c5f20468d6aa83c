/** Alerts of one worker, as data made from what it is. They go with its release, so that it is not there without them. */
import { type Alert, fires, type Labels, select, silent } from '../monitoring-stack';
import type { WatchedWorker } from './watched';

/** Time in which a worker that brings data in publishes something. */
const SILENT_MINUTES = 15;
/** Time in which what waits should be worked off, and how little of it says nothing. */
const BEHIND_SECONDS = 300;
const FEW = 100;

export const workerAlerts = (worker: WatchedWorker): readonly Alert[] => [
  workerDown(worker),
  workerNotReady(worker),
  workerRestarting(worker),
  ...(worker.brings ? worker.publishes.map((stream) => workerSilent(worker, stream)) : []),
  ...worker.consumes.map((stream) => workerBehind(worker, stream)),
  workerFailing(worker),
  workerEgressOpen(worker),
  workerDenyProbeMissed(worker),
];

const about = (worker: WatchedWorker, alert: Omit<Alert, 'team' | 'group' | 'runbook'>): Alert => ({
  ...alert,
  group: 'data',
  team: 'mev',
  runbook: 'worker',
  labels: { worker: worker.name, ...alert.labels },
});

const ofWorker = ({ namespace, name }: WatchedWorker): Labels => ({ namespace, worker: name });
/** A series of a worker as it is scraped, for cases. */
const scraped = (worker: WatchedWorker, metric: string, labels: Labels = {}): string =>
  select(metric, { ...ofWorker(worker), pod: podOf(worker), ...labels });
const podOf = ({ name }: WatchedWorker): string => `${name}-7d9c5b8f6d-x2x4z`;

const ofDeployment = ({ namespace, name }: WatchedWorker): Labels => ({ namespace, deployment: name });
const wanted = (worker: WatchedWorker): string => select('kube_deployment_spec_replicas', ofDeployment(worker));
const ready = (worker: WatchedWorker): string => select('kube_deployment_status_replicas_ready', ofDeployment(worker));
const answers = (worker: WatchedWorker): string => `max(${select('up', ofWorker(worker))}) == 1`;

function workerDown(worker: WatchedWorker): Alert {
  const wants = { [wanted(worker)]: '1x30' };
  const up = scraped(worker, 'up');
  return about(worker, {
    name: 'WorkerDown',
    severity: 'critical',
    expr: `max(${wanted(worker)}) > 0 unless on () ${answers(worker)}`,
    forSeconds: 600,
    summary: `No pod of ${worker.name} answers Prometheus: nothing of what it does is done.`,
    cases: {
      fires: [fires('it has no pod', wants, 15, {}), fires('none answers', { ...wants, [up]: '1x5 0x30' }, 20, {})],
      silent: [
        silent('it answers', { ...wants, [up]: '1x30' }, 20),
        silent(
          'one of two does',
          { ...wants, [up]: '0x30', [select('up', { ...ofWorker(worker), pod: 'b' })]: '1x30' },
          20,
        ),
        silent('it is wanted no more', { [wanted(worker)]: '1x5 0x30' }, 20),
      ],
    },
  });
}

function workerNotReady(worker: WatchedWorker): Alert {
  const wants = { [wanted(worker)]: '2x40' };
  return about(worker, {
    name: 'WorkerNotReady',
    severity: 'warning',
    expr: `max(${ready(worker)}) < max(${wanted(worker)})`,
    forSeconds: 900,
    summary: `Of ${worker.name} {{ $value }} pods are ready, and more are wanted.`,
    cases: {
      fires: [fires('one of two is', { ...wants, [ready(worker)]: '2x5 1x40' }, 30, {})],
      silent: [
        silent('all are', { ...wants, [ready(worker)]: '2x40' }, 30),
        silent('one is started', { ...wants, [ready(worker)]: '1x10 2x40' }, 30),
      ],
    },
  });
}

function workerRestarting(worker: WatchedWorker): Alert {
  const { namespace, name } = worker;
  const metric = 'kube_pod_container_status_restarts_total';
  const of = (pod: string) => select(metric, { namespace, pod, container: 'worker' });
  const often = '0x19 1x9 2x9 3x9 4x9 5x30';
  return about(worker, {
    name: 'WorkerRestarting',
    severity: 'warning',
    // Not the pods of a worker whose name begins with this one's.
    expr: `max by (container) (increase(${select(metric, { namespace, pod: `~${name}-[a-z0-9]+-[a-z0-9]{5}` })}[1h])) > 2.5`,
    forSeconds: 60,
    summary: `${name}: {{ $labels.container }} was started anew {{ $value | printf "%.0f" }} times within an hour.`,
    cases: {
      fires: [fires('it ends every ten minutes', { [of(podOf(worker))]: often }, 65, { container: 'worker' })],
      silent: [
        silent('it was started anew once', { [of(podOf(worker))]: '0x20 1x60' }, 65),
        silent('it is another', { [of(`${name}-b-7d9c5b8f6d-x2x4z`)]: often }, 65),
      ],
    },
  });
}

/** It runs, and nothing comes in. */
function workerSilent(worker: WatchedWorker, stream: string): Alert {
  const metric = 'data_worker_published_total';
  const published = scraped(worker, metric, { stream });
  return about(worker, {
    name: 'WorkerSilent',
    labels: { stream },
    severity: 'warning',
    expr: `sum(increase(${select(metric, { ...ofWorker(worker), stream })}[${SILENT_MINUTES}m])) == 0`,
    forSeconds: 60,
    summary: `${worker.name} runs, and has published nothing to ${stream} for a quarter of an hour.`,
    cases: {
      fires: [fires('its source is gone', { [published]: '0+10x10 100x40' }, 40, {})],
      silent: [
        silent('it publishes', { [published]: '0+1x60' }, 40),
        silent('one of two does', { [published]: '5x60', [`${published.slice(0, -1)},instance="b"}`]: '0+1x60' }, 40),
        silent('it does not run', {}, 40),
      ],
    },
  });
}

/** As its pods see it: they tell of one consumer. */
function workerBehind(worker: WatchedWorker, stream: string): Alert {
  const [pending, consumed] = ['data_worker_pending', 'data_worker_consumed_total'];
  const of = { ...ofWorker(worker), stream };
  const series = (waiting: string, done: string) => ({
    [scraped(worker, pending, { stream })]: waiting,
    [scraped(worker, consumed, { stream })]: done,
  });
  return about(worker, {
    name: 'WorkerBehind',
    labels: { stream },
    severity: 'warning',
    expr:
      `max(${select(pending, of)}) > ${FEW} and on () ` +
      `max(${select(pending, of)}) > ${BEHIND_SECONDS} * sum(rate(${select(consumed, of)}[5m]))`,
    forSeconds: 600,
    summary: `{{ $value }} messages of ${stream} wait for ${worker.name}, more than it does in five minutes.`,
    cases: {
      fires: [
        fires('more comes than it does', series('0+600x60', '0+60x60'), 40, {}),
        fires('it does nothing', series('0+60x60', '5x60'), 40, {}),
      ],
      silent: [
        silent('it keeps up', series('150x60', '0+60x60'), 40),
        silent('little waits for what comes seldom', series('90x60', '5x60'), 40),
        silent('it works off what came while it was away', series('9000-3000x3 0x60', '0+3000x3 9000x60'), 40),
      ],
    },
  });
}

function workerFailing(worker: WatchedWorker): Alert {
  const of = ofWorker(worker);
  const done = [
    ...(worker.consumes.length > 0 ? ['data_worker_consumed_total'] : []),
    ...(worker.publishes.length > 0 ? ['data_worker_published_total'] : []),
  ];
  const rates = done.map((metric) => `sum(rate(${select(metric, of)}[15m]))`).join(' + ');
  const [stream = ''] = [...worker.consumes, ...worker.publishes];
  const series = (failed: string, well: string) => ({
    [scraped(worker, 'data_worker_failed_total', { stream })]: failed,
    ...Object.fromEntries(done.map((metric) => [scraped(worker, metric, { stream }), well])),
  });
  return about(worker, {
    name: 'WorkerFailing',
    severity: 'warning',
    expr: `sum(rate(${select('data_worker_failed_total', of)}[15m])) > 0.1 * (${rates})`,
    forSeconds: 600,
    summary: `More than one in ten of the messages of ${worker.name} fails.`,
    cases: {
      fires: [
        fires('all fail', series('0+10x60', '5x60'), 40, {}),
        fires('a half does', series('0+10x60', '0+10x60'), 40, {}),
      ],
      silent: [
        silent('few do', series('0+1x60', '0+60x60'), 40),
        silent('none does', series('0x60', '0+60x60'), 40),
        silent('nothing is done', series('0x60', '0x60'), 40),
      ],
    },
  });
}

const probeOf = ({ name }: WatchedWorker): string => `${name}-deny`;

/** It holds the passwords of streams and stores: what gets out with them is nobody's any more. */
function workerEgressOpen(worker: WatchedWorker): Alert {
  const { namespace } = worker;
  const metric = 'kube_job_status_failed';
  const job = (job_name: string) => select(metric, { namespace, job_name, reason: 'BackoffLimitExceeded' });
  const probe = job(`${probeOf(worker)}-29312345`);
  return about(worker, {
    name: 'WorkerEgressOpen',
    severity: 'critical',
    expr: `max(${select(metric, { namespace, job_name: `~${probeOf(worker)}-.*` })}) > 0`,
    forSeconds: 0,
    summary: `The probe of ${worker.name} reached what it may not, or could not try: its network policies do not hold.`,
    cases: {
      fires: [fires('the probe got through', { [probe]: '0x4 1x20' }, 10, {})],
      silent: [
        silent('it was denied', { [probe]: '0x20' }, 10),
        silent('another job failed', { [job(`${worker.name}-other-1`)]: '1x20' }, 10),
      ],
    },
  });
}

/** An hour without a success, for an hour: one that was just installed has not run yet. */
function workerDenyProbeMissed(worker: WatchedWorker): Alert {
  const { namespace, name } = worker;
  const last = select('kube_cronjob_status_last_successful_time', { namespace, cronjob: probeOf(worker) });
  const runs = { [wanted(worker)]: '1x300' };
  return about(worker, {
    name: 'WorkerDenyProbeMissed',
    severity: 'warning',
    expr: `max(${wanted(worker)}) > 0 unless on () time() - max(${last}) < 3600`,
    forSeconds: 3600,
    summary: `Nothing has tried for two hours whether ${name} reaches what it may not.`,
    cases: {
      fires: [fires('it never ran', runs, 65, {}), fires('it runs no more', { ...runs, [last]: '0x300' }, 125, {})],
      silent: [
        silent('it runs each hour', { ...runs, [last]: '0x60 3600x59 7200x59 10800x59 14400x59' }, 230),
        silent('it is late', { ...runs, [last]: '0x300' }, 110),
      ],
    },
  });
}
