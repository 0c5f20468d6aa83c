import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  arbitrum,
  avalanche,
  CHAINS,
  type ChainDefinition,
  type ClientChoice,
  type ClientDefinition,
  ethereum,
  type NodeProgram,
  optimism,
  polygon,
  solana,
} from '../../../constructs/chain-node/catalogue';
import { HOST_FILES } from '../../../constructs/chain-node/host-files';
import { chainTree, HEALTH_PORT, RELEASE, SECRETS } from '../../../constructs/chain-node/layout';
import {
  filesystemLabel,
  type Release,
  type ReleaseContext,
  renderRelease,
} from '../../../constructs/chain-node/release';
import { UPSTREAMS } from './upstreams';

const HOST = join(__dirname, '..', '..', '..', 'constructs', 'chain-node', 'host');

const GETH = { chain: ethereum, network: 'sepolia', client: 'geth' } as const;
const NITRO = { chain: arbitrum, network: 'sepolia', client: 'nitro' } as const;
const AVALANCHEGO = { chain: avalanche, network: 'fuji', client: 'avalanchego' } as const;
const OP_RETH = { chain: optimism, network: 'sepolia', client: 'op-reth' } as const;
const BOR = { chain: polygon, network: 'amoy', client: 'bor' } as const;

function release(program: NodeProgram, change: Partial<ReleaseContext> = {}): Release {
  return renderRelease(program, {
    node: `${program.chain.id}-${program.network}-${program.client}`,
    environment: 'test',
    region: 'eu-central-1',
    architecture: 'x86_64' as const,
    group: 'g',
    memoryGiB: 32,
    upstreams: UPSTREAMS,
    journal: { rotationSeconds: 86_400, retentionSeconds: 2_592_000 },
    ...change,
  });
}

/** Paths of the files that differ between two releases. */
const changed = (before: Release, after: Release): string[] =>
  [...new Set([...before.files.keys(), ...after.files.keys()])].filter(
    (path) => before.files.get(path) !== after.files.get(path),
  );

/** Paths whose lines differ between two manifests. */
function changedInManifest(before: Release, after: Release): string[] {
  const lines = (one: Release) => one.manifest.split('\n').filter((line) => line !== '');
  const differ = [
    ...lines(before).filter((line) => !lines(after).includes(line)),
    ...lines(after).filter((line) => !lines(before).includes(line)),
  ];
  return [...new Set(differ.map((line) => line.slice(66)))].sort();
}

describe('secrets that processes are given', () => {
  const SHREDS = {
    chain: solana,
    network: 'mainnet',
    client: 'agave',
    p2p: 'public',
    options: ['shredstream-proxy'],
    optionSettings: { 'shredstream-proxy': { regions: ['frankfurt'] } },
  } as const;

  test('are told to the host by name, and mounted as the others are', () => {
    const { files } = release(SHREDS, { secrets: { 'shredstream-keypair': 'prod/shreds' } });
    expect(files.get('node.env')).toContain("\nGIVEN_SECRETS='shredstream-keypair=prod/shreds'\n");
    expect(files.get('node.env')).toContain("\nSECRETS=''\n");
    expect(files.get('compose.yml')).toContain(`source: ${SECRETS}/shredstream-keypair\n`);
    expect(release(GETH).files.get('node.env')).not.toContain('GIVEN_SECRETS');
  });

  test('have a name each, of letters that the host can read, and no other', () => {
    expect(() => release(SHREDS)).toThrow(
      new Error(
        'solana-mainnet-agave: shredstream-proxy reads the secret shredstream-keypair; give its name in secrets',
      ),
    );
    expect(() => release(SHREDS, { secrets: { 'shredstream-keypair': "it's" } })).toThrow(
      /"it's" is not the name of a secret/,
    );
    expect(() => release(GETH, { secrets: { keypair: 'x' } })).toThrow(
      new Error('ethereum-sepolia-geth: no process reads the secret keypair; remove it'),
    );
  });
});

describe('the manifest', () => {
  const { files, manifest } = release(AVALANCHEGO);
  const lines = manifest.split('\n');

  test('has a line for each file, as sha256sum writes it', () => {
    expect(lines.pop()).toBe('');
    expect(lines).toEqual(
      [...files].map(([path, text]) => `${createHash('sha256').update(text, 'utf8').digest('hex')}  ${path}`),
    );
  });

  test('is sorted, and so are the files', () => {
    expect([...files.keys()]).toEqual([
      'compose.yml',
      'config/avalanchego/chains/C/config.json',
      'health.json',
      ...HOST_FILES.map(([path]) => path),
      'node.env',
      'system/journald.conf',
    ]);
  });

  test('is one that the host accepts', () => {
    const script = files.get('host/apply-release.sh') ?? '';
    const accepted = /grep --quiet --invert-match --extended-regexp '([^']+)'/.exec(script)?.[1];
    expect(accepted).toBe('^[0-9a-f]{64}  [A-Za-z0-9_][A-Za-z0-9._/@-]*$');
    expect(manifest.split('\n').filter((line) => line !== '' && !new RegExp(accepted as string).test(line))).toEqual(
      [],
    );
    expect(manifest).not.toContain('..');
  });

  test('has every file that the host asks for', () => {
    const script = files.get('host/apply-release.sh') ?? '';
    const wanted = /for path in (node\.env .*?); do/
      .exec(script)?.[1]
      ?.replace(/"host\/\$unit"/, 'host/chain-node.service');
    expect(wanted?.split(' ').filter((path) => !files.has(path))).toEqual([]);
  });
});

describe('a release of native programs and an image', () => {
  // Whatever version the catalogue pins.
  const versions = { agave: `v4.4.2@${'1'.repeat(40)}` };
  const AGAVE = { chain: solana, network: 'mainnet', client: 'agave', versions } as const;
  const { files, programs } = release(AGAVE, { memoryGiB: 384 });

  test('has units for the ones, a compose file for the other, and the list of programs', () => {
    expect([...files.keys()].filter((path) => !path.startsWith('host/'))).toEqual([
      'compose.yml',
      'health.json',
      'node.env',
      'programs',
      'system/journald.conf',
      'system/sysctl.conf',
      'units/chain-node-process-agave-identity.service',
      'units/chain-node-process-agave.service',
    ]);
    expect(files.get('node.env')).toContain(
      "PROCESSES='agave solana-exporter'\nNATIVE_PROCESSES='agave'\nWAITING_PROCESSES='solana-exporter'\n",
    );
    expect(programs.map(({ key }) => key)).toEqual(['agave-v4.4.2-111111111111-x86_64']);
  });

  test('one without images has no compose file, and one without native programs no list', () => {
    expect(release(GETH).files.has('programs')).toBe(false);
    expect([...release(GETH).files.keys()].filter((path) => path.startsWith('units/'))).toEqual([]);
  });
});

describe('kernel settings', () => {
  test('of all processes stand in one file, which is there only when there are some', () => {
    const [client] = ethereum.clients;
    const needy: ClientDefinition = {
      ...(client as ClientChoice).client,
      processes: (context) =>
        (client as ClientChoice).client.processes(context).map((process) => ({
          ...process,
          host: { sysctls: { 'vm.max_map_count': '1000000', 'net.core.rmem_max': '134217728' } },
        })),
    };
    const chain: ChainDefinition = { ...ethereum, clients: [{ client: needy, consensus: [] }] };
    expect(release({ chain, network: 'local', client: 'geth' }).files.get('system/sysctl.conf')).toBe(
      'net.core.rmem_max = 134217728\nvm.max_map_count = 1000000\n',
    );
    expect(release(GETH).files.has('system/sysctl.conf')).toBe(false);
  });
});

describe('health', () => {
  test('asks every client at the addresses of its ports, and knows no more than the definitions', () => {
    const { labels, checks } = JSON.parse(release(GETH).files.get('health.json') ?? '');
    expect(labels).toEqual({ node: 'ethereum-sepolia-geth', chain: 'ethereum', network: 'sepolia', client: 'geth' });
    expect(
      checks.map(({ client, identity, head, peers }: Record<string, Record<string, unknown>>) => [
        client,
        [identity?.url, identity?.expect],
        [head?.url, head?.yields, head?.maximum],
        [peers?.url, peers?.minimum],
      ]),
    ).toEqual([
      [
        'geth',
        ['http://127.0.0.1:8545/', '11155111'],
        ['http://127.0.0.1:8545/', 'block', 60],
        ['http://127.0.0.1:8545/', 1],
      ],
      [
        'lighthouse',
        [undefined, undefined],
        ['http://127.0.0.1:5052/eth/v1/node/health', 'httpStatus', undefined],
        ['http://127.0.0.1:5052/eth/v1/node/peer_count', 1],
      ],
    ]);
  });

  test('is answered at the port that the firewall opens', () => {
    expect(readFileSync(join(HOST, 'chain-node-health-answer.socket'), 'utf8')).toContain(
      `\nListenStream=${HEALTH_PORT}\n`,
    );
  });
});

const context = {
  node: 'n',
  environment: 'test',
  region: 'eu-central-1',
  architecture: 'x86_64' as const,
  group: 'g',
  memoryGiB: 8,
  upstreams: {},
  journal: { rotationSeconds: 1, retentionSeconds: 1 },
};

test('what stands beside the node has its memory, and the host is told', () => {
  const memory = (reservedMemoryMiB?: number): number =>
    renderRelease(GETH, {
      ...context,
      memoryGiB: 64,
      ...(reservedMemoryMiB === undefined ? {} : { reservedMemoryMiB }),
    }).processes.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
  expect(Math.abs(memory() - memory(4352) - 4352)).toBeLessThanOrEqual(2);
  expect(renderRelease(GETH, { ...context, reservedMemoryMiB: 4352 }).files.get('node.env')).toContain(
    "RESERVED_MEMORY_MIB='4352'\n",
  );
  expect(renderRelease(GETH, context).files.get('node.env')).not.toContain('RESERVED');
});

describe('what cannot be released', () => {
  test('a node on less memory than the host leaves', () => {
    expect(() => renderRelease(GETH, { ...context, memoryGiB: 1 })).toThrow(
      'n: 1 GiB of memory is too little; choose an instance type with at least 2 GiB',
    );
  });

  test('a secret whose name would not survive a shell', () => {
    expect(() => renderRelease(GETH, { ...context, upstreams: { 'a.rpc': { secret: "it's mine" } } })).toThrow(
      'n: "it\'s mine" is not the name of a secret; use letters, digits and /_+=.@-',
    );
  });
});

describe('the host files', () => {
  test('are all that lie in host/, but for what fetches the first release', () => {
    const travelling = readdirSync(HOST).filter((file) => file !== 'user-data.sh');
    expect(travelling.length).toBeGreaterThan(4);
    const { files } = release(GETH);
    const host = [...files].filter(([path]) => path.startsWith('host/'));
    expect(Object.fromEntries(host)).toEqual(
      Object.fromEntries(travelling.map((file) => [`host/${file}`, readFileSync(join(HOST, file), 'utf8')])),
    );
  });

  test('know the same places as the compose file', () => {
    const script = release(GETH).files.get('host/apply-release.sh') ?? '';
    expect(script).toContain(`\nbase=$ROOT${dirname(RELEASE)}\n`);
    expect(script).toContain(`"$base/${RELEASE.slice(dirname(RELEASE).length + 1)}"`);
    expect(script).toContain(`\nsecrets=$ROOT${SECRETS}\n`);
    const start = release(GETH).files.get('host/start.sh') ?? '';
    expect(start).toContain(`tree=$ROOT${chainTree('$CHAIN')} `);
    expect(start).toContain(`"$ROOT${RELEASE}/host/$name"`);
  });

  test('give the journal its limits', () => {
    const { files } = release(GETH, { journal: { rotationSeconds: 3600, retentionSeconds: 604_800 } });
    expect(files.get('system/journald.conf')).toBe(
      '[Journal]\nStorage=persistent\nSystemMaxUse=8G\nMaxFileSec=3600\nMaxRetentionSec=604800\n',
    );
  });

  test('wait longer for a stop than the slowest process may take', () => {
    const { files } = release(NITRO);
    const minutes = Number(/^TimeoutStopSec=(\d+)min$/m.exec(files.get('host/chain-node.service') ?? '')?.[1]);
    const grace = Number(/^STOP_GRACE_SECONDS='(\d+)'$/m.exec(files.get('node.env') ?? '')?.[1]);
    expect(grace).toBe(1800);
    expect(minutes * 60).toBeGreaterThan(grace);
  });
});

describe('node.env, read by bash', () => {
  test('of a pair of images', () => {
    expect(sourced(release({ ...GETH, p2p: 'public' }))).toEqual({
      NODE_ID: 'ethereum-sepolia-geth',
      METRICS_NAME: 'test-ethereum-sepolia-geth',
      ENVIRONMENT: 'test',
      GROUP: 'g',
      CHAIN: 'ethereum',
      NETWORK: 'sepolia',
      CLIENT: 'geth',
      FILESYSTEM_LABEL: filesystemLabel('ethereum-sepolia-geth'),
      USER_ID: '2000',
      STOP_GRACE_SECONDS: '300',
      PROCESSES: 'geth lighthouse',
      NATIVE_PROCESSES: '',
      WAITING_PROCESSES: '',
      LEASE_SECONDS: '12360',
      DATA_DIRECTORIES: 'data/sepolia/geth data/sepolia/lighthouse',
      SECRETS: 'jwt',
      HOST_VALUES: 'PUBLIC_IP=public-ip',
      IDENTITY_FILES: 'data/sepolia/geth/geth/nodekey data/sepolia/lighthouse/beacon/network/key',
      UNSHAPED_PORTS: '8545 8546 6060 5054 8099',
      EGRESS_LIMIT_MBPS: '',
      OS_PATCHES: '',
      HOST_METRICS: 'no',
      BACKUP_DOCUMENT: '',
      BACKUP_METHOD: 'stop',
      BOOTSTRAP: 'empty',
      BOOTSTRAP_URL: '',
      BOOTSTRAP_SHA256: '',
      BOOTSTRAP_DIRECTORY: '',
      BOOTSTRAP_STRIP: '0',
    });
  });

  test('of a node with everything that can be set', () => {
    const backup = { document: 'test-geth-backup', method: 'freeze' } as const;
    expect(
      sourced(
        release(GETH, {
          backup,
          egressLimitMbps: 200,
          osPatches: '2026-11-24',
          bootstrap: {
            from: 'url',
            url: 'https://example.com/a.tar.zst?x=$y&z',
            sha256: 'a'.repeat(64),
            directory: '/data/geth/chaindata',
            strip: 2,
          },
        }),
      ),
    ).toMatchObject({
      EGRESS_LIMIT_MBPS: '200',
      OS_PATCHES: '2026-11-24',
      BACKUP_DOCUMENT: 'test-geth-backup',
      BACKUP_METHOD: 'freeze',
      BOOTSTRAP: 'url',
      BOOTSTRAP_URL: 'https://example.com/a.tar.zst?x=$y&z',
      BOOTSTRAP_SHA256: 'a'.repeat(64),
      BOOTSTRAP_DIRECTORY: 'data/sepolia/geth/geth/chaindata',
      BOOTSTRAP_STRIP: '2',
    });
  });

  test.each([
    [
      { from: 'url', url: 'https://example.com/a.tar' },
      { BOOTSTRAP: 'url', BOOTSTRAP_DIRECTORY: 'data/sepolia/geth' },
    ],
    [{ from: 'latest-backup' }, { BOOTSTRAP: 'snapshot', BOOTSTRAP_DIRECTORY: '' }],
    [
      { from: 'snapshot', snapshotId: 'snap-1' },
      { BOOTSTRAP: 'snapshot', BOOTSTRAP_DIRECTORY: '' },
    ],
  ] as const)('of a node that begins with %j', (bootstrap, expected) => {
    expect(sourced(release(GETH, { bootstrap }))).toMatchObject(expected);
  });

  test('holds no address that would end its quotes, and no directory elsewhere', () => {
    const from = (change: object) => () =>
      release(GETH, { bootstrap: { from: 'url', url: 'https://a/b.tar', ...change } });
    expect(from({ url: "https://a/'b.tar" })).toThrow('is not an https address without blanks and quotes');
    expect(from({ url: 'http://a/b.tar' })).toThrow('is not an https address');
    expect(from({ directory: '/etc' })).toThrow('"/etc" is not on the data disk; bootstrap a path below one of /data');
  });

  test('of a chain that reads another, and of one that prepares itself', () => {
    expect(sourced(release({ ...OP_RETH, p2p: 'public' }))).toMatchObject({
      PROCESSES: 'op-reth op-node',
      SECRETS: 'jwt',
      HOST_VALUES: 'ETHEREUM_BEACON=secret:l1/beacon PUBLIC_IP=public-ip',
    });
    // What runs once is no process that must keep running.
    expect(sourced(release(BOR))).toMatchObject({
      STOP_GRACE_SECONDS: '300',
      PROCESSES: 'heimdall bor',
      DATA_DIRECTORIES: 'data/amoy/heimdall data/amoy/bor',
      SECRETS: '',
      HOST_VALUES: '',
    });
  });

  /** The variables that bash has after it read the file, but for its own. */
  function sourced({ files }: Release): Readonly<Record<string, string>> {
    const folder = mkdtempSync(join(tmpdir(), 'release-'));
    try {
      const file = join(folder, 'node.env');
      writeFileSync(file, files.get('node.env') ?? '');
      const { status, stdout, stderr } = spawnSync(
        'bash',
        ['--noprofile', '--norc', '-c', 'set -eua; . "$0"; exec env --null', file],
        { env: { PATH: process.env.PATH ?? '' }, encoding: 'utf8' },
      );
      expect([status, stderr]).toEqual([0, '']);
      const variables = stdout.split('\0').map((line) => /^(\w+)=(.*)$/s.exec(line)?.slice(1) ?? []);
      const own = ['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'];
      return Object.fromEntries(variables.filter(([name]) => name !== undefined && !own.includes(name)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

describe('a change', () => {
  const geth = release(GETH);
  const CASES: readonly (readonly [what: string, before: Release, after: Release, paths: readonly string[]])[] = [
    ['nothing', geth, release({ ...GETH, nodeType: 'full', p2p: 'outbound', blobCustody: 'standard' }), []],
    ['an extra argument', geth, release({ ...GETH, extraArguments: { geth: ['--maxpeers=30'] } }), ['compose.yml']],
    ['a version', geth, release({ ...GETH, versions: { lighthouse: 'v8.3.4' } }), ['compose.yml']],
    ['the log level', geth, release({ ...GETH, logLevel: 'debug' }), ['compose.yml']],
    ['memory', geth, release(GETH, { memoryGiB: 64 }), ['compose.yml']],
    ['the consensus client', geth, release({ ...GETH, consensus: 'teku' }), ['compose.yml', 'health.json', 'node.env']],
    ['peers from outside', geth, release({ ...GETH, p2p: 'public' }), ['compose.yml', 'node.env']],
    [
      'the journal',
      geth,
      release(GETH, { journal: { rotationSeconds: 3600, retentionSeconds: 2_592_000 } }),
      ['system/journald.conf'],
    ],
    [
      'a node type that is a file',
      release(AVALANCHEGO),
      release({ ...AVALANCHEGO, nodeType: 'archive' }),
      ['config/avalanchego/chains/C/config.json'],
    ],
    [
      'the URL of an upstream',
      release(NITRO),
      release(NITRO, { upstreams: { ...UPSTREAMS, 'ethereum.rpc': { url: 'http://other.test:8545' } } }),
      ['compose.yml'],
    ],
    [
      'the secret of an upstream',
      release(NITRO),
      release(NITRO, { upstreams: { ...UPSTREAMS, 'ethereum.beacon': { secret: 'l1/other' } } }),
      ['node.env'],
    ],
  ];

  test.each(CASES)('of %s changes the release where it should', (_, before, after, paths) => {
    expect(changed(before, after)).toEqual(paths);
    expect(changedInManifest(before, after)).toEqual(paths);
    expect(before.manifest === after.manifest).toBe(paths.length === 0);
  });
});

test('the same node comes out the same, whatever order its settings are given in', () => {
  const versions = { geth: 'v1.17.10', lighthouse: 'v8.3.3' };
  const turned = { lighthouse: 'v8.3.3', geth: 'v1.17.10' };
  const upstreams = { 'ethereum.beacon': UPSTREAMS['ethereum.beacon'], 'ethereum.rpc': UPSTREAMS['ethereum.rpc'] };
  expect(release({ ...GETH, versions: turned })).toEqual(release({ ...GETH, versions }));
  expect(release(OP_RETH, { upstreams })).toEqual(release(OP_RETH));
});

describe('the label of the filesystem', () => {
  test('is one that ext4 can hold, and another for every node', () => {
    const nodes = CHAINS.flatMap(({ id, networks, clients }) =>
      networks.flatMap((network) =>
        clients.flatMap(({ client }) =>
          Array.from({ length: 200 }, (_, replica) => `${id}-${network.id}-${client.id}-${replica + 2}`),
        ),
      ),
    );
    const labels = nodes.map(filesystemLabel);
    expect(labels.filter((label) => !/^[a-z0-9-]{1,16}$/.test(label))).toEqual([]);
    expect(new Set(labels).size).toBe(nodes.length);
  });

  test('never changes: a disk that exists is found by it', () => {
    expect(filesystemLabel('ethereum-mainnet-geth')).toBe('chain-e9413bb9fe');
  });
});
