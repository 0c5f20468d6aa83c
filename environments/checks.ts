import {
  dataDirectoriesOf,
  flagName,
  instanceType,
  managedFlags,
  onDataVolume,
} from '../constructs/chain-node/catalogue';
import { cronOf } from './cron';
import { type Document, type Path, valueAt } from './document';
import { checkNode } from './hardware-checks';
import type { Layers } from './merge';
import type { PlannedNode } from './nodes';
import type { Problem } from './problem';
import { type EnvironmentSettings, OVERRIDES_ONLY } from './schema/environment';
import { ENVIRONMENTS, type EnvironmentName } from './schema/sections';

/** What a schema cannot see: whether the parts of a configuration fit each other. */

type Severity = Problem['severity'];

/** What the cluster would refuse when it is too late. */
function checkQuota({ kubernetes }: EnvironmentSettings, layers: Layers, nodes: readonly PlannedNode[]): Problem[] {
  const quota = kubernetes?.quota;
  const pods = nodes.flatMap(({ spec }) => (spec.hosting === 'kubernetes' ? [spec] : []));
  if (!quota || pods.length === 0) return [];
  const sum = (of: (pod: (typeof pods)[number]) => number): number => pods.reduce((total, pod) => total + of(pod), 0);
  const asked = {
    cpu: sum(({ resources }) => resources.cpu + HELPERS.cpu),
    memory: sum(({ resources }) => resources.memoryRequestMiB ?? resources.memoryMiB) + pods.length * HELPERS.memoryMiB,
    storage: sum(({ volume }) => volume.sizeGiB),
  };
  const most = { cpu: quota.cpu, memory: quota.memory && quota.memory.value * 1024, storage: quota.storage?.value };
  const unit = { cpu: 'cores', memory: 'MiB', storage: 'GiB' } as const;
  return (['cpu', 'memory', 'storage'] as const).flatMap((key) => {
    const limit = most[key];
    if (limit === undefined || asked[key] <= limit) return [];
    const message = `${limit} ${unit[key]} are too few for the ${pods.length} nodes in pods, which ask for ${Number(asked[key].toFixed(2))}; raise it`;
    return [problemsIn(layers)('error', ['kubernetes', 'quota', key], message)];
  });
}

/** What a node's pod asks for beside its processes, with a roll and a snapshot under way. */
const HELPERS = { cpu: 0.06, memoryMiB: 192 } as const;

/** Pods are stopped, and their schedule is one of Kubernetes. */
function checkPodBackups({ backup }: EnvironmentSettings, layers: Layers, nodes: readonly PlannedNode[]): Problem[] {
  const one = nodes.find(({ spec }) => spec.hosting === 'kubernetes' && spec.backup)?.spec.id;
  if (!backup || one === undefined) return [];
  const problem = problemsIn(layers);
  return [
    ...(cronOf(backup.schedule) === undefined
      ? [
          problem(
            'error',
            ['backup', 'schedule'],
            `"${backup.schedule}" cannot be said to Kubernetes, where ${one} runs; use one such as cron(30 2 * * ? *)`,
          ),
        ]
      : []),
    ...(backup.method === 'freeze'
      ? [
          problem(
            'error',
            ['backup', 'method'],
            `the filesystem of a pod cannot be frozen, and ${one} is one; use stop, or set its backup to false`,
          ),
        ]
      : []),
    ...(backup.copy
      ? [problem('warning', ['backup', 'copy'], `snapshots of pods are not copied: those of ${one} stay in the region`)]
      : []),
  ];
}

const problemsIn =
  (layers: Layers) =>
  (severity: Severity, path: Path, message: string, at: 'key' | 'value' = 'value'): Problem => ({
    severity,
    position: at === 'key' ? layers.keyPosition(path) : layers.position(path),
    path,
    message,
  });

/** Keys in the wrong file, and an environment that names another. */
export function checkPlaces(name: EnvironmentName, global: Document, layers: Layers): Problem[] {
  const misplaced = OVERRIDES_ONLY.flatMap((key): Problem[] => {
    const path = key.split('.');
    const origin = global.origin(path);
    const message = 'belongs into the overrides.yml of an environment, not into global.yml; move it';
    return origin ? [{ severity: 'error', position: origin.key, path, message }] : [];
  });
  const path: Path = ['global', 'environment'];
  const given = valueAt(layers.value, path);
  const another = ENVIRONMENTS.some((known) => known === given && known !== name);
  if (!another || global.origin(path)) return misplaced;
  const message = `"${String(given)}" is not the environment of this folder; write ${name}, or remove it`;
  return [...misplaced, problemsIn(layers)('error', path, message)];
}

/** Names in AWS are `<environment>-<node>` and at most 64 characters, with room for what is appended. */
const LONGEST_NODE_ID = 45;

/** Zones, subnets, names, and what protection asks for. */
export function checkEnvironment(
  settings: EnvironmentSettings,
  layers: Layers,
  nodes: readonly PlannedNode[],
): Problem[] {
  return [
    ...checkZones(settings, layers, nodes),
    ...checkAws(settings, layers),
    ...checkSubnets(settings, layers, nodes),
    ...checkProtection(settings, layers, nodes),
    ...checkBackup(settings, layers),
    ...checkPodBackups(settings, layers, nodes),
    ...checkQuota(settings, layers, nodes),
  ];
}

function checkZones({ aws, network }: EnvironmentSettings, layers: Layers, nodes: readonly PlannedNode[]): Problem[] {
  const problem = problemsIn(layers);
  const { region } = aws;
  const elsewhere = (zone: string): boolean => zone.slice(0, -1) !== region;
  const advice = `is not a zone of ${region}; its zones begin with ${region}`;
  return [
    ...aws.zones.flatMap((zone, index) =>
      elsewhere(zone) ? [problem('error', ['aws', 'zones', index], `"${zone}" ${advice}`)] : [],
    ),
    ...Object.keys(network?.subnets ?? {}).flatMap((zone) =>
      elsewhere(zone) ? [problem('error', ['network', 'subnets', zone], advice, 'key')] : [],
    ),
    ...nodes.flatMap(({ spec, path, isSet }) => {
      if (spec.zone === undefined || !elsewhere(spec.zone)) return [];
      if (isSet('zone')) return [problem('error', path('zone'), `"${spec.zone}" ${advice}`)];
      // One of the list was reported with the list.
      if (aws.zones.includes(spec.zone)) return [];
      return [
        problem(
          'error',
          ['aws', 'region'],
          `${spec.id} is locked in ${spec.zone}, and its disk cannot follow to ${region}; keep the region`,
        ),
      ];
    }),
    ...nodes
      .filter(({ spec }) => spec.id.length > LONGEST_NODE_ID)
      .map(({ spec, path }) =>
        problem('error', path(), `${spec.id} is longer than the ${LONGEST_NODE_ID} characters that names in AWS leave`),
      ),
  ];
}

function checkAws({ aws }: EnvironmentSettings, layers: Layers): Problem[] {
  const problem = problemsIn(layers);
  const keyRegion = /^arn:[^:]+:kms:([^:]+):/.exec(aws.kms_key ?? '')?.[1] ?? aws.region;
  return [
    ...(keyRegion === aws.region
      ? []
      : [
          problem(
            'error',
            ['aws', 'kms_key'],
            `is a key of ${keyRegion}, and the disks are in ${aws.region}; name a key of that region`,
          ),
        ]),
    ...Object.keys(aws.unlisted_instance ?? {})
      .filter((type) => instanceType(type) !== undefined)
      .map((type) =>
        problem('error', ['aws', 'unlisted_instance', type], 'is a known instance type; remove it', 'key'),
      ),
  ];
}

function checkSubnets(
  { network, kubernetes }: EnvironmentSettings,
  layers: Layers,
  nodes: readonly PlannedNode[],
): Problem[] {
  const onEks = kubernetes?.cluster !== undefined;
  const subnets = network?.subnets;
  if (!subnets) return [];
  const needed = nodes.flatMap(({ spec }) => {
    const { id, zone } = spec;
    if (spec.hosting === 'instance') return [{ id, zone: spec.zone, tier: spec.tier }];
    // What balances its peers stands in one.
    return onEks && zone !== undefined && spec.p2p === 'public' && spec.expose === 'load-balancer'
      ? [{ id, zone, tier: 'public' as const }]
      : [];
  });
  return needed
    .filter(({ zone, tier }) => subnets[zone]?.[tier] === undefined)
    .map(({ id, zone, tier }) =>
      problemsIn(layers)(
        'error',
        ['network', 'subnets'],
        `${id} needs a ${tier} subnet in ${zone}; add it, or remove subnets to find them by tag`,
        'key',
      ),
    );
}

function checkProtection(
  { protect, state, aws, kubernetes }: EnvironmentSettings,
  layers: Layers,
  nodes: readonly PlannedNode[],
): Problem[] {
  if (!protect) return [];
  const pod = nodes.find(({ spec }) => spec.hosting === 'kubernetes')?.spec.id;
  const unguarded = pod !== undefined && kubernetes?.cluster === undefined && kubernetes?.storage_class === undefined;
  const problem = problemsIn(layers);
  return [
    ...(state ? [] : [problem('error', ['protect'], 'needs remote state; set state.bucket')]),
    ...(unguarded
      ? [
          problem(
            'error',
            ['protect'],
            `nothing says that the disk of ${pod} outlives its claim; set kubernetes.storage_class to one that retains disks`,
          ),
        ]
      : []),
    ...(aws.account_id === undefined
      ? [
          problem(
            'warning',
            ['protect'],
            'aws.account_id is not set, so that credentials of another account would be accepted',
          ),
        ]
      : []),
    ...(aws.kms_key === undefined
      ? [problem('warning', ['protect'], 'aws.kms_key is not set; it cannot be added to a disk later')]
      : []),
  ];
}

function checkBackup({ aws, backup }: EnvironmentSettings, layers: Layers): Problem[] {
  const problem = problemsIn(layers);
  const copy = backup?.copy;
  if (!copy) return [];
  const keyRegion = /^arn:[^:]+:kms:([^:]+):/.exec(copy.kms_key ?? '')?.[1] ?? copy.region;
  return [
    ...(copy.region === aws.region
      ? [
          problem(
            'error',
            ['backup', 'copy', 'region'],
            `${copy.region} is where the backups are; name another region, or remove copy`,
          ),
        ]
      : []),
    ...(keyRegion === copy.region
      ? []
      : [
          problem(
            'error',
            ['backup', 'copy', 'kms_key'],
            `is a key of ${keyRegion}, and the copies are in ${copy.region}; name a key of that region`,
          ),
        ]),
  ];
}

/** A disk that is not there cannot be made from a snapshot, and an archive goes where the client looks. */
function checkBootstrap({ spec, clients, path }: PlannedNode, layers: Layers): Problem[] {
  const problem = problemsIn(layers);
  const { bootstrap, id, storage } = spec;
  if (storage === 'instance-store' && (bootstrap.from === 'latest-backup' || bootstrap.from === 'snapshot')) {
    const message = `${id}: instance store is not made from snapshots; use url or empty`;
    return [problem('error', path('bootstrap', 'from'), message)];
  }
  if (bootstrap.from === 'empty') return checkArchive({ spec, clients, path }, layers);
  if (bootstrap.from !== 'url' || bootstrap.directory === undefined) return [];
  const directories = dataDirectoriesOf(spec);
  if (onDataVolume(bootstrap.directory, directories) !== undefined) return [];
  const known = directories.map((directory) => directory.path).join(', ');
  const message = `${id}: "${bootstrap.directory}" is not on the data disk; use a path below one of ${known}`;
  return [problem('error', path('bootstrap', 'directory'), message)];
}

/** Some programs cannot begin on an empty disk. */
function checkArchive(
  { spec, clients, path }: Pick<PlannedNode, 'spec' | 'clients' | 'path'>,
  layers: Layers,
): Problem[] {
  const on = { network: spec.network, nodeType: spec.nodeType ?? 'full' };
  return clients.flatMap((client) => {
    const archive = client.archive?.(on);
    if (!archive?.needed) return [];
    const message = `${spec.id}: ${client.id} cannot begin on an empty disk on ${on.network}; set bootstrap to what its makers publish: ${archive.value}`;
    return [problemsIn(layers)('warning', path('bootstrap', 'from'), message)];
  });
}

/** Hardware, forks and arguments of one node. */
export function checkPlannedNode(node: PlannedNode, layers: Layers, today: Date): Problem[] {
  const problem = problemsIn(layers);
  const { spec } = node;
  return [
    ...checkNode(node, today).map(({ severity, setting, message }) =>
      problem(severity, node.path(...setting), `${spec.id}: ${message}`),
    ),
    ...checkBootstrap(node, layers),
    ...checkArguments(node, layers),
    ...checkStrangers(node, 'version', spec.versions, layers),
    ...checkStrangers(node, 'extra_args', spec.extraArguments, layers),
  ];
}

/** Further arguments may not say again what the catalogue says. */
function checkArguments({ spec, clients, path }: PlannedNode, layers: Layers): Problem[] {
  return clients.flatMap((client) => {
    const extra = spec.extraArguments?.[client.id];
    if (!extra) return [];
    const managed = new Set([...managedFlags(spec.chain, client)].map(bare));
    return extra.flatMap((argument, index) => {
      const flag = flagName(argument);
      if (flag === undefined || !managed.has(bare(flag))) return [];
      const message = `"${argument}" restates ${flag}, which is set by the catalogue; remove it`;
      return [problemsIn(layers)('error', [...path('extra_args', client.id), index], message)];
    });
  });
}

/**
 * Some programs take one dash for two, capitals for small letters, a dash for a dot or for a capital (nethermind, lodestar), and
 * `--no-x` for x.
 */
const bare = (flag: string): string =>
  flag
    .replace(/^-+(no[-.])?/, '')
    .replaceAll(/[-._]/g, '')
    .toLowerCase();

/** What a chain says by client is for all of its nodes; what a node says must be for its own clients. */
function checkStrangers(
  { spec, clients, path, isOwn }: PlannedNode,
  setting: 'version' | 'extra_args',
  given: Readonly<Record<string, unknown>> | undefined,
  layers: Layers,
): Problem[] {
  const strangers = Object.keys(given ?? {}).filter(
    (id) => isOwn(setting, id) && clients.every((client) => client.id !== id),
  );
  const own = clients.map(({ id }) => id).join(' and ');
  return strangers.map((id) =>
    problemsIn(layers)('error', path(setting, id), `${spec.id} does not run ${id}; it runs ${own}`, 'key'),
  );
}
