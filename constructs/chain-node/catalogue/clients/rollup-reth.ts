import type { Argument, Port, Process, ProcessContext } from '../model';
import { portsByName } from '../model';
import { ipcArguments } from './ipc';
import { RETH_ENVIRONMENT, RETH_IDENTITY, RETH_METRICS, rethLog, rethNetwork, rethRpc } from './reth-flags';

/**
 * What op-reth and base-reth-node share: reth that follows a sequencer. Flags: ethereum-optimism/optimism
 * rust/op-reth/crates/cli/tests/snapshots/cli.snap, base/base etc/scripts/node/execution-entrypoint; grace: base/base supervisord.conf.
 */

const PORTS = [
  { name: 'http', number: 8545, protocol: 'tcp', audience: 'clients', serves: ['rpc'] },
  { name: 'ws', number: 8546, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
  // Documented as 9001 for op-reth and 6060 for Base; every reth of the catalogue has it here.
  { name: 'metrics', number: 6060, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
  { name: 'engine', number: 8551, protocol: 'tcp', audience: 'siblings', serves: ['engine'] },
  { name: 'p2p', number: 30303, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'discovery', number: 30303, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
] as const satisfies readonly Port[];

/** Flags that say the same in another way; a file of settings may say anything. */
export const ROLLUP_RETH_ALSO_MANAGED: readonly string[] = ['--config', '--instance', '--with-unused-ports', '-d'];

export function rollupRethProcess(
  context: ProcessContext,
  of: {
    readonly name: string;
    readonly image: string;
    readonly program: string;
    /** What it calls the network. */
    readonly chain: string;
    readonly namespaces: string;
    /** How a full node prunes; without any, reth keeps everything. */
    readonly full: readonly string[];
    /** Where transactions go, and what else is its own. */
    readonly further: readonly Argument[];
  },
): Process {
  const port = portsByName(PORTS);
  return {
    name: of.name,
    source: { kind: 'image', image: of.image, version: context.version },
    program: [of.program, 'node'],
    arguments: [
      '--datadir=/data',
      ...ipcArguments(context),
      `--chain=${of.chain}`,
      ...of.further,
      ...(context.nodeType === 'full' ? of.full : []),
      ...rethLog(context.logLevel),
      ...rethRpc(port, of.namespaces),
      // Peers are found by version 5 alone (--rollup.discovery.v4 is off).
      ...rethNetwork(context, port),
    ],
    environment: RETH_ENVIRONMENT,
    ports: PORTS,
    directories: { '/data': of.name },
    identity: RETH_IDENTITY,
    secrets: { jwt: 'made' },
    stop: { signal: 'SIGINT', graceSeconds: 300 },
    memoryMiB: context.memoryMiB,
    metrics: {
      port: 'metrics',
      names: RETH_METRICS,
    },
  };
}
