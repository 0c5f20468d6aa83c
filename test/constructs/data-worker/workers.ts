import type { WatchedWorker } from '../../../constructs/data-worker/watched';

/** Workers as their rules see them. */

export const SOURCE: WatchedWorker = {
  name: 'worker-mempool',
  namespace: 'mev-data',
  brings: true,
  consumes: [],
  publishes: ['mempool'],
};

export const PROCESSOR: WatchedWorker = {
  name: 'worker-detector',
  namespace: 'mev-data',
  brings: false,
  consumes: ['market', 'prices'],
  publishes: ['opportunities'],
};
