import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { SsmAssociation } from '@cdktf/provider-aws/lib/ssm-association';
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { ENGINE_METRICS_PORT, type InstanceNode, namedSecrets } from '../chain-node';
import { NAMESPACE } from '../kill-switch';
import type { ReleaseStore } from '../release-store';
import { literal, replaceTriggeredBy, TerraformData } from '../terraform';
import { type AnyEngineProps, aboutEngine, watchedEngine } from './common';
import { engineFile, graceSeconds, limitsFile, sha256, strategyFiles } from './files';
import { fetchScript, renderHostRelease } from './host-release';
import { killQuery, runQuery, scopesOf } from './query';
import type { WatchedEngine } from './watched';
import { PROXY_IMAGE } from './workload';

export interface HostEngineProps extends AnyEngineProps {
  /** The node that it stands beside, which has a socket for it. */
  readonly node: InstanceNode;
  readonly releases: ReleaseStore;
  /** Range of the VPC, from which it is scraped. */
  readonly vpcCidr: string;
  /** Where hosts ask Prometheus, such as `http://metrics.production.chain.internal:9090`. */
  readonly prometheus: string;
}

/** Seconds that a host may take to come up, to fetch images, and to end what runs. */
const APPLY_SECONDS = 3600 + 1800;

/**
 * One engine on the instance of a node: its release, what it may read of the account, who may scrape it, and how the release reaches the
 * host. Nothing of the node itself is changed by it: the node has its own release, in which it opens its socket and gives up memory.
 * Throws when the node has no socket for it.
 */
export class HostEngine extends Construct {
  readonly watched: WatchedEngine;

  constructor(scope: Construct, id: string, props: HostEngineProps) {
    super(scope, id);
    const { environment, region, node, releases, name, strategies, chains, secrets, relays, stopped } = props;
    const { beside, nodeId } = node;
    if (!beside) throw new Error(`${nodeId} has no socket for ${name}; give the node ipc`);
    const limits = limitsFile(props.loss, strategies);
    const watched = watchedEngine(props, NAMESPACE, limits);
    this.watched = { ...watched, beside: nodeId };
    const own = (rest: boolean): readonly number[] => [
      ...new Set(chains.filter((chain) => (chain.ipc !== undefined) !== rest).flatMap(({ ports }) => ports)),
    ];
    const scopes = scopesOf(watched);
    const names = [...new Set(Object.values(secrets))].sort();
    const { files, manifest } = renderHostRelease({
      engine: name,
      environment,
      node: nodeId,
      image: props.image,
      cpu: props.cpu,
      memoryMiB: props.memoryMiB,
      files: { 'engine.json': engineFile(aboutEngine(props, [...relays].sort())), 'limits.json': limits },
      strategies: strategyFiles(strategies),
      secrets,
      graceSeconds: graceSeconds(strategies),
      domains: [...relays].sort(),
      proxyImage: PROXY_IMAGE,
      egress: props.egress,
      nodePorts: own(false),
      otherPorts: own(true),
      ipc: beside.ipc,
      data: beside.data,
      prometheus: props.prometheus,
      runQuery: runQuery(chains, scopes, { engine: name, node: nodeId }),
      killQuery: killQuery(scopes),
      stopped,
    });

    // Of its own, so that the node's policy is not touched. Everything on the instance has the role.
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'mev-engine',
      role: node.roleName,
      policy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'OwnEngine',
            Effect: 'Allow',
            Action: ['s3:GetObject'],
            Resource: [`${releases.bucketArn}/engines/${nodeId}/*`],
          },
          ...(names.length > 0 ? namedSecrets(names, region) : []),
        ],
      }),
    });
    new VpcSecurityGroupIngressRule(this, 'metrics', {
      securityGroupId: node.securityGroup.id,
      description: `engine ${name} for monitoring`,
      cidrIpv4: props.vpcCidr,
      ipProtocol: 'tcp',
      fromPort: ENGINE_METRICS_PORT,
      toPort: ENGINE_METRICS_PORT,
    });

    const upload = (path: string, text: string, after: readonly S3Object[] = []): S3Object =>
      releases.upload(this, `release-${path.replaceAll('/', '-')}`, `engines/${nodeId}/${path}`, text, after);
    const uploads = [...files].map(([path, text]) => upload(path, text));
    // Last, so that a host that looks in between finds files that do not match and leaves all as it is.
    const last = upload('manifest', manifest, uploads);
    roll(this, `${environment}-${name}-engine`, node, sha256(manifest), [last, policy]);
  }
}

/** As of a node: an association waits for success only when it is created, so it is replaced with each release. */
function roll(
  scope: Construct,
  name: string,
  node: InstanceNode,
  release: string,
  ready: (S3Object | IamRolePolicy)[],
): void {
  const document = new SsmDocument(scope, 'document', {
    name,
    documentType: 'Command',
    documentFormat: 'JSON',
    content: literal(
      JSON.stringify(
        {
          schemaVersion: '2.2',
          description: `Applies the release of the engine beside ${node.nodeId}`,
          mainSteps: [
            {
              name: 'apply',
              action: 'aws:runShellScript',
              precondition: { StringEquals: ['platformType', 'Linux'] },
              inputs: { timeoutSeconds: String(APPLY_SECONDS), runCommand: fetchScript().trimEnd().split('\n') },
            },
          ],
        },
        null,
        2,
      ),
    ),
  });
  const member = new TerraformData(scope, 'member', {
    input: { release, instance: node.instanceId },
    // So that an apply that ends early leaves it as it was, and the next one sees the change again.
    dependsOn: ready,
  });
  const association = new SsmAssociation(scope, 'Default', {
    name: document.name,
    associationName: name,
    targets: [{ key: 'InstanceIds', values: [node.instanceId] }],
    waitForSuccessTimeoutSeconds: APPLY_SECONDS,
    dependsOn: ready,
  });
  replaceTriggeredBy(association, member);
}
