import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  base,
  type ClientDefinition,
  choiceOf,
  clientsIn,
  instanceType,
  managedFlags,
  type NodeProgram,
  type Process,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';

const MEMORY_MIB = 16_384;

const node = (more: Partial<NodeProgram> = {}): NodeProgram => ({
  chain: base,
  network: 'mainnet',
  client: 'base-reth-node',
  ...more,
});

const pair = (program: NodeProgram): readonly [Process, Process] =>
  processesOf(program, MEMORY_MIB) as readonly [Process, Process];

const client = (id: string): ClientDefinition =>
  clientsIn(base).find((candidate) => candidate.id === id) as ClientDefinition;

describe('a node of Base', () => {
  test('is base-reth-node and then base-consensus of one image, with exactly these arguments', () => {
    const [reth, consensus] = pair(node());
    expect([reth, consensus].map(({ name, program, source }) => ({ name, program, source }))).toEqual([
      {
        name: 'base-reth-node',
        program: ['/app/base-reth-node', 'node'],
        source: { kind: 'image', image: 'ghcr.io/base/node', version: 'v1.5.1' },
      },
      {
        name: 'base-consensus',
        program: ['/app/base-consensus', 'node'],
        source: { kind: 'image', image: 'ghcr.io/base/node', version: 'v1.5.1' },
      },
    ]);
    expect(reth.arguments).toEqual([
      '--datadir=/data',
      '--ipcdisable',
      '--chain=base',
      '--rollup.sequencer-http=https://mainnet-sequencer.base.org',
      '--full',
      '--log.stdout.format=json',
      '--log.stdout.filter=info',
      '--log.file.max-files=0',
      '--http',
      '--http.addr=0.0.0.0',
      '--http.port=8545',
      '--http.api=web3,eth,net,txpool',
      '--ws',
      '--ws.addr=0.0.0.0',
      '--ws.port=8546',
      '--ws.api=eth,net,web3',
      '--ws.origins=*',
      '--metrics=0.0.0.0:6060',
      '--authrpc.addr=127.0.0.1',
      '--authrpc.port=8551',
      '--authrpc.jwtsecret=/secrets/jwt',
      '--port=30303',
      '--discovery.port=30303',
      '--discovery.v5.port=30303',
      '--nat=none',
    ]);
    expect(consensus.arguments).toEqual([
      '--chain=8453',
      ['--l1-eth-rpc=', { host: 'upstream', chain: 'ethereum', api: 'rpc' }],
      ['--l1-beacon=', { host: 'upstream', chain: 'ethereum', api: 'beacon' }],
      '--l2-engine-rpc=http://127.0.0.1:8551',
      '--l2-engine-jwt-secret=/secrets/jwt',
      '--rpc.addr=127.0.0.1',
      '--rpc.port=9545',
      '--p2p.listen.ip=0.0.0.0',
      '--p2p.listen.tcp=9222',
      '--p2p.listen.udp=9222',
      '--p2p.priv.path=/data/p2p_priv.txt',
      '--p2p.bootstore=/data/bootstore',
      '--metrics.enabled',
      '--metrics.addr=0.0.0.0',
      '--metrics.port=7300',
      '--logs.stdout.format=json',
    ]);
    expect(consensus.environment).toEqual({
      HOME: '/data',
      BASE_NODE_LOG_VERBOSITY: '3',
      BASE_NODE_L1_TRUST_RPC: 'false',
    });
    expect(consensus.after).toEqual(['base-reth-node']);
  });

  test('on the testnet, open to peers, with other logs', () => {
    const [reth, consensus] = pair(node({ network: 'sepolia', nodeType: 'archive', p2p: 'public', logLevel: 'debug' }));
    expect(reth.arguments).toEqual(
      expect.arrayContaining([
        '--chain=base-sepolia',
        '--rollup.sequencer-http=https://sepolia-sequencer.base.org',
        '--log.stdout.filter=debug',
        ['--nat=extip:', { host: 'public-ip' }],
      ]),
    );
    expect(reth.arguments).not.toContain('--full');
    expect(consensus.arguments).toEqual(
      expect.arrayContaining([
        '--chain=84532',
        ['--p2p.advertise.ip=', { host: 'public-ip' }],
        '--p2p.advertise.udp=9222',
      ]),
    );
    expect(consensus.environment).toMatchObject({ BASE_NODE_LOG_VERBOSITY: '4' });
  });
});

describe('what is known of Base', () => {
  test('the clients of others cannot follow it since Azul, and each says what can', () => {
    const source = '(docs.base.org/base-chain/specs/upgrades/azul/node-upgrade)';
    for (const id of ['op-reth', 'op-geth', 'geth', 'reth', 'nethermind']) {
      expect(choiceOf(base, id)).toBeUndefined();
      expect(base.retired[id]).toBe(`${id} cannot follow Base since Azul; use base-reth-node ${source}`);
    }
    expect(base.retired['op-node']).toBe(`op-node cannot follow Base since Azul; use base-consensus ${source}`);
  });

  test('there is no development chain of one process', () => {
    expect(base.networks.every(({ kind }) => kind === 'public')).toBe(true);
    const { local } = base.retired;
    expect(local).toContain('`just devnet up` of base/base');
  });

  test('blocks come every 200 ms since Denim, so a head ten seconds old is fifty blocks behind', () => {
    expect(base.networks.map(({ blockSeconds }) => blockSeconds)).toEqual([0.2, 0.2]);
    for (const network of base.networks) {
      for (const { health } of clientsIn(base)) {
        expect(health(network).head).toMatchObject({ yields: 'block', maximumAgeSeconds: 10 });
      }
    }
  });

  test('there are no flashblocks since Denim, and an operator cannot ask for them', () => {
    const flags = managedFlags(base, client('base-reth-node'));
    expect(['--websocket-url', '--flashblocks-url'].filter((flag) => !flags.has(flag))).toEqual([]);
    const all = pair(node()).flatMap((process) => process.arguments.map(String));
    expect(all.filter((argument) => /flashblock|websocket-url/.test(argument))).toEqual([]);
  });

  test('the engine secret is made by the host; the one in base/base, the same for everybody, is nowhere', () => {
    for (const { secrets } of pair(node())) expect(secrets).toEqual({ jwt: 'made' });
    const clients = join(__dirname, '../../../../constructs/chain-node/catalogue/clients');
    for (const file of ['base-reth-node.ts', 'base-consensus.ts', 'rollup-reth.ts']) {
      expect(readFileSync(join(clients, file), 'utf8')).not.toMatch(/[0-9a-f]{64}/i);
    }
  });

  test('forks and the least version of each', () => {
    expect(
      base.networks.map(({ id, forks }) => [
        id,
        forks.map(({ name, at, least }) => [name, at, least['base-consensus']]),
      ]),
    ).toEqual([
      [
        'mainnet',
        [
          ['Azul', '2026-05-28T18:00:00Z', 'v0.9.0'],
          ['Beryl', '2026-06-25T18:00:00Z', 'v1.1.1'],
          ['Denim', '2026-11-05T18:00:00Z', 'v1.5.1'],
        ],
      ],
      [
        'sepolia',
        [
          ['Azul', '2026-04-20T18:00:00Z', 'v0.7.0'],
          ['Beryl', '2026-06-18T18:00:00Z', 'v1.1.0'],
          ['Denim', '2026-10-21T18:00:00Z', 'v1.5.1'],
        ],
      ],
    ]);
  });

  test('base-consensus hashes what layer 1 tells, as on the nodes of Base, and no argument says otherwise', () => {
    for (const { id } of base.networks) {
      expect(pair(node({ network: id }))[1].environment).toMatchObject({ BASE_NODE_L1_TRUST_RPC: 'false' });
    }
    const flags = managedFlags(base, client('base-consensus'));
    expect(['--l1-trust-rpc', '--l1.trust-rpc'].filter((flag) => !flags.has(flag))).toEqual([]);
  });

  test('base-consensus minds SIGINT alone', () => {
    expect(pair(node())[1].stop).toEqual({ signal: 'SIGINT', graceSeconds: 60 });
  });

  test('a node of mainnet has its data on local disks, with room for half a year', () => {
    for (const nodeType of ['full', 'archive']) {
      const on = { network: 'mainnet', nodeType, blobCustody: 'standard' } as const;
      const sizing = base.sizing({ ...on, client: 'base-reth-node', consensus: 'base-consensus' })?.value;
      const disk = client('base-reth-node').disk(on);
      const has = (instanceType(sizing?.instanceType ?? '')?.localNvmeGB ?? 0) / 1.0737;
      expect(sizing?.storage).toBe('instance-store');
      expect(has).toBeGreaterThan((disk?.today.value ?? 0) + 6 * (disk?.growthPerMonth.value ?? 0));
    }
  });

  test('it begins with what Base publishes, in many files', () => {
    const begins = (network: string, nodeType: string) =>
      client('base-reth-node').archive?.({ network, nodeType })?.value;
    expect(begins('mainnet', 'full')).toBe('base-reth-node download --chain=base --full --datadir=/data --resumable');
    expect(begins('sepolia', 'archive')).toContain('--chain=base-sepolia --archive');
  });
});
