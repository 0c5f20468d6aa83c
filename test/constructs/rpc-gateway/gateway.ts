import type { GatewayConfigProps } from '../../../constructs/rpc-gateway';

/** What a gateway of a small environment is asked for. */
export const PROPS: GatewayConfigProps = {
  chains: [
    {
      chain: 'ethereum',
      network: 'sepolia',
      chainId: 11_155_111,
      upstreams: [
        {
          id: 'ethereum-sepolia-geth',
          url: 'http://ethereum-sepolia-geth.test.internal:8545',
          websocket: {
            url: 'ws://ethereum-sepolia-geth.test.internal:8546',
            healthUrl: 'http://ethereum-sepolia-geth.test.internal:8099/',
          },
        },
        {
          id: 'ethereum-sepolia-reth',
          url: 'http://ethereum-sepolia-reth.test.internal:8545',
          websocket: {
            url: 'ws://ethereum-sepolia-reth.test.internal:8546',
            healthUrl: 'http://ethereum-sepolia-reth.test.internal:8099/',
          },
        },
      ],
      fallbacks: [
        { name: 'first', secret: 'mev/rpc/First' },
        { name: 'second', secret: 'second-rpc' },
      ],
    },
    {
      chain: 'arbitrum',
      network: 'mainnet',
      chainId: 42_161,
      upstreams: [{ id: 'arbitrum-mainnet-nitro', url: 'http://arbitrum-mainnet-nitro.test.internal:8547/rpc' }],
      fallbacks: [],
    },
  ],
  rpcTimeoutMs: 30_000,
  websocketTimeoutMs: 60_000,
  retryAttempts: 3,
  rateLimits: {
    default: { count: 1000, per: 'hour' },
    premium: { count: 10_000, per: 'hour', secret: 'mev/rpc-token' },
  },
};
