import { GLOBAL, loadFiles, refusals } from '../files';
import { development, lock, tell } from './run';

/** Files and folders, and mistakes in several at once. */

tell([
  // files and folders
  {
    title: 'an environment without overrides.yml',
    files: { 'staging/overrides.yml': null, 'staging/': '' },
    lines: [
      'environments/staging/overrides.yml:1:1 is missing; it holds what this environment changes; an empty map {} will do',
    ],
  },
  {
    title: 'a folder that is no environment',
    files: { 'prod/overrides.yml': '{}\n' },
    lines: ['environments/prod:1:1 is not an environment; use one of development, staging, production'],
  },
  {
    title: 'overrides.yaml for overrides.yml',
    files: { 'staging/overrides.yml': null, 'staging/overrides.yaml': '{}' },
    lines: [
      'environments/staging/overrides.yml:1:1 is missing; it holds what this environment changes; an empty map {} will do',
    ],
  },
  {
    title: 'the environment of another folder',
    files: development('global: { environment: production }\n'),
    lines: [
      'environments/development/overrides.yml:1:24 global.environment: "production" is not the environment of this folder; write development, or remove it',
    ],
  },
  {
    title: 'an environment that there is not',
    files: development('global: { environment: prod }\n'),
    lines: [
      'environments/development/overrides.yml:1:24 global.environment: "prod" is not an environment; use one of development, staging, production',
    ],
  },
  {
    title: 'global.environment in global.yml',
    files: { 'global.yml': `global: { environment: production }\n${GLOBAL}\n` },
    lines: [
      'environments/global.yml:1:11 global.environment: belongs into the overrides.yml of an environment, not into global.yml; move it',
    ],
  },
  {
    title: 'retire in global.yml',
    files: { 'global.yml': `${GLOBAL}retire: [ethereum-mainnet-geth]\n` },
    lines: [
      'environments/global.yml:8:1 retire: belongs into the overrides.yml of an environment, not into global.yml; move it',
    ],
  },

  // several at once
  {
    title: 'a mistake in global.yml, which three environments read',
    files: {
      'global.yml':
        'aws:\n  region: eu-central-1\n  zones: [eu-central-1a, eu-central-1b]\nchains:\n  ethereum:\n    networks: [sepolia]\n    clients: [gteh]\n\n',
    },
    lines: [
      'environments/global.yml:7:15 chains.ethereum.clients[0]: "gteh" is not a client of ethereum; use one of geth, reth, nethermind, besu, erigon; did you mean geth?',
    ],
  },
  {
    title: 'a zone in global.yml, which three environments read',
    files: {
      'global.yml':
        'aws:\n  region: eu-central-1\n  zones: [eu-central-1a, eu-west-1b]\nchains:\n  ethereum:\n    networks: [sepolia]\n    clients: [geth]\n\n',
    },
    lines: [
      'environments/global.yml:3:26 aws.zones[1]: "eu-west-1b" is not a zone of eu-central-1; its zones begin with eu-central-1',
    ],
  },
  {
    title: 'mistakes in three environments and a strategy',
    files: {
      'staging/overrides.yml': 'protect: maybe\naws: { region: Paris }\n',
      'development/overrides.yml': 'chian: {}\n',
      'strategies/testing/usdc.yml': 'strategy: x\n',
      'production/nodes.lock.yml': 'nodes: 5\n',
    },
    lines: [
      'environments/development/overrides.yml:1:1 chian: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, kubernetes, gateway, monitoring, chains, mev, retire, allow; did you mean chains?',
      'environments/production/nodes.lock.yml:1:8 nodes: 5 is not a map of keys',
      'environments/staging/overrides.yml:1:10 protect: "maybe" is not true or false',
      'environments/staging/overrides.yml:2:16 aws.region: "Paris" is not a region such as eu-central-1',
      'environments/strategies/testing/usdc.yml:1:1 parameters: is missing; give a map of keys',
      'environments/strategies/testing/usdc.yml:1:1 execution: is missing; give a map of keys',
      'environments/strategies/testing/usdc.yml:1:11 strategy: "x" is not a map of keys; its keys are name, type, subtype, enabled, risk_level',
    ],
  },
  {
    title: 'a mistake in a section beside a mistake of a node',
    files: development('mev: { enabled: 5 }\nchains: { ethereum: { instance_type: zz9.large } }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 mev.enabled: 5 is not true or false',
      'environments/development/overrides.yml:2:38 chains.ethereum.instance_type: ethereum-sepolia-geth: "zz9.large" is not a known instance type; describe it in aws.unlisted_instance if it exists; did you mean z1d.large?',
    ],
  },
  {
    title: 'no global.yml',
    files: { 'global.yml': null },
    lines: ['environments/global.yml:1:1 is missing; it holds the defaults of every environment'],
  },
  {
    title: 'a global.yml that is no YAML',
    files: { 'global.yml': 'aws: {{ region }\n' },
    lines: [
      'environments/global.yml:2:1 this is not YAML: flow map in block collection must be sufficiently indented and end with a }',
    ],
  },
  {
    title: 'a strategy that is no YAML',
    files: { 'strategies/testing/usdc.yml': 'strategy: [\n' },
    lines: [
      'environments/strategies/testing/usdc.yml:2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    title: 'a tag of another tool on text',
    files: development('aws:\n  kms_key: !secret chain-data\n'),
    lines: ['environments/development/overrides.yml:2:12 aws.kms_key: the tag !secret means nothing here; remove it'],
  },
  {
    title: 'null for a section that must be there',
    files: development('aws: null\n'),
    lines: [
      'environments/development/overrides.yml:1:1 aws.zones: is missing; give a list',
      'environments/development/overrides.yml:1:1 aws.region: is missing; give a region such as eu-central-1',
    ],
  },
]);

test('an empty file, and one of comments alone, is an empty layer', () => {
  const ids = loadFiles({
    'development/overrides.yml': '',
    'staging/overrides.yml': '# nothing yet\n',
  }).environments.map(({ name, nodes }) => [name, nodes.map(({ id }) => id)]);
  expect(ids).toEqual([
    ['development', ['ethereum-sepolia-geth']],
    ['staging', ['ethereum-sepolia-geth']],
    ['production', ['ethereum-sepolia-geth']],
  ]);
});

describe('mistakes in files that could not be worse', () => {
  test.each([
    ['a folder for global.yml', { 'global.yml': null, 'global.yml/': '' }, 'environments/global.yml:1:1 '],
    [
      'a folder for overrides.yml',
      { 'staging/overrides.yml': null, 'staging/overrides.yml/': '' },
      'environments/staging/overrides.yml:1:1 ',
    ],
    [
      'a folder for a strategy',
      { 'strategies/testing/usdc.yml/': '' },
      'environments/strategies/testing/usdc.yml:1:1 ',
    ],
    ['a file for the folder of strategies', { strategies: '' }, 'environments/strategies:1:1 '],
    ['a file for a stage', { 'strategies/testing': '' }, 'environments/strategies/testing:1:1 '],
  ])('%s is an error with a place, not a crash', (_, files, place) => {
    expect(refusals(files).map((line) => line.slice(0, place.length))).toEqual([place]);
  });

  test('a name that every object has is unknown like any other', () => {
    expect(refusals(development('chains: { ethereum: { networks: [constructor] } }\n'))).toEqual([
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: "constructor" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local',
    ]);
  });

  test('an overrides file that does not parse is not taken for one that drops nodes', () => {
    const entry =
      '{ zone: eu-central-1a, tier: public, storage: ebs, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 }';
    expect(refusals({ ...development('aws: [\n'), ...lock(`nodes: { ethereum-mainnet-geth: ${entry} }\n`) })).toEqual([
      'environments/development/overrides.yml:2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
  });

  test('a lock file that does not parse is not taken for an empty one', () => {
    expect(
      refusals({
        'production/overrides.yml': 'protect: true\nstate: { bucket: acme-tfstate }\n',
        'production/nodes.lock.yml': 'nodes: {\n',
      }),
    ).toEqual([
      'environments/production/nodes.lock.yml:2:1 this is not YAML: flow map in block collection must be sufficiently indented and end with a }',
    ]);
  });
});
