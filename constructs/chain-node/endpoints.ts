import { metricsPath, type PortRole, type Process, portNumber } from './catalogue';
import { HEALTH_PORT } from './layout';

/** Addresses at which a node is reached from inside the network; undefined where none of its processes serves that. */
export interface NodeEndpoints {
  /** JSON-RPC, such as `http://name:8545`. */
  readonly rpcUrl: string | undefined;
  readonly wsUrl: string | undefined;
  /** Beacon API. */
  readonly beaconUrl: string | undefined;
  /** The feed that a relay passes on. */
  readonly feedUrl: string | undefined;
  /** Addresses of what brings order flow, by process: websockets, and gRPC without TLS as `http://name:9999`. */
  readonly orderFlow: Readonly<Record<string, string>>;
}

const ORDER_FLOW = { feed: 'ws', entries: 'http' } as const satisfies Partial<Record<PortRole, string>>;

export function endpointsOf(processes: readonly Process[], host: string): NodeEndpoints {
  const endpoint = (role: PortRole, scheme: string): string | undefined => {
    for (const { ports } of processes) {
      const port = ports.find(({ serves, audience }) => serves.includes(role) && audience !== 'siblings');
      if (port) return `${scheme}://${host}:${portNumber(port)}${port.paths?.[role] ?? ''}`;
    }
    return undefined;
  };
  return {
    rpcUrl: endpoint('rpc', 'http'),
    wsUrl: endpoint('ws', 'ws'),
    beaconUrl: endpoint('beacon', 'http'),
    feedUrl: endpoint('feed', 'ws'),
    orderFlow: Object.fromEntries(
      processes.flatMap(({ name, ports }) =>
        ports.flatMap((port) =>
          port.serves.flatMap((role) =>
            (role === 'feed' || role === 'entries') && port.audience !== 'siblings'
              ? [[name, `${ORDER_FLOW[role]}://${host}:${portNumber(port)}${port.paths?.[role] ?? ''}`]]
              : [],
          ),
        ),
      ),
    ),
  };
}

/** Where monitoring finds the metrics of one process. */
export interface MetricsTarget {
  readonly process: string;
  /** `host:port`. */
  readonly address: string;
  readonly path: string;
}

/** Everything at which a node is asked for something. */
export interface NodeAddresses extends NodeEndpoints {
  /** Answers 200 while the node is healthy and 503 otherwise. */
  readonly healthUrl: string;
  readonly metricsTargets: readonly MetricsTarget[];
}

/** `scraped`: the name by which monitoring reaches it, where that is another. */
export const addressesOf = (processes: readonly Process[], host: string, scraped: string = host): NodeAddresses => ({
  ...endpointsOf(processes, host),
  healthUrl: `http://${host}:${HEALTH_PORT}/`,
  metricsTargets: processes.flatMap(({ name: process, metrics, ports }) => {
    const port = ports.find((candidate) => candidate.name === metrics?.port);
    return metrics && port ? [{ process, address: `${scraped}:${portNumber(port)}`, path: metricsPath(port) }] : [];
  }),
});
