/** Workers of the data pipeline, in `mev.data.workers`. */
import { z } from 'zod';
import { WORKER_ROLES, WORKER_STORES } from '../../constructs/data-worker/contract';
import { integer, list, oneOf, text } from './leaf';
import { image, memory, workloadFields } from './workload';

export const workers = (chains: readonly string[]) =>
  z
    .record(
      z.string(),
      z.strictObject({
        role: oneOf(
          'What it does: mempool-streams, price-feeds and market-data bring what is outside into streams, the others make something of it.',
          WORKER_ROLES,
          { what: 'a role of workers' },
        ),
        image: image('Image of the worker, with a tag that does not move or by digest.'),
        replicas: integer('How many pods of it there are; they share what they consume. Default: 1.', {
          min: 1,
          max: 50,
        }).optional(),
        cpu: integer('Cores of each pod, all of them its own. Default: 1.', { min: 1, max: 192 }).optional(),
        memory: memory('Memory of each pod, all of it its own. Default: 2 GiB.').optional(),
        chains: list('Chains that it reads. Default: none.', oneOf('A chain.', chains, { what: 'a chain' })).optional(),
        networks: list('Networks that it reads of each. Default: mainnet.', text('A network.')).optional(),
        consumes: list('Streams that it consumes. Default: none.', text('A stream.')).optional(),
        publishes: list('Streams that it publishes to. Default: none.', text('A stream.')).optional(),
        stores: list(
          'Stores that it reads and writes. Default: none.',
          oneOf('A store.', WORKER_STORES, { what: 'a store' }),
        ).optional(),
        ...workloadFields,
      }),
    )
    .meta({ description: 'Workers by name: programs of your own that bring data in, and make something of it.' });
