import { type ChainNode, NODE_NAMESPACE } from '../constructs/chain-node';
import type { EngineSource } from '../constructs/mev-engine';
import type { Network } from '../constructs/network';
import type { RpcGateway } from '../constructs/rpc-gateway';
import type { EngineChainSpec, Environment, OrderFlowSpec } from '../environments/environment';

/** Where engines and workers read their chains: addresses, and zones. */

export interface Sources {
  readonly nodes: ReadonlyMap<string, ChainNode>;
  readonly gateway: RpcGateway | undefined;
  readonly network: Network | undefined;
}

/** Of the first node that it reads, or else takes order flow from; the gateway has its nodes anywhere. */
export function zoneOf(
  chains: readonly EngineChainSpec[],
  { nodes }: Environment,
  orderFlow: readonly OrderFlowSpec[] = [],
): string | undefined {
  const [first] = [
    ...chains.flatMap(({ source }) => (source === 'gateway' ? [] : [source.node])),
    ...orderFlow.flatMap(({ node }) => node ?? []),
  ];
  return nodes.find(({ id }) => id === first)?.zone;
}

/** Ports of these addresses. */
export const portsOf = (urls: readonly (string | undefined)[]): readonly number[] =>
  urls.flatMap((url) => /:(\d+)(?:\/|$)/.exec(url ?? '')?.[1] ?? []).map(Number);

/** Where a node is: in its namespace, or in the VPC. */
export const reachOf = ({ pod }: ChainNode, vpc: Network | undefined): EngineSource['reach'] =>
  pod || !vpc ? { namespace: pod?.namespace.name ?? NODE_NAMESPACE } : { cidr: vpc.vpcCidr };

/** Where it is read, and what must be open for it. */
export function sourceOf(
  { chain, network, chainId, blockSeconds, source, nodes: health }: EngineChainSpec,
  { nodes, gateway, network: vpc }: Sources,
): EngineSource {
  const about = {
    chain,
    network,
    ...(chainId === undefined ? {} : { chainId }),
    ...(blockSeconds === undefined ? {} : { blockSeconds }),
  };
  if (source === 'gateway') {
    const served = gateway?.urls.find((one) => one.chain === chain && one.network === network);
    if (!gateway || !served) throw new Error(`the gateway does not serve ${chain} ${network}`);
    return {
      ...about,
      rpc: served.url,
      ...(served.websocketUrl === undefined ? {} : { ws: served.websocketUrl }),
      nodes: health,
      gateway: gateway.namespace,
      reach: { namespace: gateway.namespace },
      ports: portsOf([served.url, served.websocketUrl]),
    };
  }
  const node = nodes.get(source.node);
  if (node?.rpcUrl === undefined) throw new Error(`${source.node} cannot be read`);
  return {
    ...about,
    rpc: node.rpcUrl,
    ...(node.wsUrl === undefined ? {} : { ws: node.wsUrl }),
    // It reads this one, whatever the others are.
    nodes: [source.node],
    reach: reachOf(node, vpc),
    ports: portsOf([node.rpcUrl, node.wsUrl]),
  };
}
