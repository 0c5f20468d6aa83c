import type { Argument, ProcessContext } from '../model';
import { nat } from './geth-flags';

/** What reth and those that are built of it, op-reth and base-reth-node, have in common. Flags: reth.ts, rollup-reth.ts. */

type PortByName<Name extends string> = (name: Name) => { readonly number: number; readonly address: string };

/** The log as JSON to the journal alone; `filter` is a level or a directive of Rust's tracing. */
export const rethLog = (filter: string): readonly Argument[] => [
  '--log.stdout.format=json',
  `--log.stdout.filter=${filter}`,
  '--log.file.max-files=0',
];

/** JSON-RPC over HTTP and WebSocket, and metrics; `namespaces` are those of HTTP. */
export const rethRpc = (port: PortByName<'http' | 'ws' | 'metrics'>, namespaces: string): readonly Argument[] => [
  '--http',
  `--http.addr=${port('http').address}`,
  `--http.port=${port('http').number}`,
  `--http.api=${namespaces}`,
  '--ws',
  `--ws.addr=${port('ws').address}`,
  `--ws.port=${port('ws').number}`,
  '--ws.api=eth,net,web3',
  '--ws.origins=*',
  `--metrics=${port('metrics').address}:${port('metrics').number}`,
];

/** The engine API for the consensus client, and peers. Both discovery protocols have one port, which saves a firewall rule. */
export const rethNetwork = (
  context: ProcessContext,
  port: PortByName<'engine' | 'p2p' | 'discovery'>,
): readonly Argument[] => [
  `--authrpc.addr=${port('engine').address}`,
  `--authrpc.port=${port('engine').number}`,
  '--authrpc.jwtsecret=/secrets/jwt',
  `--port=${port('p2p').number}`,
  `--discovery.port=${port('discovery').number}`,
  `--discovery.v5.port=${port('discovery').number}`,
  nat(context),
];

/** Without a home, reth's look-up of default paths panics. */
export const RETH_ENVIRONMENT = { HOME: '/data' } as const;

/** discovery-secret, paradigmxyz/reth crates/node/core/src/dirs.rs. */
export const RETH_IDENTITY = ['/data/discovery-secret'] as const;

export const RETH_METRICS = {
  headBlock: 'reth_blockchain_tree_canonical_chain_height',
  syncStage: 'reth_sync_checkpoint',
  peers: 'reth_network_connected_peers',
  rpcRequests: 'reth_rpc_server_calls_started_total',
  rpcErrors: 'reth_rpc_server_calls_failed_total',
} as const;
