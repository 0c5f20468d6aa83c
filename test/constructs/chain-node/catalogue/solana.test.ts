import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CHAINS,
  type ClientDefinition,
  choiceOf,
  everyProgram,
  flagName,
  instanceType,
  type NodeProgram,
  type Process,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';
import { solana } from '../../../../constructs/chain-node/catalogue/chains/solana';
import { builderName, nativePrograms } from '../../../../constructs/chain-node/programs';
import { renderRelease } from '../../../../constructs/chain-node/release';
import { type Files, GLOBAL, loadFiles, refusals } from '../../../environments/files';

const MEMORY_MIB = 300_000;
const COMMIT = '9ef63128134af559561f6a91a641ec01e665c70d';

const AGAVE = { chain: solana, network: 'mainnet', client: 'agave', p2p: 'public' } as const satisfies NodeProgram;
const node = (change: Partial<NodeProgram> = {}): readonly [Process, Process] =>
  processesOf({ ...AGAVE, ...change }, MEMORY_MIB) as unknown as readonly [Process, Process];
const client = (id: string): ClientDefinition => choiceOf(solana, id)?.client as ClientDefinition;
const NODES = everyProgram(solana).map((program) => ({
  program,
  network: program.network,
  processes: processesOf(program, MEMORY_MIB),
}));

/** One environment that runs these nodes of Solana. */
const running = (settings: string): Files => ({
  'global.yml': GLOBAL.slice(0, GLOBAL.indexOf('chains:')),
  'development/overrides.yml': `chains:\n  solana: { ${settings} }\nnetwork: { p2p: { mode: public } }\n`,
  'staging/overrides.yml': null,
  'production/overrides.yml': null,
});

const refused = (settings: string): string[] =>
  refusals(running(settings)).map((line) => line.replace(/^\S+ chains\.solana\./, ''));

const MAINNET = [
  '--identity=/data/identity.json',
  '--ledger=/data/ledger',
  '--accounts=/data/accounts',
  '--snapshots=/data/snapshots',
  '--log=-',
  '--entrypoint=entrypoint.mainnet-beta.solana.com:8001',
  '--entrypoint=entrypoint2.mainnet-beta.solana.com:8001',
  '--entrypoint=entrypoint3.mainnet-beta.solana.com:8001',
  '--entrypoint=entrypoint4.mainnet-beta.solana.com:8001',
  '--entrypoint=entrypoint5.mainnet-beta.solana.com:8001',
  '--known-validator=7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2',
  '--known-validator=GdnSyH3YtwcxFvQrVVJMm1JhTS4QVX7MFsX56uJLUfiZ',
  '--known-validator=DE1bawNcRJB9rVm3buyMVfr8mBEoyyu73NBovf2oXJsJ',
  '--known-validator=CakcnaRDHka2gXyfbEd2d3xsvkJkqsLw2akB3zsN1D2S',
  '--only-known-rpc',
  '--expected-genesis-hash=5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d',
  '--no-voting',
  '--full-rpc-api',
  '--enable-rpc-transaction-history',
  '--private-rpc',
  '--rpc-bind-address=0.0.0.0',
  '--rpc-port=8899',
  '--health-check-slot-distance=128',
  '--bind-address=0.0.0.0',
  '--gossip-port=8001',
  '--dynamic-port-range=8002-8031',
  '--no-xdp',
  '--wal-recovery-mode=skip_any_corrupted_record',
  '--limit-blockstore-size',
];

test('Solana is a chain that YAML can name', () => {
  expect(CHAINS).toContain(solana);
});

describe('arguments', () => {
  test('of a node that peers reach', () => {
    const [agave, exporter] = node();
    expect(agave.program).toEqual(['agave-validator']);
    expect(agave.arguments).toEqual(MAINNET);
    expect(exporter.program).toEqual(['/app']);
    expect(exporter.arguments).toEqual([
      '--rpc-url=http://127.0.0.1:8899',
      '--listen-address=0.0.0.0:8080',
      '--light-mode',
    ]);
  });

  test('of jito-solana: the same, no block engine, and the older limit for its older release', () => {
    const [jito] = node({ client: 'jito-solana' });
    expect(jito.arguments).toEqual([...MAINNET.slice(0, -1), '--limit-ledger-size']);
    const [newer] = node({ client: 'jito-solana', network: 'testnet' });
    expect(newer.arguments.at(-1)).toBe('--limit-blockstore-size');
  });

  test('of the local network: RPC is open by itself, and with --bind-address=0.0.0.0 the program would panic', () => {
    const [local, exporter] = node({ network: 'local' });
    expect(local.program).toEqual(['solana-test-validator']);
    expect(local.arguments).toEqual([
      '--ledger=/data/ledger',
      '--log',
      '--rpc-port=8899',
      '--bind-address=127.0.0.1',
      '--gossip-port=8001',
      '--dynamic-port-range=8002-8031',
      '--faucet-port=9900',
    ]);
    expect(local.arguments).not.toContain('--reset');
    expect(exporter.after).toEqual(['solana-test-validator']);
  });

  test('name entrypoints, validators and genesis of their own network', () => {
    const values = (network: string, flag: string): string[] =>
      node({ network })[0].arguments.flatMap((argument) =>
        typeof argument === 'string' && argument.startsWith(`${flag}=`) ? [argument.slice(flag.length + 1)] : [],
      );
    expect(values('testnet', '--entrypoint')).toEqual([
      'entrypoint.testnet.solana.com:8001',
      'entrypoint2.testnet.solana.com:8001',
      'entrypoint3.testnet.solana.com:8001',
    ]);
    expect(values('devnet', '--entrypoint').at(-1)).toBe('entrypoint5.devnet.solana.com:8001');
    expect(values('testnet', '--known-validator')).toHaveLength(5);
    expect(values('devnet', '--known-validator').every((validator) => validator.startsWith('dv'))).toBe(true);
    expect(values('testnet', '--expected-genesis-hash')).toEqual(['4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY']);
    expect(values('devnet', '--expected-genesis-hash')).toEqual(['EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG']);
  });

  test('are known to their programs, by the tables of flags', () => {
    const folder = join(__dirname, 'flags');
    const tables = readdirSync(folder)
      .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
      .filter(({ of }) => of.some((name: string) => name.startsWith('solana/')));
    const known = (process: string): readonly string[] | undefined =>
      tables.find(({ of }) => of.includes(`solana/${process}`))?.flags;
    const unknown = NODES.flatMap(({ processes }) =>
      processes.flatMap(({ name, arguments: given }) =>
        given
          .map((argument) => flagName(argument) ?? '')
          .filter((flag) => !known(name)?.includes(flag))
          .map((flag) => `${name} ${flag}`),
      ),
    );
    expect(unknown).toEqual([]);
    for (const { flags } of tables) expect(flags).toEqual([...new Set(flags)].sort());
  });

  test('follow the level of logs, without a line for every measurement', () => {
    const levels = (['error', 'info', 'debug'] as const).map((logLevel) =>
      node({ logLevel }).map(({ environment }) => environment),
    );
    expect(levels).toEqual([
      [{ RUST_LOG: 'error' }, { LOG_LEVEL: 'error' }],
      [{ RUST_LOG: 'solana=info,agave=info,solana_metrics=warn' }, { LOG_LEVEL: 'warn' }],
      [{ RUST_LOG: 'solana=debug,agave=debug,solana_metrics=warn' }, { LOG_LEVEL: 'debug' }],
    ]);
  });
});

describe('surprises', () => {
  test("no node calls itself unhealthy for one slot, as with AWS's --health-check-slot-distance=0", () => {
    const distances = NODES.filter(({ network }) => network !== 'local').flatMap(({ processes }) =>
      processes[0]?.arguments.filter((argument) => flagName(argument) === '--health-check-slot-distance'),
    );
    expect(new Set(distances)).toEqual(new Set(['--health-check-slot-distance=128']));
  });

  test('nobody publishes the validator: it is built from a commit, by the toolchain that the commit names', () => {
    expect(node()[0].source).toEqual({
      kind: 'build',
      name: 'agave',
      version: 'v4.4.0',
      repository: 'https://github.com/anza-xyz/agave',
      commit: COMMIT,
      packages: [
        'build-essential',
        'clang',
        'cmake',
        'libclang-dev',
        'libprotobuf-dev',
        'libssl-dev',
        'libudev-dev',
        'llvm',
        'pkg-config',
        'protobuf-compiler',
        'rustup',
        'zlib1g-dev',
      ],
      commands: [
        'rustup toolchain install --profile minimal "$(sed -n \'s/^channel = "\\(.*\\)"$/\\1/p\' rust-toolchain.toml)"',
        './cargo build --release --locked --package agave-validator --package solana-keygen --bin agave-validator --bin solana-keygen --bin solana-test-validator',
      ],
      outputs: [
        'target/release/agave-validator',
        'target/release/solana-keygen',
        'target/release/solana-test-validator',
      ],
    });
  });

  test('the local network runs what is built for the others', () => {
    expect(node({ network: 'local' })[0].source).toEqual(node()[0].source);
  });

  test('XDP, on by default since 4.2, is off; no process has a capability', () => {
    const processes = NODES.flatMap((one) => one.processes);
    expect(processes.filter(({ host }) => host?.capabilities)).toEqual([]);
    const validators = NODES.filter(({ network }) => network !== 'local').map((one) => one.processes[0]);
    expect(validators.every((process) => process?.arguments.includes('--no-xdp'))).toBe(true);
  });

  test('it handles no signal, and is asked to exit, which waits for it', () => {
    expect(node()[0].stop).toEqual({
      signal: 'SIGTERM',
      graceSeconds: 300,
      before: ['agave-validator', '--ledger=/data/ledger', 'exit', '--force'],
    });
  });

  test('it does not start without these limits of the kernel', () => {
    expect(node()[0].host).toEqual({
      sysctls: { 'net.core.rmem_max': '134217728', 'net.core.wmem_max': '134217728', 'vm.max_map_count': '1000000' },
      openFiles: 1_000_000,
      lockedMemory: 2_000_000_000,
    });
  });

  test('it has no metrics; the exporter beside it has, and is made for x86_64 alone', () => {
    const [agave, exporter] = node();
    expect(agave.metrics).toBeUndefined();
    expect(exporter.after).toEqual(['agave']);
    // It ends until the RPC answers, which is when a snapshot has arrived.
    expect([exporter.waits, agave.waits]).toEqual([true, undefined]);
    expect(exporter.metrics?.names).toMatchObject({
      headSlot: 'solana_node_slot_height',
      slotsBehind: 'solana_node_num_slots_behind',
    });
    expect(solana.clients.map((choice) => choice.client.architectures)).toEqual([['x86_64'], ['x86_64']]);
  });

  test('ports of peers are a range whose end its flag does not count, and one of TCP', () => {
    expect(node()[0].ports.map(({ number, protocol, audience }) => [number, protocol, audience])).toEqual([
      [8001, 'tcp', 'internet'],
      [8001, 'udp', 'internet'],
      [{ from: 8002, to: 8030 }, 'udp', 'internet'],
      [8899, 'tcp', 'clients'],
      [8900, 'tcp', 'clients'],
    ]);
  });

  test('peers know it by a key that is made once and kept', () => {
    const [agave] = node();
    expect(agave.identity).toEqual(['/data/identity.json']);
    expect(agave.prepare).toEqual([
      {
        name: 'identity',
        program: ['solana-keygen', 'new'],
        arguments: ['--no-bip39-passphrase', '--silent', '--outfile=/data/identity.json'],
        unless: '/data/identity.json',
      },
    ]);
  });

  test('blocks have no fixed pace while slots become shorter', () => {
    expect(solana.networks.filter(({ blockSeconds }) => blockSeconds !== undefined)).toEqual([]);
  });

  test('what is pinned is too old for each public network, and says so', () => {
    const { warnings } = loadFiles(running('networks: [mainnet, testnet, devnet], clients: [agave]'));
    expect(warnings.map(({ message }) => message).filter((message) => message.includes('cannot follow'))).toEqual([
      'solana-mainnet-agave: agave v4.4.0 cannot follow feature gate 8whkDenELnfwYLirBc4Wb4H2Z1z5K7tiykpdxJS7cWg1 (2026-11-06), which needs v4.4.1 or newer',
      'solana-testnet-agave: agave v4.4.0 cannot follow the feature gates of Agave 4.5 (2026-11-19), which needs v4.5.0 or newer',
      'solana-devnet-agave: agave v4.4.0 cannot follow the feature gates of Agave 4.5 (2026-11-19), which needs v4.5.0 or newer',
    ]);
  });
});

describe('versions', () => {
  test('are those whose commit is pinned', () => {
    for (const { client: one } of solana.clients) {
      const pinned = one.versions?.map((version) => {
        const [process] = one.processes({
          ...contextOf(one),
          version,
        });
        return process?.source.kind === 'build' ? process.source.commit : '';
      });
      expect(pinned?.every((commit) => /^[0-9a-f]{40}$/.test(commit))).toBe(true);
      for (const network of one.networks) expect(one.versions).toContain(one.version(network).value);
    }
  });

  test('may be given with their commit', () => {
    const later = 'f'.repeat(40);
    const [agave] = node({ versions: { agave: `v4.4.1@${later}` } });
    expect(agave.source).toMatchObject({ version: 'v4.4.1', commit: later });
    expect(nativePrograms([agave], 'x86_64').map(({ key }) => key)).toEqual(['agave-v4.4.1-ffffffffffff-x86_64']);
  });

  test('in YAML as well', () => {
    const later = `v4.4.1@${'f'.repeat(40)}`;
    const version = (given: string) => `networks: [mainnet], clients: [agave], version: { agave: "${given}" }`;
    expect(refused(version(later))).toEqual([]);
    expect(refused(version('v4.4.1'))).toEqual([
      'version.agave: "v4.4.1" is not a version of agave whose commit is pinned; use v4.4.0, or a tag of at most 26 characters with its commit, such as v4.4.0@<40 hexadecimal digits>',
    ]);
  });

  test('and others are refused', () => {
    const set = (version: string) => () => node({ versions: { agave: version } });
    const unknown = (version: string) =>
      new Error(`no commit of agave ${version} is pinned; use v4.4.0, or give <tag>@<commit> with all 40 digits`);
    expect(set('v4.4.1')).toThrow(unknown('v4.4.1'));
    expect(set('v4.4.1@9ef6312')).toThrow(unknown('v4.4.1@9ef6312'));
    expect(set('constructor')).toThrow(unknown('constructor'));
  });

  test('give names that a role can have', () => {
    const names = NODES.flatMap(({ processes }) => nativePrograms(processes, 'x86_64')).map((program) =>
      builderName('development', program),
    );
    expect(names.filter((name) => name.length > 64)).toEqual([]);
  });

  const contextOf = (one: ClientDefinition) => ({
    network: solana.networks[0] as (typeof solana.networks)[number],
    nodeType: 'full',
    p2p: 'public' as const,
    logLevel: 'info' as const,
    blobCustody: 'standard' as const,
    ipc: false,
    options: [],
    optionSettings: {},
    memoryMiB: MEMORY_MIB,
    siblings: [],
    version: one.versions?.[0] ?? '',
  });
});

describe('what is refused', () => {
  test('containers and network disks, for live networks', () => {
    expect(refused('networks: [mainnet], clients: [agave], hosting: kubernetes')).toEqual([
      'hosting: "kubernetes" cannot be used: cannot run in a container on a live network, where its makers do not support it; use instance (docs.anza.xyz/operations/requirements, 2025-11-17)',
    ]);
    expect(refused('networks: [testnet], clients: [jito-solana], storage: ebs, volume: { size: 3 TiB }')).toEqual([
      'storage: solana-testnet-jito-solana: jito-solana cannot keep up on a network disk, its makers ask for NVMe disks; use instance-store (docs.anza.xyz/operations/requirements, 2025-11-17)',
    ]);
    expect(refused('networks: [local], clients: [agave], storage: ebs')).toEqual([]);
  });

  test('closed ports, behind which a node hears nothing', () => {
    expect(refused('networks: [devnet], clients: [agave], p2p: { mode: outbound }')).toEqual([
      'p2p.mode: solana-devnet-agave: agave cannot follow its chain behind closed ports, blocks are sent to it by its peers; set p2p.mode: public (docs.anza.xyz/operations/requirements, 2025-11-17)',
    ]);
  });

  test('Firedancer, which takes its host as root', () => {
    expect(refused('networks: [mainnet], clients: [firedancer]')).toEqual([
      'clients[0]: "firedancer" cannot be used: firedancer starts as root and reserves memory of its host, which no process of a node may; use agave (aws-blockchain-node-runners, blueprints/solana/README.md)',
    ]);
    expect(Object.keys(solana.retired)).toContain('frankendancer');
  });

  test('names that others use', () => {
    expect(refused('networks: [mainnet-beta], clients: [agave]')).toEqual([
      'networks[0]: "mainnet-beta" cannot be used: the main network is called mainnet here',
    ]);
    expect(refused('networks: [devnet], clients: [jito-solana]')).toEqual([
      'clients[0]: jito-solana does not follow devnet (Jito has nothing there; use agave); set nodes.devnet-jito-solana to null, or list another client',
    ]);
  });

  test('a network whose entrypoints nobody knows', () => {
    const chain = { ...solana, networks: [{ id: 'other', kind: 'public' as const, identity: 'x', forks: [] }] };
    expect(() => processesOf({ ...AGAVE, chain, network: 'other' }, MEMORY_MIB)).toThrow(
      new Error('no entrypoints of other are known; there are mainnet, testnet, devnet'),
    );
  });
});

describe('hardware', () => {
  test('is of local disks, with room for half a year, and of the right processor', () => {
    const wrong = solana.networks.flatMap(({ id }) => {
      const on = { network: id, client: 'agave', nodeType: 'full', blobCustody: 'standard' } as const;
      const sizing = solana.sizing(on)?.value;
      const hardware = instanceType(sizing?.instanceType ?? '');
      if (!sizing || !hardware) return [`${id}: no hardware`];
      if (hardware.architecture !== 'x86_64') return [`${id}: ${hardware.architecture}`];
      if (id === 'local') return sizing.storage === 'ebs' ? [] : ['local: on local disks'];
      const disk = client('agave').disk(on);
      const needed = (disk?.today.value ?? Number.NaN) + 6 * (disk?.growthPerMonth.value ?? Number.NaN);
      return sizing.storage === 'instance-store' && hardware.localNvmeGB / 1.0737 >= needed ? [] : [`${id}: ${needed}`];
    });
    expect(wrong).toEqual([]);
  });

  test('is not known for other node types', () => {
    const on = { network: 'mainnet', client: 'agave', nodeType: 'archive', blobCustody: 'standard' } as const;
    expect(solana.sizing(on)).toBeUndefined();
    expect(client('agave').disk({ ...on, network: 'local' })).toBeUndefined();
  });

  test('a new node gets its data by itself, but not on the local network', () => {
    expect(client('agave').archive?.({ network: 'mainnet', nodeType: 'full' })?.value).toBe(
      'comes by itself, from the known validators of the network',
    );
    expect(client('agave').archive?.({ network: 'local', nodeType: 'full' })).toBeUndefined();
  });
});

describe('health', () => {
  const health = (network: string) =>
    client('agave').health(solana.networks.find(({ id }) => id === network) as (typeof solana.networks)[number]);

  test('of a live network: the genesis, and the time in the newest block', () => {
    const { identity, head, progress } = health('devnet');
    expect(identity).toMatchObject({
      process: 'agave',
      port: 'rpc',
      expect: 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG',
    });
    expect(JSON.parse(head.body ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'getAccountInfo',
      params: ['SysvarC1ock11111111111111111111111111111111', { encoding: 'jsonParsed', commitment: 'confirmed' }],
    });
    expect(head).toMatchObject({ yields: 'block', maximumAgeSeconds: 60 });
    expect(JSON.parse(progress?.body ?? '').method).toBe('getSlot');
  });

  test('of the local network: what it says itself, and no genesis, which is made anew with each ledger', () => {
    const { identity, head } = health('local');
    expect(identity).toBeUndefined();
    expect(head).toMatchObject({ process: 'solana-test-validator', yields: 'slotsBehind', maximumSlots: 128 });
    expect(JSON.parse(head.body ?? '').method).toBe('getHealth');
  });
});

test('a node is units and a compose file side by side, with its health', () => {
  const release = renderRelease(AGAVE, {
    environment: 'development',
    region: 'eu-central-1',
    group: 'solana',
    node: 'solana-mainnet-agave',
    architecture: 'x86_64',
    memoryGiB: 384,
    upstreams: {},
    journal: { rotationSeconds: 3600, retentionSeconds: 86_400 },
  });
  const names = [...release.ownFiles.keys()];
  expect(names).toEqual([
    'compose.yml',
    'health.json',
    'node.env',
    'programs',
    'system/journald.conf',
    'system/sysctl.conf',
    'units/chain-node-process-agave-identity.service',
    'units/chain-node-process-agave.service',
  ]);
  expect(release.files.get('compose.yml')).toContain('image: ghcr.io/asymmetric-research/solana-exporter:v3.0.2');
  expect(release.files.get('units/chain-node-process-agave.service')).toContain('LimitMEMLOCK=2000000000\n');
  expect(release.files.get('node.env')).toContain("IDENTITY_FILES='data/mainnet/agave/identity.json'\n");
});
