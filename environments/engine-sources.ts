import { networkOf } from '../constructs/chain-node/catalogue';
import type { Path } from './document';
import type { EngineChainSpec } from './environment';
import { type EngineSettings, inFile, isEvm, type MevContext } from './mev-context';
import { didYouMean } from './nearest';
import { isServed } from './schema/environment';
import type { Strategy } from './strategies';

/** Where an engine reads a network; nothing, and a report, where nobody has it. */
export function sourceOf(
  { chain: id, network, strategy }: { readonly chain: string; readonly network: string; readonly strategy: Strategy },
  { placement, reads: asked }: Pick<EngineSettings, 'placement' | 'reads'>,
  beside: string | undefined,
  context: MevContext,
): EngineChainSpec[] {
  const { chains, settings, gateway, partial } = context;
  const fail = inFile(strategy, context);
  const { parameters } = strategy.settings;
  const definition = chains.find((chain) => chain.id === id);
  if (!definition) return [];
  const found = networkOf(definition, network);
  const at: Path = parameters.networks
    ? ['parameters', 'networks', parameters.networks.indexOf(network)]
    : ['parameters', 'chains', parameters.chains.indexOf(id)];
  if (!found) {
    const names = definition.networks.map((one) => one.id);
    fail(at, `"${network}" is not a network of ${id}; use one of ${names.join(', ')}${didYouMean(network, names)}`);
    return [];
  }
  // From an instance no pod is reached; and elsewhere than on EKS the cluster does not reach the VPC of instances.
  const onHost = placement === 'node';
  const reads = onHost ? 'node' : asked;
  const onEks = settings.kubernetes?.cluster !== undefined;
  const nodes = context.nodes
    .filter(({ hosting }) => (hosting === 'kubernetes' ? !onHost : onEks))
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
  const [first] = nodes;
  const node = nodes.find((one) => one === beside) ?? first;
  // The gateway does not speak the language of every chain.
  const mustServe = reads === 'gateway' && isServed(found);
  if (node !== undefined && !mustServe) return [{ ...common, source: { node } }];
  if (partial) return [];
  const fallback = isServed(found) && reads !== 'node' ? `, or give gateway.fallbacks.${id}.${network} a provider` : '';
  fail(
    at,
    node !== undefined
      ? `${strategy.settings.execution.engine} reads by the gateway, and there is none; set gateway, or reads to node`
      : `nobody${onHost ? ' on an instance' : ''} follows ${id} ${network}; enable a node of it${fallback}, or name others here`,
  );
  return [];
}
