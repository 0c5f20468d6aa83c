/** MEV engines: programs of the user's own, with strategies and limits, and what stops them whether or not they agree. */
export { engineAlerts, riskAlerts } from './alerts';
export { type AnyEngineProps, type EngineSource, PROXY_IMAGE } from './common';
export {
  BESIDE,
  CONTRACT_VERSION,
  ENGINE_METRICS,
  type EngineChain,
  type EngineFile,
  type EngineMetric,
  FILES,
  GLOBAL_SCOPE,
  type LimitsFile,
  type Mode,
  PORTS,
  type Quantity,
  REREAD_SECONDS,
  type StrategyFile,
  type StrategyLimits,
} from './contract';
export type { EngineStrategy } from './files';
export { HostEngine, type HostEngineProps } from './host-engine';
export { HOST_ADDRESS } from './host-release';
export { MevEngine, type MevEngineProps } from './mev-engine';
export { wantedRules } from './query';
export type { WatchedEngine, WatchedRisk, WatchedStrategy } from './watched';
