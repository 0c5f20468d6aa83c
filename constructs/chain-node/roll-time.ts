/**
 * How long the steps of a roll may take on one host, in seconds: what the units and scripts of the host are patient for. A test
 * reads it there. Stops take the grace of the node's slowest process.
 */
export const PATIENCE = {
  /** First boot, or another run: `LOCK_WAIT_SECONDS`. */
  lock: 5400,
  /** The lease of the group: `LEASE_WAIT_SECONDS`. */
  lease: 2700,
  /** Images, programs and packages, while the node runs. */
  download: 1800,
  /** Installing packages and booting anew. */
  patches: 1800,
  /** `TimeoutStartSec` of the node's unit. */
  start: 3600,
  /** Processes that come to rest, and a node that follows its chain again: `SETTLE_LIMIT_SECONDS`, `HEALTH_LIMIT_SECONDS`. */
  gate: 180 + 1200,
} as const;

/** Stop, start, and the gate. */
const turn = (graceSeconds: number): number => graceSeconds + PATIENCE.start + PATIENCE.gate;

/** How long a host may hold the lease of its group: for a release that does not start well, and for going back. */
export const leaseSeconds = (graceSeconds: number): number => PATIENCE.patches + 2 * turn(graceSeconds);

/** How long a roll may take on one host, whatever becomes of it. */
export const hostSeconds = (graceSeconds: number): number =>
  PATIENCE.lock + PATIENCE.lease + PATIENCE.download + leaseSeconds(graceSeconds);

/** How long a roll may take in all: hosts boot at the same time and take turns after that, and the first that goes back is the last. */
export const groupSeconds = (graceSeconds: number, nodes: number): number =>
  PATIENCE.lock +
  nodes * (PATIENCE.lease + PATIENCE.download + PATIENCE.patches + turn(graceSeconds)) +
  turn(graceSeconds);
