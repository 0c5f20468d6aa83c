/** Alerts of streams and stores, as data made from what is declared; they go with the release of the stores. */
import type { Alert } from '../../monitoring-stack';
import type { WatchedData } from '../watched';
import { storeAlerts } from './stores';
import { streamAlerts } from './streams';

export { DATA_METRICS } from './metrics';

export const dataAlerts = (watched: WatchedData): readonly Alert[] => [
  ...streamAlerts(watched),
  ...storeAlerts(watched),
];
