import { TerraformStack, Testing } from 'cdktf';
import { parse } from 'yaml';
import { type ClusterPlatform, DiskClasses } from '../../constructs/chain-node';
import { ethereum } from '../../constructs/chain-node/catalogue';
import { Cluster, type ClusterAccess } from '../../constructs/cluster';
import { type Json, resources } from '../project';

/** A stack with what nodes in pods stand on, and what comes of the constructs that a test puts into it. */

export const EKS: ClusterAccess = { eks: 'mev' };
export const ELSEWHERE: ClusterAccess = { kubeconfig: '~/.kube/config', context: 'kind-mev' };

type Build = (stack: TerraformStack, platform: ClusterPlatform) => void;

/** What Terraform reads. */
export function synthesized(build: Build, access: ClusterAccess = EKS, change: Partial<ClusterPlatform> = {}): Json {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const cluster = new Cluster(stack, 'cluster', { access });
  const disks = new DiskClasses(stack, 'disk-classes', { environment: 'test', ebs: 'eks' in access, protect: false });
  build(stack, { environment: 'test', region: 'eu-central-1', cluster, disks, ...change });
  return JSON.parse(Testing.synth(stack));
}

/** The same as resources by address. */
export const define = (
  build: Build,
  access: ClusterAccess = EKS,
  change: Partial<ClusterPlatform> = {},
): Readonly<Record<string, Json>> => resources(synthesized(build, access, change));

/** What a release tells its chart. */
export const valuesOf = (release: Json): Json => parse(release.values[0]);

export const SEPOLIA_POD = {
  chain: ethereum,
  network: 'sepolia',
  client: 'geth',
  hosting: 'kubernetes',
  zone: 'eu-central-1a',
} as const;
