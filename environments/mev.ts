import { GATEWAY_TOKEN, GLOBAL_SCOPE, STREAMS_PASSWORD } from '../constructs/mev-engine/contract';
import { notInCluster } from './cluster-secret';
import type { Path } from './document';
import { checkOrderFlow, orderFlowOf } from './engine-order-flow';
import {
  checkPlacement,
  DEFAULT_CPU,
  DEFAULT_MEMORY_GIB,
  type PlacementContext,
  placeBeside,
  warnPlacement,
} from './engine-placement';
import type { EngineChainSpec, EngineSpec, MevSettings, StrategySpec } from './environment';
import { inEth } from './limits';
import { type EngineSettings, inFile, inSettings, type MevContext } from './mev-context';
import { didYouMean } from './nearest';
import { checkRisk } from './risk';
import { ENGINE_TYPES } from './schema/mev';
import { isEvm, readAt } from './sources';
import { isLive, STAGES_OF, type Strategy } from './strategies';
import { type LimitsContext, limitsOf, type MevSection } from './strategy-limits';
import { walletFaults, walletsOf } from './wallets';

/** From `mev:` and the files of strategies to the engines of an environment, with everything that they may and may not do. */

const MAINNET = 'mainnet';

/** Undefined where no engine runs. Reports whatever does not fit. */
export function planMev(context: MevContext): MevSettings | undefined {
  const { settings, environment, strategies, layers, report } = context;
  const { mev } = settings;
  if (!mev) return undefined;
  const gasless = gaslessOf(context);
  for (const problem of checkRisk(mev, layers, gasless)) report(problem);
  checkEngines(mev, context);
  checkOrderFlow(mev, context, inSettings(context));
  checkScopes(mev, context);
  const running = strategies.filter(
    ({ stage, settings: { strategy } }) => STAGES_OF[environment].includes(stage) && strategy.enabled,
  );
  if (!mev.enabled || running.length === 0) return undefined;
  const limits: LimitsContext = { environment, mev, layers, gasless, report };
  const isStopped = stoppedBy(mev);
  const engines = new Map<string, Strategy[]>();
  for (const strategy of running) {
    if (!checkStrategy(strategy, mev, context)) continue;
    const { engine } = strategy.settings.execution;
    engines.set(engine, [...(engines.get(engine) ?? []), strategy]);
  }
  checkConcurrent(running.filter((one) => !isStopped(one)).length, mev, context);
  checkFoundation(mev, context);
  const { kill_switch_secret: killSwitchSecret } = mev;
  // Without a cluster, nothing is near it.
  if (!settings.kubernetes) return undefined;
  const planned = [...engines]
    .map(([key, own]) => engineOf(key, own, { context, mev, limits, isStopped }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  checkNeighbours(planned, mev, context);
  if (killSwitchSecret === undefined) return undefined;
  return { engines: planned, risk: riskOf(mev), killSwitchSecret };
}

/** What all engines together are held to. */
export const riskOf = ({ risk_limits: risk = {} }: MevSection): MevSettings['risk'] => ({
  ...(risk.max_hourly_loss ? { maxHourlyLoss: inEth(risk.max_hourly_loss) } : {}),
  ...(risk.max_daily_loss ? { maxDailyLoss: inEth(risk.max_daily_loss) } : {}),
  ...(risk.emergency_stop_loss ? { emergencyStopLoss: inEth(risk.emergency_stop_loss) } : {}),
  ...(risk.max_concurrent_strategies === undefined ? {} : { maxConcurrentStrategies: risk.max_concurrent_strategies }),
});

/** Chains whose transactions have no price of gas. */
export const gaslessOf = ({ chains }: MevContext): ReadonlySet<string> =>
  new Set(chains.filter(({ networks }) => !networks.some(isEvm)).map(({ id }) => id));

/** An engine of a key of YAML in the cluster, where names have no underscores. */
export const nameOf = (key: string): string => key.replaceAll('_', '-');

const placing = (context: MevContext): PlacementContext => ({
  ...context,
  fail: inSettings(context),
  warn: inSettings(context, 'warning'),
});

/** With `<environment>-mev-` before them they are names of roles, of at most 64 characters. */
const ENGINE_NAME = /^[a-z]([a-z0-9_-]{0,37}[a-z0-9])?$/;
/** Names of what stands beside engines in their namespace, or has a role of that name, and endings of what belongs to one. */
const TAKEN =
  /^(mev-.*|argo-events|kill-switch|research|report|data-postgres|(data|engines)-secrets)$|-(proxy|stop|deny|egress|files|strategies|scripts)$/;
/** Files whose objects in the cluster would have one name, which has no dots and underscores; each with the one before it. */
const sameInCluster = (files: readonly string[]): readonly (readonly [file: string, other: string])[] =>
  files.flatMap((file, index) => {
    const other = files.slice(0, index).find((one) => one.replaceAll(/[._]/g, '-') === file.replaceAll(/[._]/g, '-'));
    return other === undefined ? [] : [[file, other] as const];
  });

const FILE_NAME = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/;

function checkEngines(mev: MevSection, context: MevContext): void {
  const fail = inSettings(context);
  const engines = Object.entries(mev.engines ?? {});
  const others: readonly string[] = [GLOBAL_SCOPE, ...ENGINE_TYPES, ...context.strategies.map(({ name }) => name)];
  for (const [index, [key, engine]] of engines.entries()) {
    const path = ['mev', 'engines', key];
    if (!ENGINE_NAME.test(key))
      fail(
        path,
        'is not the name of an engine; use at most 39 lower-case letters, digits, "_" and "-", a letter first',
      );
    if (TAKEN.test(nameOf(key)))
      fail(path, `"${nameOf(key)}" is what something beside engines is called in the cluster; rename it`);
    const twin = engines.slice(0, index).find(([other]) => nameOf(other) === nameOf(key));
    if (twin) fail(path, `is called ${nameOf(key)} in the cluster, and so is ${twin[0]}; rename one`);
    if (others.includes(nameOf(key)))
      fail(path, `"${nameOf(key)}" is the name of a strategy or of a scope that stops others; rename it`);
    checkPlacement(key, engine, placing(context));
    warnPlacement(key, engine, placing(context));
    for (const file of Object.keys(engine.secrets ?? {})) {
      if (!FILE_NAME.test(file))
        fail([...path, 'secrets', file], 'is not the name of a file; use lower-case letters, digits, ".", "_" and "-"');
      if (file === STREAMS_PASSWORD)
        fail([...path, 'secrets', file], 'is the file with the password of streams; give it another name');
      if (file === GATEWAY_TOKEN)
        fail([...path, 'secrets', file], 'is the file with the token of the gateway; give it another name');
    }
    for (const [file, other] of sameInCluster(Object.keys(engine.secrets ?? {})))
      fail([...path, 'secrets', file], `is called in the cluster as ${other} is; rename one`);
    for (const { at, message } of walletFaults(engine.wallets ?? {}, context.chains))
      fail([...path, 'wallets', ...at], message);
    if (context.settings.kubernetes && context.settings.kubernetes.cluster === undefined) {
      if (engine.signing_key !== undefined)
        fail([...path, 'signing_key'], 'a cluster that is not on EKS has no role that may sign; remove it');
      for (const [file, secret] of Object.entries(engine.secrets ?? {})) {
        const odd = notInCluster(secret, `the file as ${file}`);
        if (odd !== undefined) fail([...path, 'secrets', file], odd);
      }
    }
  }
}

/** Beside a node there is room for one: its ports, its stop and its place on the disk are known by the host alone. */
function checkNeighbours(engines: readonly EngineSpec[], mev: MevSection, context: MevContext): void {
  const fail = inSettings(context);
  for (const [index, { name, beside }] of engines.entries()) {
    if (beside === undefined) continue;
    const before = engines.slice(0, index).find((other) => other.beside === beside);
    if (!before) continue;
    const key = Object.keys(mev.engines ?? {}).find((one) => nameOf(one) === name) ?? name;
    const given = mev.engines?.[key]?.beside === undefined ? 'placement' : 'beside';
    fail(
      ['mev', 'engines', key, given],
      `${before.name} stands beside ${beside} already, and a node has room for one; set beside to another, or put the strategies of both into one engine`,
    );
  }
}

/** What a stop names must be there: a name that is mistyped would stop nothing. */
function checkScopes({ emergency_stop: stop }: MevSection, context: MevContext): void {
  if (!Array.isArray(stop)) return;
  const fail = inSettings(context);
  const path = ['mev', 'emergency_stop'];
  if (stop.length === 0) fail(path, 'is an empty list; list what stands still, or write false');
  const known = [GLOBAL_SCOPE, ...ENGINE_TYPES, ...context.strategies.map(({ name }) => name)];
  for (const [index, scope] of stop.entries())
    if (!known.includes(scope) && !context.partial)
      fail(
        [...path, index],
        `"${scope}" is neither global, nor a type of engines, nor the name of a strategy's file; use one of ${known.join(', ')}${didYouMean(scope, known)}`,
      );
}

const stoppedBy =
  ({ emergency_stop: stop = false }: MevSection) =>
  ({ name, settings: { strategy } }: Strategy): boolean =>
    Array.isArray(stop) ? [GLOBAL_SCOPE, strategy.type, name].some((scope) => stop.includes(scope)) : stop;

function checkConcurrent(running: number, { risk_limits: risk }: MevSection, context: MevContext): void {
  const most = risk?.max_concurrent_strategies;
  if (most === undefined || running <= most || context.partial) return;
  inSettings(context)(
    ['mev', 'risk_limits', 'max_concurrent_strategies'],
    `${most} is less than the ${running} strategies that are enabled in the stages of ${context.environment} (${STAGES_OF[context.environment].join(', ')}); disable some, or raise it`,
  );
}

/** Engines are stopped from outside: what does it must be there before they are. */
function checkFoundation(mev: MevSection, context: MevContext): void {
  const { kubernetes, monitoring } = context.settings;
  const fail = inSettings(context);
  const enabled = ['mev', 'enabled'];
  const or = 'or set mev.enabled to false here';
  if (!kubernetes) {
    fail(enabled, `engines run on Kubernetes, and the environment names no cluster; set kubernetes, ${or}`);
    return;
  }
  if (!monitoring) fail(enabled, `what stops an engine reads monitoring, and there is none; set monitoring, ${or}`);
  if (kubernetes.service_monitors === false)
    fail(['kubernetes', 'service_monitors'], 'false, and what stops an engine reads its metrics; remove it');
  const secret = mev.kill_switch_secret;
  if (secret === undefined)
    fail(
      enabled,
      `nothing authorizes Alertmanager to stop an engine; set mev.kill_switch_secret to the name of a secret with a long random token`,
    );
  else if (kubernetes.cluster === undefined) {
    const odd = notInCluster(secret, 'the token as token');
    if (odd !== undefined) fail(['mev', 'kill_switch_secret'], odd);
  }
  const emergency = mev.risk_limits?.emergency_stop_loss;
  const kept = monitoring?.retention?.value;
  if (emergency && kept !== undefined && kept < EMERGENCY_MS)
    fail(
      ['monitoring', 'retention'],
      'is too short for emergency_stop_loss, which counts over seven days; keep at least 8d',
    );
}

/** Seven days, and one for what is late. */
const EMERGENCY_MS = 8 * 86_400_000;

/** Whether its engine is known; everything else that does not fit is reported and goes on. */
export function checkStrategy(strategy: Strategy, mev: MevSection, context: MevContext): boolean {
  const fail = inFile(strategy, context);
  const { strategy: about, execution } = strategy.settings;
  const engines = mev.engines ?? {};
  const engine = engines[execution.engine];
  const kind = `${about.type}/${about.subtype}`;
  if (kind === 'sandwich/execution' && !mev.acknowledge_sandwich_execution)
    fail(
      ['strategy', 'subtype'],
      'sandwich/execution takes from users of the chain, and may be unlawful where you are; read docs/mev.md, and set mev.acknowledge_sandwich_execution to true if it shall run',
    );
  if (!engine) {
    const names = Object.keys(engines);
    const choice = names.length === 0 ? 'there is none; add it to mev.engines' : `use one of ${names.join(', ')}`;
    fail(
      ['execution', 'engine'],
      `"${execution.engine}" is not an engine of mev.engines; ${choice}${didYouMean(execution.engine, names)}`,
    );
    return false;
  }
  if (`${engine.type}/${engine.subtype}` !== kind)
    fail(
      ['execution', 'engine'],
      `${execution.engine} is an engine of ${engine.type}/${engine.subtype}, and the strategy is ${kind}; name another, or correct one of the two`,
    );
  if (strategy.stage === 'active' && !engine.image.includes('@sha256:'))
    fail(
      ['execution', 'engine'],
      `${execution.engine} has the image "${engine.image}", and what is active runs an image by its digest; give it as <name>@sha256:<digest>`,
    );
  return true;
}

interface EngineContext {
  readonly context: MevContext;
  readonly mev: MevSection;
  readonly limits: LimitsContext;
  readonly isStopped: (strategy: Strategy) => boolean;
}

function engineOf(key: string, strategies: readonly Strategy[], given: EngineContext): EngineSpec {
  const { context, mev, limits, isStopped } = given;
  const engine = mev.engines?.[key];
  if (!engine) throw new Error(`${key} was not checked`);
  const specs = strategies.map((strategy) => ({ strategy, spec: strategyOf(strategy, context, limits) }));
  const stopped = strategies.every(isStopped);
  const kept = specs.filter(({ strategy }) => stopped || !isStopped(strategy));
  const networks = new Map(
    kept.flatMap(({ strategy, spec }) =>
      spec.chains.map((one) => [`${one.chain} ${one.network}`, { ...one, strategy }] as const),
    ),
  );
  const reads = specs.flatMap(({ spec }) => spec.chains);
  const beside = engine.placement === 'node' ? placeBeside(key, engine, reads, placing(context)) : undefined;
  const chains = [...networks.values()]
    .sort((a, b) => (`${a.chain} ${a.network}` < `${b.chain} ${b.network}` ? -1 : 1))
    // Where it cannot stand, that is said.
    .flatMap((one) => (engine.placement === 'node' && !beside ? [] : sourceOf(one, engine, beside?.id, context)));
  return {
    name: nameOf(key),
    type: engine.type,
    subtype: engine.subtype,
    image: engine.image,
    cpu: engine.cpu ?? DEFAULT_CPU,
    memoryMiB: (engine.memory?.value ?? DEFAULT_MEMORY_GIB) * 1024,
    ...(engine.node_selector ? { nodeSelector: engine.node_selector } : {}),
    ...(engine.signing_key === undefined ? {} : { signingKey: engine.signing_key }),
    secrets: engine.secrets ?? {},
    relays: [...(engine.relays ?? [])].sort(),
    egress: [...(engine.egress ?? [])].sort(),
    ...(beside === undefined ? {} : { beside: beside.id }),
    chains,
    orderFlow: orderFlowOf(key, chains, mev, context, {
      whole: chains.length === networks.size,
      fail: inSettings(context),
    }),
    strategies: kept.map(({ spec }) => spec),
    wallets: walletsOf(engine.wallets ?? {}, networks),
    stopped,
  };
}

export function strategyOf(strategy: Strategy, context: MevContext, limits: LimitsContext): StrategySpec {
  const { parameters, execution, monitoring = {} } = strategy.settings;
  const { networks = [MAINNET] } = parameters;
  const timeout = execution.timeout;
  return {
    name: strategy.name,
    mode: isLive(context.environment, strategy.stage) ? 'live' : 'dry-run',
    chains: parameters.chains.flatMap((chain) => networks.map((network) => ({ chain, network }))),
    document: strategy.layers.value,
    limits: limitsOf(strategy, limits),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(monitoring.alert_threshold === undefined ? {} : { alertThreshold: monitoring.alert_threshold }),
    ...(monitoring.execution_timeout === undefined ? {} : { executionTimeoutSeconds: monitoring.execution_timeout }),
    failureAlert: monitoring.failure_alert ?? false,
  };
}

/** Where an engine reads a network; nothing, and a report, where nobody has it. */
function sourceOf(
  { chain, network, strategy }: { readonly chain: string; readonly network: string; readonly strategy: Strategy },
  { placement, reads }: EngineSettings,
  beside: string | undefined,
  context: MevContext,
): EngineChainSpec[] {
  const { parameters, execution } = strategy.settings;
  const at: Path = parameters.networks
    ? ['parameters', 'networks', parameters.networks.indexOf(network)]
    : ['parameters', 'chains', parameters.chains.indexOf(chain)];
  const fail = inFile(strategy, context);
  const reader = { name: execution.engine, reads, onHost: placement === 'node', beside };
  return readAt({ chain, network }, reader, context, (message) => fail(at, message));
}
