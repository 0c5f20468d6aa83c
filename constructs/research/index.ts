/** Where strategies are tried on what has happened: forks of networks, backtests, and a namespace for the people who do so. */
import { join } from 'node:path';
import { Release } from '@cdktf/provider-helm/lib/release';
import { Construct } from 'constructs';
import { TOOLS_IMAGE } from '../chain-node';
import { type Cluster, helmValues, type Quota } from '../cluster';
import { PodRole } from '../cluster-services';
import {
  type EngineFile,
  type EngineSource,
  type EngineStrategy,
  engineFile,
  FILES,
  type LimitsFile,
  limitsFile,
  PROXY_IMAGE,
  proxyConfiguration,
  RESULT,
  reachOf,
  strategyFiles,
} from '../mev-engine';

/** Where forks, backtests and jobs of people are. */
export const NAMESPACE = 'mev-research';
/** Where the one way out of it is: a policy knows a pod by its labels, and who may run jobs chooses theirs. */
const PROXY_NAMESPACE = 'mev-research-egress';

/**
 * anvil, in the image of Foundry (foundry-rs/foundry v1.7.1, Dockerfile: ubuntu:22.04, `USER foundry`, an entry point that is a
 * shell; .github/workflows/docker-publish.yml: tags `v<version>`). The program of this version was run, the image not pulled.
 */
export const FORK_IMAGE = 'ghcr.io/foundry-rs/foundry:v1.7.1';
/** anvil's own; forks of one run, which share addresses, are at this port and those above it. */
const FORK_PORT = 8545;

/**
 * Chains of the OP stack, whose fees and transactions anvil knows when it is told. By the chain's id it takes their hard fork alone,
 * and the next base fee by Ethereum's rule (foundry-rs/foundry v1.7.1, crates/anvil/src/config.rs, `set_chain_id`: what
 * `with_chain_id` answers is dropped; seen with a fork of chain id 8453).
 */
const OP_STACK: readonly string[] = ['base', 'optimism'];

/** A fork of a network: a node that continues it by itself, from a block on. */
export interface Fork {
  readonly name: string;
  /** Cores that it asks for; it may take more. */
  readonly cpu: number;
  /** Asked for and limited alike: it keeps what it has read. */
  readonly memoryMiB: number;
  /**
   * Block that it stands at.
   *
   * @default - the newest when it starts
   */
  readonly block?: number;
  /**
   * What it forks, and where it reads what it has not yet. The URL holds no secret: anvil tells it to whoever asks
   * (foundry-rs/foundry v1.7.1, `anvil_nodeInfo`).
   */
  readonly of: Pick<EngineSource, 'chain' | 'network' | 'chainId' | 'rpc' | 'reach' | 'ports'>;
}

/** The backtest of a strategy: a template, of which a person makes runs. */
export interface Backtest {
  readonly strategy: EngineStrategy;
  readonly engine: Pick<EngineFile, 'type' | 'subtype'> & { readonly name: string; readonly image: string };
  /** Names of forks, one for each network of the strategy: each run has them of its own. */
  readonly forks: readonly string[];
}

export interface ResearchProps {
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  /** What everything in the namespace may ask for together. */
  readonly quota: Quota;
  /** Without, the namespace stays, with what people keep in it. */
  readonly enabled: boolean;
  /**
   * Group of the cluster whose people may run jobs and forward ports.
   *
   * @default - nobody but who may do so everywhere
   */
  readonly accessGroup?: string;
  /**
   * Bucket that runs and jobs of people may read, in this region, and nobody may write from here. On EKS alone.
   *
   * @default - none
   */
  readonly archive?: {
    readonly bucket: string;
    /**
     * Of the objects that are read, with a slash at its end.
     *
     * @default - all of them
     */
    readonly prefix?: string;
    /**
     * ARN of the key that encrypts it.
     *
     * @default - a key of S3 itself, which takes no permission
     */
    readonly keyArn?: string;
    readonly accountId: string;
  };
  readonly forks: readonly Fork[];
  readonly backtests: readonly Backtest[];
  readonly loss: LimitsFile['loss'];
  /** What one run may take, beside its forks. */
  readonly run: { readonly cpu: number; readonly memoryMiB: number; readonly timeoutSeconds: number };
  /**
   * Image with bash, curl and jq.
   *
   * @default - the project's choice
   */
  readonly toolsImage?: string;
}

/** A run is kept for its log so long. */
const KEEP_SECONDS = 7 * 86_400;

/**
 * Research in a cluster. A backtest runs the engine's own image with the files of the contract, on forks of its own that are gone
 * with it: what one run does, no other sees. Nothing here signs, and the way out leads to what is forked and to the archive alone.
 */
export class Research extends Construct {
  constructor(scope: Construct, id: string, props: ResearchProps) {
    super(scope, id);
    const { cluster, quota, enabled, archive } = props;
    const namespace = cluster.namespace(NAMESPACE, { podSecurity: 'restricted', access: 'clients', quota });
    const reads = enabled ? archive : undefined;
    const outside = reads ? [cluster.namespace(PROXY_NAMESPACE, { podSecurity: 'restricted' }).ready] : [];
    const role = reads && cluster.eksName !== undefined ? roleOf(this, cluster.eksName, reads, props) : undefined;
    new Release(this, 'Default', {
      name: 'research',
      namespace: namespace.name,
      chart: cluster.chart('research', join(__dirname, 'chart')),
      values: [valuesOf(props)],
      // A fork is ready when what it forks answers, which may be later than an apply should wait; `atomic` would wait all the same.
      atomic: false,
      cleanupOnFail: true,
      wait: false,
      timeout: 300,
      maxHistory: 10,
      dependsOn: [namespace.ready, ...outside, ...(role?.ready ?? [])],
    });
  }
}

function roleOf(
  scope: Construct,
  clusterName: string,
  { bucket, prefix = '', keyArn, accountId }: NonNullable<ResearchProps['archive']>,
  { environment, region }: ResearchProps,
): PodRole {
  const arn = `arn:aws:s3:::${bucket}`;
  return new PodRole(scope, 'role', {
    name: `${environment}-mev-research`,
    description: `Research of ${environment}: reads the archive`,
    region,
    accountId,
    clusterName,
    namespace: NAMESPACE,
    serviceAccount: 'research',
    statements: [
      {
        Sid: 'List',
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: [arn],
        ...(prefix === '' ? {} : { Condition: { StringLike: { 's3:prefix': [`${prefix}*`] } } }),
      },
      { Sid: 'Read', Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${arn}/${prefix}*`] },
      ...(keyArn === undefined
        ? []
        : [
            {
              Sid: 'Decrypt',
              Effect: 'Allow' as const,
              Action: ['kms:Decrypt'],
              Resource: [keyArn],
              Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
            },
          ]),
    ],
  });
}

function valuesOf(props: ResearchProps): string {
  const { region, enabled, accessGroup, run, toolsImage } = props;
  const common = { image: FORK_IMAGE, toolsImage: toolsImage ?? TOOLS_IMAGE };
  if (!enabled) return helmValues(common);
  const { forks, backtests, archive } = props;
  return helmValues({
    ...common,
    forks: forks.map(({ name, cpu, memoryMiB, block, of }) => ({
      name,
      url: of.rpc,
      ...(OP_STACK.includes(of.chain) ? { network: 'optimism' } : {}),
      ...(block === undefined ? {} : { block: String(block) }),
      cpu,
      memoryMiB,
    })),
    backtests: backtests.map((backtest) => backtestOf(backtest, props)),
    run: { ...run, keepSeconds: KEEP_SECONDS, resultBytes: RESULT.maxBytes },
    reads: reachOf(forks.map(({ of }) => of)),
    ...(archive
      ? {
          archive: `s3://${archive.bucket}/${archive.prefix ?? ''}`,
          region,
          proxy: {
            namespace: PROXY_NAMESPACE,
            image: PROXY_IMAGE,
            configuration: proxyConfiguration(),
            // As SDKs of AWS address a bucket (AWS, S3 user guide, virtual hosting of buckets).
            domains: [`${archive.bucket}.s3.${region}.amazonaws.com`],
          },
        }
      : {}),
    ...(accessGroup === undefined ? {} : { accessGroup }),
  });
}

function backtestOf({ strategy, engine, forks: names }: Backtest, props: ResearchProps): object {
  const { environment, loss } = props;
  const { name, type, subtype, image } = engine;
  const forks = names.map((one) => {
    const fork = props.forks.find((other) => other.name === one);
    if (!fork) throw new Error(`${strategy.name} is tried on a fork ${one}, and there is none; add it to the forks`);
    return fork;
  });
  const [written = ''] = Object.values(strategyFiles([strategy]));
  const files = {
    'engine.json': engineFile({
      engine: name,
      environment,
      type,
      subtype,
      // What prepares the run adds its blocks, and the archive.
      chains: forks.map(({ of: { chain, network, chainId } }, index) => ({
        chain,
        network,
        ...(chainId === undefined ? {} : { chainId }),
        rpc: `http://127.0.0.1:${FORK_PORT + index}`,
      })),
      relays: [],
      backtest: { out: FILES.out },
    }),
    'limits.json': limitsFile(loss, [strategy]),
    [`strategies/${strategy.name}.json`]: written,
  };
  return {
    name: strategy.name,
    image,
    files: Object.entries(files).map(([path, text]) => ({ key: path.replace('/', '.'), path, text })),
    forks: names,
    ends: Object.fromEntries(
      forks.flatMap(({ block, of: { chain, network } }) =>
        block === undefined ? [] : [[`${chain}/${network}`, block]],
      ),
    ),
  };
}
