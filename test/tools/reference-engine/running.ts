import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_VERSION, FILES, REREAD_SECONDS } from '../../../constructs/mev-engine/contract';
import { mount } from '../kubelet';

/** What the reference engine runs with for real: files as Kubernetes mounts them, and a chain that makes blocks. */

const ROOT = join(__dirname, '..', '..', '..');
export const CHAIN_ID = 31_337;

/** A chain that makes a block when it is told to, and keeps in mind what it was asked. */
export interface Chain {
  readonly url: string;
  readonly methods: Set<string>;
  /** Those since it was cleared. */
  readonly lately: Set<string>;
  readonly tokens: Set<string>;
  chainId: number;
  answers: boolean;
  /** Makes a block in which these prices were paid, in gwei; answers with its number. */
  next(...prices: readonly number[]): number;
  close(): Promise<void>;
}

const hex = (value: number): string => `0x${value.toString(16)}`;
const gwei = (value: number): string => hex(value * 1e9);
const GAS_USED = 10_000_000;

export async function startChain(): Promise<Chain> {
  let number = 100;
  let prices: readonly number[] = [];
  const transaction = (price: number): object =>
    // Of both kinds: what pays a fee above the base fee, and what pays a price.
    price % 2 === 0 ? { gasPrice: gwei(price) } : { maxFeePerGas: gwei(999), maxPriorityFeePerGas: gwei(price - 10) };
  const results = (): Readonly<Record<string, unknown>> => ({
    eth_chainId: hex(chain.chainId),
    eth_blockNumber: hex(number),
    eth_gasPrice: gwei(12),
    eth_maxPriorityFeePerGas: gwei(2),
    eth_getBalance: gwei(2.5e9),
    eth_getBlockByNumber: {
      number: hex(number),
      timestamp: hex(1_700_000_000 + number),
      baseFeePerGas: gwei(10),
      gasUsed: hex(GAS_USED),
      gasLimit: hex(40_000_000),
      transactions: prices.map(transaction),
    },
  });
  const answer = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    const { method } = JSON.parse(body) as { method: string };
    chain.methods.add(method);
    chain.lately.add(method);
    chain.tokens.add(String(request.headers['x-token']));
    if (chain.answers) response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: results()[method] }));
    else response.writeHead(503).end();
  };
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => answer(request, body, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const chain: Chain = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    methods: new Set(),
    lately: new Set(),
    tokens: new Set(),
    chainId: CHAIN_ID,
    answers: true,
    next: (...paid) => {
      prices = paid;
      number += 1;
      return number;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return chain;
}

export type Document = Readonly<Record<string, unknown>>;

export const WALLET = '0x00000000000000000000000000000000000000aa';
export const engineFile = (rpc: string, change: Document = {}): Document => ({
  version: CONTRACT_VERSION,
  engine: 'reference',
  environment: 'test',
  type: 'arbitrage',
  subtype: 'dex-aggregation',
  chains: [{ chain: 'ethereum', network: 'mainnet', chainId: CHAIN_ID, rpc }],
  relays: [],
  wallets: [{ chain: 'ethereum', network: 'mainnet', address: WALLET }],
  gatewayToken: { header: 'X-Token', file: 'gateway' },
  ...change,
});
export const strategyFile = (name: string, change: Document = {}): Document => ({
  version: CONTRACT_VERSION,
  name,
  mode: 'dry-run',
  strategy: { name, type: 'arbitrage', subtype: 'dex-aggregation', enabled: true, risk_level: 'low' },
  parameters: { asset: 'ETH', chains: ['ethereum'] },
  execution: { engine: 'reference', timeout: 30 },
  monitoring: {},
  ...change,
});
/** Of the strategy `limited`; the other has none. */
export const limitsFile = (limits: Document = {}, loss: Document = {}): Document => ({
  version: CONTRACT_VERSION,
  loss,
  strategies: { limited: { chains: { ethereum: { maxGasPrice: '100', maxPriorityFee: '10' } }, ...limits } },
});
export const eth = (value: string): Document => ({ value, unit: 'ETH' });

/** What is mounted at `/etc/mev`, below a root of its own. */
export interface Mounted {
  readonly root: string;
  set(files: { readonly engine?: Document; readonly limits?: Document | string }): void;
  strategies(files: Readonly<Record<string, Document>>): void;
  secrets(files: Readonly<Record<string, string>>): void;
  stop(reason: string | undefined): void;
}

export function mounted(rpc: string): Mounted {
  const root = mkdtempSync(join(tmpdir(), 'engine-'));
  let [engine, limits]: [Document, Document | string] = [engineFile(rpc), limitsFile()];
  const text = (document: Document | string): string =>
    typeof document === 'string' ? document : JSON.stringify(document);
  const at = (path: string): string => join(root, path);
  const files: Mounted = {
    root,
    set: (change) => {
      engine = change.engine ?? engine;
      limits = change.limits ?? limits;
      mount(at('/etc/mev'), { 'engine.json': text(engine), 'limits.json': text(limits) });
    },
    strategies: (all) =>
      mount(
        at(FILES.strategies),
        Object.fromEntries(Object.entries(all).map(([name, one]) => [`${name}.json`, text(one)])),
      ),
    secrets: (all) => mount(at(FILES.secrets), all),
    stop: (reason) => mount(at('/etc/mev/stop'), reason === undefined ? {} : { reason }),
  };
  files.set({});
  files.strategies(STRATEGIES);
  files.secrets({ gateway: 'first\n' });
  files.stop(undefined);
  return files;
}

export const STRATEGIES = { limited: strategyFile('limited'), free: strategyFile('free') };

export interface Running {
  readonly process: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
}

export function run(root: string): Running {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'tools/reference-engine/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, MEV_ROOT: root, MEV_HEALTH_PORT: '0', MEV_METRICS_PORT: '0' },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  return { process: child, output, ended: new Promise((resolve) => child.on('close', resolve)) };
}

/** Tries until it holds, as long as a changed file may take to be in force. */
export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  const end = Date.now() + REREAD_SECONDS * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
