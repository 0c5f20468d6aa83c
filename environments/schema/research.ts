/** The section `mev.research`: where strategies are tried on what has happened, and by whom. */
import { z } from 'zod';
import { duration, size } from '../quantity';
import { flag, integer, oneOf, positive, quantity, text } from './leaf';

const memory = (description: string) =>
  quantity(description, size)
    .superRefine(({ value }, context) => {
      if (value < 1) context.addIssue({ code: 'custom', message: '0 GiB is no memory; give at least 1 GiB' });
    })
    .optional();

const fork = (chains: readonly string[]) =>
  z.strictObject({
    chain: oneOf('Chain that is forked.', chains, { what: 'a chain' }),
    network: text('Network that is forked. Default: mainnet.').optional(),
    block: integer(
      'Block that it stands at, and at which backtests end that are not told where. Default: the newest when it starts.',
      { min: 1, max: Number.MAX_SAFE_INTEGER },
    ).optional(),
    source: text(
      'Where it reads what it has not yet: gateway, or the id of a node. Default: the gateway where it serves the network, else a node.',
    ).optional(),
    memory: memory('Memory of each run of it; it keeps what it has read. Default: 2 GiB.'),
  });

export const researchSection = (chains: readonly string[]) =>
  z
    .strictObject({
      enabled: flag(
        'Whether forks and backtests are there; without them the namespace stays, with what people keep in it. Default: false.',
      ).optional(),
      quota: z
        .strictObject({
          cpu: positive('Cores. Default: 16.').optional(),
          memory: memory('Memory. Default: 64 GiB.'),
          storage: quantity('Disk, of all claims together. Default: 500 GiB.', size).optional(),
        })
        .meta({ description: 'What everything in the namespace may ask for together.' })
        .optional(),
      access_group: text(
        'Group of the cluster whose people may run jobs in the namespace, read what they tell, and forward ports of forks. Default: none.',
        {
          pattern: /^(?!system:)[A-Za-z0-9][\w:./@-]{0,99}$/,
          expected: 'the name of a group',
          example: 'mev:researchers',
        },
      ).optional(),
      archive: text(
        'Bucket of recorded data, in the region of the environment, which backtests and jobs of people may read; on EKS. Default: that of mev.data.stores, where there is one.',
        {
          // With a dot in it, no certificate of S3 fits the name by which the proxy lets it through.
          pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
          expected: 'the name of a bucket, without dots',
          example: 'acme-mev-archive',
        },
      ).optional(),
      archive_prefix: text(
        'Prefix of the objects in the archive that are read. Default: all of one that is named, and workers/ of that of mev.data.stores.',
        {
          pattern: /^([\w.-]+\/)+$/,
          expected: 'a prefix that ends in a slash',
          example: 'recorded/',
        },
      ).optional(),
      archive_key: text('ARN of the key that encrypts the archive. Default: it is encrypted with a key of S3 itself.', {
        pattern: /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
        expected: 'an ARN of a key',
        example: 'arn:aws:kms:eu-central-1:012345678901:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      }).optional(),
      forks: z
        .record(z.string(), fork(chains))
        .meta({
          description: 'Forks by name: nodes that continue a network by themselves, from a block on. Default: none.',
        })
        .optional(),
      backtest: z
        .strictObject({
          cpu: integer('Cores of its engine. Default: 2.', { min: 1, max: 192 }).optional(),
          memory: memory('Memory of its engine. Default: 4 GiB.'),
          timeout: quantity('Longest time of one run. Default: 6h.', duration)
            .superRefine(({ value }, context) => {
              if (value < 60_000)
                context.addIssue({ code: 'custom', message: 'is less than the minute that a fork needs to begin' });
            })
            .optional(),
        })
        .meta({ description: 'What one run may take.' })
        .optional(),
    })
    .meta({
      description:
        'A namespace for research: forks of networks, and a backtest for each strategy in research. Default: none.',
    })
    .optional();
