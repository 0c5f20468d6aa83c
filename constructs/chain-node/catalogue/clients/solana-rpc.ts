import type { HealthDefinition, NetworkDefinition, Port, Request } from '../model';

/** Requests to Solana's RPC, and what its answers mean. Source: crate solana-rpc 4.4.0, rpc.rs and rpc_health.rs. */

export const rpcPorts: readonly (Port & { readonly name: 'rpc' | 'pubsub' })[] = [
  { name: 'rpc', number: 8899, protocol: 'tcp', audience: 'clients', serves: ['rpc', 'health'] },
  // Always the port after it; no flag says so.
  { name: 'pubsub', number: 8900, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
];

/**
 * How far behind the cluster a node still calls itself healthy; the program's own default. Never 0, which AWS's samples set
 * (aws-blockchain-node-runners, blueprints/solana/configurations): a node is always a slot or two behind, and would not be healthy.
 */
export const HEALTHY_SLOTS = 128;

const CLOCK = 'SysvarC1ock11111111111111111111111111111111';

/**
 * The time in the newest block says whether a node is at the head. `getHealth` alone does not: it compares what a node has with what
 * it has heard of, so that one that hears nothing is "ok". On `local` nobody else makes blocks, and a clock that stood still while
 * the node was stopped lags behind for long; there `getHealth` is asked. It answers null where it knows nothing, which is not 0.
 */
export function solanaHealth(process: string, network: NetworkDefinition): HealthDefinition {
  const ask = (method: string, params: readonly unknown[] = []): Request => ({
    process,
    port: 'rpc',
    path: '/',
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const progress = { ...ask('getSlot', [{ commitment: 'processed' }]), read: '.result' };
  if (network.kind === 'local') {
    return {
      // No identity: the genesis of a local network is made anew with every ledger, and so is its hash.
      head: {
        ...ask('getHealth'),
        read: 'if .result == "ok" then 0 else .error.data.numSlotsBehind end',
        yields: 'slotsBehind',
        maximumSlots: HEALTHY_SLOTS,
      },
      progress,
    };
  }
  return {
    identity: { ...ask('getGenesisHash'), read: '.result', expect: network.identity },
    head: {
      ...ask('getAccountInfo', [CLOCK, { encoding: 'jsonParsed', commitment: 'confirmed' }]),
      read: '.result.value.data.parsed.info | [.slot, .unixTimestamp]',
      yields: 'block',
      // A little more than the slots above take, at 0.4 seconds each.
      maximumAgeSeconds: 60,
    },
    progress,
  };
}
