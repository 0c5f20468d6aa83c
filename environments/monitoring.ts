import type { Path } from './document';
import type { MonitoringSettings, NodeSpec } from './environment';
import type { Layers } from './merge';
import type { Problem } from './problem';
import type { EnvironmentSettings } from './schema/environment';

/** Monitoring of an environment: what is kept, and who is told. */

const DEFAULT_RETENTION_SECONDS = 30 * 86_400;
const DEFAULT_SIZE_GIB = 100;
const RUNBOOKS = 'docs/runbooks';

/** Undefined where there is none. */
export function planMonitoring({ monitoring }: EnvironmentSettings): MonitoringSettings | undefined {
  if (!monitoring) return undefined;
  const { retention, size, replicas, logs, log_size: logSize, runbooks, receivers = {} } = monitoring;
  const { slack, pagerduty, webhook, sns, dead_mans_switch: deadMansSwitch } = receivers;
  return {
    retention: {
      seconds: retention ? retention.value / 1000 : DEFAULT_RETENTION_SECONDS,
      sizeGiB: size?.value ?? DEFAULT_SIZE_GIB,
    },
    replicas: replicas === 2 ? 2 : 1,
    ...(logs === undefined ? {} : { logs }),
    ...(logSize ? { logSizeGiB: logSize.value } : {}),
    grafanaAdminSecret: monitoring.grafana_admin_secret,
    runbooks: runbooks ?? RUNBOOKS,
    receivers: {
      ...(slack
        ? { slack: { secret: slack.secret, channel: slack.channel, ...given({ channels: slack.channels }) } }
        : {}),
      ...(pagerduty ? { pagerduty: { secret: pagerduty.secret, ...given({ teams: pagerduty.teams }) } } : {}),
      ...(webhook ? { webhook } : {}),
      ...(sns ? { sns: { topicArn: sns.topic_arn } } : {}),
      ...(deadMansSwitch ? { deadMansSwitch } : {}),
    },
  };
}

/** Maps by team without those that say nothing. */
function given<Key extends string>(
  maps: Readonly<Record<Key, Readonly<Record<string, string | undefined>> | undefined>>,
) {
  const known = Object.entries<Readonly<Record<string, string | undefined>> | undefined>(maps).flatMap(([key, map]) =>
    map ? [[key, Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined))] as const] : [],
  );
  return Object.fromEntries(known) as { readonly [One in Key]?: Readonly<Record<string, string>> };
}

/** Where it stands, and whether anybody hears of anything. */
export function checkMonitoring(
  { monitoring, kubernetes, aws, protect, network }: EnvironmentSettings,
  layers: Layers,
  nodes: readonly NodeSpec[],
): Problem[] {
  if (!monitoring) return [];
  const problem = (severity: Problem['severity'], path: Path, message: string): Problem => ({
    severity,
    position: layers.position(path),
    path,
    message,
  });
  const { receivers = {}, logs, log_size: logSize } = monitoring;
  const { dead_mans_switch: deadMansSwitch, sns, ...people } = receivers;
  const told = Object.values({ ...people, sns }).some((receiver) => receiver !== undefined);
  const topicRegion = sns?.topic_arn.split(':')[3];
  const onEks = kubernetes?.cluster !== undefined;
  const hosts = nodes.some(({ hosting }) => hosting === 'instance');
  const zone = network?.dns_zone;
  return [
    ...(kubernetes
      ? []
      : [
          problem(
            'error',
            ['monitoring'],
            'runs on Kubernetes, and the environment names no cluster; set kubernetes, or remove it',
          ),
        ]),
    ...(told ? [] : [problem('warning', ['monitoring'], 'nobody is told of an alert; set monitoring.receivers')]),
    ...(protect && !deadMansSwitch
      ? [
          problem(
            'error',
            ['monitoring'],
            'nothing says when monitoring itself is silent, and the environment is protected; set monitoring.receivers.dead_mans_switch',
          ),
        ]
      : []),
    ...(topicRegion === undefined || topicRegion === aws.region
      ? []
      : [
          problem(
            'error',
            ['monitoring', 'receivers', 'sns', 'topic_arn'],
            `is a topic of ${topicRegion}, and the cluster is in ${aws.region}; name one of that region`,
          ),
        ]),
    ...(sns && kubernetes && !onEks
      ? [
          problem(
            'error',
            ['monitoring', 'receivers', 'sns'],
            'a cluster that is not on EKS has no role that may write to a topic; use webhook',
          ),
        ]
      : []),
    ...(logSize && logs === undefined
      ? [
          problem(
            'error',
            ['monitoring', 'log_size'],
            'is for logs, and they go nowhere; set monitoring.logs, or remove it',
          ),
        ]
      : []),
    ...(logs !== undefined && onEks && hosts && zone && 'id' in zone
      ? [
          problem(
            'error',
            ['network', 'dns_zone'],
            'hosts are told the name at which their logs are taken; give the zone by name instead of id',
          ),
        ]
      : []),
  ];
}
