import { Host, release } from './host';

/** What a host is watched with comes and goes with its release, and never takes the node along. */

let host: Host;
beforeEach(() => {
  host = Host.create();
});
afterEach(() => host.remove());

const AGENT = { 'agent/compose.yml': 'image: agent:1\n', 'agent/config.alloy': 'x\n' };
const watched = (image = 'image: client:1\n') => release(image, { node: { HOST_METRICS: 'yes' }, files: AGENT });

const own = (calls: readonly string[]): string[] =>
  calls.filter((call) => /exporter|chain-host|apt-get/.test(call)).map((call) => call.replace(/ -o \S+/g, ''));

test('a release that nobody watches brings nothing', async () => {
  host.upload(release('image: client:1\n'));
  expect((await host.apply()).status).toBe(0);
  expect(own(host.calls())).toEqual([]);
});

test('the exporter is installed, and the agent started, once the node is well', async () => {
  host.upload(watched());
  expect((await host.apply()).status).toBe(0);
  const calls = host.calls();
  expect(own(calls)).toEqual([
    'apt-get --yes --quiet update',
    'apt-get --yes --quiet install --no-install-recommends prometheus-node-exporter',
    'systemctl enable prometheus-node-exporter.service',
    'docker compose chain-host up image: agent:1',
  ]);
  expect(calls.findIndex((call) => call.startsWith('health-check'))).toBeLessThan(
    calls.findIndex((call) => call.includes('chain-host')),
  );
});

test('what is there is not installed again', async () => {
  host.upload(watched());
  await host.apply();
  expect(await host.apply()).toMatchObject({ status: 0, output: expect.stringContaining('nothing to do') });
  expect(own(host.calls())).toEqual([
    'systemctl enable prometheus-node-exporter.service',
    'docker compose chain-host up image: agent:1',
  ]);
});

test('what no release asks for any more is taken away, and only what was brought', async () => {
  host.upload(watched());
  await host.apply();
  host.upload(release('image: client:2\n'));
  expect((await host.apply()).status).toBe(0);
  expect(own(host.calls())).toEqual([
    'systemctl disable prometheus-node-exporter.service',
    'docker compose chain-host down ',
  ]);
  host.upload(release('image: client:3\n'));
  await host.apply();
  expect(own(host.calls())).toEqual([]);
});

test.each([
  [
    'an exporter that cannot be had',
    'fake/apt-fails',
    'update',
    "the exporter of this host's metrics could not be put in place",
  ],
  ['an agent that does not start', 'fake/agent-fails', '', "what ships this host's logs could not be started"],
])('%s is told, and the node runs on', async (_, file, content, said) => {
  host.write(file, content);
  const next = watched();
  host.upload(next);
  const { status, output } = await host.apply();
  expect([status, host.current(), host.node().active]).toEqual([0, next.hash, true]);
  expect(output).toContain(said);
  expect(output).toContain('the host is not watched as its release says (above); the next run tries again');
});
