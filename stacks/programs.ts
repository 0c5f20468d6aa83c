import { TerraformOutput, type TerraformStack } from 'cdktf';
import { builderName, type InstanceNode } from '../constructs/chain-node';
import { ProgramBuilder } from '../constructs/program-builder';
import type { ReleaseStore } from '../constructs/release-store';
import type { Environment } from '../environments/environment';

/** What builds the programs of nodes that nobody publishes, once for each version. */
export function programBuilders(
  stack: TerraformStack,
  { name, region }: Environment,
  nodes: readonly InstanceNode[],
  releases: ReleaseStore,
): void {
  const built = new Map(
    nodes.flatMap(({ programs, architecture }) =>
      programs
        .filter(({ source }) => source.kind === 'build')
        .map((program) => [program.key, { program, architecture }] as const),
    ),
  );
  for (const [key, { program, architecture }] of built) {
    new ProgramBuilder(stack, `build-${key}`, { environment: name, program, architecture, releases });
  }
  if (built.size === 0) return;
  new TerraformOutput(stack, 'programs', {
    description: 'Programs that nobody publishes, each with the command that builds it; once for each version.',
    value: Object.fromEntries(
      [...built].map(([key, { program }]) => [
        key,
        `aws codebuild start-build --region ${region} --project-name ${builderName(name, program)}`,
      ]),
    ),
  });
}
