import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { Host, type Result, release, scripts } from './host';

// Needs root, because archives are unpacked as the node's user; and openssl, zstd, lz4.

jest.setTimeout(30_000);

const sh = (command: string): string => execFileSync('bash', ['-c', command], { encoding: 'utf8' });
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'bootstrap-'));
const TREE = 'root/data/blockchain/nodes/chains/chain';
const DIRECTORY = 'data/testnet/one/db';

/** What a database looks like: some of it does not compress. */
const CONTENT = {
  CURRENT: 'MANIFEST-1\n',
  'deep/table.sst': createHash('shake256', { outputLength: 300_000 }).update('x').digest().toString('latin1'),
  key: 'theirs',
};
function archive(name: string, create: string): Buffer {
  const folder = path.join(work, 'content');
  for (const [file, text] of Object.entries(CONTENT)) {
    fs.mkdirSync(path.dirname(path.join(folder, 'db', file)), { recursive: true });
    fs.writeFileSync(path.join(folder, 'db', file), text, 'latin1');
  }
  sh(`cd ${folder} && ${create.replace('$A', path.join(work, name))}`);
  return fs.readFileSync(path.join(work, name));
}
const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let plain: Buffer;

/** Serves one file, with ranges and an ETag, unless it is told otherwise. */
interface Behaviour {
  body?: Buffer;
  etag?: string | undefined;
  ranges?: boolean;
  length?: boolean;
  /** Answers in turn; the last goes on. A number is a status, a function breaks off after so many bytes. */
  answers?: (
    | number
    | { readonly breakAfter: number }
    | { readonly redirect: string }
    | { readonly change: Buffer }
    | 'whole'
  )[];
}
let server: https.Server;
let insecure: http.Server;
let behaviour: Behaviour;
let asked: string[];
let sent: number;

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { range } = request.headers;
  asked.push(range ?? 'all');
  const turn = behaviour.answers && behaviour.answers.length > 1 ? behaviour.answers.shift() : behaviour.answers?.[0];
  if (typeof turn === 'number') {
    response.writeHead(turn).end();
    return;
  }
  if (typeof turn === 'object' && 'redirect' in turn) {
    response.writeHead(302, { location: turn.redirect }).end();
    return;
  }
  if (typeof turn === 'object' && 'change' in turn) {
    behaviour.body = turn.change;
    behaviour.etag = '"changed"';
  }
  const { body = plain, etag = '"1"', ranges = true, length = true } = behaviour;
  const match = request.headers['if-match'];
  if (match !== undefined && match !== etag) {
    response.writeHead(412).end();
    return;
  }
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const part = ranges && from !== undefined ? body.subarray(Number(from), Number(to) + 1) : body;
  const status = ranges && from !== undefined ? 206 : 200;
  const headers: http.OutgoingHttpHeaders = behaviour.etag === undefined && 'etag' in behaviour ? {} : { etag };
  if (status === 206) headers['content-range'] = `bytes ${from}-${Number(from) + part.length - 1}/${body.length}`;
  if (length) headers['content-length'] = part.length;
  response.writeHead(status, headers);
  if (typeof turn === 'object' && 'breakAfter' in turn) {
    sent += turn.breakAfter;
    response.write(part.subarray(0, turn.breakAfter), () => setTimeout(() => request.socket.destroy(), 20));
    return;
  }
  sent += part.length;
  response.end(part);
}

beforeAll(async () => {
  expect(process.getuid?.()).toBe(0);
  sh(
    `cd ${work} && openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null`,
  );
  plain = archive('a.tar', 'tar -cf $A db');
  server = https.createServer(
    { key: fs.readFileSync(path.join(work, 'key.pem')), cert: fs.readFileSync(path.join(work, 'cert.pem')) },
    answer,
  );
  insecure = http.createServer(answer);
  await Promise.all([server, insecure].map((one) => new Promise<void>((done) => one.listen(0, done))));
});
afterAll(() => {
  server.close();
  insecure.close();
  fs.rmSync(work, { recursive: true });
});

const portOf = (one: http.Server | https.Server): number => (one.address() as AddressInfo).port;
const url = (name = 'a.tar'): string => `https://localhost:${portOf(server)}/${name}`;

let host: Host;
beforeEach(() => {
  behaviour = {};
  asked = [];
  sent = 0;
});
afterEach(() => host.remove());

/** A host whose release begins with this archive. */
function hostWith(node: Readonly<Record<string, string>> = {}): void {
  host = Host.create();
  fs.chmodSync(host.folder, 0o755);
  host.place(
    release('image: client:1\n', {
      node: {
        BOOTSTRAP: 'url',
        BOOTSTRAP_URL: `'${url()}'`,
        BOOTSTRAP_DIRECTORY: DIRECTORY,
        BOOTSTRAP_STRIP: '1',
        BOOTSTRAP_SHA256: '',
        IDENTITY_FILES: `"${DIRECTORY}/key data/testnet/two/key"`,
        ...node,
      },
      files: { 'host/bootstrap.sh': fs.readFileSync(path.join(scripts, 'bootstrap.sh'), 'utf8') },
    }),
  );
  fs.mkdirSync(path.join(host.folder, TREE), { recursive: true });
  // The real one: what is unpacked as the node's user must be able to.
  for (const name of ['chown', 'curl', 'mv', 'ln'])
    host.write(`bin/${name}`, `#!/bin/bash\nexec /usr/bin/${name} "$@"\n`, 0o755);
}
const bootstrap = (environment: Readonly<Record<string, string>> = {}, ...args: string[]): Promise<Result> =>
  host.run(path.join(host.root, 'opt/chain-node/current/host/bootstrap.sh'), args, {
    PATH: `${host.folder}/bin:${path.join(__dirname, 'fakes')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    CURL_CA_BUNDLE: path.join(work, 'cert.pem'),
    CHUNK_BYTES: '100000',
    FETCH_PAUSE_SECONDS: '0.01',
    ...environment,
  });
const inPlace = (file: string): string => fs.readFileSync(path.join(host.folder, TREE, DIRECTORY, file), 'latin1');
const expectWhole = (): void => {
  expect(inPlace('CURRENT')).toBe(CONTENT.CURRENT);
  expect(inPlace('deep/table.sst')).toBe(CONTENT['deep/table.sst']);
  expect(host.exists(`${TREE}/${DIRECTORY}.bootstrap`)).toBe(false);
};
const expectNothing = (): void => {
  expect([host.exists(`${TREE}/${DIRECTORY}`), host.exists(`${TREE}/${DIRECTORY}.bootstrap`)]).toEqual([false, false]);
};

describe('an archive', () => {
  test.each([
    ['a.tar', 'tar -cf $A db'],
    ['a.tar.gz', 'tar -czf $A db'],
    ['a.tgz', 'tar -czf $A db'],
    ['a.tar.zst', 'tar -cf - db | zstd -q -o $A -f'],
    ['a.tar.lz4', 'tar -cf - db | lz4 -q -f - $A'],
    ['a.tar.bz2', 'tar -cjf $A db'],
    ['a.tar.xz', 'tar -cJf $A db'],
  ])('%s becomes the data directory, owned by the node’s user', async (name, create) => {
    const body = archive(name, create);
    behaviour = { body };
    hostWith({ BOOTSTRAP_URL: `'${url(name)}'`, BOOTSTRAP_SHA256: sum(body) });
    expect(await bootstrap()).toMatchObject({ status: 0, output: expect.stringContaining('as expected') });
    expectWhole();
    const owners = sh(`find ${host.folder}/${TREE}/data -printf '%U:%G\n' | sort -u`).trim();
    expect(owners).toBe('1500:1500');
  });

  test('is fetched part by part, and each part once', async () => {
    hostWith();
    expect(await bootstrap()).toMatchObject({ status: 0, output: expect.stringContaining('not compared with any') });
    expectWhole();
    expect(asked.length).toBe(Math.ceil(plain.length / 100_000));
    expect(sent).toBe(plain.length);
  });

  test('brings data, and not the identity of who made it', async () => {
    hostWith();
    await bootstrap();
    expect(host.exists(`${TREE}/${DIRECTORY}/key`)).toBe(false);
  });
});

describe('data that is there', () => {
  test('is never touched, and nobody is asked', async () => {
    hostWith();
    host.write(`${TREE}/${DIRECTORY}/blocks`, 'two weeks of syncing');
    expect(await bootstrap()).toEqual({ status: 0, output: '' });
    expect([fs.readdirSync(path.join(host.folder, TREE, DIRECTORY)), asked]).toEqual([['blocks'], []]);
  });

  test('that comes while the archive does is never touched', async () => {
    hostWith();
    behaviour = { answers: ['whole', 503, 503, 503, 'whole'] };
    const running = bootstrap({ FETCH_PAUSE_SECONDS: '0.2' });
    await new Promise((done) => setTimeout(done, 300));
    host.write(`${TREE}/${DIRECTORY}/blocks`, 'two weeks of syncing');
    expect((await running).status).not.toBe(0);
    expect(fs.readdirSync(path.join(host.folder, TREE, DIRECTORY))).toEqual(['blocks']);
  });

  test('an empty directory is none', async () => {
    hostWith();
    fs.mkdirSync(path.join(host.folder, TREE, DIRECTORY), { recursive: true });
    expect((await bootstrap()).status).toBe(0);
    expectWhole();
  });

  test.each<[string, Readonly<Record<string, string>>, string | undefined, number]>([
    ['pending without data', {}, undefined, 1],
    ['not pending with data', {}, 'blocks', 0],
    ['not pending for a node that begins empty', { BOOTSTRAP: 'empty' }, undefined, 0],
    ['not pending for a node that begins with a snapshot', { BOOTSTRAP: 'snapshot' }, undefined, 0],
  ])('--check says %s, and changes nothing', async (_, node, file, status) => {
    hostWith(node);
    if (file !== undefined) host.write(`${TREE}/${DIRECTORY}/${file}`, '');
    const before = sh(`find ${host.root} | sort`);
    expect((await bootstrap({}, '--check')).status).toBe(status);
    expect(sh(`find ${host.root} | sort`)).toBe(before);
  });
});

describe('a connection', () => {
  test('that breaks is taken up where it broke', async () => {
    hostWith();
    behaviour = { answers: [{ breakAfter: 40_000 }, { breakAfter: 7 }, 'whole', { breakAfter: 0 }, 'whole'] };
    expect(await bootstrap()).toMatchObject({ status: 0 });
    expectWhole();
    // Not one byte twice.
    expect(sent).toBe(plain.length);
    expect(asked.slice(0, 3)).toEqual(['bytes=0-99999', 'bytes=40000-139999', 'bytes=40007-140006']);
  });

  test('that fails for a while is tried again', async () => {
    hostWith();
    behaviour = { answers: ['whole', 503, 500, 429, 'whole'] };
    expect(await bootstrap()).toMatchObject({ status: 0 });
    expectWhole();
  });

  test('that fails for ever is given up, to be tried again later', async () => {
    hostWith();
    behaviour = { answers: ['whole', 503] };
    const { status, output } = await bootstrap({ FETCH_ATTEMPTS: '3' });
    expect([status, output]).toEqual([1, expect.stringContaining('no answer in 3 attempts after 100000 bytes')]);
    expectNothing();
  });

  test('to a server that knows no parts will do while it holds', async () => {
    hostWith();
    behaviour = { ranges: false };
    expect(await bootstrap()).toMatchObject({ status: 0 });
    expectWhole();
  });

  test('to a server that knows no parts begins again when it breaks', async () => {
    hostWith();
    behaviour = { ranges: false, answers: [{ breakAfter: 50_000 }, 'whole'] };
    expect(await bootstrap()).toMatchObject({ status: 0, output: expect.stringContaining('beginning again') });
    expectWhole();
  });
});

describe('what cannot be used leaves nothing behind', () => {
  const hopeless = async (message: string | RegExp): Promise<void> => {
    const { status, output } = await bootstrap();
    expect({ status, output }).toEqual({ status: 3, output: expect.stringMatching(message) });
    expectNothing();
  };

  test('another checksum', async () => {
    hostWith({ BOOTSTRAP_SHA256: 'a'.repeat(64) });
    await hopeless(`has the checksum ${sum(plain)} instead of ${'a'.repeat(64)}; nothing was put in place`);
  });

  test('no archive', async () => {
    behaviour = { body: Buffer.from('<html>please log in</html>'.repeat(1000)) };
    hostWith();
    await hopeless('could not be unpacked');
  });

  test('an archive that ends too early', async () => {
    behaviour = { body: archive('a.tar.gz', 'tar -czf $A db').subarray(0, 200_000) };
    hostWith({ BOOTSTRAP_URL: `'${url('a.tar.gz')}'` });
    await hopeless('could not be unpacked');
  });

  test('an archive of which nothing is left', async () => {
    hostWith({ BOOTSTRAP_STRIP: '9' });
    await hopeless('the archive is empty, or BOOTSTRAP_STRIP=9 leaves nothing of it');
  });

  test('an address that is not there', async () => {
    behaviour = { answers: [404] };
    hostWith();
    await hopeless('the server answers with status 404');
  });

  test('an address without https', async () => {
    hostWith({ BOOTSTRAP_URL: `'http://localhost:${portOf(insecure)}/a.tar'` });
    await hopeless('without https');
    expect(asked).toEqual([]);
  });

  test('an address that leads to one without https', async () => {
    hostWith();
    behaviour = { answers: [{ redirect: `http://localhost:${portOf(insecure)}/a.tar` }] };
    await hopeless('without https');
    expect(asked).toHaveLength(1);
  });

  test('a certificate of someone else', async () => {
    hostWith();
    const { status } = await bootstrap({ CURL_CA_BUNDLE: '/dev/null', FETCH_ATTEMPTS: '2' });
    expect([status, asked]).toEqual([1, []]);
    expectNothing();
  });

  test('an archive larger than the disk', async () => {
    hostWith();
    host.write('bin/df', '#!/bin/bash\necho Avail; echo 1000\n', 0o755);
    await hopeless(`the archive has ${plain.length} bytes and the disk has room for 1000`);
  });

  test('files that would leave the directory', async () => {
    behaviour = {
      body: archive('evil.tar', 'tar -P --transform s,db/CURRENT,../../../../../../../escaped, -cf $A db'),
    };
    hostWith({ BOOTSTRAP_STRIP: '0' });
    await bootstrap();
    expect(sh(`find ${host.folder} / -maxdepth 1 -name 'escaped*'`)).toBe('');
  });
});

describe('an archive that changes under our hands', () => {
  test('is begun again, and is whole in the end', async () => {
    hostWith();
    const other = archive('b.tar', 'echo more >db/MORE; tar -cf $A db');
    behaviour = { answers: ['whole', { change: other }, 'whole'] };
    const { status, output } = await bootstrap();
    expect([status, output]).toEqual([0, expect.stringContaining('the archive has changed since it was begun')]);
    expectWhole();
    expect(inPlace('MORE')).toBe('more\n');
  });

  test('and goes on changing is given up', async () => {
    hostWith();
    behaviour = { answers: ['whole', 412, 'whole', 412, 'whole', 412, 'whole', 412] };
    const { status } = await bootstrap();
    expect(status).toBe(1);
    expectNothing();
  });
});

describe('a run', () => {
  test('that is ended in the middle begins again', async () => {
    hostWith();
    behaviour = { answers: ['whole', 503] };
    const running = bootstrap({ FETCH_PAUSE_SECONDS: '5' });
    await new Promise((done) => setTimeout(done, 700));
    expect(host.exists(`${TREE}/${DIRECTORY}.bootstrap`)).toBe(true);
    sh(`pkill --signal KILL --full ${host.root}/opt/chain-node/current/[h]ost/bootstrap.sh || true`);
    await running;
    expect(host.exists(`${TREE}/${DIRECTORY}`)).toBe(false);
    behaviour = {};
    expect(await bootstrap()).toMatchObject({ status: 0 });
    expectWhole();
  });

  test('waits for another, and then finds nothing to do', async () => {
    hostWith();
    const both = await Promise.all([bootstrap(), bootstrap()]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expectWhole();
    expect(sent).toBe(plain.length);
  });

  test('writes nothing to the root disk', async () => {
    hostWith();
    host.write('fake/unmounted', '');
    const { status, output } = await bootstrap();
    expect([status, output]).toEqual([1, expect.stringContaining('the data volume is not mounted')]);
    expectNothing();
  });
});
