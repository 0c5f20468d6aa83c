import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Host, hostIdentity, type Result, release, scripts } from './host';

/** The lease of a group: whatever comes together, one holds it. */

const buckets = fs.mkdtempSync(path.join(os.tmpdir(), 'leases-'));
const lease = path.join(buckets, 'releases/leases/chain-testnet');

/** Nodes of one group, which share a bucket. */
const node = (id: string): Host => {
  const host = Host.create();
  host.write(
    'root/etc/chain-node/host.env',
    Object.entries({ ...hostIdentity, NODE_ID: id, STORAGE: 'ebs', VOLUME_ID: 'vol-1' })
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  host.place(
    release('image: client:1\n', {
      node: { NODE_ID: id },
      files: { 'host/lease.sh': fs.readFileSync(path.join(scripts, 'lease.sh'), 'utf8') },
    }),
  );
  return host;
};
const nodes = Array.from({ length: 6 }, (_, index) => node(`node-${index}`));
const [first, second] = nodes as [Host, Host];
const run = (host: Host, ...args: string[]): Promise<Result> =>
  host.run(path.join(host.root, 'opt/chain-node/current/host/lease.sh'), args, {
    BUCKETS: buckets,
    LEASE_PAUSE_SECONDS: '0.1',
  });
const held = () => JSON.parse(fs.readFileSync(lease, 'utf8'));
const write = (content: object): void => {
  fs.mkdirSync(path.dirname(lease), { recursive: true });
  fs.writeFileSync(lease, JSON.stringify(content));
};
const now = (): number => Math.floor(Date.now() / 1000);

beforeEach(() => fs.rmSync(path.join(buckets, 'releases'), { recursive: true, force: true }));
afterAll(() => {
  for (const host of nodes) host.remove();
  fs.rmSync(buckets, { recursive: true });
});

test('is taken by who comes first, for as long as was said', async () => {
  expect(await run(first, 'take', 'roll', '100', '0')).toMatchObject({ status: 0 });
  expect(held()).toMatchObject({ node: 'node-0', why: 'roll' });
  expect(Math.abs(held().until - now() - 100)).toBeLessThanOrEqual(3);
});

test('is refused to another, who is told who holds it, why, and until when', async () => {
  await run(first, 'take', 'backup', '100', '0');
  const { status, output } = await run(second, 'take', 'roll', '100', '0');
  expect(status).toBe(1);
  expect(output).toMatch(/group chain-testnet: node-0 holds the lease for its backup, until \d{4}-\d\d-\d\dT[\d:]+Z/);
  expect(held().node).toBe('node-0');
});

test('is refused to the same node for something else', async () => {
  await run(first, 'take', 'roll', '100', '0');
  expect((await run(first, 'take', 'backup', '100', '0')).status).toBe(1);
});

test('is taken again by who holds it, for longer', async () => {
  await run(first, 'take', 'roll', '100', '0');
  expect((await run(first, 'take', 'roll', '5000', '0')).status).toBe(0);
  expect(held().until - now()).toBeGreaterThan(4000);
});

test('is free when it was given back, and only its holder gives it back', async () => {
  await run(first, 'take', 'roll', '100', '0');
  expect((await run(second, 'release', 'roll')).status).toBe(0);
  expect((await run(first, 'release', 'backup')).status).toBe(0);
  expect(held().until).toBeGreaterThan(now());
  expect((await run(first, 'release', 'roll')).status).toBe(0);
  expect((await run(second, 'take', 'roll', '100', '0')).status).toBe(0);
});

test('that nobody has ever had needs not be given back', async () => {
  expect(await run(first, 'release', 'roll')).toEqual({ status: 0, output: '' });
});

test('ends by itself', async () => {
  write({ node: 'gone', why: 'roll', until: now() - 1 });
  expect((await run(first, 'take', 'roll', '100', '0')).status).toBe(0);
});

test('that nobody can read is free: who wrote it holds nothing', async () => {
  write({ node: 'gone' });
  expect((await run(first, 'take', 'roll', '100', '0')).status).toBe(0);
});

test('is waited for', async () => {
  await run(first, 'take', 'backup', '100', '0');
  const waiting = run(second, 'take', 'roll', '100', '20');
  await new Promise((done) => setTimeout(done, 500));
  await run(first, 'release', 'backup');
  const { status, output } = await waiting;
  expect([status, output]).toEqual([0, expect.stringContaining('waiting for node-0')]);
  expect(held().node).toBe('node-1');
});

test.each([
  ['that nobody has had', undefined],
  ['whose time is over', { node: 'gone', why: 'roll', until: 1 }],
])('%s goes to one of many that come at once', async (_, before) => {
  if (before) write(before);
  const all = await Promise.all(nodes.map((host) => run(host, 'take', 'roll', '100', '0')));
  expect(all.filter(({ status }) => status === 0)).toHaveLength(1);
  expect(all.filter(({ status }) => status === 1)).toHaveLength(nodes.length - 1);
  expect(held().node).toBe(`node-${all.findIndex(({ status }) => status === 0)}`);
});

test.each(['take', 'release', 'show'])('%s says when it cannot be reached', async (what) => {
  first.write('fake/unreachable', '');
  const { status, output } = await run(first, what, 'roll', '100', '0');
  fs.rmSync(path.join(first.fake, 'unreachable'));
  expect([status, output]).toEqual([2, expect.stringContaining('Could not connect')]);
});

test('is shown', async () => {
  await run(first, 'take', 'roll', '100', '0');
  expect((await run(second, 'show')).output).toMatch(
    /^group chain-testnet: \{"node":"node-0","why":"roll","until":\d+\}\n$/,
  );
  await run(first, 'release', 'roll');
  expect((await run(second, 'show')).output).toBe('group chain-testnet: free\n');
});
