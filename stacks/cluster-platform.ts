import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1';
import type { TerraformStack } from 'cdktf';
import { type ClusterPlatform, DiskClasses, HOST_PORT_NAMESPACE, NODE_NAMESPACE } from '../constructs/chain-node';
import { Cluster } from '../constructs/cluster';
import { ClusterServices, EBS_SNAPSHOT_CLASS, SecretStoreRole, type ServiceName } from '../constructs/cluster-services';
import { DATA_NAMESPACE } from '../constructs/data-stores';
import type { Network } from '../constructs/network';
import { NAMESPACE as RESEARCH_NAMESPACE } from '../constructs/research';
import type { Environment, KubernetesSettings, NodeSpec } from '../environments/environment';
import { clusterProviders } from './provider';

/** What nodes in pods, and the gateway beside them, stand on. */
export interface ClusterFoundation extends ClusterPlatform {
  readonly services: ClusterServices;
}

/** The cluster of an environment, with the services that something in it uses. */
export function clusterPlatform(
  stack: TerraformStack,
  environment: Environment,
  settings: KubernetesSettings,
  network: Network | undefined,
  key: { readonly kmsKeyArn?: string },
): ClusterFoundation {
  const { name, region, protect } = environment;
  const { access, storageClass, nodeSelector, toolsImage, quota, serviceMonitors } = settings;
  clusterProviders(stack, access, region);
  const cluster = new Cluster(stack, 'cluster', { access });
  const onEks = cluster.eksName !== undefined;
  // It stays when its last node goes: a namespace takes every claim in it along.
  cluster.namespace(NODE_NAMESPACE, { podSecurity: 'restricted', access: 'clients', ...(quota ? { quota } : {}) });
  // And this one, when streams and stores go. Its workers read chains.
  cluster.namespace(DATA_NAMESPACE, { podSecurity: 'restricted', access: 'clients' });
  // And this one, when research does, with what people keep in it.
  const people = environment.research?.quota;
  cluster.namespace(RESEARCH_NAMESPACE, {
    podSecurity: 'restricted',
    access: 'clients',
    ...(people ? { quota: people } : {}),
  });
  // So does this one. On EKS no node takes ports of its machine.
  if (!onEks) cluster.namespace(HOST_PORT_NAMESPACE, { podSecurity: 'privileged', access: 'clients' });
  // Elsewhere it is the cluster's own business what it has, but for what is of engines.
  const wanted = onEks ? servicesOf(environment) : [...engineServices(environment)];
  const services = new ClusterServices(stack, 'cluster-services', {
    environment: name,
    region,
    cluster,
    services: wanted,
    ...(network ? { vpcId: network.vpcId } : {}),
  });
  return {
    environment: name,
    region,
    cluster,
    services,
    disks: new DiskClasses(stack, 'disk-classes', {
      environment: name,
      ...(storageClass === undefined ? {} : { existing: storageClass }),
      ebs: onEks,
      protect,
      ...key,
    }),
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(toolsImage === undefined ? {} : { toolsImage }),
    serviceMonitors,
    priorityClass: priorityName(name),
    ...(onEks
      ? {
          secretStore: (node, secrets) =>
            new SecretStoreRole(node, 'secrets', { services, consumer: node.node.scope?.node.id ?? '', secrets }),
          snapshotClass: EBS_SNAPSHOT_CLASS,
        }
      : {}),
    ...(network ? { network } : {}),
    ready: [definePriority(stack, name), ...wanted.map((service) => services.ready(service))],
  };
}

/** A node takes days to fill its disk and minutes to come back: it gives way to nothing that has no class of its own. */
const definePriority = (stack: TerraformStack, environment: string): PriorityClassV1 =>
  new PriorityClassV1(stack, 'priority', {
    metadata: { name: priorityName(environment) },
    description: 'Chain nodes: long to fill, and others read them',
    value: NODE_PRIORITY,
  });

const priorityName = (environment: string): string => `${environment}-chain-nodes`;

/** Classes of users end at a thousand millions (Kubernetes, Pod Priority and Preemption, v1.34). */
const NODE_PRIORITY = 1_000_000;

/** What of an environment's own takes which service. */
function servicesOf(environment: Environment): ServiceName[] {
  const { nodes, gateway, monitoring, data } = environment;
  const pods = nodes.filter(({ hosting }) => hosting === 'kubernetes');
  const secrets =
    pods.some(({ l1 }) => l1 !== undefined && 'rpcSecret' in l1) ||
    gateway?.rateLimits.premium !== undefined ||
    gateway?.chains.some(({ fallbacks }) => fallbacks.length > 0) ||
    monitoring !== undefined ||
    data !== undefined;
  const uses: readonly (readonly [ServiceName, boolean | undefined])[] = [
    ['external-secrets', secrets],
    [
      'aws-load-balancer-controller',
      pods.some(isBalanced) ||
        gateway?.vpcAccess ||
        (monitoring?.logs !== undefined && pods.length < nodes.length) ||
        // What lets them run is asked by a load balancer.
        environment.mev?.engines.some(({ beside }) => beside !== undefined),
    ],
    ['snapshot-controller', pods.some(({ bootstrap }) => bootstrap.from === 'snapshot')],
    ['ebs-snapshot-class', pods.some(({ backup }) => backup)],
    // What takes Postgres to the archive speaks with its operator by certificates.
    ['cert-manager', data?.stores.archive !== undefined],
  ];
  return [...uses.flatMap(([service, used]) => (used ? [service] : [])), ...engineServices(environment)];
}

/** Engines are started and stopped by it. */
const engineServices = ({ mev }: Environment): readonly ServiceName[] => (mev ? ['keda'] : []);

/** Whether peers come to a pod by a load balancer. */
export const isBalanced = (node: NodeSpec): boolean =>
  node.hosting === 'kubernetes' && node.p2p === 'public' && node.expose === 'load-balancer';
