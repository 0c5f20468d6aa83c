import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsValues } from '../../../constructs/data-stores/releases';
import type { Json } from '../../project';

/** Who may say what to a server of streams: nats-server itself ($NATS_SERVER), with the logins of the values. */

const SERVER = process.env.NATS_SERVER ?? 'nats-server';
const folder = mkdtempSync(join(tmpdir(), 'streams-'));

/** Passwords that a configuration would take for a number, or for its own marks. */
const PASSWORDS = { CLIENTS: '1e5', CLICKHOUSE: '22', CONTROLLER: 'p#;{x' } as const;

const values: Json = natsValues({
  streams: [
    { name: 'executions', sizeGiB: 1 },
    { name: 'own', sizeGiB: 1 },
  ],
  tables: ['executions'],
  replicas: 1,
  secret: 'mev-data',
  podMonitor: false,
});

/** A configuration with the logins as the chart writes them: `<< $NAME >>` is a variable (nats-io/k8s, values.yaml, config.merge). */
const configuration = (port: number): string =>
  JSON.stringify({
    server_name: 'test',
    listen: `127.0.0.1:${port}`,
    jetstream: { store_dir: join(folder, 'data'), max_file_store: 10 * 2 ** 30 },
    ...values.config.merge,
  }).replaceAll(/"<< (\$\w+) >>"/g, '$1');

/** As Kubernetes gives them, by the environment of the values. */
const environment = Object.fromEntries(
  Object.entries<Json>(values.container.env).flatMap(([name, value]) => {
    const [, given = ''] = /^"\$\(GIVEN_(\w+)\)"$/.exec(value) ?? [];
    return given === '' ? [] : [[name, value.replace(`$(GIVEN_${given})`, PASSWORDS[given as keyof typeof PASSWORDS])]];
  }),
);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A client by NATS' own protocol, as far as this test speaks it. */
class Client {
  #heard = '';
  #socket: Socket;
  constructor(port: number, user: string, password: string) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (data) => {
      this.#heard += data;
    });
    this.#socket.write(
      `CONNECT ${JSON.stringify({ user, pass: password, verbose: false, pedantic: false, headers: true, no_responders: true })}\r\nSUB _INBOX.t 1\r\n`,
    );
  }

  /** What the server says to a message: an answer, a refusal, or nothing. */
  async say(subject: string, body: object | string = ''): Promise<string> {
    this.#heard = '';
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.#socket.write(`PUB ${subject} _INBOX.t ${Buffer.byteLength(text)}\r\n${text}\r\nPING\r\n`);
    for (let tries = 0; tries < 100 && !/H?MSG \S+ 1 .*\r\n.+\r\n|-ERR .*\r\n/.test(this.#heard); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return this.#heard;
  }

  end(): void {
    this.#socket.destroy();
  }
}

let server: ChildProcess;
let port: number;
const clients = {} as Record<'clients' | 'clickhouse' | 'controller', Client>;

beforeAll(async () => {
  port = await freePort();
  writeFileSync(join(folder, 'nats.conf'), configuration(port));
  server = spawn(SERVER, ['-c', join(folder, 'nats.conf')], { env: { ...process.env, ...environment }, stdio: 'pipe' });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (text) => {
      said += text;
      if (said.includes('Server is ready')) resolve();
    });
    server.once('exit', () => reject(new Error(said)));
    server.once('error', reject);
  });
  clients.clients = new Client(port, 'clients', PASSWORDS.CLIENTS);
  clients.clickhouse = new Client(port, 'clickhouse', PASSWORDS.CLICKHOUSE);
  clients.controller = new Client(port, 'controller', PASSWORDS.CONTROLLER);
  await clients.controller.say('$JS.API.STREAM.CREATE.executions', {
    name: 'executions',
    subjects: ['executions.>'],
    storage: 'file',
    retention: 'limits',
    max_bytes: 2 ** 20,
    num_replicas: 1,
  });
  await clients.controller.say('$JS.API.CONSUMER.DURABLE.CREATE.executions.clickhouse-executions', {
    stream_name: 'executions',
    config: { durable_name: 'clickhouse-executions', ack_policy: 'explicit', filter_subject: 'executions.>' },
  });
}, 30_000);

afterAll(() => {
  for (const client of Object.values(clients)) client.end();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('the configuration is one', () => {
  execFileSync(SERVER, ['-t', '-c', join(folder, 'nats.conf')], {
    env: { ...process.env, ...environment },
    stdio: 'pipe',
  });
});

const own = { stream_name: 'executions', config: { durable_name: 'risk', ack_policy: 'explicit' } };

test.each([
  ['clients', 'writes to a stream', 'executions.usdc', '{}', '"stream":"executions"'],
  ['clients', 'makes a consumer of its own', '$JS.API.CONSUMER.DURABLE.CREATE.executions.risk', own, '"name":"risk"'],
  [
    'clients',
    'reads by it',
    '$JS.API.CONSUMER.MSG.NEXT.executions.risk',
    { batch: 1, expires: 1e9 },
    'MSG executions.usdc 1 ',
  ],
  ['clients', 'asks what a stream is', '$JS.API.STREAM.INFO.executions', '', '"messages":'],
  [
    'clickhouse',
    'asks what its consumer is',
    '$JS.API.CONSUMER.INFO.executions.clickhouse-executions',
    '',
    '"num_pending":1',
  ],
  [
    'clickhouse',
    'reads by it',
    '$JS.API.CONSUMER.MSG.NEXT.executions.clickhouse-executions',
    { batch: 1, expires: 1e9 },
    'MSG executions.usdc 1 ',
  ],
  [
    'controller',
    'changes a stream',
    '$JS.API.STREAM.UPDATE.executions',
    {
      name: 'executions',
      subjects: ['executions.>'],
      storage: 'file',
      retention: 'limits',
      max_bytes: 2 ** 21,
      num_replicas: 1,
    },
    '"max_bytes":2097152',
  ],
] as const)('%s %s', async (user, _, subject, body, answer) => {
  expect(await clients[user].say(subject, body)).toContain(answer);
});

test.each([
  ['clients', 'other.usdc'],
  ['clients', '$JS.API.STREAM.DELETE.executions'],
  ['clients', '$JS.API.STREAM.PURGE.executions'],
  ['clients', '$JS.API.STREAM.UPDATE.executions'],
  ['clients', '$JS.API.STREAM.CREATE.other'],
  ['clients', '$JS.API.STREAM.MSG.DELETE.executions'],
  ['clients', '$JS.API.CONSUMER.DELETE.executions.clickhouse-executions'],
  ['clients', '$JS.API.CONSUMER.MSG.NEXT.executions.clickhouse-executions'],
  ['clickhouse', 'executions.usdc'],
  ['clickhouse', '$JS.API.CONSUMER.DURABLE.CREATE.executions.other'],
  ['clickhouse', '$JS.API.STREAM.DELETE.executions'],
] as const)('%s may not say anything to %s', async (user, subject) => {
  expect(await clients[user].say(subject, '{}')).toMatch(/-ERR 'Permissions Violation for Publish/i);
});

test('nobody is let in without a password', async () => {
  for (const [user, password] of [
    ['clients', 'wrong'],
    ['nobody', ''],
  ] as const) {
    const client = new Client(port, user, password);
    expect(await client.say('executions.usdc', '{}')).toContain("-ERR 'Authorization Violation'");
    client.end();
  }
});
