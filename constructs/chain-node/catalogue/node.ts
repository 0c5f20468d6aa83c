import type {
  BlobCustody,
  ChainDefinition,
  ClientChoice,
  ClientDefinition,
  NetworkDefinition,
  OptionalProcess,
  OptionSettings,
  Process,
  Sizing,
} from './model';

/** What a node runs: a chain, a network, a client, and how they are asked to run. */
export interface NodeProgram {
  readonly chain: ChainDefinition;
  /** Id of one of the chain's networks. */
  readonly network: string;
  /** Id of one of the chain's clients. */
  readonly client: string;
  /** Id of the consensus client beside it. Defaults to the first that follows the network; none where none does. */
  readonly consensus?: string;
  /** `full` or what else the clients know. Defaults to `full`. */
  readonly nodeType?: string;
  /** Defaults to `standard`. */
  readonly blobCustody?: BlobCustody;
  /** Whether peers may connect in. Defaults to `outbound`. */
  readonly p2p?: 'public' | 'outbound';
  /** Defaults to `info`. */
  readonly logLevel?: 'info' | 'debug' | 'error';
  /** Versions by client id. Defaults to the catalogue's pins. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Further arguments by client id, after the managed ones. Defaults to none. */
  readonly extraArguments?: Readonly<Record<string, readonly string[]>>;
  /** Optional processes of its clients that shall run. Defaults to none. */
  readonly options?: readonly string[];
  /** Whether its client answers over IPC as well, for a program on the same machine. Defaults to no. */
  readonly ipc?: boolean;
  /** What is said of them. Defaults to nothing. */
  readonly optionSettings?: OptionSettings;
}

export const networkOf = (chain: ChainDefinition, id: string): NetworkDefinition | undefined =>
  chain.networks.find((network) => network.id === id);

export const choiceOf = (chain: ChainDefinition, client: string): ClientChoice | undefined =>
  chain.clients.find((choice) => choice.client.id === client);

/** Consensus clients that may stand beside a client on a network; empty where it runs alone. */
export const consensusFor = (choice: ClientChoice, network: string): readonly ClientDefinition[] =>
  choice.consensus.filter((client) => client.networks.includes(network));

function known<T>(
  found: T | undefined,
  what: string,
  given: string,
  chain: ChainDefinition,
  names: readonly string[],
): T {
  if (found !== undefined) return found;
  throw new Error(`"${given}" is not a ${what} of ${chain.id}; use one of ${names.join(', ') || 'none'}`);
}

/** The clients of a node in the order in which they start. Throws when the chain does not know one of them. */
export function clientsOf(program: NodeProgram): readonly ClientDefinition[] {
  const { chain } = program;
  const names = chain.clients.map(({ client }) => client.id);
  const choice = known(choiceOf(chain, program.client), 'client', program.client, chain, names);
  const offered = consensusFor(choice, program.network);
  const consensus =
    program.consensus === undefined
      ? offered[0]
      : known(
          offered.find(({ id }) => id === program.consensus),
          `consensus client on ${program.network}`,
          program.consensus,
          chain,
          offered.map(({ id }) => id),
        );
  if (!consensus) return [choice.client];
  return choice.consensusFirst ? [consensus, choice.client] : [choice.client, consensus];
}

/** The version of a client that a node runs; one that runs inside another has the other's. */
export const versionOf = (program: NodeProgram, client: ClientDefinition): string =>
  program.versions?.[client.within ?? client.id] ?? client.version(program.network).value;

/** The hardware that a node's chain asks for; undefined where it knows none. */
export const sizingOf = (program: NodeProgram): Sizing | undefined =>
  program.chain.sizing({
    network: program.network,
    client: program.client,
    ...consensusOf(program),
    nodeType: program.nodeType ?? 'full',
    blobCustody: program.blobCustody ?? 'standard',
  })?.value;

const consensusOf = (program: NodeProgram): { readonly consensus?: string } => {
  const consensus = clientsOf(program).find(({ id }) => id !== program.client)?.id;
  return consensus === undefined ? {} : { consensus };
};

/** An optional process of a client; undefined where it has none of that name. */
export const optionOf = ({ optional = {} }: ClientDefinition, name: string): OptionalProcess | undefined =>
  Object.hasOwn(optional, name) ? optional[name] : undefined;

/** Any memory will do to learn names. */
export const SOME_MEMORY_MIB = 16_384;

/** The processes of each client of a node, in the order in which they start. */
export function processesByClient(
  program: NodeProgram,
  memoryMiB: number,
): readonly { readonly client: ClientDefinition; readonly processes: readonly Process[] }[] {
  const network = known(
    networkOf(program.chain, program.network),
    'network',
    program.network,
    program.chain,
    program.chain.networks.map(({ id }) => id),
  );
  const clients = clientsOf(program);
  const consensus = clients.find((client) => client.id !== program.client)?.id;
  const weights = clients.reduce((sum, { memoryWeight }) => sum + memoryWeight, 0);
  const parts: { client: ClientDefinition; processes: readonly Process[] }[] = [];
  for (const client of clients) {
    const processes = client.processes({
      network,
      nodeType: program.nodeType ?? 'full',
      version: versionOf(program, client),
      p2p: program.p2p ?? 'outbound',
      logLevel: program.logLevel ?? 'info',
      blobCustody: program.blobCustody ?? 'standard',
      ...(consensus === undefined ? {} : { consensus }),
      options: (program.options ?? []).filter((option) => optionOf(client, option)?.networks.includes(network.id)),
      optionSettings: program.optionSettings ?? {},
      ipc: program.ipc === true && client.id === program.client && client.ipc !== undefined,
      memoryMiB: Math.floor((memoryMiB * client.memoryWeight) / weights),
      siblings: parts.flatMap((part) => part.processes),
    });
    const extra = program.extraArguments?.[client.id] ?? [];
    parts.push({ client, processes: withExtraArguments(processes, client.id, extra) });
  }
  return parts;
}

/**
 * Every process of a node, in the order in which they start: the waist between the catalogue, which knows nothing of
 * hosting, and the renderers, which know nothing of chains. Throws when two processes claim one port.
 */
export function processesOf(program: NodeProgram, memoryMiB: number): readonly Process[] {
  const processes = processesByClient(program, memoryMiB).flatMap((client) => client.processes);
  assertPortsUnique(processes);
  return processes;
}

/** A path that processes write to, and the directory on the data volume that it is. */
export interface DataDirectory {
  /** As the processes see it. */
  readonly path: string;
  /** Its name on the data volume. */
  readonly name: string;
}

/** The data directories of a node's client; those of what stands beside it are not among them. */
export function dataDirectoriesOf(program: NodeProgram): readonly DataDirectory[] {
  const alone = processesByClient({ ...program, options: [] }, SOME_MEMORY_MIB);
  const own = alone.filter(({ client }) => client.id === program.client);
  return own.flatMap(({ processes }) =>
    processes.flatMap(({ directories }) => Object.entries(directories).map(([path, name]) => ({ path, name }))),
  );
}

/** Where an engine beside a node finds it: its socket and its data directory, by their places on the data volume; undefined where the client has no socket. */
export function besideNode(program: NodeProgram): { readonly ipc: string; readonly data: string } | undefined {
  const client = choiceOf(program.chain, program.client)?.client;
  const path = client?.ipc?.value;
  if (path === undefined) return undefined;
  const directories = dataDirectoriesOf(program);
  const ipc = onDataVolume(path, directories);
  const data = onDataVolume(path.slice(0, path.lastIndexOf('/')), directories);
  if (ipc === undefined || data === undefined) throw new Error(`${program.client} has its socket outside of its data`);
  return { ipc, data };
}

/** Where on the data volume a path of a client lies, such as `geth/chaindata` for `/data/chaindata`; undefined when it is elsewhere. */
export function onDataVolume(path: string, directories: readonly DataDirectory[]): string | undefined {
  const [deepest] = directories
    .filter((directory) => path === directory.path || path.startsWith(`${directory.path}/`))
    .sort((a, b) => b.path.length - a.path.length);
  return deepest && deepest.name + path.slice(deepest.path.length);
}

/** Extra arguments go to the process that bears the client's name, or to its first. */
function withExtraArguments(
  processes: readonly Process[],
  client: string,
  extra: readonly string[],
): readonly Process[] {
  const main = processes.find(({ name }) => name === client) ?? processes[0];
  return processes.map((process) =>
    process === main && extra.length > 0 ? { ...process, arguments: [...process.arguments, ...extra] } : process,
  );
}

function assertPortsUnique(processes: readonly Process[]): void {
  const claimed = new Map<string, string>();
  for (const process of processes) {
    for (const { number, protocol, name } of process.ports) {
      const { from, to } = typeof number === 'number' ? { from: number, to: number } : number;
      for (let port = from; port <= to; port++) {
        const holder = claimed.get(`${port}/${protocol}`);
        if (holder) throw new Error(`port ${port}/${protocol} is claimed by ${holder} and by ${process.name} ${name}`);
        claimed.set(`${port}/${protocol}`, `${process.name} ${name}`);
      }
    }
  }
}
