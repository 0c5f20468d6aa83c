import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatPath, isPlainMap, type Path, type Plain } from '../environments/document';
import type { Environment } from '../environments/environment';
import { type Configuration, loadEnvironments } from '../environments/load';
import { writeLock } from '../environments/lock';
import type { Layers } from '../environments/merge';
import { didYouMean } from '../environments/nearest';
import { ConfigurationError, formatProblems } from '../environments/problem';
import { ENVIRONMENTS, type EnvironmentName } from '../environments/schema/sections';

const USAGE = `usage: npm run config -- <environment> [path]   effective values, each with file and line of origin
       npm run config -- <environment> lock     writes the environment's nodes.lock.yml
       <environment> is one of ${ENVIRONMENTS.join(', ')}; path such as chains.ethereum, or nodes, or nodes.<id>`;

/** What a call answers: lines for standard output, lines for standard error, and the exit status. */
interface Answer {
  readonly out: readonly string[];
  readonly err: readonly string[];
  readonly status: number;
}

const refuse = (message: string): Answer => ({ out: [], err: [message], status: 2 });

/** Answers one call against a folder of environments. */
export function config(folder: string, words: readonly string[]): Answer {
  const [name, path = ''] = words;
  const known = ENVIRONMENTS.find((environment) => environment === name);
  if (name === undefined || words.length > 2) return refuse(USAGE);
  if (!known)
    return refuse(
      `"${name}" is not an environment; use one of ${ENVIRONMENTS.join(', ')}${didYouMean(name, ENVIRONMENTS)}`,
    );
  try {
    return path === 'lock' ? lock(folder, known) : show(loadEnvironments(folder), known, path);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { out: [], err: error.message.split('\n'), status: 1 };
  }
}

function find({ environments }: Configuration, name: EnvironmentName): Environment | undefined {
  return environments.find((environment) => environment.name === name);
}

function show(configuration: Configuration, name: EnvironmentName, path: string): Answer {
  const environment = find(configuration, name);
  const layers = configuration.layers.get(name);
  if (!environment || !layers) return refuse(`there is no folder environments/${name}`);
  const all = [...settingRows(layers), ...nodeRows(environment)];
  const rows = all.filter(
    ([key]) => path === '' || key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`),
  );
  const err = [...formatProblems(configuration.warnings), ...configuration.notes];
  if (rows.length === 0) {
    const names = [...new Set(all.flatMap(([key]) => prefixes(key)))];
    return { out: [], err: [`"${path}" is set nowhere in ${name}${didYouMean(path, names)}`], status: 1 };
  }
  return {
    out: [...table(rows), ...(path === '' || path === 'nodes' ? ['', ...summary(environment)] : [])],
    err,
    status: 0,
  };
}

type Row = readonly [key: string, value: string, origin: string];

/** Every value that a file sets, where the last layer that sets it stands. */
function settingRows(layers: Layers): Row[] {
  return leaves(layers.value, []).map(([path, value]) => {
    const { file, line } = layers.position(path);
    return [formatPath(path), Array.isArray(value) ? `[${value.join(', ')}]` : String(value), `${file}:${line}`];
  });
}

function leaves(value: Plain, path: Path): [Path, Plain][] {
  if (!isPlainMap(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

const nodeRows = ({ nodes }: Environment): Row[] =>
  nodes.flatMap(({ id, settings }) =>
    settings.map(({ name, value, origin }): Row => [`nodes.${id}.${name}`, value, origin]),
  );

const prefixes = (key: string): string[] =>
  key.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.'));

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const count = (nodes: number): string => `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;

/** The list of nodes with their sizing. */
function summary({ name, nodes }: Environment): string[] {
  const rows = nodes.map(({ id, zone = 'any zone', storage, volume, ...node }) => [
    id,
    zone,
    ...(node.hosting === 'instance'
      ? [node.tier, node.instanceType]
      : ['kubernetes', `${node.resources.cpu} cores, ${node.resources.memoryMiB} MiB`]),
    volume
      ? `${volume.sizeGiB} GiB ${volume.type}, ${volume.iops} iops${volume.throughputMiBps ? `, ${volume.throughputMiBps} MiB/s` : ''}`
      : storage,
  ]);
  return [`${name}: ${count(nodes.length)}`, ...table(rows)];
}

/** Adds what is new and what has grown; refuses what would lose a disk, as synth does. */
function lock(folder: string, name: EnvironmentName): Answer {
  const file = join(folder, name, 'nodes.lock.yml');
  // Of every environment: a node that two of them gain could else be locked in neither.
  const configuration = loadEnvironments(folder, { unlocked: ENVIRONMENTS });
  const environment = find(configuration, name);
  if (!environment) return refuse(`there is no folder environments/${name}`);
  const text = writeLock(environment.nodes, environment, name);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (text === before) return { out: [`environments/${name}/nodes.lock.yml is up to date`], err: [], status: 0 };
  writeFileSync(file, text);
  return {
    out: [
      `wrote environments/${name}/nodes.lock.yml: ${count(environment.nodes.length)}; read the change, then commit it`,
    ],
    err: [],
    status: 0,
  };
}

if (require.main === module) {
  const { out, err, status } = config(join(__dirname, '..', 'environments'), process.argv.slice(2));
  if (err.length > 0) console.error(err.join('\n'));
  if (out.length > 0) console.log(out.join('\n'));
  process.exitCode = status;
}
