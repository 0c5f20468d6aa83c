import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_VERSION, FILES, RESULT } from '../../../constructs/mev-engine/contract';
import { mount } from '../kubelet';
import { type Past, startPast } from './past';

/** The reference engine with blocks of the past: a process, files as Kubernetes mounts them, and two chains that have been. */

jest.setTimeout(60_000);

const ROOT = join(__dirname, '..', '..', '..');
type Document = Readonly<Record<string, unknown>>;

let root: string;
let one: Past;
let other: Past;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'backtest-'));
  mkdirSync(join(root, FILES.out));
  // Every third block has an opportunity, which the next one ends: a profit on one chain, a loss on the other.
  one = await startPast({ chainId: 1, last: 40, every: 12, prices: (n) => (n % 3 === 0 ? [11, 15] : [16]) });
  other = await startPast({
    chainId: 8453,
    last: 300,
    every: 2,
    prices: (n) => (n === 66 ? [11, 15] : [11]),
    lost: [200],
  });
});
afterEach(async () => {
  rmSync(root, { recursive: true });
  await Promise.all([one.close(), other.close()]);
});

const chains = (ranges: { readonly one?: Document; readonly other?: Document } = {}): Document[] => [
  { chain: 'ethereum', network: 'mainnet', chainId: 1, rpc: one.url, blocks: { from: 10, to: 15 }, ...ranges.one },
  { chain: 'base', network: 'mainnet', chainId: 8453, rpc: other.url, blocks: { from: 60, to: 90 }, ...ranges.other },
];

async function run(engine: Document, limits: Document = {}) {
  const json = (document: Document): string => JSON.stringify({ version: CONTRACT_VERSION, ...document });
  mount(join(root, '/etc/mev'), {
    'engine.json': json({
      engine: 'reference',
      environment: 'test',
      type: 'arbitrage',
      subtype: 'dex-aggregation',
      relays: [],
      backtest: { out: FILES.out },
      ...engine,
    }),
    'limits.json': json({ loss: {}, strategies: {}, ...limits }),
  });
  mount(join(root, FILES.strategies), {
    'both.json': json({
      name: 'both',
      mode: 'dry-run',
      parameters: { chains: ['ethereum', 'base'] },
      execution: { timeout: 60 },
    }),
  });
  return new Promise<{ readonly status: unknown; readonly stdout: string; readonly stderr: string }>((resolve) =>
    execFile(
      process.execPath,
      ['--require', 'tsx/cjs', 'tools/reference-engine/main.ts'],
      { cwd: ROOT, env: { PATH: process.env.PATH, MEV_ROOT: root } },
      (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr: stderr.replace(root, '') }),
    ),
  );
}

const result = (): Document => JSON.parse(readFileSync(join(root, FILES.out, RESULT.file), 'utf8'));

// Two transfers at the lowest price that was taken, in gwei of which a thousand millions are an ETH.
const COST = 42_000 * 11;
const gwei = (value: number): Document => ({ value: `${value * 1e9}`, unit: 'wei' });
const none = { taken: 0, skipped: 0, lost: 0 };
const noneEnded = { landed: 0, reverted: 0, dropped: 0, failed: 0, dry_run: 0 };

test('looks at just the blocks that it is given, leaves what came of them, and ends by itself', async () => {
  const { status, stdout, stderr } = await run({ chains: chains() });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(result()).toEqual({
    engine: 'reference',
    chains: [
      { chain: 'ethereum', network: 'mainnet', from: 10, to: 15 },
      { chain: 'base', network: 'mainnet', from: 60, to: 90 },
    ],
    strategies: {
      both: {
        // The last one of ethereum has no block after it, and is cancelled.
        opportunities: { ethereum: { ...none, taken: 2 }, base: { ...none, taken: 1 } },
        executions: { ethereum: { ...noneEnded, dry_run: 2 }, base: { ...noneEnded, dry_run: 1 } },
        profit: gwei(10_000_000 * 5 - COST),
        loss: gwei(COST),
      },
    },
  });
  expect(one.read).toEqual([10, 11, 12, 13, 14, 15]);
  expect(other.read).toEqual(Array.from({ length: 31 }, (_, index) => 60 + index));
  expect(
    [...one.methods, ...other.methods].filter((method) => !/^eth_(chainId|getBlockByNumber)$/.test(method)),
  ).toEqual([]);
  // In the order of their times: block 66 of the one is older than block 12 of the other.
  const blocks = stdout.split('\n').flatMap((line) => /"block":(\d+)/.exec(line)?.[1] ?? []);
  expect(blocks).toEqual(['66', '12', '15']);
});

test('is held to the same limits, by the time of the blocks', async () => {
  const within = { maxHourlyLoss: { value: `${COST}`, unit: 'gwei' } };
  expect((await run({ chains: chains() }, { loss: within })).status).toBe(0);
  expect(result()).toMatchObject({ strategies: { both: { opportunities: { ethereum: { taken: 0, skipped: 2 } } } } });
  // An hour and more after the loss.
  const later = chains({ one: { blocks: { from: 312, to: 315 } } });
  await one.close();
  one = await startPast({ chainId: 1, last: 400, every: 12, prices: (n) => (n % 3 === 0 ? [11, 15] : [16]) });
  expect(
    (
      await run(
        { chains: later.map((chain, index) => (index === 0 ? { ...chain, rpc: one.url } : chain)) },
        { loss: within },
      )
    ).status,
  ).toBe(0);
  expect(result()).toMatchObject({ strategies: { both: { opportunities: { ethereum: { taken: 2, skipped: 0 } } } } });
});

test.each<[string, () => Document, string]>([
  [
    'a block cannot be read',
    () => ({ chains: chains({ other: { blocks: { from: 199, to: 201 } } }) }),
    'base/mainnet: block 200: eth_getBlockByNumber: an answer that cannot be read: {"jsonrpc":"2.0","id":1,"result":null}\n',
  ],
  [
    'a fork is of another chain',
    () => ({ chains: chains({ one: { chainId: 5 } }) }),
    'ethereum/mainnet: block 10: follows another network: it answers with the chain id 1\n',
  ],
  [
    'a chain has no blocks',
    () => ({ chains: chains({ one: { blocks: undefined } }) }),
    '/etc/mev/engine.json: chains.0.blocks: is missing, and this is a backtest\n',
  ],
  [
    'blocks end before they begin',
    () => ({ chains: chains({ one: { blocks: { from: 5, to: 4 } } }) }),
    '/etc/mev/engine.json: chains.0.blocks: ends before it begins\n',
  ],
  [
    'it has blocks and is no backtest',
    () => ({ chains: chains(), backtest: undefined }),
    '/etc/mev/engine.json: chains.0.blocks: is there, and this is no backtest\n',
  ],
])('says so in one line, and leaves no result, when %s', async (_, engine, reason) => {
  const { status, stderr } = await run(engine());
  expect({ status, stderr }).toEqual({ status: 1, stderr: reason });
  expect(() => result()).toThrow('ENOENT');
});
