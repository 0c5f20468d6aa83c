import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_METRICS, FILES } from '../../constructs/mev-engine/contract';
import {
  CHAIN_ID,
  type Chain,
  type Document,
  engineFile,
  eth,
  eventually,
  limitsFile,
  type Mounted,
  mounted,
  type Running,
  run,
  STRATEGIES,
  startChain,
  strategyFile,
  WALLET,
} from './reference-engine/running';

/** The reference engine for real: a process, files as Kubernetes mounts them, and a chain that makes blocks. */

jest.setTimeout(60_000);

describe('an engine that runs', () => {
  let chain: Chain;
  let files: Mounted;
  let engine: Running;
  let ports: { readonly health: number; readonly metrics: number };

  const get = async (port: number, path: string): Promise<{ readonly status: number; readonly text: string }> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const readyz = () => get(ports.health, '/readyz');
  const scrape = async (): Promise<string> => (await get(ports.metrics, '/metrics')).text;
  /** A series, by all that stands before its value. */
  const value = (text: string, series: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    if (line === undefined) throw new Error(`no series ${series} in:\n${text}`);
    return Number(line.slice(series.length));
  };
  const of = (strategy: string, name: string, more = ''): string => `${name}{strategy="${strategy}"${more}}`;
  const ON_CHAIN = ',chain="ethereum"';

  /** Makes a block with these prices, and tells what the engine exports once it has looked at it. */
  const block = async (...prices: readonly number[]): Promise<string> => {
    const number = chain.next(...prices);
    return eventually(async () => {
      const text = await scrape();
      expect(value(text, 'mev_head_number{chain="ethereum",network="mainnet"}')).toBe(number);
      return text;
    });
  };
  const counts = (text: string, strategy: string) => ({
    taken: value(text, of(strategy, 'mev_opportunities_total', `${ON_CHAIN},result="taken"`)),
    skipped: value(text, of(strategy, 'mev_opportunities_total', `${ON_CHAIN},result="skipped"`)),
    dry_run: value(text, of(strategy, 'mev_executions_total', `${ON_CHAIN},status="dry_run"`)),
  });
  const trading = (text: string) => [
    value(text, of('limited', 'mev_strategy_trading')),
    value(text, of('free', 'mev_strategy_trading')),
  ];
  const inForce = async (document: Document): Promise<void> => {
    files.set({ limits: document });
    const sha256 = createHash('sha256').update(JSON.stringify(document)).digest('hex');
    await eventually(async () => {
      const text = await scrape();
      expect(text.match(/^mev_limits_info.*$/gm)).toEqual([`mev_limits_info{sha256="${sha256}"} 1`]);
    });
  };

  beforeAll(async () => {
    chain = await startChain();
    chain.answers = false;
    files = mounted(chain.url);
    engine = run(files.root);
    ports = await eventually(async () => {
      const started = JSON.parse(engine.output.stdout.split('\n')[0] ?? '');
      expect(started).toMatchObject({ event: 'started', engine: 'reference' });
      return started;
    });
  });
  afterAll(async () => {
    engine.process.kill('SIGKILL');
    await engine.ended;
    await chain.close();
    rmSync(files.root, { recursive: true });
  });
  /** It never ends by itself, whatever is done to it. */
  afterEach(() => expect(engine.output.stderr).toBe(''));

  test('exports every metric with its labels before the first block, with 0, and nothing of what it does not know', async () => {
    const text = await scrape();
    expect(text).not.toMatch(/^mev_wallet_balance/m);
    for (const { name, type, labels } of ENGINE_METRICS) {
      expect(text).toContain(`\n# TYPE ${name} ${type}\n`);
      if (name === 'mev_wallet_balance') continue;
      const family = type === 'histogram' ? `${name}(?:_bucket|_sum|_count)` : name;
      const found = [...text.matchAll(new RegExp(`^${family}\\{(.*)\\} (.*)$`, 'gm'))];
      expect([name, found.length > 0]).toEqual([name, true]);
      for (const [line, pairs = '', number] of found) {
        const given = [...pairs.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le');
        expect([line, given]).toEqual([line, labels]);
        const one = /_info$|_trading$/.test(name);
        expect([line, number]).toEqual([line, one ? '1' : '0']);
      }
    }
    const named = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    expect([...named]).toEqual(ENGINE_METRICS.map(({ name }) => name));
    for (const status of ['landed', 'reverted', 'dropped', 'failed', 'dry_run'])
      expect(value(text, of('free', 'mev_executions_total', `${ON_CHAIN},status="${status}"`))).toBe(0);
    for (const result of ['taken', 'skipped', 'lost'])
      expect(value(text, of('free', 'mev_opportunities_total', `${ON_CHAIN},result="${result}"`))).toBe(0);
  });

  test('lives before its network answers, and is not ready', async () => {
    expect(await get(ports.health, '/livez')).toEqual({ status: 200, text: 'ok\n' });
    await eventually(async () =>
      expect(await readyz()).toEqual({
        status: 503,
        text: 'ethereum/mainnet: has not answered within a minute: eth_chainId: HTTP status 503\n',
      }),
    );
    expect((await get(ports.health, '/metrics')).status).toBe(404);
  });

  test('follows the head once it answers, with the token of the gateway', async () => {
    chain.answers = true;
    const before = Date.now() / 1000;
    const text = await block();
    expect(await readyz()).toEqual({ status: 200, text: 'ok\n' });
    for (const strategy of ['limited', 'free']) {
      expect(value(text, of(strategy, 'mev_strategy_heartbeat_timestamp_seconds'))).toBeGreaterThanOrEqual(before);
      expect(counts(text, strategy)).toEqual({ taken: 0, skipped: 0, dry_run: 0 });
    }
    expect(value(text, `mev_wallet_balance{chain="ethereum",network="mainnet",wallet="${WALLET}",unit="ETH"}`)).toBe(
      2.5,
    );
    expect([...chain.tokens]).toEqual(['first']);
    files.secrets({ gateway: 'second\n' });
    await eventually(async () => expect([...chain.tokens]).toEqual(['first', 'second']));
  });

  const COST = (42_000 * 12) / 1e9;

  test('takes an opportunity within its limits, and ends it as a dry run', async () => {
    const begun = await block(11, 15);
    expect(counts(begun, 'limited')).toEqual({ taken: 1, skipped: 0, dry_run: 0 });
    expect(value(begun, of('limited', 'mev_position_size', ',unit="ETH"'))).toBeCloseTo(0.11, 9);
    expect(value(begun, of('limited', 'mev_opportunity_profit_ratio', ON_CHAIN))).toBeCloseTo((0.04 - COST) / 0.11, 9);
    expect(value(begun, of('limited', 'mev_gas_price_gwei', ON_CHAIN))).toBe(12);
    expect(value(begun, of('limited', 'mev_priority_fee_gwei', ON_CHAIN))).toBe(2);
    await eventually(async () =>
      expect(value(await scrape(), of('limited', 'mev_execution_oldest_seconds'))).toBeGreaterThan(0.2),
    );
    const ended = await block(16);
    expect(counts(ended, 'limited')).toEqual({ taken: 1, skipped: 0, dry_run: 1 });
    expect(value(ended, of('limited', 'mev_profit_total', ',unit="ETH"'))).toBeCloseTo(0.05 - COST, 9);
    expect(value(ended, of('limited', 'mev_loss_total', ',unit="ETH"'))).toBe(0);
    expect(value(ended, of('limited', 'mev_position_size', ',unit="ETH"'))).toBe(0);
    expect(value(ended, of('limited', 'mev_execution_oldest_seconds'))).toBe(0);
    expect(value(ended, of('limited', 'mev_execution_seconds_count', ON_CHAIN))).toBe(1);
    expect(value(ended, of('limited', 'mev_execution_seconds_sum', ON_CHAIN))).toBeGreaterThan(0.2);
  });

  test('counts a loss', async () => {
    await block(12, 15);
    const ended = await block(11);
    expect(value(ended, of('limited', 'mev_loss_total', ',unit="ETH"'))).toBeCloseTo(0.01 + COST, 9);
    expect(value(ended, of('limited', 'mev_slippage_ratio', ON_CHAIN))).toBeCloseTo(4 / 15, 9);
  });

  /** So many blocks with the same opportunity, and one without: what each strategy did, and whether it was trading. */
  const offered = async (times: number) => {
    const before = await scrape();
    let during = before;
    for (let time = 0; time < times; time += 1) during = await block(11, 15);
    const after = await block();
    const change = (strategy: string) => {
      const [from, to] = [counts(before, strategy), counts(after, strategy)];
      return { taken: to.taken - from.taken, skipped: to.skipped - from.skipped, dry_run: to.dry_run - from.dry_run };
    };
    return { limited: change('limited'), free: change('free'), trading: trading(during) };
  };
  const taken = (times: number) => ({ taken: times, skipped: 0, dry_run: times });
  const skipped = (times: number) => ({ taken: 0, skipped: times, dry_run: 0 });
  const trades = async (): Promise<void> =>
    expect(await offered(1)).toEqual({ limited: taken(1), free: taken(1), trading: [1, 1] });
  const tradesNothing = async (): Promise<void> =>
    expect(await offered(1)).toEqual({ limited: skipped(1), free: skipped(1), trading: [0, 0] });

  test.each<[string, Document]>([
    ['a smaller position', { maxPositionSize: eth('0.109999999999999999') }],
    ['a position in another unit', { maxPositionSize: { value: '1000000', unit: 'USDC' } }],
    ['more profit', { minProfit: eth('0.04') }],
    ['a higher ratio of profit', { minProfitRatio: 0.37 }],
    ['less slippage', { maxSlippage: 0.04 }],
    ['a lower price of gas', { chains: { ethereum: { maxGasPrice: '11.9' } } }],
    ['a lower priority fee', { chains: { ethereum: { maxPriorityFee: '1.9' } } }],
  ])('skips the same opportunities when limits ask for %s, without a restart', async (_, limits) => {
    await inForce(limitsFile(limits));
    expect(await offered(2)).toEqual({ limited: skipped(2), free: taken(2), trading: [1, 1] });
  });

  test('takes them when they are exactly at their limits', async () => {
    await inForce(
      limitsFile({
        maxPositionSize: { value: '110000000', unit: 'gwei' },
        minProfit: eth('0.039496'),
        maxSlippage: 0.0417,
        chains: { ethereum: { maxGasPrice: '12', maxPriorityFee: '2.0' } },
      }),
    );
    await trades();
    expect(await scrape()).toContain('mev_position_size{strategy="limited",unit="gwei"} 0\n');
  });

  test('stops at its own losses, and goes on when the limit allows more', async () => {
    const [limit, more] = [limitsFile({}, { maxHourlyLoss: eth('0.01') }), limitsFile({}, { maxHourlyLoss: eth('9') })];
    await inForce(limit);
    await tradesNothing();
    expect((await readyz()).status).toBe(200);
    await inForce(more);
    await trades();
  });

  test.each<[string, () => void, string]>([
    [
      'limits of another version',
      () => files.set({ limits: { ...limitsFile(), version: 2 } }),
      '/etc/mev/limits.json: version: 2 is not known; this engine knows 1',
    ],
    ['half a file', () => files.set({ limits: '{"version": 1, "lo' }), '/etc/mev/limits.json: is not JSON: '],
    [
      'a limit that nobody knows',
      () => files.set({ limits: limitsFile({ maxLeverage: 2 }) }),
      '/etc/mev/limits.json: strategies.limited: Unrecognized key: "maxLeverage"',
    ],
    [
      'a number that is no text',
      () => files.set({ limits: limitsFile({ minProfit: { value: 0.1, unit: 'ETH' } }) }),
      '/etc/mev/limits.json: strategies.limited.minProfit.value: ',
    ],
    [
      'a strategy that is live',
      () => files.strategies({ ...STRATEGIES, limited: strategyFile('limited', { mode: 'live' }) }),
      '/etc/mev/strategies/limited.json: mode: is live, and this engine signs nothing; use dry-run',
    ],
    [
      'a strategy that is gone',
      () => files.strategies({ free: strategyFile('free') }),
      '/etc/mev/strategies/limited.json: is missing; mount it',
    ],
    [
      'another network',
      () =>
        files.set({
          engine: engineFile(chain.url, {
            chains: [
              ...(engineFile(chain.url).chains as Document[]),
              { chain: 'base', network: 'mainnet', chainId: 8453, rpc: chain.url },
            ],
          }),
        }),
      'work is now engine on base/mainnet and ethereum/mainnet, ',
    ],
    ['no token of the gateway', () => files.secrets({}), '/etc/mev/secrets/gateway: is missing; mount it'],
  ])('does not trade on %s, says why, and recovers', async (_, spoil, reason) => {
    const good = limitsFile();
    await inForce(good);
    spoil();
    await eventually(async () => expect((await readyz()).status).toBe(503));
    const { text } = await readyz();
    expect(text.replace(files.root, '').slice(0, reason.length)).toBe(reason);
    expect(text.trim()).not.toContain('\n');
    await tradesNothing();
    expect((await get(ports.health, '/livez')).status).toBe(200);
    // Those that are in force are told, until others are.
    expect(await scrape()).toContain(createHash('sha256').update(JSON.stringify(good)).digest('hex'));
    files.set({ engine: engineFile(chain.url), limits: good });
    files.strategies(STRATEGIES);
    files.secrets({ gateway: 'second\n' });
    await eventually(async () => expect(await readyz()).toEqual({ status: 200, text: 'ok\n' }));
    await trades();
  });

  test('begins nothing while there is a reason to stop, and cancels what was open', async () => {
    const open = await block(11, 15);
    files.stop('HourlyLoss');
    await eventually(async () => expect(trading(await scrape())).toEqual([0, 0]));
    const stopped = await scrape();
    expect(value(stopped, of('free', 'mev_position_size', ',unit="ETH"'))).toBe(0);
    expect(counts(stopped, 'free').dry_run).toBe(counts(open, 'free').dry_run + 1);
    await tradesNothing();
    expect((await readyz()).status).toBe(200);
    expect(engine.output.stdout).toContain('{"event":"stop","reason":"HourlyLoss"}\n');
    files.stop(undefined);
    await eventually(async () => expect(trading(await scrape())).toEqual([1, 1]));
    await trades();
  });

  test('gives an execution up after the time that its strategy has by now', async () => {
    files.strategies({
      ...STRATEGIES,
      free: strategyFile('free', { execution: { engine: 'reference', timeout: 0.5 } }),
    });
    const before = counts(await block(11, 15), 'free');
    await eventually(async () => expect(counts(await scrape(), 'free').dry_run).toBe(before.dry_run + 1));
    const given = await scrape();
    expect(counts(given, 'limited').dry_run).toBe(counts(given, 'limited').taken - 1);
    const ended = await block();
    expect(counts(ended, 'limited').dry_run).toBe(counts(ended, 'limited').taken);
  });

  test('reads no blocks of another chain, and names its id', async () => {
    const before = await block();
    chain.chainId = 5;
    await eventually(async () =>
      expect(await readyz()).toEqual({
        status: 503,
        text: 'ethereum/mainnet: follows another network: it answers with the chain id 5\n',
      }),
    );
    chain.next(11, 15);
    chain.lately.clear();
    // Three looks: what was under way when the chain changed is over after the first.
    for (let look = 0; look < 3; look += 1) {
      await eventually(async () => expect([...chain.lately]).toContain('eth_chainId'));
      if (look > 0) expect([...chain.lately]).toEqual(['eth_chainId']);
      chain.lately.clear();
    }
    expect(counts(await scrape(), 'free')).toEqual(counts(before, 'free'));
    chain.chainId = CHAIN_ID;
    await eventually(async () => expect((await readyz()).status).toBe(200));
  });

  test('ends at SIGTERM with status 0, whatever is open', async () => {
    await block(11, 15);
    const start = Date.now();
    engine.process.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    expect(Date.now() - start).toBeLessThan(2000);
    expect(engine.output.stdout).toMatch(/\{"event":"ended","signal":"SIGTERM"\}\n$/);
  });

  test('has sent nothing to the chain in all that time', () => {
    expect([...chain.methods].sort()).toEqual([
      'eth_blockNumber',
      'eth_chainId',
      'eth_gasPrice',
      'eth_getBalance',
      'eth_getBlockByNumber',
      'eth_maxPriorityFeePerGas',
    ]);
  });
});

describe('an engine that does not start says why in one line, with status 1', () => {
  const RPC = 'http://127.0.0.1:1';
  const chainless = { chains: [{ chain: 'solana', network: 'mainnet', rpc: RPC }] };

  test.each<[string, (files: Mounted) => void, string]>([
    ['without limits', ({ root }) => rmSync(join(root, FILES.limits)), '/etc/mev/limits.json: is missing; mount it'],
    ['without strategies', (files) => files.strategies({}), '/etc/mev/strategies: has no strategy; mount <name>.json'],
    [
      'with another version of engine.json',
      (files) => files.set({ engine: engineFile(RPC, { version: 2 }) }),
      '/etc/mev/engine.json: version: 2 is not known; this engine knows 1',
    ],
    [
      'with limits of no version',
      (files) => files.set({ limits: { loss: {}, strategies: {} } }),
      '/etc/mev/limits.json: version: is missing; this engine knows 1',
    ],
    [
      'with a strategy that is live',
      (files) => files.strategies({ ...STRATEGIES, free: strategyFile('free', { mode: 'live' }) }),
      '/etc/mev/strategies/free.json: mode: is live, and this engine signs nothing; use dry-run',
    ],
    [
      'with a strategy of another name',
      (files) => files.strategies({ other: strategyFile('free') }),
      '/etc/mev/strategies/other.json: name: is "free" instead of the name of its file',
    ],
    [
      'with a strategy on a chain that it does not read',
      (files) => files.strategies({ free: strategyFile('free', { parameters: { chains: ['ethereum', 'base'] } }) }),
      '/etc/mev/strategies/free.json: parameters.chains: /etc/mev/engine.json has no network of base for it',
    ],
    [
      'with a chain that it cannot read',
      (files) => files.set({ engine: engineFile(RPC, chainless) }),
      '/etc/mev/engine.json: chains.0.chainId: is missing: this engine reads EVM chains only',
    ],
  ])('%s', async (_, spoil, reason) => {
    const files = mounted(RPC);
    try {
      spoil(files);
      const { output, ended } = run(files.root);
      expect([await ended, output.stderr.replace(files.root, ''), output.stdout]).toEqual([1, `${reason}\n`, '']);
    } finally {
      rmSync(files.root, { recursive: true });
    }
  });
});
