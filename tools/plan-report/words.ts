import { byOwner, type EngineOutput, engineOf, enginesOf, type NodeOutput, nodeOf, nodesOf, type Sides } from './parts';
import type { Plan, ResourceChange } from './plan';

/** What changes of each node and engine, in words. */

export interface Said {
  readonly name: string;
  readonly words: readonly string[];
}

/** Nodes of which something changes, each with what. */
export function nodeWords(plan: Plan): readonly Said[] {
  const nodes = nodesOf(plan);
  const own = byOwner(plan.changes, (change) => nodeOf(change, nodes));
  // Scripts of hosts are of all who run on one.
  const scripts = plan.changes.some(({ name, type }) => type === 'aws_s3_object' && name.startsWith('host-files_'));
  const ids = [...new Set([...nodes.keys(), ...own.keys()])].sort();
  return ids.flatMap((name): Said[] => {
    const words = wordsOfNode(nodes.get(name), own.get(name) ?? [], scripts);
    return words.length === 0 ? [] : [{ name, words }];
  });
}

const programs = ({ programs: all }: NodeOutput): string =>
  Object.entries(all)
    .map(([program, version]) => `${program} ${version}`)
    .join(', ');

function wordsOfNode(
  sides: Sides<NodeOutput> | undefined,
  changes: readonly ResourceChange[],
  scripts: boolean,
): string[] {
  const { before, after } = sides ?? {};
  const isNew = changes.some(({ action }) => action === 'create');
  if (!before && after) return isNew ? [`new: ${programs(after)}${sizeOf(changes, 'after')}`] : [];
  if (before && !after) return [`goes: ${programs(before)}${sizeOf(changes, 'before')}`];
  const versions = versionWords(before, after);
  const disk = changes
    .filter(({ type, action }) => type === 'aws_ebs_volume' && action === 'update')
    .flatMap(diskWords);
  const machine = changes
    .filter(
      ({ type, action, before: was, after: is }) =>
        type === 'aws_instance' && action === 'update' && was?.instance_type !== is?.instance_type,
    )
    .map(({ before: was, after: is }) => `${was?.instance_type} → ${is?.instance_type}, for which it is stopped`);
  const released = changes.some(({ type, name }) => type === 'aws_s3_object' && name.includes('_release-'));
  const pod = changes.some(({ type, action }) => type === 'helm_release' && action === 'update');
  const onInstance = after?.instance !== undefined || changes.some(({ type }) => type === 'aws_instance');
  const rolls = (released || (scripts && onInstance)) && before !== undefined;
  const around = changes.filter(
    ({ type, name }) =>
      !['aws_ebs_volume', 'aws_instance', 'helm_release'].includes(type) &&
      !(type === 'aws_s3_object' && name.includes('_release-')),
  );
  return [
    ...versions,
    ...disk,
    ...machine,
    ...(rolls || pod
      ? [
          `${versions.length > 0 ? 'rolls' : `${released || pod ? 'its settings change' : 'scripts of its host change'}, and it rolls`} ${before?.group === undefined ? '' : `through ${before.group} `}one node at a time`,
        ]
      : []),
    ...(around.length > 0 ? [`around it: ${kinds(around)}`] : []),
  ];
}

function versionWords(before: NodeOutput | undefined, after: NodeOutput | undefined): string[] {
  // A state may be older than what it tells.
  if (!before?.programs || !after?.programs) return [];
  const [was, is] = [before.programs, after.programs];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((program) => {
    const [old, now] = [was[program], is[program]];
    if (old === now) return [];
    if (old === undefined) return [`${program} ${now} is added`];
    return [now === undefined ? `${program} ${old} is taken away` : `${program} ${old} → ${now}`];
  });
}

function sizeOf(changes: readonly ResourceChange[], side: 'before' | 'after'): string {
  const disk = changes.find(({ type }) => type === 'aws_ebs_volume');
  return disk?.[side] ? `, ${disk[side].size} GiB of ${disk[side].type}` : '';
}

/** EBS takes one modification of a volume in six hours (Amazon EBS, modify a volume). */
function diskWords({ before, after }: ResourceChange): string[] {
  const units = { size: ' GiB', iops: ' IOPS', throughput: ' MiB/s', type: '' } as const;
  const parts = Object.entries(units).flatMap(([key, unit]) => {
    const [was, is] = [before?.[key], after?.[key]];
    return was === is || is === undefined ? [] : [`${was}${unit} → ${is}${unit}`];
  });
  return parts.length === 0 ? [] : [`its disk: ${parts.join(', ')}, in place, and then not again for six hours`];
}

/** Such as `2 aws_cloudwatch_metric_alarm created, 1 aws_security_group changed`. */
const DONE = {
  create: 'created',
  update: 'changed',
  destroy: 'destroyed',
  replace: 'replaced',
  forget: 'forgotten',
} as const;

function kinds(changes: readonly ResourceChange[]): string {
  const counted = byOwner(changes, ({ type, action }) => `${type} ${DONE[action]}`);
  return [...counted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, all]) => `${all.length} ${kind}`)
    .join(', ');
}

/** Engines of which something changes, each with what. */
export function engineWords(plan: Plan): readonly Said[] {
  const engines = enginesOf(plan);
  const own = byOwner(plan.changes, engineOf);
  const names = [...new Set([...engines.keys(), ...own.keys()])].sort();
  return names.flatMap((name): Said[] => {
    const words = wordsOfEngine(engines.get(name), own.get(name) ?? []);
    return words.length === 0 ? [] : [{ name, words }];
  });
}

const strategiesOf = (engine: EngineOutput | undefined): string =>
  Object.entries(engine?.strategies ?? {})
    .map(([strategy, mode]) => `${strategy} (${mode})`)
    .join(', ');

function wordsOfEngine(sides: Sides<EngineOutput> | undefined, changes: readonly ResourceChange[]): string[] {
  const { before, after } = sides ?? {};
  const isNew = changes.some(
    ({ type, action }) => ['helm_release', 'aws_ssm_association'].includes(type) && action === 'create',
  );
  if (!before && after) return isNew ? [`new: ${after.image}, with ${strategiesOf(after)}`] : [];
  if (before && !after) return [`goes, and with it ${strategiesOf(before)}`];
  const [was, is] = [before?.strategies ?? {}, after?.strategies ?? {}];
  const strategies = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((strategy) => {
    const [old, now] = [was[strategy], is[strategy]];
    if (old === now) return [];
    if (old === undefined) return [`${strategy} comes (${now})`];
    return [now === undefined ? `${strategy} goes (${old})` : `${strategy}: ${old} → ${now}`];
  });
  const words = [
    ...(before?.image === after?.image ? [] : [`${before?.image} → ${after?.image}`]),
    ...strategies,
    ...(before?.stopped === after?.stopped ? [] : [after?.stopped ? 'is stopped' : 'may run again']),
  ];
  return words.length === 0 && changes.length > 0 ? ['its settings, limits or rules change'] : words;
}
