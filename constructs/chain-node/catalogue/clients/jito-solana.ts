import type { ClientDefinition, Fact } from '../model';
import { type SolanaRepository, solanaBuild } from './solana-build';
import { solanaHealth } from './solana-rpc';
import { SHREDSTREAM_PROXY, shredstreamOption } from './solana-shredstream';
import { ALSO_MANAGED, validatorArchive, validatorCannot, validatorDisk, validatorProcesses } from './solana-validator';

/**
 * jito-solana, Jito's fork of agave. A node that only answers RPC has of it `simulateBundle`, which is always on; block engine, relayer,
 * tips and shred receivers are for validators, and without their flags nothing connects (validator/src/commands/run).
 */

const REPOSITORY: SolanaRepository = {
  name: 'jito-solana',
  repository: 'https://github.com/jito-foundation/jito-solana',
  commits: {
    'v4.2.1-jito': '166de6d3a5082ce1abbe04dd42077fa75cac877e',
    'v4.3.0-beta.2-jito': '9d9c0f7aa41d09ee58d1ff0066e37e3918ab7272',
  },
};

const tag = (value: string, release: string): Fact<string> => ({
  value,
  source: `jito-foundation/jito-solana tag ${value}, "${release}", the newest of its kind in a clone of 2026-08-21; both networks need a newer one by now, see their forks, and take it as <tag>@<commit>`,
  asOf: '2026-08-21',
  status: 'verified',
});

export const jitoSolana: ClientDefinition = {
  id: 'jito-solana',
  role: 'whole',
  version: (network) =>
    network === 'mainnet'
      ? tag('v4.2.1-jito', 'Mainnet - v4.2.1-jito')
      : tag('v4.3.0-beta.2-jito', 'Testnet - v4.3.0-beta.2-jito'),
  versions: Object.keys(REPOSITORY.commits),
  architectures: ['x86_64'],
  networks: ['mainnet', 'testnet'],
  instead: {
    devnet: 'Jito has nothing there; use agave',
    local: 'its development mode is that of agave; use agave',
  },
  nodeTypes: ['full'],
  optional: { [SHREDSTREAM_PROXY]: shredstreamOption },
  memoryWeight: 1,
  alsoManaged: ALSO_MANAGED,
  processes: (context) => validatorProcesses(context, 'jito-solana', solanaBuild(REPOSITORY, context.version)),
  health: (network) => solanaHealth('jito-solana', network),
  cannot: validatorCannot,
  archive: validatorArchive,
  disk: validatorDisk,
};
