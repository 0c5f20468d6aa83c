import { SsmAssociation } from '@cdktf/provider-aws/lib/ssm-association';
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document';
import { Construct } from 'constructs';
import { literal, replaceTriggeredBy, TerraformData } from '../terraform';
import { type ChainNode, GROUP_TAG, groupTagValue } from './chain-node';
import { RELEASE } from './layout';
import { groupSeconds, hostSeconds } from './roll-time';

export interface NodeGroupProps {
  readonly environment: string;
  /** The nodes of one chain and network; at least one. */
  readonly nodes: readonly ChainNode[];
}

/**
 * Rolls releases through the nodes of one chain and network, one at a time, and stops at the first that fails.
 *
 * An association waits for success only when it is created, so it is replaced whenever a release changes and whenever an
 * instance comes or goes: a roll that fails, and a node that does not come up, fail the apply, and the next apply tries again.
 * A host whose release has not changed does nothing.
 */
export class NodeGroup extends Construct {
  constructor(scope: Construct, id: string, { environment, nodes }: NodeGroupProps) {
    super(scope, id);
    const group = nodes[0]?.group;
    if (group === undefined) throw new Error(`group ${id} has no nodes; give it at least one`);
    const stranger = nodes.find((node) => node.group !== group);
    if (stranger)
      throw new Error(`group ${id} holds nodes of ${group} and of ${stranger.group}; make a group for each`);
    const graceSeconds = Math.max(...nodes.map(({ stopGraceSeconds }) => stopGraceSeconds));
    const document = new SsmDocument(this, 'document', {
      name: `${environment}-${group}-release`,
      documentType: 'Command',
      documentFormat: 'JSON',
      content: literal(JSON.stringify(commandDocument(group, hostSeconds(graceSeconds)), null, 2)),
    });
    const ready = [...new Set(nodes.flatMap((node) => [...node.ready]))];
    // Of its own, and not the nodes' resources themselves: Terraform replaces for what is changed, never for what is created
    // (tried with 1.11: test/constructs/chain-node/host/group.host.test.ts).
    const members = new TerraformData(this, 'members', {
      input: Object.fromEntries(
        nodes.map(({ node, releaseHash, instanceId }) => [node.id, { release: releaseHash, instance: instanceId }]),
      ),
      // So that an apply that ends early leaves it as it was, and the next one sees the change again.
      dependsOn: ready,
    });
    const association = new SsmAssociation(this, 'Default', {
      name: document.name,
      associationName: `${environment}-${group}-release`,
      targets: [{ key: `tag:${GROUP_TAG}`, values: [groupTagValue(environment, group)] }],
      maxConcurrency: '1',
      maxErrors: '0',
      waitForSuccessTimeoutSeconds: groupSeconds(graceSeconds, nodes.length),
      dependsOn: ready,
    });
    replaceTriggeredBy(association, members);
  }
}

/**
 * A first boot may still be under way, or have failed and need to be finished. It is waited for only where it has brought no
 * release yet: after that the lock of apply-release is enough, and cloud-init is not through with a later boot before all units
 * are, be it that a disk or an archive takes its time.
 */
const commandDocument = (group: string, timeoutSeconds: number): object => ({
  schemaVersion: '2.2',
  description: `Applies the release of this host's node; group ${group}`,
  mainSteps: [
    {
      name: 'apply',
      action: 'aws:runShellScript',
      precondition: { StringEquals: ['platformType', 'Linux'] },
      inputs: {
        timeoutSeconds: String(timeoutSeconds),
        runCommand: [
          'set -eu',
          `apply=${RELEASE}/host/apply-release.sh`,
          'if [ ! -x "$apply" ]; then cloud-init status --wait >/dev/null || true; fi',
          // The agent boots the host when a command ends with status 194, and then runs it once more.
          'if [ -x "$apply" ]; then CHAIN_NODE_MAY_REBOOT=yes exec "$apply"; fi',
          'bash /var/lib/cloud/instance/user-data.txt',
          'CHAIN_NODE_MAY_REBOOT=yes exec "$apply"',
        ],
      },
    },
  ],
});
