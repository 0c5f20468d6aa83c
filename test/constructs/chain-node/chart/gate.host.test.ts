import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { asFirst, close, type Ended, FILES, freePort, portOf, Running, run, serve, until } from './programs';

/** What a roll waits for, against a server that answers as the pod's sidecar does. */

jest.setTimeout(20_000);

const MIB = 1024 * 1024;
const GATE = ['python3', join(FILES, 'gate.py')];

interface Client {
  readonly client: string;
  readonly head: number | null;
  readonly progress: unknown;
}
interface Said {
  readonly release?: string;
  readonly status?: string;
  readonly reason?: string | null;
  readonly wasHealthy?: boolean;
  readonly usedMiB?: number;
  /** None when nobody has looked yet. */
  readonly clients?: readonly Client[];
}
const geth = (head: number | null, progress: unknown = null): Client => ({ client: 'geth', head, progress });
const lighthouse = (head: number | null, progress: unknown = null): Client => ({
  client: 'lighthouse',
  head,
  progress,
});

let server: Server;
let answer: (look: number, response: ServerResponse) => void;
let looks: number;

beforeAll(async () => {
  server = await serve((_: IncomingMessage, response: ServerResponse) => {
    looks += 1;
    answer(looks, response);
  });
});
afterAll(() => close(server));
beforeEach(() => {
  looks = 0;
});

/** As the sidecar says it, with 503 of a node that is not healthy. */
function say(response: ServerResponse, said: Said): void {
  const {
    release = 'new',
    status = 'unhealthy',
    reason = 'geth: the head is old',
    wasHealthy = false,
    usedMiB = 0,
    clients,
  } = said;
  const disk = { size: 100_000 * MIB, available: (100_000 - usedMiB) * MIB };
  const latest = clients ? { latest: { status, clients } } : {};
  response
    .writeHead(status === 'healthy' ? 200 : 503, { 'content-type': 'application/json' })
    .end(`${JSON.stringify({ status, reason, ...latest, release, wasHealthy, disk })}\n`);
}
/** Says these in turn; the last goes on. */
const saying = (...turns: readonly Said[]): void => {
  answer = (look, response) => say(response, turns[Math.min(look, turns.length) - 1] ?? {});
};

const gate = (change: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  run(GATE, {
    URL: `http://127.0.0.1:${portOf(server)}/`,
    RELEASE: 'new',
    LIMIT_SECONDS: '1',
    PAUSE_SECONDS: '0.05',
    ...change,
  });

test('a healthy node is well at once', async () => {
  saying({ status: 'healthy', reason: null });
  expect(await gate()).toEqual({ status: 0, output: 'the node is healthy\n' });
  expect(looks).toBe(1);
});

test('while the old release answers, however healthy, it waits for the new', async () => {
  saying(...Array<Said>(3).fill({ release: 'old', status: 'healthy' }), { status: 'healthy' });
  expect(await gate()).toEqual({ status: 0, output: 'the node is healthy\n' });
  expect(looks).toBe(4);
});

test('the old release alone is no answer', async () => {
  saying(
    { release: 'old', status: 'healthy', clients: [geth(1)] },
    { release: 'old', status: 'healthy', clients: [geth(2)] },
  );
  expect(await gate()).toEqual({
    status: 1,
    output: expect.stringContaining('the pod of this release did not answer'),
  });
});

test('what the old release had is no beginning of the new', async () => {
  saying({ release: 'old', usedMiB: 0, clients: [geth(1)] }, { usedMiB: 300, clients: [geth(7)] });
  expect((await gate()).status).toBe(1);
});

describe('a node that was healthy', () => {
  test('must be so again', async () => {
    saying(
      { wasHealthy: true, status: 'unknown', reason: 'nobody has looked yet' },
      { wasHealthy: true, clients: [geth(1)] },
      { wasHealthy: true, status: 'healthy', clients: [geth(9)] },
    );
    expect(await gate()).toEqual({ status: 0, output: 'the node is healthy\n' });
  });

  test('is not well by moving or by growing, and it is said why it is not', async () => {
    answer = (look, response) => say(response, { wasHealthy: true, usedMiB: look * 1000, clients: [geth(look)] });
    expect(await gate()).toEqual({
      status: 1,
      output: 'not healthy after 1 seconds: unhealthy, geth: the head is old\n',
    });
    expect(looks).toBeGreaterThan(3);
  });
});

describe('a node that never was', () => {
  const ADVANCING = { status: 0, output: 'the node is alive and advancing; it is not at the head yet\n' };
  const NOT = { status: 1, output: 'not alive and advancing after 1 seconds: unhealthy, geth: the head is old\n' };

  test.each<[string, readonly Said[]]>([
    ['its head', [{ clients: [geth(1)] }, { clients: [geth(1)] }, { clients: [geth(2)] }]],
    ['its progress', [{ clients: [geth(null, { at: 1 })] }, { clients: [geth(null, { at: 2 })] }]],
    [
      'the head of one of its clients',
      [{ clients: [geth(0), lighthouse(null, '1')] }, { clients: [geth(0), lighthouse(null, '2')] }],
    ],
    [
      'what it says after some time',
      [{}, { status: 'unknown', clients: [geth(null)] }, { clients: [geth(5)] }, { clients: [geth(6)] }],
    ],
  ])('is well when it moves: %s', async (_, turns) => {
    saying(...turns);
    expect(await gate()).toEqual(ADVANCING);
    expect(looks).toBe(turns.length);
  });

  test.each<[string, readonly Said[]]>([
    ['it stands', [{ clients: [geth(1, { at: 1 })] }]],
    ['it says nothing of itself', [{ clients: [geth(null)] }]],
    [
      'one of its clients begins to answer',
      [{ clients: [geth(1), lighthouse(null)] }, { clients: [geth(1), lighthouse(null, '7')] }],
    ],
    [
      'one of its clients no longer answers',
      [{ clients: [geth(1), lighthouse(null, '7')] }, { clients: [geth(null), lighthouse(null, '7')] }],
    ],
    ['one of its clients comes and goes', [{ clients: [geth(1)] }, { clients: [geth(null)] }, { clients: [geth(1)] }]],
    ['its data grows a little', [{ usedMiB: 0 }, { usedMiB: 255 }]],
    ['its data shrinks', [{ usedMiB: 5000 }, { usedMiB: 1000 }]],
  ])('is not when %s', async (_, turns) => {
    saying(...turns);
    expect(await gate()).toEqual(NOT);
    expect(looks).toBeGreaterThan(turns.length);
  });

  test('is well when its data grows, though it answers nothing yet', async () => {
    saying(
      { status: 'unknown', usedMiB: 10 },
      { status: 'unknown', usedMiB: 200 },
      { status: 'unknown', usedMiB: 266 },
    );
    expect(await gate()).toEqual({
      status: 0,
      output: 'the node fetches what it begins with: its data has grown by 256 MiB\n',
    });
    expect(looks).toBe(3);
  });

  test('is well when it is healthy', async () => {
    saying({ clients: [geth(1)] }, { status: 'healthy', clients: [geth(1)] });
    expect(await gate()).toMatchObject({ status: 0, output: 'the node is healthy\n' });
  });
});

describe('nobody answers', () => {
  test('it says what to do', async () => {
    const URL = `http://127.0.0.1:${await freePort()}/`;
    expect(await gate({ URL })).toEqual({
      status: 1,
      output: `the pod of this release did not answer at ${URL}; see kubectl describe pod, and the logs of its containers\n`,
    });
  });

  test('a name that is not known yet is no answer', async () => {
    expect(await gate({ URL: 'http://node.invalid:8099/' })).toMatchObject({
      status: 1,
      output: expect.stringContaining('did not answer'),
    });
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['closes the connection', (response) => void response.destroy()],
    [
      'breaks off in the middle',
      (response) => response.writeHead(200, { 'content-length': 1000 }).write('{"status":', () => response.destroy()),
    ],
    [
      'breaks off in the middle of a refusal',
      (response) => response.writeHead(503, { 'content-length': 1000 }).write('{"status":', () => response.destroy()),
    ],
    [
      'breaks off in the middle of a chunk',
      (response) => response.writeHead(200).write('{"status":', () => response.destroy()),
    ],
    ['refuses without JSON', (response) => void response.writeHead(503).end('no backend')],
    ['says something else', (response) => void response.end('[]')],
    ['speaks another protocol', (response) => void response.socket?.end('220 mail ready\r\n')],
  ])('one that %s has not', async (_, odd) => {
    answer = (look, response) => (look < 3 ? odd(response) : say(response, { status: 'healthy' }));
    expect(await gate({ LIMIT_SECONDS: '5' })).toEqual({ status: 0, output: 'the node is healthy\n' });
    expect(looks).toBe(3);
  });
});

test('it ends when its pod is asked to, as the first process of its container', async () => {
  saying({});
  const program = new Running(asFirst(...GATE), {
    URL: `http://127.0.0.1:${portOf(server)}/`,
    RELEASE: 'new',
    LIMIT_SECONDS: '60',
    PAUSE_SECONDS: '60',
  });
  await until('it has asked', () => looks);
  program.signalFirst('SIGTERM');
  const late = new Promise((resolve) => setTimeout(resolve, 3000, 'late').unref());
  try {
    expect(await Promise.race([program.ended, late])).toMatchObject({ status: 1 });
  } finally {
    program.signal('SIGKILL', true);
  }
});
