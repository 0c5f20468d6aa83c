import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { consumerOf, DATABASES, TABLES } from '../../../constructs/data-stores/contract';
import { podCommands } from '../chain-node/chart/programs';

/**
 * The statements that make the tables, run by the script that runs them in the cluster, against ClickHouse itself: chdb, as a server
 * (clickhouse.py). Needs a Python with the packages of tools/ci/data-requirements.txt, at $DATA_PYTHON.
 */

const PYTHON = process.env.DATA_PYTHON ?? 'python3';
const FILES = join(__dirname, '../../../constructs/data-stores/chart/files');
const SCRIPT = join(FILES, 'schema.sh');
const STREAMS = DATABASES.flatMap((database) => [...TABLES[database]]).sort();
const tableOf = (stream: string): string =>
  `${DATABASES.find((database) => TABLES[database].includes(stream))}.${stream}`;
const folder = mkdtempSync(join(tmpdir(), 'schema-'));
writeFileSync(join(folder, 'password'), 'not-a-secret');

let server: ChildProcess;
let url = '';

beforeAll(async () => {
  server = spawn(PYTHON, [join(__dirname, 'clickhouse.py'), 'schema', 'not-a-secret'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  server.stderr?.on('data', (text) => {
    said += text;
  });
  const port = await new Promise<string>((resolve, reject) => {
    server.stdout?.once('data', (text) => resolve(String(text).trim()));
    server.once('exit', () =>
      reject(new Error(`${said}\n${PYTHON} has no chdb; set DATA_PYTHON to one with tools/ci/data-requirements.txt`)),
    );
  });
  url = `http://127.0.0.1:${port}`;
}, 60_000);

afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true });
});

const files = (): string[] => [
  join(FILES, 'tables.sql'),
  ...STREAMS.map((name) => join(FILES, 'streams', `${name}.sql`)),
];

function apply(
  days: readonly [timeseries: number, analytics: number],
  change: Readonly<Record<string, string>> = {},
  of = files(),
) {
  return spawnSync('bash', [SCRIPT, ...of], {
    encoding: 'utf8',
    env: {
      PATH: podCommands(),
      LOGIN: folder,
      CLICKHOUSE: url,
      CLICKHOUSE_USER: 'schema',
      PARAMETERS: `param_timeseries_days=${days[0]}&param_analytics_days=${days[1]}`,
      PATIENCE_SECONDS: '0',
      ...change,
    },
  });
}

async function ask<Row>(statement: string): Promise<readonly Row[]> {
  const response = await fetch(url, {
    method: 'POST',
    body: statement,
    headers: { 'X-ClickHouse-User': 'schema', 'X-ClickHouse-Key': 'not-a-secret' },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Days that each table keeps, as ClickHouse has it. */
async function kept(): Promise<Readonly<Record<string, number>>> {
  const rows = await ask<{ name: string; days: string }>(
    `SELECT concat(database, '.', name) AS name, extract(engine_full, 'TTL .*toIntervalDay\\\\(_CAST\\\\((\\\\d+)') AS days
     FROM system.tables WHERE database IN ('timeseries', 'analytics') ORDER BY name`,
  );
  return Object.fromEntries(rows.map(({ name, days }) => [name, Number(days)]));
}

const everyTable = (timeseries: number, analytics: number): Readonly<Record<string, number>> =>
  Object.fromEntries(
    DATABASES.flatMap((database) =>
      TABLES[database].map((name) => [`${database}.${name}`, database === 'timeseries' ? timeseries : analytics]),
    ).sort(),
  );

/** As an engine publishes it (docs/engine-contract.md). */
const EXECUTION = {
  at: '2026-11-25T12:00:00.123Z',
  engine: 'dex-router',
  strategy: 'usdc',
  mode: 'live',
  chain: 'base',
  network: 'mainnet',
  status: 'landed',
  profit: '0.0123',
  loss: '0',
  unit: 'ETH',
  tx: '0xaa',
};
const deliver = (stream: string, message: object): Promise<unknown> =>
  ask(
    `INSERT INTO streams.${stream} SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow ${JSON.stringify(message)}`,
  );

test('tables are made as they are declared, and keep what they are told to', async () => {
  const { status, stdout, stderr } = apply([90, 400]);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^(\{"1":1\}\n)?\d\d statements\n$/);
  expect(await kept()).toEqual(everyTable(90, 400));
}, 120_000);

test('what an engine publishes is a row, once, however often it is delivered', async () => {
  await deliver('executions', EXECUTION);
  await deliver('executions', EXECUTION);
  await deliver('executions', {
    ...EXECUTION,
    at: '2026-11-25T12:00:01.000Z',
    profit: '0',
    loss: '0.002',
    status: 'reverted',
    more: 1,
  });
  expect(await ask('SELECT * FROM analytics.executions FINAL ORDER BY at')).toEqual([
    { ...EXECUTION, at: '2026-11-25 12:00:00.123', profit: 0.0123, loss: 0 },
    { ...EXECUTION, at: '2026-11-25 12:00:01.000', profit: 0, loss: 0.002, status: 'reverted' },
  ]);
  expect(await ask('SELECT count() AS rows FROM streams.refused')).toEqual([{ rows: 0 }]);
}, 60_000);

test.each(STREAMS)(
  'what is no message of %s is kept for somebody to look at, and is no row',
  async (stream) => {
    const before = await ask(`SELECT count() AS rows FROM ${tableOf(stream)}`);
    await deliver(stream, { _subject: `${stream}.x`, _raw_message: '{', _error: 'cannot parse' });
    expect(
      await ask(`SELECT stream, subject, message, reason FROM streams.refused WHERE stream = '${stream}'`),
    ).toEqual([{ stream, subject: `${stream}.x`, message: '{', reason: 'cannot parse' }]);
    expect(await ask(`SELECT count() AS rows FROM ${tableOf(stream)}`)).toEqual(before);
  },
  60_000,
);

test('another run changes nothing but a retention that is another, and takes no row away', async () => {
  const rows = await ask('SELECT * FROM analytics.executions ORDER BY at');
  const { status, stderr } = apply([30, 4000]);
  expect([status, stderr]).toEqual([0, '']);
  expect(await kept()).toEqual(everyTable(30, 4000));
  expect(await ask('SELECT * FROM analytics.executions ORDER BY at')).toEqual(rows);
  await deliver('prices', { at: '2026-11-25T12:00:00Z', source: 'pyth', base: 'ETH', quote: 'USD', price: '3012.5' });
  expect(await ask('SELECT base, price FROM timeseries.prices')).toEqual([{ base: 'ETH', price: 3012.5 }]);
}, 120_000);

test('a statement that is refused ends it, with what was refused', () => {
  const wrong = join(folder, 'wrong.sql');
  writeFileSync(wrong, 'SELECT 1;\nCREATE TABL x;\nSELECT 2;\n');
  const { status, stdout, stderr } = apply([90, 400], {}, [wrong]);
  expect(status).toBe(1);
  expect(stdout).toContain('Syntax error');
  expect(stderr).toContain(`${wrong}: this was refused:`);
  expect(stderr).toContain('CREATE TABL x');
  expect(stdout).not.toContain('statements');
}, 60_000);

test('without its password it gives up, and says where to look', () => {
  const { status, stderr } = apply([90, 400], { CLICKHOUSE_USER: 'nobody' });
  expect(status).toBe(1);
  expect(stderr).toContain('ClickHouse does not answer after 0 s; see what its operator says of it');
}, 60_000);

describe('statements', () => {
  const all = (['tables.sql', ...readdirSync(join(FILES, 'streams')).map((name) => `streams/${name}`)] as const).map(
    (name) => [name, readFileSync(join(FILES, name), 'utf8')] as const,
  );

  test('are there for each table that a stream fills', () => {
    expect(
      all
        .slice(1)
        .map(([name]) => basename(name, '.sql'))
        .sort(),
    ).toEqual(STREAMS);
  });

  test.each(all)('of %s take no row away', (name, text) => {
    const statements = text.replaceAll(/--.*/g, '').split(';');
    expect(statements.pop()?.trim()).toBe('');
    for (const statement of statements) {
      expect(statement).not.toMatch(/\b(TRUNCATE|DELETE|RENAME|EXCHANGE|REPLACE|DETACH|UPDATE)\b/);
      const [, dropped] = /\bDROP\s+\w+\s+IF EXISTS\s+(\S+)/.exec(statement) ?? [];
      if (/\bDROP\b/.test(statement))
        expect([name, dropped]).toEqual([name, expect.stringMatching(/^streams\.(?!refused)/)]);
    }
  });

  test.each(STREAMS)('read %s by its own consumer, and hold no password', (stream) => {
    const [, text = ''] = all.find(([name]) => name === `streams/${stream}.sql`) ?? [];
    expect(text).toContain(`nats_stream = '${stream}'`);
    expect(text).toContain(`nats_consumer_name = '${consumerOf(stream)}'`);
    expect(text).toContain(`nats_subjects = '${stream}.>'`);
    expect(text).not.toMatch(/password|nats_token|nats_credential/);
    // While a view stands alone, what it does not take is lost: rows are taken first and longest.
    const at = (word: string): number => text.indexOf(word);
    expect(at(`DROP VIEW IF EXISTS streams.${stream}_refused`)).toBeLessThan(
      at(`DROP VIEW IF EXISTS streams.${stream}_rows`),
    );
    expect(at(`VIEW streams.${stream}_rows TO`)).toBeLessThan(at(`VIEW streams.${stream}_refused TO`));
  });
});

test('shellcheck finds nothing', () => {
  execFileSync(process.env.SHELLCHECK ?? 'shellcheck', [SCRIPT], { encoding: 'utf8' });
});
