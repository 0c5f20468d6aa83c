import { volumeFaults } from '../constructs/chain-node/catalogue';
import { notInCluster } from './cluster-secret';
import type { Path } from './document';
import type { MonitoringSettings, NodeSpec } from './environment';
import type { Layers } from './merge';
import type { Problem } from './problem';
import type { EnvironmentSettings } from './schema/environment';

/** Monitoring of an environment: what is kept, and who is told. */

const DEFAULT_RETENTION_SECONDS = 30 * 86_400;
const DEFAULT_SIZE_GIB = 100;
export const RUNBOOKS = 'docs/runbooks';
/** What its disks are, of whatever size, where EBS is asked for them. */
export const MONITORING_DISK = { type: 'gp3', iops: 3000, throughputMiBps: 125 } as const;

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

type Monitoring = NonNullable<EnvironmentSettings['monitoring']>;

/** Where it stands, what it sees, and whether anybody hears of anything. */
export function checkMonitoring(settings: EnvironmentSettings, layers: Layers, nodes: readonly NodeSpec[]): Problem[] {
  const { monitoring, kubernetes } = settings;
  if (!monitoring) return [];
  const problem =
    (severity: Problem['severity']): Tell =>
    (path, message) => ({ severity, position: layers.position(path), path, message });
  const error = problem('error');
  const onEks = kubernetes?.cluster !== undefined;
  return [
    ...(kubernetes
      ? []
      : [
          error(
            ['monitoring'],
            'runs on Kubernetes, and the environment names no cluster; set kubernetes, or remove it',
          ),
        ]),
    ...checkReceivers(settings, monitoring, error, problem('warning')),
    ...(monitoring.log_size && monitoring.logs === undefined
      ? [error(['monitoring', 'log_size'], 'is for logs, and they go nowhere; set monitoring.logs, or remove it')]
      : []),
    ...(onEks ? checkOnEks(settings, monitoring, nodes, error) : []),
    ...(kubernetes && !onEks ? checkElsewhere(monitoring, nodes, error, problem('warning')) : []),
    ...checkScraped(settings, nodes, problem('warning')),
  ];
}

type Tell = (path: Path, message: string) => Problem;

function checkReceivers(
  { protect, aws, kubernetes }: EnvironmentSettings,
  { receivers = {}, runbooks }: Monitoring,
  error: Tell,
  warning: Tell,
): Problem[] {
  const { dead_mans_switch: deadMansSwitch, ...people } = receivers;
  const topicRegion = receivers.sns?.topic_arn.split(':')[3];
  // Elsewhere than on EKS no topic will do.
  const away = topicRegion !== undefined && topicRegion !== aws.region && kubernetes?.kubeconfig === undefined;
  const told = Object.values(people).some((receiver) => receiver !== undefined);
  return [
    ...(told ? [] : [warning(['monitoring'], 'nobody is told of an alert; set monitoring.receivers')]),
    ...(told && runbooks === undefined
      ? [
          warning(
            ['monitoring'],
            'alerts name the runbooks of this repository, and nobody can follow that as a link; set monitoring.runbooks',
          ),
        ]
      : []),
    ...(told && !protect && !deadMansSwitch
      ? [
          warning(
            ['monitoring'],
            'nothing says when monitoring itself is silent; set monitoring.receivers.dead_mans_switch',
          ),
        ]
      : []),
    ...(protect && !deadMansSwitch
      ? [
          error(
            ['monitoring'],
            'nothing says when monitoring itself is silent, and the environment is protected; set monitoring.receivers.dead_mans_switch',
          ),
        ]
      : []),
    ...(away
      ? [
          error(
            ['monitoring', 'receivers', 'sns', 'topic_arn'],
            `is a topic of ${topicRegion}, and the cluster is in ${aws.region}; name one of that region`,
          ),
        ]
      : []),
  ];
}

function checkOnEks(
  { network, kubernetes }: EnvironmentSettings,
  { size, log_size: logSize, logs }: Monitoring,
  nodes: readonly NodeSpec[],
  error: Tell,
): Problem[] {
  const zone = network?.dns_zone;
  const hosts = nodes.some(({ hosting }) => hosting === 'instance');
  return [
    ...Object.entries({ size, log_size: logSize }).flatMap(([key, given]) =>
      given === undefined || kubernetes?.storage_class !== undefined
        ? []
        : volumeFaults({ ...MONITORING_DISK, sizeGiB: given.value }).map(({ message }) =>
            error(['monitoring', key], message),
          ),
    ),
    ...(logs !== undefined && hosts && zone && 'id' in zone
      ? [
          error(
            ['network', 'dns_zone'],
            'hosts are told the name at which their logs are taken; give the zone by name instead of id',
          ),
        ]
      : []),
  ];
}

/** A cluster that may be anywhere has no roles, reads secrets of its own, and reaches no instance. */
function checkElsewhere(monitoring: Monitoring, nodes: readonly NodeSpec[], error: Tell, warning: Tell): Problem[] {
  const hosts = nodes.filter(({ hosting }) => hosting === 'instance').map(({ id }) => id);
  return [
    ...(monitoring.receivers?.sns
      ? [
          error(
            ['monitoring', 'receivers', 'sns'],
            'a cluster that is not on EKS has no role that may write to a topic; use webhook',
          ),
        ]
      : []),
    ...secretsOf(monitoring).flatMap(([path, secret, holding]) => {
      const odd = notInCluster(secret, holding);
      return odd === undefined ? [] : [error(['monitoring', ...path], odd)];
    }),
    ...(hosts.length > 0
      ? [
          warning(
            ['monitoring'],
            `instances are reached from inside their VPC alone, and the cluster may be anywhere; alarms of CloudWatch alone watch ${hosts.join(', ')}`,
          ),
        ]
      : []),
  ];
}

/** Where each secret is named, its name, and what is in it. */
function secretsOf({
  grafana_admin_secret: admin,
  receivers = {},
}: Monitoring): readonly (readonly [path: Path, secret: string, holding: string])[] {
  const { slack, pagerduty, webhook, dead_mans_switch: deadMansSwitch } = receivers;
  const url = Object.entries({ slack, webhook, dead_mans_switch: deadMansSwitch });
  return [
    [['grafana_admin_secret'], admin, 'admin-user and admin-password'],
    ...url.flatMap(([name, one]) =>
      one ? [[['receivers', name, 'secret'], one.secret, 'the URL as url'] as const] : [],
    ),
    ...(pagerduty ? [[['receivers', 'pagerduty', 'secret'], pagerduty.secret, 'the key as key'] as const] : []),
    ...Object.entries(pagerduty?.teams ?? {}).flatMap(([team, secret]) =>
      secret === undefined ? [] : [[['receivers', 'pagerduty', 'teams', team], secret, 'the key as key'] as const],
    ),
  ];
}

/** What is in pods is found by what it says of itself. */
function checkScraped(
  { kubernetes, gateway, mev }: EnvironmentSettings,
  nodes: readonly NodeSpec[],
  warning: Tell,
): Problem[] {
  const unseen = [
    ...nodes.flatMap(({ hosting, id }) => (hosting === 'kubernetes' ? [id] : [])),
    ...(gateway ? ['the gateway'] : []),
    ...(mev?.data?.enabled ? ['streams and stores'] : []),
  ];
  if (kubernetes?.service_monitors !== false || unseen.length === 0) return [];
  return [
    warning(
      ['kubernetes', 'service_monitors'],
      `false, and monitoring finds what is in pods by them: it sees nothing of ${unseen.join(', ')} and alerts for that; remove it`,
    ),
  ];
}
