/** Dashboards of Grafana, as text that its sidecar reads. They ask by variables, so that they are the same in every environment. */
import { DISK_USED_PERCENT } from '../thresholds';
import { capacity } from './capacity';
import { chain } from './chain';
import { classic } from './classic';
import { fleet } from './fleet';
import { forks } from './forks';
import { gateway } from './gateway';
import { host } from './host';
import { marketAnalysis } from './market-analysis';
import { marketData } from './market-data';
import { node } from './node';
import { opportunityScanner } from './opportunity-scanner';
import type { DashboardDefinition } from './panels';
import { pnlTracker } from './pnl-tracker';
import type { Limits } from './queries';
import { riskMonitor } from './risk-monitor';

export type { Limits } from './queries';

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  /** Folder in Grafana. */
  readonly folder: string;
  /** Grafana's classic schema. */
  readonly json: string;
}

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

/** What those of an environment with engines are beside them, in their order. */
export const mevDefinitions = (): readonly DashboardDefinition[] => [
  pnlTracker(),
  opportunityScanner(),
  riskMonitor(),
  marketAnalysis(),
];

type Links = readonly Pick<DashboardDefinition, 'uid' | 'title' | 'about'>[];

/** As the sidecar takes them, each with links to the others and to what is beside them. */
const written = (
  all: readonly DashboardDefinition[],
  { folder, tag, beside = [] }: { readonly folder: string; readonly tag: string; readonly beside?: Links },
): readonly Dashboard[] =>
  all.map((one) => ({
    uid: one.uid,
    title: one.title,
    folder,
    json: JSON.stringify(classic(one, [...all.filter((other) => other !== one), ...beside], tag)),
  }));

const built = new Map<string, readonly Dashboard[]>();

/** Every dashboard of chains; built once for the same limits. */
export function dashboards(limits: Limits = DEFAULTS): readonly Dashboard[] {
  const key = JSON.stringify(limits.diskUsedPercent);
  let found = built.get(key);
  if (!found) {
    found = written(definitions(limits), { folder: 'Chains', tag: 'chain-nodes' });
    built.set(key, found);
  }
  return found;
}

let builtOfEngines: readonly Dashboard[] | undefined;

/** Those of engines, for an environment that has any, beside those of its chains; built once. */
export function mevDashboards(): readonly Dashboard[] {
  builtOfEngines ??= written(mevDefinitions(), { folder: 'MEV', tag: 'mev', beside: [fleet(DEFAULTS)] });
  return builtOfEngines;
}

/** Of an environment that keeps what markets and engines did. */
export const dataDefinitions = (): readonly DashboardDefinition[] => [marketData()];

let builtOfData: readonly Dashboard[] | undefined;

/** Those beside the ones of engines, or without any; built once. */
export function dataDashboards(): readonly Dashboard[] {
  builtOfData ??= written(dataDefinitions(), { folder: 'MEV', tag: 'mev' });
  return builtOfData;
}
