/**
 * What the data of the MEV pipeline and its readers owe each other: names, subjects, ports and who logs in as whom. Data alone, so that
 * the layer that reads YAML, and programs beside it, know it too.
 */

/** Where streams and stores are. */
export const DATA_NAMESPACE = 'mev-data';

/** Namespaces whose pods may reach them, beside their own. */
export const DATA_CLIENTS: readonly string[] = ['mev-engines'];

/** What each listens on for its clients: NATS, ClickHouse by HTTP, Postgres. */
export const DATA_PORTS = { nats: 4222, clickhouse: 8123, postgres: 5432 } as const;

/** ClickHouse in the cluster, as its operator calls the service of the installation `mev`. */
export const CLICKHOUSE_HOST = `clickhouse-mev.${DATA_NAMESPACE}.svc.cluster.local`;

/** By which labels their pods are found, and at which port: for whoever opens a way to them. */
export const PODS = {
  streams: { labels: { 'chain-nodes.io/data': 'streams' }, port: DATA_PORTS.nats },
  clickhouse: { labels: { 'chain-nodes.io/data': 'clickhouse' }, port: DATA_PORTS.clickhouse },
  postgres: { labels: { 'cnpg.io/cluster': 'transactions' }, port: DATA_PORTS.postgres },
} as const;

/** Databases of ClickHouse. */
export const DATABASES = ['timeseries', 'analytics'] as const;
export type Database = (typeof DATABASES)[number];

/** The database of Postgres. */
export const TRANSACTIONS = 'transactions';

/** Tables that a stream of the same name fills, by their database. */
export const TABLES: Readonly<Record<Database, readonly string[]>> = {
  timeseries: ['prices', 'market', 'mempool'],
  analytics: ['opportunities', 'executions'],
};

/** The tables of streams that are declared, by the streams' names. */
export const tablesOf = (streams: readonly { readonly name: string }[]): readonly string[] =>
  streams.map(({ name }) => name).filter((name) => DATABASES.some((database) => TABLES[database].includes(name)));

/** The consumer by which ClickHouse reads a stream into its table; nobody else takes from it. */
export const consumerOf = (stream: string): string => `clickhouse-${stream}`;

/** Messages are JSON objects, one a message, under this subject of their stream. */
export const subjectOf = (stream: string, topic: string): string => `${stream}.${topic}`;

/** Who logs in: the property of the secret that holds the password, and the name that goes with it. */
export const LOGINS = {
  /** Writes to and reads all streams: engines and workers. */
  streams: { user: 'clients', property: 'nats-clients' },
  /** Makes streams as they are declared. */
  streamAdmin: { user: 'controller', property: 'nats-controller' },
  /** ClickHouse, where it reads streams. */
  streamReader: { user: 'clickhouse', property: 'nats-clickhouse' },
  /** Reads and writes the tables of ClickHouse. */
  stores: { user: 'clients', property: 'clickhouse-clients' },
  /** Reads the tables of ClickHouse and changes nothing: dashboards. */
  storeReader: { user: 'readers', property: 'clickhouse-readers' },
  /** Makes tables as they are declared. */
  storeAdmin: { user: 'schema', property: 'clickhouse-schema' },
  /** The operator of ClickHouse. */
  storeOperator: { user: 'clickhouse_operator', property: 'clickhouse-operator' },
  /** Owns the database of Postgres. */
  transactions: { user: 'transactions', property: 'postgres-clients' },
} as const;

/** What the secret of streams and stores holds: a password under each. */
export const PROPERTIES: readonly string[] = Object.values(LOGINS).map(({ property }) => property);

/** What a server of streams needs beside what it holds: blocks that are being written, and how far readers are. */
const HEADROOM = 1.2;

/** GiB of the disk of each server that holds these streams. */
export const streamDiskGiB = (streams: readonly { readonly sizeGiB: number }[]): number =>
  Math.ceil(streams.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0) * HEADROOM);

/** The part of the values of the release with streams and stores by which data is kept. */
export interface KeepingValues {
  /** Bytes as text: Helm reads numbers of YAML as floating point, and would write 5e+09. */
  readonly streams: readonly { readonly name: string; readonly seconds: number; readonly bytes: string }[];
  readonly clickhouse: { readonly timeseriesDays: number; readonly analyticsDays: number };
  /** Absent without an archive. */
  readonly postgres: { readonly retentionDays?: number };
}

/** How much is kept of each, by what it is called; less of any deletes what is there. */
export const keptBy = ({ streams, clickhouse, postgres }: KeepingValues): ReadonlyMap<string, number> =>
  new Map([
    ...streams.flatMap(({ name, seconds, bytes }): [string, number][] => [
      [`seconds of stream ${name}`, seconds],
      [`bytes of stream ${name}`, Number(bytes)],
    ]),
    ['days of timeseries', clickhouse.timeseriesDays],
    ['days of analytics', clickhouse.analyticsDays],
    ...(postgres.retentionDays === undefined ? [] : ([['days of backups', postgres.retentionDays]] as const)),
  ]);
