import { development, tell } from './run';

/** The section `aws`: region, zones, the account and its key, tags, instances that the catalogue does not list. */

tell([
  // values of the wrong type or shape
  {
    title: 'a tag that is a number',
    files: development('aws: { tags: { CostCenter: 4711 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:28 aws.tags.CostCenter: 4711 is not text; quote it if it is meant as text',
    ],
  },
  {
    title: 'a tag that is a boolean',
    files: development('aws: { tags: { Critical: true } }\n'),
    lines: [
      'environments/development/overrides.yml:1:26 aws.tags.Critical: true is not text; quote it if it is meant as text',
    ],
  },
  {
    title: 'a tag that is empty',
    files: development('aws: { tags: { A: "" } }\n'),
    lines: ['environments/development/overrides.yml:1:19 aws.tags.A: is empty; give text'],
  },
  {
    title: 'text for a list of zones',
    files: development('aws: { zones: eu-central-1a }\n'),
    lines: ['environments/development/overrides.yml:1:15 aws.zones: "eu-central-1a" is not a list'],
  },
  {
    title: 'null for the region',
    files: development('aws: { region: null }\n'),
    lines: [
      'environments/development/overrides.yml:1:8 aws.region: is removed by this null and cannot be missing; give a region such as eu-central-1',
    ],
  },
  {
    title: 'null for the zones',
    files: development('aws:\n  zones: ~\n'),
    lines: [
      'environments/development/overrides.yml:2:3 aws.zones: is removed by this null and cannot be missing; give a list',
    ],
  },
  {
    title: 'a list for a section',
    files: development('aws: [eu-central-1]\n'),
    lines: [
      'environments/development/overrides.yml:1:6 aws: a list is not a map of keys; its keys are region, account_id, zones, kms_key, tags, unlisted_instance',
    ],
  },

  // unknown keys, at every level
  {
    title: 'an unknown key in aws',
    files: development('aws: { availability_zones: [] }\n'),
    lines: [
      'environments/development/overrides.yml:1:8 aws.availability_zones: is not a known key; use one of region, account_id, zones, kms_key, tags, unlisted_instance',
    ],
  },
  {
    title: 'a key with a dash for an underscore',
    files: development('aws: { kms-key: alias/x }\n'),
    lines: [
      'environments/development/overrides.yml:1:8 aws.kms-key: is not a known key; use one of region, account_id, zones, kms_key, tags, unlisted_instance; did you mean kms_key?',
    ],
  },
  {
    title: 'an unknown key in an unlisted instance',
    files: development(
      'aws: { unlisted_instance: { x9g.large: { architecture: arm64, vcpus: 2, vcpu: 2, memory: 8 GiB, ebs_bandwidth: 2 Gbps, ebs_iops: 3000 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:63 aws.unlisted_instance.x9g.large.vcpus: is not a known key; use one of architecture, vcpu, memory, ebs_bandwidth, ebs_iops, local_nvme_gb; did you mean vcpu?',
    ],
  },

  // quantities
  {
    title: 'GB and Gbit of an unlisted instance',
    files: development(
      'aws: { unlisted_instance: { x9g.large: { architecture: arm64, vcpu: 2, memory: 8 GB, ebs_bandwidth: 2 Gbit, ebs_iops: 3000 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:80 aws.unlisted_instance.x9g.large.memory: "8 GB" is not a size in GiB or TiB, such as "512 GiB" or "4 TiB"',
      'environments/development/overrides.yml:1:101 aws.unlisted_instance.x9g.large.ebs_bandwidth: "2 Gbit" is not a bandwidth in Mbps or Gbps, such as "2500 Mbps"',
    ],
  },
  {
    title: 'an unlisted instance without its figures',
    files: development('aws: { unlisted_instance: { x9g.large: { architecture: arm } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:29 aws.unlisted_instance.x9g.large.ebs_bandwidth: is missing; give a bandwidth in Mbps or Gbps, such as "2500 Mbps"',
      'environments/development/overrides.yml:1:29 aws.unlisted_instance.x9g.large.memory: is missing; give a size in GiB or TiB, such as "512 GiB" or "4 TiB"',
      'environments/development/overrides.yml:1:29 aws.unlisted_instance.x9g.large.vcpu: is missing; give a whole number from 1 to 1024',
      'environments/development/overrides.yml:1:29 aws.unlisted_instance.x9g.large.ebs_iops: is missing; give a whole number from 100 to 1000000',
      'environments/development/overrides.yml:1:56 aws.unlisted_instance.x9g.large.architecture: "arm" is not an architecture; use one of arm64, x86_64',
    ],
  },

  // names that no longer work, are unknown, missing or there twice
  {
    title: 'no zone',
    files: development('aws: { zones: [] }\n'),
    lines: ['environments/development/overrides.yml:1:15 aws.zones: is empty; list at least one'],
  },
  {
    title: 'a zone twice',
    files: development('aws: { zones: [eu-central-1a, eu-central-1a] }\n'),
    lines: ['environments/development/overrides.yml:1:31 aws.zones[1]: "eu-central-1a" stands twice; remove one'],
  },

  // zones
  {
    title: 'a zone of another region',
    files: development('aws: { zones: [eu-central-1a, eu-west-1a] }\n'),
    lines: [
      'environments/development/overrides.yml:1:31 aws.zones[1]: "eu-west-1a" is not a zone of eu-central-1; its zones begin with eu-central-1',
    ],
  },
  {
    title: 'another region with the old zones',
    files: development('aws: { region: eu-west-1 }\n'),
    lines: [
      'environments/global.yml:3:11 aws.zones[0]: "eu-central-1a" is not a zone of eu-west-1; its zones begin with eu-west-1',
      'environments/global.yml:3:26 aws.zones[1]: "eu-central-1b" is not a zone of eu-west-1; its zones begin with eu-west-1',
    ],
  },
  {
    title: 'a region for a zone',
    files: development('aws: { zones: [eu-central-1] }\n'),
    lines: [
      'environments/development/overrides.yml:1:16 aws.zones[0]: "eu-central-1" is not an availability zone such as eu-central-1a',
    ],
  },
  {
    title: 'a city for a region',
    files: development('aws: { region: Frankfurt }\n'),
    lines: ['environments/development/overrides.yml:1:16 aws.region: "Frankfurt" is not a region such as eu-central-1'],
  },
  {
    title: 'a zone for a region',
    files: development('aws: { region: eu-central-1a }\n'),
    lines: [
      'environments/development/overrides.yml:1:16 aws.region: "eu-central-1a" is not a region such as eu-central-1',
    ],
  },

  // the account and its key
  {
    title: 'an account id that is too short',
    files: development('aws: { account_id: "1234" }\n'),
    lines: [
      'environments/development/overrides.yml:1:20 aws.account_id: "1234" is not an account id; give twelve digits in quotes',
    ],
  },
  {
    title: 'an account id without quotes that begins with zero',
    files: development('aws: { account_id: 012345678901 }\n'),
    lines: [
      'environments/development/overrides.yml:1:20 aws.account_id: is not quoted, so YAML reads it as a number and a leading zero is lost; write it as "012345678901"',
    ],
  },
  {
    title: 'an account id without quotes',
    files: development('aws: { account_id: 123456789012 }\n'),
    lines: [
      'environments/development/overrides.yml:1:20 aws.account_id: is not quoted, so YAML reads it as a number and a leading zero is lost; write it as "012345678901"',
    ],
  },
  {
    title: 'an account id with dashes',
    files: development('aws: { account_id: 1234-5678-9012 }\n'),
    lines: [
      'environments/development/overrides.yml:1:20 aws.account_id: "1234-5678-9012" is not an account id; give twelve digits in quotes',
    ],
  },
  {
    title: 'a KMS alias without alias/',
    files: development('aws: { kms_key: chain-data }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 aws.kms_key: "chain-data" is not a KMS key such as alias/chain-data, a key id or an ARN',
    ],
  },
  {
    title: 'an ARN of a KMS key that is none',
    files: development('aws: { kms_key: "arn:aws:kms:eu-central-1:1234:key/abc" }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 aws.kms_key: "arn:aws:kms:eu-central-1:1234:key/abc" is not a KMS key such as alias/chain-data, a key id or an ARN',
    ],
  },
]);
