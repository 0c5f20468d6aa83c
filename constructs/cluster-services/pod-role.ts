import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Statement } from './table';

export interface PodRoleProps {
  /** Name of the role, unique in the account. */
  readonly name: string;
  readonly description: string;
  readonly region: string;
  /** Account of the cluster. */
  readonly accountId: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly statements: readonly Statement[];
}

/**
 * A role in AWS of one service account of one namespace of one cluster, by Pod Identity (AWS, EKS user guide, pod-id-role,
 * pod-id-abac, 2026). Pods have it only when the association is there before them.
 */
export class PodRole extends Construct {
  readonly arn: string;
  /** What must be there before the pods. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: PodRoleProps) {
    super(scope, id);
    const { name, description, region, accountId, clusterName, namespace, serviceAccount } = props;
    const role = new IamRole(this, 'Default', {
      name,
      description,
      assumeRolePolicy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['sts:AssumeRole', 'sts:TagSession'],
            Principal: { Service: 'pods.eks.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:RequestTag/eks-cluster-arn': `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`,
                'aws:RequestTag/kubernetes-namespace': namespace,
                'aws:RequestTag/kubernetes-service-account': serviceAccount,
              },
            },
          },
        ],
      }),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: serviceAccount,
      role: role.name,
      policy: Fn.jsonencode({ Version: '2012-10-17', Statement: props.statements }),
    });
    const association = new EksPodIdentityAssociation(this, 'identity', {
      clusterName,
      namespace,
      serviceAccount,
      roleArn: role.arn,
    });
    this.arn = role.arn;
    this.ready = [policy, association];
  }
}
