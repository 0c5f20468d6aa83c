import { SsmAssociation } from '@cdktf/provider-aws/lib/ssm-association';
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document';
import { PodDisruptionBudgetV1 } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Namespace } from '../cluster';
import { literal, replaceTriggeredBy, TerraformData } from '../terraform';
import type { ChainNode } from './chain-node';
import { GROUP_TAG, groupTagValue, type InstanceNode } from './instance-node';
import type { KubernetesNode } from './kubernetes-node';
import { RELEASE } from './layout';
import { groupSeconds, hostSeconds } from './roll-time';

export interface NodeGroupProps {
  readonly environment: string;
  /** The nodes of one chain and network; at least one. */
  readonly nodes: readonly ChainNode[];
}

/**
 * Lets the nodes of one chain and network take a release one at a time, and stops at the first that fails; of those in pods, no more
 * than one at a time is evicted from its machine.
 */
export class NodeGroup extends Construct {
  /** What is there when all of its nodes have taken their release. */
  readonly rolled: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { environment, nodes }: NodeGroupProps) {
    super(scope, id);
    const group = nodes[0]?.group;
    if (group === undefined) throw new Error(`group ${id} has no nodes; give it at least one`);
    const stranger = nodes.find((node) => node.group !== group);
    if (stranger)
      throw new Error(`group ${id} holds nodes of ${group} and of ${stranger.group}; make a group for each`);
    const instances = nodes.flatMap(({ instance }) => instance ?? []);
    const pods = nodes.flatMap(({ pod }) => pod ?? []);
    const roll = instances.length > 0 ? [rollInstances(this, environment, group, instances)] : [];
    takeTurns(pods);
    this.rolled = [...roll, ...pods.slice(-1).map(({ release }) => release)];
    for (const namespace of new Set(pods.map((pod) => pod.namespace))) guard(this, group, namespace);
  }
}

/** A release of Helm is done when its node is well, so that the next one waits for it, and is not begun when it fails. */
function takeTurns(pods: readonly KubernetesNode[]): void {
  for (const [index, pod] of pods.entries()) {
    const before = pods[index - 1];
    if (before) pod.waitFor(before.release);
  }
}

/** Machines of a cluster are drained one after the other, and several may hold nodes of one group. */
function guard(scope: Construct, group: string, namespace: Namespace): void {
  new PodDisruptionBudgetV1(scope, `disruptions-${namespace.name}`, {
    metadata: { name: group, namespace: namespace.name },
    spec: {
      maxUnavailable: '1',
      selector: { matchLabels: { 'chain-nodes.io/group': group, 'chain-nodes.io/part': 'node' } },
    },
    dependsOn: [namespace.ready],
  });
}

/**
 * An association waits for success only when it is created, so it is replaced whenever a release changes and whenever an
 * instance comes or goes: a roll that fails, and a node that does not come up, fail the apply, and the next apply tries again.
 * A host whose release has not changed does nothing.
 */
function rollInstances(
  scope: Construct,
  environment: string,
  group: string,
  nodes: readonly InstanceNode[],
): SsmAssociation {
  const graceSeconds = Math.max(...nodes.map(({ stopGraceSeconds }) => stopGraceSeconds));
  const document = new SsmDocument(scope, 'document', {
    name: `${environment}-${group}-release`,
    documentType: 'Command',
    documentFormat: 'JSON',
    content: literal(JSON.stringify(commandDocument(group, hostSeconds(graceSeconds)), null, 2)),
  });
  const ready = [...new Set(nodes.flatMap((node) => [...node.ready]))];
  // Of its own, and not the nodes' resources themselves: Terraform replaces for what is changed, never for what is created
  // (tried with 1.11: test/constructs/chain-node/host/group.host.test.ts).
  const members = new TerraformData(scope, 'members', {
    input: Object.fromEntries(
      nodes.map(({ nodeId, releaseHash, instanceId }) => [nodeId, { release: releaseHash, instance: instanceId }]),
    ),
    // So that an apply that ends early leaves it as it was, and the next one sees the change again.
    dependsOn: ready,
  });
  const association = new SsmAssociation(scope, 'Default', {
    name: document.name,
    associationName: `${environment}-${group}-release`,
    targets: [{ key: `tag:${GROUP_TAG}`, values: [groupTagValue(environment, group)] }],
    maxConcurrency: '1',
    maxErrors: '0',
    waitForSuccessTimeoutSeconds: groupSeconds(graceSeconds, nodes.length),
    dependsOn: ready,
  });
  replaceTriggeredBy(association, members);
  return association;
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
