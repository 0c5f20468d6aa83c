import { z } from 'zod';
import { bandwidth, duration, rate, size } from '../quantity';
import { accountId, integer, list, oneOf, quantity, refused, text } from './leaf';

/** Sections of an environment's configuration about the whole of it and its hosts. Those of a cluster, of monitoring, of engines and of chains stand beside. */

export const ENVIRONMENTS = ['development', 'staging', 'production'] as const;

export type EnvironmentName = (typeof ENVIRONMENTS)[number];

export const HOUR = 3_600_000;

const LEAST_TIMEOUT_MS = 100;
/** A network load balancer keeps a silent connection no longer (Elastic Load Balancing, API reference, ListenerAttribute). */
const SILENCE_MS = { min: 1000, max: 6_000_000 };

/** The gateway counts in 32 bits. */
const MOST_REQUESTS = 0xffff_ffff;

const requests = (description: string) =>
  quantity(description, rate).superRefine(({ count }, context) => {
    if (count <= MOST_REQUESTS) return;
    context.addIssue({
      code: 'custom',
      message: `${count} is more than the gateway counts to; give at most ${MOST_REQUESTS}`,
    });
  });

export const globalSection = z
  .strictObject({
    environment: oneOf('Name of the environment; must equal the folder that the file stands in.', ENVIRONMENTS, {
      what: 'an environment',
    }).optional(),
    security: z
      .strictObject({
        encryption_key_path: refused('keys are not files; name a KMS key in aws.kms_key'),
        api_rate_limits: z
          .strictObject({
            default: requests('Requests of each method that one caller may send to the gateway.').optional(),
            premium: requests(
              'The same of a caller with the token of gateway.premium_secret, such as an engine.',
            ).optional(),
          })
          .optional(),
      })
      .optional(),
    networking: z
      .strictObject({
        rpc_timeout: quantity(
          'Longest wait for an answer of the gateway, all tries included; at least 100ms. Default: 30s.',
          duration,
        )
          .superRefine(({ value }, context) => {
            if (value >= LEAST_TIMEOUT_MS) return;
            context.addIssue({
              code: 'custom',
              message: `${duration.format({ unit: 'ms', value })} is too short for any answer; give at least ${LEAST_TIMEOUT_MS}ms`,
            });
          })
          .optional(),
        websocket_timeout: quantity(
          'Longest silence on a websocket of the gateway; from 1s to 6000s. Default: 60s.',
          duration,
        )
          .superRefine(({ value }, context) => {
            if (value >= SILENCE_MS.min && value <= SILENCE_MS.max) return;
            context.addIssue({
              code: 'custom',
              message: `${duration.format({ unit: 'ms', value })} is no silence that can be kept; give 1s to 6000s, and let callers ping`,
            });
          })
          .optional(),
        retry_attempts: integer('How often the gateway tries a request again that failed everywhere. Default: 3.', {
          min: 0,
          max: 10,
        }).optional(),
      })
      .optional(),
    logging: z
      .strictObject({
        level: oneOf('How much clients log. Default: info.', ['info', 'debug', 'error'], {
          what: 'a log level',
        }).optional(),
        rotation: oneOf('How often the journal starts a new file. Default: daily.', ['hourly', 'daily', 'weekly'], {
          what: 'a rotation',
        }).optional(),
        retention: quantity('How long the journal keeps entries; at least 1h. Default: 30d.', duration)
          .superRefine(({ value }, context) => {
            if (value >= HOUR) return;
            context.addIssue({
              code: 'custom',
              message: `${duration.format({ unit: 'ms', value })} is too short to look anything up; keep at least 1h`,
            });
          })
          .optional(),
      })
      .optional(),
  })
  .optional();

/** Tags that the stacks set themselves. */
const OWN_TAGS: readonly string[] = [
  ...['Environment', 'ManagedBy', 'ReleaseGroup', 'Name', 'Node', 'Chain', 'Network', 'Client', 'NodeType'],
  ...['Height', 'BackupSet', 'CopiedFrom'],
];

/** AWS allows 50, of which a node bears some of its own. */
const MOST_TAGS = 40;

const tags = z.record(z.string(), text('Value of a tag.')).superRefine((given, context) => {
  const fault = (key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message, params: { key: true } });
  for (const [key, value] of Object.entries(given)) {
    if (OWN_TAGS.includes(key)) fault(key, 'is set by the environment itself; choose another name');
    if (key.length === 0 || key.length > 128) fault(key, 'is not between 1 and 128 characters long, as AWS wants it');
    if (value.length > 256) fault(key, 'has a value of more than 256 characters, which AWS refuses');
  }
  if (Object.keys(given).length > MOST_TAGS) {
    context.addIssue({
      code: 'custom',
      message: `holds ${Object.keys(given).length} tags, more than the ${MOST_TAGS} that AWS leaves`,
    });
  }
  for (const key of Object.keys(given).filter((name) => /^aws:/i.test(name))) {
    context.addIssue({
      code: 'custom',
      path: [key],
      message: 'begins with aws:, which AWS keeps for itself; choose another name',
      params: { key: true },
    });
  }
});

const KMS_KEY = /^(alias\/[\w/-]+|arn:aws[\w-]*:kms:[^:]+:\d{12}:(key|alias)\/[\w/-]+|[0-9a-f-]{36}|mrk-[0-9a-f]{32})$/;

export const awsSection = z
  .strictObject({
    region: text('Region that everything stands in.', {
      pattern: /^[a-z]{2}(-[a-z]+)+-[0-9]$/,
      expected: 'a region such as eu-central-1',
      example: 'eu-central-1',
    }),
    account_id: accountId('Account that may be changed; Terraform refuses any other. Default: any.').optional(),
    zones: list(
      'Availability zones; new nodes are spread over them. Nodes that are locked stay where they are.',
      text('A zone of the region.', {
        pattern: /^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$/,
        expected: 'an availability zone such as eu-central-1a',
        example: 'eu-central-1a',
      }),
    ),
    kms_key: text(
      'KMS key of volumes, root disks, releases and logs: an alias, an id or an ARN. A volume keeps its key for life. Default: the AWS-managed keys.',
      {
        pattern: KMS_KEY,
        expected: 'a KMS key such as alias/chain-data, a key id or an ARN',
        example: 'alias/chain-data',
      },
    )
      .superRefine((key, context) => {
        if (!key.startsWith('alias/aws/')) return;
        context.addIssue({
          code: 'custom',
          message: `"${key}" is a key that AWS manages; leave kms_key unset to use those`,
        });
      })
      .optional(),
    tags: tags
      .meta({ description: 'Tags of everything that is defined. Default: none but Environment and ManagedBy.' })
      .optional(),
    unlisted_instance: z
      .record(
        z.string(),
        z.strictObject({
          architecture: oneOf('Its processor.', ['arm64', 'x86_64'], { what: 'an architecture' }),
          vcpu: integer('Its virtual processors.', { min: 1, max: 1024 }),
          memory: quantity('Its memory.', size),
          ebs_bandwidth: quantity('EBS bandwidth that it sustains.', bandwidth),
          ebs_iops: integer('EBS operations a second that it sustains.', { min: 100, max: 1_000_000 }),
          local_nvme_gb: integer('GB of all its local NVMe disks together. Default: 0.', {
            min: 0,
            max: 1_000_000,
          }).optional(),
        }),
      )
      .meta({ description: 'Instance types that the built-in table does not know, by name.' })
      .optional(),
  })
  .prefault({} as never);

const idShape = (prefix: string) => ({
  pattern: new RegExp(`^${prefix}-[0-9a-f]{8,17}$`),
  expected: `an id such as ${prefix}-0123456789abcdef0`,
  example: `${prefix}-0123456789abcdef0`,
});

const P2P = ['public', 'outbound'] as const;

/** How a node meets its peers; the same keys for an environment, a chain and a node. */
export const p2p = <More extends z.ZodRawShape>(
  describe: { readonly mode: string; readonly egressLimit: string },
  more: More,
) =>
  z
    .strictObject({
      mode: oneOf(describe.mode, P2P, { what: 'a p2p mode' }).optional(),
      egress_limit: quantity(describe.egressLimit, bandwidth)
        .superRefine(({ value }, context) => {
          if (value > 0) return;
          context.addIssue({
            code: 'custom',
            message: 'is 0, and would send nothing; remove it where there is no limit',
          });
        })
        .optional(),
      ...more,
    })
    .optional();

export const networkSection = z
  .strictObject({
    vpc: z
      .union(
        [
          z.literal('default'),
          z.strictObject({ id: text('Id of the VPC.', idShape('vpc')) }),
          z.strictObject({ tags: z.record(z.string(), text('Value of a tag.')) }),
        ],
        { error: 'a VPC; give default, { id: vpc-… } or { tags: { … } }' },
      )
      .meta({
        description: 'VPC of the nodes: `default`, `{ id: vpc-… }` or `{ tags: { Name: … } }`. Default: default.',
      })
      .optional(),
    subnets: z
      .record(
        z.string(),
        z.strictObject({
          private: text('Subnet of nodes that only connect out.', idShape('subnet')).optional(),
          public: text('Subnet of nodes that peers connect to.', idShape('subnet')).optional(),
        }),
      )
      .meta({ description: 'Subnets by zone. Default: found in the VPC by zone and the tag Tier (private, public).' })
      .optional(),
    dns_zone: z
      .union(
        [
          z.strictObject({
            id: text('Id of a private hosted zone.', {
              pattern: /^Z[A-Z0-9]{6,31}$/,
              expected: 'a zone id such as Z0123456789ABC',
            }),
          }),
          z.strictObject({
            name: text('Name of a private hosted zone of the VPC.', {
              pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])$/,
              expected: 'a domain name',
            }),
          }),
        ],
        { error: 'a DNS zone; give { id: Z… } or { name: … }' },
      )
      .meta({
        description:
          'Private DNS zone for the nodes: `{ id: Z… }` or `{ name: … }`. Default: <environment>.chain.internal is defined.',
      })
      .optional(),
    p2p: p2p(
      {
        mode: 'Whether peers may connect in: public (public subnet and address) or outbound. Default: outbound.',
        egressLimit:
          'What a node that is at the head may send to the internet; its answers to users do not count. Default: no limit.',
      },
      {},
    ),
  })
  .optional();

export const stateSection = z
  .strictObject({
    bucket: text('S3 bucket of the Terraform state.', {
      pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      expected: 'a bucket name',
      example: 'acme-tfstate',
    }),
    region: text('Region of the bucket. Default: aws.region.', {
      pattern: /^[a-z]{2}(-[a-z]+)+-[0-9]$/,
      expected: 'a region such as eu-central-1',
    }).optional(),
  })
  .meta({
    description: 'Remote state with a lock file. Default: a local file beside cdktf.out. Required with protect.',
  })
  .optional();

export const alarmsSection = z
  .strictObject({
    emails: list(
      'Addresses that every alarm is sent to; AWS asks each to confirm. Default: none.',
      text('An address.', {
        pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
        expected: 'an e-mail address such as chains@example.com',
        example: 'chains@example.com',
      }),
      { mayBeEmpty: true },
    ).optional(),
    disk_used_percent: integer('How full a data disk may be before it alarms. Default: 85.', {
      min: 1,
      max: 99,
    }).optional(),
    secret_age: quantity(
      'How long a secret that a node on an instance reads may have one value, in whole hours; monitoring alerts after that. Default: 90d.',
      duration,
    )
      .superRefine(({ value }, context) => {
        if (value >= 24 * HOUR && value % HOUR === 0) return;
        const given = duration.format({ unit: 'ms', value });
        context.addIssue({ code: 'custom', message: `${given} is no such age; give whole hours, at least 24h` });
      })
      .optional(),
  })
  .optional();

/** A date, and a number after a dot for a second time on that date. */
export const osPatches = (description: string) =>
  text(description, {
    pattern: /^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(\.[1-9][0-9]?)?$/,
    expected: 'a date such as 2026-11-24, or 2026-11-24.2 for another time on that day',
    example: '2026-11-24',
  }).optional();

export const hostsSection = z
  .strictObject({
    os_patches: osPatches(
      'When this changes, hosts install the packages of that day, one node of a group after the other, and boot anew where they must. Default: never.',
    ),
  })
  .optional();

const region = {
  pattern: /^[a-z]{2}(-[a-z]+)+-[0-9]$/,
  expected: 'a region such as eu-west-1',
  example: 'eu-west-1',
};

/** `rate(1 day)`, or `cron(…)` of six fields (EventBridge Scheduler, user guide, schedule types). */
const SCHEDULE =
  /^(rate\([1-9][0-9]* (minutes?|hours?|days?)\)|cron\([0-9*,/-]+ [0-9*,/-]+ [0-9*,/?LW-]+ [0-9A-Z*,/-]+ [0-9A-Z*,/?L#-]+ [0-9*,/-]+\))$/;

export const backupSection = z
  .strictObject({
    schedule: text('When backups are taken, in UTC: cron(…) or rate(…), as EventBridge Scheduler has them.', {
      pattern: SCHEDULE,
      expected: 'a schedule such as cron(30 2 * * ? *) or rate(1 day)',
      example: 'cron(30 2 * * ? *)',
    }),
    keep: integer('How many complete backups of each node are kept. Default: 7.', { min: 1, max: 365 }).optional(),
    method: oneOf(
      'What a node does while its snapshot begins: stop, or freeze its filesystem. Default: stop.',
      ['stop', 'freeze'],
      { what: 'a method of backups' },
    ).optional(),
    copy: z
      .strictObject({
        region: text('Region that the newest backups are copied to.', region),
        kms_key: text(
          'KMS key of the copies, in that region: an alias, an id or an ARN. Default: the AWS-managed key.',
          {
            pattern: KMS_KEY,
            expected: 'a KMS key such as alias/chain-data, a key id or an ARN',
          },
        ).optional(),
      })
      .meta({ description: 'Copies in another region. Default: none.' })
      .optional(),
  })
  .meta({
    description:
      'Snapshots of data disks: of the highest replica where a node has several, and of those that set backup. Default: none are taken.',
  })
  .optional();
