import { type NetworkDefinition, networkOf } from '../constructs/chain-node/catalogue';
import type { Path } from './document';
import type { BacktestSpec, EngineChainSpec, ForkSpec, ResearchSettings } from './environment';
import { checkStrategy, gaslessOf, nameOf, riskOf, strategyOf } from './mev';
import { inFile, inSettings, type MevContext } from './mev-context';
import { didYouMean } from './nearest';
import { isServed } from './schema/environment';
import { isEvm } from './sources';
import { STAGES_OF, type Strategy } from './strategies';
import type { MevSection } from './strategy-limits';

/** From `mev.research:` and the strategies in research to the forks and backtests of an environment. */

const DEFAULT_QUOTA = { cpu: 16, memoryGiB: 64, storageGiB: 500 };
const DEFAULT_RUN = { cpu: 2, memoryGiB: 4, timeoutSeconds: 6 * 3600 };
const DEFAULT_FORK_MEMORY_GIB = 2;
/** What one asks for; it may take more. */
const FORK_CPU = 1;
const MAINNET = 'mainnet';

type ResearchSection = NonNullable<MevSection['research']>;
type ForkSection = NonNullable<ResearchSection['forks']>[string];

const HERE: Path = ['mev', 'research'];

/** What workers leave in the archive of the environment; beside it are backups, which are nobody's to read. */
const RECORDED = 'workers/';

const hasOwnArchive = ({ data }: MevSection): boolean => data?.enabled === true && data.stores.archive !== undefined;

/** Undefined where there is none. Reports whatever does not fit. */
export function planResearch(context: MevContext): ResearchSettings | undefined {
  const { mev, kubernetes } = context.settings;
  const research = mev?.research;
  if (!mev || !research) return undefined;
  const { quota, backtest, access_group: accessGroup, archive, archive_prefix: prefix, archive_key: keyArn } = research;
  const enabled = research.enabled ?? false;
  const { maxConcurrentStrategies: _, ...loss } = riskOf(mev);
  const forks = Object.entries(research.forks ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, fork]) => forkOf(name, fork, context));
  checkFoundation(research, mev, context);
  const settings: ResearchSettings = {
    quota: {
      cpu: quota?.cpu ?? DEFAULT_QUOTA.cpu,
      memoryMiB: (quota?.memory?.value ?? DEFAULT_QUOTA.memoryGiB) * 1024,
      storageGiB: quota?.storage?.value ?? DEFAULT_QUOTA.storageGiB,
    },
    enabled,
    ...(accessGroup === undefined ? {} : { accessGroup }),
    ...(archive === undefined && !hasOwnArchive(mev)
      ? {}
      : {
          archive: {
            ...(archive === undefined ? {} : { bucket: archive }),
            ...(archive !== undefined && prefix === undefined ? {} : { prefix: prefix ?? RECORDED }),
            ...(keyArn === undefined ? {} : { keyArn }),
          },
        }),
    forks: enabled ? forks : [],
    backtests: enabled ? backtestsOf(mev, forks, context) : [],
    loss,
    run: {
      cpu: backtest?.cpu ?? DEFAULT_RUN.cpu,
      memoryMiB: (backtest?.memory?.value ?? DEFAULT_RUN.memoryGiB) * 1024,
      timeoutSeconds: backtest?.timeout ? backtest.timeout.value / 1000 : DEFAULT_RUN.timeoutSeconds,
    },
  };
  checkQuota(settings, context);
  return kubernetes ? settings : undefined;
}

function checkFoundation(research: ResearchSection, mev: MevSection, context: MevContext): void {
  const { enabled, archive } = research;
  const fail = inSettings(context);
  const { kubernetes } = context.settings;
  if (!kubernetes && enabled)
    fail(
      [...HERE, 'enabled'],
      'research runs on Kubernetes, and the environment names no cluster; set kubernetes, or set it to false here',
    );
  if (archive !== undefined && kubernetes && kubernetes.cluster === undefined)
    fail([...HERE, 'archive'], 'a cluster that is not on EKS has no role that may read it; remove it');
  if (archive === undefined && research.archive_prefix?.startsWith(RECORDED) === false && hasOwnArchive(mev))
    fail(
      [...HERE, 'archive_prefix'],
      `"${research.archive_prefix}" is not of what workers leave in the archive of the environment; begin with ${RECORDED}, for beside it are backups`,
    );
  for (const key of ['archive_prefix', 'archive_key'] as const)
    if (research[key] !== undefined && archive === undefined && !(key === 'archive_prefix' && hasOwnArchive(mev)))
      fail([...HERE, key], 'is of an archive, and none is named; set archive, or remove it');
}

/** With `fork-` before them they are names of services, of at most 63 characters, and as containers tell themselves apart in a pod. */
const FORK_NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

function forkOf(name: string, fork: ForkSection, context: MevContext): ForkSpec[] {
  const fail = inSettings(context);
  const path: Path = [...HERE, 'forks', name];
  if (!FORK_NAME.test(name))
    fail(path, 'is not the name of a fork; use at most 40 lower-case letters, digits and "-", a letter first');
  const { chain: id, network = MAINNET } = fork;
  const chain = context.chains.find((one) => one.id === id);
  if (!chain) return [];
  const found = networkOf(chain, network);
  const at: Path = [...path, fork.network === undefined ? 'chain' : 'network'];
  if (!found) {
    const names = chain.networks.map((one) => one.id);
    fail(at, `"${network}" is not a network of ${id}; use one of ${names.join(', ')}${didYouMean(network, names)}`);
    return [];
  }
  if (!isEvm(found)) {
    fail(at, `${id} ${network} has no virtual machine of Ethereum, and anvil forks nothing else; name another`);
    return [];
  }
  const source = sourceOf(fork, found, path, context);
  if (!source) return [];
  return [
    {
      name,
      cpu: FORK_CPU,
      memoryMiB: (fork.memory?.value ?? DEFAULT_FORK_MEMORY_GIB) * 1024,
      ...(fork.block === undefined ? {} : { block: fork.block }),
      of: { chain: id, network, chainId: Number(found.identity), source, nodes: [] },
    },
  ];
}

/** Where a fork reads; nothing, and a report, where it cannot. */
function sourceOf(
  { chain, network = MAINNET, source }: ForkSection,
  found: NetworkDefinition,
  path: Path,
  context: MevContext,
): EngineChainSpec['source'] | undefined {
  const { settings, gateway, partial } = context;
  const fail = inSettings(context);
  // Without a cluster, nothing is read from it.
  if (!settings.kubernetes) return undefined;
  const onEks = settings.kubernetes.cluster !== undefined;
  const isReached = ({ hosting }: { readonly hosting: string }): boolean => hosting === 'kubernetes' || onEks;
  const nodes = context.nodes
    .filter((node) => node.chain.id === chain && node.network === network && isReached(node))
    .map(({ id }) => id);
  const served = gateway?.chains.some((one) => one.chain === chain && one.network === network) ?? false;
  const choice = [...(served ? ['gateway'] : []), ...nodes];
  if (source === undefined || source === 'gateway') {
    const [first] = source === undefined ? choice : choice.filter((one) => one === 'gateway');
    if (first !== undefined) return first === 'gateway' ? 'gateway' : { node: first };
    if (partial) return undefined;
    const provider = isServed(found) ? `, or give gateway.fallbacks.${chain}.${network} a provider` : '';
    const what = source === undefined ? `nobody follows ${chain} ${network}` : `the gateway has no ${chain} ${network}`;
    const other = choice.length === 0 ? '' : `; or use ${choice.join(', ')}`;
    fail(source === undefined ? path : [...path, 'source'], `${what}; enable a node of it${provider}${other}`);
    return undefined;
  }
  if (nodes.includes(source)) return { node: source };
  if (partial) return undefined;
  const node = context.nodes.find(({ id }) => id === source);
  const [only] = choice;
  const use =
    only === undefined ? 'remove the fork' : `use ${choice.length === 1 ? only : `one of ${choice.join(', ')}`}`;
  const hint = didYouMean(source, choice);
  if (!node) fail([...path, 'source'], `"${source}" is neither the gateway nor a node; ${use}${hint}`);
  else if (isReached(node))
    fail([...path, 'source'], `${source} follows ${node.chain.id} ${node.network}, not ${chain} ${network}; ${use}`);
  else
    fail([...path, 'source'], `${source} is on an instance, which a cluster that is not on EKS does not reach; ${use}`);
  return undefined;
}

/** With `backtest-` before it, the name of a CronJob, which has at most 52 characters. */
const LONGEST_STRATEGY = 43;

function backtestsOf(mev: MevSection, forks: readonly ForkSpec[], context: MevContext): BacktestSpec[] {
  // What runs as an engine here as well has been told what does not fit.
  const known = mev.enabled && STAGES_OF[context.environment].includes('research');
  const quiet: MevContext = known ? { ...context, report: () => {} } : context;
  const limits = { environment: context.environment, mev, layers: context.layers, gasless: gaslessOf(context) };
  return context.strategies
    .filter(({ stage, settings }) => stage === 'research' && settings.strategy.enabled)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((strategy): BacktestSpec[] => {
      if (!checkStrategy(strategy, mev, quiet)) return [];
      const spec = strategyOf(strategy, quiet, { ...limits, report: quiet.report });
      const own = forksOf(strategy, spec.chains, forks, { context, quiet });
      const { engine: key } = strategy.settings.execution;
      const engine = mev.engines?.[key];
      if (!engine || own.length < spec.chains.length) return [];
      if (strategy.name.length > LONGEST_STRATEGY)
        inFile(strategy, context)(
          [],
          `"backtest-${strategy.name}" is too long for the name of a CronJob; give the file a name of at most ${LONGEST_STRATEGY} characters`,
        );
      const { type, subtype, image } = engine;
      return [{ strategy: spec, engine: { name: nameOf(key), type, subtype, image }, forks: own }];
    });
}

/** The forks of the networks of a strategy; of several of one network the first by name. */
function forksOf(
  strategy: Strategy,
  networks: readonly { readonly chain: string; readonly network: string }[],
  forks: readonly ForkSpec[],
  { context, quiet }: { readonly context: MevContext; readonly quiet: MevContext },
): readonly string[] {
  const { parameters } = strategy.settings;
  const given = Object.values(context.settings.mev?.research?.forks ?? {});
  return networks.flatMap(({ chain: id, network }) => {
    const fork = forks.find(({ of }) => of.chain === id && of.network === network);
    if (fork) return [fork.name];
    const chain = context.chains.find((one) => one.id === id);
    const found = chain && networkOf(chain, network);
    if (!found) {
      const names = chain?.networks.map((one) => one.id) ?? [];
      inFile(strategy, quiet)(
        ['parameters', 'networks', parameters.networks?.indexOf(network) ?? 0],
        `"${network}" is not a network of ${id}; use one of ${names.join(', ')}${didYouMean(network, names)}`,
      );
      return [];
    }
    // One that has a mistake is not one that is missing.
    if (context.partial || given.some((one) => one.chain === id && (one.network ?? MAINNET) === network)) return [];
    const at: Path = ['parameters', 'chains', parameters.chains.indexOf(id)];
    if (isEvm(found))
      inFile(strategy, context)(
        at,
        `nothing is a fork of ${id} ${network}, on which its backtest would run; add one to mev.research.forks`,
      );
    else
      context.report({
        severity: 'warning',
        position: strategy.layers.position(at),
        path: at,
        message: `in ${context.environment}, has no backtest: ${id} cannot be forked`,
      });
    return [];
  });
}

/** The forks that people share are always there; one run must fit beside them. */
function checkQuota({ quota, forks, backtests, run }: ResearchSettings, context: MevContext): void {
  if (forks.length === 0 || context.partial) return;
  const fail = inSettings(context);
  const sum = (names: readonly string[], of: (fork: ForkSpec) => number): number =>
    forks.filter(({ name }) => names.includes(name)).reduce((all, fork) => all + of(fork), 0);
  const all = forks.map(({ name }) => name);
  const checks = [
    ['cpu', quota.cpu, run.cpu, ({ cpu }: ForkSpec) => cpu, (cores: number) => `${cores} cores`],
    [
      'memory',
      quota.memoryMiB,
      run.memoryMiB,
      ({ memoryMiB }: ForkSpec) => memoryMiB,
      (mib: number) => `${mib / 1024} GiB`,
    ],
  ] as const;
  for (const [key, most, own, of, told] of checks) {
    const largest = Math.max(0, ...backtests.map((backtest) => own + sum(backtest.forks, of)));
    const least = sum(all, of) + largest;
    if (least <= most) continue;
    const what =
      largest > 0 ? `the forks and one backtest with its own need ${told(least)}` : `the forks need ${told(least)}`;
    fail(
      [...HERE, 'quota', key],
      `${what}, which are more than ${told(most)}; raise it, or have fewer or smaller forks`,
    );
  }
}
