import fc from 'fast-check';
import type { MevSettings } from '../../environments/environment';
import { amountOf, countsAs, digitsOf, inEth, inGwei } from '../../environments/limits';
import { amount } from '../../environments/quantity';
import { DIGEST, PRODUCTION, STRATEGY, withEngine } from './engines';
import { type Files, loadFiles } from './files';

/** Which engines run where, with which strategies, and what stops them. */

const mevOf = (files: Files, environment = 'production'): MevSettings | undefined =>
  loadFiles(files).environments.find(({ name }) => name === environment)?.mev;

const named = (name: string): string => STRATEGY.replace('name: USDC', `name: ${name}`);

test('an engine is deployed with what its strategy and the configuration say', () => {
  expect(mevOf(withEngine())).toEqual({
    killSwitchSecret: 'kill-switch',
    risk: {
      maxHourlyLoss: { value: '10', unit: 'ETH' },
      maxDailyLoss: { value: '50', unit: 'ETH' },
      emergencyStopLoss: { value: '100', unit: 'ETH' },
      maxConcurrentStrategies: 5,
    },
    engines: [
      {
        name: 'flashloan-arbitrage',
        type: 'arbitrage',
        subtype: 'cross-chain',
        image: expect.stringMatching(/^ghcr.io\/acme\/engine@sha256:a+$/),
        cpu: 2,
        memoryMiB: 4096,
        secrets: {},
        relays: [],
        egress: [],
        stopped: false,
        orderFlow: [],
        wallets: [],
        chains: [
          {
            chain: 'ethereum',
            network: 'mainnet',
            chainId: 1,
            blockSeconds: 12,
            source: { node: 'ethereum-mainnet-geth' },
            nodes: ['ethereum-mainnet-geth'],
          },
        ],
        strategies: [
          {
            name: 'usdc',
            mode: 'live',
            chains: [{ chain: 'ethereum', network: 'mainnet' }],
            document: expect.objectContaining({ parameters: expect.objectContaining({ max_position_size: 10000 }) }),
            limits: expect.objectContaining({ maxPositionSize: { value: '10000', unit: 'USDC' }, maxSlippage: 0.005 }),
            timeoutSeconds: 12,
            failureAlert: false,
          },
        ],
      },
    ],
  });
});

describe('a stage says where a strategy runs, and whether it trades', () => {
  const everywhere = (stage: string): Files => ({
    'strategies/active/usdc.yml': null,
    [`strategies/${stage}/usdc.yml`]: STRATEGY,
    ...Object.fromEntries(
      ['development', 'staging', 'production'].map((name) => [
        `${name}/overrides.yml`,
        PRODUCTION.replace('cluster: mev', `cluster: ${name}`),
      ]),
    ),
  });
  const modes = (stage: string) =>
    Object.fromEntries(
      loadFiles(everywhere(stage)).environments.map(({ name, mev }) => [name, mev?.engines[0]?.strategies[0]?.mode]),
    );

  test.each([
    ['active', { development: undefined, staging: 'dry-run', production: 'live' }],
    ['testing', { development: 'dry-run', staging: 'dry-run', production: undefined }],
    ['research', { development: 'dry-run', staging: undefined, production: undefined }],
    ['archived', { development: undefined, staging: undefined, production: undefined }],
  ])('%s', (stage, expected) => {
    expect(modes(stage)).toEqual(expected);
  });
});

test('a strategy that is disabled runs nowhere, and asks for nothing', () => {
  const strategy = [
    ['enabled: true', 'enabled: false'],
    ['engine: flashloan_arbitrage', 'engine: none'],
  ] as const;
  expect(mevOf(withEngine({ strategy }))).toBeUndefined();
});

test('a wallet is watched where its network is read', () => {
  const address = `0x${'aB'.repeat(20)}`;
  const image = `      image: ghcr.io/acme/engine@${DIGEST}\n`;
  const wallets = ['ethereum', 'base'].map(
    (chain) =>
      `        ${chain}: { address: "${address}", chain: ${chain}, min_balance: 500000000 gwei, max_outflow: 20 ETH }\n`,
  );
  const files = withEngine({ production: [[image, `${image}      wallets:\n${wallets.join('')}`]] });
  expect(mevOf(files)?.engines[0]?.wallets).toEqual([
    { chain: 'ethereum', network: 'mainnet', address, minBalance: '0.5', maxOutflow: '20' },
  ]);
});

describe('where an engine reads', () => {
  const gateway = [
    'chains:\n  ethereum',
    'global: { security: { api_rate_limits: { default: 10/second } } }\ngateway: {}\nchains:\n  ethereum',
  ] as const;
  const reads = (where: string) => ['      type: arbitrage', `      reads: ${where}\n      type: arbitrage`] as const;
  const source = (production: readonly (readonly [string, string])[]) =>
    mevOf(withEngine({ production }))?.engines[0]?.chains.map((chain) => chain.source);

  test('is the gateway, where there is one', () => expect(source([gateway])).toEqual(['gateway']));
  test('or a node, when it says so', () =>
    expect(source([gateway, reads('node')])).toEqual([{ node: 'ethereum-mainnet-geth' }]));
  test('the gateway serves what providers have alone', () => {
    const provider = [
      gateway[0],
      gateway[1].replace('gateway: {}', 'gateway: { fallbacks: { base: { mainnet: [{ name: a, secret: b }] } } }'),
    ] as const;
    const files = withEngine({ production: [provider], strategy: [['chains: [ethereum]', 'chains: [base]']] });
    expect(mevOf(files)?.engines[0]?.chains).toEqual([
      {
        chain: 'base',
        network: 'mainnet',
        chainId: 8453,
        blockSeconds: expect.any(Number),
        source: 'gateway',
        nodes: [],
      },
    ]);
  });
});

describe('a stop by commit', () => {
  const stopped = (stop: string) => {
    const files = withEngine({
      production: [['  enabled: true', `  enabled: true\n  emergency_stop: ${stop}`]],
      files: { 'strategies/active/two.yml': named('Two') },
    });
    return mevOf(files)?.engines.map(({ stopped: all, strategies }) => [all, strategies.map(({ name }) => name)]);
  };

  test.each([
    ['false', [[false, ['two', 'usdc']]]],
    ['true', [[true, ['two', 'usdc']]]],
    ['[global]', [[true, ['two', 'usdc']]]],
    ['[arbitrage]', [[true, ['two', 'usdc']]]],
    ['[nft]', [[false, ['two', 'usdc']]]],
    ['[two]', [[false, ['usdc']]]],
    ['[two, usdc]', [[true, ['two', 'usdc']]]],
  ])('%s', (stop, expected) => {
    expect(stopped(stop)).toEqual(expected);
  });
});

describe('limits', () => {
  test('are as tight as the tightest, and a fee is no more than the price', () => {
    const limits = mevOf(
      withEngine({
        production: [
          ['  strategy_limits:', '  chain_limits: { ethereum: { max_gas_price: 40 gwei } }\n  strategy_limits:'],
        ],
        strategy: [['  priority_fee: auto', '  priority_fee: 1.5 gwei']],
      }),
    )?.engines[0]?.strategies[0]?.limits;
    expect(limits?.chains).toEqual({ ethereum: { maxGasPrice: '40', maxPriorityFee: '1.5' } });
  });

  test('of the environment hold where a strategy says nothing', () => {
    const strategy = [
      ['  max_position_size: 10000\n', ''],
      ['  slippage_tolerance: 0.005\n', ''],
    ] as const;
    expect(mevOf(withEngine({ strategy }))?.engines[0]?.strategies[0]?.limits).toMatchObject({
      maxPositionSize: { value: '100', unit: 'ETH' },
      maxSlippage: 0.02,
    });
  });

  test('are exact: what is written as an amount is the same in ETH and in gwei', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (value) => {
        const wei = { unit: 'wei', value } as const;
        expect(amount.parse(`${inEth(wei).value} ETH`)).toEqual({ ok: true, value: wei });
        expect(amount.parse(`${inGwei(wei)} gwei`)).toEqual({ ok: true, value: wei });
      }),
    );
  });

  test('a number of an asset is never counted for less than it is', () => {
    const one = { unit: 'wei', value: 3n } as const;
    expect([0.5, 1, 1.1, 1e21].map((number) => amountOf(number, one).value)).toEqual([2n, 3n, 4n, 3n * 10n ** 21n]);
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e24, noNaN: true }), (number) => {
        expect(Number(digitsOf(number))).toBe(number);
        expect(digitsOf(number)).toMatch(/^\d+(\.\d+)?$/);
      }),
    );
  });

  test('ETH counts as itself, and what nobody says as nothing that is known', () => {
    expect(countsAs('WETH', {})).toEqual({ unit: 'wei', value: 10n ** 18n });
    expect(countsAs('USDC', {})).toBeUndefined();
  });
});
