import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { Construct } from 'constructs';
import type { Statement } from '../cluster-services';
import { privateBucket } from '../private-bucket';

export interface LogBucketProps {
  /** Prefix of the bucket's name; AWS adds what makes it unique. */
  readonly bucketPrefix: string;
  /** Seconds that Loki keeps logs. */
  readonly retentionSeconds: number;
  /**
   * ARN of the key that encrypts them.
   *
   * @default - the key that S3 manages
   */
  readonly kmsKeyArn?: string;
}

/** Days after which the bucket itself deletes what Loki has left: it deletes two hours late, and catches up after an outage. */
const MARGIN_DAYS = 7;
/** Loki's one tenant, by which the keys of its chunks begin (`auth_enabled: false`). */
const CHUNKS = 'fake/';

/**
 * The private, encrypted bucket of Loki's chunks and index. It keeps no old versions: what is deleted by the retention shall be
 * gone. The index is left to Loki, which writes it anew.
 */
export class LogBucket extends Construct {
  readonly bucketName: string;
  /** What Loki may do with it. */
  readonly statements: readonly Statement[];

  constructor(scope: Construct, id: string, { bucketPrefix, retentionSeconds, kmsKeyArn }: LogBucketProps) {
    super(scope, id);
    const { arn, bucket, ready } = privateBucket(this, {
      bucketPrefix,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
      versioned: false,
    });
    this.bucketName = ready;
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [
        {
          id: 'chunks',
          status: 'Enabled',
          filter: [{ prefix: CHUNKS }],
          expiration: [{ days: Math.ceil(retentionSeconds / 86_400) + MARGIN_DAYS }],
        },
        {
          id: 'unfinished',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    });
    this.statements = [
      { Sid: 'List', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [arn] },
      {
        Sid: 'Objects',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        Resource: [`${arn}/*`],
      },
      ...(kmsKeyArn === undefined
        ? []
        : [
            {
              Sid: 'Key',
              Effect: 'Allow' as const,
              Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
              Resource: [kmsKeyArn],
            },
          ]),
    ];
  }
}
