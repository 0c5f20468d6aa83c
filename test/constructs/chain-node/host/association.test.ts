import * as fs from 'node:fs';
import * as path from 'node:path';
import { ChainNode, NodeGroup } from '../../../../constructs/chain-node';
import type { Json } from '../../../project';
import { SEPOLIA, synthesized } from '../../platform';
import { Host, type Result, release } from './host';

/** What the association of a group runs on a host, whatever state it finds it in. */

jest.setTimeout(30_000);

/** The lines of the document, as SSM puts them into a script. */
function command(): string {
  const { aws_ssm_document: documents } = synthesized((stack, platform) => {
    const node = new ChainNode(stack, 'node', { ...SEPOLIA, platform });
    new NodeGroup(stack, 'group', { environment: 'test', nodes: [node] });
  }).resource;
  const [{ content }] = Object.values<Json>(documents);
  return JSON.parse(content).mainSteps[0].inputs.runCommand.join('\n');
}
const COMMAND = command();

const first = release('image: client:1\n');
let host: Host;
/** With a cloud-init that waits until $FAKE/booting is gone. */
const run = (): Promise<Result> => {
  host.write(
    'bin/cloud-init',
    `#!/bin/bash\n. record\nrecord cloud-init "$@"\nwhile [ -e "$FAKE/booting" ]; do sleep 0.05; done\n[ ! -e "$FAKE/boot-failed" ]\n`,
    0o755,
  );
  const apply = `${host.root}/opt/chain-node/current/host/apply-release.sh`;
  host.write(
    'root/var/lib/cloud/instance/user-data.txt',
    `. record\nrecord user-data\nmkdir -p ${path.dirname(apply)}\nprintf '#!/bin/bash\\n. record\\nrecord apply "$CHAIN_NODE_MAY_REBOOT"\\n' >${apply}\nchmod +x ${apply}\n`,
  );
  const script = COMMAND.replaceAll(/(?<=[ =])\/(opt|var)\//g, `${host.root}/$1/`);
  return host.run('sh', ['-c', `PATH=${host.folder}/bin:$PATH; ${script}`]);
};
const waits = (): boolean => host.calls().some((call) => call.startsWith('cloud-init'));

beforeEach(() => {
  host = Host.create();
});
afterEach(() => host.remove());

test('applies the release with the script that is there, may boot the host, and waits for no boot', async () => {
  host.upload(first);
  expect((await host.apply()).status).toBe(0);
  // Of a host that boots with a bootstrap under way, cloud-init is not through for days.
  host.write('fake/booting', '');
  const script = path.join(host.root, 'opt/chain-node/current/host/apply-release.sh');
  fs.rmSync(path.join(host.root, 'opt/chain-node/current/host'), { recursive: true });
  fs.mkdirSync(path.dirname(script));
  fs.writeFileSync(script, '#!/bin/bash\n. record\nrecord apply "$CHAIN_NODE_MAY_REBOOT"\nexit 194\n', { mode: 0o755 });
  expect((await run()).status).toBe(194);
  expect([host.calls(), waits()]).toEqual([['apply yes'], false]);
});

test('waits for a first boot that has brought no release yet, and then applies it', async () => {
  host.write('fake/booting', '');
  const running = run();
  const script = 'root/opt/chain-node/current/host/apply-release.sh';
  await new Promise((done) => setTimeout(done, 300));
  expect(host.calls()).toEqual(['cloud-init status --wait']);
  host.write(script, '#!/bin/bash\n. record\nrecord apply "$CHAIN_NODE_MAY_REBOOT"\n', 0o755);
  fs.rmSync(path.join(host.fake, 'booting'));
  expect((await running).status).toBe(0);
  expect(host.calls()).toEqual(['cloud-init status --wait', 'apply yes']);
});

test('finishes a first boot that failed before it brought a release, and does what only it may, such as a boot', async () => {
  host.write('fake/boot-failed', '');
  expect((await run()).status).toBe(0);
  expect(host.calls()).toEqual(['cloud-init status --wait', 'user-data', 'apply yes']);
});
