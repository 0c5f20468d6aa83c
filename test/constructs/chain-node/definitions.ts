import {
  type Argument,
  type ChainDefinition,
  type ClientDefinition,
  type Fact,
  type NetworkDefinition,
  type Port,
  type PortRole,
  type Process,
  portNumber,
  portsByName,
  type Sizing,
  siblingUrl,
} from '../../../constructs/chain-node/catalogue';

/**
 * Chains whose programs are as different as they come, to show that the model carries them and to test what renders it.
 * They are not the catalogue: versions and sizes are examples.
 */

const example = <T>(value: T): Fact<T> => ({
  value,
  source: 'an example for tests',
  asOf: '2026-11-22',
  status: 'unverified',
});

const sized = (instanceType: string, storage: Sizing['storage'], sizeGiB: number): Fact<Sizing> =>
  example(
    storage === 'ebs'
      ? { instanceType, storage, volume: { type: 'gp3', sizeGiB, iops: 8000, throughputMiBps: 250 } }
      : { instanceType, storage },
  );

const port = (name: string, number: number, audience: Port['audience'], serves: readonly PortRole[]): Port => ({
  name,
  number,
  protocol: 'tcp',
  audience,
  serves,
});
const udp = (name: string, number: number): Port => ({
  ...port(name, number, 'internet', ['p2p']),
  protocol: 'udp',
});

const L1_RPC = { host: 'upstream', chain: 'ethereum', api: 'rpc' } as const;
const L1_BEACON = { host: 'upstream', chain: 'ethereum', api: 'beacon' } as const;
const PUBLIC_IP = { host: 'public-ip' } as const;

const rpcRequest = (method: string, parameters: readonly unknown[] = []): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: parameters });

/** jq that reads a 0x-prefixed hex string. */
const hex = (field: string): string =>
  `${field} | ltrimstr("0x") | explode | reduce .[] as $c (0; . * 16 + (if $c > 96 then $c - 87 else $c - 48 end))`;

const chainIdIs = (process: string, portName: string, path: string, expect: string) =>
  ({
    process,
    port: portName,
    path,
    method: 'POST',
    body: rpcRequest('eth_chainId'),
    read: hex('.result'),
    expect,
  }) as const;

const newestBlock = (process: string, portName: string, path: string, maximumAgeSeconds: number) =>
  ({
    process,
    port: portName,
    path,
    method: 'POST',
    body: rpcRequest('eth_getBlockByNumber', ['latest', false]),
    read: `[(${hex('.result.number')}), (${hex('.result.timestamp')})]`,
    yields: 'block',
    maximumAgeSeconds,
  }) as const;

// Arbitrum: one program that reads its layer 1, has no peers, and needs half an hour to stop.

const nitroPorts = [
  port('http', 8547, 'clients', ['rpc']),
  port('ws', 8548, 'clients', ['ws']),
  port('metrics', 6070, 'monitoring', ['metrics']),
];

const nitro: ClientDefinition = {
  id: 'nitro',
  role: 'whole',
  // Tags carry the commit; there is no plain v3.12.2.
  version: () => example('v3.12.2-5f02f3f'),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'local'],
  nodeTypes: ['full', 'archive'],
  memoryWeight: 1,
  processes: ({ network, nodeType, version, memoryMiB }) => {
    const own = portsByName(nitroPorts);
    const archive = nodeType === 'archive';
    return [
      {
        name: 'nitro',
        source: { kind: 'image', image: 'offchainlabs/nitro-node', version },
        program: ['/usr/local/bin/nitro'],
        arguments: [
          '--persistent.chain=/data',
          ...(network.kind === 'local'
            ? ['--dev', '--init.dev-init']
            : ([
                `--chain.id=${network.identity}`,
                `--init.latest=${archive ? 'archive' : 'pruned'}`,
                '--init.download-path=/data/download',
                ['--parent-chain.connection.url=', L1_RPC],
                ['--parent-chain.blob-client.beacon-url=', L1_BEACON],
              ] satisfies readonly Argument[])),
          `--execution.caching.archive=${archive}`,
          '--node.staker.enable=false',
          `--http.addr=${own('http').address}`,
          `--http.port=${own('http').number}`,
          '--http.api=net,web3,eth,arb',
          '--http.vhosts=*',
          `--ws.addr=${own('ws').address}`,
          `--ws.port=${own('ws').number}`,
          '--ws.origins=*',
          '--metrics',
          `--metrics-server.addr=${own('metrics').address}`,
          `--metrics-server.port=${own('metrics').number}`,
        ],
        environment: { GOMEMLIMIT: `${Math.floor(memoryMiB * 0.9)}MiB` },
        ports: nitroPorts,
        directories: { '/data': 'nitro' },
        stop: { signal: 'SIGTERM', graceSeconds: 1800 },
        memoryMiB,
        metrics: {
          port: 'metrics',
          names: { headBlock: 'chain_head_block', feedConnected: 'arb_feed_sources_connected' },
        },
      },
    ];
  },
  health: ({ identity }) => ({
    identity: chainIdIs('nitro', 'http', '/', identity),
    head: newestBlock('nitro', 'http', '/', 10),
  }),
  disk: () => undefined,
};

const settlesOn = (network: string) => ({ chain: 'ethereum', network, blobs: true });

export const arbitrum: ChainDefinition = {
  id: 'arbitrum',
  networks: [
    { id: 'mainnet', kind: 'public', identity: '42161', blockSeconds: 0.25, l1: settlesOn('mainnet'), forks: [] },
    {
      id: 'sepolia',
      kind: 'public',
      identity: '421614',
      blockSeconds: 0.25,
      l1: settlesOn('sepolia'),
      forks: [
        {
          name: 'Glamsterdam of its layer 1',
          at: '2026-10-06T13:53:36Z',
          least: { nitro: 'v3.11.4-7d5ac27' },
          source: 'docs.arbitrum.io, notices/glamsterdam-sepolia-notice',
        },
      ],
    },
    { id: 'local', kind: 'local', identity: '412346', forks: [] },
  ],
  clients: [{ client: nitro, consensus: [] }],
  retired: { goerli: 'goerli was shut down in 2024; use sepolia' },
  sizing: ({ network }) =>
    network === 'mainnet' ? sized('i8g.4xlarge', 'instance-store', 4000) : sized('r7g.2xlarge', 'ebs', 1500),
};

// Avalanche: the node type is a file, one port serves everything, each under a path of its own, and blocks come as they come.

const avalanchePorts: readonly Port[] = [
  {
    ...port('http', 9650, 'clients', ['rpc', 'ws', 'metrics', 'health']),
    paths: { rpc: '/ext/bc/C/rpc', ws: '/ext/bc/C/ws', metrics: '/ext/metrics', health: '/ext/health' },
  },
  port('staking', 9651, 'internet', ['p2p']),
];

const avalanchego: ClientDefinition = {
  id: 'avalanchego',
  role: 'whole',
  version: () => example('v1.15.3'),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'fuji'],
  nodeTypes: ['full', 'archive'],
  memoryWeight: 1,
  processes: ({ network, nodeType, version, p2p, memoryMiB }) => {
    const own = portsByName(avalanchePorts);
    const full = nodeType === 'full';
    return [
      {
        name: 'avalanchego',
        source: { kind: 'image', image: 'avaplatform/avalanchego', version },
        program: ['/avalanchego/build/avalanchego'],
        arguments: [
          '--data-dir=/data',
          '--chain-config-dir=/config/chains',
          `--network-id=${network.id}`,
          `--http-host=${own('http').address}`,
          `--http-port=${own('http').number}`,
          '--http-allowed-hosts=*',
          '--api-admin-enabled=false',
          `--staking-port=${own('staking').number}`,
          ...(p2p === 'public' ? [['--public-ip=', PUBLIC_IP] as const] : []),
          '--log-format=json',
        ],
        files: {
          'chains/C/config.json': `${JSON.stringify({ 'state-sync-enabled': full, 'pruning-enabled': full })}\n`,
        },
        ports: avalanchePorts,
        directories: { '/data': 'avalanchego' },
        stop: { signal: 'SIGTERM', graceSeconds: 120 },
        memoryMiB,
        metrics: {
          port: 'http',
          names: { headBlock: 'avalanche_evm_transition_sae_last_executed_height', peers: 'avalanche_network_peers' },
        },
      },
    ];
  },
  health: ({ identity }) => ({
    identity: chainIdIs('avalanchego', 'http', '/ext/bc/C/rpc', identity),
    head: {
      process: 'avalanchego',
      port: 'http',
      path: '/ext/health',
      method: 'GET',
      yields: 'httpStatus',
    },
  }),
  disk: ({ network, nodeType }) =>
    network === 'mainnet' && nodeType === 'full' ? { today: example(1000), growthPerMonth: example(20) } : undefined,
};

export const avalanche: ChainDefinition = {
  id: 'avalanche',
  networks: [
    { id: 'mainnet', kind: 'public', identity: '43114', forks: [] },
    { id: 'fuji', kind: 'public', identity: '43113', forks: [] },
  ],
  clients: [{ client: avalanchego, consensus: [] }],
  retired: {},
  sizing: ({ network, nodeType }) => {
    if (nodeType !== 'full') return undefined;
    return network === 'mainnet' ? sized('i8g.2xlarge', 'instance-store', 1500) : sized('r7g.xlarge', 'ebs', 500);
  },
};

// Solana: built from source, three directories, a range of ports, flags of two words, and another program for its metrics.

const agavePorts: readonly Port[] = [
  port('gossip', 8001, 'internet', ['p2p']),
  udp('gossip-udp', 8001),
  { ...port('dynamic', 0, 'internet', ['p2p']), number: { from: 8004, to: 8040 } },
  { ...udp('dynamic-udp', 0), number: { from: 8004, to: 8040 } },
  port('rpc', 8899, 'clients', ['rpc', 'health']),
  port('pubsub', 8900, 'clients', ['ws']),
];

const exporterPorts = [port('metrics', 8080, 'monitoring', ['metrics'])];

const AGAVE_COMMITS: Readonly<Record<string, string>> = {
  'v4.4.2': '1111111111111111111111111111111111111111',
  'v4.5.0': '2222222222222222222222222222222222222222',
};

const ENTRYPOINTS: Readonly<Record<string, readonly string[]>> = {
  mainnet: ['entrypoint.mainnet-beta.solana.com:8001', 'entrypoint2.mainnet-beta.solana.com:8001'],
  devnet: ['entrypoint.devnet.solana.com:8001'],
};

const EXPORTER_MIB = 128;

const agave: ClientDefinition = {
  id: 'agave',
  role: 'whole',
  version: (network) => example(network === 'mainnet' ? 'v4.4.2' : 'v4.5.0'),
  architectures: ['x86_64', 'arm64'],
  networks: ['mainnet', 'devnet'],
  nodeTypes: ['full'],
  memoryWeight: 1,
  processes: ({ network, version, memoryMiB }) => {
    const own = portsByName(agavePorts);
    const commit = AGAVE_COMMITS[version];
    if (commit === undefined) {
      throw new Error(`no commit of agave ${version} is pinned; use one of ${Object.keys(AGAVE_COMMITS).join(', ')}`);
    }
    return [
      {
        name: 'agave',
        source: {
          kind: 'build',
          name: 'agave',
          repository: 'https://github.com/anza-xyz/agave',
          commit,
          version,
          packages: ['build-essential', 'clang', 'libudev-dev', 'protobuf-compiler'],
          commands: ['./scripts/cargo-install-all.sh --validator-only .'],
          outputs: ['bin/agave-validator', 'bin/solana-keygen'],
        },
        program: ['agave-validator'],
        arguments: [
          ...['--ledger', '/data/ledger'],
          ...['--accounts', '/data/accounts'],
          ...['--snapshots', '/data/snapshots'],
          ...['--identity', '/data/ledger/identity.json'],
          '--no-voting',
          '--full-rpc-api',
          '--private-rpc',
          ...['--rpc-port', String(own('rpc').number)],
          ...['--rpc-bind-address', own('rpc').address],
          ...['--gossip-port', String(own('gossip').number)],
          ...['--dynamic-port-range', '8004-8040'],
          ...(ENTRYPOINTS[network.id] ?? []).flatMap((entrypoint) => ['--entrypoint', entrypoint]),
          ...['--expected-genesis-hash', network.identity],
          '--limit-ledger-size',
          ...['--log', '-'],
        ],
        ports: agavePorts,
        directories: { '/data/ledger': 'ledger', '/data/accounts': 'accounts', '/data/snapshots': 'snapshots' },
        prepare: [
          {
            name: 'identity',
            program: ['solana-keygen', 'new'],
            arguments: ['--no-bip39-passphrase', '--silent', '--outfile', '/data/ledger/identity.json'],
            unless: '/data/ledger/identity.json',
          },
        ],
        stop: {
          signal: 'SIGTERM',
          graceSeconds: 120,
          before: ['agave-validator', '--ledger', '/data/ledger', 'exit', '--force'],
        },
        memoryMiB: memoryMiB - EXPORTER_MIB,
        host: {
          sysctls: { 'vm.max_map_count': '1000000', 'net.core.rmem_max': '134217728' },
          openFiles: 1_000_000,
          lockedMemory: 2_000_000_000,
          // XDP, which is on by default since 4.2.
          capabilities: ['NET_ADMIN', 'NET_RAW'],
        },
      },
      {
        name: 'solana-exporter',
        source: { kind: 'image', image: 'ghcr.io/asymmetric-research/solana-exporter', version: 'v3.0.2' },
        program: ['/usr/local/bin/solana-exporter'],
        arguments: ['-rpc-url', `http://127.0.0.1:${own('rpc').number}`, '-listen-address', ':8080', '-light-mode'],
        ports: exporterPorts,
        directories: {},
        stop: { signal: 'SIGTERM', graceSeconds: 10 },
        after: ['agave'],
        waits: true,
        memoryMiB: EXPORTER_MIB,
        metrics: {
          port: 'metrics',
          names: { headBlock: 'solana_node_block_height', slotsBehind: 'solana_node_num_slots_behind' },
        },
      },
    ];
  },
  health: ({ identity }) => {
    const ask = { process: 'agave', port: 'rpc', path: '/', method: 'POST' } as const;
    return {
      identity: { ...ask, body: rpcRequest('getGenesisHash'), read: '.result', expect: identity },
      // A node that does not know how far behind it is answers with null, which must not be read as 0.
      head: {
        ...ask,
        body: rpcRequest('getHealth'),
        read: 'if .result == "ok" then 0 else .error.data.numSlotsBehind end',
        yields: 'slotsBehind',
        maximumSlots: 150,
      },
    };
  },
  disk: () => undefined,
};

export const solana: ChainDefinition = {
  id: 'solana',
  networks: [
    {
      id: 'mainnet',
      kind: 'public',
      identity: '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d',
      blockSeconds: 0.4,
      forks: [],
    },
    {
      id: 'devnet',
      kind: 'public',
      identity: 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG',
      blockSeconds: 0.4,
      forks: [],
    },
  ],
  clients: [{ client: agave, consensus: [] }],
  retired: { 'mainnet-beta': 'the main network is called mainnet here' },
  sizing: () => sized('i7i.12xlarge', 'instance-store', 3000),
};

// Optimism: a pair in which the consensus client starts second and reads both the execution client and the layer 1.

const opRethPorts = [
  port('http', 8545, 'clients', ['rpc']),
  port('ws', 8546, 'clients', ['ws']),
  port('engine', 8551, 'siblings', ['engine']),
  port('metrics', 6060, 'monitoring', ['metrics']),
  port('p2p', 30303, 'internet', ['p2p']),
  udp('discovery', 30303),
];

const opReth: ClientDefinition = {
  id: 'op-reth',
  role: 'execution',
  version: () => example('v2.8.0'),
  architectures: ['x86_64'],
  networks: ['mainnet', 'sepolia'],
  nodeTypes: ['full', 'archive'],
  memoryWeight: 4,
  processes: ({ network, nodeType, version, p2p, memoryMiB }) => {
    const own = portsByName(opRethPorts);
    return [
      {
        name: 'op-reth',
        source: { kind: 'image', image: 'us-docker.pkg.dev/oplabs-tools-artifacts/images/op-reth', version },
        program: ['op-reth', 'node'],
        arguments: [
          '--datadir=/data',
          `--chain=${network.id === 'mainnet' ? 'optimism' : `optimism_${network.id}`}`,
          `--rollup.sequencer=https://${network.id}-sequencer.optimism.io`,
          '--rollup.disable-tx-pool-gossip',
          ...(nodeType === 'full' ? ['--full'] : []),
          '--http',
          `--http.addr=${own('http').address}`,
          `--http.port=${own('http').number}`,
          '--http.api=eth,net,web3,txpool',
          '--ws',
          `--ws.addr=${own('ws').address}`,
          `--ws.port=${own('ws').number}`,
          `--authrpc.addr=${own('engine').address}`,
          `--authrpc.port=${own('engine').number}`,
          '--authrpc.jwtsecret=/secrets/jwt',
          `--port=${own('p2p').number}`,
          `--discovery.port=${own('discovery').number}`,
          p2p === 'public' ? (['--nat=extip:', PUBLIC_IP] as const) : '--nat=none',
          `--metrics=${own('metrics').address}:${own('metrics').number}`,
        ],
        ports: opRethPorts,
        directories: { '/data': 'op-reth' },
        secrets: { jwt: 'made' },
        stop: { signal: 'SIGINT', graceSeconds: 300 },
        memoryMiB,
        metrics: {
          port: 'metrics',
          names: { headBlock: 'reth_blockchain_tree_canonical_chain_height' },
        },
      },
    ];
  },
  health: ({ identity }) => ({
    identity: chainIdIs('op-reth', 'http', '/', identity),
    head: newestBlock('op-reth', 'http', '/', 20),
  }),
  disk: () => undefined,
};

const opNodePorts = [
  port('rollup', 9545, 'siblings', ['health', 'internal']),
  port('op-metrics', 7300, 'monitoring', ['metrics']),
  port('op-p2p', 9222, 'internet', ['p2p']),
  udp('op-discovery', 9222),
];

const opNode: ClientDefinition = {
  id: 'op-node',
  role: 'consensus',
  version: () => example('v1.20.0'),
  architectures: ['x86_64'],
  networks: ['mainnet', 'sepolia'],
  nodeTypes: ['full', 'archive'],
  memoryWeight: 1,
  processes: ({ network, version, p2p, memoryMiB, siblings }) => {
    const own = portsByName(opNodePorts);
    return [
      {
        name: 'op-node',
        source: { kind: 'image', image: 'us-docker.pkg.dev/oplabs-tools-artifacts/images/op-node', version },
        program: ['op-node'],
        arguments: [
          `--network=op-${network.id}`,
          ['--l1=', L1_RPC],
          ['--l1.beacon=', L1_BEACON],
          `--l2=${siblingUrl(siblings, 'engine', 'ws')}`,
          '--l2.jwt-secret=/secrets/jwt',
          '--l2.enginekind=reth',
          `--rpc.addr=${own('rollup').address}`,
          `--rpc.port=${own('rollup').number}`,
          `--p2p.listen.ip=${own('op-p2p').address}`,
          `--p2p.listen.tcp=${own('op-p2p').number}`,
          `--p2p.listen.udp=${own('op-discovery').number}`,
          ...(p2p === 'public' ? [['--p2p.advertise.ip=', PUBLIC_IP] as const] : []),
          '--p2p.priv.path=/data/p2p_priv.txt',
          '--metrics.enabled',
          `--metrics.addr=${own('op-metrics').address}`,
          `--metrics.port=${own('op-metrics').number}`,
        ],
        ports: opNodePorts,
        directories: { '/data': 'op-node' },
        secrets: { jwt: 'made' },
        stop: { signal: 'SIGTERM', graceSeconds: 60 },
        after: siblings.map(({ name }) => name),
        memoryMiB,
        metrics: { port: 'op-metrics', names: { heads: 'op_node_default_refs_number' } },
      },
    ];
  },
  health: () => ({
    head: {
      process: 'op-node',
      port: 'rollup',
      path: '/',
      method: 'POST',
      body: rpcRequest('optimism_syncStatus'),
      read: '.result.unsafe_l2 | [.number, .timestamp]',
      yields: 'block',
      maximumAgeSeconds: 20,
    },
  }),
  disk: () => undefined,
};

const opNetwork = (id: string, identity: string): NetworkDefinition => ({
  id,
  kind: 'public',
  identity,
  blockSeconds: 2,
  l1: settlesOn(id),
  forks: [],
});

export const optimism: ChainDefinition = {
  id: 'optimism',
  networks: [opNetwork('mainnet', '10'), opNetwork('sepolia', '11155420')],
  clients: [{ client: opReth, consensus: [opNode] }],
  retired: { 'op-geth': 'op-geth ended on 2026-05-31 and cannot follow Karst; use op-reth' },
  sizing: ({ network }) => sized('r7i.2xlarge', 'ebs', network === 'mainnet' ? 2000 : 200),
};

// Polygon: a pair in which the consensus client starts first, and each reads the other.

/** Heimdall is rendered first and sees no siblings: what it reads of bor, the two share here. */
const borPorts = [
  port('http', 8545, 'clients', ['rpc']),
  port('ws', 8546, 'clients', ['ws']),
  port('metrics', 7071, 'monitoring', ['metrics']),
  port('p2p', 30303, 'internet', ['p2p']),
  udp('discovery', 30303),
];

const heimdallPorts = [
  port('rest', 1317, 'siblings', ['internal']),
  port('comet', 26657, 'siblings', ['internal', 'health']),
  port('heimdall-metrics', 26660, 'monitoring', ['metrics']),
  port('heimdall-p2p', 26656, 'internet', ['p2p']),
];

const GENESIS = 'https://storage.googleapis.com';

const heimdall: ClientDefinition = {
  id: 'heimdall',
  role: 'consensus',
  version: () => example('v0.14.0'),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'amoy'],
  nodeTypes: ['full', 'archive'],
  memoryWeight: 1,
  processes: ({ network, version, p2p, memoryMiB }) => {
    const own = portsByName(heimdallPorts);
    const bor = portsByName(borPorts);
    return [
      {
        name: 'heimdall',
        source: { kind: 'image', image: 'ghcr.io/0xpolygon/heimdall-v2', version },
        program: ['/usr/local/bin/heimdalld', 'start'],
        arguments: [
          '--home=/data',
          `--chain=${network.id}`,
          '--rest-server',
          ['--eth_rpc_url=', L1_RPC],
          `--bor_rpc_url=http://127.0.0.1:${bor('http').number}`,
          `--api.address=tcp://${own('rest').address}:${own('rest').number}`,
          `--rpc.laddr=tcp://${own('comet').address}:${own('comet').number}`,
          `--p2p.laddr=tcp://${own('heimdall-p2p').address}:${own('heimdall-p2p').number}`,
          ...(p2p === 'public'
            ? [['--p2p.external-address=', PUBLIC_IP, `:${own('heimdall-p2p').number}`] as const]
            : []),
        ],
        files: {
          'config.toml': `[instrumentation]\nprometheus = true\nprometheus_listen_addr = ":${own('heimdall-metrics').number}"\n`,
        },
        ports: heimdallPorts,
        directories: { '/data': 'heimdall' },
        prepare: [
          {
            name: 'home',
            program: ['/bin/sh', '-c'],
            arguments: [
              'mkdir -p /data/config && ln -sfn /config/config.toml /data/config/config.toml' +
                ' && wget -O /data/config/genesis.new "$0" && mv /data/config/genesis.new /data/config/genesis.json',
              `${GENESIS}/${network.id}-heimdallv2-genesis/migrated_dump-genesis.json`,
            ],
            unless: '/data/config/genesis.json',
          },
        ],
        stop: { signal: 'SIGTERM', graceSeconds: 120 },
        memoryMiB,
        metrics: {
          port: 'heimdall-metrics',
          names: { headBlock: 'cometbft_consensus_height', peers: 'cometbft_p2p_peers' },
        },
      },
    ];
  },
  health: () => ({
    head: {
      process: 'heimdall',
      port: 'comet',
      path: '/status',
      method: 'GET',
      read: '.result.sync_info | [(.latest_block_height | tonumber), (.latest_block_time | sub("\\\\.[0-9]+Z$"; "Z") | fromdateiso8601)]',
      yields: 'block',
      maximumAgeSeconds: 60,
    },
  }),
  disk: () => undefined,
};

/** Three ports of heimdall serve one role, so bor looks them up by name. */
function siblingPort(siblings: readonly Process[], name: string): number {
  const found = siblings.flatMap(({ ports }) => ports).find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no process of this node has a port ${name}`);
  return portNumber(found);
}

const bor: ClientDefinition = {
  id: 'bor',
  role: 'execution',
  version: () => example('v2.10.1'),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'amoy'],
  nodeTypes: ['full', 'archive'],
  memoryWeight: 3,
  processes: ({ network, nodeType, version, p2p, memoryMiB, siblings }) => {
    const own = portsByName(borPorts);
    return [
      {
        name: 'bor',
        source: { kind: 'image', image: 'ghcr.io/0xpolygon/bor', version },
        program: ['bor', 'server'],
        arguments: [
          '--datadir=/data',
          `--chain=${network.id}`,
          `--gcmode=${nodeType}`,
          `--bor.heimdall=http://127.0.0.1:${siblingPort(siblings, 'rest')}`,
          `--bor.heimdallWS=ws://127.0.0.1:${siblingPort(siblings, 'comet')}/websocket`,
          '--http',
          `--http.addr=${own('http').address}`,
          `--http.port=${own('http').number}`,
          '--http.api=eth,net,web3,txpool,bor',
          '--ws',
          `--ws.addr=${own('ws').address}`,
          `--ws.port=${own('ws').number}`,
          '--ws.api=eth,net,web3',
          `--port=${own('p2p').number}`,
          p2p === 'public' ? (['--nat=extip:', PUBLIC_IP] as const) : '--nat=none',
          '--metrics',
          `--metrics.prometheus-addr=${own('metrics').address}:${own('metrics').number}`,
        ],
        ports: borPorts,
        directories: { '/data': 'bor' },
        stop: { signal: 'SIGINT', graceSeconds: 120 },
        after: siblings.map(({ name }) => name),
        memoryMiB,
        metrics: {
          port: 'metrics',
          names: { headBlock: 'chain_head_block', peers: 'p2p_peers' },
        },
      },
    ];
  },
  health: ({ identity }) => ({
    identity: chainIdIs('bor', 'http', '/', identity),
    head: newestBlock('bor', 'http', '/', 20),
  }),
  disk: () => undefined,
};

export const polygon: ChainDefinition = {
  id: 'polygon',
  networks: [
    {
      id: 'mainnet',
      kind: 'public',
      identity: '137',
      blockSeconds: 2,
      l1: { chain: 'ethereum', network: 'mainnet', blobs: false },
      forks: [
        {
          name: 'Purley',
          at: '2026-11-20T01:39:00Z',
          least: { heimdall: 'v0.14.0' },
          source: '0xPolygon/heimdall-v2 release v0.14.0',
        },
      ],
    },
    {
      id: 'amoy',
      kind: 'public',
      identity: '80002',
      blockSeconds: 2,
      l1: { chain: 'ethereum', network: 'sepolia', blobs: false },
      forks: [],
    },
  ],
  clients: [{ client: bor, consensus: [heimdall], consensusFirst: true }],
  retired: { erigon: 'Polygon ended Erigon on 2026-08-01; use bor' },
  sizing: ({ network }) => sized('r7g.4xlarge', 'ebs', network === 'mainnet' ? 8000 : 1000),
};

/** All of them, with the layer-1 addresses that some need. */
export const EXAMPLES: readonly ChainDefinition[] = [arbitrum, avalanche, solana, optimism, polygon];

export const UPSTREAMS = {
  'ethereum.rpc': { url: 'http://l1.test:8545' },
  'ethereum.beacon': { secret: 'l1/beacon' },
} as const;
