import type { Argument, ClientDefinition, ProcessContext } from '../model';
import { siblingUrl } from '../model';
import { BASE_IMAGE, baseVersion } from './base-reth-node';
import { l1, ROLLUP_DISK, ROLLUP_METRICS, ROLLUP_PORTS, rollupHealth, rollupNetwork } from './rollup-rpc';

/**
 * Base's consensus client, in the image of base-reth-node. Flags: base/base crates/consensus/cli; metrics:
 * crates/consensus/{engine,gossip}/src/metrics. It keeps a small database of checkpoints under its home. Its entrypoint,
 * etc/scripts/node/consensus-entrypoint, asks strangers for the public address, and ends when none answers; the host knows it.
 */

/** `--verbose` can only be counted up; the variable takes the number. */
const VERBOSITY = { error: '1', info: '3', debug: '4' } as const;

const args = (context: ProcessContext): readonly Argument[] => [
  `--chain=${context.network.identity}`,
  ['--l1-eth-rpc=', l1('rpc')],
  ['--l1-beacon=', l1('beacon')],
  `--l2-engine-rpc=${siblingUrl(context.siblings, 'engine')}`,
  '--l2-engine-jwt-secret=/secrets/jwt',
  ...rollupNetwork(context),
  '--p2p.bootstore=/data/bootstore',
  ...ROLLUP_METRICS,
  '--logs.stdout.format=json',
];

export const baseConsensus: ClientDefinition = {
  id: 'base-consensus',
  role: 'consensus',
  version: () => baseVersion,
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia'],
  // An archive node archives execution state; base-consensus is the same beside it.
  nodeTypes: ['full', 'archive'],
  memoryWeight: 1,
  alsoManaged: [
    '-n',
    '-v',
    '--verbose',
    '--port',
    '--mode',
    '--l1',
    '--l1.beacon',
    '--l1-trust-rpc',
    '--l1.trust-rpc',
    '--l2',
    '--l2.jwt-secret',
    '--l2.jwt-secret-encoded',
    '--l2-engine-jwt-encoded',
    '--l2-config-file',
    '--rollup-cfg',
    '--p2p.priv.raw',
    '--rpc.enable-admin',
  ],
  processes: (context) => [
    {
      name: 'base-consensus',
      source: { kind: 'image', image: BASE_IMAGE, version: context.version },
      program: ['/app/base-consensus', 'node'],
      arguments: args(context),
      environment: {
        HOME: '/data',
        BASE_NODE_LOG_VERBOSITY: VERBOSITY[context.logLevel],
        // By default it believes layer 1 without hashing what it is told. Base's own nodes hash (base/base .env.mainnet and
        // .env.sepolia); as the flag cannot be given a value, the variable says so.
        BASE_NODE_L1_TRUST_RPC: 'false',
      },
      ports: ROLLUP_PORTS,
      directories: { '/data': 'base-consensus' },
      identity: ['/data/p2p_priv.txt'],
      secrets: { jwt: 'made' },
      // It minds SIGINT alone (crates/utilities/cli/src/runtime.rs): of SIGTERM the first program of a container hears nothing.
      stop: { signal: 'SIGINT', graceSeconds: 60 },
      after: context.siblings.map(({ name }) => name),
      memoryMiB: context.memoryMiB,
      metrics: {
        port: 'metrics',
        names: {
          headBlock: 'base_node_block_labels{label="unsafe"}',
          safeBlock: 'base_node_block_labels{label="safe"}',
          finalizedBlock: 'base_node_block_labels{label="finalized"}',
          peers: 'base_node_swarm_peer_count',
          engineResets: 'base_node_engine_reset_count',
        },
      },
    },
  ],
  health: () => rollupHealth('base-consensus', 10),
  disk: () => ROLLUP_DISK,
};
