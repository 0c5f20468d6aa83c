import { stringify } from 'yaml';
import type { Document, Path } from './document';
import type { InstanceSpec, KubernetesSettings, NetworkSettings, NodeSpec, PodSpec } from './environment';
import { didYouMean, nearest } from './nearest';
import type { PlannedNode } from './nodes';
import type { Problem } from './problem';
import { size } from './quantity';
import type { Lock, LockedNode } from './schema/lock';

/**
 * The lock file records what is true of every data disk. An edit that would drop, move, shrink, re-key or change the
 * storage of a locked node is refused, because a plan that loses a disk looks much like one that does not.
 */

/** Key of a disk that names none. */
const AWS_MANAGED_KEY = 'aws/ebs';

/** What of an environment is true of all of its disks. */
export interface Surroundings {
  readonly accountId?: string;
  readonly kubernetes?: KubernetesSettings;
  readonly kmsKey?: string;
  readonly state?: { readonly bucket: string };
  readonly network: NetworkSettings;
}

/** What the lock file says of a node as it is configured now. */
export function lockEntry(node: NodeSpec, surroundings: Surroundings): LockedNode {
  return node.hosting === 'instance' ? instanceEntry(node, surroundings) : podEntry(node, surroundings);
}

/** Key of a disk whose class says which. */
const OF_ITS_CLASS = 'storage class';

function podEntry({ zone, storage, volume, p2p, expose }: PodSpec, { kmsKey, kubernetes }: Surroundings): LockedNode {
  const ownClasses = kubernetes !== undefined && 'eks' in kubernetes.access && kubernetes.storageClass === undefined;
  const kind = [volume.type, volume.iops, volume.throughputMiBps].filter((part) => part !== undefined).join('-');
  return {
    hosting: 'kubernetes',
    cluster: clusterName(kubernetes),
    // Such pods stand in a namespace of their own, and a claim in its pod's.
    ...(p2p === 'public' && expose === 'host-port' ? { host_ports: true } : {}),
    ...(zone === undefined ? {} : { zone }),
    storage,
    disk: ownClasses ? kind : (kubernetes?.storageClass ?? 'default class'),
    size: { unit: 'GiB', value: volume.sizeGiB },
    key: ownClasses ? (kmsKey ?? AWS_MANAGED_KEY) : OF_ITS_CLASS,
  };
}

/** A cluster as the configuration names it. */
function clusterName(kubernetes: KubernetesSettings | undefined): string {
  if (!kubernetes) return 'none';
  const { access } = kubernetes;
  return 'eks' in access ? `eks/${access.eks}` : `${access.context} of ${access.kubeconfig}`;
}

function instanceEntry(node: InstanceSpec, { kmsKey, network }: Surroundings): LockedNode {
  const subnet = network.subnets[node.zone]?.[node.tier];
  return {
    zone: node.zone,
    tier: node.tier,
    vpc: vpcName(network),
    ...(subnet === undefined ? {} : { subnet }),
    architecture: node.architecture,
    storage: node.storage,
    ...(node.volume
      ? { size: { unit: 'GiB', value: node.volume.sizeGiB }, key: kmsKey ?? AWS_MANAGED_KEY }
      : { instance_type: node.instanceType }),
  };
}

/** A VPC as the configuration names it: `default`, an id, or its tags. */
function vpcName({ vpc }: NetworkSettings): string {
  if (vpc === 'default') return vpc;
  if ('id' in vpc) return vpc.id;
  return Object.entries(vpc.tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

export interface LockCheck {
  readonly document: Document;
  readonly lock: Lock;
  readonly nodes: readonly PlannedNode[];
  readonly surroundings: Surroundings;
  readonly retire: readonly string[];
  /** What a node outside the lock file is. */
  readonly unlocked: 'error' | 'warning' | 'allowed';
  readonly environment: string;
  /** Where a path of the configuration stands. */
  position(path: Path): Problem['position'];
}

/** Every way in which the configuration and the lock file disagree. */
export function checkLock(check: LockCheck): Problem[] {
  const configured = new Map(check.nodes.map((node) => [node.spec.id, node]));
  return [
    ...checkSurroundings(check),
    ...checkClaims(check),
    ...Object.entries(check.lock.nodes).flatMap(([id, held]) => {
      const node = configured.get(id);
      return node ? compare(id, held, node, check) : checkDropped(id, check);
    }),
    ...checkRetired(configured, check),
    ...checkUnlocked(check),
  ];
}

const isLocked = ({ lock }: LockCheck, id: string): boolean => Object.hasOwn(lock.nodes, id);

/** Another account, or another state, knows nothing of the disks: it would make new ones and leave the old behind. */
function checkSurroundings({ lock, surroundings, position }: LockCheck): Problem[] {
  if (Object.keys(lock.nodes).length === 0) return [];
  const problem = (path: Path, what: string, held: string, now: string | undefined): Problem[] => {
    if (held === now) return [];
    const message = `would change from ${held} to ${now ?? 'none'}, where nobody knows the disks of this environment; keep ${held}`;
    return [{ severity: 'error', position: position(path), path, message: `${what} ${message}` }];
  };
  return [
    ...(lock.account_id === undefined
      ? []
      : problem(['aws', 'account_id'], 'the account', lock.account_id, surroundings.accountId)),
    ...(lock.state === undefined
      ? checkFirstBucket(surroundings, position)
      : problem(['state', 'bucket'], 'the state', lock.state, surroundings.state?.bucket)),
  ];
}

/** Claims of pods that are no longer configured, by node, with the cluster that holds each. */
export function claimsLeft(
  { claims = {}, nodes }: Lock,
  configured: readonly PlannedNode[],
): Readonly<Record<string, string>> {
  const pods = new Set(configured.flatMap(({ spec }) => (spec.hosting === 'kubernetes' ? [spec.id] : [])));
  const held = Object.entries(nodes).flatMap(([id, { cluster }]) =>
    cluster === undefined ? [] : [[id, cluster] as const],
  );
  return Object.fromEntries([...Object.entries(claims), ...held].filter(([id]) => !pods.has(id)));
}

/** A namespace takes its claims along, and it is there as long as the configuration names its cluster. */
function checkClaims({ lock, nodes, retire, surroundings, position }: LockCheck): Problem[] {
  const now = clusterName(surroundings.kubernetes);
  const path: Path = ['kubernetes'];
  return Object.entries(claimsLeft(lock, nodes))
    .filter(([id, cluster]) => cluster !== now && (retire.includes(id) || !Object.hasOwn(lock.nodes, id)))
    .map(([id, cluster]) => ({
      severity: 'error',
      position: position(path),
      path,
      message:
        `the namespace in the cluster ${cluster} would go, and the claim of ${id}, which is retired, with it; keep the cluster, or, ` +
        `when that data may go, delete the claim (kubectl delete pvc ${id}-data-pvc) and its line under claims in nodes.lock.yml`,
    }));
}

/** The first bucket of a state that lay in a local file: it must be taken along. */
function checkFirstBucket({ state }: Surroundings, position: LockCheck['position']): Problem[] {
  if (!state) return [];
  const path: Path = ['state', 'bucket'];
  const message = `the state would move from a local file to ${state.bucket}; take it along (terraform init -migrate-state), and add "state: ${state.bucket}" to nodes.lock.yml`;
  return [{ severity: 'error', position: position(path), path, message }];
}

const ON_PURPOSE = 'if that is what you want, change nodes.lock.yml with it';

function compare(id: string, held: LockedNode, { spec, path, isSet }: PlannedNode, check: LockCheck): Problem[] {
  const now = lockEntry(spec, check.surroundings);
  const problem = (where: Path, message: string, severity: Problem['severity'] = 'error'): Problem[] => [
    { severity, position: check.position(where), path: where, message: `${id}: ${message}` },
  ];
  const [was, is] = [held.hosting ?? 'instance', now.hosting ?? 'instance'];
  if (is !== was) {
    return problem(
      path('hosting'),
      `would move from ${was} to ${is} and leave its data behind; put it back, or retire it and add it under another name`,
    );
  }
  if (now.storage !== held.storage) {
    return problem(
      path('storage'),
      `would change its storage from ${held.storage} to ${now.storage} and lose its data; put the node back as it was, or retire it and add it under another name`,
    );
  }
  // What its claim is made of is another cluster's matter there.
  if (now.cluster !== held.cluster) {
    return problem(
      ['kubernetes'],
      `would move from the cluster ${held.cluster} to ${now.cluster} and leave its claim behind; keep the cluster, or retire it and add it under another name; if it is the same cluster, change nodes.lock.yml with it`,
    );
  }
  return [
    ...compareClaim(held, now, { path, isSet }, problem),
    ...compareZone(held.zone, now.zone, path('zone'), problem),
    ...compareNetwork(held, now, isSet('p2p', 'mode') ? path('p2p', 'mode') : ['network', 'p2p', 'mode'], problem),
    ...(now.architecture === held.architecture
      ? []
      : problem(
          path('instance_type'),
          `would change from ${held.architecture} to ${now.architecture}, which replaces its instance by one that cannot start its old image; keep to ${held.architecture}, or retire it and add a new node`,
        )),
    ...(held.instance_type === undefined || now.instance_type === held.instance_type
      ? []
      : problem(
          path('instance_type'),
          `would stop its instance to make a ${now.instance_type} of the ${held.instance_type}, and its data is on local disks; retire it and add a new node`,
        )),
    ...compareSize(held, now, path('volume', 'size'), check, problem),
    // Of another class, the key is that class's.
    ...(now.key === held.key || now.disk !== held.disk
      ? []
      : problem(
          ['aws', 'kms_key'],
          `would change its key from ${held.key} to ${now.key}, and a disk keeps the key that it was made with; ${held.key === AWS_MANAGED_KEY ? 'leave aws.kms_key unset' : `keep ${held.key}`}`,
        )),
  ];
}

type Report = (where: Path, message: string, severity?: Problem['severity']) => Problem[];

/** What a claim was made with stays, and where it was made. */
function compareClaim(
  held: LockedNode,
  now: LockedNode,
  { path, isSet }: Pick<PlannedNode, 'path' | 'isSet'>,
  problem: Report,
): Problem[] {
  const [was, is] = [held.host_ports ?? false, now.host_ports ?? false];
  const namespace = (hostPorts: boolean): string =>
    `the namespace of nodes ${hostPorts ? 'with' : 'without'} host ports`;
  return [
    ...(is === was
      ? []
      : problem(
          path('p2p'),
          `would move from ${namespace(was)} to ${namespace(is)} and leave its claim behind; keep p2p.mode and p2p.expose as they were, or retire it and add it under another name`,
        )),
    ...(now.disk === held.disk
      ? []
      : problem(
          isSet('volume') ? path('volume') : ['kubernetes'],
          `would ask for a disk of ${now.disk} where its claim is of ${held.disk}, and a claim keeps what it was made with; keep ${held.disk}`,
        )),
  ];
}

/** A pod elsewhere than on EKS may be in no zone that anybody named. */
function compareZone(held: string | undefined, now: string | undefined, where: Path, problem: Report): Problem[] {
  if (now === held) return [];
  if (held === undefined)
    return problem(where, `would be tied to ${now}, and its disk may be elsewhere; remove zone, or, ${ON_PURPOSE}`);
  if (now === undefined)
    return problem(
      where,
      `would no longer be tied to ${held}, where its disk is; keep zone: ${held}, or, ${ON_PURPOSE}`,
    );
  return problem(
    where,
    `would move from ${held} to ${now} and leave its disk behind; keep its zone, or restore a snapshot into a new node`,
  );
}

/** Every one of these replaces the instance. */
function compareNetwork(held: LockedNode, now: LockedNode, p2p: Path, problem: Report): Problem[] {
  if (now.vpc !== held.vpc) {
    return problem(
      ['network', 'vpc'],
      `would move from the VPC ${held.vpc} to ${now.vpc}, which replaces its instance; ${ON_PURPOSE}`,
    );
  }
  if (now.tier !== held.tier) {
    return problem(
      p2p,
      `would move from the ${held.tier} to the ${now.tier} subnets, which replaces its instance; keep p2p.mode as it was for this node, or, ${ON_PURPOSE}`,
    );
  }
  if (now.zone !== held.zone || now.subnet === held.subnet) return [];
  const [from, to] = [held.subnet ?? 'the one found by tag', now.subnet ?? 'the one found by tag'];
  return problem(
    ['network', 'subnets'],
    `would move from the subnet ${from} to ${to}, which may replace its instance; ${ON_PURPOSE}`,
  );
}

/** A lock that lags behind a disk that grew would let it shrink again. */
function compareSize(held: LockedNode, now: LockedNode, where: Path, check: LockCheck, problem: Report): Problem[] {
  if (!now.size || !held.size || now.size.value === held.size.value) return [];
  const [from, to] = [size.format(held.size), size.format(now.size)];
  if (now.size.value < held.size.value)
    return problem(where, `would shrink from ${from} to ${to}, and a disk cannot; keep ${from}`);
  if (check.unlocked === 'allowed') return [];
  return problem(
    where,
    `grows from ${from} to ${to}, and the lock must know; run: npm run config -- ${check.environment} lock`,
    check.unlocked,
  );
}

function checkDropped(id: string, { document, retire, lock }: LockCheck): Problem[] {
  if (retire.includes(id)) return [];
  const path: Path = ['nodes', id];
  const near = nearest(
    id,
    retire.filter((one) => !Object.hasOwn(lock.nodes, one)),
  );
  const misspelt = near === undefined ? '' : `; retire has ${near}, which is none of its nodes`;
  return [
    {
      severity: 'error',
      position: document.origin(path)?.key ?? { file: document.file, line: 1, column: 1 },
      path,
      message: `the configuration drops this node and its disk; put it back, or add ${id} to retire in the overrides (${fateOf(lock.nodes[id])})${misspelt}`,
    },
  ];
}

/** What becomes of the data of a node that is retired. */
function fateOf(held: LockedNode | undefined): string {
  if (held?.hosting === 'kubernetes') return 'its claim stays in the cluster, to be deleted by hand';
  return held?.storage === 'instance-store'
    ? 'its local disks have no snapshot: their data is gone then'
    : 'the disk goes, with a final snapshot';
}

function checkRetired(configured: ReadonlyMap<string, PlannedNode>, check: LockCheck): Problem[] {
  const { retire, lock, position } = check;
  return retire.flatMap((id, index): Problem[] => {
    const path: Path = ['retire', index];
    if (configured.has(id)) {
      return [
        {
          severity: 'error',
          position: position(path),
          path,
          message: `${id} is still configured; remove it from chains, or from retire`,
        },
      ];
    }
    if (isLocked(check, id)) return [];
    return [
      {
        severity: 'warning',
        position: position(path),
        path,
        message: `${id} is not in the lock file, there is nothing to retire; remove it${didYouMean(
          id,
          Object.keys(lock.nodes).filter((known) => !configured.has(known)),
        )}`,
      },
    ];
  });
}

function checkUnlocked(check: LockCheck): Problem[] {
  const { nodes, unlocked, environment, position } = check;
  if (unlocked === 'allowed') return [];
  return nodes
    .filter(({ spec }) => !isLocked(check, spec.id))
    .map(({ spec, path }): Problem => {
      const where = path();
      return {
        severity: unlocked,
        position: position(where),
        path: where,
        message: `${spec.id} is not locked; run: npm run config -- ${environment} lock`,
      };
    });
}

/** The lock file's text: locked nodes as they are now, new ones added, retired ones gone. */
export function writeLock(
  nodes: readonly NodeSpec[],
  surroundings: Surroundings & { readonly claims?: Readonly<Record<string, string>> },
  environment: string,
): string {
  const lines = [...nodes]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((node) => {
      const { size: held, ...entry } = lockEntry(node, surroundings);
      const fields = { ...entry, ...(held ? { size: size.format(held) } : {}) };
      return [
        `  ${node.id}:`,
        ...Object.entries(fields).map(([key, value]) => `    ${key}: ${stringify(value).trim()}`),
      ];
    });
  const { accountId, state, claims = {} } = surroundings;
  const left = Object.entries(claims).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# yaml-language-server: $schema=../schema/nodes-lock.schema.json',
    `# What is true of every data disk. Written by: npm run config -- ${environment} lock`,
    ...(accountId === undefined ? [] : [`account_id: "${accountId}"`]),
    ...(state ? [`state: ${state.bucket}`] : []),
    ...(left.length === 0
      ? []
      : [
          '# Claims of retired pods: remove a line when its claim is deleted.',
          'claims:',
          ...left.map(([id, cluster]) => `  ${id}: ${stringify(cluster).trim()}`),
        ]),
    lines.length > 0 ? 'nodes:' : 'nodes: {}',
    ...lines,
    '',
  ].join('\n');
}
