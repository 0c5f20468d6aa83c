import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { named } from './pods';
import { asFirst, close, type Ended, FILES, newFolder, portOf, Running, run, serve, until } from './programs';

// The shell scripts of the pod, with the commands that it has.

jest.setTimeout(30_000);

let folder: string;
beforeEach(() => {
  folder = newFolder('shell');
  // As their mounts are: for others than who made them.
  for (const name of ['data', 'secrets']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('prepare.sh', () => {
  const prepare = (directories: readonly string[], secrets = ''): Promise<Ended> =>
    run(['sh', join(FILES, 'prepare.sh'), ...directories], {
      DATA: join(folder, 'data'),
      SECRETS: join(folder, 'secrets'),
      SECRET_NAMES: secrets,
    });
  const secret = (name: string): string => readFileSync(join(folder, 'secrets', name), 'utf8');

  test('makes the directories, with those above them, for every process to read', async () => {
    expect(await prepare(['data/sepolia/geth', 'data/sepolia/light house'])).toEqual({ status: 0, output: '' });
    for (const name of ['data/sepolia/geth', 'data/sepolia/light house', 'data/sepolia'])
      expect((statSync(join(folder, 'data', name)).mode & 0o777).toString(8)).toBe('755');
  });

  test('leaves alone what is in them', async () => {
    await prepare(['data/sepolia/geth']);
    writeFileSync(join(folder, 'data/data/sepolia/geth/blocks'), 'two weeks of syncing');
    expect(await prepare(['data/sepolia/geth'])).toEqual({ status: 0, output: '' });
    expect(readFileSync(join(folder, 'data/data/sepolia/geth/blocks'), 'utf8')).toBe('two weeks of syncing');
  });

  test('makes secrets of 64 hexadecimal digits that nobody else can read, each its own', async () => {
    await prepare([], 'jwt other');
    for (const name of ['jwt', 'other']) {
      expect(secret(name)).toMatch(/^[0-9a-f]{64}$/);
      expect((statSync(join(folder, 'secrets', name)).mode & 0o777).toString(8)).toBe('600');
    }
    expect(secret('jwt')).not.toBe(secret('other'));
  });

  test('keeps a secret that is there, and makes one that is empty', async () => {
    await prepare([], 'jwt');
    const before = secret('jwt');
    writeFileSync(join(folder, 'secrets/other'), '');
    await prepare([], 'jwt other');
    expect(secret('jwt')).toBe(before);
    expect(secret('other')).toMatch(/^[0-9a-f]{64}$/);
  });

  test('makes no secret of a node without', async () => {
    expect(await prepare(['one'])).toEqual({ status: 0, output: '' });
    expect(readdirSync(join(folder, 'secrets'))).toEqual([]);
  });

  test('fails when a directory cannot be made', async () => {
    writeFileSync(join(folder, 'data/one'), 'a file');
    const { status, output } = await prepare(['one/two', 'three'], 'jwt');
    expect(status).not.toBe(0);
    expect(output).toContain(`${folder}/data/one`);
    expect(existsSync(join(folder, 'secrets/jwt'))).toBe(false);
  });
});

describe('again.sh', () => {
  const again = (...command: string[]): Running =>
    new Running(asFirst('/bin/sh', join(FILES, 'again.sh'), ...command), { PAUSE: '0.05' });
  const program = (text: string): string => {
    const file = join(folder, 'program');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    return file;
  };

  test('begins a program again that ends, with its words, and says how it ended', async () => {
    const running = again('/bin/sh', program('echo "$1" >>"$2"; exit 3'), 'two words', join(folder, 'seen'));
    await until(
      'three starts',
      () => existsSync(join(folder, 'seen')) && readFileSync(join(folder, 'seen'), 'utf8').split('\n').length > 3,
    );
    running.signalFirst('SIGTERM');
    const { status, output } = await running.ended;
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toMatch(/^(two words\n)+$/);
    expect(output).toContain('again: /bin/sh ended with status 3; it begins again in 0.05 seconds');
  });

  test('asks it to end, and waits until it has', async () => {
    const text = 'trap \'echo ended >"$1"; exit 0\' TERM; echo up >"$1"; while :; do sleep 0.05; done';
    const running = again('/bin/sh', program(text), join(folder, 'seen'));
    await until(
      'it runs',
      () => existsSync(join(folder, 'seen')) && readFileSync(join(folder, 'seen'), 'utf8') === 'up\n',
    );
    running.signalFirst('SIGTERM');
    expect((await running.ended).status).toBe(0);
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe('ended\n');
  });
});

describe('health-check.sh, with the commands of the pod', () => {
  const check = async (...words: string[]): Promise<Ended> => {
    const server = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const answers: Readonly<Record<string, unknown>> = {
          eth_chainId: '0xaa36a7',
          eth_getBlockByNumber: { number: '0x7', timestamp: `0x${Math.floor(Date.now() / 1000).toString(16)}` },
          net_peerCount: '0x0',
          eth_syncing: { currentBlock: '0x7' },
        };
        const method = body && (JSON.parse(body) as { method: string }).method;
        if (method) response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: answers[method] }));
        else response.end(JSON.stringify({ data: { connected: '80', head_slot: '123' } }));
      });
    });
    const { definition } = named('ethereum sepolia geth lighthouse full standard public').pod.values.health as {
      definition: string;
    };
    mkdirSync(join(folder, 'host'));
    writeFileSync(
      join(folder, 'health.json'),
      definition.replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${portOf(server)}`),
    );
    cpSync(join(FILES, 'health-check.sh'), join(folder, 'host/health-check.sh'), { dereference: true });
    chmodSync(join(folder, 'host/health-check.sh'), 0o644);
    mkdirSync(join(folder, 'tmp'));
    try {
      return await run(['bash', join(folder, 'host/health-check.sh'), ...words], {
        TMPDIR: join(folder, 'tmp'),
      });
    } finally {
      await close(server);
    }
  };

  test('finds what it finds on a host, and leaves nothing in the folder for what is of no use later', async () => {
    const { status, output } = await check();
    // No line of a command that did not know an option.
    expect(JSON.parse(output)).toMatchObject({
      status: 'unhealthy',
      reason: 'geth: 0 peers, fewer than 1',
      head: 7,
      headAgeSeconds: expect.any(Number),
      clients: [
        { client: 'geth', progress: { currentBlock: '0x7' } },
        { client: 'lighthouse', status: 'healthy', peers: 80 },
      ],
    });
    expect(status).toBe(1);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test('shows progress', async () => {
    expect(await check('--progress')).toEqual({ status: 1, output: '[[7,{"currentBlock":"0x7"}],[null,null]]\n' });
  });

  test('says how it is used', async () => {
    const { status, output } = await check('--help');
    expect([status, output]).toEqual([0, expect.stringMatching(/^Says how the node is[\s\S]*knows no chain\.\n$/)]);
  });
});
