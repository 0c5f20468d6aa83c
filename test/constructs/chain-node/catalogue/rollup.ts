import { execFileSync } from 'node:child_process';
import type { ClientDefinition, NetworkDefinition, Probe } from '../../../../constructs/chain-node/catalogue';

/** What jq makes of an answer, as the program that asks for health runs it. */
export const read = (probe: Probe | undefined, answer: unknown): unknown =>
  JSON.parse(execFileSync('jq', ['-c', probe?.read ?? ''], { input: JSON.stringify(answer), encoding: 'utf8' }));

const result = (value: unknown) => ({ jsonrpc: '2.0', id: 1, result: value });

const block = (number: number, timestamp: number) => ({
  hash: '0xa1',
  number,
  parentHash: '0xb2',
  timestamp,
  l1origin: { hash: '0xc3', number: 23_000_000 },
  sequenceNumber: 3,
});

/** What op-node and base-consensus answer (op-service/eth/sync_status.go, op-node/p2p/rpc_server.go). */
export const SYNC_STATUS = result({
  current_l1: { hash: '0xd4', number: 23_000_001, parentHash: '0xe5', timestamp: 1_795_478_400 },
  head_l1: { hash: '0xf6', number: 23_000_005, parentHash: '0x07', timestamp: 1_795_478_448 },
  unsafe_l2: block(151_234_567, 1_795_478_455),
  safe_l2: block(151_234_300, 1_795_478_121),
  finalized_l2: block(151_233_900, 1_795_477_321),
});
export const PEER_STATS = result({
  connected: 17,
  table: 120,
  blocksTopic: 0,
  blocksTopicV4: 12,
  banned: 1,
  known: 400,
});

const EXECUTION = {
  block: result({ number: '0x903a6c7', timestamp: '0x6b048a77', hash: '0xa1' }),
  peers: result('0x1f'),
  syncing: result(false),
};

/** Reads every probe of an execution client and of a consensus client beside it. */
export function readAll(execution: ClientDefinition, consensus: ClientDefinition, network: NetworkDefinition) {
  const own = execution.health(network);
  const beside = consensus.health(network);
  const chainId = result(`0x${Number(network.identity).toString(16)}`);
  const head = (health: typeof own) => ('read' in health.head ? health.head : undefined);
  return {
    identity: [read(own.identity, chainId), own.identity?.expect],
    head: read(head(own), EXECUTION.block),
    peers: read(own.peers, EXECUTION.peers),
    progress: read(own.progress, EXECUTION.syncing),
    consensus: {
      head: read(head(beside), SYNC_STATUS),
      peers: read(beside.peers, PEER_STATS),
      progress: read(beside.progress, SYNC_STATUS),
    },
  };
}

/** What they are to read. */
export const asRead = (network: NetworkDefinition) => ({
  identity: [Number(network.identity), network.identity],
  head: [0x903a6c7, 0x6b048a77],
  peers: 31,
  progress: false,
  consensus: { head: [151_234_567, 1_795_478_455], peers: 17, progress: [23_000_001, 151_234_567] },
});
