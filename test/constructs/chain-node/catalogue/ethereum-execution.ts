import {
  type ClientDefinition,
  clientsIn,
  ethereum,
  everyProgram,
  flagName,
  type NodeProgram,
  type Process,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';

/** Ethereum's nodes by their execution client, for tests of these clients. */

export const MEMORY_MIB = 16_384;

/** In the order in which the chain lists them. */
export const CLIENTS = ['geth', 'reth', 'nethermind', 'besu', 'erigon'] as const;

export const node = (client: string, more: Partial<NodeProgram> = {}): NodeProgram => ({
  chain: ethereum,
  network: 'mainnet',
  client,
  ...more,
});

export const execution = (client: string, more: Partial<NodeProgram> = {}): Process =>
  processesOf(node(client, more), MEMORY_MIB).find(({ name }) => name === client) as Process;

export const clientOf = (id: string): ClientDefinition =>
  clientsIn(ethereum).find((candidate) => candidate.id === id) as ClientDefinition;

export const programsOf = (id: string): readonly NodeProgram[] =>
  everyProgram(ethereum).filter(({ client }) => client === id);

/** Every flag that a client is given in any node. */
export const flagsGiven = (id: string): readonly string[] => [
  ...new Set(
    programsOf(id).flatMap((program) => execution(id, program).arguments.map((argument) => flagName(argument) ?? '')),
  ),
];
