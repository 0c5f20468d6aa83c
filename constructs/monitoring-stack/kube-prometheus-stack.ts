import { TOOLS_IMAGE } from '../chain-node';
import type { Inhibition } from './alerts/inhibitions';
import { AGENTS_NAMESPACE, claim, duration, NAMESPACE, RESTRICTED, resources, type Value, type Values } from './charts';
import { alertmanagerConfig, messageTemplates, type Receivers } from './routing';
import { podMonitors, SCRAPE_SECONDS, scrapeConfigs } from './scrape';
import { clickhouseSecret, GRAFANA_KEYS, grafanaSecret, type Naming, receiverSecrets } from './secrets';
import type { Watch } from './watch';

/** Values of the chart kube-prometheus-stack: Prometheus, Alertmanager, Grafana, and what they need in a cluster. */

/** Groups of rules, as Prometheus reads them below `groups:`. */
export interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly { readonly alert?: string }[] }[];
}

export interface KubePrometheusStackProps {
  readonly environment: string;
  readonly region: string;
  /** What series of this cluster are told apart by, where those of several come together. */
  readonly clusterName: string;
  readonly watch: Watch;
  readonly rules: Rules;
  readonly retention: Retention;
  readonly storageClass?: string;
  readonly receivers: Receivers;
  readonly inhibitions?: readonly Inhibition[];
  readonly grafanaAdminSecret: string;
  readonly naming: Naming;
  readonly replicas: 1 | 2;
  /** Where Grafana finds logs; undefined where it has none. */
  readonly lokiUrl: string | undefined;
  /** Where it finds what is kept of markets and engines; undefined where nothing is. */
  readonly clickhouse?: ClickHouseSource;
}

/** ClickHouse at its HTTP interface, and who reads it. */
export interface ClickHouseSource {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Secret with the password, under this property of it. */
  readonly secret: string;
  readonly property: string;
}

/** How long samples are kept, and on how large a disk; whichever comes first. */
export interface Retention {
  readonly seconds: number;
  readonly sizeGiB: number;
}

/** Name of the release. The chart names its parts after it. */
export const RELEASE = 'kube-prometheus-stack';
/** Service account of Alertmanager, which has the role that may write to a topic. */
export const ALERTMANAGER_ACCOUNT = `${RELEASE}-alertmanager`;
/** In the cluster, from namespaces that are let in. */
export const PROMETHEUS_URL = `http://${RELEASE}-prometheus.${NAMESPACE}.svc.cluster.local:9090`;
export const ALERTMANAGER_URL = `http://${RELEASE}-alertmanager.${NAMESPACE}.svc.cluster.local:9093`;
export const GRAFANA_URL = `http://${RELEASE}-grafana.${NAMESPACE}.svc.cluster.local`;
/** Stable ids of datasources, which panels name. */
export const DATASOURCES = {
  prometheus: 'prometheus',
  alertmanager: 'alertmanager',
  loki: 'loki',
  clickhouse: 'clickhouse',
} as const;

/** Role of Grafana in its namespace, which the chart of this folder brings. */
export const GRAFANA_ROLE = 'grafana-config-maps';
/** By these the sidecar of Grafana knows a dashboard, and its folder. */
export const DASHBOARD_LABEL = 'grafana_dashboard';
export const FOLDER_ANNOTATION = 'grafana_folder';

/** Part of Prometheus' disk that samples may fill: the log of what is not yet written, and compaction, take the rest. */
const DISK_SHARE = 0.8;

/** Memory in MiB: what the cluster's own series take, and those of a node with its host; own estimates, not measured. */
const prometheusMemoryMiB = ({ nodes }: Watch): number => 3072 + 128 * nodes.length;

export function kubePrometheusStackValues(props: KubePrometheusStackProps): Values {
  const { environment } = props;
  return {
    // Helm never upgrades what it finds in crds/; a job of the chart would, from an image that it does not pin. A new version's
    // definitions are applied by hand first.
    crds: { enabled: true, upgradeJob: { enabled: false } },
    // EKS shows none of its control plane, and that of others listens on 127.0.0.1: what cannot be scraped would alert for ever.
    kubeControllerManager: { enabled: false },
    kubeEtcd: { enabled: false },
    kubeProxy: { enabled: false },
    kubeScheduler: { enabled: false },
    defaultRules: {
      additionalRuleLabels: { environment, team: 'platform' },
      rules: {
        etcd: false,
        kubeControllerManager: false,
        kubeProxy: false,
        kubeSchedulerAlerting: false,
        kubeSchedulerRecording: false,
        windows: false,
      },
      disabled: Object.fromEntries(disabledAlerts(props.rules).map((name) => [name, true])),
    },
    additionalPrometheusRulesMap: { 'chain-nodes': { groups: props.rules.groups as unknown as Value } },
    prometheusOperator: {
      resources: resources('50m', 256),
      prometheusConfigReloader: { resources: resources('10m', 64) },
      admissionWebhooks: { patch: { resources: resources('10m', 64) } },
    },
    prometheus: prometheus(props),
    alertmanager: alertmanager(props),
    grafana: grafana(props),
    'kube-state-metrics': { resources: resources('50m', 256) },
    // It sees the machine: its network, its processes and its disks.
    'prometheus-node-exporter': {
      namespaceOverride: AGENTS_NAMESPACE,
      containerSecurityContext: RESTRICTED,
      resources: resources('50m', 96),
      tolerations: [{ operator: 'Exists' }],
    },
  };
}

/** Alerts of the chart that say the same as one of ours, by the name of ours. */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  AlertmanagerFailing: ['AlertmanagerFailedToSendAlerts'],
  AlertmanagerMissing: ['PrometheusNotConnectedToAlertmanagers'],
  ConfigReloadFailed: ['AlertmanagerFailedReload', 'PrometheusBadConfig'],
  JobFailed: ['KubeJobFailed'],
  MachineNotReady: ['KubeNodeNotReady'],
  PersistentVolumeFillingUp: ['KubePersistentVolumeFillingUp'],
  PodCrashLooping: ['KubePodCrashLooping'],
  // The chart's would fire for every node that syncs.
  PodNotReady: ['KubePodNotReady', 'KubeStatefulSetReplicasMismatch', 'KubePdbNotEnoughHealthyPods'],
  PrometheusTargetMissing: ['TargetDown'],
  RulesFailing: ['PrometheusRuleFailures'],
  Watchdog: ['Watchdog'],
};

/** Alerts of the chart that are left out. InfoInhibitor mutes what is info until something else fires; here that is told slowly. */
function disabledAlerts({ groups }: Rules): readonly string[] {
  const names = new Set(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)));
  const replaced = Object.entries(REPLACED).flatMap(([ours, theirs]) => (names.has(ours) ? theirs : []));
  return ['InfoInhibitor', ...replaced];
}

/** One that may be away, once there are two. */
const disruption = (replicas: 1 | 2): Values => (replicas === 2 ? { podDisruptionBudget: { enabled: true } } : {});

function prometheus(props: KubePrometheusStackProps): Values {
  const { environment, clusterName, retention, storageClass, watch, replicas } = props;
  const scraped = scrapeConfigs(watch);
  const services = podMonitors(watch);
  return {
    ...disruption(replicas),
    ...(services.length === 0 ? {} : { additionalPodMonitors: services as unknown as Value }),
    prometheusSpec: {
      // One is enough: what it misses while it is moved is a minute of samples, and the dead man's switch tells when it stays away. Two
      // scrape the same, on two disks.
      replicas,
      podAntiAffinity: replicas === 2 ? 'hard' : 'soft',
      scrapeInterval: `${SCRAPE_SECONDS}s`,
      evaluationInterval: `${SCRAPE_SECONDS}s`,
      externalLabels: { cluster: clusterName, environment },
      retention: duration(retention.seconds),
      // Prometheus counts in powers of two, whatever it calls them.
      retentionSize: `${Math.floor(retention.sizeGiB * 1024 * DISK_SHARE)}MB`,
      storageSpec: { volumeClaimTemplate: { spec: claim(retention.sizeGiB, storageClass) } },
      resources: resources('500m', prometheusMemoryMiB(watch)),
      // Else only what this release made itself is found.
      ruleSelectorNilUsesHelmValues: false,
      serviceMonitorSelectorNilUsesHelmValues: false,
      podMonitorSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
      ...(scraped.length === 0 ? {} : { additionalScrapeConfigs: scraped as unknown as Value }),
    },
  };
}

function alertmanager(props: KubePrometheusStackProps): Values {
  const { storageClass, receivers, naming, replicas } = props;
  const secrets = receiverSecrets(receivers, naming).map(({ name }) => name);
  return {
    ...disruption(replicas),
    serviceAccount: { name: ALERTMANAGER_ACCOUNT },
    config: alertmanagerConfig(props) as unknown as Value,
    templateFiles: messageTemplates(),
    alertmanagerSpec: {
      replicas,
      podAntiAffinity: replicas === 2 ? 'hard' : 'soft',
      // Mounted as files below /etc/alertmanager/secrets.
      secrets,
      // What it has said and what is silenced outlives its pod.
      storage: { volumeClaimTemplate: { spec: claim(2, storageClass) } },
      resources: resources('20m', 128),
    },
  };
}

/** Grafana's own data source of ClickHouse, for Grafana 11.6 and newer (grafana/clickhouse-datasource, tag v4.20.0, src/plugin.json). */
export const CLICKHOUSE_PLUGIN = { id: 'grafana-clickhouse-datasource', version: '4.20.0' } as const;
/** Config map with what puts it there, which the chart of this folder brings. */
export const PLUGIN_SCRIPT = 'grafana-plugin';
/** By it the data source is told the password; no text of Terraform or Helm holds it. */
const CLICKHOUSE_PASSWORD = 'CLICKHOUSE_PASSWORD';

/**
 * The plugin is fetched before Grafana starts and not by Grafana: its own way is off with all that it would fetch beside, and would keep it
 * from starting where the catalogue is away (grafana/grafana, pkg/setting/setting_plugins.go, packaging/docker/run.sh).
 */
function clickhouseSource(source: ClickHouseSource, naming: Naming): Values {
  const { name, key } = clickhouseSecret(source, naming);
  return {
    // Grafana starts without it, too.
    envValueFrom: { [CLICKHOUSE_PASSWORD]: { secretKeyRef: { name, key, optional: true } } },
    extraVolumes: [{ name: PLUGIN_SCRIPT, configMap: { name: PLUGIN_SCRIPT, defaultMode: 0o555 } }],
    extraInitContainers: [
      {
        name: 'clickhouse-plugin',
        image: TOOLS_IMAGE,
        command: ['/script/grafana-plugin.sh'],
        env: [
          { name: 'PLUGIN', value: CLICKHOUSE_PLUGIN.id },
          { name: 'VERSION', value: CLICKHOUSE_PLUGIN.version },
        ],
        securityContext: RESTRICTED,
        resources: resources('10m', 128),
        volumeMounts: [
          { name: PLUGIN_SCRIPT, mountPath: '/script', readOnly: true },
          { name: 'storage', mountPath: '/var/lib/grafana' },
        ],
      },
    ],
  };
}

/** Those beside Prometheus and Alertmanager, which the chart brings. */
function dataSources({ lokiUrl, clickhouse }: KubePrometheusStackProps): readonly Values[] {
  return [
    ...(lokiUrl === undefined
      ? []
      : [{ name: 'Loki', type: 'loki', uid: DATASOURCES.loki, url: lokiUrl, access: 'proxy', editable: false }]),
    ...(clickhouse === undefined
      ? []
      : [
          {
            name: 'ClickHouse',
            type: CLICKHOUSE_PLUGIN.id,
            uid: DATASOURCES.clickhouse,
            access: 'proxy',
            editable: false,
            jsonData: {
              host: clickhouse.host,
              port: clickhouse.port,
              protocol: 'http',
              secure: false,
              username: clickhouse.user,
              defaultDatabase: 'analytics',
            },
            secureJsonData: { password: `$__env{${CLICKHOUSE_PASSWORD}}` },
          },
        ]),
  ];
}

function grafana(props: KubePrometheusStackProps): Values {
  const { grafanaAdminSecret, naming, clickhouse } = props;
  const sources = dataSources(props);
  return {
    admin: { existingSecret: grafanaSecret(grafanaAdminSecret, naming).name, ...GRAFANA_KEYS },
    // Everything in it is code: dashboards, folders and datasources come from config maps, and what somebody saves beside them goes
    // with the pod.
    persistence: { enabled: false },
    plugins: [],
    'grafana.ini': {
      'auth.anonymous': { enabled: false },
      users: { allow_sign_up: false },
      security: { disable_gravatar: true },
      analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
      // Datasources are plugins of the image since 13.2, and Grafana would put the newest of each into their place when it starts (v13.2,
      // pkg/setting/setting_plugins.go). Nobody adds others by hand.
      plugins: { preinstall_disabled: true, plugin_admin_enabled: false },
    },
    resources: resources('100m', 512),
    testFramework: { enabled: false },
    // Its sidecars look into this namespace alone, and at config maps alone: the chart's own role would let it read secrets as well.
    rbac: { namespaced: true, useExistingRole: GRAFANA_ROLE },
    defaultDashboardsEditable: false,
    sidecar: {
      resources: resources('10m', 128),
      dashboards: {
        label: DASHBOARD_LABEL,
        labelValue: '1',
        searchNamespace: NAMESPACE,
        resource: 'configmap',
        folderAnnotation: FOLDER_ANNOTATION,
        // Those of the chart.
        annotations: { [FOLDER_ANNOTATION]: 'Kubernetes' },
        provider: { allowUiUpdates: false, foldersFromFilesStructure: true },
      },
      datasources: {
        searchNamespace: NAMESPACE,
        resource: 'configmap',
        uid: DATASOURCES.prometheus,
        alertmanager: { uid: DATASOURCES.alertmanager },
      },
    },
    ...(clickhouse ? clickhouseSource(clickhouse, naming) : {}),
    ...(sources.length === 0 ? {} : { additionalDataSources: sources }),
  };
}
