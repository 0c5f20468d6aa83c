import { dataOf } from './data-settings';

/** A development with streams, stores and two workers, which loads; tests change one thing of it. */

const NODE = `chains:
  ethereum:
    networks: [sepolia, hoodi]
    clients: [geth]
    hosting: kubernetes
`;

const WORKERS = `    workers:
      mempool_ethereum:
        role: mempool-streams
        image: ghcr.io/acme/mempool:1.4.0
        chains: [ethereum]
        networks: [sepolia]
        publishes: [executions]
      detector:
        role: opportunity-detection
        image: ghcr.io/acme/detector:0.3.0
        replicas: 3
        consumes: [prices, executions]
        publishes: [executions]
        stores: [timeseries]
        secrets: { api.key: development/exchange }
        relays: [stream.example.com]
`;

const EKS = 'kubernetes: { cluster: mev }\n';

type Swaps = readonly (readonly [from: string, to: string])[];

/** With texts in it swapped, those of its cluster, its data or its workers. */
export function workersOf(changes: Swaps = [], data: Swaps = []): string {
  const whole = EKS + NODE + dataOf(data) + WORKERS;
  return changes.reduce((now, [from, to]) => {
    if (now.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once`);
    return now.replace(from, to);
  }, whole);
}
