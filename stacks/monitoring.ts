import type { TerraformStack } from 'cdktf';
import type { ChainNode, HostWatch } from '../constructs/chain-node';
import { clientsOf } from '../constructs/chain-node/catalogue';
import { SERVICES, SecretStoreRole, type ServiceName } from '../constructs/cluster-services';
import { CLICKHOUSE_HOST, DATA_PORTS, LOGINS } from '../constructs/data-stores';
import { KILL_SWITCH_URL } from '../constructs/kill-switch';
import {
  alertsOf,
  type ClickHouseSource,
  dashboards,
  dataDashboards,
  hostAgentFiles,
  INHIBITIONS,
  MonitoringStack,
  mevDashboards,
  monitoringSecrets,
  renderRules,
  type Watch,
} from '../constructs/monitoring-stack';
import type { Network } from '../constructs/network';
import { longestGapSeconds } from '../environments/cron';
import type { Environment, MonitoringSettings, NodeSpec } from '../environments/environment';
import { MONITORING_DISK } from '../environments/monitoring';
import type { ClusterFoundation } from './cluster-platform';

/** Metrics, alerts, dashboards and logs of everything that an environment has; its nodes in pods wait for it. */
export function monitoringStack(
  stack: TerraformStack,
  environment: Environment,
  settings: MonitoringSettings,
  { cluster, region, services, disks, ready = [] }: ClusterFoundation,
  { network, kmsKeyArn }: { readonly network: Network | undefined; readonly kmsKeyArn?: string },
  nodes: readonly ChainNode[],
): MonitoringStack {
  const { name, alarms, logging, kubernetes } = environment;
  const { logs, logSizeGiB, runbooks, grafanaAdminSecret, retention, replicas } = settings;
  const { mev } = environment;
  const killSwitch = mev ? { killSwitch: { secret: mev.killSwitchSecret, url: KILL_SWITCH_URL } } : {};
  const receivers = { ...settings.receivers, ...killSwitch };
  const onEks = cluster.eksName !== undefined;
  const clickhouse = clickhouseOf(environment);
  // Elsewhere than on EKS the cluster does not reach the VPC of instances.
  const watch = watchOf(
    environment,
    nodes.filter(({ pod }) => pod || onEks),
    services.installed,
  );
  const role = onEks
    ? new SecretStoreRole(stack, 'monitoring-secrets', {
        services,
        consumer: 'monitoring',
        secrets: [...monitoringSecrets(receivers, grafanaAdminSecret, clickhouse)],
      }).roleArn
    : undefined;
  const disk = { ...MONITORING_DISK, sizeGiB: retention.sizeGiB };
  // What protects disks of nodes asks more of a class than samples need.
  const storageClass = onEks ? disks.of(disk) : kubernetes?.storageClass;
  const hostsShip = logs !== undefined && onEks && nodes.some(({ instance }) => instance);
  const monitoring = new MonitoringStack(stack, 'monitoring', {
    environment: name,
    region,
    cluster,
    watch,
    rules: renderRules(alertsOf(watch), { environment: name, runbooks }),
    inhibitions: INHIBITIONS,
    dashboards: [
      ...dashboards({ diskUsedPercent: alarms.diskUsedPercent }),
      ...(mev ? mevDashboards() : []),
      ...(clickhouse ? dataDashboards() : []),
    ],
    ...(mev ? { readers: [SERVICES.keda.namespace] } : {}),
    retention,
    replicas,
    ...(storageClass === undefined ? {} : { storageClass }),
    receivers,
    ...(logs === undefined ? {} : { logs }),
    logRetentionSeconds: logging.retentionSeconds,
    ...(logSizeGiB === undefined ? {} : { logSizeGiB }),
    ...(hostsShip && network
      ? { hostLogs: { sourceRanges: [network.vpcCidr], hostname: logsName(network), zoneId: network.dnsZone.id } }
      : {}),
    ...(kmsKeyArn === undefined ? {} : { logKmsKeyArn: kmsKeyArn }),
    grafanaAdminSecret,
    ...(clickhouse ? { clickhouse } : {}),
    ...(role === undefined ? {} : { secretStoreRoleArn: role }),
    after: [...ready, ...disks.ready(disk)],
  });
  // It brings the kind of object by which pods say where their metrics are.
  for (const { pod } of nodes) pod?.waitFor(monitoring.ready);
  return monitoring;
}

/** What is kept of markets and engines, where it is. */
const clickhouseOf = ({ data }: Environment): ClickHouseSource | undefined =>
  data && {
    host: CLICKHOUSE_HOST,
    port: DATA_PORTS.clickhouse,
    user: LOGINS.storeReader.user,
    secret: data.secret,
    property: LOGINS.storeReader.property,
  };

/** What hosts of nodes are watched with, where it reaches them; their releases are rendered before there is anything to watch them. */
export function hostWatch(
  { name: environment, monitoring, kubernetes }: Environment,
  network: Network,
): HostWatch | undefined {
  // Elsewhere the cluster neither reaches the VPC nor has an address in it.
  if (!monitoring || !kubernetes || !('eks' in kubernetes.access)) return undefined;
  const { logs } = monitoring;
  return {
    agent: (node) => (logs ? hostAgentFiles({ logs, hostname: logsName(network), environment, node }) : {}),
  };
}

const logsName = (network: Network): string => `logs.${network.dnsZone.name}`;

/** The environment as monitoring sees it: its nodes as they are, and what the catalogue and the configuration say of them. */
function watchOf(
  { name, nodes: specs, alarms, backup, gateway }: Environment,
  nodes: readonly ChainNode[],
  services: readonly ServiceName[],
): Watch {
  const gap = backup && longestGapSeconds(backup.schedule);
  return {
    environment: name,
    nodes: nodes.map(({ watched }) => watched),
    services,
    ...(gateway
      ? {
          gateway: {
            rpcTimeoutMs: gateway.rpcTimeoutMs,
            upstreams: gateway.chains.flatMap((chain) => chain.nodes),
          },
        }
      : {}),
    diskUsedPercent: alarms.diskUsedPercent,
    ...(alarms.secretAgeSeconds === undefined ? {} : { secretAgeSeconds: alarms.secretAgeSeconds }),
    diskGrowthGiB: Object.fromEntries(
      specs.flatMap((spec) => growthOf(spec).map((growth) => [spec.id, growth] as const)),
    ),
    snapshots: specs.filter(({ hosting, backup }) => hosting === 'kubernetes' && backup).map(({ id }) => id),
    backups: Object.fromEntries(
      specs.flatMap(({ id, hosting, backup: has }) =>
        hosting === 'instance' && has && gap !== undefined ? [[id, gap] as const] : [],
      ),
    ),
  };
}

/** What the data of all of a node's clients grows by in a month, in GiB; empty where nobody has measured one of them. */
function growthOf(spec: NodeSpec): readonly number[] {
  const { network, nodeType = 'full', blobCustody = 'standard' } = spec;
  const uses = clientsOf(spec).map((client) => client.disk({ network, nodeType, blobCustody }));
  if (uses.some((use) => use === undefined)) return [];
  return [uses.reduce((sum, use) => sum + (use?.growthPerMonth.value ?? 0), 0)];
}
