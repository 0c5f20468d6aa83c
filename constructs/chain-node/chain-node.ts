import { Construct } from 'constructs';
import { clientsOf } from './catalogue';
import { secretsOf } from './compose';
import type { MetricsTarget, NodeAddresses } from './endpoints';
import { InstanceNode } from './instance-node';
import { KubernetesNode } from './kubernetes-node';
import type { ChainNodeProps } from './props';
import { type WatchedNode, watchedNode } from './watched';

/**
 * One node of a chain: the processes of its clients, on an EC2 instance or in a pod, and its data on a disk of its own.
 *
 * Its id is the node's. Throws when the chain does not know the network or a client, when a client's makers rule out how it would
 * run, and when there is no hardware for it and none is given.
 */
export class ChainNode extends Construct implements NodeAddresses {
  /** Address of the JSON-RPC, such as `http://name:8545`. Undefined when no process serves one. */
  readonly rpcUrl: string | undefined;
  /** Address of the websocket. Undefined when no process serves one. */
  readonly wsUrl: string | undefined;
  /** Address of the beacon API. Undefined when no process serves one. */
  readonly beaconUrl: string | undefined;
  /** Address of the sequencer's feed, where a relay passes it on. */
  readonly feedUrl: string | undefined;
  /** Addresses of what brings order flow, by process. */
  readonly orderFlow: Readonly<Record<string, string>>;
  /** Answers 200 while the node is healthy and 503 otherwise. */
  readonly healthUrl: string;
  readonly metricsTargets: readonly MetricsTarget[];
  /** Nodes of a group take a release one after the other. */
  readonly group: string;
  /** Versions by the names of its processes. */
  readonly programs: Readonly<Record<string, string>>;
  /** What monitoring needs to know of it. */
  readonly watched: WatchedNode;
  /** The node on its instance; undefined when it runs in a pod. */
  readonly instance: InstanceNode | undefined;
  /** The node in its pod; undefined when it runs on an instance. */
  readonly pod: KubernetesNode | undefined;

  constructor(scope: Construct, id: string, props: ChainNodeProps) {
    super(scope, id);
    assertNotRuledOut(id, props);
    this.instance = props.hosting === 'instance' ? new InstanceNode(this, id, props) : undefined;
    this.pod = props.hosting === 'kubernetes' ? new KubernetesNode(this, id, props) : undefined;
    const node = (this.instance ?? this.pod) as InstanceNode | KubernetesNode;
    const { rpcUrl, wsUrl, beaconUrl, feedUrl, orderFlow, healthUrl, metricsTargets } = node.addresses;
    this.rpcUrl = rpcUrl;
    this.wsUrl = wsUrl;
    this.beaconUrl = beaconUrl;
    this.feedUrl = feedUrl;
    this.orderFlow = orderFlow;
    this.healthUrl = healthUrl;
    this.metricsTargets = metricsTargets;
    this.group = node.group;
    this.programs = Object.fromEntries(node.processes.map(({ name, source }) => [name, source.version]));
    this.watched = watchedNode(id, props, {
      group: node.group,
      hosting: props.hosting,
      processes: node.processes,
      metricsTargets,
      secrets: secretsOf(props),
      ...(this.instance ? { host: this.instance.privateDnsName } : {}),
    });
  }
}

/** For who passes a definition straight to a construct, past the checks of a configuration. */
function assertNotRuledOut(id: string, props: ChainNodeProps): void {
  const { network, nodeType = 'full', hosting, p2p = 'outbound' } = props;
  // A claim is a network disk, whatever the cluster makes it of.
  const storage = props.hosting === 'instance' ? props.storage : 'ebs';
  for (const client of clientsOf(props)) {
    const ruledOut = client.cannot?.({ network, nodeType, hosting, storage, p2p });
    if (ruledOut) throw new Error(`${id}: ${client.id} ${ruledOut.reason} (${ruledOut.source})`);
  }
}
