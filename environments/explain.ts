import type { z } from 'zod';
import { isPlainMap, type Path, valueAt } from './document';
import type { Layers } from './merge';
import { didYouMean } from './nearest';
import type { Problem } from './problem';
import { MISSING, show } from './schema/leaf';

/** Turns what zod found into errors for operators: at the place in the layer that set the value, in our words. */

const WANTED: Readonly<Record<string, string>> = { object: 'a map of keys', record: 'a map of keys', array: 'a list' };

type Issue = z.core.$ZodIssue;

/** Keys that a section knows at a path; used to suggest the nearest. */
export type KnownKeys = (path: Path) => readonly string[];

export function explain(issues: readonly Issue[], layers: Layers, knownKeys: KnownKeys): Problem[] {
  return issues.flatMap((issue) => explainOne(issue, [], layers, knownKeys));
}

function explainOne(issue: Issue, prefix: Path, layers: Layers, knownKeys: KnownKeys): Problem[] {
  const path: Path = [...prefix, ...(issue.path as (string | number)[])];
  const given = valueAt(layers.value, path);
  const error = (at: Path, message: string, where: 'key' | 'value' = 'value'): Problem => ({
    severity: 'error',
    position: where === 'key' ? layers.keyPosition(at) : layers.position(at),
    path: at,
    message,
  });
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(path);
      return issue.keys.map((key) => {
        // Known, but of another way to say it.
        if (known.includes(key) && isPlainMap(given)) {
          const beside = Object.keys(given).filter((other) => other !== key);
          return error(
            [...path, key],
            `does not go with ${beside.join(', ')}; give one of ${known.join(', ')}; null removes a key that another file sets`,
            'key',
          );
        }
        const choice = known.length > 0 ? `; use one of ${known.join(', ')}` : '';
        return error([...path, key], `is not a known key${choice}${didYouMean(key, known)}`, 'key');
      });
    }
    case 'invalid_type': {
      const wanted = WANTED[issue.expected] ?? issue.expected;
      if (given === undefined) return [missing(layers, path, `give ${wanted}`)];
      const keys = issue.expected === 'object' ? knownKeys(path) : [];
      // More than a few would not help.
      const choice = keys.length > 0 && keys.length <= 12 ? `; its keys are ${keys.join(', ')}` : '';
      return [error(path, `${show(given)} is not ${wanted}${choice}`)];
    }
    case 'invalid_union': {
      if (given === undefined) return [missing(layers, path, `give ${issue.message}`)];
      const inner = issue.errors.filter((branch) =>
        branch.every(({ code }) => code !== 'invalid_type' && code !== 'invalid_value'),
      );
      const closest = [...inner].sort((a, b) => a.length - b.length)[0];
      if (isPlainMap(given) && closest?.every(({ code }) => code === 'custom')) {
        return closest.flatMap((nested) => explainOne(nested, path, layers, knownKeys));
      }
      const keys = isPlainMap(given) ? Object.keys(given) : [];
      const what = keys.length > 1 ? `a map of ${keys.join(' and ')}` : show(given);
      const hint = keys.length > 1 ? '; null removes a key that another file sets' : '';
      return [error(path, `${what} is not ${issue.message}${hint}`)];
    }
    case 'invalid_key': {
      const known = issue.issues.flatMap((nested) =>
        nested.code === 'invalid_value' ? nested.values.map(String) : [],
      );
      const key = String(path.at(-1));
      return [error(path, `is not a known key; use one of ${known.join(', ')}${didYouMean(key, known)}`, 'key')];
    }
    case 'custom': {
      if (issue.message.startsWith(MISSING)) return [missing(layers, path, issue.message.slice(`${MISSING}; `.length))];
      return [error(path, issue.message, issue.params?.key === true ? 'key' : 'value')];
    }
    default:
      return [error(path, issue.message)];
  }
}

/** A missing key is reported where a null removed it, or else at the key that should hold it. */
function missing(layers: Layers, path: Path, advice: string): Problem {
  const removed = layers.removed(path);
  return {
    severity: 'error',
    position: removed ?? layers.keyPosition(path),
    path,
    message: removed ? `is removed by this null and cannot be missing; ${advice}` : `${MISSING}; ${advice}`,
  };
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly deprecated?: boolean;
}

/** Known keys from the exported JSON Schema, without those that are refused. */
export function knownKeysOf(schema: JsonSchema): KnownKeys {
  const step = (at: JsonSchema | undefined, part: string | number): JsonSchema | undefined => {
    if (!at) return undefined;
    if (typeof part === 'number') return at.items;
    const additional = typeof at.additionalProperties === 'object' ? at.additionalProperties : undefined;
    return at.properties?.[part] ?? additional ?? at.anyOf?.map((branch) => step(branch, part)).find((found) => found);
  };
  return (path) => {
    const found = path.reduce<JsonSchema | undefined>(step, schema);
    const branches = found?.anyOf ?? (found ? [found] : []);
    return branches.flatMap((branch) =>
      Object.entries(branch.properties ?? {})
        .filter(([, property]) => property.deprecated !== true)
        .map(([key]) => key),
    );
  };
}
