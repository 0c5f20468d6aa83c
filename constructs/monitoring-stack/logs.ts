import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AGENTS_NAMESPACE,
  claim,
  duration,
  ELASTIC_VERSION,
  NAMESPACE,
  RESTRICTED,
  resources,
  type Value,
  type Values,
} from './charts';

/** Where logs are kept, and what ships them there: values of the charts, as plain data. */

/** Loki, found by labels and read in Grafana; or Elasticsearch, found by words and read in Kibana. */
export type LogStore = 'loki' | 'elasticsearch';

/** What the receivers of logs of hosts listen on; a load balancer inside the VPC passes it on. */
export const RECEIVER_PORTS: Readonly<Record<LogStore, number>> = { loki: 3100, elasticsearch: 5044 };

/** Labels of the pods that take logs of hosts: those of the chart alloy, and of ECK (pkg/controller/logstash/labels). */
export const RECEIVER_LABELS: Readonly<Record<LogStore, Readonly<Record<string, string>>>> = {
  loki: { 'app.kubernetes.io/name': 'alloy', 'app.kubernetes.io/instance': 'log-receiver' },
  elasticsearch: { 'common.k8s.elastic.co/type': 'logstash', 'logstash.k8s.elastic.co/name': 'logstash' },
};

/** Service account of Loki, which has the role that may use its bucket. */
export const LOKI_ACCOUNT = 'loki';
export const LOKI_URL = `http://loki.${NAMESPACE}.svc.cluster.local:3100`;

/** Loki keeps at least a day (Loki, retention: `retention_period` of 24h and more). */
const LOKI_LEAST_SECONDS = 86_400;

/** Seconds that Loki keeps logs. */
export const lokiRetentionSeconds = (seconds: number): number => Math.max(seconds, LOKI_LEAST_SECONDS);

export interface LokiProps {
  readonly retentionSeconds: number;
  /** The bucket that chunks and index lie in; on the disk when not given. */
  readonly bucket?: { readonly name: string; readonly region: string };
  /** GiB of disk: of everything, or, beside a bucket, of what is not yet there. */
  readonly sizeGiB: number;
  readonly storageClass?: string;
}

/** Day from which Loki writes by this schema; before the first entry of any environment, and never changed. */
const SCHEMA_FROM = '2024-04-01';

/** One Loki that does everything: a part of a day's logs of tens of nodes, not more (Loki, deployment modes: monolithic). */
export function lokiValues({ retentionSeconds, bucket, sizeGiB, storageClass }: LokiProps): Values {
  const objects = bucket ? 's3' : 'filesystem';
  return {
    deploymentMode: 'Monolithic',
    loki: {
      // One tenant. Who may reach it is the network policy's business.
      auth_enabled: false,
      commonConfig: { replication_factor: 1 },
      storage: {
        type: objects,
        ...(bucket
          ? { bucketNames: { chunks: bucket.name, ruler: bucket.name }, s3: { region: bucket.region } }
          : { bucketNames: { chunks: 'chunks', ruler: 'ruler' } }),
      },
      schemaConfig: {
        configs: [
          {
            from: SCHEMA_FROM,
            store: 'tsdb',
            object_store: objects,
            schema: 'v13',
            index: { prefix: 'loki_index_', period: '24h' },
          },
        ],
      },
      compactor: { retention_enabled: true, delete_request_store: objects },
      limits_config: { retention_period: `${Math.ceil(lokiRetentionSeconds(retentionSeconds) / 3600)}h` },
      analytics: { reporting_enabled: false },
    },
    singleBinary: {
      replicas: 1,
      resources: resources('200m', 2048),
      persistence: { size: `${sizeGiB}Gi`, ...(storageClass === undefined ? {} : { storageClass }) },
    },
    serviceAccount: { name: LOKI_ACCOUNT },
    // The parts of other modes.
    backend: { replicas: 0 },
    read: { replicas: 0 },
    write: { replicas: 0 },
    gateway: { enabled: false },
    // Caches of half a gigabyte and more; the disk's own will do.
    chunksCache: { enabled: false },
    resultsCache: { enabled: false },
    // It would read every config map and secret of the cluster for rules of its own, of which there are none.
    sidecar: { rules: { enabled: false } },
    rbac: { namespaced: true },
    // Its image moves, and the test wants the canary.
    test: { enabled: false },
    lokiCanary: { enabled: false },
    monitoring: { serviceMonitor: { enabled: true } },
  };
}

const agent = (file: string): string => readFileSync(join(__dirname, 'agents', file), 'utf8');

/** What both uses of the chart have alike. Its configuration is run through Go's templates, so it holds no `{{`. */
function alloyValues(environment: string, file: string): Values {
  return {
    crds: { create: false },
    // A changed configuration is another pod.
    configReloader: { enabled: false },
    alloy: {
      configMap: { content: agent(file) },
      enableReporting: false,
      storagePath: '/var/lib/alloy',
      extraEnv: [
        { name: 'LOKI_URL', value: `${LOKI_URL}/loki/api/v1/push` },
        { name: 'ENVIRONMENT', value: environment },
      ],
    },
    serviceMonitor: { enabled: true },
  };
}

const merged = (one: Values, other: Values): Values => ({
  ...one,
  ...Object.fromEntries(
    Object.entries(other).map(([key, value]) => {
      const known = one[key];
      return [key, isMap(known) && isMap(value) ? { ...known, ...value } : value];
    }),
  ),
});

const isMap = (value: Value | undefined): value is Values => typeof value === 'object' && !Array.isArray(value);

/**
 * Reads the logs of every pod of every machine: files of root's below /var/log, and where it is in them, which it keeps on the
 * machine so that a new pod of its own goes on from there. Root without any capability.
 */
export const podLogsValues = (environment: string): Values =>
  merged(alloyValues(environment, 'pods.alloy'), {
    alloy: {
      mounts: { varlog: true, extra: [{ name: 'positions', mountPath: '/var/lib/alloy' }] },
      securityContext: { ...RESTRICTED, runAsUser: 0, runAsGroup: 0 },
      resources: resources('100m', 256),
    },
    controller: {
      type: 'daemonset',
      tolerations: [{ operator: 'Exists' }],
      volumes: {
        extra: [{ name: 'positions', hostPath: { path: '/var/lib/alloy', type: 'DirectoryOrCreate' } }],
      },
    },
    // Which pods there are, and nothing else. The chart writes two lists one after the other, and neither may be empty.
    rbac: {
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      clusterRules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }],
    },
  });

/** User of the image grafana/alloy (Dockerfile). */
const ALLOY_USER = 473;

/** Takes the logs of hosts. Two, so that hosts reach one while the other is moved. */
export const logReceiverValues = (environment: string): Values =>
  merged(alloyValues(environment, 'receiver.alloy'), {
    alloy: {
      mounts: { extra: [{ name: 'storage', mountPath: '/var/lib/alloy' }] },
      securityContext: RESTRICTED,
      extraPorts: [{ name: 'loki', port: RECEIVER_PORTS.loki, targetPort: RECEIVER_PORTS.loki, protocol: 'TCP' }],
      resources: resources('50m', 256),
    },
    global: {
      podSecurityContext: { runAsNonRoot: true, runAsUser: ALLOY_USER, runAsGroup: ALLOY_USER, fsGroup: ALLOY_USER },
    },
    controller: {
      type: 'deployment',
      replicas: 2,
      podDisruptionBudget: { enabled: true, minAvailable: 1 },
      volumes: { extra: [{ name: 'storage', emptyDir: {} }] },
    },
    rbac: { create: false },
    serviceAccount: { automountServiceAccountToken: false },
  });

/** Namespace of the operator of Elasticsearch. */
export const ECK_NAMESPACE = 'eck-operator';
/** Names of the objects that ECK makes others from. */
export const ELASTICSEARCH = 'elasticsearch';
const KIBANA = 'kibana';
const LOGSTASH = 'logstash';
/** Service that ECK makes of `services[].name` (pkg/apis/logstash/v1alpha1/name.go): `<name>-ls-<service>`. */
export const BEATS_ADDRESS = `${LOGSTASH}-ls-beats.${NAMESPACE}.svc.cluster.local:${RECEIVER_PORTS.elasticsearch}`;

/** The operator, which may do what it does in the namespaces of monitoring, and nothing in the cluster's others. */
export const eckOperatorValues = (): Values => ({
  managedNamespaces: [NAMESPACE, AGENTS_NAMESPACE],
  createClusterScopedResources: false,
  // These two are of the whole cluster.
  webhook: { enabled: false },
  config: {
    validateStorageClass: false,
    // Found out by asking the cluster else; every cluster here enforces pod security.
    setDefaultSecurityContext: 'true',
  },
  telemetry: { disabled: true },
  podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  resources: resources('100m', 512),
});

export interface ElasticsearchProps {
  readonly environment: string;
  readonly nodes: 1 | 3;
  /** GiB of disk of each of its nodes. */
  readonly sizeGiB: number;
  readonly storageClass?: string;
}

/** ECK sets what `restricted` asks for, but for this (v3.5.0, pkg/controller/{kibana,logstash}). User 1000 is that of the images. */
const ELASTIC_POD: Values = {
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 1000,
  fsGroup: 1000,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Logstash writes its configuration beside itself, so its files are its own. */
const LOGSTASH_CONTAINER: Values = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
};

const NOT_ASKED_FOR: readonly string[] = [
  'eck-agent',
  'eck-apm-server',
  'eck-autoops-agent-policy',
  'eck-enterprise-search',
  'eck-fleet-server',
  'eck-package-registry',
];
const off = (parts: readonly string[]): Values => Object.fromEntries(parts.map((part) => [part, { enabled: false }]));

/** Elasticsearch, Kibana and Logstash. */
export function elasticStackValues({ environment, nodes, sizeGiB, storageClass }: ElasticsearchProps): Values {
  return {
    ...off([...NOT_ASKED_FOR, 'eck-beats']),
    'eck-elasticsearch': {
      enabled: true,
      fullnameOverride: ELASTICSEARCH,
      version: ELASTIC_VERSION,
      // Its disks stay when it is removed.
      volumeClaimDeletePolicy: 'DeleteOnScaledownOnly',
      nodeSets: [
        {
          name: 'default',
          count: nodes,
          // Else the kernel's limit of maps would have to be raised, which takes a privileged container.
          config: { 'node.store.allow_mmap': false },
          podTemplate: { spec: { containers: [{ name: 'elasticsearch', resources: resources('500m', 4096) }] } },
          volumeClaimTemplates: [{ metadata: { name: 'elasticsearch-data' }, spec: claim(sizeGiB, storageClass) }],
        },
      ],
    },
    'eck-kibana': {
      enabled: true,
      fullnameOverride: KIBANA,
      version: ELASTIC_VERSION,
      count: 1,
      elasticsearchRef: { name: ELASTICSEARCH },
      config: { 'telemetry.optIn': false, 'telemetry.allowChangingOptInStatus': false },
      podTemplate: {
        spec: { securityContext: ELASTIC_POD, containers: [{ name: 'kibana', resources: resources('200m', 1536) }] },
      },
    },
    'eck-logstash': {
      enabled: true,
      fullnameOverride: LOGSTASH,
      version: ELASTIC_VERSION,
      count: nodes === 3 ? 2 : 1,
      elasticsearchRefs: [{ name: ELASTICSEARCH, clusterName: 'eck' }],
      pipelines: [{ 'pipeline.id': 'main', 'config.string': agent('logstash.conf') }],
      services: [
        {
          name: 'beats',
          service: {
            spec: {
              type: 'ClusterIP',
              ports: [
                {
                  name: 'beats',
                  port: RECEIVER_PORTS.elasticsearch,
                  targetPort: RECEIVER_PORTS.elasticsearch,
                  protocol: 'TCP',
                },
              ],
            },
          },
        },
      ],
      podTemplate: {
        spec: {
          securityContext: ELASTIC_POD,
          // It copies the configuration; the operator fills in the rest by its name (pkg/controller/logstash/initcontainer.go).
          initContainers: [{ name: 'logstash-internal-init-config', securityContext: LOGSTASH_CONTAINER }],
          containers: [
            {
              name: 'logstash',
              securityContext: LOGSTASH_CONTAINER,
              env: [{ name: 'ENVIRONMENT', value: environment }],
              resources: resources('300m', 2048),
            },
          ],
        },
      },
    },
  };
}

/**
 * Filebeat on every machine, for the same that Alloy does for Loki, and with as much: root without any capability, the files of
 * /var/log, and a folder of its own.
 */
export function podBeatsValues(): Values {
  const account = 'filebeat';
  return {
    ...off([...NOT_ASKED_FOR, 'eck-elasticsearch', 'eck-kibana', 'eck-logstash']),
    'eck-beats': {
      enabled: true,
      fullnameOverride: account,
      version: ELASTIC_VERSION,
      type: 'filebeat',
      config: {
        'filebeat.inputs': [
          {
            type: 'filestream',
            id: 'pods',
            paths: ['/var/log/containers/*.log'],
            // Links to files whose names tell pod and container.
            // By what is in a file, those of less than 1 KiB would be left out until they grow (elastic/beats, filestream, file_identity).
            'prospector.scanner': { symlinks: true, fingerprint: { enabled: false } },
            file_identity: { native: {} },
            parsers: [{ container: {} }],
            processors: [
              {
                add_kubernetes_metadata: {
                  host: '${NODE_NAME}',
                  matchers: [{ logs_path: { logs_path: '/var/log/containers/' } }],
                  // Else it would want to look at these as well.
                  add_resource_metadata: {
                    deployment: false,
                    cronjob: false,
                    node: { enabled: false },
                    namespace: { enabled: false },
                  },
                },
              },
            ],
          },
        ],
        'output.logstash': { hosts: [BEATS_ADDRESS] },
      },
      daemonSet: {
        podTemplate: {
          spec: {
            serviceAccountName: account,
            automountServiceAccountToken: true,
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: 'filebeat',
                securityContext: { ...RESTRICTED, runAsUser: 0, runAsGroup: 0 },
                resources: resources('100m', 256),
                env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
                volumeMounts: [{ name: 'varlog', mountPath: '/var/log', readOnly: true }],
              },
            ],
            volumes: [{ name: 'varlog', hostPath: { path: '/var/log' } }],
          },
        },
      },
      serviceAccount: { name: account },
      clusterRole: {
        name: `${NAMESPACE}-${account}`,
        // Which pods there are, and nothing else.
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
      },
      clusterRoleBinding: {
        name: `${NAMESPACE}-${account}`,
        subjects: [{ kind: 'ServiceAccount', name: account }],
        roleRef: { kind: 'ClusterRole', name: `${NAMESPACE}-${account}`, apiGroup: 'rbac.authorization.k8s.io' },
      },
    },
  };
}

/** Name of the policy and of the template that gives it to indices. */
const LIFECYCLE = 'chain-nodes-logs';
/** Data streams, as logstash.conf names them. */
const STREAMS = 'logs-chain_nodes-*';
const DAY = 86_400;

/**
 * How long Elasticsearch keeps logs: an index is closed after a tenth of the retention, or when a shard has 50 GB, and deleted the whole
 * of it later. So entries are kept for the retention and at most a tenth longer.
 */
export function lifecycleValues(retentionSeconds: number, nodes: 1 | 3): Values {
  const rollover = Math.min(Math.max(Math.floor(retentionSeconds / 10 / 3600) * 3600, 3600), 7 * DAY);
  const settings = { 'index.lifecycle.name': LIFECYCLE };
  return {
    enabled: true,
    elasticsearch: ELASTICSEARCH,
    name: LIFECYCLE,
    streams: STREAMS,
    policy: {
      policy: {
        phases: {
          hot: {
            actions: { rollover: { max_age: duration(rollover), max_primary_shard_size: '50gb' } },
          },
          delete: { min_age: duration(retentionSeconds), actions: { delete: {} } },
        },
      },
    },
    template: {
      index_patterns: [STREAMS],
      data_stream: {},
      // Before the one that comes with Elasticsearch, whose policy deletes nothing.
      priority: 500,
      // Elasticsearch's own.
      composed_of: ['ecs@mappings'],
      template: { settings: { ...settings, 'index.number_of_replicas': nodes === 1 ? 0 : 1 } },
    },
    settings,
  };
}
