import { DataAwsKmsKey } from '@cdktf/provider-aws/lib/data-aws-kms-key';
import { TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { AlarmTopic } from '../constructs/alarm-topic';
import {
  builderName,
  ChainNode,
  HostFiles,
  MachineImages,
  NodeGroup,
  type NodePlatform,
} from '../constructs/chain-node';
import { Network } from '../constructs/network';
import { Backups, NodeBackup } from '../constructs/node-backup';
import { ProgramBuilder } from '../constructs/program-builder';
import { ReleaseStore } from '../constructs/release-store';
import type { Environment } from '../environments/environment';
import { l1Upstreams, ownZoneName } from './addresses';
import { awsProvider } from './provider';
import { stateBackend } from './state';

/** One environment, whole: what it stands on, its nodes, the groups that releases roll through, what builds their programs, and their backups. */
export class EnvironmentStack extends TerraformStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, environment.name);
    const { name, region, network: settings, kmsKey } = environment;
    stateBackend(this, environment);
    awsProvider(this, environment);

    const kmsKeyArn = kmsKey && new DataAwsKmsKey(this, 'disk-key', { keyId: kmsKey }).arn;
    const key = kmsKeyArn ? { kmsKeyArn } : {};
    const network = new Network(this, 'network', { ...settings, ownZoneName: ownZoneName(name) });
    const releases = new ReleaseStore(this, 'releases', { bucketPrefix: `${name}-node-releases-`, ...key });
    const hostFiles = new HostFiles(this, 'host-files', { releases });
    const images = new MachineImages(this, 'images');
    const { topicArn: alarmTopicArn } = new AlarmTopic(this, 'alarms', {
      name: `${name}-chain-alarms`,
      emails: environment.alarms.emails,
    });
    const { protect, logging: journal } = environment;
    const platform: NodePlatform = {
      environment: name,
      region,
      network,
      releases,
      hostFiles,
      images,
      alarmTopicArn,
      diskUsedPercent: environment.alarms.diskUsedPercent,
      protect,
      journal,
      ...key,
    };

    const byId = new Map<string, ChainNode>();
    // Layer-1 nodes first: the others are told their addresses.
    for (const { id, backup, l1, ...node } of [...environment.nodes].sort((a, b) => Number(!!a.l1) - Number(!!b.l1))) {
      byId.set(
        id,
        new ChainNode(this, id, {
          ...node,
          hosting: 'instance',
          platform,
          ...(l1 ? { upstreams: l1Upstreams(node, l1, (l1Node) => byId.get(l1Node)) } : {}),
          ...(backup && environment.backup ? { backup: environment.backup } : {}),
        }),
      );
    }
    const nodes = environment.nodes.flatMap(({ id }) => byId.get(id) ?? []);
    for (const group of new Set(nodes.map((node) => node.group))) {
      new NodeGroup(this, group, { environment: name, nodes: nodes.filter((node) => node.group === group) });
    }

    const built = new Map(
      nodes.flatMap(({ programs, architecture }) =>
        programs
          .filter(({ source }) => source.kind === 'build')
          .map((program) => [program.key, { program, architecture }] as const),
      ),
    );
    for (const [key, { program, architecture }] of built) {
      new ProgramBuilder(this, `build-${key}`, { environment: name, program, architecture, releases });
    }
    if (built.size > 0) {
      new TerraformOutput(this, 'programs', {
        description: 'Programs that nobody publishes, each with the command that builds it; once for each version.',
        value: Object.fromEntries(
          [...built].map(([key, { program }]) => [
            key,
            `aws codebuild start-build --region ${region} --project-name ${builderName(name, program)}`,
          ]),
        ),
      });
    }
    if (environment.backup) {
      const backups = new Backups(this, 'backups', { environment: name, region, alarmTopicArn, ...environment.backup });
      for (const node of nodes.filter(({ backupDocument }) => backupDocument !== undefined)) {
        new NodeBackup(backups, node.node.id, { backups, node, tags: environment.tags });
      }
    }

    new TerraformOutput(this, 'nodes', {
      description: 'Every node and how it is reached from inside the network.',
      value: Object.fromEntries(
        nodes.map(({ node, rpcUrl, wsUrl, beaconUrl, feedUrl, healthUrl, metricsTargets, instanceId }) => [
          node.id,
          {
            instance: instanceId,
            ...(rpcUrl ? { rpc: rpcUrl } : {}),
            ...(wsUrl ? { ws: wsUrl } : {}),
            ...(beaconUrl ? { beacon: beaconUrl } : {}),
            ...(feedUrl ? { feed: feedUrl } : {}),
            health: healthUrl,
            metrics: metricsTargets.map(({ address, path }) => `http://${address}${path}`),
          },
        ]),
      ),
    });
  }
}
