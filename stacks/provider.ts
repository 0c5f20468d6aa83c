import { DataAwsEksCluster } from '@cdktf/provider-aws/lib/data-aws-eks-cluster';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import { Fn, type TerraformStack } from 'cdktf';
import type { ClusterAccess } from '../constructs/cluster';
import { literals } from '../constructs/terraform';
import type { Environment } from '../environments/environment';

/** Older versions refuse throughputs that gp3 has had since September 2025 (hashicorp/terraform-provider-aws#44762). */
const AWS_PROVIDER_VERSION = '~> 6.25';

/** The AWS provider: one region, one account when it is named, and the tags that everything bears. */
export function awsProvider(stack: TerraformStack, { name, region, accountId, tags }: Environment): void {
  new AwsProvider(stack, 'aws', {
    region,
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
    defaultTags: [{ tags: { Environment: name, ManagedBy: 'terraform', ...literals(tags) } }],
  });
  stack.addOverride('terraform.required_providers.aws.version', AWS_PROVIDER_VERSION);
}

/**
 * The Kubernetes and Helm providers, for a cluster that exists: an EKS cluster by its name, with a token that `aws` makes anew
 * whenever one is needed, so that none is ever in a plan; or whatever a file of credentials leads to.
 */
export function clusterProviders(stack: TerraformStack, access: ClusterAccess, region: string): void {
  if (!('eks' in access)) {
    const { kubeconfig: configPath, context: configContext } = access;
    new KubernetesProvider(stack, 'kubernetes', { configPath, configContext });
    new HelmProvider(stack, 'helm', { kubernetes: { configPath, configContext } });
    return;
  }
  const cluster = new DataAwsEksCluster(stack, 'cluster-access', { name: access.eks });
  const connection = {
    host: cluster.endpoint,
    clusterCaCertificate: Fn.base64decode(cluster.certificateAuthority.get(0).data),
  };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: 'aws',
    args: ['eks', 'get-token', '--cluster-name', access.eks, '--region', region],
  };
  new KubernetesProvider(stack, 'kubernetes', { ...connection, exec: [exec] });
  new HelmProvider(stack, 'helm', { kubernetes: { ...connection, exec } });
}
