import type { Probe } from '../model';

/** Requests of Ethereum's JSON-RPC that every execution client answers alike. */

type Request = Omit<Probe, 'process' | 'port'>;

const post = (method: string, parameters: readonly unknown[], read: string): Request => ({
  path: '/',
  method: 'POST',
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: parameters }),
  read,
});

/** jq that turns a 0x-prefixed hex string into a number; jq itself reads no hex. */
const hex = (field: string): string =>
  `${field} | ltrimstr("0x") | explode | reduce .[] as $c (0; . * 16 + (if $c > 96 then $c - 87 elif $c > 64 then $c - 55 else $c - 48 end))`;

/** The chain id, in decimal. */
export const ETH_CHAIN_ID: Request = post('eth_chainId', [], hex('.result'));

/** The time of the newest block, in unix seconds. */
export const ethBlockAge: Request & { readonly yields: 'unixSeconds' } = {
  ...post('eth_getBlockByNumber', ['latest', false], hex('.result.timestamp')),
  yields: 'unixSeconds',
};

/** How many peers the client has. */
export const ethPeerCount: Request = post('net_peerCount', [], hex('.result'));
