import { stringify } from 'yaml';
import type { Argument, HostValue, Port, Preparation, Process } from './catalogue';
import { chainTree, dataDirectory, RELEASE, SECRETS, USER_ID } from './layout';
import { isNative } from './programs';

/** Renders processes as a compose file. It knows nothing of chains, and nothing of Terraform. */

/** Where a node finds other chains' nodes: a URL, or the name of a secret that holds one. */
export type Upstream = { readonly url: string } | { readonly secret: string };

/** Names of the secrets that a node reads: those that hold URLs, and those that its processes are given. */
export const secretsOf = ({
  upstreams = {},
  secrets = {},
}: {
  readonly upstreams?: Readonly<Record<string, Upstream>>;
  readonly secrets?: Readonly<Record<string, string>>;
}): readonly string[] => [
  ...Object.values(upstreams).flatMap((upstream) => ('secret' in upstream ? [upstream.secret] : [])),
  ...Object.values(secrets),
];

/** The secrets that processes are given, by the names of their files. Throws for one that nobody names, and for one that nobody reads. */
export function givenSecrets(
  node: string,
  processes: readonly Process[],
  names: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const files = processes.flatMap(({ name, secrets = {} }) =>
    Object.entries(secrets).flatMap(([file, kind]) => (kind === 'given' ? [{ name, file }] : [])),
  );
  const stranger = Object.keys(names).find((file) => files.every((one) => one.file !== file));
  if (stranger !== undefined) throw new Error(`${node}: no process reads the secret ${stranger}; remove it`);
  return new Map(
    files.map(({ name, file }) => {
      const secret = names[file];
      if (secret === undefined) throw new Error(`${node}: ${name} reads the secret ${file}; give its name in secrets`);
      return [file, secret] as const;
    }),
  );
}

export interface ComposeContext {
  /** The node's id; names its containers in the journal. */
  readonly node: string;
  readonly chain: string;
  readonly network: string;
  /** Upstreams by `<chain>.<api>`. */
  readonly upstreams: Readonly<Record<string, Upstream>>;
}

export interface RenderedCompose {
  readonly text: string;
  /** Values that the host resolves at each start, such as `PUBLIC_IP=public-ip`. */
  readonly hostValues: readonly string[];
}

/**
 * The processes that are images, as a compose file; undefined when there are none. They start after all native processes.
 * Throws for what docker cannot give a process.
 */
export function renderCompose(all: readonly Process[], context: ComposeContext): RenderedCompose | undefined {
  const processes = all.filter((process) => !isNative(process));
  if (processes.length === 0) return undefined;
  const images = new Set(processes.map(({ name }) => name));
  const hostValues = new Set<string>();
  const render = (argument: Argument): string => renderArgument(argument, context, hostValues);
  const services = processes.flatMap((process) => {
    assertComposable(process);
    const preparations = (process.prepare ?? []).map((preparation) => ({
      name: `${process.name}-${preparation.name}`,
      body: prepareService(process, preparation, context, render),
    }));
    // What comes before a process comes before its preparations, and they come one after the other.
    const started = (process.after ?? [])
      .filter((name) => images.has(name))
      .map((name) => [name, 'service_started'] as const);
    return [...preparations, { name: process.name, body: service(process, context, render) }].map(
      ({ name, body }, index) => {
        const previous = preparations[index - 1];
        const waits = [...started, ...(previous ? [[previous.name, 'service_completed_successfully'] as const] : [])];
        const conditions = waits.map(([other, condition]) => [other, { condition }] as const);
        return [
          name,
          { ...body, ...(waits.length > 0 ? { depends_on: Object.fromEntries(conditions) } : {}) },
        ] as const;
      },
    );
  });
  const document = { name: 'chain-node', services: Object.fromEntries(services) };
  return { text: stringify(document, { lineWidth: 0 }), hostValues: [...hostValues].sort() };
}

/** Refuses what docker cannot give a process, rather than leave it out. */
function assertComposable({ name, stop, host }: Process): void {
  const refuse = (reason: string): never => {
    throw new Error(`${name} ${reason}; run it as a native program`);
  };
  if (stop.before) refuse('has a command to run before it stops, and compose runs none');
  // Docker gives added capabilities to root, and processes are not root.
  if (host?.capabilities?.length) refuse(`needs ${host.capabilities.join(', ')}, which docker gives to root only`);
}

type Render = (argument: Argument) => string;

function service(process: Process, context: ComposeContext, render: Render): object {
  const { host } = process;
  return {
    ...base(process, context, render),
    command: process.arguments.map(render),
    restart: 'unless-stopped',
    stop_signal: process.stop.signal,
    stop_grace_period: `${process.stop.graceSeconds}s`,
    mem_limit: `${process.memoryMiB}m`,
    pids_limit: 16_384,
    ulimits: {
      nofile: host?.openFiles ?? 65_536,
      ...(host?.lockedMemory === undefined ? {} : { memlock: host.lockedMemory }),
    },
    labels: portLabels(process.ports),
  };
}

/** Runs once and is done at once when its mark is there. */
function prepareService(process: Process, preparation: Preparation, context: ComposeContext, render: Render): object {
  return {
    ...base(process, context, render),
    entrypoint: ['/bin/sh', '-c', '[ -e "$$0" ] || exec "$$@"', preparation.unless],
    command: [...preparation.program.map(escaped), ...preparation.arguments.map(render)],
    restart: 'no',
  };
}

function base(process: Process, { node, chain, network }: ComposeContext, render: Render): object {
  const { source } = process;
  const image = source.kind === 'image' ? `${source.image}:${source.version}` : '';
  const environment = Object.entries(process.environment ?? {}).map(([name, value]) => [name, render(value)] as const);
  return {
    image,
    // Processes of a node speak to each other on 127.0.0.1, and peers see the host's own address.
    network_mode: 'host',
    user: `${USER_ID}:${USER_ID}`,
    entrypoint: process.program.map(escaped),
    ...(environment.length > 0 ? { environment: Object.fromEntries(environment) } : {}),
    volumes: [
      ...Object.entries(process.directories).map(([target, directory]) =>
        bind(`${chainTree(chain)}/${dataDirectory(network, directory)}`, target, false),
      ),
      ...(process.files ? [bind(`${RELEASE}/config/${process.name}`, '/config', true)] : []),
      ...Object.keys(process.secrets ?? {}).map((secret) => bind(`${SECRETS}/${secret}`, `/secrets/${secret}`, true)),
    ],
    tmpfs: ['/tmp:exec'],
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    logging: { driver: 'journald', options: { tag: `${node}/${process.name}` } },
  };
}

/** `create_host_path: false`: a directory that is missing is a mistake, never an empty new one on the root disk. */
const bind = (source: string, target: string, readOnly: boolean): object => ({
  type: 'bind',
  source,
  target,
  ...(readOnly ? { read_only: true } : {}),
  bind: { create_host_path: false },
});

/** Ports as labels, for people and tools on the host: with the host's network, docker itself shows none. */
const portLabels = (ports: readonly Port[]): Record<string, string> =>
  Object.fromEntries(
    ports.map(({ name, number, protocol, audience }) => [
      `chain-node.port.${name}`,
      `${typeof number === 'number' ? number : `${number.from}-${number.to}`}/${protocol} ${audience}`,
    ]),
  );

/** A dollar sign begins an interpolation in a compose file. */
const escaped = (text: string): string => text.replaceAll('$', '$$$$');

function renderArgument(argument: Argument, context: ComposeContext, hostValues: Set<string>): string {
  if (typeof argument === 'string') return escaped(argument);
  return argument
    .map((part) => (typeof part === 'string' ? escaped(part) : renderValue(part, context, hostValues)))
    .join('');
}

function renderValue(value: HostValue, { node, upstreams }: ComposeContext, hostValues: Set<string>): string {
  if (value.host === 'public-ip') {
    hostValues.add('PUBLIC_IP=public-ip');
    return '${PUBLIC_IP}';
  }
  const upstream = upstreamValue(value, { node, upstreams });
  if ('url' in upstream) return escaped(upstream.url);
  hostValues.add(`${upstream.variable}=secret:${upstream.secret}`);
  return `\${${upstream.variable}}`;
}

/** Where a node reads another chain: a URL, or the secret that holds it and the variable that it becomes. Throws when it is not given. */
export function upstreamValue(
  { chain, api }: Extract<HostValue, { readonly host: 'upstream' }>,
  { node, upstreams }: Pick<ComposeContext, 'node' | 'upstreams'>,
): { readonly url: string } | { readonly secret: string; readonly variable: string } {
  const key = `${chain}.${api}`;
  const upstream = upstreams[key];
  if (!upstream) throw new Error(`${node} needs the ${api} API of ${chain}; give it in upstreams as "${key}"`);
  if ('url' in upstream) return upstream;
  return { secret: upstream.secret, variable: `${chain}_${api}`.toUpperCase().replace(/[^A-Z0-9]/g, '_') };
}
