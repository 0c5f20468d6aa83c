import { engineAlerts, riskAlerts } from '../../../../constructs/mev-engine/alerts';
import type { WatchedEngine, WatchedRisk, WatchedStrategy } from '../../../../constructs/mev-engine/watched';
import type { Alert } from '../../../../constructs/monitoring-stack';

/** Engines as their rules see them: with every limit and with none, on chains of every pace, live and rehearsing. */

const ETHEREUM = { chain: 'ethereum', network: 'mainnet', blockSeconds: 12 };
const ARBITRUM = { chain: 'arbitrum', network: 'mainnet', blockSeconds: 0.25 };
const AVALANCHE = { chain: 'avalanche', network: 'mainnet' };

/** Every limit that there is, on two chains. */
export const LIMITED: WatchedStrategy = {
  name: 'cross-chain-usdc',
  mode: 'live',
  chains: [ETHEREUM, ARBITRUM],
  limits: {
    maxPositionSize: { value: '10', unit: 'ETH' },
    minProfit: { value: '0.01', unit: 'ETH' },
    minProfitRatio: 0.001,
    maxSlippage: 0.005,
    safetyMargin: 0.1,
    chains: {
      ethereum: { maxGasPrice: '100', maxPriorityFee: '2.5' },
      arbitrum: { maxGasPrice: '0.5' },
    },
  },
  alertThreshold: 0.02,
  executionTimeoutSeconds: 30,
  failureAlert: true,
};

const UNLIMITED: WatchedStrategy = {
  name: 'backrun',
  mode: 'dry-run',
  chains: [AVALANCHE],
  limits: { chains: {} },
  failureAlert: false,
};

export const ENGINE: WatchedEngine = {
  name: 'arbitrage',
  namespace: 'mev-engines',
  type: 'arbitrage',
  subtype: 'cross-chain',
  strategies: [LIMITED, UNLIMITED],
  wallets: [
    { chain: 'ethereum', network: 'mainnet', address: '0xaa', minBalance: '0.5', maxOutflow: '20' },
    { chain: 'arbitrum', network: 'mainnet', address: '0xaa', minBalance: '0.000001' },
    { chain: 'avalanche', network: 'mainnet', address: '0xbb', maxOutflow: '0.25' },
  ],
  limitsSha256: '3b8f0c9d'.repeat(8),
};

export const OTHER: WatchedEngine = {
  ...ENGINE,
  name: 'arbitrage-b',
  strategies: [{ ...UNLIMITED, name: 'backrun-b' }],
  wallets: [],
};

/** On the instance of a node. */
export const BESIDE_NODE: WatchedEngine = {
  ...ENGINE,
  name: 'beside',
  beside: 'ethereum-mainnet-geth',
  strategies: [{ ...LIMITED, name: 'near-usdc' }],
};

export const RISK: WatchedRisk = {
  namespace: 'mev-engines',
  engines: [ENGINE.name, OTHER.name, BESIDE_NODE.name],
  besideNodes: [{ engine: BESIDE_NODE.name, node: 'ethereum-mainnet-geth' }],
  maxHourlyLoss: { value: '0.5', unit: 'ETH' },
  maxDailyLoss: { value: '2', unit: 'ETH' },
  emergencyStopLoss: { value: '5', unit: 'ETH' },
  maxConcurrentStrategies: 3,
};

/** Every alert of an environment with them. */
export const ENGINE_ALERTS: readonly Alert[] = [
  ...engineAlerts(ENGINE),
  ...engineAlerts(OTHER),
  ...engineAlerts(BESIDE_NODE),
  ...riskAlerts(RISK),
];
