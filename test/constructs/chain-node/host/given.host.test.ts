import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Host, release } from './host';
import { running, useHosts } from './settled';

/** Secrets that processes are given as files: from Secrets Manager to what is mounted, by the real scripts. */

jest.setTimeout(30_000);

const { settled } = useHosts();

const FILE = 'root/var/lib/chain-node/secrets/keypair';
const VALUES = 'root/run/chain-node/host-values.env';
const given = release('image: client:2\n', { node: { GIVEN_SECRETS: '"keypair=prod-keypair"' } });

/** A host on which a release without it runs, and one with it is there to be applied. */
const asked = (text?: string): Host => {
  const node = settled();
  node.upload(given);
  if (text !== undefined) node.write('fake/secrets/prod-keypair', text);
  return node;
};
const start = (node: Host) =>
  node.run(path.join(node.root, 'opt/chain-node/current/host/start.sh'), [], { CHAIN_NODE_UNIT: 'yes' });

test('become a file that only the node’s user reads, as they were stored, and nothing of them is shown', async () => {
  const node = asked("one 'line'\ntwo $(lines)\n\n");
  const { status, output } = await node.apply();
  expect([status, node.node()]).toEqual([0, running]);
  expect(node.read(FILE)).toBe("one 'line'\ntwo $(lines)\n");
  expect(node.mode(FILE)).toBe('600');
  expect(node.calls()).toContainEqual(expect.stringMatching(/^chown 1500:1500 .*secrets\/\.keypair\.new$/));
  expect(output).not.toContain('lines');
  // Since when it has its value is told as of the others; the value itself is not there.
  expect(node.read(VALUES)).toMatch(/\n# prod-keypair since 1772355600\n$/);
  expect(node.read(VALUES)).not.toContain('lines');
});

test('that do not exist leave the running node alone', async () => {
  const node = asked();
  const { status, output } = await node.apply();
  expect([status, node.node(), node.steps()]).toEqual([1, running, []]);
  expect(output).toContain("no value for the file keypair from the secret 'prod-keypair'");
  expect(node.exists(FILE)).toBe(false);
});

test('that have another value are taken by a roll of the same release, and only then', async () => {
  const node = asked('[1]\n');
  expect((await node.apply()).status).toBe(0);
  node.write('fake/secrets/prod-keypair', '[2]\n');
  node.write('fake/secrets-at', '2026-11-01T00:00:00+00:00');
  const resolved = await node.run(path.join(node.root, 'opt/chain-node/current/host/start.sh'), [
    '--resolve',
    path.join(node.root, 'run/chain-node/looked.env'),
  ]);
  expect([resolved.status, node.read(FILE)]).toEqual([0, '[1]']);
  const { status, output } = await node.apply();
  expect([status, node.read(FILE)]).toEqual([0, '[2]']);
  expect(output).toContain('a value that the node has from elsewhere is another one by now');
  expect((await node.apply()).output).toContain('nothing to do');
});

test('that cannot be reached at a start are those from before, and the next roll asks again', async () => {
  const node = asked('[1]\n');
  await node.apply();
  fs.rmSync(path.join(node.fake, 'secrets/prod-keypair'));
  const { status, output } = await start(node);
  expect([status, node.read(FILE)]).toEqual([0, '[1]']);
  expect(output).toContain("the secret 'prod-keypair' could not be had; its file keypair is the one from before");
  expect(node.read(VALUES)).not.toContain('prod-keypair');
  node.write('fake/secrets/prod-keypair', '[2]\n');
  expect((await node.apply()).status).toBe(0);
  expect(node.read(FILE)).toBe('[2]');
});

test('without which nothing has ever run keep it from starting', async () => {
  const node = settled();
  node.place(given);
  const { status, output } = await start(node);
  expect([status, node.steps()]).toEqual([1, []]);
  expect(output).toContain('see that it exists and that the instance role may read it');
});

test('are gone from the host with the process that read them, and what the host made stays', async () => {
  const node = asked('[1]\n');
  await node.apply();
  expect(node.exists(FILE)).toBe(true);
  node.upload(release('image: client:3\n'));
  expect((await node.apply()).status).toBe(0);
  expect(fs.readdirSync(path.dirname(path.join(node.folder, FILE)))).toEqual(['jwt']);
});

test('go on as they were when the release before comes back', async () => {
  const node = asked('[1]\n');
  node.write('fake/health', '0 at the head\n');
  node.upload(release('image: crash\n', { node: { GIVEN_SECRETS: '"keypair=prod-keypair"' } }));
  expect((await node.apply()).status).toBe(1);
  expect(node.node()).toEqual(running);
  expect(node.read(VALUES)).not.toContain('prod-keypair');
});
