import { type Bootstrap, clientsOf, instanceType, podShare, sizingOf } from '../constructs/chain-node/catalogue';
import type { PodResources, PodSpec } from './environment';
import { ruledOutBy } from './hardware-checks';
import { planVolume } from './node-hardware';
import {
  type Placed,
  type Planning,
  planBackup,
  planBootstrap,
  planZone,
  refuseOwn,
  row,
  type WithoutSettings,
} from './planning';
import { type Size, size } from './quantity';

/** A node in a pod: its part of a machine, its claim, and how peers come in. */

/** Settings that say nothing of a pod. */
export const OF_INSTANCES = [['instance_type'], ['ami'], ['storage'], ['p2p', 'egress_limit'], ['os_patches']];

/** What the storage classes that an environment defines say of a disk. */
const OF_OWN_CLASSES = [
  ['volume', 'type'],
  ['volume', 'iops'],
  ['volume', 'throughput'],
];

/** Undefined when it cannot be placed, and that is reported. */
export function planPod(planning: Planning): Placed | undefined {
  const { context, own, program, id, fail, place } = planning;
  const { network, nodeType = 'full', p2p = 'outbound' } = program;
  const cluster = context.settings.kubernetes;
  if (!cluster)
    return fail(
      'runs on Kubernetes, and the environment names no cluster; set kubernetes.cluster, or kubernetes.kubeconfig and context',
      'hosting',
    );
  const onEks = cluster.cluster !== undefined;
  if (
    refuseOwn(planning, OF_INSTANCES, 'is for nodes on instances, and this one is on Kubernetes; remove it').length > 0
  )
    return undefined;
  const [ruledOut] = ruledOutBy(clientsOf(program), { network, nodeType, hosting: 'kubernetes', storage: 'ebs', p2p });
  if (ruledOut) {
    const [setting] = ruledOut.setting;
    return setting === 'storage'
      ? fail(`${ruledOut.message}; a claim is a network disk, so that it takes hosting: instance`, 'hosting')
      : fail(ruledOut.message, ...ruledOut.setting);
  }
  const sizing = sizingOf(program);
  const resources = planResources(planning);
  if (!resources)
    return fail(
      `the catalogue has no hardware for node type ${nodeType} on ${network}; choose another node_type, or set resources.cpu and resources.memory`,
    );
  const volume = planVolume(own, sizing?.storage === 'ebs' ? sizing.volume : undefined);
  if (!volume) return fail('the catalogue has no disk for it; set volume.size', 'volume');
  const ownClasses = onEks && cluster.storage_class === undefined;
  if (
    !ownClasses &&
    refuseOwn(planning, OF_OWN_CLASSES, 'is settled by the storage class of its claim; remove it').length > 0
  )
    return undefined;
  const bootstrap = planBootstrap(planning);
  const unfit = cannotBegin(bootstrap, onEks);
  if (unfit) return fail(unfit.message, 'bootstrap', unfit.key);
  const expose = own.get<'host-port' | 'load-balancer'>('p2p', 'expose') ?? 'load-balancer';
  const balanced = p2p === 'public' && expose === 'load-balancer';
  const address = balanced ? own.get<string>('p2p', 'address') : undefined;
  const closed = cannotExpose(p2p, onEks, expose, address);
  if (closed) return fail(closed.message, 'p2p', closed.key);
  if (p2p === 'public' && !balanced && own.isOwn('p2p', 'address'))
    return fail('is that of a load balancer, and peers come in by host-port; remove the key', 'p2p', 'address');
  // Where a zone means something: a disk of EBS is in one.
  const zone = onEks || own.isSet('zone') ? planZone(planning) : undefined;
  const node: WithoutSettings<PodSpec> = {
    ...program,
    hosting: 'kubernetes',
    id,
    group: `${place.chain.id}-${network}`,
    ...(zone ? { zone: zone.zone } : {}),
    storage: 'ebs',
    volume,
    resources,
    expose,
    ...(address === undefined ? {} : { address }),
    backup: planBackup(planning, onEks ? undefined : 'snapshots of claims are taken on EKS alone; set backup to false'),
    bootstrap,
  };
  const memory = (mib: number | undefined): string | undefined => (mib === undefined ? undefined : `${mib} MiB`);
  const rows = [
    ...row(own, 'hosting', 'kubernetes'),
    ...row(own, 'resources.cpu', String(resources.cpu)),
    ...row(own, 'resources.cpu_limit', resources.cpuLimit === undefined ? undefined : String(resources.cpuLimit)),
    ...row(own, 'resources.memory', memory(resources.memoryMiB)),
    ...row(own, 'resources.memory_request', memory(resources.memoryRequestMiB)),
    ...(p2p === 'public' ? row(own, 'p2p.expose', expose, 'default') : []),
    ...row(own, 'p2p.address', address),
    ...(ownClasses
      ? [
          ...row(own, 'volume.type', volume.type),
          ...row(own, 'volume.iops', String(volume.iops)),
          ...row(
            own,
            'volume.throughput',
            volume.throughputMiBps === undefined ? undefined : `${volume.throughputMiBps} MiB/s`,
          ),
        ]
      : []),
    ...row(own, 'volume.size', size.format({ unit: 'GiB', value: volume.sizeGiB })),
    ...(zone ? [{ name: 'zone', value: zone.zone, origin: zone.origin }] : []),
  ];
  return { node, hardware: undefined, rows };
}

/** What is set, on top of what a machine of the catalogue's choice has for a pod. */
function planResources({ own, program }: Planning): PodResources | undefined {
  const type = instanceType(sizingOf(program)?.instanceType ?? '');
  const share = type && podShare(type);
  const mib = (given: Size | undefined): number | undefined => given && given.value * 1024;
  const cpu = own.get<number>('resources', 'cpu') ?? share?.cpu;
  const memoryMiB = mib(own.get<Size>('resources', 'memory')) ?? share?.memoryMiB;
  if (cpu === undefined || memoryMiB === undefined) return undefined;
  const cpuLimit = own.get<number>('resources', 'cpu_limit');
  const memoryRequestMiB = mib(own.get<Size>('resources', 'memory_request'));
  return {
    cpu,
    memoryMiB,
    ...(cpuLimit === undefined ? {} : { cpuLimit }),
    ...(memoryRequestMiB === undefined ? {} : { memoryRequestMiB }),
  };
}

/** What does not go on a cluster, and the key that says it. */
interface Misfit {
  readonly key: string;
  readonly message: string;
}

/** Why a claim cannot be made so; undefined where it can. */
function cannotBegin(bootstrap: Bootstrap, onEks: boolean): Misfit | undefined {
  if (bootstrap.from === 'latest-backup')
    return {
      key: 'from',
      message: 'a cluster does not know which backup is the newest; name a snapshot by its id, or use url',
    };
  if (bootstrap.from === 'snapshot' && !onEks)
    return {
      key: 'from',
      message: `${bootstrap.snapshotId} is a snapshot of EBS, and the cluster is not on EKS; use url or empty`,
    };
  if ('initializationRateMiBps' in bootstrap)
    return { key: 'initialization_rate', message: 'how fast a claim is filled cannot be said; remove it' };
  if (bootstrap.from === 'url' && /\.(zst|lz4)$/.test(bootstrap.url))
    return {
      key: 'url',
      message: `in a pod there is nothing that unpacks zst or lz4; use an archive of .tar, .tar.gz, .tar.bz2 or .tar.xz${onEks ? ', or a snapshot' : ''}`,
    };
  return undefined;
}

/** Why peers could not come in so; undefined where they can, or need not. */
function cannotExpose(
  p2p: 'public' | 'outbound',
  onEks: boolean,
  expose: 'host-port' | 'load-balancer',
  address: string | undefined,
): Misfit | undefined {
  if (p2p === 'outbound') return undefined;
  if (onEks && expose === 'host-port')
    return { key: 'expose', message: 'machines of EKS know no public address of their own; use load-balancer' };
  if (onEks && address !== undefined)
    return { key: 'address', message: 'on EKS an address is made for it; remove the key' };
  if (!onEks && expose === 'load-balancer' && address === undefined)
    return {
      key: 'mode',
      message:
        'peers may connect in, and nothing says where; set p2p.address to that of its load balancer, p2p.expose: host-port, or p2p.mode: outbound',
    };
  return undefined;
}
