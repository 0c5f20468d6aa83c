import { z } from 'zod';
import type { ChainDefinition } from '../constructs/chain-node/catalogue';
import { type KnownKeys, knownKeysOf } from './explain';
import { environmentSchema } from './schema/environment';
import { strategySchema } from './schema/mev';

/** The schemas of a catalogue, each with the keys that it knows. */
export interface Schemas {
  readonly environment: Schema<ReturnType<typeof environmentSchema>>;
  readonly strategy: Schema<ReturnType<typeof strategySchema>>;
}

interface Schema<T extends z.ZodType> {
  readonly schema: T;
  readonly knownKeys: KnownKeys;
}

/** By their catalogues: to make them takes as long as to read all files with them. */
const MADE = new WeakMap<readonly ChainDefinition[], Schemas>();

export function schemasOf(chains: readonly ChainDefinition[]): Schemas {
  const known = MADE.get(chains);
  if (known) return known;
  const made = {
    environment: withKeys(environmentSchema(chains)),
    strategy: withKeys(strategySchema(chains.map(({ id }) => id))),
  };
  MADE.set(chains, made);
  return made;
}

/** The keys are asked for when one is not known. */
function withKeys<T extends z.ZodType>(schema: T): Schema<T> {
  let keys: KnownKeys | undefined;
  return {
    schema,
    knownKeys: (path) => {
      keys ??= knownKeysOf(z.toJSONSchema(schema, { io: 'input' }) as never);
      return keys(path);
    },
  };
}
