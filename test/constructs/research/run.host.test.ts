import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RESULT } from '../../../constructs/mev-engine/contract';
import { FORK_IMAGE } from '../../../constructs/research';
import type { Json } from '../../project';
import { type Past, startPast } from '../../tools/reference-engine/past';
import { type Ended, freePort, Running, run, until, which } from '../chain-node/chart/programs';
import { CHART, containerOf, folder, podOf, render } from './rendered';

/** A run of a backtest as its pod does it: the scripts, a real anvil that forks a real chain, and the reference engine. */

jest.setTimeout(120_000);

const ANVIL = process.env.ANVIL ?? 'anvil';
const ROOT = join(__dirname, '../../..');
const objects = render();
const script = (name: string): string => join(CHART, 'files', name);

/** The files of a run in the layout of the kubelet, with other addresses of the forks. */
function mounted(rpcs: readonly { readonly chain: string; readonly chainId: number; readonly rpc: string }[]): string {
  const files = mkdtempSync(join(folder, 'files-'));
  const { items } = podOf(objects).volumes.find(({ name }: Json) => name === 'files').configMap;
  const { data } = objects['ConfigMap backtest-idea'];
  for (const { key, path } of items) {
    const file = join(files, '..2026', path);
    mkdirSync(dirname(file), { recursive: true });
    const written = JSON.parse(data[key]);
    const chains = rpcs.map((one) => ({ ...one, network: 'mainnet' }));
    writeFileSync(file, JSON.stringify(path === 'engine.json' ? { ...written, chains } : written));
  }
  symlinkSync('..2026', join(files, '..data'));
  for (const top of ['engine.json', 'limits.json', 'strategies']) symlinkSync(`..data/${top}`, join(files, top));
  return files;
}

/** What prepares a run: how it ended, and the engine.json that it wrote. */
async function prepare(
  rpcs: Parameters<typeof mounted>[0],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended & { readonly root: string; readonly engine: Json }> {
  const root = mkdtempSync(join(folder, 'root-'));
  for (const path of ['etc/mev', 'out']) mkdirSync(join(root, path), { recursive: true });
  const TARGET = join(root, 'etc/mev');
  const ended = await run(['bash', script('prepare.sh')], { FILES: mounted(rpcs), TARGET, ...environment });
  const file = join(TARGET, 'engine.json');
  return { ...ended, root, engine: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined };
}

const blocksOf = ({ engine }: { readonly engine: Json }): Json[] => engine.chains.map(({ blocks }: Json) => blocks);

describe('prepare.sh', () => {
  let past: Past;
  let other: Past;
  beforeAll(async () => {
    // Both end at the same time: 1700012000.
    past = await startPast({ chainId: 1, last: 1000, every: 12 });
    other = await startPast({ chainId: 8453, last: 6000, every: 2 });
  });
  afterAll(() => Promise.all([past.close(), other.close()]));
  const one = () => [{ chain: 'ethereum', chainId: 1, rpc: past.url }];
  const two = () => [...one(), { chain: 'base', chainId: 8453, rpc: other.url }];
  const anew = async () => {
    await Promise.all([past.close(), other.close()]);
    past = await startPast({ chainId: 1, last: 1000, every: 12 });
    other = await startPast({ chainId: 8453, last: 6000, every: 2 });
  };
  beforeEach(anew);

  test.each<[string, Readonly<Record<string, string>>, readonly [from: number, to: number]]>([
    ['an hour until the newest block when nothing is said', {}, [700, 1000]],
    ['numbers', { FROM: '10', TO: '20' }, [10, 20]],
    ['one block', { FROM: '20', TO: '20' }, [20, 20]],
    ['a stretch before a number', { FROM: '2m', TO: '500' }, [490, 500]],
    ['a stretch that is longer than the chain', { FROM: '7d', TO: '500' }, [0, 500]],
    ['the newest by name', { FROM: '999', TO: 'latest' }, [999, 1000]],
    // 1700000120 and 1700000240 are the times of blocks 10 and 20.
    ['times, which blocks may have exactly', { FROM: '2023-11-14T22:15:20Z', TO: '2023-11-14T22:17:20Z' }, [10, 20]],
    ['times between those of blocks', { FROM: '2023-11-14T22:15:21Z', TO: '2023-11-14T22:17:19Z' }, [11, 19]],
    ['a time that is to come', { FROM: '12s', TO: '2100-01-01T00:00:00Z' }, [999, 1000]],
    ['where its fork is pinned', { FROM: '60s', ENDS: '{"ethereum/mainnet":800}' }, [795, 800]],
    ['another end than that of its fork', { FROM: '60s', TO: '900', ENDS: '{"ethereum/mainnet":800}' }, [895, 900]],
  ])('takes %s', async (_, environment, [from, to]) => {
    const prepared = await prepare(one(), environment);
    expect(prepared).toMatchObject({ status: 0, output: `ethereum/mainnet: blocks ${from} to ${to}\n` });
    expect(blocksOf(prepared)).toEqual([{ from, to }]);
    expect(past.standsAt).toBe(to);
  });

  test('finds the blocks of a time on each network', async () => {
    const prepared = await prepare(two(), { FROM: '10m', TO: '2023-11-15T00:00:00Z' });
    expect(blocksOf(prepared)).toEqual([
      { from: 483, to: 533 },
      { from: 2900, to: 3200 },
    ]);
    expect([past.standsAt, other.standsAt]).toEqual([533, 3200]);
    expect(past.methods).toEqual(new Set(['eth_chainId', 'eth_blockNumber', 'eth_getBlockByNumber', 'anvil_reset']));
  });

  test('leaves the other files as they are', async () => {
    const { root, engine } = await prepare(one());
    expect(engine).toMatchObject({ version: 1, engine: 'flashloan-arbitrage', backtest: { out: '/out' }, relays: [] });
    const { data } = objects['ConfigMap backtest-idea'];
    for (const [path, key] of [
      ['limits.json', 'limits.json'],
      ['strategies/idea.json', 'strategies.idea.json'],
    ] as const)
      expect(JSON.parse(readFileSync(join(root, 'etc/mev', path), 'utf8'))).toEqual(JSON.parse(data[key]));
  });

  test.each([
    ['s3://acme-archive/', '', 's3://acme-archive/'],
    ['s3://acme-archive/recorded/', 'blocks/2026/', 's3://acme-archive/recorded/blocks/2026/'],
  ])('tells the engine what of the archive %s it reads: "%s"', async (ARCHIVE, DATA, data) => {
    const { engine } = await prepare(one(), { FROM: '20', TO: '20', ARCHIVE, DATA });
    expect(engine.backtest).toEqual({ out: '/out', data });
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['FROM is behind TO', { FROM: '30', TO: '20' }, 'FROM: ethereum/mainnet has no block from 30 on until block 20\n'],
    ['TO is to come', { TO: '1001' }, 'TO: ethereum/mainnet has no block 1001; the newest is 1000\n'],
    ['TO is before the chain', { TO: '2020-01-01T00:00:00Z' }, 'TO: ethereum/mainnet has no block that early\n'],
    [
      'FROM is no time',
      { FROM: 'yesterday' },
      'FROM: "yesterday" is neither the number of a block, nor a time in UTC such as 2026-11-01T00:00:00Z, nor a stretch such as 6h\n',
    ],
    [
      'TO is no time',
      { TO: '2026-11-01' },
      'TO: "2026-11-01" is neither the number of a block, nor latest, nor a time in UTC such as 2026-11-01T00:00:00Z\n',
    ],
    ['there is no archive', { DATA: 'blocks/' }, 'DATA: there is no archive; name one in mev.research.archive\n'],
  ])('ends the run in one line, before the engine has a file, when %s', async (_, environment, output) => {
    const { engine, ...ended } = await prepare(one(), environment);
    expect(ended).toMatchObject({ status: 1, output });
    expect(engine).toBeUndefined();
  });

  test.each(['FROM', 'TO'])('takes no number for %s where there are several networks', async (name) => {
    expect(await prepare(two(), { [name]: '20' })).toMatchObject({
      status: 1,
      output: expect.stringMatching(
        `^(ethereum/mainnet: blocks .*\n)?${name}: the number of a block is of one network, and the strategy has 2; give a time\n$`,
      ),
    });
  });

  test('ends the run when a fork is of another chain', async () => {
    expect(await prepare([{ chain: 'ethereum', chainId: 5, rpc: past.url }])).toMatchObject({
      status: 1,
      output: 'ethereum/mainnet: its fork is of a chain with the id 1, and not 5\n',
    });
  });

  test('waits for a fork, and ends the run when it does not answer', async () => {
    const rpcs = one();
    const port = Number(new URL(past.url).port);
    await past.close();
    expect(await prepare(rpcs, { WAIT_SECONDS: '1' })).toMatchObject({
      status: 1,
      output: 'ethereum/mainnet: its fork has not answered within 1 seconds; the log of its container says why\n',
    });
    const later = prepare(rpcs, { FROM: '20', TO: '20' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    past = await startPast({ chainId: 1, last: 1000, every: 12, port });
    expect(await later).toMatchObject({ status: 0, output: 'ethereum/mainnet: blocks 20 to 20\n' });
  });
});

describe('result.sh', () => {
  const tell = (text: string | undefined, max: number = RESULT.maxBytes) => {
    const out = mkdtempSync(join(folder, 'out-'));
    if (text !== undefined) writeFileSync(join(out, RESULT.file), text);
    return run(['bash', script('result.sh')], { OUT: out, MAX_BYTES: String(max) }).then(({ status, output }) => ({
      status,
      output: output.replaceAll(`${out}/`, ''),
    }));
  };

  test('tells the result, as it is', async () => {
    expect(await tell('{\n  "profit": "1"\n}\n')).toEqual({ status: 0, output: '{\n  "profit": "1"\n}\n' });
  });

  test.each([
    ['there is none', undefined, 'the engine ended well and left nothing in result.json\n'],
    ['it is empty', '', 'the engine ended well and left nothing in result.json\n'],
    ['it is half a document', '{"profit": ', 'result.json holds no JSON\n'],
    ['it is too long', '{"profit": 1}', 'result.json has 13 bytes, of 12 at most\n'],
  ])('fails when %s', async (_, text, output) => {
    expect(await tell(text, text?.includes('}') ? 12 : undefined)).toEqual({ status: 1, output });
  });

  test('is given the length that engines are told', () => {
    expect(containerOf(podOf(objects), 'result').env).toEqual([{ name: 'MAX_BYTES', value: String(RESULT.maxBytes) }]);
  });
});

describe('with anvil itself', () => {
  let chainPort: number;
  let forkPort: number;
  let anvil: string;
  const programs: Running[] = [];
  // A port that was free may be somebody else's by the time that it is used, who then answers in place of anvil or not at all.
  jest.retryTimes(2, { logErrorsBeforeRetry: true });
  beforeEach(async () => {
    [chainPort, forkPort, anvil] = [await freePort(), await freePort(), which(ANVIL)];
  });
  afterEach(() => {
    for (const program of programs.splice(0)) program.signal('SIGKILL', true);
  });

  const ask = async (port: number, method: string, ...params: readonly unknown[]): Promise<Json> => {
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      signal: AbortSignal.timeout(5000),
    });
    const { result, error } = (await response.json()) as Json;
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  };
  const answers = (port: number) => () => ask(port, 'eth_chainId').catch(() => undefined);
  const hex = (value: number): string => `0x${value.toString(16)}`;

  /** The container of a fork, as its script is started: no file but those in its scratch folder can be written by it. */
  function fork(state: string): Running {
    const { args } = containerOf(podOf(objects), 'fork-ethereum');
    const own = args.map((one: string) =>
      one.startsWith('--fork-url=')
        ? `--fork-url=http://127.0.0.1:${chainPort}`
        : one.replace(/^--port=.*/, `--port=${forkPort}`),
    );
    const environment = { ANVIL: anvil, STATE: state, HOME: state, PORT: String(forkPort) };
    const started = new Running(['bash', script('fork.sh'), ...own], environment, state);
    programs.push(started);
    return started;
  }

  test('its version is that of the image', () => {
    expect(execFileSync(anvil, ['--version'], { encoding: 'utf8' })).toContain(
      `anvil Version: ${FORK_IMAGE.split(':v')[1]}\n`,
    );
  });

  test('a run reads its blocks on a fork of its own, and tells its result', async () => {
    // Before there is anything to fork it says why, and may be started again.
    const state = mkdtempSync(join(folder, 'fork-'));
    const { status, output } = await fork(state).ended;
    expect(status).toBe(1);
    expect(output).toContain('error sending request for url');

    // A chain in which somebody pays different prices in every second block.
    const chain = new Running(
      [
        anvil,
        '--quiet',
        '--chain-id=1',
        `--port=${chainPort}`,
        '--timestamp=1700000000',
        '--no-mining',
        '--order=fees',
      ],
      { HOME: folder },
      folder,
    );
    programs.push(chain);
    await until('the chain answers', answers(chainPort));
    const [from, other, to] = await ask(chainPort, 'eth_accounts');
    await ask(chainPort, 'anvil_setBlockTimestampInterval', 12);
    for (let number = 1; number <= 60; number += 1) {
      if (number % 2 === 0)
        for (const [payer, price] of [
          [from, 5e9],
          [other, 9e9],
        ])
          await ask(chainPort, 'eth_sendTransaction', { from: payer, to, value: '0x1', gasPrice: hex(price) });
      await ask(chainPort, 'evm_mine');
    }
    expect(await ask(chainPort, 'eth_blockNumber')).toBe(hex(60));

    const forked = fork(state);
    await until('the fork answers', answers(forkPort));
    const rpcs = [{ chain: 'ethereum', chainId: 1, rpc: `http://127.0.0.1:${forkPort}` }];
    const prepared = await prepare(rpcs, { FROM: '4m', TO: '50' });
    expect(prepared).toMatchObject({ status: 0, output: 'ethereum/mainnet: blocks 30 to 50\n' });

    // It stands at the last block, and what is behind that is not there, though the chain has it.
    expect(await ask(forkPort, 'eth_blockNumber')).toBe(hex(50));
    expect(await ask(forkPort, 'eth_getBlockByNumber', hex(51), false)).toBeNull();
    // State of its last block and of one before: so many were paid by then.
    const then = async (port: number, block: number) =>
      Number(await ask(port, 'eth_getTransactionCount', from, hex(block)));
    expect([await then(forkPort, 50), await then(forkPort, 31)]).toEqual([25, 15]);

    const engine = await run(
      [process.execPath, '--require', 'tsx/cjs', 'tools/reference-engine/main.ts'],
      { MEV_ROOT: prepared.root },
      ROOT,
    );
    expect(engine.status).toBe(0);
    const out = join(prepared.root, 'out');
    const told = await run(['bash', script('result.sh')], { OUT: out, MAX_BYTES: String(RESULT.maxBytes) });
    expect(told.status).toBe(0);
    const { chains, strategies } = JSON.parse(told.output);
    expect(chains).toEqual([{ chain: 'ethereum', network: 'mainnet', from: 30, to: 50 }]);
    // Blocks 30, 32, … 50 have two prices each.
    const { taken, skipped, lost } = strategies.idea.opportunities.ethereum;
    expect([taken + skipped, lost]).toEqual([11, 0]);

    // Anybody may send on it, and what is done there the chain does not see.
    const somebody = `0x${'5'.repeat(40)}`;
    await ask(forkPort, 'anvil_setBalance', somebody, hex(1e18));
    await ask(forkPort, 'eth_sendTransaction', { from: somebody, to, value: '0x1' });
    await until('it makes a block of it', async () => (await ask(forkPort, 'eth_blockNumber')) === hex(51));
    expect(Number(await ask(chainPort, 'eth_getBalance', somebody, 'latest'))).toBe(0);

    // Lost and begun again it would stand elsewhere.
    forked.signal('SIGKILL', true);
    await forked.ended;
    expect(await fork(state).ended).toEqual({
      status: 1,
      output:
        'this fork was lost within the run, by too little memory or by an upstream that went away; make another run\n',
    });
  }, 40_000);
});
