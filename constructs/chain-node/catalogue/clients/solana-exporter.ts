import type { Port, Process, ProcessContext } from '../model';
import { portsByName } from '../model';
import { rpcPorts } from './solana-rpc';

/**
 * solana-exporter, by Asymmetric Research: the metrics of a node of Solana, which has none itself and pushes to InfluxDB alone. Flags,
 * metrics, Dockerfile: asymmetric-research/solana-exporter, tag v3.0.2. Its image is made for x86_64 only (publish-release.yaml).
 */

/** It reads the leader schedule of an epoch at once, 432,000 slots. */
export const EXPORTER_MIB = 256;

const ports = [
  { name: 'metrics', number: 8080, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
] as const satisfies readonly Port[];

/** At `info` it writes several lines a second. */
const LOG_LEVEL = { error: 'error', info: 'warn', debug: 'debug' } as const;

/** Starts after the node, and again until the node's RPC answers, which takes as long as a snapshot takes to arrive. */
export function solanaExporter({ logLevel }: ProcessContext, node: string): Process {
  const { address, number } = portsByName(ports)('metrics');
  return {
    name: 'solana-exporter',
    source: { kind: 'image', image: 'ghcr.io/asymmetric-research/solana-exporter', version: 'v3.0.2' },
    program: ['/app'],
    arguments: [
      `--rpc-url=http://127.0.0.1:${portsByName(rpcPorts)('rpc').number}`,
      `--listen-address=${address}:${number}`,
      // Only what is the node's own; the rest is the same at every node, and a burden to it.
      '--light-mode',
    ],
    environment: { LOG_LEVEL: LOG_LEVEL[logLevel] },
    ports,
    directories: {},
    stop: { signal: 'SIGTERM', graceSeconds: 10 },
    after: [node],
    waits: true,
    memoryMiB: EXPORTER_MIB,
    metrics: {
      port: 'metrics',
      names: {
        headSlot: 'solana_node_slot_height',
        headBlock: 'solana_node_block_height',
        slotsBehind: 'solana_node_num_slots_behind',
        healthy: 'solana_node_is_healthy',
        firstBlock: 'solana_node_first_available_block',
        transactions: 'solana_node_transactions_total',
      },
    },
  };
}
