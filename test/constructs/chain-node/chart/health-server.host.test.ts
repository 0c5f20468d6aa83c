import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { scripts } from '../host/host';
import { named } from './pods';
import { asFirst, close, FILES, freePort, newFolder, portOf, Running, run, serve, until } from './programs';

/** The sidecar for real: it looks by bash, curl and jq at a server that speaks JSON-RPC and the beacon API. */

jest.setTimeout(30_000);

type Respond = (response: ServerResponse) => void;

let server: Server;
let folder: string;
let running: Running[] = [];
let port: number;

/** What each method or path is answered with; a number is a status. */
let answers: Readonly<Record<string, unknown>>;
/** Looks that wait for their turn, when they must: each begins by asking for the chain id. */
let held: (() => void)[] | undefined;

const hex = (value: number): string => `0x${value.toString(16)}`;
const now = (): number => Math.floor(Date.now() / 1000);
const broken: Respond = (response) => void response.destroy();
const hanging: Respond = () => {};

/** A node as it should be, but for what is changed. */
const node = (change: Readonly<Record<string, unknown>> = {}): typeof answers => ({
  eth_chainId: hex(11_155_111),
  eth_getBlockByNumber: { number: hex(7_000_000), timestamp: hex(now() - 5) },
  net_peerCount: hex(25),
  eth_syncing: false,
  '/eth/v1/node/health': 200,
  '/eth/v1/node/peer_count': { data: { connected: '80' } },
  '/eth/v1/node/syncing': { data: { head_slot: '123' } },
  ...change,
});
const sick = (): typeof answers => node({ net_peerCount: '0x0' });
const silent = (): typeof answers => node({ eth_chainId: broken, '/eth/v1/node/health': broken });

beforeAll(async () => {
  server = await serve((request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const method = body === '' ? undefined : (JSON.parse(body) as { method: string }).method;
      const respond = (): void => {
        const found = answers[method ?? request.url ?? ''];
        if (found instanceof Function) found(response);
        else if (typeof found === 'number') response.writeHead(found).end();
        else response.end(JSON.stringify(method === undefined ? found : { jsonrpc: '2.0', id: 1, result: found }));
      };
      if (held && method === 'eth_chainId') held.push(respond);
      else respond();
    });
  });
});
afterAll(() => close(server));

beforeEach(async () => {
  folder = newFolder('health');
  answers = node();
  held = undefined;
  running = [];
  port = await freePort();
  for (const name of ['config/host', 'data', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  // As the pod mounts it.
  const { definition } = named('ethereum sepolia geth lighthouse full standard public').pod.values.health as {
    definition: string;
  };
  writeFileSync(
    join(folder, 'config/health.json'),
    definition.replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${portOf(server)}`),
  );
  for (const name of ['health-check.sh', 'metrics.jq'])
    cpSync(join(FILES, name), join(folder, 'config/host', name), { dereference: true });
});
afterEach(async () => {
  for (const one of running) one.signal('SIGKILL', true);
  await Promise.all(running.map(({ ended }) => ended));
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

function start(
  environment: Readonly<Record<string, string>> = {},
  command: readonly string[] = ['python3', join(FILES, 'health_server.py')],
): Running {
  const started = new Running(command, {
    CONFIG: join(folder, 'config'),
    DATA: join(folder, 'data'),
    TMPDIR: join(folder, 'tmp'),
    PORT: String(port),
    RELEASE: 'the-release',
    PERIOD_SECONDS: '0.05',
    ...environment,
  });
  running.push(started);
  return started;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(path: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) });
  return { status: response.status, text: await response.text() };
}
/** 0 while it does not listen. */
const status = (path: string): Promise<number> =>
  ask(path).then(
    (answer) => answer.status,
    () => 0,
  );
const report = async () => {
  const { status, text } = await ask('/');
  return { code: status, ...JSON.parse(text) };
};
const listening = (): Promise<number> => until('it listens', () => status('/'));
/** What it says after its first look. */
const looked = async () => {
  await listening();
  return until('the first look', async () => {
    const said = await report();
    return said.latest ? said : undefined;
  });
};
/** Lets one look have these answers; what is said after it. The next one waits. */
async function look(given: typeof answers) {
  const begin = await until('a look begins', () => held?.shift());
  answers = given;
  begin();
  await until('the next look begins', () => held?.length);
  return report();
}

describe('/', () => {
  test('200 of a healthy node, with what was found, its release and its disk', async () => {
    start();
    await looked();
    expect(await ask('/')).toMatchObject({ status: 200 });
    expect(await report()).toEqual({
      code: 200,
      status: 'healthy',
      reason: null,
      release: 'the-release',
      wasHealthy: false,
      disk: { size: expect.any(Number), available: expect.any(Number) },
      latest: expect.objectContaining({
        status: 'healthy',
        head: 7_000_000,
        peers: 25,
        labels: { node: 'ethereum-sepolia-geth', chain: 'ethereum', network: 'sepolia', client: 'geth' },
        clients: [expect.objectContaining({ client: 'geth' }), expect.objectContaining({ client: 'lighthouse' })],
      }),
    });
  });

  test('503 of one that is not, and says why', async () => {
    answers = sick();
    start();
    expect(await looked()).toMatchObject({
      code: 503,
      status: 'unhealthy',
      reason: 'geth: 0 peers, fewer than 1',
      latest: { status: 'unhealthy' },
    });
  });

  test('503 of one that nobody knows, and no lag of 0', async () => {
    answers = silent();
    start();
    expect(await looked()).toMatchObject({
      code: 503,
      status: 'unknown',
      reason: 'geth: no answer about identity; lighthouse: no answer about the head',
      latest: { head: null, headAgeSeconds: null, peers: null },
    });
  });

  test.each([
    ['unhealthy', sick],
    ['unknown', silent],
  ])('three strikes before a healthy node is %s, one look to come back', async (word, bad) => {
    held = [];
    start();
    const said: string[] = [];
    for (const given of [node(), bad(), bad(), node(), bad(), bad(), bad(), bad(), node()]) {
      const { code, status: found, latest } = await look(given);
      said.push(`${code} ${found}, ${latest.status} now`);
    }
    expect(said).toEqual([
      '200 healthy, healthy now',
      `200 healthy, ${word} now`,
      `200 healthy, ${word} now`,
      '200 healthy, healthy now',
      `200 healthy, ${word} now`,
      `200 healthy, ${word} now`,
      `503 ${word}, ${word} now`,
      `503 ${word}, ${word} now`,
      '200 healthy, healthy now',
    ]);
  });

  test('unknown is never taken for healthy, however often', async () => {
    held = [];
    start();
    for (let count = 0; count < 4; count += 1)
      expect(await look(silent())).toMatchObject({ code: 503, status: 'unknown' });
    expect(await look(sick())).toMatchObject({ code: 503, status: 'unhealthy' });
    expect(await look(silent())).toMatchObject({ code: 503, status: 'unknown' });
  });

  test('before the first look it is unknown, and its clients are alive', async () => {
    held = [];
    start();
    await listening();
    expect(await report()).toEqual({
      code: 503,
      status: 'unknown',
      reason: 'nobody has looked yet',
      release: 'the-release',
      wasHealthy: false,
      disk: expect.anything(),
    });
    expect(await status('/live/geth')).toBe(200);
    expect(await ask('/metrics')).toEqual({ status: 200, text: '' });
  });

  test('says what the node has become, once', async () => {
    held = [];
    const program = start();
    for (const given of [node(), node(), sick(), sick(), sick(), sick()]) await look(given);
    expect(program.output).toBe(
      'the node is healthy, was unknown: all is well\nthe node is unhealthy, was healthy: geth: 0 peers, fewer than 1\n',
    );
  });
});

describe('/live/<client>', () => {
  const alive = async (given: typeof answers, environment: Readonly<Record<string, string>> = {}) => {
    answers = given;
    start(environment);
    await looked();
    return [await status('/live/geth'), await status('/live/lighthouse')];
  };
  const error: Respond = (response) =>
    void response.end('{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"not yet"}}');

  test.each<[string, Readonly<Record<string, unknown>>, number[]]>([
    ['both are healthy', {}, [200, 200]],
    ['one closes the connection', { eth_chainId: broken }, [503, 200]],
    ['the other does', { '/eth/v1/node/health': broken }, [200, 503]],
    ['both do', { eth_chainId: broken, '/eth/v1/node/health': broken }, [503, 503]],
    ['one answers first and then no more', { net_peerCount: broken }, [503, 200]],
    [
      'one is behind and the other syncs',
      { eth_getBlockByNumber: { number: '0x1', timestamp: '0x1' }, '/eth/v1/node/health': 206 },
      [200, 200],
    ],
    ['one follows another network', { eth_chainId: '0x1' }, [200, 200]],
    ['one has an error of its own', { eth_chainId: 500 }, [200, 200]],
    ['one answers with an error of JSON-RPC', { eth_chainId: error }, [200, 200]],
    ['one answers what cannot be read', { eth_getBlockByNumber: null, '/eth/v1/node/peer_count': {} }, [200, 200]],
  ])('when %s', async (_, change, expected) => {
    expect(await alive(node(change))).toEqual(expected);
  });

  test('one that hangs does not make another dead, which there was no time to ask', async () => {
    expect(await alive(node({ eth_chainId: hanging }), { HEALTH_LIMIT_SECONDS: '2' })).toEqual([503, 200]);
  });

  test('the last that hangs is the one without an answer', async () => {
    expect(await alive(node({ '/eth/v1/node/health': hanging }), { HEALTH_LIMIT_SECONDS: '2' })).toEqual([200, 503]);
  });

  test('comes back with one answer', async () => {
    held = [];
    start();
    await look(silent());
    expect(await status('/live/geth')).toBe(503);
    await look(sick());
    expect(await status('/live/geth')).toBe(200);
  });
});

describe('/metrics', () => {
  const LABELS = '{node="ethereum-sepolia-geth",chain="ethereum",network="sepolia",client="geth"}';
  /** Without what differs from look to look, and without the disk, which a folder is not on a host. */
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => !line.startsWith('chain_disk'))
      .map((line) => line.replace(/(age_seconds.*) \d+$/, '$1 N'));

  async function ofHost(): Promise<string> {
    const release = join(folder, 'release');
    mkdirSync(join(release, 'host'), { recursive: true });
    for (const name of ['health-check.sh', 'health-report.sh', 'metrics.jq'])
      cpSync(join(scripts, name), join(release, 'host', name));
    cpSync(join(folder, 'config/health.json'), join(release, 'health.json'));
    writeFileSync(join(release, 'node.env'), 'METRICS_NAME=test\n');
    mkdirSync(join(folder, 'root/etc/chain-node'), { recursive: true });
    writeFileSync(join(folder, 'root/etc/chain-node/host.env'), 'REGION=eu-central-1\n');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/aws'), '#!/bin/sh\n', { mode: 0o755 });
    const done = await run(['bash', join(release, 'host/health-report.sh')], {
      ROOT: join(folder, 'root'),
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    });
    expect(done).toMatchObject({ status: 0 });
    return readFileSync(join(folder, 'root/var/lib/prometheus/node-exporter/chain_node.prom'), 'utf8');
  }

  test.each<[string, () => typeof answers]>([
    ['is healthy', node],
    ['has no peers', sick],
    ['follows another network', () => node({ eth_chainId: '0x1' })],
    ['nobody knows', silent],
  ])('has the lines that a host has of a node that %s', async (_, given) => {
    answers = given();
    start();
    await looked();
    const { text } = await ask('/metrics');
    expect(text).toContain(`chain_info${LABELS} 1\n`);
    expect(lines(text)).toEqual(lines(await ofHost()));
  });

  test('has a line for what is known, the disk among it', async () => {
    start();
    const { disk } = await looked();
    const { text } = await ask('/metrics');
    expect(
      text.split('\n').map((line) => line.replace(/\{.*\}/, '').replace(/(age_seconds|available_bytes) \d+/, '$1 N')),
    ).toEqual([
      'chain_info 1',
      'chain_healthy 1',
      'chain_health_known 1',
      'chain_head_number 7000000',
      'chain_head_age_seconds N',
      'chain_peers 25',
      `chain_disk_size_bytes ${disk.size}`,
      'chain_disk_available_bytes N',
      '',
    ]);
  });

  test('has no line for what is unknown, and never a lag of 0', async () => {
    answers = silent();
    start();
    await looked();
    const { text } = await ask('/metrics');
    expect(
      text
        .replaceAll(/\{.*\}/g, '')
        .split('\n')
        .filter((line) => !line.startsWith('chain_disk')),
    ).toEqual(['chain_info 1', 'chain_healthy 0', 'chain_health_known 0', '']);
  });
});

describe('the mark of a healthy node', () => {
  const mark = (): string => join(folder, 'data/.chain-node-healthy');
  const marked = (minutes: number): void => {
    writeFileSync(mark(), '');
    const time = Date.now() / 1000 - minutes * 60;
    utimesSync(mark(), time, time);
  };

  test.each([
    ['59 minutes', 59, true],
    ['61 minutes', 61, false],
  ])('%s old', async (_, minutes, wasHealthy) => {
    marked(minutes);
    answers = sick();
    start();
    expect(await looked()).toMatchObject({ code: 503, wasHealthy });
  });

  test('is made anew while the node is healthy, and changes nothing of what was before', async () => {
    marked(61);
    start();
    expect(await looked()).toMatchObject({ code: 200, wasHealthy: false });
    await until('it is new', () => Date.now() - statSync(mark()).mtimeMs < 60_000);
    expect((await report()).wasHealthy).toBe(false);
  });

  test('is not made of a node that is not, though it still counts as healthy', async () => {
    held = [];
    start();
    await look(sick());
    expect(existsSync(mark())).toBe(false);
    await look(node());
    marked(10);
    expect(await look(sick())).toMatchObject({ code: 200 });
    expect(Date.now() - statSync(mark()).mtimeMs).toBeGreaterThan(60_000);
  });

  test('that cannot be made keeps nobody from looking', async () => {
    symlinkSync('/nowhere/at/all', mark());
    held = [];
    const program = start();
    await look(node());
    expect(program.output).toContain('cannot write to the data disk');
    await look(sick());
    await look(sick());
    expect(await look(sick())).toMatchObject({ code: 503, status: 'unhealthy' });
  });
});

describe('a look', () => {
  test('that hangs keeps nobody waiting, and what was found counts until it is old', async () => {
    held = [];
    start({ STALE_SECONDS: '1' });
    await look(node({ '/eth/v1/node/health': broken, net_peerCount: '0x0' }));
    expect(await report()).toMatchObject({ status: 'unhealthy', latest: { head: 7_000_000 } });
    expect(await status('/live/lighthouse')).toBe(503);
    // The next one has begun, and goes on.
    const old = await until('what was found is old', async () => {
      const said = await report();
      return said.latest ? undefined : said;
    });
    expect(old).toMatchObject({
      code: 503,
      status: 'unknown',
      reason: expect.stringMatching(/^nobody has looked for \d seconds$/),
    });
    // Nobody is called dead by who has not looked.
    expect(await status('/live/lighthouse')).toBe(200);
    const { text } = await ask('/metrics');
    expect(
      text
        .replaceAll(/\{.*\}/g, '')
        .split('\n')
        .filter((line) => !line.startsWith('chain_disk')),
    ).toEqual(['chain_info 1', 'chain_healthy 0', 'chain_health_known 0', '']);
    expect(text).toContain('chain_disk_size_bytes');
    // A node that was healthy long ago has no strikes to lose.
    expect(await look(sick())).toMatchObject({ code: 503, status: 'unhealthy' });
  });

  test('that fails says so, and the next one counts', async () => {
    const check = join(folder, 'config/host/health-check.sh');
    const good = readFileSync(check);
    writeFileSync(check, 'echo a reason >&2; exit 3\n');
    const program = start();
    await until('it says so', () => program.output.includes('the check itself failed; see what it says above'));
    expect(program.output).toContain('a reason');
    expect(await report()).toMatchObject({ code: 503, status: 'unknown', reason: 'nobody has looked yet' });
    writeFileSync(check, 'echo \'"no report"\'\n');
    await until('it goes on', () => program.output.includes('the look failed'));
    writeFileSync(check, good);
    expect(await looked()).toMatchObject({ code: 200 });
  });

  test('leaves nothing behind', async () => {
    held = [];
    const program = start({}, asFirst('python3', join(FILES, 'health_server.py')));
    for (let count = 0; count < 6; count += 1) await look(sick());
    const [first = 0] = program.children();
    const dead = program
      .children(first)
      .filter((pid) => /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
    expect(dead).toEqual([]);
  });
});

test('SIGTERM ends it at once, as the first process of its container and in the middle of a look', async () => {
  held = [];
  const program = start({}, asFirst('python3', join(FILES, 'health_server.py')));
  await until('a look hangs', () => held?.length);
  program.signalFirst('SIGTERM');
  const late = new Promise((resolve) => setTimeout(resolve, 3000, 'late').unref());
  expect(await Promise.race([program.ended, late])).toEqual({ status: 0, output: '' });
  expect(await status('/')).toBe(0);
});
