import { Release } from '@cdktf/provider-helm/lib/release';
import { Construct } from 'constructs';
import { TOOLS_IMAGE } from '../chain-node';
import { ACCESS_LABEL, type Cluster, helmValues } from '../cluster';
import { PodRole } from '../cluster-services';
import { type DataStores, LOGINS, PODS } from '../data-stores';
import { type EngineSource, engineChain, PROXY_IMAGE, reachOf, secretKey, workloadChart } from '../mev-engine';
import { renderRules } from '../monitoring-stack';
import { workerAlerts } from './alerts';
import {
  INGESTION_ROLES,
  PASSWORD_FILES,
  WORKER_CONTRACT_VERSION,
  WORKER_PORTS,
  type WorkerFile,
  type WorkerRole,
  type WorkerStore,
} from './contract';
import type { WatchedWorker } from './watched';

export interface DataWorkerProps {
  /**
   * Image with bash, curl and jq.
   *
   * @default - that of the tools' makers
   */
  readonly toolsImage?: string;
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  /** Its streams and stores, in whose namespace it runs. */
  readonly data: DataStores;
  readonly name: string;
  readonly role: WorkerRole;
  /** By tag, or by digest. */
  readonly image: string;
  readonly replicas: number;
  /** Whole cores of each pod, all of them its own. */
  readonly cpu: number;
  readonly memoryMiB: number;
  /**
   * Labels of machines that it may run on.
   *
   * @default - any machine
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * Zone that it runs in: that of the node that it reads.
   *
   * @default - any zone
   */
  readonly zone?: string;
  /** Files in `/etc/mev/secrets` by name, and the secrets that are in them. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Domains that it may reach, at port 443, by its proxy. */
  readonly relays: readonly string[];
  /** Ranges of addresses that it may reach, at port 443. */
  readonly egress: readonly string[];
  readonly chains: readonly EngineSource[];
  /** Names of streams. */
  readonly consumes: readonly string[];
  readonly publishes: readonly string[];
  readonly stores: readonly WorkerStore[];
  /** Account of the role by which it reaches the archive; on EKS alone, as the archive is. */
  readonly accountId?: string;
  /** Whether the cluster has the Prometheus operator, so that it is watched. */
  readonly monitored: boolean;
  /** Address below which the runbooks are. */
  readonly runbooks: string;
}

/** What a worker is called in the cluster: nothing else in its namespace is called so. */
const workloadName = (name: string): string => `worker-${name}`;

/**
 * One worker: so many pods of an image of the user's own as are asked for, told of its streams and stores, confined as an engine is, with
 * a probe that it cannot reach more. It trades nothing, so nothing starts and stops it.
 */
export class DataWorker extends Construct {
  readonly watched: WatchedWorker;

  constructor(scope: Construct, id: string, props: DataWorkerProps) {
    super(scope, id);
    const { environment, region, cluster, data, role, consumes, publishes, stores, monitored, runbooks } = props;
    const name = workloadName(props.name);
    const namespace = data.namespace.name;
    this.watched = { name, namespace, brings: INGESTION_ROLES.some((one) => one === role), consumes, publishes };
    const archive = stores.includes('archive') ? data.archive : undefined;
    const prefix = `workers/${props.name}/`;
    const podRole =
      archive && cluster.eksName !== undefined && props.accountId !== undefined
        ? new PodRole(this, 'role', {
            name: `${environment}-${name}`,
            description: `Worker ${props.name} of ${environment}: its part of the archive`,
            region,
            accountId: props.accountId,
            clusterName: cluster.eksName,
            namespace,
            serviceAccount: name,
            statements: archive.statements(prefix),
          })
        : undefined;
    const domains = [...props.relays, ...(archive ? [`${archive.bucketName}.s3.${region}.amazonaws.com`] : [])].sort();
    const file: WorkerFile = {
      version: WORKER_CONTRACT_VERSION,
      worker: name,
      environment,
      role,
      chains: props.chains.map(engineChain),
      streams: {
        url: data.natsUrl,
        user: LOGINS.streams.user,
        passwordFile: PASSWORD_FILES.streams,
        consumes: consumes.map((stream) => ({ stream, subjects: `${stream}.>`, consumer: name })),
        publishes: publishes.map((stream) => ({ stream, prefix: stream })),
      },
      stores: storesOf(stores, data, archive && { bucket: archive.bucketName, region, prefix }),
      domains,
    };
    new Release(this, 'Default', {
      name,
      namespace,
      chart: workloadChart(cluster),
      values: [
        helmValues({
          workload: 'worker',
          replicas: props.replicas,
          image: props.image,
          resources: { cpu: props.cpu, memoryMiB: props.memoryMiB },
          ...(props.zone === undefined ? {} : { zone: props.zone }),
          ...(props.nodeSelector === undefined ? {} : { nodeSelector: props.nodeSelector }),
          secrets: [...passwordsOf(stores, data), ...ownSecrets(name, props.secrets, data)],
          ...(data.secretStore === undefined ? {} : { secretStore: data.secretStore }),
          graceSeconds: GRACE_SECONDS,
          ports: WORKER_PORTS,
          region,
          egress: props.egress,
          cloud: podRole !== undefined,
          access: { label: ACCESS_LABEL, monitoring: 'monitoring' },
          toolsImage: props.toolsImage ?? TOOLS_IMAGE,
          monitored,
          ...(monitored
            ? {
                rules: `${JSON.stringify(renderRules(workerAlerts(this.watched), { environment, runbooks }), null, 2)}\n`,
              }
            : {}),
        }),
        // By itself, for Terraform may fill it in: cdktf reads a text with such a name in it letter by letter.
        helmValues({
          files: { 'worker.json': `${JSON.stringify(file, null, 2)}\n` },
          reads: withData(reachOf(props.chains), stores, namespace),
          proxy: { image: PROXY_IMAGE, domains },
        }),
      ],
      // One that does not become ready has alerts that say so; an apply waits for nobody's own image.
      atomic: false,
      cleanupOnFail: true,
      wait: false,
      timeout: 300,
      maxHistory: 10,
      dependsOn: [...data.ready, ...(podRole?.ready ?? [])],
    });
  }
}

/** Seconds that a worker has to end what it has begun. */
const GRACE_SECONDS = 30;

type Archive = NonNullable<WorkerFile['stores']['archive']>;

function storesOf(
  stores: readonly WorkerStore[],
  data: DataStores,
  archive: Archive | undefined,
): WorkerFile['stores'] {
  const clickhouse = (database: string) => ({
    url: data.clickhouse.url,
    database,
    user: LOGINS.stores.user,
    passwordFile: PASSWORD_FILES.clickhouse,
  });
  return {
    ...(stores.includes('timeseries') ? { timeseries: clickhouse('timeseries') } : {}),
    ...(stores.includes('analytics') ? { analytics: clickhouse('analytics') } : {}),
    ...(stores.includes('transactions')
      ? {
          transactions: {
            ...data.postgres,
            user: LOGINS.transactions.user,
            passwordFile: PASSWORD_FILES.postgres,
          },
        }
      : {}),
    ...(archive ? { archive } : {}),
  };
}

const usesClickHouse = (stores: readonly WorkerStore[]): boolean =>
  stores.includes('timeseries') || stores.includes('analytics');

/** Passwords of what it logs in to, of the secret that is there for all of the namespace. */
const passwordsOf = (stores: readonly WorkerStore[], { secretName: name }: DataStores): readonly object[] => [
  { file: PASSWORD_FILES.streams, name, key: LOGINS.streams.property },
  ...(usesClickHouse(stores) ? [{ file: PASSWORD_FILES.clickhouse, name, key: LOGINS.stores.property }] : []),
  ...(stores.includes('transactions')
    ? [{ file: PASSWORD_FILES.postgres, name, key: LOGINS.transactions.property }]
    : []),
];

const ownSecrets = (
  name: string,
  secrets: Readonly<Record<string, string>>,
  { secretStore }: DataStores,
): readonly object[] =>
  Object.entries(secrets).map(([file, secret]) =>
    secretStore === undefined
      ? { file, name: secret, key: file }
      : { file, name: `${name}-${secretKey(file)}`, key: 'value', remote: secret },
  );

/** Its streams and stores beside its chains, each by its pods. */
function withData(
  { namespaces, vpc }: ReturnType<typeof reachOf>,
  stores: readonly WorkerStore[],
  namespace: string,
): object {
  const open = [
    PODS.streams,
    ...(usesClickHouse(stores) ? [PODS.clickhouse] : []),
    ...(stores.includes('transactions') ? [PODS.postgres] : []),
  ];
  return {
    namespaces: [...namespaces, ...open.map(({ labels, port }) => ({ namespace, pods: labels, ports: [port] }))],
    vpc,
  };
}
