import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironments } from '../../environments/load';
import { ENVIRONMENTS, type Json, resources, synthesize, TODAY } from '../project';

const CONFIGURATION = loadEnvironments(ENVIRONMENTS, { today: TODAY });
const STACKS = synthesize(CONFIGURATION);

/** What holds state: when one of these addresses changes, something is lost. Change this list only with a `moved` block. */
const STATEFUL: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(__dirname, 'stateful-addresses.json'), 'utf8'),
);

const isStateful = (address: string): boolean =>
  /^(aws_(ebs_volume|instance|route53_zone|s3_bucket|volume_attachment)|helm_release|kubernetes_(namespace|storage_class)_v1)\./.test(
    address,
  );

describe('addresses', () => {
  test.each(Object.keys(STATEFUL))('of what holds state are frozen: %s', (name) => {
    expect(Object.keys(resources(STACKS[name])).filter(isStateful).sort()).toEqual(STATEFUL[name]);
  });

  test('of volumes, instances and releases are the ids of their nodes, in every environment', () => {
    for (const [name, stack] of Object.entries(STACKS)) {
      const nodes = CONFIGURATION.environments.find((environment) => environment.name === name)?.nodes ?? [];
      const ids = (of: typeof nodes): string[] => of.map(({ id }) => id);
      const hosts = nodes.filter(({ hosting }) => hosting === 'instance');
      expect(Object.keys(stack.resource.aws_ebs_volume)).toEqual(ids(hosts.filter(({ storage }) => storage === 'ebs')));
      expect(Object.keys(stack.resource.aws_instance)).toEqual(ids(hosts));
      expect(Object.keys(stack.resource.helm_release ?? {})).toEqual(
        expect.arrayContaining(ids(nodes.filter(({ hosting }) => hosting === 'kubernetes'))),
      );
    }
  });

  test('hold no environment name', () => {
    for (const stack of Object.values(STACKS)) {
      for (const address of Object.keys(resources(stack)))
        expect(address).not.toMatch(/development|staging|production/);
    }
  });
});

describe('each environment, whole', () => {
  /** Scripts are tested where they run; here they would hide the rest. */
  const shortened = (key: string, value: unknown): unknown =>
    key !== '//' && typeof value === 'string' && value.length > 600 ? `${value.split('\n')[0]} …` : value;

  test.each(Object.keys(STACKS))('%s is what was reviewed', (name) => {
    const { resource: _, ...rest } = STACKS[name];
    const whole = { ...rest, resources: resources(STACKS[name]) };
    expect(JSON.parse(JSON.stringify(whole, shortened))).toMatchSnapshot();
  });
});

describe('guards', () => {
  const bodies = (name: string, type: string): Json[] => Object.values(STACKS[name].resource[type]);

  test('protect: plans that destroy a disk or an instance fail, and AWS refuses to terminate it', () => {
    for (const volume of bodies('production', 'aws_ebs_volume')) {
      expect(volume).toMatchObject({
        lifecycle: { prevent_destroy: true },
        final_snapshot: true,
        timeouts: { delete: '24h' },
      });
    }
    for (const instance of bodies('production', 'aws_instance')) {
      expect(instance).toMatchObject({
        lifecycle: { prevent_destroy: true },
        disable_api_termination: true,
        force_destroy: true,
      });
    }
  });

  test('without protect a disk can go, and leaves a snapshot', () => {
    for (const volume of bodies('development', 'aws_ebs_volume')) {
      expect(volume.lifecycle.prevent_destroy).toBe(false);
      expect(volume.final_snapshot).toBe(true);
    }
  });

  test('a disk takes its zone from configuration and never from its instance', () => {
    for (const name of Object.keys(STACKS)) {
      for (const volume of bodies(name, 'aws_ebs_volume'))
        expect(volume.availability_zone).toMatch(/^eu-central-1[ab]$/);
    }
  });

  test('every disk is encrypted, with the named key where there is one', () => {
    for (const name of Object.keys(STACKS)) {
      for (const volume of bodies(name, 'aws_ebs_volume')) expect(volume.encrypted).toBe(true);
      for (const instance of bodies(name, 'aws_instance')) expect(instance.root_block_device.encrypted).toBe(true);
    }
    const key = '${data.aws_kms_key.disk-key.arn}';
    for (const volume of bodies('production', 'aws_ebs_volume')) expect(volume.kms_key_id).toBe(key);
    for (const instance of bodies('production', 'aws_instance'))
      expect(instance.root_block_device.kms_key_id).toBe(key);
  });

  test('no chain data stands in a block of an instance', () => {
    for (const stack of Object.values(STACKS)) {
      for (const instance of Object.values<Json>(stack.resource.aws_instance))
        expect(instance.ebs_block_device).toBeUndefined();
    }
  });
});

describe('state and providers', () => {
  test('production: a bucket with a lock file, one account, versions held', () => {
    expect(STACKS.production.terraform).toEqual({
      backend: {
        s3: {
          bucket: 'acme-tfstate',
          key: 'production/terraform.tfstate',
          region: 'eu-central-1',
          encrypt: true,
          use_lockfile: true,
          allowed_account_ids: ['012345678901'],
        },
      },
      required_providers: {
        aws: { source: 'aws', version: '~> 6.25' },
        helm: { source: 'helm', version: '3.1.1' },
        kubernetes: { source: 'kubernetes', version: '2.38.0' },
      },
      required_version: '>= 1.10.0',
    });
    expect(STACKS.production.provider.aws).toEqual([
      {
        region: 'eu-central-1',
        allowed_account_ids: ['012345678901'],
        default_tags: [{ tags: { Environment: 'production', ManagedBy: 'terraform', Project: 'mev' } }],
      },
    ]);
  });

  test('development: a file outside of cdktf.out, by a path that is the same everywhere', () => {
    expect(STACKS.development.terraform.backend).toEqual({ local: { path: '../../../terraform.development.tfstate' } });
  });
});

describe('outputs', () => {
  test('every node with its addresses', () => {
    expect(STACKS.development.output.nodes.value).toMatchObject({
      'ethereum-local-geth': {
        instance: '${aws_instance.ethereum-local-geth.id}',
        rpc: 'http://ethereum-local-geth.development.chain.internal:8545',
        ws: 'ws://ethereum-local-geth.development.chain.internal:8546',
        health: 'http://ethereum-local-geth.development.chain.internal:8099/',
        metrics: ['http://ethereum-local-geth.development.chain.internal:6060/debug/metrics/prometheus'],
      },
      'ethereum-sepolia-geth': {
        instance: '${aws_instance.ethereum-sepolia-geth.id}',
        rpc: 'http://ethereum-sepolia-geth.development.chain.internal:8545',
        ws: 'ws://ethereum-sepolia-geth.development.chain.internal:8546',
        health: 'http://ethereum-sepolia-geth.development.chain.internal:8099/',
        metrics: [
          'http://ethereum-sepolia-geth.development.chain.internal:6060/debug/metrics/prometheus',
          'http://ethereum-sepolia-geth.development.chain.internal:5054/metrics',
        ],
      },
    });
  });
});

describe('templates', () => {
  test('every ${ and %{ in a string is either escaped or a reference that stands in the stack', () => {
    const references = new Set<string>();
    for (const stack of Object.values(STACKS)) {
      for (const [, inner] of JSON.stringify(stack).matchAll(/(?<!\$)\$\{([^}]*)\}/g)) references.add(inner as string);
      expect(JSON.stringify(stack)).not.toMatch(/(?<!%)%\{/);
    }
    for (const reference of references)
      expect(reference).toMatch(/^((json|base64)(en|de)code\(|(data\.)?(aws|kubernetes)_[a-z0-9_]+\.|self\.)/);
  });
});
