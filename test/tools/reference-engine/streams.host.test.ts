import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { ExecutionMessage } from '../../../constructs/mev-engine/contract';
import {
  type Chain,
  engineFile,
  eth,
  eventually,
  limitsFile,
  type Mounted,
  mounted,
  type Running,
  run,
  startChain,
} from './running';

/** The reference engine publishes what it did to a server of NATS that runs. */

jest.setTimeout(60_000);

const SERVER = process.env.NATS_SERVER ?? 'nats-server';
const USER = 'clients';
const PASSWORD = 'first';

/** A port that is free now. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });

class Nats {
  readonly folder = mkdtempSync(join(tmpdir(), 'nats-'));
  process: ChildProcess | undefined;
  connection: NatsConnection | undefined;

  constructor(readonly port: number) {}

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(password = PASSWORD): Promise<void> {
    const config = join(this.folder, 'nats.conf');
    const users = `users: [{ user: ${USER}, password: ${password} }]`;
    writeFileSync(
      config,
      `host: 127.0.0.1\nport: ${this.port}\njetstream { store_dir: "${this.folder}" }\nauthorization { ${users} }\n`,
    );
    this.process = spawn(SERVER, ['--config', config], { stdio: 'ignore' });
    const failed = new Promise<never>((_, reject) => this.process?.once('error', reject));
    const connecting = eventually(() =>
      connect({ servers: this.url, user: USER, pass: password, reconnect: false, timeout: 1000 }),
    );
    this.connection = await Promise.race([connecting, failed]);
  }

  async stop(): Promise<void> {
    await this.connection?.close();
    const ended = new Promise((resolve) => this.process?.once('exit', resolve));
    this.process?.kill('SIGTERM');
    await ended;
  }

  async ask<T>(subject: string, body: object = {}): Promise<T> {
    const answer = await this.connection?.request(`$JS.API.${subject}`, JSON.stringify(body), { timeout: 5000 });
    const told = answer?.json<{ readonly error?: { readonly description: string } }>();
    if (told?.error) throw new Error(`${subject}: ${told.error.description}`);
    return told as T;
  }

  makeStream = () =>
    this.ask('STREAM.CREATE.executions', { name: 'executions', subjects: ['executions.>'], storage: 'file' });

  /** What the stream holds, by the order in which it came. */
  async held(): Promise<readonly (ExecutionMessage & { readonly subject: string })[]> {
    const { state } = await this.ask<{ readonly state: { readonly messages: number } }>('STREAM.INFO.executions');
    const numbers = Array.from({ length: state.messages }, (_, index) => index + 1);
    return Promise.all(
      numbers.map(async (seq) => {
        const { message } = await this.ask<{ readonly message: { readonly subject: string; readonly data: string } }>(
          'STREAM.MSG.GET.executions',
          { seq },
        );
        return { ...JSON.parse(Buffer.from(message.data, 'base64').toString()), subject: message.subject };
      }),
    );
  }
}

describe('an engine that has streams', () => {
  let nats: Nats;
  let chain: Chain;
  let files: Mounted;
  let engine: Running;
  let ports: { readonly health: number; readonly metrics: number };

  const status = async (): Promise<number> => (await fetch(`http://127.0.0.1:${ports.health}/readyz`)).status;
  const scrape = async (): Promise<string> => (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
  /** Makes a block with these prices, and waits until the engine has looked at it. */
  const block = async (...prices: readonly number[]): Promise<void> => {
    const number = chain.next(...prices);
    await eventually(async () =>
      expect(await scrape()).toContain(`\nmev_head_number{chain="ethereum",network="mainnet"} ${number}\n`),
    );
  };
  const secrets = (password: string) => ({ gateway: 'token\n', nats: `${password}\n` });

  beforeAll(async () => {
    [nats, chain] = [new Nats(await freePort()), await startChain()];
    files = mounted(chain.url);
    const streams = { url: nats.url, user: USER, passwordFile: 'nats', executions: 'executions' };
    files.secrets(secrets(PASSWORD));
    files.set({
      engine: engineFile(chain.url, { streams }),
      limits: limitsFile({}, { maxDailyLoss: { value: '9000000000', unit: 'gwei' } }),
    });
    engine = run(files.root);
    const started = await eventually(async () => {
      const [line] = engine.output.stdout.split('\n');
      return JSON.parse(line ?? '') as { readonly health: number; readonly metrics: number };
    });
    ports = started;
  });
  afterAll(async () => {
    engine?.process.kill('SIGKILL');
    await nats?.stop();
    await chain?.close();
    for (const folder of [files?.root, nats?.folder]) if (folder) rmSync(folder, { recursive: true });
  });

  test('trades, and is ready, while they cannot be reached, and says so', async () => {
    await block(11, 15);
    await block(16);
    expect(await scrape()).toContain('mev_executions_total{strategy="free",chain="ethereum",status="dry_run"} 1\n');
    expect(await status()).toBe(200);
    await eventually(async () => expect(engine.output.stdout).toContain('{"event":"streams","trouble":"'));
  });

  test('publishes what it did meanwhile once they are there, exactly and in the unit of its limits', async () => {
    await nats.start();
    await nats.makeStream();
    const cost = 504_000;
    await eventually(async () => expect(await nats.held()).toHaveLength(2));
    const held = await nats.held();
    for (const { at } of held) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
    expect([...held].sort((a, b) => (a.strategy < b.strategy ? -1 : 1))).toEqual(
      ['free', 'limited'].map((strategy) => ({
        subject: `executions.${strategy}`,
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        engine: 'reference',
        strategy,
        mode: 'dry-run',
        chain: 'ethereum',
        network: 'mainnet',
        status: 'dry_run',
        // Ten million units of gas that were bought at 11 gwei and sold at 16.
        profit: `${50_000_000 - cost}`,
        loss: '0',
        unit: 'gwei',
        tx: '',
      })),
    );
    await eventually(async () => expect(engine.output.stdout).toContain('{"event":"streams","trouble":null}\n'));
  });

  test('publishes a loss as one, and each execution once', async () => {
    await block(12, 15);
    await block(11);
    await eventually(async () => expect(await nats.held()).toHaveLength(4));
    const lost = (await nats.held()).slice(2).map(({ profit, loss }) => ({ profit, loss }));
    expect(lost).toEqual([0, 1].map(() => ({ profit: '0', loss: `${10_000_000 + 504_000}` })));
    await block();
    expect(await nats.held()).toHaveLength(4);
  });

  test('comes back after them, with the password of that time', async () => {
    await nats.stop();
    await block(11, 15);
    await block(16);
    files.secrets(secrets('second'));
    await nats.start('second');
    await eventually(async () => expect(await nats.held()).toHaveLength(6));
  });

  test('sends again what a stream has no room for, until it is taken', async () => {
    const about = { name: 'executions', subjects: ['executions.>'], storage: 'file' };
    await nats.ask('STREAM.UPDATE.executions', { ...about, max_msgs: 6, discard: 'new' });
    await block(11, 15);
    await block(16);
    await eventually(async () => expect(engine.output.stdout).toContain('maximum messages exceeded'));
    expect(await nats.held()).toHaveLength(6);
    await nats.ask('STREAM.UPDATE.executions', { ...about, max_msgs: -1 });
    await eventually(async () => expect(await nats.held()).toHaveLength(8));
  });

  test('publishes what it cancels at its end, and ends in time', async () => {
    await block(11, 15);
    const start = Date.now();
    engine.process.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    expect(Date.now() - start).toBeLessThan(3000);
    const held = (await nats.held()).slice(8);
    expect(held.map(({ profit, loss, status }) => [profit, loss, status])).toEqual(
      [0, 1].map(() => ['0', '0', 'dry_run']),
    );
  });
});

test('an engine trades on without the password of streams', async () => {
  const files = mounted('http://127.0.0.1:1');
  const streams = { url: 'nats://127.0.0.1:1', user: USER, passwordFile: 'nats', executions: 'executions' };
  files.set({
    engine: engineFile('http://127.0.0.1:1', { streams }),
    limits: limitsFile({}, { maxDailyLoss: eth('9') }),
  });
  const { process: child, ended, output } = run(files.root);
  await eventually(async () => expect(output.stdout).toContain('"event":"started"'));
  expect(output.stderr).toBe('');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  rmSync(files.root, { recursive: true });
});
