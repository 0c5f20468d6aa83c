import { z } from 'zod';
import { size } from '../quantity';
import { accountId, flag, MISSING, oneOf, quantity, text } from './leaf';

/** `nodes.lock.yml`: what is true of every data disk and may not change by an edit. */
export const lockSchema = z.strictObject({
  account_id: accountId('Account that the disks are in.').optional(),
  state: text('Bucket of the state that knows the disks.').optional(),
  claims: z
    .record(z.string(), text('Cluster that holds it.'))
    .optional()
    .meta({ description: 'Claims of pods that were retired, by node: they stay until somebody deletes them.' }),
  nodes: z
    .record(
      z.string(),
      z
        .strictObject({
          hosting: oneOf('Where it runs. Default: instance.', ['instance', 'kubernetes'], {
            what: 'a hosting',
          }).optional(),
          cluster: text('Cluster that holds its claim.').optional(),
          host_ports: flag(
            'Whether it takes ports of its machine, and so stands in the namespace for that. Default: false.',
          ).optional(),
          disk: text('Kind of disk, or class of its claim.').optional(),
          zone: text('Zone that the disk is in.').optional(),
          tier: oneOf('Subnet tier of its instance.', ['private', 'public'], { what: 'a tier' }).optional(),
          vpc: text('VPC of its instance, as the configuration names it.').optional(),
          subnet: text('Subnet of its instance, where it is given by id.').optional(),
          architecture: oneOf('Processor of its instance.', ['arm64', 'x86_64'], {
            what: 'an architecture',
          }).optional(),
          instance_type: text('Type of its instance, where that holds the data.').optional(),
          storage: oneOf('Kind of storage.', ['ebs', 'instance-store'], { what: 'a storage' }),
          size: quantity('Size of the disk.', size).optional(),
          key: text('Key that encrypts it.').optional(),
        })
        .superRefine(({ hosting, storage, ...held }, context) => {
          const missing = (keys: readonly (keyof typeof held)[], who: string): void => {
            for (const key of keys.filter((one) => held[one] === undefined)) {
              const message = `${MISSING}; ${who} one; run the lock command on a commit where it was right`;
              context.addIssue({ code: 'custom', path: [key], message });
            }
          };
          if (hosting === 'kubernetes') return missing(['cluster', 'disk', 'size', 'key'], 'a claim has');
          missing(['zone', 'tier', 'vpc', 'architecture'], 'an instance has');
          if (storage === 'ebs') missing(['size', 'key'], 'a disk on EBS has');
        }),
    )
    .meta({ description: 'Nodes by id.' }),
});

export type Lock = z.output<typeof lockSchema>;
export type LockedNode = z.output<typeof lockSchema>['nodes'][string];
