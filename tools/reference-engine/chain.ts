import { z } from 'zod';
import type { Network } from './files';

/** Reads a chain by JSON-RPC over HTTP. There is no method in here that signs or sends. */

const REQUEST_MILLISECONDS = 5000;

export interface Transaction {
  /** What was paid for a unit of gas, in wei. */
  readonly price: bigint;
}

/** A block, as far as the strategy reads it; amounts in wei. */
export interface Block {
  readonly number: number;
  /** When it was made, in seconds since 1970. */
  readonly timestamp: number;
  readonly baseFee: bigint;
  readonly gasUsed: bigint;
  readonly gasLimit: bigint;
  readonly transactions: readonly Transaction[];
}

/** What somebody would offer at this moment for a unit of gas, in wei. */
export interface Fees {
  readonly gasPrice: bigint;
  readonly priorityFee: bigint;
}

/** What wallets hold, in wei, by their addresses. */
export type Balances = ReadonlyMap<string, bigint>;

/** What one look at a network tells; `seen` where there is a block that is newer than the one before. */
export interface Look {
  readonly chainId: number;
  readonly seen?: { readonly block: Block; readonly fees: Fees; readonly balances: Balances };
}

const hex = z
  .string()
  .regex(/^0x[0-9a-f]+$/i)
  .transform(BigInt);

const block = z
  .object({
    number: hex,
    timestamp: hex,
    // Chains before EIP-1559 have none.
    baseFeePerGas: hex.default(0n),
    gasUsed: hex,
    gasLimit: hex,
    transactions: z.array(
      z.object({ gasPrice: hex.optional(), maxFeePerGas: hex.optional(), maxPriorityFeePerGas: hex.optional() }),
    ),
  })
  .transform(
    ({ number, timestamp, baseFeePerGas: baseFee, gasUsed, gasLimit, transactions }): Block => ({
      number: Number(number),
      timestamp: Number(timestamp),
      baseFee,
      gasUsed,
      gasLimit,
      transactions: transactions.map(({ gasPrice = 0n, maxFeePerGas, maxPriorityFeePerGas }) => ({
        price:
          maxFeePerGas === undefined || maxPriorityFeePerGas === undefined
            ? gasPrice
            : least(maxFeePerGas, baseFee + maxPriorityFeePerGas),
      })),
    }),
  );

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/** Asks one method; what comes of it must have this shape. Errors name the method, never the URL: a token may stand in it. */
type Ask = <T>(method: string, params: readonly unknown[], shape: z.ZodType<T>) => Promise<T>;

const asker =
  ({ rpc }: Network, headers: Readonly<Record<string, string>>, signal: AbortSignal): Ask =>
  async (method, params, shape) => {
    const answer = await fetch(rpc, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      // A token is for this address alone.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MILLISECONDS)]),
    }).catch((error: Error & { readonly cause?: { readonly code?: string } }) => {
      throw new Error(`${method}: no answer: ${error.cause?.code ?? error.name}`);
    });
    if (!answer.ok) throw new Error(`${method}: HTTP status ${answer.status}`);
    const body = await answer.json().catch(() => undefined);
    const { success, data } = z.object({ result: shape }).safeParse(body);
    if (!success) throw new Error(`${method}: an answer that cannot be read: ${JSON.stringify(body)?.slice(0, 200)}`);
    return data.result;
  };

/** Reads a block of the past. Throws where the network follows another chain. */
export async function readBlock(
  network: Network,
  number: number,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Block> {
  const ask = asker(network, headers, signal);
  const [chainId, read] = await Promise.all([
    ask('eth_chainId', [], hex),
    ask('eth_getBlockByNumber', [`0x${number.toString(16)}`, true], block),
  ]);
  if (Number(chainId) !== network.chainId)
    throw new Error(`follows another network: it answers with the chain id ${chainId}`);
  return read;
}

/** Looks at a network once. Whatever follows another chain is not asked for its blocks. */
export async function look(
  network: Network,
  after: number,
  wallets: readonly string[],
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Look> {
  const ask = asker(network, headers, signal);
  const chainId = Number(await ask('eth_chainId', [], hex));
  if (chainId !== network.chainId) return { chainId };
  const head = await ask('eth_blockNumber', [], hex);
  if (Number(head) <= after) return { chainId };
  const [newest, gasPrice, priorityFee, balances] = await Promise.all([
    ask('eth_getBlockByNumber', [`0x${head.toString(16)}`, true], block),
    ask('eth_gasPrice', [], hex),
    ask('eth_maxPriorityFeePerGas', [], hex),
    Promise.all(wallets.map(async (one) => [one, await ask('eth_getBalance', [one, 'latest'], hex)] as const)),
  ]);
  return {
    chainId,
    seen: { block: newest, fees: { gasPrice, priorityFee }, balances: new Map(balances) },
  };
}
