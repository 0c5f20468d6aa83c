/** The section `mev.data`: streams and stores of what engines see and do. */
import { z } from 'zod';
import { duration, size } from '../quantity';
import { flag, integer, quantity, secretName } from './leaf';
import { workers } from './workers';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** A time that a row ends at must be one that ClickHouse counts to: DateTime ends in 2106 (ClickHouse, data types, DateTime). */
const MOST_DAYS = 3650;

const fault = (context: z.core.$RefinementCtx, message: string, ...path: string[]): void =>
  context.addIssue({ code: 'custom', message, path });

const written = (value: number): string => duration.format({ unit: 'ms', value });

const disk = (description: string) =>
  quantity(description, size).superRefine(({ value }, context) => {
    if (value < 1) fault(context, 'is 0, and would hold nothing; give at least 1 GiB');
  });

const days = (description: string, least: number) =>
  quantity(description, duration).superRefine(({ value }, context) => {
    if (value % DAY !== 0) fault(context, `${written(value)} is no whole number of days; use such as 90d`);
    else if (value < least * DAY || value > MOST_DAYS * DAY)
      fault(context, `${written(value)} is not from ${least}d to ${MOST_DAYS}d`);
  });

/** A stream's name is the first part of its subjects, and part of the name of an object in the cluster. */
const STREAM = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;

const streams = z
  .record(
    z.string(),
    z.strictObject({
      retention: quantity('How long messages are kept, in whole seconds; at least 1m.', duration).superRefine(
        ({ value }, context) => {
          if (value < MINUTE)
            fault(context, `${written(value)} is less than a reader takes to come back; keep at least 1m`);
          else if (value % 1000 !== 0)
            fault(context, `${written(value)} is no whole number of seconds; use such as 24h`);
        },
      ),
      size: disk('How much is kept at most; the oldest goes first.'),
    }),
  )
  .superRefine((given, context) => {
    for (const name of Object.keys(given))
      if (!STREAM.test(name))
        context.addIssue({
          code: 'custom',
          path: [name],
          params: { key: true },
          message: 'is not the name of a stream; use at most 32 lower-case letters, digits and -, a letter first',
        });
    if (Object.keys(given).length === 0) fault(context, 'is empty; declare at least one');
  })
  .meta({ description: 'Streams by name; the subjects of a stream are <name>.>.' });

/** S3 takes an object for infrequent access after 30 days, and from there 30 days later (Amazon S3, user guide, lifecycle transitions). */
const TRANSITION_DAYS = 30;

const archive = z
  .strictObject({
    retention: days('How long an object is kept.', 1),
    infrequent_after: days(
      'After how long it is moved to infrequent access (STANDARD_IA). Default: never.',
      TRANSITION_DAYS,
    ).optional(),
    glacier_after: days(
      'After how long it is moved to Glacier (GLACIER_IR), where it is still read at once. Default: never.',
      1,
    ).optional(),
  })
  .superRefine(({ retention, infrequent_after: infrequent, glacier_after: glacier }, context) => {
    if (context.issues.length > 0) return;
    if (infrequent && glacier && glacier.value < infrequent.value + TRANSITION_DAYS * DAY)
      fault(
        context,
        `${written(glacier.value)} is less than ${TRANSITION_DAYS} days after infrequent_after, and S3 moves nothing sooner; give at least ${written(infrequent.value + TRANSITION_DAYS * DAY)}`,
        'glacier_after',
      );
    const moves = { infrequent_after: infrequent, glacier_after: glacier };
    for (const [key, move] of Object.entries(moves))
      if (move && move.value >= retention.value)
        fault(
          context,
          `${written(move.value)} is when it is deleted already (retention); give less, or remove it`,
          key,
        );
  })
  .meta({ description: 'An encrypted bucket for what is kept for years, on EKS. Default: none.' });

const stores = z
  .strictObject({
    timeseries: z
      .strictObject({
        retention: days('How long a row is kept.', 1),
        size: disk('Disk of ClickHouse, for timeseries and analytics together.'),
      })
      .meta({ description: 'What markets did, in ClickHouse: database timeseries.' }),
    analytics: z
      .strictObject({ retention: days('How long a row is kept.', 1) })
      .meta({ description: 'What engines saw and did, in the same ClickHouse: database analytics.' }),
    transactions: z
      .strictObject({
        size: disk('Disk of each.'),
        replicas: integer('How many of Postgres there are; one is written to. Default: 1.', {
          min: 1,
          max: 3,
        }).optional(),
      })
      .meta({ description: 'The history of transactions, in Postgres.' }),
    archive: archive.optional(),
  })
  .meta({ description: 'Stores.' });

export const dataSection = (chains: readonly string[]) =>
  z
    .strictObject({
      enabled: flag('Whether streams and stores are there. Default: false.').optional(),
      secret: secretName(
        'Name of the secret with the passwords of streams and stores; docs/data.md has its properties. Needed where they are there.',
      ).optional(),
      stream_replicas: integer('How many servers hold each stream: 1, or 3, of which one may be lost. Default: 1.', {
        min: 1,
        max: 3,
      })
        .superRefine((given, context) => {
          if (given === 2) fault(context, '2 is no quorum: neither of the two could go on alone; give 1 or 3');
        })
        .optional(),
      streams,
      stores,
      workers: workers(chains).optional(),
    })
    .meta({ description: 'Streams and stores of the data pipeline, in the cluster. Default: none.' })
    .optional();
