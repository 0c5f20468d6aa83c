import type { Architecture, Bootstrap, NodeProgram, Storage, VolumeSizing } from '../constructs/chain-node/catalogue';
import type { WorkerRole, WorkerStore } from '../constructs/data-worker/contract';
import type { Mode, Quantity, StrategyLimits } from '../constructs/mev-engine/contract';
import type { PlainMap } from './document';
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
    /** After how many seconds a secret that a node on an instance reads should have another value; 90 days when absent. */
    readonly secretAgeSeconds?: number;
  };
  /** When and how disks are backed up; none are when absent. */
  readonly backup?: BackupSettings;
  readonly logging: { readonly rotationSeconds: number; readonly retentionSeconds: number };
  /** The cluster of nodes that run in pods; none do when absent. */
  readonly kubernetes?: KubernetesSettings;
  /** Metrics, alerts, dashboards and logs in the cluster; there are none when absent. */
  readonly monitoring?: MonitoringSettings;
  /** The RPC gateway in the cluster; there is none when absent. */
  readonly gateway?: GatewaySettings;
  /** Engines and what stops them; there are none when absent. */
  readonly mev?: MevSettings;
  /** Forks and backtests in a namespace of their own; there is none when absent. */
  readonly research?: ResearchSettings;
  /** Streams and stores of what engines see and do; there are none when absent. */
  readonly data?: DataSettings;
  /** What fills them and makes something of them; there are none when absent. */
  readonly workers?: readonly WorkerSpec[];
  /** Sorted by id. */
  readonly nodes: readonly NodeSpec[];
  /** Clusters by the node whose claim they keep, though it is no longer configured. */
  readonly claims?: Readonly<Record<string, string>>;
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

export interface KubernetesSettings {
  readonly access: ClusterAccess;
  /** The class of all claims; by kind of disk on EKS, and the cluster's default elsewhere, when absent. */
  readonly storageClass?: string;
  /** Labels of machines that nodes may run on; any when absent. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Image of what looks at nodes and keeps them; the project's choice when absent. */
  readonly toolsImage?: string;
  /** What nodes may ask for together; no limit when absent. */
  readonly quota?: { readonly cpu?: number; readonly memoryMiB?: number; readonly storageGiB?: number };
  /** Whether the cluster has the Prometheus operator. */
  readonly serviceMonitors: boolean;
}

export interface MonitoringSettings {
  readonly retention: { readonly seconds: number; readonly sizeGiB: number };
  readonly replicas: 1 | 2;
  readonly logs?: 'loki' | 'elasticsearch';
  readonly logSizeGiB?: number;
  readonly grafanaAdminSecret: string;
  /** Address below which the runbooks are. */
  readonly runbooks: string;
  readonly receivers: {
    readonly slack?: { readonly secret: string; readonly channel: string; readonly channels?: ByTeam };
    readonly pagerduty?: { readonly secret: string; readonly teams?: ByTeam };
    readonly webhook?: { readonly secret: string };
    readonly sns?: { readonly topicArn: string };
    readonly deadMansSwitch?: { readonly secret: string };
  };
}

type ByTeam = Readonly<Partial<Record<'chains' | 'platform' | 'mev', string>>>;

export interface GatewaySettings {
  /** Networks with their nodes and with providers outside the environment; at least one of the two. */
  readonly chains: readonly {
    readonly chain: string;
    readonly network: string;
    readonly chainId: number;
    /** Ids of nodes. */
    readonly nodes: readonly string[];
    readonly fallbacks: readonly { readonly name: string; readonly secret: string }[];
  }[];
  readonly rpcTimeoutMs: number;
  readonly websocketTimeoutMs: number;
  readonly retryAttempts: number;
  readonly rateLimits: { readonly default: RateLimit; readonly premium?: RateLimit & { readonly secret: string } };
  readonly vpcAccess: boolean;
}

export interface MevSettings {
  /** Those that have a strategy here, sorted by name. */
  readonly engines: readonly EngineSpec[];
  /** What all of them together are held to. */
  readonly risk: {
    readonly maxHourlyLoss?: Quantity;
    readonly maxDailyLoss?: Quantity;
    /** Of seven days. */
    readonly emergencyStopLoss?: Quantity;
    readonly maxConcurrentStrategies?: number;
  };
  /** Secret with the token by which Alertmanager stops engines. */
  readonly killSwitchSecret: string;
}

export interface DataSettings {
  /** Secret with the passwords of streams and stores. */
  readonly secret: string;
  /** How many servers hold each stream. */
  readonly streamReplicas: 1 | 3;
  /** Sorted by name. */
  readonly streams: readonly StreamSpec[];
  readonly stores: {
    /** In ClickHouse; its disk is for analytics as well. */
    readonly timeseries: { readonly retentionDays: number; readonly sizeGiB: number };
    readonly analytics: { readonly retentionDays: number };
    /** In Postgres. */
    readonly transactions: { readonly sizeGiB: number; readonly replicas: number };
    /** A bucket; there is none when absent. What is not moved stays where it was written. */
    readonly archive?: {
      readonly retentionDays: number;
      readonly infrequentAfterDays?: number;
      readonly glacierAfterDays?: number;
    };
  };
}

/** A worker as it runs here. */
export interface WorkerSpec {
  /** Its name, without underscores. */
  readonly name: string;
  readonly role: WorkerRole;
  readonly image: string;
  readonly replicas: number;
  /** Whole cores of each pod, all its own. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Names of secrets by the files that they become. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly relays: readonly string[];
  /** Ranges of addresses. */
  readonly egress: readonly string[];
  readonly chains: readonly EngineChainSpec[];
  readonly consumes: readonly string[];
  readonly publishes: readonly string[];
  readonly stores: readonly WorkerStore[];
}

/** A stream of JetStream; its subjects are `<name>.>`. */
export interface StreamSpec {
  readonly name: string;
  readonly retentionSeconds: number;
  readonly sizeGiB: number;
}

/** An engine as it runs here. */
export interface EngineSpec {
  /** Its name in the cluster. */
  readonly name: string;
  readonly type: string;
  readonly subtype: string;
  readonly image: string;
  /** Whole cores, all its own. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Alias or ARN of a key in KMS. */
  readonly signingKey?: string;
  /** Names of secrets by the files that they become. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly relays: readonly string[];
  /** Ranges of addresses. */
  readonly egress: readonly string[];
  readonly chains: readonly EngineChainSpec[];
  /** The node on whose instance it runs; in the cluster when absent. */
  readonly beside?: string;
  readonly orderFlow: readonly OrderFlowSpec[];
  readonly strategies: readonly StrategySpec[];
  /** On networks that it reads. */
  readonly wallets: readonly WalletSpec[];
  /** Nothing of it runs: everything in it is stopped by commit. */
  readonly stopped: boolean;
}

/** Order flow that an engine takes. */
export interface OrderFlowSpec {
  /** As the engine names it. */
  readonly name: string;
  /** `protected-rpc`, or the process that stands beside a node. */
  readonly kind: string;
  readonly chain: string;
  readonly network: string;
  /** The node that it stands beside. */
  readonly node?: string;
  /** The address of an endpoint, or else the secret that holds it and the file that it becomes. */
  readonly url?: string;
  readonly secret?: string;
  readonly file?: string;
  /** What the proxy must let through for it. */
  readonly domain?: string;
  /** What is sent to it, and the file that holds the value. */
  readonly authorization?: Authorization & { readonly file: string };
}

/** A network that an engine or a worker reads, and where. */
export interface EngineChainSpec {
  readonly chain: string;
  readonly network: string;
  readonly chainId?: number;
  readonly blockSeconds?: number;
  /** The gateway, or a node by its id. */
  readonly source: 'gateway' | { readonly node: string };
  /** Ids of the nodes whose health says whether it can be read; none where the gateway has providers alone. */
  readonly nodes: readonly string[];
}

/** A wallet of an engine, and what it is watched for, in the currency of its network. */
export interface WalletSpec {
  readonly chain: string;
  readonly network: string;
  readonly address: string;
  readonly minBalance?: string;
  /** The most that leaves it within an hour. */
  readonly maxOutflow?: string;
}

/** A strategy as it runs here. */
export interface StrategySpec {
  /** Name of its file. */
  readonly name: string;
  readonly mode: Mode;
  readonly chains: readonly { readonly chain: string; readonly network: string }[];
  /** The file as it was written. */
  readonly document: PlainMap;
  readonly limits: StrategyLimits;
  /** Seconds until an execution is given up. */
  readonly timeoutSeconds?: number;
  readonly alertThreshold?: number;
  readonly executionTimeoutSeconds?: number;
  readonly failureAlert: boolean;
}

export interface ResearchSettings {
  /** What everything in the namespace may ask for together. */
  readonly quota: { readonly cpu: number; readonly memoryMiB: number; readonly storageGiB: number };
  /** Whether anything but the namespace is there. */
  readonly enabled: boolean;
  /** Group of the cluster whose people work there; nobody's when absent. */
  readonly accessGroup?: string;
  /** Bucket that is read, that of `data` when no other is named; all of it unless a prefix is given; the ARN of its key where it has one. */
  readonly archive?: { readonly bucket?: string; readonly prefix?: string; readonly keyArn?: string };
  /** Sorted by name. */
  readonly forks: readonly ForkSpec[];
  /** One for each strategy in research that can have one, sorted by name. */
  readonly backtests: readonly BacktestSpec[];
  /** What the losses of a run are held to. */
  readonly loss: Omit<MevSettings['risk'], 'maxConcurrentStrategies'>;
  /** What one run of a backtest may take, beside its forks. */
  readonly run: { readonly cpu: number; readonly memoryMiB: number; readonly timeoutSeconds: number };
}

/** A fork of a network, and where it reads. */
export interface ForkSpec {
  readonly name: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** The block that it stands at; the newest when it starts when absent. */
  readonly block?: number;
  readonly of: EngineChainSpec;
}

/** The backtest of a strategy. */
export interface BacktestSpec {
  readonly strategy: StrategySpec;
  readonly engine: Pick<EngineSpec, 'name' | 'type' | 'subtype' | 'image'>;
  /** Names of the forks that each run has of its own, one for each network of the strategy. */
  readonly forks: readonly string[];
}

export interface RateLimit {
  readonly count: number;
  readonly per: 'second' | 'minute' | 'hour' | 'day';
}

/** An EKS cluster by its name, or what a file of credentials leads to. */
export type ClusterAccess = { readonly eks: string } | { readonly kubeconfig: string; readonly context: string };

/** A header, and the secret that holds its value. */
export interface Authorization {
  readonly header: string;
  readonly secret: string;
}

/** What is true of a node wherever it runs. */
interface AnyNodeSpec extends NodeProgram {
  /** `<chain>-<network>-<client>`, replicas `-2` and up. */
  readonly id: string;
  /** `<chain>-<network>`: a release rolls through a group one node at a time. */
  readonly group: string;
  /** Whether its disk is backed up. */
  readonly backup: boolean;
  readonly bootstrap: Bootstrap;
  /** The layer-1 node that it reads, where its network settles on one. */
  readonly l1?: L1Source;
  /** Names of secrets that its processes are given, by the files that they become. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What users of its optional processes must send, by process. */
  readonly authorizations?: Readonly<Record<string, Authorization>>;
  /** Where each setting comes from, for people; nothing is derived from it. */
  readonly settings: readonly NodeSetting[];
}

/** A node on an instance of its own. */
export interface InstanceSpec extends AnyNodeSpec {
  readonly hosting: 'instance';
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
  /** Date of the packages that its host installs; those of its image when absent. */
  readonly osPatches?: string;
}

/** A node in a pod. */
export interface PodSpec extends AnyNodeSpec {
  readonly hosting: 'kubernetes';
  /** Zone that it is tied to; where the cluster puts it when absent. */
  readonly zone?: string;
  /** Its claim is a network disk, whatever the cluster makes it of. */
  readonly storage: 'ebs';
  readonly volume: VolumeSizing;
  readonly resources: PodResources;
  /** How peers come in, where they may. */
  readonly expose: 'host-port' | 'load-balancer';
  /** The address of its load balancer, where the environment does not make one. */
  readonly address?: string;
}

/** Cores and MiB of all processes together. */
export interface PodResources {
  readonly cpu: number;
  /** None when absent. */
  readonly cpuLimit?: number;
  readonly memoryMiB: number;
  /** All of `memoryMiB` when absent. */
  readonly memoryRequestMiB?: number;
}

/** One node: what it runs, with what, where. */
export type NodeSpec = InstanceSpec | PodSpec;

/** One setting of a node as a person reads it, and the file and line or the part of the catalogue that says so. */
export interface NodeSetting {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}
