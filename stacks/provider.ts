import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { TerraformStack } from 'cdktf';
import { literals } from '../constructs/terraform';
import type { Environment } from '../environments/environment';

/** Older versions refuse throughputs that gp3 has had since September 2025 (hashicorp/terraform-provider-aws#44762). */
const AWS_PROVIDER_VERSION = '~> 6.25';
/** State locks beside the state came with 1.10. */
const TERRAFORM_VERSION = '>= 1.10.0';

/** The AWS provider: one region, one account when it is named, and the tags that everything bears. */
export function awsProvider(stack: TerraformStack, { name, region, accountId, tags }: Environment): void {
  new AwsProvider(stack, 'aws', {
    region,
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
    defaultTags: [{ tags: { Environment: name, ManagedBy: 'terraform', ...literals(tags) } }],
  });
  stack.addOverride('terraform.required_providers.aws.version', AWS_PROVIDER_VERSION);
  stack.addOverride('terraform.required_version', TERRAFORM_VERSION);
}
