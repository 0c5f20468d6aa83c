import { parse } from 'yaml';
import { DATA_NAMESPACE, type KeepingValues, keptBy } from '../../constructs/data-stores/contract';
import { type EngineOutput, engineOf, enginesOf, type Named, nodeOf, nodesOf } from './parts';
import { type Plan, partOf, type ResourceChange } from './plan';

/** What of a plan would lose data, take a node down, or stop an engine. */

/** What the configuration that is planned says about it. */
export interface Permissions {
  /** Ids of nodes that may go, each with where it says so. */
  readonly retire: ReadonlyMap<string, string>;
  /** Addresses that may go, be replaced or be stopped, each with where it says so. */
  readonly allow: ReadonlyMap<string, string>;
}

export interface Danger {
  readonly kind: 'data' | 'node' | 'group' | 'engine';
  /** Of the resource; of a group, that of its first. */
  readonly address: string;
  /** What happens, such as `is destroyed`. */
  readonly what: string;
  /** What that means. */
  readonly means: string;
  readonly node?: string;
  readonly engine?: string;
  /** Where the configuration allows it; undefined where it does not. */
  readonly permitted?: string;
}

type Found = Omit<Danger, 'permitted' | 'address'>;
type Look = (change: ResourceChange, context: Context) => Found | undefined;

interface Context {
  readonly plan: Plan;
  readonly nodes: ReturnType<typeof nodesOf>;
  readonly engines: Named<EngineOutput>;
}

const VERBS = { destroy: 'is destroyed', replace: 'is replaced', forget: 'is left behind, and forgotten' } as const;

/** `is destroyed`, and for which attribute where it is replaced; undefined where it stays. */
function gone({ action, because }: ResourceChange): string | undefined {
  if (action === 'create' || action === 'update') return undefined;
  return because.length === 0 ? VERBS[action] : `${VERBS[action]} (${because.join(', ')})`;
}

/** A look at what goes or is replaced, of these types alone. */
const whereGone =
  (types: readonly string[], look: (change: ResourceChange, context: Context) => Omit<Found, 'what'>): Look =>
  (change, context) => {
    const what = types.includes(change.type) ? gone(change) : undefined;
    return what === undefined ? undefined : { what, ...look(change, context) };
  };

const withNode = (node: string | undefined): { readonly node?: string } => (node === undefined ? {} : { node });

const disk = whereGone(['aws_ebs_volume'], (change, { nodes }) => {
  const node = nodeOf(change, nodes);
  const size = change.before?.size === undefined ? '' : `, ${change.before.size} GiB`;
  const rest =
    change.action === 'forget'
      ? 'stays in the account, and nothing here knows of it any more'
      : change.before?.final_snapshot === true
        ? 'goes with its data; a last snapshot is kept'
        : 'goes with its data, and no snapshot of it is kept';
  return { kind: 'data', means: `the disk of ${node ?? change.name}${size}: it ${rest}`, ...withNode(node) };
});

const detached = whereGone(['aws_volume_attachment'], (change, { nodes }) => {
  const node = nodeOf(change, nodes);
  return { kind: 'node', means: `${node ?? change.name} loses its disk while it runs, and is down`, ...withNode(node) };
});

/** Of a node that stays: what goes with its instance or its disk is said there. */
const attachment: Look = (change, context) => {
  const node = nodeOf(change, context.nodes);
  const goes = context.plan.changes.some(
    (one) => ['aws_instance', 'aws_ebs_volume'].includes(one.type) && one.name === node && gone(one) !== undefined,
  );
  return goes ? undefined : detached(change, context);
};

const hasDisk = ({ plan: { changes } }: Context, node: string): boolean =>
  changes.some(({ type, name, before }) => type === 'aws_ebs_volume' && name === node && before !== undefined);

const instance: Look = (change, context) => {
  if (change.type !== 'aws_instance' || change.action === 'create') return undefined;
  const node = nodeOf(change, context.nodes) ?? change.name;
  const what = gone(change);
  if (what !== undefined) {
    // Where a disk is not replaced with it, it is attached to the next; local disks are lost with their instance.
    const local = onLocalDisks(change, context, node);
    return local
      ? { kind: 'data', what, means: `${node} is down, and its data, which is on local disks, is lost`, node }
      : {
          kind: 'node',
          what,
          means: change.action === 'replace' ? `${node} is down until the next one has started` : `${node} is gone`,
          node,
        };
  }
  const stops = STOPPING.filter((attribute) => differs(change, attribute));
  return stops.length === 0
    ? undefined
    : {
        kind: onLocalDisks(change, context, node) ? 'data' : 'node',
        what: `is stopped and started (${stops.join(', ')})`,
        means: onLocalDisks(change, context, node)
          ? `${node} is down, and its data, which is on local disks, is lost`
          : `${node} is down for minutes`,
        node,
      };
};

/**
 * Attributes for which the provider stops a running instance (hashicorp/terraform-provider-aws, internal/service/ec2/ec2_instance.go,
 * resourceInstanceUpdate: each ends in modifyInstanceAttributeWithStopStart).
 */
const STOPPING = ['instance_type', 'user_data', 'user_data_base64'] as const;

/** Also where it is known only later. */
const differs = ({ before, after, unknown }: ResourceChange, attribute: string): boolean =>
  partOf(unknown, attribute) === true ||
  (after !== undefined && attribute in after && !same(before?.[attribute], after[attribute]));

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Types with NVMe bear a d behind their generation, or begin with an i (AWS, instance store volumes). */
const LOCAL_DISKS = /^(i\d|im\d|is\d|[a-z]+\d+[a-z]*d[a-z]*\.|d\d|h1)/;

const onLocalDisks = ({ before }: ResourceChange, context: Context, node: string): boolean =>
  LOCAL_DISKS.test(String(before?.instance_type)) && !hasDisk(context, node);

const bucket = whereGone(['aws_s3_bucket'], ({ before, name }) => ({
  kind: 'data',
  means: `the bucket ${before?.bucket ?? name}: what is in it is lost, or the apply fails while it is not empty`,
}));

const logs = whereGone(['aws_cloudwatch_log_group'], ({ before, name }) => ({
  kind: 'data',
  means: `the logs of ${before?.name ?? name}: they are lost`,
}));

/** Days after which a lifecycle deletes what is there, the fewest of its rules; no end of them where none does. */
function expiryOf(attributes: ResourceChange['before']): number {
  const days = JSON.stringify(attributes?.rule ?? []).matchAll(/"expiration":(?:\[\{|\{)[^}]*?"days":(\d+)/g);
  return Math.min(Number.POSITIVE_INFINITY, ...[...days].map(([, number]) => Number(number)));
}

/** Whether a bucket, by its name or by what names it in a synthesized stack, is made by this plan, and so holds nothing. */
const isNewBucket = (bucket: unknown, { plan: { changes } }: Context): boolean =>
  changes.some(
    ({ type, address, before, after }) =>
      type === 'aws_s3_bucket' &&
      before === undefined &&
      (after?.bucket === bucket || String(bucket).includes(`${address}.`)),
  );

const sooner = (was: number, is: number): string =>
  `deletes after ${is} days${Number.isFinite(was) ? ` instead of ${was}` : ''}`;

const expiry: Look = (change, context) => {
  const { type, before, after, unknown } = change;
  if (type !== 'aws_s3_bucket_lifecycle_configuration' || after === undefined) return undefined;
  if (before === undefined && (partOf(unknown, 'bucket') === true || isNewBucket(after.bucket, context)))
    return undefined;
  const [was, is] = [expiryOf(before), expiryOf(after)];
  return is < was
    ? {
        kind: 'data',
        what: sooner(was, is),
        means: `what is older in its bucket (${after.bucket ?? change.name}) is deleted within a day`,
      }
    : undefined;
};

/** Logs without a retention, or with 0 days, are kept for ever. */
const retentionOf = (attributes: ResourceChange['before']): number =>
  Number(attributes?.retention_in_days) || Number.POSITIVE_INFINITY;

const logExpiry: Look = ({ type, name, before, after }) => {
  if (type !== 'aws_cloudwatch_log_group' || before === undefined || after === undefined) return undefined;
  const [was, is] = [retentionOf(before), retentionOf(after)];
  return is < was
    ? { kind: 'data', what: sooner(was, is), means: `what is older in the logs of ${after.name ?? name} is deleted` }
    : undefined;
};

/** What streams and stores keep by the values of their release; nothing where it is another release. */
function keptOf(attributes: ResourceChange['before']): ReadonlyMap<string, number> {
  const { namespace, values } = (attributes ?? {}) as {
    readonly namespace?: string;
    readonly values?: readonly string[];
  };
  const [text] = namespace === DATA_NAMESPACE ? (values ?? []) : [];
  const read = text === undefined ? undefined : (parse(text) as KeepingValues & { readonly part?: string });
  return read?.part === 'stores' ? keptBy(read) : new Map();
}

const keeping: Look = ({ type, action, before, after }) => {
  if (type !== 'helm_release' || action !== 'update') return undefined;
  const is = keptOf(after);
  const less = [...keptOf(before)].flatMap(([what, was]) => {
    const now = is.get(what) ?? was;
    return now < was ? [`${now} ${what} instead of ${was}`] : [];
  });
  return less.length === 0
    ? undefined
    : {
        kind: 'data',
        what: `keeps ${less.join(', ')}`,
        means: 'what is beyond that is deleted, within hours and for good',
      };
};

const key = whereGone(['aws_kms_key', 'aws_kms_replica_key'], ({ before, name }) => ({
  kind: 'data',
  means: `the key ${before?.description ?? name}: what it encrypted cannot be read again`,
}));

const claim = whereGone(
  ['kubernetes_persistent_volume_claim_v1', 'kubernetes_persistent_volume_claim', 'kubernetes_persistent_volume_v1'],
  ({ name }) => ({ kind: 'data', means: `the claim ${name}: its disk goes with it, unless its class retains it` }),
);

const namespace = whereGone(['kubernetes_namespace_v1', 'kubernetes_namespace'], ({ before, name }) => ({
  kind: 'data',
  means: `the namespace ${metadataName(before) ?? name}: everything in it goes, claims as well`,
}));

function metadataName(before: ResourceChange['before']): string | undefined {
  const [metadata] = [before?.metadata].flat() as { readonly name?: string }[];
  return metadata?.name;
}

const zone = whereGone(['aws_route53_zone'], ({ before, name }) => ({
  kind: 'node',
  means: `the names of all nodes (${before?.name ?? name}): nobody finds them until they are made again`,
}));

const pod: Look = (change, { nodes }) => {
  const node = change.type === 'helm_release' ? nodeOf(change, nodes) : undefined;
  const what = gone(change);
  if (node === undefined || what === undefined || change.name !== node) return undefined;
  return { kind: 'node', what, means: `${node} is down; its claim stays`, node };
};

const engine: Look = (change, { engines }) => {
  // In the cluster it is a release; beside a node, what brings it there, which is made anew with each change of it.
  const isItself = ['helm_release', 'aws_ssm_association'].includes(change.type) && !change.name.includes('_');
  const name = isItself ? engineOf(change) : undefined;
  if (name === undefined) return undefined;
  const what = change.type === 'aws_ssm_association' && change.action === 'replace' ? undefined : gone(change);
  if (what !== undefined)
    return { kind: 'engine', what, means: `${name} ends, with whatever it has open`, engine: name };
  const { before, after } = engines.get(name) ?? {};
  return after?.stopped === true && before?.stopped === false
    ? { kind: 'engine', what: 'is stopped', means: `${name} ends, with whatever it has open`, engine: name }
    : undefined;
};

/** Whatever else runs in the cluster: what it serves goes with it, and what it keeps, where nothing else says otherwise. */
const release: Look = (change, { nodes }) => {
  if (change.type !== 'helm_release' || nodeOf(change, nodes) !== undefined || engineOf(change) !== undefined)
    return undefined;
  const what = gone(change);
  return what === undefined
    ? undefined
    : { kind: 'data', what, means: `the release ${change.before?.name ?? change.name} and all that is in it` };
};

const LOOKS: readonly Look[] = [
  disk,
  attachment,
  instance,
  bucket,
  expiry,
  logs,
  logExpiry,
  keeping,
  key,
  claim,
  namespace,
  zone,
  pod,
  engine,
  release,
];

const ORDER: readonly Danger['kind'][] = ['data', 'group', 'node', 'engine'];

/** What is lost comes first, then groups of which nobody is left, nodes, engines. */
export function dangersOf(plan: Plan, permissions: Permissions): readonly Danger[] {
  const context: Context = { plan, nodes: nodesOf(plan), engines: enginesOf(plan) };
  const found = plan.changes.flatMap((change): Danger[] =>
    LOOKS.flatMap((look) => {
      const danger = look(change, context);
      if (!danger) return [];
      const permitted = permittedBy(change.address, danger, context, permissions);
      return [{ address: change.address, ...danger, ...(permitted === undefined ? {} : { permitted }) }];
    }),
  );
  return [...found, ...groupsOf(found, context)].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.address < b.address ? -1 : 1),
  );
}

function permittedBy(
  address: string,
  { node, engine: name }: Found,
  { engines }: Context,
  { retire, allow }: Permissions,
): string | undefined {
  const allowed = allow.get(address);
  if (allowed !== undefined) return `allowed by ${allowed}`;
  const retired = node === undefined ? undefined : retire.get(node);
  if (retired !== undefined) return `${node} is retired by ${retired}`;
  if (name === undefined) return undefined;
  const { before, after } = engines.get(name) ?? {};
  // The configuration has nothing for it to do, or says that it stands still: nobody takes it away by mistake.
  if (before && !after) return 'no strategy of this environment names it any more';
  return after?.stopped === true ? 'mev.emergency_stop names it' : undefined;
}

/** Two nodes of one group that are down at once leave nobody to ask. */
function groupsOf(found: readonly Danger[], { nodes }: Context): readonly Danger[] {
  const down = new Map<string, Danger[]>();
  for (const danger of found) {
    const { before } = nodes.get(danger.node ?? '') ?? {};
    if (before) down.set(before.group, [...(down.get(before.group) ?? []), danger]);
  }
  return [...down].flatMap(([group, dangers]): Danger[] => {
    const ids = [...new Set(dangers.map(({ node = '' }) => node))].sort();
    const [first] = dangers;
    if (ids.length < 2 || !first) return [];
    const permits = dangers.flatMap(({ permitted }) => permitted ?? []);
    return [
      {
        kind: 'group',
        address: first.address,
        what: `and ${ids.length - 1} more of its group at once`,
        means: `${ids.join(' and ')} of ${group} are down at the same time`,
        ...(permits.length === dangers.length ? { permitted: [...new Set(permits)].join('; ') } : {}),
      },
    ];
  });
}
