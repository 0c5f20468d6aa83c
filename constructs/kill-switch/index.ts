/** What stops engines by an alert, without KEDA, and what they share beside it. */
import { join } from 'node:path';
import { Release } from '@cdktf/provider-helm/lib/release';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type Cluster, helmValues, type Namespace } from '../cluster';
import { NAMESPACE as MONITORING_NAMESPACE, type Rules } from '../monitoring-stack';
import { ARGO_EVENTS, ARGO_VALUES } from './argo-events';

/** Where engines are, and what stops them. */
export const NAMESPACE = 'mev-engines';
/** Store of their secrets, where External Secrets fills them. */
export const SECRET_STORE = 'mev-engines';
/** Where Alertmanager tells of an alert with `action: kill`, with a token. Argo Events calls the service of a source after it. */
export const KILL_SWITCH_URL = `http://mev-stop-eventsource-svc.${NAMESPACE}.svc.cluster.local:12000/stop`;

export interface KillSwitchProps {
  readonly region: string;
  readonly cluster: Cluster;
  /** Name of the secret that holds the token of Alertmanager; without a store, a Kubernetes secret with `token` in it. */
  readonly secret: string;
  /**
   * ARN of the role with which External Secrets reads the token and the secrets of all engines.
   *
   * @default - Kubernetes secrets of those names are there
   */
  readonly secretStoreRoleArn?: string;
  /** Rules over all engines, as they are rendered. */
  readonly rules: Rules;
  /**
   * Servers of the bus between alert and stop.
   *
   * @default 3
   */
  readonly busServers?: 1 | 3;
  /**
   * Class of their disks, of 1 GiB each.
   *
   * @default - the cluster's own
   */
  readonly storageClass?: string;
  /** What must be there before it: External Secrets, KEDA, monitoring. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * What all engines share: their namespace, in which nothing is reached by default; the switch by which alerts stop them, which works
 * without KEDA; their store of secrets; the rules over all of them.
 */
export class KillSwitch extends Construct {
  readonly namespace: Namespace;
  /** Whether External Secrets fills the secrets of engines. */
  readonly hasStore: boolean;
  /** What must be there before an engine. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: KillSwitchProps) {
    super(scope, id);
    const { cluster, region, secret, secretStoreRoleArn, rules, busServers = 3, storageClass, after } = props;
    this.hasStore = secretStoreRoleArn !== undefined;
    this.namespace = cluster.namespace(NAMESPACE, { podSecurity: 'restricted', access: 'clients' });
    const common = { namespace: NAMESPACE, atomic: true, cleanupOnFail: true, wait: true, maxHistory: 5 };
    const argo = new Release(this, 'argo-events', {
      ...common,
      name: 'argo-events',
      repository: ARGO_EVENTS.repository,
      chart: ARGO_EVENTS.chart,
      version: ARGO_EVENTS.version,
      values: [helmValues(ARGO_VALUES)],
      timeout: 600,
      dependsOn: [this.namespace.ready, ...after],
    });
    const release = new Release(this, 'Default', {
      ...common,
      name: 'mev-kill-switch',
      chart: cluster.chart('kill-switch', join(__dirname, 'chart')),
      values: [
        helmValues({
          token: { name: this.hasStore ? 'kill-switch' : secret, key: 'token', remote: secret },
          ...(secretStoreRoleArn === undefined ? {} : { secretStore: { region, role: secretStoreRoleArn } }),
          alertmanagerNamespace: MONITORING_NAMESPACE,
          bus: { replicas: busServers, ...(storageClass === undefined ? {} : { storageClass }) },
          rules: `${JSON.stringify(rules, null, 2)}\n`,
        }),
      ],
      timeout: 600,
      dependsOn: [argo],
    });
    this.ready = [release];
  }
}
