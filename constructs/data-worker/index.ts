/** Workers of the data pipeline: programs of the user's own that bring data into streams, and make something of it. */
export { workerAlerts } from './alerts';
export {
  INGESTION_ROLES,
  WORKER_METRICS,
  WORKER_ROLES,
  WORKER_STORES,
  type WorkerFile,
  type WorkerMetric,
  type WorkerRole,
  type WorkerStore,
} from './contract';
export { DataWorker, type DataWorkerProps } from './data-worker';
export type { WatchedWorker } from './watched';
