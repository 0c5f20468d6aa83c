import {
  type Architecture,
  type ClientDefinition,
  type Fork,
  instanceType,
  instanceTypeNames,
  LEAST_MEMORY_GIB,
  mbps,
  mibps,
  networkOf,
  podShare,
  type Surroundings,
  sizingOf,
  versionOf,
  volumeFaults,
} from '../constructs/chain-node/catalogue';
import type { InstanceSpec, PodSpec } from './environment';
import { nearest } from './nearest';
import type { PlannedNode } from './nodes';

/** What is wrong with a node's hardware and versions: found here and not in the cloud. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** The setting to look at, as in the node's settings. */
  readonly setting: readonly string[];
  readonly message: string;
}

const error = (setting: readonly string[], message: string): Finding => ({ severity: 'error', setting, message });
const warning = (setting: readonly string[], message: string): Finding => ({ severity: 'warning', setting, message });

/** Checks one node. `today` decides which forks are past or near. */
export function checkNode(node: PlannedNode, today: Date): Finding[] {
  const { spec } = node;
  return [
    ...checkNodeType(node),
    ...checkRuledOut(node),
    ...(spec.hosting === 'instance'
      ? [...checkInstance(spec, node), ...checkMemory(spec, node), ...checkInstanceStore(spec, node)]
      : [...checkResources(spec), ...checkPodMemory(spec)]),
    ...checkVolume(node),
    ...checkDisk(node),
    ...checkForks(node, today),
  ];
}

/** What is asked for must not be more than what may be had. */
function checkResources({ resources }: PodSpec): Finding[] {
  const { cpu, cpuLimit, memoryMiB, memoryRequestMiB } = resources;
  const least = LEAST_MEMORY_GIB * 1024;
  return [
    ...(memoryMiB < least
      ? [error(['resources', 'memory'], `${memoryMiB} MiB are too little; a node needs at least ${least} MiB`)]
      : []),
    ...(memoryRequestMiB === 0
      ? [error(['resources', 'memory_request'], 'is 0, and a node needs some; remove it where all of memory is kept')]
      : []),
    ...(cpuLimit !== undefined && cpuLimit < cpu
      ? [
          error(
            ['resources', 'cpu_limit'],
            `${cpuLimit} cores are fewer than the ${cpu} that are kept for it; raise it, or lower resources.cpu`,
          ),
        ]
      : []),
    ...(memoryRequestMiB !== undefined && memoryRequestMiB > memoryMiB
      ? [
          error(
            ['resources', 'memory_request'],
            `${memoryRequestMiB} MiB are more than the ${memoryMiB} MiB that it may use; lower it, or raise resources.memory`,
          ),
        ]
      : []),
  ];
}

function checkNodeType({ spec, clients }: PlannedNode): Finding[] {
  const nodeType = spec.nodeType ?? 'full';
  const unfit = clients.find((client) => !client.nodeTypes.includes(nodeType));
  const findings = unfit
    ? [error(['node_type'], `${unfit.id} has no node type ${nodeType}; use one of ${unfit.nodeTypes.join(', ')}`)]
    : [];
  const custody = spec.blobCustody ?? 'standard';
  const keeper = clients.find((client) => client.blobCustody);
  if (keeper && !keeper.blobCustody?.includes(custody)) {
    findings.push(
      error(
        ['blob_custody'],
        `${keeper.id} cannot keep "${custody}" blobs; use one of ${keeper.blobCustody?.join(', ')}`,
      ),
    );
  }
  return findings;
}

const SETTING = { hosting: ['hosting'], storage: ['storage'], p2p: ['p2p', 'mode'] } as const;

/** What the makers of clients rule out. */
export const ruledOutBy = (
  clients: readonly ClientDefinition[],
  on: Surroundings,
): readonly { readonly setting: readonly string[]; readonly message: string }[] =>
  clients.flatMap(({ id, cannot }) => {
    const ruledOut = cannot?.(on);
    if (!ruledOut) return [];
    return [{ setting: SETTING[ruledOut.setting], message: `${id} ${ruledOut.reason} (${ruledOut.source})` }];
  });

function checkRuledOut({ spec, clients }: PlannedNode): Finding[] {
  const { network, nodeType = 'full', hosting, storage, p2p = 'outbound' } = spec;
  return ruledOutBy(clients, { network, nodeType, hosting, storage, p2p }).map(({ setting, message }) =>
    error(setting, message),
  );
}

function checkInstance(spec: InstanceSpec, { clients, hardware, isSet }: PlannedNode): Finding[] {
  if (!hardware) {
    const near = nearest(spec.instanceType, instanceTypeNames());
    const suggestion = near === undefined ? '' : `; did you mean ${near}?`;
    return [
      error(
        ['instance_type'],
        `"${spec.instanceType}" is not a known instance type; describe it in aws.unlisted_instance if it exists${suggestion}`,
      ),
    ];
  }
  if (hardware.memoryGiB < LEAST_MEMORY_GIB) {
    return [
      error(
        ['instance_type'],
        `${spec.instanceType} has ${hardware.memoryGiB} GiB of memory, and a node needs at least ${LEAST_MEMORY_GIB} GiB`,
      ),
    ];
  }
  const runsOn = (client: ClientDefinition, architecture: Architecture): boolean =>
    client.architectures.includes(architecture);
  const unfit = clients.find((client) => !runsOn(client, hardware.architecture));
  if (!unfit) return [];
  const where = isSet('instance_type') ? '' : ' by the catalogue';
  return [
    error(
      ['instance_type'],
      `${spec.instanceType}${where} is ${hardware.architecture}, and ${unfit.id} is made for ${unfit.architectures.join(', ')} only`,
    ),
  ];
}

/** As for machines, by what is left of the catalogue's choice for a pod: once of what it may use, once of what is kept for it. */
function checkPodMemory(spec: PodSpec): Finding[] {
  const chosen = sizingOf(spec)?.instanceType;
  const type = instanceType(chosen ?? '');
  const share = type && podShare(type);
  if (!share) return [];
  const { memoryMiB, memoryRequestMiB = memoryMiB } = spec.resources;
  const told = (key: string, mib: number, what: string): Finding[] =>
    mib * 2 > share.memoryMiB
      ? []
      : [
          warning(
            ['resources', key],
            `${what} ${mib} MiB of memory, and ${chosen}, which the catalogue chooses, has ${share.memoryMiB} MiB for a pod; it may be too little`,
          ),
        ];
  const little = told('memory', memoryMiB, 'it may use');
  return little.length > 0 ? little : told('memory_request', memoryRequestMiB, 'kept for it are');
}

/** Makers publish memory for whole machines, so the catalogue's choice is what there is to compare with. */
function checkMemory(spec: InstanceSpec, { hardware }: PlannedNode): Finding[] {
  const chosen = sizingOf(spec)?.instanceType;
  const memoryGiB = chosen === undefined ? undefined : instanceType(chosen)?.memoryGiB;
  if (!hardware || memoryGiB === undefined || hardware.memoryGiB * 2 > memoryGiB) return [];
  const message = `${spec.instanceType} has ${hardware.memoryGiB} GiB of memory, and ${chosen}, which the catalogue chooses, ${memoryGiB} GiB`;
  return [warning(['instance_type'], `${message}; it may be too little`)];
}

const VOLUME_KEYS = { sizeGiB: 'size', iops: 'iops', throughputMiBps: 'throughput' } as const;

function checkVolume({ spec, hardware }: PlannedNode): Finding[] {
  const { volume } = spec;
  if (!volume) return [];
  const faults = volumeFaults(volume).map(({ property, message }) => error(['volume', VOLUME_KEYS[property]], message));
  if (!hardware || spec.hosting === 'kubernetes') return faults;
  return [
    ...faults,
    ...checkThroughput(spec.instanceType, hardware, volume.throughputMiBps),
    ...checkIops(spec.instanceType, hardware, volume.iops),
  ];
}

/** Every gp3 has this much at no price: less cannot be asked for, so it is no mistake. */
const INCLUDED = { throughputMiBps: 125, iops: 3000 } as const;

type Hardware = NonNullable<PlannedNode['hardware']>;

function checkThroughput(
  type: string,
  { ebsBaselineMbps, ebsMaximumMbps }: Hardware,
  wanted: number | undefined,
): Finding[] {
  if (wanted === undefined) return [];
  const setting = ['volume', 'throughput'];
  if (ebsBaselineMbps === null || ebsMaximumMbps === null) {
    return [warning(setting, `what ${type} carries to EBS is unknown, ${wanted} MiB/s may be more`)];
  }
  if (mbps(wanted) > ebsMaximumMbps) {
    return [
      error(
        setting,
        `${wanted} MiB/s is more than ${type} carries, at most ${mibps(ebsMaximumMbps)} MiB/s; choose a larger instance_type`,
      ),
    ];
  }
  if (mbps(wanted) <= ebsBaselineMbps || wanted <= INCLUDED.throughputMiBps) return [];
  return [
    warning(
      setting,
      `${type} sustains ${mibps(ebsBaselineMbps)} MiB/s and reaches ${wanted} MiB/s in bursts of half an hour a day only`,
    ),
  ];
}

function checkIops(type: string, { ebsBaselineIops, ebsMaximumIops }: Hardware, wanted: number): Finding[] {
  const setting = ['volume', 'iops'];
  if (ebsBaselineIops === null || ebsMaximumIops === null) return [];
  if (wanted > ebsMaximumIops) {
    return [
      error(
        setting,
        `${wanted} is more than ${type} carries, at most ${ebsMaximumIops}; choose a larger instance_type`,
      ),
    ];
  }
  if (wanted <= ebsBaselineIops || wanted <= INCLUDED.iops) return [];
  return [
    warning(setting, `${type} sustains ${ebsBaselineIops} and reaches ${wanted} in bursts of half an hour a day only`),
  ];
}

function checkInstanceStore(spec: InstanceSpec, { hardware, isSet }: PlannedNode): Finding[] {
  if (spec.storage !== 'instance-store') return [];
  const findings: Finding[] = [];
  if (hardware && hardware.localNvmeGB === 0) {
    findings.push(
      error(
        ['storage'],
        `${spec.instanceType} has no local disks; choose a type that has some, such as i8g.4xlarge, or storage ebs`,
      ),
    );
  }
  if (isSet('volume')) findings.push(error(['volume'], 'storage instance-store has no volume; remove the key'));
  return findings;
}

const GB_PER_GIB = 1_073_741_824 / 1_000_000_000;

/** The disk must hold what the clients need today and what they grow by. */
function checkDisk({ spec, clients, hardware, growthMonths }: PlannedNode): Finding[] {
  const network = networkOf(spec.chain, spec.network);
  if (network?.kind === 'local') return [];
  const setting = spec.storage === 'ebs' ? ['volume', 'size'] : ['storage'];
  const holds = spec.volume?.sizeGiB ?? Math.floor((hardware?.localNvmeGB ?? 0) / GB_PER_GIB);
  if (holds === 0) return [];
  const on = {
    network: spec.network,
    nodeType: spec.nodeType ?? 'full',
    blobCustody: spec.blobCustody ?? 'standard',
  } as const;
  const uses = clients.map((client) => ({ client, use: client.disk(on) }));
  const unknown = uses.filter(({ use }) => use === undefined).map(({ client }) => client.id);
  if (unknown.length > 0) {
    const who = `${unknown.join(' and ')} ${unknown.length === 1 ? 'needs' : 'need'}`;
    const what = `${/^[aeiou]/.test(on.nodeType) ? 'an' : 'a'} ${on.nodeType} node`;
    return [
      warning(
        setting,
        `nobody has measured the disk that ${who} for ${what} of ${spec.network}; ${holds} GiB may be too small`,
      ),
    ];
  }
  const today = uses.reduce((sum, { use }) => sum + (use?.today.value ?? 0), 0);
  const growth = uses.reduce((sum, { use }) => sum + (use?.growthPerMonth.value ?? 0), 0);
  const needed = today + growth * growthMonths;
  const who = clients.map(({ id }) => id).join(' and ');
  const needs = clients.length === 1 ? 'needs' : 'need';
  const peak = uses.reduce((sum, { use }) => sum + (use?.peak?.value ?? use?.today.value ?? 0), 0);
  // What it takes to begin; a disk that is made from a backup or an archive has that behind it.
  if (spec.bootstrap.from === 'empty' && holds < peak && peak > needed) {
    const message = `${holds} GiB is too small: ${who} ${needs} ${peak} GiB on ${spec.network} until the first sync is through, and less later; choose a larger disk, or set bootstrap`;
    return [error(setting, message)];
  }
  if (holds >= needed) return [];
  return [
    error(
      setting,
      `${holds} GiB is too small: ${who} ${needs} ${today} GiB today and ${growth} GiB a month on ${spec.network}, ${needed} GiB with ${growthMonths} months of growth`,
    ),
  ];
}

/** Days before a fork from which a version that cannot follow it is worth a warning. */
const NEAR_DAYS = 60;

function checkForks({ spec, clients }: PlannedNode, today: Date): Finding[] {
  const horizon = today.getTime() + NEAR_DAYS * 86_400_000;
  const forks = networkOf(spec.chain, spec.network)?.forks ?? [];
  const due = forks.filter(({ at }) => at !== undefined && Date.parse(at) <= horizon);
  return due.flatMap((fork) => clients.flatMap((client) => checkFork(fork, client.id, versionOf(spec, client))));
}

function checkFork(fork: Fork, client: string, version: string): Finding[] {
  const least = fork.least[client];
  if (least === undefined || !isOlder(version, least)) return [];
  return [
    warning(
      ['version', client],
      `${client} ${version} cannot follow ${fork.name} (${fork.at?.slice(0, 10)}), which needs ${least} or newer`,
    ),
  ];
}

/** Compares the leading numbers of two versions; what is not numbers (a commit, a digest) says nothing. */
function isOlder(version: string, least: string): boolean {
  const [name = ''] = version.split('@');
  if (!/\d/.test(name)) return false;
  const numbers = (text: string): number[] => (/\d+(\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number);
  const [left, right] = [numbers(name), numbers(least)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
