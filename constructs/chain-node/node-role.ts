import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { ReleaseStore } from '../release-store';
import { backupRoleName } from './backups';
import { METRICS_NAMESPACE } from './node-alarms';

export interface NodeRoleProps {
  /** Name of role and profile; unique in the account. */
  readonly name: string;
  /** The node whose release may be read. */
  readonly node: string;
  /** Whose lease it may take. */
  readonly group: string;
  readonly environment: string;
  readonly region: string;
  readonly releases: ReleaseStore;
  /** Whether it runs programs that the environment builds. */
  readonly fetchesPrograms: boolean;
  /** Whether its identity is kept outside of its disks. */
  readonly keepsIdentity: boolean;
  /** The document that takes its backups, and that it may start. */
  readonly backupDocument?: string;
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

const allow = (actions: readonly string[], resources: readonly string[], rest: object = {}): object => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  ...rest,
});

/** A backup by hand: its own document, which has no inputs, as the role of that document. */
const ownBackup = (document: string, environment: string, region: string): readonly object[] => [
  allow(
    ['ssm:StartAutomationExecution'],
    [
      `arn:aws:ssm:${region}:*:automation-definition/${document}:*`,
      `arn:aws:ssm:${region}:*:document/${document}`,
      `arn:aws:ssm:${region}:*:automation-execution/*`,
    ],
    { Sid: 'OwnBackup' },
  ),
  allow(['iam:PassRole'], [`arn:aws:iam::*:role/${backupRoleName(environment)}`], {
    Sid: 'AsAutomation',
    Condition: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
  }),
];

/**
 * Secrets, and the keys that they may be encrypted with, for nothing else (AWS, Secrets Manager user guide, how it uses KMS,
 * 2026): one under a customer's key needs that key's leave as well.
 */
export function namedSecrets(names: readonly string[], region: string): readonly object[] {
  // AWS appends a dash and six characters to a secret's name.
  const secrets = names.map((name) => `arn:aws:secretsmanager:${region}:*:secret:${name}-??????`);
  return [
    allow(['secretsmanager:GetSecretValue'], secrets, { Sid: 'NamedSecrets' }),
    allow(['kms:Decrypt'], [`arn:aws:kms:${region}:*:key/*`], {
      Sid: 'KeysOfSecrets',
      Condition: {
        StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
        StringLike: { 'kms:EncryptionContext:SecretARN': secrets },
      },
    }),
  ];
}

/** The identity of one node's instance: it is managed, reads its own release, takes the lease of its group, and nothing else. */
export class NodeRole extends Construct {
  readonly profileName: string;
  readonly roleName: string;

  constructor(scope: Construct, id: string, props: NodeRoleProps) {
    super(scope, id);
    const { name, node, group, environment, region, releases, secrets } = props;
    const role = new IamRole(this, 'Default', {
      name,
      description: `Instance of the chain node ${node}`,
      assumeRolePolicy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
      }),
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
          allow(
            ['s3:GetObject'],
            ['host', `nodes/${node}`, ...(props.fetchesPrograms ? ['programs'] : [])].map(
              (folder) => `${releases.bucketArn}/${folder}/*`,
            ),
            { Sid: 'OwnRelease' },
          ),
          allow(['s3:GetObject', 's3:PutObject'], [`${releases.bucketArn}/leases/${group}`], { Sid: 'GroupLease' }),
          ...(releases.kmsKeyArn
            ? [
                allow(['kms:Decrypt', 'kms:GenerateDataKey'], [releases.kmsKeyArn], {
                  Sid: 'BucketKey',
                  Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
                }),
              ]
            : []),
          ...(props.keepsIdentity
            ? [
                allow(
                  ['ssm:GetParameter', 'ssm:PutParameter'],
                  [`arn:aws:ssm:${region}:*:parameter/chain-node/${environment}/${node}/*`],
                  { Sid: 'OwnIdentity' },
                ),
              ]
            : []),
          ...(props.backupDocument === undefined ? [] : ownBackup(props.backupDocument, environment, region)),
          ...(secrets.length > 0 ? namedSecrets(secrets, region) : []),
        ],
      }),
    });
    this.roleName = name;
    this.profileName = new IamInstanceProfile(this, 'profile', { name, role: role.name }).name;
  }
}
