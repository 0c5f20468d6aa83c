/** What rules of streams and stores are made of. */
import { type Alert, type Labels, select } from '../../monitoring-stack';
import type { WatchedData } from '../watched';

/** About streams and stores. */
export const data = (alert: Omit<Alert, 'team' | 'group' | 'runbook'>): Alert => ({
  ...alert,
  team: 'platform',
  group: 'data',
  runbook: 'data',
});

/** Whether a pod is ready, by the name that its StatefulSet or its operator gives it. */
export const ready = ({ namespace }: WatchedData, pod: string): string =>
  select('kube_pod_status_ready', { namespace, pod, condition: 'true' });

/** A metric of a pod of the namespace. */
export const own = ({ namespace }: WatchedData, metric: string, labels: Labels = {}): string =>
  select(metric, { namespace, ...labels });
