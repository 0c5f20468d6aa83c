import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { ClusterServices } from './index';
import { storeRolePath } from './table';

export interface SecretStoreRoleProps {
  /** Services of a cluster of EKS, external-secrets among them. */
  readonly services: ClusterServices;
  /** Whose secrets these are: part of the role's name, so unique in the environment. */
  readonly consumer: string;
  /** Names of the secrets in Secrets Manager, in the region of the services. Not ARNs, not patterns. */
  readonly secrets: readonly string[];
  /**
   * ARN of the key that encrypts them.
   *
   * @default - the key of Secrets Manager itself, which takes no permission
   */
  readonly kmsKeyArn?: string;
}

/** What a name in Secrets Manager may hold (AWS, API reference, CreateSecret); `*` and `?` are not of it. */
const SECRET_NAME = /^[A-Za-z0-9/_+=.@-]+$/;
/** Longest name of a role (AWS, IAM quotas). */
const LONGEST_NAME = 64;

/**
 * The role of one store of External Secrets: it reads the named secrets and nothing else, and the controller alone may assume it.
 *
 * The store names it in `spec.provider.aws.role` and has no `auth`: the controller then takes the credentials of its own Pod
 * Identity and assumes this role (external-secrets v2.9.0, docs/provider/aws-access.md, "Controller's Pod Identity" and
 * "EKS Pod Identity Setup"; providers/v1/aws/auth/auth.go). `serviceAccountRef` does not go with Pod Identity (same page).
 *
 * Throws when external-secrets has no role here, and for secrets that are none or not names.
 */
export class SecretStoreRole extends Construct {
  /** For `spec.provider.aws.role`. */
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { services, consumer, secrets, kmsKeyArn }: SecretStoreRoleProps) {
    super(scope, id);
    const { environment, region } = services.props;
    const name = `${environment}-${consumer}-secrets`;
    if (name.length > LONGEST_NAME)
      throw new Error(`${consumer}: ${name} is longer than the ${LONGEST_NAME} that IAM allows; shorten the consumer`);
    if (secrets.length === 0) throw new Error(`${consumer}: a store without secrets has nothing to read; name some`);
    const odd = secrets.find((secret) => !SECRET_NAME.test(secret));
    if (odd !== undefined)
      throw new Error(`${consumer}: "${odd}" is not the name of a secret; give its name in Secrets Manager`);
    const controller = services.roleArn('external-secrets');
    // Secrets Manager ends each ARN with six characters of its own.
    const arns = secrets.map(
      (secret) => `arn:aws:secretsmanager:${region}:${services.accountId}:secret:${secret}-??????`,
    );

    const role = new IamRole(this, 'Default', {
      name,
      path: storeRolePath(environment),
      description: `Secrets of ${consumer} in ${environment}, for External Secrets`,
      assumeRolePolicy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            // Tags of a Pod Identity session go on into this one (AWS, EKS user guide, pod-id-abac), which takes TagSession.
            Action: ['sts:AssumeRole', 'sts:TagSession'],
            Principal: { AWS: controller },
          },
        ],
      }),
    });
    new IamRolePolicy(this, 'policy', {
      name: 'secrets',
      role: role.name,
      policy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'NamedSecrets',
            Effect: 'Allow',
            Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
            Resource: arns,
          },
          ...(kmsKeyArn === undefined
            ? []
            : [
                {
                  Sid: 'TheirKey',
                  Effect: 'Allow',
                  Action: ['kms:Decrypt'],
                  Resource: [kmsKeyArn],
                  Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
                },
              ]),
        ],
      }),
    });
    this.roleArn = role.arn;
  }
}
