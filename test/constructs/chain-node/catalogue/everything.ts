import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Argument,
  CHAINS,
  clientsIn,
  everyProgram,
  type NodeProgram,
  type Process,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';
import { type Configuration, loadEnvironments } from '../../../../environments/load';
import { programName } from '../../../../tools/every-release';

/** Every node that the catalogue can run, rendered once, for tests that hold all of them to one rule. */

export const MEMORY_MIB = 16_384;

export interface Rendered {
  readonly name: string;
  readonly program: NodeProgram;
  readonly processes: readonly Process[];
}

export const NODES: readonly Rendered[] = CHAINS.flatMap(everyProgram).map((program) => ({
  name: programName(program),
  program,
  processes: processesOf(program, MEMORY_MIB),
}));

/** What `find` objects to, in all nodes, once each. */
export const inNodes = (find: (node: Rendered) => readonly string[]): string[] => [
  ...new Set(NODES.flatMap((node) => find(node).map((found) => `${node.name}: ${found}`))),
];
/** What `find` objects to, in all processes, once each: `<chain>/<process> <what>`. */
export const inProcesses = (find: (process: Process, node: Rendered) => readonly string[]): string[] => [
  ...new Set(
    NODES.flatMap((node) =>
      node.processes.flatMap((process) =>
        find(process, node).map((found) => `${node.program.chain.id}/${process.name} ${found}`),
      ),
    ),
  ),
];

/** Arguments with a word in place of what only the host knows. */
export const textOf = (argument: Argument): string =>
  typeof argument === 'string'
    ? argument
    : argument.map((part) => (typeof part === 'string' ? part : 'later')).join('');

/** Flags with their values; undefined where a flag has none. */
export const flagsOf = (process: Process): Map<string, string | undefined> =>
  new Map(
    process.arguments.map((argument) => {
      const [name, ...value] = textOf(argument).split('=');
      return [name as string, value.length > 0 ? value.join('=') : undefined] as const;
    }),
  );

/** What the catalogue sizes a node by. */
export function choiceFrom(program: NodeProgram) {
  const { network, client, consensus, nodeType = 'full', blobCustody = 'standard' } = program;
  return { network, client, ...(consensus === undefined ? {} : { consensus }), nodeType, blobCustody };
}

const twinOf = ({ network, client, consensus = '', blobCustody, nodeType }: NodeProgram): string =>
  `${network} ${client} ${consensus} ${blobCustody} ${nodeType}`;

/** Programs that differ in network and client alone: each list can be one environment. */
export const VARIANTS = CHAINS.flatMap((chain) => {
  const seen = new Map<string, NodeProgram[]>();
  const all = everyProgram(chain).filter((program) => !program.options && chain.sizing(choiceFrom(program)));
  for (const program of all) {
    const { consensus = '', blobCustody, nodeType, p2p } = program;
    // One of the two, peers let in or not, will do.
    if (p2p === 'public' && all.some((other) => other.p2p === 'outbound' && twinOf(program) === twinOf(other)))
      continue;
    const key = `${consensus} ${blobCustody} ${nodeType} ${p2p}`;
    seen.set(key, [...(seen.get(key) ?? []), program]);
  }
  return [...seen.values()];
});

/** Loads one environment that runs these programs, which share all but network and client. */
export function loadPrograms(programs: readonly NodeProgram[], today: Date): Configuration {
  const [{ chain, consensus, nodeType, blobCustody, p2p }] = programs as [NodeProgram];
  const ids = new Set(programs.map(({ network, client }) => `${network}-${client}`));
  const networks = [...new Set(programs.map(({ network }) => network))];
  const clients = [...new Set(programs.map(({ client }) => client))];
  // What does not exist is taken away, node by node.
  const absent = networks.flatMap((network) =>
    clients.map((client) => `${network}-${client}`).filter((id) => !ids.has(id)),
  );
  const settings = {
    networks,
    clients,
    ...(consensus === undefined ? {} : { consensus }),
    node_type: nodeType,
    ...(clientsIn(chain).some((client) => client.blobCustody) ? { blob_custody: blobCustody } : {}),
    // Without a layer 1 beside it.
    ...(chain.networks.some(({ l1 }) => l1) ? { l1: { rpc_secret: 'l1/rpc', beacon_secret: 'l1/beacon' } } : {}),
    nodes: Object.fromEntries(absent.map((id) => [id, null])),
  };
  const root = mkdtempSync(join(tmpdir(), 'catalogue-'));
  try {
    const folder = join(root, 'environments');
    mkdirSync(join(folder, 'development'), { recursive: true });
    // JSON is YAML.
    writeFileSync(
      join(folder, 'global.yml'),
      JSON.stringify({
        aws: { region: 'eu-central-1', zones: ['eu-central-1a'] },
        network: { p2p: { mode: p2p } },
        chains: { [chain.id]: settings },
      }),
    );
    writeFileSync(join(folder, 'development', 'overrides.yml'), '{}');
    const configuration = loadEnvironments(folder, { chains: [chain], today, unlocked: ['development'] });
    const loaded = configuration.environments.flatMap(({ nodes }) => nodes).length;
    if (loaded !== programs.length) throw new Error(`${loaded} nodes of ${programs.length} were loaded`);
    return configuration;
  } finally {
    rmSync(root, { recursive: true });
  }
}
