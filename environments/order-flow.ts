import {
  type ChainDefinition,
  clientsIn,
  clientsOf,
  type NodeProgram,
  type OptionalProcess,
  type OptionSetting,
  type OptionSettings,
  optionOf,
} from '../constructs/chain-node/catalogue';
import { notInCluster } from './cluster-secret';
import type { Authorization, NodeSetting, NodeSpec } from './environment';
import type { PlannedNode, PlanningContext } from './nodes';
import { row } from './planning';
import type { Lookup } from './settings';

/** Optional processes of a node, and what is said of them under `order_flow`. */

/** The key of an optional process in YAML. */
export const optionKey = (name: string): string => name.replaceAll('-', '_');

/** The file in which engines find what they send to an optional process of a chain. */
export const authorizationFile = (name: string, chain: string): string => `${name}-${chain}-authorization`;

/** All optional processes of a chain's clients, each once. */
export const optionsIn = (chain: ChainDefinition): ReadonlyMap<string, OptionalProcess> =>
  new Map(clientsIn(chain).flatMap(({ optional = {} }) => Object.entries(optional)));

/** What a node runs beside its clients, as a program and its specification have it. */
export interface PlannedOptions {
  readonly program: Pick<NodeProgram, 'options' | 'optionSettings'>;
  readonly spec: Pick<NodeSpec, 'secrets' | 'authorizations'>;
}

interface Asked {
  readonly program: Omit<NodeProgram, 'options' | 'optionSettings'>;
  readonly own: Lookup;
  readonly context: PlanningContext;
  /** Of a pod that is not on EKS, which reads secrets of its cluster. */
  readonly elsewhere: boolean;
  fail(message: string, ...setting: string[]): undefined;
}

/** Undefined when something does not fit, and that is reported. */
export function planOptions(asked: Asked): PlannedOptions | undefined {
  const { program, own, fail } = asked;
  const { chain, network, client } = program;
  const clients = clientsOf(program);
  const given = own.get<readonly string[]>('optional_processes') ?? [];
  const known = given.map((name) => [name, clients.map((one) => optionOf(one, name)).find(Boolean)] as const);
  const running = known.flatMap(([name, option]) =>
    option?.networks.includes(network) ? [[name, option] as const] : [],
  );
  const problems: unknown[] = [];
  const refuse = (message: string, ...setting: string[]): void => void problems.push(fail(message, ...setting));
  if (own.isOwn('optional_processes'))
    for (const [name, option] of known) {
      if (!option) refuse(`${name} does not run beside ${client}; remove it`, 'optional_processes');
      else if (!option.networks.includes(network))
        refuse(`${name} does not run on ${network}; remove it`, 'optional_processes');
    }
  for (const name of optionsIn(chain).keys())
    if (own.isOwn('order_flow', optionKey(name)) && !running.some(([one]) => one === name))
      refuse(
        `is for ${name}, which does not run here; list it in optional_processes, or remove this`,
        'order_flow',
        optionKey(name),
      );
  const values = running.map(([name, option]) => [name, planSettings(name, option, asked, refuse)] as const);
  if (problems.length > 0) return undefined;
  const settings = values.map(([name, { said }]) => [name, said] as const).filter(([, said]) => isFull(said));
  const secrets = Object.assign({}, ...values.map(([, { files }]) => files)) as Record<string, string>;
  const authorizations = Object.fromEntries(
    values.flatMap(([name, { authorization }]) => (authorization ? [[name, authorization] as const] : [])),
  );
  return {
    program: {
      ...(running.length > 0 ? { options: running.map(([name]) => name) } : {}),
      ...(settings.length > 0 ? { optionSettings: Object.fromEntries(settings) } : {}),
    },
    spec: { ...(isFull(secrets) ? { secrets } : {}), ...(isFull(authorizations) ? { authorizations } : {}) },
  };
}

const isFull = (map: object): boolean => Object.keys(map).length > 0;

interface Said {
  readonly said: OptionSettings[string];
  /** Secrets by the files that they become. */
  readonly files: Readonly<Record<string, string>>;
  readonly authorization?: Authorization;
}

function planSettings(
  name: string,
  { settings = {} }: OptionalProcess,
  { program: { chain, network }, own, elsewhere }: Asked,
  refuse: (message: string, ...setting: string[]) => void,
): Said {
  const said: Record<string, string | readonly string[]> = {};
  const files: Record<string, string> = {};
  let authorization: Authorization | undefined;
  for (const [key, setting] of Object.entries(settings)) {
    const path = ['order_flow', optionKey(name), key];
    const value = own.get<string | readonly string[]>(...path);
    if (value === undefined) {
      if (!isOptional(setting)) refuse(`${name} needs ${path.join('.')}; set it`, 'optional_processes');
      continue;
    }
    if (setting.kind === 'choices') {
      const offered = setting.choices[network] ?? [];
      const odd = (value as readonly string[]).find((one) => !offered.includes(one));
      if (odd !== undefined) refuse(`"${odd}" is not offered on ${network}; use one of ${offered.join(', ')}`, ...path);
    }
    if (setting.kind !== 'secret') {
      said[key] = value;
      continue;
    }
    const secret = value as string;
    const holding =
      'file' in setting ? `the file as ${setting.file}` : `the value as ${authorizationFile(name, chain.id)}`;
    const odd = elsewhere ? notInCluster(secret, holding) : undefined;
    if (odd !== undefined) refuse(`"${secret}" ${odd}`, ...path);
    if ('file' in setting) files[setting.file] = secret;
    else authorization = { header: setting.header, secret };
  }
  return { said, files, ...(authorization ? { authorization } : {}) };
}

const isOptional = (setting: OptionSetting): boolean => 'optional' in setting;

/** What a person reads of it; names of secrets are no secrets. */
export const describeOptions = (node: Pick<NodeSpec, 'chain' | 'options'>, own: Lookup): NodeSetting[] =>
  (node.options ?? []).flatMap((name) =>
    Object.keys(optionsIn(node.chain).get(name)?.settings ?? {}).flatMap((key) => {
      const path = ['order_flow', optionKey(name), key];
      const value = own.get<string | readonly string[]>(...path);
      return row(own, path.join('.'), typeof value === 'string' ? value : value?.join(', '));
    }),
  );

/**
 * What a chain asks for, and none of its nodes can run; what is said of a process that none runs. In global.yml it may be for another
 * environment.
 */
export function reportIdleOptions(
  chain: ChainDefinition,
  nodes: readonly PlannedNode[],
  { layers, report, settings }: PlanningContext,
): void {
  const base = ['chains', chain.id];
  const own = (path: readonly (string | number)[]): boolean => layers.origin(path)?.key.file === layers.file;
  const runs = (name: string): boolean => nodes.some(({ spec }) => spec.options?.includes(name));
  const chainSettings = settings.chains?.[chain.id] as
    | { readonly optional_processes?: readonly string[]; readonly order_flow?: object }
    | undefined;
  for (const [index, name] of (chainSettings?.optional_processes ?? []).entries()) {
    const path = [...base, 'optional_processes', index];
    if (runs(name) || !own([...base, 'optional_processes'])) continue;
    const beside = clientsIn(chain).filter((client) => optionOf(client, name));
    const networks = optionsIn(chain).get(name)?.networks ?? [];
    const message = `no node of this chain runs ${name}, which is for ${beside.map(({ id }) => id).join(', ')} on ${networks.join(', ')}; remove it`;
    report({ severity: 'error', position: layers.position(path), path, message });
  }
  for (const name of optionsIn(chain).keys()) {
    const path = [...base, 'order_flow', optionKey(name)];
    if (runs(name) || !own(path)) continue;
    const message = `is for ${name}, which no node of this chain runs; list it in optional_processes, or remove this`;
    report({ severity: 'error', position: layers.keyPosition(path), path, message });
  }
}

/** What is of one node, and is said of two. */
export function reportSharedValues(
  chain: ChainDefinition,
  nodes: readonly PlannedNode[],
  { layers, report }: PlanningContext,
): void {
  const holders = new Map<string, string>();
  for (const { spec, path } of nodes)
    for (const [name, said] of Object.entries(spec.optionSettings ?? {}))
      for (const [key, value] of Object.entries(said)) {
        const setting = optionsIn(chain).get(name)?.settings?.[key];
        if (setting === undefined || !('ofOneNode' in setting)) continue;
        const holder = holders.get(`${name} ${key} ${value}`);
        holders.set(`${name} ${key} ${value}`, spec.id);
        if (holder === undefined) continue;
        const at = path('order_flow', optionKey(name), key);
        const message = `${spec.id}: is that of ${holder} too, and each node has its own; set it below nodes`;
        report({ severity: 'error', position: layers.position(at), path: at, message });
      }
}
