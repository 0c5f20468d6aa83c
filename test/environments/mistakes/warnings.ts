import type { LoadOptions } from '../../../environments/load';
import { formatProblems } from '../../../environments/problem';
import { type Files, loadFiles } from '../files';

/** What is no mistake, and yet is said. */

describe('warnings', () => {
  /** Development alone has a node, and it is locked. */
  const warnings = (text: string, files: Files = {}, options: LoadOptions = {}): string[] =>
    formatProblems(
      loadFiles(
        {
          'development/overrides.yml': text,
          'development/nodes.lock.yml':
            'nodes: { ethereum-sepolia-geth: { zone: eu-central-1a, tier: public, storage: ebs, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n',
          'staging/overrides.yml': 'chains: null\n',
          'production/overrides.yml': 'chains: null\n',
          ...files,
        },
        options,
      ).warnings,
    );

  test('none without a reason', () => {
    expect(warnings('{}\n')).toEqual([]);
  });

  test('a throughput that the instance reaches in bursts only', () => {
    expect(warnings('chains: { ethereum: { volume: { throughput: 500 MiB/s } } }\n')).toEqual([
      'environments/development/overrides.yml:1:45 warning: chains.ethereum.volume.throughput: ethereum-sepolia-geth: r7g.xlarge sustains 149 MiB/s and reaches 500 MiB/s in bursts of half an hour a day only',
    ]);
  });

  test('IOPS that the instance reaches in bursts only', () => {
    expect(warnings('chains: { ethereum: { volume: { iops: 20000 } } }\n')).toEqual([
      'environments/development/overrides.yml:1:39 warning: chains.ethereum.volume.iops: ethereum-sepolia-geth: r7g.xlarge sustains 6000 and reaches 20000 in bursts of half an hour a day only',
    ]);
  });

  test('little memory for a pod, of what it may use or of what is kept for it', () => {
    const pod = (resources: string): string[] =>
      warnings(
        `kubernetes: { cluster: mev }\nchains: { ethereum: { hosting: kubernetes, resources: { ${resources} } } }\n`,
        { 'development/nodes.lock.yml': 'nodes: {}\n' },
        { unlocked: ['development'] },
      );
    const at = 'environments/development/overrides.yml:2:65 warning: chains.ethereum.resources';
    expect(pod('memory: 14 GiB')).toEqual([
      `${at}.memory: ethereum-sepolia-geth: it may use 14336 MiB of memory, and r7g.xlarge, which the catalogue chooses, has 28672 MiB for a pod; it may be too little`,
    ]);
    expect(pod('memory: 30 GiB, memory_request: 2 GiB')).toEqual([
      `${at.replace(':65', ':89')}.memory_request: ethereum-sepolia-geth: kept for it are 2048 MiB of memory, and r7g.xlarge, which the catalogue chooses, has 28672 MiB for a pod; it may be too little`,
    ]);
    expect(pod('memory: 16 GiB')).toEqual([]);
  });

  test('a disk that nobody has measured', () => {
    expect(warnings('chains: { ethereum: { node_type: archive, volume: { size: 2 TiB } } }\n')).toEqual([
      'environments/development/overrides.yml:1:59 warning: chains.ethereum.volume.size: ethereum-sepolia-geth: grows from 600 GiB to 2 TiB, and the lock must know; run: npm run config -- development lock',
      'environments/development/overrides.yml:1:59 warning: chains.ethereum.volume.size: ethereum-sepolia-geth: nobody has measured the disk that geth needs for an archive node of sepolia; 2048 GiB may be too small',
    ]);
  });

  describe('a version that is too old for a fork', () => {
    const old = 'chains: { ethereum: { version: { geth: v1.17.7 } } }\n';
    const line =
      'environments/development/overrides.yml:1:40 warning: chains.ethereum.version.geth: ethereum-sepolia-geth: geth v1.17.7 cannot follow Glamsterdam (2026-10-06), which needs v1.17.8 or newer';

    test.each([
      ['long before', '2026-08-01', []],
      ['within sixty days', '2026-09-01', [line]],
      ['afterwards', '2026-11-23', [line]],
    ])('%s', (_, today, lines) => {
      expect(warnings(old, {}, { today: new Date(`${today}T00:00:00Z`) })).toEqual(lines);
    });
  });

  test('a node that is not locked', () => {
    expect(warnings('{}\n', { 'development/nodes.lock.yml': 'nodes: {}\n' })).toEqual([
      'environments/global.yml:6:16 warning: chains.ethereum.networks[0]: ethereum-sepolia-geth is not locked; run: npm run config -- development lock',
    ]);
  });

  test('a retirement of what is not locked', () => {
    expect(warnings('retire: [ethereum-hoodi-geth]\n')).toEqual([
      'environments/development/overrides.yml:1:10 warning: retire[0]: ethereum-hoodi-geth is not in the lock file, there is nothing to retire; remove it',
    ]);
  });

  test('protection that leaves the account and the key open', () => {
    const lock =
      'state: acme-tfstate\nnodes: { ethereum-sepolia-geth: { zone: eu-central-1a, tier: public, storage: ebs, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n';
    const files = { 'development/nodes.lock.yml': lock };
    expect(warnings('protect: true\nstate: { bucket: acme-tfstate }\n', files)).toEqual([
      'environments/development/overrides.yml:1:10 warning: protect: aws.account_id is not set, so that credentials of another account would be accepted',
      'environments/development/overrides.yml:1:10 warning: protect: aws.kms_key is not set; it cannot be added to a disk later',
    ]);
  });
});
