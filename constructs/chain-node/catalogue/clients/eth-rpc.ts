import type { Probe } from '../model';

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
