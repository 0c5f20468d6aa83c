import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { Construct } from 'constructs';
import type { Architecture } from './catalogue';

/** How Canonical names an architecture. */
const CANONICAL: Readonly<Record<Architecture, string>> = { arm64: 'arm64', x86_64: 'amd64' };

/**
 * The newest Ubuntu 24.04 image of each architecture, by the public parameter that Canonical keeps. Running instances keep
 * the image that they were made from.
 */
export class MachineImages extends Construct {
  /** The image's id; looked up once. */
  imageId(architecture: Architecture): string {
    const known = this.node.tryFindChild(architecture) as DataAwsSsmParameter | undefined;
    const parameter =
      known ??
      new DataAwsSsmParameter(this, architecture, {
        name: `/aws/service/canonical/ubuntu/server/24.04/stable/current/${CANONICAL[architecture]}/hvm/ebs-gp3/ami-id`,
      });
    return parameter.insecureValue;
  }
}
