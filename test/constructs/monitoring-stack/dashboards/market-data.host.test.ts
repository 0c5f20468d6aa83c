import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDashboards, dataDefinitions } from '../../../../constructs/monitoring-stack/dashboards';
import type { Json } from '../../../project';
import { deadLinks, misplaced, oddVariables, panelsOf, repeatedIds, unexplained } from './checks';

/** The dashboard of what stores hold: as Grafana reads it, and each query as ClickHouse answers it. */

jest.setTimeout(60_000);

const PYTHON = process.env.DATA_PYTHON ?? 'python3';
const TABLES = join(__dirname, '../../../../constructs/data-stores/chart/files/tables.sql');
const [DASHBOARD] = dataDashboards().map(({ json }) => JSON.parse(json) as Json);

describe('as Grafana reads it', () => {
  test('it is whole', () => {
    expect(dataDashboards().map(({ uid, folder }) => [uid, folder])).toEqual([['mev-market-data', 'MEV']]);
    for (const check of [misplaced, repeatedIds, unexplained, oddVariables]) expect(check(DASHBOARD)).toEqual([]);
    expect(deadLinks(DASHBOARD, [DASHBOARD])).toEqual([]);
  });

  test('it asks ClickHouse and nobody else', () => {
    const asking = panelsOf(DASHBOARD).filter(({ type }) => type !== 'row');
    expect(asking.length).toBeGreaterThan(10);
    for (const { title, datasource, targets } of asking) {
      expect([title, datasource]).toEqual([title, { type: 'grafana-clickhouse-datasource', uid: 'clickhouse' }]);
      expect(targets).toHaveLength(1);
      expect(targets[0].rawSql).not.toMatch(/undefined|\n/);
    }
    expect(JSON.stringify(DASHBOARD)).not.toContain('"prometheus"');
  });
});

const DAY = '2026-11-24';
const at = (time: string): string => `${DAY}T${time}Z`;
const ROWS: Readonly<Record<string, readonly object[]>> = {
  'timeseries.prices': [
    { at: at('10:01:00'), source: 'binance', base: 'ETH', quote: 'USDC', price: '4000' },
    { at: at('10:02:00'), source: 'uniswap', base: 'ETH', quote: 'USDC', price: '4020' },
    { at: at('10:03:00'), source: 'binance', base: 'ETH', quote: 'USDC', price: '4010' },
    { at: '2026-11-23T10:00:00Z', source: 'old', base: 'ETH', quote: 'USDC', price: '1' },
  ],
  'timeseries.market': [
    {
      at: at('10:01:00'),
      chain: 'base',
      network: 'mainnet',
      venue: 'aerodrome',
      pair: 'ETH/USDC',
      kind: 'swap',
      tx: '0x1',
    },
    {
      at: at('10:02:00'),
      chain: 'base',
      network: 'mainnet',
      venue: 'aerodrome',
      pair: 'ETH/USDC',
      kind: 'swap',
      tx: '0x2',
    },
  ],
  'timeseries.mempool': [
    { at: at('10:01:00'), chain: 'ethereum', network: 'mainnet', tx: '0x3', priority_fee_gwei: '2' },
    { at: at('10:01:01'), chain: 'ethereum', network: 'mainnet', tx: '0x3', priority_fee_gwei: '2' },
  ],
  'analytics.opportunities': [
    {
      at: at('10:01:00'),
      source: 'detector',
      strategy: 'usdc',
      chain: 'base',
      network: 'mainnet',
      id: 'a',
      profit: '0.1',
      unit: 'ETH',
    },
  ],
  'analytics.executions': [
    {
      at: at('10:01:00'),
      engine: 'e',
      strategy: 'usdc',
      mode: 'live',
      chain: 'base',
      network: 'mainnet',
      status: 'landed',
      profit: '0.5',
      loss: '0',
      unit: 'ETH',
      tx: '0xa',
    },
    {
      at: at('10:02:00'),
      engine: 'e',
      strategy: 'usdc',
      mode: 'live',
      chain: 'base',
      network: 'mainnet',
      status: 'reverted',
      profit: '0',
      loss: '0.125',
      unit: 'ETH',
      tx: '0xb',
    },
    {
      at: at('10:03:00'),
      engine: 'e',
      strategy: 'test',
      mode: 'dry-run',
      chain: 'base',
      network: 'mainnet',
      status: 'dry_run',
      profit: '9',
      loss: '0',
      unit: 'ETH',
      tx: '',
    },
  ],
};

describe('as ClickHouse answers', () => {
  let server: ChildProcess;
  let url: string;

  async function ask<T = Json>(statement: string): Promise<T[]> {
    const answer = await fetch(`${url}/?param_timeseries_days=3650&param_analytics_days=3650`, {
      method: 'POST',
      headers: { 'X-ClickHouse-User': 'readers', 'X-ClickHouse-Key': 'password' },
      body: statement,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${statement}: ${text}`);
    return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as T]));
  }

  /** As the plugin fills its macros in (grafana/clickhouse-datasource, tag v4.20.0, pkg/macros/macros.go), for a day in steps of an hour. */
  const filledIn = (sql: string): string => {
    const [from, to] = [`${DAY}T00:00:00Z`, `${DAY}T23:59:59Z`].map((time) => Date.parse(time) / 1000);
    return sql
      .replaceAll(
        /\$__timeFilter\((\w+)\)/g,
        (_, column) => `${column} >= toDateTime(${from}) AND ${column} <= toDateTime(${to})`,
      )
      .replaceAll(
        /\$__timeInterval\((\w+)\)/g,
        (_, column) => `toStartOfInterval(toDateTime(${column}), INTERVAL 3600 second)`,
      );
  };
  const told = (title: string): Promise<Json[]> => {
    const panel = dataDefinitions()
      .flatMap(({ sections }) => sections.flatMap(({ panels }) => panels))
      .find((one) => one.title === title);
    if (panel?.kind !== 'sql') throw new Error(`no panel ${title}`);
    return ask(filledIn(panel.sql));
  };
  const number = async (title: string): Promise<unknown> => Object.values((await told(title))[0] ?? {})[0];

  beforeAll(async () => {
    const program = join(__dirname, '../../data-stores/clickhouse.py');
    server = spawn(PYTHON, [program, 'readers', 'password'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise<string>((resolve, reject) => {
      server.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim()));
      server.once('error', reject);
      server.once('exit', (status) => reject(new Error(`ClickHouse ended with ${status}`)));
    });
    url = `http://127.0.0.1:${port}`;
    for (const statement of readFileSync(TABLES, 'utf8')
      .split(';')
      .filter((one) => one.trim()))
      await ask(statement);
    for (const [table, rows] of Object.entries(ROWS)) {
      const values = rows.map((row) => JSON.stringify(row)).join('\n');
      await ask(`INSERT INTO ${table} SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow ${values}`);
    }
  });
  afterAll(() => server?.kill('SIGKILL'));

  test('every panel is answered, with names and numbers that Grafana draws', async () => {
    const panels = dataDefinitions().flatMap(({ sections }) => sections.flatMap((section) => section.panels));
    for (const panel of panels) {
      if (panel.kind !== 'sql') throw new Error(`${panel.title} asks no SQL`);
      const rows = await told(panel.title);
      expect([panel.title, rows.length > 0]).toEqual([panel.title, true]);
      if (panel.view === 'stat')
        expect([panel.title, Object.keys(rows[0])]).toEqual([panel.title, [expect.anything()]]);
      if (panel.view === 'graph')
        for (const row of rows)
          expect([panel.title, row]).toEqual([
            panel.title,
            { time: `${DAY} 10:00:00`, name: expect.any(String), value: expect.anything() },
          ]);
      for (const column of Object.keys(panel.columns ?? {})) expect(Object.keys(rows[0])).toContain(column);
    }
  });

  test.each([
    ['Prices', 3],
    ['Trades', 2],
    ['Pending transactions', 1],
    ['Opportunities', 1],
    ['Live executions', 2],
    ['Landed', 0.5],
    ['Net in ETH', 0.375],
  ])('%s: %s', async (title, value) => {
    expect(Number(await number(title))).toBe(value);
  });

  test('prices that nobody sends have no age', async () => {
    expect(await number('Newest price')).toBeNull();
  });

  test('sources that differ are told apart, the newest of each', async () => {
    expect(await told('Newest of each source')).toEqual([
      { pair: 'ETH/USDC', source: 'binance', price: 4010, seen: `${DAY} 10:03:00.000` },
      { pair: 'ETH/USDC', source: 'uniswap', price: 4020, seen: `${DAY} 10:02:00.000` },
    ]);
    const [{ value }] = await told('Difference between sources');
    expect(value).toBeCloseTo(0.005, 9);
  });

  test('what was rehearsed is no money of live strategies', async () => {
    const [{ name, value }, ...more] = await told('Net of live executions by strategy');
    expect([name, value, more]).toEqual(['usdc, ETH', 0.375, []]);
    expect((await told('By strategy')).map(({ strategy, mode, net }) => [strategy, mode, net])).toEqual([
      ['usdc', 'live', 0.375],
      ['test', 'dry-run', 9],
    ]);
  });
});
