import { parse } from 'yaml';
import type { GatewayConfigProps, RateLimits } from '../../../constructs/rpc-gateway';
import {
  ERPC_VERSION,
  erpcConfig,
  erpcYaml,
  gatewaySecrets,
  stopGraceSeconds,
} from '../../../constructs/rpc-gateway/config';
import keys from './erpc-keys.json';
import { PROPS } from './gateway';
import { type Keys, unknownKeys } from './keys';

const config = erpcConfig(PROPS);
const [project] = config.projects;
const of = (change: Partial<GatewayConfigProps>) => erpcConfig({ ...PROPS, ...change });
const limits = (change: Partial<RateLimits>) => of({ rateLimits: { ...PROPS.rateLimits, ...change } });
const [ethereum, arbitrum] = PROPS.chains;
if (!ethereum || !arbitrum || !project) throw new Error('the gateway of the tests has two chains');

describe('upstreams of a chain', () => {
  test('are its nodes in their order, then its fallbacks, each with the chain id that it must have', () => {
    expect(project.upstreams.map(({ id, tags, evm }) => [id, tags, evm.chainId])).toEqual([
      ['ethereum-sepolia-geth', ['tier:own'], 11_155_111],
      ['ethereum-sepolia-reth', ['tier:own'], 11_155_111],
      ['ethereum-sepolia-first', ['tier:fallback'], 11_155_111],
      ['ethereum-sepolia-second', ['tier:fallback'], 11_155_111],
      ['arbitrum-mainnet-nitro', ['tier:own'], 42_161],
    ]);
  });

  test('are reached by their address, fallbacks by a secret', () => {
    expect(project.upstreams.map(({ endpoint }) => endpoint)).toEqual([
      'http://ethereum-sepolia-geth.test.internal:8545',
      'http://ethereum-sepolia-reth.test.internal:8545',
      '${SECRET_MEV_RPC_FIRST}',
      '${SECRET_SECOND_RPC}',
      'http://arbitrum-mainnet-nitro.test.internal:8547/rpc',
    ]);
  });

  test('are asked for their heads often, but fallbacks, which get nothing else while they are not needed', () => {
    expect(project.upstreams.map((upstream) => [upstream.evm.statePollerInterval, 'routing' in upstream])).toEqual([
      ['2s', false],
      ['2s', false],
      ['30s', true],
      ['30s', true],
      ['2s', false],
    ]);
    expect(project.upstreams[2]).toMatchObject({ routing: { probe: 'off' } });
  });

  test('are chosen by the policy: own nodes that are healthy and near the head, then fallbacks, then anybody', () => {
    const { evalFunc, evalInterval } = project.networkDefaults.selectionPolicy;
    const steps = [...evalFunc.matchAll(/^ {4}\.(\w+)/gm)].map((match) => match[1]);
    expect(steps).toEqual([
      'removeCordoned',
      'excludeIf',
      'excludeIf',
      'excludeIf',
      'preferTag',
      'whenEmpty',
      'sortByScore',
      'stickyPrimary',
      'probeExcluded',
    ]);
    expect(evalInterval).toBe('2s');
    // eRPC would take it for an environment variable.
    expect(evalFunc).not.toContain('$');
  });
});

describe('networks', () => {
  test('are those of the chains, by id and by name', () => {
    expect(project.networks).toEqual([
      { architecture: 'evm', alias: 'ethereum-sepolia', evm: { chainId: 11_155_111 } },
      { architecture: 'evm', alias: 'arbitrum-mainnet', evm: { chainId: 42_161 } },
    ]);
  });
});

describe('time and tries', () => {
  test('a client waits no longer than it should, and half of that for one node', () => {
    expect(project.networkDefaults.failsafe).toEqual([
      { matchMethod: '*', timeout: { duration: '30000ms' }, retry: { maxAttempts: 4, delay: '100ms' } },
    ]);
    expect(project.upstreamDefaults.failsafe).toEqual([{ matchMethod: '*', timeout: { duration: '15000ms' } }]);
    expect(config.server).toMatchObject({ maxTimeout: '31000ms', writeTimeout: '41000ms' });
  });

  test('no tries again are one try', () => {
    expect(of({ retryAttempts: 0 }).projects[0]?.networkDefaults.failsafe[0]?.retry.maxAttempts).toBe(1);
  });

  test('a pod stops when open requests have ended, or when eRPC would wait no longer', () => {
    expect(config.server).toMatchObject({ waitBeforeShutdown: '5000ms', waitAfterShutdown: '35000ms' });
    expect(stopGraceSeconds(PROPS)).toBe(40);
    expect(of({ rpcTimeoutMs: 4000 }).server.waitAfterShutdown).toBe('10000ms');
    expect(stopGraceSeconds({ ...PROPS, rpcTimeoutMs: 300_000 })).toBe(40);
  });
});

describe('limits', () => {
  test('are counted by client, in the unit that they were said in', () => {
    expect(config.rateLimiters).toEqual({
      store: { driver: 'memory' },
      budgets: [
        { id: 'default', rules: [{ method: '*', maxCount: 1000, period: 'hour', perIP: true }] },
        { id: 'premium', rules: [{ method: '*', maxCount: 10_000, period: 'hour', perIP: true }] },
      ],
    });
    for (const per of ['second', 'minute', 'hour', 'day'] as const) {
      expect(limits({ default: { count: 5, per } }).rateLimiters.budgets[0]?.rules[0]).toMatchObject({
        maxCount: 5,
        period: per,
      });
    }
  });

  test('premium is who has the token; everyone else is default; nobody chooses an upstream', () => {
    expect(project.auth.strategies).toEqual([
      {
        type: 'secret',
        rateLimitBudget: 'premium',
        secret: { id: 'premium', value: '${SECRET_MEV_RPC_TOKEN}' },
      },
      { type: 'network', rateLimitBudget: 'default', network: { allowedCIDRs: ['0.0.0.0/0', '::/0'] } },
    ]);
    expect(project.allowClientDirectives).toBe('');
  });

  test('without a secret nobody is premium', () => {
    const alone = of({ rateLimits: { default: { count: 1, per: 'second' } } });
    expect(alone.rateLimiters.budgets.map(({ id }) => id)).toEqual(['default']);
    expect(alone.projects[0]?.auth.strategies.map(({ type }) => type)).toEqual(['network']);
  });
});

describe('secrets', () => {
  test('have a name that Kubernetes takes, and the one that they come from', () => {
    expect(gatewaySecrets(PROPS)).toEqual([
      { variable: 'SECRET_MEV_RPC_FIRST', name: 'mev-rpc-first', key: 'url', remote: 'mev/rpc/First' },
      { variable: 'SECRET_MEV_RPC_TOKEN', name: 'mev-rpc-token', key: 'token', remote: 'mev/rpc-token' },
      { variable: 'SECRET_SECOND_RPC', name: 'second-rpc', key: 'url', remote: 'second-rpc' },
    ]);
  });

  test('one may serve several chains', () => {
    const fallbacks = [{ name: 'first', secret: 'mev/rpc/First' }];
    expect(gatewaySecrets({ ...PROPS, chains: [ethereum, { ...arbitrum, fallbacks }] })).toHaveLength(3);
  });

  test('two that come to one name are refused', () => {
    const fallbacks = [{ name: 'x', secret: 'second.rpc' }];
    expect(() => gatewaySecrets({ ...PROPS, chains: [ethereum, { ...arbitrum, fallbacks }] })).toThrow(
      'the secrets second-rpc (url) and second.rpc (url) need names that differ',
    );
    expect(() =>
      gatewaySecrets({ ...PROPS, chains: [{ ...arbitrum, fallbacks: [{ name: 'x', secret: '//' }] }] }),
    ).toThrow('//: no name of a Kubernetes Secret comes of it');
  });
});

describe('what would not do is refused', () => {
  const chain = { ...arbitrum, chain: 'ethereum', network: 'sepolia' };
  test.each<[string, () => unknown]>([
    ['there is no chain to serve', () => of({ chains: [] })],
    [
      'ethereum-sepolia and arbitrum-mainnet have one chain id, 11155111, by which eRPC tells them apart',
      () => of({ chains: [ethereum, { ...arbitrum, chainId: 11_155_111 }] }),
    ],
    ['arbitrum-mainnet has neither a node nor a fallback', () => of({ chains: [{ ...arbitrum, upstreams: [] }] })],
    [
      'two upstreams are x',
      () => of({ chains: [{ ...arbitrum, upstreams: [1, 2].map(() => ({ id: 'x', url: 'http://x' })) }] }),
    ],
    [
      'two upstreams are ethereum-sepolia-first',
      () => of({ chains: [ethereum, { ...ethereum, chainId: 5, upstreams: [] }] }),
    ],
    ['a.b-sepolia cannot be an alias: letters, digits, - and _', () => of({ chains: [{ ...chain, chain: 'a.b' }] })],
    [
      'x is reached by http:// or https://, without a $, not ws://x:8546',
      () => of({ chains: [{ ...arbitrum, upstreams: [{ id: 'x', url: 'ws://x:8546' }] }] }),
    ],
    [
      'x is reached by http:// or https://, without a $, not http://x/$HOME',
      () => of({ chains: [{ ...arbitrum, upstreams: [{ id: 'x', url: 'http://x/$HOME' }] }] }),
    ],
    ['rpcTimeoutMs is no time to wait', () => of({ rpcTimeoutMs: 0 })],
    ['retryAttempts is no number of tries', () => of({ retryAttempts: -1 })],
    ['no rate limit can be 0', () => limits({ default: { count: 0, per: 'hour' } })],
    ['no rate limit can be 4294967296', () => limits({ premium: { count: 2 ** 32, per: 'day', secret: 'x' } })],
  ])('%s', (problem, build) => {
    expect(build).toThrow(new Error(`the RPC gateway: ${problem}`));
  });
});

describe('as text', () => {
  test('it is the same, with what eRPC fills in in quotes', () => {
    const text = erpcYaml(PROPS);
    expect(parse(text)).toEqual(config);
    expect(text).toContain('endpoint: "${SECRET_MEV_RPC_FIRST}"\n');
    expect(text).toContain('value: "${SECRET_MEV_RPC_TOKEN}"\n');
    expect(erpcYaml(PROPS)).toBe(text);
  });

  test('every dollar in it is of a secret', () => {
    expect(erpcYaml(PROPS).replaceAll(/\$\{SECRET_[A-Z_]+\}/g, '')).not.toContain('$');
  });
});

describe("eRPC's own format", () => {
  test('is of the version that runs', () => {
    expect(keys.version).toBe(ERPC_VERSION);
  });

  test('has every key of the configuration', () => {
    expect(unknownKeys(parse(erpcYaml(PROPS)), keys as Keys)).toEqual([]);
    expect(
      unknownKeys(parse(erpcYaml({ ...PROPS, rateLimits: { default: { count: 1, per: 'day' } } })), keys as Keys),
    ).toEqual([]);
  });

  test('the check can fail: an unknown key, another kind of value, at any depth', () => {
    const broken = parse(erpcYaml(PROPS));
    broken.websocketTimeout = '60s';
    broken.server.httpPortV4 = '4000';
    broken.server.includeErrorDetails = 'no';
    broken.projects[0].upstreams[1].wsEndpoint = 'ws://x';
    broken.projects[0].networks[0].evm.chainId = 1.5;
    broken.projects[0].networkDefaults.failsafe[0].retry.maxAttempt = 3;
    broken.projects[0].networkDefaults.failsafe[0].timeout.duration = 'soon';
    broken.rateLimiters.budgets[0].rules[0].maxCount = -1;
    broken.rateLimiters.budgets[0].rules[0].period = 'fortnight';
    broken.projects[0].auth = [];
    expect(unknownKeys(broken, keys as Keys)).toEqual([
      'server.httpPortV4: not int',
      'server.includeErrorDetails: not bool',
      'rateLimiters.budgets[0].rules[0].maxCount: not uint',
      'rateLimiters.budgets[0].rules[0].period: not period',
      'projects[0].auth: not AuthConfig',
      'projects[0].networkDefaults.failsafe[0].timeout.duration: not duration',
      'projects[0].networkDefaults.failsafe[0].retry.maxAttempt: eRPC has no such key',
      'projects[0].networks[0].evm.chainId: not int',
      'projects[0].upstreams[1].wsEndpoint: eRPC has no such key',
      'websocketTimeout: eRPC has no such key',
    ]);
  });
});
