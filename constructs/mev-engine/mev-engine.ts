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
import { type AnyEngineProps, aboutEngine, watchedEngine } from './common';
import { type EngineOrderFlow, GATEWAY_TOKEN, PORTS, STREAMS_PASSWORD } from './contract';
import { engineFile, graceSeconds, json, limitsFile, strategyFiles } from './files';
import { runQuery, scopesOf } from './query';
import type { WatchedEngine } from './watched';
import { type EngineSource, PROXY_IMAGE, reachOf, secretKey, workloadChart } from './workload';

/** Order flow that the engine takes: what it is told, and, of what stands beside a node, what must be open for it. */
export interface EngineFlow extends EngineOrderFlow {
  /** Absent where it is reached by the proxy. */
  readonly at?: Pick<EngineSource, 'reach' | 'ports'>;
}

export interface MevEngineProps extends AnyEngineProps {
  readonly cluster: Cluster;
  readonly killSwitch: KillSwitch;
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
  /**
   * By which the gateway knows it as premium: the header, and the secret with its value.
   *
   * @default - the gateway knows nobody, or the engine does not read by it
   */
  readonly gatewayToken?: { readonly header: string; readonly secret: string };
  /**
   * Where it publishes what it did, who it logs in as, and what must be open for it.
   *
   * @default - nowhere
   */
  readonly streams?: EngineStreams;
  /**
   * Order flow that it takes; its secrets are among `secrets`, and its domains among `relays`.
   *
   * @default - none
   */
  readonly orderFlow?: readonly EngineFlow[];
  /**
   * Image with bash, curl and jq.
   *
   * @default - that of the tools' makers
   */
  readonly toolsImage?: string;
  /** Address below which the runbooks are. */
  readonly runbooks: string;
  /**
   * What must be there before it, such as the class of its pod.
   *
   * @default - nothing but what stops it
   */
  readonly after?: readonly ITerraformDependable[];
}

/** A server of streams of the cluster. */
export interface EngineStreams {
  readonly url: string;
  readonly user: string;
  /** Secret with the password; of several in one secret, that under this property. */
  readonly secret: string;
  readonly property: string;
  /** Its pods. */
  readonly namespace: string;
  readonly pods: Readonly<Record<string, string>>;
  readonly port: number;
  /** Stream of executions: they are published under `<executions>.<strategy>`. */
  readonly executions: string;
}

/**
 * One engine: its Deployment, of which nothing here says how many there are; its files; what it may reach, and a probe that it cannot
 * reach more; what starts it while everything is well; what stops it when an alert says so.
 */
export class MevEngine extends Construct {
  readonly watched: WatchedEngine;

  constructor(scope: Construct, id: string, props: MevEngineProps) {
    super(scope, id);
    const { environment, region, cluster, killSwitch, chains, strategies, stopped, runbooks } = props;
    const { name, streams, orderFlow = [] } = props;
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
    this.watched = watchedEngine(props, NAMESPACE, limits);
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
      chart: workloadChart(cluster),
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
              ...aboutEngine(props, domains),
              ...(orderFlow.length > 0 ? { orderFlow: orderFlow.map(({ at: _, ...told }) => told) } : {}),
              // By its name: nothing here waits for Terraform to fill it in.
              ...(props.signingKey ? { signingKey: props.signingKey.id } : {}),
              ...(props.gatewayToken
                ? { gatewayToken: { header: props.gatewayToken.header, file: GATEWAY_TOKEN } }
                : {}),
              ...(streams
                ? {
                    streams: {
                      url: streams.url,
                      user: streams.user,
                      passwordFile: STREAMS_PASSWORD,
                      executions: streams.executions,
                    },
                  }
                : {}),
            }),
            'limits.json': limits,
          },
          strategies: strategyFiles(strategies),
          secrets: [
            ...Object.entries(secrets).map(([file, secret]) => ({
              file,
              // With a store they are called by their use, because names of AWS hold characters that Kubernetes has not.
              name: killSwitch.hasStore ? `${name}-${secretKey(file)}` : secret,
              key: killSwitch.hasStore ? 'value' : file,
              remote: secret,
            })),
            ...(streams
              ? [
                  {
                    file: STREAMS_PASSWORD,
                    // Without it it publishes nothing, and trades on.
                    optional: true,
                    name: killSwitch.hasStore ? `${name}-${STREAMS_PASSWORD}` : streams.secret,
                    key: killSwitch.hasStore ? 'value' : streams.property,
                    remote: streams.secret,
                    property: streams.property,
                  },
                ]
              : []),
          ],
          ...(killSwitch.hasStore ? { secretStore: SECRET_STORE } : {}),
          graceSeconds: graceSeconds(strategies),
          ports: PORTS,
          region,
          reads: withStreams(reachOf([...chains, ...orderFlow.flatMap(({ at }) => at ?? [])]), streams),
          egress: props.egress,
          cloud: key !== undefined,
          proxy: { image: PROXY_IMAGE, domains },
          access: { label: ACCESS_LABEL, monitoring: 'monitoring' },
          toolsImage: props.toolsImage ?? TOOLS_IMAGE,
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

/** The servers of its streams beside what it reads. */
const withStreams = (reach: ReturnType<typeof reachOf>, streams: EngineStreams | undefined): typeof reach =>
  streams
    ? {
        ...reach,
        namespaces: [...reach.namespaces, { namespace: streams.namespace, pods: streams.pods, ports: [streams.port] }],
      }
    : reach;
