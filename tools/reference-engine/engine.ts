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
import { LONGEST_LOSS_SECONDS, lossRefusal, refusal } from './limits';
import { find, settle } from './strategy';

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
      if (engine.stop !== undefined || now - begun > execution.timeout) recordEnd(ledger, network, undefined, now);
    }
  }
}

/** Cancels everything: the process ends. */
export function cancelAll({ ledgers }: Engine, now: number): void {
  for (const ledger of ledgers.values()) {
    for (const network of [...ledger.open.keys()]) recordEnd(ledger, network, undefined, now);
  }
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
  if (open) recordEnd(ledger, key, settle(open.opportunity, block), now);
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
  ledger.open.set(key, { chain, begun: now, opportunity });
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
