import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Host, release, scripts } from './host';

// Needs root, nftables, iproute2 and iperf3: two hosts in network namespaces, one of them with an address of the internet.

jest.setTimeout(60_000);

const sh = (command: string): string => execFileSync('bash', ['-c', command], { encoding: 'utf8' });
const NEAR = `egress-near-${process.pid}`;
const FAR = `egress-far-${process.pid}`;
/** Of the documentation's own networks, so nobody's. */
const INTERNET = '203.0.113.2';
const PRIVATE = '10.99.0.2';
const NODE_USER = 1500;
const LIMIT = 40;

let host: Host;
let servers: ReturnType<typeof spawn>[] = [];

const withPorts = (ports: string) =>
  release('image: client:1\n', {
    node: { UNSHAPED_PORTS: `"${ports}"` },
    files: { 'host/egress.sh': fs.readFileSync(path.join(scripts, 'egress.sh'), 'utf8') },
  });

beforeAll(() => {
  host = Host.create();
  host.place(withPorts('18545 18546'));
  sh(`set -e
    ip netns add ${NEAR}; ip netns add ${FAR}
    ip link add near netns ${NEAR} type veth peer name far netns ${FAR}
    ip -n ${NEAR} addr add 203.0.113.1/24 dev near; ip -n ${NEAR} addr add 10.99.0.1/24 dev near
    ip -n ${NEAR} -6 addr add 2001:db8::1/64 dev near nodad
    ip -n ${FAR} addr add ${INTERNET}/24 dev far; ip -n ${FAR} addr add ${PRIVATE}/24 dev far
    ip -n ${FAR} -6 addr add 2001:db8::2/64 dev far nodad
    for n in ${NEAR} ${FAR}; do ip -n $n link set lo up; done
    ip -n ${NEAR} link set near up; ip -n ${FAR} link set far up
    ip -n ${NEAR} route add default via ${INTERNET}; ip -n ${NEAR} -6 route add default via 2001:db8::2`);
  servers = [5201, 5202].map((port) =>
    spawn('ip', ['netns', 'exec', FAR, 'iperf3', '--server', '--port', String(port)], { stdio: 'ignore' }),
  );
  sh('sleep 0.5');
});
afterAll(() => {
  for (const server of servers) server.kill('SIGKILL');
  sh(`ip netns del ${NEAR}; ip netns del ${FAR}`);
  host.remove();
});

const egress = (...args: string[]) =>
  host.run('ip', ['netns', 'exec', NEAR, path.join(host.root, 'opt/chain-node/current/host/egress.sh'), ...args]);

/** Mbps that this user gets through, once the first seconds' worth has gone. */
function send(to: string, user = NODE_USER, ...more: string[]): number {
  const result = sh(
    `ip netns exec ${NEAR} setpriv --reuid ${user} --regid ${user} --clear-groups iperf3 --json --client ${to} --time 1 --omit 1.5 ${more.join(' ')}`,
  );
  return JSON.parse(result).end.sum_received.bits_per_second / 1e6;
}
/** Far more than the limit; how much, depends on the machine. */
const UNLIMITED = 10 * LIMIT;

test('what the node sends to the internet is limited, and nothing else', async () => {
  expect(send(INTERNET)).toBeGreaterThan(UNLIMITED);
  expect(await egress('on', String(LIMIT))).toMatchObject({ status: 0, output: expect.stringContaining('40 Mbps') });
  const limited = send(INTERNET);
  expect(limited).toBeGreaterThan(LIMIT * 0.3);
  expect(limited).toBeLessThan(LIMIT * 1.35);
  expect(send('2001:db8::2')).toBeLessThan(LIMIT * 1.35);
  // The agent, the images, the clock: whoever is not the node.
  expect(send(INTERNET, 0)).toBeGreaterThan(UNLIMITED);
  // Users and engines in the network.
  expect(send(PRIVATE)).toBeGreaterThan(UNLIMITED);
  // Answers of the node's RPC.
  expect(send(INTERNET, NODE_USER, '--cport', '18545')).toBeGreaterThan(UNLIMITED);
});

test('another limit takes the place of the first, and off takes all of it away', async () => {
  await egress('on', String(LIMIT));
  await egress('on', String(LIMIT * 4));
  expect(send(INTERNET)).toBeGreaterThan(LIMIT * 1.35);
  expect(sh(`ip netns exec ${NEAR} nft list ruleset`).match(/limit rate/g)).toHaveLength(1);
  expect((await egress('off')).status).toBe(0);
  expect(sh(`ip netns exec ${NEAR} nft list ruleset`)).toBe('');
  expect(send(INTERNET)).toBeGreaterThan(UNLIMITED);
  expect((await egress('off')).status).toBe(0);
});

test('a limit that cannot be set leaves everything unlimited, and says so', async () => {
  await egress('on', String(LIMIT));
  host.place(withPorts('18545 none'));
  const { status, output } = await egress('on', String(LIMIT));
  host.place(withPorts('18545 18546'));
  expect([status, output]).toEqual([1, expect.stringContaining('nothing is limited')]);
  expect(sh(`ip netns exec ${NEAR} nft list ruleset`)).toBe('');
  expect(await egress('on', 'much')).toMatchObject({ status: 2, output: expect.stringContaining('is no limit') });
});

test('what is limited is shown', async () => {
  expect((await egress('show')).output).toContain('nothing is limited');
  await egress('on', String(LIMIT));
  expect((await egress('show')).output).toContain('tcp sport { 18545, 18546 } return');
});
