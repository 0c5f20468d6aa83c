import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Host, release } from './host';
import { first, second, useHosts } from './settled';

jest.setTimeout(30_000);

const { host, settled, settledHost } = useHosts();

describe('the gate', () => {
  const health = (node: Host, ...looks: string[]): void =>
    node.write('fake/health', looks.map((look) => `${look}\n`).join(''));
  const patient = { HEALTH_LIMIT_SECONDS: '5' };
  const settledCalls = async (next: ReturnType<typeof release>): Promise<string[]> => {
    const node = settled();
    node.upload(next);
    await node.apply();
    return node.calls();
  };

  test('a node that was healthy must be healthy again', async () => {
    const node = settled();
    node.upload(second);
    health(node, '0 healthy before', '1 behind', '1 behind', '0 healthy');
    expect(await node.apply(patient)).toMatchObject({ status: 0 });
    expect(node.current()).toBe(second.hash);
    expect(node.calls().filter((call) => call.startsWith('health-check'))).toHaveLength(4);
  });

  test('one that was healthy and only advances goes back to the release before', async () => {
    const node = settled();
    node.upload(second);
    health(node, '0 healthy before', '1 [[1,null]]', '1 [[2,null]]');
    const { status, output } = await node.apply();
    expect(status).toBe(1);
    expect(output).toContain('not healthy after 0 seconds');
    expect(node.current()).toBe(first.hash);
    expect(node.steps().filter((step) => step === 'switch')).toHaveLength(2);
  });

  const MARK = 'root/data/.chain-node-healthy';
  /** When the node was last seen healthy; never, when not given. */
  const lastHealthy = (node: Host, secondsAgo?: number): void => {
    fs.rmSync(path.join(node.folder, MARK), { force: true });
    if (secondsAgo === undefined) return;
    node.write(MARK, '');
    const at = Date.now() / 1000 - secondsAgo;
    fs.utimesSync(path.join(node.folder, MARK), at, at);
  };

  test('that finds it healthy says so on its disk, and one that finds it on its way does not', async () => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '1 [[5,null]]', '1 [[6,null]]', '1 [[7,null]]');
    expect((await node.apply(patient)).status).toBe(0);
    expect(node.exists(MARK)).toBe(false);
    node.upload(first);
    health(node, '1 [[5,null]]', '0 healthy');
    expect((await node.apply(patient)).status).toBe(0);
    expect(node.exists(MARK)).toBe(true);
  });

  test('a slow answer before the roll is no excuse for a release that only advances', async () => {
    const node = settled();
    lastHealthy(node, 60);
    node.upload(second);
    health(node, '2 no answer', '1 [[1,null]]', '1 [[2,null]]');
    const { status, output } = await node.apply();
    expect([status, node.current()]).toEqual([1, first.hash]);
    expect(output).toContain('not healthy after 0 seconds');
  });

  test('a node that answers nothing while it fetches what it begins with is alive when its data grows', async () => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '2 no answer');
    const growing = setInterval(() => node.write(`root/data/part-${Date.now()}`, 'x'.repeat(4 * 1024 * 1024)), 300);
    try {
      const { status, output } = await node.apply({ ...patient, FETCHED_MIB: '8' });
      expect(output).toContain('the node fetches what it begins with');
      expect([status, node.current()]).toEqual([0, second.hash]);
    } finally {
      clearInterval(growing);
    }
  });

  test('nor is a roll that was ended after the stop', async () => {
    const node = settled();
    node.upload(second);
    health(node, '0 healthy before');
    const stop = (await settledCalls(second)).indexOf('systemctl stop chain-node.service');
    expect((await node.apply({ FAKE_KILL_AT: String(stop + 2) })).status).toBe('SIGKILL');
    expect(node.node().active).toBe(false);
    health(node, '2 no answer', '1 [[1,null]]', '1 [[2,null]]');
    expect((await node.apply()).status).toBe(1);
    expect(node.current()).toBe(first.hash);
  });

  test('after a long outage, alive and advancing will do', async () => {
    const node = settled();
    lastHealthy(node, 7200);
    node.upload(second);
    health(node, '1 [[5,null]]', '1 [[6,null]]', '1 [[7,null]]');
    expect((await node.apply(patient)).status).toBe(0);
    expect(node.current()).toBe(second.hash);
  });

  test('on a new host with the disk of another it will do as well', async () => {
    const node = host();
    lastHealthy(node, 60);
    node.upload(first);
    health(node, '1 [[6,null]]', '1 [[7,null]]');
    expect((await node.apply(patient)).status).toBe(0);
  });

  test('before its first full sync, alive and advancing will do', async () => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '1 [[5,null]]', '1 [[6,null]]', '1 [[6,null]]', '1 [[7,null]]');
    const { status, output } = await node.apply(patient);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('alive and advancing') });
    expect(node.current()).toBe(second.hash);
  });

  test('one that does not serve anything yet, and tells how far it is, advances as well', async () => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '2 [[null,null]]', '2 [[null,null]]', '2 [[null,null]]', '2 [[null,5]]', '2 [[null,7]]');
    const { status, output } = await node.apply(patient);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('alive and advancing') });
    expect(node.current()).toBe(second.hash);
  });

  test.each([
    ['stands still', '1 [[6,null]]'],
    ['does not answer', '2 no answer'],
    ['tells of no progress', '2 [[null,null],[null,null]]'],
    ['tells of progress and makes none', '2 [[null,5]]'],
    ['only begins to answer', '2 [[null,null]]', '1 [[5,null]]'],
    ['only ceases to answer', '1 [[5,7]]', '1 [[5,null]]', '2 [[null,null]]'],
  ])('one that %s goes back', async (_, ...looks) => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '1 [[5,null]]', ...looks);
    expect(await node.apply({ HEALTH_LIMIT_SECONDS: '1' })).toMatchObject({ status: 1 });
    expect(node.current()).toBe(first.hash);
  });

  test('is watched from then on', () => {
    expect(settledHost().calls()).toContain(
      'systemctl enable chain-node-health.timer chain-node-health-answer.socket chain-node-grow.timer',
    );
    for (const unit of [
      'chain-node-health.timer',
      'chain-node-health-answer.socket',
      'chain-node-health-answer@.service',
    ]) {
      expect(settledHost().read(`root/etc/systemd/system/${unit}`)).toBe(first.files[`host/${unit}`]);
    }
  });
});
