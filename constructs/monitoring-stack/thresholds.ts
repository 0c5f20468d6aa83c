/** Numbers that alerts and dashboards share, so that what one tells of the other shows in red. No cdktf in here. */
import type { WatchedNode } from '../chain-node';

/** Where a value is worth a look, and where it is worth waking someone. */
export interface Threshold {
  readonly warning: number;
  readonly critical: number;
}

/** How full a data disk may be, in percent, where an environment does not say (`alarms.disk_used_percent`). */
export const DISK_USED_PERCENT = 85;

/**
 * Seconds after which a secret should have another value, where an environment does not say (`alarms.secret_age`): as AWS
 * Security Hub has it in its control SecretsManager.4, "maxDaysSinceRotation".
 */
export const SECRET_AGE_SECONDS = 90 * 86_400;

/** Fuller than this is critical everywhere: databases break when there is no more. */
export const DISK_CRITICAL_PERCENT = 95;

/** Days until a disk is full at the rate at which it filled lately: growing a volume takes a plan, a review and a roll. */
export const DISK_FULL_DAYS: Threshold = { warning: 14, critical: 3 };

/** Over how long that rate is taken. Shorter, a compaction or a pruning would look like the end. */
export const DISK_FULL_OVER = '3d';

/** Days until a fork that is ahead: a client must be upgraded before it. */
export const FORK_DAYS: Threshold = { warning: 14, critical: 3 };

/** How far the clock of a host may be off, in seconds. */
export const CLOCK_OFFSET_SECONDS = 0.1;

/** Part of the requests to the gateway that may fail, as a ratio. */
export const GATEWAY_ERROR_RATIO: Threshold = { warning: 0.01, critical: 0.05 };

/** Seconds after which what a host tells of its node counts as old; it is written every 30 seconds. */
export const HEALTH_TEXT_SECONDS = 300;

/** Blocks that a head may be late by, however little its client allows: one that is late is no outage. */
const HEAD_BLOCKS = 5;

/**
 * From when on a head is stale, in the one measure that its client has: the seconds, or the slots, after which the node's own
 * health says no, and never fewer than a few block times. Undefined where a client tells neither.
 */
export function headLimit({
  headMaximumAgeSeconds,
  headMaximumSlots,
  blockSeconds = 0,
}: Pick<WatchedNode, 'headMaximumAgeSeconds' | 'headMaximumSlots' | 'blockSeconds'>):
  | { readonly metric: 'chain_head_age_seconds' | 'chain_head_slots_behind'; readonly above: number }
  | undefined {
  if (headMaximumAgeSeconds !== undefined)
    return { metric: 'chain_head_age_seconds', above: Math.max(headMaximumAgeSeconds, HEAD_BLOCKS * blockSeconds) };
  if (headMaximumSlots !== undefined) return { metric: 'chain_head_slots_behind', above: headMaximumSlots };
  return undefined;
}

/** Fewer peers than this are few: so many times what the node's own health asks for, so that somebody looks before it says no. */
export const fewPeers = (minimumPeers: number): number => 3 * minimumPeers;
