/** MEV engines: programs of the user's own, with strategies and limits, and what stops them whether or not they agree. */
export { engineAlerts, riskAlerts } from './alerts';
export type { AnyEngineProps } from './common';
export {
  BESIDE,
  CONTRACT_VERSION,
  ENGINE_METRICS,
  type EngineChain,
  type EngineFile,
  type EngineMetric,
  type EngineOrderFlow,
  type ExecutionMessage,
  FILES,
  GLOBAL_SCOPE,
  type LimitsFile,
  type Mode,
  PORTS,
  type Quantity,
  REREAD_SECONDS,
  RESULT,
  type StrategyFile,
  type StrategyLimits,
} from './contract';
export { type EngineStrategy, engineFile, limitsFile, strategyFiles } from './files';
export { HostEngine, type HostEngineProps } from './host-engine';
export { HOST_ADDRESS } from './host-release';
export { type EngineFlow, type EngineStreams, MevEngine, type MevEngineProps } from './mev-engine';
export { wantedRules } from './query';
export type { WatchedEngine, WatchedRisk, WatchedStrategy } from './watched';
export {
  type EngineSource,
  engineChain,
  PROXY_IMAGE,
  proxyConfiguration,
  reachOf,
  secretKey,
  workloadChart,
} from './workload';
