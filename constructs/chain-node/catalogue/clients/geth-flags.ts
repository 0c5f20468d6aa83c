import type { Argument, ProcessContext } from '../model';

/**
 * What clients that began as geth, or took its flags over, have in common. Each client's own flags are checked against its own
 * table, so a client that leaves the family fails there.
 */

/** Geth's numbers: 1 error, 3 info, 4 debug. Bor takes nothing else, since its `--log-level` is gone. */
export const GETH_VERBOSITY = { error: 1, info: 3, debug: 4 } as const;

/** A third of its memory within limits, MiB: beyond the upper one the page cache serves the database better. */
export const gethCacheMiB = (memoryMiB: number, most: number): number =>
  Math.max(512, Math.min(most, Math.floor(memoryMiB / 3)));

/** JSON-RPC over HTTP and WebSocket; `namespaces` are those of HTTP. */
export const gethRpc = (
  port: (name: 'http' | 'ws') => { readonly number: number; readonly address: string },
  namespaces: string,
): readonly Argument[] => [
  '--http',
  `--http.addr=${port('http').address}`,
  `--http.port=${port('http').number}`,
  `--http.api=${namespaces}`,
  '--http.vhosts=*',
  '--ws',
  `--ws.addr=${port('ws').address}`,
  `--ws.port=${port('ws').number}`,
  '--ws.api=eth,net,web3',
  '--ws.origins=*',
];

/** The address that peers are told: the host's public one, or none. Reth, erigon and nimbus have the flag as well. */
export const nat = (context: ProcessContext): Argument =>
  context.p2p === 'public' ? ['--nat=extip:', { host: 'public-ip' }] : '--nat=none';

/** ethereum/go-ethereum core/blockchain.go and rpc/metrics.go, as metrics/prometheus/collector.go writes them; bor and BSC kept the names. */
export const GETH_METRICS = {
  headBlock: 'chain_head_block',
  headHeader: 'chain_head_header',
  finalized: 'chain_head_finalized',
  peers: 'p2p_peers',
  rpcRequests: 'rpc_requests',
  rpcErrors: 'rpc_failure',
  txpoolPending: 'txpool_pending',
  reorgs: 'chain_reorg_executes',
} as const;
