import { join } from 'node:path';
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { Release } from '@cdktf/provider-helm/lib/release';
import type { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { helmValues, type Namespace } from '../cluster';
import { address } from '../terraform';
import {
  instanceType,
  type Process,
  podShare,
  portNumber,
  processesOf,
  sizingOf,
  type VolumeSizing,
} from './catalogue';
import { secretsOf } from './compose';
import { addressesOf, type NodeAddresses } from './endpoints';
import { type Exposure, type PodResources, renderPod, TOOLS_IMAGE } from './pod';
import type { KubernetesNodeProps } from './props';

/** Namespace of nodes; its pods get nothing that they have not named. */
export const NODE_NAMESPACE = 'blockchain';
/** Namespace of nodes that take ports of their machine, which no restricted pod may (Pod Security Standards, host ports). */
export const HOST_PORT_NAMESPACE = 'blockchain-host-ports';

const CHART = join(__dirname, 'chart');
/** Beyond what the roll itself takes: helm's own requests. */
const MARGIN_SECONDS = 600;

/**
 * A node in a pod of a cluster: a Helm release of its own, and on EKS the address that peers reach it at.
 *
 * Its data lies on a claim that no release deletes. A changed release is done when the node follows its chain again, or, before its
 * first full sync, is alive and advancing; a {@link NodeGroup} lets the nodes of a group take turns. Throws for what a pod cannot give
 * a process, and when the chain has no hardware for the node and none is given.
 */
export class KubernetesNode extends Construct {
  readonly addresses: NodeAddresses;
  readonly processes: readonly Process[];
  readonly group: string;
  readonly namespace: Namespace;
  /** Its Helm release. */
  readonly release: Release;

  /** Puts off its release until another resource is there. */
  waitFor(resource: TerraformResource): void {
    // A plain address: the public way of constructs, node.addDependency, is no dependency of Terraform in cdktf 0.21.
    this.release.dependsOn = [...(this.release.dependsOn ?? []), address(resource)];
  }

  /** `id` is the node's; the construct has none of its own, so that all of it is the node's. */
  constructor(scope: Construct, id: string, props: KubernetesNodeProps) {
    super(scope, 'Default');
    const { platform, bootstrap = { from: 'empty' }, snapshots, upstreams = {} } = props;
    this.group = props.group ?? `${props.chain.id}-${props.network}`;
    if (bootstrap.from === 'latest-backup')
      throw new Error(
        `${id}: a cluster does not know which backup is the newest; bootstrap it from a snapshot by its id`,
      );
    const volume = props.volume ?? volumeOf(id, props);
    const resources = props.resources ?? resourcesOf(id, props);
    const namespace = namespaceOf(props);
    this.namespace = namespace;
    const storageClass = platform.disks.of(volume);
    const secrets = secretsOf(props);
    const store = secrets.length > 0 ? platform.secretStore?.(this, secrets) : undefined;
    if (snapshots && platform.snapshotClass === undefined)
      throw new Error(`${id}: the cluster has no class of snapshots; leave snapshots out`);
    const pod = renderPod(props, {
      environment: platform.environment,
      node: id,
      group: this.group,
      resources,
      sizeGiB: volume.sizeGiB,
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(props.zone === undefined ? {} : { zone: props.zone }),
      ...(platform.nodeSelector === undefined ? {} : { nodeSelector: platform.nodeSelector }),
      ...(platform.priorityClass === undefined ? {} : { priorityClass: platform.priorityClass }),
      upstreams,
      ...(props.secrets ? { secrets: props.secrets } : {}),
      ...(store === undefined ? {} : { secretStore: { region: platform.region, role: store.roleArn } }),
      bootstrap,
      exposure: exposureOf(this, id, props, resources),
      toolsImage: platform.toolsImage ?? TOOLS_IMAGE,
      ...(snapshots && platform.snapshotClass !== undefined
        ? { snapshots: { ...snapshots, class: platform.snapshotClass } }
        : {}),
      serviceMonitor: platform.serviceMonitors ?? false,
    });
    this.release = new Release(this, 'Default', {
      name: id,
      namespace: namespace.name,
      chart: platform.cluster.chart('chain-node', CHART),
      values: [helmValues(pod.values)],
      // The chart waits itself, by its gate: a node that syncs for the first time is not ready for days.
      wait: false,
      timeout: pod.rollSeconds + MARGIN_SECONDS,
      maxHistory: 10,
      dependsOn: [namespace.ready, ...platform.disks.ready(volume), ...(platform.ready ?? [])],
    });
    this.release.overrideLogicalId(id);

    this.processes = pod.processes;
    const domain = `${namespace.name}.svc.cluster.local`;
    this.addresses = addressesOf(pod.processes, `${id}.${domain}`, `${id}-node.${domain}`);
  }
}

const namespaceOf = ({ platform, expose, p2p }: KubernetesNodeProps): Namespace =>
  expose === 'host-port' && p2p === 'public'
    ? platform.cluster.namespace(HOST_PORT_NAMESPACE, { podSecurity: 'privileged', access: 'clients' })
    : platform.cluster.namespace(NODE_NAMESPACE, { podSecurity: 'restricted', access: 'clients' });

function volumeOf(id: string, props: KubernetesNodeProps): VolumeSizing {
  const sizing = sizingOf(props);
  if (sizing?.storage === 'ebs') return sizing.volume;
  throw new Error(`${id}: ${props.chain.id} has no disk for ${props.network}; give volume`);
}

function resourcesOf(id: string, props: KubernetesNodeProps): PodResources {
  const type = instanceType(sizingOf(props)?.instanceType ?? '');
  if (type) return podShare(type);
  throw new Error(`${id}: ${props.chain.id} has no hardware for ${props.network}; give resources`);
}

/** How peers come in; on EKS, by an address of the node's own, in the one zone that its disk is in. */
function exposureOf(scope: Construct, id: string, props: KubernetesNodeProps, { memoryMiB }: PodResources): Exposure {
  const { platform, zone, address, expose = 'load-balancer', p2p } = props;
  const { cluster, network, environment } = platform;
  if (p2p !== 'public') return { by: 'none' };
  const open = processesOf(props, memoryMiB).flatMap(({ ports }) =>
    ports.filter(({ audience }) => audience === 'internet'),
  );
  if (open.length === 0) return { by: 'none' };
  if (expose === 'host-port') {
    if (cluster.eksName !== undefined)
      throw new Error(`${id}: machines of EKS know no public address of their own; expose it by load-balancer`);
    return { by: 'host-port' };
  }
  if (cluster.eksName === undefined) {
    if (address === undefined) throw new Error(`${id}: nothing says at which address peers reach it; give address`);
    return { by: 'load-balancer', address };
  }
  if (network === undefined || zone === undefined)
    throw new Error(`${id}: a load balancer for peers stands in a subnet; give a zone, and the network of the cluster`);
  const eip = new Eip(scope, 'address', { domain: 'vpc', tags: { Name: `${environment}-${id}`, Node: id } });
  return {
    by: 'load-balancer',
    address: eip.publicIp,
    class: 'service.k8s.aws/nlb',
    annotations: balancerAnnotations({
      'eip-allocations': eip.allocationId,
      subnets: network.subnetId(zone, 'public'),
      'healthcheck-port': String(firstTcp(id, open)),
    }),
  };
}

/** kubernetes-sigs/aws-load-balancer-controller, docs/guide/service/annotations.md, v3.5. */
const balancerAnnotations = (own: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      scheme: 'internet-facing',
      'nlb-target-type': 'ip',
      // Peers use one port with both.
      'enable-tcp-udp-listener': 'true',
      'healthcheck-protocol': 'tcp',
      'target-group-attributes': 'preserve_client_ip.enabled=true',
      ...own,
    }).map(([name, value]) => [`service.beta.kubernetes.io/aws-load-balancer-${name}`, value]),
  );

/** Load balancers see whether a target is there by TCP alone. */
function firstTcp(id: string, ports: readonly Process['ports'][number][]): number {
  const found = ports.find(({ protocol }) => protocol === 'tcp');
  if (found) return portNumber(found);
  throw new Error(
    `${id}: peers come by UDP alone, and a load balancer asks by TCP whether it is there; use p2p outbound`,
  );
}
