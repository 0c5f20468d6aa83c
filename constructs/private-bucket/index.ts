import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import type { Construct } from 'constructs';

export interface PrivateBucketProps {
  /** Prefix of the bucket's name; AWS adds what makes it unique. */
  readonly bucketPrefix: string;
  /**
   * ARN of the key that encrypts what is in it.
   *
   * @default - the key that S3 manages
   */
  readonly kmsKeyArn?: string;
  /** Whether what is written over or deleted is kept. */
  readonly versioned: boolean;
  /**
   * Whether a plan that would destroy it fails.
   *
   * @default - S3 alone refuses, while anything is in it
   */
  readonly protect?: boolean;
}

export interface PrivateBucket {
  readonly arn: string;
  /** For what must be set before anything is in it. */
  readonly bucket: string;
  /** For whoever writes to it: known once it is private, encrypted and, where asked for, versioned. */
  readonly ready: string;
}

/**
 * A bucket that nobody reads who is not let, encrypted, over TLS alone. A function: its resources are those of `scope`, whose own
 * resource is the bucket.
 */
export function privateBucket(
  scope: Construct,
  { bucketPrefix, kmsKeyArn, versioned, protect = false }: PrivateBucketProps,
): PrivateBucket {
  const { bucket, arn } = new S3Bucket(scope, 'Default', {
    bucketPrefix,
    ...(protect ? { lifecycle: { preventDestroy: true } } : {}),
  });
  const versioning = versioned
    ? [new S3BucketVersioningA(scope, 'versioning', { bucket, versioningConfiguration: { status: 'Enabled' } })]
    : [];
  const access = new S3BucketPublicAccessBlock(scope, 'public-access', {
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const encryption = new S3BucketServerSideEncryptionConfigurationA(scope, 'encryption', {
    bucket,
    rule: [
      {
        applyServerSideEncryptionByDefault: kmsKeyArn
          ? { sseAlgorithm: 'aws:kms', kmsMasterKeyId: kmsKeyArn }
          : { sseAlgorithm: 'AES256' },
        bucketKeyEnabled: kmsKeyArn !== undefined,
      },
    ],
    dependsOn: [...versioning, access],
  });
  const tlsOnly = new DataAwsIamPolicyDocument(scope, 'tls-only', {
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
  new S3BucketPolicy(scope, 'policy', { bucket, policy: tlsOnly.json, dependsOn: [access] });
  return { arn, bucket, ready: encryption.bucket };
}
