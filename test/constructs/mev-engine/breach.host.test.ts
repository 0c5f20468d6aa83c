import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { PRODUCTION, STRATEGY, withEngine } from '../../environments/engines';
import { loadFiles } from '../../environments/files';
import { type Json, resources, synthesize } from '../../project';
import {
  type Chain,
  eventually,
  type Mounted,
  mounted,
  type Running,
  run,
  startChain,
} from '../../tools/reference-engine/running';

/**
 * A breach from its beginning to its end: the reference engine, which was given looser limits than the infrastructure has, trades past
 * them; Prometheus and Alertmanager, with what a stack gives them, tell the switch; what its sensor then makes is mounted, and stops the
 * engine. Only Argo Events and Kubernetes are missing: what they would do is read in the objects that they would be given.
 */

jest.setTimeout(120_000);

const HELM = process.env.HELM ?? 'helm';
const CHART = join(__dirname, '../../../constructs/mev-engine/chart');
const NAME = 'flashloan-arbitrage';
const TOKEN = 'of the switch';
/** What the chain asks is 12 gwei. */
const CAP = '10 gwei';

const folder = mkdtempSync(join(tmpdir(), 'breach-'));
const processes: ChildProcess[] = [];
const servers: Server[] = [];

/** An environment that rehearses: what is live the reference engine refuses. */
const { development } = synthesize(
  loadFiles({
    ...withEngine(),
    'production/overrides.yml': null,
    'strategies/active/usdc.yml': null,
    'development/overrides.yml': PRODUCTION.replace('max_gas_price: 500 gwei', `max_gas_price: ${CAP}`),
    'strategies/testing/usdc.yml': STRATEGY,
  }),
);
const textOf = (address: string): string => resources(development)[address].values[0];
const valuesOf = (address: string): Json => parse(textOf(address).replaceAll('$${', '${'));
const engine = valuesOf(`helm_release.engine-${NAME}`);
const monitoring = valuesOf(
  Object.keys(resources(development)).find((address) => /kube-prometheus-stack/.test(address)) ?? '',
);

const sensor = ((): Json => {
  const file = join(folder, 'values.yaml');
  writeFileSync(file, textOf(`helm_release.engine-${NAME}`).replaceAll(/(?<!\$)\$\{[^}]*\}/g, '10.0.0.0/16'));
  const words = ['template', NAME, CHART, '--namespace', 'mev-engines', '--kube-version', '1.34.0', '--values', file];
  const text = execFileSync(HELM, words, { encoding: 'utf8', stdio: 'pipe' });
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Json)
    .find((object) => object?.kind === 'Sensor');
})();

async function serve(
  answer: (path: string, body: string, authorization: string | undefined) => string,
): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => response.end(answer(request.url ?? '', body, request.headers.authorization)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that nobody has at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(program: string, ...words: readonly string[]): void {
  processes.push(spawn(program, words, { cwd: folder, stdio: 'ignore' }));
}

/** What an operator of Prometheus gives Alertmanager, told where things are here. */
function alertmanagerConfig(kill: string, sink: string): Json {
  const token = join(folder, 'token');
  writeFileSync(token, TOKEN);
  for (const [name, text] of Object.entries(monitoring.alertmanager.templateFiles ?? {}))
    writeFileSync(join(folder, name), text as string);
  const config = structuredClone(monitoring.alertmanager.config);
  config.templates = [join(folder, '*.tmpl')];
  for (const { webhook_configs: hooks = [] } of config.receivers)
    for (const hook of hooks) {
      if (hook.url_file !== undefined) {
        // Alertmanager 0.25 knows no file for it.
        delete hook.url_file;
        hook.url = `http://${sink}/told`;
      }
      if (hook.http_config?.authorization !== undefined) {
        hook.url = hook.url.replace(/^http:\/\/[^/]+/, `http://${kill}`);
        hook.http_config.authorization.credentials_file = token;
      }
    }
  return config;
}

interface Told {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Json;
}

/** A path of an event, such as `body.groupLabels.scope`, as Argo Events reads it. */
const at = (event: Json, path: string): Json => path.split('.').reduce((value, key) => value?.[key], event);

describe('an engine that offers more for gas than it may', () => {
  const told: Told[] = [];
  let chain: Chain;
  let files: Mounted;
  let running: Running;
  let prometheus: string;
  let metrics: string;

  const query = async (expr: string): Promise<string | undefined> => {
    const response = await fetch(`http://${prometheus}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const { data } = (await response.json()) as Json;
    return data.result[0]?.value[1];
  };
  const trading = async (): Promise<string | undefined> =>
    (await (await fetch(`http://${metrics}/metrics`)).text()).match(
      /^mev_strategy_trading\{strategy="usdc"\} (\d)$/m,
    )?.[1];

  beforeAll(async () => {
    chain = await startChain();
    chain.chainId = 1;
    files = mounted(chain.url);
    const file = JSON.parse(engine.files['engine.json']);
    const looser = JSON.parse(engine.files['limits.json']);
    looser.strategies = { usdc: { chains: {} } };
    files.set({
      engine: { ...file, chains: file.chains.map((one: Json) => ({ ...one, rpc: chain.url })) },
      limits: looser,
    });
    files.strategies(
      Object.fromEntries(
        Object.entries(engine.strategies).map(([name, text]) => [
          name.replace('.json', ''),
          JSON.parse(text as string),
        ]),
      ),
    );
    running = run(files.root);
    metrics = await eventually(
      async () => `127.0.0.1:${JSON.parse(running.output.stdout.split('\n')[0] ?? '').metrics}`,
    );

    const kill = await serve((path, body, authorization) => {
      told.push({ path, authorization, body: JSON.parse(body) });
      return '';
    });
    const sink = await serve(() => '');
    const node = await serve(() => 'chain_healthy 1\n');
    const [ports, manager] = [await freePort(), `127.0.0.1:${await freePort()}`];
    prometheus = `127.0.0.1:${ports}`;
    writeFileSync(join(folder, 'alertmanager.yml'), JSON.stringify(alertmanagerConfig(kill, sink)));
    const { groups } = JSON.parse(engine.rules);
    const watchdog = {
      name: 'general',
      rules: [{ alert: 'Watchdog', expr: 'vector(1)', labels: { severity: 'none' } }],
    };
    const paced = groups.map((group: Json) => ({ ...group, interval: '1s' }));
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [...paced, watchdog] }));
    const scraped = (target: string, labels: Json): Json => ({ targets: [target], labels });
    writeFileSync(
      join(folder, 'prometheus.yml'),
      JSON.stringify({
        global: {
          scrape_interval: '1s',
          evaluation_interval: '1s',
          external_labels: monitoring.prometheus.prometheusSpec.externalLabels,
        },
        rule_files: ['rules.yml'],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [manager] }] }] },
        scrape_configs: [
          {
            job_name: 'engine',
            static_configs: [scraped(metrics, { namespace: 'mev-engines', engine: NAME, pod: `${NAME}-1` })],
          },
          { job_name: 'node', static_configs: [scraped(node, { node: 'ethereum-mainnet-geth' })] },
        ],
      }),
    );
    start(
      'prometheus-alertmanager',
      '--config.file=alertmanager.yml',
      '--storage.path=alertmanager',
      `--web.listen-address=${manager}`,
      '--cluster.listen-address=',
    );
    start(
      'prometheus',
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=${prometheus}`,
    );
  });
  afterAll(async () => {
    for (const one of [...processes, running.process]) one.kill('SIGKILL');
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await running.ended;
    await chain.close();
    rmSync(files.root, { recursive: true });
    rmSync(folder, { recursive: true });
  });

  test('runs while everything is well', async () => {
    await eventually(async () => expect(await query(engine.keda.query)).toBe('1'));
    expect(await trading()).toBe('1');
    expect(told).toEqual([]);
  });

  test('is told of to the switch, at once and with its token, by the scope that its sensor hears', async () => {
    chain.next(11, 15);
    await eventually(async () => expect(told.length).toBeGreaterThan(0));
    const [{ path, authorization, body }] = told as [Told];
    expect({ path, authorization }).toEqual({ path: '/stop', authorization: `Bearer ${TOKEN}` });
    expect(body.alerts.map(({ labels }: Json) => labels.alertname)).toEqual(['GasPriceOverLimit']);
    const { data } = sensor.spec.dependencies[0].filters;
    for (const filter of data as Json[]) {
      const value = at({ body }, filter.path);
      expect([filter.path, value, filter.value.some((one: string) => new RegExp(one).test(value))]).toEqual([
        filter.path,
        value,
        true,
      ]);
    }
    expect(data.map((filter: Json) => filter.path)).toEqual(['body.status', 'body.groupLabels.scope']);
  });

  test('is to run no more, by what KEDA asks', async () => {
    await eventually(async () => expect(await query(engine.keda.query)).toBe('0'));
  });

  test('does not trade any more once the latch is mounted that the sensor makes', async () => {
    const [{ body }] = told as [Told];
    const latch = sensor.spec.triggers.map(({ template }: Json) => template).find(({ name }: Json) => name === 'latch');
    const [{ src, dest }] = latch.k8s.parameters;
    expect(dest).toBe('data.reason');
    const reason = at({ body }, src.dataKey);
    expect(reason).toMatch(/^usdc has a gas price on ethereum of 12 gwei; 10 gwei is the most\./);
    files.stop(reason);
    await eventually(async () => expect(await trading()).toBe('0'));
    expect(running.output.stdout).toContain(JSON.stringify(reason).slice(1, -1));
  });

  test('is not started by its recovery: the alert goes on, and the latch stays', async () => {
    chain.next();
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(await query(engine.keda.query)).toBe('0');
    expect(await trading()).toBe('0');
  });
});
