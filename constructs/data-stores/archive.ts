import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Statement } from '../cluster-services';
import { privateBucket } from '../private-bucket';

export interface ArchiveProps {
  /** Prefix of the bucket's name; AWS adds what makes it unique. */
  readonly bucketPrefix: string;
  /** Days that an object is kept. */
  readonly retentionDays: number;
  /**
   * Days after which it is moved to infrequent access.
   *
   * @default - never
   */
  readonly infrequentAfterDays?: number;
  /**
   * Days after which it is moved to Glacier, where it is still read at once.
   *
   * @default - never
   */
  readonly glacierAfterDays?: number;
  /**
   * ARN of the key that encrypts it.
   *
   * @default - the key that S3 manages
   */
  readonly kmsKeyArn?: string;
  /** Whether a plan that would destroy it fails. */
  readonly protect: boolean;
}

/** Days that what was written over or deleted can be had back. */
const OLD_VERSIONS_DAYS = 30;

/**
 * The private, encrypted, versioned bucket of what is kept for years. Objects below 128 KiB stay where they were written (Amazon S3, API
 * reference, PutBucketLifecycleConfiguration, TransitionDefaultMinimumObjectSize). S3 deletes no bucket that holds anything.
 */
export class Archive extends Construct {
  readonly bucketName: string;
  readonly arn: string;
  readonly kmsKeyArn: string | undefined;
  /** What must be there before anything is written to it. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ArchiveProps) {
    super(scope, id);
    const { bucketPrefix, retentionDays, infrequentAfterDays, glacierAfterDays, kmsKeyArn, protect } = props;
    const { arn, bucket, ready } = privateBucket(this, {
      bucketPrefix,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
      versioned: true,
      protect,
    });
    this.arn = arn;
    this.bucketName = ready;
    this.kmsKeyArn = kmsKeyArn;
    const lifecycle = new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [
        {
          id: 'retention',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          ...(infrequentAfterDays === undefined && glacierAfterDays === undefined
            ? {}
            : {
                transition: [
                  ...(infrequentAfterDays === undefined
                    ? []
                    : [{ days: infrequentAfterDays, storageClass: 'STANDARD_IA' }]),
                  ...(glacierAfterDays === undefined ? [] : [{ days: glacierAfterDays, storageClass: 'GLACIER_IR' }]),
                ],
              }),
          expiration: [{ days: retentionDays }],
          noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSIONS_DAYS }],
        },
        {
          id: 'unfinished',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    });
    this.ready = [lifecycle];
  }

  /** What reads and writes objects whose keys begin so: `postgres/`. Names of others are seen: barman asks for the bucket as a whole first. */
  statements(prefix: string): readonly Statement[] {
    return [
      {
        Sid: 'List',
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:GetBucketLocation'],
        Resource: [this.arn],
      },
      {
        Sid: 'Objects',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
        Resource: [`${this.arn}/${prefix}*`],
      },
      ...(this.kmsKeyArn === undefined
        ? []
        : [
            {
              Sid: 'Key',
              Effect: 'Allow' as const,
              Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
              Resource: [this.kmsKeyArn],
            },
          ]),
    ];
  }
}
