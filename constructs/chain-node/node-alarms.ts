import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';

/** Namespace of the metrics that a host sends about its node; its role may write to no other. */
export const METRICS_NAMESPACE = 'ChainNode';

export interface NodeAlarmsProps {
  /** The node, unique in the account. */
  readonly name: string;
  readonly topicArn: string;
}

/** Watches a node by what its host reports each minute, so that an environment without a cluster is watched too. */
export class NodeAlarms extends Construct {
  constructor(scope: Construct, id: string, { name, topicArn }: NodeAlarmsProps) {
    super(scope, id);
    const alarm = (what: string, metricName: string, minutes: number, alarmDescription: string): void => {
      new CloudwatchMetricAlarm(this, what, {
        alarmName: `${name}-${what}`,
        alarmDescription,
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensions: { Node: name },
        statistic: 'Maximum',
        period: 60,
        evaluationPeriods: minutes,
        threshold: 1,
        comparisonOperator: 'LessThanThreshold',
        // A host that reports nothing is not known to be well.
        treatMissingData: 'breaching',
        alarmActions: [topicArn],
        okActions: [topicArn],
      });
    };
    alarm(
      'known',
      'HealthKnown',
      5,
      `Nobody knows how ${name} is: its host reports nothing, or a client does not answer.`,
    );
    alarm('healthy', 'Healthy', 15, `${name} does not follow its chain. Expected while it syncs for the first time.`);
  }
}
