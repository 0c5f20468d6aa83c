import { dangersOf } from '../../../tools/plan-report/dangers';
import type { Json } from '../../project';
import { changed, ENGINE, NODES, permitting, plan } from './plans';

/** What of a plan is dangerous, and what of it the configuration allows. */

const GETH = 'ethereum-mainnet-geth';
const DISK = { size: 4096, type: 'gp3', final_snapshot: true };

/** Kind, and what is said, of each danger. */
const dangers = (changes: readonly Json[], outputs: Parameters<typeof plan>[1] = {}, permissions = permitting()) =>
  dangersOf(plan(changes, outputs), permissions).map(({ kind, address, what, means, permitted }) => [
    kind,
    `${address} ${what}: ${means}`,
    ...(permitted === undefined ? [] : [permitted]),
  ]);

test.each<[string, readonly Json[], readonly (readonly string[])[]]>([
  [
    'a disk that goes',
    [changed(`aws_ebs_volume.${GETH}`, 'delete', DISK)],
    [
      [
        'data',
        `aws_ebs_volume.${GETH} is destroyed: the disk of ${GETH}, 4096 GiB: it goes with its data; a last snapshot is kept`,
      ],
    ],
  ],
  [
    'a disk that is made anew, without a snapshot',
    [
      changed(
        `aws_ebs_volume.${GETH}`,
        'replace',
        { ...DISK, final_snapshot: false, availability_zone: 'a' },
        { ...DISK, availability_zone: 'b' },
        ['availability_zone'],
      ),
    ],
    [
      [
        'data',
        `aws_ebs_volume.${GETH} is replaced (availability_zone): the disk of ${GETH}, 4096 GiB: it goes with its data, and no snapshot of it is kept`,
      ],
    ],
  ],
  [
    'a disk that is forgotten',
    [changed(`aws_ebs_volume.${GETH}`, 'forget', DISK)],
    [
      [
        'data',
        `aws_ebs_volume.${GETH} is left behind, and forgotten: the disk of ${GETH}, 4096 GiB: it stays in the account, and nothing here knows of it any more`,
      ],
    ],
  ],
  ['a disk that grows', [changed(`aws_ebs_volume.${GETH}`, 'update', DISK, { ...DISK, size: 5000 })], []],
  [
    'an instance that is made anew, its disk beside it',
    [
      changed(`aws_instance.${GETH}`, 'replace', { instance_type: 'r7g.2xlarge' }, { instance_type: 'r7g.2xlarge' }, [
        'subnet_id',
      ]),
    ],
    [['node', `aws_instance.${GETH} is replaced (subnet_id): ${GETH} is down until the next one has started`]],
  ],
  [
    'an instance with local disks that is made anew',
    [changed(`aws_instance.${GETH}`, 'replace', { instance_type: 'i7i.4xlarge' })],
    [['data', `aws_instance.${GETH} is replaced: ${GETH} is down, and its data, which is on local disks, is lost`]],
  ],
  [
    'an instance that is stopped for another type',
    [changed(`aws_instance.${GETH}`, 'update', { instance_type: 'r7g.2xlarge' }, { instance_type: 'r7g.4xlarge' })],
    [['node', `aws_instance.${GETH} is stopped and started (instance_type): ${GETH} is down for minutes`]],
  ],
  [
    'an instance with local disks that is stopped',
    [changed(`aws_instance.${GETH}`, 'update', { instance_type: 'i7i.4xlarge' }, { instance_type: 'i7i.8xlarge' })],
    [
      [
        'data',
        `aws_instance.${GETH} is stopped and started (instance_type): ${GETH} is down, and its data, which is on local disks, is lost`,
      ],
    ],
  ],
  [
    'tags of an instance',
    [
      changed(
        `aws_instance.${GETH}`,
        'update',
        { instance_type: 'r7g.2xlarge', tags: {} },
        { instance_type: 'r7g.2xlarge', tags: { a: 'b' } },
      ),
    ],
    [],
  ],
  [
    'a disk that is taken from a node that stays',
    [changed(`aws_volume_attachment.${GETH}_attachment_8829966F`, 'replace', {}, {}, ['volume_id'])],
    [
      [
        'node',
        `aws_volume_attachment.${GETH}_attachment_8829966F is replaced (volume_id): ${GETH} loses its disk while it runs, and is down`,
      ],
    ],
  ],
  [
    'two nodes of one group, which comes before either',
    [
      changed(`aws_instance.${GETH}`, 'update', { instance_type: 'r7g.2xlarge' }, { instance_type: 'r7g.4xlarge' }),
      changed(
        'aws_instance.ethereum-mainnet-reth',
        'update',
        { instance_type: 'r7g.2xlarge' },
        { instance_type: 'r7g.4xlarge' },
      ),
      changed('helm_release.arbitrum-mainnet-nitro', 'delete', { name: 'arbitrum-mainnet-nitro' }),
    ],
    [
      [
        'group',
        `aws_instance.${GETH} and 1 more of its group at once: ${GETH} and ethereum-mainnet-reth of ethereum-mainnet are down at the same time`,
      ],
      ['node', `aws_instance.${GETH} is stopped and started (instance_type): ${GETH} is down for minutes`],
      [
        'node',
        `aws_instance.ethereum-mainnet-reth is stopped and started (instance_type): ethereum-mainnet-reth is down for minutes`,
      ],
      ['node', 'helm_release.arbitrum-mainnet-nitro is destroyed: arbitrum-mainnet-nitro is down; its claim stays'],
    ],
  ],
  [
    'buckets and keys',
    [
      changed('aws_s3_bucket.releases', 'replace', { bucket: 'releases-1' }, {}, ['bucket_prefix']),
      changed('aws_kms_key.disk', 'delete', { description: 'disks' }),
    ],
    [
      ['data', 'aws_kms_key.disk is destroyed: the key disks: what it encrypted cannot be read again'],
      [
        'data',
        'aws_s3_bucket.releases is replaced (bucket_prefix): the bucket releases-1: what is in it is lost, or the apply fails while it is not empty',
      ],
    ],
  ],
  [
    'what is in the cluster',
    [
      changed('kubernetes_namespace_v1.cluster_blockchain', 'replace', { metadata: [{ name: 'blockchain' }] }),
      changed('kubernetes_persistent_volume_claim_v1.data', 'delete'),
      changed('helm_release.monitoring_loki_194ADF76', 'delete', { name: 'loki' }),
      changed('helm_release.monitoring_alloy', 'update'),
    ],
    [
      ['data', 'helm_release.monitoring_loki_194ADF76 is destroyed: the release loki and all that is in it'],
      [
        'data',
        'kubernetes_namespace_v1.cluster_blockchain is replaced: the namespace blockchain: everything in it goes, claims as well',
      ],
      [
        'data',
        'kubernetes_persistent_volume_claim_v1.data is destroyed: the claim data: its disk goes with it, unless its class retains it',
      ],
    ],
  ],
  [
    'the names of nodes',
    [changed('aws_route53_zone.network_zone', 'replace', { name: 'production.chain.internal' }, {}, ['name'])],
    [
      [
        'node',
        'aws_route53_zone.network_zone is replaced (name): the names of all nodes (production.chain.internal): nobody finds them until they are made again',
      ],
    ],
  ],
  [
    'an engine that is made anew',
    [changed('helm_release.engine-router', 'replace', { name: 'router' }, {}, ['name'])],
    [['engine', 'helm_release.engine-router is replaced (name): router ends, with whatever it has open']],
  ],
  [
    'an archive that forgets sooner, or at all',
    [
      changed(
        'aws_s3_bucket_lifecycle_configuration.archive',
        'update',
        { bucket: 'one', rule: [{ expiration: [{ days: 1825 }] }] },
        { bucket: 'one', rule: [{ expiration: [{ days: 30 }] }] },
      ),
      changed(
        'aws_s3_bucket_lifecycle_configuration.other',
        'update',
        { bucket: 'two', rule: [] },
        { bucket: 'two', rule: [{ expiration: [{ days: 7 }] }] },
      ),
      changed(
        'aws_s3_bucket_lifecycle_configuration.more',
        'update',
        { rule: [{ expiration: [{ days: 7 }] }] },
        { rule: [{ expiration: [{ days: 8 }] }] },
      ),
    ],
    [
      [
        'data',
        'aws_s3_bucket_lifecycle_configuration.archive deletes after 30 days instead of 1825: what is older in its bucket (one) is deleted within a day',
      ],
      [
        'data',
        'aws_s3_bucket_lifecycle_configuration.other deletes after 7 days: what is older in its bucket (two) is deleted within a day',
      ],
    ],
  ],
  [
    'a bucket that begins to forget, and one that is new',
    [
      changed('aws_s3_bucket_lifecycle_configuration.old', 'create', undefined, {
        bucket: 'old',
        rule: [{ expiration: [{ days: 7 }] }],
      }),
      changed('aws_s3_bucket.new', 'create', undefined, { bucket: 'new' }),
      changed('aws_s3_bucket_lifecycle_configuration.new', 'create', undefined, {
        bucket: 'new',
        rule: [{ expiration: [{ days: 7 }] }],
      }),
      changed('aws_s3_bucket_lifecycle_configuration.named', 'create', undefined, {
        bucket: '${aws_s3_bucket.new.bucket}',
        rule: [{ expiration: [{ days: 7 }] }],
      }),
    ],
    [
      [
        'data',
        'aws_s3_bucket_lifecycle_configuration.old deletes after 7 days: what is older in its bucket (old) is deleted within a day',
      ],
    ],
  ],
  [
    'logs that are kept for less long',
    [
      changed(
        'aws_cloudwatch_log_group.less',
        'update',
        { name: 'less', retention_in_days: 90 },
        { name: 'less', retention_in_days: 7 },
      ),
      changed(
        'aws_cloudwatch_log_group.never',
        'update',
        { name: 'never', retention_in_days: 0 },
        { name: 'never', retention_in_days: 365 },
      ),
      changed(
        'aws_cloudwatch_log_group.more',
        'update',
        { name: 'more', retention_in_days: 7 },
        { name: 'more', retention_in_days: 0 },
      ),
    ],
    [
      [
        'data',
        'aws_cloudwatch_log_group.less deletes after 7 days instead of 90: what is older in the logs of less is deleted',
      ],
      ['data', 'aws_cloudwatch_log_group.never deletes after 365 days: what is older in the logs of never is deleted'],
    ],
  ],
  [
    'logs, and an engine beside a node',
    [
      changed('aws_cloudwatch_log_group.builds', 'delete', { name: 'builds' }),
      changed('aws_ssm_association.engine-router', 'delete'),
      changed('aws_s3_object.engine-router_release_1A', 'delete'),
    ],
    [
      ['data', 'aws_cloudwatch_log_group.builds is destroyed: the logs of builds: they are lost'],
      ['engine', 'aws_ssm_association.engine-router is destroyed: router ends, with whatever it has open'],
    ],
  ],
  [
    'what comes anew with each change of an engine beside a node',
    [changed('aws_ssm_association.engine-router', 'replace')],
    [],
  ],
  ['what is around a node', [changed(`aws_iam_role.${GETH}_role_6F2296C0`, 'replace')], []],
  [
    'what is new',
    [changed(`aws_ebs_volume.${GETH}`, 'create', {}, DISK), changed('helm_release.engine-router', 'create')],
    [],
  ],
])('%s', (_, changes, expected) => expect(dangers(changes)).toEqual(expected));

describe('what is allowed', () => {
  const gone = [changed(`aws_ebs_volume.${GETH}`, 'delete', DISK), changed(`aws_instance.${GETH}`, 'delete')];
  const permits = (...permissions: Parameters<typeof permitting>) =>
    dangers(gone, {}, permitting(...permissions)).map(([, , permitted]) => permitted);

  test('is a node that is retired, whole', () =>
    expect(permits([GETH])).toEqual([
      `${GETH} is retired by overrides.yml:1`,
      `${GETH} is retired by overrides.yml:1`,
    ]));
  test('is an address, and no other', () =>
    expect(permits([], [`aws_instance.${GETH}`])).toEqual([undefined, 'allowed by overrides.yml:2']));
  test('is not another node', () => expect(permits(['ethereum-mainnet-reth'])).toEqual([undefined, undefined]));

  test('of a group, only when all of it is', () => {
    const both = ['ethereum-mainnet-geth', 'ethereum-mainnet-reth'];
    const changes = both.map((id) => changed(`aws_instance.${id}`, 'delete', { instance_type: 'r7g.2xlarge' }));
    const group = (retire: readonly string[]) =>
      dangers(changes, {}, permitting(retire)).find(([kind]) => kind === 'group')?.[2];
    expect(group(['ethereum-mainnet-geth'])).toBeUndefined();
    expect(group(both)).toBe(
      'ethereum-mainnet-geth is retired by overrides.yml:1; ethereum-mainnet-reth is retired by overrides.yml:1',
    );
  });

  test('is an engine that nothing asks for any more, or that is stopped by commit', () => {
    const change = (actions: 'delete' | 'update') => [
      changed('helm_release.engine-router', actions, { name: 'router' }),
    ];
    const said = (actions: 'delete' | 'update', after: Json) =>
      dangers(change(actions), { engines: [{ router: ENGINE }, after] }).map(([, ...rest]) => rest);
    expect(said('delete', {})).toEqual([
      [
        'helm_release.engine-router is destroyed: router ends, with whatever it has open',
        'no strategy of this environment names it any more',
      ],
    ]);
    expect(said('update', { router: { ...ENGINE, stopped: true } })).toEqual([
      ['helm_release.engine-router is stopped: router ends, with whatever it has open', 'mev.emergency_stop names it'],
    ]);
    expect(said('delete', { router: ENGINE })).toEqual([
      ['helm_release.engine-router is destroyed: router ends, with whatever it has open'],
    ]);
    expect(said('update', { router: ENGINE })).toEqual([]);
  });
});

test('a stop for a value that is known only later is one', () => {
  const late = changed(
    `aws_instance.${GETH}`,
    'update',
    { instance_type: 'r7g.2xlarge', user_data: 'a' },
    { instance_type: 'r7g.2xlarge' },
  );
  late.change.after_unknown = { user_data: true };
  expect(dangers([late])).toEqual([
    ['node', `aws_instance.${GETH} is stopped and started (user_data): ${GETH} is down for minutes`],
  ]);
});

test('what is left of an earlier replacement can be allowed by its address', () => {
  const left = { ...changed('aws_s3_bucket.releases', 'delete', { bucket: 'old' }), deposed: 'abc123' };
  expect(dangers([left], {}, permitting([], ['aws_s3_bucket.releases']))).toEqual([
    ['data', expect.any(String), 'allowed by overrides.yml:2'],
  ]);
});

test('a node is known by its instance where no output tells of it', () => {
  const changes = [changed(`aws_instance.${GETH}`, 'delete', { instance_type: 'r7g.2xlarge' })];
  expect(dangers(changes, { nodes: [{}, {}] }, permitting([GETH]))).toEqual([
    ['node', `aws_instance.${GETH} is destroyed: ${GETH} is gone`, `${GETH} is retired by overrides.yml:1`],
  ]);
  expect(Object.keys(NODES)).toContain(GETH);
});
