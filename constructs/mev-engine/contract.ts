/**
 * What an engine and its infrastructure owe each other: files, ports, health, signals, metrics. docs/engine-contract.md says it to
 * people who write engines. No cdktf in here: engines that are written in TypeScript may import it.
 */

/** Version of the files below; it changes when an engine that knew the one before would misread them. */
export const CONTRACT_VERSION = 1;

/** Where the files are, in the engine's container. Each is replaced whole when it changes, without a restart. */
export const FILES = {
  engine: '/etc/mev/engine.json',
  limits: '/etc/mev/limits.json',
  /** One file a strategy: `<name>.json`. */
  strategies: '/etc/mev/strategies',
  /** One file a secret, by the names that the engine gives them. */
  secrets: '/etc/mev/secrets',
  /** It is there, with a reason in it, while the engine is stopped. */
  stop: '/etc/mev/stop/reason',
  /** The only place that can be written; it is lost with the pod. */
  scratch: '/tmp',
  /** Where a backtest leaves what it found, and nothing else is; it is lost with the pod. */
  out: '/out',
} as const;

/** What a backtest leaves in {@link FILES.out}: one JSON document of at most so many bytes, which becomes the log of its job. */
export const RESULT = { file: 'result.json', maxBytes: 8 * 1024 * 1024 } as const;
/** File of `/etc/mev/secrets` with the token that the gateway knows the engine by, where it has one. */
export const GATEWAY_TOKEN = 'gateway-token';

/** File of `/etc/mev/secrets` with the password of streams, where there are some. */
export const STREAMS_PASSWORD = 'streams-password';

/** Ports that the engine listens on. */
export const PORTS = {
  /** `/livez` and `/readyz`: 200 or 503. */
  health: 8080,
  /** `/metrics`, in Prometheus' text format. */
  metrics: 9090,
} as const;

/** What an engine beside a node has of it, in its own container. */
export const BESIDE = {
  ipc: '/node/ipc/node.ipc',
  data: '/node/data',
  /** MiB that its proxy and what guards it take of the machine, beside its own memory. */
  overheadMiB: 256,
} as const;

/** Seconds after which a changed file must be in force. */
export const REREAD_SECONDS = 15;

/** What a stop is of: this for all engines, else a type, an engine, or a strategy by the name of its file. */
export const GLOBAL_SCOPE = 'global';

/** Whether a strategy signs and sends, or does everything but that. */
export type Mode = 'live' | 'dry-run';

/** A decimal number and what it counts: `{"value": "0.01", "unit": "ETH"}`. Text, so that no digit is lost. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

/** A network that the engine reads. */
export interface EngineChain {
  readonly chain: string;
  readonly network: string;
  /** Its chain id, of EVM chains. */
  readonly chainId?: number;
  /** JSON-RPC over HTTP. */
  readonly rpc: string;
  /** The same over a websocket, where it has one. */
  readonly ws?: string;
  /** The same over a socket of the machine, of the node that the engine stands beside. */
  readonly ipc?: string;
  /** Where the data of that node can be read, as far as its user lets others. */
  readonly dataDirectory?: string;
  /** Of a backtest, and always there in one: the blocks that it looks at, in their order, in place of those that come. */
  readonly blocks?: BlockRange;
}

/** The first and the last of some blocks. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** What makes a run of an engine a backtest. Its `rpc` are forks of its own that stand at the last of its blocks. */
export interface Backtest {
  /** Folder that it leaves its result in. */
  readonly out: string;
  /** Recorded data that it may read: `s3://<bucket>/<prefix>`. */
  readonly data?: string;
}

/** A wallet that the engine uses, on a network that it reads. */
export interface EngineWallet {
  readonly chain: string;
  readonly network: string;
  /** As the label `wallet` of its balance has it. */
  readonly address: string;
}

/** Order flow that the engine takes. */
export interface EngineOrderFlow {
  /** As the engine's `order_flow` names it. */
  readonly name: string;
  /**
   * `protected-rpc`, which takes transactions; or what brings them: `feed-relay` (a websocket), `shredstream-proxy` (gRPC without TLS),
   * `bdn-gateway` (a websocket), and others that the catalogue has.
   */
  readonly kind: string;
  readonly chain: string;
  readonly network: string;
  /** Its address; absent where a secret holds it. */
  readonly url?: string;
  /** The secret, by its name, that holds its address. */
  readonly file?: string;
  /** A header that must be sent to it, and the secret, by its name, that is its value. */
  readonly authorization?: { readonly header: string; readonly file: string };
}

/** `engine.json`. */
export interface EngineFile {
  readonly version: typeof CONTRACT_VERSION;
  readonly engine: string;
  readonly environment: string;
  readonly type: string;
  readonly subtype: string;
  readonly chains: readonly EngineChain[];
  /** Domains that the proxy lets through, at port 443; those of order flow among them. */
  readonly relays: readonly string[];
  /** Absent where the engine takes none. */
  readonly orderFlow?: readonly EngineOrderFlow[];
  /** Alias or ARN of the key in KMS that signs, where the engine has one; both are taken for `KeyId` of `Sign`. */
  readonly signingKey?: string;
  /** Wallets whose balances it tells, each in the currency of its network; absent where none is watched. */
  readonly wallets?: readonly EngineWallet[];
  /** The header by which the gateway knows the engine as premium, and the secret, by its name, that is its value. */
  readonly gatewayToken?: { readonly header: string; readonly file: string };
  /** It is there in a backtest, and only then: the engine looks at the blocks of its chains, leaves its result, and ends. */
  readonly backtest?: Backtest;
  /** Where it publishes what it did, where the environment keeps that. Without the file of the password it publishes nothing, and trades. */
  readonly streams?: {
    /** Such as `nats://…:4222`. */
    readonly url: string;
    readonly user: string;
    /** The secret, by its name, that is the password. */
    readonly passwordFile: string;
    /** Begin of the subjects of executions: one is published under `<executions>.<strategy>`. */
    readonly executions: string;
  };
}

/** How an execution ended. */
export const EXECUTION_STATUSES = ['landed', 'reverted', 'dropped', 'failed', 'dry_run'] as const;

/** What is published of an execution that has ended: a JSON object with these keys, one a message. */
export interface ExecutionMessage {
  /** When it ended: `2026-11-25T12:00:00.123Z`. */
  readonly at: string;
  /** Name of the engine. */
  readonly engine: string;
  readonly strategy: string;
  readonly mode: Mode;
  readonly chain: string;
  readonly network: string;
  readonly status: (typeof EXECUTION_STATUSES)[number];
  /** Decimal numbers, as text so that no digit is lost, of which at most one is not 0; after costs. */
  readonly profit: string;
  readonly loss: string;
  /** What both are counted in: that of the limits on losses, and `ETH` where there are none. */
  readonly unit: string;
  /** Hash of the transaction or id of the bundle; empty where nothing was sent. */
  readonly tx: string;
}

/** `strategies/<name>.json`: the strategist's file, and how it is run here. Its sections are as they were written. */
export interface StrategyFile {
  readonly version: typeof CONTRACT_VERSION;
  /** Name of its file: what metrics, alerts and scopes call it. */
  readonly name: string;
  readonly mode: Mode;
  readonly strategy: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly execution: Readonly<Record<string, unknown>>;
  readonly monitoring: Readonly<Record<string, unknown>>;
}

/** What bounds one strategy: of each limit the tightest that applies to it. What is absent is not limited. */
export interface StrategyLimits {
  readonly maxPositionSize?: Quantity;
  /** Least profit of one execution, beside the ratio. */
  readonly minProfit?: Quantity;
  /** As a part of the position: 0.001 is 0.1 %. */
  readonly minProfitRatio?: number;
  readonly maxSlippage?: number;
  readonly safetyMargin?: number;
  /** By chain, in gwei. */
  readonly chains: Readonly<Record<string, { readonly maxGasPrice?: string; readonly maxPriorityFee?: string }>>;
}

/** `limits.json`. */
export interface LimitsFile {
  readonly version: typeof CONTRACT_VERSION;
  /** Of all engines of the environment together, after costs. The engine stops at its own losses; the infrastructure counts all. */
  readonly loss: {
    readonly maxHourlyLoss?: Quantity;
    readonly maxDailyLoss?: Quantity;
    readonly emergencyStopLoss?: Quantity;
  };
  readonly strategies: Readonly<Record<string, StrategyLimits>>;
}

export interface EngineMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

const metric = (type: EngineMetric['type'], name: string, labels: readonly string[], help: string): EngineMetric => ({
  name,
  type,
  labels,
  help,
});

/**
 * What an engine exports. Every series is there from the start, with 0: a counter that begins with a loss would hide it. But for balances:
 * one that is not known yet and told as 0 would look as if it was taken.
 */
export const ENGINE_METRICS: readonly EngineMetric[] = [
  metric('gauge', 'mev_engine_info', ['version'], 'Always 1.'),
  metric('gauge', 'mev_limits_info', ['sha256'], 'Always 1: the hash of the bytes of limits.json that are in force.'),
  metric('gauge', 'mev_head_number', ['chain', 'network'], 'Newest block that the engine has read.'),
  metric(
    'gauge',
    'mev_strategy_heartbeat_timestamp_seconds',
    ['strategy'],
    'When the strategy last looked at a block, whether it found anything or not.',
  ),
  metric(
    'gauge',
    'mev_strategy_trading',
    ['strategy'],
    '1 while it trades, 0 while a limit, a stop or a file that it cannot understand keeps it from that.',
  ),
  metric('counter', 'mev_profit_total', ['strategy', 'unit'], 'Profit of executions that ended well, after costs.'),
  metric(
    'counter',
    'mev_loss_total',
    ['strategy', 'unit'],
    'Loss of executions that did not, costs of failed ones included.',
  ),
  metric(
    'gauge',
    'mev_position_size',
    ['strategy', 'unit'],
    'The largest position that is open, in the unit of its limit.',
  ),
  metric(
    'counter',
    'mev_opportunities_total',
    ['strategy', 'chain', 'result'],
    'Opportunities, by what came of them: taken, skipped (by a limit or for too little profit), lost (another was faster).',
  ),
  metric(
    'gauge',
    'mev_opportunity_profit_ratio',
    ['strategy', 'chain'],
    'Profit that the best opportunity of the last minute promised, as a part of the position; 0 when there was none.',
  ),
  metric(
    'counter',
    'mev_executions_total',
    ['strategy', 'chain', 'status'],
    'Executions, by how they ended: landed, reverted, dropped (not included in time), failed (not sent), dry_run.',
  ),
  metric('histogram', 'mev_execution_seconds', ['strategy', 'chain'], 'From the decision to the end of an execution.'),
  metric(
    'gauge',
    'mev_execution_oldest_seconds',
    ['strategy'],
    'How long the oldest execution that has not ended has been under way; 0 when there is none.',
  ),
  metric(
    'gauge',
    'mev_gas_price_gwei',
    ['strategy', 'chain'],
    'Highest gas price that was offered in the last minute; 0 when none was.',
  ),
  metric(
    'gauge',
    'mev_priority_fee_gwei',
    ['strategy', 'chain'],
    'Highest priority fee of the last minute; 0 when there was none.',
  ),
  metric(
    'gauge',
    'mev_slippage_ratio',
    ['strategy', 'chain'],
    'Worst slippage of the last minute; 0 when nothing was executed.',
  ),
  metric(
    'gauge',
    'mev_wallet_balance',
    ['chain', 'network', 'wallet', 'unit'],
    'Balance of each wallet of engine.json, in the currency of its network; not told before it is known.',
  ),
];
