import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Host, hostIdentity, release, scripts } from './host';

const first = release('image: client:1\n');
const installer = '#!/bin/bash\n. record\nrecord aws-install "$@"\n';
const sum = createHash('sha256').update(installer).digest('hex');

/** User data as an instance gets it: assignments, then the file without its first line. */
const rendered = (changes: Readonly<Record<string, string>> = {}): string => {
  const values = {
    ...hostIdentity,
    STORAGE: 'ebs',
    VOLUME_ID: 'vol-0123456789abcdef0',
    AWS_CLI_VERSION: '2.0.0',
    AWS_CLI_SHA256_x86_64: sum,
    AWS_CLI_SHA256_aarch64: sum,
    ...changes,
  };
  const [shebang, ...body] = fs.readFileSync(path.join(scripts, 'user-data.sh'), 'utf8').split('\n');
  const assignments = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return [shebang, ...assignments, ...body].join('\n');
};

jest.setTimeout(30_000);

describe('user data', () => {
  let host: Host;
  const boot = (changes: Readonly<Record<string, string>> = {}) => {
    host.write('user-data', rendered(changes), 0o755);
    return host.run(path.join(host.folder, 'user-data'), [], { RETRY_PAUSE_SECONDS: '0.1' });
  };

  beforeEach(() => {
    host = Host.create();
    fs.rmSync(path.join(host.root, 'etc'), { recursive: true });
    for (const machine of ['x86_64', 'aarch64', 'arm64']) {
      host.write(`fake/web/awscli-exe-linux-${machine}-2.0.0.zip`, installer);
    }
  });
  afterEach(() => host.remove());

  test('is small and parses', async () => {
    host.write('user-data', rendered());
    expect(await host.run('bash', ['-n', path.join(host.folder, 'user-data')])).toEqual({ status: 0, output: '' });
    expect(rendered().length).toBeLessThan(8 * 1024);
  });

  test('installs what a release needs, then applies it', async () => {
    host.upload(first);
    const { status, output } = await boot();
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("the node's release runs") });
    expect(host.current()).toBe(first.hash);
    expect(host.node().active).toBe(true);
    expect(host.read('root/etc/chain-node/host.env')).toBe(
      'NODE_ID=chain-testnet-client\nREGION=eu-central-1\nRELEASE_BUCKET=releases\nSTORAGE=ebs\nVOLUME_ID=vol-0123456789abcdef0\n',
    );
    expect(host.mode('root/etc/chain-node/host.env')).toBe('644');
    expect(JSON.parse(host.read('root/etc/docker/daemon.json'))).toMatchObject({ 'live-restore': true });
    expect(host.read('root/etc/needrestart/conf.d/chain-node.conf')).toBe("$nrconf{restart} = 'l';\n");
    expect(host.read('root/etc/systemd/system.conf.d/chain-node.conf')).toContain('DefaultTimeoutStopSec=35min');
    const calls = host.calls().join('\n');
    expect(calls).toMatch(
      /^apt-get .*DPkg::Lock::Timeout=600.* install .*docker\.io docker-compose-v2 jq lz4 nftables unzip zstd$/m,
    );
    expect(calls).toContain('apt-mark hold docker.io docker-compose-v2 containerd runc');
    expect(calls).toMatch(/^snap wait system seed.loaded\nsnap refresh --hold$/m);
    expect(calls).toContain('aws-install --update');
    expect(calls).not.toContain('mdadm');
  });

  test('an instance with local disks has no volume, and gets the tool for arrays', async () => {
    host.upload(first);
    expect((await boot({ STORAGE: 'instance-store', VOLUME_ID: '' })).status).toBe(0);
    expect(host.calls().join('\n')).toMatch(/ install .* mdadm$/m);
    expect(host.read('root/etc/chain-node/host.env')).toContain("VOLUME_ID=''\n");
  });

  test('refuses a download with another checksum, and says so', async () => {
    host.upload(first);
    const wrong = '0'.repeat(64);
    host.write('user-data', rendered({ AWS_CLI_SHA256_x86_64: wrong, AWS_CLI_SHA256_aarch64: wrong }), 0o755);
    // Its patience cut short: everything else of the file is as it is.
    host.write(
      'user-data',
      host.read('user-data').replace('retry 600 install_aws_cli', 'retry 0 install_aws_cli'),
      0o755,
    );
    const { status, output } = await host.run(path.join(host.folder, 'user-data'), [], { RETRY_PAUSE_SECONDS: '0.1' });
    expect(status).toBe(1);
    expect(output).toContain('gave up on: install_aws_cli');
    expect(output).toMatch(/failed at line \d+: /);
    expect(host.calls().join('\n')).not.toContain('aws-install');
    expect(host.exists('root/opt/chain-node')).toBe(false);
  });

  test('waits for a release that is uploaded late', async () => {
    const booted = boot();
    const asked = async (): Promise<void> => {
      // The second: by then the first has found nothing.
      while (host.calls().filter((call) => call.startsWith('aws s3 cp')).length < 2)
        await new Promise((done) => setTimeout(done, 20));
    };
    await asked();
    host.upload(first);
    const { status, output } = await booted;
    expect(status).toBe(0);
    expect(output).toContain('no whole release at s3://releases/nodes/chain-testnet-client/');
    expect(host.node().active).toBe(true);
  });

  test("does not run a script that is not the manifest's", async () => {
    host.upload({ hash: '', files: { ...first.files, 'host/apply-release.sh': 'touch ran\n' } });
    host.write('user-data', rendered(), 0o755);
    const { status, output } = await host.run(path.join(host.folder, 'user-data'), [], {
      RETRY_PAUSE_SECONDS: '0.1',
      RELEASE_WAIT_SECONDS: '0',
    });
    expect(status).toBe(1);
    expect(output).toContain('gave up on: apply_release');
    expect(host.exists('ran')).toBe(false);
  });
});
