/** Alerts of the report, as data. They go with its release. */
import { type Alert, fires, select, silent } from '../monitoring-stack';

/** Where the CronJob of the report is, and what it is called. */
export interface WatchedReport {
  readonly namespace: string;
  readonly cronjob: string;
}

/** A day, and half of one for what is late. */
const LATE_SECONDS = 36 * 3600;

export function reportAlerts({ namespace, cronjob }: WatchedReport): readonly Alert[] {
  const of = { namespace, cronjob };
  const done = select('kube_cronjob_status_last_successful_time', of);
  const made = select('kube_cronjob_created', of);
  const failed = 'kube_job_failed';
  const job = (job_name: string) => select(failed, { namespace, job_name, condition: 'true' });
  const jobs = job(`~${cronjob}-.*`);
  const minutes = LATE_SECONDS / 60;
  const longer = minutes + 300;
  const there = { [made]: `0x${longer}` };
  return [
    {
      name: 'PerformanceReportMissing',
      group: 'data',
      labels: { cronjob },
      severity: 'warning',
      team: 'mev',
      // One that was just installed has until its own first night and half a day.
      expr: `max(${jobs}) == 1 or time() - max(${done} or ${made}) > ${LATE_SECONDS} or absent(${made})`,
      forSeconds: 900,
      summary: 'The report of a day on what strategies did was not written: its job failed, or did not run.',
      runbook: 'performance-report',
      cases: {
        fires: [
          fires('its job failed', { ...there, [job(`${cronjob}-29312345`)]: '0x10 1x40' }, 40, {}),
          fires('it never went well', there, minutes + 30, {}),
          fires('it goes well no more', { ...there, [done]: `600x${longer}` }, minutes + 60, {}),
          fires('nobody asks for it', {}, 30, of),
        ],
        silent: [
          silent('it was written', { ...there, [done]: `0x1440 86400x${longer}` }, minutes + 30),
          silent('it is new', there, minutes - 30),
          silent('another job failed', { ...there, [job('schema-1')]: '1x60' }, 40),
        ],
      },
    },
  ];
}
