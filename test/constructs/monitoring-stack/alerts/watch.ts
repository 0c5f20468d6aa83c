import {
  CHAINS,
  type ChainDefinition,
  exampleSettings,
  type Hosting,
  type NodeProgram,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';
import { addressesOf } from '../../../../constructs/chain-node/endpoints';
import { type WatchedNode, watchedNode } from '../../../../constructs/chain-node/watched';
import type { Watch } from '../../../../constructs/monitoring-stack/watch';

/** Nodes as they are handed over, made of the real catalogue. */

export const chain = (id: string): ChainDefinition => {
  const found = CHAINS.find((one) => one.id === id);
  if (!found) throw new Error(`no chain ${id}`);
  return found;
};

type Asked = Pick<NodeProgram, 'consensus' | 'options' | 'optionSettings'> & {
  readonly hosting?: Hosting;
  readonly replica?: number;
  readonly secrets?: readonly string[];
};

export function nodeOf(definition: ChainDefinition, network: string, client: string, asked: Asked = {}): WatchedNode {
  const { hosting = 'instance', replica, secrets = [], ...choices } = asked;
  const id = [definition.id, network, client, ...(replica === undefined ? [] : [replica])].join('-');
  const program: NodeProgram = { chain: definition, network, client, ...choices };
  const processes = processesOf(program, 65_536);
  const { metricsTargets } = addressesOf(processes, `${id}.example.internal`);
  return watchedNode(id, program, {
    group: `${definition.id}-${network}`,
    hosting,
    processes,
    metricsTargets,
    secrets,
    ...(hosting === 'instance' ? { host: `${id}.example.internal` } : {}),
  });
}

/** One node of every network and client that the catalogue has, on an instance; and beside each client every other. */
export const everyNode: readonly WatchedNode[] = CHAINS.flatMap((definition) =>
  definition.networks.flatMap(({ id: network }) =>
    definition.clients
      .filter(({ client }) => client.networks.includes(network))
      .flatMap(({ client, consensus }) => {
        const beside = consensus.filter((one) => one.networks.includes(network)).map(({ id }) => id);
        const asked = Object.entries(client.optional ?? {}).filter(([, { networks }]) => networks.includes(network));
        const options = asked.map(([name]) => name);
        const optionSettings = Object.fromEntries(asked.map(([name, one]) => [name, exampleSettings(one, network)]));
        return (beside.length > 0 ? beside : [undefined]).map((consensus, index) =>
          nodeOf(definition, network, client.id, {
            options,
            optionSettings,
            ...(consensus === undefined ? {} : { consensus, replica: index + 1 }),
          }),
        );
      }),
  ),
);

const CLIENTS: Readonly<Record<string, string>> = {
  arbitrum: 'nitro',
  avalanche: 'avalanchego',
  base: 'base-reth-node',
  bsc: 'geth',
  optimism: 'op-reth',
  polygon: 'bor',
  solana: 'agave',
};

/** All eight chains, nodes on instances and in pods, groups of one and of several, a development chain, a gateway. */
export const NODES: readonly WatchedNode[] = [
  nodeOf(chain('ethereum'), 'mainnet', 'geth'),
  nodeOf(chain('ethereum'), 'mainnet', 'reth', { consensus: 'teku' }),
  nodeOf(chain('ethereum'), 'mainnet', 'erigon', { consensus: 'caplin', hosting: 'kubernetes' }),
  nodeOf(chain('ethereum'), 'sepolia', 'nethermind', { consensus: 'prysm', hosting: 'kubernetes' }),
  nodeOf(chain('ethereum'), 'local', 'geth', { hosting: 'kubernetes' }),
  ...Object.entries(CLIENTS).map(([id, client]) => nodeOf(chain(id), 'mainnet', client)),
  nodeOf(chain('arbitrum'), 'nova', 'nitro', { secrets: ['l1/rpc', 'l1/beacon'] }),
  nodeOf(chain('bsc'), 'chapel', 'geth', { hosting: 'kubernetes' }),
  nodeOf(chain('polygon'), 'mainnet', 'bor', { replica: 2, hosting: 'kubernetes' }),
  nodeOf(chain('solana'), 'mainnet', 'agave', { replica: 2 }),
  nodeOf(chain('solana'), 'local', 'agave'),
];

export const WATCH: Watch = {
  environment: 'production',
  nodes: NODES,
  gateway: {
    rpcTimeoutMs: 5000,
    upstreams: NODES.filter(({ chain, local }) => chain !== 'solana' && !local).map(({ id }) => id),
  },
  diskUsedPercent: 85,
  diskGrowthGiB: { 'ethereum-mainnet-geth': 60, 'ethereum-mainnet-reth': 60, 'bsc-mainnet-geth': 250 },
  backups: { 'ethereum-mainnet-reth': 86_400, 'solana-mainnet-agave-2': 604_800 },
  snapshots: ['bsc-chapel-geth', 'ethereum-sepolia-nethermind'],
  services: ['external-secrets', 'cert-manager', 'keda'],
};
