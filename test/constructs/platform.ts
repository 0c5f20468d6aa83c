import { TerraformStack, Testing } from 'cdktf';
import { HostFiles, MachineImages, type NodePlatform } from '../../constructs/chain-node';
import { ethereum } from '../../constructs/chain-node/catalogue';
import { Network } from '../../constructs/network';
import { ReleaseStore } from '../../constructs/release-store';
import { type Json, resources } from '../project';

/** A stack with what nodes stand on, and what comes of the constructs that a test puts into it. */

type Build = (stack: TerraformStack, platform: NodePlatform) => void;

/** What Terraform reads. */
export function synthesized(build: Build, change: Partial<NodePlatform> = {}): Json {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const network = new Network(stack, 'network', { vpc: 'default', ownZoneName: 'test.internal' });
  const releases = new ReleaseStore(stack, 'releases', { bucketPrefix: 'releases-' });
  const journal = { rotationSeconds: 86_400, retentionSeconds: 2_592_000 };
  const hostFiles = new HostFiles(stack, 'host-files', { releases });
  const images = new MachineImages(stack, 'images');
  build(stack, {
    environment: 'test',
    region: 'eu-central-1',
    network,
    releases,
    hostFiles,
    images,
    journal,
    ...change,
  });
  return JSON.parse(Testing.synth(stack));
}

/** The same as resources by address. */
export const define = (build: Build, change: Partial<NodePlatform> = {}): Readonly<Record<string, Json>> =>
  resources(synthesized(build, change));

export const ofType = (all: Readonly<Record<string, Json>>, type: string): Json[] =>
  Object.entries(all).flatMap(([address, body]) => (address.startsWith(`${type}.`) ? [body] : []));

export const SEPOLIA = {
  chain: ethereum,
  network: 'sepolia',
  client: 'geth',
  hosting: 'instance',
  storage: 'ebs',
  zone: 'eu-central-1a',
} as const;
