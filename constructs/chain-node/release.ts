import { createHash } from 'node:crypto';
import type { Architecture, Bootstrap, NodeProgram, Process } from './catalogue';
import { LEAST_MEMORY_GIB, processesOf } from './catalogue';
import { givenSecrets, renderCompose, secretsOf, type Upstream } from './compose';
import { bootstrapDirectory, identityFiles } from './data-on-volume';
import { renderHealth } from './health';
import { HOST_FILES } from './host-files';
import { dataDirectory, ENGINE_METRICS_PORT, HEALTH_PORT, HOST_METRICS_PORT, USER_ID } from './layout';
import { isNative, type NativeProgram, nativePrograms, renderPrograms } from './programs';
import type { BackupMethod } from './props';
import { leaseSeconds } from './roll-time';
import { renderUnits } from './units';

/** A release: every file that configures a node's processes, host scripts included, and their manifest of hashes. */
export interface Release {
  /** Text by path, sorted; without the manifest. */
  readonly files: ReadonlyMap<string, string>;
  /** Those that no other node has: all but the host's scripts and units. */
  readonly ownFiles: ReadonlyMap<string, string>;
  /** `<sha256>  <path>` lines, as sha256sum writes them. */
  readonly manifest: string;
  /** Of the manifest: what the host calls the release. */
  readonly hash: string;
  readonly processes: readonly Process[];
  /** Programs that are no images. */
  readonly programs: readonly NativeProgram[];
}

export interface ReleaseContext {
  readonly environment: string;
  readonly region: string;
  readonly group: string;
  readonly node: string;
  /** Processor of the host. */
  readonly architecture: Architecture;
  readonly memoryGiB: number;
  readonly upstreams: Readonly<Record<string, Upstream>>;
  /** Names of the secrets that processes are given, by the names of their files; none when not given. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly journal: { readonly rotationSeconds: number; readonly retentionSeconds: number };
  /** Where the data of a blank disk comes from; empty when not given. */
  readonly bootstrap?: Bootstrap;
  /** The SSM document that takes backups of this node, and how it holds it; none when not given. */
  readonly backup?: { readonly document: string; readonly method: BackupMethod };
  /** Mbps to the internet while the node is at the head; no limit when not given. */
  readonly egressLimitMbps?: number;
  /** Date of the packages that the host installs; none when not given. */
  readonly osPatches?: string;
  /** Whether others watch the host: its metrics, and its logs where an agent ships them; not at all when not given. */
  readonly watch?: HostWatch;
  /** Memory of the host that is not the node's, for what stands beside it; none when not given. */
  readonly reservedMemoryMiB?: number;
}

/** What others watch a host with. */
export interface HostWatch {
  /** Files of the agent that ships the logs of a node's host, a compose.yml among them; by name, none when nobody takes logs. */
  agent(node: HostedNode): Readonly<Record<string, string>>;
}

/** What a host is of. */
export interface HostedNode {
  readonly id: string;
  readonly chain: string;
  readonly network: string;
  readonly client: string;
}

export function renderRelease(program: NodeProgram, context: ReleaseContext): Release {
  assertNames(context);
  if (context.memoryGiB < LEAST_MEMORY_GIB) {
    throw new Error(
      `${context.node}: ${context.memoryGiB} GiB of memory is too little; choose an instance type with at least ${LEAST_MEMORY_GIB} GiB`,
    );
  }
  const processes = processesOf(program, processMemoryMiB(context.memoryGiB) - (context.reservedMemoryMiB ?? 0));
  for (const [own, what] of [
    [HEALTH_PORT, 'health'],
    [HOST_METRICS_PORT, 'itself'],
    [ENGINE_METRICS_PORT, 'an engine beside the node'],
  ] as const) {
    const taken = processes.find(({ ports }) => ports.some(({ number }) => number === own));
    if (taken)
      throw new Error(`${context.node}: ${taken.name} uses port ${own}, at which the host answers about ${what}`);
  }
  const { node, environment, region, architecture, upstreams } = context;
  const rendering = { node, chain: program.chain.id, network: program.network, upstreams };
  const compose = renderCompose(processes, rendering);
  const { units, hostValues } = renderUnits(processes, { ...rendering, architecture });
  const programs = nativePrograms(processes, architecture);
  const configuration = processes.flatMap((process) =>
    Object.entries(process.files ?? {}).map(([file, text]) => [`config/${process.name}/${file}`, text] as const),
  );
  const settings = sysctl(processes);
  const hosted = { id: node, chain: program.chain.id, network: program.network, client: program.client };
  const files: readonly (readonly [path: string, text: string])[] = [
    ...(compose ? [['compose.yml', compose.text] as const] : []),
    ...(programs.length > 0
      ? [['programs', renderPrograms(programs, architecture, environment, region)] as const]
      : []),
    ...[...units].map(([name, text]) => [`units/${name}`, text] as const),
    ...configuration,
    ['system/journald.conf', journald(context.journal)],
    ...Object.entries(context.watch?.agent(hosted) ?? {}).map(([name, text]) => [`agent/${name}`, text] as const),
    ...(settings === '' ? [] : [['system/sysctl.conf', settings] as const]),
    ['health.json', renderHealth(program, context.node, processes)],
    ['node.env', nodeEnvironment(program, context, processes, [...(compose?.hostValues ?? []), ...hostValues])],
  ];
  const ownFiles = sortedByPath(files);
  const all = sortedByPath([...files, ...HOST_FILES]);
  const manifest = manifestOf(all);
  return { files: all, ownFiles, manifest, hash: sha256(manifest), processes, programs };
}

/** Memory that processes may have together: the host keeps a twentieth, and no less than 1 GiB. */
const processMemoryMiB = (memoryGiB: number): number =>
  Math.floor(memoryGiB * 1024 - Math.max(1024, (memoryGiB * 1024) / 20));

/** What the host's scripts know of the node; shell assignments. */
function nodeEnvironment(
  program: NodeProgram,
  context: ReleaseContext,
  processes: readonly Process[],
  hostValues: readonly string[],
): string {
  const words = (values: Iterable<string>): string => [...new Set(values)].join(' ');
  const variables: Readonly<Record<string, string>> = {
    ENVIRONMENT: context.environment,
    GROUP: context.group,
    NODE_ID: context.node,
    // Unique in the account.
    METRICS_NAME: `${context.environment}-${context.node}`,
    CHAIN: program.chain.id,
    NETWORK: program.network,
    CLIENT: program.client,
    FILESYSTEM_LABEL: filesystemLabel(context.node),
    USER_ID: String(USER_ID),
    STOP_GRACE_SECONDS: String(longestGraceSeconds(processes)),
    LEASE_SECONDS: String(leaseSeconds(longestGraceSeconds(processes))),
    PROCESSES: words(processes.map(({ name }) => name)),
    NATIVE_PROCESSES: words(processes.filter(isNative).map(({ name }) => name)),
    WAITING_PROCESSES: words(processes.filter(({ waits }) => waits).map(({ name }) => name)),
    DATA_DIRECTORIES: words(
      processes.flatMap(({ directories }) =>
        Object.values(directories).map((name) => dataDirectory(program.network, name)),
      ),
    ),
    SECRETS: words(
      processes.flatMap(({ secrets = {} }) => Object.keys(secrets).filter((name) => secrets[name] === 'made')),
    ),
    ...givenVariable(givenSecrets(context.node, processes, context.secrets ?? {})),
    HOST_VALUES: words(hostValues),
    IDENTITY_FILES: words(identityFiles(program, processes)),
    UNSHAPED_PORTS: words(unshapedPorts(processes).map(String)),
    EGRESS_LIMIT_MBPS: String(context.egressLimitMbps ?? ''),
    OS_PATCHES: context.osPatches ?? '',
    HOST_METRICS: context.watch ? 'yes' : 'no',
    BACKUP_DOCUMENT: context.backup?.document ?? '',
    // Whoever takes it sees here that the node has given it up.
    ...(context.reservedMemoryMiB === undefined ? {} : { RESERVED_MEMORY_MIB: String(context.reservedMemoryMiB) }),
    BACKUP_METHOD: context.backup?.method ?? 'stop',
    ...bootstrapEnvironment(program, context),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}

/** Only where there are any: another line in this file is another release. */
const givenVariable = (given: ReadonlyMap<string, string>): Readonly<Record<string, string>> =>
  given.size === 0 ? {} : { GIVEN_SECRETS: [...given].map(([file, secret]) => `${file}=${secret}`).join(' ') };

/** Ports whose answers are for users and monitoring: they are what the node is there for. */
const unshapedPorts = (processes: readonly Process[]): readonly number[] => [
  ...processes
    .flatMap(({ ports }) => ports.filter(({ audience }) => audience === 'clients' || audience === 'monitoring'))
    .flatMap(({ number }) => (typeof number === 'number' ? [number] : [])),
  HEALTH_PORT,
];

function bootstrapEnvironment(program: NodeProgram, { node, bootstrap }: ReleaseContext): Record<string, string> {
  const none = { BOOTSTRAP_URL: '', BOOTSTRAP_SHA256: '', BOOTSTRAP_DIRECTORY: '', BOOTSTRAP_STRIP: '0' };
  if (bootstrap?.from === 'latest-backup' || bootstrap?.from === 'snapshot') return { BOOTSTRAP: 'snapshot', ...none };
  if (bootstrap?.from !== 'url') return { BOOTSTRAP: 'empty', ...none };
  return {
    BOOTSTRAP: 'url',
    BOOTSTRAP_URL: bootstrap.url,
    BOOTSTRAP_SHA256: bootstrap.sha256 ?? '',
    BOOTSTRAP_DIRECTORY: bootstrapDirectory(program, node, bootstrap),
    BOOTSTRAP_STRIP: String(bootstrap.strip ?? 0),
  };
}

/** Seconds that the slowest process may take to stop. */
export const longestGraceSeconds = (processes: readonly Process[]): number =>
  Math.max(...processes.map(({ stop }) => stop.graceSeconds));

/** ext4 holds 16 characters: enough to tell a node's disk from every other. */
export const filesystemLabel = (node: string): string => `chain-${sha256(node).slice(0, 10)}`;

/** The journal is capped in size as well, so that it cannot fill the root disk before its time. */
const journald = ({ rotationSeconds, retentionSeconds }: ReleaseContext['journal']): string =>
  [
    '[Journal]',
    'Storage=persistent',
    'SystemMaxUse=8G',
    `MaxFileSec=${rotationSeconds}`,
    `MaxRetentionSec=${retentionSeconds}`,
    '',
  ].join('\n');

/** Kernel settings that any of the processes asks for. They are the host's, because its network is. */
const sysctl = (processes: readonly Process[]): string =>
  processes
    .flatMap(({ host }) => Object.entries(host?.sysctls ?? {}))
    .map(([name, value]) => `${name} = ${value}\n`)
    .sort()
    .join('');

/** Names go into shell assignments, and the host splits lists of them at blanks. */
function assertNames({ node, upstreams, secrets = {}, bootstrap }: ReleaseContext): void {
  if (bootstrap?.from === 'url' && !/^https:\/\/[^\s'\\]+$/.test(bootstrap.url))
    throw new Error(`${node}: "${bootstrap.url}" is not an https address without blanks and quotes; give another`);
  for (const secret of secretsOf({ upstreams, secrets })) {
    if (/^[\w/+=.@-]+$/.test(secret)) continue;
    throw new Error(`${node}: "${secret}" is not the name of a secret; use letters, digits and /_+=.@-`);
  }
}

const sortedByPath = (files: Iterable<readonly [string, string]>): ReadonlyMap<string, string> =>
  new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same for a thousand nodes: taken once. */
const HOST_HASHES: ReadonlyMap<string, string> = new Map(HOST_FILES.map(([path, text]) => [path, sha256(text)]));

const manifestOf = (files: ReadonlyMap<string, string>): string =>
  [...files].map(([path, text]) => `${HOST_HASHES.get(path) ?? sha256(text)}  ${path}\n`).join('');
