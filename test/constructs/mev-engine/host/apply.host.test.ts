import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { METRICS } from '../../../../constructs/monitoring-stack/alerts/metrics';
import { EngineHost, PROPS, Prometheus } from './host';

/** How a release of an engine beside a node reaches its host, and what of a change is felt by the engine. */

jest.setTimeout(30_000);

let host: EngineHost;
let prometheus: Prometheus;
let url: string;
beforeEach(async () => {
  host = new EngineHost();
  prometheus = new Prometheus();
  url = await prometheus.listen();
});
afterEach(() => {
  prometheus.close();
  host.remove();
});

const apply = async (changes: Partial<typeof PROPS> = {}): Promise<string> => {
  host.upload({ prometheus: url, ...changes });
  const { status, output } = await host.apply();
  expect([status, output]).toEqual([0, expect.stringContaining('is in place')]);
  return output;
};
const running = async (changes: Partial<typeof PROPS> = {}): Promise<void> => {
  await apply(changes);
  expect((await host.look()).status).toBe(0);
  expect(host.isRunning()).toBe(true);
};

test('the first brings images, secrets, units and the guard, and nothing of the node is touched', async () => {
  await apply();
  expect(host.calls().filter((call) => !call.startsWith('aws s3'))).toEqual([
    'aws secretsmanager get-secret-value',
    'docker pull --quiet',
    'systemctl daemon-reload',
    'systemctl enable mev-engine-hourly.timer',
    'systemctl enable mev-engine-guard.service',
    'systemctl stop mev-engine.service',
    'systemctl restart mev-engine-guard.service',
  ]);
  expect(fs.readdirSync(path.join(host.root, 'etc/systemd/system')).sort()).toEqual([
    'mev-engine-guard.service',
    'mev-engine-hourly.service',
    'mev-engine-hourly.timer',
    'mev-engine-ipc.service',
    'mev-engine-ipc.socket',
    'mev-engine.service',
  ]);
  expect(host.calls().join('\n')).not.toContain('chain-node');
});

test('what the engine sees is for its group alone, by one link', async () => {
  await apply();
  const seen = path.join(host.root, 'run/mev-engine/mev');
  expect(fs.readlinkSync(path.join(seen, 'limits.json'))).toBe('..data/limits.json');
  expect(host.mode('root/run/mev-engine/mev/secrets/relay.key')).toBe('440');
  expect(host.mode('root/run/mev-engine/mev/secrets')).toBe('750');
  expect(host.mode('root/run/mev-engine/mev')).toBe('750');
  expect(execFileSync('grep', ['-rl', 'swordfish', host.root], { encoding: 'utf8' })).not.toMatch(/opt|var|etc/);
});

test('a tightened limit is another file, and neither another process nor another image', async () => {
  await running();
  const before = fs.readlinkSync(path.join(host.root, 'run/mev-engine/mev/..data'));
  await apply({ files: { ...PROPS.files, 'limits.json': '{"limit":9}\n' } });
  expect(host.seen('limits.json')).toBe('{"limit":9}\n');
  expect(host.isRunning()).toBe(true);
  expect(host.calls().filter((call) => /docker|stop|restart/.test(call))).toEqual([]);
  const after = fs.readlinkSync(path.join(host.root, 'run/mev-engine/mev/..data'));
  expect(after).not.toBe(before);
  expect(fs.existsSync(path.join(host.root, 'run/mev-engine/mev', before))).toBe(false);
});

test('so is another question to Prometheus', async () => {
  await running();
  await apply({ runQuery: 'may{it="still run"}' });
  expect(host.isRunning()).toBe(true);
  await host.look();
  expect(prometheus.asked.at(-1)).toContain('still run');
});

test.each<[string, Partial<typeof PROPS>]>([
  ['strategy', { strategies: { 'other.json': '{}\n' } }],
  ['network', { files: { ...PROPS.files, 'engine.json': '{"other":1}\n' } }],
  ['image', { image: 'ghcr.io/acme/router@sha256:01' }],
  ['relay', { domains: ['other.example.com'] }],
  ['range', { egress: ['198.51.100.0/24'] }],
])('another %s is another process, when the guard says so', async (_, change) => {
  await running();
  await apply(change);
  expect(host.isRunning()).toBe(false);
  await host.look();
  expect(host.isRunning()).toBe(true);
});

describe('a stop by commit', () => {
  test('stops it at once, and it does not start', async () => {
    await running();
    await apply({ stopped: true });
    expect(host.isRunning()).toBe(false);
    expect((await host.look()).status).toBe(1);
    expect(host.isRunning()).toBe(false);
    expect((await host.run('engine.sh', ['show'])).output).toContain('stopped by commit');
    await running();
  });

  test('takes neither image nor secret', async () => {
    await running();
    host.write('fake/no-images', '');
    host.delete('fake/secrets');
    await apply({ stopped: true, image: 'ghcr.io/acme/router@sha256:02' });
    expect(host.isRunning()).toBe(false);
  });
});

describe('nothing changes where', () => {
  const unchanged = async (message: string): Promise<void> => {
    const { status, output } = await host.apply();
    expect([status, output]).toEqual([1, expect.stringContaining(message)]);
    expect(host.isRunning()).toBe(true);
    expect(host.seen('limits.json')).toBe('{"limit":10}\n');
  };
  beforeEach(() => running());

  test('an image cannot be had', async () => {
    host.upload({ prometheus: url, image: 'x:1', files: { ...PROPS.files, 'limits.json': '{}\n' } });
    host.write('fake/no-images', '');
    await unchanged('cannot pull the images');
  });
  test('a secret is missing', async () => {
    host.upload({ prometheus: url, secrets: { 'relay.key': 'test/other' } });
    await unchanged('a secret of release');
  });
  test('a secret is empty', async () => {
    host.write('fake/secrets/test/other', '');
    host.upload({ prometheus: url, secrets: { 'relay.key': 'test/other' } });
    await unchanged('has no text');
  });
  test('a file is not what its manifest says', async () => {
    host.upload({ prometheus: url, image: 'x:1' });
    host.write('fake/bucket/releases/engines/ethereum-mainnet-geth/files/limits.json', '{"limit":1000}\n');
    await unchanged('does not match its manifest');
  });
  test('the script that applies is not', async () => {
    host.upload({ prometheus: url, image: 'x:1' });
    host.write('fake/bucket/releases/engines/ethereum-mainnet-geth/host/apply-engine.sh', 'exit 0\n');
    await unchanged('does not match its manifest');
  });
  test('a path leads out', async () => {
    host.upload({ prometheus: url, image: 'x:1' });
    const file = 'fake/bucket/releases/engines/ethereum-mainnet-geth/manifest';
    host.write(file, `${host.read(file)}${'0'.repeat(64)}  files/../../../etc/passwd\n`);
    await unchanged('is not a list of hashes and relative paths');
  });
});

test('another script of the host ends the engine, which begins again when its guard has looked', async () => {
  await running();
  const script = 'fake/bucket/releases/engines/ethereum-mainnet-geth/host/engine-guard.sh';
  const old = 'root/opt/mev-engine/current/host/engine-guard.sh';
  host.write(old, `${host.read(old)}# older\n`);
  host.upload({ prometheus: url, image: 'x:1' });
  expect(host.exists(script)).toBe(true);
  expect((await host.apply()).status).toBe(0);
  expect(
    host
      .calls()
      .filter((call) => /engine(-guard)?\.service/.test(call))
      .slice(-2),
  ).toEqual(['systemctl stop mev-engine.service', 'systemctl restart mev-engine-guard.service']);
  expect(host.isRunning()).toBe(false);
});

test('the last three releases stay', async () => {
  for (let n = 0; n < 5; n++) await apply({ image: `x:${n}` });
  expect(fs.readdirSync(path.join(host.root, 'opt/mev-engine/releases'))).toHaveLength(3);
});

describe('every hour', () => {
  beforeEach(() => running());
  const hourly = () => host.run('engine-hourly.sh');

  test('secrets that were rotated come, and what it must not reach is tried from where it stands', async () => {
    host.write('fake/secrets/test/relay', 'swordfish 2\n');
    expect((await hourly()).status).toBe(0);
    expect(host.seen('secrets/relay.key')).toBe('swordfish 2\n');
    expect(host.calls()).toContain('nsenter 1.1.1.1:443 169.254.169.254:80 198.18.0.1:22 198.18.0.1:8099');
    expect(host.metrics('mev-engine-probe')).toMatchObject({ mev_host_egress_open: 0 });
    expect(host.isRunning()).toBe(true);
  });

  test('all that rules read of it is told', async () => {
    await hourly();
    expect(Object.keys({ ...host.metrics(), ...host.metrics('mev-engine-probe') }).sort()).toEqual(
      METRICS.filter(({ source }) => source.startsWith('constructs/mev-engine/'))
        .map(({ name }) => name)
        .sort(),
    );
  });

  test('what answers stops and latches it', async () => {
    host.write('fake/open', '');
    expect((await hourly()).status).toBe(0);
    expect(host.isRunning()).toBe(false);
    expect(host.read('root/var/lib/mev-engine/latch')).toContain('the probe reached');
    expect(host.metrics('mev-engine-probe')).toMatchObject({ mev_host_egress_open: 1 });
  });

  test('secrets that cannot be had leave those that are there', async () => {
    host.delete('fake/secrets');
    expect((await hourly()).output).toContain('secrets stay as they are');
    expect(host.seen('secrets/relay.key')).toBe('swordfish\n');
  });

  test('one that does not run is not tried, and what was found before is told no more', async () => {
    host.write(
      'root/var/lib/prometheus/node-exporter/mev-engine-probe.prom',
      'mev_host_egress_open{engine="router"} 1\n',
    );
    host.write('fake/pid', '0\n');
    host.write('fake/open', '');
    await hourly();
    expect(host.calls().filter((call) => call.startsWith('nsenter'))).toEqual([]);
    expect(host.exists('root/var/lib/prometheus/node-exporter/mev-engine-probe.prom')).toBe(false);
    expect(host.exists('root/var/lib/mev-engine/latch')).toBe(false);
  });
});

test('it is taken off a host by hand, and a latch stays', async () => {
  await running();
  await host.run('engine.sh', ['stop', 'somebody: it goes']);
  expect((await host.run('engine.sh', ['remove'])).status).toBe(0);
  expect(fs.readdirSync(path.join(host.root, 'etc/systemd/system'))).toEqual([]);
  expect(host.exists('root/opt/mev-engine')).toBe(false);
  expect(host.exists('root/var/lib/mev-engine/latch')).toBe(true);
  await apply();
  expect((await host.look()).status).toBe(1);
});
