import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChainNode, NodeGroup } from '../../../constructs/chain-node';
import { groupSeconds, PATIENCE } from '../../../constructs/chain-node/roll-time';
import type { Json } from '../../project';
import { define, SEPOLIA } from '../platform';

const HOST = join(__dirname, '../../../constructs/chain-node/host');

describe('a group', () => {
  const group = (): Readonly<Record<string, Json>> =>
    define((stack, platform) => {
      const nodes = ['a', 'b'].map((id) => new ChainNode(stack, id, { ...SEPOLIA, platform }));
      new NodeGroup(stack, 'ethereum-sepolia', { environment: 'test', nodes });
    });

  test('rolls one node at a time, stops at the first failure, and is replaced when a release or an instance changes', () => {
    const { depends_on: dependsOn, ...association } = group()['aws_ssm_association.ethereum-sepolia'];
    expect(association).toEqual({
      name: expect.stringMatching(/^\$\{aws_ssm_document\.ethereum-sepolia_document_[0-9A-F]{8}\.name\}$/),
      association_name: 'test-ethereum-sepolia-release',
      targets: [{ key: 'tag:ReleaseGroup', values: ['test/ethereum-sepolia'] }],
      max_concurrency: '1',
      max_errors: '0',
      wait_for_success_timeout_seconds: groupSeconds(300, 2),
      lifecycle: {
        replace_triggered_by: [expect.stringMatching(/^terraform_data\.ethereum-sepolia_members_[0-9A-F]{8}$/)],
      },
    });
    const members = Object.entries(group()).filter(([address]) => address.startsWith('terraform_data.'));
    const release = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(members.map(([, { input }]) => input)).toEqual([
      {
        a: { release, instance: '${aws_instance.a.id}' },
        b: { release, instance: '${aws_instance.b.id}' },
      },
    ]);
    // Last of all: an apply that ends before it tries again.
    expect(members[0]?.[1].depends_on).toEqual(dependsOn);
    expect(dependsOn).toEqual(expect.arrayContaining(['aws_instance.a', 'aws_instance.b']));
    expect(dependsOn.filter((address: string) => address.startsWith('aws_volume_attachment.'))).toHaveLength(2);
    // Each once, although both nodes need them.
    const hostFiles = dependsOn.filter((address: string) => address.startsWith('aws_s3_object.host-files_'));
    expect(hostFiles.length).toBeGreaterThan(10);
    expect(new Set(hostFiles).size).toBe(hostFiles.length);
  });

  test('waits for all that its hosts are patient for, and so does the lease of a release that goes back', () => {
    const text = (file: string): string => readFileSync(join(HOST, file), 'utf8');
    const seconds = (file: string, name: string): number =>
      Number(new RegExp(`^${name}=\\$\\{${name}:-(\\d+)\\}$`, 'm').exec(text(file))?.[1]);
    const [, startMinutes] = /^TimeoutStartSec=(\d+)min$/m.exec(text('chain-node.service')) ?? [];
    const start = Number(startMinutes) * 60;
    const gate = seconds('gate.sh', 'SETTLE_LIMIT_SECONDS') + seconds('gate.sh', 'HEALTH_LIMIT_SECONDS');
    const lock = seconds('apply-release.sh', 'LOCK_WAIT_SECONDS');
    const lease = seconds('apply-release.sh', 'LEASE_WAIT_SECONDS');
    expect({ ...PATIENCE, download: 0, patches: 0 }).toEqual({ lock, lease, start, gate, download: 0, patches: 0 });

    const all = group();
    const nodeEnvironment = Object.entries(all).find(([address]) => address.includes('a_release-nodeenv'))?.[1].content;
    const held = Number(/^LEASE_SECONDS='(\d+)'$/m.exec(nodeEnvironment)?.[1]);
    // geth may take 300 seconds to stop.
    const failing = 2 * (300 + start + gate);
    expect(held).toBeGreaterThan(failing);
    const [document] = Object.entries(all).filter(([address]) => address.startsWith('aws_ssm_document.'));
    const onHost = Number(JSON.parse(document?.[1].content).mainSteps[0].inputs.timeoutSeconds);
    expect(onHost).toBeGreaterThan(lock + lease + held);
    // Of two nodes, one takes it and the other goes back. More than SSM lets a command take would be refused.
    const { wait_for_success_timeout_seconds: inAll } = all['aws_ssm_association.ethereum-sepolia'];
    expect(inAll).toBeGreaterThan(lock + 2 * lease + (300 + start + gate) + failing);
    expect(onHost).toBeLessThan(172_800);
  });

  test('holds nodes of one group only', () => {
    const mixed = (): void => {
      define((stack, platform) => {
        const a = new ChainNode(stack, 'a', { ...SEPOLIA, platform });
        const b = new ChainNode(stack, 'b', { ...SEPOLIA, network: 'hoodi', platform });
        new NodeGroup(stack, 'group', { environment: 'test', nodes: [a, b] });
      });
    };
    expect(mixed).toThrow('group group holds nodes of ethereum-sepolia and of ethereum-hoodi; make a group for each');
  });

  test('needs a node', () => {
    expect(() => define((stack) => void new NodeGroup(stack, 'empty', { environment: 'test', nodes: [] }))).toThrow(
      'group empty has no nodes; give it at least one',
    );
  });
});
