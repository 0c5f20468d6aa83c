import { type InstanceType, instanceType, type VolumeSizing } from '../constructs/chain-node/catalogue';
import type { Size, Throughput } from './quantity';
import type { EnvironmentSettings } from './schema/environment';
import type { Lookup } from './settings';

/** The hardware that a node asks for: what is set, on top of what the catalogue sizes. */

/** Each property from the most specific place. A throughput from the catalogue does not outlive a change of type. */
export function planVolume({ get }: Lookup, sized: VolumeSizing | undefined): VolumeSizing | undefined {
  const type = get<'gp3' | 'io2'>('volume', 'type') ?? sized?.type ?? 'gp3';
  const sizeGiB = get<Size>('volume', 'size')?.value ?? sized?.sizeGiB;
  if (sizeGiB === undefined) return undefined;
  const throughputMiBps =
    get<Throughput>('volume', 'throughput')?.value ?? (type === 'gp3' ? (sized?.throughputMiBps ?? 125) : undefined);
  return {
    type,
    sizeGiB,
    iops: get<number>('volume', 'iops') ?? sized?.iops ?? 3000,
    ...(throughputMiBps === undefined ? {} : { throughputMiBps }),
  };
}

/** The instance type as AWS lists it, or as `aws.unlisted_instance` describes it; undefined when neither knows it. */
export function describeInstance(name: string, settings: EnvironmentSettings): InstanceType | undefined {
  const listed = instanceType(name);
  const described = settings.aws.unlisted_instance?.[name];
  if (listed || !described) return listed;
  return {
    vcpu: described.vcpu,
    memoryGiB: described.memory.value,
    architecture: described.architecture,
    ebsBaselineMbps: described.ebs_bandwidth.value,
    ebsMaximumMbps: described.ebs_bandwidth.value,
    ebsBaselineIops: described.ebs_iops,
    ebsMaximumIops: described.ebs_iops,
    localNvmeGB: described.local_nvme_gb ?? 0,
  };
}
