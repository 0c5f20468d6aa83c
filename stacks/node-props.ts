import type { ChainNodeProps, ClusterPlatform, NodeEndpoints, NodePlatform } from '../constructs/chain-node';
import { BESIDE } from '../constructs/mev-engine';
import { cronOf } from '../environments/cron';
import type { Environment, NodeSpec } from '../environments/environment';
import { l1Upstreams } from './addresses';

/** A node as the environment has it, with what it stands on and where it finds its layer 1 among the nodes before it. */
export function nodeProps(
  { backup, l1, authorizations: _, ...node }: NodeSpec,
  environment: Environment,
  {
    instances,
    cluster,
  }: { readonly instances: NodePlatform | undefined; readonly cluster: ClusterPlatform | undefined },
  before: ReadonlyMap<string, NodeEndpoints>,
): ChainNodeProps {
  const upstreams = l1 ? { upstreams: l1Upstreams(node, l1, (id) => before.get(id)) } : {};
  const scheduled = backup ? environment.backup : undefined;
  if (node.hosting === 'kubernetes') {
    if (!cluster) throw new Error(`${node.id} runs on Kubernetes, and ${environment.name} has no cluster`);
    const snapshots = scheduled
      ? { snapshots: { schedule: cronOf(scheduled.schedule) ?? '', keep: scheduled.keep } }
      : {};
    return { ...node, ...upstreams, ...snapshots, platform: cluster };
  }
  if (!instances) throw new Error(`${node.id} runs on an instance, and ${environment.name} has no network`);
  const engine = environment.mev?.engines.find(({ beside }) => beside === node.id);
  const neighbour = engine ? { ipc: true, reservedMemoryMiB: engine.memoryMiB + BESIDE.overheadMiB } : {};
  return {
    ...node,
    ...upstreams,
    ...neighbour,
    ...(scheduled ? { backup: scheduled } : {}),
    platform: instances,
  } as ChainNodeProps;
}
