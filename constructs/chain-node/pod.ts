import { createHash } from 'node:crypto';
import { ACCESS_LABEL, type Access } from '../cluster';
import {
  type Architecture,
  type Argument,
  type Bootstrap,
  clientsOf,
  metricsPath,
  type NodeProgram,
  networkOf,
  type Port,
  type Process,
  portNumber,
  processesOf,
} from './catalogue';
import { givenSecrets, type Upstream, upstreamValue } from './compose';
import { bootstrapDirectory, identityFiles } from './data-on-volume';
import { renderHealth } from './health';
import { dataDirectory, HEALTH_PORT, USER_ID } from './layout';
import { isNative } from './programs';

/** Renders a node as the values of the chart `chain-node`. It knows nothing of chains, and nothing of Terraform. */

/** What a node's processes may have together. */
export interface PodResources {
  /** Cores that are kept for them. */
  readonly cpu: number;
  /** Cores that they may use at most; no limit when not given: a node that is throttled falls behind. */
  readonly cpuLimit?: number;
  /** Memory in MiB that they are ended beyond. */
  readonly memoryMiB: number;
  /** Memory in MiB that is kept for them; all of it when not given. */
  readonly memoryRequestMiB?: number;
}

/** How peers come in: not at all, by the port of the machine that the pod is on, or by a load balancer. */
export type Exposure =
  | { readonly by: 'none' }
  | { readonly by: 'host-port' }
  | {
      readonly by: 'load-balancer';
      /** The address that peers reach it at. */
      readonly address: string;
      readonly class?: string;
      readonly annotations?: Readonly<Record<string, string>>;
    };

export interface PodContext {
  readonly environment: string;
  readonly node: string;
  readonly group: string;
  readonly resources: PodResources;
  readonly sizeGiB: number;
  /** The cluster's default when not given. */
  readonly storageClass?: string;
  readonly zone?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly priorityClass?: string;
  readonly upstreams: Readonly<Record<string, Upstream>>;
  /** Names of the secrets that processes are given, by the names of their files; none when not given. */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * The store that makes secrets of upstreams and those that processes are given; without one, secrets of their names must be there,
   * with the URL as `url`, or with the file under its name.
   */
  readonly secretStore?: { readonly region: string; readonly role: string };
  readonly bootstrap: Bootstrap;
  readonly exposure: Exposure;
  readonly toolsImage: string;
  readonly snapshots?: { readonly schedule: string; readonly keep: number; readonly class: string };
  readonly serviceMonitor: boolean;
}

/** Values of the chart, as its schema has them. */
export type ChartValues = Readonly<Record<string, unknown>>;

export interface Pod {
  readonly values: ChartValues;
  readonly processes: readonly Process[];
  /** Seconds that the slowest of its processes may take to stop. */
  readonly graceSeconds: number;
  /** Seconds until its roll is given up, from the moment that the release is changed. */
  readonly rollSeconds: number;
}

/**
 * bash, curl, jq, kubectl and Python, for what looks at a node and keeps it (alpine-docker/k8s, Dockerfile). A tag is the version
 * of its kubectl.
 */
export const TOOLS_IMAGE = 'docker.io/alpine/k8s:1.34.5';

const TOOLS_RESOURCES = { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '256Mi' } } as const;

/** Pulling images, attaching the disk, and following the chain again after the old pod has stopped. */
const FOLLOW_SECONDS = 1800;

/** Renders a node. Throws for what a pod cannot give a process. */
export function renderPod(program: NodeProgram, context: PodContext): Pod {
  const { node, resources } = context;
  const processes = processesOf(program, resources.memoryMiB);
  for (const process of processes) assertFits(node, process);
  const graceSeconds = Math.max(...processes.map(({ stop }) => stop.graceSeconds));
  const rollSeconds = graceSeconds + FOLLOW_SECONDS;
  const secrets = new Map<string, string>();
  const rendering: Rendering = { ...context, program, processes, urls: secrets };
  const ports = processes.flatMap((process) => process.ports.map((port) => ({ process, port })));
  const named = (audience: (port: Port) => boolean): object[] =>
    ports
      .filter(({ port }) => audience(port))
      .map(({ process, port }) => ({ name: servicePort(process, port), ...numbered(port) }));
  // What lets nobody in needs no way in.
  const exposure: Exposure = ports.some(({ port }) => port.audience === 'internet') ? context.exposure : { by: 'none' };
  const values: ChartValues = {
    node,
    user: USER_ID,
    labels: {
      environment: context.environment,
      chain: program.chain.id,
      network: program.network,
      client: program.client,
      group: context.group,
    },
    access: { label: ACCESS_LABEL, ...ACCESS },
    tools: { image: context.toolsImage, resources: TOOLS_RESOURCES },
    health: { definition: renderHealth(program, node, processes), port: HEALTH_PORT },
    pod: {
      architectures: architecturesOf(program).map((one) => KUBERNETES_NAME[one]),
      ...(context.zone === undefined ? {} : { zone: context.zone }),
      ...(context.nodeSelector === undefined ? {} : { nodeSelector: context.nodeSelector }),
      ...(context.priorityClass === undefined ? {} : { priorityClass: context.priorityClass }),
      graceSeconds,
    },
    processes: processes.map((process) => container(process, rendering)),
    secretNames: [...new Set(processes.flatMap((process) => secretsOfKind(process, 'made')))],
    secrets: Object.fromEntries(secrets),
    ...givenValues(context, processes),
    ...(context.secretStore === undefined ? {} : { secretStore: context.secretStore }),
    data: {
      size: `${context.sizeGiB}Gi`,
      ...(context.storageClass === undefined ? {} : { storageClass: context.storageClass }),
      ...(context.bootstrap.from === 'snapshot' ? { snapshot: context.bootstrap.snapshotId } : {}),
      directories: [
        ...new Set(
          processes.flatMap(({ directories }) =>
            Object.values(directories).map((directory) => dataDirectory(program.network, directory)),
          ),
        ),
      ],
    },
    services: {
      internet: exposure.by === 'none' ? [] : named(({ audience }) => audience === 'internet'),
      clients: named(({ audience }) => audience === 'clients'),
      monitoring: named(({ audience, serves }) => audience === 'monitoring' || serves.includes('metrics')),
    },
    p2p: {
      expose: exposure.by,
      // Without a class nothing else tells a cluster's load balancers which address peers are told.
      ...(exposure.by === 'load-balancer'
        ? exposure.class === undefined
          ? { address: exposure.address }
          : { class: exposure.class, nodePorts: false }
        : {}),
      ...(exposure.by === 'load-balancer' && exposure.annotations ? { annotations: exposure.annotations } : {}),
    },
    ...bootstrapValues(program, context, processes),
    gate: { seconds: rollSeconds },
    ...(context.snapshots ? { snapshots: context.snapshots } : {}),
    serviceMonitor: {
      enabled: context.serviceMonitor,
      endpoints: processes.flatMap((process) => {
        const port = process.ports.find(({ name }) => name === process.metrics?.port);
        return port ? [{ port: servicePort(process, port), path: metricsPath(port), process: process.name }] : [];
      }),
    },
  };
  return { values, processes, graceSeconds, rollSeconds };
}

const ACCESS: Readonly<Record<Access, Access>> = { clients: 'clients', monitoring: 'monitoring' };

const KUBERNETES_NAME: Readonly<Record<Architecture, string>> = { arm64: 'arm64', x86_64: 'amd64' };

/** Processors that every client of the node is made for. */
const architecturesOf = (program: NodeProgram): readonly Architecture[] => {
  const [first, ...others] = clientsOf(program);
  return (first?.architectures ?? []).filter((one) => others.every(({ architectures }) => architectures.includes(one)));
};

/** Refuses what a pod cannot give, rather than leave it out. */
function assertFits(node: string, process: Process): void {
  const { name, host, stop, ports } = process;
  const refuse = (reason: string): never => {
    throw new Error(`${node}: ${name} ${reason}; run the node on an instance`);
  };
  if (isNative(process)) refuse('is a native program, and a pod runs images');
  if (stop.before) refuse('has a command to run before it stops, which a pod has not');
  if (host?.capabilities?.length) refuse(`needs ${host.capabilities.join(', ')}, which restricted pods do not get`);
  if (host?.sysctls && Object.keys(host.sysctls).length > 0)
    refuse('needs kernel settings, which belong to the machine');
  if (host?.lockedMemory !== undefined) refuse('needs locked memory, which the machine limits');
  const guarded = ports.find(({ from }) => from !== undefined);
  if (guarded) refuse(`lets certain addresses alone in at ${guarded.name}, which a pod does not tell apart`);
}

interface Rendering extends PodContext {
  readonly program: NodeProgram;
  readonly processes: readonly Process[];
  /** Secrets that hold URLs: those of the cluster, and what they are called in the store. */
  readonly urls: Map<string, string>;
}

function container(process: Process, rendering: Rendering): object {
  const { program, processes, exposure } = rendering;
  const { name, source, files = {}, prepare = [] } = process;
  const given = secretsOfKind(process, 'given');
  // Those that the others speak of come first: Kubernetes resolves names from those before.
  const variables = new Map<string, object>();
  const render = (argument: Argument): string => renderArgument(argument, rendering, variables);
  const command = process.program.map(escaped);
  const prepared = prepare.map((one) => ({
    name: one.name,
    command: [...one.program.map(escaped), ...one.arguments.map(render)],
    unless: escaped(one.unless),
  }));
  const words = process.arguments.map(render);
  const own = Object.entries(process.environment ?? {}).map(([key, value]) => ({ name: key, value: render(value) }));
  const rpc = processes.find(({ ports }) => ports.some(serves('rpc')));
  return {
    name,
    image: source.kind === 'image' ? `${source.image}:${source.version}` : '',
    command,
    arguments: words,
    environment: [...variables.values(), ...own],
    files,
    directories: Object.fromEntries(
      Object.entries(process.directories).map(([path, directory]) => [path, dataDirectory(program.network, directory)]),
    ),
    secrets: secretsOfKind(process, 'made'),
    ...(given.length > 0 ? { given } : {}),
    ...(process.waits ? { waits: true } : {}),
    ports: process.ports
      .filter(({ audience }) => audience !== 'siblings')
      .map((port) => {
        const role = process === rpc ? (['rpc', 'ws'] as const).find((one) => serves(one)(port)) : undefined;
        return {
          ...(role === undefined ? {} : { name: role }),
          ...numbered(port),
          hostPort: exposure.by === 'host-port' && port.audience === 'internet',
        };
      }),
    client: clientAskedAt(program, process.name) ?? '',
    stopSignal: process.stop.signal,
    prepare: prepared,
    resources: resourcesOf(process, rendering),
  };
}

const serves =
  (role: 'rpc' | 'ws') =>
  (port: Port): boolean =>
    port.serves.includes(role) && port.audience !== 'siblings';

/** The client of whose head this process is asked. */
function clientAskedAt(program: NodeProgram, process: string): string | undefined {
  const network = networkOf(program.chain, program.network);
  return network && clientsOf(program).find((client) => client.health(network).head.process === process)?.id;
}

/** A process's part of the node's cores is that of its memory. */
function resourcesOf({ memoryMiB }: Process, { resources, processes }: Rendering): object {
  const part = memoryMiB / processes.reduce((sum, process) => sum + process.memoryMiB, 0);
  const milli = (cores: number): string => `${Math.max(10, Math.floor(cores * part * 1000))}m`;
  const { cpu, cpuLimit, memoryRequestMiB = resources.memoryMiB } = resources;
  const requested = Math.floor((memoryMiB * memoryRequestMiB) / resources.memoryMiB);
  return {
    requests: { cpu: milli(cpu), memory: `${requested}Mi` },
    limits: { memory: `${memoryMiB}Mi`, ...(cpuLimit === undefined ? {} : { cpu: milli(cpuLimit) }) },
  };
}

/** `$(` begins a variable in a command of Kubernetes. */
const escaped = (text: string): string => text.replaceAll('$(', '$$$$(');

const PUBLIC_IP = 'PUBLIC_IP';

function renderArgument(argument: Argument, rendering: Rendering, variables: Map<string, object>): string {
  if (typeof argument === 'string') return escaped(argument);
  return argument
    .map((part): string => {
      if (typeof part === 'string') return escaped(part);
      if (part.host === 'public-ip') {
        variables.set(PUBLIC_IP, publicAddress(rendering));
        return `$(${PUBLIC_IP})`;
      }
      const found = upstreamValue(part, rendering);
      if ('url' in found) return escaped(found.url);
      const secret = secretName(found, rendering);
      variables.set(found.variable, { name: found.variable, secret });
      return `$(${found.variable})`;
    })
    .join('');
}

function publicAddress({ node, exposure }: Rendering): object {
  if (exposure.by === 'load-balancer') return { name: PUBLIC_IP, value: exposure.address };
  if (exposure.by === 'host-port') return { name: PUBLIC_IP, field: 'status.hostIP' };
  throw new Error(`${node}: peers are let in, and nothing says how they reach it; give expose, or p2p outbound`);
}

/** A secret's name in the cluster; in AWS it may hold characters that Kubernetes does not have. */
function secretName(
  { secret, variable }: { readonly secret: string; readonly variable: string },
  { urls, ...context }: Rendering,
): string {
  const name = nameInCluster(secret, variable, context);
  urls.set(name, secret);
  return name;
}

/** With a store it is called by its use. */
function nameInCluster(
  secret: string,
  use: string,
  { node, secretStore }: Pick<PodContext, 'node' | 'secretStore'>,
): string {
  if (secretStore !== undefined) return `${node}-${use.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')}`;
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(secret)) return secret;
  throw new Error(
    `${node}: "${secret}" is not the name of a Kubernetes secret; use lower-case letters, digits, - and .`,
  );
}

const secretsOfKind = ({ secrets = {} }: Process, kind: 'made' | 'given'): readonly string[] =>
  Object.keys(secrets).filter((name) => secrets[name] === kind);

/** Files that processes are given: of which secret of the cluster each is, and what that is called in the store. */
function givenValues(context: PodContext, processes: readonly Process[]): { readonly given?: readonly object[] } {
  const given = givenSecrets(context.node, processes, context.secrets ?? {});
  if (given.size === 0) return {};
  return {
    given: [...given].map(([file, secret]) => ({ file, name: nameInCluster(secret, file, context), remote: secret })),
  };
}

/** Longer names, and others than these, are none of a port; a hash keeps two that are cut apart. */
function servicePort({ name: process }: Process, { name }: Port): string {
  const whole = `${process}-${name}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  return whole.length <= 63
    ? whole
    : `${whole.slice(0, 54)}-${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
}

const numbered = (port: Port): object => ({ number: portNumber(port), protocol: port.protocol.toUpperCase() });

function bootstrapValues(
  program: NodeProgram,
  { node, bootstrap }: PodContext,
  processes: readonly Process[],
): { readonly bootstrap?: object } {
  if (bootstrap.from !== 'url') return {};
  const target = bootstrapDirectory(program, node, bootstrap);
  return {
    bootstrap: {
      url: bootstrap.url,
      ...(bootstrap.sha256 === undefined ? {} : { sha256: bootstrap.sha256 }),
      directory: target,
      ...(bootstrap.strip === undefined ? {} : { strip: bootstrap.strip }),
      identity: identityFiles(program, processes)
        .filter((file) => file.startsWith(`${target}/`))
        .map((file) => file.slice(target.length + 1)),
    },
  };
}
