import table from './instance-types.json';
import type { Architecture, VolumeSizing, VolumeType } from './model';

/** What an EC2 instance type offers. Bandwidths in Mbps; `baseline` is what it sustains, `maximum` a burst of half an hour a day. */
export interface InstanceType {
  readonly vcpu: number;
  readonly memoryGiB: number;
  readonly architecture: Architecture;
  readonly ebsBaselineMbps: number | null;
  readonly ebsMaximumMbps: number | null;
  readonly ebsBaselineIops: number | null;
  readonly ebsMaximumIops: number | null;
  /** GB of all local NVMe disks together; 0 when there are none. */
  readonly localNvmeGB: number;
}

type Row = readonly (number | string | null)[];
const rows = table.types as unknown as Readonly<Record<string, Row>>;
const columns = table.columns;

/** The known type of this name. Source and date stand in `instance-types.json`. */
export function instanceType(name: string): InstanceType | undefined {
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (!row) return undefined;
  return Object.fromEntries(columns.map((column, index) => [column, row[index]])) as unknown as InstanceType;
}

/** Names of every known instance type. */
export const instanceTypeNames = (): string[] => Object.keys(rows);

/**
 * What a machine of a type has for the processes of a pod, in cores and MiB, when what every machine of a cluster needs itself is taken
 * off: an eighth of its memory and no less than 1.5 GiB (the kubelet's reserve of EKS for 58 pods, 893 MiB, its eviction threshold and
 * the daemons: awslabs/amazon-eks-ami, 2026), and a tenth of its cores.
 */
export const podShare = ({
  vcpu,
  memoryGiB,
}: Pick<InstanceType, 'vcpu' | 'memoryGiB'>): { cpu: number; memoryMiB: number } => ({
  cpu: vcpu * 0.9,
  memoryMiB: Math.floor(memoryGiB * 1024 - Math.max(1536, memoryGiB * 128)),
});

/** Below it, the host leaves nothing for processes. */
export const LEAST_MEMORY_GIB = 2;

/** Limits of an EBS volume type. */
interface VolumeLimits {
  readonly sizeGiB: readonly [number, number];
  readonly iops: readonly [number, number];
  readonly iopsPerGiB: number;
  /** Absent where throughput cannot be chosen. */
  readonly throughputMiBps?: readonly [number, number];
  readonly throughputPerIops?: number;
}

/**
 * Source: EC2 CreateVolume model of @aws-sdk/client-ec2 3.1169.0 (gp3 1–65,536 GiB, 3,000–80,000 IOPS, 125–2,000 MiB/s) and
 * the ratios of aws-cdk-lib 2.276.0, 2026-11-22. Older pages say 16 TiB, 16,000 IOPS and 1,000 MiB/s.
 */
const VOLUME_LIMITS: Readonly<Record<VolumeType, VolumeLimits>> = {
  gp3: {
    sizeGiB: [1, 65_536],
    iops: [3000, 80_000],
    iopsPerGiB: 500,
    throughputMiBps: [125, 2000],
    throughputPerIops: 0.25,
  },
  io2: { sizeGiB: [4, 65_536], iops: [100, 256_000], iopsPerGiB: 1000 },
};

/** A rule that a volume breaks: the property to change and what is allowed. */
export interface VolumeFault {
  readonly property: 'sizeGiB' | 'iops' | 'throughputMiBps';
  readonly message: string;
}

const outside = (value: number, [least, most]: readonly [number, number]): boolean => value < least || value > most;

/** What EBS itself would refuse about a volume. */
export function volumeFaults(volume: VolumeSizing): VolumeFault[] {
  const limits = VOLUME_LIMITS[volume.type];
  const faults: VolumeFault[] = [];
  const fault = (property: VolumeFault['property'], message: string): void => {
    faults.push({ property, message });
  };
  if (outside(volume.sizeGiB, limits.sizeGiB)) {
    fault('sizeGiB', `${volume.sizeGiB} GiB is outside what ${volume.type} offers, ${limits.sizeGiB.join(' to ')} GiB`);
  }
  if (outside(volume.iops, limits.iops)) {
    fault('iops', `${volume.iops} is outside what ${volume.type} offers, ${limits.iops.join(' to ')}`);
  } else if (volume.iops > 3000 && volume.iops > volume.sizeGiB * limits.iopsPerGiB) {
    fault(
      'iops',
      `${volume.iops} is more than ${limits.iopsPerGiB} per GiB; ${volume.sizeGiB} GiB allow ${volume.sizeGiB * limits.iopsPerGiB}`,
    );
  }
  if (volume.throughputMiBps === undefined) return faults;
  if (!limits.throughputMiBps || limits.throughputPerIops === undefined) {
    fault('throughputMiBps', `${volume.type} takes no throughput, it follows from iops; remove it`);
  } else if (outside(volume.throughputMiBps, limits.throughputMiBps)) {
    fault(
      'throughputMiBps',
      `${volume.throughputMiBps} MiB/s is outside what ${volume.type} offers, ${limits.throughputMiBps.join(' to ')} MiB/s`,
    );
  } else if (volume.throughputMiBps > volume.iops * limits.throughputPerIops) {
    const iops = volume.throughputMiBps / limits.throughputPerIops;
    fault('throughputMiBps', `${volume.throughputMiBps} MiB/s needs ${iops} iops, and there are ${volume.iops}`);
  }
  return faults;
}

/** Bandwidth in Mbps (10^6 bits) that a throughput in MiB/s (2^20 bytes) takes. */
export const mbps = (throughputMiBps: number): number => (throughputMiBps * 8 * 1_048_576) / 1_000_000;

/** The most whole MiB/s that a bandwidth in Mbps carries. */
export const mibps = (bandwidthMbps: number): number => Math.floor((bandwidthMbps * 1_000_000) / 8 / 1_048_576);
