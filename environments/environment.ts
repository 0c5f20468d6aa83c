import type { Architecture, Bootstrap, NodeProgram, Storage, VolumeSizing } from '../constructs/chain-node/catalogue';
import type { EnvironmentName } from './schema/sections';

/** What one environment is: validated, complete, every quantity exact. Code behind the loader sees this and no YAML. */
export interface Environment {
  readonly name: EnvironmentName;
  readonly region: string;
  /** The only account that may be changed; any when absent. */
  readonly accountId?: string;
  /** KMS key for disks and releases; the AWS-managed keys when absent. */
  readonly kmsKey?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: NetworkSettings;
  /** Remote state; a local file when absent. */
  readonly state?: { readonly bucket: string; readonly region: string };
  readonly protect: boolean;
  readonly alarms: {
    /** Addresses that alarms are sent to. */
    readonly emails: readonly string[];
    /** How full a data disk may be before it alarms. */
    readonly diskUsedPercent: number;
  };
  /** When and how disks are backed up; none are when absent. */
  readonly backup?: BackupSettings;
  readonly logging: { readonly rotationSeconds: number; readonly retentionSeconds: number };
  /** Sorted by id. */
  readonly nodes: readonly NodeSpec[];
}

export interface BackupSettings {
  /** `cron(…)` or `rate(…)`, in UTC. */
  readonly schedule: string;
  /** How many complete backups of each node are kept. */
  readonly keep: number;
  readonly method: 'stop' | 'freeze';
  /** Another region that backups are copied to, and their key there; the AWS-managed one when absent. */
  readonly copy?: { readonly region: string; readonly kmsKey?: string };
}

export interface NetworkSettings {
  readonly vpc: 'default' | { readonly id: string } | { readonly tags: Readonly<Record<string, string>> };
  /** Subnets by zone and tier where they are given by id. */
  readonly subnets: Readonly<Record<string, Readonly<Partial<Record<Tier, string>>>>>;
  /** The private zone to use; the environment defines one of its own when absent. */
  readonly dnsZone?: { readonly id: string } | { readonly name: string };
}

/** Subnet tier: with or without a way in from the internet. */
export type Tier = 'private' | 'public';

/** Where a node reads the layer-1 network that its own settles on: at a node of this environment, or at URLs in secrets. */
export type L1Source =
  | { readonly node: string }
  | { readonly rpcSecret: string; readonly beaconSecret: string | undefined };

/** One node: what it runs, on which hardware, where. */
export interface NodeSpec extends NodeProgram {
  /** `<chain>-<network>-<client>`, replicas `-2` and up. */
  readonly id: string;
  /** `<chain>-<network>`: a release rolls through a group one node at a time. */
  readonly group: string;
  readonly zone: string;
  readonly tier: Tier;
  readonly instanceType: string;
  readonly architecture: Architecture;
  readonly memoryGiB: number;
  /** Image of a new instance; the newest Ubuntu 24.04 when absent. */
  readonly ami?: string;
  readonly storage: Storage;
  /** The data volume; present with `ebs` storage. */
  readonly volume?: VolumeSizing;
  /** Mbps that a node at the head may send to the internet; no limit when absent. */
  readonly egressLimitMbps?: number;
  /** Whether its disk is backed up. */
  readonly backup: boolean;
  readonly bootstrap: Bootstrap;
  /** The layer-1 node that it reads, where its network settles on one. */
  readonly l1?: L1Source;
  /** Date of the packages that its host installs; those of its image when absent. */
  readonly osPatches?: string;
  /** Where each setting comes from, for people; nothing is derived from it. */
  readonly settings: readonly NodeSetting[];
}

/** One setting of a node as a person reads it, and the file and line or the part of the catalogue that says so. */
export interface NodeSetting {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}
