import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import { requireTerraform, useLockFile } from '../constructs/terraform';
import type { Environment } from '../environments/environment';

/** State locks beside the state came with 1.10. */
const TERRAFORM_VERSION = '>= 1.10.0';

/**
 * Where the state lies: in a bucket with a lock file, or in a file beside `cdktf.out`. A backend is always declared: the one
 * that cdktf would add holds an absolute path of this machine.
 */
export function stateBackend(stack: TerraformStack, { name, state, accountId }: Environment): void {
  requireTerraform(stack, TERRAFORM_VERSION);
  if (!state) {
    new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
    return;
  }
  const backend = new S3Backend(stack, {
    bucket: state.bucket,
    key: `${name}/terraform.tfstate`,
    region: state.region,
    encrypt: true,
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
  });
  useLockFile(backend);
}
