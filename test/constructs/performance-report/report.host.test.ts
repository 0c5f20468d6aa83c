import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionMessage } from '../../../constructs/mev-engine/contract';
import { close, run } from '../chain-node/chart/programs';
import { type Bucket, bucket } from './s3';

/** The report as its pod makes it: ClickHouse is asked, and a bucket takes what comes of it. */

jest.setTimeout(60_000);

const FILES = join(__dirname, '../../../constructs/performance-report/chart/files');
/** With ClickHouse in it. */
const PYTHON = process.env.DATA_PYTHON ?? 'python3';
const REGION = 'eu-central-1';
const TOKEN = 'token-of-the-pod';
/** With what a file of curl's would take for its own. */
const PASSWORD = 'correct "horse\\ # 100 %';
const DAY = '2026-11-24';
const folder = mkdtempSync(join(tmpdir(), 'report-'));
const at = (name: string): string => join(folder, name);

const ended = (change: Partial<ExecutionMessage>): ExecutionMessage => ({
  at: `${DAY}T12:00:00.123Z`,
  engine: 'flashloan-arbitrage',
  strategy: 'usdc',
  mode: 'live',
  chain: 'ethereum',
  network: 'mainnet',
  status: 'landed',
  profit: '0',
  loss: '0',
  unit: 'ETH',
  tx: '0xaa',
  ...change,
});

/** One that nobody executed on the day, one that lost, one that rehearsed; and days that are not asked for. */
const EXECUTIONS: readonly ExecutionMessage[] = [
  ended({ at: `${DAY}T00:00:00.000Z`, profit: '0.500000000000000001' }),
  ended({ at: `${DAY}T23:59:59.999Z`, chain: 'base', status: 'reverted', loss: '0.0123', tx: '0xbb' }),
  ended({ status: 'dropped', tx: '' }),
  ended({ status: 'failed', loss: '0.001', tx: '' }),
  ended({ strategy: 'quiet', at: '2026-11-17T00:00:00.000Z', profit: '0.07' }),
  ended({ strategy: 'sniper', unit: 'gwei', profit: '1500000', tx: '0xcc' }),
  ended({ at: '2026-11-18T08:00:00.000Z', profit: '0.7' }),
  ended({ at: '2026-11-23T23:59:59.999Z', status: 'reverted', loss: '0.35' }),
  // Before and after what is compared.
  ended({ at: '2026-11-16T23:59:59.999Z', profit: '100' }),
  ended({ at: '2026-11-25T00:00:00.000Z', profit: '100' }),
  ended({ strategy: 'shadow', mode: 'dry-run', status: 'dry_run', profit: '0.2', tx: '' }),
  ended({ strategy: 'shadow', mode: 'dry-run', status: 'dry_run', loss: '0.1', tx: '' }),
];

/** What makes the tables in the cluster, and reads the stream of executions into its own. */
const STATEMENTS = ['tables.sql', 'streams/executions.sql'].map((file) =>
  join(__dirname, '../../../constructs/data-stores/chart/files', file),
);

/** As the schema is made, and a stream is read. */
async function ask(statement: string): Promise<string> {
  const parameters = 'param_timeseries_days=3650&param_analytics_days=3650';
  const answer = await fetch(`${clickhouse.url}/?${parameters}`, {
    method: 'POST',
    headers: { 'X-ClickHouse-User': 'clients', 'X-ClickHouse-Key': PASSWORD },
    body: statement,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${statement}: ${text}`);
  return text;
}

let clickhouse: { readonly child: ChildProcess; readonly url: string };
let store: Bucket;

beforeAll(async () => {
  writeFileSync(at('password'), `${PASSWORD}\n`);
  writeFileSync(at('token'), TOKEN);
  const server = join(__dirname, '../data-stores/clickhouse.py');
  const child = spawn(PYTHON, [server, 'clients', PASSWORD], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim()));
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`ClickHouse ended with ${status}`)));
  });
  clickhouse = { child, url: `http://127.0.0.1:${port}` };
  const statements = STATEMENTS.flatMap((file) => readFileSync(file, 'utf8').split(';')).filter((one) => one.trim());
  for (const statement of statements) await ask(statement);
  // Else one of two might be gone before anybody looks.
  await ask('SYSTEM STOP MERGES analytics.executions');
  const messages = EXECUTIONS.map((one) => JSON.stringify(one)).join('\n');
  // Twice: what a stream was not answered for it delivers again.
  for (const _ of [1, 2]) await ask(`INSERT INTO streams.executions FORMAT JSONEachRow ${messages}`);
  const [row] = (await ask('SELECT count() AS rows FROM analytics.executions')).trim().split('\n');
  expect(JSON.parse(row ?? '')).toEqual({ rows: 2 * EXECUTIONS.length });
  store = await bucket(REGION, TOKEN);
});
afterAll(async () => {
  clickhouse?.child.kill('SIGKILL');
  if (store) await close(store.server);
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  store.puts.length = 0;
  store.refused.length = 0;
});

const report = (change: Readonly<Record<string, string>> = {}) =>
  run(['bash', join(FILES, 'report.sh')], {
    CLICKHOUSE: clickhouse.url,
    CLICKHOUSE_USER: 'clients',
    CLICKHOUSE_PASSWORD: at('password'),
    BUCKET: 'archive',
    REGION,
    ENVIRONMENT: 'production',
    QUERIES: FILES,
    WORK: folder,
    S3: store.url,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: store.credentialsUrl,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: at('token'),
    DAY,
    ...change,
  });

const pageOf = (): string => store.puts.find(({ key }) => key.endsWith('.md'))?.body ?? '';
/** Cells of the line of a table that begins so. */
const row = (start: string, page = pageOf()): readonly string[] => {
  const lines = page.split('\n').filter((line) => line.startsWith(`| ${start} |`));
  expect([start, lines.length]).toEqual([start, 1]);
  return (lines[0] ?? '')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
};

describe('a day', () => {
  let done: Awaited<ReturnType<typeof report>>;
  let page: string;
  beforeAll(async () => {
    done = await report();
    page = pageOf();
  });

  test('is a page and a table in the bucket, signed, under its date', () => {
    expect([done, store.refused]).toEqual([{ status: 0, output: 'reports/performance/2026/11/24.md\n' }, []]);
  });

  test('says what each strategy did, exactly, the best first', () => {
    expect(page).toContain(
      '# What strategies did on 2026-11-24\n\nproduction, from midnight to midnight UTC. 7 executions ended.\n',
    );
    expect(row('usdc', page)).toEqual(
      // prettier-ignore
      [
        'usdc',
        'ETH',
        '4',
        '1',
        '1',
        '1',
        '1',
        '25 %',
        '0.500000000000000001',
        '0.0133',
        '0.486700000000000001',
        '-0.0123 on base mainnet',
        '0xbb',
        '0.05',
        '873 %',
        '0.3',
      ],
    );
    expect(page.indexOf('| sniper |')).toBeLessThan(page.indexOf('| usdc |'));
  });

  test('shows one that did nothing by what it did before', () => {
    expect(row('quiet', page)).toEqual(
      // prettier-ignore
      ['quiet', 'ETH', '0', '0', '0', '0', '0', '–', '0', '0', '0', '–', '–', '0.01', '-100 %', '0.1'],
    );
  });

  test('keeps what was rehearsed apart from what was live', () => {
    const [live = '', rehearsed = ''] = page.split('## Rehearsed: nothing was sent');
    expect(live).not.toContain('shadow');
    expect(row('shadow', rehearsed)).toEqual(
      // prettier-ignore
      ['shadow', 'ETH', '2', '50 %', '0.2', '0.1', '0.1', '-0.1 on ethereum mainnet', '0', '–', '0'],
    );
    expect(rehearsed).not.toContain('usdc');
  });

  test('adds up what is of one unit', () => {
    const together = page.slice(page.indexOf('## Together'), page.indexOf('## Live'));
    const lines = together.split('\n').filter((line) => /^\| (live|rehearsed)/.test(line));
    expect(lines).toEqual([
      '| live | ETH | 4 | 25 % | 0.500000000000000001 | 0.0133 | 0.486700000000000001 | 0.06 | 711 % |',
      '| live | gwei | 1 | 100 % | 1500000 | 0 | 1500000 | 0 | – |',
      '| rehearsed | ETH | 2 | 50 % | 0.2 | 0.1 | 0.1 | 0 | – |',
    ]);
  });
});

test('the table has a line for each, and a page of the same day is written over', async () => {
  await report();
  await report();
  expect(store.puts.map(({ key, type }) => [key, type])).toEqual(
    [1, 2].flatMap(() => [
      ['reports/performance/2026/11/24.csv', 'text/csv; charset=utf-8'],
      ['reports/performance/2026/11/24.md', 'text/markdown; charset=utf-8'],
    ]),
  );
  const [head, ...lines] = store.puts[0]?.body.trim().split('\n') ?? [];
  expect(head).toBe(
    '"day","mode","strategy","unit","executions","landed","reverted","dropped","failed","dry_run","well","profit","loss","net","worst_net","worst_chain","worst_network","worst_tx","executions_before","net_before"',
  );
  expect(lines).toEqual([
    '"2026-11-24","dry-run","shadow","ETH",2,0,0,0,0,2,1,0.2,0.1,0.1,-0.1,"ethereum","mainnet","",0,0',
    '"2026-11-24","live","quiet","ETH",0,0,0,0,0,0,0,0,0,0,0,"","","",1,0.07',
    '"2026-11-24","live","sniper","gwei",1,1,0,0,0,0,1,1500000,0,1500000,1500000,"ethereum","mainnet","0xcc",0,0',
    '"2026-11-24","live","usdc","ETH",4,1,1,1,1,0,1,0.500000000000000001,0.0133,0.486700000000000001,-0.0123,"base","mainnet","0xbb",2,0.35',
  ]);
});

test('a day on which nothing was executed says so, and so does one of which nothing is known', async () => {
  await report({ DAY: '2026-11-22' });
  expect(pageOf()).toContain('production, from midnight to midnight UTC. Nothing was executed on this day.\n');
  expect(row('usdc', pageOf().slice(pageOf().indexOf('## Live')))[2]).toBe('0');
  store.puts.length = 0;
  await report({ DAY: '2025-01-01' });
  expect(store.puts.map(({ key }) => key)).toContain('reports/performance/2025/01/01.md');
  expect(pageOf()).toContain('Nothing was executed on this day.\n');
  expect(pageOf()).not.toMatch(/^\||^##/m);
});

test('it is of the day before where nobody says of which', async () => {
  const before = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const { output } = await report({ DAY: '' });
  expect(output).toBe(`reports/performance/${before.replaceAll('-', '/')}.md\n`);
});

describe('it fails, and leaves nothing half done,', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['where ClickHouse does not know it', { CLICKHOUSE_USER: 'stranger' }, 'Authentication failed'],
    ['where ClickHouse is not there', { CLICKHOUSE: 'http://127.0.0.1:1' }, 'Failed to connect'],
    ['for a day that is none', { DAY: 'yesterday' }, '"yesterday" is not a day; give DAY as 2026-11-24'],
    ['without credentials', { AWS_CONTAINER_CREDENTIALS_FULL_URI: '' }, 'Pod Identity gives no credentials'],
    ['where nobody gives it credentials', { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/dev/null' }, '401'],
    ['where the bucket is in another region', { REGION: 'us-east-1' }, 'signed for us-east-1'],
  ])('%s', async (_, change, said) => {
    const { status, output } = await report(change);
    expect(status).not.toBe(0);
    expect(output).toContain(said);
    expect(output).not.toMatch(/correct|token-of-the-pod|wJalr|session\/\/token/);
    expect(store.puts).toEqual([]);
  });
});
