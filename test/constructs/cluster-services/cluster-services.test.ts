import { TerraformStack, Testing, Token } from 'cdktf';
import { parse } from 'yaml';
import { Cluster, type ClusterAccess, helmValues } from '../../../constructs/cluster';
import { ClusterServices, type ClusterServicesProps, EBS_SNAPSHOT_CLASS } from '../../../constructs/cluster-services';
import { SERVICES, type ServiceName } from '../../../constructs/cluster-services/table';
import { type Json, resources } from '../../project';
import { ofType } from '../platform';

const EKS: ClusterAccess = { eks: 'main' };
const LAPTOP: ClusterAccess = { kubeconfig: '~/.kube/config', context: 'kind' };
const ALL = Object.keys(SERVICES) as ServiceName[];

/** What Terraform reads of a cluster with these services. */
function synthesized(
  services: readonly ServiceName[],
  { access = EKS, ...change }: Partial<ClusterServicesProps> & { readonly access?: ClusterAccess } = {},
  use: (services: ClusterServices) => void = () => {},
): Json {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const cluster = new Cluster(stack, 'cluster', { access });
  use(
    new ClusterServices(stack, 'services', {
      environment: 'test',
      region: 'eu-central-1',
      cluster,
      services,
      vpcId: 'vpc-1',
      ...change,
    }),
  );
  return JSON.parse(Testing.synth(stack));
}

/** The same as resources by address. */
const installed = (...asked: Parameters<typeof synthesized>): Readonly<Record<string, Json>> => {
  const stack = synthesized(...asked);
  return stack.resource ? resources(stack) : {};
};

/** One resource of a service, by its type, with its address. */
function one(all: Readonly<Record<string, Json>>, type: string, name: string): readonly [address: string, body: Json] {
  const found = Object.entries(all).filter(([address]) => address.startsWith(`${type}.services_${name}_`));
  expect([type, name, found.length]).toEqual([type, name, 1]);
  return found[0] as [string, Json];
}
const release = (all: Readonly<Record<string, Json>>, name: string): Json =>
  ofType(all, 'helm_release').find((body) => body.name === name);
const names = (all: Readonly<Record<string, Json>>, type: string): string[] =>
  ofType(all, type)
    .map(({ name }) => name)
    .sort();

describe('services are installed', () => {
  test('where something uses them: nothing asked, nothing there', () => {
    for (const access of [EKS, LAPTOP]) {
      const stack = synthesized([], { access });
      expect(stack.resource).toBeUndefined();
      expect(stack.data).toBeUndefined();
    }
  });

  test('as asked, and nothing beside', () => {
    const all = installed(['keda']);
    expect(names(all, 'helm_release')).toEqual(['keda']);
    expect(ofType(all, 'aws_iam_role')).toEqual([]);
  });

  test('with what they need, after it', () => {
    const all = installed(['aws-load-balancer-controller']);
    expect(names(all, 'helm_release')).toEqual(['aws-load-balancer-controller', 'cert-manager']);
    const [certManager] = one(all, 'helm_release', 'cert-manager');
    expect(release(all, 'aws-load-balancer-controller').depends_on).toContain(certManager);
  });

  test('once, in whatever order they are asked for', () => {
    const orders: ServiceName[][] = [
      ['cert-manager', 'aws-load-balancer-controller'],
      ['aws-load-balancer-controller', 'cert-manager', 'cert-manager'],
    ];
    const [one, other] = orders.map((order) => installed(order));
    expect(one).toEqual(other);
    expect(names(one ?? {}, 'helm_release')).toEqual(['aws-load-balancer-controller', 'cert-manager']);
  });

  test('each from its repository, at its version, taken back when it fails', () => {
    const all = installed(ALL);
    expect(names(all, 'helm_release')).toEqual([...ALL].sort());
    for (const name of ALL) {
      const { chart, repository, version, namespace } = SERVICES[name];
      expect(release(all, name)).toMatchObject({
        chart,
        repository,
        version,
        namespace,
        atomic: true,
        cleanup_on_fail: true,
        wait: true,
        timeout: 600,
        max_history: 5,
      });
      expect(release(all, name)).not.toHaveProperty('set');
      expect(release(all, name)).not.toHaveProperty('create_namespace');
    }
  });

  test('each in a namespace that lets its pods have next to nothing, after it', () => {
    const all = installed(ALL);
    for (const name of ALL) {
      const { namespace } = SERVICES[name];
      const [address, body] =
        Object.entries(all).find(
          ([address, { metadata }]) => address.startsWith('kubernetes_namespace_v1.') && metadata.name === namespace,
        ) ?? [];
      expect(body.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
      expect(release(all, name).depends_on).toContain(address);
    }
  });

  test('in namespaces of their own, none of the cluster itself', () => {
    for (const { namespace } of Object.values(SERVICES)) expect(namespace).not.toMatch(/^(default|kube-.*)$/);
  });
});

describe('the table', () => {
  const everyText = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value
        ? Object.values(value).flatMap(everyText)
        : [];

  test('pins versions', () => {
    for (const { version } of Object.values(SERVICES)) expect(version).toMatch(/^v?\d+\.\d+\.\d+$/);
  });

  test('says where each was read', () => {
    for (const { source } of Object.values(SERVICES))
      expect(source).toMatch(/^\S+\/\S+, (tag|commit) \S+, .+, \d{4}-\d\d-\d\d$/);
  });

  test('leaves images to the charts', () => {
    for (const { values, repository } of Object.values(SERVICES)) {
      expect(repository).toMatch(/^https:\/\//);
      expect([repository, ...everyText(values)].join(' ')).not.toMatch(/latest|bitnami/);
      expect(JSON.stringify(values)).not.toMatch(/"(tag|repository|registry)":/);
    }
  });

  test('gives the service account of a role to the pods that have it', () => {
    const withRole = Object.values(SERVICES).filter(({ onEks }) => onEks?.identity);
    expect(withRole).toHaveLength(2);
    for (const { values, onEks } of withRole)
      expect(values.serviceAccount).toEqual({ name: onEks?.identity?.serviceAccount });
  });
});

describe('values', () => {
  const valuesOf = (all: Readonly<Record<string, Json>>, name: ServiceName): Json => {
    expect(release(all, name).values).toHaveLength(1);
    return parse(release(all, name).values[0]);
  };

  test('reach Helm as the table has them', () => {
    const all = installed(ALL);
    for (const name of ALL) expect(valuesOf(all, name)).toMatchObject(SERVICES[name].values);
  });

  test('tell the load balancer controller where it is, and keep it to Services that ask for it', () => {
    expect(valuesOf(installed(ALL), 'aws-load-balancer-controller')).toMatchObject({
      clusterName: 'main',
      region: 'eu-central-1',
      vpcId: 'vpc-1',
      enableServiceMutatorWebhook: false,
    });
  });

  test('are texts to YAML, whatever Terraform puts into them', () => {
    const text = helmValues({ id: Token.asString({ resolve: () => '1e3' }), on: true, count: 2, list: ['no', 1] });
    const filled = text.replace(/\$\{TfToken\[[^\]]*\]\}/, '1e3');
    expect(parse(filled)).toEqual({ id: '1e3', on: true, count: 2, list: ['no', 1] });
  });

  test('begin no template of Terraform', () => {
    expect(parse(helmValues({ a: { b: ['${x}', '%{y}', '$(z)'] } }))).toEqual({ a: { b: ['$${x}', '%%{y}', '$(z)'] } });
  });

  test('make a class that leaves snapshots in EC2, once its kind is known', () => {
    const all = installed(['ebs-snapshot-class']);
    expect(valuesOf(all, 'ebs-snapshot-class')).toEqual({
      installCRDs: false,
      controller: { enabled: false },
      volumeSnapshotClasses: [{ name: EBS_SNAPSHOT_CLASS, driver: 'ebs.csi.aws.com', deletionPolicy: 'Retain' }],
    });
    expect(valuesOf(all, 'snapshot-controller')).not.toHaveProperty('volumeSnapshotClasses');
    const [controller] = one(all, 'helm_release', 'snapshot-controller');
    expect(release(all, 'ebs-snapshot-class').depends_on).toContain(controller);
  });
});

describe('a role in AWS', () => {
  const all = installed(ALL);

  test('is defined for what calls AWS, and for nothing else', () => {
    expect(names(all, 'aws_iam_role')).toEqual(['test-aws-load-balancer-controller', 'test-external-secrets']);
  });

  test('is for one service account of one namespace of one cluster', () => {
    for (const name of ['external-secrets', 'aws-load-balancer-controller'] as const) {
      const [role, { assume_role_policy: trust }] = one(all, 'aws_iam_role', name);
      expect(trust).toContain('"Service" = "pods.eks.amazonaws.com"');
      expect(trust).toContain('"sts:AssumeRole", "sts:TagSession"');
      expect(trust).toMatch(
        /"aws:RequestTag\/eks-cluster-arn" = "arn:aws:eks:eu-central-1:\$\{data\.aws_caller_identity\.[^}]*\}:cluster\/main"/,
      );
      expect(trust).toContain(`"aws:RequestTag/kubernetes-namespace" = "${SERVICES[name].namespace}"`);
      expect(trust).toContain(`"aws:RequestTag/kubernetes-service-account" = "${name}"`);
      const [, association] = one(all, 'aws_eks_pod_identity_association', name);
      expect(association).toEqual({
        cluster_name: 'main',
        namespace: SERVICES[name].namespace,
        service_account: name,
        role_arn: `\${${role}.arn}`,
      });
    }
  });

  test('is there before the pods, which get it when they start', () => {
    for (const name of ['external-secrets', 'aws-load-balancer-controller']) {
      const [association] = one(all, 'aws_eks_pod_identity_association', name);
      const [policy] = one(all, 'aws_iam_role_policy', name);
      expect(release(all, name).depends_on).toEqual(expect.arrayContaining([association, policy]));
    }
  });

  test('is not defined where there is no EKS, and AWS is not asked for anything', () => {
    const stack = synthesized(['external-secrets', 'keda', 'cert-manager', 'snapshot-controller'], { access: LAPTOP });
    expect(Object.keys(stack.resource).sort()).toEqual(['helm_release', 'kubernetes_namespace_v1']);
    expect(stack.data).toBeUndefined();
  });
});

describe('is refused', () => {
  test('what only EKS has, elsewhere', () => {
    for (const name of ['aws-load-balancer-controller', 'ebs-snapshot-class'] as const) {
      expect(() => installed([name], { access: LAPTOP })).toThrow(
        `${name} runs on EKS alone, and this cluster is reached by a kubeconfig; leave it out and use what that cluster has`,
      );
    }
  });

  test('the load balancer controller without its VPC', () => {
    const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
    const cluster = new Cluster(stack, 'cluster', { access: EKS });
    const props = { environment: 'test', region: 'eu-central-1', cluster };
    expect(
      () => new ClusterServices(stack, 'services', { ...props, services: ['aws-load-balancer-controller'] }),
    ).toThrow('aws-load-balancer-controller cannot find its VPC by itself; give vpcId');
  });

  test('to wait for what nobody asked for', () => {
    expect(() => installed(['keda'], {}, (services) => services.ready('cert-manager'))).toThrow(
      'cert-manager is used and not installed; add it to the services of the cluster',
    );
    expect(() => installed(['keda'], {}, (services) => services.ready('keda'))).not.toThrow();
  });

  test('a role that is not there', () => {
    const role = (services: ClusterServices): string => services.roleArn('external-secrets');
    const why = 'external-secrets has no role in AWS here; install it on a cluster of EKS';
    expect(() => installed(['external-secrets'], { access: LAPTOP }, role)).toThrow(why);
    expect(() => installed(['keda'], {}, role)).toThrow(why);
  });
});
