import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { ReleaseStore } from '../release-store';
import { METRICS_NAMESPACE } from './node-alarms';

export interface NodeRoleProps {
  /** Name of role and profile; unique in the account. */
  readonly name: string;
  /** The node whose release may be read. */
  readonly node: string;
  readonly region: string;
  readonly releases: ReleaseStore;
  /** Names of secrets that its processes read. */
  readonly secrets: readonly string[];
}

/**
 * What the agent needs to be managed: AmazonSSMManagedInstanceCore without `ssm:GetParameter`, which would open every
 * parameter of the account. None of these actions can be narrowed to a resource.
 */
const AGENT_ACTIONS: readonly string[] = [
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
  'ssm:DescribeAssociation',
  'ssm:DescribeDocument',
  'ssm:GetDocument',
  'ssm:ListAssociations',
  'ssm:ListInstanceAssociations',
  'ssm:PutComplianceItems',
  'ssm:PutInventory',
  'ssm:UpdateAssociationStatus',
  'ssm:UpdateInstanceAssociationStatus',
  'ssm:UpdateInstanceInformation',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

/** The identity of one node's instance: it is managed, reads its own release, and nothing else. */
export class NodeRole extends Construct {
  readonly profileName: string;

  constructor(scope: Construct, id: string, { name, node, region, releases, secrets }: NodeRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'Default', {
      name,
      description: `Instance of the chain node ${node}`,
      assumeRolePolicy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
      }),
    });
    const allow = (actions: readonly string[], resources: readonly string[], rest: object = {}): object => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...rest,
    });
    new IamRolePolicy(this, 'policy', {
      name: 'chain-node',
      role: role.name,
      policy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          allow(AGENT_ACTIONS, ['*'], { Sid: 'ManagedByAgent' }),
          allow(['cloudwatch:PutMetricData'], ['*'], {
            Sid: 'OwnMetrics',
            Condition: { StringEquals: { 'cloudwatch:namespace': METRICS_NAMESPACE } },
          }),
          allow(['s3:GetObject'], [`${releases.bucketArn}/nodes/${node}/*`, `${releases.bucketArn}/host/*`], {
            Sid: 'OwnRelease',
          }),
          ...(releases.kmsKeyArn
            ? [
                allow(['kms:Decrypt'], [releases.kmsKeyArn], {
                  Sid: 'OwnReleaseKey',
                  Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
                }),
              ]
            : []),
          ...(secrets.length > 0
            ? [
                allow(
                  ['secretsmanager:GetSecretValue'],
                  // AWS appends a dash and six characters to a secret's name.
                  secrets.map((secret) => `arn:aws:secretsmanager:${region}:*:secret:${secret}-??????`),
                  { Sid: 'NamedSecrets' },
                ),
              ]
            : []),
        ],
      }),
    });
    this.profileName = new IamInstanceProfile(this, 'profile', { name, role: role.name }).name;
  }
}
