/**
 * The node model: what a chain, a client and a running program are, as plain data and pure functions. It knows nothing
 * of where a node runs (an instance, a cluster) nor of how (compose, systemd, Helm); `docs/node-model.md` shows how
 * programs of very different kinds fit.
 */

/**
 * How sure a fact is: `verified`, read at its origin; `distributor`, read in a distributor's release notes;
 * `third-party`, seen elsewhere; `unverified`, a careful guess.
 */
export type FactStatus = 'verified' | 'distributor' | 'third-party' | 'unverified';

/** A value from the world outside, with where it was read and when (ISO date). */
export interface Fact<T> {
  readonly value: T;
  readonly source: string;
  readonly asOf: string;
  readonly status: FactStatus;
}

export type Architecture = 'arm64' | 'x86_64';

/**
 * Who may reach a port. `internet`: peers everywhere; `clients`: users of the node inside the network; `monitoring`:
 * scrapers; `siblings`: only the node's other processes. Bind addresses and firewall rules are derived from it.
 */
export type Audience = 'internet' | 'clients' | 'monitoring' | 'siblings';

/**
 * What a port is for. One port may serve several (avalanchego's 9650 serves rpc, ws, metrics and health). `feed` is order flow over a
 * websocket, `entries` over gRPC.
 */
export type PortRole =
  | 'p2p'
  | 'rpc'
  | 'ws'
  | 'beacon'
  | 'engine'
  | 'metrics'
  | 'health'
  | 'feed'
  | 'entries'
  | 'internal';

export interface Port {
  readonly name: string;
  readonly number: number | { readonly from: number; readonly to: number };
  readonly protocol: 'tcp' | 'udp';
  readonly audience: Audience;
  readonly serves: readonly PortRole[];
  /** Of a port for the internet: the addresses that are let in, where only those have business there; anyone when absent. */
  readonly from?: readonly string[];
  /** Paths by role where a role is not served at `/`. */
  readonly paths?: Readonly<Partial<Record<PortRole, string>>>;
}

/** A value that is known only on the host, or only to the environment, when a process starts. */
export type HostValue =
  | { readonly host: 'public-ip' }
  | { readonly host: 'upstream'; readonly chain: string; readonly api: 'rpc' | 'beacon' };

/** An argument of a command: text, or text put together from parts of which some are known only later. */
export type Argument = string | readonly (string | HostValue)[];

/** What a process is made from. */
export type Source =
  | { readonly kind: 'image'; readonly image: string; readonly version: string }
  /**
   * An archive that its makers publish: .tar, .tar.gz, .tar.xz, .tar.bz2, .tar.zst or .zip, `strip` leading parts of whose names
   * are left out (0 when not given); `program` is a path in what is left. Any other file is the program itself, called `name`.
   */
  | {
      readonly kind: 'archive';
      readonly name: string;
      readonly version: string;
      readonly files: Readonly<Partial<Record<Architecture, { readonly url: string; readonly sha256: string }>>>;
      readonly strip?: number;
    }
  /**
   * A program that nobody publishes, built from a commit on Ubuntu 24.04: with these packages, by these commands, run in the
   * root of the repository. `outputs` are the files that are kept; `program` is the name of one of them.
   */
  | {
      readonly kind: 'build';
      readonly name: string;
      readonly version: string;
      readonly repository: string;
      readonly commit: string;
      readonly packages: readonly string[];
      readonly commands: readonly string[];
      readonly outputs: readonly string[];
    };

/** A command that must have succeeded once before a process starts (a database to initialise, a key to make). */
export interface Preparation {
  readonly name: string;
  readonly program: readonly string[];
  readonly arguments: readonly Argument[];
  /** The preparation is done when this path exists, as the process sees it. */
  readonly unless: string;
}

/** What a process needs of the kernel of its host. */
export interface HostNeeds {
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Limit of open files; 65536 when not given. */
  readonly openFiles?: number;
  /** Limit of locked memory in bytes; the system's default when not given. */
  readonly lockedMemory?: number;
  readonly capabilities?: readonly string[];
}

/**
 * One running program of a node. Every process sees the same paths wherever it runs: `/data` and other directories of
 * its own on the data volume, `/config` with its files (read-only), `/secrets/<name>`.
 */
export interface Process {
  readonly name: string;
  readonly source: Source;
  /** The program itself; stands in place of an image's entrypoint. */
  readonly program: readonly string[];
  readonly arguments: readonly Argument[];
  readonly environment?: Readonly<Record<string, Argument>>;
  /** Files under `/config`, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly ports: readonly Port[];
  /** Paths that the process writes to, each with the name of its directory on the data volume. */
  readonly directories: Readonly<Record<string, string>>;
  /**
   * Files by which peers know it, as it sees them. They outlive local disks, and they are not taken over with the data of
   * another node: two programs with one identity disturb each other.
   */
  readonly identity?: readonly string[];
  /**
   * Secrets that it reads under `/secrets`, by name. `made`: the host makes 32 random bytes, in hex, when it has none. `given`: the
   * environment says which secret it is.
   */
  readonly secrets?: Readonly<Record<string, 'made' | 'given'>>;
  readonly stop: {
    readonly signal: 'SIGTERM' | 'SIGINT';
    readonly graceSeconds: number;
    readonly before?: readonly string[];
  };
  readonly prepare?: readonly Preparation[];
  /** Names of processes that start before this one. */
  readonly after?: readonly string[];
  /** It ends as long as another does not answer, and is started again: hours may pass, and a roll does not wait for it. */
  readonly waits?: true;
  /** Memory that it may use, in MiB; it is ended when it uses more. */
  readonly memoryMiB: number;
  readonly host?: HostNeeds;
  readonly metrics?: {
    /** Name of the port; the path is that port's, or else `/metrics`. */
    readonly port: string;
    /** Metric names of this program by meaning: `headBlock`, `peers`, … */
    readonly names: Readonly<Record<string, string>>;
  };
}

/** One request to a process. */
export interface Request {
  readonly process: string;
  /** Name of one of its ports. */
  readonly port: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
}

/** A request, and the jq filter that reads the answer. */
export interface Probe extends Request {
  readonly read: string;
}

/** How far a client's head is behind, in what the client itself can tell. */
export type HeadProbe =
  /** Reads `[number, unix seconds]` of the newest block. */
  | (Probe & { readonly yields: 'block'; readonly maximumAgeSeconds: number })
  /** Reads how many slots the client is behind. */
  | (Probe & { readonly yields: 'slotsBehind'; readonly maximumSlots: number })
  /** The client answers 200 when it is at the head, and another status when it is not. */
  | (Request & { readonly yields: 'httpStatus' });

/** What it means that a client is healthy; one program on the host runs this for every chain. */
export interface HealthDefinition {
  /** Must answer exactly `expect`, or the process follows another network. */
  readonly identity?: Probe & { readonly expect: string };
  readonly head: HeadProbe;
  readonly peers?: Probe & { readonly minimum: number };
  /** Reads anything that changes while the client syncs; asked only while it is not healthy. */
  readonly progress?: Probe;
}

/** How much of an Ethereum block's blobs a consensus client keeps and serves: a sample, half the columns, or all. */
export type BlobCustody = 'standard' | 'semi' | 'super';

/** A fork of a network: when, and the least version of each client that can follow it. */
export interface Fork {
  readonly name: string;
  /** ISO date and time; absent when the fork has none yet. */
  readonly at?: string;
  readonly least: Readonly<Record<string, string>>;
  readonly source: string;
}

/** A network of a chain. What a client calls it is the client's business. */
export interface NetworkDefinition {
  readonly id: string;
  /** `local`: one node that makes its own blocks, follows nobody and needs no consensus client. */
  readonly kind: 'public' | 'local';
  /** What a node answers when asked which network it follows: a chain id in decimal, a genesis hash. */
  readonly identity: string;
  /** Seconds between blocks; absent where it varies. */
  readonly blockSeconds?: number;
  /** The layer-1 network that this one settles on. */
  readonly l1?: { readonly chain: string; readonly network: string; readonly blobs: boolean };
  /** Where consensus clients may fetch a finalized state from; the first is used. */
  readonly checkpoints?: readonly string[];
  readonly forks: readonly Fork[];
}

/** A value that may be said of an optional process. Its key is that of YAML. */
export type OptionSetting =
  /** Some of these, by network: at least one, and `most` of them. */
  | {
      readonly kind: 'choices';
      readonly purpose: string;
      readonly choices: Readonly<Record<string, readonly string[]>>;
      readonly most: number;
    }
  | {
      readonly kind: 'text';
      readonly purpose: string;
      readonly pattern: RegExp;
      readonly expected: string;
      readonly example: string;
      readonly optional: true;
      /** It is of one node: no two have the same. */
      readonly ofOneNode: true;
    }
  /** Name of a secret: of a file that the process reads under `/secrets`, or of what its users must send in a header. */
  | { readonly kind: 'secret'; readonly purpose: string; readonly file: string }
  | { readonly kind: 'secret'; readonly purpose: string; readonly header: string; readonly optional: true };

/** A process that runs only where it is asked for. */
export interface OptionalProcess {
  /** What it is for. */
  readonly purpose: string;
  /** Networks of the client that it is for. */
  readonly networks: readonly string[];
  /** What may be said of it, by key; nothing when absent. */
  readonly settings?: Readonly<Record<string, OptionSetting>>;
}

/** Values by optional process and key; names of secrets are not among them. */
export type OptionSettings = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** What a client is asked to do: everything that its processes depend on. */
export interface ProcessContext {
  readonly network: NetworkDefinition;
  readonly nodeType: string;
  readonly version: string;
  /** `public`: peers connect in and out; `outbound`: the node only connects out. */
  readonly p2p: 'public' | 'outbound';
  readonly logLevel: 'info' | 'debug' | 'error';
  readonly blobCustody: BlobCustody;
  /** Id of the consensus client beside it, or its own; absent where a client runs alone. */
  readonly consensus?: string;
  /** Which of the client's `optional` processes are asked for, of those that are for the network. */
  readonly options: readonly string[];
  /** Whether it answers over IPC as well: only where it says that it can. */
  readonly ipc: boolean;
  /** What is said of them. */
  readonly optionSettings: OptionSettings;
  /** Memory that the client's processes may use together, in MiB. */
  readonly memoryMiB: number;
  /** Processes of the node's clients that come before this one. */
  readonly siblings: readonly Process[];
}

/** Disk that a client needs, in GiB, and what it grows by in a month. */
export interface DiskUse {
  readonly today: Fact<number>;
  readonly growthPerMonth: Fact<number>;
  /** What it needs while it begins, where that is more: an archive beside what is unpacked of it. */
  readonly peak?: Fact<number>;
}

/** Where a node runs. */
export type Hosting = 'instance' | 'kubernetes';

/** How a node runs, as far as a client's makers may have a word in it. */
export interface Surroundings {
  readonly network: string;
  readonly nodeType: string;
  readonly hosting: Hosting;
  readonly storage: Storage;
  readonly p2p: 'public' | 'outbound';
}

/** What a client's makers rule out, and where they say so. */
export interface RuledOut {
  /** What would have to be otherwise. */
  readonly setting: 'hosting' | 'storage' | 'p2p';
  /** Follows the client's name: `cannot run on …; use …`. */
  readonly reason: string;
  readonly source: string;
}

/** Data for a new node to begin with: an address, or how it comes by itself. */
export interface Archive extends Fact<string> {
  /** It cannot begin on an empty disk. */
  readonly needed?: true;
}

/** A program that follows a chain. */
export interface ClientDefinition {
  readonly id: string;
  /** `whole` when it needs no other client beside it. */
  readonly role: 'execution' | 'consensus' | 'whole';
  /** The version that is pinned for a network. */
  version(network: string): Fact<string>;
  /** Versions whose commit is pinned, of a program that is built; others are given as `<tag>@<commit>`. Absent: any will do. */
  readonly versions?: readonly string[];
  /** The client inside of which it runs: it has no process, version or argument of its own. */
  readonly within?: string;
  readonly architectures: readonly Architecture[];
  /** Ids of the networks that it follows. */
  readonly networks: readonly string[];
  /** Networks of its chain that it does not follow, with what people use instead. */
  readonly instead?: Readonly<Record<string, string>>;
  readonly nodeTypes: readonly string[];
  /** Processes that run only where they are asked for, by name. */
  readonly optional?: Readonly<Record<string, OptionalProcess>>;
  /** Flags that say in another way what the definition says: aliases, and files of settings. An operator may not set them. */
  readonly alsoManaged?: readonly string[];
  /** Blob custody that it can be asked for; absent where blobs are none of its business. */
  readonly blobCustody?: readonly BlobCustody[];
  /**
   * The socket over which it answers JSON-RPC where it is asked to, as its process sees it; absent where it has none. Whoever may write
   * to it reaches every namespace that the client has, those of its administration too.
   */
  readonly ipc?: Fact<string>;
  /** Its part of the node's memory, relative to the node's other clients. */
  readonly memoryWeight: number;
  processes(context: ProcessContext): readonly Process[];
  health(network: NetworkDefinition): HealthDefinition;
  /** What its makers rule out; undefined where it can run. */
  cannot?(on: Surroundings): RuledOut | undefined;
  /** Data that its makers publish for a new node to begin with. */
  archive?(on: { readonly network: string; readonly nodeType: string }): Archive | undefined;
  /** Undefined where nobody has measured it. */
  disk(on: {
    readonly network: string;
    readonly nodeType: string;
    readonly blobCustody: BlobCustody;
  }): DiskUse | undefined;
}

/** Media of a node's data: a network disk of its own, or the instance's local NVMe, which is lost with it. */
export type Storage = 'ebs' | 'instance-store';

/** Where the data of a new disk comes from. None of these touches a disk that has data. */
export type Bootstrap =
  | { readonly from: 'empty' }
  /** The newest complete backup of a node of the same chain, network, client and node type; empty when there is none yet. */
  | { readonly from: 'latest-backup'; readonly initializationRateMiBps?: number }
  | { readonly from: 'snapshot'; readonly snapshotId: string; readonly initializationRateMiBps?: number }
  /** An archive, unpacked into `directory` (as the client sees it; its data directory when absent). */
  | {
      readonly from: 'url';
      readonly url: string;
      readonly sha256?: string;
      readonly directory?: string;
      readonly strip?: number;
    };

export type VolumeType = 'gp3' | 'io2';

export interface VolumeSizing {
  readonly type: VolumeType;
  readonly sizeGiB: number;
  readonly iops: number;
  /** MiB/s; gp3 only. */
  readonly throughputMiBps?: number;
}

/** Hardware for one combination of network, clients and node type. */
export type Sizing =
  | { readonly instanceType: string; readonly storage: 'ebs'; readonly volume: VolumeSizing }
  | { readonly instanceType: string; readonly storage: 'instance-store' };

/** A client that a chain is run with, and the consensus clients that may stand beside it. */
export interface ClientChoice {
  readonly client: ClientDefinition;
  /** Clients of which one runs beside it on the networks that it follows; the first is the default. None: it runs alone. */
  readonly consensus: readonly ClientDefinition[];
  /** The consensus client starts first, and the other sees its ports; otherwise the other way round. */
  readonly consensusFirst?: boolean;
}

/** A chain: its networks, its clients, and what hardware they need. */
export interface ChainDefinition {
  readonly id: string;
  readonly networks: readonly NetworkDefinition[];
  readonly clients: readonly ClientChoice[];
  /** Names of networks and clients that do not work, or no longer, each with what to do instead. */
  readonly retired: Readonly<Record<string, string>>;
  sizing(of: NodeChoice): Fact<Sizing> | undefined;
}

/** Which node of a chain is meant. */
export interface NodeChoice {
  readonly network: string;
  readonly client: string;
  readonly consensus?: string;
  readonly nodeType: string;
  readonly blobCustody: BlobCustody;
}

/** Where a process listens on a port: on every address, or to its siblings alone. */
export const bindAddress = (port: Port): string => (port.audience === 'siblings' ? '127.0.0.1' : '0.0.0.0');

/** The number of a port that is not a range. */
export function portNumber(port: Port): number {
  if (typeof port.number === 'number') return port.number;
  throw new Error(`port ${port.name} is the range ${port.number.from}-${port.number.to}, not one number`);
}

/** The path of a port's metrics. */
export const metricsPath = (port: Port): string => port.paths?.metrics ?? '/metrics';

/** Turns declared ports into a lookup by name: a client writes each number once and its arguments refer to it. */
export function portsByName<Name extends string>(
  ports: readonly (Port & { readonly name: Name })[],
): (name: Name) => { readonly number: number; readonly address: string } {
  return (name) => {
    const port = ports.find((candidate) => candidate.name === name);
    if (!port) throw new Error(`no port ${name}; there are ${ports.map((known) => known.name).join(', ')}`);
    return { number: portNumber(port), address: bindAddress(port) };
  };
}

/** The number of a sibling's port by name, where several serve one role. */
export function siblingPort(siblings: readonly Process[], name: string): number {
  const ports = siblings.flatMap((sibling) => sibling.ports);
  const found = ports.find((port) => port.name === name);
  if (found) return portNumber(found);
  throw new Error(
    `no process of this node has a port ${name}; there are ${ports.map((port) => port.name).join(', ') || 'none'}`,
  );
}

/** The address at which siblings reach what serves `role`, such as `http://127.0.0.1:8551`. */
export function siblingUrl(siblings: readonly Process[], role: PortRole, scheme: 'http' | 'ws' = 'http'): string {
  for (const { ports } of siblings) {
    const port = ports.find(({ serves }) => serves.includes(role));
    if (port) return `${scheme}://127.0.0.1:${portNumber(port)}${port.paths?.[role] ?? ''}`;
  }
  throw new Error(
    `no process of this node serves ${role}; there are ${siblings.map(({ name }) => name).join(', ') || 'none'}`,
  );
}
