import { z } from 'zod';
import { size } from '../quantity';
import { accountId, MISSING, oneOf, quantity, text } from './leaf';

/** `nodes.lock.yml`: what is true of every data disk and may not change by an edit. */
export const lockSchema = z.strictObject({
  account_id: accountId('Account that the disks are in.').optional(),
  state: text('Bucket of the state that knows the disks.').optional(),
  nodes: z
    .record(
      z.string(),
      z
        .strictObject({
          zone: text('Zone that the disk is in.'),
          tier: oneOf('Subnet tier of its instance.', ['private', 'public'], { what: 'a tier' }),
          vpc: text('VPC of its instance, as the configuration names it.'),
          subnet: text('Subnet of its instance, where it is given by id.').optional(),
          architecture: oneOf('Processor of its instance.', ['arm64', 'x86_64'], { what: 'an architecture' }),
          instance_type: text('Type of its instance, where that holds the data.').optional(),
          storage: oneOf('Kind of storage.', ['ebs', 'instance-store'], { what: 'a storage' }),
          size: quantity('Size of the disk.', size).optional(),
          key: text('Key that encrypts it.').optional(),
        })
        .superRefine(({ storage, size: held, key }, context) => {
          if (storage !== 'ebs') return;
          const advice = 'a disk on EBS has one; run the lock command on a commit where it was right';
          if (held === undefined)
            context.addIssue({ code: 'custom', path: ['size'], message: `${MISSING}; ${advice}` });
          if (key === undefined) context.addIssue({ code: 'custom', path: ['key'], message: `${MISSING}; ${advice}` });
        }),
    )
    .meta({ description: 'Nodes by id.' }),
});

export type Lock = z.output<typeof lockSchema>;
export type LockedNode = z.output<typeof lockSchema>['nodes'][string];
