/** MEV engines: programs of the user's own, with strategies and limits, and what stops them whether or not they agree. */
export { engineAlerts, riskAlerts } from './alerts';
export {
  CONTRACT_VERSION,
  ENGINE_METRICS,
  type EngineChain,
  type EngineFile,
  type EngineMetric,
  type EngineOrderFlow,
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
export { type EngineFlow, type EngineSource, MevEngine, type MevEngineProps, PROXY_IMAGE } from './mev-engine';
export type { WatchedEngine, WatchedRisk, WatchedStrategy } from './watched';
