import * as fs from 'node:fs';
import * as path from 'node:path';
import { Host, release } from './host';

/** The files by which peers know a node, on disks that come back blank. */

const TREE = 'root/data/blockchain/nodes/chains/chain';
const KEY = 'data/testnet/one/net/key';
const OTHER = 'data/testnet/two/key.bin';
const withIdentity = release('image: client:1\n', { node: { IDENTITY_FILES: `"${KEY} ${OTHER}"` } });
const PARAMETERS = 'fake/parameters/chain-node/test/chain-testnet-client';
/** What no text survives: a key may be any bytes. */
const BYTES = Buffer.from([0, 255, 10, 39, 34, 92, 36, 0]);

let hosts: Host[] = [];
const host = (storage = 'instance-store'): Host => {
  const made = Host.create({ STORAGE: storage, VOLUME_ID: storage === 'ebs' ? 'vol-0123' : "''" });
  hosts.push(made);
  made.place(withIdentity);
  fs.mkdirSync(path.join(made.folder, TREE, 'data/testnet/one'), { recursive: true });
  fs.mkdirSync(path.join(made.folder, TREE, 'data/testnet/two'), { recursive: true });
  return made;
};
afterEach(() => {
  for (const made of hosts) made.remove();
  hosts = [];
});

const identity = (node: Host, what: '--save' | '--restore') =>
  node.run(path.join(node.root, 'opt/chain-node/current/host/identity.sh'), [what]);
const writeKey = (node: Host, file: string, bytes: Buffer): void => {
  fs.mkdirSync(path.dirname(path.join(node.folder, TREE, file)), { recursive: true });
  fs.writeFileSync(path.join(node.folder, TREE, file), bytes);
};
const key = (node: Host, file: string): Buffer => fs.readFileSync(path.join(node.folder, TREE, file));

test('is kept, and comes back to blank disks as it was', async () => {
  const node = host();
  writeKey(node, KEY, BYTES);
  writeKey(node, OTHER, Buffer.from('text\n'));
  expect(await identity(node, '--save')).toMatchObject({ status: 0 });
  expect(JSON.parse(node.read(`${PARAMETERS}/${KEY}`))).toEqual({
    Name: `/chain-node/test/chain-testnet-client/${KEY}`,
    Value: BYTES.toString('base64'),
    Type: 'SecureString',
    Tier: 'Intelligent-Tiering',
    Overwrite: true,
  });
  fs.rmSync(path.join(node.folder, TREE, 'data'), { recursive: true });
  expect(await identity(node, '--restore')).toMatchObject({ status: 0 });
  expect(key(node, KEY)).toEqual(BYTES);
  expect(key(node, OTHER)).toEqual(Buffer.from('text\n'));
  expect(node.mode(`${TREE}/${KEY}`)).toBe('600');
  const owned = node.calls().filter((call) => call.startsWith('chown 1500:1500'));
  for (const name of ['data/testnet/one/net', `${KEY}.new`, `${OTHER}.new`]) {
    expect(owned).toContain(`chown 1500:1500 ${path.join(node.folder, TREE, name)}`);
  }
});

test('is in no argument of a command, where other users would see it', async () => {
  const node = host();
  writeKey(node, KEY, BYTES);
  await identity(node, '--save');
  expect(node.calls().join('\n')).not.toContain(BYTES.toString('base64'));
});

test('is written once, and again when it changed', async () => {
  const node = host();
  writeKey(node, KEY, BYTES);
  await identity(node, '--save');
  await identity(node, '--save');
  expect(node.calls().filter((call) => call.startsWith('aws'))).toEqual([]);
  writeKey(node, KEY, Buffer.from('new'));
  await identity(node, '--save');
  expect(JSON.parse(node.read(`${PARAMETERS}/${KEY}`)).Value).toBe(Buffer.from('new').toString('base64'));
});

test('on the disk is never written over', async () => {
  const node = host();
  writeKey(node, KEY, BYTES);
  await identity(node, '--save');
  writeKey(node, KEY, Buffer.from('newer'));
  expect((await identity(node, '--restore')).status).toBe(0);
  expect(key(node, KEY)).toEqual(Buffer.from('newer'));
});

test('that nobody has kept yet is the program’s to make', async () => {
  const node = host();
  expect(await identity(node, '--restore')).toMatchObject({ status: 0 });
  expect(fs.existsSync(path.join(node.folder, TREE, KEY))).toBe(false);
});

test.each(['--save', '--restore'] as const)('%s fails loudly when parameters cannot be reached', async (what) => {
  const node = host();
  node.write('fake/parameters-unreachable', '');
  if (what === '--save') writeKey(node, KEY, BYTES);
  const { status, output } = await identity(node, what);
  expect(status).toBe(1);
  expect(output).toMatch(/identity: cannot (keep|read)/);
});

test('of a node on a disk of its own stays on that disk', async () => {
  const node = host('ebs');
  writeKey(node, KEY, BYTES);
  expect(await identity(node, '--save')).toEqual({ status: 0, output: '' });
  expect(node.calls()).toEqual([]);
});
