import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { CHAINS, type ChainDefinition } from '../constructs/chain-node/catalogue';
import { checkEnvironment, checkPlaces, checkPlannedNode } from './checks';
import { checkData, planData } from './data';
import { type Document, isPlainMap, type PlainMap, readDocument } from './document';
import type { BackupSettings, Environment, KubernetesSettings } from './environment';
import { explain, type KnownKeys, knownKeysOf } from './explain';
import { checkGateway, planGateway } from './gateway';
import { checkLock, claimsLeft, type LockCheck } from './lock';
import { type Layers, layer } from './merge';
import { type MevContext, planMev } from './mev';
import { checkMonitoring, planMonitoring } from './monitoring';
import { didYouMean, nearest } from './nearest';
import { type PlannedNode, planNodes } from './nodes';
import { pinNotes } from './notes';
import { ConfigurationError, type Problem } from './problem';
import { planResearch } from './research';
import { type EnvironmentSettings, environmentSchema } from './schema/environment';
import { lockSchema } from './schema/lock';
import { ENVIRONMENTS, type EnvironmentName } from './schema/sections';
import { checkSharedClusters } from './shared-cluster';
import { readStrategies, type StrategyFiles } from './strategies';
import { planWorkers } from './workers';

export interface LoadOptions {
  /** Chains to load against. Defaults to the catalogue. */
  readonly chains?: readonly ChainDefinition[];
  /** The day on which forks are past or near. Defaults to now. */
  readonly today?: Date;
  /** Environments in which nodes may stand outside the lock file: those whose lock is about to be written. Defaults to none. */
  readonly unlocked?: readonly EnvironmentName[];
}

/** Everything that was read. */
export interface Configuration {
  readonly environments: readonly Environment[];
  /** Worth a look; they change nothing. */
  readonly warnings: readonly Problem[];
  /** Lines for people about the configuration as a whole. */
  readonly notes: readonly string[];
  /** The merged settings of each environment and where they stand. */
  readonly layers: ReadonlyMap<EnvironmentName, Layers>;
}

/**
 * Reads every environment under a folder: merges, validates, resolves. Every error of every environment is collected and
 * thrown at once, as one ConfigurationError with a line each.
 */
export function loadEnvironments(folder: string, options: LoadOptions = {}): Configuration {
  const loader = new Loader(folder, options);
  const loaded = loader.environmentNames().map((name) => loader.environment(name));
  loader.problems.push(...checkSharedClusters(loaded));
  const errors = loader.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new ConfigurationError(errors);
  const environments = loaded.flatMap(({ environment }) => (environment ? [environment] : []));
  const layers = new Map(loaded.map((one) => [one.name, one.layers]));
  return {
    environments,
    warnings: loader.problems.filter(({ severity }) => severity === 'warning'),
    notes: pinNotes(environments),
    layers,
  };
}

interface Loaded {
  readonly name: EnvironmentName;
  readonly layers: Layers;
  readonly environment?: Environment;
}

/** Sections on which the meaning of nodes rests: while one has errors, nodes are not judged. */
const FOUNDATIONS: readonly string[] = ['chains', 'aws', 'network', 'kubernetes', 'state', 'retire', 'protect'];

class Loader {
  readonly problems: Problem[] = [];
  readonly #chains: readonly ChainDefinition[];
  readonly #schema: ReturnType<typeof environmentSchema>;
  readonly #global: Document;
  readonly #strategies: StrategyFiles;
  #known: KnownKeys | undefined;

  constructor(
    readonly folder: string,
    readonly options: LoadOptions,
  ) {
    this.#chains = options.chains ?? CHAINS;
    this.#schema = environmentSchema(this.#chains);
    this.#global = this.#read('global.yml', 'it holds the defaults of every environment');
    this.#strategies = readStrategies(join(folder, 'strategies'), {
      chains: this.#chains.map(({ id }) => id),
      display: this.#display('strategies'),
      read: (file) => this.#read(file, ''),
    });
    this.problems.push(...this.#strategies.problems);
  }

  /** Folders that are environments; every other folder but two is a mistake. */
  environmentNames(): EnvironmentName[] {
    const folders = readdirSync(this.folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of folders) {
      if (['global.yml', 'schema', 'strategies', ...ENVIRONMENTS].includes(name)) continue;
      this.#fail(name, `is not an environment; use one of ${ENVIRONMENTS.join(', ')}${didYouMean(name, ENVIRONMENTS)}`);
    }
    const found = ENVIRONMENTS.filter((name) => folders.some((entry) => entry.name === name));
    if (found.length === 0)
      this.#fail(
        'global.yml',
        `has no environment beside it; make a folder with an overrides.yml: ${ENVIRONMENTS.join(', ')}`,
      );
    return found;
  }

  environment(name: EnvironmentName): Loaded {
    const overrides = this.#read(
      `${name}/overrides.yml`,
      'it holds what this environment changes; an empty map {} will do',
    );
    const layers = layer([this.#global, overrides]);
    this.problems.push(...checkPlaces(name, this.#global, layers));
    // A file that cannot be read says nothing: what is missing from it is not missing.
    if (!this.#global.readable || !overrides.readable) return { name, layers };
    const parsed = this.#schema.safeParse(layers.value);
    const refused = [...this.#global.problems, ...overrides.problems].map(({ path }) => path);
    if (parsed.success && refused.length > 0) return { name, layers };
    if (parsed.success) return { name, layers, environment: this.#resolve(name, parsed.data, layers) };
    // What was refused as YAML is not judged again as a value.
    const isNews = ({ path }: Problem): boolean =>
      !refused.some((at) => at.every((part, index) => part === path[index]));
    const problems = explain(parsed.error.issues, layers, (path) => this.#knownKeys()(path)).filter(isNews);
    this.problems.push(...problems);
    // A chain that has a mistake is left out, and the others are judged; of another section, the whole.
    const isChain = ({ path }: Problem): boolean => path[0] === 'chains' && path.length > 1;
    const broken = new Set(problems.filter((problem) => !isChain(problem)).map(({ path }) => String(path[0])));
    // One that is misspelt is missing, and what it says would seem to be dropped.
    for (const section of [...broken]) broken.add(nearest(section, FOUNDATIONS) ?? section);
    // What limits its callers stands there.
    if (broken.has('global')) broken.add('gateway');
    if (refused.length > 0 || FOUNDATIONS.some((section) => broken.has(section))) return { name, layers };
    const brokenChains = new Set(problems.filter(isChain).map(({ path }) => String(path[1])));
    const whole = this.#schema.safeParse(withoutBroken(layers.value, broken, brokenChains));
    if (whole.success) this.#resolve(name, whole.data, layers, brokenChains.size > 0);
    return { name, layers };
  }

  /** `partial`: chains are missing that had mistakes, so that nothing is said of what depends on all of them. */
  #resolve(name: EnvironmentName, settings: EnvironmentSettings, layers: Layers, partial = false): Environment {
    const lock = this.#lock(name);
    const report = (problem: Problem): void => {
      this.problems.push(problem);
    };
    const locked = new Map(Object.entries(lock?.lock.nodes ?? {}));
    const before = this.problems.length;
    const nodes = planNodes({ settings, layers, chains: this.#chains, locked, report, partial });
    // A node that could not be planned is not one that was dropped.
    const planned = this.problems.length === before;
    const claims = lock ? claimsLeft(lock.lock, nodes) : {};
    const withoutEngines = {
      ...toEnvironment(name, settings, nodes, this.#chains),
      ...(Object.keys(claims).length > 0 ? { claims } : {}),
    };
    const context: MevContext = {
      environment: name,
      settings,
      layers,
      chains: this.#chains,
      nodes: withoutEngines.nodes,
      gateway: withoutEngines.gateway,
      strategies: this.#strategies.strategies,
      partial: partial || !planned || this.#strategies.partial,
      report,
    };
    const workers = planWorkers({
      settings,
      layers,
      chains: this.#chains,
      nodes: withoutEngines.nodes,
      gateway: withoutEngines.gateway,
      partial: partial || !planned,
      report,
    });
    const environment = {
      ...withoutEngines,
      ...defined({ mev: planMev(context), research: planResearch(context), workers }),
    };
    const today = this.options.today ?? new Date();
    this.problems.push(
      ...checkEnvironment(settings, layers, nodes),
      ...checkMonitoring(settings, layers, environment.nodes),
      ...checkData(settings, layers),
      // A node that could not be planned may be the only one behind it.
      ...(planned && !partial ? checkGateway(settings, layers, environment.nodes, this.#chains) : []),
      ...nodes.flatMap((node) => checkPlannedNode(node, layers, today)),
    );
    if (lock && planned && !partial) {
      const unlocked = settings.protect ? 'error' : 'warning';
      const check: LockCheck = {
        ...lock,
        nodes,
        surroundings: environment,
        retire: settings.retire ?? [],
        unlocked: this.options.unlocked?.includes(name) ? 'allowed' : unlocked,
        environment: name,
        position: (path) => layers.position(path),
      };
      this.problems.push(...checkLock(check));
    }
    return environment;
  }

  /** The lock file; undefined, with its problems reported, when it cannot be understood. */
  #lock(name: EnvironmentName): Pick<LockCheck, 'document' | 'lock'> | undefined {
    const file = `${name}/nodes.lock.yml`;
    const beingWritten = this.options.unlocked?.includes(name) === true && !existsSync(join(this.folder, file));
    const document = beingWritten
      ? readDocument(this.#display(file), 'nodes: {}')
      : this.#read(file, `without it no disk is guarded; run: npm run config -- ${name} lock`);
    if (document.problems.length > 0 || !document.readable) return undefined;
    const parsed = lockSchema.safeParse(document.value);
    if (parsed.success) return { document, lock: parsed.data };
    const known = knownKeysOf(z.toJSONSchema(lockSchema, { io: 'input' }) as never);
    this.problems.push(...explain(parsed.error.issues, layer([document]), known));
    return undefined;
  }

  /** A file that is missing or cannot be read is reported once, and says nothing. */
  #read(file: string, purpose: string): Document {
    const path = join(this.folder, file);
    const unreadable = (message: string): Document => {
      this.#fail(file, message);
      return { ...readDocument(this.#display(file), ''), readable: false };
    };
    if (!existsSync(path)) return unreadable(`is missing; ${purpose}`);
    if (!statSync(path).isFile()) return unreadable('is not a file; put a YAML file here');
    const document = readDocument(this.#display(file), readFileSync(path, 'utf8'));
    this.problems.push(...document.problems);
    return document;
  }

  #fail(file: string, message: string): void {
    this.problems.push({
      severity: 'error',
      position: { file: this.#display(file), line: 1, column: 1 },
      path: [],
      message,
    });
  }

  #display(file: string): string {
    return `${basename(this.folder)}/${file}`;
  }

  #knownKeys(): KnownKeys {
    this.#known ??= knownKeysOf(z.toJSONSchema(this.#schema, { io: 'input' }) as never);
    return this.#known;
  }
}

/** The configuration without sections, and chains, that have mistakes. */
function withoutBroken(value: PlainMap, sections: ReadonlySet<string>, chains: ReadonlySet<string>): PlainMap {
  const kept = (map: PlainMap, broken: ReadonlySet<string>): PlainMap =>
    Object.fromEntries(Object.entries(map).filter(([key]) => !broken.has(key)));
  const whole = kept(value, sections);
  return isPlainMap(whole.chains) ? { ...whole, chains: kept(whole.chains, chains) } : whole;
}

const ROTATION_SECONDS = { hourly: 3600, daily: 86_400, weekly: 604_800 } as const;
const DEFAULT_RETENTION_SECONDS = 30 * 86_400;
const DEFAULT_DISK_USED_PERCENT = 85;
const DEFAULT_BACKUPS_KEPT = 7;

const backupSettings = ({
  schedule,
  keep,
  method,
  copy,
}: NonNullable<EnvironmentSettings['backup']>): BackupSettings => ({
  schedule,
  keep: keep ?? DEFAULT_BACKUPS_KEPT,
  method: method ?? 'stop',
  ...(copy ? { copy: { region: copy.region, ...(copy.kms_key === undefined ? {} : { kmsKey: copy.kms_key }) } } : {}),
});

function kubernetesSettings(
  {
    cluster,
    kubeconfig = '',
    context = '',
    storage_class: storageClass,
    node_selector: nodeSelector,
    tools_image: toolsImage,
    quota,
    service_monitors: serviceMonitors,
  }: NonNullable<EnvironmentSettings['kubernetes']>,
  monitored: boolean,
): KubernetesSettings {
  return {
    access: cluster === undefined ? { kubeconfig, context } : { eks: cluster },
    ...defined({ storageClass, nodeSelector, toolsImage }),
    ...(quota
      ? {
          quota: defined({
            cpu: quota.cpu,
            memoryMiB: quota.memory && quota.memory.value * 1024,
            storageGiB: quota.storage?.value,
          }),
        }
      : {}),
    serviceMonitors: serviceMonitors ?? monitored,
  };
}

function toEnvironment(
  name: EnvironmentName,
  settings: EnvironmentSettings,
  nodes: readonly PlannedNode[],
  chains: readonly ChainDefinition[],
): Environment {
  const { aws, network, state } = settings;
  const specs = nodes.map(({ spec }) => spec).sort((a, b) => (a.id < b.id ? -1 : 1));
  const logging = settings.global?.logging;
  const subnets = Object.entries(network?.subnets ?? {}).map(([zone, tiers]) => [zone, defined(tiers)] as const);
  return {
    name,
    region: aws.region,
    ...(aws.account_id === undefined ? {} : { accountId: aws.account_id }),
    ...(aws.kms_key === undefined ? {} : { kmsKey: aws.kms_key }),
    tags: aws.tags ?? {},
    network: {
      vpc: network?.vpc ?? 'default',
      subnets: Object.fromEntries(subnets),
      ...(network?.dns_zone ? { dnsZone: network.dns_zone } : {}),
    },
    ...(state ? { state: { bucket: state.bucket, region: state.region ?? aws.region } } : {}),
    protect: settings.protect ?? false,
    alarms: {
      emails: settings.alarms?.emails ?? [],
      diskUsedPercent: settings.alarms?.disk_used_percent ?? DEFAULT_DISK_USED_PERCENT,
      ...(settings.alarms?.secret_age ? { secretAgeSeconds: settings.alarms.secret_age.value / 1000 } : {}),
    },
    ...(settings.backup ? { backup: backupSettings(settings.backup) } : {}),
    logging: {
      rotationSeconds: ROTATION_SECONDS[logging?.rotation ?? 'daily'],
      retentionSeconds: logging?.retention ? logging.retention.value / 1000 : DEFAULT_RETENTION_SECONDS,
    },
    ...(settings.kubernetes
      ? { kubernetes: kubernetesSettings(settings.kubernetes, settings.monitoring !== undefined) }
      : {}),
    ...defined({ monitoring: planMonitoring(settings) }),
    ...defined({ gateway: planGateway(settings, specs, chains) }),
    ...defined({ data: planData(settings) }),
    nodes: specs,
  };
}

/** Without the keys that are undefined. */
function defined<T extends object>(map: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as never;
}
