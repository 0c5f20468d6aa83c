import { TerraformOutput, type TerraformStack } from 'cdktf';
import type { ChainNode, NodeGroup } from '../constructs/chain-node';
import { SecretStoreRole } from '../constructs/cluster-services';
import type { MonitoringStack } from '../constructs/monitoring-stack';
import type { Network } from '../constructs/network';
import { type GatewayUrl, RpcGateway } from '../constructs/rpc-gateway';
import type { GatewaySettings } from '../environments/environment';
import type { ClusterFoundation } from './cluster-platform';

/** The RPC gateway over the nodes of an environment, and where each chain is reached. */
export function rpcGateway(
  stack: TerraformStack,
  { chains, vpcAccess, ...settings }: GatewaySettings,
  { cluster, region, services, serviceMonitors, ready = [] }: ClusterFoundation,
  network: Network | undefined,
  {
    nodes,
    groups,
    monitoring,
  }: {
    readonly nodes: ReadonlyMap<string, ChainNode>;
    readonly groups: readonly NodeGroup[];
    readonly monitoring: MonitoringStack | undefined;
  },
): RpcGateway {
  const secrets = [
    ...chains.flatMap(({ fallbacks }) => fallbacks.map(({ secret }) => secret)),
    ...(settings.rateLimits.premium ? [settings.rateLimits.premium.secret] : []),
  ];
  const role =
    cluster.eksName !== undefined && secrets.length > 0
      ? new SecretStoreRole(stack, 'gateway-secrets', { services, consumer: 'rpc-gateway', secrets }).roleArn
      : undefined;
  const gateway = new RpcGateway(stack, 'rpc-gateway', {
    cluster,
    region,
    ...settings,
    chains: chains.map(({ nodes: ids, ...chain }) => ({
      ...chain,
      upstreams: ids.flatMap((id) => {
        const { rpcUrl: url, wsUrl, healthUrl } = nodes.get(id) ?? {};
        if (url === undefined) return [];
        return [{ id, url, ...(wsUrl && healthUrl ? { websocket: { url: wsUrl, healthUrl } } : {}) }];
      }),
    })),
    ...(role === undefined ? {} : { secretStoreRoleArn: role }),
    ...(vpcAccess && network ? { vpcAccess: { sourceRanges: [network.vpcCidr] } } : {}),
    serviceMonitor: serviceMonitors ?? false,
    // Monitoring brings the kind of object by which it says where its metrics are.
    after: [...ready, ...(monitoring ? [monitoring.ready] : []), ...groups.flatMap(({ rolled }) => rolled)],
  });
  const byNetwork = (urls: readonly GatewayUrl[], of: 'url' | 'websocketUrl'): Record<string, string> =>
    Object.fromEntries(
      urls.flatMap(({ chain, network: name, [of]: url }) => (url === undefined ? [] : [[`${chain}-${name}`, url]])),
    );
  const waysIn = (of: 'url' | 'websocketUrl') => ({
    cluster: byNetwork(gateway.urls, of),
    ...(vpcAccess ? { vpc: byNetwork(gateway.vpcUrls, of) } : {}),
  });
  new TerraformOutput(stack, 'rpc', {
    description: 'The gateway, by chain and network: from inside the cluster, and from the VPC where it may.',
    value: { ...waysIn('url'), websockets: waysIn('websocketUrl') },
  });
  return gateway;
}
