import { type Pod, type PodContext, renderPod, TOOLS_IMAGE } from '../constructs/chain-node';
import { CHAINS, clientsOf, everyProgram, type NodeProgram } from '../constructs/chain-node/catalogue';
import { exampleSecrets, programName } from './every-release';

export interface NamedPod {
  /** Says in words which way to run a node it is. */
  readonly name: string;
  readonly program: NodeProgram;
  readonly pod: Pod;
}

/** Whether its makers let a node run on Kubernetes, on a network disk. */
const canRun = (program: NodeProgram): boolean => {
  const { network, nodeType = 'full', p2p = 'outbound' } = program;
  const on = { network, nodeType, hosting: 'kubernetes', storage: 'ebs', p2p } as const;
  return clientsOf(program).every((client) => !client.cannot?.(on));
};

/** Every node that the catalogue can run on Kubernetes, as values of its chart. */
export const everyPod = (): NamedPod[] =>
  CHAINS.flatMap(everyProgram)
    .filter(canRun)
    .map((program) => ({ name: programName(program), program, pod: renderPod(program, contextOf(program)) }));

/** Where and how each of them runs. */
export function contextOf(program: NodeProgram): PodContext {
  const { chain, network, client, p2p } = program;
  return {
    environment: 'development',
    node: `${chain.id}-${network}-${client}`,
    group: `${chain.id}-${network}`,
    resources: { cpu: 4, memoryMiB: 14_336 },
    sizeGiB: 100,
    upstreams: { 'ethereum.rpc': { url: 'http://l1.test:8545' }, 'ethereum.beacon': { secret: 'l1/beacon' } },
    ...exampleSecrets(program),
    secretStore: { region: 'eu-central-1', role: 'arn:aws:iam::123456789012:role/secrets' },
    bootstrap: { from: 'empty' },
    exposure: p2p === 'public' ? { by: 'load-balancer', address: '192.0.2.1' } : { by: 'none' },
    toolsImage: TOOLS_IMAGE,
    serviceMonitor: true,
  };
}
