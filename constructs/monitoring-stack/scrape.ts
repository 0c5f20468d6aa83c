import { HOST_METRICS_PORT, type MetricsTarget, type WatchedNode } from '../chain-node';
import { SERVICES } from '../cluster-services';
import type { Watch } from './watch';

/**
 * What Prometheus scrapes of nodes on instances, by their private names. Nodes in pods are found by the ServiceMonitors of their
 * charts. Plain data; the chart runs it through Go's templates, so it holds no `{{`.
 */

/** Jobs of Prometheus. */
export const JOBS = {
  /** Processes of nodes, whatever they run on. */
  clients: 'chain-node',
  /** Hosts of nodes. Not `node-exporter`: rules of kube-prometheus by that name are about machines of the cluster. */
  hosts: 'chain-node-host',
  /** Engines beside nodes; those in pods bring a ServiceMonitor. */
  engines: 'mev-engine',
} as const;

/** Between a breach and the stop of an engine lies this long, as with those in pods. */
const ENGINE_SCRAPE_SECONDS = 15;

/** Seconds between two scrapes; a host looks at its node as often. */
export const SCRAPE_SECONDS = 30;

type Labels = Readonly<Record<string, string>>;

export interface ScrapeConfig {
  readonly job_name: string;
  readonly scrape_interval: string;
  readonly scrape_timeout: string;
  readonly static_configs: readonly { readonly targets: readonly string[]; readonly labels: Labels }[];
  readonly metric_relabel_configs: readonly (
    | { readonly action: 'labeldrop'; readonly regex: string }
    | { readonly action: 'labelmap'; readonly regex: string; readonly replacement: string }
  )[];
}

/** Labels by which every series of a node is found, in this order; `process` where it is of one. */
const NODE_LABELS = ['node', 'chain', 'network', 'client', 'environment'] as const;

const THEIRS = `exported_(${NODE_LABELS.join('|')})`;

/**
 * A job a kind; none where no node is on an instance.
 *
 * What a node is, is said here. A label of the same name in its metrics, such as the `chain` of avalanchego (C, P, X), without which
 * series would be the same, is called `own_chain`; Prometheus would call it `exported_chain`.
 */
export function scrapeConfigs(watch: Watch): readonly ScrapeConfig[] {
  const nodes = watch.nodes.filter(({ hosting }) => hosting === 'instance');
  const job = (
    job_name: string,
    static_configs: ScrapeConfig['static_configs'],
    seconds = SCRAPE_SECONDS,
  ): readonly ScrapeConfig[] =>
    static_configs.length === 0
      ? []
      : [
          {
            job_name,
            scrape_interval: `${seconds}s`,
            scrape_timeout: '10s',
            static_configs,
            metric_relabel_configs: [
              { action: 'labelmap', regex: THEIRS, replacement: 'own_$1' },
              { action: 'labeldrop', regex: THEIRS },
            ],
          },
        ];
  return [
    ...job(
      JOBS.clients,
      nodes.flatMap((node) =>
        node.metricsTargets.map(({ process, address, path }) => ({
          targets: [address],
          labels: { __metrics_path__: path, ...labelsOf(watch, node), process },
        })),
      ),
    ),
    ...job(
      JOBS.hosts,
      nodes.map((node) => ({ targets: [`${hostOf(node)}:${HOST_METRICS_PORT}`], labels: labelsOf(watch, node) })),
    ),
    ...job(
      JOBS.engines,
      (watch.engines ?? []).map(({ address, labels }) => ({ targets: [address], labels })),
      ENGINE_SCRAPE_SECONDS,
    ),
  ];
}

const labelsOf = ({ environment }: Watch, { id, chain, network, client }: WatchedNode): Labels => ({
  node: id,
  chain,
  network,
  client,
  environment,
});

function hostOf({ id, host, metricsTargets: [first] }: WatchedNode): string {
  const found = host ?? (first && hostIn(first));
  if (found === undefined) throw new Error(`${id}: nothing says by which name its host is scraped; give host`);
  return found;
}

const hostIn = ({ address }: MetricsTarget): string => address.slice(0, address.lastIndexOf(':'));

/** Of a service of the cluster, as the chart kube-prometheus-stack makes it: it brings the kind of object that services lack when they are installed. */
export interface PodMonitor {
  readonly name: string;
  readonly namespaceSelector: { readonly matchNames: readonly string[] };
  readonly selector: { readonly matchLabels: Labels };
  readonly podMetricsEndpoints: readonly { readonly port: string; readonly honorLabels: true }[];
}

/** Services that tell how they do. Their series name objects of other namespaces, and keep those names. */
export const podMonitors = ({ services = [] }: Watch): readonly PodMonitor[] =>
  services.flatMap((name) => {
    const { namespace, metrics } = SERVICES[name];
    return metrics
      ? [
          {
            name,
            namespaceSelector: { matchNames: [namespace] },
            selector: { matchLabels: metrics.labels },
            podMetricsEndpoints: [{ port: metrics.port, honorLabels: true as const }],
          },
        ]
      : [];
  });
