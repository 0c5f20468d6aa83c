import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { SchedulerScheduleGroup } from '@cdktf/provider-aws/lib/scheduler-schedule-group';
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { BACKUP_SET_TAG, backupRoleName, type InstanceNode } from '../chain-node';
import { literal } from '../terraform';
import { backupDocument, upkeepDocument } from './documents';

export interface BackupsProps {
  /** Name of the environment; part of names that are unique in an account. */
  readonly environment: string;
  readonly region: string;
  /** When backups are taken: `cron(…)` or `rate(…)` of EventBridge Scheduler, in UTC. */
  readonly schedule: string;
  /** How many complete backups of each node are kept. */
  readonly keep: number;
  /**
   * Another region that the newest backup of each node is copied to, and the KMS key of the copies there (an alias, an id or
   * an ARN; the AWS-managed one when not given).
   *
   * @default - no copies
   */
  readonly copy?: { readonly region: string; readonly kmsKey?: string };
  /** ARN of the topic that is told of every backup that failed. */
  readonly alarmTopicArn: string;
}

const START_EXECUTION = 'arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution';
/** Older than this, the start of a backup is not made up for: the next one is not far. */
const LATEST_START_SECONDS = 3600;

/**
 * What the backups of an environment share: the role of their automations, the role that starts them by schedule, the upkeep
 * that runs every hour, and the alarms.
 *
 * An alarm comes when an execution fails, times out or is cancelled, within the hour when a set of snapshots that was begun fails,
 * and when the scheduler cannot start one.
 */
export class Backups extends Construct {
  readonly roleArn: string;
  readonly #schedulerArn: string;
  readonly #group: SchedulerScheduleGroup;

  constructor(
    scope: Construct,
    id: string,
    readonly props: BackupsProps,
  ) {
    super(scope, id);
    const { environment, region, keep, copy } = props;
    const account = new DataAwsCallerIdentity(this, 'account', {}).accountId;
    const role = this.#role(backupRoleName(environment), 'automation', 'ssm.amazonaws.com', account, [
      ...onHosts(environment, region),
      ...inEc2(environment),
      ...(copy ? withKeys(region, copy.region) : []),
    ]);
    this.roleArn = role.arn;
    // Only documents of this environment, and only as that role.
    const scheduler = this.#role(`${environment}-backup-schedules`, 'scheduler', 'scheduler.amazonaws.com', account, [
      {
        Sid: 'Start',
        Effect: 'Allow',
        Action: ['ssm:StartAutomationExecution'],
        Resource: [
          `arn:aws:ssm:${region}:${account}:automation-definition/${environment}-*`,
          `arn:aws:ssm:${region}:${account}:document/${environment}-*`,
          `arn:aws:ssm:${region}:${account}:automation-execution/*`,
        ],
      },
      {
        Sid: 'AsAutomation',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: [role.arn],
        Condition: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      },
    ]);
    this.#schedulerArn = scheduler.arn;
    this.#group = new SchedulerScheduleGroup(this, 'schedules', { name: `${environment}-backups` });

    const upkeep = new SsmDocument(this, 'upkeep', {
      name: `${environment}-backup-upkeep`,
      documentType: 'Automation',
      documentFormat: 'JSON',
      content: contentOf(upkeepDocument, { environment, region, keep, ...(copy ? { copy } : {}) }, role.arn),
    });
    this.schedule(this, 'upkeep-schedule', upkeep.name, 'rate(1 hour)');
    this.#alarms();
  }

  /** Starts an automation by schedule. */
  schedule(scope: Construct, id: string, document: string, expression: string): void {
    new SchedulerSchedule(scope, id, {
      name: document,
      groupName: this.#group.name,
      scheduleExpression: expression,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: START_EXECUTION,
        roleArn: this.#schedulerArn,
        input: `{"DocumentName":"${document}"}`,
        retryPolicy: { maximumEventAgeInSeconds: LATEST_START_SECONDS, maximumRetryAttempts: 5 },
      },
    });
  }

  #role(name: string, id: string, service: string, account: string, statements: readonly object[]): IamRole {
    const role = new IamRole(this, `${id}-role`, {
      name,
      description: `Backups of the chain nodes of ${this.props.environment}`,
      assumeRolePolicy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: service },
            // On behalf of no other account.
            Condition: { StringEquals: { 'aws:SourceAccount': account } },
          },
        ],
      }),
    });
    new IamRolePolicy(this, `${id}-policy`, {
      name: 'backups',
      role: role.name,
      policy: Fn.jsonencode({ Version: '2012-10-17', Statement: statements }),
    });
    return role;
  }

  #alarms(): void {
    const { environment, alarmTopicArn } = this.props;
    // Snapshots that were begun and fail are found by the upkeep, which fails then: their own event does not say of which
    // environment they are, and an account may hold several.
    const { name } = new CloudwatchEventRule(this, 'backup-failed', {
      name: `${environment}-backup-failed`,
      description: `An automation of the backups of ${environment} did not succeed`,
      eventPattern: JSON.stringify({
        source: ['aws.ssm'],
        'detail-type': ['EC2 Automation Execution Status-change Notification'],
        // Both spellings are seen.
        detail: {
          Definition: [{ prefix: `${environment}-` }],
          Status: ['Failed', 'TimedOut', 'Cancelled', 'Canceled'],
        },
      }),
    });
    new CloudwatchEventTarget(this, 'backup-failed-target', { rule: name, targetId: 'alarms', arn: alarmTopicArn });
    new CloudwatchMetricAlarm(this, 'backup-not-started', {
      alarmName: `${environment}-backup-not-started`,
      alarmDescription: `The schedules of the backups of ${environment} could not start an automation; see that its role may.`,
      namespace: 'AWS/Scheduler',
      metricName: 'InvocationDroppedCount',
      dimensions: { ScheduleGroup: this.#group.name },
      statistic: 'Sum',
      period: 300,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [alarmTopicArn],
    });
  }
}

export interface NodeBackupProps {
  readonly backups: Backups;
  /** A node that says how it is held (`backup`). */
  readonly node: InstanceNode;
  /** Tags of its snapshots beside those that say what they are of. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Backups of one node, by the schedule of its environment: the document that takes one, and its schedule. The document has no
 * inputs, so that the node's own host may be allowed to start it. Throws when the node may not be backed up.
 */
export class NodeBackup extends Construct {
  constructor(scope: Construct, id: string, { backups, node, tags }: NodeBackupProps) {
    super(scope, id);
    const { environment, region, schedule } = backups.props;
    const { backupDocument: name, instanceId, stopGraceSeconds, chainTags } = node;
    if (name === undefined) throw new Error(`${node.nodeId}: no backups may be taken of it; give it backup`);
    const document = new SsmDocument(this, 'document', {
      name,
      documentType: 'Automation',
      documentFormat: 'JSON',
      content: contentOf(
        (known) => backupDocument({ ...known, instanceId: INSTANCE }),
        {
          region,
          node: node.nodeId,
          tags: {
            ...tags,
            Environment: environment,
            ManagedBy: 'backups',
            Name: `${environment}-${node.nodeId}`,
            Node: node.nodeId,
            ...chainTags,
          },
          stopGraceSeconds,
        },
        backups.roleArn,
        instanceId,
      ),
    });
    backups.schedule(this, 'schedule', document.name, schedule);
  }
}

/** Stand in for what only Terraform knows while the rest of a document is made literal. */
const ROLE = '<role>';
const INSTANCE = '<instance>';

function contentOf<T>(
  render: (props: T & { readonly roleArn: string }) => object,
  props: T,
  roleArn: string,
  instanceId = '',
): string {
  return literal(JSON.stringify(render({ ...props, roleArn: ROLE }), null, 2))
    .replaceAll(ROLE, () => roleArn)
    .replaceAll(INSTANCE, () => instanceId);
}

/** Commands on the hosts of this environment, and on no others. */
const onHosts = (environment: string, region: string): readonly object[] => [
  {
    Sid: 'Script',
    Effect: 'Allow',
    Action: ['ssm:SendCommand'],
    Resource: [`arn:aws:ssm:${region}::document/AWS-RunShellScript`],
  },
  {
    Sid: 'Hosts',
    Effect: 'Allow',
    Action: ['ssm:SendCommand'],
    Resource: [`arn:aws:ec2:${region}:*:instance/*`],
    Condition: { StringEquals: { 'ssm:resourceTag/Environment': environment } },
  },
  {
    Sid: 'Follow',
    Effect: 'Allow',
    // None of these can be narrowed.
    Action: [
      'ssm:ListCommands',
      'ssm:ListCommandInvocations',
      'ssm:DescribeInstanceInformation',
      'ec2:DescribeSnapshots',
    ],
    Resource: ['*'],
  },
];

/** Snapshots of this environment's disks, and of nothing else (AWS, service authorization reference, Amazon EC2, 2026). */
const inEc2 = (environment: string): readonly object[] => [
  {
    Sid: 'Disks',
    Effect: 'Allow',
    Action: ['ec2:CreateSnapshots'],
    Resource: ['arn:aws:ec2:*:*:instance/*', 'arn:aws:ec2:*:*:volume/*'],
    Condition: { StringEquals: { 'aws:ResourceTag/Environment': environment } },
  },
  {
    Sid: 'Snapshots',
    Effect: 'Allow',
    Action: ['ec2:CreateSnapshots', 'ec2:CopySnapshot'],
    Resource: ['arn:aws:ec2:*::snapshot/*'],
  },
  {
    Sid: 'Tags',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: ['arn:aws:ec2:*::snapshot/*'],
    Condition: { StringEquals: { 'ec2:CreateAction': ['CreateSnapshots', 'CopySnapshot'] } },
  },
  {
    Sid: 'Retention',
    Effect: 'Allow',
    Action: ['ec2:DeleteSnapshot'],
    Resource: ['arn:aws:ec2:*::snapshot/*'],
    Condition: {
      StringEquals: { 'aws:ResourceTag/Environment': environment },
      Null: { [`aws:ResourceTag/${BACKUP_SET_TAG}`]: 'false' },
    },
  },
];

/** Keys of copies, wherever they are named from, by way of EC2 alone. */
const withKeys = (...regions: readonly string[]): readonly object[] => [
  {
    Sid: 'Keys',
    Effect: 'Allow',
    Action: [
      'kms:CreateGrant',
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    Resource: ['*'],
    Condition: { StringEquals: { 'kms:ViaService': regions.map((region) => `ec2.${region}.amazonaws.com`) } },
  },
];
