import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { privateBucket } from '../private-bucket';
import { literal } from '../terraform';

export interface ReleaseStoreProps {
  /** Prefix of the bucket's name; AWS adds what makes it unique. */
  readonly bucketPrefix: string;
  /**
   * ARN of the key that encrypts releases.
   *
   * @default - the key that S3 manages
   */
  readonly kmsKeyArn?: string;
}

/** Days that an old version of a release file is kept. */
const OLD_VERSION_DAYS = 90;

/** The private, versioned, encrypted bucket that hosts fetch their releases from. */
export class ReleaseStore extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** The key that readers must be allowed to use, if it is not S3's own. */
  readonly kmsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, { bucketPrefix, kmsKeyArn }: ReleaseStoreProps) {
    super(scope, id);
    const { arn, bucket, ready } = privateBucket(this, {
      bucketPrefix,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
      versioned: true,
    });
    this.bucketName = ready;
    this.bucketArn = arn;
    this.kmsKeyArn = kmsKeyArn;
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [
        {
          id: 'old-versions',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    });
  }

  /** Defines a file in the bucket with just this text; it is uploaded after the files of `after`. */
  upload(scope: Construct, id: string, key: string, text: string, after: readonly S3Object[] = []): S3Object {
    return new S3Object(scope, id, {
      bucket: this.bucketName,
      key,
      content: literal(text),
      // An object may bear ten tags only, and it inherits none that it would need.
      overrideProvider: { defaultTags: { tags: {} } },
      ...(after.length > 0 ? { dependsOn: [...after] } : {}),
    });
  }
}
