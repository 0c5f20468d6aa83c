/** Monitoring of an environment that has a cluster: metrics, alerts and who is told, dashboards, and logs where they are asked for. */
import { join } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Release } from '@cdktf/provider-helm/lib/release';
import { DataKubernetesServiceV1 } from '@cdktf/provider-kubernetes/lib/data-kubernetes-service-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { TOOLS_IMAGE } from '../chain-node';
import { type Cluster, helmValues } from '../cluster';
import { PodRole } from '../cluster-services';
import type { Inhibition } from './alerts/inhibitions';
import { AGENTS_NAMESPACE, CHARTS, type ChartName, NAMESPACE, type Values } from './charts';
import type { Dashboard } from './dashboards';
import { defineDashboards } from './dashboards/config-maps';
import {
  ALERTMANAGER_ACCOUNT,
  ALERTMANAGER_URL,
  type ClickHouseSource,
  GRAFANA_ROLE,
  GRAFANA_URL,
  kubePrometheusStackValues,
  PLUGIN_SCRIPT,
  PROMETHEUS_URL,
  type Retention,
  type Rules,
} from './kube-prometheus-stack';
import { LogBucket } from './log-bucket';
import {
  ECK_NAMESPACE,
  eckOperatorValues,
  elasticStackValues,
  LOKI_ACCOUNT,
  LOKI_URL,
  type LogStore,
  lifecycleValues,
  logReceiverValues,
  lokiRetentionSeconds,
  lokiValues,
  podBeatsValues,
  podLogsValues,
  RECEIVER_LABELS,
  RECEIVER_PORTS,
} from './logs';
import type { Receivers } from './routing';
import { clickhouseSecret, grafanaSecret, type Naming, naming, receiverSecrets } from './secrets';
import type { Watch } from './watch';

export { alertsOf, INHIBITIONS, renderRules, renderSuites } from './alerts';
export type { Inhibition } from './alerts/inhibitions';
export type { Alert, AlertCase, Severity } from './alerts/model';
export { anyOf, DAY, duration, fires, type Labels, missing, type Series, select, silent } from './alerts/parts';
export { AGENTS_NAMESPACE, NAMESPACE } from './charts';
export { type Dashboard, dashboards, dataDashboards, mevDashboards } from './dashboards';
export { dashboardsPage } from './dashboards/outline';
export { type HostAgentProps, hostAgentFiles } from './host-agent';
export {
  ALERTMANAGER_URL,
  type ClickHouseSource,
  DATASOURCES,
  GRAFANA_URL,
  PROMETHEUS_URL,
  type Retention,
  type Rules,
} from './kube-prometheus-stack';
export type { LogStore } from './logs';
export { HOST_DOWN, NODE_DOWN, type Receivers, WATCHDOG } from './routing';
export { JOBS, SCRAPE_SECONDS } from './scrape';
export type { Watch } from './watch';

/** Where hosts outside the cluster send their logs. */
export interface HostLogs {
  /** IPv4 ranges that may write; the subnets of the load balancer are in them, for its checks of health come from there. */
  readonly sourceRanges: readonly string[];
  /** The name that hosts use, in this zone; known when their releases are rendered. */
  readonly hostname: string;
  readonly zoneId: string;
}

export interface MonitoringStackProps {
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  readonly watch: Watch;
  /** Rules, as they are rendered. */
  readonly rules: Rules;
  readonly dashboards: readonly Dashboard[];
  /** How long and on how much disk Prometheus keeps samples. */
  readonly retention: Retention;
  /**
   * Class of its disks.
   *
   * @default - the cluster's own
   */
  readonly storageClass?: string;
  /**
   * How many of Prometheus and Alertmanager there are. With two, Elasticsearch has three nodes and Logstash two.
   *
   * @default 1
   */
  readonly replicas?: 1 | 2;
  readonly receivers: Receivers;
  /**
   * Causes and what follows from them, which is not told while they are; beside a host, a node, and what is critical.
   *
   * @default - those alone
   */
  readonly inhibitions?: readonly Inhibition[];
  /**
   * Where logs go.
   *
   * @default - nowhere; `kubectl logs` and the journals of hosts have them
   */
  readonly logs?: LogStore;
  /** How long logs are kept, where they go somewhere; in Loki for a day at least. */
  readonly logRetentionSeconds: number;
  /**
   * GiB of disk for logs: of each node of Elasticsearch, or of Loki. In EKS, Loki's lie in a bucket and this is for what is not yet there.
   *
   * @default - 10 beside a bucket, 100 else
   */
  readonly logSizeGiB?: number;
  /**
   * Hosts ship theirs as well; on EKS with the AWS Load Balancer Controller.
   *
   * @default - pods alone
   */
  readonly hostLogs?: HostLogs;
  /**
   * ARN of the key that encrypts the bucket of logs.
   *
   * @default - the key that S3 manages
   */
  readonly logKmsKeyArn?: string;
  /**
   * ClickHouse, which Grafana reads with a plugin that is fetched when it starts.
   *
   * @default - there is none
   */
  readonly clickhouse?: ClickHouseSource;
  /** Secret with the password of `admin` in Grafana. Without a store it holds `admin-user` and `admin-password`. */
  readonly grafanaAdminSecret: string;
  /**
   * ARN of the role with which External Secrets (external-secrets.io/v1) fills the Kubernetes Secrets from AWS Secrets Manager: a whole
   * secret is one URL, key or password. Its secrets are `monitoringSecrets(…)`.
   *
   * @default - Secrets of those names are in the namespace `monitoring`, with `url` or, for PagerDuty, `key`
   */
  readonly secretStoreRoleArn?: string;
  /**
   * Further namespaces whose pods may ask Prometheus, such as that of KEDA.
   *
   * @default - none but monitoring's own
   */
  readonly readers?: readonly string[];
  /**
   * What must be there before it, such as External Secrets.
   *
   * @default - nothing but its namespaces
   */
  readonly after?: readonly ITerraformDependable[];
}

/** How long Helm waits until everything runs, in seconds: disks are made, images of some hundred MB are fetched. */
const TIMEOUT_SECONDS = 900;
/** Elasticsearch beside that: its nodes form a cluster, and a job tells them how long to keep logs. */
const LIFECYCLE_TIMEOUT_SECONDS = 1500;

/** Names of the secrets that a store must be able to read, each once. */
export const monitoringSecrets = (
  receivers: Receivers,
  grafanaAdminSecret: string,
  clickhouse?: ClickHouseSource,
): readonly string[] =>
  [
    ...new Set([
      grafanaAdminSecret,
      ...receiverSecrets(receivers, naming(true)).map(({ remote }) => remote),
      ...(clickhouse ? [clickhouse.secret] : []),
    ]),
  ].sort();

/**
 * kube-prometheus-stack, and, where logs are asked for, Loki with Alloy or Elasticsearch with Kibana, Logstash and Filebeat. What
 * nobody may see from outside is seen by `kubectl port-forward`: there is no way in but that of logs of hosts.
 *
 * Pods that read their machine are in a namespace of their own, and everything else is `restricted`. Throws for dashboards that do not
 * fit, secrets that are no names, and what only EKS has, elsewhere.
 */
export class MonitoringStack extends Construct {
  /** In the cluster, for pods of its own namespaces and of `readers`. */
  readonly prometheusUrl = PROMETHEUS_URL;
  readonly alertmanagerUrl = ALERTMANAGER_URL;
  readonly grafanaUrl = GRAFANA_URL;
  /** What it watches. */
  readonly watch: Watch;
  /** What must be there before anything brings a ServiceMonitor: its definition does. */
  readonly ready: Release;
  #account: DataAwsCallerIdentity | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitoringStackProps,
  ) {
    super(scope, id);
    this.watch = props.watch;
    const { environment, region, cluster, receivers, logs, hostLogs, secretStoreRoleArn } = props;
    if (hostLogs && logs === undefined)
      throw new Error('hosts would ship their logs, and nothing keeps them; give logs, or leave hostLogs out');
    if (hostLogs && cluster.eksName === undefined)
      throw new Error('logs of hosts come by a load balancer of EKS, and this is none; leave hostLogs out');
    const clusterName = cluster.eksName ?? environment;
    const named = naming(secretStoreRoleArn !== undefined);

    const namespace = cluster.namespace(NAMESPACE, { podSecurity: 'restricted', access: 'monitoring' });
    const agents = cluster.namespace(AGENTS_NAMESPACE, { podSecurity: 'privileged' });
    const before = [namespace.ready, agents.ready, ...(props.after ?? [])];
    const objects = this.#own('objects', NAMESPACE, this.#objects(named), before);

    const values = kubePrometheusStackValues({
      environment,
      region,
      clusterName,
      watch: props.watch,
      rules: props.rules,
      retention: props.retention,
      ...(props.storageClass === undefined ? {} : { storageClass: props.storageClass }),
      receivers,
      ...(props.inhibitions === undefined ? {} : { inhibitions: props.inhibitions }),
      grafanaAdminSecret: props.grafanaAdminSecret,
      naming: named,
      replicas: props.replicas ?? 1,
      lokiUrl: logs === 'loki' ? LOKI_URL : undefined,
      ...(props.clickhouse ? { clickhouse: props.clickhouse } : {}),
    });
    const role =
      receivers.sns && cluster.eksName !== undefined
        ? new PodRole(this, 'alertmanager-role', {
            name: `${environment}-alertmanager`,
            description: `Alertmanager of ${environment}: tells its topic`,
            region,
            accountId: this.#accountId,
            clusterName: cluster.eksName,
            namespace: NAMESPACE,
            serviceAccount: ALERTMANAGER_ACCOUNT,
            statements: [{ Sid: 'Tell', Effect: 'Allow', Action: ['sns:Publish'], Resource: [receivers.sns.topicArn] }],
          })
        : undefined;
    const stack = this.#chart('kube-prometheus-stack', 'kube-prometheus-stack', NAMESPACE, values, [
      objects,
      ...(role?.ready ?? []),
    ]);
    this.ready = stack;
    defineDashboards(this, { namespace, dashboards: props.dashboards });

    if (logs === 'loki') this.#loki(stack);
    if (logs === 'elasticsearch') this.#elasticsearch(stack);
    if (hostLogs) this.#hostLogs(hostLogs, objects);
  }

  /** Asked of AWS only where a role depends on it. */
  get #accountId(): string {
    this.#account ??= new DataAwsCallerIdentity(this, 'account', {});
    return this.#account.accountId;
  }

  /** Everything of its own that belongs to the namespaces. */
  #objects(named: Naming): Values {
    const { region, receivers, logs, hostLogs, grafanaAdminSecret, secretStoreRoleArn, readers = [] } = this.props;
    const { clickhouse } = this.props;
    return {
      ...(secretStoreRoleArn === undefined
        ? {}
        : {
            secretStore: { region, role: secretStoreRoleArn },
            secrets: [
              ...receiverSecrets(receivers, named),
              ...(clickhouse ? [clickhouseSecret(clickhouse, named)] : []),
            ].map((secret) => ({ ...secret })),
            login: { ...grafanaSecret(grafanaAdminSecret, named) },
          }),
      configMapReader: GRAFANA_ROLE,
      ...(clickhouse ? { grafanaPlugin: PLUGIN_SCRIPT } : {}),
      reach: {
        namespaces: [NAMESPACE, AGENTS_NAMESPACE, ...(logs === 'elasticsearch' ? [ECK_NAMESPACE] : []), ...readers],
        agents: AGENTS_NAMESPACE,
      },
      ...(hostLogs && logs
        ? {
            logReceiver: {
              enabled: true,
              port: RECEIVER_PORTS[logs],
              sourceRanges: hostLogs.sourceRanges,
              selector: RECEIVER_LABELS[logs],
            },
          }
        : {}),
    };
  }

  #loki(stack: ITerraformDependable): void {
    const { environment, region, cluster, logRetentionSeconds, storageClass, hostLogs, logKmsKeyArn } = this.props;
    const { eksName } = cluster;
    const bucket =
      eksName === undefined
        ? undefined
        : new LogBucket(this, 'log-bucket', {
            bucketPrefix: `${environment}-logs-`,
            retentionSeconds: lokiRetentionSeconds(logRetentionSeconds),
            ...(logKmsKeyArn === undefined ? {} : { kmsKeyArn: logKmsKeyArn }),
          });
    const role =
      bucket && eksName !== undefined
        ? new PodRole(this, 'loki-role', {
            name: `${environment}-loki`,
            description: `Loki of ${environment}: its bucket`,
            region,
            accountId: this.#accountId,
            clusterName: eksName,
            namespace: NAMESPACE,
            serviceAccount: LOKI_ACCOUNT,
            statements: bucket.statements,
          })
        : undefined;
    const values = lokiValues({
      retentionSeconds: logRetentionSeconds,
      ...(bucket ? { bucket: { name: bucket.bucketName, region } } : {}),
      sizeGiB: this.props.logSizeGiB ?? (bucket ? 10 : 100),
      ...(storageClass === undefined ? {} : { storageClass }),
    });
    const loki = this.#chart('loki', 'loki', NAMESPACE, values, [stack, ...(role?.ready ?? [])]);
    this.#chart('alloy', 'alloy', AGENTS_NAMESPACE, podLogsValues(environment), [loki]);
    if (hostLogs) this.#chart('log-receiver', 'alloy', NAMESPACE, logReceiverValues(environment), [loki]);
  }

  #elasticsearch(stack: ITerraformDependable): void {
    const { environment, cluster, logRetentionSeconds, storageClass, replicas = 1, logSizeGiB = 100 } = this.props;
    const nodes = replicas === 2 ? 3 : 1;
    const { ready } = cluster.namespace(ECK_NAMESPACE, { podSecurity: 'restricted' });
    const operator = this.#chart('eck-operator', 'eck-operator', ECK_NAMESPACE, eckOperatorValues(), [ready, stack]);
    const elastic = this.#chart(
      'elastic-stack',
      'eck-stack',
      NAMESPACE,
      elasticStackValues({
        environment,
        nodes,
        sizeGiB: logSizeGiB,
        ...(storageClass === undefined ? {} : { storageClass }),
      }),
      [operator],
    );
    this.#own(
      'log-lifecycle',
      NAMESPACE,
      { lifecycle: { ...lifecycleValues(logRetentionSeconds, nodes), image: TOOLS_IMAGE } },
      [elastic],
    );
    this.#chart('filebeat', 'eck-stack', AGENTS_NAMESPACE, podBeatsValues(), [elastic]);
  }

  /** A name that stays, whatever the load balancer is called. */
  #hostLogs({ hostname, zoneId }: HostLogs, objects: Release): void {
    const service = new DataKubernetesServiceV1(this, 'log-receiver-service', {
      metadata: { name: 'monitoring-objects-logs', namespace: NAMESPACE },
      dependsOn: [objects],
    });
    new Route53Record(this, 'log-receiver-name', {
      zoneId,
      name: hostname,
      type: 'CNAME',
      ttl: 60,
      records: [service.status.get(0).loadBalancer.get(0).ingress.get(0).hostname],
    });
  }

  #chart(
    name: string,
    chartName: ChartName,
    namespace: string,
    values: Values,
    dependsOn: readonly ITerraformDependable[],
  ): Release {
    const { chart, repository, version } = CHARTS[chartName];
    return this.#release(name, namespace, values, dependsOn, { repository, chart, version });
  }

  /** A release of the chart of this folder. */
  #own(name: string, namespace: string, values: Values, dependsOn: readonly ITerraformDependable[]): Release {
    const chart = this.props.cluster.chart('monitoring-stack', join(__dirname, 'chart'));
    return this.#release(name, namespace, values, dependsOn, { chart });
  }

  #release(
    name: string,
    namespace: string,
    values: Values,
    dependsOn: readonly ITerraformDependable[],
    chart: { readonly chart: string; readonly repository?: string; readonly version?: string },
  ): Release {
    const jobs = 'lifecycle' in values;
    return new Release(this, name, {
      // Its own objects are told from those of others by it.
      name: chart.version === undefined ? `monitoring-${name}` : name,
      namespace,
      ...chart,
      values: [helmValues(values)],
      atomic: true,
      cleanupOnFail: true,
      wait: true,
      waitForJobs: jobs,
      timeout: jobs ? LIFECYCLE_TIMEOUT_SECONDS : TIMEOUT_SECONDS,
      maxHistory: 5,
      dependsOn: [...dependsOn],
    });
  }
}
