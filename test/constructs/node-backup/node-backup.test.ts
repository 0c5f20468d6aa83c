import { ChainNode } from '../../../constructs/chain-node';
import { Backups, type BackupsProps, NodeBackup } from '../../../constructs/node-backup';
import type { Json } from '../../project';
import { define, SEPOLIA } from '../platform';

/** An environment with one node that is backed up; its resources by address. */
function backedUp(change: Partial<BackupsProps> = {}, backup: { method: 'stop' } | null = { method: 'stop' }) {
  return define((stack, platform) => {
    const node = new ChainNode(stack, 'ethereum-sepolia-geth', { ...SEPOLIA, platform, ...(backup ? { backup } : {}) });
    const backups = new Backups(stack, 'backups', {
      environment: 'test',
      region: 'eu-central-1',
      schedule: 'cron(30 2 * * ? *)',
      keep: 7,
      alarmTopicArn: 'arn:topic',
      ...change,
    });
    new NodeBackup(backups, 'ethereum-sepolia-geth', {
      backups,
      node: node.instance as never,
      tags: { Project: 'mev', Cost: '${odd}' },
    });
  });
}

const all = backedUp();
const one = (type: string, part: string, from: Readonly<Record<string, Json>> = all): Json => {
  const found = Object.entries(from).filter(([address]) => address.startsWith(`${type}.`) && address.includes(part));
  expect([type, part, found.length]).toEqual([type, part, 1]);
  return found[0]?.[1];
};
/** A document as SSM would have it: what Terraform knows in place of references. */
const document = (content: string): Json => {
  expect(content.length).toBeLessThan(65_536);
  return JSON.parse(
    content
      .replaceAll(/\$\{aws_iam_role\.[^}]*\}/g, 'ROLE')
      .replaceAll(/\$\{aws_instance\.[^}]*\}/g, 'INSTANCE')
      .replaceAll('$${', '${'),
  );
};
const policy = (role: string, from: Readonly<Record<string, Json>> = all): string =>
  one('aws_iam_role_policy', `backups_${role}-policy`, from).policy;

describe('the backup of a node', () => {
  const content = document(one('aws_ssm_document', 'ethereum-sepolia-geth_document').content);
  const steps: Json[] = content.mainSteps;

  test('is a document without inputs, as the role of backups', () => {
    expect(content).toMatchObject({ schemaVersion: '0.3', assumeRole: 'ROLE' });
    expect(content).not.toHaveProperty('parameters');
    expect(one('aws_ssm_document', 'ethereum-sepolia-geth_document').name).toBe('test-ethereum-sepolia-geth-backup');
  });

  test('holds the node, begins its snapshots, lets it go on', () => {
    expect(steps.map(({ name, action }) => [name, action])).toEqual([
      ['hold', 'aws:runCommand'],
      ['snapshot', 'aws:executeScript'],
      ['resume', 'aws:runCommand'],
    ]);
    const [hold, snapshot, resume] = steps;
    const command = (step: Json): string => step.inputs.Parameters.commands.join('\n');
    expect(command(hold)).toBe('/opt/chain-node/current/host/backup.sh --hold {{ automation:EXECUTION_ID }}');
    expect(command(resume)).toBe('/opt/chain-node/current/host/backup.sh --resume {{ automation:EXECUTION_ID }}');
    expect(hold.inputs.InstanceIds).toEqual(['INSTANCE']);
    expect(snapshot.inputs.InputPayload).toEqual({
      region: 'eu-central-1',
      instance: 'INSTANCE',
      execution: '{{ automation:EXECUTION_ID }}',
      output: '{{ hold.Output }}',
      tags: {
        Project: 'mev',
        Cost: '${odd}',
        Environment: 'test',
        ManagedBy: 'backups',
        Name: 'test-ethereum-sepolia-geth',
        Node: 'ethereum-sepolia-geth',
        Chain: 'ethereum',
        Network: 'sepolia',
        Client: 'geth',
        NodeType: 'full',
      },
    });
  });

  test('lets the node go on whatever fails and whoever ends it, and counts as failed then', () => {
    for (const step of steps.slice(0, 2)) {
      expect(step).toMatchObject({ onFailure: 'step:resume', onCancel: 'step:resume', isCritical: true });
    }
    expect(steps[2]).toMatchObject({ isEnd: true, isCritical: true });
  });

  test('waits longer than the lease and the slowest process may take', () => {
    const [hold] = steps;
    // The lease is waited for 2700 seconds, and geth may take 300 to stop.
    expect(Number(hold.inputs.Parameters.executionTimeout[0])).toBeGreaterThan(2700 + 300);
    expect(hold.timeoutSeconds).toBeGreaterThan(Number(hold.inputs.Parameters.executionTimeout[0]));
    // AWS gives a script ten minutes.
    expect(steps[1].timeoutSeconds).toBeLessThanOrEqual(600);
  });

  test('holds no words that SSM would take for its own', () => {
    const words = steps[1].inputs.Script.match(/\{\{[^}]*\}\}/g);
    expect(words).toBeNull();
  });

  test('comes by schedule', () => {
    expect(one('aws_scheduler_schedule', 'ethereum-sepolia-geth_schedule')).toMatchObject({
      schedule_expression: 'cron(30 2 * * ? *)',
      schedule_expression_timezone: 'UTC',
      flexible_time_window: { mode: 'OFF' },
      target: {
        arn: 'arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution',
        input: expect.stringMatching(/^\{"DocumentName":"\$\{aws_ssm_document\.[^}]*\.name\}"\}$/),
        retry_policy: { maximum_event_age_in_seconds: 3600 },
      },
    });
  });

  test('is refused for a node that is not to be backed up', () => {
    expect(() => backedUp({}, null)).toThrow('ethereum-sepolia-geth: no backups may be taken of it; give it backup');
  });
});

describe('the upkeep', () => {
  test('keeps as many as configured', () => {
    const { mainSteps } = document(one('aws_ssm_document', 'backups_upkeep').content);
    expect(mainSteps[0].inputs).toMatchObject({
      Handler: 'upkeep',
      InputPayload: { region: 'eu-central-1', environment: 'test', keep: 7 },
    });
    expect(mainSteps[0].inputs.InputPayload).not.toHaveProperty('copyRegion');
    expect(one('aws_scheduler_schedule', 'upkeep-schedule').schedule_expression).toBe('rate(1 hour)');
  });

  test('copies to where it is told, with the key that is named', () => {
    const copying = backedUp({ copy: { region: 'eu-west-1', kmsKey: 'alias/k' } });
    const { mainSteps } = document(one('aws_ssm_document', 'backups_upkeep', copying).content);
    expect(mainSteps[0].inputs.InputPayload).toMatchObject({ copyRegion: 'eu-west-1', copyKey: 'alias/k' });
    expect(policy('automation', copying)).toContain('"ec2.eu-west-1.amazonaws.com"');
    expect(policy('automation')).not.toContain('kms:');
  });
});

describe('what is allowed', () => {
  test('to the automations: hosts and disks of this environment, and snapshots that are backups', () => {
    const text = policy('automation');
    expect(text).toMatch(/"ssm:SendCommand".*"ssm:resourceTag\/Environment" = "test"/s);
    expect(text).toMatch(
      /"ec2:DeleteSnapshot".*"aws:ResourceTag\/Environment" = "test".*"aws:ResourceTag\/BackupSet" = "false"/s,
    );
  });

  test('to the schedules: automations of this environment, as that role', () => {
    expect(policy('scheduler')).toMatch(/automation-definition\/test-\*/);
    expect(policy('scheduler')).toMatch(/"iam:PassedToService" = "ssm\.amazonaws\.com"/);
  });

  test('on behalf of no other account', () => {
    for (const role of ['automation', 'scheduler']) {
      expect(one('aws_iam_role', `backups_${role}-role`).assume_role_policy).toContain(
        '"aws:SourceAccount" = data.aws_caller',
      );
    }
  });

  test('to the node itself: its own document', () => {
    const text = one('aws_iam_role_policy', 'ethereum-sepolia-geth_role_policy').policy;
    expect(text).toContain('automation-definition/test-ethereum-sepolia-geth-backup:*');
    expect(text).toContain('arn:aws:iam::*:role/test-backups');
  });
});

describe('an alarm comes', () => {
  const pattern = (part: string): Json => JSON.parse(one('aws_cloudwatch_event_rule', part).event_pattern);

  test('when an automation of this environment does not succeed', () => {
    expect(pattern('backup-failed')).toEqual({
      source: ['aws.ssm'],
      'detail-type': ['EC2 Automation Execution Status-change Notification'],
      detail: { Definition: [{ prefix: 'test-' }], Status: ['Failed', 'TimedOut', 'Cancelled', 'Canceled'] },
    });
  });

  test('of nothing that is not of this environment', () => {
    const rules = Object.entries(all).filter(([address]) => address.startsWith('aws_cloudwatch_event_rule.'));
    expect(rules.length).toBeGreaterThan(0);
    for (const [, { event_pattern: text }] of rules) expect(text).toContain('"test-');
  });

  test('to the topic of the environment', () => {
    const targets = Object.entries(all).filter(([address]) => address.startsWith('aws_cloudwatch_event_target.'));
    expect(targets.map(([, { arn }]) => arn)).toEqual(['arn:topic']);
  });

  test('when the schedule cannot start one', () => {
    expect(one('aws_cloudwatch_metric_alarm', 'backup-not-started')).toMatchObject({
      namespace: 'AWS/Scheduler',
      metric_name: 'InvocationDroppedCount',
      alarm_actions: ['arn:topic'],
    });
  });
});

test('instance store has no snapshots, and is refused', () => {
  const node = (props: object) => () =>
    define((stack, platform) => {
      new ChainNode(stack, 'n', {
        ...SEPOLIA,
        storage: 'instance-store',
        instanceType: 'i8g.2xlarge',
        platform,
        ...props,
      });
    });
  expect(node({ backup: { method: 'stop' } })).toThrow('n: instance store has no snapshots; remove backup');
});
