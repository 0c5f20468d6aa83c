import type { NodeEndpoints, Upstream } from '../constructs/chain-node';
import { type NodeProgram, networkOf } from '../constructs/chain-node/catalogue';
import type { L1Source } from '../environments/environment';

/** Names and addresses of nodes inside an environment. */

/** The private zone that an environment defines when none is named. */
export const ownZoneName = (environment: string): string => `${environment}.chain.internal`;

/** Where a node reads its layer 1, by `<chain>.<api>`: addresses of a node of the environment, or secrets that hold them. */
export function l1Upstreams(
  { chain, network }: Pick<NodeProgram, 'chain' | 'network'>,
  l1: L1Source,
  endpointsOf: (node: string) => NodeEndpoints | undefined,
): Readonly<Record<string, Upstream>> {
  const needs = networkOf(chain, network)?.l1;
  if (!needs) return {};
  const upstreams = (rpc: Upstream, beacon: Upstream | undefined): Readonly<Record<string, Upstream>> => ({
    [`${needs.chain}.rpc`]: rpc,
    ...(needs.blobs && beacon ? { [`${needs.chain}.beacon`]: beacon } : {}),
  });
  if (!('node' in l1)) {
    return upstreams({ secret: l1.rpcSecret }, l1.beaconSecret === undefined ? undefined : { secret: l1.beaconSecret });
  }
  const { rpcUrl, beaconUrl } = endpointsOf(l1.node) ?? {};
  if (rpcUrl === undefined) throw new Error(`${l1.node} serves no RPC, which ${chain.id} ${network} reads`);
  return upstreams({ url: rpcUrl }, beaconUrl === undefined ? undefined : { url: beaconUrl });
}
