import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { dirname, join } from 'node:path';
import { asFirst, close, type Ended, FILES, newFolder, portOf, Running, run, serve, until } from './programs';

// Against a server of archives. Needs GNU tar, bzip2, xz, openssl; root, for a disk that is full.

jest.setTimeout(30_000);

const BOOTSTRAP = ['python3', join(FILES, 'bootstrap.py')];
const DIRECTORY = 'data/testnet/one/db';

const work = newFolder('archives');
const sh = (command: string): string => execFileSync('bash', ['-c', command], { cwd: work, encoding: 'utf8' });
const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const noise = (bytes: number): Buffer => createHash('shake256', { outputLength: bytes }).update('x').digest();

/** What a database looks like: some of it does not compress. */
const TABLE = noise(3_000_000);

/** An archive of what these commands make; `db` is there. */
function archive(name: string, create: string): Buffer {
  sh(`rm -rf content && mkdir -p content/db/deep && cd content && echo MANIFEST-1 >db/CURRENT && cp ../table db/deep/table.sst
    echo theirs >db/key && ${create.replaceAll('$A', join(work, name))}`);
  return readFileSync(join(work, name));
}
/** One of an archive's members as Python makes it, which refuses nothing. */
const odd = (name: string, ...members: string[]): Buffer => {
  writeFileSync(
    join(work, 'odd.py'),
    `import io, sys, tarfile
with tarfile.open(sys.argv[1], "w") as tar:
    def add(name, text="", **more):
        member = tarfile.TarInfo(name)
        for key, value in {"size": len(text), **more}.items():
            setattr(member, key, value)
        tar.addfile(member, io.BytesIO(text.encode()))
    add("db/CURRENT", "MANIFEST-1\\n")
    ${members.join('\n    ')}
`,
  );
  sh(`python3 odd.py ${join(work, name)}`);
  return readFileSync(join(work, name));
};

interface Behaviour {
  body: Buffer;
  etag: string | undefined;
  modified: string | undefined;
  ranges: boolean;
  length: boolean;
  /** Answers in turn; the last goes on. A number is a status. */
  answers: (
    | 'whole'
    | 'hang'
    | number
    | { readonly breakAfter: number; readonly rudely?: boolean }
    | { readonly change: Buffer }
    | { readonly redirect: string }
  )[];
}
let server: Server;
let behaviour: Behaviour;
/** What was asked for: the range, and the condition that it was asked under. */
let asked: string[];
let sent: number;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { range } = request.headers;
  const condition = request.headers['if-range'] as string | undefined;
  asked.push([range ?? 'all', condition].filter(Boolean).join(' if '));
  const turn = behaviour.answers.length > 1 ? behaviour.answers.shift() : behaviour.answers[0];
  if (typeof turn === 'number') return void response.writeHead(turn).end();
  if (turn === 'hang') return;
  if (typeof turn === 'object' && 'redirect' in turn)
    return void response.writeHead(302, { location: turn.redirect }).end();
  if (typeof turn === 'object' && 'change' in turn) {
    behaviour.body = turn.change;
    if (behaviour.etag) behaviour.etag = '"changed"';
    if (behaviour.modified) behaviour.modified = 'Fri, 02 Jan 2026 00:00:00 GMT';
  }
  const { body, etag, modified, ranges, length } = behaviour;
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const partial = ranges && range !== undefined && (condition === undefined || [etag, modified].includes(condition));
  const part = partial ? body.subarray(from) : body;
  const headers: OutgoingHttpHeaders = {
    ...(etag ? { etag } : {}),
    ...(modified ? { 'last-modified': modified } : {}),
  };
  if (partial) headers['content-range'] = `bytes ${from}-${body.length - 1}/${body.length}`;
  if (length) headers['content-length'] = part.length;
  response.writeHead(partial ? 206 : 200, headers);
  if (typeof turn === 'object' && 'breakAfter' in turn) {
    sent += turn.breakAfter;
    response.write(part.subarray(0, turn.breakAfter), () =>
      setTimeout(() => (turn.rudely ? request.socket.resetAndDestroy() : request.socket.destroy()), 20),
    );
    return;
  }
  sent += part.length;
  response.end(part);
}

let plain: Buffer;
let folder: string;

beforeAll(async () => {
  writeFileSync(join(work, 'table'), TABLE);
  plain = archive('a.tar', 'tar -cf $A db');
  server = await serve(answer);
});
afterAll(async () => {
  await close(server);
  rmSync(work, { recursive: true });
});
beforeEach(() => {
  folder = newFolder('bootstrap');
  // As prepare.sh leaves it.
  mkdirSync(join(folder, DIRECTORY), { recursive: true });
  behaviour = { body: plain, etag: '"1"', modified: undefined, ranges: true, length: true, answers: ['whole'] };
  asked = [];
  sent = 0;
});
afterEach(() => {
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const environment = (change: Readonly<Record<string, string>>): Record<string, string> => ({
  BOOTSTRAP_URL: `http://127.0.0.1:${portOf(server)}/a.tar`,
  BOOTSTRAP_SHA256: '',
  BOOTSTRAP_DIRECTORY: DIRECTORY,
  BOOTSTRAP_STRIP: '1',
  IDENTITY_FILES: '',
  DATA: folder,
  FETCH_ATTEMPTS: '3',
  FETCH_PAUSE_SECONDS: '0.01',
  ...change,
});
const bootstrap = (change: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  run(BOOTSTRAP, environment(change));

const at = (file = ''): string => join(folder, DIRECTORY, file);
const staging = (): string => join(folder, `${DIRECTORY}.bootstrap`);
const expectWhole = (): void => {
  expect(readFileSync(at('CURRENT'), 'utf8')).toBe('MANIFEST-1\n');
  expect(readFileSync(at('deep/table.sst')).equals(TABLE)).toBe(true);
  expect(existsSync(staging())).toBe(false);
};
const expectNothing = (): void => {
  expect([readdirSync(at()), existsSync(staging())]).toEqual([[], false]);
};
/** It ends with this in one line, and nothing is left. */
async function expectFailure(reason: string | RegExp, change: Readonly<Record<string, string>> = {}): Promise<void> {
  const { status, output } = await bootstrap(change);
  expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(reason) });
  expect(output).toMatch(/^filling .*\n[^\n]*; nothing was put in place\n$/);
  expectNothing();
}

describe('an archive', () => {
  test.each([
    ['.tar', 'tar -cf $A db'],
    ['.tar.gz', 'tar -czf $A db'],
    ['.tar.bz2', 'tar -cjf $A db'],
    ['.tar.xz', 'tar -cJf $A db'],
    ['.tar.gz of several parts', 'tar -cf - db | split --bytes=400k --filter "gzip --fast" >$A'],
    ['.tar.bz2 of several parts', 'tar -cf - db | split --bytes=400k --filter bzip2 >$A'],
    ['.tar.xz of several parts', 'tar -cf - db | split --bytes=400k --filter "xz -0" >$A'],
    ['.tar of a sparse file', 'truncate --size 9M db/sparse && tar --sparse -cf $A db'],
    [
      '.tar with long names',
      'mkdir -p db/$(printf %0200d 0) && echo x >db/$(printf %0200d 0)/$(printf %0200d 0) && tar -cf $A db',
    ],
    ['.tar of the POSIX kind', 'tar --format posix -cf $A db'],
  ])('%s fills the empty directory', async (name, create) => {
    behaviour.body = archive(`a${name.replaceAll(' ', '-')}`, create);
    const { status, output } = await bootstrap({ BOOTSTRAP_SHA256: sum(behaviour.body) });
    expect([status, output]).toEqual([
      0,
      expect.stringMatching(/^filling .*\nthe data is in place; sha256 [0-9a-f]{64}, as expected\n$/),
    ]);
    expectWhole();
    expect(sent).toBe(behaviour.body.length);
  });

  test('without a checksum is said to have been compared with none', async () => {
    expect(await bootstrap()).toMatchObject({
      status: 0,
      output: expect.stringContaining(`sha256 ${sum(plain)}, not compared with any\n`),
    });
  });

  test('fills a directory that is not there yet', async () => {
    rmSync(join(folder, 'data'), { recursive: true });
    expect((await bootstrap()).status).toBe(0);
    expectWhole();
  });

  test('brings data, and not the identity of who made it', async () => {
    expect((await bootstrap({ IDENTITY_FILES: 'key deep/none' })).status).toBe(0);
    expect(readdirSync(at()).sort()).toEqual(['CURRENT', 'deep']);
    expectWhole();
  });

  test.each([
    ['none', '0', 'db', ['db']],
    ['one part', '1', 'db', ['CURRENT', 'deep', 'key']],
    ['two parts, and what has no more', '2', 'db', ['table.sst']],
    // As GNU tar has it, so that a pod and an instance take the same number.
    ['none of names that begin with a dot', '0', '-C db .', ['CURRENT', 'deep', 'key']],
    ['one part of names that begin with a dot', '1', '-C db .', ['CURRENT', 'deep', 'key']],
    ['two parts of names that begin with a dot', '2', './db', ['CURRENT', 'deep', 'key']],
  ])('strips %s', async (_, strip, what, left) => {
    behaviour.body = archive('strip.tar', `tar -cf $A ${what}`);
    expect((await bootstrap({ BOOTSTRAP_STRIP: strip })).status).toBe(0);
    expect(readdirSync(at()).sort()).toEqual(left);
    sh(`rm -rf gnu && mkdir gnu && tar -xf strip.tar -C gnu --strip-components ${strip}`);
    expect(readdirSync(join(work, 'gnu')).sort()).toEqual(left);
  });

  test('keeps links among its own files', async () => {
    behaviour.body = archive('links.tar', 'ln db/CURRENT db/hard && ln -s deep/table.sst db/soft && tar -cf $A db');
    expect((await bootstrap()).status).toBe(0);
    expect(statSync(at('hard')).ino).toBe(statSync(at('CURRENT')).ino);
    expect(readlinkSync(at('soft'))).toBe('deep/table.sst');
    expectWhole();
  });

  test('may have more files than there is memory for their names', async () => {
    writeFileSync(
      join(work, 'many.py'),
      `import gzip, tarfile
def block(name):
    return tarfile.TarInfo(name).tobuf()
with gzip.open("many.tar.gz", "wb", 1) as out:
    for _ in range(100):
        out.write(block("a" * 90) * 1000)
    out.write(block("db/CURRENT") + bytes(1024))
`,
    );
    sh('python3 many.py');
    behaviour.body = readFileSync(join(work, 'many.tar.gz'));
    const measured = `import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(status)`;
    const { status, output } = await run(['python3', '-c', measured, ...BOOTSTRAP], environment({}));
    expect(status).toBe(0);
    // The pod gives it 256; what Python itself takes is a third of this.
    expect(Number(output.trim().split('\n').at(-1))).toBeLessThan(100);
    expect(readdirSync(at())).toEqual(['CURRENT']);
  });
});

describe('data that is there', () => {
  test('is never touched, and nobody is asked', async () => {
    writeFileSync(at('blocks'), 'two weeks of syncing');
    expect(await bootstrap()).toEqual({ status: 0, output: `${at()} has data; nothing to do\n` });
    expect([readdirSync(at()), asked]).toEqual([['blocks'], []]);
  });

  test('that comes while the archive does is never touched', async () => {
    behaviour.answers = [{ breakAfter: 50_000 }, 'hang'];
    const program = new Running(BOOTSTRAP, environment({}));
    await until('half of it is there', () => asked.length === 2);
    writeFileSync(at('blocks'), 'two weeks of syncing');
    behaviour.answers = ['whole'];
    server.closeAllConnections();
    expect(await program.ended).toEqual({ status: 1, output: expect.stringContaining('nothing was put in place') });
    expect([readdirSync(at()), existsSync(staging())]).toEqual([['blocks'], false]);
  });
});

describe('a connection', () => {
  test('that breaks is taken up where it broke, under the condition that the archive is the same', async () => {
    behaviour.answers = [{ breakAfter: 40_000 }, { breakAfter: 7 }, 503, { breakAfter: 0 }, 'whole'];
    expect((await bootstrap({ BOOTSTRAP_SHA256: sum(plain) })).status).toBe(0);
    expectWhole();
    expect(asked).toEqual(['all', 'bytes=40000- if "1"', ...Array(3).fill('bytes=40007- if "1"')]);
    // Not one byte twice.
    expect(sent).toBe(plain.length);
  });

  test('that is reset is taken up too', async () => {
    behaviour.answers = [{ breakAfter: 1_000_000, rudely: true }, { breakAfter: 1_000_000, rudely: true }, 'whole'];
    expect((await bootstrap({ BOOTSTRAP_SHA256: sum(plain) })).status).toBe(0);
    expectWhole();
    expect(asked).toHaveLength(3);
  });

  test('is taken up of a compressed archive', async () => {
    behaviour = {
      ...behaviour,
      body: archive('a.tar.gz', 'tar -czf $A db'),
      answers: [{ breakAfter: 100_001 }, 'whole'],
    };
    expect((await bootstrap({ BOOTSTRAP_SHA256: sum(behaviour.body) })).status).toBe(0);
    expectWhole();
  });

  test.each([
    [
      'the time of the last change',
      undefined,
      'Thu, 01 Jan 2026 00:00:00 GMT',
      'bytes=9- if Thu, 01 Jan 2026 00:00:00 GMT',
    ],
    [
      'that time, when the tag promises little',
      'W/"1"',
      'Thu, 01 Jan 2026 00:00:00 GMT',
      'bytes=9- if Thu, 01 Jan 2026 00:00:00 GMT',
    ],
    ['nothing, when there is neither', undefined, undefined, 'bytes=9-'],
  ])('knows the archive by %s', async (_, etag, modified, expected) => {
    behaviour = { ...behaviour, etag, modified, answers: [{ breakAfter: 9 }, 'whole'] };
    expect((await bootstrap()).status).toBe(0);
    expectWhole();
    expect(asked).toEqual(['all', expected]);
  });

  test('that fails for a while is tried again', async () => {
    behaviour.answers = [503, 429, { breakAfter: 10 }, 500, 408, 'whole'];
    expect((await bootstrap()).status).toBe(0);
    expectWhole();
  });

  test('that brings nothing any more is given up', async () => {
    behaviour.answers = [{ breakAfter: 100_000 }, 503];
    await expectFailure('no answer in 3 attempts after 100000 bytes');
    expect(asked).toHaveLength(4);
  });

  test('to nobody is given up', async () => {
    await expectFailure('no answer in 3 attempts after 0 bytes', { BOOTSTRAP_URL: 'http://127.0.0.1:1/a.tar' });
  });

  test('to a server that knows no parts will do while it holds', async () => {
    behaviour.ranges = false;
    expect((await bootstrap()).status).toBe(0);
    expectWhole();
  });

  test('to a server that knows no parts cannot be taken up', async () => {
    behaviour = { ...behaviour, ranges: false, answers: [{ breakAfter: 50_000 }, 'whole'] };
    await expectFailure(
      'the connection broke after 50000 bytes, and the archive has changed or its server knows no parts',
    );
  });
});

describe('an archive that changes between', () => {
  test.each([
    ['its tag', '"1"', undefined],
    ['its time', undefined, 'Thu, 01 Jan 2026 00:00:00 GMT'],
    ['its size', undefined, undefined],
  ])('is known by %s', async (_, etag, modified) => {
    const other = archive('b.tar', 'echo more >db/MORE && tar -cf $A db');
    behaviour = {
      ...behaviour,
      etag,
      modified,
      answers: [{ breakAfter: 50_000 }, { change: Buffer.concat([other, other]) }],
    };
    await expectFailure('the connection broke after 50000 bytes, and the archive has changed');
  });

  test('and is shorter than what is there already', async () => {
    behaviour.answers = [{ breakAfter: 50_000 }, 416];
    await expectFailure('the server answers with status 416');
  });
});

describe('what cannot be used leaves nothing behind', () => {
  test('another checksum', async () => {
    await expectFailure(`the archive has the checksum ${sum(plain)} instead of ${'a'.repeat(64)}`, {
      BOOTSTRAP_SHA256: 'a'.repeat(64),
    });
  });

  test('a checksum that what stands behind the last file makes another', async () => {
    behaviour.body = Buffer.concat([plain, Buffer.alloc(2_000_000)]);
    await expectFailure('the archive has the checksum', { BOOTSTRAP_SHA256: sum(plain) });
  });

  test('an address that is not there, which is asked once', async () => {
    behaviour.answers = [404];
    await expectFailure(/the server answers with status 404; see that http:\S+ is right/);
    expect(asked).toHaveLength(1);
  });

  test('no archive', async () => {
    behaviour.body = Buffer.from('<html>please log in</html>'.repeat(1000));
    await expectFailure('could not be unpacked .*; see that it is a tar, plain or by gzip, bzip2 or xz');
  });

  test('nothing at all', async () => {
    behaviour.body = Buffer.alloc(0);
    await expectFailure('could not be unpacked');
  });

  test.each([
    ['.tar in the middle of a file', 'tar -cf $A db', 2_000_000],
    ['.tar in the middle of a header', 'tar --sort name -cf $A db', 700],
    ['.tar.gz', 'tar -czf $A db', 2_000_000],
    ['.tar.gz, of which only its own sum is missing', 'tar -czf $A db', -8],
    ['.tar.bz2', 'tar -cjf $A db', 2_000_000],
    ['.tar.xz', 'tar -cJf $A db', 2_000_000],
  ])('an archive that ends too early: %s', async (_, create, bytes) => {
    behaviour.body = archive('short', create).subarray(0, bytes);
    await expectFailure('could not be unpacked');
  });

  test.each([
    ['.tar, in the header of its second file', 'tar --sort name -cf $A db', 600],
    ['.tar.gz, in its data', 'tar -czf $A db', 1_500_000],
    ['.tar.bz2, in its data', 'tar -cjf $A db', 1_500_000],
    ['.tar.xz, in its data', 'tar -cJf $A db', 1_500_000],
  ])('an archive that is broken: %s', async (_, create, where) => {
    const body = Buffer.from(archive('broken', create));
    body.fill(0x5a, where, where + 16);
    behaviour.body = body;
    await expectFailure('could not be unpacked');
  });

  test('an archive of which nothing is left', async () => {
    await expectFailure('the archive is empty, or strip 9 leaves nothing of it', { BOOTSTRAP_STRIP: '9' });
  });

  test('a server that does not say how much there is', async () => {
    behaviour.length = false;
    await expectFailure('the server does not say how large the archive is');
  });

  test('an archive larger than the disk, of which nothing is fetched', async () => {
    const huge = await serve((_, response) => void response.writeHead(200, { 'content-length': 1e17 }).write('x'));
    try {
      await expectFailure(/the archive has 100000000000000000 bytes and the disk has room for \d+; grow the disk/, {
        BOOTSTRAP_URL: `http://127.0.0.1:${portOf(huge)}/a.tar`,
      });
    } finally {
      await close(huge);
    }
  });

  test('an archive whose files are larger than the disk', async () => {
    behaviour.body = archive('big.tar.gz', 'truncate --size 8M db/big && tar -czf $A db');
    sh(`mount -t tmpfs -o size=6M tmpfs ${folder}/data`);
    try {
      mkdirSync(at(), { recursive: true });
      await expectFailure('could not be unpacked .*No space left on device.*fits the disk');
    } finally {
      sh(`umount ${folder}/data`);
    }
  });
});

describe('what would land elsewhere lands nowhere', () => {
  test.each([
    ['a file above', 'add("db/../../../../../../escaped", "x")'],
    ['a file above, once it is stripped', 'add("db/deep/../../../escaped", "x")'],
    ['a link to an absolute place', 'add("db/link", type=tarfile.SYMTYPE, linkname="/tmp")'],
    ['a link to a place above', 'add("db/link", type=tarfile.SYMTYPE, linkname="../../escaped")'],
    [
      'a file through a link',
      'add("db/link", type=tarfile.SYMTYPE, linkname="../..")\n    add("db/link/escaped", "x")',
    ],
    ['a hard link to a file above', 'add("db/link", type=tarfile.LNKTYPE, linkname="db/../../../escaped")'],
    ['a hard link to nothing', 'add("db/link", type=tarfile.LNKTYPE, linkname="db/none")'],
    ['a device', 'add("db/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)'],
  ])('%s', async (_, member) => {
    behaviour.body = odd('odd.tar', member);
    await expectFailure('could not be unpacked');
    expect(readdirSync(folder)).toEqual(['data']);
    const around = [folder, dirname(folder), '/'].flatMap((place) => readdirSync(place));
    expect(around.filter((name) => name.startsWith('escaped'))).toEqual([]);
  });

  test('a file with an absolute name lands inside', async () => {
    behaviour.body = odd('odd.tar', 'add("/db/absolute", "x")');
    expect((await bootstrap()).status).toBe(0);
    expect(readdirSync(at()).sort()).toEqual(['CURRENT', 'absolute']);
  });

  test('nobody becomes someone else by a file', async () => {
    behaviour.body = odd('odd.tar', 'add("db/tool", "x", mode=0o6755, uid=12345, gid=12345)');
    expect((await bootstrap()).status).toBe(0);
    const { mode, uid } = lstatSync(at('tool'));
    expect([mode & 0o7000, uid]).toEqual([0, process.getuid?.()]);
  });
});

describe('a run', () => {
  test('that is killed leaves nothing in place, and the next begins again', async () => {
    behaviour.answers = [{ breakAfter: 2_000_000 }, 'hang'];
    const program = new Running(BOOTSTRAP, environment({}));
    await until('half of it is there', () => asked.length === 2);
    program.signal('SIGKILL');
    await program.ended;
    expect(readdirSync(at())).toEqual([]);
    expect(existsSync(join(staging(), 'CURRENT')) || existsSync(join(staging(), 'deep'))).toBe(true);
    writeFileSync(join(staging(), 'of-another-archive'), '');
    behaviour.answers = ['whole'];
    expect((await bootstrap()).status).toBe(0);
    expectWhole();
    expect(readdirSync(at()).sort()).toEqual(['CURRENT', 'deep', 'key']);
  });

  test('that is asked to end does, as the first process of its container, and clears away', async () => {
    behaviour.answers = [{ breakAfter: 2_000_000 }, 'hang'];
    const program = new Running(asFirst(...BOOTSTRAP), environment({}));
    await until('half of it is there', () => asked.length === 2);
    program.signalFirst('SIGTERM');
    const late = new Promise((resolve) => setTimeout(resolve, 3000, 'late').unref());
    try {
      expect(await Promise.race([program.ended, late])).toEqual({
        status: 1,
        output: expect.stringContaining('ended in the middle; nothing was put in place'),
      });
    } finally {
      program.signal('SIGKILL', true);
    }
    expectNothing();
  });
});

describe('over https', () => {
  let secure: ReturnType<typeof createSecureServer>;
  beforeAll(async () => {
    sh(`openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
      -addext subjectAltName=DNS:localhost 2>/dev/null`);
    secure = createSecureServer(
      { key: readFileSync(join(work, 'key.pem')), cert: readFileSync(join(work, 'cert.pem')) },
      answer,
    );
    await new Promise<void>((resolve) => secure.listen(0, resolve));
  });
  afterAll(() => secure.close());

  const overHttps = (change: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    BOOTSTRAP_URL: `https://localhost:${portOf(secure)}/a.tar`,
    SSL_CERT_FILE: join(work, 'cert.pem'),
    ...change,
  });

  test('an archive is taken, also from another place that has a certificate', async () => {
    behaviour.answers = [{ redirect: `https://localhost:${portOf(secure)}/b.tar` }, 'whole'];
    expect((await bootstrap(overHttps())).status).toBe(0);
    expectWhole();
  });

  test('none is taken from a place without, that it leads to', async () => {
    behaviour.answers = [{ redirect: `http://127.0.0.1:${portOf(server)}/a.tar` }, 'whole'];
    await expectFailure('leads to an address without https', overHttps());
    expect(asked).toHaveLength(1);
  });

  test('none is taken by a certificate of someone else', async () => {
    await expectFailure('no answer in 3 attempts after 0 bytes', overHttps({ SSL_CERT_FILE: '/dev/null' }));
    expect(asked).toEqual([]);
  });
});
