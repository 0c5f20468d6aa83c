import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Host, release, scripts } from './host';
import { first, running, second, useHosts } from './settled';

jest.setTimeout(30_000);

const { settled } = useHosts();

describe('start.sh', () => {
  const start = (node: Host, args: string[] = [], unit = 'yes') =>
    node.run(path.join(node.root, 'opt/chain-node/current/host/start.sh'), args, { CHAIN_NODE_UNIT: unit });

  test("writes the host's values for root alone, as compose reads them", async () => {
    const node = settled();
    expect((await start(node)).status).toBe(0);
    expect(node.read('root/run/chain-node/host-values.env')).toBe(
      "PUBLIC_IP='203.0.113.7'\n# upstream since 1772355600\nUPSTREAM='https://user:pa$$word@upstream.example/#key'\n",
    );
    expect(node.mode('root/run/chain-node/host-values.env')).toBe('600');
  });

  test('resolves again at each start', async () => {
    const node = settled();
    node.write('fake/public-ip', '203.0.113.8');
    node.write('fake/secrets/upstream', 'rotated\n');
    expect((await start(node)).status).toBe(0);
    expect(node.read('root/run/chain-node/host-values.env')).toBe(
      "PUBLIC_IP='203.0.113.8'\n# upstream since 1772355600\nUPSTREAM='rotated'\n",
    );
  });

  test('says nothing of the age of a secret that has no date', async () => {
    const node = settled();
    node.write('fake/secrets-at', 'soon');
    expect((await start(node)).status).toBe(0);
    expect(node.read('root/run/chain-node/host-values.env')).toMatch(/^PUBLIC_IP='203.0.113.7'\nUPSTREAM='.*'\n$/);
  });

  test('needs no values', async () => {
    const node = settled();
    node.place(release('image: client:2\n', { node: { HOST_VALUES: '""' } }));
    expect((await start(node)).status).toBe(0);
    expect(node.read('root/run/chain-node/host-values.env')).toBe('');
  });

  test.each([
    ['a single quote', "it's", /single quote or a line break/],
    ['a line break', 'one\ntwo', /single quote or a line break/],
    ['nothing', '\n', /no value for UPSTREAM/],
    ['no string', 'no text\n', /no value for UPSTREAM/],
  ])('refuses a secret with %s', async (_name, value, message) => {
    const node = settled();
    node.write('fake/secrets/upstream', value);
    const { status, output } = await start(node);
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect(node.steps()).toEqual([]);
  });

  test('refuses a source that it does not know, at once', async () => {
    const node = settled();
    node.place(release('image: client:2\n', { node: { HOST_VALUES: '"A=file:x"' } }));
    const { status, output } = await node.run(path.join(node.root, 'opt/chain-node/current/host/start.sh'), [], {
      CHAIN_NODE_UNIT: 'yes',
      HOST_VALUES_WAIT_SECONDS: '60',
    });
    expect(status).toBe(1);
    expect(output).toContain('use public-ip or secret:<name>');
  });

  test('starts nothing when the data volume is not mounted', async () => {
    const node = settled();
    node.write('fake/unmounted', '');
    const { status, output } = await start(node);
    expect(status).toBe(1);
    expect(output).toContain('the data volume is not mounted');
    expect(node.steps()).toEqual([]);
  });

  test('by hand, start.sh and stop.sh ask systemd', async () => {
    const node = settled();
    const script = (name: string): string => path.join(node.root, 'data/blockchain/nodes/chains/chain/scripts', name);
    // The links of a copied host lead to the host that it was copied from.
    for (const name of ['start.sh', 'stop.sh']) {
      fs.rmSync(script(name));
      fs.symlinkSync(path.join(node.root, 'opt/chain-node/current/host', name), script(name));
    }
    expect(await node.run(script('stop.sh'))).toMatchObject({
      status: 0,
      output: expect.stringContaining('asking systemd'),
    });
    expect(node.node()).toEqual({ active: false, containers: [] });
    expect(await node.run(script('start.sh'))).toMatchObject({
      status: 0,
      output: expect.stringContaining('asking systemd'),
    });
    expect(node.node()).toEqual(running);
  });
});

describe('scripts for hands', () => {
  test.each([
    ['start.sh', 'Starts all processes of the node'],
    ['stop.sh', 'Stops all processes of the node'],
    ['health-check.sh', 'Says how the node is'],
    ['backup.sh', 'Backups are snapshots of the data disk'],
    ['apply-release.sh', 'Makes this host run the release'],
    ['lease.sh', "The lease of the node's group"],
    ['egress.sh', "Limits what the node's processes send"],
  ])('%s says what it does, and does nothing', async (name, begins) => {
    const node = settled();
    const script = path.join(node.root, 'opt/chain-node/current/host', name);
    // The real one, where tests have a stand-in.
    fs.rmSync(script, { force: true });
    fs.copyFileSync(path.join(scripts, name), script);
    fs.chmodSync(script, 0o755);
    const { status, output } = await node.run(script, ['--help']);
    expect([status, output.split('\n')[0]]).toEqual([0, expect.stringContaining(begins)]);
    expect(output).toContain(name);
    expect(output).not.toMatch(/^(#|set -)/m);
    expect(node.calls()).toEqual([]);
  });

  test('apply-release.sh takes nothing that it does not know for a wish to apply', async () => {
    const node = settled();
    node.upload(second);
    const { status, output } = await node.run(path.join(scripts, 'apply-release.sh'), ['-h']);
    expect([status, output]).toEqual([1, expect.stringContaining("unknown argument '-h'; use --help or nothing")]);
    expect([node.current(), node.steps()]).toEqual([first.hash, []]);
  });
});

describe('a disk that comes back blank', () => {
  test('gets its tree with the next start, without a release', async () => {
    const node = settled();
    fs.rmSync(path.join(node.root, 'data/blockchain'), { recursive: true });
    const { status } = await node.run(path.join(node.root, 'opt/chain-node/current/host/start.sh'), [], {
      CHAIN_NODE_UNIT: 'yes',
    });
    expect(status).toBe(0);
    for (const name of ['data/testnet/one', 'data/testnet/two', 'logs/audit', 'scripts/health-check.sh']) {
      expect([
        name,
        fs.lstatSync(path.join(node.root, 'data/blockchain/nodes/chains/chain', name)) !== undefined,
      ]).toEqual([name, true]);
    }
  });
});

describe('units', () => {
  test('stop with more time than the longest grace, and never start on the root disk', () => {
    const unit = fs.readFileSync(path.join(scripts, 'chain-node.service'), 'utf8');
    expect(unit).toMatch(/^TimeoutStopSec=35min$/m);
    expect(unit).toMatch(/^RequiresMountsFor=\/data$/m);
    expect(unit).toMatch(/^AssertPathIsMountPoint=\/data$/m);
    expect(unit).not.toMatch(/^Requires=docker/m);
  });

  test('no script names a chain', () => {
    const names =
      /ethereum|arbitrum|optimism|\bbase chain|polygon|\bbsc\b|avalanche|solana|\bgeth\b|lighthouse|sepolia/i;
    for (const name of fs.readdirSync(scripts)) {
      expect([name, names.exec(fs.readFileSync(path.join(scripts, name), 'utf8'))]).toEqual([name, null]);
    }
  });
});
