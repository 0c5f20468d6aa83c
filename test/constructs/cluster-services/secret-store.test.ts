import { TerraformOutput, TerraformStack, Testing } from 'cdktf';
import { Cluster, type ClusterAccess } from '../../../constructs/cluster';
import {
  ClusterServices,
  SecretStoreRole,
  type SecretStoreRoleProps,
  type ServiceName,
} from '../../../constructs/cluster-services';
import { type Json, resources } from '../../project';

type Asked = Omit<SecretStoreRoleProps, 'services'>;
const ENGINES: Asked = { consumer: 'engines', secrets: ['mev/wallet', 'mev/relay'] };
const NODES: Asked = { consumer: 'nodes', secrets: ['nodes/l1'], kmsKeyArn: 'arn:aws:kms:eu-central-1:1:key/k' };

/** The roles of these stores, by their consumer. */
function rolesOf(
  stores: readonly Asked[],
  access: ClusterAccess = { eks: 'main' },
  services: readonly ServiceName[] = ['external-secrets'],
): { readonly all: Readonly<Record<string, Json>>; readonly arns: readonly string[] } {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const cluster = new Cluster(stack, 'cluster', { access });
  const installed = new ClusterServices(stack, 'services', {
    environment: 'test',
    region: 'eu-central-1',
    cluster,
    services,
  });
  for (const asked of stores) {
    const { roleArn } = new SecretStoreRole(stack, asked.consumer, { services: installed, ...asked });
    new TerraformOutput(stack, `${asked.consumer}-arn`, { value: roleArn });
  }
  const { output, ...terraform } = JSON.parse(Testing.synth(stack));
  return { all: resources(terraform), arns: Object.values<Json>(output).map(({ value }) => value) };
}
function one(all: Readonly<Record<string, Json>>, type: string, consumer: string): Json {
  const found = Object.entries(all).filter(([address]) => address.startsWith(`${type}.${consumer}`));
  expect([type, consumer, found.length]).toEqual([type, consumer, 1]);
  return found[0]?.[1];
}
/** Every `"…"` of a policy that names secrets. */
const secretsIn = (policy: string): string[] =>
  [...policy.matchAll(/"arn:aws:secretsmanager:[^"]*:secret:([^"]*)"/g)].map(([, name]) => name ?? '');

describe('the role of a store', () => {
  const { all, arns } = rolesOf([ENGINES, NODES]);
  const policy = (consumer: string): string => one(all, 'aws_iam_role_policy', consumer).policy;

  test('is under the path that the controller may assume', () => {
    expect(one(all, 'aws_iam_role', 'engines')).toMatchObject({
      name: 'test-engines-secrets',
      path: '/test/secret-stores/',
    });
    const controller = one(all, 'aws_iam_role_policy', 'services_external-secrets').policy;
    expect(controller).toMatch(/"arn:aws:iam::\$\{[^}]*\}:role\/test\/secret-stores\/\*"/);
  });

  test('is assumed by the controller alone', () => {
    for (const consumer of ['engines', 'nodes']) {
      const { assume_role_policy: trust } = one(all, 'aws_iam_role', consumer);
      expect(trust).toMatch(/"AWS" = aws_iam_role\.services_external-secrets_role_[0-9A-F]+\.arn/);
      expect(trust.match(/"Effect"/g)).toHaveLength(1);
      expect(trust).not.toContain('"Service"');
    }
  });

  test('reads its own secrets and no others', () => {
    expect(secretsIn(policy('engines'))).toEqual(['mev/wallet-??????', 'mev/relay-??????']);
    expect(secretsIn(policy('nodes'))).toEqual(['nodes/l1-??????']);
    for (const consumer of ['engines', 'nodes']) {
      const actions = [...policy(consumer).matchAll(/"(secretsmanager:[A-Z][A-Za-z*]*)"/g)].map(([, action]) => action);
      expect(actions).toEqual(['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret']);
      expect(policy(consumer)).not.toContain('"*"');
    }
  });

  test('uses a key that is named, by way of Secrets Manager', () => {
    expect(policy('engines')).not.toContain('kms:');
    expect(policy('nodes')).toMatch(
      /"kms:Decrypt".*"arn:aws:kms:eu-central-1:1:key\/k".*"kms:ViaService" = "secretsmanager\.eu-central-1\.amazonaws\.com"/s,
    );
  });

  test('is known by its ARN', () => {
    expect(arns).toEqual(['${aws_iam_role.engines.arn}', '${aws_iam_role.nodes.arn}']);
  });
});

describe('is refused', () => {
  const asking = (change: Partial<Asked>) => () => rolesOf([{ ...ENGINES, ...change }]);

  test('a store without secrets', () => {
    expect(asking({ secrets: [] })).toThrow('engines: a store without secrets has nothing to read; name some');
  });

  test('what is not the name of a secret', () => {
    for (const secret of ['mev/*', 'mev/?', '', 'arn:aws:secretsmanager:eu-central-1:1:secret:x', '${x}']) {
      expect(asking({ secrets: ['mev/wallet', secret] })).toThrow(
        `engines: "${secret}" is not the name of a secret; give its name in Secrets Manager`,
      );
    }
  });

  test('a name that IAM would refuse', () => {
    expect(asking({ consumer: 'x'.repeat(60) })).toThrow('longer than the 64 that IAM allows; shorten the consumer');
  });

  test('a cluster whose external-secrets has no role', () => {
    const why = 'external-secrets has no role in AWS here; install it on a cluster of EKS';
    expect(() => rolesOf([ENGINES], { kubeconfig: 'f', context: 'c' })).toThrow(why);
    expect(() => rolesOf([ENGINES], { eks: 'main' }, ['keda'])).toThrow(why);
  });
});
