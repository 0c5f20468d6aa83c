import { DataAwsKmsKey } from '@cdktf/provider-aws/lib/data-aws-kms-key';
import { TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ChainNode, NodeGroup } from '../constructs/chain-node';
import type { DataStores } from '../constructs/data-stores';
import type { MonitoringStack } from '../constructs/monitoring-stack';
import { Network } from '../constructs/network';
import { Backups, NodeBackup } from '../constructs/node-backup';
import type { Environment } from '../environments/environment';
import { ownZoneName } from './addresses';
import { clusterPlatform, isBalanced } from './cluster-platform';
import { dataStores } from './data';
import { type Engines, mevEngines } from './engines';
import { rpcGateway } from './gateway';
import { instancePlatform } from './instance-platform';
import { monitoringStack } from './monitoring';
import { nodeProps } from './node-props';
import { programBuilders } from './programs';
import { awsProvider } from './provider';
import { mevResearch } from './research';
import { stateBackend } from './state';
import { dataPipeline, type Pipeline } from './workers';

/** One environment, whole: what it stands on, its nodes, the groups that releases roll through, what builds their programs, their backups, what watches them, the gateway over them, streams and stores with what fills them and reports of them, the engines that read them, and where strategies are tried before. */
export class EnvironmentStack extends TerraformStack {
  /** What watches it; undefined where nothing does. */
  readonly monitoring: MonitoringStack | undefined;

  /** Its streams and stores; undefined where there are none. */
  readonly data: DataStores | undefined;

  /** Its workers and its report; undefined where there are no streams and stores. */
  readonly pipeline: Pipeline | undefined;

  /** Its engines, and what all of them are held to; undefined where there are none. */
  readonly engines: Engines | undefined;

  constructor(scope: Construct, environment: Environment) {
    super(scope, environment.name);
    const {
      name,
      region,
      network: settings,
      kmsKey,
      kubernetes,
      gateway,
      monitoring,
      mev,
      data,
      research,
    } = environment;
    stateBackend(this, environment);

    const hasInstances = environment.nodes.some(({ hosting }) => hosting === 'instance');
    const onEks = kubernetes !== undefined && 'eks' in kubernetes.access;
    const onAws = hasInstances || onEks;
    const inVpc = hasInstances || (onEks && (environment.nodes.some(isBalanced) || gateway?.vpcAccess === true));
    if (onAws) awsProvider(this, environment);
    const kmsKeyArn = kmsKey && onAws ? new DataAwsKmsKey(this, 'disk-key', { keyId: kmsKey }).arn : undefined;
    const key = kmsKeyArn ? { kmsKeyArn } : {};
    const network = inVpc ? new Network(this, 'network', { ...settings, ownZoneName: ownZoneName(name) }) : undefined;
    const instances = hasInstances && network ? instancePlatform(this, environment, network, key) : undefined;
    const cluster = kubernetes ? clusterPlatform(this, environment, kubernetes, network, key) : undefined;

    const nodes = new Map<string, ChainNode>();
    // Layer-1 nodes first: the others are told their addresses.
    for (const node of [...environment.nodes].sort((a, b) => Number(!!a.l1) - Number(!!b.l1))) {
      nodes.set(node.id, new ChainNode(this, node.id, nodeProps(node, environment, { instances, cluster }, nodes)));
    }
    const sorted = environment.nodes.flatMap(({ id }) => nodes.get(id) ?? []);
    const groups = [...new Set(sorted.map(({ group }) => group))].map(
      (group) =>
        new NodeGroup(this, group, { environment: name, nodes: sorted.filter((node) => node.group === group) }),
    );
    const hosts = sorted.flatMap(({ instance }) => instance ?? []);
    if (instances) programBuilders(this, environment, hosts, instances.releases);
    if (environment.backup && instances) {
      const { alarmTopicArn } = instances;
      const backups = new Backups(this, 'backups', { environment: name, region, alarmTopicArn, ...environment.backup });
      for (const node of hosts.filter(({ backupDocument }) => backupDocument !== undefined)) {
        new NodeBackup(backups, node.nodeId, { backups, node, tags: environment.tags });
      }
    }
    this.monitoring =
      monitoring && cluster
        ? monitoringStack(this, environment, monitoring, cluster, { network, ...key }, sorted)
        : undefined;
    const rpc =
      gateway && cluster
        ? rpcGateway(this, gateway, cluster, network, { nodes, groups, monitoring: this.monitoring })
        : undefined;
    this.data =
      data && cluster
        ? dataStores(this, environment, data, cluster, { monitoring: this.monitoring, ...key })
        : undefined;
    const around = { nodes, gateway: rpc, network };
    this.pipeline =
      this.data && cluster ? dataPipeline(this, environment, cluster, { ...around, data: this.data }) : undefined;
    this.engines =
      mev && cluster && this.monitoring
        ? mevEngines(this, environment, mev, cluster, { ...around, data: this.data, monitoring: this.monitoring })
        : undefined;
    if (research && cluster) mevResearch(this, environment, research, cluster, { ...around, data: this.data });

    new TerraformOutput(this, 'nodes', {
      description:
        'Every node, what it runs, and how it is reached: on an instance, from inside the network; in a pod, from inside the cluster.',
      value: Object.fromEntries(sorted.map((node) => [node.node.id, told(node)])),
    });
    if (this.engines && mev)
      new TerraformOutput(this, 'engines', {
        description: 'Every engine, and which strategies it runs.',
        value: Object.fromEntries(
          mev.engines.map(({ name, image, stopped, strategies }) => [
            name,
            { image, stopped, strategies: Object.fromEntries(strategies.map((one) => [one.name, one.mode])) },
          ]),
        ),
      });
  }

  /** cdktf resolves everything here, and again to write it, so that stacks can refer to each other. Environments never do. */
  override prepareStack(): void {}
}

/** Reports of plans read it, too: which versions there were, and which nodes are of one group. */
const told = ({
  group,
  programs,
  instance,
  pod,
  rpcUrl,
  wsUrl,
  beaconUrl,
  feedUrl,
  healthUrl,
  metricsTargets,
}: ChainNode): object => ({
  group,
  programs,
  ...(instance ? { instance: instance.instanceId } : {}),
  ...(pod ? { namespace: pod.namespace.name } : {}),
  ...(rpcUrl ? { rpc: rpcUrl } : {}),
  ...(wsUrl ? { ws: wsUrl } : {}),
  ...(beaconUrl ? { beacon: beaconUrl } : {}),
  ...(feedUrl ? { feed: feedUrl } : {}),
  health: healthUrl,
  metrics: metricsTargets.map(({ address, path }) => `http://${address}${path}`),
});
