import type { ChainDefinition } from '../constructs/chain-node/catalogue';
import type { Path } from './document';
import type { GatewaySettings, NodeSpec } from './environment';
import type { Layers } from './merge';
import type { Problem } from './problem';
import type { EnvironmentSettings } from './schema/environment';
import type { EnvironmentName } from './schema/sections';
import type { Strategy } from './strategies';
import type { MevSection } from './strategy-limits';

/** What the engines of an environment are judged by, and where what does not fit is reported. */

export interface MevContext {
  readonly environment: EnvironmentName;
  readonly settings: EnvironmentSettings;
  readonly layers: Layers;
  readonly chains: readonly ChainDefinition[];
  readonly nodes: readonly NodeSpec[];
  readonly gateway: GatewaySettings | undefined;
  /** Of all stages. */
  readonly strategies: readonly Strategy[];
  /** Chains, nodes or strategies are missing that had mistakes: what all of them make together is not judged. */
  readonly partial: boolean;
  report(problem: Problem): void;
}

export type EngineSettings = NonNullable<MevSection['engines']>[string];

export type Say = (path: Path, message: string) => void;

export const inSettings =
  ({ layers, report }: MevContext, severity: Problem['severity'] = 'error'): Say =>
  (path, message) =>
    report({ severity, position: layers.position(path), path, message });

export const inFile =
  (strategy: Strategy, { environment, report }: MevContext): Say =>
  (path, message) =>
    report({
      severity: 'error',
      position: strategy.layers.position(path),
      path,
      message: `in ${environment}, ${message}`,
    });
