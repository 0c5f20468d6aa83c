import { type Edits, type Json, load, swap, synthesize } from '../project';
import { type Change, changesBetween, none } from './change';

/** What an edit changes where an environment is monitored, and what monitoring itself changes of nodes. */

/** A host, a pod that is its second replica, and a gateway over both. */
const NODES = `global: { environment: development }
kubernetes: { cluster: mev }
gateway: {}
chains:
  ethereum:
    networks: [sepolia]
    replicas: 2
    nodes: { sepolia-geth-2: { hosting: kubernetes } }
`;
const WITHOUT_LOGS = `${NODES}monitoring:
  grafana_admin_secret: grafana
  receivers: { webhook: { secret: alert-hook } }
`;
const MONITORED = `${WITHOUT_LOGS}  logs: loki\n`;

function stacks(text: string): Readonly<Record<string, Json>> {
  const edits: Edits = {
    'development/overrides.yml': () => text,
    'development/nodes.lock.yml': () => 'nodes: {}\n',
  };
  const { environments } = load(edits);
  return synthesize({ environments: environments.filter(({ name }) => name === 'development') });
}

const PLAIN = stacks(NODES);
const METRICS = stacks(WITHOUT_LOGS);
const BEFORE = stacks(MONITORED);

const changes = (edit: (text: string) => string): Change | undefined =>
  changesBetween(BEFORE, stacks(edit(MONITORED))).development;

const host = 'ethereum-sepolia-geth';
const STACK = 'helm_release.monitoring_kube-prometheus-stack';
/** What is told of each node: to whom to listen, and where to ask. */
const TOLD = [STACK, 'helm_release.rpc-gateway'];

/** Everything that a host with agent and exporter is. */
const hostAddresses = (id: string): string[] => [
  ...['disk-ready', 'disk-used', 'healthy', 'known'].map((name) => `aws_cloudwatch_metric_alarm.${id}_alarms_${name}`),
  `aws_cloudwatch_metric_alarm.${id}_recovery`,
  `aws_ebs_volume.${id}`,
  `aws_iam_instance_profile.${id}_role_profile`,
  `aws_iam_role.${id}_role`,
  `aws_iam_role_policy.${id}_role_policy`,
  `aws_instance.${id}`,
  `aws_route53_record.${id}_dns`,
  ...[
    'agent-composeyml',
    'agent-configalloy',
    'composeyml',
    'healthjson',
    'manifest',
    'nodeenv',
    'system-journaldconf',
  ].map((file) => `aws_s3_object.${id}_release-${file}`),
  `aws_security_group.${id}_firewall`,
  `aws_volume_attachment.${id}_attachment`,
  `aws_vpc_security_group_egress_rule.${id}_firewall_out`,
  ...['geth-http', 'geth-metrics', 'geth-ws', 'health', 'host-metrics', 'lighthouse-metrics'].map(
    (rule) => `aws_vpc_security_group_ingress_rule.${id}_firewall_${rule}`,
  ),
];

const groupAddresses = (group: string): string[] => [
  `aws_ssm_association.${group}`,
  `aws_ssm_document.${group}_document`,
  `terraform_data.${group}_members`,
];

describe('a node added to a monitored environment', () => {
  test('on a host: itself, its group, and what is told of it', () => {
    const hoodi = swap(
      '[sepolia]\n    replicas: 2\n    nodes: { ',
      '[sepolia, hoodi]\n    replicas: 2\n    nodes: { hoodi-geth: { replicas: 1 }, ',
    );
    expect(changes(hoodi)).toEqual({
      ...none,
      created: [...hostAddresses('ethereum-hoodi-geth'), ...groupAddresses('ethereum-hoodi')].sort(),
      changed: TOLD,
    });
  });

  test('in a pod: its release, and what is told of it', () => {
    const third = swap(
      'replicas: 2\n    nodes: { ',
      'replicas: 3\n    nodes: { sepolia-geth-3: { hosting: kubernetes }, ',
    );
    expect(changes(third)).toEqual({
      ...none,
      created: ['helm_release.ethereum-sepolia-geth-3'],
      changed: TOLD,
    });
  });

  test('is listened to, and told of in the outputs', () => {
    const text = swap(
      '[sepolia]',
      '[sepolia, hoodi]',
    )(MONITORED)
      .replace('replicas: 2', 'replicas: 1')
      .replace(/nodes: .*/, 'nodes: { hoodi-geth: { hosting: kubernetes } }');
    const { output, resource } = stacks(text).development;
    expect(Object.keys(output.nodes.value)).toEqual(['ethereum-hoodi-geth', host]);
    const [, stack] =
      Object.entries<Json>(resource.helm_release).find(([name]) => name.startsWith('monitoring_kube')) ?? [];
    expect(stack.values[0]).toContain('chain_info{node=\\"ethereum-hoodi-geth\\"');
    expect(stack.values[0]).not.toContain('ethereum-hoodi-geth.development.chain.internal');
  });
});

test('another version of a client is the release of its nodes alone', () => {
  expect(changes(swap('    replicas: 2', '    replicas: 2\n    version: { geth: v1.17.11 }'))).toEqual({
    ...none,
    changed: [
      `aws_s3_object.${host}_release-composeyml`,
      `aws_s3_object.${host}_release-manifest`,
      'helm_release.ethereum-sepolia-geth-2',
      'terraform_data.ethereum-sepolia_members',
    ],
    replaced: ['aws_ssm_association.ethereum-sepolia'],
  });
});

/** A change of nodes and of what reads them, without what monitoring and the services of the cluster are. */
const ofNodes = ({ created, destroyed, changed, replaced }: Change): Change => {
  const own = (addresses: readonly string[]): string[] =>
    addresses.filter((address) => !/\.(monitoring|cluster-services|cluster)[-_]/.test(address));
  return { created: own(created), destroyed: own(destroyed), changed: own(changed), replaced: own(replaced) };
};

/** The host takes another release, and so does its group. */
const ROLLED = {
  changed: [`aws_s3_object.${host}_release-manifest`, 'terraform_data.ethereum-sepolia_members'],
  replaced: ['aws_ssm_association.ethereum-sepolia'],
};

describe('of nodes', () => {
  test('monitoring changes that they are asked: a port, a line, a rollout, and what pods say', () => {
    expect(ofNodes(changesBetween(PLAIN, METRICS).development ?? none)).toEqual({
      ...none,
      ...ROLLED,
      created: [`aws_vpc_security_group_ingress_rule.${host}_firewall_host-metrics`],
      changed: [
        ...ROLLED.changed,
        `aws_s3_object.${host}_release-nodeenv`,
        'helm_release.ethereum-sepolia-geth-2',
        'helm_release.rpc-gateway',
      ].sort(),
    });
  });

  test('logs change that hosts ship theirs, and of pods nothing', () => {
    expect(ofNodes(changesBetween(METRICS, BEFORE).development ?? none)).toEqual({
      ...none,
      ...ROLLED,
      created: [`aws_s3_object.${host}_release-agent-composeyml`, `aws_s3_object.${host}_release-agent-configalloy`],
    });
  });

  test('who is told, and how long samples are kept, changes nothing', () => {
    const { created, changed } =
      changes((text) =>
        swap('webhook: { secret: alert-hook }', 'slack: { secret: slack, channel: "#a" }')(`${text}  retention: 90d\n`),
      ) ?? none;
    expect([created, changed]).toEqual([
      [],
      ['aws_iam_role_policy.monitoring-secrets_policy', STACK, 'helm_release.monitoring_objects'],
    ]);
  });

  test('what monitoring was goes with it, and the rest is as it was', () => {
    const there = changesBetween(PLAIN, BEFORE).development;
    const back = changesBetween(BEFORE, PLAIN).development;
    expect(back).toEqual({ ...none, ...there, created: [], destroyed: there?.created });
    expect(there?.created).toContain(STACK);
  });
});
