import type {
  Argument,
  ChainDefinition,
  ClientChoice,
  ClientDefinition,
  OptionalProcess,
  OptionSettings,
  Surroundings,
} from './model';
import { consensusFor, type NodeProgram, processesByClient, SOME_MEMORY_MIB } from './node';

/** What a chain allows: every way to run a node of it, and what those ways set. */

/**
 * Every node that a chain can run: network × clients × node type × blob custody × peers in or not × optional processes, without
 * those that makers rule out.
 */
export function everyProgram(chain: ChainDefinition): readonly NodeProgram[] {
  return chain.clients.flatMap((choice) =>
    choice.client.networks.flatMap((network) =>
      pairsOf(choice, network).flatMap((pair) => waysOf(chain, network, pair)),
    ),
  );
}

type Pair = readonly [ClientDefinition, ClientDefinition | undefined];

const pairsOf = (choice: ClientChoice, network: string): readonly Pair[] => {
  const offered = consensusFor(choice, network);
  return offered.length === 0 ? [[choice.client, undefined]] : offered.map((consensus) => [choice.client, consensus]);
};

function waysOf(chain: ChainDefinition, network: string, [client, consensus]: Pair): readonly NodeProgram[] {
  const clients = consensus ? [client, consensus] : [client];
  const nodeTypes = client.nodeTypes.filter((type) => clients.every((one) => one.nodeTypes.includes(type)));
  const custodies = clients.find((one) => one.blobCustody)?.blobCustody ?? (['standard'] as const);
  const optional = optionsOn(clients, network);
  return nodeTypes.flatMap((nodeType) =>
    custodies.flatMap((blobCustody) =>
      (['public', 'outbound'] as const).flatMap((p2p) =>
        (optional.length > 0 ? [{}, asked(optional, network)] : [{}])
          .filter(() => clients.every((one) => canRun(one, { network, nodeType, p2p })))
          .map(
            (options): NodeProgram => ({
              chain,
              network,
              client: client.id,
              ...(consensus ? { consensus: consensus.id } : {}),
              nodeType,
              blobCustody,
              p2p,
              ...options,
            }),
          ),
      ),
    ),
  );
}

type Options = readonly (readonly [name: string, option: OptionalProcess])[];

/** The optional processes of clients that are for a network. */
const optionsOn = (clients: readonly ClientDefinition[], network: string): Options =>
  clients.flatMap(({ optional = {} }) =>
    Object.entries(optional).filter(([, { networks }]) => networks.includes(network)),
  );

/** All of them, each with something said of it. */
const asked = (options: Options, network: string): Pick<NodeProgram, 'options' | 'optionSettings'> => ({
  options: options.map(([name]) => name),
  optionSettings: Object.fromEntries(options.map(([name, option]) => [name, exampleSettings(option, network)])),
});

/** Values that an optional process may have on a network: all that it knows of. */
export const exampleSettings = ({ settings = {} }: OptionalProcess, network: string): OptionSettings[string] =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([key, setting]): [string, string | readonly string[]][] => {
      if (setting.kind === 'choices') return [[key, (setting.choices[network] ?? []).slice(0, setting.most)]];
      return setting.kind === 'text' ? [[key, setting.example]] : [];
    }),
  );

/** Whether there is a storage with which its makers let it run on an instance. */
const canRun = ({ cannot }: ClientDefinition, on: Omit<Surroundings, 'hosting' | 'storage'>): boolean =>
  (['ebs', 'instance-store'] as const).some((storage) => !cannot?.({ ...on, hosting: 'instance', storage }));

/** The clients of a chain, each once: those that YAML can name, and those beside them. */
export const clientsIn = (chain: ChainDefinition): readonly ClientDefinition[] => [
  ...new Set([...chain.clients.map(({ client }) => client), ...chain.clients.flatMap(({ consensus }) => consensus)]),
];

/** `--http.addr=0.0.0.0` → `--http.addr`; undefined for what is no flag. */
export function flagName(argument: Argument): string | undefined {
  const text = typeof argument === 'string' ? argument : argument[0];
  if (typeof text !== 'string' || !/^--?\w/.test(text)) return undefined;
  return text.split('=')[0];
}

/** The flags that a client's definition sets in any of its ways to run; an operator may not set them a second time. */
export function managedFlags(chain: ChainDefinition, client: ClientDefinition): ReadonlySet<string> {
  const own = everyProgram(chain)
    .filter((program) => program.client === client.id || program.consensus === client.id)
    .flatMap((program) => processesByClient(program, SOME_MEMORY_MIB).filter((part) => part.client === client));
  const names = own.flatMap(({ processes }) => processes.flatMap((process) => process.arguments.map(flagName)));
  return new Set([...names.filter((name) => name !== undefined), ...(client.alsoManaged ?? [])]);
}
