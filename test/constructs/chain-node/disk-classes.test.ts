import { DiskClasses, type DiskClassesProps } from '../../../constructs/chain-node';
import type { VolumeSizing } from '../../../constructs/chain-node/catalogue';
import { type Json, resources } from '../../project';
import { synthesized } from '../cluster-platform';
import { ofType } from '../platform';

const GP3: VolumeSizing = { type: 'gp3', sizeGiB: 600, iops: 3000, throughputMiBps: 125 };
const IO2: VolumeSizing = { type: 'io2', sizeGiB: 600, iops: 4000 };

/** The classes of these disks, and what is defined for them. */
function classes(disks: readonly VolumeSizing[], change: Partial<DiskClassesProps> = {}) {
  let names: (string | undefined)[] = [];
  const stack = synthesized((scope) => {
    const made = new DiskClasses(scope, 'disks', { environment: 'test', ebs: true, protect: false, ...change });
    names = disks.map((disk) => made.of(disk));
  });
  const defined: Json[] = stack.resource ? ofType(resources(stack), 'kubernetes_storage_class_v1') : [];
  const looked: Json[] = Object.values(stack.data?.kubernetes_storage_class_v1 ?? {});
  return { names, defined, looked };
}

describe('on EKS', () => {
  test('a class keeps a disk whose claim is gone, lets it grow, and encrypts it', () => {
    const { names, defined } = classes([GP3]);
    expect(names).toEqual(['test-chain-data-gp3-3000-125']);
    expect(defined).toEqual([
      {
        metadata: { name: 'test-chain-data-gp3-3000-125' },
        storage_provisioner: 'ebs.csi.aws.com',
        reclaim_policy: 'Retain',
        volume_binding_mode: 'WaitForFirstConsumer',
        allow_volume_expansion: true,
        parameters: {
          type: 'gp3',
          iops: '3000',
          throughput: '125',
          encrypted: 'true',
          'csi.storage.k8s.io/fstype': 'ext4',
          tagSpecification_1: 'Environment=test',
        },
      },
    ]);
  });

  test('with the key of the environment, where it has one', () => {
    const { defined } = classes([GP3], { kmsKeyArn: 'arn:aws:kms:eu-central-1:012345678901:key/chain' });
    expect(defined[0].parameters).toMatchObject({
      encrypted: 'true',
      kmsKeyId: 'arn:aws:kms:eu-central-1:012345678901:key/chain',
    });
  });

  test('is one for all disks of a kind, whatever their size, and named by its kind', () => {
    const { names, defined } = classes([GP3, { ...GP3, sizeGiB: 4096 }, IO2, { ...GP3, iops: 6000 }]);
    expect(names).toEqual([
      'test-chain-data-gp3-3000-125',
      'test-chain-data-gp3-3000-125',
      'test-chain-data-io2-4000',
      'test-chain-data-gp3-6000-125',
    ]);
    expect(defined.map(({ metadata }) => metadata.name).sort()).toEqual([...new Set(names)].sort());
    const io2 = defined.find(({ metadata }) => metadata.name === 'test-chain-data-io2-4000');
    expect(io2.parameters).not.toHaveProperty('throughput');
  });

  test('is defined while it is protected, because it retains by itself', () => {
    const { names, looked } = classes([GP3], { protect: true });
    expect([names, looked]).toEqual([['test-chain-data-gp3-3000-125'], []]);
  });
});

describe('a class of the cluster', () => {
  test('is that of every disk, and nothing is defined', () => {
    for (const ebs of [true, false])
      expect(classes([GP3, IO2], { existing: 'fast', ebs })).toEqual({
        names: ['fast', 'fast'],
        defined: [],
        looked: [],
      });
  });

  test('must retain disks where they are protected', () => {
    const { looked, defined } = classes([GP3], { existing: 'fast', protect: true });
    expect(defined).toEqual([]);
    expect(looked.map(({ '//': _, ...body }) => body)).toEqual([
      {
        metadata: { name: 'fast' },
        lifecycle: {
          postcondition: [
            {
              condition: '${self.reclaim_policy == "Retain"}',
              error_message:
                'the storage class fast deletes disks with their claims; name one with reclaimPolicy Retain, or set protect: false',
            },
          ],
        },
      },
    ]);
  });

  test('elsewhere is the default one, where none is named', () => {
    expect(classes([GP3], { ebs: false })).toEqual({ names: [undefined], defined: [], looked: [] });
  });

  test('elsewhere must be named where disks are protected, as soon as there is one', () => {
    const guarded = { ebs: false, protect: true };
    expect(classes([], guarded)).toEqual({ names: [], defined: [], looked: [] });
    expect(() => classes([GP3], guarded)).toThrow(
      'nodes are protected, and nothing says that their disks outlive their claims; name a storage class that retains them',
    );
  });
});
