/**
 * What this project needs of Terraform beyond cdktf's typed surface: the escape of literal text, and every escape hatch,
 * so that the way to another CDK for Terraform has one place to look at.
 */
import type { ITerraformDependable, S3Backend, TerraformDataSource, TerraformStack } from 'cdktf';
import { TerraformResource, Token } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * Text that Terraform takes as it is. Without it `${` and `%{` in a script or a compose file begin a template. Tokens
 * must not be in the text: put them beside it.
 */
export function literal(text: string): string {
  if (Token.isUnresolved(text))
    throw new Error('literal text holds a token; escape the text first, then add the token');
  // A function, because in a replacement text two dollar signs would mean one.
  return text.replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
}

/** Values of a map, each as literal text. */
export const literals = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [literal(key), literal(value)]));

/** Plain data with every text in it literal, but for those that hold tokens, which Terraform fills in. */
export function literalData(data: unknown): unknown {
  if (typeof data === 'string') return Token.isUnresolved(data) ? data : literal(data);
  if (Array.isArray(data)) return data.map(literalData);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [literal(key), literalData(value)]));
}

/** Versions of Terraform that may work on a stack, which cdktf has no argument for. */
export function requireTerraform(stack: TerraformStack, versions: string): void {
  stack.addOverride('terraform.required_version', versions);
}

/** Locks the state by a file beside it (Terraform 1.10). cdktf 0.21 has no argument for it; cdktn 0.22 does. */
export function useLockFile(backend: S3Backend): void {
  backend.addOverride('use_lockfile', true);
}

/**
 * Replaces a resource whenever another is changed or replaced; Terraform does not count that it is created. cdktf 0.21 renders
 * references as `${…}`, which Terraform refuses in this one place.
 */
export function replaceTriggeredBy(resource: TerraformResource, trigger: TerraformResource): void {
  resource.addOverride('lifecycle.replace_triggered_by', [address(trigger)]);
}

/**
 * Terraform's own `terraform_data`, which holds a value in the state. cdktf's binding of it, DataResource, runs `terraform version`
 * for each when it is synthesized, and ends where there is no Terraform.
 */
export class TerraformData extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: { readonly input: object; readonly dependsOn: ITerraformDependable[] },
  ) {
    super(scope, id, { terraformResourceType: 'terraform_data', dependsOn: props.dependsOn });
  }

  protected override synthesizeAttributes(): { readonly [name: string]: unknown } {
    return { input: this.props.input };
  }
}

/** The address of a resource, `aws_instance.name`, as plain text. That of a data source has `data.` before it. */
export const address = (resource: TerraformResource | TerraformDataSource): string =>
  `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;

/**
 * Runs `build` without the stack traces that cdktf takes for every token and never shows: they are most of the time that
 * constructs take. Errors keep theirs.
 */
export function withoutTokenTraces<T>(build: () => T): T {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    return build();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
