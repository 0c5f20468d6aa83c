import { z } from 'zod';
import type { ChainDefinition, NetworkDefinition } from '../../constructs/chain-node/catalogue';
import { chainsSection } from './chains';
import { gatewaySection, kubernetesSection } from './cluster';
import { flag, list, refused, text } from './leaf';
import { mevSection } from './mev';
import { monitoringSection } from './monitoring';
import {
  alarmsSection,
  awsSection,
  backupSection,
  globalSection,
  hostsSection,
  networkSection,
  stateSection,
} from './sections';

/**
 * Networks that the gateway can serve: public ones whose nodes speak Ethereum's RPC, which tell their chain by a number. Those of one
 * node have nobody to stand in for it.
 */
const gatewayNetworks = (chains: readonly ChainDefinition[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    chains
      .map(({ id, networks }) => [id, networks.filter(isServed).map((network) => network.id)] as const)
      .filter(([, networks]) => networks.length > 0),
  );

export const isServed = ({ kind, identity }: NetworkDefinition): boolean =>
  kind === 'public' && /^[1-9][0-9]*$/.test(identity);

/** The whole configuration of one environment, after its layers are merged. */
export function environmentSchema(chains: readonly ChainDefinition[]) {
  const names = chains.map(({ id }) => id);
  return z.strictObject({
    global: globalSection,
    aws: awsSection,
    network: networkSection,
    state: stateSection,
    protect: flag(
      'Whether disks and instances are guarded against destruction, and every node must be locked. Default: false.',
    ).optional(),
    alarms: alarmsSection,
    backup: backupSection,
    hosts: hostsSection,
    kubernetes: kubernetesSection,
    gateway: gatewaySection(gatewayNetworks(chains)),
    monitoring: monitoringSection,
    chains: chainsSection(chains),
    mev: mevSection(names),
    retire: list(
      'Ids of locked nodes that may go: a volume with a final snapshot, while a claim stays in its cluster.',
      text('A node id.'),
      {
        mayBeEmpty: true,
      },
    ).optional(),
    allow: list(
      'Addresses in Terraform that a plan may destroy, replace or stop although something is lost by it. Take them out when it is done.',
      text('An address.', {
        pattern: /^[a-z][a-z0-9_]*\.[A-Za-z0-9_-]+$/,
        expected: 'an address such as aws_s3_bucket.releases_2BF2C4E4',
        example: 'aws_s3_bucket.releases_2BF2C4E4',
      }),
      { mayBeEmpty: true },
    ).optional(),
    global_limits: refused('limits stand in mev.risk_limits'),
    strategy_limits: refused('limits of a type stand in mev.strategy_limits'),
    chain_limits: refused('limits of a chain stand in mev.chain_limits'),
  });
}

export type EnvironmentSettings = z.output<ReturnType<typeof environmentSchema>>;

/** Keys that stand in an environment's own file only. */
export const OVERRIDES_ONLY: readonly string[] = ['global.environment', 'retire', 'allow'];
