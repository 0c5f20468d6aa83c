import type { Document, Path } from './document';
import type { NodeSpec } from './environment';
import { didYouMean } from './nearest';
import type { PlannedNode } from './nodes';
import type { Problem } from './problem';
import { size } from './quantity';
import type { LockedNode } from './schema/lock';

/**
 * The lock file records what is true of every data disk. An edit that would drop, move, shrink, re-key or change the
 * storage of a locked node is refused, because a plan that loses a disk looks much like one that does not.
 */

/** Key of a disk that names none. */
const AWS_MANAGED_KEY = 'aws/ebs';

/** What the lock file says of a node as it is configured now. */
export function lockEntry(node: NodeSpec, kmsKey: string | undefined): LockedNode {
  return {
    zone: node.zone,
    tier: node.tier,
    storage: node.storage,
    ...(node.volume ? { size: { unit: 'GiB', value: node.volume.sizeGiB }, key: kmsKey ?? AWS_MANAGED_KEY } : {}),
  };
}

export interface LockCheck {
  readonly document: Document;
  readonly locked: ReadonlyMap<string, LockedNode>;
  readonly nodes: readonly PlannedNode[];
  readonly kmsKey: string | undefined;
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
    ...[...check.locked].flatMap(([id, held]) => {
      const node = configured.get(id);
      return node ? compare(id, held, node, check) : checkDropped(id, check);
    }),
    ...checkRetired(configured, check),
    ...checkUnlocked(check),
  ];
}

function compare(id: string, held: LockedNode, { spec, path, isSet }: PlannedNode, check: LockCheck): Problem[] {
  const now = lockEntry(spec, check.kmsKey);
  const retireFirst = `put the node back as it was, or retire it and add it under another name`;
  const problem = (where: Path, message: string): Problem => ({
    severity: 'error',
    position: check.position(where),
    path: where,
    message: `${id}: ${message}`,
  });
  if (now.storage !== held.storage) {
    return [
      problem(
        path('storage'),
        `would change its storage from ${held.storage} to ${now.storage} and lose its data; ${retireFirst}`,
      ),
    ];
  }
  const problems: Problem[] = [];
  if (now.zone !== held.zone) {
    problems.push(
      problem(
        path('zone'),
        `would move from ${held.zone} to ${now.zone} and leave its disk behind; keep its zone, or restore a snapshot into a new node`,
      ),
    );
  }
  if (now.tier !== held.tier) {
    const where = isSet('p2p') ? path('p2p') : ['network', 'p2p'];
    problems.push(
      problem(
        where,
        `would move from the ${held.tier} to the ${now.tier} subnets, which replaces its instance; keep p2p as it was for this node`,
      ),
    );
  }
  if (now.size && held.size && now.size.value < held.size.value) {
    problems.push(
      problem(
        path('volume', 'size'),
        `would shrink from ${size.format(held.size)} to ${size.format(now.size)}, and a disk cannot; keep ${size.format(held.size)}`,
      ),
    );
  }
  if (now.key !== held.key) {
    problems.push(
      problem(
        ['aws', 'kms_key'],
        `would change its key from ${held.key} to ${now.key}, which replaces the disk; keep ${held.key === AWS_MANAGED_KEY ? 'aws.kms_key unset' : held.key}`,
      ),
    );
  }
  return problems;
}

function checkDropped(id: string, { document, retire }: LockCheck): Problem[] {
  if (retire.includes(id)) return [];
  const path: Path = ['nodes', id];
  return [
    {
      severity: 'error',
      position: document.origin(path)?.key ?? { file: document.file, line: 1, column: 1 },
      path,
      message: `the configuration drops this node and its disk; put it back, or add ${id} to retire in the overrides (the disk goes, with a final snapshot)`,
    },
  ];
}

function checkRetired(
  configured: ReadonlyMap<string, PlannedNode>,
  { retire, locked, position }: LockCheck,
): Problem[] {
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
    if (locked.has(id)) return [];
    return [
      {
        severity: 'warning',
        position: position(path),
        path,
        message: `${id} is not in the lock file, there is nothing to retire; remove it${didYouMean(
          id,
          [...locked.keys()].filter((known) => !configured.has(known)),
        )}`,
      },
    ];
  });
}

function checkUnlocked({ nodes, locked, unlocked, environment, position }: LockCheck): Problem[] {
  if (unlocked === 'allowed') return [];
  return nodes
    .filter(({ spec }) => !locked.has(spec.id))
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
export function writeLock(nodes: readonly NodeSpec[], kmsKey: string | undefined, environment: string): string {
  const lines = [...nodes]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((node) => {
      const entry = lockEntry(node, kmsKey);
      return [
        `  ${node.id}:`,
        `    zone: ${entry.zone}`,
        `    tier: ${entry.tier}`,
        `    storage: ${entry.storage}`,
        ...(entry.size ? [`    size: ${size.format(entry.size)}`, `    key: ${entry.key}`] : []),
      ];
    });
  return [
    '# yaml-language-server: $schema=../schema/nodes-lock.schema.json',
    `# What is true of every data disk. Written by: npm run config -- ${environment} lock`,
    lines.length > 0 ? 'nodes:' : 'nodes: {}',
    ...lines,
    '',
  ].join('\n');
}
