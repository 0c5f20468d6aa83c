import { join } from 'node:path';
import { DataAwsKmsKey } from '@cdktf/provider-aws/lib/data-aws-kms-key';
import { Release } from '@cdktf/provider-helm/lib/release';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { TOOLS_IMAGE } from '../chain-node';
import { ACCESS_LABEL, type Cluster, helmValues } from '../cluster';
import { PodRole } from '../cluster-services';
import { type KillSwitch, NAMESPACE, SECRET_STORE } from '../kill-switch';
import { PROMETHEUS_URL, renderRules } from '../monitoring-stack';
import { engineAlerts } from './alerts';
import { type EngineChain, type EngineOrderFlow, type LimitsFile, PORTS } from './contract';
import { type EngineStrategy, engineFile, graceSeconds, json, limitsFile, sha256, strategyFiles } from './files';
import { type Proof, runQuery, scopesOf } from './query';
import type { WatchedEngine } from './watched';

/** What must be open for something that is near. */
export interface Reached {
  /** Where it is: in a namespace of the cluster, or at addresses of the VPC. */
  readonly reach: { readonly namespace: string } | { readonly cidr: string };
  readonly ports: readonly number[];
}

/** A network that the engine reads: what it is told, what says whether it can be read, and what must be open for it. */
export interface EngineSource extends EngineChain, Proof, Reached {
  /** Seconds between blocks; absent where it varies. */
  readonly blockSeconds?: number;
}

/** Order flow that the engine takes: what it is told, and, of what stands beside a node, what must be open for it. */
export interface EngineFlow extends EngineOrderFlow {
  /** Absent where it is reached by the proxy. */
  readonly at?: Reached;
}

export interface MevEngineProps {
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  readonly killSwitch: KillSwitch;
  /** Its name in the cluster. */
  readonly name: string;
  /** Such as `arbitrage`, and `cross-chain`. */
  readonly type: string;
  readonly subtype: string;
  /** By tag, or by digest. */
  readonly image: string;
  /** Whole cores, all of them its own. */
  readonly cpu: number;
  readonly memoryMiB: number;
  /**
   * Labels of machines that it may run on.
   *
   * @default - any machine
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * Zone that it runs in: that of the node that it reads.
   *
   * @default - any zone
   */
  readonly zone?: string;
  /**
   * Class of its pod, for who gives way to whom.
   *
   * @default - the cluster's own
   */
  readonly priorityClass?: string;
  /**
   * Alias or ARN of a key in KMS that it may sign with, and nobody else here. It is found, never made: an edit cannot lose a wallet.
   * On EKS alone.
   *
   * @default - it signs with what its secrets hold
   */
  readonly signingKey?: { readonly id: string; readonly accountId: string };
  /** Files in `/etc/mev/secrets` by name, and the secrets that are in them. */
  readonly secrets: Readonly<Record<string, string>>;
  /**
   * By which the gateway knows it as premium: the header, and the secret with its value.
   *
   * @default - the gateway knows nobody, or the engine does not read by it
   */
  readonly gatewayToken?: { readonly header: string; readonly secret: string };
  /** Domains that it may reach, at port 443, by its proxy. */
  readonly relays: readonly string[];
  /** Ranges of addresses that it may reach, at port 443. */
  readonly egress: readonly string[];
  readonly chains: readonly EngineSource[];
  /**
   * Order flow that it takes; its secrets are among `secrets`, and its domains among `relays`.
   *
   * @default - none
   */
  readonly orderFlow?: readonly EngineFlow[];
  readonly strategies: readonly EngineStrategy[];
  readonly loss: LimitsFile['loss'];
  /** There is no Deployment at all. */
  readonly stopped: boolean;
  /** Address below which the runbooks are. */
  readonly runbooks: string;
  /**
   * What must be there before it, such as the class of its pod.
   *
   * @default - nothing but what stops it
   */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * Squid, the one way out to domains. Its image runs as a user of its own and writes nothing (cybozu/neco-containers, squid/Dockerfile:
 * `USER 10000:10000`, `ENTRYPOINT` with `-N`); the tag was read there and not pulled.
 */
export const PROXY_IMAGE = 'ghcr.io/cybozu/squid:6.10.0.1';

/** File of the token that the gateway knows it by. */
const GATEWAY_TOKEN = 'gateway-token';

/**
 * One engine: its Deployment, of which nothing here says how many there are; its files; what it may reach, and a probe that it cannot
 * reach more; what starts it while everything is well; what stops it when an alert says so.
 */
export class MevEngine extends Construct {
  readonly watched: WatchedEngine;

  constructor(scope: Construct, id: string, props: MevEngineProps) {
    super(scope, id);
    const { environment, region, cluster, killSwitch, chains, strategies, type, subtype, stopped, runbooks } = props;
    const { name, orderFlow = [] } = props;
    const key = props.signingKey
      ? new DataAwsKmsKey(this, 'signing-key', {
          keyId: props.signingKey.id,
          lifecycle: {
            postcondition: [
              {
                condition: '${self.customer_master_key_spec == "ECC_SECG_P256K1" && self.enabled}',
                errorMessage: `${props.signingKey.id} does not sign for ${name}: it must be enabled, and of the kind ECC_SECG_P256K1`,
              },
            ],
          },
        })
      : undefined;
    const limits = limitsFile(props.loss, strategies);
    this.watched = {
      name,
      namespace: NAMESPACE,
      type,
      subtype,
      limitsSha256: sha256(limits),
      strategies: strategies.map((strategy) => ({
        name: strategy.name,
        mode: strategy.mode,
        chains: strategy.chains.map((one) => {
          const source = chains.find(({ chain, network }) => chain === one.chain && network === one.network);
          return { ...one, ...(source?.blockSeconds === undefined ? {} : { blockSeconds: source.blockSeconds }) };
        }),
        limits: strategy.limits,
        ...(strategy.alertThreshold === undefined ? {} : { alertThreshold: strategy.alertThreshold }),
        ...(strategy.executionTimeoutSeconds === undefined
          ? {}
          : { executionTimeoutSeconds: strategy.executionTimeoutSeconds }),
        failureAlert: strategy.failureAlert,
      })),
    };
    const role =
      key && props.signingKey && cluster.eksName !== undefined
        ? new PodRole(this, 'role', {
            name: `${environment}-mev-${name}`,
            description: `Engine ${name} of ${environment}: signs`,
            region,
            accountId: props.signingKey.accountId,
            clusterName: cluster.eksName,
            namespace: NAMESPACE,
            serviceAccount: name,
            statements: [
              { Sid: 'Sign', Effect: 'Allow', Action: ['kms:Sign', 'kms:GetPublicKey'], Resource: [key.arn] },
            ],
          })
        : undefined;
    const secrets = {
      ...props.secrets,
      ...(props.gatewayToken ? { [GATEWAY_TOKEN]: props.gatewayToken.secret } : {}),
    };
    const domains = [...props.relays, ...(key ? [`kms.${region}.amazonaws.com`] : [])].sort();
    new Release(this, 'Default', {
      name,
      namespace: killSwitch.namespace.name,
      chart: cluster.chart('mev-engine', join(__dirname, 'chart')),
      values: [
        helmValues({
          image: props.image,
          resources: { cpu: props.cpu, memoryMiB: props.memoryMiB },
          ...(props.zone === undefined ? {} : { zone: props.zone }),
          ...(props.nodeSelector === undefined ? {} : { nodeSelector: props.nodeSelector }),
          ...(props.priorityClass === undefined ? {} : { priorityClass: props.priorityClass }),
          stopped,
          files: {
            'engine.json': engineFile({
              engine: name,
              environment,
              type,
              subtype,
              chains: chains.map(({ chain, network, chainId, rpc, ws }) => ({
                chain,
                network,
                ...(chainId === undefined ? {} : { chainId }),
                rpc,
                ...(ws === undefined ? {} : { ws }),
              })),
              relays: domains,
              ...(orderFlow.length > 0 ? { orderFlow: orderFlow.map(({ at: _, ...told }) => told) } : {}),
              // By its name: nothing here waits for Terraform to fill it in.
              ...(props.signingKey ? { signingKey: props.signingKey.id } : {}),
              ...(props.gatewayToken
                ? { gatewayToken: { header: props.gatewayToken.header, file: GATEWAY_TOKEN } }
                : {}),
            }),
            'limits.json': limits,
          },
          strategies: strategyFiles(strategies),
          secrets: Object.entries(secrets).map(([file, secret]) => ({
            file,
            // With a store they are called by their use, because names of AWS hold characters that Kubernetes has not.
            name: killSwitch.hasStore ? `${name}-${file.replaceAll(/[^a-z0-9-]/g, '-')}` : secret,
            key: killSwitch.hasStore ? 'value' : file,
            remote: secret,
          })),
          ...(killSwitch.hasStore ? { secretStore: SECRET_STORE } : {}),
          graceSeconds: graceSeconds(strategies),
          ports: PORTS,
          region,
          reads: reachOf([...chains, ...orderFlow.flatMap(({ at }) => at ?? [])]),
          egress: props.egress,
          signs: key !== undefined,
          proxy: { image: PROXY_IMAGE, domains },
          access: { label: ACCESS_LABEL, monitoring: 'monitoring' },
          toolsImage: TOOLS_IMAGE,
          keda: {
            prometheus: PROMETHEUS_URL,
            query: runQuery(chains, scopesOf(this.watched)),
          },
          scopes: scopesOf(this.watched),
          // As text: as a document of YAML they would cost more than all the rest of the engine.
          rules: json(renderRules(engineAlerts(this.watched), { environment, runbooks })),
        }),
      ],
      // It may stand still, for more reasons than an apply should wait for; `atomic` would wait all the same.
      atomic: false,
      cleanupOnFail: true,
      wait: false,
      timeout: 300,
      maxHistory: 10,
      dependsOn: [...killSwitch.ready, ...(role?.ready ?? []), ...(props.after ?? [])],
    });
  }
}

/** What must be open: by namespace, and by range of the VPC, each once. */
function reachOf(sources: readonly Reached[]): object {
  const merge = (of: (source: Reached) => string | undefined) => {
    const ports = new Map<string, Set<number>>();
    for (const source of sources) {
      const place = of(source);
      if (place !== undefined) ports.set(place, new Set([...(ports.get(place) ?? []), ...source.ports]));
    }
    return [...ports]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([place, all]) => [place, [...all].sort((a, b) => a - b)] as const);
  };
  return {
    namespaces: merge(({ reach }) => ('namespace' in reach ? reach.namespace : undefined)).map(
      ([namespace, ports]) => ({
        namespace,
        ports,
      }),
    ),
    vpc: merge(({ reach }) => ('cidr' in reach ? reach.cidr : undefined)).map(([cidr, ports]) => ({ cidr, ports })),
  };
}
