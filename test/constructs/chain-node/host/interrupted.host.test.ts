import * as fs from 'node:fs';
import * as path from 'node:path';
import { Host, release } from './host';

// Minutes of a processor: a roll is ended at each of its steps, and the next run must finish it.

const first = release('image: client:1\n');
const second = release('image: client:2\n');
const patched = release('image: client:2\n', { node: { OS_PATCHES: '2026-11-24' } });
const running = { active: true, containers: ['one running', 'two running'] };
const MAY_REBOOT = { CHAIN_NODE_MAY_REBOOT: 'yes' };

let settledHost: Host;
let hosts: Host[] = [];
const settled = (): Host => {
  const made = settledHost.copy();
  hosts.push(made);
  return made;
};

beforeAll(async () => {
  settledHost = Host.create();
  settledHost.upload(first);
  expect(await settledHost.apply()).toMatchObject({ status: 0 });
});
afterEach(() => {
  for (const made of hosts) made.remove();
  hosts = [];
});
afterAll(() => settledHost.remove());

describe('apply-release', () => {
  test.each([
    ['a release', second],
    ['a release that patches the host', patched],
  ])(
    '%s: whatever step it is ended at, the next run finishes',
    async (_, next) => {
      const whole = settled();
      whole.upload(next);
      whole.write('fake/new-packages', 'openssl\n');
      expect((await whole.apply(MAY_REBOOT)).status).toBe(next === patched ? 194 : 0);
      // Of a row of fetches, the first and the last will do.
      const fetch = /^aws s3 cp/;
      const calls = whole.calls();
      const steps = calls.flatMap((call, index) =>
        fetch.test(call) && fetch.test(calls[index - 1] ?? '') && fetch.test(calls[index + 1] ?? '') ? [] : [index + 1],
      );
      const failures: string[] = [];
      const tryStep = async (step: number): Promise<void> => {
        const node = settledHost.copy();
        node.upload(next);
        node.write('fake/held', 'docker.io\n');
        node.write('fake/new-packages', 'openssl\n');
        const ended = await node.apply({ ...MAY_REBOOT, FAKE_KILL_AT: String(step) });
        const at = node.calls()[step - 1];
        let resumed = await node.apply(MAY_REBOOT);
        if (resumed.status === 194) {
          // The host boots: what systemd does, and then the agent.
          fs.rmSync(path.join(node.root, 'run'), { recursive: true });
          await node.run('systemctl', ['start', 'chain-node.service']);
          resumed = await node.apply(MAY_REBOOT);
        }
        const good =
          ended.status === 'SIGKILL' &&
          resumed.status === 0 &&
          node.current() === next.hash &&
          node.read('fake/held') === 'docker.io\n' &&
          !node.exists('fake/lease-roll') &&
          JSON.stringify(node.node()) === JSON.stringify(running) &&
          node.read('root/var/lib/chain-node/secrets/jwt') ===
            settledHost.read('root/var/lib/chain-node/secrets/jwt') &&
          !node.releases().some((name) => name.endsWith('.partial'));
        if (!good) failures.push(`step ${step} (${at}): ${ended.status}, then ${resumed.status}: ${resumed.output}`);
        node.remove();
      };
      const pending = [...steps];
      const worker = async (): Promise<void> => {
        for (let step = pending.shift(); step !== undefined; step = pending.shift()) await tryStep(step);
      };
      await Promise.all([worker(), worker(), worker()]);
      expect(failures).toEqual([]);
      expect(steps.length).toBeGreaterThan(15);
    },
    240_000,
  );
});
