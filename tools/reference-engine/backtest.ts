import type { BlockRange, Quantity } from '../../constructs/mev-engine/contract';
import { type Block, readBlock } from './chain';
import { cancelAll, consider, type Engine, giveUp, type Tell } from './engine';
import { type Network, networkKey, networksOf, reasonOf } from './files';
import type { ChainLedger } from './ledger';
import { feesIn } from './strategy';

/** The same strategies under the same limits, with blocks of the past: their time is that of the blocks. */

/** What a backtest came to. */
export interface Result {
  readonly engine: string;
  readonly chains: readonly (BlockRange & { readonly chain: string; readonly network: string })[];
  readonly strategies: Readonly<Record<string, StrategyResult>>;
}

interface StrategyResult {
  /** By chain. */
  readonly opportunities: Readonly<Record<string, ChainLedger['opportunities']>>;
  readonly executions: Readonly<Record<string, ChainLedger['executions']>>;
  readonly profit: Quantity;
  readonly loss: Quantity;
}

type Past = Network & { readonly blocks: BlockRange };

/** Looks at every block of every network, in the order of their times. Throws where one cannot be read: a part is no result. */
export async function backtest(engine: Engine, signal: AbortSignal, tell: Tell): Promise<Result> {
  const networks = engine.files.engine.chains.map(({ blocks, ...network }): Past => {
    if (!blocks) throw new Error(`${networkKey(network)}: has no blocks`);
    return { ...network, blocks };
  });
  const waiting = await Promise.all(networks.map((network) => read(engine, network, network.blocks.from, signal)));
  for (let first = earliest(waiting); first; first = earliest(waiting)) {
    const { network, block } = first;
    lookBack(engine, network, block, tell);
    const at = waiting.indexOf(first);
    if (block.number === network.blocks.to) waiting.splice(at, 1);
    else waiting[at] = await read(engine, network, block.number + 1, signal);
  }
  cancelAll(engine, Math.max(0, ...[...engine.ledgers.values()].map(({ heartbeat }) => heartbeat)));
  return resultOf(engine, networks);
}

interface Waiting {
  readonly network: Past;
  readonly block: Block;
}

const earliest = (waiting: readonly Waiting[]): Waiting | undefined =>
  waiting.reduce<Waiting | undefined>(
    (first, one) => (first === undefined || one.block.timestamp < first.block.timestamp ? one : first),
    undefined,
  );

async function read(engine: Engine, network: Past, number: number, signal: AbortSignal): Promise<Waiting> {
  try {
    return { network, block: await readBlock(network, number, engine.files.headers, signal) };
  } catch (error) {
    throw new Error(`${networkKey(network)}: block ${number}: ${reasonOf(error)}`);
  }
}

function lookBack(engine: Engine, network: Network, block: Block, tell: Tell): void {
  giveUp(engine, block.timestamp);
  for (const strategy of engine.files.strategies)
    if (networksOf(strategy, [network]).length > 0)
      consider(engine, strategy, network, { block, fees: feesIn(block) }, block.timestamp, tell);
}

const wei = (value: bigint): Quantity => ({ value: value.toString(), unit: 'wei' });

const resultOf = ({ files, ledgers }: Engine, networks: readonly Past[]): Result => ({
  engine: files.engine.engine,
  chains: networks.map(({ chain, network, blocks }) => ({ chain, network, ...blocks })),
  strategies: Object.fromEntries(
    [...ledgers].map(([name, { chains, profit, loss }]): [string, StrategyResult] => {
      const byChain = <T>(of: (ledger: ChainLedger) => T): Record<string, T> =>
        Object.fromEntries([...chains].map(([chain, ledger]) => [chain, of(ledger)]));
      return [
        name,
        {
          opportunities: byChain(({ opportunities }) => opportunities),
          executions: byChain(({ executions }) => executions),
          profit: wei(profit),
          loss: wei(loss),
        },
      ];
    }),
  ),
});
