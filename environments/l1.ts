import { type NetworkDefinition, networkOf, servesBlobs } from '../constructs/chain-node/catalogue';
import { notInCluster } from './cluster-secret';
import type { L1Source, NodeSpec } from './environment';
import type { PlannedNode, PlanningContext } from './nodes';
import type { L1Settings } from './settings';

/** Which layer-1 node each node reads, where its network settles on one. Nothing of it reaches the layer-1 node itself. */

export function connectToL1(planned: readonly PlannedNode[], context: PlanningContext): PlannedNode[] {
  return planned.map((node) => {
    const needs = networkOf(node.spec.chain, node.spec.network)?.l1;
    if (needs) return connect(node, needs, planned, context);
    if (node.isOwn('l1')) fail(node, context, `${node.spec.network} settles on no layer 1; remove the key`);
    return node;
  });
}

type L1Needs = NonNullable<NetworkDefinition['l1']>;

function connect(
  node: PlannedNode,
  needs: L1Needs,
  planned: readonly PlannedNode[],
  context: PlanningContext,
): PlannedNode {
  const said = node.get<L1Settings>('l1');
  if (typeof said === 'object') {
    const odd = secretElsewhere(node.spec, said, context);
    if (odd !== undefined) fail(node, context, odd);
    if (needs.blobs && said.beacon_secret === undefined)
      fail(node, context, `it reads blobs from the beacon API of ${network(needs)}; give beacon_secret as well`);
    return withL1(node, { rpcSecret: said.rpc_secret, beaconSecret: said.beacon_secret }, 'secrets');
  }
  const candidates = planned
    .map(({ spec }) => spec)
    .filter(({ chain, network }) => chain.id === needs.chain && network === needs.network);
  const found = choose(said, candidates, needs);
  if (typeof found === 'string') {
    fail(node, context, found);
    return node;
  }
  const apart = unreachable(node.spec, found, context);
  if (apart !== undefined) {
    fail(node, context, apart);
    return node;
  }
  const zone = context.settings.network?.dns_zone;
  if (zone && 'id' in zone && found.hosting === 'instance') {
    const at = ['network', 'dns_zone'];
    // Its release holds the address, and a release is whole before Terraform asks for the zone's name.
    const message = `${node.spec.id} is told the address of ${found.id}; give the zone by name instead of id`;
    context.report({ severity: 'error', position: context.layers.position(at), path: at, message });
  }
  if (needs.blobs && !servesBlobs(found.blobCustody ?? 'standard')) {
    const key = `chains.${needs.chain}.nodes.${found.network}-${found.client}.blob_custody`;
    fail(node, context, `it reads every blob, and ${found.id} keeps a sample of them; set ${key}: semi, or super`);
  }
  return withL1(node, { node: found.id }, found.id);
}

/** Why a node cannot reach another at all; undefined where it can. */
function unreachable(from: NodeSpec, to: NodeSpec, { settings }: PlanningContext): string | undefined {
  if (from.hosting === to.hosting) return undefined;
  if (to.hosting === 'kubernetes')
    return `it runs on an instance, and ${to.id} is reached from inside the cluster alone; name a layer-1 node on an instance, or secrets`;
  return settings.kubernetes?.cluster === undefined
    ? `it runs in a cluster that may be anywhere, and ${to.id} is reached from inside its VPC alone; name a layer-1 node of the cluster, or secrets`
    : undefined;
}

/** Elsewhere than on EKS, a pod reads secrets of the cluster itself. */
function secretElsewhere(
  { hosting }: NodeSpec,
  { rpc_secret: rpc, beacon_secret: beacon }: Exclude<L1Settings, string>,
  { settings }: PlanningContext,
): string | undefined {
  if (hosting !== 'kubernetes' || settings.kubernetes?.cluster !== undefined) return undefined;
  return [rpc, beacon].flatMap((secret = '') => {
    const odd = secret === '' ? undefined : notInCluster(secret, 'the URL as url');
    return odd === undefined ? [] : [`"${secret}" ${odd}`];
  })[0];
}

/** The node to read, or why there is none. */
function choose(said: string | undefined, candidates: readonly NodeSpec[], needs: L1Needs): NodeSpec | string {
  const ids = candidates.map(({ id }) => id).join(', ');
  const secrets = `{ rpc_secret: …${needs.blobs ? ', beacon_secret: …' : ''} }`;
  if (said !== undefined) {
    const found = candidates.find(({ id }) => id === said);
    if (found) return found;
    // An address may hold the key of a provider: it is not repeated.
    if (!/^[\w-]+$/.test(said))
      return `l1 is the id of a node${ids ? `, such as ${ids}` : ''}, or names of secrets that hold addresses: ${secrets}`;
    return `"${said}" is not a node of this environment that follows ${network(needs)}; use ${ids ? `one of ${ids}, or ` : ''}${secrets}`;
  }
  const [first, second] = candidates;
  if (first === undefined)
    return `it reads ${network(needs)}, which no node of this environment follows; add one to chains.${needs.chain}, or set l1: ${secrets}`;
  if (second !== undefined) return `several nodes follow ${network(needs)}; set l1 to one of ${ids}`;
  return first;
}

const network = ({ chain, network: id }: L1Needs): string => `${chain} ${id}`;

function withL1(node: PlannedNode, l1: L1Source, value: string): PlannedNode {
  const setting = { name: 'l1', value, origin: node.origin(['l1'], 'the only one') };
  return { ...node, spec: { ...node.spec, l1, settings: [...node.spec.settings, setting] } };
}

function fail({ spec, path }: PlannedNode, { layers, report }: PlanningContext, message: string): void {
  const at = path('l1');
  report({ severity: 'error', position: layers.position(at), path: at, message: `${spec.id}: ${message}` });
}
