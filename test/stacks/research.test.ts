import { parse } from 'yaml';
import { formatProblems } from '../../environments/problem';
import { dataOf } from '../environments/data-settings';
import { loadFiles } from '../environments/files';
import { changed, IDEA, RESEARCH, withResearch } from '../environments/research';
import { type Json, resources, synthesize } from '../project';
import { changesBetween, none } from './change';

/** What of an environment is of research, and what an edit of it changes. */

/** Streams and stores with an archive, behind research in the section. */
const OWN_ARCHIVE = `  data:
${dataOf([['replicas: 2 }\n', 'replicas: 2 }\n      archive: { retention: 365d }\n']])
  .split('\n')
  .slice(2)
  .join('\n')}`;

type Changes = Parameters<typeof withResearch>[0];
const stack = (changes: Changes = {}): Json => synthesize(loadFiles(withResearch(changes))).production;

const find = (of: Json, pattern: RegExp): string[] =>
  Object.keys(resources(of)).filter((address) => pattern.test(address));
function valuesOf(of: Json): Json {
  const [address = ''] = find(of, /^helm_release\.mev-research/);
  return parse(resources(of)[address].values[0].replaceAll('$${', '${'));
}
const fileOf = (of: Json, path: string, strategy = 0): Json =>
  JSON.parse(valuesOf(of).backtests[strategy].files.find((file: Json) => file.path === path).text);

const PLAIN = stack();
const BASE = [
  'chains:\n  ethereum',
  'global: { security: { api_rate_limits: { default: 10/second } } }\ngateway: { fallbacks: { base: { mainnet: [{ name: one, secret: one }] } } }\nchains:\n  ethereum',
] as const;

describe('a backtest', () => {
  test('is of each strategy in research that is enabled, with the image of its engine', () => {
    const { backtests } = valuesOf(
      stack({
        files: {
          'strategies/research/off.yml': IDEA.replace('enabled: true', 'enabled: false').replace(
            'name: Idea',
            'name: Off',
          ),
        },
      }),
    );
    expect(backtests.map(({ name, image, forks }: Json) => ({ name, image, forks }))).toEqual([
      { name: 'idea', image: `ghcr.io/acme/engine@sha256:${'a'.repeat(64)}`, forks: ['ethereum'] },
    ]);
  });

  test('has the files of the contract: its chains are forks of its own, it is a dry run, and signs nothing', () => {
    expect(fileOf(PLAIN, 'engine.json')).toEqual({
      version: 1,
      engine: 'flashloan-arbitrage',
      environment: 'production',
      type: 'arbitrage',
      subtype: 'cross-chain',
      chains: [{ chain: 'ethereum', network: 'mainnet', chainId: 1, rpc: 'http://127.0.0.1:8545' }],
      relays: [],
      backtest: { out: '/out' },
    });
    expect(fileOf(PLAIN, 'strategies/idea.json')).toMatchObject({ name: 'idea', mode: 'dry-run' });
    // Its own limits and those of the environment, and none of a strategy that trades.
    expect(fileOf(PLAIN, 'limits.json')).toMatchObject({
      loss: { maxHourlyLoss: { value: '10', unit: 'ETH' } },
      strategies: { idea: { maxPositionSize: { value: '10000', unit: 'USDC' } } },
    });
    expect(Object.keys(fileOf(PLAIN, 'limits.json').strategies)).toEqual(['idea']);
  });

  test('has a fork for each network of its strategy, each at a port of its own', () => {
    const two = stack({
      idea: IDEA.replace('chains: [ethereum]', 'chains: [ethereum, base]'),
      research: `${RESEARCH}      a-base: { chain: base }\n`,
      production: [BASE],
    });
    expect(valuesOf(two).backtests[0].forks).toEqual(['ethereum', 'a-base']);
    expect(fileOf(two, 'engine.json').chains.map(({ chain, rpc }: Json) => [chain, rpc])).toEqual([
      ['ethereum', 'http://127.0.0.1:8545'],
      ['base', 'http://127.0.0.1:8546'],
    ]);
    expect(valuesOf(two).reads.namespaces).toEqual([{ namespace: 'rpc-gateway', ports: [4000] }]);
  });

  test('is not there, and that is said, where the chain cannot be forked', () => {
    const files = withResearch({ idea: IDEA.replace('chains: [ethereum]', 'chains: [solana]') });
    const { warnings } = loadFiles(files);
    expect(formatProblems(warnings)).toContain(
      'environments/strategies/research/idea.yml:9:12 warning: parameters.chains[0]: in production, has no backtest: solana cannot be forked',
    );
    expect(valuesOf(synthesize(loadFiles(files)).production).backtests).toEqual([]);
  });
});

describe('a fork', () => {
  const fork = (text: string, production: NonNullable<Changes>['production'] = []) =>
    valuesOf(stack({ research: changed('{ chain: ethereum }', text), production })).forks[0];

  test('reads the gateway where it serves the network, else a node, or what it is told', () => {
    const node = 'http://ethereum-mainnet-geth.production.chain.internal:8545';
    const gateway = 'http://rpc-gateway.rpc-gateway.svc.cluster.local:4000/main/evm/1';
    expect(fork('{ chain: ethereum }').url).toBe(node);
    expect(fork('{ chain: ethereum }', [BASE]).url).toBe(gateway);
    expect(fork('{ chain: ethereum, source: gateway }', [BASE]).url).toBe(gateway);
    expect(fork('{ chain: ethereum, source: ethereum-mainnet-geth }', [BASE]).url).toBe(node);
  });

  test('of the OP stack is one', () => {
    const research = `${RESEARCH}      base: { chain: base }\n`;
    const forks: Json[] = valuesOf(stack({ research, production: [BASE] })).forks;
    expect(forks.map(({ name, network }) => [name, network])).toEqual([
      ['base', 'optimism'],
      ['ethereum', undefined],
    ]);
  });

  test('stands where it is told, with so much memory', () => {
    expect(fork('{ chain: ethereum, block: 21000000, memory: 8 GiB }')).toMatchObject({
      block: '21000000',
      memoryMiB: 8192,
    });
  });
});

describe('the archive', () => {
  test('is that of the environment where no other is named, as far as workers fill it', () => {
    const own = stack({ research: `${RESEARCH}${OWN_ARCHIVE}` });
    expect(valuesOf(own).archive).toMatch(
      /^s3:\/\/\$\{aws_s3_bucket_server_side_encryption_configuration\.[^}]*\}\/workers\/$/,
    );
    const [address = ''] = find(own, /^aws_iam_role_policy\.mev-research/);
    const { policy } = resources(own)[address];
    expect(policy).toContain('/workers/*"]');
    expect(policy).not.toContain('postgres');
  });

  const KEY = 'arn:aws:kms:eu-central-1:012345678901:key/1234abcd';
  const read = stack({
    research: `${RESEARCH}    archive: acme-archive\n    archive_prefix: recorded/\n    archive_key: ${KEY}\n`,
  });

  test('is read and never written, by one account of the namespace', () => {
    const [address = ''] = find(read, /^aws_iam_role_policy\.mev-research/);
    const { policy } = resources(read)[address];
    expect([...policy.matchAll(/"Action" = \["([^\]]*)"\]/g)].map(([, actions]) => actions)).toEqual([
      's3:ListBucket',
      's3:GetObject',
      'kms:Decrypt',
    ]);
    expect([...policy.matchAll(/"Resource" = \["([^"]*)"\]/g)].map(([, resource]) => resource)).toEqual([
      'arn:aws:s3:::acme-archive',
      'arn:aws:s3:::acme-archive/recorded/*',
      KEY,
    ]);
    expect(policy).toContain('"StringLike" = {"s3:prefix" = ["recorded/*"]}');
    const [association = ''] = find(read, /^aws_eks_pod_identity_association\.mev-research/);
    expect(resources(read)[association]).toMatchObject({ namespace: 'mev-research', service_account: 'research' });
  });

  test('is told to runs, and the proxy lets through just that', () => {
    expect(valuesOf(read).archive).toBe('s3://acme-archive/recorded/');
    expect(valuesOf(read).proxy.domains).toEqual(['acme-archive.s3.eu-central-1.amazonaws.com']);
    expect(find(PLAIN, /mev-research/).filter((address) => address.startsWith('aws_'))).toEqual([]);
  });
});

test('the namespace has a quota, and is confined', () => {
  const [quota = ''] = find(PLAIN, /^kubernetes_resource_quota_v1\.cluster_mev-research/);
  expect(resources(PLAIN)[quota].spec.hard).toEqual({
    'requests.cpu': '16',
    'requests.memory': '65536Mi',
    'requests.storage': '500Gi',
  });
  const [namespace = ''] = find(PLAIN, /^kubernetes_namespace_v1\.cluster_mev-research/);
  expect(resources(PLAIN)[namespace].metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
});

describe('an edit', () => {
  const edit = (before: Changes, after: Changes) =>
    changesBetween({ production: stack(before) }, { production: stack(after) }).production;

  test('that turns research off takes what runs, and leaves the namespace with what people keep in it', () => {
    expect(edit({}, { research: changed('enabled: true', 'enabled: false') })).toEqual({
      ...none,
      changed: ['helm_release.mev-research'],
    });
  });

  test('that brings a fork, or another strategy, changes research and no engine', () => {
    const only = { ...none, changed: ['helm_release.mev-research'] };
    expect(edit({}, { research: `${RESEARCH}      old: { chain: ethereum, block: 1 }\n` })).toEqual(only);
    expect(edit({}, { files: { 'strategies/research/more.yml': IDEA.replace('name: Idea', 'name: More') } })).toEqual(
      only,
    );
  });

  test('that brings research changes nothing else', () => {
    const { created, ...rest } = edit({ research: '' }, {}) ?? none;
    expect(created).toEqual(['helm_release.mev-research', 'kubernetes_resource_quota_v1.cluster_mev-research_quota']);
    expect(rest).toEqual({ destroyed: [], changed: [], replaced: [] });
  });
});

test('the namespace is on every cluster, and stays with what people keep in it when research is taken out', () => {
  const { created, destroyed } =
    changesBetween({ production: stack({}) }, { production: stack({ research: '' }) }).production ?? none;
  expect(created).toEqual([]);
  expect(destroyed).toEqual(['helm_release.mev-research', 'kubernetes_resource_quota_v1.cluster_mev-research_quota']);
});

test('research needs no engine, no monitoring and nothing of AWS', () => {
  const alone = stack({
    production: [
      ['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: ~/.kube/config, context: kind }'],
      ['    clients: [geth]', '    clients: [geth]\n    hosting: kubernetes'],
      ['  enabled: true\n  kill_switch', '  enabled: false\n  kill_switch'],
      [
        'monitoring:\n  grafana_admin_secret: grafana\n  receivers: { webhook: { secret: hook } }\n  runbooks: https://example.com/runbooks\n  retention: 30d\n',
        '',
      ],
    ],
  });
  expect(find(alone, /^aws_|keda|argo|prometheus/)).toEqual([]);
  expect(valuesOf(alone)).toMatchObject({
    reads: { namespaces: [{ namespace: 'blockchain', ports: [8545] }], vpc: [] },
    backtests: [{ name: 'idea' }],
  });
});
