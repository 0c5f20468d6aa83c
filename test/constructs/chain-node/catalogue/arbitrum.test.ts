import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  arbitrum,
  type ClientDefinition,
  everyProgram,
  instanceType,
  managedFlags,
  type NodeProgram,
  networkOf,
  type Process,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';

const MEMORY_MIB = 65_536;

const L1_RPC = { host: 'upstream', chain: 'ethereum', api: 'rpc' };
const L1_BEACON = { host: 'upstream', chain: 'ethereum', api: 'beacon' };

const node = (more: Partial<NodeProgram> = {}): readonly Process[] =>
  processesOf({ chain: arbitrum, network: 'mainnet', client: 'nitro', ...more }, MEMORY_MIB);

const nitroOf = (more: Partial<NodeProgram> = {}): Process =>
  node(more).find(({ name }) => name === 'nitro') as Process;

const nitro = arbitrum.clients[0]?.client as ClientDefinition;

const health = (id: string) => nitro.health(networkOf(arbitrum, id) as NonNullable<ReturnType<typeof networkOf>>);

/** What every node of Nitro is given, after what its network is followed by. */
const EVERYWHERE = [
  '--conf.env-prefix=NITRO',
  '--persistent.chain=/data',
  '--persistent.global-config=/data',
  '--validation.wasm.allowed-wasm-module-roots=/home/user/nitro-legacy/machines,/home/user/target/machines',
  '--node.resource-mgmt.mem-free-limit=3276MB',
  '--http.addr=0.0.0.0',
  '--http.port=8547',
  '--http.api=net,web3,eth,arb',
  '--http.vhosts=*',
  '--ws.addr=0.0.0.0',
  '--ws.port=8548',
  '--ws.api=net,web3,eth,arb',
  '--ws.origins=*',
  '--metrics',
  '--metrics-server.addr=0.0.0.0',
  '--metrics-server.port=6070',
  '--log-level=INFO',
  '--log-type=json',
  '--file-logging.enable=false',
];

describe('a node of Arbitrum', () => {
  test('is nitro alone, with exactly these arguments', () => {
    const [process, ...others] = node();
    expect(others).toEqual([]);
    expect(process).toMatchObject({
      name: 'nitro',
      source: { kind: 'image', image: 'offchainlabs/nitro-node', version: 'v3.12.4-960ca0a' },
      program: ['/usr/local/bin/nitro'],
      directories: { '/data': 'nitro' },
      environment: { HOME: '/data', GOMEMLIMIT: '57104MiB', MALLOC_ARENA_MAX: '2' },
    });
    expect(process?.arguments).toEqual([
      '--chain.id=42161',
      '--init.latest=pruned',
      '--execution.caching.archive=false',
      '--node.staker.enable=false',
      ...EVERYWHERE,
    ]);
  });

  test('is told where layer 1 is by its environment: its command line stands in its metrics, for all who may read them', () => {
    for (const network of ['mainnet', 'nova', 'sepolia']) {
      const { arguments: given, environment } = nitroOf({ network });
      expect(given.filter((argument) => typeof argument !== 'string')).toEqual([]);
      expect(given).toContain('--conf.env-prefix=NITRO');
      expect(environment).toMatchObject({
        NITRO_PARENT__CHAIN_CONNECTION_URL: [L1_RPC],
        NITRO_PARENT__CHAIN_BLOB__CLIENT_BEACON__URL: [L1_BEACON],
      });
    }
    const managed = managedFlags(arbitrum, nitro);
    expect(managed.has('--parent-chain.connection.url')).toBe(true);
    expect(managed.has('--parent-chain.blob-client.beacon-url')).toBe(true);
  });

  test('names variables that nitro makes flags of: two underscores are a dash, one is a dot', () => {
    const { flags } = JSON.parse(readFileSync(join(__dirname, 'flags', 'nitro.json'), 'utf8'));
    const variables = [nitroOf(), nitroOf({ network: 'local' })].flatMap(({ environment = {} }) =>
      Object.keys(environment).filter((name) => name.startsWith('NITRO_')),
    );
    const made = variables.map(
      (name) => `--${name.replace('NITRO_', '').toLowerCase().replaceAll('__', '-').replaceAll('_', '.')}`,
    );
    expect(made).toEqual(['--parent-chain.connection.url', '--parent-chain.blob-client.beacon-url', '--http.api']);
    expect(flags).toEqual(expect.arrayContaining(made));
  });

  test('takes no settings from elsewhere: no file, no text, nothing that lies in S3', () => {
    const { flags } = JSON.parse(readFileSync(join(__dirname, 'flags', 'nitro.json'), 'utf8'));
    const managed = managedFlags(arbitrum, nitro);
    const open = flags.filter((flag: string) => flag.startsWith('--conf.') && !managed.has(flag));
    expect(open).toEqual(['--conf.dump', '--conf.reload-interval']);
  });

  test('as an archive keeps its state by path, and takes no archive by hash, which ended in May 2024', () => {
    expect(nitroOf({ nodeType: 'archive', network: 'sepolia' }).arguments).toEqual([
      '--chain.id=421614',
      '--execution.caching.archive=true',
      '--execution.caching.state-scheme=path',
      '--execution.caching.state-history=0',
      '--node.staker.enable=false',
      ...EVERYWHERE,
    ]);
    expect(managedFlags(arbitrum, nitro).has('--init.url')).toBe(false);
    const begins = (network: string) => nitro.archive?.({ network, nodeType: 'archive' });
    expect(begins('mainnet')?.value).toContain('archive-path of https://snapshot-explorer.arbitrum.io/?chain=arb1');
    expect(begins('nova')).toBeUndefined();
    // What came before Nitro, Nitro cannot execute: only Arbitrum One has something before it.
    expect([begins('mainnet')?.needed, begins('sepolia')?.needed]).toEqual([true, undefined]);
    expect(nitro.archive?.({ network: 'mainnet', nodeType: 'full' })?.needed).toBeUndefined();
  });

  test('may have a relay before it, from which it then takes the feed', () => {
    const [relay, process, ...others] = node({ network: 'nova', options: ['feed-relay'], logLevel: 'debug' });
    expect(others).toEqual([]);
    expect(relay).toMatchObject({
      name: 'feed-relay',
      source: { kind: 'image', image: 'offchainlabs/nitro-node', version: 'v3.12.4-960ca0a' },
      program: ['/usr/local/bin/relay'],
      directories: {},
      memoryMiB: 1024,
      stop: { signal: 'SIGTERM', graceSeconds: 30 },
    });
    expect(relay?.arguments).toEqual([
      '--chain.id=42170',
      '--node.feed.input.url=wss://nova-feed.arbitrum.io/feed',
      '--node.feed.output.addr=0.0.0.0',
      '--node.feed.output.port=9642',
      '--metrics',
      '--metrics-server.addr=0.0.0.0',
      '--metrics-server.port=6072',
      '--log-level=DEBUG',
      '--log-type=json',
    ]);
    expect(relay?.ports.find(({ name }) => name === 'feed')).toMatchObject({ audience: 'clients', serves: ['feed'] });
    expect(process).toMatchObject({ name: 'nitro', after: ['feed-relay'], memoryMiB: MEMORY_MIB - 1024 });
    expect(process?.arguments).toContain('--node.feed.input.url=ws://127.0.0.1:9642');
  });

  test('without one follows the feed that it knows, and starts after nothing', () => {
    expect(nitroOf().arguments.filter((argument) => String(argument).includes('.feed.'))).toEqual([]);
    expect(nitroOf().after).toBeUndefined();
  });

  test('each network has its own feed', () => {
    const feeds = ['mainnet', 'nova', 'sepolia'].map((network) => {
      const [relay] = node({ network, options: ['feed-relay'] });
      return relay?.arguments.find((argument) => String(argument).startsWith('--node.feed.input.url='));
    });
    expect(feeds).toEqual([
      '--node.feed.input.url=wss://arb1-feed.arbitrum.io/feed',
      '--node.feed.input.url=wss://nova-feed.arbitrum.io/feed',
      '--node.feed.input.url=wss://sepolia-rollup.arbitrum.io/feed',
    ]);
  });

  test('for development follows nobody, has no relay, and offers no debug for all that --dev asks for', () => {
    const [process, ...others] = node({ network: 'local', options: ['feed-relay'] });
    expect(others).toEqual([]);
    expect(process?.arguments).toEqual(['--dev', ...EVERYWHERE]);
    expect(process?.environment).toMatchObject({ NITRO_HTTP_API: 'net,web3,eth,arb' });
    expect(process?.prepare).toBeUndefined();
    expect(nitroOf().environment).not.toHaveProperty('NITRO_HTTP_API');
  });
});

describe('what is known of Arbitrum', () => {
  test('all three networks read blobs of layer 1, Nova too', () => {
    expect(arbitrum.networks.map(({ id, identity, l1 }) => [id, identity, l1?.network, l1?.blobs])).toEqual([
      ['mainnet', '42161', 'mainnet', true],
      ['nova', '42170', 'mainnet', true],
      ['sepolia', '421614', 'sepolia', true],
      ['local', '412346', undefined, undefined],
    ]);
  });

  test("Nova's committee is known to the program, so nothing is said of it", () => {
    expect(nitroOf({ network: 'nova' }).arguments.filter((one) => /anytrust|data-avail/.test(String(one)))).toEqual([]);
  });

  test('every tag carries its commit', () => {
    const versions = [
      nitro.version('mainnet').value,
      ...arbitrum.networks.flatMap(({ forks }) => forks.map(({ least }) => least.nitro)),
    ];
    expect(versions.filter((version) => !/^v\d+\.\d+\.\d+-[0-9a-f]{7}$/.test(version ?? ''))).toEqual([]);
  });

  test('forks of ArbOS, and that of the testnet’s layer 1', () => {
    expect(
      arbitrum.networks.flatMap(({ id, forks }) => forks.map(({ name, at, least }) => [id, name, at, least.nitro])),
    ).toEqual([
      ['mainnet', 'ArbOS 61 Elara', '2026-08-20T17:00:00Z', 'v3.11.3-beb2108'],
      ['nova', 'ArbOS 61 Elara', '2026-08-20T17:00:00Z', 'v3.11.3-beb2108'],
      ['sepolia', 'ArbOS 61 Elara', '2026-06-29T15:00:00Z', 'v3.11.3-beb2108'],
      ['sepolia', 'Glamsterdam of Ethereum Sepolia', '2026-10-06T13:53:36Z', 'v3.11.4-7d5ac27'],
    ]);
  });

  test('it takes half an hour to stop', () => {
    expect(nitroOf().stop).toEqual({ signal: 'SIGTERM', graceSeconds: 1800 });
  });

  test('it has no peers: nothing for the internet, no address told, no count, no files by which it is known', () => {
    for (const program of everyProgram(arbitrum)) {
      for (const { ports, identity, arguments: args } of processesOf(program, MEMORY_MIB)) {
        expect(ports.map(({ audience }) => audience)).not.toContain('internet');
        expect(JSON.stringify(args)).not.toContain('public-ip');
        expect(identity).toBeUndefined();
      }
    }
    expect(arbitrum.networks.map(({ id }) => health(id).peers)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('its limit of memory has a unit that it knows: it takes "4GiB", as documented, for a mistake', () => {
    const limits = everyProgram(arbitrum).flatMap((program) =>
      processesOf(program, 16_384).flatMap((process) =>
        process.arguments.filter((argument) => String(argument).includes('mem-free-limit')),
      ),
    );
    expect([...new Set(limits)]).toEqual([
      '--node.resource-mgmt.mem-free-limit=819MB',
      '--node.resource-mgmt.mem-free-limit=768MB',
    ]);
  });

  test('Go is left what the program does not use elsewhere, and at least half', () => {
    const limit = (memory: number) =>
      processesOf({ chain: arbitrum, network: 'mainnet', client: 'nitro' }, memory)[0]?.environment?.GOMEMLIMIT;
    expect([8192, 16_384, 131_072].map(limit)).toEqual(['4096MiB', '10409MiB', '119363MiB']);
  });

  test('and gives memory back before nitro refuses calls for want of it', () => {
    const outside = 2048 + 1024 + 600 + 400 + 256 + 128 + 300;
    for (const memory of [16_384, 65_536, 131_072]) {
      const [process] = processesOf({ chain: arbitrum, network: 'mainnet', client: 'nitro' }, memory);
      const number = (text: unknown) => Number(/\d+/.exec(String(text))?.[0]);
      const refuses = process?.arguments.find((argument) => String(argument).includes('mem-free-limit'));
      expect(memory - outside - number(process?.environment?.GOMEMLIMIT)).toBeGreaterThan(number(refuses));
    }
  });

  test('the head is a block of the last minute; Nova may have none, and counts messages', () => {
    expect(health('mainnet').head).toMatchObject({ yields: 'block', maximumAgeSeconds: 60 });
    expect(health('nova').head).toMatchObject({ yields: 'slotsBehind', maximumSlots: 240 });
    expect(health('local').head).toMatchObject({ yields: 'httpStatus', method: 'POST' });
  });

  test('retired names say what to use', () => {
    expect(arbitrum.retired).toMatchObject({
      goerli: 'goerli was shut down in 2024; use sepolia (OffchainLabs/arbitrum-docs, public-chains.mdx)',
    });
  });

  test('hardware has room for a snapshot and what is unpacked of it', () => {
    const short = ['mainnet', 'nova', 'sepolia'].flatMap((network) =>
      ['full', 'archive'].flatMap((nodeType) => {
        const on = { network, nodeType, blobCustody: 'standard' } as const;
        const sizing = arbitrum.sizing({ ...on, client: 'nitro' })?.value;
        const has =
          sizing?.storage === 'ebs'
            ? sizing.volume.sizeGiB
            : (instanceType(sizing?.instanceType ?? '')?.localNvmeGB ?? 0) / 1.0737;
        const { today, growthPerMonth, peak } = nitro.disk(on) ?? {};
        const needed = Math.max(peak?.value ?? 0, (today?.value ?? 0) + 6 * (growthPerMonth?.value ?? 0));
        return has > needed ? [] : [`${network} ${nodeType}`];
      }),
    );
    expect(short).toEqual([]);
  });
});
