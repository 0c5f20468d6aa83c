/** What streams and stores export that rules use, with its labels, and where that was read. */
export interface DataMetric {
  readonly name: string;
  /** Labels that the exporter gives it; those of the pod come on top. */
  readonly labels: readonly string[];
  readonly source: string;
}

const EXPORTER = 'nats-io/prometheus-nats-exporter, collector/jsz.go; the chart gives it the prefix nats';
const OF_STREAM = ['server_id', 'server_name', 'cluster', 'stream_name', 'stream_leader', 'is_stream_leader'];
const OF_CONSUMER = [...OF_STREAM, 'consumer_name', 'consumer_leader', 'is_consumer_leader'];
const POSTGRES = 'cloudnative-pg/charts, charts/cloudnative-pg 0.29.0, values.yaml, monitoringQueriesConfigMap';

export const DATA_METRICS: readonly DataMetric[] = [
  { name: 'nats_stream_total_bytes', labels: OF_STREAM, source: EXPORTER },
  { name: 'nats_consumer_num_pending', labels: OF_CONSUMER, source: EXPORTER },
  { name: 'nats_consumer_ack_floor_stream_seq', labels: OF_CONSUMER, source: EXPORTER },
  { name: 'cnpg_pg_replication_in_recovery', labels: [], source: POSTGRES },
  { name: 'cnpg_pg_replication_streaming_replicas', labels: [], source: POSTGRES },
  {
    name: 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp',
    labels: [],
    source: 'cloudnative-pg/plugin-barman-cloud, commit 9967e2c, web/docs/observability.md',
  },
];
