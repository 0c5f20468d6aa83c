import { TerraformStack, Testing } from 'cdktf';
import { parse } from 'yaml';
import { CHAINS, clientsOf, everyProgram, type Hosting, processesOf } from '../../../constructs/chain-node/catalogue';
import { addressesOf } from '../../../constructs/chain-node/endpoints';
import { type WatchedNode, watchedNode } from '../../../constructs/chain-node/watched';
import { Cluster, type ClusterAccess } from '../../../constructs/cluster';
import {
  type ClickHouseSource,
  MonitoringStack,
  type MonitoringStackProps,
  type Receivers,
} from '../../../constructs/monitoring-stack';
import type { Watch } from '../../../constructs/monitoring-stack/watch';
import { programName } from '../../../tools/every-release';
import { type Json, resources } from '../../project';

/** Monitoring of every node that there can be, and what comes of it. */

export const EKS: ClusterAccess = { eks: 'main' };
export const LAPTOP: ClusterAccess = { kubeconfig: '~/.kube/config', context: 'kind' };

/** Every way to run a node that its makers let run where it is hosted so, each under a name of its own. */
const nodesOn = (hosting: Hosting): readonly WatchedNode[] =>
  CHAINS.flatMap(everyProgram)
    .filter((program) => {
      const { network, nodeType = 'full', p2p = 'outbound' } = program;
      const on = { network, nodeType, hosting, storage: 'ebs', p2p } as const;
      return clientsOf(program).every((client) => !client.cannot?.(on));
    })
    .map((program) => {
      const id = `${programName(program)}-${hosting}`.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
      const host = hosting === 'instance' ? `${id}.test.internal` : `${id}.blockchain.svc.cluster.local`;
      const processes = processesOf(program, 14_336);
      return watchedNode(id, program, {
        group: `${program.chain.id}-${program.network}`,
        hosting,
        processes,
        metricsTargets: addressesOf(processes, host).metricsTargets,
        ...(hosting === 'instance' ? { host } : {}),
      });
    });

export const WATCH: Watch = {
  environment: 'test',
  diskUsedPercent: 85,
  nodes: [...nodesOn('instance'), ...nodesOn('kubernetes')],
};

/** One node of each hosting, which shows what hundreds would. */
export const FEW: Watch = {
  ...WATCH,
  nodes: (['instance', 'kubernetes'] as const).flatMap((hosting) =>
    WATCH.nodes.filter((node) => node.hosting === hosting).slice(0, 1),
  ),
};

export const RECEIVERS: Receivers = {
  slack: { secret: 'alerts/slack', channel: '#alerts', channels: { platform: '#platform' } },
  pagerduty: { secret: 'alerts/pager', teams: { chains: 'alerts/pager-chains' } },
  webhook: { secret: 'alerts/hook' },
  sns: { topicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms' },
  deadMansSwitch: { secret: 'alerts/dead-mans-switch' },
};

/** ClickHouse, and who reads it. */
export const CLICKHOUSE: ClickHouseSource = {
  host: 'clickhouse.example.svc.cluster.local',
  port: 8123,
  user: 'readers',
  secret: 'test/data',
  property: 'clickhouse-readers',
};

export const RULES = {
  groups: [
    {
      name: 'host',
      rules: [
        {
          alert: 'HostDown',
          expr: 'up{job="node-exporter"} == 0',
          for: '2m',
          labels: { severity: 'critical', team: 'platform' },
          annotations: { summary: '{{ $labels.node }} is away ${x}' },
        },
      ],
    },
  ],
};

export const HOST_LOGS = { sourceRanges: ['10.0.0.0/16'], hostname: 'logs.test.internal', zoneId: 'Z1' };

export type Change = Partial<MonitoringStackProps> & { readonly access?: ClusterAccess };

/** What Terraform reads. */
export function synthesized({ access = EKS, ...change }: Change = {}): Json {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const cluster = new Cluster(stack, 'cluster', { access });
  new MonitoringStack(stack, 'monitoring', {
    environment: 'test',
    region: 'eu-central-1',
    cluster,
    watch: FEW,
    rules: RULES,
    dashboards: [{ uid: 'node', title: 'Node', folder: 'Nodes', json: '{"title": "${node} {{chain}}"}' }],
    retention: { seconds: 30 * 86_400, sizeGiB: 200 },
    receivers: 'eks' in access ? RECEIVERS : {},
    logRetentionSeconds: 14 * 86_400,
    grafanaAdminSecret: 'eks' in access ? 'grafana/admin' : 'grafana-admin',
    ...('eks' in access ? { secretStoreRoleArn: 'arn:aws:iam::111122223333:role/test/secret-stores/monitoring' } : {}),
    ...change,
  });
  return JSON.parse(Testing.synth(stack));
}

/** The same as resources by address. */
export const define = (change: Change = {}): Readonly<Record<string, Json>> => resources(synthesized(change));

/** Releases of Helm by name. */
export const releases = (all: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([address]) => address.startsWith('helm_release.'))
      .map(([, body]) => [body.name, body]),
  );

/** What a release tells its chart, as Helm reads it once Terraform has read it. */
export const valuesOf = (release: Json): Json =>
  parse(release.values[0].replaceAll('$${', '${').replaceAll('%%{', '%{'));
