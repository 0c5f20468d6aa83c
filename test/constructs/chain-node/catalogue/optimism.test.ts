import {
  type Argument,
  type ClientDefinition,
  choiceOf,
  clientsIn,
  everyProgram,
  managedFlags,
  type NodeProgram,
  networkOf,
  optimism,
  type Process,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';

const MEMORY_MIB = 16_384;

const L1_RPC = { host: 'upstream', chain: 'ethereum', api: 'rpc' };
const L1_BEACON = { host: 'upstream', chain: 'ethereum', api: 'beacon' };

const node = (client: string, more: Partial<NodeProgram> = {}): NodeProgram => ({
  chain: optimism,
  network: 'mainnet',
  client,
  ...more,
});

const pair = (program: NodeProgram): readonly [Process, Process] =>
  processesOf(program, MEMORY_MIB) as readonly [Process, Process];

const client = (id: string): ClientDefinition =>
  clientsIn(optimism).find((candidate) => candidate.id === id) as ClientDefinition;

const opNodeArguments = (more: readonly Argument[] = []): readonly unknown[] => [
  '--network=op-mainnet',
  ['--l1=', L1_RPC],
  ['--l1.beacon=', L1_BEACON],
  '--l2=http://127.0.0.1:8551',
  '--l2.jwt-secret=/secrets/jwt',
  '--l2.enginekind=reth',
  '--syncmode=execution-layer',
  '--rpc.addr=127.0.0.1',
  '--rpc.port=9545',
  '--p2p.listen.ip=0.0.0.0',
  '--p2p.listen.tcp=9222',
  '--p2p.listen.udp=9222',
  ...more,
  '--p2p.priv.path=/data/p2p_priv.txt',
  '--p2p.peerstore.path=memory',
  '--p2p.discovery.path=/data/discovery',
  '--metrics.enabled',
  '--metrics.addr=0.0.0.0',
  '--metrics.port=7300',
  '--log.level=info',
  '--log.format=json',
];

describe('a node of the OP Stack', () => {
  test('is op-reth and then op-node, with exactly these arguments', () => {
    const [opReth, opNode] = pair(node('op-reth'));
    expect(opReth).toMatchObject({
      name: 'op-reth',
      program: ['/usr/local/bin/op-reth', 'node'],
      source: { image: 'us-docker.pkg.dev/oplabs-tools-artifacts/images/op-reth' },
      secrets: { jwt: 'made' },
    });
    expect(opReth.arguments).toEqual([
      '--datadir=/data',
      '--ipcdisable',
      '--chain=optimism',
      '--rollup.sequencer=https://mainnet-sequencer.optimism.io',
      '--rollup.disable-tx-pool-gossip',
      '--prune.minimum-distance=1296000',
      '--prune.receipts.distance=1296000',
      '--prune.account-history.distance=1296000',
      '--prune.storage-history.distance=1296000',
      '--log.stdout.format=json',
      '--log.stdout.filter=info',
      '--log.file.max-files=0',
      '--http',
      '--http.addr=0.0.0.0',
      '--http.port=8545',
      '--http.api=eth,net,web3,txpool,trace,rpc',
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
    expect(opNode).toMatchObject({ name: 'op-node', after: ['op-reth'], identity: ['/data/p2p_priv.txt'] });
    expect(opNode.arguments).toEqual(opNodeArguments());
  });

  test('tells peers where it is when they may connect in', () => {
    const [opReth, opNode] = pair(node('op-reth', { p2p: 'public' }));
    expect(opReth.arguments.at(-1)).toEqual(['--nat=extip:', { host: 'public-ip' }]);
    expect(opNode.arguments).toEqual(
      opNodeArguments([
        ['--p2p.advertise.ip=', { host: 'public-ip' }],
        '--p2p.advertise.tcp=9222',
        '--p2p.advertise.udp=9222',
      ]),
    );
  });

  test('may be nethermind instead, which op-node drives as its default, for it knows no kind of that name', () => {
    const [nethermind, opNode] = pair(node('nethermind'));
    expect(nethermind).toMatchObject({ name: 'nethermind', source: { image: 'nethermind/nethermind' } });
    expect(nethermind.arguments).toEqual(
      expect.arrayContaining(['--config=op-mainnet', '--JsonRpc.EngineHost=127.0.0.1', '--JsonRpc.EnginePort=8551']),
    );
    expect(opNode.arguments).toEqual(opNodeArguments());
  });

  test('on the testnet bears its names', () => {
    const [opReth, opNode] = pair(node('op-reth', { network: 'sepolia', nodeType: 'archive' }));
    expect(opReth.arguments).toEqual(
      expect.arrayContaining(['--chain=optimism_sepolia', '--rollup.sequencer=https://sepolia-sequencer.optimism.io']),
    );
    expect(opNode.arguments[0]).toBe('--network=op-sepolia');
    const [nethermind] = pair(node('nethermind', { network: 'sepolia' }));
    expect(nethermind.arguments).toContain('--config=op-sepolia');
  });

  test('reads a layer 1 that serves every blob, of the same name', () => {
    expect(optimism.networks.map(({ id, identity, l1 }) => [id, identity, l1])).toEqual([
      ['mainnet', '10', { chain: 'ethereum', network: 'mainnet', blobs: true }],
      ['sepolia', '11155420', { chain: 'ethereum', network: 'sepolia', blobs: true }],
    ]);
  });

  test('needs op-node beside a client that it knows', () => {
    const alone = { ...client('op-node') };
    const context = {
      network: networkOf(optimism, 'mainnet'),
      nodeType: 'full',
      version: 'v1.20.1',
      p2p: 'outbound',
      logLevel: 'info',
      blobCustody: 'standard',
      ipc: false,
      options: [],
      optionSettings: {},
      memoryMiB: 1024,
    } as const;
    const [stranger] = pair(node('op-reth'));
    const beside = { ...context, network: context.network as NonNullable<typeof context.network> };
    expect(() => alone.processes({ ...beside, siblings: [{ ...stranger, name: 'op-geth' }] })).toThrow(
      'op-node drives one execution client, and knows none of those beside it',
    );
  });
});

describe('what is known of the OP Stack', () => {
  test('op-geth is refused: it ended on 2026-05-31 and cannot follow Karst', () => {
    expect(choiceOf(optimism, 'op-geth')).toBeUndefined();
    expect(optimism.retired['op-geth']).toBe(
      'op-geth ended on 2026-05-31 and cannot follow Karst; use op-reth (release notes of op-node v1.19.1)',
    );
  });

  test('there is no development chain of one process', () => {
    expect(optimism.networks.every(({ kind }) => kind === 'public')).toBe(true);
    const { local, dev } = optimism.retired;
    expect(local).toContain('use supersim');
    expect(dev).toBe(local);
  });

  test('a full op-reth keeps 30 days, which --full does not; an archive keeps everything', () => {
    const prunes = (nodeType: string) =>
      pair(node('op-reth', { nodeType }))[0]
        .arguments.map(String)
        .filter((argument) => /^--(full|prune)/.test(argument));
    const depths = prunes('full').map((argument) => Number(argument.split('=')[1]));
    expect(depths.map((blocks) => (blocks * 2) / 86_400)).toEqual([30, 30, 30, 30]);
    expect(prunes('archive')).toEqual([]);
    expect(managedFlags(optimism, client('op-reth')).has('--full')).toBe(true);
  });

  test('op-reth refuses --minimal, and no way to run it has that', () => {
    expect(managedFlags(optimism, client('op-reth')).has('--minimal')).toBe(false);
  });

  test('Karst came to the testnet first, and Glamsterdam of its layer 1 needs a newer op-node', () => {
    const forks = optimism.networks.map(({ id, forks: own }) => [
      id,
      own.map(({ name, at, least }) => [name, at, least['op-node'], least['op-reth']]),
    ]);
    expect(forks).toEqual([
      ['mainnet', [['Karst', '2026-07-08T16:00:01Z', 'v1.19.1', 'v2.3.3']]],
      [
        'sepolia',
        [
          ['Karst', '2026-06-17T16:00:01Z', 'v1.19.1', 'v2.3.3'],
          ['Glamsterdam of Ethereum Sepolia', '2026-10-06T13:53:36Z', 'v1.19.5', 'v2.3.3'],
        ],
      ],
    ]);
  });

  test('health reads unsafe_l2: cross_unsafe_l2 is gone since op-node v1.19.6', () => {
    const network = networkOf(optimism, 'mainnet');
    const health = network && client('op-node').health(network);
    expect(JSON.stringify(health)).not.toContain('cross_unsafe');
    expect(health?.head).toMatchObject({ port: 'rollup', read: '.result.unsafe_l2 | [.number, .timestamp]' });
  });

  test('the API of op-node, which takes orders, is for siblings; no second copy of its key is kept', () => {
    const [, opNode] = pair(node('op-reth'));
    expect(opNode.ports.find(({ name }) => name === 'rollup')?.audience).toBe('siblings');
    expect(managedFlags(optimism, client('op-node')).has('--rpc.enable-admin')).toBe(true);
    expect(opNode.arguments).toContain('--p2p.peerstore.path=memory');
  });

  test('OP Mainnet begins with the snapshot of OP Labs; the testnet and nethermind need none', () => {
    const archive = (id: string, network: string) => client(id).archive?.({ network, nodeType: 'full' })?.value;
    expect(archive('op-reth', 'mainnet')).toBe('https://datadirs.optimism.io');
    expect(archive('op-reth', 'sepolia')).toBeUndefined();
    expect(archive('nethermind', 'mainnet')).toContain('by itself');
  });

  test('nethermind runs full nodes alone', () => {
    const types = everyProgram(optimism).map((program) => `${program.client} ${program.nodeType}`);
    expect([...new Set(types)].sort()).toEqual(['nethermind full', 'op-reth archive', 'op-reth full']);
  });
});
