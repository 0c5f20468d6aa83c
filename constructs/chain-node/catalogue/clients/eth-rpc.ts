import type { HealthDefinition, NetworkDefinition, Probe } from '../model';

/** Requests of Ethereum's JSON-RPC that every execution client answers alike. */

type Ask = Omit<Probe, 'process' | 'port'>;

const post = (method: string, parameters: readonly unknown[], read: string): Ask => ({
  path: '/',
  method: 'POST',
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: parameters }),
  read,
});

/** jq that makes a number of a 0x-prefixed hex string; jq itself reads no hex. */
const HEX =
  'def hex: ltrimstr("0x") | explode | reduce .[] as $c (0; . * 16 + (if $c > 96 then $c - 87 elif $c > 64 then $c - 55 else $c - 48 end)); ';

/** The chain id, in decimal. */
export const ETH_CHAIN_ID: Ask = post('eth_chainId', [], `${HEX}.result | hex`);

/** Number and time of the newest block. */
export const ETH_NEWEST_BLOCK: Ask & { readonly yields: 'block' } = {
  ...post('eth_getBlockByNumber', ['latest', false], `${HEX}.result | [(.number | hex), (.timestamp | hex)]`),
  yields: 'block',
};

/** How many peers the client has. */
export const ETH_PEER_COUNT: Ask = post('net_peerCount', [], `${HEX}.result | hex`);

/** Where the client is in its sync; stages and counts differ by client, that they change does not. */
export const ETH_SYNCING: Ask = post('eth_syncing', [], '.result');

/**
 * The health of an execution client by these requests, on its port `http`. A head may be `maximumAgeSeconds` old: several blocks of its
 * chain. A chain of one node has no peers.
 */
export const ethHealth = (
  process: string,
  network: NetworkDefinition,
  maximumAgeSeconds: number,
): HealthDefinition => ({
  identity: { ...ETH_CHAIN_ID, process, port: 'http', expect: network.identity },
  head: { ...ETH_NEWEST_BLOCK, process, port: 'http', maximumAgeSeconds },
  ...(network.kind === 'local' ? {} : { peers: { ...ETH_PEER_COUNT, process, port: 'http', minimum: 1 } }),
  progress: { ...ETH_SYNCING, process, port: 'http' },
});
