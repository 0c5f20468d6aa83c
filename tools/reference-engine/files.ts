import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  CONTRACT_VERSION,
  type EngineChain,
  type EngineFile,
  FILES,
  type LimitsFile,
  type StrategyFile,
} from '../../constructs/mev-engine/contract';

/**
 * Reads and checks what is mounted. All that cannot be understood is thrown, as one line that names the file. Files are read whole
 * each time: they are small, and Kubernetes replaces them by a link, so that each is either the old one or the new one.
 */

/** A network whose blocks this engine can read. */
export type Network = EngineChain & { readonly chainId: number };

/** What this engine reads of a strategy. */
export type Strategy = Pick<StrategyFile, 'name' | 'mode'> & {
  readonly parameters: { readonly chains: readonly string[]; readonly networks: readonly string[] };
  readonly execution: { readonly timeout: number };
};

export interface Files {
  readonly engine: Pick<EngineFile, 'engine' | 'wallets' | 'backtest'> & { readonly chains: readonly Network[] };
  readonly strategies: readonly Strategy[];
  readonly limits: LimitsFile;
  /** Of the bytes of limits.json. */
  readonly limitsSha256: string;
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where executions are published, where they are. */
  readonly streams?: Pick<NonNullable<EngineFile['streams']>, 'url' | 'user' | 'executions'> & {
    readonly password: string;
  };
}

/** A strategy's executions are given up after so many seconds unless it says otherwise. */
const EXECUTION_TIMEOUT = 30;

const version = z.literal(CONTRACT_VERSION, {
  error: ({ input }) =>
    `${input === undefined ? 'is missing' : `${JSON.stringify(input)} is not known`}; this engine knows ${CONTRACT_VERSION}`,
});
const name = z.string().min(1);
const amount = z.string().regex(/^\d+(\.\d+)?$/, 'is not a decimal number as text');
const quantity = z.strictObject({ value: amount, unit: name });
const ratio = z.number().nonnegative();

const blocks = z
  .object({ from: z.int().nonnegative(), to: z.int().nonnegative() })
  .refine(({ from, to }) => from <= to, 'ends before it begins');

const engineFile = z
  .object({
    version,
    engine: name,
    chains: z
      .array(
        z.object({
          chain: name,
          network: name,
          chainId: z.int({ error: 'is missing: this engine reads EVM chains only' }).positive(),
          rpc: z.url({ protocol: /^https?$/, error: 'is no URL of http or https' }),
          blocks: blocks.exactOptional(),
        }),
      )
      .min(1),
    wallets: z.array(z.object({ chain: name, network: name, address: name })).exactOptional(),
    gatewayToken: z.object({ header: name, file: name }).exactOptional(),
    streams: z
      .object({
        url: z.url({ protocol: /^(nats|tls)$/, error: 'is no URL of nats or tls' }),
        user: name,
        passwordFile: name,
        executions: name,
      })
      .exactOptional(),
    backtest: z.object({ out: name, data: name.exactOptional() }).exactOptional(),
  })
  .superRefine(({ chains, backtest }, context) => {
    for (const [index, one] of chains.entries()) {
      if ((one.blocks === undefined) === (backtest === undefined)) continue;
      const message = backtest ? 'is missing, and this is a backtest' : 'is there, and this is no backtest';
      context.addIssue({ code: 'custom', path: ['chains', index, 'blocks'], message });
    }
  });

const strategyFile = z.object({
  version,
  name,
  mode: z.enum(['live', 'dry-run']),
  parameters: z.object({ chains: z.array(name).min(1), networks: z.array(name).min(1).default(['mainnet']) }),
  execution: z.object({ timeout: z.number().positive().default(EXECUTION_TIMEOUT) }),
});

/** Strict, unlike the others: a limit that is not known would not be kept. */
const limitsFile: z.ZodType<LimitsFile> = z.strictObject({
  version,
  loss: z.strictObject({
    maxHourlyLoss: quantity.exactOptional(),
    maxDailyLoss: quantity.exactOptional(),
    emergencyStopLoss: quantity.exactOptional(),
  }),
  strategies: z.record(
    z.string(),
    z.strictObject({
      maxPositionSize: quantity.exactOptional(),
      minProfit: quantity.exactOptional(),
      minProfitRatio: ratio.exactOptional(),
      maxSlippage: ratio.exactOptional(),
      safetyMargin: ratio.exactOptional(),
      chains: z.record(
        z.string(),
        z.strictObject({ maxGasPrice: amount.exactOptional(), maxPriorityFee: amount.exactOptional() }),
      ),
    }),
  ),
});

/** Reads every file below `root`; `running` are the strategies that it reads again, all that are there unless given. */
export function readFiles(root: string, running?: readonly string[]): Files {
  const engine = parse(root + FILES.engine, engineFile);
  const strategies = (running ?? strategyNames(root)).map((one) => readStrategy(root, one, engine.chains));
  const limits = bytes(root + FILES.limits);
  const secret = (file: string): string => bytes(`${root}${FILES.secrets}/${file}`).toString().trim();
  const { gatewayToken, streams } = engine;
  return {
    engine,
    strategies,
    limits: parse(root + FILES.limits, limitsFile, limits),
    limitsSha256: createHash('sha256').update(limits).digest('hex'),
    headers: gatewayToken ? { [gatewayToken.header]: secret(gatewayToken.file) } : {},
    // Without its password it publishes nothing, and trades on.
    ...(streams && existsSync(`${root}${FILES.secrets}/${streams.passwordFile}`)
      ? { streams: { ...streams, password: secret(streams.passwordFile) } }
      : {}),
  };
}

/** What metrics tell apart stays as it was at the start: another strategy, mode or network comes with another pod. */
export function assertSameWork(now: Files, before: Files): void {
  const [found, expected] = [workOf(now), workOf(before)];
  if (found !== expected) throw new Error(`work is now ${found} instead of ${expected}: start another pod for it`);
}

const workOf = ({ engine: { chains }, strategies }: Files): string =>
  [['engine', chains] as const, ...strategies.map((one) => [one.name, networksOf(one, chains)] as const)]
    .map(([who, networks]) => `${who} on ${networks.map(networkKey).sort().join(' and ')}`)
    .join(', ');

/** How a network is told apart from others. */
export const networkKey = ({ chain, network }: Pick<EngineChain, 'chain' | 'network'>): string => `${chain}/${network}`;

/** The networks that a strategy looks at. */
export const networksOf = <T extends EngineChain>({ parameters }: Strategy, chains: readonly T[]): readonly T[] =>
  chains.filter(({ chain, network }) => parameters.chains.includes(chain) && parameters.networks.includes(network));

/** Why the engine is stopped; undefined while it is not. One that cannot be read stops it as well. */
export function readStop(root: string): string | undefined {
  try {
    return oneLine(readFileSync(root + FILES.stop, 'utf8')) || 'no reason given';
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : `${FILES.stop}: cannot be read: ${codeOf(error)}`;
  }
}

/** Whatever is thrown, as one line. */
export const reasonOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error));

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? reasonOf(error);

function strategyNames(root: string): readonly string[] {
  const folder = root + FILES.strategies;
  const names = listed(folder).flatMap((file) => /^([^.].*)\.json$/.exec(file)?.[1] ?? []);
  if (names.length === 0) throw new Error(`${folder}: has no strategy; mount <name>.json`);
  return names.sort();
}

function readStrategy(root: string, one: string, chains: readonly Network[]): Strategy {
  const path = `${root}${FILES.strategies}/${one}.json`;
  const strategy = parse(path, strategyFile);
  const refuse = (why: string): never => {
    throw new Error(`${path}: ${why}`);
  };
  if (strategy.name !== one) refuse(`name: is "${strategy.name}" instead of the name of its file`);
  if (strategy.mode === 'live') refuse('mode: is live, and this engine signs nothing; use dry-run');
  const known = networksOf(strategy, chains).map(({ chain }) => chain);
  const unknown = strategy.parameters.chains.find((chain) => !known.includes(chain));
  if (unknown !== undefined) refuse(`parameters.chains: ${FILES.engine} has no network of ${unknown} for it`);
  return strategy;
}

function parse<T>(path: string, schema: z.ZodType<T>, content = bytes(path)): T {
  const { success, data, error } = schema.safeParse(json(path, content));
  if (success) return data;
  const { path: at = [], message = '' } = error.issues[0] ?? {};
  throw new Error(`${path}: ${[at.join('.'), message].filter((part) => part !== '').join(': ')}`);
}

function json(path: string, content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch (error) {
    throw new Error(`${path}: is not JSON: ${reasonOf(error)}`);
  }
}

const bytes = (path: string): Buffer => orTold(path, () => readFileSync(path));
const listed = (path: string): string[] => orTold(path, () => readdirSync(path));

function orTold<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = codeOf(error);
    throw new Error(`${path}: ${code === 'ENOENT' ? 'is missing; mount it' : `cannot be read: ${code}`}`);
  }
}
