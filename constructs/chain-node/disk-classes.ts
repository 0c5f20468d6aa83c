import { DataKubernetesStorageClassV1 } from '@cdktf/provider-kubernetes/lib/data-kubernetes-storage-class-v1';
import { StorageClassV1 } from '@cdktf/provider-kubernetes/lib/storage-class-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { literal } from '../terraform';
import type { VolumeSizing } from './catalogue';

export interface DiskClassesProps {
  /** Name of the environment; part of the classes' names, which are the cluster's. */
  readonly environment: string;
  /**
   * A class of the cluster that all claims are of.
   *
   * @default - on EKS one is defined for each kind of disk; elsewhere it is the cluster's default
   */
  readonly existing?: string;
  /** Whether the cluster has EBS. */
  readonly ebs: boolean;
  /**
   * ARN of the key that encrypts disks of EBS.
   *
   * @default - the key that AWS manages
   */
  readonly kmsKeyArn?: string;
  /** Whether a plan fails when a disk would go with its claim. */
  readonly protect: boolean;
}

/**
 * Storage classes for the data of nodes. What a class says cannot be changed, so its name is what it says: another kind of disk is
 * another class. A disk whose claim is gone stays, to be deleted by hand.
 */
export class DiskClasses extends Construct {
  readonly #defined = new Map<string, StorageClassV1>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DiskClassesProps,
  ) {
    super(scope, id);
    const { existing, protect } = props;
    if (!protect || existing === undefined) return;
    new DataKubernetesStorageClassV1(this, 'existing', {
      metadata: { name: existing },
      lifecycle: {
        postcondition: [
          {
            condition: '${self.reclaim_policy == "Retain"}',
            errorMessage: `the storage class ${literal(existing)} deletes disks with their claims; name one with reclaimPolicy Retain, or set protect: false`,
          },
        ],
      },
    });
  }

  /** The class of a disk; undefined where it is the cluster's default. Throws where that may delete what is protected. */
  of({ type, iops, throughputMiBps }: VolumeSizing): string | undefined {
    const { environment, existing, ebs, kmsKeyArn, protect } = this.props;
    if (existing === undefined && !ebs && protect)
      throw new Error(
        'nodes are protected, and nothing says that their disks outlive their claims; name a storage class that retains them',
      );
    if (existing !== undefined || !ebs) return existing;
    const kind = kindOf({ type, iops, throughputMiBps });
    const name = `${environment}-chain-data-${kind}`;
    if (this.#defined.has(kind)) return name;
    const defined = new StorageClassV1(this, kind, {
      metadata: { name },
      storageProvisioner: 'ebs.csi.aws.com',
      reclaimPolicy: 'Retain',
      // In the zone that the pod is in.
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
      // kubernetes-sigs/aws-ebs-csi-driver, docs/parameters.md, 2026-08-19.
      parameters: {
        type,
        iops: String(iops),
        ...(throughputMiBps === undefined ? {} : { throughput: String(throughputMiBps) }),
        encrypted: 'true',
        ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }),
        'csi.storage.k8s.io/fstype': 'ext4',
        tagSpecification_1: `Environment=${environment}`,
      },
    });
    this.#defined.set(kind, defined);
    return name;
  }

  /** What must be there before a claim of such a disk. */
  ready(volume: VolumeSizing): readonly ITerraformDependable[] {
    return [this.#defined.get(kindOf(volume))].filter((defined) => defined !== undefined);
  }
}

/** What a class is named by: all that makes one disk another kind than the next. */
const kindOf = ({
  type,
  iops,
  throughputMiBps,
}: { readonly [Key in keyof VolumeSizing]?: VolumeSizing[Key] | undefined }): string =>
  [type, iops, throughputMiBps].filter((part) => part !== undefined).join('-');
