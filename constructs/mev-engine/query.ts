import { type Rules, WATCHDOG } from '../monitoring-stack';
import { GLOBAL_SCOPE } from './contract';

/** What KEDA asks Prometheus about an engine: 1 while it may run, 0 or nothing while it may not. */

/** What says whether a network that the engine reads can be read; never the engine itself. */
export interface Proof {
  /** Ids of nodes of which one must be healthy; none where providers alone serve it. */
  readonly nodes: readonly string[];
  /**
   * Namespace of the gateway by which it is read, and of which a pod must answer.
   *
   * @default - it is read at a node
   */
  readonly gateway?: string;
}

/** Everything that stops an engine, as the label `scope` of alerts has it. */
export const scopesOf = (engine: {
  readonly name: string;
  readonly type: string;
  readonly strategies: readonly { readonly name: string }[];
}): readonly string[] => [GLOBAL_SCOPE, engine.type, engine.name, ...engine.strategies.map(({ name }) => name).sort()];

/** An engine beside a node, which nobody scales. */
interface Wanted {
  readonly engine: string;
  readonly node: string;
}

const wantedSeries = ({ engine, node }: Wanted): string => `mev_engine_wanted{engine="${engine}",node="${node}"}`;

/**
 * The rules by which Prometheus itself says that engines beside nodes are wanted: with an engine that is taken out of the configuration, or
 * stopped in it, its rule goes, and the host hears of it though nothing else of the apply reaches it.
 */
export const wantedRules = (engines: readonly Wanted[]): Rules['groups'] =>
  engines.length === 0
    ? []
    : [
        {
          name: 'engines-beside-nodes',
          interval: '15s',
          rules: engines.map(({ engine, node }) => ({
            record: 'mev_engine_wanted',
            expr: 'vector(1)',
            labels: { engine, node },
          })),
        } as Rules['groups'][number],
      ];

/** Everything that fires and stops an engine. */
export const killQuery = (scopes: readonly string[]): string =>
  `ALERTS{alertstate="firing",action="kill",scope=~"${scopes.join('|')}"}`;

/**
 * A product: each factor is 1 or 0, and one that is missing leaves nothing, which KEDA takes for 0. That nothing fires says little
 * where no rule is evaluated, so that an alert that always fires must.
 */
export function runQuery(proofs: readonly Proof[], scopes: readonly string[], wanted?: Wanted): string {
  const gateways = [...new Set(proofs.flatMap(({ gateway }) => gateway ?? []))];
  const nodes = [...new Set(proofs.filter((proof) => proof.nodes.length > 0).map((proof) => proof.nodes.join('|')))];
  return [
    ...(wanted ? [`(max(${wantedSeries(wanted)}) == bool 1)`] : []),
    `(max(ALERTS{alertname="${WATCHDOG}",alertstate="firing"}) == bool 1)`,
    ...gateways.map((namespace) => `(max(up{namespace="${namespace}",endpoint="metrics"}) == bool 1)`),
    ...nodes.map((ids) => `(max(chain_healthy{node=~"${ids}"}) == bool 1)`),
    `(1 - clamp_max(sum(${killQuery(scopes)}) or vector(0), 1))`,
  ].join(' * ');
}
