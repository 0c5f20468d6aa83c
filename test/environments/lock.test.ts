import { load, refusals, swap } from '../project';

/** What the lock file refuses, each with the place to look at and the way out. */

const OVERRIDES = 'production/overrides.yml';
const DEVELOPMENT = 'development/overrides.yml';

describe('an edit that would lose a disk is refused', () => {
  test('a node dropped from the configuration', () => {
    const edit = (text: string): string =>
      swap(
        '      mainnet-reth:\n        zone: eu-central-1b\n',
        '',
      )(swap('clients: [geth, reth]', 'clients: [geth]')(text));
    expect(refusals({ [OVERRIDES]: edit })).toEqual([
      'environments/production/nodes.lock.yml:14:3 nodes.ethereum-mainnet-reth: the configuration drops this node and its disk; put it back, or add ethereum-mainnet-reth to retire in the overrides (the disk goes, with a final snapshot)',
    ]);
  });

  test('a node removed by null', () => {
    const edit = swap('      mainnet-reth:\n        zone: eu-central-1b\n', '      mainnet-reth: null\n');
    expect(refusals({ [OVERRIDES]: edit })).toEqual([
      expect.stringMatching(
        /^environments\/production\/nodes.lock.yml:14:3 nodes.ethereum-mainnet-reth: the configuration drops this node/,
      ),
    ]);
  });

  test('a chain switched off', () => {
    const edit = swap('  ethereum:\n    networks', '  ethereum:\n    enabled: false\n    networks');
    expect(refusals({ [OVERRIDES]: edit })).toEqual([
      expect.stringContaining('nodes.ethereum-mainnet-geth: the configuration drops this node'),
      expect.stringContaining('nodes.ethereum-mainnet-reth: the configuration drops this node'),
    ]);
  });

  test('a whole chain removed', () => {
    expect(refusals({ [DEVELOPMENT]: () => 'chains: { ethereum: null }\n' })).toEqual([
      expect.stringContaining('nodes.ethereum-local-geth: the configuration drops this node'),
      expect.stringContaining('nodes.ethereum-sepolia-geth: the configuration drops this node'),
    ]);
  });

  test('replicas lowered', () => {
    const entry =
      '    zone: eu-central-1b\n    tier: public\n    vpc: default\n    architecture: arm64\n    storage: ebs\n    size: 600 GiB\n    key: aws/ebs\n';
    const lock = (text: string): string => `${text}  ethereum-sepolia-geth-2:\n${entry}`;
    const replicas = (text: string): string => `${text}    nodes: { sepolia-geth: { replicas: 2 } }\n`;
    expect(refusals({ 'development/nodes.lock.yml': lock, [DEVELOPMENT]: replicas })).toEqual([]);
    expect(refusals({ 'development/nodes.lock.yml': lock })).toEqual([
      expect.stringContaining('nodes.ethereum-sepolia-geth-2: the configuration drops this node and its disk'),
    ]);
  });

  test('a move to another zone', () => {
    expect(refusals({ [OVERRIDES]: swap('zone: eu-central-1b', 'zone: eu-central-1a') })).toEqual([
      'environments/production/overrides.yml:35:15 chains.ethereum.nodes.mainnet-reth.zone: ethereum-mainnet-reth: would move from eu-central-1b to eu-central-1a and leave its disk behind; keep its zone, or restore a snapshot into a new node',
    ]);
  });

  test('a move to another region', () => {
    const edit = (text: string): string =>
      swap(
        'region: eu-central-1',
        'region: eu-west-1',
      )(swap('zones: [eu-central-1a, eu-central-1b]', 'zones: [eu-west-1a]')(text));
    const lines = refusals({ 'global.yml': edit });
    expect(lines).toContain(
      'environments/global.yml:19:11 aws.region: ethereum-sepolia-geth is locked in eu-central-1a, and its disk cannot follow to eu-west-1; keep the region',
    );
    expect(lines.filter((line) => line.includes('nodes.mainnet-'))).toEqual([
      expect.stringContaining('"eu-central-1a" is not a zone of eu-west-1'),
      expect.stringContaining('"eu-central-1b" is not a zone of eu-west-1'),
    ]);
  });

  test('a move to other subnets', () => {
    expect(
      refusals({ [OVERRIDES]: swap('network:\n  p2p:\n    mode: public', 'network:\n  p2p:\n    mode: outbound') }),
    ).toEqual([
      'environments/production/overrides.yml:21:11 network.p2p.mode: ethereum-mainnet-geth: would move from the public to the private subnets, which replaces its instance; keep p2p.mode as it was for this node, or, if that is what you want, change nodes.lock.yml with it',
      'environments/production/overrides.yml:21:11 network.p2p.mode: ethereum-mainnet-reth: would move from the public to the private subnets, which replaces its instance; keep p2p.mode as it was for this node, or, if that is what you want, change nodes.lock.yml with it',
    ]);
  });

  test('a disk shrunk', () => {
    expect(refusals({ [OVERRIDES]: swap('size: 4 TiB', 'size: 3 TiB') })).toEqual([
      'environments/production/overrides.yml:32:17 chains.ethereum.nodes.mainnet-geth.volume.size: ethereum-mainnet-geth: would shrink from 4 TiB to 3 TiB, and a disk cannot; keep 4 TiB',
    ]);
  });

  test('a disk shrunk by taking its size away', () => {
    expect(refusals({ [OVERRIDES]: swap('        volume:\n          size: 4 TiB\n', '') })).toEqual([
      expect.stringContaining(
        'ethereum-mainnet-geth: would shrink from 4 TiB to 2854 GiB, and a disk cannot; keep 4 TiB',
      ),
    ]);
  });

  test('another key', () => {
    expect(refusals({ [OVERRIDES]: swap('kms_key: alias/chain-data', 'kms_key: alias/other') })).toEqual([
      'environments/production/overrides.yml:14:12 aws.kms_key: ethereum-mainnet-geth: would change its key from alias/chain-data to alias/other, and a disk keeps the key that it was made with; keep alias/chain-data',
      'environments/production/overrides.yml:14:12 aws.kms_key: ethereum-mainnet-reth: would change its key from alias/chain-data to alias/other, and a disk keeps the key that it was made with; keep alias/chain-data',
    ]);
  });

  test('a key where there was none', () => {
    const lines = refusals({ [DEVELOPMENT]: (text) => `${text}aws: { kms_key: alias/new }\n` });
    expect(lines).toEqual([
      expect.stringContaining(
        'ethereum-local-geth: would change its key from aws/ebs to alias/new, and a disk keeps the key that it was made with; leave aws.kms_key unset',
      ),
      expect.stringContaining('ethereum-sepolia-geth: would change its key from aws/ebs to alias/new'),
    ]);
  });

  test('a disk that grew without the lock, which could shrink again unseen', () => {
    expect(refusals({ [OVERRIDES]: swap('size: 4 TiB', 'size: 6 TiB') })).toEqual([
      'environments/production/overrides.yml:32:17 chains.ethereum.nodes.mainnet-geth.volume.size: ethereum-mainnet-geth: grows from 4 TiB to 6 TiB, and the lock must know; run: npm run config -- production lock',
    ]);
  });

  test('another processor, whose instance could not start the old image', () => {
    const edit = swap('mainnet-reth:\n', 'mainnet-reth:\n        instance_type: r7i.2xlarge\n');
    expect(refusals({ [OVERRIDES]: edit })).toEqual([
      expect.stringContaining(
        'ethereum-mainnet-reth: would change from arm64 to x86_64, which replaces its instance by one that cannot start its old image; keep to arm64',
      ),
    ]);
  });

  test('another instance type where the instance holds the data', () => {
    const overrides =
      (type: string) =>
      (text: string): string =>
        `${text}    nodes: { sepolia-geth: { storage: instance-store, instance_type: ${type} } }\n`;
    const lock = (text: string): string =>
      text.replace(
        /(ethereum-sepolia-geth:[\s\S]*)storage: ebs[\s\S]*$/,
        '$1storage: instance-store\n    instance_type: i8g.xlarge\n',
      );
    expect(refusals({ [DEVELOPMENT]: overrides('i8g.xlarge'), 'development/nodes.lock.yml': lock })).toEqual([]);
    expect(refusals({ [DEVELOPMENT]: overrides('i8g.2xlarge'), 'development/nodes.lock.yml': lock })).toEqual([
      expect.stringContaining(
        'ethereum-sepolia-geth: would stop its instance to make a i8g.2xlarge of the i8g.xlarge, and its data is on local disks',
      ),
    ]);
  });

  test('another VPC, another account, another state', () => {
    expect(
      refusals({
        'staging/overrides.yml': swap(
          '  p2p:\n    mode: public',
          '  p2p:\n    mode: public\n  vpc: { tags: { Name: other } }',
        ),
      }),
    ).toHaveLength(4);
    expect(refusals({ [OVERRIDES]: swap('account_id: "012345678901"', 'account_id: "111111111111"') })).toEqual([
      'environments/production/overrides.yml:13:15 aws.account_id: the account would change from 012345678901 to 111111111111, where nobody knows the disks of this environment; keep 012345678901',
    ]);
    expect(refusals({ [OVERRIDES]: swap('bucket: acme-tfstate', 'bucket: other-tfstate') })).toEqual([
      'environments/production/overrides.yml:17:11 state.bucket: the state would change from acme-tfstate to other-tfstate, where nobody knows the disks of this environment; keep acme-tfstate',
    ]);
  });

  test('a bucket for a state that lay in a local file', () => {
    const edit = (text: string): string => `${text}state: { bucket: acme-tfstate }\n`;
    const lock = (text: string): string => text.replace('nodes:', 'state: acme-tfstate\nnodes:');
    expect(refusals({ [DEVELOPMENT]: edit })).toEqual([
      'environments/development/overrides.yml:15:18 state.bucket: the state would move from a local file to acme-tfstate; take it along (terraform init -migrate-state), and add "state: acme-tfstate" to nodes.lock.yml',
    ]);
    expect(refusals({ [DEVELOPMENT]: edit, 'development/nodes.lock.yml': lock })).toEqual([]);
  });

  test('a lock file that is gone', () => {
    expect(refusals({ 'production/nodes.lock.yml': (text) => text }, ['production/nodes.lock.yml'])).toEqual([
      'environments/production/nodes.lock.yml:1:1 is missing; without it no disk is guarded; run: npm run config -- production lock',
    ]);
  });

  test('another storage', () => {
    const edit = swap(
      'mainnet-reth:\n',
      'mainnet-reth:\n        storage: instance-store\n        instance_type: i8g.4xlarge\n',
    );
    expect(refusals({ [OVERRIDES]: edit })).toEqual([
      'environments/production/overrides.yml:35:18 chains.ethereum.nodes.mainnet-reth.storage: ethereum-mainnet-reth: would change its storage from ebs to instance-store and lose its data; put the node back as it was, or retire it and add it under another name',
    ]);
  });

  test('nodes that nobody locked, where disks are protected', () => {
    expect(refusals({ [OVERRIDES]: swap('networks: [mainnet]', 'networks: [mainnet, hoodi]') })).toEqual([
      'environments/production/overrides.yml:25:25 chains.ethereum.networks[1]: ethereum-hoodi-geth is not locked; run: npm run config -- production lock',
      'environments/production/overrides.yml:25:25 chains.ethereum.networks[1]: ethereum-hoodi-reth is not locked; run: npm run config -- production lock',
    ]);
  });

  test('a lock file emptied, where disks are protected', () => {
    expect(refusals({ 'production/nodes.lock.yml': () => 'nodes: {}\n' })).toEqual([
      'environments/production/overrides.yml:25:16 chains.ethereum.networks[0]: ethereum-mainnet-geth is not locked; run: npm run config -- production lock',
      'environments/production/overrides.yml:25:16 chains.ethereum.networks[0]: ethereum-mainnet-reth is not locked; run: npm run config -- production lock',
    ]);
  });

  test('retiring a node that is still there', () => {
    expect(refusals({ [OVERRIDES]: (text) => `${text}retire: [ethereum-mainnet-geth]\n` })).toEqual([
      'environments/production/overrides.yml:65:10 retire[0]: ethereum-mainnet-geth is still configured; remove it from chains, or from retire',
    ]);
  });
});

describe('what the lock file allows', () => {
  test('a mistake in a locked node is that mistake, and no dropped disk', () => {
    const edit = (text: string): string => `${text}    nodes: { local-geth: { node_type: archive } }\n`;
    expect(refusals({ [DEVELOPMENT]: edit })).toEqual([
      expect.stringContaining('ethereum-local-geth: the catalogue has no hardware for node type archive on local'),
    ]);
  });

  test('a node dropped that is named under retire', () => {
    const edit = (text: string): string =>
      `${swap('      mainnet-reth:\n        zone: eu-central-1b\n', '      mainnet-reth: null\n')(text)}retire: [ethereum-mainnet-reth]\n`;
    const { environments, warnings } = load({ [OVERRIDES]: edit });
    const production = environments.find(({ name }) => name === 'production');
    expect(production?.nodes.map(({ id }) => id)).toEqual(['ethereum-mainnet-geth']);
    expect(warnings).toEqual([]);
  });

  test('a disk that has grown and is locked so', () => {
    const grown = swap('size: 4 TiB', 'size: 6 TiB');
    expect(refusals({ [OVERRIDES]: grown, 'production/nodes.lock.yml': grown })).toEqual([]);
  });

  test('a new instance type, new versions', () => {
    const more = '          size: 4 TiB\n        instance_type: r7g.4xlarge\n        version: { geth: v1.17.11 }';
    expect(refusals({ [OVERRIDES]: swap('          size: 4 TiB', more) })).toEqual([]);
  });

  test('a zone list in which a locked zone no longer stands', () => {
    const { environments } = load({
      'global.yml': swap('zones: [eu-central-1a, eu-central-1b]', 'zones: [eu-central-1c]'),
    });
    const zones = environments.flatMap(({ nodes }) => nodes.map(({ zone }) => zone));
    expect(new Set(zones)).toEqual(new Set(['eu-central-1a', 'eu-central-1b']));
  });

  test('a new node where nothing is protected: a warning says how to lock it', () => {
    const { warnings } = load({
      [DEVELOPMENT]: swap('networks: [sepolia, local]', 'networks: [sepolia, local, hoodi]'),
    });
    expect(warnings.map(({ message }) => message)).toEqual([
      'ethereum-hoodi-geth is not locked; run: npm run config -- development lock',
    ]);
  });

  test('a retirement that is through: a warning says that it can go', () => {
    const { warnings } = load({ [DEVELOPMENT]: (text) => `${text}retire: [ethereum-gone-geth]\n` });
    expect(warnings.map(({ message }) => message)).toEqual([
      'ethereum-gone-geth is not in the lock file, there is nothing to retire; remove it',
    ]);
  });
});
