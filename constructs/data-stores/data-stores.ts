import { join } from 'node:path';
import { Release } from '@cdktf/provider-helm/lib/release';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { TOOLS_IMAGE } from '../chain-node';
import { type Cluster, helmValues, type Namespace } from '../cluster';
import { PodRole } from '../cluster-services';
import { NAMESPACE as MONITORING_NAMESPACE, renderRules } from '../monitoring-stack';
import { dataAlerts } from './alerts';
import { Archive, type ArchiveProps } from './archive';
import {
  CLICKHOUSE_HOST,
  consumerOf,
  DATA_CLIENTS,
  DATA_NAMESPACE,
  DATA_PORTS,
  DATABASES,
  type Database,
  type KeepingValues,
  LOGINS,
  streamDiskGiB,
  TRANSACTIONS,
  tablesOf,
} from './contract';
import {
  BARMAN_VALUES,
  CHARTS,
  type ChartName,
  CLICKHOUSE_IMAGE,
  CLICKHOUSE_OPERATOR_VALUES,
  claimName,
  NACK_VALUES,
  natsValues,
  POSTGRES_IMAGE,
  POSTGRES_OPERATOR_VALUES,
  type Values,
} from './releases';
import type { WatchedData } from './watched';

export interface StreamProps {
  readonly name: string;
  readonly retentionSeconds: number;
  readonly sizeGiB: number;
}

export interface DataStoresProps {
  /**
   * Image with bash, curl and jq.
   *
   * @default - that of the tools' makers
   */
  readonly toolsImage?: string;
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  /** Name of the secret with the passwords under `PROPERTIES`; without a store, a Kubernetes Secret with the same keys. */
  readonly secret: string;
  /**
   * ARN of the role with which External Secrets reads it.
   *
   * @default - a Kubernetes Secret of that name is in the namespace before the first deploy
   */
  readonly secretStoreRoleArn?: string;
  readonly streams: readonly StreamProps[];
  /** How many servers hold each stream. */
  readonly streamReplicas: 1 | 3;
  readonly timeseries: { readonly retentionDays: number; readonly sizeGiB: number };
  readonly analytics: { readonly retentionDays: number };
  readonly transactions: { readonly sizeGiB: number; readonly replicas: number };
  /**
   * The bucket of what is kept for years, and the account of the role that writes Postgres' backups to it; on EKS alone.
   *
   * @default - none, and Postgres is not backed up
   */
  readonly archive?: Omit<ArchiveProps, 'bucketPrefix'> & { readonly accountId: string };
  /**
   * Class of all disks; it must retain those whose claim is gone.
   *
   * @default - the cluster's own
   */
  readonly storageClass?: string;
  /** Address below which the runbooks are. */
  readonly runbooks: string;
  /** Whether the cluster has the Prometheus operator. */
  readonly podMonitors: boolean;
  /** What must be there before it: External Secrets, cert-manager, monitoring, the class of disks. */
  readonly after: readonly ITerraformDependable[];
}

/** How long Helm waits for operators, and for stores and their tables, in seconds. */
const TIMEOUT = { operator: 600, stores: 1800 } as const;
/** Days to any point of which Postgres can be taken back, where the archive keeps that long. */
const POINT_IN_TIME_DAYS = 30;
/** Begin of the keys of Postgres' backups. */
const POSTGRES_PREFIX = 'postgres/';

const at = (name: string): string => `${name}.${DATA_NAMESPACE}.svc.cluster.local`;

/**
 * Streams and stores of what engines see and do, in a namespace of their own in which nothing is reached by default: NATS JetStream,
 * ClickHouse, Postgres, and a bucket. Operators make them; what owns data outlives every release, and so do its claims and disks.
 */
export class DataStores extends Construct {
  readonly namespace: Namespace;
  /** Such as `nats://…:4222`. */
  readonly natsUrl = `nats://${at('nats')}:${DATA_PORTS.nats}`;
  /** Names of streams; the subjects of each are `<name>.>`. */
  readonly streams: readonly string[];
  /** ClickHouse's HTTP interface, and its databases. */
  readonly clickhouse: { readonly url: string; readonly databases: readonly Database[] };
  /** The server of Postgres that is written to. */
  readonly postgres: { readonly host: string; readonly port: number; readonly database: string };
  /** Kubernetes Secret of its namespace with a password under each of `PROPERTIES`. */
  readonly secretName: string;
  /** Store of External Secrets in its namespace, for secrets of workers; undefined where Kubernetes Secrets of those names are there. */
  readonly secretStore: string | undefined;
  /** Who logs in, by what: a property of the secret, which a store of the consumer's own namespace reads. */
  readonly logins: typeof LOGINS = LOGINS;
  /** The bucket; undefined where there is none. */
  readonly archive: Archive | undefined;
  readonly watched: WatchedData;
  /** What must be there before anything reads or writes. */
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DataStoresProps,
  ) {
    super(scope, id);
    const { environment, cluster, streams, streamReplicas, transactions, storageClass, podMonitors, after } = props;
    this.namespace = cluster.namespace(DATA_NAMESPACE, { podSecurity: 'restricted', access: 'clients' });
    const tables = tablesOf(streams);
    this.streams = streams.map(({ name }) => name);
    this.clickhouse = { url: `http://${CLICKHOUSE_HOST}:${DATA_PORTS.clickhouse}`, databases: DATABASES };
    this.postgres = { host: at('transactions-rw'), port: DATA_PORTS.postgres, database: TRANSACTIONS };
    this.archive = props.archive
      ? new Archive(this, 'archive', { bucketPrefix: `${environment}-mev-archive-`, ...props.archive })
      : undefined;
    this.watched = {
      namespace: DATA_NAMESPACE,
      streams: streams.map(({ name, sizeGiB }) => ({ name, sizeGiB, table: tables.includes(name) })),
      streamServers: streamReplicas,
      postgres: { instances: transactions.replicas, archived: this.archive !== undefined },
    };

    const disk = storageClass === undefined ? {} : { storageClass };
    this.secretStore = props.secretStoreRoleArn === undefined ? undefined : 'mev-data';
    const secret = props.secretStoreRoleArn === undefined ? props.secret : 'mev-data';
    this.secretName = secret;
    const common = { secret: { name: secret, remote: props.secret }, ...disk };
    const foundation = this.#own('foundation', after, {
      ...common,
      ...(props.secretStoreRoleArn === undefined
        ? {}
        : { secretStore: { region: props.region, role: props.secretStoreRoleArn } }),
      claims: { name: claimName(streamReplicas), count: streamReplicas, sizeGiB: streamDiskGiB(streams) },
      clients: [...DATA_CLIENTS],
      monitoring: MONITORING_NAMESPACE,
    });
    const nats = natsValues({ streams, tables, replicas: streamReplicas, secret, ...disk, podMonitor: podMonitors });
    const operators = [
      this.#release('nats', nats, [foundation]),
      this.#release('nack', NACK_VALUES, [foundation]),
      this.#release('altinity-clickhouse-operator', CLICKHOUSE_OPERATOR_VALUES, [foundation]),
      ...this.#postgresOperator(foundation),
    ];
    const rules = renderRules(dataAlerts(this.watched), { environment, runbooks: props.runbooks });
    const keeping: KeepingValues = {
      streams: streams.map(({ name, retentionSeconds, sizeGiB }) => ({
        name,
        seconds: retentionSeconds,
        bytes: String(sizeGiB * 2 ** 30),
        ...(tables.includes(name) ? { consumer: consumerOf(name) } : {}),
      })),
      clickhouse: {
        timeseriesDays: props.timeseries.retentionDays,
        analyticsDays: props.analytics.retentionDays,
      },
      // What the bucket deletes by itself is not needed for a restore any more.
      postgres: props.archive
        ? { retentionDays: Math.max(1, Math.min(POINT_IN_TIME_DAYS, props.archive.retentionDays - 2)) }
        : {},
    };
    const values = {
      ...common,
      streams: keeping.streams,
      streamReplicas,
      clickhouse: {
        image: CLICKHOUSE_IMAGE,
        sizeGiB: props.timeseries.sizeGiB,
        ...keeping.clickhouse,
        tables: [...tables],
      },
      toolsImage: props.toolsImage ?? TOOLS_IMAGE,
      postgres: {
        image: POSTGRES_IMAGE,
        instances: transactions.replicas,
        sizeGiB: transactions.sizeGiB,
        ...keeping.postgres,
      },
      podMonitors,
      ...(podMonitors ? { rules: `${JSON.stringify(rules, null, 2)}\n` } : {}),
    };
    // By itself, for Terraform fills it in: cdktf reads a text with such a name in it letter by letter.
    const bucket = this.archive ? [{ postgres: { archive: this.archive.bucketName } }] : [];
    const stores = this.#own('stores', [...operators, ...this.#backupRole()], values, ...bucket);
    this.ready = [stores, ...(this.archive?.ready ?? [])];
  }

  #postgresOperator(foundation: ITerraformDependable): readonly ITerraformDependable[] {
    const operator = this.#release('cloudnative-pg', POSTGRES_OPERATOR_VALUES, [foundation]);
    return this.archive ? [this.#release('plugin-barman-cloud', BARMAN_VALUES, [operator])] : [operator];
  }

  /** The role of Postgres' pods, whose account is called as their cluster. */
  #backupRole(): readonly ITerraformDependable[] {
    const { environment, region, cluster, archive } = this.props;
    if (!archive || !this.archive || cluster.eksName === undefined) return [];
    const role = new PodRole(this, 'postgres-role', {
      name: `${environment}-mev-data-postgres`,
      description: `Backups of Postgres in ${environment}`,
      region,
      accountId: archive.accountId,
      clusterName: cluster.eksName,
      namespace: DATA_NAMESPACE,
      serviceAccount: TRANSACTIONS,
      statements: this.archive.statements(POSTGRES_PREFIX),
    });
    return [...role.ready, ...this.archive.ready];
  }

  #release(name: ChartName, values: Values, after: readonly ITerraformDependable[]): Release {
    const { chart, repository, version } = CHARTS[name];
    return new Release(this, name, {
      name,
      namespace: DATA_NAMESPACE,
      repository,
      chart,
      version,
      values: [helmValues(values)],
      atomic: true,
      cleanupOnFail: true,
      wait: true,
      timeout: TIMEOUT.operator,
      maxHistory: 5,
      dependsOn: [...after],
    });
  }

  #own(
    part: 'foundation' | 'stores',
    after: readonly ITerraformDependable[],
    values: object,
    ...filledIn: readonly object[]
  ): Release {
    const { cluster } = this.props;
    // Helm would wait for claims to be bound, and they are when a server of streams stands on them.
    const waits = part === 'stores';
    return new Release(this, waits ? 'Default' : part, {
      name: waits ? 'mev-data' : 'mev-data-foundation',
      namespace: DATA_NAMESPACE,
      chart: cluster.chart('data-stores', join(__dirname, 'chart')),
      values: [{ part, ...values, logins: LOGINS, ports: DATA_PORTS }, ...filledIn].map(helmValues),
      atomic: waits,
      cleanupOnFail: true,
      wait: waits,
      // Its tables are made by a job.
      waitForJobs: waits,
      timeout: TIMEOUT.stores,
      maxHistory: 5,
      dependsOn: [this.namespace.ready, ...after],
    });
  }
}
