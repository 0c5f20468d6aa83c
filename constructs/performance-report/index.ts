/** The report of what strategies did on a day: a page for people and a table, every night, in the archive. */
import { join } from 'node:path';
import { Release } from '@cdktf/provider-helm/lib/release';
import { Construct } from 'constructs';
import { TOOLS_IMAGE } from '../chain-node';
import { type Cluster, helmValues } from '../cluster';
import { PodRole } from '../cluster-services';
import { type Archive, type DataStores, LOGINS, PODS } from '../data-stores';
import { renderRules } from '../monitoring-stack';
import { reportAlerts, type WatchedReport } from './alerts';

export { reportAlerts, type WatchedReport } from './alerts';

export interface PerformanceReportProps {
  /**
   * Image with bash, curl and jq.
   *
   * @default - that of the tools' makers
   */
  readonly toolsImage?: string;
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  readonly data: DataStores;
  /** Where it goes. */
  readonly archive: Archive;
  /** Account of its role. */
  readonly accountId: string;
  /** Whether the cluster has the Prometheus operator, so that it is watched. */
  readonly monitored: boolean;
  /** Address below which the runbooks are. */
  readonly runbooks: string;
}

const NAME = 'performance-report';
/** Begin of its keys: `reports/performance/<year>/<month>/<day>.md`, and `.csv`. */
const PREFIX = 'reports/performance/';

/** A job a night that asks ClickHouse and writes to the bucket, with a role that reaches nothing else. On EKS alone, as the archive is. */
export class PerformanceReport extends Construct {
  readonly watched: WatchedReport;

  constructor(scope: Construct, id: string, props: PerformanceReportProps) {
    super(scope, id);
    const { environment, region, cluster, data, archive, accountId, monitored, runbooks } = props;
    if (cluster.eksName === undefined) throw new Error('only EKS gives the report a role to write with');
    const namespace = data.namespace.name;
    this.watched = { namespace, cronjob: NAME };
    const role = new PodRole(this, 'role', {
      name: `${environment}-mev-report`,
      description: `Reports of ${environment}: writes them`,
      region,
      accountId,
      clusterName: cluster.eksName,
      namespace,
      serviceAccount: NAME,
      statements: archive.statements(PREFIX),
    });
    const rules = renderRules(reportAlerts(this.watched), { environment, runbooks });
    new Release(this, 'Default', {
      name: NAME,
      namespace,
      chart: cluster.chart(NAME, join(__dirname, 'chart')),
      values: [
        helmValues({
          environment,
          image: props.toolsImage ?? TOOLS_IMAGE,
          clickhouse: {
            url: data.clickhouse.url,
            pods: PODS.clickhouse.labels,
            port: PODS.clickhouse.port,
            user: LOGINS.stores.user,
            secret: data.secretName,
            key: LOGINS.stores.property,
          },
          region,
          ...(monitored ? { rules: `${JSON.stringify(rules, null, 2)}\n` } : {}),
        }),
        // By itself, for Terraform fills it in: cdktf reads a text with such a name in it letter by letter.
        helmValues({ bucket: archive.bucketName }),
      ],
      atomic: true,
      cleanupOnFail: true,
      wait: true,
      timeout: 300,
      maxHistory: 5,
      dependsOn: [...data.ready, ...role.ready],
    });
  }
}
