import type { Severity } from './model';

/** Alerts that say why others fire: those are not told while these are, so that one cause wakes people once. */
export interface Inhibition {
  /** Name of the alert that is told. */
  readonly source: string;
  /**
   * How loud it has to be.
   *
   * @default - however loud it is
   */
  readonly severity?: Severity;
  /** Names of those that follow from it. */
  readonly targets: readonly string[];
  /** Labels that both have, with the same values. */
  readonly equal: readonly string[];
}

/** What those who read through the gateway see of a network that nobody has. */
const CALLERS_SEE = ['FallbackInUse', 'RequestsFailing', 'RequestsFailingSome', 'WebsocketsUnserved'];

const NODE = ['environment', 'node'];
const NETWORK = ['environment', 'chain', 'network'];

export const INHIBITIONS: readonly Inhibition[] = [
  {
    source: 'HostDown',
    targets: ['NodeDown', 'HealthNotChecked', 'HostMetricsMissing', 'MetricsMissing'],
    equal: NODE,
  },
  // Critical: it was the only one of its network.
  { source: 'HostDown', severity: 'critical', targets: CALLERS_SEE, equal: NETWORK },
  { source: 'NodeDown', severity: 'critical', targets: CALLERS_SEE, equal: NETWORK },
  {
    source: 'DiskNotReady',
    targets: ['DiskUnknown', 'NodeUnhealthy', 'HealthUnknown', 'HeadStale', 'NodeNotSynced'],
    equal: NODE,
  },
  { source: 'HeadStale', targets: ['NodeUnhealthy', 'HeadLag', 'SlotsBehind'], equal: NODE },
  { source: 'HealthUnknown', targets: ['NodeUnhealthy'], equal: NODE },
  { source: 'NoHealthyNode', targets: ['NodeUnhealthy', 'HealthUnknown', ...CALLERS_SEE], equal: NETWORK },
  { source: 'DiskExhausted', targets: ['DiskFull', 'DiskFullSoon', 'DiskWillFill', 'DiskRoomShort'], equal: NODE },
  { source: 'DiskFullSoon', targets: ['DiskWillFill', 'DiskRoomShort'], equal: NODE },
  { source: 'RequestsFailing', targets: ['RequestsFailingSome'], equal: NETWORK },
  {
    source: 'PersistentVolumeFull',
    targets: ['PersistentVolumeFillingUp'],
    equal: ['environment', 'namespace', 'persistentvolumeclaim'],
  },
];
