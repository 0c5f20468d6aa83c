import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';

/** Namespace of the metrics that a host sends about its node; its role may write to no other. */
export const METRICS_NAMESPACE = 'ChainNode';

export interface NodeAlarmsProps {
  /** The node, unique in the account. */
  readonly name: string;
  readonly topicArn: string;
  /** How full its data disk may be, in percent. */
  readonly diskUsedPercent: number;
}

interface Alarm {
  readonly metricName: string;
  readonly minutes: number;
  readonly description: string;
  /** Rings below, or above, this for all of these minutes. */
  readonly threshold: number;
  readonly comparisonOperator: 'LessThanThreshold' | 'GreaterThanThreshold';
  /** A host that reports nothing rings as not known, and with nothing else. What is said only once stays until the contrary is. */
  readonly silence: 'breaching' | 'notBreaching' | 'ignore';
}

/** Watches a node by what its host reports each minute, so that an environment without a cluster is watched too. */
export class NodeAlarms extends Construct {
  constructor(scope: Construct, id: string, { name, topicArn, diskUsedPercent }: NodeAlarmsProps) {
    super(scope, id);
    const isOne = { threshold: 1, comparisonOperator: 'LessThanThreshold' } as const;
    const alarms: Readonly<Record<string, Alarm>> = {
      known: {
        metricName: 'HealthKnown',
        minutes: 5,
        description: `Nobody knows how ${name} is: its host reports nothing, or a client does not answer.`,
        ...isOne,
        silence: 'breaching',
      },
      healthy: {
        metricName: 'Healthy',
        minutes: 15,
        description: `${name} does not follow its chain. Expected while it syncs for the first time.`,
        ...isOne,
        silence: 'breaching',
      },
      'disk-ready': {
        metricName: 'DiskReady',
        minutes: 1,
        description: `${name} has not the disk that it should have; nothing was written to the one that it has. Its journal and console say what was found.`,
        ...isOne,
        silence: 'ignore',
      },
      'disk-used': {
        metricName: 'DiskUsedPercent',
        minutes: 15,
        description: `The data disk of ${name} is more than ${diskUsedPercent} % full. Grow it before it is full: databases break then.`,
        threshold: diskUsedPercent,
        comparisonOperator: 'GreaterThanThreshold',
        silence: 'notBreaching',
      },
    };
    for (const [what, alarm] of Object.entries(alarms)) {
      new CloudwatchMetricAlarm(this, what, {
        alarmName: `${name}-${what}`,
        alarmDescription: alarm.description,
        namespace: METRICS_NAMESPACE,
        metricName: alarm.metricName,
        dimensions: { Node: name },
        statistic: 'Maximum',
        period: 60,
        evaluationPeriods: alarm.minutes,
        threshold: alarm.threshold,
        comparisonOperator: alarm.comparisonOperator,
        treatMissingData: alarm.silence,
        alarmActions: [topicArn],
        okActions: [topicArn],
      });
    }
  }
}
