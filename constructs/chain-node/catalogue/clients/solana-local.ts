import type { Port, Process, ProcessContext, Source } from '../model';
import { portsByName } from '../model';
import { EXPORTER_MIB, solanaExporter } from './solana-exporter';
import { rpcPorts } from './solana-rpc';
import { RUST_LOG } from './solana-validator';

/**
 * solana-test-validator: a network of one node, with airdrops over its RPC. Flags: agave-validator 4.4.0, src/cli.rs (test_app) and
 * src/bin/solana-test-validator.rs. The ports of peers and of the faucet are declared nowhere, because nobody comes in by them; they have
 * numbers so that they take none of others.
 */
export const LOCAL = 'solana-test-validator';

const ports: readonly Port[] = rpcPorts;

export function localProcesses(context: ProcessContext, source: Source): readonly Process[] {
  const ledger = '--ledger=/data/ledger';
  return [
    {
      name: LOCAL,
      source,
      program: ['solana-test-validator'],
      arguments: [
        ledger,
        '--log',
        `--rpc-port=${portsByName(rpcPorts)('rpc').number}`,
        // Of peers alone. RPC listens on every address whatever is said here, and with 0.0.0.0 the program panics: a node cannot tell
        // its peers to come there (solana-test-validator 4.4.0, lib.rs; solana-gossip, contact_info.rs).
        '--bind-address=127.0.0.1',
        '--gossip-port=8001',
        '--dynamic-port-range=8002-8031',
        '--faucet-port=9900',
      ],
      environment: { RUST_LOG: RUST_LOG[context.logLevel] },
      ports,
      directories: { '/data': LOCAL },
      stop: { signal: 'SIGTERM', graceSeconds: 60, before: ['agave-validator', ledger, 'exit', '--force'] },
      memoryMiB: context.memoryMiB - EXPORTER_MIB,
      host: { openFiles: 1_000_000 },
    },
    solanaExporter(context, LOCAL),
  ];
}
