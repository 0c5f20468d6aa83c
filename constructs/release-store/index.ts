import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
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
    const { bucket, arn } = new S3Bucket(this, 'Default', { bucketPrefix });
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    const access = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const encryption = new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: kmsKeyArn
            ? { sseAlgorithm: 'aws:kms', kmsMasterKeyId: kmsKeyArn }
            : { sseAlgorithm: 'AES256' },
          bucketKeyEnabled: kmsKeyArn !== undefined,
        },
      ],
      dependsOn: [versioning, access],
    });
    // By way of the last of them, so that nothing is uploaded before the bucket is private, versioned and encrypted.
    this.bucketName = encryption.bucket;
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
    const tlsOnly = new DataAwsIamPolicyDocument(this, 'tls-only', {
      statement: [
        {
          sid: 'TlsOnly',
          effect: 'Deny',
          actions: ['s3:*'],
          resources: [arn, `${arn}/*`],
          principals: [{ type: '*', identifiers: ['*'] }],
          condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
        },
      ],
    });
    new S3BucketPolicy(this, 'policy', { bucket, policy: tlsOnly.json, dependsOn: [access] });
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
