import type { Attributes, Plan, ResourceChange } from './plan';

/**
 * What a plan from one synthesized stack to another would be, as far as it can be told without cloud and state: nobody changed
 * anything by hand, and what only Terraform fills in stays what it was.
 */

/** `cdk.tf.json`, as far as it is read here. */
interface Stack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly output: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>;
}

/**
 * Attributes for which the provider makes a resource anew, of what holds data or serves: `ForceNew` in its schema
 * (hashicorp/terraform-provider-aws, internal/service/{ec2,s3,route53}; terraform-provider-helm and -kubernetes, resource docs).
 */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  aws_ebs_volume: [
    'availability_zone',
    'encrypted',
    'kms_key_id',
    'multi_attach_enabled',
    'outpost_arn',
    'snapshot_id',
  ],
  aws_instance: [
    'ami',
    'associate_public_ip_address',
    'availability_zone',
    'ebs_optimized',
    'key_name',
    'placement_group',
    'subnet_id',
  ],
  aws_route53_zone: ['name'],
  aws_s3_bucket: ['bucket', 'bucket_prefix'],
  aws_volume_attachment: ['device_name', 'instance_id', 'volume_id'],
  helm_release: ['name', 'namespace'],
  kubernetes_namespace_v1: ['metadata.name'],
};

const at = (body: Attributes, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Attributes | undefined)?.[key], body);

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What Terraform compares: without what is no attribute, and without what it is told to ignore. */
function attributesOf(body: Attributes): Attributes {
  const { '//': _, depends_on, provider, lifecycle, provisioner, connection, count, for_each, ...rest } = body;
  const ignored = (lifecycle as { readonly ignore_changes?: readonly string[] } | undefined)?.ignore_changes ?? [];
  return Object.fromEntries(Object.entries(rest).filter(([key]) => !ignored.includes(key)));
}

const bodies = ({
  resource,
}: Stack): ReadonlyMap<string, { readonly type: string; readonly name: string; readonly body: Attributes }> =>
  new Map(
    Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, body]) => [`${type}.${name}`, { type, name, body }] as const),
    ),
  );

/** From the text of one `cdk.tf.json` to that of another; the text of none is that of an environment that is not there yet. */
export function compareStacks(beforeText: string | undefined, afterText: string): Plan {
  const [before, after] = [beforeText, afterText].map(
    (text): Stack => ({ resource: {}, output: {}, ...(text === undefined ? {} : JSON.parse(text)) }),
  ) as [Stack, Stack];
  const [old, now] = [bodies(before), bodies(after)];
  const changes = new Map<string, ResourceChange>();
  for (const address of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const change = compare(address, old.get(address), now.get(address));
    if (change) changes.set(address, change);
  }
  // What is tied to something else is made anew with it, and so is what is tied to that.
  for (let found = true; found; ) {
    found = false;
    for (const [address, { type, name, body }] of now) {
      const known = changes.get(address);
      if (!old.has(address) || known?.action === 'replace') continue;
      if (!triggersOf(body).some((trigger) => moves(changes.get(trigger)))) continue;
      const [was, is] = [attributesOf(old.get(address)?.body ?? {}), attributesOf(body)];
      changes.set(address, {
        ...shown({ address, type, name }),
        action: 'replace',
        before: was,
        after: is,
        because: ['what it is tied to changes'],
      });
      found = true;
    }
  }
  const output = ({ output: outputs }: Stack): Attributes =>
    Object.fromEntries(
      Object.entries(outputs).flatMap(([name, { value, sensitive }]) => (sensitive ? [] : [[name, value]])),
    );
  return {
    changes: [...changes.values()].sort((a, b) => (a.address < b.address ? -1 : 1)),
    outputs: { before: output(before), after: output(after) },
    drift: [],
    errored: false,
  };
}

/** A trigger acts when what it names is changed or made anew, and not when that is new (Terraform, replace_triggered_by). */
const moves = (change: ResourceChange | undefined): boolean =>
  change?.action === 'update' || change?.action === 'replace';

function triggersOf({ lifecycle }: Attributes): readonly string[] {
  const triggers = (lifecycle as { readonly replace_triggered_by?: readonly string[] } | undefined)
    ?.replace_triggered_by;
  return (triggers ?? []).map((text) =>
    text
      .replace(/^\$\{|\}$/g, '')
      .split('.')
      .slice(0, 2)
      .join('.'),
  );
}

const shown = (of: Pick<ResourceChange, 'address' | 'type' | 'name'>) => ({
  ...of,
  unknown: false,
  sensitive: { before: false, after: false },
});

type Body = { readonly type: string; readonly name: string; readonly body: Attributes };

function compare(address: string, old: Body | undefined, now: Body | undefined): ResourceChange | undefined {
  const { type, name } = now ?? old ?? { type: '', name: '' };
  const common = shown({ address, type, name });
  if (!old)
    return { ...common, action: 'create', before: undefined, after: attributesOf(now?.body ?? {}), because: [] };
  if (!now) return { ...common, action: 'destroy', before: attributesOf(old.body), after: undefined, because: [] };
  // What is ignored now is left as it is.
  const after = attributesOf(now.body);
  const ignored = Object.keys(now.body).filter((key) => !(key in after));
  const before = Object.fromEntries(Object.entries(attributesOf(old.body)).filter(([key]) => !ignored.includes(key)));
  if (same(before, after)) return undefined;
  const because = (REPLACING[type] ?? []).filter((path) => !same(at(before, path), at(after, path)));
  return { ...common, action: because.length > 0 ? 'replace' : 'update', before, after, because };
}
