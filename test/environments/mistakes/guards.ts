import { refusals } from '../files';
import { CHAIN_NAMES, development, lock } from './run';

/** What each file would allow alone, and must not pass. */

describe('what would slip past a guard', () => {
  const entry = 'zone: eu-central-1a, tier: public, storage: ebs, vpc: default, architecture: arm64';
  const LOCKED = lock(
    `nodes: { ethereum-sepolia-geth: { ${entry}, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n`,
  );

  test('another region, with its zones, under a locked disk', () => {
    const moved = development('aws: { region: eu-west-1, zones: [eu-west-1a] }\n');
    expect(refusals({ ...LOCKED, ...moved })).not.toEqual([]);
  });

  test('a section that is misspelt does not drop what it says: nobody is told to retire it', () => {
    const misspelt = development('chians: { ethereum: { networks: [hoodi], clients: [geth] } }\n');
    const lines = refusals({
      ...misspelt,
      ...lock(`nodes: { ethereum-hoodi-geth: { ${entry}, size: 600 GiB, key: aws/ebs } }\n`),
    });
    expect(lines).toEqual([expect.stringMatching(/:1:1 chians: is not a known key; .*did you mean chains\?$/)]);
  });

  test('a locked disk without its size', () => {
    expect(
      refusals(
        lock(`nodes: { ethereum-sepolia-geth: { ${entry}, key: aws/ebs, vpc: default, architecture: arm64 } }\n`),
      ),
    ).not.toEqual([]);
  });

  test('a locked disk without its key is told so, not to keep nothing', () => {
    const lines = refusals(lock(`nodes: { ethereum-sepolia-geth: { ${entry}, size: 600 GiB } }\n`));
    expect(lines).not.toEqual([]);
    expect(lines.filter((line) => line.includes('undefined'))).toEqual([]);
  });

  // Go programs take one dash for two; a space makes a flag and its value of one argument.
  test.each(['-http.port=1234', '--http.port 1234', '--'])('an extra argument "%s"', (argument) => {
    const lines = refusals(development(`chains: { ethereum: { extra_args: { geth: ["${argument}"] } } }\n`));
    const place = 'environments/development/overrides.yml:1:44 chains.ethereum.extra_args.geth[0]: ';
    expect(lines.map((line) => line.slice(0, place.length))).toEqual([place]);
  });

  test('a directive that changes what yes means', () => {
    const place = 'environments/development/overrides.yml:';
    const lines = refusals(development('%YAML 1.1\n---\nprotect: yes\n'));
    expect(lines.map((line) => line.slice(0, place.length))).toEqual([place]);
  });

  test('a journal that keeps nothing', () => {
    const place = 'environments/development/overrides.yml:1:33 global.logging.retention: ';
    const lines = refusals(development('global: { logging: { retention: 0s } }\n'));
    expect(lines.map((line) => line.slice(0, place.length))).toEqual([place]);
  });
});

describe('what AWS would refuse, or what would move under one', () => {
  test.each([
    [
      'a version that moves',
      'chains: { ethereum: { version: { geth: latest } } }\n',
      [
        'environments/development/overrides.yml:1:40 chains.ethereum.version.geth: "latest" moves, and a version stays; give a tag such as v1.2.3',
      ],
    ],
    [
      "a tag in AWS's own space",
      'aws: { tags: { "aws:team": x } }\n',
      [
        'environments/development/overrides.yml:1:16 aws.tags.aws:team: begins with aws:, which AWS keeps for itself; choose another name',
      ],
    ],
    [
      'a key that AWS manages',
      'aws: { kms_key: alias/aws/ebs }\n',
      [
        'environments/development/overrides.yml:1:17 aws.kms_key: "alias/aws/ebs" is a key that AWS manages; leave kms_key unset to use those',
      ],
    ],
    [
      'a key of another region',
      'aws: { kms_key: "arn:aws:kms:us-east-1:012345678901:key/0b9c5a4e-0000-4000-8000-000000000000" }\n',
      [
        'environments/development/overrides.yml:1:17 aws.kms_key: is a key of us-east-1, and the disks are in eu-central-1; name a key of that region',
      ],
    ],
    [
      'a description of an instance type that is known',
      'aws: { unlisted_instance: { r7g.xlarge: { architecture: arm64, vcpu: 4, memory: 32 GiB, ebs_bandwidth: 1250 Mbps, ebs_iops: 6000 } } }\n',
      [
        'environments/development/overrides.yml:1:29 aws.unlisted_instance.r7g.xlarge: is a known instance type; remove it',
      ],
    ],
    [
      'limits of a type and of a chain that do not exist',
      'mev: { strategy_limits: { arbitrge: {} }, chain_limits: { etherium: {} } }\n',
      [
        'environments/development/overrides.yml:1:27 mev.strategy_limits.arbitrge: is not a known key; use one of arbitrage, sandwich, flashloan, liquidation, nft; did you mean arbitrage?',
        `environments/development/overrides.yml:1:59 mev.chain_limits.etherium: is not a known key; use one of ${CHAIN_NAMES}; did you mean ethereum?`,
      ],
    ],
  ])('%s', (_, text, lines) => {
    expect(refusals({ 'development/overrides.yml': text })).toEqual(lines);
  });

  test('no environment at all', () => {
    const none = { 'development/overrides.yml': null, 'staging/overrides.yml': null, 'production/overrides.yml': null };
    expect(refusals(none)).toEqual([
      'environments/global.yml:1:1 has no environment beside it; make a folder with an overrides.yml: development, staging, production',
    ]);
  });
});
