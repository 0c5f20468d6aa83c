import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  CHAINS,
  type ChainDefinition,
  clientsOf,
  flagName,
  managedFlags,
  PLANNED_CHAINS,
  versionOf,
} from '../constructs/chain-node/catalogue';
import { type Document, type Path, type Plain, readDocument, valueAt } from './document';
import type { Environment, NodeSpec } from './environment';
import { explain, type KnownKeys, knownKeysOf } from './explain';
import { checkNode } from './hardware-checks';
import { checkLock } from './lock';
import { type Layers, layer } from './merge';
import { didYouMean } from './nearest';
import { type PlannedNode, planNodes } from './nodes';
import { ConfigurationError, type Problem } from './problem';
import type { Catalogue } from './schema/chains';
import { type EnvironmentSettings, environmentSchema, OVERRIDES_ONLY, RESERVED } from './schema/environment';
import { type LockedNode, lockSchema } from './schema/lock';
import { ENVIRONMENTS, type EnvironmentName, strategySchema } from './schema/sections';

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
  loader.strategies();
  const errors = loader.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new ConfigurationError(errors);
  const environments = loaded.flatMap(({ environment }) => (environment ? [environment] : []));
  return {
    environments,
    warnings: loader.problems.filter(({ severity }) => severity === 'warning'),
    notes: [...reservedNotes(loaded), ...pinNotes(environments)],
    layers: new Map(loaded.map(({ name, layers }) => [name, layers])),
  };
}

interface Loaded {
  readonly name: EnvironmentName;
  readonly layers: Layers;
  readonly environment?: Environment;
}

/** Sections on which the meaning of nodes rests: while one has errors, nodes are not judged. */
const FOUNDATIONS: readonly string[] = ['chains', 'aws', 'network', 'retire', 'protect'];

class Loader {
  readonly problems: Problem[] = [];
  readonly #catalogue: Catalogue;
  readonly #schema: ReturnType<typeof environmentSchema>;
  readonly #global: Document;
  #known: KnownKeys | undefined;

  constructor(
    readonly folder: string,
    readonly options: LoadOptions,
  ) {
    const chains = options.chains ?? CHAINS;
    const ids = new Set(chains.map(({ id }) => id));
    this.#catalogue = { chains, planned: PLANNED_CHAINS.filter(({ id }) => !ids.has(id)) };
    this.#schema = environmentSchema(this.#catalogue);
    this.#global = this.#read('global.yml', 'it holds the defaults of every environment');
  }

  /** Folders that are environments; every other folder but two is a mistake. */
  environmentNames(): EnvironmentName[] {
    const folders = readdirSync(this.folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of folders) {
      if (['schema', 'strategies', ...ENVIRONMENTS].includes(name)) continue;
      this.#fail(
        `${name}/`,
        `is not an environment; use one of ${ENVIRONMENTS.join(', ')}${didYouMean(name, ENVIRONMENTS)}`,
      );
    }
    return ENVIRONMENTS.filter((name) => folders.some((entry) => entry.name === name));
  }

  environment(name: EnvironmentName): Loaded {
    const overrides = this.#read(
      `${name}/overrides.yml`,
      'it holds what this environment changes; an empty map {} will do',
    );
    const layers = layer([this.#global, overrides]);
    this.#checkPlaces(name, layers);
    const parsed = this.#schema.safeParse(layers.value);
    if (parsed.success) return { name, layers, environment: this.#resolve(name, parsed.data, layers) };
    const problems = explain(parsed.error.issues, layers, (path) => this.#knownKeys()(path));
    this.problems.push(...problems);
    const broken = new Set(problems.map(({ path }) => String(path[0])));
    if (FOUNDATIONS.some((section) => broken.has(section))) return { name, layers };
    const whole = this.#schema.safeParse(
      Object.fromEntries(Object.entries(layers.value).filter(([key]) => !broken.has(key))),
    );
    if (whole.success) this.#resolve(name, whole.data, layers);
    return { name, layers };
  }

  /** Strategy files are held to their schema; nothing runs them yet. */
  strategies(): void {
    const folder = join(this.folder, 'strategies');
    if (!existsSync(folder)) return;
    const schema = strategySchema([...this.#catalogue.chains, ...this.#catalogue.planned].map(({ id }) => id));
    const known = (path: Path): readonly string[] =>
      knownKeysOf(z.toJSONSchema(schema, { io: 'input' }) as never)(path);
    const stages = ['active', 'testing', 'research', 'archived'];
    for (const stage of readdirSync(folder).sort()) {
      if (!stages.includes(stage)) {
        this.#fail(
          `strategies/${stage}`,
          `is not a stage; use one of ${stages.join(', ')}${didYouMean(stage, stages)}`,
        );
        continue;
      }
      for (const file of readdirSync(join(folder, stage))
        .filter((entry) => /\.ya?ml$/.test(entry))
        .sort()) {
        const layers = layer([this.#read(`strategies/${stage}/${file}`, '')]);
        const parsed = schema.safeParse(layers.value);
        if (!parsed.success) this.problems.push(...explain(parsed.error.issues, layers, known));
      }
    }
  }

  #resolve(name: EnvironmentName, settings: EnvironmentSettings, layers: Layers): Environment {
    const { document, locked } = this.#lock(name);
    const report = (problem: Problem): void => {
      this.problems.push(problem);
    };
    const nodes = planNodes({ settings, layers, chains: this.#catalogue.chains, locked, report });
    this.#checkEnvironment(settings, layers, nodes);
    for (const node of nodes) this.#checkNode(node, layers);
    this.problems.push(
      ...checkLock({
        document,
        locked,
        nodes,
        kmsKey: settings.aws.kms_key,
        retire: settings.retire ?? [],
        unlocked: this.options.unlocked?.includes(name) ? 'allowed' : settings.protect ? 'error' : 'warning',
        environment: name,
        position: (path) => layers.position(path),
      }),
    );
    return toEnvironment(name, settings, nodes);
  }

  #checkNode(node: PlannedNode, layers: Layers): void {
    const { spec, clients } = node;
    for (const { severity, setting, message } of checkNode(node, this.options.today ?? new Date())) {
      const path = node.path(...setting);
      this.problems.push({ severity, position: layers.position(path), path, message: `${spec.id}: ${message}` });
    }
    for (const client of clients) {
      const extra = spec.extraArguments?.[client.id];
      if (!extra) continue;
      const managed = managedFlags(spec.chain, client);
      extra.forEach((argument, index) => {
        const flag = flagName(argument);
        if (flag === undefined || !managed.has(flag)) return;
        const path = [...node.path('extra_args', client.id), index];
        const message = `"${argument}" restates ${flag}, which is set by the catalogue; remove it`;
        this.problems.push({ severity: 'error', position: layers.position(path), path, message });
      });
    }
    const strangers = (
      setting: 'version' | 'extra_args',
      given: Readonly<Record<string, unknown>> | undefined,
    ): void => {
      for (const client of Object.keys(given ?? {})) {
        const path = node.path(setting, client);
        // What a chain says is for all of its nodes; what a node says must be for its own clients.
        if (clients.some(({ id }) => id === client) || !path.includes('nodes')) continue;
        const message = `${spec.id} does not run ${client}; it runs ${clients.map(({ id }) => id).join(' and ')}`;
        this.problems.push({ severity: 'error', position: layers.keyPosition(path), path, message });
      }
    };
    strangers('version', spec.versions);
    strangers('extra_args', spec.extraArguments);
  }

  #checkEnvironment(settings: EnvironmentSettings, layers: Layers, nodes: readonly PlannedNode[]): void {
    const add = (severity: Problem['severity'], path: Path, message: string): void => {
      this.problems.push({ severity, position: layers.position(path), path, message });
    };
    const { region, zones } = settings.aws;
    const inRegion = (zone: string): boolean => zone.slice(0, -1) === region;
    zones.forEach((zone, index) => {
      if (!inRegion(zone))
        add('error', ['aws', 'zones', index], `"${zone}" is not a zone of ${region}; its zones begin with ${region}`);
    });
    for (const { spec, path, isSet } of nodes) {
      if (isSet('zone') && !inRegion(spec.zone))
        add('error', path('zone'), `"${spec.zone}" is not a zone of ${region}; its zones begin with ${region}`);
      if (spec.id.length > 45)
        add('error', path(), `${spec.id} is longer than the 45 characters that names in AWS leave`);
    }
    for (const zone of Object.keys(settings.network?.subnets ?? {})) {
      if (!inRegion(zone))
        add('error', ['network', 'subnets', zone], `is not a zone of ${region}; its zones begin with ${region}`);
    }
    const subnets = settings.network?.subnets;
    if (subnets) {
      for (const { spec } of nodes) {
        if (subnets[spec.zone]?.[spec.tier] === undefined) {
          add(
            'error',
            ['network', 'subnets'],
            `${spec.id} needs a ${spec.tier} subnet in ${spec.zone}; add it, or remove subnets to find them by tag`,
          );
        }
      }
    }
    if (!settings.protect) return;
    if (!settings.state) add('error', ['protect'], 'needs remote state; set state.bucket');
    if (settings.aws.account_id === undefined)
      add(
        'warning',
        ['protect'],
        'aws.account_id is not set, so that credentials of another account would be accepted',
      );
    if (settings.aws.kms_key === undefined)
      add('warning', ['protect'], 'aws.kms_key is not set; it cannot be added to a disk later');
  }

  /** Keys in the wrong file, and an environment that names another. */
  #checkPlaces(name: EnvironmentName, layers: Layers): void {
    for (const key of OVERRIDES_ONLY) {
      const path = key.split('.');
      const origin = this.#global.origin(path);
      if (!origin) continue;
      const message = 'belongs into the overrides.yml of an environment, not into global.yml; move it';
      this.problems.push({ severity: 'error', position: origin.key, path, message });
    }
    const given = valueAt(layers.value, ['global', 'environment']);
    const path: Path = ['global', 'environment'];
    if (given === undefined || given === name || this.#global.origin(path)) return;
    if (!ENVIRONMENTS.some((known) => known === given)) return;
    const message = `"${String(given)}" is not the environment of this folder; write ${name}, or remove it`;
    this.problems.push({ severity: 'error', position: layers.position(path), path, message });
  }

  #lock(name: EnvironmentName): { document: Document; locked: ReadonlyMap<string, LockedNode> } {
    const file = `${name}/nodes.lock.yml`;
    const document = existsSync(join(this.folder, file))
      ? this.#read(file, '')
      : readDocument(this.#display(file), 'nodes: {}');
    const parsed = lockSchema.safeParse(document.value);
    if (parsed.success) return { document, locked: new Map(Object.entries(parsed.data.nodes)) };
    if (document.problems.length === 0) {
      const known = knownKeysOf(z.toJSONSchema(lockSchema, { io: 'input' }) as never);
      this.problems.push(...explain(parsed.error.issues, layer([document]), known));
    }
    return { document, locked: new Map() };
  }

  #read(file: string, purpose: string): Document {
    const path = join(this.folder, file);
    if (!existsSync(path)) {
      this.#fail(file, `is missing; ${purpose}`);
      return readDocument(this.#display(file), '');
    }
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

const ROTATION_SECONDS = { hourly: 3600, daily: 86_400, weekly: 604_800 } as const;
const DEFAULT_RETENTION_SECONDS = 30 * 86_400;

function toEnvironment(
  name: EnvironmentName,
  settings: EnvironmentSettings,
  nodes: readonly PlannedNode[],
): Environment {
  const { aws, network, state } = settings;
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
    logging: {
      rotationSeconds: ROTATION_SECONDS[logging?.rotation ?? 'daily'],
      retentionSeconds: logging?.retention ? logging.retention.value / 1000 : DEFAULT_RETENTION_SECONDS,
    },
    nodes: nodes.map(({ spec }) => spec).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** Without the keys that are undefined. */
function defined<T extends object>(map: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as never;
}

/** One line that names the reserved keys that are set, with the environments that set them. */
function reservedNotes(loaded: readonly Loaded[]): string[] {
  const planned = PLANNED_CHAINS.map(({ id }) => `chains.${id}`);
  const names = new Map<string, string[]>();
  for (const { name, layers, environment } of loaded) {
    if (!environment) continue;
    for (const key of [...RESERVED, ...planned]) {
      const value: Plain | undefined = valueAt(layers.value, key.split('.'));
      if (value !== undefined && environment.nodes.every(({ chain }) => key !== `chains.${chain.id}`)) {
        names.set(key, [...(names.get(key) ?? []), name]);
      }
    }
  }
  if (names.size === 0) return [];
  const all = loaded.length;
  const keys = [...names].map(([key, where]) => (where.length === all ? key : `${key} (${where.join(', ')})`));
  return [`reserved, understood but without effect yet: ${keys.join(', ')}`];
}

/** One line that lists the pinned versions that nobody has verified at their origin. */
function pinNotes(environments: readonly Environment[]): string[] {
  const pins = new Set<string>();
  for (const node of environments.flatMap(({ nodes }): readonly NodeSpec[] => nodes)) {
    for (const client of clientsOf(node)) {
      const pin = client.version(node.network);
      if (pin.status !== 'verified' && versionOf(node, client) === pin.value)
        pins.add(`${client.id} ${pin.value} (${pin.status})`);
    }
  }
  return pins.size === 0
    ? []
    : [`pinned by the catalogue, not verified at the origin (docs/versions.md): ${[...pins].sort().join(', ')}`];
}
