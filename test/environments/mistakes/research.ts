import { dataOf } from '../data-settings';
import { type Files, refusals } from '../files';
import { changed, IDEA, RESEARCH, withResearch } from '../research';
import { CHAIN_NAMES, tell } from './run';

/** Research: forks that nobody can read, strategies that cannot be tried, and who asks for more than there is. */

const OVERRIDES = 'environments/production/overrides.yml';
const FILE = 'environments/strategies/research/idea.yml';

test('the research that is changed here is right as it stands', () => {
  expect(refusals(withResearch())).toEqual([]);
});

const FORK = '      ethereum: { chain: ethereum }\n';
const fork = (text: string) => changed(FORK, text);
const GATEWAY = [
  'chains:\n  ethereum',
  'global: { security: { api_rate_limits: { default: 10/second } } }\ngateway: { fallbacks: { base: { mainnet: [{ name: one, secret: one }] } } }\nchains:\n  ethereum',
] as const;
const ANYWHERE = ['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: ~/.kube/config, context: kind }'] as const;
const IN_POD = ['    clients: [geth]', '    clients: [geth]\n    hosting: kubernetes'] as const;

/** The same, where the stage runs as engines too. */
const inDevelopment = (files: Files): Files => ({
  ...files,
  'development/overrides.yml': files['production/overrides.yml'] ?? null,
  'production/overrides.yml': null,
});

describe('values', () => {
  tell([
    {
      title: 'an unknown key',
      files: withResearch({ research: changed('    enabled: true', '    enabled: true\n    fork: {}') }),
      lines: [
        `${OVERRIDES}:16:5 mev.research.fork: is not a known key; use one of enabled, quota, access_group, archive, archive_prefix, archive_key, forks, backtest; did you mean forks?`,
      ],
    },
    {
      title: 'a chain that there is not',
      files: withResearch({ research: fork('      ethereum: { chain: etherum }\n') }),
      lines: [
        `${OVERRIDES}:17:26 mev.research.forks.ethereum.chain: "etherum" is not a chain; use one of ${CHAIN_NAMES}; did you mean ethereum?`,
      ],
    },
    {
      title: 'no memory, and less time than a fork needs',
      files: withResearch({ research: `${RESEARCH}    backtest: { memory: 0 GiB, timeout: 5s }\n` }),
      lines: [
        `${OVERRIDES}:18:25 mev.research.backtest.memory: 0 GiB is no memory; give at least 1 GiB`,
        `${OVERRIDES}:18:41 mev.research.backtest.timeout: is less than the minute that a fork needs to begin`,
      ],
    },
    {
      title: 'a group of the cluster itself, and a bucket with a dot',
      files: withResearch({ research: `${RESEARCH}    access_group: system:masters\n    archive: acme.archive\n` }),
      lines: [
        `${OVERRIDES}:18:19 mev.research.access_group: "system:masters" is not the name of a group`,
        `${OVERRIDES}:19:14 mev.research.archive: "acme.archive" is not the name of a bucket, without dots`,
      ],
    },
  ]);
});

describe('a fork', () => {
  tell([
    {
      title: 'by a name that is none in the cluster',
      files: withResearch({ research: fork('      Main_Net: { chain: ethereum }\n') }),
      lines: [
        `${OVERRIDES}:17:17 mev.research.forks.Main_Net: is not the name of a fork; use at most 40 lower-case letters, digits and "-", a letter first`,
      ],
    },
    {
      title: 'of a network that the chain has not',
      files: withResearch({ research: fork('      ethereum: { chain: ethereum, network: sepola }\n') }),
      lines: [
        `${OVERRIDES}:17:45 mev.research.forks.ethereum.network: "sepola" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local; did you mean sepolia?`,
        `${FILE}:9:12 parameters.chains[0]: in production, nothing is a fork of ethereum mainnet, on which its backtest would run; add one to mev.research.forks`,
      ],
    },
    {
      title: 'of a chain without a virtual machine of Ethereum',
      files: withResearch({ research: `${RESEARCH}      sol: { chain: solana }\n` }),
      lines: [
        `${OVERRIDES}:18:21 mev.research.forks.sol.chain: solana mainnet has no virtual machine of Ethereum, and anvil forks nothing else; name another`,
      ],
    },
    {
      title: 'of a network that nobody follows',
      files: withResearch({ research: `${RESEARCH}      base: { chain: base }\n` }),
      lines: [
        `${OVERRIDES}:18:13 mev.research.forks.base: nobody follows base mainnet; enable a node of it, or give gateway.fallbacks.base.mainnet a provider`,
      ],
    },
    {
      title: 'by a gateway that there is not',
      files: withResearch({ research: fork('      ethereum: { chain: ethereum, source: gateway }\n') }),
      lines: [
        `${OVERRIDES}:17:44 mev.research.forks.ethereum.source: the gateway has no ethereum mainnet; enable a node of it, or give gateway.fallbacks.ethereum.mainnet a provider; or use ethereum-mainnet-geth`,
      ],
    },
    {
      title: 'by a node that there is not',
      files: withResearch({ research: fork('      ethereum: { chain: ethereum, source: ethereum-mainnet-get }\n') }),
      lines: [
        `${OVERRIDES}:17:44 mev.research.forks.ethereum.source: "ethereum-mainnet-get" is neither the gateway nor a node; use ethereum-mainnet-geth; did you mean ethereum-mainnet-geth?`,
      ],
    },
    {
      title: 'by a node of another network',
      files: withResearch({
        research: `${RESEARCH}      base: { chain: base, source: ethereum-mainnet-geth }\n`,
        production: [GATEWAY],
      }),
      lines: [
        `${OVERRIDES}:20:36 mev.research.forks.base.source: ethereum-mainnet-geth follows ethereum mainnet, not base mainnet; use gateway`,
      ],
    },
    {
      title: 'by a node on an instance, from a cluster that is elsewhere',
      files: withResearch({
        research: fork('      ethereum: { chain: ethereum, source: ethereum-mainnet-geth }\n'),
        production: [ANYWHERE, ['  enabled: true\n  kill', '  enabled: false\n  kill']],
      }),
      lines: [
        `${OVERRIDES}:17:44 mev.research.forks.ethereum.source: ethereum-mainnet-geth is on an instance, which a cluster that is not on EKS does not reach; remove the fork`,
      ],
    },
  ]);
});

describe('a strategy in research', () => {
  tell([
    {
      title: 'on a chain that is not forked',
      files: withResearch({ idea: IDEA.replace('chains: [ethereum]', 'chains: [ethereum, base]') }),
      lines: [
        `${FILE}:9:22 parameters.chains[1]: in production, nothing is a fork of base mainnet, on which its backtest would run; add one to mev.research.forks`,
      ],
    },
    {
      title: 'on a network that the chain has not',
      files: withResearch({ idea: IDEA.replace('chains: [ethereum]', 'chains: [ethereum]\n  networks: [mainet]') }),
      lines: [
        `${FILE}:10:14 parameters.networks[0]: in production, "mainet" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local; did you mean mainnet?`,
      ],
    },
    {
      title: 'of an engine that there is not',
      files: withResearch({ idea: IDEA.replace('engine: flashloan_arbitrage', 'engine: other') }),
      lines: [
        `${FILE}:14:11 execution.engine: in production, "other" is not an engine of mev.engines; use one of flashloan_arbitrage`,
      ],
    },
    {
      title: 'that asks for more than it may',
      files: withResearch({ idea: IDEA.replace('max_position_size: 10000', 'max_position_size: 400000') }),
      lines: [
        `${FILE}:11:22 parameters.max_position_size: in production, 400000 USDC, which count as 120 ETH, are more than the 100 ETH of mev.strategy_limits.arbitrage.max_position_size (${OVERRIDES}:34); lower it, or raise that`,
      ],
    },
    {
      title: 'whose name is too long for a job',
      files: withResearch({
        files: { 'strategies/research/idea.yml': null, [`strategies/research/${'i'.repeat(44)}.yml`]: IDEA },
      }),
      lines: [
        `environments/strategies/research/${'i'.repeat(44)}.yml:1:1 in production, "backtest-${'i'.repeat(44)}" is too long for the name of a CronJob; give the file a name of at most 43 characters`,
      ],
    },
    {
      title: 'is told once what does not fit where it is an engine as well',
      files: inDevelopment(withResearch({ idea: IDEA.replace('subtype: cross-chain', 'subtype: cex-dex') })),
      lines: [
        `${FILE}:14:11 execution.engine: in development, flashloan_arbitrage is an engine of arbitrage/cross-chain, and the strategy is arbitrage/cex-dex; name another, or correct one of the two`,
      ],
    },
    {
      title: 'is told what does not fit where it is no engine, because none runs there',
      files: inDevelopment(
        withResearch({
          idea: IDEA.replace('subtype: cross-chain', 'subtype: cex-dex'),
          production: [['  enabled: true\n  kill', '  enabled: false\n  kill']],
        }),
      ),
      lines: [
        `${FILE}:14:11 execution.engine: in development, flashloan_arbitrage is an engine of arbitrage/cross-chain, and the strategy is arbitrage/cex-dex; name another, or correct one of the two`,
      ],
    },
  ]);
});

describe('where it stands', () => {
  tell([
    {
      title: 'on no cluster',
      files: withResearch({
        production: [
          ['kubernetes: { cluster: mev }\n', ''],
          ['  enabled: true\n  kill', '  enabled: false\n  kill'],
          [
            'monitoring:\n  grafana_admin_secret: grafana\n  receivers: { webhook: { secret: hook } }\n  runbooks: https://example.com/runbooks\n  retention: 30d\n',
            '',
          ],
        ],
      }),
      lines: [
        `${OVERRIDES}:9:14 mev.research.enabled: research runs on Kubernetes, and the environment names no cluster; set kubernetes, or set it to false here`,
      ],
    },
    {
      title: 'an archive where no role can read it',
      files: withResearch({
        research: `${RESEARCH}    archive: acme-archive\n`,
        production: [ANYWHERE, IN_POD],
      }),
      lines: [
        `${OVERRIDES}:19:14 mev.research.archive: a cluster that is not on EKS has no role that may read it; remove it`,
      ],
    },
    {
      title: 'a prefix of backups in the archive of the environment',
      files: withResearch({
        research: `${RESEARCH}    archive_prefix: postgres/\n${dataOf([
          ['replicas: 2 }\n', 'replicas: 2 }\n      archive: { retention: 365d }\n'],
        ])
          .split('\n')
          .slice(1)
          .join('\n')}`,
      }),
      lines: [
        `${OVERRIDES}:18:21 mev.research.archive_prefix: "postgres/" is not of what workers leave in the archive of the environment; begin with workers/, for beside it are backups`,
      ],
    },
    {
      title: 'the key of no archive',
      files: withResearch({
        research: `${RESEARCH}    archive_key: arn:aws:kms:eu-central-1:012345678901:key/1234abcd\n`,
      }),
      lines: [
        `${OVERRIDES}:18:18 mev.research.archive_key: is of an archive, and none is named; set archive, or remove it`,
      ],
    },
    {
      title: 'more than it may take together',
      files: withResearch({ research: `${RESEARCH}    quota: { cpu: 3, memory: 7 GiB }\n` }),
      lines: [
        `${OVERRIDES}:18:19 mev.research.quota.cpu: the forks and one backtest with its own need 4 cores, which are more than 3 cores; raise it, or have fewer or smaller forks`,
        `${OVERRIDES}:18:30 mev.research.quota.memory: the forks and one backtest with its own need 8 GiB, which are more than 7 GiB; raise it, or have fewer or smaller forks`,
      ],
    },
  ]);
});
