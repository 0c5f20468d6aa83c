import type { TerraformStack } from 'cdktf';
import type { ChainNode } from '../constructs/chain-node';
import type { Network } from '../constructs/network';
import { Research } from '../constructs/research';
import type { RpcGateway } from '../constructs/rpc-gateway';
import type { Environment, ResearchSettings } from '../environments/environment';
import type { ClusterFoundation } from './cluster-platform';
import { portsOf, sourceOf } from './sources';

/** Where strategies are tried before they run: the namespace of research, its forks and backtests. */
export function mevResearch(
  stack: TerraformStack,
  { name }: Environment,
  { archive, forks, ...settings }: ResearchSettings,
  { cluster, region, services, toolsImage }: ClusterFoundation,
  around: {
    readonly nodes: ReadonlyMap<string, ChainNode>;
    readonly gateway: RpcGateway | undefined;
    readonly network: Network | undefined;
  },
): void {
  new Research(stack, 'mev-research', {
    environment: name,
    region,
    cluster,
    ...settings,
    ...(archive && settings.enabled ? { archive: { ...archive, accountId: services.accountId } } : {}),
    forks: forks.map(({ of, ...fork }) => {
      const source = sourceOf(of, around);
      // It reads no websockets.
      return { ...fork, of: { ...source, ports: portsOf([source.rpc]) } };
    }),
    ...(toolsImage === undefined ? {} : { toolsImage }),
  });
}
