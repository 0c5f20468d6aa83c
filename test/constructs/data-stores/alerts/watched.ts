import { dataAlerts, type WatchedData } from '../../../../constructs/data-stores';

/** Streams and stores that are watched: whole, and the least that there is. */

export const WHOLE: WatchedData = {
  namespace: 'mev-data',
  streams: [
    { name: 'executions', sizeGiB: 5, table: true },
    { name: 'own', sizeGiB: 1, table: false },
  ],
  streamServers: 3,
  postgres: { instances: 2, archived: true },
};

export const LEAST: WatchedData = {
  namespace: 'mev-data',
  streams: [{ name: 'prices', sizeGiB: 1, table: true }],
  streamServers: 1,
  postgres: { instances: 1, archived: false },
};

export const DATA_ALERTS = dataAlerts(WHOLE);
