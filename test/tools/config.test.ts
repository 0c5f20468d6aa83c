import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { config } from '../../tools/config';

/** What `npm run config` answers, against a small environment of its own. */

type Files = Readonly<Record<string, string>>;

/** Versions and hardware are set, so that what the catalogue pins may change without these tests. */
const TINY: Files = {
  'global.yml': `aws:
  region: eu-central-1
  zones: [eu-central-1a, eu-central-1b]
network:
  p2p: { mode: outbound }
`,
  'development/overrides.yml': `chains:
  ethereum:
    networks: [local]
    clients: [geth]
    version: { geth: v1.99.0, reth: v9.9.9 }
    instance_type: m7g.large
    volume: { size: 30 GiB }
`,
};

const lockOf = (entries: Readonly<Record<string, { zone: string; size: string }>>): string =>
  [
    '# yaml-language-server: $schema=../schema/nodes-lock.schema.json',
    '# What is true of every data disk. Written by: npm run config -- development lock',
    Object.keys(entries).length > 0 ? 'nodes:' : 'nodes: {}',
    ...Object.entries(entries).flatMap(([id, { zone, size }]) => [
      `  ${id}:`,
      `    zone: ${zone}`,
      '    tier: public',
      '    vpc: default',
      '    architecture: arm64',
      '    storage: ebs',
      '    key: aws/ebs',
      `    size: ${size}`,
    ]),
    '',
  ].join('\n');

const LOCK = 'development/nodes.lock.yml';
const GETH = { 'ethereum-local-geth': { zone: 'eu-central-1a', size: '30 GiB' } };
const LOCKED: Files = { ...TINY, [LOCK]: lockOf(GETH) };

interface Folder {
  readonly run: (...words: string[]) => ReturnType<typeof config>;
  readonly read: (file: string) => string;
  readonly write: (file: string, text: string) => void;
}

/** Calls `use` with a folder that holds these environments. */
function within<T>(files: Files, use: (folder: Folder) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'config-'));
  const folder = join(root, 'environments');
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  try {
    for (const [file, text] of Object.entries(files)) write(file, text);
    return use({
      run: (...words) => config(folder, words),
      read: (file) => readFileSync(join(folder, file), 'utf8'),
      write,
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const answer = (files: Files, ...words: string[]): ReturnType<typeof config> =>
  within(files, ({ run }) => run(...words));

const edited = (file: string, from: string, to: string, files: Files = LOCKED): Files => {
  const text = files[file] ?? '';
  if (text.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once in:\n${text}`);
  return { ...files, [file]: text.replace(from, to) };
};
const OVERRIDES = 'development/overrides.yml';

const USAGE = `usage: npm run config -- <environment> [path]   effective values, each with file and line of origin
       npm run config -- <environment> lock     writes the environment's nodes.lock.yml
       <environment> is one of development, staging, production; path such as chains.ethereum, or nodes, or nodes.<id>`;

describe('how it is called', () => {
  test.each([[[]], [['development', 'nodes', 'more']]])('%j: the usage', (words) => {
    expect(answer(LOCKED, ...words)).toEqual({ out: [], err: [USAGE], status: 2 });
  });

  test('an environment that is none', () => {
    expect(answer(LOCKED, 'developmnt')).toEqual({
      out: [],
      err: [
        '"developmnt" is not an environment; use one of development, staging, production; did you mean development?',
      ],
      status: 2,
    });
  });

  test.each([[['staging']], [['staging', 'lock']]])('an environment without a folder: %j', (words) => {
    expect(answer(LOCKED, ...words)).toEqual({
      out: [],
      err: ['there is no folder environments/staging'],
      status: 2,
    });
  });
});

const SETTINGS = [
  'aws.region                                  eu-central-1                    environments/global.yml:2',
  'aws.zones                                   [eu-central-1a, eu-central-1b]  environments/global.yml:3',
  'network.p2p.mode                            outbound                        environments/global.yml:5',
  'chains.ethereum.networks                    [local]                         environments/development/overrides.yml:3',
  'chains.ethereum.clients                     [geth]                          environments/development/overrides.yml:4',
  'chains.ethereum.version.geth                v1.99.0                         environments/development/overrides.yml:5',
  'chains.ethereum.version.reth                v9.9.9                          environments/development/overrides.yml:5',
  'chains.ethereum.instance_type               m7g.large                       environments/development/overrides.yml:6',
  'chains.ethereum.volume.size                 30 GiB                          environments/development/overrides.yml:7',
];
const NODE = [
  'nodes.ethereum-local-geth.node_type          full           catalogue',
  'nodes.ethereum-local-geth.version.geth       v1.99.0        environments/development/overrides.yml:5',
  'nodes.ethereum-local-geth.instance_type      m7g.large      environments/development/overrides.yml:6',
  'nodes.ethereum-local-geth.storage            ebs            catalogue',
  'nodes.ethereum-local-geth.volume.type        gp3            catalogue',
  'nodes.ethereum-local-geth.volume.size        30 GiB         environments/development/overrides.yml:7',
  'nodes.ethereum-local-geth.volume.iops        3000           catalogue',
  'nodes.ethereum-local-geth.volume.throughput  125 MiB/s      catalogue',
  'nodes.ethereum-local-geth.zone               eu-central-1a  lock',
  'nodes.ethereum-local-geth.backup             false          default',
  'nodes.ethereum-local-geth.bootstrap.from     empty          default',
  'nodes.ethereum-local-geth.growth_months      6              default',
];
const SUMMARY = [
  'development: 1 node',
  'ethereum-local-geth  eu-central-1a  public  m7g.large  30 GiB gp3, 3000 iops, 125 MiB/s',
];
/** Columns are as wide as what stands in them, so that rows of two tables compare without their gaps. */
const cells = (lines: readonly string[]): string[] => lines.map((line) => line.replaceAll(/ {2,}/g, '  '));

describe('what is effective', () => {
  test('all of it', () => {
    const { out, err, status } = answer(LOCKED, 'development');
    expect([err, status]).toEqual([[], 0]);
    expect(cells(out)).toEqual(cells([...SETTINGS, ...NODE, '', ...SUMMARY]));
    // One table: the third column begins at the same place in every row.
    const table = out.slice(0, SETTINGS.length + NODE.length);
    const origins = /(environments\/\S+|catalogue|lock|default)$/;
    expect(new Set(table.map((line) => line.search(origins)))).toEqual(new Set([77]));
  });

  test('the nodes, and how many they are', () => {
    expect(answer(LOCKED, 'development', 'nodes')).toEqual({ out: [...NODE, '', ...SUMMARY], err: [], status: 0 });
  });

  test('one node', () => {
    expect(answer(LOCKED, 'development', 'nodes.ethereum-local-geth')).toEqual({ out: NODE, err: [], status: 0 });
  });

  test('a section', () => {
    expect(answer(LOCKED, 'development', 'aws')).toEqual({
      out: [
        'aws.region  eu-central-1                    environments/global.yml:2',
        'aws.zones   [eu-central-1a, eu-central-1b]  environments/global.yml:3',
      ],
      err: [],
      status: 0,
    });
  });

  test('one value', () => {
    expect(answer(LOCKED, 'development', 'chains.ethereum.volume.size')).toEqual({
      out: ['chains.ethereum.volume.size  30 GiB  environments/development/overrides.yml:7'],
      err: [],
      status: 0,
    });
  });

  test('the part of a name is no path', () => {
    expect(answer(LOCKED, 'development', 'chains.ethereum.vol')).toEqual({
      out: [],
      err: ['"chains.ethereum.vol" is set nowhere in development; did you mean chains.ethereum.volume?'],
      status: 1,
    });
  });

  test('a path that is set nowhere, with the nearest that is when one is near', () => {
    expect(answer(LOCKED, 'development', 'chains.ethereum.clinets')).toEqual({
      out: [],
      err: ['"chains.ethereum.clinets" is set nowhere in development; did you mean chains.ethereum.clients?'],
      status: 1,
    });
    expect(answer(LOCKED, 'development', 'mev')).toEqual({
      out: [],
      err: ['"mev" is set nowhere in development'],
      status: 1,
    });
  });

  test('warnings stand beside it and change nothing', () => {
    expect(answer({ ...TINY, [LOCK]: lockOf({}) }, 'development', 'nodes.ethereum-local-geth.zone')).toEqual({
      out: ['nodes.ethereum-local-geth.zone  eu-central-1a  environments/global.yml:3'],
      err: [
        'environments/development/overrides.yml:3:16 warning: chains.ethereum.networks[0]: ethereum-local-geth is not locked; run: npm run config -- development lock',
      ],
      status: 0,
    });
  });

  test('nothing is written', () => {
    within(LOCKED, ({ run, read }) => {
      run('development');
      expect(Object.keys(LOCKED).map((file) => [file, read(file)])).toEqual(Object.entries(LOCKED));
    });
  });
});

describe('errors of the configuration', () => {
  test('come a line each, with status 1 and no stack', () => {
    const files = edited(OVERRIDES, 'clients: [geth]', 'clients: [gteh]\n    volum: { size: 1 TiB }');
    const expected = {
      out: [],
      err: [
        'environments/development/overrides.yml:4:15 chains.ethereum.clients[0]: "gteh" is not a client of ethereum; use one of geth, reth, nethermind, besu, erigon; did you mean geth?',
        expect.stringMatching(
          /^environments\/development\/overrides\.yml:5:5 chains\.ethereum\.volum: is not a known key; use one of .*; did you mean volume\?$/,
        ),
      ],
      status: 1,
    };
    expect(answer(files, 'development')).toEqual(expected);
    expect(answer(files, 'development', 'aws')).toEqual(expected);
    expect(answer(files, 'development', 'lock')).toEqual(expected);
  });

  test('in a file that is not YAML', () => {
    expect(answer({ ...LOCKED, [OVERRIDES]: 'chains: [\n' }, 'development')).toMatchObject({
      out: [],
      err: [expect.stringMatching(/^environments\/development\/overrides\.yml:2:1 this is not YAML: /)],
      status: 1,
    });
  });

  test('with a file that is missing', () => {
    const { [OVERRIDES]: _, ...rest } = LOCKED;
    expect(answer(rest, 'development')).toEqual({
      out: [],
      err: [
        'environments/development/overrides.yml:1:1 is missing; it holds what this environment changes; an empty map {} will do',
      ],
      status: 1,
    });
  });
});

const wrote = (count: string) => ({
  out: [`wrote environments/development/nodes.lock.yml: ${count}; read the change, then commit it`],
  err: [],
  status: 0,
});
const UP_TO_DATE = { out: ['environments/development/nodes.lock.yml is up to date'], err: [], status: 0 };

describe('lock', () => {
  test('writes what is new, and has nothing to do the second time', () => {
    within(edited(OVERRIDES, '[geth]', '[geth, reth]', TINY), ({ run, read }) => {
      expect(run('development', 'lock')).toEqual(wrote('2 nodes'));
      const both = { ...GETH, 'ethereum-local-reth': { zone: 'eu-central-1b', size: '30 GiB' } };
      expect(read(LOCK)).toBe(lockOf(both));
      expect(run('development', 'lock')).toEqual(UP_TO_DATE);
      expect(read(LOCK)).toBe(lockOf(both));
      expect(run('development', 'nodes').err).toEqual([]);
    });
  });

  test('says one node of one', () => {
    expect(answer(TINY, 'development', 'lock')).toEqual(wrote('1 node'));
  });

  test('adds to what is locked, and moves nothing', () => {
    const elsewhere = { 'ethereum-local-geth': { zone: 'eu-central-1c', size: '30 GiB' } };
    within(edited(OVERRIDES, '[geth]', '[geth, reth]', { ...TINY, [LOCK]: lockOf(elsewhere) }), ({ run, read }) => {
      expect(run('development', 'lock')).toEqual(wrote('2 nodes'));
      expect(read(LOCK)).toBe(
        lockOf({ ...elsewhere, 'ethereum-local-reth': { zone: 'eu-central-1b', size: '30 GiB' } }),
      );
    });
  });

  test('refuses to forget a node, and writes nothing', () => {
    within(edited(OVERRIDES, '[geth]', '[reth]'), ({ run, read }) => {
      expect(run('development', 'lock')).toEqual({
        out: [],
        err: [
          'environments/development/nodes.lock.yml:4:3 nodes.ethereum-local-geth: the configuration drops this node and its disk; put it back, or add ethereum-local-geth to retire in the overrides (the disk goes, with a final snapshot)',
        ],
        status: 1,
      });
      expect(read(LOCK)).toBe(LOCKED[LOCK]);
    });
  });

  test('refuses a disk that shrinks, and writes nothing', () => {
    within(edited(OVERRIDES, '30 GiB', '20 GiB'), ({ run, read }) => {
      expect(run('development', 'lock')).toEqual({
        out: [],
        err: [
          'environments/development/overrides.yml:7:21 chains.ethereum.volume.size: ethereum-local-geth: would shrink from 30 GiB to 20 GiB, and a disk cannot; keep 30 GiB',
        ],
        status: 1,
      });
      expect(read(LOCK)).toBe(LOCKED[LOCK]);
    });
  });

  test('takes a retired node out; then its retirement is through', () => {
    const files = edited(OVERRIDES, '[geth]', '[reth]');
    within({ ...files, [OVERRIDES]: `${files[OVERRIDES]}retire: [ethereum-local-geth]\n` }, ({ run, read }) => {
      expect(run('development', 'lock').status).toBe(0);
      expect(read(LOCK)).toBe(lockOf({ 'ethereum-local-reth': { zone: 'eu-central-1a', size: '30 GiB' } }));
      expect(run('development', 'aws.region').err).toEqual([
        'environments/development/overrides.yml:8:10 warning: retire[0]: ethereum-local-geth is not in the lock file, there is nothing to retire; remove it',
      ]);
    });
  });

  test('an environment whose last node is retired', () => {
    within(
      { ...LOCKED, [OVERRIDES]: 'chains: { ethereum: null }\nretire: [ethereum-local-geth]\n' },
      ({ run, read }) => {
        expect(run('development', 'lock')).toEqual(wrote('0 nodes'));
        expect(read(LOCK)).toBe(lockOf({}));
        expect(run('development', 'lock')).toEqual(UP_TO_DATE);
      },
    );
  });

  test('records a disk that has grown', () => {
    within(edited(OVERRIDES, '30 GiB', '1 TiB'), ({ run, read, write }) => {
      expect(run('development', 'lock').status).toBe(0);
      expect(read(LOCK)).toBe(lockOf({ 'ethereum-local-geth': { zone: 'eu-central-1a', size: '1 TiB' } }));
      write(OVERRIDES, LOCKED[OVERRIDES] as string);
      expect(run('development', 'lock').status).toBe(1);
    });
  });

  const protectedTwice: Files = {
    'global.yml': `${TINY['global.yml']}protect: true
state: { bucket: acme-tfstate }
`,
    [OVERRIDES]: TINY[OVERRIDES] as string,
    'staging/overrides.yml': TINY[OVERRIDES] as string,
  };

  test('locks the first node of an environment that protects its disks', () => {
    const { 'staging/overrides.yml': _, ...one } = protectedTwice;
    within(one, ({ run, read }) => {
      expect(run('development').status).toBe(1);
      expect(run('development', 'lock').status).toBe(0);
      expect(read(LOCK)).toBe(lockOf(GETH).replace('\nnodes:', '\nstate: acme-tfstate\nnodes:'));
      expect(run('development').status).toBe(0);
    });
  });

  // Else one line in global.yml that adds a node to two protected environments could be locked in neither.
  test('does not wait for the lock of another environment', () => {
    within(protectedTwice, ({ run, read }) => {
      expect(run('development', 'lock')).toMatchObject({ err: [], status: 0 });
      expect(read(LOCK)).toBe(lockOf(GETH).replace('\nnodes:', '\nstate: acme-tfstate\nnodes:'));
      expect(run('staging', 'lock')).toMatchObject({ err: [], status: 0 });
      expect(run('development').status).toBe(0);
    });
  });

  test('still minds what else is wrong in another environment', () => {
    within({ ...LOCKED, 'staging/overrides.yml': 'chain: {}\n' }, ({ run, read }) => {
      expect(run('development', 'lock')).toMatchObject({
        err: [expect.stringMatching(/^environments\/staging\/overrides\.yml:1:1 chain: is not a known key/)],
        status: 1,
      });
      expect(read(LOCK)).toBe(LOCKED[LOCK]);
    });
  });
});

describe('a section that the upper file removes', () => {
  test('is missed where it was removed, not where the lower file still has it', () => {
    const { err, status } = answer({ ...LOCKED, [OVERRIDES]: `${LOCKED[OVERRIDES]}aws: null\n` }, 'development');
    expect(status).toBe(1);
    expect(err.map((line) => line.split(' ')[0]?.replace(/:\d+$/, ''))).toEqual([
      'environments/development/overrides.yml:8',
      'environments/development/overrides.yml:8',
    ]);
  });
});
