import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { alert, EngineHost, one, Prometheus, vector } from './host';

/** What lets an engine beside a node run, and what does not: the real scripts, and a real server in Prometheus' place. */

jest.setTimeout(30_000);

let host: EngineHost;
let prometheus: Prometheus;
beforeEach(async () => {
  host = new EngineHost();
  prometheus = new Prometheus();
  host.upload({ prometheus: await prometheus.listen() });
  expect(await host.apply()).toEqual({ status: 0, output: expect.stringContaining('is in place') });
});
afterEach(() => {
  prometheus.close();
  host.remove();
});

const runs = async (): Promise<void> => {
  expect((await host.look()).status).toBe(0);
  expect(host.isRunning()).toBe(true);
};

test('a release that is in place runs nothing; the guard does, when Prometheus says yes', async () => {
  expect(host.isRunning()).toBe(false);
  await runs();
  expect(prometheus.asked).toEqual(['/api/v1/query what{stops="it"}\n', '/api/v1/query may{it="run"}\n']);
  expect(host.seen('engine.json')).toBe('{"engine":"router"}\n');
  expect(host.seen('secrets/relay.key')).toBe('swordfish\n');
  expect(host.seen('stop/reason')).toBeUndefined();
  expect(host.metrics()).toMatchObject({ mev_host_wanted: 1, mev_host_running: 1, mev_host_latched: 0 });
});

test('it looks several times before it starts anything', async () => {
  expect((await host.look({ LOOKS_BEFORE_START: '3' })).status).toBe(0);
  expect(host.isRunning()).toBe(false);
});

describe('it is stopped, and does not start, when Prometheus', () => {
  test.each<[string, (server: Prometheus) => void]>([
    ['says no', (server) => (server.run = one('0'))],
    ['says nothing', (server) => (server.run = vector([]))],
    ['says two things', (server) => (server.run = vector([{ value: [1, '1'] }, { value: [1, '1'] }]))],
    ['says more than one', (server) => (server.run = one('2'))],
    ['says that it is no number', (server) => (server.run = one('NaN'))],
    ['says what is no JSON', (server) => (server.run = '1')],
    ['says it of a failure', (server) => (server.run = { status: 'error', data: (one('1') as { data: object }).data })],
    ['fails', (server) => (server.status = 503)],
    ['refuses', (server) => (server.status = 403)],
    ['is silent', (server) => (server.run = 'silence')],
    ['is gone', (server) => server.close()],
  ])('%s', async (_, change) => {
    change(prometheus);
    expect((await host.look()).status).toBe(1);
    expect(host.isRunning()).toBe(false);
    host.write('fake/state-mev-engine.service', 'active\n');
    host.write('fake/containers', 'c1\n');
    expect((await host.look()).status).toBe(1);
    expect(host.isRunning()).toBe(false);
    expect(host.metrics()).toMatchObject({ mev_host_wanted: 0, mev_host_running: 0, mev_host_latched: 0 });
    expect(host.exists('root/var/lib/mev-engine/latch')).toBe(false);
  });
});

test('it runs again when the answer is yes again', async () => {
  await runs();
  prometheus.run = one('0');
  await host.look();
  expect(host.isRunning()).toBe(false);
  prometheus.run = one('1');
  await runs();
});

describe('an alert that kills', () => {
  beforeEach(async () => {
    await runs();
    prometheus.kill = alert({ alertname: 'HourlyLoss', scope: 'global' });
    expect((await host.look()).status).toBe(1);
  });

  test('stops it, closes its way out and leaves a latch that says why', () => {
    expect(host.isRunning()).toBe(false);
    expect(host.read('root/var/lib/mev-engine/latch')).toContain('HourlyLoss (scope global)');
    expect(host.seen('stop/reason')).toContain('HourlyLoss');
    expect(host.read('fake/table')).not.toMatch(/accept\n.*3128|dport 443/);
    expect(host.metrics()).toMatchObject({ mev_host_latched: 1, mev_host_wanted: 0 });
  });

  test('holds when the alert is over, and after a boot, until a person lifts it', async () => {
    prometheus.kill = vector([]);
    host.delete('root/run');
    expect((await host.look()).status).toBe(1);
    expect(host.isRunning()).toBe(false);
    expect((await host.run('engine.sh', ['lift'])).status).not.toBe(0);
    const { status, output } = await host.run('engine.sh', ['lift', 'somebody: looked into it']);
    expect([status, output]).toEqual([0, expect.stringContaining('may run again')]);
    expect(host.read('root/var/lib/mev-engine/history')).toMatch(/lifted: somebody: .*HourlyLoss/);
    await runs();
    expect(host.seen('stop/reason')).toBeUndefined();
  });

  test('stops it again when it is lifted while the alert still fires', async () => {
    await host.run('engine.sh', ['lift', 'somebody: too early']);
    expect((await host.look()).status).toBe(1);
    expect([host.isRunning(), host.exists('root/var/lib/mev-engine/latch')]).toEqual([false, true]);
  });
});

test('a person stops it, and it stays so', async () => {
  await runs();
  expect((await host.run('engine.sh', ['stop', 'somebody: odd trades'])).status).toBe(0);
  expect(host.isRunning()).toBe(false);
  expect((await host.look()).status).toBe(1);
  expect((await host.run('engine.sh', ['show'])).output).toContain('latched: somebody: odd trades');
});

test('nothing but the guard starts it', async () => {
  const { status } = await host.run('engine-start.sh');
  expect(status).toBe(1);
  await runs();
  // What the guard showed was good for one start.
  expect((await host.run('engine-start.sh')).output).toContain('the guard starts the engine');
});

describe('it does not start', () => {
  const refused = async (why: string): Promise<void> => {
    await host.look();
    expect(host.isRunning()).toBe(false);
    expect(host.read('fake/errors')).toContain(why);
  };
  test('before the node has given up its memory', async () => {
    host.write('root/opt/chain-node/current/node.env', "RESERVED_MEMORY_MIB='4351'\n");
    await refused('the node has not given up the 4352 MiB');
  });
  test('beside a node that says nothing of it', async () => {
    host.write('root/opt/chain-node/current/node.env', "NODE_ID='x'\n");
    await refused('the node has not given up the 4352 MiB');
  });
  test('before the node has its socket', async () => {
    host.delete('root/data/node.ipc');
    await refused('the node has no socket');
  });
  test('where what it reaches cannot be limited', async () => {
    host.write('fake/nft-fails', '');
    await refused('what the engine reaches could not be limited');
  });
  test('without its secrets', async () => {
    host.delete('root/run/mev-engine/secrets');
    host.delete('fake/secrets');
    await refused('the files of the engine are not there');
  });
});

test('rules that somebody took away stop it, and the next start brings them back', async () => {
  await runs();
  host.write('fake/table', 'nothing\n');
  expect((await host.look()).output).toContain('not limited any more');
  expect(host.isRunning()).toBe(false);
  await runs();
  expect(host.read('fake/table')).toContain('tcp dport { 8545, 8546 } accept');
});

test('what does not end is killed after its grace, and without docker where that hangs', async () => {
  await runs();
  host.write('fake/hangs', '');
  prometheus.run = one('0');
  const guard = spawn(path.join(host.root, 'opt/mev-engine/current/host/engine-guard.sh'), [], {
    env: {
      ...process.env,
      PATH: `${path.join(__dirname, 'fakes')}:${process.env.PATH}`,
      ROOT: host.root,
      FAKE: path.join(host.folder, 'fake'),
      PAUSE_SECONDS: '0.2',
      ANSWER_SECONDS: '1',
      DOCKER_WAIT_SECONDS: '1',
    },
  });
  try {
    host.write(
      'root/opt/mev-engine/current/engine.env',
      host.read('root/opt/mev-engine/current/engine.env').replace("GRACE_SECONDS='30'", "GRACE_SECONDS='-9'"),
    );
    host.write('fake/docker-hangs', '');
    for (let tries = 0; tries < 100 && host.isRunning(); tries++) await new Promise((go) => setTimeout(go, 100));
    expect(host.isRunning()).toBe(false);
    expect(host.calls()).toContain('systemctl kill mev-engine.slice');
  } finally {
    guard.kill('SIGKILL');
  }
});

test('one that ends by itself is started again, later each time', async () => {
  const server = path.join(host.root, 'opt/mev-engine/current/host/engine-guard.sh');
  const guard = spawn(server, [], {
    env: {
      ...process.env,
      PATH: `${path.join(__dirname, 'fakes')}:${process.env.PATH}`,
      ROOT: host.root,
      FAKE: path.join(host.folder, 'fake'),
      PAUSE_SECONDS: '0.2',
      FIRST_DELAY_SECONDS: '1',
      LOOKS_BEFORE_START: '1',
    },
  });
  const starts = () => host.calls().filter((call) => call === 'systemctl start mev-engine.service').length;
  const until = Date.now() + 7500;
  try {
    while (Date.now() < until) {
      if (host.isRunning()) {
        host.delete('fake/containers');
        host.delete('fake/state-mev-engine.service');
      }
      await new Promise((go) => setTimeout(go, 50));
    }
    // At 0, after 2 seconds, and after 4 more.
    expect(starts()).toBe(3);
    expect(host.metrics().mev_host_restarts_total).toBe(2);
  } finally {
    guard.kill('SIGKILL');
  }
});
