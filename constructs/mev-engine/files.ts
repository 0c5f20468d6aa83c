import { createHash } from 'node:crypto';
import {
  CONTRACT_VERSION,
  type EngineFile,
  type LimitsFile,
  type Mode,
  type StrategyFile,
  type StrategyLimits,
} from './contract';

/** The files of an engine, as texts. What is the same makes the same bytes. */

/** A strategy as it is run here. */
export interface EngineStrategy {
  /** Name of its file. */
  readonly name: string;
  readonly mode: Mode;
  readonly chains: readonly { readonly chain: string; readonly network: string }[];
  /** The strategist's file as it was written. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly limits: StrategyLimits;
  /**
   * Seconds until an execution is given up.
   *
   * @default - it says nothing, and the pod has 30 seconds to end
   */
  readonly timeoutSeconds?: number;
  /**
   * Profit from which an opportunity is announced, as a part of the position.
   *
   * @default - none is
   */
  readonly alertThreshold?: number;
  /**
   * Seconds from which an execution counts as stuck.
   *
   * @default - none does
   */
  readonly executionTimeoutSeconds?: number;
  /** Whether a failed execution alerts. */
  readonly failureAlert: boolean;
}

/** A line for each value, so that a plan shows what changes. */
export const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

export const engineFile = (file: Omit<EngineFile, 'version'>): string => json({ version: CONTRACT_VERSION, ...file });

export const limitsFile = (loss: LimitsFile['loss'], strategies: readonly EngineStrategy[]): string =>
  json({
    version: CONTRACT_VERSION,
    loss,
    strategies: Object.fromEntries(strategies.map(({ name, limits }) => [name, limits])),
  } satisfies LimitsFile);

/** Texts by the names of their files. */
export const strategyFiles = (strategies: readonly EngineStrategy[]): Record<string, string> =>
  Object.fromEntries(
    strategies.map(({ name, mode, document }) => {
      const { strategy = {}, parameters = {}, execution = {}, monitoring = {} } = document as Partial<StrategyFile>;
      return [
        `${name}.json`,
        json({
          version: CONTRACT_VERSION,
          name,
          mode,
          strategy,
          parameters,
          execution,
          monitoring,
        } satisfies StrategyFile),
      ];
    }),
  );

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Seconds that an engine has to end: the longest of its executions, and a little for what it then does. */
export const graceSeconds = (strategies: readonly EngineStrategy[]): number =>
  Math.ceil(Math.max(20, ...strategies.map(({ timeoutSeconds = 0 }) => timeoutSeconds))) + 10;
