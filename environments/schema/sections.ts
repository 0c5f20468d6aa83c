import { z } from 'zod';
import { amount, bandwidth, duration, rate, size } from '../quantity';
import {
  accountId,
  flag,
  integer,
  isMoving,
  list,
  oneOf,
  positive,
  quantity,
  ratio,
  refused,
  secretName,
  text,
} from './leaf';

/** Every section of an environment's configuration except `chains`, which the catalogue shapes. */

export const ENVIRONMENTS = ['development', 'staging', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

const HOUR = 3_600_000;
const LEAST_TIMEOUT_MS = 100;
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
        websocket_timeout: quantity('Longest silence on a websocket; the gateway has none.', duration).optional(),
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
  })
  .optional();

const DNS_NAME = {
  pattern: /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/,
  expected: 'a name of lower-case letters, digits, - and .',
};

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

export const kubernetesSection = z
  .strictObject({
    cluster: text('Name of an EKS cluster in aws.region. It is found, not made.', {
      pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
      expected: 'the name of an EKS cluster',
      example: 'mev-development',
    }).optional(),
    kubeconfig: text('A file of credentials, for a cluster that is not on EKS. With context.', {
      pattern: /^[^\s]+$/,
      expected: 'a path such as ~/.kube/config',
      example: '~/.kube/config',
    }).optional(),
    context: text('The context in that file.', {
      pattern: /^[^\s]+$/,
      expected: 'the name of a context',
      example: 'kind-mev',
    }).optional(),
    storage_class: text(
      'Class of the claims of nodes; it must retain disks whose claim is gone. Default: on EKS, one is defined for each kind of disk; elsewhere the default of the cluster.',
      DNS_NAME,
    ).optional(),
    node_selector: z
      .record(z.string(), text('Value of a label.'))
      .meta({ description: 'Labels of machines that nodes may run on. Default: any machine.' })
      .optional(),
    tools_image: text(
      'Image of what looks at nodes and keeps them: bash, curl, jq, kubectl, Python. Default: alpine/k8s, pinned.',
      {
        pattern: /^[\w./-]+(:\d+\/[\w./-]+)?:[\w][\w.-]*(@sha256:[0-9a-f]{64})?$/,
        expected: 'an image with its tag',
        example: 'docker.io/alpine/k8s:1.34.5',
      },
    )
      .superRefine((image, context) => {
        const [, tag = ''] = image.slice(image.lastIndexOf('/')).split(/[:@]/);
        if (!isMoving(tag)) return;
        context.addIssue({ code: 'custom', message: `"${tag}" moves, and an image stays; give a tag such as 1.34.5` });
      })
      .optional(),
    quota: z
      .strictObject({
        cpu: positive('Cores.').optional(),
        memory: quantity('Memory.', size).optional(),
        storage: quantity('Disk, of all claims together.', size).optional(),
      })
      .meta({ description: 'What nodes on the cluster may ask for together. Default: no limit.' })
      .optional(),
    service_monitors: flag(
      'Whether the cluster has the Prometheus operator, and nodes tell it where their metrics are. Default: where monitoring is on.',
    ).optional(),
  })
  .superRefine(({ cluster, kubeconfig, context: name }, context) => {
    const fault = (message: string, ...path: string[]): void =>
      context.addIssue({ code: 'custom', path, message, ...(path.length > 0 ? { params: { key: true } } : {}) });
    // A key with a typing error may be the one that is missing.
    if (context.issues.length > 0) return;
    if (cluster !== undefined) {
      if (kubeconfig !== undefined)
        fault('is beside kubeconfig, and a cluster is reached in one way; remove one of the two', 'cluster');
      else if (name !== undefined) fault('is one of a kubeconfig, and cluster is one of EKS; remove it', 'context');
    } else if (kubeconfig !== undefined) {
      if (name === undefined) fault('has no context beside it; name one', 'kubeconfig');
    } else if (name !== undefined) fault('is one of a kubeconfig, and none is named; set kubeconfig', 'context');
    else fault('names no cluster; give cluster: <name in EKS>, or kubeconfig: <file> and context: <name>');
  })
  .meta({ description: 'The cluster that nodes with hosting: kubernetes run on. Default: none.' })
  .optional();

/** Teams that alerts are for. */
const byTeam = <T extends z.ZodType>(value: T) =>
  z.strictObject({ chains: value.optional(), platform: value.optional() }).optional();

const slackChannel = (description: string) =>
  text(description, {
    pattern: /^[#@][a-z0-9._-]{1,79}$/,
    expected: 'a channel such as "#chains"',
    example: '#chains',
  });

const receivers = z
  .strictObject({
    slack: z
      .strictObject({
        secret: secretName('Name of the secret that holds the URL of an incoming webhook.'),
        channel: slackChannel('Channel of alerts.'),
        channels: byTeam(slackChannel('Channel of a team. Default: channel.')),
      })
      .optional(),
    pagerduty: z
      .strictObject({
        secret: secretName('Name of the secret that holds the key of an integration (Events API v2).'),
        teams: byTeam(secretName('The same of a team that has a service of its own. Default: secret.')),
      })
      .optional(),
    webhook: z
      .strictObject({ secret: secretName('Name of the secret that holds a URL that is told everything.') })
      .optional(),
    sns: z
      .strictObject({
        topic_arn: text('Topic that is told what is critical or a warning, in aws.region.', {
          pattern: /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
          expected: 'the ARN of a topic',
          example: 'arn:aws:sns:eu-central-1:123456789012:alerts',
        }),
      })
      .optional(),
    dead_mans_switch: z
      .strictObject({
        secret: secretName(
          'Name of the secret that holds a URL that is called every minute, and rings when it is not.',
        ),
      })
      .optional(),
  })
  .meta({ description: 'Who is told of alerts. Default: nobody.' })
  .optional();

/** Prometheus writes so much at a time. */
const LEAST_SAMPLES = 2 * HOUR;

const disk = (description: string) =>
  quantity(description, size).superRefine(({ value }, context) => {
    if (value > 0) return;
    context.addIssue({ code: 'custom', message: 'is 0, and would hold nothing; give at least 1 GiB' });
  });

export const monitoringSection = z
  .strictObject({
    retention: quantity('How long samples are kept, in whole seconds; at least 2h. Default: 30d.', duration)
      .superRefine(({ value }, context) => {
        const given = duration.format({ unit: 'ms', value });
        if (value < LEAST_SAMPLES) {
          const message = `${given} is less than Prometheus writes to its disk at a time; keep at least 2h`;
          context.addIssue({ code: 'custom', message });
        } else if (value % 1000 !== 0)
          context.addIssue({ code: 'custom', message: `${given} is no whole number of seconds; use such as 30d` });
      })
      .optional(),
    size: disk('Disk for samples. Default: 100 GiB.').optional(),
    replicas: integer('How many of Prometheus and Alertmanager there are. Default: 1.', { min: 1, max: 2 }).optional(),
    logs: oneOf(
      'Where logs go, for global.logging.retention: loki, or elasticsearch with Kibana and Logstash. Default: nowhere.',
      ['loki', 'elasticsearch'],
      { what: 'a store of logs' },
    ).optional(),
    log_size: disk(
      'Disk for logs; of each node of Elasticsearch. Default: 10 GiB beside a bucket, 100 GiB else.',
    ).optional(),
    grafana_admin_secret: secretName('Name of the secret that holds the password of admin in Grafana.'),
    runbooks: text(
      'Where the pages of docs/runbooks are read, for links in alerts. Default: docs/runbooks, in this repository.',
      {
        pattern: /^https:\/\/[^\s]+$/,
        expected: 'an https address',
        example: 'https://github.com/acme/infrastructure/blob/main/docs/runbooks',
      },
    ).optional(),
    receivers,
  })
  .meta({ description: 'Prometheus, Alertmanager, Grafana and logs, in the cluster. Default: none.' })
  .optional();

/** By chain and network, as the catalogue has them: `ethereum: { mainnet: […] }`. */
const fallbacks = (networks: Readonly<Record<string, readonly string[]>>) => {
  const providers = list(
    'Providers that are asked while no node of the environment is healthy and near the head.',
    z.strictObject({
      name: text('Name for people and metrics.', {
        pattern: /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/,
        expected: 'a name of lower-case letters, digits and -',
      }),
      secret: secretName('Name of the secret that holds its URL.'),
    }),
  );
  return z
    .strictObject(
      Object.fromEntries(
        Object.entries(networks).map(([chain, names]) => [
          chain,
          z.strictObject(Object.fromEntries(names.map((name) => [name, providers.optional()]))).optional(),
        ]),
      ),
    )
    .meta({ description: 'Providers outside the environment, by chain and network. Default: none.' })
    .optional();
};

/** `networks`: those that the gateway can serve, by chain. */
export const gatewaySection = (networks: Readonly<Record<string, readonly string[]>>) =>
  z
    .strictObject({
      fallbacks: fallbacks(networks),
      premium_secret: secretName(
        'Name of the secret that holds the token of premium callers; global.security.api_rate_limits.premium is theirs. Default: nobody is premium.',
      ).optional(),
      vpc_access: flag(
        'Whether it is reached from the VPC too, by an internal load balancer; on EKS. Default: from the cluster alone.',
      ).optional(),
    })
    .meta({
      description:
        'The RPC gateway in the cluster: one URL a chain and network, over the nodes of the environment. Default: none.',
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

const ENGINE_SUBTYPES = {
  arbitrage: ['cross-chain', 'dex-aggregation', 'cex-dex'],
  sandwich: ['protection', 'execution'],
  flashloan: ['aave', 'compound', 'balancer'],
  liquidation: ['lending-protocols', 'leveraged-positions'],
  nft: ['rare-sniper', 'floor-sweeper'],
} as const;
const ENGINE_TYPES = Object.keys(ENGINE_SUBTYPES) as (keyof typeof ENGINE_SUBTYPES)[];

/** A type and one of its subtypes, as the tree of engines has them. */
const engineKind = {
  type: oneOf('Type of the engine.', ENGINE_TYPES, { what: 'an engine type' }),
  subtype: text('Subtype of the engine.'),
};

function checkSubtype(
  engine: { type: keyof typeof ENGINE_SUBTYPES; subtype: string },
  context: z.core.$RefinementCtx,
): void {
  const subtypes: readonly string[] = ENGINE_SUBTYPES[engine.type];
  if (subtypes.includes(engine.subtype)) return;
  context.addIssue({
    code: 'custom',
    path: ['subtype'],
    message: `"${engine.subtype}" is not a subtype of ${engine.type}; use one of ${subtypes.join(', ')}`,
  });
}

const limitsByType = z.strictObject({
  max_position_size: quantity('Largest position.', amount).optional(),
  max_slippage: ratio('Largest slippage.').optional(),
  min_profit_ratio: ratio('Least profit, as a part of the position.').optional(),
  safety_margin: ratio('Margin kept to the liquidation price.').optional(),
});

const limitsBy = <T extends z.ZodType>(names: readonly string[], limits: T) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, limits.optional()])));

export const mevSection = (chains: readonly string[]) =>
  z
    .strictObject({
      enabled: flag('Whether engines run.').optional(),
      max_gas_price: quantity('Highest gas price that any engine pays.', amount).optional(),
      min_profit_threshold: quantity('Least profit that an opportunity must promise.', amount).optional(),
      emergency_stop: flag('Whether every engine stands still.').optional(),
      engines: z
        .record(
          z.string(),
          z.strictObject({ ...engineKind, image: text('Image of the engine, pinned.') }).superRefine(checkSubtype),
        )
        .meta({ description: 'Engines by name.' })
        .optional(),
      risk_limits: z
        .strictObject({
          max_position_size: quantity('Largest position of one strategy.', amount).optional(),
          max_daily_loss: quantity('Loss in a day that stops trading.', amount).optional(),
          max_hourly_loss: quantity('Loss in an hour that stops trading.', amount).optional(),
          max_concurrent_strategies: integer('Strategies that may run at once.', { min: 1, max: 1000 }).optional(),
          emergency_stop_loss: quantity('Loss that stops everything until a person lifts it.', amount).optional(),
        })
        .optional(),
      strategy_limits: limitsBy(ENGINE_TYPES, limitsByType).meta({ description: 'Limits by engine type.' }).optional(),
      chain_limits: limitsBy(
        chains,
        z.strictObject({
          max_gas_price: quantity('Highest gas price on the chain.', amount).optional(),
          max_priority_fee: quantity('Highest priority fee on the chain.', amount).optional(),
        }),
      )
        .meta({ description: 'Limits by chain.' })
        .optional(),
    })
    .optional();

/** A strategy file: `strategies/<stage>/<name>.yml`. */
export const strategySchema = (chains: readonly string[]) =>
  z.strictObject({
    strategy: z
      .strictObject({
        name: text('Name for people.'),
        ...engineKind,
        enabled: flag('Whether it runs in the environments of its stage.'),
        risk_level: oneOf('Its risk.', ['low', 'medium', 'high'], { what: 'a risk level' }),
      })
      .superRefine(checkSubtype),
    parameters: z.strictObject({
      asset: text('Asset that amounts of this file are in.'),
      chains: list('Chains that it trades on.', oneOf('A chain.', chains, { what: 'a chain' })),
      networks: list('Networks that it trades on. Default: mainnet.', text('A network.')).optional(),
      min_profit_threshold: ratio('Least profit, as a part of the position.').optional(),
      max_position_size: positive('Largest position, in the asset.').optional(),
      slippage_tolerance: ratio('Largest slippage.').optional(),
    }),
    execution: z.strictObject({
      engine: text('Name of the engine, as in mev.engines.'),
      timeout: positive('Seconds until an execution is given up.').optional(),
      gas_limit: integer('Gas of one execution.', { min: 21_000, max: 1_000_000_000 }).optional(),
      priority_fee: text('`auto`, or an amount.', {
        pattern: new RegExp(`^auto$|${amount.pattern}`),
        expected: '"auto" or an amount such as "2 gwei"',
      })
        .superRefine((given, context) => {
          const fee = given === 'auto' ? undefined : amount.parse(given);
          if (fee?.ok === false) context.addIssue({ code: 'custom', message: `"${given}" ${fee.reason}` });
        })
        .optional(),
    }),
    monitoring: z
      .strictObject({
        alert_threshold: ratio('Profit from which an opportunity is announced.').optional(),
        execution_timeout: positive('Seconds from which an execution counts as stuck.').optional(),
        failure_alert: flag('Whether a failed execution alerts.').optional(),
      })
      .optional(),
  });
