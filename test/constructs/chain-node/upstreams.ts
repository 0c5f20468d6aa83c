/** Addresses of layer 1 as a node may have them: one that is written out, and one that only its host reads. */
export const UPSTREAMS = {
  'ethereum.rpc': { url: 'http://l1.test:8545' },
  'ethereum.beacon': { secret: 'l1/beacon' },
} as const;
