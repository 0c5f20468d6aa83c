import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import type { GatewayConfigProps } from '../../../constructs/rpc-gateway';
import { haproxyConfig, WEBSOCKET_METRICS_PORT, WEBSOCKET_PORT } from '../../../constructs/rpc-gateway/websockets';
import { PROPS } from './gateway';

/** HAProxy itself, before two nodes that take websockets and say whether they are healthy. */

const HAPROXY = process.env.HAPROXY ?? 'haproxy';
const TOKEN = 'a token "with" $signs and spaces';
/** By which a server shows that it read the request (RFC 6455, section 1.3). */
const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));

/** A node: echoes on websockets, and is healthy as long as it is said to be. */
class Node {
  healthy = true;
  readonly asked: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders }[] = [];
  readonly open = new Set<Duplex>();
  private readonly health = createServer((_, response) => response.writeHead(this.healthy ? 200 : 503).end());
  private readonly web = createServer((_, response) => response.writeHead(400).end());

  constructor(readonly id: string) {
    this.web.on('upgrade', ({ url, headers }, socket) => {
      this.asked.push({ url, headers });
      this.open.add(socket);
      socket.on('close', () => this.open.delete(socket)).on('error', () => undefined);
      socket.on('end', () => socket.end());
      const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${HANDSHAKE}`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
      );
      socket.on('data', (data: Buffer) => socket.write(`${this.id}: ${data}`));
    });
  }

  async listen(path: string) {
    const [web, health] = await Promise.all([port(this.web), port(this.health)]);
    return {
      id: this.id,
      url: `http://127.0.0.1:${web}`,
      websocket: { url: `ws://127.0.0.1:${web}${path}`, healthUrl: `http://127.0.0.1:${health}/` },
    };
  }

  close(): void {
    for (const socket of this.open) socket.destroy();
    this.web.close();
    this.health.close();
  }
}

const port = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  /** Where it was taken as a websocket. */
  readonly socket?: Duplex;
}

function ask(path: string, headers: Record<string, string> = {}, at = WEBSOCKET_PORT): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: at, path, headers, agent: false });
    asked.on('upgrade', ({ statusCode }, socket) => resolve({ status: statusCode, body: '', socket }));
    asked.on('response', (response) => {
      let body = '';
      response.on('data', (data) => {
        body += data;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'x3JJHMbDL1EzLkh9GBhXDw==',
};
const PATH = '/main/evm/11155111';
async function connect(headers: Record<string, string> = {}, path = PATH): Promise<Answer> {
  const answer = await ask(path, { ...UPGRADE, ...headers });
  answer.socket?.on('error', () => undefined);
  if (answer.socket) opened.add(answer.socket);
  return answer;
}

/** One after the other, as HAProxy counts them. */
async function connected(count: number): Promise<Duplex[]> {
  const sockets: Duplex[] = [];
  while (sockets.length < count) {
    const { status, socket } = await connect(premium);
    if (!socket) throw new Error(`no websocket, but ${status}`);
    sockets.push(socket);
  }
  return sockets;
}

const said = (socket: Duplex, text: string): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (data: Buffer) => resolve(String(data)));
    socket.write(text);
  });

const ended = (socket: Duplex): Promise<number> => {
  const since = Date.now();
  return new Promise((resolve) => {
    socket.resume();
    socket.once('close', () => resolve(Date.now() - since));
  });
};

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await what().catch(() => false)) return;
    await after(100);
  }
  throw new Error('not in ten seconds');
}

const nodes = [new Node('first'), new Node('second')] as const;
let haproxy: ChildProcess;

const fileOf = (props: GatewayConfigProps): string => {
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, haproxyConfig(props) ?? '');
  return file;
};

beforeAll(async () => {
  const [ethereum, ...others] = PROPS.chains;
  const props: GatewayConfigProps = {
    ...PROPS,
    websocketTimeoutMs: 1500,
    chains: [
      {
        ...(ethereum as (typeof PROPS.chains)[number]),
        upstreams: await Promise.all(nodes.map((node) => node.listen('/ext/ws'))),
      },
      ...others,
    ],
    rateLimits: { default: { count: 20, per: 'hour' }, premium: { count: 1000, per: 'hour', secret: 'mev/rpc-token' } },
  };
  haproxy = spawn(HAPROXY, ['-db', '-f', fileOf(props)], {
    env: { ...process.env, SECRET_MEV_RPC_TOKEN: TOKEN },
    stdio: 'ignore',
  });
  await until(async () => (await ask('/healthcheck')).status === 200);
});

const opened = new Set<Duplex>();
afterEach(async () => {
  for (const socket of opened) socket.destroy();
  opened.clear();
  await until(async () => nodes.every(({ open }) => open.size === 0));
});

afterAll(() => {
  haproxy.kill('SIGKILL');
  for (const node of nodes) node.close();
  rmSync(folder, { recursive: true });
});

const premium = { 'x-erpc-secret-token': TOKEN };

test('the gateway of a whole environment gets nothing that it does not know', () => {
  const { status, stderr } = spawnSync(HAPROXY, ['-c', '-f', fileOf(PROPS)], {
    env: { ...process.env, SECRET_MEV_RPC_TOKEN: TOKEN },
    encoding: 'utf8',
  });
  // Names that nobody knows yet are asked for while it runs.
  const problems = stderr
    .split('\n')
    .filter((line) => /WARNING|ALERT/.test(line) && !line.includes('could not resolve address'));
  expect({ status, problems }).toEqual({ status: 0, problems: [] });
});

test('a websocket reaches a node at the path of the node, and the token stays behind', async () => {
  for (const path of [PATH, `${PATH}?secret=${encodeURIComponent(TOKEN)}`]) {
    const { status, socket } = await connect(path === PATH ? premium : {}, path);
    expect(status).toBe(101);
    expect(await said(socket as Duplex, 'subscribe')).toMatch(/^(first|second): subscribe$/);
  }
  const asked = nodes.flatMap((node) => node.asked);
  expect(asked).toHaveLength(2);
  for (const { url, headers } of asked) {
    expect(url).toBe('/ext/ws');
    expect(headers).toMatchObject({ upgrade: 'websocket' });
    expect(JSON.stringify(headers)).not.toContain('a token');
  }
});

test('connections are spread over the nodes', async () => {
  await connected(4);
  expect(nodes.map(({ open }) => open.size)).toEqual([2, 2]);
});

test('silence ends it after its time, and talk does not', async () => {
  const [quiet, busy] = (await connected(2)) as [Duplex, Duplex];
  const over = ended(quiet);
  for (let second = 0; second < 4; second++) {
    await after(700);
    expect(await said(busy, 'ping')).toMatch(/ping$/);
  }
  const lasted = await over;
  expect(lasted).toBeGreaterThan(1300);
  expect(lasted).toBeLessThan(2700);
});

test('a node that is no longer healthy loses its connections, and gets none', async () => {
  const sockets = await connected(2);
  const [first, second] = nodes;
  const talk = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('.');
  }, 300);
  for (const socket of sockets) socket.resume();
  expect(first.open.size).toBe(1);
  first.healthy = false;
  await until(async () => first.open.size === 0);
  expect(second.open.size).toBe(1);
  const { socket } = await connect(premium);
  expect(await said(socket as Duplex, 'again')).toBe('second: again');
  expect((await ask('/metrics', {}, WEBSOCKET_METRICS_PORT)).body).toContain(
    'haproxy_backend_active_servers{proxy="ethereum-sepolia"} 1',
  );
  clearInterval(talk);
  first.healthy = true;
}, 20_000);

test.each<[string, number, () => Promise<Answer>]>([
  ['a request without a websocket', 426, () => ask(PATH)],
  ['a network without websockets', 404, () => connect({}, '/main/evm/42161')],
  ['a token that is wrong', 401, () => connect({ 'x-erpc-secret-token': 'guess' })],
  ['a token that is wrong behind the URL', 401, () => connect({}, `${PATH}?secret=guess`)],
  ['anything else at the port of metrics', 404, () => ask('/', {}, WEBSOCKET_METRICS_PORT)],
])('%s is answered %i', async (_, status, asked) => {
  expect((await asked()).status).toBe(status);
});

test('who has no token may open so many, and who has it more', async () => {
  let opened = 0;
  for (let status: number | undefined = 101; status === 101 && opened < 50; opened++) {
    const answer = await connect();
    status = answer.status;
    if (status !== 101) expect(status).toBe(429);
  }
  expect(opened).toBeLessThan(21);
  expect((await connect(premium)).status).toBe(101);
});

test('told to stop, it takes nobody, and is gone in its time', async () => {
  const { socket } = await connect(premium);
  const gone = new Promise<number | null>((resolve) => haproxy.once('exit', resolve));
  haproxy.kill('SIGUSR1');
  await until(async () => (await ask('/healthcheck').catch(() => ({ status: 0 }))).status === 0);
  socket?.destroy();
  expect(await gone).toBe(0);
}, 20_000);
