import { type ChainDefinition, type NetworkDefinition, networkOf } from '../constructs/chain-node/catalogue';
import type { EngineChainSpec, GatewaySettings, NodeSpec } from './environment';
import { didYouMean } from './nearest';
import { type EnvironmentSettings, isServed } from './schema/environment';

/** Where engines and workers read their chains: at the gateway, or at a node. */

export interface SourceContext {
  readonly settings: EnvironmentSettings;
  readonly chains: readonly ChainDefinition[];
  readonly nodes: readonly NodeSpec[];
  readonly gateway: GatewaySettings | undefined;
  /** Chains or nodes are missing that had mistakes: that nobody follows one is not judged. */
  readonly partial: boolean;
}

/** Whether a network has a number for its id. */
export const isEvm = ({ identity }: NetworkDefinition): boolean => /^[1-9][0-9]*$/.test(identity);

/** Where a reader reads a network; nothing, and a report, where nobody has it. */
export function readAt(
  { chain: id, network }: { readonly chain: string; readonly network: string },
  { name, reads }: { readonly name: string; readonly reads: 'gateway' | 'node' | undefined },
  { chains, settings, nodes: all, gateway, partial }: SourceContext,
  fail: (message: string) => void,
): EngineChainSpec[] {
  const definition = chains.find((chain) => chain.id === id);
  if (!definition) return [];
  const found = networkOf(definition, network);
  if (!found) {
    const names = definition.networks.map((one) => one.id);
    fail(`"${network}" is not a network of ${id}; use one of ${names.join(', ')}${didYouMean(network, names)}`);
    return [];
  }
  // Elsewhere than on EKS the cluster does not reach the VPC of instances.
  const onEks = settings.kubernetes?.cluster !== undefined;
  const nodes = all
    .filter(({ hosting }) => hosting === 'kubernetes' || onEks)
    .filter((node) => node.chain.id === id && node.network === network)
    .map((node) => node.id)
    .sort();
  const served = gateway?.chains.some((one) => one.chain === id && one.network === network) ?? false;
  const common = {
    chain: id,
    network,
    ...(isEvm(found) ? { chainId: Number(found.identity) } : {}),
    ...(found.blockSeconds === undefined ? {} : { blockSeconds: found.blockSeconds }),
    nodes,
  };
  if (served && reads !== 'node') return [{ ...common, source: 'gateway' }];
  const [node] = nodes;
  // The gateway does not speak the language of every chain.
  const mustServe = reads === 'gateway' && isServed(found);
  if (node !== undefined && !mustServe) return [{ ...common, source: { node } }];
  if (partial) return [];
  const fallback = isServed(found) && reads !== 'node' ? `, or give gateway.fallbacks.${id}.${network} a provider` : '';
  fail(
    node !== undefined
      ? `${name} reads by the gateway, and there is none; set gateway, or reads to node`
      : `nobody follows ${id} ${network}; enable a node of it${fallback}, or name others here`,
  );
  return [];
}
