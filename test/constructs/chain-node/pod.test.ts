import fc from 'fast-check';
import { type PodContext, renderPod, TOOLS_IMAGE } from '../../../constructs/chain-node';
import {
  arbitrum,
  type ChainDefinition,
  ethereum,
  type NodeProgram,
  optimism,
  type Process,
  polygon,
  processesOf,
  solana,
} from '../../../constructs/chain-node/catalogue';
import type { Json } from '../../project';

/** A node as values of its chart. */

const GETH: NodeProgram = { chain: ethereum, network: 'sepolia', client: 'geth' };
const OP_RETH: NodeProgram = { chain: optimism, network: 'sepolia', client: 'op-reth' };
const NITRO: NodeProgram = { chain: arbitrum, network: 'sepolia', client: 'nitro' };
const BOR: NodeProgram = { chain: polygon, network: 'amoy', client: 'bor' };

const BALANCED = { by: 'load-balancer', address: '192.0.2.1' } as const;

const context = (change: Partial<PodContext> = {}): PodContext => ({
  environment: 'test',
  node: 'n',
  group: 'g',
  resources: { cpu: 4, memoryMiB: 16_384 },
  sizeGiB: 100,
  upstreams: { 'ethereum.rpc': { url: 'http://l1.test:8545' }, 'ethereum.beacon': { url: 'http://l1.test:5052' } },
  bootstrap: { from: 'empty' },
  exposure: { by: 'none' },
  toolsImage: TOOLS_IMAGE,
  serviceMonitor: false,
  ...change,
});

const values = (program: NodeProgram, change: Partial<PodContext> = {}): Json =>
  renderPod(program, context(change)).values;
const processOf = (rendered: Json, name: string): Json =>
  rendered.processes.find((process: Json) => process.name === name);

/** Ethereum, its execution client's process changed: what no client of the catalogue says. */
const changed = (change: Partial<Process>): NodeProgram => {
  const [first, ...others] = ethereum.clients;
  if (!first) throw new Error('ethereum has no client');
  const { client } = first;
  const chain: ChainDefinition = {
    ...ethereum,
    clients: [
      {
        ...first,
        client: { ...client, processes: (asked) => client.processes(asked).map((one) => ({ ...one, ...change })) },
      },
      ...others,
    ],
  };
  return { chain, network: 'sepolia', client: client.id };
};

describe('an argument', () => {
  test('keeps the beginning of what Kubernetes would take for a variable', () => {
    const extraArguments = { geth: ['--identity=$(HOME)', '--a=$$(x)', '--b=${Y}', '--c=$Z ( )'] };
    expect(processOf(values({ ...GETH, extraArguments }), 'geth').arguments.slice(-4)).toEqual([
      '--identity=$$(HOME)',
      '--a=$$$(x)',
      '--b=${Y}',
      '--c=$Z ( )',
    ]);
  });

  test('that is an address of the layer 1 is written out', () => {
    const upstreams = { 'ethereum.rpc': { url: 'http://l1.test/$(k)' }, 'ethereum.beacon': { url: 'http://l1.test' } };
    const rendered = values(OP_RETH, { upstreams });
    expect(processOf(rendered, 'op-node').arguments).toContain('--l1=http://l1.test/$$(k)');
    expect(rendered.secrets).toEqual({});
  });

  test('of a program, of a variable and of a preparation as well', () => {
    const rendered = values(
      changed({
        program: ['/bin/$(p)'],
        environment: { FIXED: '$(1)', LATER: ['$(2) ', { host: 'public-ip' }] },
        prepare: [{ name: 'home', program: ['sh'], arguments: ['-c', '$(3)'], unless: '/data/$(4)' }],
      }),
      { exposure: BALANCED },
    );
    const { command, environment, prepare } = processOf(rendered, 'geth');
    expect(command).toEqual(['/bin/$$(p)']);
    expect(environment).toEqual([
      { name: 'PUBLIC_IP', value: '192.0.2.1' },
      { name: 'FIXED', value: '$$(1)' },
      { name: 'LATER', value: '$$(2) $(PUBLIC_IP)' },
    ]);
    expect(prepare).toEqual([{ name: 'home', command: ['sh', '-c', '$$(3)'], unless: '/data/$$(4)' }]);
  });
});

describe('the address that peers are told', () => {
  const told = (exposure: PodContext['exposure']): Json => {
    const { arguments: words, environment } = processOf(values({ ...GETH, p2p: 'public' }, { exposure }), 'geth');
    return [words.at(-1), environment];
  };

  test('is that of the machine', () => {
    expect(told({ by: 'host-port' })).toEqual([
      '--nat=extip:$(PUBLIC_IP)',
      [{ name: 'PUBLIC_IP', field: 'status.hostIP' }],
    ]);
  });

  test('is that of the load balancer', () => {
    expect(told(BALANCED)).toEqual(['--nat=extip:$(PUBLIC_IP)', [{ name: 'PUBLIC_IP', value: '192.0.2.1' }]]);
  });

  test('must be one', () => {
    expect(() => told({ by: 'none' })).toThrow(
      'n: peers are let in, and nothing says how they reach it; give expose, or p2p outbound',
    );
  });

  test('stands before the variables that hold it', () => {
    const { environment } = processOf(values({ ...BOR, p2p: 'public' }, { exposure: BALANCED }), 'heimdall');
    const names = environment.map(({ name }: Json) => name);
    expect(names[0]).toBe('PUBLIC_IP');
    expect(environment).toContainEqual({ name: 'HEIMDALLD_P2P_EXTERNAL_ADDRESS', value: '$(PUBLIC_IP):26656' });
  });

  test('opens the ports of its machine for peers alone, and by no other way', () => {
    const opened = (exposure: PodContext['exposure']): number[] =>
      values({ ...GETH, p2p: 'public' }, { exposure }).processes.flatMap(({ ports }: Json) =>
        ports.flatMap(({ number, hostPort }: Json) => (hostPort ? [number] : [])),
      );
    expect(opened({ by: 'host-port' })).toEqual([30_303, 30_303, 9000, 9000, 9001]);
    expect(opened(BALANCED)).toEqual([]);
  });
});

describe('files that processes are given', () => {
  const BDN: NodeProgram = { chain: ethereum, network: 'mainnet', client: 'geth', options: ['bdn-gateway'] };
  const secrets = { 'bdn-certificate.pem': 'prod/bdn/certificate', 'bdn-key.pem': 'prod/bdn/key' };

  test('of a store have names of the node, and are made for the process that reads them', () => {
    const store = { region: 'eu-central-1', role: 'arn:aws:iam::012345678901:role/x' };
    const rendered = values(BDN, { secrets, secretStore: store });
    expect(rendered.given).toEqual([
      { file: 'bdn-certificate.pem', name: 'n-bdn-certificate-pem', remote: 'prod/bdn/certificate' },
      { file: 'bdn-key.pem', name: 'n-bdn-key-pem', remote: 'prod/bdn/key' },
    ]);
    expect(rendered.secretNames).toEqual(['jwt']);
    expect(processOf(rendered, 'bdn-gateway')).toMatchObject({ given: Object.keys(secrets), secrets: [], waits: true });
    for (const key of ['given', 'waits']) expect(processOf(rendered, 'geth')).not.toHaveProperty(key);
  });

  test('of the cluster have their own names, which must be some', () => {
    const own = { 'bdn-certificate.pem': 'bdn-account', 'bdn-key.pem': 'bdn-account' };
    expect(values(BDN, { secrets: own }).given).toEqual([
      { file: 'bdn-certificate.pem', name: 'bdn-account', remote: 'bdn-account' },
      { file: 'bdn-key.pem', name: 'bdn-account', remote: 'bdn-account' },
    ]);
    expect(() => values(BDN, { secrets })).toThrow(/"prod\/bdn\/certificate" is not the name of a Kubernetes secret/);
    expect(() => values(BDN)).toThrow('n: bdn-gateway reads the secret bdn-certificate.pem; give its name in secrets');
  });

  test('are none of a node without such a process', () => {
    expect(values(GETH)).not.toHaveProperty('given');
  });

  test('and a port for certain addresses is refused', () => {
    const agave: NodeProgram = { chain: solana, network: 'mainnet', client: 'agave', options: ['shredstream-proxy'] };
    const optionSettings = { 'shredstream-proxy': { regions: ['ny'] } };
    const proxy = processesOf({ ...agave, optionSettings }, 16_384).find(({ name }) => name === 'shredstream-proxy');
    const beside = changed({
      ports: [...(processesOf(GETH, 16_384)[0]?.ports ?? []), ...(proxy?.ports.slice(0, 1) ?? [])],
    });
    expect(() => values(beside)).toThrow(
      'n: geth lets certain addresses alone in at shreds, which a pod does not tell apart; run the node on an instance',
    );
  });
});

describe('secrets of a layer 1', () => {
  const upstreams = { 'ethereum.rpc': { secret: 'L1/rpc' }, 'ethereum.beacon': { secret: 'L1/beacon' } };

  test('of a store have names of the node', () => {
    const store = { region: 'eu-central-1', role: 'arn:aws:iam::012345678901:role/x' };
    const rendered = values(NITRO, { upstreams, secretStore: store });
    expect(rendered.secrets).toEqual({ 'n-ethereum-rpc': 'L1/rpc', 'n-ethereum-beacon': 'L1/beacon' });
    expect(rendered.secretStore).toEqual(store);
    expect(processOf(rendered, 'nitro').environment).toEqual(
      expect.arrayContaining([
        { name: 'ETHEREUM_RPC', secret: 'n-ethereum-rpc' },
        { name: 'NITRO_PARENT__CHAIN_CONNECTION_URL', value: '$(ETHEREUM_RPC)' },
      ]),
    );
  });

  test('of the cluster have their own, and no store', () => {
    const own = { 'ethereum.rpc': { secret: 'l1-rpc' }, 'ethereum.beacon': { secret: 'l1.beacon' } };
    const rendered = values(NITRO, { upstreams: own });
    expect(rendered.secrets).toEqual({ 'l1-rpc': 'l1-rpc', 'l1.beacon': 'l1.beacon' });
    expect(rendered).not.toHaveProperty('secretStore');
    expect(() => values(NITRO, { upstreams })).toThrow(
      'n: "L1/rpc" is not the name of a Kubernetes secret; use lower-case letters, digits, - and .',
    );
  });

  test('that are missing are named', () => {
    expect(() => values(NITRO, { upstreams: {} })).toThrow(
      'n needs the rpc API of ethereum; give it in upstreams as "ethereum.rpc"',
    );
  });
});

describe('cores and memory', () => {
  const sum = (rendered: Json, of: (resources: Json) => string | undefined): number =>
    rendered.processes.reduce(
      (total: number, { resources }: Json) => total + Number.parseInt(of(resources) ?? '0', 10),
      0,
    );

  test('are shared by weight', () => {
    const resources = { cpu: 4, cpuLimit: 8, memoryMiB: 16_384, memoryRequestMiB: 8192 };
    expect(values(GETH, { resources }).processes.map(({ resources: own }: Json) => own)).toEqual([
      { requests: { cpu: '2400m', memory: '4915Mi' }, limits: { memory: '9830Mi', cpu: '4800m' } },
      { requests: { cpu: '1599m', memory: '3276Mi' }, limits: { memory: '6553Mi', cpu: '3199m' } },
    ]);
  });

  test('come to no more than was asked for, and nearly to all of it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(GETH, NITRO, BOR, OP_RETH),
        fc.integer({ min: 2, max: 1920 }),
        fc.integer({ min: 2048, max: 1_048_576 }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        (program, tenths, memoryMiB, part) => {
          const cpu = tenths / 10;
          const memoryRequestMiB = Math.max(1024, Math.floor(memoryMiB * part));
          const rendered = values(program, { resources: { cpu, cpuLimit: cpu * 2, memoryMiB, memoryRequestMiB } });
          const few = rendered.processes.length;
          const near = (given: number, asked: number): void => {
            expect(given).toBeLessThanOrEqual(asked + 1e-6);
            expect(given).toBeGreaterThan(asked - 2 * few - 1);
          };
          near(
            sum(rendered, ({ requests }) => requests.cpu),
            cpu * 1000,
          );
          near(
            sum(rendered, ({ limits }) => limits.cpu),
            cpu * 2000,
          );
          near(
            sum(rendered, ({ limits }) => limits.memory),
            memoryMiB,
          );
          near(
            sum(rendered, ({ requests }) => requests.memory),
            memoryRequestMiB,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('are all kept where nothing else is said, and cores have no limit', () => {
    for (const { resources } of values(GETH).processes) {
      expect(resources.requests.memory).toBe(resources.limits.memory);
      expect(resources.limits).not.toHaveProperty('cpu');
    }
  });
});

describe('what a pod cannot give is refused', () => {
  test.each([
    [
      'a native program',
      { chain: solana, network: 'testnet', client: 'agave', p2p: 'public' } as const,
      /^n: agave is a native program, and a pod runs images; run the node on an instance$/,
    ],
    [
      'a command before it stops',
      changed({ stop: { signal: 'SIGTERM', graceSeconds: 1, before: ['x'] } as never }),
      /^n: geth has a command to run before it stops, which a pod has not; run the node on an instance$/,
    ],
    [
      'capabilities',
      changed({ host: { capabilities: ['NET_ADMIN', 'SYS_NICE'] } as never }),
      /^n: geth needs NET_ADMIN, SYS_NICE, which restricted pods do not get; run the node on an instance$/,
    ],
    [
      'kernel settings',
      changed({ host: { sysctls: { 'net.core.rmem_max': '1' } } as never }),
      /^n: geth needs kernel settings, which belong to the machine; run the node on an instance$/,
    ],
    [
      'locked memory',
      changed({ host: { lockedMemory: 'unlimited' } as never }),
      /^n: geth needs locked memory, which the machine limits; run the node on an instance$/,
    ],
  ])('%s', (_, program, message) => {
    expect(() => values(program)).toThrow(message);
  });

  test('and nothing that is none', () => {
    expect(() => values(changed({ host: { capabilities: [], sysctls: {} } as never }))).not.toThrow();
  });
});

describe('the data of a new claim', () => {
  const from = (bootstrap: PodContext['bootstrap'], program = GETH): Json => values(program, { bootstrap });

  test('is a directory for each process, and nothing else where it begins empty', () => {
    const rendered = from({ from: 'empty' });
    expect(rendered.data).toEqual({ size: '100Gi', directories: ['data/sepolia/geth', 'data/sepolia/lighthouse'] });
    expect(rendered).not.toHaveProperty('bootstrap');
  });

  test('is a snapshot by its id', () => {
    const rendered = from({ from: 'snapshot', snapshotId: 'snap-0123456789abcdef0' });
    expect(rendered.data.snapshot).toBe('snap-0123456789abcdef0');
    expect(rendered).not.toHaveProperty('bootstrap');
  });

  test('is an archive in the directory of the client, with the files by which peers know a node left as they are', () => {
    expect(from({ from: 'url', url: 'https://x.test/a.tar' }).bootstrap).toEqual({
      url: 'https://x.test/a.tar',
      directory: 'data/sepolia/geth',
      identity: ['geth/nodekey'],
    });
  });

  test('is an archive elsewhere on the disk, with its sum, and no files of others', () => {
    const bootstrap = { from: 'url', url: 'https://x.test/a.tar', sha256: 'a'.repeat(64), strip: 2 } as const;
    expect(from({ ...bootstrap, directory: '/data/geth/chaindata' }).bootstrap).toEqual({
      url: 'https://x.test/a.tar',
      sha256: 'a'.repeat(64),
      strip: 2,
      directory: 'data/sepolia/geth/geth/chaindata',
      identity: [],
    });
    expect(() => from({ ...bootstrap, directory: '/elsewhere' })).toThrow(
      'n: "/elsewhere" is not on the data disk; bootstrap a path below one of /data',
    );
  });
});
