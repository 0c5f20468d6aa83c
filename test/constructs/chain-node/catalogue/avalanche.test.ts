import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  avalanche,
  type ClientDefinition,
  instanceType,
  managedFlags,
  type NodeProgram,
  networkOf,
  type Process,
  processesOf,
  siblingUrl,
} from '../../../../constructs/chain-node/catalogue';

const MEMORY_MIB = 32_768;

const node = (more: Partial<NodeProgram> = {}): Process =>
  processesOf({ chain: avalanche, network: 'mainnet', client: 'avalanchego', ...more }, MEMORY_MIB)[0] as Process;

const avalanchego = avalanche.clients[0]?.client as ClientDefinition;

const health = (id: string) =>
  avalanchego.health(networkOf(avalanche, id) as NonNullable<ReturnType<typeof networkOf>>);

const chainConfig = (process: Process) => JSON.parse(process.files?.['chains/C/config.json'] ?? '');

const argumentsOf = (network: string, more: readonly unknown[] = [], sybil: readonly string[] = []) => [
  '--data-dir=/data',
  '--chain-config-dir=/config/chains',
  `--network-id=${network}`,
  ...sybil,
  '--http-host=0.0.0.0',
  '--http-port=9650',
  '--http-allowed-hosts=*',
  '--api-admin-enabled=false',
  '--api-health-enabled=true',
  '--api-metrics-enabled=true',
  '--index-enabled=false',
  `--staking-host=${network === 'local' ? '127.0.0.1' : '0.0.0.0'}`,
  '--staking-port=9651',
  ...more,
  '--log-level=off',
  '--log-display-level=info',
  '--log-format=json',
];

describe('a node of Avalanche', () => {
  test('is avalanchego, with exactly these arguments', () => {
    const process = node();
    expect(process).toMatchObject({
      name: 'avalanchego',
      source: { kind: 'image', image: 'avaplatform/avalanchego', version: 'v1.15.3' },
      program: ['/avalanchego/build/avalanchego'],
      environment: { HOME: '/data', GOMEMLIMIT: '29491MiB' },
      directories: { '/data': 'avalanchego' },
      stop: { signal: 'SIGTERM', graceSeconds: 120 },
    });
    expect(process.arguments).toEqual(argumentsOf('mainnet'));
  });

  test('tells peers where it is when they may connect in, and does not ask others for it', () => {
    expect(node({ network: 'fuji', p2p: 'public' }).arguments).toEqual(
      argumentsOf('fuji', [['--public-ip=', { host: 'public-ip' }]]),
    );
    expect(managedFlags(avalanche, avalanchego).has('--public-ip-resolution-service')).toBe(true);
  });

  test('for development is a network of one', () => {
    for (const p2p of ['public', 'outbound'] as const) {
      expect(node({ network: 'local', p2p }).arguments).toEqual(
        argumentsOf('local', [], ['--sybil-protection-enabled=false']),
      );
    }
    expect(node({ network: 'local' }).ports.map(({ audience }) => audience)).toEqual(['clients', 'siblings']);
    expect(health('local').peers).toBeUndefined();
  });

  test('is full or an archive by a file: an archive takes no state from peers, and executes every block', () => {
    const apis = ['web3', 'net', 'txpool', 'price', 'chain', 'tx', 'subscription', 'avalanche'];
    expect(chainConfig(node())).toEqual({ apis, 'pruning-enabled': true, 'state-sync-enabled': true });
    expect(chainConfig(node({ nodeType: 'archive' }))).toEqual({
      apis,
      'pruning-enabled': false,
      'state-sync-enabled': false,
    });
    const begins = (nodeType: string) => avalanchego.archive?.({ network: 'mainnet', nodeType })?.value;
    expect(begins('full')).toContain('state sync');
    expect(begins('archive')).toBeUndefined();
  });
});

describe('what is known of Avalanche', () => {
  test('since Helicon the C-Chain has `apis`, and stands still at a name that it does not know; `eth-apis` it ignores', () => {
    const { keys, values } = JSON.parse(readFileSync(join(__dirname, 'flags', 'avalanchego.json'), 'utf8'));
    for (const nodeType of ['full', 'archive']) {
      const config = chainConfig(node({ nodeType }));
      expect(keys).toEqual(expect.arrayContaining(Object.keys(config)));
      expect(values.apis).toEqual(expect.arrayContaining(config.apis));
      expect(config).not.toHaveProperty('eth-apis');
    }
  });

  test('what writes files, reads the database raw or looks into the process is not offered', () => {
    const { apis } = chainConfig(node());
    expect(['trace', 'db', 'profile'].filter((name) => apis.includes(name))).toEqual([]);
  });

  test('partial sync leaves the C-Chain out, so an operator cannot ask for it', () => {
    expect(managedFlags(avalanche, avalanchego).has('--partial-sync-primary-network')).toBe(true);
  });

  test('one port serves everything, each under a path of its own', () => {
    const [http, staking] = node().ports;
    expect(http).toMatchObject({ number: 9650, audience: 'clients', serves: ['rpc', 'ws', 'metrics', 'health'] });
    expect(staking).toMatchObject({ number: 9651, audience: 'internet', serves: ['p2p'] });
    expect(siblingUrl([node()], 'rpc')).toBe('http://127.0.0.1:9650/ext/bc/C/rpc');
    expect(siblingUrl([node()], 'ws', 'ws')).toBe('ws://127.0.0.1:9650/ext/bc/C/ws');
    expect(siblingUrl([node()], 'metrics')).toBe('http://127.0.0.1:9650/ext/metrics');
  });

  test('whoever calls it by the name of a load balancer is answered', () => {
    expect(node().arguments).toContain('--http-allowed-hosts=*');
  });

  test('EBS is ruled out on mainnet, and nowhere else', () => {
    const cannot = (network: string, storage: 'ebs' | 'instance-store') =>
      avalanchego.cannot?.({ network, nodeType: 'full', hosting: 'instance', storage, p2p: 'outbound' });
    expect(cannot('mainnet', 'ebs')).toEqual({
      setting: 'storage',
      reason:
        'cannot run on EBS on mainnet: its makers say that network disks cause missed blocks; use storage: instance-store',
      source: 'https://build.avax.network/docs/nodes/system-requirements',
    });
    expect(cannot('mainnet', 'instance-store')).toBeUndefined();
    expect(cannot('fuji', 'ebs')).toBeUndefined();
    expect(cannot('local', 'ebs')).toBeUndefined();
  });

  test('so mainnet has its data on local disks, with room for half a year', () => {
    for (const nodeType of ['full', 'archive']) {
      const on = { network: 'mainnet', nodeType, blobCustody: 'standard' } as const;
      const sizing = avalanche.sizing({ ...on, client: 'avalanchego' })?.value;
      const { today, growthPerMonth } = avalanchego.disk(on) ?? {};
      expect(sizing?.storage).toBe('instance-store');
      expect((instanceType(sizing?.instanceType ?? '')?.localNvmeGB ?? 0) / 1.0737).toBeGreaterThan(
        (today?.value ?? Number.NaN) + 6 * (growthPerMonth?.value ?? Number.NaN),
      );
    }
  });

  test('peers know it by three files, which outlive its local disks', () => {
    expect(node().identity).toEqual([
      '/data/staking/staker.key',
      '/data/staking/staker.crt',
      '/data/staking/signer.key',
    ]);
  });

  test('Helicon, and the least version that follows it', () => {
    expect(
      avalanche.networks.flatMap(({ id, forks }) => forks.map(({ name, at, least }) => [id, name, at, least])),
    ).toEqual([
      ['mainnet', 'Helicon', '2026-09-22T15:00:00Z', { avalanchego: 'v1.15.0' }],
      ['fuji', 'Helicon', '2026-07-28T15:00:00Z', { avalanchego: 'v1.15.0' }],
    ]);
  });

  test('blocks come when there are transactions, so health asks the client and no clock', () => {
    for (const { id, blockSeconds } of avalanche.networks) {
      expect(blockSeconds).toBeUndefined();
      expect(health(id).head).toMatchObject({ yields: 'httpStatus', method: 'GET', path: '/ext/health' });
    }
  });

  test('metrics have the names that they have since Helicon', () => {
    const { metrics } = node();
    expect(metrics?.names).toMatchObject({
      headBlock: 'avalanche_evm_transition_sae_last_executed_height',
      finalized: 'avalanche_evm_transition_sae_last_settled_height',
      peers: 'avalanche_network_peers',
    });
  });
});
