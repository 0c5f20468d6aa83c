import { formatProblems } from '../../../environments/problem';
import { STRATEGY, withEngine } from '../engines';
import { loadFiles } from '../files';
import { tell } from './run';

/** Engines that shall stand beside a node and cannot. */

const OVERRIDES = 'environments/production/overrides.yml';

const beside = (
  engine: string,
  production: readonly (readonly [string, string])[] = [],
  strategy: readonly (readonly [string, string])[] = [],
) =>
  withEngine({
    production: [['      type: arbitrage\n', `      type: arbitrage\n      placement: node\n${engine}`], ...production],
    strategy,
  });

tell([
  {
    title: 'beside a node, and in the cluster',
    files: withEngine({
      production: [['      type: arbitrage\n', '      type: arbitrage\n      beside: ethereum-mainnet-geth\n']],
    }),
    lines: [
      `${OVERRIDES}:20:15 mev.engines.flashloan_arbitrage.beside: flashloan_arbitrage runs in the cluster, beside no node; set placement to node, or remove it`,
    ],
  },
  {
    title: 'what is of the cluster alone',
    files: beside('      reads: gateway\n      node_selector: { pool: fast }\n      signing_key: alias/mev\n'),
    lines: [
      `${OVERRIDES}:21:14 mev.engines.flashloan_arbitrage.reads: flashloan_arbitrage runs beside a node and reads nodes alone; remove it, or set placement to cluster`,
      `${OVERRIDES}:22:22 mev.engines.flashloan_arbitrage.node_selector: is for machines of the cluster, and flashloan_arbitrage runs on the instance of a node; remove it`,
      `${OVERRIDES}:23:20 mev.engines.flashloan_arbitrage.signing_key: an instance has one role for everything on it, so that no key could be for flashloan_arbitrage alone; sign with a key in secrets, or set placement to cluster`,
    ],
  },
  {
    title: 'order flow, which is opened in the cluster alone',
    files: beside('      order_flow: [flashbots]\n', [
      [
        '  engines:\n',
        '  protected_rpc: { flashbots: { chain: ethereum, network: mainnet, url: "https://rpc.flashbots.net/fast" } }\n  engines:\n',
      ],
    ]),
    lines: [
      `${OVERRIDES}:22:19 mev.engines.flashloan_arbitrage.order_flow: is opened for engines in the cluster, and flashloan_arbitrage runs beside a node; name domains and ranges under relays and egress, or set placement to cluster`,
    ],
  },
  {
    title: 'a node that there is not',
    files: beside('      beside: ethereum-mainnet-get\n'),
    lines: [
      `${OVERRIDES}:21:15 mev.engines.flashloan_arbitrage.beside: "ethereum-mainnet-get" is not a node of this environment; use one of ethereum-mainnet-geth; did you mean ethereum-mainnet-geth?`,
    ],
  },
  {
    title: 'a node that follows another chain',
    files: beside('      beside: polygon-mainnet-bor\n', [
      ['mev:\n', '  polygon:\n    networks: [mainnet]\n    clients: [bor]\nmev:\n'],
    ]),
    lines: [
      `${OVERRIDES}:24:15 mev.engines.flashloan_arbitrage.beside: polygon-mainnet-bor follows no chain that flashloan_arbitrage reads; use one of ethereum-mainnet-geth`,
    ],
  },
  {
    title: 'several nodes of its chain, of which none is named',
    files: beside('', [['clients: [geth]', 'clients: [geth]\n    replicas: 2']]),
    lines: [
      `${OVERRIDES}:21:18 mev.engines.flashloan_arbitrage.placement: several nodes on instances follow ethereum mainnet; set beside to one of ethereum-mainnet-geth, ethereum-mainnet-geth-2`,
    ],
  },
  {
    title: 'a node in a pod, by name',
    files: beside('      beside: ethereum-mainnet-geth\n', [
      ['clients: [geth]', 'clients: [geth]\n    hosting: kubernetes'],
    ]),
    lines: [
      `${OVERRIDES}:22:15 mev.engines.flashloan_arbitrage.beside: ethereum-mainnet-geth runs in a pod, and there is no instance to stand on; there is none on an instance`,
    ],
  },
  {
    title: 'no node on an instance',
    files: beside('', [['clients: [geth]', 'clients: [geth]\n    hosting: kubernetes']]),
    lines: [
      `${OVERRIDES}:21:18 mev.engines.flashloan_arbitrage.placement: no node on an instance follows ethereum mainnet, which flashloan_arbitrage reads; enable one, or set placement to cluster`,
    ],
  },
  {
    title: 'a client without IPC',
    files: beside('', [['clients: [geth]', 'clients: [besu]']]),
    lines: [
      `${OVERRIDES}:20:18 mev.engines.flashloan_arbitrage.placement: besu has no IPC that the catalogue knows, so that flashloan_arbitrage has nothing of standing beside ethereum-mainnet-besu; set placement to cluster`,
    ],
  },
  {
    title: 'more than half of the machine',
    files: beside('      cpu: 6\n      memory: 40 GiB\n'),
    lines: [
      `${OVERRIDES}:21:12 mev.engines.flashloan_arbitrage.cpu: 6 cores are more than half of the 8 of r7g.2xlarge, on which ethereum-mainnet-geth runs; take fewer, or give the node a larger instance_type`,
      `${OVERRIDES}:22:15 mev.engines.flashloan_arbitrage.memory: 40.25 GiB, its proxy included, are more than half of the 64 GiB of r7g.2xlarge, on which ethereum-mainnet-geth runs; take less, or give the node a larger instance_type`,
    ],
  },
  {
    title: 'a second chain that nobody on an instance follows',
    files: beside('', [], [['chains: [ethereum]', 'chains: [ethereum, base]']]),
    lines: [
      `environments/strategies/active/usdc.yml:9:22 parameters.chains[1]: in production, nobody on an instance follows base mainnet; enable a node of it, or name others here`,
    ],
  },
  {
    title: 'two beside one node',
    files: {
      ...beside('', [
        [
          '  risk_limits:',
          `    other: { type: arbitrage, subtype: cross-chain, placement: node, image: "a/b@sha256:${'b'.repeat(64)}" }\n  risk_limits:`,
        ],
      ]),
      'strategies/active/third.yml': STRATEGY.replace('name: USDC', 'name: Other').replace(
        'engine: flashloan_arbitrage',
        'engine: other',
      ),
    },
    lines: [
      `${OVERRIDES}:23:64 mev.engines.other.placement: flashloan-arbitrage stands beside ethereum-mainnet-geth already, and a node has room for one; set beside to another, or put the strategies of both into one engine`,
    ],
  },
  {
    title: 'a cluster that does not reach instances',
    files: beside('', [['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: ~/.kube/config, context: kind }']]),
    lines: [
      `${OVERRIDES}:20:18 mev.engines.flashloan_arbitrage.placement: only a cluster on EKS reaches instances, and what stops an engine is in the cluster; set it to cluster`,
      `environments/strategies/active/usdc.yml:9:12 parameters.chains[0]: in production, nobody on an instance follows ethereum mainnet; enable a node of it, or name others here`,
    ],
  },
]);

test('what takes much of the memory of its node is said, and is no mistake', () => {
  const warnings = (engine: string) =>
    formatProblems(loadFiles(beside(engine)).warnings).filter((line) => line.includes('mev.engines'));
  expect(warnings('')).toEqual([]);
  expect(warnings('      memory: 12 GiB\n')).toEqual([
    `${OVERRIDES}:21:15 warning: mev.engines.flashloan_arbitrage.memory: 12.25 GiB, its proxy included, of the 64 GiB of r7g.2xlarge are taken from ethereum-mainnet-geth, which may be too little for it`,
  ]);
});
