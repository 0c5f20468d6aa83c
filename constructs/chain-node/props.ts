import type { Network, Tier } from '../network';
import type { ReleaseStore } from '../release-store';
import type { Architecture, Bootstrap, NodeProgram, VolumeSizing } from './catalogue';
import type { Upstream } from './compose';
import type { HostFiles } from './host-files';
import type { MachineImages } from './machine-images';

/** What every node of an environment shares. */
export interface NodePlatform {
  /** Name of the environment; part of names that are unique in an account. */
  readonly environment: string;
  readonly region: string;
  readonly network: Network;
  readonly releases: ReleaseStore;
  readonly hostFiles: HostFiles;
  readonly images: MachineImages;
  /**
   * ARN of the key that encrypts disks. A disk keeps its key for life.
   *
   * @default - the key that AWS manages for EBS
   */
  readonly kmsKeyArn?: string;
  /**
   * Guards disk and instance: a plan that would destroy one fails, and AWS refuses to terminate the instance.
   *
   * @default false
   */
  readonly protect?: boolean;
  /**
   * ARN of the topic that alarms are sent to.
   *
   * @default - nodes have no alarms but the one that recovers them
   */
  readonly alarmTopicArn?: string;
  /**
   * How full a data disk may be before it alarms, in percent.
   *
   * @default 85
   */
  readonly diskUsedPercent?: number;
  /** How often the journal starts a new file and how long it keeps entries. */
  readonly journal: { readonly rotationSeconds: number; readonly retentionSeconds: number };
}

/** A node on an EC2 instance of its own. */
interface OnInstance extends NodeProgram {
  readonly hosting: 'instance';
  readonly platform: NodePlatform;
  /** Availability zone. Moving a node leaves its disk behind. */
  readonly zone: string;
  /**
   * Subnet tier; `public` also gives the instance a public address.
   *
   * @default - public when peers may connect in, private otherwise
   */
  readonly tier?: Tier;
  /**
   * Nodes of a group take a release one after the other.
   *
   * @default - `<chain>-<network>`
   */
  readonly group?: string;
  /**
   * EC2 instance type.
   *
   * @default - what the chain's definition asks for
   */
  readonly instanceType?: string;
  /**
   * Processor of the instance type.
   *
   * @default - by the table of instance types
   */
  readonly architecture?: Architecture;
  /**
   * Memory of the instance type, in GiB.
   *
   * @default - by the table of instance types
   */
  readonly memoryGiB?: number;
  /**
   * Image of the instance when it is made; it must be an Ubuntu 24.04.
   *
   * @default - the newest Ubuntu 24.04
   */
  readonly ami?: string;
  /**
   * Nodes of other chains that this one reads, by `<chain>.<api>`.
   *
   * @default - none
   */
  readonly upstreams?: Readonly<Record<string, Upstream>>;
  /**
   * What it may send to the internet while it is at the head, in Mbps; answers of its RPC do not count.
   *
   * @default - no limit
   */
  readonly egressLimitMbps?: number;
  /**
   * Date of the packages that its host installs; when it changes, the host installs those of that day and boots anew where it
   * must, as part of the roll.
   *
   * @default - none are installed after those of the image
   */
  readonly osPatches?: string;
  /**
   * Where the data of a new disk comes from, and of local disks whenever they are blank. A disk that has data is never touched
   * by it. Instance store is not made from snapshots.
   *
   * @default - empty
   */
  readonly bootstrap?: Bootstrap;
  /**
   * How the node is held while its snapshot begins: a backup may be taken of it, and by it. Not of instance store,
   * which has no snapshots.
   *
   * @default - no backups
   */
  readonly backup?: { readonly method: BackupMethod };
}

/** Data on a network disk that outlives the instance. */
export interface EbsNodeProps extends OnInstance {
  readonly storage: 'ebs';
  /** @default - what the chain's definition asks for */
  readonly volume?: VolumeSizing;
}

/** Processes are stopped, or their filesystem is frozen, until a snapshot has begun. */
export type BackupMethod = 'stop' | 'freeze';

/** Data on the instance's own NVMe disks: fast, and lost when the instance stops. */
export interface InstanceStoreNodeProps extends OnInstance {
  readonly storage: 'instance-store';
}

/** A node, by where it runs and where its data lies. */
export type ChainNodeProps = EbsNodeProps | InstanceStoreNodeProps;
