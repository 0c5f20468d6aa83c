import {
  ChainNode,
  type ChainNodeProps,
  type InstanceNodeProps,
  type NodePlatform,
} from '../../../constructs/chain-node';
import { solana } from '../../../constructs/chain-node/catalogue';
import { METRICS_NAMESPACE } from '../../../constructs/chain-node/node-alarms';
import type { Json } from '../../project';
import { define, ofType, SEPOLIA, synthesized } from '../platform';

type Props = Partial<InstanceNodeProps> & Pick<InstanceNodeProps, 'storage'>;

const node = (props: Props = SEPOLIA, change: Partial<NodePlatform> = {}): Readonly<Record<string, Json>> =>
  define((stack, platform) => {
    new ChainNode(stack, 'ethereum-sepolia-geth', { ...SEPOLIA, ...props, platform } as ChainNodeProps);
  }, change);

describe('the instance', () => {
  const { user_data: userData, ...instance } = node()['aws_instance.ethereum-sepolia-geth'];

  test('is hardened and managed, and has what the catalogue asks for', () => {
    expect(instance).toEqual({
      ami: expect.stringMatching(/^\$\{data\.aws_ssm_parameter\.images_arm64_[0-9A-F]{8}\.insecure_value\}$/),
      instance_type: 'r7g.xlarge',
      subnet_id: expect.stringMatching(
        /^\$\{data\.aws_subnet\.network_subnet-eu-central-1a-private_[0-9A-F]{8}\.id\}$/,
      ),
      associate_public_ip_address: false,
      vpc_security_group_ids: [expect.stringMatching(/^\$\{aws_security_group\./)],
      iam_instance_profile: expect.stringMatching(/^\$\{aws_iam_instance_profile\./),
      metadata_options: { http_endpoint: 'enabled', http_tokens: 'required', http_put_response_hop_limit: 1 },
      monitoring: true,
      ebs_optimized: true,
      root_block_device: { encrypted: true, volume_type: 'gp3', volume_size: 50 },
      user_data_replace_on_change: false,
      disable_api_termination: false,
      disable_api_stop: false,
      force_destroy: false,
      timeouts: { update: '60m', delete: '60m' },
      tags: {
        Name: 'test-ethereum-sepolia-geth',
        ReleaseGroup: 'test/ethereum-sepolia',
        Chain: 'ethereum',
        Network: 'sepolia',
        Client: 'geth',
        NodeType: 'full',
      },
      lifecycle: {
        prevent_destroy: false,
        ignore_changes: ['ami', 'user_data', 'root_block_device', 'associate_public_ip_address'],
      },
    });
  });

  test('has no key pair', () => {
    expect(instance.key_name).toBeUndefined();
  });

  test('is told which node it is and nothing of what it runs', () => {
    expect(userData).toContain("NODE_ID='ethereum-sepolia-geth'\n");
    expect(userData).toContain("VOLUME_ID='${aws_ebs_volume.ethereum-sepolia-geth.id}'\n");
    expect(userData.replaceAll('ethereum-sepolia-geth', '')).not.toMatch(/geth|lighthouse|sepolia|ethereum/i);
    expect(Buffer.byteLength(userData)).toBeLessThan(8192);
  });
});

describe('what a node may do', () => {
  const statements = (props: Props): readonly string[] => {
    const policy = Object.entries(node(props)).find(([address]) => address.includes('role_policy'))?.[1].policy;
    return [...policy.matchAll(/"Sid" = "(\w+)"/g)].map(([, sid]) => sid as string);
  };

  test('depends on what it is: its release, the lease of its group, and no more than it needs', () => {
    const always = ['ManagedByAgent', 'OwnMetrics', 'OwnRelease', 'GroupLease'];
    expect(statements({ storage: 'ebs' })).toEqual(always);
    expect(statements({ storage: 'ebs', backup: { method: 'stop' } })).toEqual([
      ...always,
      'OwnBackup',
      'AsAutomation',
    ]);
    expect(statements({ storage: 'instance-store', instanceType: 'i8g.2xlarge' })).toEqual([...always, 'OwnIdentity']);
  });
});

describe('the data volume', () => {
  const volume = (props: Props): Json => node(props)['aws_ebs_volume.ethereum-sepolia-geth'];

  test('is made from the newest backup of such a node when there is one, and is empty when there is none', () => {
    const bootstrap = { from: 'latest-backup', initializationRateMiBps: 300 } as const;
    const { data, resource } = synthesized((stack, platform) => {
      new ChainNode(stack, 'ethereum-sepolia-geth', { ...SEPOLIA, bootstrap, platform });
    });
    const [[name, found] = []] = Object.entries(data.aws_ebs_snapshot_ids);
    expect(found).toEqual({
      owners: ['self'],
      filter: [
        { name: 'status', values: ['completed'] },
        { name: 'tag-key', values: ['BackupSet'] },
        { name: 'tag:Environment', values: ['test'] },
        { name: 'tag:Chain', values: ['ethereum'] },
        { name: 'tag:Network', values: ['sepolia'] },
        { name: 'tag:Client', values: ['geth'] },
        { name: 'tag:NodeType', values: ['full'] },
      ],
    });
    const ids = `data.aws_ebs_snapshot_ids.${name}.ids`;
    expect(resource.aws_ebs_volume['ethereum-sepolia-geth']).toMatchObject({
      snapshot_id: `\${length(${ids}) > 0 ? ${ids}[0] : null}`,
      volume_initialization_rate: `\${length(${ids}) > 0 ? 300 : null}`,
    });
  });

  test('is made from a snapshot that is named', () => {
    const bootstrap = { from: 'snapshot', snapshotId: 'snap-1' } as const;
    const { snapshot_id: id, volume_initialization_rate: rate } = volume({ storage: 'ebs', bootstrap });
    expect([id, rate]).toEqual(['snap-1', undefined]);
  });

  test.each([
    ['that is named', { from: 'snapshot', snapshotId: 'snap-1' }, 300],
    [
      'of the newest backup',
      { from: 'latest-backup' },
      expect.stringMatching(/^\$\{length\(.*\) > 0 \? 300 : null\}$/),
    ],
  ] as const)('is filled from a snapshot %s as fast as asked', (_, bootstrap, rate) => {
    const made = volume({ storage: 'ebs', bootstrap: { ...bootstrap, initializationRateMiBps: 300 } });
    expect(made.volume_initialization_rate).toEqual(rate);
  });

  test.each([undefined, { from: 'empty' }, { from: 'url', url: 'https://example.com/a.tar' }] as const)(
    'is not made from a snapshot with %j',
    (bootstrap) => {
      const made = volume({ storage: 'ebs', ...(bootstrap ? { bootstrap } : {}) });
      expect(made).not.toHaveProperty('snapshot_id');
      expect(made).not.toHaveProperty('volume_initialization_rate');
    },
  );

  test('stands by itself, in the zone that configuration names', () => {
    const all = node();
    expect(all['aws_ebs_volume.ethereum-sepolia-geth']).toEqual({
      availability_zone: 'eu-central-1a',
      encrypted: true,
      type: 'gp3',
      size: 600,
      iops: 3000,
      throughput: 125,
      final_snapshot: true,
      timeouts: { delete: '24h' },
      tags: {
        Name: 'test-ethereum-sepolia-geth-data',
        Node: 'ethereum-sepolia-geth',
        Chain: 'ethereum',
        Network: 'sepolia',
        Client: 'geth',
        NodeType: 'full',
      },
      lifecycle: {
        prevent_destroy: false,
        ignore_changes: ['kms_key_id', 'snapshot_id', 'volume_initialization_rate'],
      },
    });
    expect(ofType(all, 'aws_volume_attachment')).toEqual([
      {
        device_name: '/dev/sdf',
        instance_id: '${aws_instance.ethereum-sepolia-geth.id}',
        volume_id: '${aws_ebs_volume.ethereum-sepolia-geth.id}',
        stop_instance_before_detaching: true,
        timeouts: { delete: '60m' },
      },
    ]);
  });

  test('can be of any type and size', () => {
    const volume = { type: 'io2', sizeGiB: 1000, iops: 20_000 } as const;
    const body = node({ storage: 'ebs', volume })['aws_ebs_volume.ethereum-sepolia-geth'];
    expect([body.type, body.size, body.iops, body.throughput]).toEqual(['io2', 1000, 20_000, undefined]);
  });

  test('does not exist with instance store, and AWS refuses to stop a protected instance', () => {
    const all = node({ storage: 'instance-store', instanceType: 'i8g.xlarge' }, { protect: true });
    expect(ofType(all, 'aws_ebs_volume')).toEqual([]);
    expect(ofType(all, 'aws_volume_attachment')).toEqual([]);
    expect(ofType(all, 'aws_instance')[0]).toMatchObject({ disable_api_stop: true, disable_api_termination: true });
    expect(ofType(all, 'aws_instance')[0].user_data).toContain("STORAGE='instance-store'\n");
    expect(ofType(all, 'aws_instance')[0].user_data).toContain("VOLUME_ID=''\n");
  });
});

describe('the firewall', () => {
  const rules = (props: Props): string[] =>
    ofType(node(props), 'aws_vpc_security_group_ingress_rule')
      .map(
        (rule) =>
          `${rule.from_port}-${rule.to_port}/${rule.ip_protocol} ${rule.cidr_ipv4.replace(/\$\{data\.aws_vpc\..*/, 'vpc')} ${rule.description}`,
      )
      .sort();

  const INSIDE = [
    '5054-5054/tcp vpc lighthouse metrics for monitoring',
    '6060-6060/tcp vpc geth metrics for monitoring',
    '8545-8545/tcp vpc geth http for clients',
    '8546-8546/tcp vpc geth ws for clients',
    '8099-8099/tcp vpc health for clients',
  ].sort();

  test('opens one described rule a port, and none for what only siblings use', () => {
    expect(rules({ storage: 'ebs' })).toEqual(INSIDE);
  });

  test('opens the beacon API only when blobs are kept for others', () => {
    expect(rules({ storage: 'ebs', blobCustody: 'semi' })).toContain('5052-5052/tcp vpc lighthouse api for clients');
  });

  test('lets peers in when asked to', () => {
    expect(rules({ storage: 'ebs', p2p: 'public' })).toEqual(
      [
        ...INSIDE,
        '30303-30303/tcp 0.0.0.0/0 geth p2p for internet',
        '30303-30303/udp 0.0.0.0/0 geth discovery for internet',
        '9000-9000/tcp 0.0.0.0/0 lighthouse p2p for internet',
        '9000-9000/udp 0.0.0.0/0 lighthouse discovery for internet',
        '9001-9001/udp 0.0.0.0/0 lighthouse quic for internet',
      ].sort(),
    );
  });
});

describe('a port that certain addresses alone reach', () => {
  const SHREDS = {
    chain: solana,
    network: 'mainnet',
    client: 'agave',
    p2p: 'public',
    options: ['shredstream-proxy'],
    optionSettings: { 'shredstream-proxy': { regions: ['dublin'] } },
    storage: 'instance-store',
    secrets: { 'shredstream-keypair': 'prod/shreds' },
  } as const;

  test('has one rule, for a list of them', () => {
    const all = node(SHREDS);
    const [list] = ofType(all, 'aws_ec2_managed_prefix_list');
    expect(list).toEqual({
      name: 'test-ethereum-sepolia-geth-shredstream-proxy-shreds',
      address_family: 'IPv4',
      max_entries: 3,
      entry: ['64.130.61.138/32', '64.130.61.139/32', '64.130.61.140/32'].map((cidr) => ({ cidr })),
    });
    const rules = ofType(all, 'aws_vpc_security_group_ingress_rule');
    const shreds = rules.filter(({ from_port: port }) => port === 20_000);
    expect(shreds).toEqual([
      expect.objectContaining({
        ip_protocol: 'udp',
        prefix_list_id: expect.stringMatching(/^\$\{aws_ec2_managed_prefix_list\./),
        description: 'shredstream-proxy shreds for internet',
      }),
    ]);
    expect(shreds[0]).not.toHaveProperty('cidr_ipv4');
    expect(rules.find(({ from_port: port }) => port === 9999)?.cidr_ipv4).toMatch(/aws_vpc/);
  });

  test('is open to all where nobody says whose they are', () => {
    const all = node({ ...SHREDS, network: 'testnet', optionSettings: { 'shredstream-proxy': { regions: ['ny'] } } });
    expect(ofType(all, 'aws_ec2_managed_prefix_list')).toEqual([]);
    const rules = ofType(all, 'aws_vpc_security_group_ingress_rule');
    expect(rules.find(({ from_port: port }) => port === 20_000)?.cidr_ipv4).toBe('0.0.0.0/0');
  });

  test('comes with the leave to read the secret that its process is given', () => {
    const text = ofType(node(SHREDS), 'aws_iam_role_policy')[0].policy;
    expect(text).toContain('"arn:aws:secretsmanager:eu-central-1:*:secret:prod/shreds-??????"');
  });
});

describe('the role', () => {
  const policy = (props: Props, change: Partial<NodePlatform> = {}): string =>
    ofType(node(props, change), 'aws_iam_role_policy')[0].policy;

  test('reads its own release and no parameter', () => {
    const text = policy({ storage: 'ebs' });
    expect(text).toContain('"${aws_s3_bucket.releases.arn}/nodes/ethereum-sepolia-geth/*"');
    expect(text).not.toMatch(/ssm:GetParameter|secretsmanager|kms:|"\*:\*"|"s3:\*"/);
  });

  test('reads the secrets that its upstreams name', () => {
    const text = policy({ storage: 'ebs', upstreams: { 'bitcoin.rpc': { secret: 'prod/btc' } } });
    const secret = '"arn:aws:secretsmanager:eu-central-1:*:secret:prod/btc-??????"';
    expect(text).toContain(`"Resource" = [${secret}]`);
    // Whatever key they are encrypted with, and nothing else that it encrypts.
    expect(text).toMatch(/"Action" = \["kms:Decrypt"\], "Resource" = \["arn:aws:kms:eu-central-1:\*:key\/\*"\]/);
    expect(text).toContain('"kms:ViaService" = "secretsmanager.eu-central-1.amazonaws.com"');
    expect(text).toContain(`"kms:EncryptionContext:SecretARN" = [${secret}]`);
  });
});

describe('what others see of a node', () => {
  test('addresses, metrics, and what it is made of', () => {
    define((stack, platform) => {
      const made = new ChainNode(stack, 'a', { ...SEPOLIA, platform });
      const { rpcUrl, wsUrl, beaconUrl, metricsTargets, group } = made;
      const { privateDnsName, stopGraceSeconds } = made.instance ?? {};
      expect({ rpcUrl, wsUrl, beaconUrl, metricsTargets, privateDnsName, group, stopGraceSeconds }).toEqual({
        rpcUrl: 'http://a.test.internal:8545',
        wsUrl: 'ws://a.test.internal:8546',
        beaconUrl: undefined,
        metricsTargets: [
          { process: 'geth', address: 'a.test.internal:6060', path: '/debug/metrics/prometheus' },
          { process: 'lighthouse', address: 'a.test.internal:5054', path: '/metrics' },
        ],
        privateDnsName: 'a.test.internal',
        group: 'ethereum-sepolia',
        stopGraceSeconds: 300,
      });
    });
  });

  test('an alarm recovers it, unless its disks are local', () => {
    expect(ofType(node(), 'aws_cloudwatch_metric_alarm')[0]).toMatchObject({
      metric_name: 'StatusCheckFailed_System',
      dimensions: { InstanceId: '${aws_instance.ethereum-sepolia-geth.id}' },
      alarm_actions: ['arn:aws:automate:eu-central-1:ec2:recover'],
    });
    expect(
      ofType(node({ storage: 'instance-store', instanceType: 'i8g.xlarge' }), 'aws_cloudwatch_metric_alarm'),
    ).toEqual([]);
  });

  test('alarms when its host reports it unwell, or reports nothing, where there is a topic', () => {
    const alarms = ofType(node({ storage: 'ebs' }, { alarmTopicArn: 'arn:topic' }), 'aws_cloudwatch_metric_alarm');
    expect(
      alarms
        .filter(({ namespace }) => namespace === METRICS_NAMESPACE)
        .map((alarm) => [
          alarm.alarm_name,
          alarm.metric_name,
          alarm.evaluation_periods,
          alarm.treat_missing_data,
          alarm.dimensions,
          alarm.alarm_actions,
        ]),
    ).toEqual([
      [
        'test-ethereum-sepolia-geth-disk-ready',
        'DiskReady',
        1,
        'ignore',
        { Node: 'test-ethereum-sepolia-geth' },
        ['arn:topic'],
      ],
      [
        'test-ethereum-sepolia-geth-disk-used',
        'DiskUsedPercent',
        15,
        'notBreaching',
        { Node: 'test-ethereum-sepolia-geth' },
        ['arn:topic'],
      ],
      [
        'test-ethereum-sepolia-geth-healthy',
        'Healthy',
        15,
        'breaching',
        { Node: 'test-ethereum-sepolia-geth' },
        ['arn:topic'],
      ],
      [
        'test-ethereum-sepolia-geth-known',
        'HealthKnown',
        5,
        'breaching',
        { Node: 'test-ethereum-sepolia-geth' },
        ['arn:topic'],
      ],
    ]);
    expect(ofType(node(), 'aws_cloudwatch_metric_alarm')).toHaveLength(1);
  });

  test('the manifest is uploaded after the node’s own files that it lists; those of all hosts stand once', () => {
    const all = node();
    const [address, manifest] = Object.entries(all).find(([key]) => key.includes('release-manifest')) ?? [];
    const files = Object.keys(all).filter((key) => key.startsWith('aws_s3_object.') && key !== address);
    const shared = files.filter((key) => key.startsWith('aws_s3_object.host-files_'));
    expect(manifest.depends_on.sort()).toEqual(files.filter((key) => !shared.includes(key)).sort());
    expect(manifest.content.trimEnd().split('\n')).toHaveLength(files.length);
    const keys = shared.map((key) => all[key].key).sort();
    expect(keys).toEqual(manifest.content.match(/host\/\S+/g));
  });
});
