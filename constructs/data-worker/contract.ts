/**
 * What a worker of the data pipeline and its infrastructure owe each other: files, ports, health, signals, streams, metrics.
 * docs/worker-contract.md says it to people who write workers. No cdktf in here: workers that are written in TypeScript may import it.
 */

/** Version of the file below; it changes when a worker that knew the one before would misread it. */
export const WORKER_CONTRACT_VERSION = 1;

/** Where the files are, in the worker's container. */
export const WORKER_FILES = {
  worker: '/etc/mev/worker.json',
  /** One file a secret: those of streams and stores, and the worker's own by the names that it gives them. */
  secrets: '/etc/mev/secrets',
  /** The only place that can be written; it is lost with the pod. */
  scratch: '/tmp',
} as const;

/** Files of `/etc/mev/secrets` with passwords of streams and stores. */
export const PASSWORD_FILES = {
  streams: 'streams-password',
  clickhouse: 'clickhouse-password',
  postgres: 'postgres-password',
} as const;

/** Ports that the worker listens on. */
export const WORKER_PORTS = {
  /** `/livez` and `/readyz`: 200 or 503. */
  health: 8080,
  /** `/metrics`, in Prometheus' text format. */
  metrics: 9090,
} as const;

/** Bring what is outside into streams: they publish. */
export const INGESTION_ROLES = ['mempool-streams', 'price-feeds', 'market-data'] as const;
/** Make something of what is in streams: they consume. */
export const PROCESSING_ROLES = ['opportunity-detection', 'profitability-calc', 'risk-assessment'] as const;
export const WORKER_ROLES = [...INGESTION_ROLES, ...PROCESSING_ROLES] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

/** Stores that a worker may name. */
export const WORKER_STORES = ['timeseries', 'analytics', 'transactions', 'archive'] as const;
export type WorkerStore = (typeof WORKER_STORES)[number];

/** A network that the worker reads. */
export interface WorkerChain {
  readonly chain: string;
  readonly network: string;
  /** Its chain id, of EVM chains. */
  readonly chainId?: number;
  /** JSON-RPC over HTTP. */
  readonly rpc: string;
  /** The same over a websocket, where it has one. */
  readonly ws?: string;
}

/** Who it logs in as, and the file of `/etc/mev/secrets` with the password. */
export interface Login {
  readonly user: string;
  readonly passwordFile: string;
}

/** A database of ClickHouse, at its HTTP interface. */
export interface ClickHouseStore extends Login {
  readonly url: string;
  readonly database: string;
}

/** A database of Postgres. */
export interface PostgresStore extends Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** A bucket of S3. Credentials come as AWS gives them to a pod, and the SDK finds them. */
export interface ArchiveStore {
  readonly bucket: string;
  readonly region: string;
  /** Begin of every key that it may read and write. */
  readonly prefix: string;
}

/** `worker.json`. */
export interface WorkerFile {
  readonly version: typeof WORKER_CONTRACT_VERSION;
  readonly worker: string;
  readonly environment: string;
  readonly role: WorkerRole;
  readonly chains: readonly WorkerChain[];
  /** Streams of JetStream. */
  readonly streams: Login & {
    /** Such as `nats://…:4222`. */
    readonly url: string;
    readonly consumes: readonly {
      readonly stream: string;
      /** Everything in it. */
      readonly subjects: string;
      /** Name of the durable consumer, of which all its pods are: each message is for one of them. */
      readonly consumer: string;
    }[];
    readonly publishes: readonly {
      readonly stream: string;
      /** Begin of its subjects: what it publishes is under `<prefix>.<topic>`. */
      readonly prefix: string;
    }[];
  };
  /** Those that it names. */
  readonly stores: {
    readonly timeseries?: ClickHouseStore;
    readonly analytics?: ClickHouseStore;
    readonly transactions?: PostgresStore;
    readonly archive?: ArchiveStore;
  };
  /** Domains that the proxy lets through, at port 443. */
  readonly domains: readonly string[];
}

export interface WorkerMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly help: string;
}

/** What a worker exports. Every series is there from the start, with 0. */
export const WORKER_METRICS: readonly WorkerMetric[] = [
  { name: 'data_worker_info', type: 'gauge', labels: ['version'], help: 'Always 1.' },
  {
    name: 'data_worker_published_total',
    type: 'counter',
    labels: ['stream'],
    help: 'Messages that the stream has taken.',
  },
  {
    name: 'data_worker_consumed_total',
    type: 'counter',
    labels: ['stream'],
    help: 'Messages that were done with, and acknowledged.',
  },
  {
    name: 'data_worker_failed_total',
    type: 'counter',
    labels: ['stream'],
    help: 'Messages that could not be published, or not be done with; a message counts each time that it is tried.',
  },
  {
    name: 'data_worker_pending',
    type: 'gauge',
    labels: ['stream'],
    help: 'Messages of a stream that it consumes which nobody of it has been given yet, as its consumer says.',
  },
];
