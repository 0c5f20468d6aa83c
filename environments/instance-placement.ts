import { clientsOf, type Storage, sizingOf } from '../constructs/chain-node/catalogue';
import type { InstanceSpec } from './environment';
import { ruledOutBy } from './hardware-checks';
import { describeInstance, planVolume } from './node-hardware';
import {
  otherwiseAt,
  type Placed,
  type Planning,
  planBackup,
  planBootstrap,
  planZone,
  refuseOwn,
  row,
  type WithoutSettings,
} from './planning';
import { type Bandwidth, bandwidth, size } from './quantity';

/** A node on an instance of its own: its type, its disk, its subnet. */

/** Settings that say nothing of an instance. */
export const OF_PODS = [['resources'], ['p2p', 'expose'], ['p2p', 'address']];

/** Undefined when it cannot be placed, and that is reported. */
export function planInstance(planning: Planning): Placed | undefined {
  const { context, own, program, id, fail, place } = planning;
  const { settings, layers } = context;
  const { network, nodeType = 'full', p2p = 'outbound' } = program;
  if (refuseOwn(planning, OF_PODS, 'is for nodes on Kubernetes, and this one is on an instance; remove it').length > 0)
    return undefined;
  const sizing = sizingOf(program);
  const type = own.get<string>('instance_type') ?? sizing?.instanceType;
  if (type === undefined) {
    return fail(
      `the catalogue has no hardware for node type ${nodeType} on ${network}; choose another node_type, or set instance_type and volume`,
    );
  }
  const hardware = describeInstance(type, settings);
  const storage = own.get<Storage>('storage') ?? sizing?.storage ?? 'ebs';
  const volume = storage === 'ebs' ? planVolume(own, sizing?.storage === 'ebs' ? sizing.volume : undefined) : undefined;
  if (storage === 'ebs' && !volume) {
    // A size would not help where the makers rule such a disk out.
    const [ruledOut] = ruledOutBy(clientsOf(program), { network, nodeType, hosting: 'instance', storage, p2p });
    return ruledOut
      ? fail(ruledOut.message, ...ruledOut.setting)
      : fail('the catalogue has no disk for it; set volume.size', 'storage');
  }
  const { zone, origin: zoneOrigin } = planZone(planning);
  const onDefaultVpc = (settings.network?.vpc ?? 'default') === 'default';
  const ami = own.get<string>('ami');
  const egressLimitMbps = (own.get<Bandwidth>('p2p', 'egress_limit') ?? settings.network?.p2p?.egress_limit)?.value;
  const osPatches = own.get<string>('os_patches') ?? settings.hosts?.os_patches;
  const node: WithoutSettings<InstanceSpec> = {
    ...program,
    hosting: 'instance',
    id,
    group: `${place.chain.id}-${network}`,
    zone,
    // A default VPC has public subnets only.
    tier: onDefaultVpc || p2p === 'public' ? 'public' : 'private',
    instanceType: type,
    architecture: hardware?.architecture ?? 'x86_64',
    memoryGiB: hardware?.memoryGiB ?? 1,
    ...(ami === undefined ? {} : { ami }),
    storage,
    ...(volume ? { volume } : {}),
    ...(egressLimitMbps === undefined ? {} : { egressLimitMbps }),
    backup: planBackup(
      planning,
      storage === 'ebs' ? undefined : 'its data is on instance store, which has no snapshots; set backup to false',
    ),
    bootstrap: planBootstrap(planning),
    ...(osPatches === undefined ? {} : { osPatches }),
  };
  const rows = [
    ...row(
      own,
      'p2p.egress_limit',
      egressLimitMbps === undefined ? undefined : bandwidth.format({ unit: 'Mbps', value: egressLimitMbps }),
      otherwiseAt(layers, ['network', 'p2p', 'egress_limit']),
    ),
    ...row(own, 'instance_type', type),
    ...row(own, 'ami', ami),
    ...row(own, 'storage', storage),
    ...row(own, 'volume.type', volume?.type),
    ...row(own, 'volume.size', volume && size.format({ unit: 'GiB', value: volume.sizeGiB })),
    ...row(own, 'volume.iops', volume && String(volume.iops)),
    ...row(
      own,
      'volume.throughput',
      volume?.throughputMiBps === undefined ? undefined : `${volume.throughputMiBps} MiB/s`,
    ),
    { name: 'zone', value: zone, origin: zoneOrigin },
    ...row(own, 'os_patches', osPatches, otherwiseAt(layers, ['hosts', 'os_patches'])),
  ];
  return { node, hardware, rows };
}
