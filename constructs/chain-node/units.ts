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

/** A native process may take this long to be asked to stop. */
const OPEN_FILES = 65_536;

/**
 * A unit for each native process, and one for each of its preparations. None starts by itself at boot: the node's unit starts
 * them, once the disk is there and the host's values are known. Throws for what a unit cannot give.
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
    const command = ([program = '', ...words]: readonly string[], more: readonly Argument[]): string =>
      [quoted(name, `${folder}/${program}`), ...words.map((word) => quoted(name, word)), ...more.map(render)].join(' ');
    const before = (process.after ?? [])
      .filter((other) => native.some((one) => one.name === other))
      .map((other) => unitName(other));
    const preparations = prepare.map((preparation, index): readonly [string, string] => {
      const earlier = prepare[index - 1];
      const waits = [...before, ...(earlier ? [unitName(name, earlier.name)] : [])];
      const done = hostPath(preparation.unless, process, context);
      return [
        unitName(name, preparation.name),
        unit([
          [
            'Unit',
            [
              ['Description', `${preparation.name} of ${name}`],
              ...order(waits),
              ['ConditionPathExists', `!${percent(done)}`],
            ],
          ],
          [
            'Service',
            [
              ['Type', 'oneshot'],
              ['TimeoutStartSec', 'infinity'],
              ['ExecStart', command(preparation.program, preparation.arguments)],
              ...surroundings(process, context),
            ],
          ],
        ]),
      ];
    });
    const waits = [...before, ...prepare.map((preparation) => unitName(name, preparation.name))];
    const environment = Object.entries(process.environment ?? {}).map(([key, value]): readonly [string, string] => {
      if (typeof value !== 'string')
        throw new Error(
          `${name}: ${key} holds a value that only the host knows, and a unit's environment cannot; give it as an argument`,
        );
      return ['Environment', `"${percent(escaped(name, `${key}=${value}`))}"`];
    });
    const text = unit([
      ['Unit', [['Description', `${name} of the chain node`], ...order(waits), ['StartLimitIntervalSec', '0']]],
      [
        'Service',
        [
          ['Type', 'exec'],
          ['ExecStart', command(process.program, process.arguments)],
          ...(process.stop.before ? [['ExecStop', command(process.stop.before, [])] as const] : []),
          ['KillSignal', process.stop.signal],
          // The program itself is asked, as the first process of a container would be; what is left is ended with it.
          ['KillMode', 'mixed'],
          ['TimeoutStopSec', String(process.stop.graceSeconds)],
          ['Restart', 'always'],
          ['RestartSec', '5'],
          ...environment,
          ...surroundings(process, context),
        ],
      ],
    ]);
    for (const value of own) hostValues.add(value);
    return [...preparations, [unitName(name), text] as const];
  });
  return { units: new Map(units), hostValues: [...hostValues].sort() };
}

type Setting = readonly [name: string, value: string];

const unit = (sections: readonly (readonly [name: string, settings: readonly Setting[]])[]): string =>
  sections
    .map(([name, settings]) => `[${name}]\n${settings.map(([key, value]) => `${key}=${value}\n`).join('')}`)
    .join('\n');

const order = (units: readonly string[]): readonly Setting[] => [
  ['RequiresMountsFor', '/data'],
  ...(units.length > 0
    ? ([
        ['Requires', units.join(' ')],
        ['After', units.join(' ')],
      ] as const)
    : []),
];

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
  const roots = [
    ...new Set(
      [
        ...Object.keys(directories),
        ...(files ? ['/config'] : []),
        ...(Object.keys(secrets).length > 0 ? ['/secrets'] : []),
      ].map((path) => `/${path.split('/')[1]}`),
    ),
  ];
  const binds = Object.entries(directories).map(
    ([target, directory]): Setting => [
      'BindPaths',
      `${chainTree(chain)}/${dataDirectory(network, directory)}:${target}`,
    ],
  );
  return [
    ['User', String(USER_ID)],
    ['Group', String(USER_ID)],
    // Values that only the host knows; there is no file when there are none.
    ['EnvironmentFile', `-${HOST_VALUES}`],
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
