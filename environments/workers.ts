import { INGESTION_ROLES, PASSWORD_FILES, type WorkerRole } from '../constructs/data-worker/contract';
import { notInCluster } from './cluster-secret';
import type { Path } from './document';
import type { WorkerSpec } from './environment';
import type { Layers } from './merge';
import { didYouMean } from './nearest';
import type { Problem } from './problem';
import type { EnvironmentSettings } from './schema/environment';
import { readAt, type SourceContext } from './sources';

/** From `mev.data.workers` to the workers of an environment: whether what each names is there, and where it reads its chains. */

const DEFAULT_CPU = 1;
const DEFAULT_MEMORY_GIB = 2;
const MAINNET = 'mainnet';

export interface WorkersContext extends SourceContext {
  readonly layers: Layers;
  report(problem: Problem): void;
}

type Data = NonNullable<NonNullable<EnvironmentSettings['mev']>['data']>;
type Worker = NonNullable<Data['workers']>[string];
type Say = (path: Path, message: string) => void;

/** None where there are no streams. Reports whatever does not fit. */
export function planWorkers(context: WorkersContext): readonly WorkerSpec[] | undefined {
  const { settings } = context;
  const data = settings.mev?.data;
  const workers = Object.entries(data?.workers ?? {});
  if (!data || workers.length === 0) return undefined;
  const names = workers.map(([key]) => key);
  for (const [key, worker] of workers) {
    const say = sayOf(key, context);
    checkName(key, names, say);
    checkStreams(worker, data, say);
    checkUses(worker, data, say);
    checkSecrets(worker, settings, say);
  }
  if (!data.enabled || !settings.kubernetes) return undefined;
  return workers.map(([key, worker]) => workerOf(key, worker, context)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const sayOf =
  (key: string, { layers, report }: WorkersContext): Say =>
  (path, message) => {
    const at: Path = ['mev', 'data', 'workers', key, ...path];
    report({ severity: 'error', position: layers.position(at), path: at, message });
  };

/** A worker of a key of YAML, where names have no underscores. */
const nameOf = (key: string): string => key.replaceAll('_', '-');

/** With `<environment>-worker-` before them they are names of roles, of at most 64 characters. */
const NAME = /^[a-z]([a-z0-9_-]{0,37}[a-z0-9])?$/;
/** Endings of what belongs to a worker. */
const TAKEN = /-(proxy|deny|egress|files|scripts)$/;

function checkName(key: string, keys: readonly string[], say: Say): void {
  const name = nameOf(key);
  if (!NAME.test(key))
    say([], 'is not the name of a worker; use at most 39 lower-case letters, digits, "_" and "-", a letter first');
  if (TAKEN.test(name))
    say([], `"${name}" is what something of another worker may be called in the cluster; rename it`);
  const twin = keys.slice(0, keys.indexOf(key)).find((other) => nameOf(other) === name);
  if (twin !== undefined) say([], `is called ${name} in the cluster, and so is ${twin}; rename one`);
}

const brings = (role: WorkerRole): boolean => INGESTION_ROLES.some((one) => one === role);

function checkStreams(worker: Worker, { streams }: Data, say: Say): void {
  const { role, consumes = [], publishes = [] } = worker;
  const known = Object.keys(streams);
  for (const [key, named] of Object.entries({ consumes, publishes }))
    for (const [index, stream] of named.entries())
      if (!known.includes(stream))
        say(
          [key, index],
          `"${stream}" is not a stream of mev.data.streams; use one of ${known.join(', ')}${didYouMean(stream, known)}`,
        );
  if (brings(role) && publishes.length === 0)
    say(['role'], `${role} brings data into streams, and it publishes to none; list at least one under publishes`);
  if (!brings(role) && consumes.length === 0)
    say(
      ['role'],
      `${role} makes something of what is in streams, and it consumes none; list at least one under consumes`,
    );
}

/** Settings that would do nothing, and stores that there are not. */
function checkUses({ chains = [], networks, reads, stores = [] }: Worker, data: Data, say: Say): void {
  for (const [key, given] of Object.entries({ networks, reads }))
    if (given !== undefined && chains.length === 0)
      say([key], 'is of chains, and it names none; list some under chains, or remove this');
  const archive = stores.indexOf('archive');
  if (archive >= 0 && data.stores.archive === undefined)
    say(['stores', archive], 'there is no archive here; set mev.data.stores.archive, or remove this');
}

const FILE_NAME = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/;
/** They stand beside its own. */
const PASSWORDS: readonly string[] = Object.values(PASSWORD_FILES);

function checkSecrets({ secrets = {} }: Worker, { kubernetes }: EnvironmentSettings, say: Say): void {
  for (const [file, secret] of Object.entries(secrets)) {
    if (!FILE_NAME.test(file))
      say(['secrets', file], 'is not the name of a file; use lower-case letters, digits, ".", "_" and "-"');
    if (PASSWORDS.includes(file))
      say(['secrets', file], 'is the file with the password of a stream or a store; give it another name');
    const odd =
      kubernetes && kubernetes.cluster === undefined ? notInCluster(secret, `the file as ${file}`) : undefined;
    if (odd !== undefined) say(['secrets', file], odd);
  }
}

function workerOf(key: string, worker: Worker, context: WorkersContext): WorkerSpec {
  const { chains = [], networks = [MAINNET], reads, role, image, node_selector: nodeSelector } = worker;
  const say = sayOf(key, context);
  const read = chains.flatMap((chain, chainIndex) =>
    networks.flatMap((network, networkIndex) => {
      const at: Path = worker.networks ? ['networks', networkIndex] : ['chains', chainIndex];
      return readAt({ chain, network }, { name: key, reads }, context, (message) => say(at, message));
    }),
  );
  return {
    name: nameOf(key),
    role,
    image,
    replicas: worker.replicas ?? 1,
    cpu: worker.cpu ?? DEFAULT_CPU,
    memoryMiB: (worker.memory?.value ?? DEFAULT_MEMORY_GIB) * 1024,
    ...(nodeSelector ? { nodeSelector } : {}),
    secrets: worker.secrets ?? {},
    relays: [...(worker.relays ?? [])].sort(),
    egress: [...(worker.egress ?? [])].sort(),
    chains: read.sort((a, b) => (`${a.chain} ${a.network}` < `${b.chain} ${b.network}` ? -1 : 1)),
    consumes: [...(worker.consumes ?? [])].sort(),
    publishes: [...(worker.publishes ?? [])].sort(),
    stores: [...(worker.stores ?? [])].sort(),
  };
}
