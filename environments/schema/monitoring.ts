/** The section `monitoring`. */
import { z } from 'zod';
import { duration, size } from '../quantity';
import { integer, oneOf, quantity, secretName, text } from './leaf';
import { HOUR } from './sections';

/** Teams that alerts are for. */
const byTeam = <T extends z.ZodType>(value: T) =>
  z.strictObject({ chains: value.optional(), platform: value.optional(), mev: value.optional() }).optional();

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
