import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHAINS, type ChainDefinition, type ClientDefinition, clientsIn } from '../constructs/chain-node/catalogue';
import { WORKER_METRICS } from '../constructs/data-worker/contract';
import { ENGINE_METRICS, type EngineMetric } from '../constructs/mev-engine/contract';
import { dashboardsPage } from '../constructs/monitoring-stack';
import { environmentJsonSchema, exportedSchemas, type JsonSchema } from '../environments/schema/export';
import { chainPage } from './chain-page';

/**
 * Writes what is generated from code and committed: the JSON Schemas, the configuration reference in the README, the list of
 * pinned versions, the outline of the dashboards, a page for each chain, the tables of what engines and workers export. `npm run generate` writes;
 * a test holds the files equal.
 */

const BEGIN = '<!-- configuration reference: written by npm run generate -->';
const END = '<!-- end of configuration reference -->';
const METRICS = ['<!-- metrics -->', '<!-- /metrics -->'] as const;

/** Every generated file, by its path from the root of the project. */
export function generatedFiles(root: string): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(exportedSchemas()).map(
      ([name, schema]) => [`environments/schema/${name}`, `${JSON.stringify(schema, null, 2)}\n`] as const,
    ),
    ['README.md', between(root, 'README.md', [BEGIN, END], `\n${configurationReference()}`)],
    ['docs/engine-contract.md', between(root, 'docs/engine-contract.md', METRICS, metricsTable(ENGINE_METRICS))],
    ['docs/worker-contract.md', between(root, 'docs/worker-contract.md', METRICS, metricsTable(WORKER_METRICS))],
    ['docs/versions.md', versions()],
    ['docs/dashboards.md', dashboardsPage()],
    ...CHAINS.map((chain) => [`docs/chains/${chain.id}.md`, chainPage(chain)] as const),
  ]);
}

/** A file of the project with this text between its marks. */
function between(root: string, path: string, [begin, end]: readonly [string, string], text: string): string {
  const page = readFileSync(join(root, path), 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} lacks the marks "${begin}" and "${end}"`);
  return `${page.slice(0, from)}${begin}\n${text}\n${page.slice(to)}`;
}

/** A table of what an engine, or a worker, exports. */
function metricsTable(metrics: readonly EngineMetric[]): string {
  const rows = metrics.map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((one) => `\`${one}\``).join(', ')} | ${help} |`,
  );
  return ['| metric | type | labels | |', '|---|---|---|---|', ...rows].join('\n');
}

/** A table of every key: what it is, what it takes, what it defaults to. */
function configurationReference(): string {
  const rows = keys(withOneChain(environmentJsonSchema()), []).map(({ path, schema }) => {
    return `| \`${path}\` | ${accepts(schema)} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`;
  });
  return ['| key | takes | |', '|---|---|---|', ...rows, ''].join('\n');
}

/** A key that takes something else on each chain. */
interface KeyOfChains extends JsonSchema {
  readonly byChain?: true;
}

/** The chains differ in little: one stands for all, and what is each chain's own stands on its page. */
function withOneChain(schema: JsonSchema): JsonSchema {
  const chains = Object.values(schema.properties?.chains?.properties ?? {});
  const properties = new Map<string, KeyOfChains>();
  for (const [key, first] of chains.flatMap((chain) => Object.entries(chain.properties ?? {}))) {
    const all = chains.flatMap((chain) => chain.properties?.[key] ?? []);
    const same = all.every((one) => JSON.stringify(one) === JSON.stringify(first));
    const described = all.every(({ description }) => description === first.description);
    const description = (first.description ?? '').replace(described ? '' : / Default: .*$/, '');
    properties.set(key, same ? first : { description, byChain: true });
  }
  const one = { type: 'object', properties: Object.fromEntries(properties) };
  return {
    ...schema,
    properties: { ...schema.properties, chains: { type: 'object', properties: { '<chain>': one } } },
  };
}

function keys(schema: JsonSchema, path: readonly string[]): { readonly path: string; readonly schema: JsonSchema }[] {
  const below = [
    ...Object.entries(schema.properties ?? {}),
    ...(typeof schema.additionalProperties === 'object' && schema.additionalProperties.properties
      ? [['<name>', schema.additionalProperties] as const]
      : []),
  ];
  return below.flatMap(([key, inner]) => {
    const at = [...path, key];
    // Settings of a node repeat those of its chain.
    const node = at.at(-1) === '<name>' && at.at(-2) === 'nodes';
    const inside = node ? [] : keys(inner, at);
    const own = inside.length > 0 && inner.description === undefined ? [] : [{ path: at.join('.'), schema: inner }];
    return [...own, ...inside];
  });
}

function accepts(schema: KeyOfChains): string {
  if (schema.deprecated) return 'nothing';
  if (schema.byChain) return '[by chain](docs/chains/)';
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.items) return `list of ${accepts(schema.items)}`;
  if (schema.properties || schema.additionalProperties) return 'map';
  if (schema.anyOf) return 'one of several shapes';
  return schema.type === 'string' ? 'text' : (schema.type ?? 'anything');
}

/** Every version that the catalogue pins, with how sure it is. */
function versions(): string {
  const rows = CHAINS.flatMap((chain) => clientsIn(chain).flatMap((client) => pins(chain, client)));
  return [
    '# Pinned versions',
    '',
    'Written by `npm run generate` from `constructs/chain-node/catalogue`. A version that is not `verified` was not read at',
    'its origin: check it before you rely on it, and pin your own with `chains.<chain>.version.<client>`.',
    '',
    '| chain | client | version | status | source | as of |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function pins({ id }: ChainDefinition, client: ClientDefinition): string[] {
  if (client.within !== undefined) return [];
  const facts = client.networks.map((network) => client.version(network));
  const distinct = new Map(facts.map((fact) => [fact.value, fact]));
  return [...distinct.values()].map(
    ({ value, status, source, asOf }) => `| ${id} | ${client.id} | \`${value}\` | ${status} | ${source} | ${asOf} |`,
  );
}

if (require.main === module) {
  const root = join(__dirname, '..');
  for (const [path, text] of generatedFiles(root)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
