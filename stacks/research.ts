import type { TerraformStack } from 'cdktf';
import type { ChainNode } from '../constructs/chain-node';
import type { DataStores } from '../constructs/data-stores';
import type { Network } from '../constructs/network';
import { Research, type ResearchProps } from '../constructs/research';
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
    readonly data: DataStores | undefined;
  },
): void {
  new Research(stack, 'mev-research', {
    environment: name,
    region,
    cluster,
    ...settings,
    ...(archive && settings.enabled ? archiveOf(archive, around.data, services.accountId) : {}),
    forks: forks.map(({ of, ...fork }) => {
      const source = sourceOf(of, around);
      // It reads no websockets.
      return { ...fork, of: { ...source, ports: portsOf([source.rpc]) } };
    }),
    ...(toolsImage === undefined ? {} : { toolsImage }),
  });
}

/** The one that is named, or else the environment's own. */
function archiveOf(
  { bucket, keyArn, prefix }: NonNullable<ResearchSettings['archive']>,
  data: DataStores | undefined,
  accountId: string,
): Pick<ResearchProps, 'archive'> {
  const own = bucket === undefined ? data?.archive : undefined;
  const name = bucket ?? own?.bucketName;
  if (name === undefined) throw new Error('research has no archive to read');
  const key = keyArn ?? own?.kmsKeyArn;
  return {
    archive: {
      bucket: name,
      ...(prefix === undefined ? {} : { prefix }),
      ...(key === undefined ? {} : { keyArn: key }),
      accountId,
    },
  };
}
