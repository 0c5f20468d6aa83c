import { z } from 'zod';
import { CHAINS } from '../../constructs/chain-node/catalogue';
import { environmentSchema, OVERRIDES_ONLY } from './environment';
import { lockSchema } from './lock';
import { strategySchema } from './mev';

/** JSON Schemas for editors, from the same zod schemas that the loader uses. */

export interface JsonSchema {
  readonly $schema?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly not?: object;
}

const toJson = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;

/** The schema of one environment after merging: what the configuration reference is written from. */
export const environmentJsonSchema = (): JsonSchema => toJson(environmentSchema(CHAINS));

/** Every file of `schema/`, by name. */
export function exportedSchemas(): Readonly<Record<string, JsonSchema>> {
  const layer = asLayer(environmentJsonSchema());
  const names = CHAINS.map(({ id }) => id);
  return {
    'global.schema.json': shareRepeated(OVERRIDES_ONLY.reduce((schema, key) => without(schema, key.split('.')), layer)),
    'overrides.schema.json': shareRepeated(layer),
    'nodes-lock.schema.json': toJson(lockSchema),
    'strategy.schema.json': toJson(strategySchema(names)),
  };
}

/** One layer of two: nothing is required, and null removes what the layer below has set. */
function asLayer(schema: JsonSchema): JsonSchema {
  const { required: _, ...rest } = schema;
  const nullable = (inner: JsonSchema): JsonSchema => {
    const layer = asLayer(inner);
    return inner.deprecated === true ? { ...layer, not: {} } : { anyOf: [layer, { type: 'null' }] };
  };
  return {
    ...rest,
    ...(schema.properties ? { properties: mapValues(schema.properties, nullable) } : {}),
    ...(typeof schema.additionalProperties === 'object'
      ? { additionalProperties: nullable(schema.additionalProperties) }
      : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.map(asLayer) } : {}),
  };
}

function without(schema: JsonSchema, [key, ...rest]: readonly string[]): JsonSchema {
  const inner = key === undefined ? undefined : schema.properties?.[key];
  if (key === undefined || !inner) {
    return schema.anyOf
      ? { ...schema, anyOf: schema.anyOf.map((branch) => without(branch, key === undefined ? [] : [key, ...rest])) }
      : schema;
  }
  const { [key]: _, ...kept } = schema.properties ?? {};
  return { ...schema, properties: rest.length === 0 ? kept : { ...kept, [key]: without(inner, rest) } };
}

const mapValues = (
  map: Readonly<Record<string, JsonSchema>>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));

/** Below this length, repeating is easier to read than a reference. */
const SHORT = 200;

/** Moves what stands several times into `$defs`: chains are alike, and so are a chain's settings and its nodes'. */
function shareRepeated(schema: JsonSchema): JsonSchema {
  const seen = new Map<string, number>();
  const count = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const text = JSON.stringify(value);
    if (text.length < SHORT) return;
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    // What is inside a repetition is counted once, with the first.
    if (times === 1) Object.values(value).forEach(count);
  };
  count(schema);
  const names = new Map<string, string>();
  const definitions: Record<string, unknown> = {};
  const replace = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const text = JSON.stringify(value);
    if (Array.isArray(value)) return value.map(replace);
    const inner = (): unknown => Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item)]));
    // A bag of properties is not a schema and cannot be referred to; a schema says what it is.
    const isSchema = 'type' in value || 'anyOf' in value;
    if ((seen.get(text) ?? 0) < 2 || !isSchema || value === schema) return inner();
    let name = names.get(text);
    if (name === undefined) {
      name = `shared${names.size + 1}`;
      names.set(text, name);
      definitions[name] = inner();
    }
    return { $ref: `#/$defs/${name}` };
  };
  const replaced = replace(schema) as JsonSchema;
  return { ...replaced, $defs: definitions } as JsonSchema;
}
