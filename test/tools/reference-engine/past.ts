import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A chain that has been: so many blocks, asked for by their numbers, as a fork of it has them. */

const hex = (value: number): string => `0x${value.toString(16)}`;
const gwei = (value: number): string => hex(value * 1e9);

/** When its block 0 was made. */
export const GENESIS = 1_700_000_000;

const HASHES = Array.from({ length: 1500 }, (_, index) => hex(index).padEnd(66, '0'));

interface Shape {
  readonly chainId: number;
  /** Number of its last block. */
  readonly last: number;
  /** Seconds between two. */
  readonly every: number;
  /** Prices in gwei that were paid in a block. */
  readonly prices?: (number: number) => readonly number[];
  /** Blocks that it does not tell. */
  readonly lost?: readonly number[];
  /** Any that is free unless given. */
  readonly port?: number;
}

export interface Past {
  readonly url: string;
  /** Numbers of the blocks that it was asked for with their transactions, in order. */
  readonly read: readonly number[];
  readonly methods: ReadonlySet<string>;
  /** The block that it was made to stand at. */
  readonly standsAt: number;
  close(): Promise<void>;
}

/** `anvil_reset` is answered as anvil 1.7.1 answers: blocks behind where it stands are there no more. */
export async function startPast({
  chainId,
  last,
  every,
  prices = () => [],
  lost = [],
  port = 0,
}: Shape): Promise<Past> {
  const read: number[] = [];
  const methods = new Set<string>();
  let standsAt = last;
  const block = (number: number, whole: boolean): object | null => {
    if (whole) read.push(number);
    if (number > standsAt || lost.includes(number)) return null;
    return {
      number: hex(number),
      timestamp: hex(GENESIS + number * every),
      baseFeePerGas: gwei(10),
      gasUsed: hex(10_000_000),
      gasLimit: hex(40_000_000),
      // By their hashes alone they are many, and more than a pipe holds.
      transactions: whole ? prices(number).map((price) => ({ gasPrice: gwei(price) })) : HASHES,
    };
  };
  // biome-ignore lint/suspicious/noExplicitAny: what comes over JSON-RPC
  const results: Readonly<Record<string, (params: any[]) => unknown>> = {
    eth_chainId: () => hex(chainId),
    eth_blockNumber: () => hex(standsAt),
    eth_getBlockByNumber: ([number, whole]) => block(number === 'latest' ? standsAt : Number(number), whole),
    anvil_reset: ([{ forking }]) => {
      if (forking.blockNumber > last) return undefined;
      standsAt = forking.blockNumber;
      return null;
    },
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { method, params } = JSON.parse(body);
      methods.add(method);
      const result = results[method]?.(params);
      response.end(
        JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          ...(result === undefined ? { error: { code: -32001, message: 'Resource not found' } } : { result }),
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    read,
    methods,
    get standsAt() {
      return standsAt;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
