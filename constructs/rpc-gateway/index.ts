/** The RPC gateway: one address for the nodes of every chain, for requests and for websockets, with failover, limits and metrics. */
import { join } from 'node:path';
import { Release } from '@cdktf/provider-helm/lib/release';
import { DataKubernetesServiceV1 } from '@cdktf/provider-kubernetes/lib/data-kubernetes-service-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ACCESS_LABEL, type Cluster, helmValues } from '../cluster';
import {
  ERPC_VERSION,
  erpcYaml,
  type GatewayConfigProps,
  gatewaySecrets,
  HTTP_PORT,
  METRICS_PORT,
  stopGraceSeconds,
  webPath,
} from './config';
import { HAPROXY_VERSION, haproxyConfig, hasWebsockets, WEBSOCKET_METRICS_PORT, WEBSOCKET_PORT } from './websockets';

export type { Fallback, GatewayChain, GatewayConfigProps, RateLimit, RateLimits, Upstream } from './config';
export { ERPC_VERSION, PREMIUM_HEADER } from './config';
export { HAPROXY_VERSION } from './websockets';

/** Where a network of a chain is reached. Who is premium says so with a token: `PREMIUM_HEADER`, or `?secret=` behind the URL. */
export interface GatewayUrl {
  readonly chain: string;
  readonly network: string;
  /** JSON-RPC over HTTP, such as `http://rpc-gateway.rpc-gateway.svc.cluster.local:4000/main/evm/1`. */
  readonly url: string;
  /** The same by `ws://` and another port; undefined where no node of the network has websockets. */
  readonly websocketUrl: string | undefined;
}

export interface RpcGatewayProps extends GatewayConfigProps {
  readonly cluster: Cluster;
  /**
   * Its namespace, which is its own.
   *
   * @default rpc-gateway
   */
  readonly namespace?: string;
  /** Where the secrets are, when a role may read them. */
  readonly region: string;
  /**
   * ARN of the role with which External Secrets (external-secrets.io/v1) fills the Kubernetes Secrets from AWS Secrets Manager:
   * a whole secret is one URL or token.
   *
   * @default - Secrets of those names are there, with the key `url`, for the token `token`
   */
  readonly secretStoreRoleArn?: string;
  /**
   * An internal network load balancer (AWS Load Balancer Controller 2.6 and later), for these ranges of IPv4 addresses. The
   * subnets of the load balancer must be in them, for its health checks come from there. Pods with addresses of the VPC
   * that are in them can reach the gateway, whatever their namespace may.
   *
   * @default - reached from inside the cluster alone
   */
  readonly vpcAccess?: { readonly sourceRanges: readonly string[] };
  /**
   * A ServiceMonitor of the Prometheus operator, which must be there.
   *
   * @default false
   */
  readonly serviceMonitor?: boolean;
  /**
   * What must be there before it: its pods are ready when a first upstream answers.
   *
   * @default - nothing but its namespace
   */
  readonly after?: readonly ITerraformDependable[];
}

const NAME = 'rpc-gateway';

/**
 * eRPC as a Helm release, and HAProxy beside it where nodes have websockets. Its pods become ready when a first upstream of any chain answers; a release that does not get there
 * in ten minutes is rolled back.
 */
export class RpcGateway extends Construct {
  /** Name of its namespace. */
  readonly namespace: string;
  /** In the cluster, from namespaces that may reach `clients`. */
  readonly urls: readonly GatewayUrl[];
  /** In the VPC, known when the release is there; empty without `vpcAccess`. */
  readonly vpcUrls: readonly GatewayUrl[];

  constructor(scope: Construct, id: string, props: RpcGatewayProps) {
    super(scope, id);
    const { cluster, vpcAccess } = props;
    const namespace = cluster.namespace(props.namespace ?? NAME, { podSecurity: 'restricted', access: 'clients' });
    this.namespace = namespace.name;
    const release = new Release(this, 'Default', {
      name: NAME,
      namespace: namespace.name,
      chart: cluster.chart(NAME, join(__dirname, 'chart')),
      values: [valuesOf(props)],
      atomic: true,
      cleanupOnFail: true,
      wait: true,
      timeout: 600,
      maxHistory: 10,
      dependsOn: [namespace.ready, ...(props.after ?? [])],
    });
    this.urls = urlsAt(props, `${NAME}.${namespace.name}.svc.cluster.local`);
    this.vpcUrls = vpcAccess
      ? urlsAt(
          props,
          new DataKubernetesServiceV1(this, 'vpc-service', {
            metadata: { name: `${NAME}-vpc`, namespace: namespace.name },
            dependsOn: [release],
          }).status
            .get(0)
            .loadBalancer.get(0)
            .ingress.get(0).hostname,
        )
      : [];
  }
}

const urlsAt = ({ chains }: GatewayConfigProps, host: string): readonly GatewayUrl[] =>
  chains.map((served) => ({
    chain: served.chain,
    network: served.network,
    url: `http://${host}:${HTTP_PORT}${webPath(served.chainId)}`,
    websocketUrl: hasWebsockets(served) ? `ws://${host}:${WEBSOCKET_PORT}${webPath(served.chainId)}` : undefined,
  }));

const valuesOf = (props: RpcGatewayProps): string => {
  const websockets = haproxyConfig(props);
  return helmValues({
    image: { tag: ERPC_VERSION },
    config: erpcYaml(props),
    ports: { http: HTTP_PORT, metrics: METRICS_PORT },
    ...(websockets === undefined
      ? {}
      : {
          websockets: {
            enabled: true,
            image: { tag: HAPROXY_VERSION },
            config: websockets,
            ports: { http: WEBSOCKET_PORT, metrics: WEBSOCKET_METRICS_PORT },
            silenceSeconds: Math.ceil(props.websocketTimeoutMs / 1000),
          },
        }),
    stopGraceSeconds: stopGraceSeconds(props),
    secrets: gatewaySecrets(props),
    access: { label: ACCESS_LABEL, clients: 'clients', monitoring: 'monitoring' },
    serviceMonitor: { enabled: props.serviceMonitor ?? false },
    ...(props.secretStoreRoleArn === undefined
      ? {}
      : { secretStore: { region: props.region, role: props.secretStoreRoleArn } }),
    ...(props.vpcAccess ? { vpcAccess: { enabled: true, sourceRanges: props.vpcAccess.sourceRanges } } : {}),
  });
};
