import { type Edits, type Json, load, resources, swap, synthesize } from '../project';
import { type Change, changesBetween, none } from './change';

/** From configuration A to B, exactly these addresses change. */

const BEFORE = synthesize(load());

const changes = (edits: Edits): Readonly<Record<string, Change>> => changesBetween(BEFORE, synthesize(load(edits)));

/** Everything that one node defines, given the ports that it opens. */
const nodeAddresses = (id: string, rules: readonly string[]): string[] =>
  [
    `aws_cloudwatch_metric_alarm.${id}_alarms_disk-ready`,
    `aws_cloudwatch_metric_alarm.${id}_alarms_disk-used`,
    `aws_cloudwatch_metric_alarm.${id}_alarms_healthy`,
    `aws_cloudwatch_metric_alarm.${id}_alarms_known`,
    `aws_cloudwatch_metric_alarm.${id}_recovery`,
    `aws_ebs_volume.${id}`,
    `aws_iam_instance_profile.${id}_role_profile`,
    `aws_iam_role.${id}_role`,
    `aws_iam_role_policy.${id}_role_policy`,
    `aws_instance.${id}`,
    `aws_route53_record.${id}_dns`,
    ...['composeyml', 'healthjson', 'manifest', 'nodeenv', 'system-journaldconf'].map(
      (file) => `aws_s3_object.${id}_release-${file}`,
    ),
    `aws_security_group.${id}_firewall`,
    `aws_volume_attachment.${id}_attachment`,
    `aws_vpc_security_group_egress_rule.${id}_firewall_out`,
    ...rules.map((rule) => `aws_vpc_security_group_ingress_rule.${id}_firewall_${rule}`),
  ].sort();

const GETH_OUTBOUND = ['geth-http', 'geth-metrics', 'geth-ws', 'health', 'lighthouse-metrics'];

describe('what an edit changes', () => {
  test('nothing, when nothing is edited', () => {
    expect(changes({})).toEqual({});
  });

  test('a node added: itself, and the group that now holds it', () => {
    expect(
      changes({ 'development/overrides.yml': swap('networks: [sepolia, local]', 'networks: [sepolia, local, hoodi]') }),
    ).toEqual({
      development: {
        ...none,
        created: [
          ...nodeAddresses('ethereum-hoodi-geth', GETH_OUTBOUND),
          'aws_ssm_association.ethereum-hoodi',
          'aws_ssm_document.ethereum-hoodi_document',
          'terraform_data.ethereum-hoodi_members',
        ].sort(),
      },
    });
  });

  test('a replica added to a group: the association is replaced, and waits for one node more', () => {
    const edit = (text: string): string => `${text}    replicas: 2\n    nodes:\n      local-geth: { replicas: 1 }\n`;
    expect(changes({ 'development/overrides.yml': edit })).toEqual({
      development: {
        ...none,
        created: nodeAddresses('ethereum-sepolia-geth-2', GETH_OUTBOUND),
        changed: ['aws_ssm_association.ethereum-sepolia', 'terraform_data.ethereum-sepolia_members'],
        replaced: ['aws_ssm_association.ethereum-sepolia'],
      },
    });
  });

  test('a node retired: itself and its group, once it is named', () => {
    const edit = (text: string): string =>
      `${swap('networks: [sepolia, local]', 'networks: [sepolia]')(text)}retire: [ethereum-local-geth]\n`;
    expect(changes({ 'development/overrides.yml': edit })).toEqual({
      development: {
        ...none,
        destroyed: [
          ...nodeAddresses('ethereum-local-geth', ['geth-http', 'geth-metrics', 'geth-ws', 'health']),
          'aws_ssm_association.ethereum-local',
          'aws_ssm_document.ethereum-local_document',
          'terraform_data.ethereum-local_members',
        ].sort(),
      },
    });
  });

  /** What a release of these nodes changes, and so their groups. */
  const releaseOnly = (...ids: string[]): Change => ({
    ...none,
    changed: ids
      .flatMap((id) => [
        `aws_s3_object.${id}_release-composeyml`,
        `aws_s3_object.${id}_release-manifest`,
        `terraform_data.${id.replace(/-\w+$/, '_members')}`,
      ])
      .sort(),
    replaced: ids.map((id) => `aws_ssm_association.${id.replace(/-\w+$/, '')}`).sort(),
  });

  test('a flag: two files of the release, and a roll', () => {
    const edit = (text: string): string => `${text}    extra_args:\n      geth: ["--maxpeers=100"]\n`;
    expect(changes({ 'development/overrides.yml': edit })).toEqual({
      development: releaseOnly('ethereum-local-geth', 'ethereum-sepolia-geth'),
    });
  });

  test('a version of one node: two files of its release, and a roll of its group', () => {
    const edit = swap('mainnet-reth:\n', 'mainnet-reth:\n        version: { reth: v2.10.2 }\n');
    expect(changes({ 'production/overrides.yml': edit })).toEqual({
      production: releaseOnly('ethereum-mainnet-reth'),
    });
  });

  test('order flow beside a node: its release and the ports, never the instance or the disk', () => {
    const edit = swap(
      'mainnet-geth:\n',
      'mainnet-geth:\n        optional_processes: [bdn-gateway]\n        order_flow: { bdn_gateway: { certificate_secret: a, key_secret: b } }\n',
    );
    const rule = (name: string): string => `aws_vpc_security_group_ingress_rule.ethereum-mainnet-geth_firewall_${name}`;
    const files = ['composeyml', 'healthjson', 'manifest', 'nodeenv'];
    expect(changes({ 'production/overrides.yml': edit })).toEqual({
      production: {
        created: ['bdn-gateway-bdn', 'bdn-gateway-streams'].map(rule),
        destroyed: [],
        changed: [
          // It may read the secrets.
          'aws_iam_role_policy.ethereum-mainnet-geth_role_policy',
          ...files.map((file) => `aws_s3_object.ethereum-mainnet-geth_release-${file}`),
          'terraform_data.ethereum-mainnet_members',
        ],
        replaced: ['aws_ssm_association.ethereum-mainnet'],
      },
    });
  });

  test('the consensus client: the release and the ports, never the instance', () => {
    const edit = swap(
      'mainnet-reth:\n',
      'mainnet-reth:\n        consensus: teku\n        blob_custody: super\n        volume: { size: 4 TiB }\n',
    );
    const before = [
      'lighthouse-api',
      'lighthouse-discovery',
      'lighthouse-metrics',
      'lighthouse-p2p',
      'lighthouse-quic',
    ];
    const rule = (name: string): string => `aws_vpc_security_group_ingress_rule.ethereum-mainnet-reth_firewall_${name}`;
    const lock = swap('size: 2854 GiB', 'size: 4 TiB');
    expect(changes({ 'production/overrides.yml': edit, 'production/nodes.lock.yml': lock })).toEqual({
      production: {
        created: before.map((name) => rule(name.replace('lighthouse', 'teku'))),
        destroyed: before.map(rule),
        changed: [
          'aws_ebs_volume.ethereum-mainnet-reth',
          'aws_s3_object.ethereum-mainnet-reth_release-composeyml',
          'aws_s3_object.ethereum-mainnet-reth_release-healthjson',
          'aws_s3_object.ethereum-mainnet-reth_release-manifest',
          'aws_s3_object.ethereum-mainnet-reth_release-nodeenv',
          'terraform_data.ethereum-mainnet_members',
        ],
        replaced: ['aws_ssm_association.ethereum-mainnet'],
      },
    });
  });

  test('a size: the volume alone', () => {
    expect(
      changes({
        'production/overrides.yml': swap('size: 4 TiB', 'size: 5 TiB'),
        'production/nodes.lock.yml': swap('size: 4 TiB', 'size: 5 TiB'),
      }),
    ).toEqual({
      production: { ...none, changed: ['aws_ebs_volume.ethereum-mainnet-geth'] },
    });
  });

  test('an instance type: the instance in place, and the memory of its processes', () => {
    const edit = swap('        volume:\n', '        instance_type: r7g.4xlarge\n        volume:\n');
    expect(changes({ 'production/overrides.yml': edit })).toEqual({
      production: {
        ...none,
        changed: [
          'aws_instance.ethereum-mainnet-geth',
          'aws_s3_object.ethereum-mainnet-geth_release-composeyml',
          'aws_s3_object.ethereum-mainnet-geth_release-manifest',
          'terraform_data.ethereum-mainnet_members',
        ],
        replaced: ['aws_ssm_association.ethereum-mainnet'],
      },
    });
  });

  test('the zone list: nothing, because every node is locked where it is', () => {
    const edit = swap('zones: [eu-central-1a, eu-central-1b]', 'zones: [eu-central-1c, eu-central-1b]');
    expect(changes({ 'global.yml': edit })).toEqual({});
  });

  test('peers let in: the ports, the advertised address, and nothing of the instance', () => {
    const edit = (text: string): string => `${text}    nodes:\n      sepolia-geth: { p2p: { mode: public } }\n`;
    const rule = (name: string): string => `aws_vpc_security_group_ingress_rule.ethereum-sepolia-geth_firewall_${name}`;
    expect(changes({ 'development/overrides.yml': edit })).toEqual({
      development: {
        ...none,
        created: ['geth-discovery', 'geth-p2p', 'lighthouse-discovery', 'lighthouse-p2p', 'lighthouse-quic'].map(rule),
        changed: [
          ...['composeyml', 'manifest', 'nodeenv'].map((file) => `aws_s3_object.ethereum-sepolia-geth_release-${file}`),
          'terraform_data.ethereum-sepolia_members',
        ],
        replaced: ['aws_ssm_association.ethereum-sepolia'],
      },
    });
  });

  test('another environment: nothing in this one', () => {
    const edit = (text: string): string => `${text}    extra_args:\n      geth: ["--maxpeers=100"]\n`;
    expect(Object.keys(changes({ 'staging/overrides.yml': edit }))).toEqual(['staging']);
  });

  test('a key alias or an image that points elsewhere cannot reach what exists', () => {
    for (const stack of Object.values(BEFORE)) {
      for (const [address, body] of Object.entries(resources(stack))) {
        if (address.startsWith('aws_ebs_volume.'))
          expect(body.lifecycle.ignore_changes).toEqual(['kms_key_id', 'snapshot_id', 'volume_initialization_rate']);
        if (address.startsWith('aws_instance.')) {
          expect(body.lifecycle.ignore_changes).toEqual([
            'ami',
            'user_data',
            'root_block_device',
            'associate_public_ip_address',
          ]);
        }
      }
    }
  });
});

describe('no edit of what a node runs touches an instance, a volume or user data', () => {
  const edits: Readonly<Record<string, string>> = {
    'the source of new disks, a backup': 'bootstrap: { from: latest-backup, initialization_rate: 300 MiB/s }',
    'the source of new disks, a snapshot': 'bootstrap: { from: snap-0123456789abcdef0 }',
    'the source of new disks, an archive': 'bootstrap: { from: url, url: "https://example.com/a.tar.zst" }',
    'the limit of what it sends': 'p2p: { egress_limit: 200 Mbps }',
    patches: 'os_patches: 2026-11-24',
    version: 'version: { geth: v1.17.11, lighthouse: v8.4.0 }',
    flag: 'extra_args: { geth: ["--maxpeers=10"], lighthouse: ["--target-peers=10"] }',
    consensus: 'consensus: teku',
    'months of growth': 'growth_months: 3',
    'blob custody': 'blob_custody: super',
  };
  test.each(Object.entries(edits))('%s', (_, line) => {
    const change = changes({ 'staging/overrides.yml': (text) => `${text}    ${line}\n` }).staging ?? none;
    const touched = [...change.created, ...change.destroyed, ...change.changed];
    expect(touched.length).toBeGreaterThanOrEqual(line.startsWith('growth') ? 0 : 4);
    expect(touched.filter((address) => /^aws_(instance|volume_attachment)\./.test(address))).toEqual([]);
    // More custody asks for more disk: volumes grow in place, and do nothing else.
    const volumes = touched.filter((address) => address.startsWith('aws_ebs_volume.'));
    expect(volumes).toEqual(
      line.includes('custody') ? change.changed.filter((address) => address.startsWith('aws_ebs_volume.')) : [],
    );
  });

  test('user data is the same for every client, version and flag', () => {
    const userData = (edits: Edits): string[] =>
      Object.values(synthesize(load(edits))).flatMap((stack) =>
        Object.values<Json>(stack.resource.aws_instance).map((instance): string => instance.user_data),
      );
    const edit = (text: string): string =>
      `${text}    consensus: teku\n    version: { geth: v1.17.11 }\n    extra_args: { geth: ["--maxpeers=10"] }\n`;
    expect(userData({ 'staging/overrides.yml': edit })).toEqual(userData({}));
  });
});
