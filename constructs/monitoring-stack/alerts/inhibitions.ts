/** Alerts that say why others fire: those are not told while these are, so that one cause wakes people once. */
export interface Inhibition {
  /** Name of the alert that is told. */
  readonly source: string;
  /** Names of those that follow from it. */
  readonly targets: readonly string[];
  /** Labels that both have, with the same values. */
  readonly equal: readonly string[];
}

const NODE = ['environment', 'node'];
const NETWORK = ['environment', 'chain', 'network'];

export const INHIBITIONS: readonly Inhibition[] = [
  { source: 'HostDown', targets: ['NodeDown', 'HealthNotChecked', 'MetricsMissing'], equal: NODE },
  {
    source: 'DiskNotReady',
    targets: ['DiskUnknown', 'NodeUnhealthy', 'HealthUnknown', 'HeadStale', 'NodeNotSynced'],
    equal: NODE,
  },
  { source: 'HeadStale', targets: ['NodeUnhealthy', 'HeadLag', 'SlotsBehind'], equal: NODE },
  { source: 'HealthUnknown', targets: ['NodeUnhealthy'], equal: NODE },
  { source: 'NoHealthyNode', targets: ['NodeUnhealthy', 'HealthUnknown', 'FallbackInUse'], equal: NETWORK },
  { source: 'DiskExhausted', targets: ['DiskFull', 'DiskFullSoon', 'DiskWillFill', 'DiskRoomShort'], equal: NODE },
  { source: 'DiskFullSoon', targets: ['DiskWillFill', 'DiskRoomShort'], equal: NODE },
  { source: 'RequestsFailing', targets: ['RequestsFailingSome'], equal: ['environment', 'network'] },
  {
    source: 'PersistentVolumeFull',
    targets: ['PersistentVolumeFillingUp'],
    equal: ['environment', 'namespace', 'persistentvolumeclaim'],
  },
];
