/** Dashboards of Grafana, as text that its sidecar reads. They ask by variables, so that they are the same in every environment. */
import { DISK_USED_PERCENT } from '../thresholds';
import { capacity } from './capacity';
import { chain } from './chain';
import { classic } from './classic';
import { fleet } from './fleet';
import { forks } from './forks';
import { gateway } from './gateway';
import { host } from './host';
import { node } from './node';
import type { DashboardDefinition } from './panels';
import type { Limits } from './queries';

export type { Limits } from './queries';

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  /** Folder in Grafana. */
  readonly folder: string;
  /** Grafana's classic schema. */
  readonly json: string;
}

const FOLDER = 'Chains';

/** Those of an environment that sets no limits of its own. */
const DEFAULTS: Limits = { diskUsedPercent: DISK_USED_PERCENT };

/** What the dashboards are, in the order in which they link to each other. */
export const definitions = (limits: Limits = DEFAULTS): readonly DashboardDefinition[] => [
  fleet(limits),
  chain(limits),
  node(limits),
  host(),
  gateway(),
  capacity(limits),
  forks(),
];

const built = new Map<string, readonly Dashboard[]>();

/** Every dashboard; built once for the same limits. */
export function dashboards(limits: Limits = DEFAULTS): readonly Dashboard[] {
  const key = JSON.stringify(limits.diskUsedPercent);
  let found = built.get(key);
  if (!found) {
    const all = definitions(limits);
    found = all.map((one) => ({
      uid: one.uid,
      title: one.title,
      folder: FOLDER,
      json: JSON.stringify(
        classic(
          one,
          all.filter((other) => other !== one),
          'chain-nodes',
        ),
      ),
    }));
    built.set(key, found);
  }
  return found;
}
