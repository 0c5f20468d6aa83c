import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Cluster } from '../cluster';
import type { Network, Tier } from '../network';
import type { ReleaseStore } from '../release-store';
import type { Architecture, Bootstrap, NodeProgram, VolumeSizing } from './catalogue';
import type { Upstream } from './compose';
import type { DiskClasses } from './disk-classes';
import type { HostFiles } from './host-files';
import type { MachineImages } from './machine-images';
import type { PodResources } from './pod';
import type { HostWatch } from './release';

/** What every node on an instance of an environment shares. */
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
  /**
   * What others watch the hosts with.
   *
   * @default - nothing beyond what hosts say of themselves to CloudWatch
   */
  readonly watch?: HostWatch;
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
   * MiB of the instance's memory that are not the node's, for what stands beside it.
   *
   * @default - none: all of it but what the host needs is the node's
   */
  readonly reservedMemoryMiB?: number;
  /**
   * Names of the secrets that its processes are given, by the names of the files below `/secrets` that they become.
   *
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
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

export type InstanceNodeProps = EbsNodeProps | InstanceStoreNodeProps;

/** What every node of an environment on Kubernetes shares. */
export interface ClusterPlatform {
  /** Name of the environment. */
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  /** Where the disks of claims come from. */
  readonly disks: DiskClasses;
  /**
   * Labels of machines that nodes may run on.
   *
   * @default - any machine
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * Priority class of its pods.
   *
   * @default - that of any pod: another of a higher class may take a node's place
   */
  readonly priorityClass?: string;
  /**
   * Image of what looks at a node and keeps it: bash, curl, jq, kubectl and Python.
   *
   * @default - {@link TOOLS_IMAGE}
   */
  readonly toolsImage?: string;
  /**
   * Whether the cluster has the Prometheus operator, and nodes tell it where their metrics are.
   *
   * @default false
   */
  readonly serviceMonitors?: boolean;
  /**
   * Makes the role by which a node's secrets are read from AWS; what must be there before it is of use.
   *
   * @default - secrets of their names must be in the cluster
   */
  readonly secretStore?: (node: Construct, secrets: readonly string[]) => SecretStore;
  /**
   * The network of an EKS cluster: where load balancers for peers stand.
   *
   * @default - peers are not let in on EKS
   */
  readonly network?: Network;
  /**
   * Class of the snapshots that backups are.
   *
   * @default - no backups
   */
  readonly snapshotClass?: string;
  /**
   * What must be there before any node: controllers of what its chart asks for.
   *
   * @default - nothing
   */
  readonly ready?: readonly ITerraformDependable[];
}

/** A role that reads a node's secrets and no others. */
export interface SecretStore {
  readonly roleArn: string;
}

/** A node in a pod, its data on a claim that outlives it. */
export interface KubernetesNodeProps extends NodeProgram {
  readonly hosting: 'kubernetes';
  readonly platform: ClusterPlatform;
  /**
   * Availability zone that the pod is tied to, as its disk is.
   *
   * @default - where the cluster puts it, away from others of its group
   */
  readonly zone?: string;
  /**
   * Nodes of a group take a release one after the other.
   *
   * @default - `<chain>-<network>`
   */
  readonly group?: string;
  /**
   * Cores and memory of its processes.
   *
   * @default - those of the instance type that the chain's definition asks for, less what a machine needs itself
   */
  readonly resources?: PodResources;
  /** @default - what the chain's definition asks for */
  readonly volume?: VolumeSizing;
  /**
   * Nodes of other chains that this one reads, by `<chain>.<api>`.
   *
   * @default - none
   */
  readonly upstreams?: Readonly<Record<string, Upstream>>;
  /**
   * Names of the secrets that its processes are given, by the names of the files below `/secrets` that they become.
   *
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Where the data of a new claim comes from; `latest-backup` is not known to a cluster.
   *
   * @default - empty
   */
  readonly bootstrap?: Bootstrap;
  /**
   * How peers come in, with `p2p: 'public'`: by the port of the machine that it is on, whose own address must be public, and which EKS
   * has not; or by a load balancer.
   *
   * @default load-balancer
   */
  readonly expose?: 'host-port' | 'load-balancer';
  /**
   * The address of its load balancer.
   *
   * @default - on EKS one is defined for it; elsewhere it must be given
   */
  readonly address?: string;
  /**
   * When snapshots of its data are taken, as a cron line in UTC, and how many are kept.
   *
   * @default - none are taken
   */
  readonly snapshots?: { readonly schedule: string; readonly keep: number };
}

/** A node, by where it runs and where its data lies. */
export type ChainNodeProps = InstanceNodeProps | KubernetesNodeProps;
