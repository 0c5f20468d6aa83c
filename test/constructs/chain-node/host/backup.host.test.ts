import * as fs from 'node:fs';
import * as path from 'node:path';
import { Host, type Result, release } from './host';

/** The hand of backups on the host: a node is held for a moment, and never for longer. */

const with_ = (node: Readonly<Record<string, string>>) =>
  release('image: client:1\n', { node: { BACKUP_DOCUMENT: 'test-backup', BACKUP_METHOD: 'stop', ...node } });
const stopping = with_({});
const freezing = with_({ BACKUP_METHOD: 'freeze' });
const RUNNING = { active: true, containers: ['one running', 'two running'] };
const STOPPED = { active: false, containers: [] };
/** Which says when it was. */
const HELD = 'root/data/.chain-node-backup';
const HEALTHY = '0 {"status":"healthy","head":21000000}\n';

let settledHost: Host;
let hosts: Host[] = [];
const settled = (next = stopping): Host => {
  const made = settledHost.copy();
  made.place(next);
  made.write('fake/health', HEALTHY);
  hosts.push(made);
  return made;
};
const backup = (node: Host, ...args: string[]): Promise<Result> =>
  node.run(path.join(node.root, 'opt/chain-node/current/host/backup.sh'), args, { LOCK_WAIT_SECONDS: '0' });
const last = ({ output }: Result): string => output.trimEnd().split('\n').at(-1) ?? '';
const lease = (node: Host): string[] => node.calls().filter((call) => call.startsWith('lease'));

beforeAll(async () => {
  settledHost = Host.create();
  settledHost.upload(stopping);
  expect(await settledHost.apply()).toMatchObject({ status: 0 });
});
afterEach(() => {
  for (const made of hosts) made.remove();
  hosts = [];
});
afterAll(() => settledHost.remove());

describe('by hand', () => {
  test('it starts the automation of this node, and says how to follow it', async () => {
    const node = settled();
    const { status, output } = await backup(node);
    expect(status).toBe(0);
    expect(node.calls()).toEqual(['aws ssm start-automation-execution test-backup']);
    expect(output).toContain(
      'aws ssm get-automation-execution --region eu-central-1 --automation-execution-id 12345678-90ab-cdef',
    );
  });

  test('it says what to set when no backups are taken', async () => {
    const { status, output } = await backup(settled(with_({ BACKUP_DOCUMENT: "''" })));
    expect([status, output]).toEqual([1, expect.stringContaining('set backup: true for it in the configuration')]);
  });
});

describe('a node that is stopped for its backup', () => {
  test('is held until it is told to go on, with its height', async () => {
    const node = settled();
    const result = await backup(node, '--hold', 'one');
    expect([result.status, last(result)]).toEqual([0, 'height=21000000']);
    expect(node.node()).toEqual(STOPPED);
    // STOP_GRACE_SECONDS 300, and a quarter of an hour.
    expect(lease(node)).toEqual(['lease take backup 1800 2700']);
    expect(node.read('fake/timer')).toMatch(
      /--collect --unit chain-node-resume --on-active 1200s .*backup\.sh --resume one$/m,
    );
    expect(node.exists(HELD)).toBe(false);
    expect((await backup(node, '--resume', 'one')).status).toBe(0);
    expect(node.exists(HELD)).toBe(true);
    expect(node.node()).toEqual(RUNNING);
    expect(lease(node)).toEqual(['lease release backup']);
    expect(node.calls()).toContain('systemctl stop chain-node-resume.timer');
  });

  test('goes on by itself when the automation does not come back', async () => {
    const node = settled();
    await backup(node, '--hold', 'one');
    const [, command = ''] = /(\S+backup\.sh .*)$/m.exec(node.read('fake/timer')) ?? [];
    expect((await node.run('bash', ['-c', command])).status).toBe(0);
    expect(node.node()).toEqual(RUNNING);
    // And the automation, late, finds nothing to do.
    const late = await backup(node, '--resume', 'one');
    expect([late.status, late.output]).toEqual([0, expect.stringContaining('the node is not held')]);
  });

  test('is told to go on only by who holds it', async () => {
    const node = settled();
    await backup(node, '--hold', 'one');
    expect((await backup(node, '--resume', 'two')).status).toBe(1);
    expect((await backup(node, '--hold', 'two')).output).toContain('the node is held already, by one');
    expect(node.node()).toEqual(STOPPED);
  });

  test('has no height when it does not know one', async () => {
    const node = settled();
    node.write('fake/health', '2 {"status":"unknown","head":null}\n');
    const result = await backup(node, '--hold', 'one');
    expect([result.status, last(result)]).toEqual([0, 'height=unknown']);
  });

  test('whatever step it is ended at, it goes on when its time is over', async () => {
    const whole = settled();
    await backup(whole, '--hold', 'one');
    const steps = whole.calls().length;
    expect(steps).toBeGreaterThan(4);
    const failures: string[] = [];
    for (let step = 1; step <= steps; step += 1) {
      const node = settled();
      await node.run(path.join(node.root, 'opt/chain-node/current/host/backup.sh'), ['--hold', 'one'], {
        FAKE_KILL_AT: String(step),
      });
      const at = node.calls()[step - 1];
      if (node.exists('fake/timer')) await backup(node, '--resume', 'one');
      const good = JSON.stringify(node.node()) === JSON.stringify(RUNNING) && !node.exists('root/run/chain-node/hold');
      // Held, and nobody was asked to wake it: then nothing may have stopped.
      const harmless = JSON.stringify(node.node()) === JSON.stringify(RUNNING) && !node.exists('fake/timer');
      if (!good && !harmless) failures.push(`step ${step}: ${at}`);
    }
    expect(failures).toEqual([]);
  });
});

describe('a node that is frozen for its backup', () => {
  test('runs on, and its filesystem is whole and still', async () => {
    const node = settled(freezing);
    const result = await backup(node, '--hold', 'one');
    expect([result.status, last(result), node.exists('fake/frozen')]).toEqual([0, 'height=21000000', true]);
    expect(node.node()).toEqual(RUNNING);
    expect((await backup(node, '--resume', 'one')).status).toBe(0);
    expect([node.exists('fake/frozen'), node.node()]).toEqual([false, RUNNING]);
  });

  test('is let go when it cannot be frozen', async () => {
    const node = settled(freezing);
    node.write('fake/no-freeze', '');
    const { status, output } = await backup(node, '--hold', 'one');
    expect(node.exists(HELD)).toBe(false);
    expect([status, output]).toEqual([1, expect.stringContaining('the filesystem could not be frozen')]);
    expect([node.exists('root/run/chain-node/hold'), lease(node).at(-1)]).toEqual([false, 'lease release backup']);
  });
});

describe('nothing is done to a node', () => {
  const refused = async (node: Host, message: string): Promise<void> => {
    const { status, output } = await backup(node, '--hold', 'one');
    expect([status, output]).toEqual([1, expect.stringContaining(message)]);
    expect(output).toContain('nothing was done');
    expect(node.exists('root/run/chain-node/hold')).toBe(false);
  };

  test('that does not run: whoever stopped it had a reason', async () => {
    const node = settled();
    fs.rmSync(path.join(node.fake, 'active-chain-node.service'));
    await refused(node, 'the node does not run');
    expect(node.steps()).toEqual([]);
  });

  test('while another of its group is worked on', async () => {
    const node = settled();
    node.write('fake/lease-held', '');
    await refused(node, 'another node of group chain-testnet');
    expect(node.node()).toEqual(RUNNING);
  });

  test('while a release is being applied', async () => {
    const node = settled();
    const lock = path.join(node.root, 'run/chain-node/apply.lock');
    const holder = node.run('bash', ['-c', `exec 5>${lock}; flock 5; sleep 1`]);
    await new Promise((done) => setTimeout(done, 200));
    await refused(node, 'a release is being applied');
    await holder;
  });

  test('without its disk', async () => {
    const node = settled();
    node.write('fake/unmounted', '');
    await refused(node, 'the data volume is not mounted');
  });

  test('that nobody would wake', async () => {
    const node = settled();
    node.write('fake/no-timers', '');
    await refused(node, 'nobody would wake the node');
    expect(node.node()).toEqual(RUNNING);
    expect(lease(node)).toEqual(['lease take backup 1800 2700', 'lease release backup']);
  });
});

test('a release waits while a backup holds the node', async () => {
  const node = settled();
  await backup(node, '--hold', 'one');
  node.upload(with_({ OTHER: 'x' }));
  const applying = node.run(path.join(node.root, 'opt/chain-node/current/host/apply-release.sh'), [], {
    HOLD_PAUSE_SECONDS: '0.1',
  });
  await new Promise((done) => setTimeout(done, 400));
  expect(node.node()).toEqual(STOPPED);
  fs.rmSync(path.join(node.root, 'run/chain-node/hold'));
  const { status, output } = await applying;
  expect([status, output]).toEqual([
    0,
    expect.stringContaining('a backup holds the node; waiting until it is through'),
  ]);
  expect(node.node()).toEqual(RUNNING);
});
