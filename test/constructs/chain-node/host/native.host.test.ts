import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { processesOf, solana } from '../../../../constructs/chain-node/catalogue';
import { renderUnits } from '../../../../constructs/chain-node/units';
import { Host, type Result, release, scripts } from './host';

// Native programs: fetched for real, over https; units as systemd itself reads them. Needs openssl, zstd, unzip, systemd.

jest.setTimeout(60_000);

const sh = (command: string): string => execFileSync('bash', ['-c', command], { encoding: 'utf8' });
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'native-'));
const sum = (file: string): string =>
  createHash('sha256')
    .update(fs.readFileSync(path.join(work, file.replace(/\?.*/, ''))))
    .digest('hex');

let server: https.Server;
let asked: string[] = [];
beforeAll(async () => {
  sh(`cd ${work} && mkdir -p client-1/bin && printf '#!/bin/sh\necho one\n' >client-1/bin/client && chmod +x client-1/bin/client
    tar -czf client.tar.gz client-1; tar -cJf client.tar.xz client-1; tar -cjf client.tar.bz2 client-1; tar --zstd -cf client.tar.zst client-1
    tar -cf client.tar client-1; echo no archive >bad.tar.gz
    (umask 077; cp -r client-1 closed && chmod -R go-rwx closed && chmod u+s closed/bin/client && tar -cf closed.tar closed)
    cp client-1/bin/client plain
    (cd client-1 && zip -q -r ../client.zip bin) || python3 -m zipfile -c client.zip client-1/bin
    tar -C client-1/bin -cf - client | zstd -q -o program.tar.zst && sha256sum program.tar.zst >program.tar.zst.sha256
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null`);
  server = https.createServer(
    { key: fs.readFileSync(path.join(work, 'key.pem')), cert: fs.readFileSync(path.join(work, 'cert.pem')) },
    (request, response) => {
      asked.push(request.url ?? '');
      const file = path.join(work, path.basename((request.url ?? '').replace(/\?.*/, '')));
      if (fs.existsSync(file)) response.end(fs.readFileSync(file));
      else response.writeHead(404).end();
    },
  );
  await new Promise<void>((done) => server.listen(0, done));
});
afterAll(() => {
  server.close();
  fs.rmSync(work, { recursive: true });
});

const url = (file: string): string => `https://localhost:${(server.address() as AddressInfo).port}/${file}`;
const BUILT = 'client-v2-222222222222-x86_64';
const COMMAND = 'aws codebuild start-build --region eu-central-1 --project-name test-client';

const UNIT = '[Service]\nExecStart=/opt/chain-node/programs/x/client\n';
/** A release of native processes, without a compose file. */
function native(programs: string, processes: readonly string[] = ['one']) {
  const { files } = release('', {
    node: {
      PROCESSES: `"${processes.join(' ')}"`,
      NATIVE_PROCESSES: `"${processes.join(' ')}"`,
      SECRETS: '',
      HOST_VALUES: '',
    },
    files: {
      programs,
      ...Object.fromEntries(processes.map((name) => [`units/chain-node-process-${name}.service`, UNIT])),
    },
  });
  const { 'compose.yml': _, manifest: __, ...rest } = files;
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const manifest = Object.keys(rest)
    .sort()
    .map((name) => `${hash(rest[name] ?? '')}  ${name}\n`)
    .join('');
  return { hash: hash(manifest), files: { ...rest, manifest } };
}

let host: Host;
beforeEach(() => {
  asked = [];
  host = Host.create();
  // The real one: what is fetched comes from a real server.
  for (const name of ['curl', 'unzip']) host.write(`bin/${name}`, `#!/bin/bash\nexec /usr/bin/${name} "$@"\n`, 0o755);
  host.write('fake/secrets/upstream', 'https://x\n');
});
afterEach(() => host.remove());

const environment = () => ({
  PATH: `${host.folder}/bin:${path.join(__dirname, 'fakes')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  CURL_CA_BUNDLE: path.join(work, 'cert.pem'),
});
const fetchPrograms = (programs: string, ...args: string[]): Promise<Result> => {
  host.place(native(programs));
  return host.run(path.join(host.root, 'opt/chain-node/current/host/fetch-programs.sh'), args, environment());
};
const installed = (): string[] => {
  const folder = path.join(host.root, 'opt/chain-node/programs');
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
};
const runs = (file: string): string => sh(`${host.root}/opt/chain-node/programs/${file}`).trim();

describe('a program', () => {
  test.each([
    ['client.tar.gz', 1, 'bin/client'],
    ['client.tar.gz', 0, 'client-1/bin/client'],
    ['client.tar.xz', 2, 'client'],
    ['client.tar.bz2', 1, 'bin/client'],
    ['client.zip', 0, 'bin/client'],
    ['client.tar.zst', 1, 'bin/client'],
    ['client.tar', 1, 'bin/client'],
    ['client.zip', 1, 'client'],
    ['plain', 0, 'client'],
    ['plain?download=1', 0, 'client'],
    ['client.tar.gz?download=1', 1, 'bin/client'],
  ])('%s, without %i leading parts, is fetched, checked and unpacked', async (file, strip, program) => {
    const { status, output } = await fetchPrograms(`k archive client ${sum(file)} ${strip} ${url(file)}\n`);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(installed()).toEqual(['k']);
    expect(runs(`k/${program}`)).toBe('one');
    // Once is enough.
    await fetchPrograms(`k archive client ${sum(file)} ${strip} ${url(file)}\n`);
    expect(asked).toHaveLength(1);
  });

  test.each([
    [
      'another checksum',
      () => `k archive client ${'0'.repeat(64)} 0 ${url('plain')}\n`,
      /has the checksum .* instead of 0{64}/,
    ],
    ['no file', () => `k archive client ${'0'.repeat(64)} 0 ${url('missing')}\n`, /cannot fetch/],
    ['no https', () => `k archive client ${sum('plain')} 0 http://localhost:1/plain\n`, /cannot fetch/],
    [
      'no archive in it',
      () => `k archive client ${sum('bad.tar.gz')} 0 ${url('bad.tar.gz')}\n`,
      /bad.tar.gz could not be unpacked/,
    ],
    [
      'nothing left of it',
      () => `k archive client ${sum('client.tar')} 3 ${url('client.tar')}\n`,
      /nothing is left of client.tar/,
    ],
    ['a kind that nobody knows', () => 'k image x\n', /the kind 'image' of k is unknown/],
  ])('is not there with %s', async (_, line, message) => {
    const { status, output } = await fetchPrograms(line());
    expect([status, output]).toEqual([1, expect.stringMatching(message)]);
    expect(installed().filter((name) => !name.endsWith('.partial'))).toEqual([]);
  });

  test('that nobody publishes comes from the bucket', async () => {
    for (const file of ['program.tar.zst', 'program.tar.zst.sha256']) {
      host.write(`fake/bucket/releases/programs/${BUILT}/${file}`, '');
      fs.copyFileSync(path.join(work, file), path.join(host.fake, `bucket/releases/programs/${BUILT}/${file}`));
    }
    expect(await fetchPrograms(`${BUILT} build ${COMMAND}\n`)).toMatchObject({ status: 0 });
    expect(runs(`${BUILT}/client`)).toBe('one');
  });

  test('that nobody has built yet names the command that builds it', async () => {
    const { status, output } = await fetchPrograms(`${BUILT} build ${COMMAND}\n`);
    expect([status, output]).toEqual([
      1,
      expect.stringContaining(`nobody publishes it. build it, then run apply-release again: ${COMMAND}`),
    ]);
    expect(installed().filter((name) => !name.endsWith('.partial'))).toEqual([]);
  });

  test('is there for the user of the processes, and for nobody with more rights than it has itself', async () => {
    await fetchPrograms(`k archive client ${sum('closed.tar')} 1 ${url('closed.tar')}\n`);
    expect(['k', 'k/bin', 'k/bin/client'].map((name) => host.mode(`root/opt/chain-node/programs/${name}`))).toEqual(
      Array(3).fill('755'),
    );
    const file = fs.statSync(path.join(host.root, 'opt/chain-node/programs/k/bin/client'));
    expect(file.mode & 0o7000).toBe(0);
  });

  test('that any release here names stays, however many there are', async () => {
    const line = `k archive client ${sum('plain')} 0 ${url('plain')}\n`;
    await fetchPrograms(line);
    // A reader of all of them that ends at the first line it looks for leaves the writer behind.
    for (const name of ['y', 'z']) host.write(`root/opt/chain-node/releases/${name}/programs`, line.repeat(20_000));
    expect(await fetchPrograms(line, '--prune')).toMatchObject({ status: 0 });
    expect(installed()).toEqual(['k']);
  });

  test('that no release names any more goes', async () => {
    await fetchPrograms(`k archive client ${sum('plain')} 0 ${url('plain')}\n`);
    host.write('root/opt/chain-node/programs/old-v1-000000000000-x86_64/p', '');
    const { status } = await fetchPrograms(`k archive client ${sum('plain')} 0 ${url('plain')}\n`, '--prune');
    expect([status, installed()]).toEqual([0, ['k']]);
  });
});

describe('a release of native processes', () => {
  const first = () => native(`k archive client ${sum('plain')} 0 ${url('plain')}\n`, ['one', 'two']);
  const active = (): string[] =>
    fs
      .readdirSync(host.fake)
      .filter((name) => name.startsWith('active-chain-node-process-'))
      .sort();
  const units = (): string[] =>
    fs.readdirSync(path.join(host.root, 'etc/systemd/system')).filter((name) => name.startsWith('chain-node-process-'));

  test('fetches its programs, installs its units, starts them, and needs no docker', async () => {
    host.upload(first());
    const { status, output } = await host.apply(environment());
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('runs') });
    expect(units()).toEqual(['chain-node-process-one.service', 'chain-node-process-two.service']);
    expect(active()).toHaveLength(2);
    expect(host.calls().filter((call) => call.startsWith('docker'))).toEqual([]);
  });

  test('gives way to another, whose units take the place of its own', async () => {
    host.upload(first());
    await host.apply(environment());
    const next = native(`k archive client ${sum('plain')} 0 ${url('plain')}\n`, ['two', 'three']);
    host.upload(next);
    expect(await host.apply(environment())).toMatchObject({ status: 0 });
    expect(units()).toEqual(['chain-node-process-three.service', 'chain-node-process-two.service']);
    expect(active()).toEqual(['active-chain-node-process-three.service', 'active-chain-node-process-two.service']);
    const calls = host.calls();
    const stopped = calls.indexOf('systemctl stop chain-node-process-one.service chain-node-process-two.service');
    const started = calls.indexOf('systemctl restart chain-node-process-two.service chain-node-process-three.service');
    expect([stopped > 0, started > stopped]).toEqual([true, true]);
  });

  test('without its program leaves the node running', async () => {
    host.upload(first());
    await host.apply(environment());
    host.upload(native(`${BUILT} build ${COMMAND}\n`));
    const { status, output } = await host.apply(environment());
    expect([status, output]).toEqual([1, expect.stringContaining('the running node was left alone')]);
    expect(active()).toHaveLength(2);
  });

  test('that does not come to rest goes back', async () => {
    host.upload(first());
    await host.apply(environment());
    const before = host.current();
    host.upload(native(`k archive client ${sum('plain')} 0 ${url('plain')}\n`, ['two', 'three']));
    host.write('fake/crash', '');
    const { status, output } = await host.apply(environment());
    expect([status, host.current()]).toEqual([1, before]);
    expect(output).toContain('not settled');
    expect(units()).toEqual(['chain-node-process-one.service', 'chain-node-process-two.service']);
  });

  test('beside images is stopped even when docker fails, which is said', async () => {
    const name = 'chain-node-process-one.service';
    host.place(release('image: client:1\n', { node: { NATIVE_PROCESSES: 'one' }, files: { [`units/${name}`]: UNIT } }));
    host.write(`root/etc/systemd/system/${name}`, UNIT);
    host.write(`fake/active-${name}`, '1');
    host.write('bin/docker', '#!/bin/bash\necho no daemon >&2\nexit 1\n', 0o755);
    const { status, output } = await host.run(path.join(host.root, 'opt/chain-node/current/host/stop.sh'), [], {
      ...environment(),
      CHAIN_NODE_UNIT: 'yes',
    });
    expect([status, output]).toEqual([1, expect.stringContaining('not all processes are stopped')]);
    expect(active()).toEqual([]);
  });

  test('is stopped by hand without docker, and a process that was never started does not matter', async () => {
    host.place(first());
    const stop = await host.run(path.join(host.root, 'opt/chain-node/current/host/stop.sh'), [], {
      CHAIN_NODE_UNIT: 'yes',
    });
    expect(stop).toMatchObject({ status: 0 });
  });
});

describe('units, as systemd reads them', () => {
  const verify = (folder: string): string[] => {
    const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
    // What they run is not here.
    return `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !line.includes('is not executable: No such file'));
  };

  test('those of the host', () => {
    const folder = path.join(work, 'host-units');
    fs.mkdirSync(folder);
    for (const name of fs.readdirSync(scripts).filter((file) => /\.(service|timer|socket)$/.test(file))) {
      fs.copyFileSync(path.join(scripts, name), path.join(folder, name));
    }
    expect(verify(folder)).toEqual([]);
  });

  test('those of native processes, with everything that an argument may hold and a process may have', () => {
    const folder = path.join(work, 'process-units');
    fs.mkdirSync(folder);
    const processes = processesOf({ chain: solana, network: 'mainnet', client: 'agave' }, 100_000).map((process) => ({
      ...process,
      arguments: [...process.arguments, '%h $HOME ${PATH} $$', 'a "b" \\ \'c\'', '', ';'],
      environment: { RUST_LOG: 'a="b" 5%' },
      files: { 'x.toml': '' },
      secrets: { jwt: 'made' as const },
      // Nobody in the catalogue asks for these.
      host: { ...process.host, capabilities: ['NET_ADMIN', 'NET_RAW'] },
      directories: { '/data/ledger': 'ledger', '/data/accounts': 'accounts' },
      prepare: process.prepare?.map((step) => ({ ...step, unless: '/data/ledger/identity.json' })) ?? [],
    }));
    const { units } = renderUnits(processes, {
      node: 'solana-mainnet-agave',
      chain: 'solana',
      network: 'mainnet',
      architecture: 'x86_64',
      upstreams: {},
    });
    for (const [name, text] of units) fs.writeFileSync(path.join(folder, name), text);
    expect(units.size).toBe(2);
    expect(verify(folder)).toEqual([]);
    // It would say so.
    fs.appendFileSync(path.join(folder, 'chain-node-process-agave.service'), 'MemoryMax=much\n');
    expect(verify(folder).join('\n')).toContain('Invalid memory limit');
  });
});
