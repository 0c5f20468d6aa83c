/** Services that run in a cluster for others: installed only where something uses them, each with a narrow role of its own. */
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { Release } from '@cdktf/provider-helm/lib/release';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type Cluster, helmValues } from '../cluster';
import { PodRole } from './pod-role';
import { type EksPlace, SERVICES, type ServiceName } from './table';

export { PodRole, type PodRoleProps } from './pod-role';
export { SecretStoreRole, type SecretStoreRoleProps } from './secret-store';
export { EBS_SNAPSHOT_CLASS, SERVICES, type ServiceName, type Statement } from './table';

export interface ClusterServicesProps {
  /** Name of the environment; part of names that are unique in an account. */
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  /** Those that something uses, in any order; what they need comes with them. */
  readonly services: readonly ServiceName[];
  /**
   * The cluster's VPC.
   *
   * @default - none; aws-load-balancer-controller cannot be had then
   */
  readonly vpcId?: string;
}

/** How long Helm waits for a service to run, in seconds, before it takes it back. */
const TIMEOUT_SECONDS = 600;
/** Revisions of a release that Helm keeps to go back to. */
const MAX_HISTORY = 5;

/**
 * The services of a cluster: a namespace and a Helm release each, after those that it needs. On EKS also the role of its service
 * account. Nothing is defined when none is asked for. Throws when one is asked for where it cannot run.
 */
export class ClusterServices extends Construct {
  readonly #releases = new Map<ServiceName, Release>();
  readonly #roles = new Map<ServiceName, PodRole>();
  #account: DataAwsCallerIdentity | undefined;

  constructor(
    scope: Construct,
    id: string,
    readonly props: ClusterServicesProps,
  ) {
    super(scope, id);
    for (const name of props.services) this.#install(name);
  }

  /** Those that are there: what was asked for, and what that needs. */
  get installed(): readonly ServiceName[] {
    return [...this.#releases.keys()].sort();
  }

  /** What must be there before a service can be used. Throws when nobody asked for it. */
  ready(name: ServiceName): ITerraformDependable {
    const release = this.#releases.get(name);
    if (!release) throw new Error(`${name} is used and not installed; add it to the services of the cluster`);
    return release;
  }

  /** ARN of a service's role. Throws when it has none: it is not installed, needs none, or this is not EKS. */
  roleArn(name: ServiceName): string {
    const role = this.#roles.get(name);
    if (!role) throw new Error(`${name} has no role in AWS here; install it on a cluster of EKS`);
    return role.arn;
  }

  /** Account of the roles. */
  get accountId(): string {
    this.#account ??= new DataAwsCallerIdentity(this, 'account', {});
    return this.#account.accountId;
  }

  #install(name: ServiceName): Release {
    const known = this.#releases.get(name);
    if (known) return known;
    const { cluster } = this.props;
    const { chart, repository, version, namespace: inNamespace, podSecurity, needs = [], ...service } = SERVICES[name];
    if (service.eksOnly && cluster.eksName === undefined)
      throw new Error(
        `${name} runs on EKS alone, and this cluster is reached by a kubeconfig; leave it out and use what that cluster has`,
      );
    const before = needs.map((need) => this.#install(need));

    const scope = new Construct(this, name);
    const { ready: namespace } = cluster.namespace(inNamespace, { podSecurity });
    const place = this.#place();
    const values = { ...service.values, ...(place && service.onEks?.values?.(place)) };
    const release = new Release(scope, 'Default', {
      name,
      repository,
      chart,
      version,
      namespace: inNamespace,
      values: [helmValues(values)],
      atomic: true,
      cleanupOnFail: true,
      wait: true,
      timeout: TIMEOUT_SECONDS,
      maxHistory: MAX_HISTORY,
      dependsOn: [namespace, ...before, ...(place ? this.#identity(scope, name, place) : [])],
    });
    this.#releases.set(name, release);
    return release;
  }

  /** Undefined on a cluster that is not EKS. */
  #place(): EksPlace | undefined {
    const { environment, region, cluster, vpcId } = this.props;
    if (cluster.eksName === undefined) return undefined;
    const accountId = (): string => this.accountId;
    return {
      environment,
      region,
      clusterName: cluster.eksName,
      vpcId,
      // Asked of AWS only where a role depends on it.
      get accountId() {
        return accountId();
      },
    };
  }

  /** The role of a service's account: what must be there before its pods. */
  #identity(scope: Construct, name: ServiceName, place: EksPlace): readonly ITerraformDependable[] {
    const { onEks, namespace } = SERVICES[name];
    if (!onEks?.identity) return [];
    const { environment, region, accountId, clusterName } = place;
    const { serviceAccount, role: statements } = onEks.identity;
    const role = new PodRole(scope, 'role', {
      name: `${environment}-${name}`,
      description: `Pods of ${name} in the cluster of ${environment}`,
      region,
      accountId,
      clusterName,
      namespace,
      serviceAccount,
      statements: statements(place),
    });
    this.#roles.set(name, role);
    return role.ready;
  }
}
