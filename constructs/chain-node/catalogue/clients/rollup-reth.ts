import type { Argument, Port, Process, ProcessContext } from '../model';
import { portsByName } from '../model';
import { nat } from './geth-flags';

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
      '--ipcdisable',
      `--chain=${of.chain}`,
      ...of.further,
      ...(context.nodeType === 'full' ? of.full : []),
      '--log.stdout.format=json',
      `--log.stdout.filter=${context.logLevel}`,
      '--log.file.max-files=0',
      '--http',
      `--http.addr=${port('http').address}`,
      `--http.port=${port('http').number}`,
      `--http.api=${of.namespaces}`,
      '--ws',
      `--ws.addr=${port('ws').address}`,
      `--ws.port=${port('ws').number}`,
      '--ws.api=eth,net,web3',
      '--ws.origins=*',
      `--metrics=${port('metrics').address}:${port('metrics').number}`,
      `--authrpc.addr=${port('engine').address}`,
      `--authrpc.port=${port('engine').number}`,
      '--authrpc.jwtsecret=/secrets/jwt',
      `--port=${port('p2p').number}`,
      `--discovery.port=${port('discovery').number}`,
      // Peers are found by version 5 alone (--rollup.discovery.v4 is off), on the port that is open anyway.
      `--discovery.v5.port=${port('discovery').number}`,
      nat(context),
    ],
    // Without a home, reth's look-up of default paths panics.
    environment: { HOME: '/data' },
    ports: PORTS,
    directories: { '/data': of.name },
    // discovery-secret, paradigmxyz/reth crates/node/core/src/dirs.rs.
    identity: ['/data/discovery-secret'],
    secrets: { jwt: 'made' },
    stop: { signal: 'SIGINT', graceSeconds: 300 },
    memoryMiB: context.memoryMiB,
    metrics: {
      port: 'metrics',
      names: {
        headBlock: 'reth_blockchain_tree_canonical_chain_height',
        syncStage: 'reth_sync_checkpoint',
        peers: 'reth_network_connected_peers',
        rpcRequests: 'reth_rpc_server_calls_started_total',
        rpcErrors: 'reth_rpc_server_calls_failed_total',
      },
    },
  };
}
