/** The Kubernetes cluster that an environment stands on: namespaces, and who may reach whom between them. */
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { ResourceQuotaV1 } from '@cdktf/provider-kubernetes/lib/resource-quota-v1';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';

export { helmValues } from './helm-values';

/** A cluster by its name in EKS, or by a file of credentials and a context in it: a laptop's, another cloud's. */
export type ClusterAccess = { readonly eks: string } | { readonly kubeconfig: string; readonly context: string };

/**
 * What pods of a namespace may ask for (Kubernetes, Pod Security Standards, v1.34): `restricted` lets them have next to
 * nothing; `privileged` is for pods whose need is named where they are.
 */
export type PodSecurity = 'restricted' | 'baseline' | 'privileged';

/**
 * The label that says what pods of a namespace may reach: `clients`, ports that serve users of a node; `monitoring`, those
 * that are scraped as well. Network policies select by it, and pods of namespaces without it reach neither.
 */
export const ACCESS_LABEL = 'chain-nodes.io/access';
export type Access = 'clients' | 'monitoring';

export interface ClusterProps {
  readonly access: ClusterAccess;
}

/** The cluster of an environment. It is found, not defined: nothing here makes or changes one. */
export class Cluster extends Construct {
  /** Its name in EKS; undefined for a cluster that is reached by a file of credentials. */
  readonly eksName: string | undefined;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #charts = new Map<string, TerraformAsset>();

  constructor(scope: Construct, id: string, { access }: ClusterProps) {
    super(scope, id);
    this.eksName = 'eks' in access ? access.eks : undefined;
  }

  /** A namespace of this environment; defined once, by whoever asks first. Throws when it is asked for in two ways. */
  namespace(name: string, props: NamespaceProps): Namespace {
    const known = this.#namespaces.get(name);
    if (known) {
      if (known.podSecurity !== props.podSecurity || known.access !== props.access)
        throw new Error(`the namespace ${name} is asked for in two ways; give it one pod security and one access`);
      return known;
    }
    const namespace = new Namespace(this, name, { name, ...props });
    this.#namespaces.set(name, namespace);
    return namespace;
  }

  /** Where Terraform finds a chart of this project: a copy in the stack, named by its content. */
  chart(name: string, folder: string): string {
    let chart = this.#charts.get(name);
    if (!chart) {
      chart = new TerraformAsset(this, `chart-${name}`, { path: folder, type: AssetType.DIRECTORY });
      this.#charts.set(name, chart);
    }
    return `./${chart.path}`;
  }
}

export interface NamespaceProps {
  readonly podSecurity: PodSecurity;
  /**
   * What its pods may reach of others.
   *
   * @default - nothing that a network policy guards
   */
  readonly access?: Access;
  /**
   * What its pods and claims may ask for together.
   *
   * @default - no limit
   */
  readonly quota?: Quota;
}

/** Cores, MiB of memory and GiB of disk; what is not given has no limit. */
export interface Quota {
  readonly cpu?: number;
  readonly memoryMiB?: number;
  readonly storageGiB?: number;
}

/** Version of the standards that `podSecurity` means; a newer cluster does not make them stricter by itself. */
const POD_SECURITY_VERSION = 'v1.34';

/** A namespace with its pod security, which admission enforces. */
export class Namespace extends Construct {
  readonly name: string;
  readonly podSecurity: PodSecurity;
  readonly access: Access | undefined;
  /** What must be there before anything can be put into it. */
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: NamespaceProps & { readonly name: string }) {
    super(scope, id);
    const { name, podSecurity, access, quota } = props;
    this.name = name;
    this.podSecurity = podSecurity;
    this.access = access;
    this.ready = new NamespaceV1(this, 'Default', {
      metadata: {
        name,
        labels: {
          'pod-security.kubernetes.io/enforce': podSecurity,
          'pod-security.kubernetes.io/enforce-version': POD_SECURITY_VERSION,
          'pod-security.kubernetes.io/warn': 'restricted',
          'pod-security.kubernetes.io/warn-version': POD_SECURITY_VERSION,
          ...(access === undefined ? {} : { [ACCESS_LABEL]: access }),
        },
      },
    });
    if (quota) {
      const hard = {
        'requests.cpu': quota.cpu && String(quota.cpu),
        'requests.memory': quota.memoryMiB && `${quota.memoryMiB}Mi`,
        'requests.storage': quota.storageGiB && `${quota.storageGiB}Gi`,
      };
      new ResourceQuotaV1(this, 'quota', {
        metadata: { name, namespace: name },
        spec: { hard: Object.fromEntries(Object.entries(hard).flatMap(([key, most]) => (most ? [[key, most]] : []))) },
        dependsOn: [this.ready],
      });
    }
  }
}
