import { type ChainDefinition, networkOf } from '../constructs/chain-node/catalogue';
import { notInCluster } from './cluster-secret';
import type { Path } from './document';
import type { EngineChainSpec, NodeSpec, OrderFlowSpec } from './environment';
import type { MevContext } from './mev-context';
import { didYouMean } from './nearest';
import { authorizationFile, optionsIn } from './order-flow';
import type { EnvironmentSettings } from './schema/environment';
import type { MevSection } from './strategy-limits';

/** Order flow that engines take: from what stands beside nodes, and from protected RPC endpoints. */

type Say = (path: Path, message: string) => void;

/** Elsewhere the cluster does not reach the VPC of instances, and its secrets are its own. */
const isOnEks = ({ kubernetes }: EnvironmentSettings): boolean => kubernetes?.cluster !== undefined;

/** Processes of nodes that bring order flow, by name, each with the chains that have it. */
const processesOf = (chains: readonly ChainDefinition[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const chain of chains)
    for (const name of optionsIn(chain).keys()) found.set(name, [...(found.get(name) ?? []), chain.id]);
  return found;
};

/** The file of an endpoint whose address is a secret. */
const endpointFile = (name: string): string => `protected-rpc-${name.replaceAll('_', '-')}`;

const NAME = /^[a-z]([a-z0-9_-]{0,37}[a-z0-9])?$/;

/** What is wrong with endpoints and with names of order flow, whether an engine runs here or not. */
export function checkOrderFlow(mev: MevSection, { chains, settings }: MevContext, fail: Say): void {
  const processes = processesOf(chains);
  const endpoints = Object.entries(mev.protected_rpc ?? {});
  for (const [name, endpoint] of endpoints) {
    const path = ['mev', 'protected_rpc', name];
    if (!NAME.test(name))
      fail(
        path,
        'is not the name of an endpoint; use at most 39 lower-case letters, digits, "_" and "-", a letter first',
      );
    if (processes.has(name)) fail(path, `"${name}" is what stands beside nodes; rename it`);
    const chain = chains.find(({ id }) => id === endpoint.chain);
    const networks = chain?.networks.map(({ id }) => id) ?? [];
    if (chain && !networkOf(chain, endpoint.network))
      fail(
        [...path, 'network'],
        `"${endpoint.network}" is not a network of ${chain.id}; use one of ${networks.join(', ')}${didYouMean(endpoint.network, networks)}`,
      );
    if (endpoint.secret === undefined || !settings.kubernetes || isOnEks(settings)) continue;
    const odd = notInCluster(endpoint.secret, `the address as ${endpointFile(name)}`);
    if (odd !== undefined) fail([...path, 'secret'], odd);
  }
  const known = [...processes.keys(), ...endpoints.map(([name]) => name)];
  for (const [key, engine] of Object.entries(mev.engines ?? {}))
    for (const [index, name] of (engine.order_flow ?? []).entries())
      if (!known.includes(name))
        fail(
          ['mev', 'engines', key, 'order_flow', index],
          `"${name}" is neither what stands beside nodes nor an endpoint of mev.protected_rpc; use one of ${known.join(', ')}${didYouMean(name, known)}`,
        );
}

/**
 * What an engine takes, on the networks that its strategies name; nothing, and a report, where nobody has it. `whole`: all of those
 * networks are among the chains.
 */
export function orderFlowOf(
  key: string,
  chains: readonly EngineChainSpec[],
  mev: MevSection,
  context: MevContext,
  { whole, fail }: { readonly whole: boolean; readonly fail: Say },
): OrderFlowSpec[] {
  const { order_flow: names = [], secrets = {} } = mev.engines?.[key] ?? {};
  return names.flatMap((name, index): OrderFlowSpec[] => {
    const path = ['mev', 'engines', key, 'order_flow', index];
    const endpoint = mev.protected_rpc?.[name];
    const found = endpoint
      ? endpointFor(name, endpoint, chains)
      : besideNodes(name, chains, context, (message) => fail(path, message));
    if (found.length === 0 && whole && !context.partial) {
      const networks = chains.map(({ chain, network }) => `${chain} ${network}`).join(', ');
      if (endpoint)
        fail(
          path,
          `${name} is of ${endpoint.chain} ${endpoint.network}, and the strategies of ${key} name ${networks}; remove it`,
        );
      else if (processesOf(context.chains).has(name))
        fail(
          path,
          `no node that ${key} can reach runs ${name} on ${networks}, which its strategies name; list it in optional_processes of one, or remove this`,
        );
    }
    for (const one of found)
      for (const file of [one.file, one.authorization?.file])
        if (file !== undefined && Object.hasOwn(secrets, file))
          fail(['mev', 'engines', key, 'secrets', file], `is the file of ${name} of its order flow; rename it`);
    return found;
  });
}

type Endpoint = NonNullable<MevSection['protected_rpc']>[string];

function endpointFor(name: string, endpoint: Endpoint, chains: readonly EngineChainSpec[]): OrderFlowSpec[] {
  const { chain, network, url, domain, secret } = endpoint;
  if (!chains.some((one) => one.chain === chain && one.network === network)) return [];
  const about = { name, kind: 'protected-rpc', chain, network } as const;
  if (url !== undefined) return [{ ...about, url, domain: new URL(url).hostname }];
  if (secret === undefined || domain === undefined) return [];
  return [{ ...about, file: endpointFile(name), secret, domain }];
}

/** One node a network: the one that the engine reads, where that has it. */
function besideNodes(
  name: string,
  chains: readonly EngineChainSpec[],
  { nodes, settings, chains: definitions }: MevContext,
  fail: (message: string) => void,
): OrderFlowSpec[] {
  const reachable = nodes.filter(({ hosting }) => hosting === 'kubernetes' || isOnEks(settings));
  return chains.flatMap(({ chain, network, source }): OrderFlowSpec[] => {
    const having = reachable
      .filter((node) => node.chain.id === chain && node.network === network && node.options?.includes(name))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const node = having.find(({ id }) => source !== 'gateway' && id === source.node) ?? having[0];
    if (!node) return [];
    const about = { name, kind: name, chain, network, node: node.id };
    const header = headerOf(name, definitions);
    if (header === undefined) return [about];
    const authorization = authorizationOf(name, node);
    if (authorization) return [{ ...about, authorization }];
    fail(`${node.id} does not say what users of ${name} send; set order_flow.${header} of it to the name of a secret`);
    return [about];
  });
}

/** Where YAML says what users of a process must send; undefined of one that lets everybody in. */
function headerOf(name: string, chains: readonly ChainDefinition[]): string | undefined {
  const settings = chains.map((chain) => optionsIn(chain).get(name)?.settings).find(Boolean) ?? {};
  const [key] = Object.entries(settings).find(([, setting]) => 'header' in setting) ?? [];
  return key === undefined ? undefined : `${name.replaceAll('-', '_')}.${key}`;
}

function authorizationOf(name: string, { authorizations, chain }: NodeSpec): OrderFlowSpec['authorization'] {
  const found = authorizations?.[name];
  return found && { ...found, file: authorizationFile(name, chain.id) };
}
