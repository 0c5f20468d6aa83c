import type { ClientDefinition } from '../model';
import { type SolanaRepository, solanaBuild } from './solana-build';
import { LOCAL, localProcesses } from './solana-local';
import { solanaHealth } from './solana-rpc';
import { SHREDSTREAM_PROXY, shredstreamOption } from './solana-shredstream';
import { ALSO_MANAGED, validatorArchive, validatorCannot, validatorDisk, validatorProcesses } from './solana-validator';

/** Agave, by Anza: the client that most of Solana runs. What it shares with its fork is in solana-validator.ts. */

const REPOSITORY: SolanaRepository = {
  name: 'agave',
  repository: 'https://github.com/anza-xyz/agave',
  commits: {
    // As its makers published it (crate agave-validator, .cargo_vcs_info.json); where a clone could be compared, that was the tag's.
    'v4.4.0': '9ef63128134af559561f6a91a641ec01e665c70d',
  },
};

export const agave: ClientDefinition = {
  id: 'agave',
  role: 'whole',
  // Not 4.5.0-alpha.4, whose commit is known too: it lacks a feature gate that 4.4.0 has under a new key (double_disinflation_rate).
  version: () => ({
    value: 'v4.4.0',
    source:
      'crate agave-validator 4.4.0 (2026-10-28), the newest release whose commit was to be read; each public network needs a newer one by now, see its forks, and takes it as <tag>@<commit>',
    asOf: '2026-10-30',
    status: 'verified',
  }),
  versions: Object.keys(REPOSITORY.commits),
  // It can be built for arm64, but what exports its metrics is not.
  architectures: ['x86_64'],
  networks: ['mainnet', 'testnet', 'devnet', 'local'],
  // Nobody has an archive on a disk: old blocks are read from a table at Google (--enable-rpc-bigtable-ledger-storage) or a provider.
  nodeTypes: ['full'],
  optional: { [SHREDSTREAM_PROXY]: shredstreamOption },
  memoryWeight: 1,
  alsoManaged: ALSO_MANAGED,
  processes: (context) => {
    const source = solanaBuild(REPOSITORY, context.version);
    return context.network.kind === 'local'
      ? localProcesses(context, source)
      : validatorProcesses(context, 'agave', source);
  },
  health: (network) => solanaHealth(network.kind === 'local' ? LOCAL : 'agave', network),
  cannot: validatorCannot,
  archive: validatorArchive,
  disk: validatorDisk,
};
