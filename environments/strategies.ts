import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GLOBAL_SCOPE } from '../constructs/mev-engine/contract';
import type { Document, Path } from './document';
import { explain } from './explain';
import { type Layers, layer } from './merge';
import { didYouMean } from './nearest';
import type { Problem } from './problem';
import { ENGINE_TYPES, type StrategySettings } from './schema/mev';
import type { EnvironmentName } from './schema/sections';
import type { Schemas } from './schemas';

/** The files of strategies: which there are, in which stage, and whether they say what they must. */

export const STAGES = ['active', 'testing', 'research', 'archived'] as const;
export type Stage = (typeof STAGES)[number];

/** Stages that an environment runs; archived runs nowhere. */
export const STAGES_OF: Readonly<Record<EnvironmentName, readonly Stage[]>> = {
  development: ['research', 'testing'],
  staging: ['testing', 'active'],
  production: ['active'],
};

/** Whether a strategy signs and sends there. */
export const isLive = (environment: EnvironmentName, stage: Stage): boolean =>
  environment === 'production' && stage === 'active';

export interface Strategy {
  /** Name of its file without the ending: its name in metrics, alerts and scopes. */
  readonly name: string;
  readonly stage: Stage;
  readonly settings: StrategySettings;
  readonly layers: Layers;
}

/** Reads one file, and reports what is wrong with it as a file. */
type Read = (file: string) => Document;

export interface StrategyFiles {
  readonly strategies: readonly Strategy[];
  readonly problems: readonly Problem[];
  /** Some could not be understood: what all of them make together is not known. */
  readonly partial: boolean;
}

const NAME = /^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$/;

/** Every strategy below `folder`, which is shown as `display`. */
export function readStrategies(
  folder: string,
  {
    schema: { schema, knownKeys },
    display,
    read,
  }: { readonly schema: Schemas['strategy']; readonly display: string; readonly read: Read },
): StrategyFiles {
  const problems: Problem[] = [];
  const fail = (file: string, message: string): void => {
    problems.push({
      severity: 'error',
      position: { file: `${display}/${file}`, line: 1, column: 1 },
      path: [],
      message,
    });
  };
  if (!existsSync(folder)) return { strategies: [], problems, partial: false };
  if (!statSync(folder).isDirectory()) {
    const position = { file: display, line: 1, column: 1 };
    const message = 'is not a folder; it holds one folder a stage';
    return { strategies: [], problems: [{ severity: 'error', position, path: [], message }], partial: true };
  }
  let partial = false;
  const understand = (stage: Stage, file: string): Strategy[] => {
    const document = read(`strategies/${stage}/${file}`);
    const layers = layer([document]);
    const parsed = document.readable ? schema.safeParse(layers.value) : undefined;
    if (parsed?.success && document.problems.length === 0)
      return [{ name: file.replace(/\.ya?ml$/, ''), stage, settings: parsed.data, layers }];
    partial = true;
    if (parsed && !parsed.success) problems.push(...explain(parsed.error.issues, layers, knownKeys));
    return [];
  };
  const strategies = readdirSync(folder)
    .sort()
    .flatMap((stage): Strategy[] => {
      if (!isStage(stage)) {
        fail(stage, `is not a stage; use one of ${STAGES.join(', ')}${didYouMean(stage, STAGES)}`);
        return [];
      }
      if (!statSync(join(folder, stage)).isDirectory()) {
        fail(stage, 'is not a folder; a stage is a folder of strategy files');
        return [];
      }
      return readdirSync(join(folder, stage))
        .filter((entry) => /\.ya?ml$/.test(entry))
        .sort()
        .flatMap((file) => understand(stage, file));
    });
  return { strategies, problems: [...problems, ...checkNames(strategies)], partial };
}

const isStage = (name: string): name is Stage => STAGES.some((stage) => stage === name);

/** Metrics, alerts and scopes tell strategies apart by the names of their files, people by `strategy.name`. */
function checkNames(strategies: readonly Strategy[]): Problem[] {
  const reserved: readonly string[] = [GLOBAL_SCOPE, ...ENGINE_TYPES];
  const problem = ({ layers }: Strategy, path: Path, message: string): Problem => ({
    severity: 'error',
    position: layers.position(path),
    path,
    message,
  });
  return strategies.flatMap((strategy, index) => {
    const before = strategies.slice(0, index);
    const sameFile = before.find(({ name }) => name === strategy.name);
    const title = strategy.settings.strategy.name;
    const sameTitle = before.find(({ settings }) => settings.strategy.name === title);
    return [
      ...(NAME.test(strategy.name)
        ? []
        : [
            problem(
              strategy,
              [],
              'the name of the file is that of the strategy; use at most 52 lower-case letters, digits and "-"',
            ),
          ]),
      ...(reserved.includes(strategy.name)
        ? [problem(strategy, [], `"${strategy.name}" stops more than one strategy; give the file another name`)]
        : []),
      ...(sameFile ? [problem(strategy, [], `${sameFile.layers.file} has the same name; rename or remove one`)] : []),
      ...(sameTitle && !sameFile
        ? [
            problem(
              strategy,
              ['strategy', 'name'],
              `"${title}" is the name of ${sameTitle.layers.file} as well; give it another`,
            ),
          ]
        : []),
    ];
  });
}
