/** The services that a cluster can have, as data: chart, pinned version, namespace, role and values of each. */
import type { PodSecurity } from '../cluster';

export type ServiceName =
  | 'external-secrets'
  | 'keda'
  | 'cert-manager'
  | 'aws-load-balancer-controller'
  | 'snapshot-controller'
  | 'ebs-snapshot-class';

export type Value = string | number | boolean | readonly Value[] | Values;
export interface Values {
  readonly [key: string]: Value;
}

/** One statement of an IAM policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What values and roles on EKS depend on. */
export interface EksPlace {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly clusterName: string;
  /** The cluster's VPC; undefined when nobody named it. */
  readonly vpcId: string | undefined;
}

export interface ClusterService {
  readonly chart: string;
  readonly repository: string;
  /** Version of the chart; its images are those that it pins. */
  readonly version: string;
  /** Where that version's values and templates were read, and when. */
  readonly source: string;
  readonly namespace: string;
  readonly podSecurity: PodSecurity;
  /**
   * Where its pods tell Prometheus how it does: labels that they bear, and the name of their port.
   *
   * @default - nothing is asked of it
   */
  readonly metrics?: { readonly labels: Readonly<Record<string, string>>; readonly port: string };
  /**
   * Services that must be there first.
   *
   * @default - none
   */
  readonly needs?: readonly ServiceName[];
  /** Values of the chart, the same on every cluster. */
  readonly values: Values;
  /**
   * What it has on EKS beside that: values, which replace those of the same key, and a role by Pod Identity.
   *
   * @default - the same as elsewhere, and no role
   */
  readonly onEks?: {
    readonly values?: (place: EksPlace) => Values;
    readonly identity?: {
      readonly serviceAccount: string;
      readonly role: (place: EksPlace) => readonly Statement[];
    };
  };
  /**
   * Serves nothing outside EKS, and is refused there.
   *
   * @default false
   */
  readonly eksOnly?: true;
}

/**
 * Snapshot class of volumes of the EBS CSI driver. Its snapshots stay in EC2 when their objects in the cluster go
 * (Kubernetes, Volume Snapshot Classes: `deletionPolicy: Retain`).
 */
export const EBS_SNAPSHOT_CLASS = 'ebs-retain';

/** IAM path of the roles that stores of External Secrets use, so that the controller may be let assume these alone. */
export const storeRolePath = (environment: string): string => `/${environment}/secret-stores/`;

/** Helm leaves what bears this when a release is removed: with its definition, every object of that kind would go. */
const KEEP: Values = { 'helm.sh/resource-policy': 'keep' };

/** Requests, and memory that is never more than requested: own estimates for tens of objects, not measured. */
const resources = (cpu: string, memory: string): Values => ({
  requests: { cpu, memory },
  limits: { memory },
});

/** Two replicas of which one may be away. */
const TWO: Values = { replicaCount: 2, podDisruptionBudget: { enabled: true } };
const ONE_STAYS: Values = { minAvailable: 1 };

/** What the standard `restricted` asks of a container and a chart does not set itself. */
const RESTRICTED: Values = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const SNAPSHOT_CHART = {
  chart: 'snapshot-controller',
  repository: 'https://piraeus.io/helm-charts',
  version: '5.2.0',
  source: 'piraeusdatastore/helm-charts, tag snapshot-controller-5.2.0, charts/snapshot-controller, 2026-11-25',
  namespace: 'snapshot-controller',
  podSecurity: 'restricted',
} as const;

/** Every service, by the name of its release. */
export const SERVICES: Readonly<Record<ServiceName, ClusterService>> = {
  /** Stores that belong to one namespace, and nothing that writes a secret or serves the whole cluster. */
  'external-secrets': {
    chart: 'external-secrets',
    repository: 'https://charts.external-secrets.io',
    version: '2.9.0',
    source: 'external-secrets/external-secrets, tag helm-chart-2.9.0, deploy/charts/external-secrets, 2026-11-25',
    namespace: 'external-secrets',
    podSecurity: 'restricted',
    metrics: { labels: { 'app.kubernetes.io/name': 'external-secrets' }, port: 'metrics' },
    values: {
      ...TWO,
      leaderElect: true,
      resources: resources('20m', '256Mi'),
      serviceAccount: { name: 'external-secrets' },
      crds: {
        annotations: KEEP,
        createClusterExternalSecret: false,
        createClusterSecretStore: false,
        createClusterGenerator: false,
        createClusterPushSecret: false,
        createPushSecret: false,
      },
      processClusterExternalSecret: false,
      processClusterStore: false,
      processClusterGenerator: false,
      processClusterPushSecret: false,
      processPushSecret: false,
      // Tokens of other service accounts are for stores with `auth.jwt`, which Pod Identity does not serve.
      rbac: { serviceAccountTokenCreate: false },
      webhook: { ...TWO, resources: resources('10m', '128Mi') },
      certController: { resources: resources('10m', '128Mi') },
    },
    onEks: {
      identity: {
        serviceAccount: 'external-secrets',
        // It reads no secret itself: each store names a role of its own, `spec.provider.aws.role`.
        role: ({ environment, accountId }) => [
          {
            Sid: 'Stores',
            Effect: 'Allow',
            // Tags of a Pod Identity session go on into the next one (AWS, EKS user guide, pod-id-abac), which takes TagSession.
            Action: ['sts:AssumeRole', 'sts:TagSession'],
            Resource: [`arn:aws:iam::${accountId}:role${storeRolePath(environment)}*`],
          },
        ],
      },
    },
  },

  /** Scales Deployments and StatefulSets alone, and reads secrets of its own namespace alone. */
  keda: {
    chart: 'keda',
    repository: 'https://kedacore.github.io/charts',
    version: '2.20.2',
    source: 'kedacore/charts, tag v2.20.2, keda, 2026-11-25',
    namespace: 'keda',
    podSecurity: 'restricted',
    values: {
      image: { pullPolicy: 'IfNotPresent' },
      crds: { additionalAnnotations: KEEP },
      operator: { replicaCount: 2 },
      metricsServer: { replicaCount: 2 },
      webhooks: { replicaCount: 2 },
      podDisruptionBudget: { operator: ONE_STAYS, metricServer: ONE_STAYS, webhooks: ONE_STAYS },
      rbac: { enabledCustomScaledRefKinds: false },
      permissions: { operator: { restrict: { secret: true } }, metricServer: { restrict: { secret: true } } },
      // Processor time is limited by the chart, to one core each.
      resources: {
        operator: resources('100m', '512Mi'),
        metricServer: resources('50m', '256Mi'),
        webhooks: resources('10m', '128Mi'),
      },
    },
  },

  'cert-manager': {
    chart: 'cert-manager',
    repository: 'https://charts.jetstack.io',
    version: 'v1.21.1',
    source: 'cert-manager/cert-manager, tag v1.21.1, deploy/charts/cert-manager, 2026-11-25',
    namespace: 'cert-manager',
    podSecurity: 'restricted',
    // cert-manager.io, docs/devops-tips/prometheus-metrics: 9402 of the controller.
    metrics: { labels: { 'app.kubernetes.io/name': 'cert-manager' }, port: 'http-metrics' },
    values: {
      ...TWO,
      crds: { enabled: true, keep: true },
      // By default the lease is in kube-system, with a role there.
      global: { leaderElection: { namespace: 'cert-manager' } },
      resources: resources('20m', '256Mi'),
      webhook: { ...TWO, resources: resources('10m', '128Mi') },
      cainjector: { ...TWO, resources: resources('20m', '256Mi') },
      startupapicheck: { resources: resources('10m', '64Mi') },
    },
  },

  /**
   * Network load balancers of Services that ask for it by `loadBalancerClass: service.k8s.aws/nlb`, and nothing else: no Ingress,
   * no Gateway, no certificates, no firewall of web applications. A Service asks for listeners of TCP and UDP on one port by its own annotation,
   * which goes before the feature gate (v3.5.0, pkg/service/model_build_listener.go, shouldUseTCPUDP).
   *
   * Helm installs the custom resource definitions of this chart and never upgrades them: a new version's are applied by hand first.
   */
  'aws-load-balancer-controller': {
    chart: 'aws-load-balancer-controller',
    repository: 'https://aws.github.io/eks-charts',
    version: '3.5.0',
    source: 'aws/eks-charts, commit 5239609, stable/aws-load-balancer-controller, 2026-11-25',
    namespace: 'aws-load-balancer-controller',
    podSecurity: 'restricted',
    // Without it the chart makes a key while Helm renders it, a new one with every upgrade, which running pods do not have yet.
    needs: ['cert-manager'],
    values: {
      replicaCount: 2,
      podDisruptionBudget: { maxUnavailable: 1 },
      resources: resources('50m', '256Mi'),
      securityContext: RESTRICTED,
      serviceAccount: { name: 'aws-load-balancer-controller' },
      enableCertManager: true,
      // Else no Service could be made while the controller is away.
      enableServiceMutatorWebhook: false,
      webhookConfig: { disableIngressValidation: true },
      createIngressClassResource: false,
      enableShield: false,
      enableWaf: false,
      enableWafv2: false,
      controllerConfig: {
        featureGates: {
          ServiceTypeLoadBalancerOnly: true,
          ALBGatewayAPI: false,
          NLBGatewayAPI: false,
          GatewayListenerSet: false,
        },
      },
    },
    eksOnly: true,
    onEks: {
      // Named, because pods do not reach the instance metadata.
      values: (place) => ({ clusterName: place.clusterName, region: place.region, vpcId: vpcOf(place) }),
      identity: { serviceAccount: 'aws-load-balancer-controller', role: (place) => networkLoadBalancers(place) },
    },
  },

  /**
   * The controller of volume snapshots; the EBS CSI driver brings none. Its definitions cannot be kept when it is removed: the
   * objects of snapshots go with it, and snapshots of `EBS_SNAPSHOT_CLASS` stay in EC2.
   */
  'snapshot-controller': {
    ...SNAPSHOT_CHART,
    values: {
      controller: {
        replicaCount: 2,
        pdb: ONE_STAYS,
        resources: resources('10m', '128Mi'),
        securityContext: RESTRICTED,
      },
    },
  },

  /**
   * The class of snapshots in EBS, by a second release of the chart that has nothing else in it: Helm cannot make a class in the
   * release that first brings its definition (piraeusdatastore/helm-charts, issue 76, open in 2026).
   */
  'ebs-snapshot-class': {
    ...SNAPSHOT_CHART,
    needs: ['snapshot-controller'],
    values: {
      installCRDs: false,
      controller: { enabled: false },
      volumeSnapshotClasses: [{ name: EBS_SNAPSHOT_CLASS, driver: 'ebs.csi.aws.com', deletionPolicy: 'Retain' }],
    },
    eksOnly: true,
  },
};

function vpcOf({ vpcId }: EksPlace): string {
  if (vpcId === undefined) throw new Error('aws-load-balancer-controller cannot find its VPC by itself; give vpcId');
  return vpcId;
}

/** Bears the name of the cluster on everything that the controller makes (v3.5.0, pkg/deploy/tracking/provider.go). */
const CLUSTER_TAG = 'elbv2.k8s.aws/cluster';

/**
 * What of the controller's own policy (v3.5.0, docs/install/iam_policy.json) network load balancers of Services need, on what bears
 * the cluster's name alone. Which action takes which resource and tag: AWS, service authorization reference, Elastic Load Balancing V2
 * and Amazon EC2, 2026. Addresses (`eip-allocations`) are given by CreateLoadBalancer and SetSubnets, which take no action of EC2.
 */
function networkLoadBalancers(place: EksPlace): readonly Statement[] {
  const { region, accountId, clusterName } = place;
  const elb = (resource: string): string => `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`;
  const ec2 = (resource: string): string => `arn:aws:ec2:${region}:${accountId}:${resource}`;
  const balancers = elb('loadbalancer/net/*');
  const listeners = elb('listener/net/*');
  const targets = elb('targetgroup/*');
  const groups = ec2('security-group/*');
  const asked = { [`aws:RequestTag/${CLUSTER_TAG}`]: clusterName };
  const owned = { [`aws:ResourceTag/${CLUSTER_TAG}`]: clusterName };
  /** Tags of what is owned, but never the tag that says so. */
  const retag = { StringEquals: owned, Null: { [`aws:RequestTag/${CLUSTER_TAG}`]: 'true' } };
  return [
    {
      Sid: 'Look',
      Effect: 'Allow',
      // None of these can be narrowed.
      Action: [
        'ec2:DescribeAccountAttributes',
        'ec2:DescribeAddresses',
        'ec2:DescribeAvailabilityZones',
        'ec2:DescribeInstances',
        'ec2:DescribeInternetGateways',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeRouteTables',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
        'ec2:GetSecurityGroupsForVpc',
        'elasticloadbalancing:DescribeListenerAttributes',
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeLoadBalancerAttributes',
        'elasticloadbalancing:DescribeLoadBalancers',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTags',
        'elasticloadbalancing:DescribeTargetGroupAttributes',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
      ],
      Resource: ['*'],
    },
    {
      Sid: 'ServiceRole',
      Effect: 'Allow',
      Action: ['iam:CreateServiceLinkedRole'],
      Resource: [`arn:aws:iam::${accountId}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*`],
      Condition: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } },
    },
    {
      Sid: 'Create',
      Effect: 'Allow',
      Action: ['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateTargetGroup'],
      Resource: [balancers, targets],
      Condition: { StringEquals: asked },
    },
    {
      Sid: 'TagCreated',
      Effect: 'Allow',
      Action: ['elasticloadbalancing:AddTags'],
      Resource: [balancers, listeners, targets],
      Condition: {
        StringEquals: {
          ...asked,
          'elasticloadbalancing:CreateAction': ['CreateListener', 'CreateLoadBalancer', 'CreateTargetGroup'],
        },
      },
    },
    {
      Sid: 'Change',
      Effect: 'Allow',
      Action: [
        'elasticloadbalancing:CreateListener',
        'elasticloadbalancing:DeleteListener',
        'elasticloadbalancing:DeleteLoadBalancer',
        'elasticloadbalancing:DeleteTargetGroup',
        'elasticloadbalancing:DeregisterTargets',
        'elasticloadbalancing:ModifyListener',
        'elasticloadbalancing:ModifyListenerAttributes',
        'elasticloadbalancing:ModifyLoadBalancerAttributes',
        'elasticloadbalancing:ModifyTargetGroup',
        'elasticloadbalancing:ModifyTargetGroupAttributes',
        'elasticloadbalancing:RegisterTargets',
        'elasticloadbalancing:SetIpAddressType',
        'elasticloadbalancing:SetSecurityGroups',
        'elasticloadbalancing:SetSubnets',
      ],
      Resource: [balancers, listeners, targets],
      Condition: { StringEquals: owned },
    },
    {
      Sid: 'Retag',
      Effect: 'Allow',
      Action: ['elasticloadbalancing:AddTags', 'elasticloadbalancing:RemoveTags'],
      Resource: [balancers, listeners, targets],
      Condition: retag,
    },
    {
      Sid: 'CreateGroupIn',
      Effect: 'Allow',
      Action: ['ec2:CreateSecurityGroup'],
      Resource: [ec2(`vpc/${vpcOf(place)}`)],
    },
    {
      Sid: 'CreateGroup',
      Effect: 'Allow',
      Action: ['ec2:CreateSecurityGroup'],
      Resource: [groups],
      Condition: { StringEquals: asked },
    },
    {
      Sid: 'TagCreatedGroup',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: [groups],
      Condition: { StringEquals: { ...asked, 'ec2:CreateAction': 'CreateSecurityGroup' } },
    },
    {
      Sid: 'RetagGroup',
      Effect: 'Allow',
      Action: ['ec2:CreateTags', 'ec2:DeleteTags'],
      Resource: [groups],
      Condition: retag,
    },
    {
      Sid: 'ChangeGroup',
      Effect: 'Allow',
      Action: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress', 'ec2:DeleteSecurityGroup'],
      Resource: [groups],
      Condition: { StringEquals: owned },
    },
    {
      // Those of nodes and pods, where it opens the ports of targets; EKS tags the cluster's own so.
      Sid: 'OpenTargets',
      Effect: 'Allow',
      Action: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
      Resource: [groups],
      Condition: { Null: { [`aws:ResourceTag/kubernetes.io/cluster/${clusterName}`]: 'false' } },
    },
  ];
}
