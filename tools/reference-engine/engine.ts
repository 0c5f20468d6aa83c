import { randomUUID } from 'node:crypto';
import type { ExecutionMessage } from '../../constructs/mev-engine/contract';
import { type Balances, type Block, type Fees, type Look, look } from './chain';
import {
  assertSameWork,
  type Files,
  type Network,
  networkKey,
  networksOf,
  readFiles,
  readStop,
  reasonOf,
  type Strategy,
} from './files';
import { emptyLedger, type Ledger, recordBegun, recordEnd, recordSkipped } from './ledger';
import { decimalText, LONGEST_LOSS_SECONDS, lossRefusal, refusal } from './limits';
import { find, type Outcome, settle } from './strategy';
import { enqueue, type Waiting } from './streams';

/** What the engine knows, and what it decides. Times in seconds since 1970. */
export interface Engine {
  readonly root: string;
  /** The last that were understood. */
  files: Files;
  /** Why a file cannot be understood at present. */
  trouble: string | undefined;
  /** Why it is stopped at present. */
  stop: string | undefined;
  /** When it last read its files. */
  readAt: number;
  readonly networks: ReadonlyMap<string, NetworkState>;
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** Executions that have ended and are to be published. */
  readonly outbox: Waiting[];
}

export interface NetworkState {
  /** Newest block that was read; 0 before. */
  head: number;
  /** When the network last answered as itself; 0 before. */
  answeredAt: number;
  /** Why it cannot be read at present. */
  trouble: string | undefined;
  /** The chain id that it answered with, where that is another network's. */
  foreign: number | undefined;
  balances: Balances;
}

/** Tells what happened, for the log. */
export type Tell = (event: string, what: Readonly<Record<string, unknown>>) => void;

/** Reads the files for the first time; whatever cannot be understood is thrown. */
export function start(root: string, now: number): Engine {
  const files = readFiles(root);
  const { chains } = files.engine;
  return {
    root,
    files,
    trouble: undefined,
    stop: readStop(root),
    readAt: now,
    networks: new Map(chains.map((network) => [networkKey(network), unknownNetwork()])),
    ledgers: new Map(
      files.strategies.map((strategy) => [
        strategy.name,
        emptyLedger(networksOf(strategy, chains).map(({ chain }) => chain)),
      ]),
    ),
    outbox: [],
  };
}

const unknownNetwork = (): NetworkState => ({
  head: 0,
  answeredAt: 0,
  trouble: undefined,
  foreign: undefined,
  balances: new Map(),
});

/** Reads the files again. While one cannot be understood, the last ones stay for what is told, and nothing is begun. */
export function reread(engine: Engine, now: number, tell: Tell): void {
  const { files, trouble, stop } = engine;
  engine.readAt = now;
  engine.stop = readStop(engine.root);
  try {
    const read = readFiles(engine.root, [...engine.ledgers.keys()]);
    assertSameWork(read, files);
    engine.files = read;
    engine.trouble = undefined;
  } catch (error) {
    engine.trouble = reasonOf(error);
  }
  if (engine.trouble !== trouble) tell('files', { trouble: engine.trouble ?? null });
  if (engine.stop !== stop) tell('stop', { reason: engine.stop ?? null });
  if (engine.files.limitsSha256 !== files.limitsSha256) tell('limits', { sha256: engine.files.limitsSha256 });
  giveUp(engine, now);
}

/** Cancels what must not go on: everything while stopped, and what has taken too long. */
export function giveUp(engine: Engine, now: number): void {
  for (const { name, execution } of engine.files.strategies) {
    const ledger = ledgerOf(engine, name);
    for (const [network, { begun }] of [...ledger.open]) {
      if (engine.stop !== undefined || now - begun > execution.timeout) end(engine, name, network, undefined, now);
    }
  }
}

/** Cancels everything: the process ends. */
export function cancelAll(engine: Engine, now: number): void {
  for (const [name, ledger] of engine.ledgers) {
    for (const network of [...ledger.open.keys()]) end(engine, name, network, undefined, now);
  }
}

/** Of what no limit on losses has a unit for that wei can be counted in. */
const UNIT = 'ETH';

/** Ends an execution, and tells of it where somebody wants to know. */
function end(engine: Engine, strategy: string, key: string, outcome: Outcome | undefined, now: number): void {
  const { files, ledgers, outbox } = engine;
  const open = ledgers.has(strategy) ? recordEnd(ledgerOf(engine, strategy), key, outcome, now) : undefined;
  if (!open || !files.streams) return;
  const { maxHourlyLoss, maxDailyLoss, emergencyStopLoss } = files.limits.loss;
  const unit = (maxHourlyLoss ?? maxDailyLoss ?? emergencyStopLoss)?.unit ?? UNIT;
  const wei = outcome?.profit ?? 0n;
  const [profit, loss] = wei >= 0n ? [wei, 0n] : [0n, -wei];
  const message: ExecutionMessage = {
    at: new Date(now * 1000).toISOString(),
    engine: files.engine.engine,
    strategy,
    mode: 'dry-run',
    chain: open.chain,
    network: open.network,
    status: 'dry_run',
    ...inOneUnit(profit, loss, unit),
    tx: '',
  };
  enqueue(outbox, { id: randomUUID(), message });
}

/** In the unit of the limits, or in what it can be counted in. */
function inOneUnit(profit: bigint, loss: bigint, unit: string): Pick<ExecutionMessage, 'profit' | 'loss' | 'unit'> {
  const [gained, lost] = [decimalText(profit, unit), decimalText(loss, unit)];
  if (gained !== undefined && lost !== undefined) return { profit: gained, loss: lost, unit };
  return inOneUnit(profit, loss, UNIT);
}

/** Why nothing may be begun at present; undefined while something may. */
export function idleReason({ trouble, stop, ledgers, files }: Engine, now: number): string | undefined {
  const losses = [...ledgers.values()].flatMap((ledger) => ledger.losses);
  return trouble ?? stop ?? lossRefusal(losses, files.limits.loss, now);
}

/** Looks at one network once. */
export async function lookAt(engine: Engine, key: string, signal: AbortSignal, tell: Tell): Promise<void> {
  const network = engine.files.engine.chains.find((one) => networkKey(one) === key);
  const state = engine.networks.get(key);
  if (!network || !state) return;
  const { trouble, foreign } = state;
  try {
    const wallets = (engine.files.engine.wallets ?? []).filter((wallet) => networkKey(wallet) === key);
    const addresses = wallets.map(({ address }) => address);
    takeIn(engine, network, state, await look(network, state.head, addresses, engine.files.headers, signal), tell);
    state.trouble = undefined;
  } catch (error) {
    if (signal.aborted) return;
    state.trouble = reasonOf(error);
  }
  if (state.trouble !== trouble) tell('network', { network: key, trouble: state.trouble ?? null });
  if (state.foreign !== foreign) tell('network', { network: key, foreign: state.foreign ?? null });
}

function takeIn(engine: Engine, network: Network, state: NetworkState, { chainId, seen }: Look, tell: Tell): void {
  const now = seconds();
  state.foreign = chainId === network.chainId ? undefined : chainId;
  if (state.foreign === undefined) state.answeredAt = now;
  if (!seen) return;
  state.head = seen.block.number;
  state.balances = seen.balances;
  for (const strategy of engine.files.strategies) {
    if (networksOf(strategy, [network]).length > 0) consider(engine, strategy, network, seen, now, tell);
  }
}

/** Looks at a new block: ends what was begun before, and begins what it finds, where that is allowed. */
export function consider(
  engine: Engine,
  strategy: Strategy,
  { chain, network }: Network,
  { block, fees }: { readonly block: Block; readonly fees: Fees },
  now: number,
  tell: Tell,
): void {
  const ledger = ledgerOf(engine, strategy.name);
  const own = ledger.chains.get(chain);
  if (!own) return;
  const key = networkKey({ chain, network });
  const open = ledger.open.get(key);
  if (open) end(engine, strategy.name, key, settle(open.opportunity, block), now);
  forget(ledger, now);
  ledger.heartbeat = now;
  const opportunity = find(block, fees);
  if (!opportunity) return;
  const limits = engine.files.limits.strategies[strategy.name];
  const reason = idleReason(engine, now) ?? refusal({ ...opportunity, chain }, limits);
  tell('opportunity', { strategy: strategy.name, network: key, block: block.number, skipped: reason ?? null });
  if (reason !== undefined) {
    recordSkipped(own, opportunity, now);
    return;
  }
  recordBegun(own, opportunity, now);
  // Here an engine that is live would sign and send.
  ledger.open.set(key, { chain, network, begun: now, opportunity });
}

function forget({ losses }: Ledger, now: number): void {
  while ((losses[0]?.at ?? now) <= now - LONGEST_LOSS_SECONDS) losses.shift();
}

export const seconds = (): number => Date.now() / 1000;

function ledgerOf({ ledgers }: Engine, name: string): Ledger {
  const ledger = ledgers.get(name);
  if (!ledger) throw new Error(`${name} is no strategy of this engine`);
  return ledger;
}
