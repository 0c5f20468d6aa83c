/** Streams and stores of the MEV data pipeline: NATS JetStream, ClickHouse, Postgres and an archive in S3. */
export { dataAlerts } from './alerts';
export { Archive } from './archive';
export {
  CLICKHOUSE_HOST,
  consumerOf,
  DATA_CLIENTS,
  DATA_NAMESPACE,
  DATA_PORTS,
  DATABASES,
  type Database,
  LOGINS,
  PODS,
  PROPERTIES,
  streamDiskGiB,
  subjectOf,
  TABLES,
  TRANSACTIONS,
  tablesOf,
} from './contract';
export { DataStores, type DataStoresProps, type StreamProps } from './data-stores';
export type { WatchedData } from './watched';
