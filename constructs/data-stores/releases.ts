/** The charts that streams and stores are made of, each at the version whose values and templates were read, and what they are told. */
import { consumerOf, LOGINS, streamDiskGiB } from './contract';

export interface Chart {
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  /** Where its values were read. */
  readonly source: string;
}

export type ChartName = 'nats' | 'nack' | 'altinity-clickhouse-operator' | 'cloudnative-pg' | 'plugin-barman-cloud';

export const CHARTS: Readonly<Record<ChartName, Chart>> = {
  /** nats-server 2.14.2, with its reloader and its exporter. */
  nats: {
    chart: 'nats',
    repository: 'https://nats-io.github.io/k8s/helm/charts/',
    version: '2.14.2',
    source: 'nats-io/k8s, commit 957650f, helm/charts/nats, 2026-11-25',
  },
  /** The controller that makes streams as they are declared, 0.23.0. */
  nack: {
    chart: 'nack',
    repository: 'https://nats-io.github.io/k8s/helm/charts/',
    version: '0.34.0',
    source: 'nats-io/k8s, commit 957650f, helm/charts/nack, 2026-11-25',
  },
  'altinity-clickhouse-operator': {
    chart: 'altinity-clickhouse-operator',
    repository: 'https://docs.altinity.com/clickhouse-operator/',
    version: '0.25.6',
    source: 'Altinity/clickhouse-operator, commit 50e8d04, deploy/helm/clickhouse-operator, 2026-11-25',
  },
  /** The operator of Postgres, 1.30.0. */
  'cloudnative-pg': {
    chart: 'cloudnative-pg',
    repository: 'https://cloudnative-pg.github.io/charts',
    version: '0.29.0',
    source: 'cloudnative-pg/charts, commit b21ad2d, charts/cloudnative-pg, 2026-11-25',
  },
  /** Takes Postgres to the archive, v0.13.0. */
  'plugin-barman-cloud': {
    chart: 'plugin-barman-cloud',
    repository: 'https://cloudnative-pg.github.io/charts',
    version: '0.7.0',
    source: 'cloudnative-pg/charts, commit b21ad2d, charts/plugin-barman-cloud, 2026-11-25',
  },
};

/** The first line of releases that reads JetStream by the engine NATS and takes it up again after a restart of NATS (ClickHouse/ClickHouse, pull requests 84799 and 112828). */
export const CLICKHOUSE_IMAGE = 'docker.io/clickhouse/clickhouse-server:26.8.19.9';
/** What the operator itself takes (cloudnative-pg/cloudnative-pg, commit a95a534, pkg/versions/versions.go). */
export const POSTGRES_IMAGE = 'ghcr.io/cloudnative-pg/postgresql:18.6-system-trixie';

export type Value = string | number | boolean | null | readonly Value[] | Values;
/** Values of a chart: plain data. */
export interface Values {
  readonly [key: string]: Value;
}

/** What the standard `restricted` asks of a container (Kubernetes, Pod Security Standards). */
const RESTRICTED: Values = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

const pod = (user: number): Values => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  seccompProfile: { type: 'RuntimeDefault' },
});

/** Requests, and memory that is never more than requested: own estimates, not measured. */
const resources = (cpu: string, memoryMiB: number): Values => ({
  requests: { cpu, memory: `${memoryMiB}Mi` },
  limits: { memory: `${memoryMiB}Mi` },
});

/** Network policies find by it who asks the cluster what to do. */
export const OPERATOR_LABEL: Values = { 'chain-nodes.io/data': 'operator' };

export interface StreamValues {
  /** Names of streams and how much each holds. */
  readonly streams: readonly { readonly name: string; readonly sizeGiB: number }[];
  /** Those that ClickHouse reads. */
  readonly tables: readonly string[];
  readonly replicas: 1 | 3;
  /** Kubernetes Secret with the passwords. */
  readonly secret: string;
  readonly storageClass?: string;
  readonly podMonitor: boolean;
}

/** What a reader or a writer of JetStream may ask it (NATS documentation, JetStream wire API): nothing that makes, changes or empties a stream. */
const CONSUMES = [
  '$JS.API.INFO',
  '$JS.API.STREAM.INFO.*',
  '$JS.API.STREAM.LIST',
  '$JS.API.STREAM.NAMES',
  '$JS.API.CONSUMER.INFO.>',
  '$JS.API.CONSUMER.LIST.*',
  '$JS.API.CONSUMER.NAMES.*',
  '$JS.API.CONSUMER.MSG.NEXT.>',
  '$JS.ACK.>',
  '$JS.FC.>',
] as const;
const MAKES_CONSUMERS = [
  '$JS.API.CONSUMER.CREATE.>',
  '$JS.API.CONSUMER.DURABLE.CREATE.>',
  '$JS.API.CONSUMER.DELETE.>',
  '$JS.API.STREAM.MSG.GET.*',
  '$JS.API.DIRECT.GET.>',
] as const;

/** What would take messages from ClickHouse's own consumer, or the consumer from it. */
const ofClickHouse = (stream: string): readonly string[] =>
  ['MSG.NEXT', 'DELETE', 'DURABLE.CREATE', 'CREATE'].flatMap((verb) => {
    const subject = `$JS.API.CONSUMER.${verb}.${stream}.${consumerOf(stream)}`;
    return verb === 'CREATE' ? [subject, `${subject}.>`] : [subject];
  });

/** Memory of a server of streams, and what its runtime may fill of it. */
const SERVER_MIB = 2048;

/**
 * A server reads its passwords from its environment. It takes a variable for text of its own configuration, in which 1e5 is a number: so
 * each is put into quotes by a second variable, which Kubernetes fills from the first. Variables stand in the order of their names.
 */
const passwords = (secret: string): Values =>
  Object.fromEntries(
    [LOGINS.streams, LOGINS.streamAdmin, LOGINS.streamReader].flatMap(({ user, property }) => {
      const name = user.toUpperCase();
      return [
        [`GIVEN_${name}`, { valueFrom: { secretKeyRef: { name: secret, key: property } } }] as const,
        [`NATS_${name}`, `"$(GIVEN_${name})"`] as const,
      ];
    }),
  );

const user = (name: string, permissions?: Values): Values => ({
  user: name,
  password: `<< $NATS_${name.toUpperCase()} >>`,
  ...(permissions ? { permissions } : {}),
});

/** Of the claims of a server that is alone, and of one of three. What a server held alone, a cluster deletes as nobody's (nats-server 2.15.2, seen): so it never sees it. */
export const claimName = (replicas: 1 | 3): string => (replicas === 3 ? 'streams' : 'streams-alone');

/** The size in the template of claims, which Kubernetes never changes: the claims themselves are in the chart of the foundation, and grow. */
const TEMPLATE_SIZE = '1Gi';

export function natsValues({ streams, tables, replicas, secret, storageClass, podMonitor }: StreamValues): Values {
  const subjects = streams.map(({ name }) => `${name}.>`);
  return {
    global: { labels: { 'chain-nodes.io/data': 'streams' } },
    config: {
      cluster: { enabled: replicas === 3, ...(replicas === 3 ? { replicas } : {}) },
      jetstream: {
        enabled: true,
        fileStore: {
          enabled: true,
          dir: '/data',
          pvc: {
            enabled: true,
            name: claimName(replicas),
            size: TEMPLATE_SIZE,
            ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          },
          maxSize: `${streamDiskGiB(streams)}Gi`,
        },
        memoryStore: { enabled: false },
      },
      merge: {
        authorization: {
          users: [
            user(LOGINS.streams.user, {
              publish: { allow: [...subjects, ...CONSUMES, ...MAKES_CONSUMERS], deny: tables.flatMap(ofClickHouse) },
              subscribe: { allow: ['_INBOX.>', ...subjects] },
            }),
            user(LOGINS.streamReader.user, {
              publish: { allow: [...CONSUMES] },
              subscribe: { allow: ['_INBOX.>'] },
            }),
            user(LOGINS.streamAdmin.user),
          ],
        },
      },
    },
    container: {
      env: { GOMEMLIMIT: `${Math.floor(SERVER_MIB * 0.9)}MiB`, ...passwords(secret) },
      merge: { resources: resources('500m', SERVER_MIB), securityContext: RESTRICTED },
    },
    reloader: { merge: { resources: resources('10m', 64), securityContext: RESTRICTED } },
    promExporter: {
      enabled: true,
      merge: { resources: resources('10m', 64), securityContext: RESTRICTED },
      podMonitor: { enabled: podMonitor },
    },
    natsBox: { enabled: false },
    podDisruptionBudget: { enabled: replicas === 3 },
    podTemplate: {
      topologySpreadConstraints: {
        'kubernetes.io/hostname': { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
        'topology.kubernetes.io/zone': { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
      },
      merge: { spec: { automountServiceAccountToken: false, securityContext: pod(1000) } },
    },
  };
}

/** It asks each server of streams that an account of its own names; it reads secrets of this namespace and no other. */
export const NACK_VALUES: Values = {
  global: { labels: OPERATOR_LABEL },
  namespaced: true,
  useLegacyNames: false,
  jetstream: { controlLoop: true },
  securityContext: pod(1000),
  containerSecurityContext: RESTRICTED,
  resources: resources('10m', 128),
};

/** Of the Kubernetes Secret with which the operator logs in: the chart's name, which its configuration looks for. */
export const OPERATOR_SECRET = 'altinity-clickhouse-operator';

export const CLICKHOUSE_OPERATOR_VALUES: Values = {
  // Else it makes a secret with a password that everybody knows.
  secret: { create: false },
  // Its job runs bitnami/kubectl:latest. Helm installs the definitions with the chart; those of a new version are applied by hand first.
  crdHook: { enabled: false },
  rbac: { namespaceScoped: true },
  podLabels: OPERATOR_LABEL,
  podSecurityContext: pod(65532),
  operator: { resources: resources('50m', 256), containerSecurityContext: RESTRICTED },
  // ClickHouse tells of itself.
  metrics: { enabled: false },
};

export const POSTGRES_OPERATOR_VALUES: Values = {
  config: { clusterWide: false },
  podLabels: OPERATOR_LABEL,
  resources: resources('50m', 256),
};

export const BARMAN_VALUES: Values = {
  podLabels: OPERATOR_LABEL,
  resources: resources('10m', 128),
};
