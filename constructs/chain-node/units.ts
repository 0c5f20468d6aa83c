import type { Architecture, Argument, HostValue, Process } from './catalogue';
import type { Upstream } from './compose';
import { upstreamValue } from './compose';
import { chainTree, dataDirectory, HOST_VALUES, PROGRAMS, RELEASE, SECRETS, USER_ID } from './layout';
import { isNative, type NativeSource, programKey } from './programs';

/** Renders native processes as systemd units (systemd 255, of Ubuntu 24.04). It knows nothing of chains, and nothing of Terraform. */

export interface UnitContext {
  /** The node's id; names its processes in the journal. */
  readonly node: string;
  readonly chain: string;
  readonly network: string;
  readonly architecture: Architecture;
  /** Upstreams by `<chain>.<api>`. */
  readonly upstreams: Readonly<Record<string, Upstream>>;
}

export interface RenderedUnits {
  /** Text of units by name. */
  readonly units: ReadonlyMap<string, string>;
  /** Values that the host resolves at each start, such as `PUBLIC_IP=public-ip`. */
  readonly hostValues: readonly string[];
}

/** The unit of a process, or of one of its preparations. */
export const unitName = (process: string, preparation?: string): string =>
  `chain-node-process-${process}${preparation === undefined ? '' : `-${preparation}`}.service`;

/** The unit of the node, which starts all others and stops them. */
const NODE_UNIT = 'chain-node.service';

/** Limit of open files when a process names none; that of a container is the same. */
const OPEN_FILES = 65_536;

/**
 * A unit for each native process, and one for each of its preparations. None starts by itself at boot: the node's unit starts
 * them, once the disk is there and the host's values are known. The user of processes must be in the host's list of users:
 * systemd refuses a number that is not. Throws for what a unit cannot give.
 */
export function renderUnits(processes: readonly Process[], context: UnitContext): RenderedUnits {
  const hostValues = new Set<string>();
  const native = processes.filter(isNative);
  const units = native.flatMap((process) => {
    assertOrder(process, native);
    const { source, name, prepare = [] } = process;
    const own = new Set<string>();
    const folder = `${PROGRAMS}/${programKey(source as NativeSource, context.architecture)}`;
    const render = (argument: Argument): string => renderWord(name, argument, context, own);
    // What has a place on the host already, such as /bin/sh, is taken from there.
    const place = (program: string): string => (program.startsWith('/') ? program : `${folder}/${program}`);
    const command = ([program = '', ...words]: readonly string[], more: readonly Argument[]): string =>
      [...later, quoted(name, place(program)), ...words.map((one) => quoted(name, one)), ...more.map(render)].join(' ');
    // A unit expands nothing in its environment. What only the host knows is set by env, which then becomes the program.
    const known = Object.entries(process.environment ?? {});
    const settled = known.flatMap(([key, value]): readonly Setting[] =>
      typeof value === 'string' ? [['Environment', `"${percent(escaped(name, `${key}=${value}`))}"`]] : [],
    );
    const open = known.flatMap(([key, value]) =>
      typeof value === 'string' ? [] : [renderWord(name, [`${key}=`, ...value], context, own)],
    );
    const later = open.length > 0 ? ['"/usr/bin/env"', ...open] : [];
    const before = (process.after ?? [])
      .filter((other) => native.some((one) => one.name === other))
      .map((other) => unitName(other));
    const preparations = prepare.map((preparation, index): readonly [string, string] => {
      const earlier = prepare[index - 1];
      const prepared = earlier ? [unitName(name, earlier.name)] : [];
      const done = hostPath(preparation.unless, process, context);
      return [
        unitName(name, preparation.name),
        unit([
          [
            'Unit',
            [
              ['Description', `${preparation.name} of ${name}`],
              ...order(before, prepared),
              ['ConditionPathExists', `!${percent(done)}`],
            ],
          ],
          [
            'Service',
            [
              ['Type', 'oneshot'],
              ['TimeoutStartSec', 'infinity'],
              ['ExecStart', command(preparation.program, preparation.arguments)],
              ...settled,
              ...surroundings(process, context),
            ],
          ],
        ]),
      ];
    });
    const prepared = prepare.map((preparation) => unitName(name, preparation.name));
    const text = unit([
      [
        'Unit',
        [['Description', `${name} of the chain node`], ...order(before, prepared), ['StartLimitIntervalSec', '0']],
      ],
      [
        'Service',
        [
          ['Type', 'exec'],
          ['ExecStart', command(process.program, process.arguments)],
          // Whether it succeeds or not, the signal comes next.
          ...(process.stop.before ? [['ExecStop', `-${command(process.stop.before, [])}`] as const] : []),
          ['KillSignal', process.stop.signal],
          // The program itself is asked, as the first process of a container would be; what is left is ended with it.
          ['KillMode', 'mixed'],
          ['TimeoutStopSec', String(process.stop.graceSeconds)],
          ['Restart', 'always'],
          ['RestartSec', '5'],
          ...settled,
          ...surroundings(process, context),
        ],
      ],
    ]);
    for (const value of own) hostValues.add(value);
    return [...preparations, [unitName(name), text] as const];
  });
  assertNames(units.map(([name]) => name));
  return { units: new Map(units), hostValues: [...hostValues].sort() };
}

type Setting = readonly [name: string, value: string];

const unit = (sections: readonly (readonly [name: string, settings: readonly Setting[]])[]): string =>
  sections
    .map(([name, settings]) => `[${name}]\n${settings.map(([key, value]) => `${key}=${value}\n`).join('')}`)
    .join('\n');

/**
 * What is there first. Another process is wanted, not required: one that requires another is restarted whenever that
 * one is (systemd.unit, Requires=). A preparation must have succeeded. All stop with the node, even when it failed to start and
 * its script is not run. There is no order between them and the node's unit, which is still starting while they start.
 */
const order = (processes: readonly string[], preparations: readonly string[]): readonly Setting[] => {
  const setting = (name: string, units: readonly string[]): readonly Setting[] =>
    units.length > 0 ? [[name, units.join(' ')]] : [];
  return [
    ['PartOf', NODE_UNIT],
    ['RequiresMountsFor', '/data'],
    ...setting('Wants', processes),
    ...setting('Requires', preparations),
    ['After', ['network.target', ...processes, ...preparations].join(' ')],
  ];
};

/** `a` with a preparation `b`, and a process `a-b`, would be one unit. */
function assertNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(`two units would be called ${twice}; give the process or its preparation another name`);
}

/** Images start after all native processes, so that none of these can wait for one of those. */
function assertOrder({ name, after = [] }: Process, native: readonly Process[]): void {
  const image = after.find((other) => native.every((one) => one.name !== other));
  if (image !== undefined)
    throw new Error(`${name} is a native program and starts after ${image}, which is an image; those start last`);
}

/** The user, the paths, the limits: the same that a container would give. */
function surroundings(process: Process, { node, chain, network }: UnitContext): readonly Setting[] {
  const { name, directories, files, secrets = {}, host, memoryMiB } = process;
  const capabilities = (host?.capabilities ?? [])
    .map((capability) => `CAP_${capability.replace(/^CAP_/, '')}`)
    .join(' ');
  const targets = [
    ...Object.keys(directories),
    ...(files ? ['/config'] : []),
    ...Object.keys(secrets).map((secret) => `/secrets/${secret}`),
  ];
  // Empty below, but for what is mounted there. Not where something is mounted itself: of two mounts at one place, one wins.
  const roots = [...new Set(['/data', ...targets.map((path) => `/${path.split('/')[1]}`)])].filter(
    (root) => !targets.includes(root),
  );
  const binds = Object.entries(directories).map(
    ([target, directory]): Setting => [
      'BindPaths',
      `${chainTree(chain)}/${dataDirectory(network, directory)}:${target}`,
    ],
  );
  return [
    ['User', String(USER_ID)],
    ['Group', String(USER_ID)],
    // Values that only the host knows. The node's unit writes the file, empty or not, before it starts this one.
    ['EnvironmentFile', HOST_VALUES],
    ['WorkingDirectory', '/tmp'],
    // The process sees its own directories and nothing else below these. Sources of binds are the host's paths.
    ...roots.map((root): Setting => ['TemporaryFileSystem', `${root}:ro`]),
    ...binds,
    ...(files ? ([['BindReadOnlyPaths', `${RELEASE}/config/${name}:/config`]] as const) : []),
    ...Object.keys(secrets).map((secret): Setting => ['BindReadOnlyPaths', `${SECRETS}/${secret}:/secrets/${secret}`]),
    ['MemoryMax', `${memoryMiB}M`],
    ['TasksMax', '16384'],
    ['LimitNOFILE', String(host?.openFiles ?? OPEN_FILES)],
    ...(host?.lockedMemory === undefined ? [] : ([['LimitMEMLOCK', String(host.lockedMemory)]] as const)),
    ['CapabilityBoundingSet', capabilities],
    ['AmbientCapabilities', capabilities],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['PrivateTmp', 'yes'],
    ['PrivateDevices', 'yes'],
    ['ProtectKernelTunables', 'yes'],
    ['ProtectKernelModules', 'yes'],
    ['ProtectKernelLogs', 'yes'],
    ['ProtectControlGroups', 'yes'],
    ['RestrictSUIDSGID', 'yes'],
    ['LockPersonality', 'yes'],
    ['SyslogIdentifier', `${node}/${name}`],
  ];
}

/** Where a path of a process lies on the host. */
function hostPath(path: string, { name, directories }: Process, { chain, network }: UnitContext): string {
  const [target, directory] =
    Object.entries(directories)
      .filter(([root]) => path === root || path.startsWith(`${root}/`))
      .sort(([a], [b]) => b.length - a.length)[0] ?? [];
  if (target === undefined || directory === undefined)
    throw new Error(`${name}: ${path} is in none of its directories`);
  return `${chainTree(chain)}/${dataDirectory(network, directory)}${path.slice(target.length)}`;
}

/** Percent signs begin a specifier everywhere in a unit. */
const percent = (text: string): string => text.replaceAll('%', '%%');

function escaped(process: string, text: string): string {
  if (/[\n\r\0]/.test(text)) throw new Error(`${process}: an argument with a line break cannot stand in a unit`);
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

/** A word of a command line: nothing in it means anything to systemd. */
const quoted = (process: string, text: string): string => `"${word(process, text)}"`;

// A function, because in a replacement text two dollar signs would mean one.
const word = (process: string, text: string): string => percent(escaped(process, text)).replaceAll('$', () => '$$');

function renderWord(process: string, argument: Argument, context: UnitContext, hostValues: Set<string>): string {
  if (typeof argument === 'string') return quoted(process, argument);
  const value = (part: HostValue): string => {
    if (part.host === 'public-ip') {
      hostValues.add('PUBLIC_IP=public-ip');
      return '${PUBLIC_IP}';
    }
    const found = upstreamValue(part, context);
    if ('url' in found) return word(process, found.url);
    hostValues.add(`${found.variable}=secret:${found.secret}`);
    return `\${${found.variable}}`;
  };
  return `"${argument.map((part) => (typeof part === 'string' ? word(process, part) : value(part))).join('')}"`;
}
