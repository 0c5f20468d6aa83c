/**
 * The configuration of eRPC, as plain data. Keys, defaults and meaning are those of eRPC 0.1.2 (common/config.go,
 * common/defaults.go, common/validation.go), which reads it strictly: a key it does not know stops it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Document, Scalar, visit } from 'yaml';

/** Release of eRPC whose format this is; also the tag of its image. */
export const ERPC_VERSION = '0.1.2';

/** Ports of eRPC: JSON-RPC and health, and metrics. */
export const HTTP_PORT = 4000;
export const METRICS_PORT = 4001;

/** The one project of eRPC; the first part of every path. Both ways in share its upstreams and what it knows of their health. */
export const PROJECT = 'main';

/** Path at which a network is asked, by either way in. */
export const webPath = (chainId: number): string => `/${PROJECT}/evm/${chainId}`;

/** Header that says who is premium; `?secret=` in the URL does the same (auth/http.go). */
export const PREMIUM_HEADER = 'X-ERPC-Secret-Token';

/** A node of the environment. */
export interface Upstream {
  /** The node's id; unique in the gateway. */
  readonly id: string;
  /**
   * JSON-RPC over HTTP. eRPC 0.1.2 has no other: it takes no websocket of a client, and its client of `ws://` is "not
   * implemented yet" (clients/registry.go).
   */
  readonly url: string;
  /**
   * Where it takes websockets, such as `ws://name:8546`, and where it answers 200 while it is healthy, such as `http://name:8099/`.
   *
   * @default - it takes none
   */
  readonly websocket?: { readonly url: string; readonly healthUrl: string };
}

/** A provider outside the environment. */
export interface Fallback {
  /** Unique within its chain and network. */
  readonly name: string;
  /** Name of the secret that holds its URL, which has a key in it. */
  readonly secret: string;
}

/** One network of a chain of the EVM; eRPC 0.1.2 knows no other architecture (common/architecture_evm.go). */
export interface GatewayChain {
  readonly chain: string;
  readonly network: string;
  readonly chainId: number;
  /** Its own nodes. */
  readonly upstreams: readonly Upstream[];
  /** Asked only while none of its own nodes is healthy and near the head. */
  readonly fallbacks: readonly Fallback[];
}

export interface RateLimit {
  readonly count: number;
  readonly per: 'second' | 'minute' | 'hour' | 'day';
}

/** How much a client may ask. A client is an IP address. eRPC 0.1.2 counts every JSON-RPC method apart (upstream/ratelimiter_budget.go). */
export interface RateLimits {
  /** For whoever comes without a token. */
  readonly default: RateLimit;
  /**
   * For who comes with the token that is in the secret of this name.
   *
   * @default - no token is taken
   */
  readonly premium?: RateLimit & { readonly secret: string };
}

/** What the gateway is told. */
export interface GatewayConfigProps {
  readonly chains: readonly GatewayChain[];
  /** Longest wait of a client for an answer, all tries included; a node has half of it, so that another can be asked. */
  readonly rpcTimeoutMs: number;
  /** How often a request that failed at every upstream is tried again. */
  readonly retryAttempts: number;
  /** Longest silence on a websocket, both ways, after which it is ended. A request or an event ends a silence, and so does a ping. */
  readonly websocketTimeoutMs: number;
  readonly rateLimits: RateLimits;
}

/** A secret that eRPC reads from an environment variable: a Kubernetes Secret and a key of it, filled from a secret by its own name. */
export interface GatewaySecret {
  readonly variable: string;
  readonly name: string;
  readonly key: 'url' | 'token';
  readonly remote: string;
}

/** How often heads are asked for: of own nodes, which costs nothing, and of fallbacks, where it is the default of eRPC. */
const OWN_POLL = '2s';
const FALLBACK_POLL = '30s';
/** eRPC puts it in brackets, where a statement's end would be a mistake (common/compiler.go). */
const POLICY = readFileSync(join(__dirname, 'selection-policy.js'), 'utf8').replace(/;\s*$/, '\n');
/** Time in which a pod that is to go is still found by clients. */
const LEAVE_MS = 5000;
/** eRPC itself waits no longer for open requests when it stops (erpc/http_server.go, Shutdown). */
const DRAIN_MS = 30_000;

/**
 * Seconds by which answers are sorted: fine where answers of a node are, and in steps up to the whole wait of a caller. eRPC's own are
 * four, up to 30 s (telemetry/metrics.go).
 */
const latencyBuckets = ({ rpcTimeoutMs }: GatewayConfigProps): readonly number[] => {
  const whole = rpcTimeoutMs / 1000;
  return [...new Set([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, whole / 8, whole / 4, whole / 2, whole])]
    .filter((seconds) => seconds <= whole)
    .sort((a, b) => a - b);
};

const ms = (milliseconds: number): string => `${milliseconds}ms`;
/** A whole request is given up after its own error could be told. */
const requestMs = ({ rpcTimeoutMs }: GatewayConfigProps): number => rpcTimeoutMs + 1000;
const stopMs = (props: GatewayConfigProps): number => LEAVE_MS + Math.min(requestMs(props), DRAIN_MS);

/** Seconds that a pod needs to stop without cutting a request off. */
export const stopGraceSeconds = (props: GatewayConfigProps): number => Math.ceil(stopMs(props) / 1000) + 5;

/** The configuration. Throws when eRPC would refuse it or serve something else than was meant. */
export function erpcConfig(props: GatewayConfigProps) {
  const { chains, rpcTimeoutMs, retryAttempts, rateLimits } = props;
  check(props);
  const { premium } = rateLimits;
  return {
    logLevel: 'warn',
    server: {
      listenV4: true,
      httpHostV4: '0.0.0.0',
      httpPortV4: HTTP_PORT,
      maxTimeout: ms(requestMs(props)),
      // The default ends answers after two minutes, whatever maxTimeout is.
      writeTimeout: ms(requestMs(props) + 10_000),
      waitBeforeShutdown: ms(LEAVE_MS),
      // Both waits begin with the signal to stop (erpc/init.go).
      waitAfterShutdown: ms(stopMs(props)),
      // They name the hosts of fallbacks; the log has them.
      includeErrorDetails: false,
    },
    // Answers without the names of upstreams.
    healthCheck: { mode: 'simple', defaultEval: 'any:initializedUpstreams' },
    metrics: {
      enabled: true,
      listenV4: true,
      hostV4: '0.0.0.0',
      port: METRICS_PORT,
      errorLabelMode: 'compact',
      histogramBuckets: latencyBuckets(props).join(','),
    },
    rateLimiters: {
      store: { driver: 'memory' },
      budgets: [budget('default', rateLimits.default), ...(premium ? [budget('premium', premium)] : [])],
    },
    projects: [
      {
        id: PROJECT,
        // Headers of clients that choose an upstream would go past the selection policy.
        allowClientDirectives: '',
        auth: {
          // A token that is wrong is refused; it does not fall through to the next (auth/registry.go).
          strategies: [
            ...(premium
              ? [
                  {
                    type: 'secret',
                    rateLimitBudget: 'premium',
                    secret: { id: 'premium', value: reference(premium.secret) },
                  },
                ]
              : []),
            { type: 'network', rateLimitBudget: 'default', network: { allowedCIDRs: ['0.0.0.0/0', '::/0'] } },
          ],
        },
        // The default of ten minutes would take seven to see that a node is down.
        scoreMetricsWindowSize: '30s',
        networkDefaults: {
          failsafe: [
            {
              matchMethod: '*',
              timeout: { duration: ms(rpcTimeoutMs) },
              retry: { maxAttempts: retryAttempts + 1, delay: '100ms' },
            },
          ],
          selectionPolicy: { evalInterval: '2s', evalTimeout: '100ms', evalFunc: POLICY },
        },
        upstreamDefaults: {
          failsafe: [{ matchMethod: '*', timeout: { duration: ms(Math.ceil(rpcTimeoutMs / 2)) } }],
        },
        networks: chains.map(({ chain, network, chainId }) => ({
          architecture: 'evm',
          alias: `${chain}-${network}`,
          evm: { chainId },
        })),
        upstreams: chains.flatMap(({ chain, network, chainId, upstreams, fallbacks }) => [
          ...upstreams.map(({ id, url }) => ({
            id,
            tags: ['tier:own'],
            endpoint: url,
            evm: { chainId, statePollerInterval: OWN_POLL },
          })),
          ...fallbacks.map(({ name, secret }) => ({
            id: `${chain}-${network}-${name}`,
            tags: ['tier:fallback'],
            endpoint: reference(secret),
            evm: { chainId, statePollerInterval: FALLBACK_POLL },
            // No copies of requests go to it while it is not needed.
            routing: { probe: 'off' },
          })),
        ]),
      },
    ],
  };
}

const budget = (id: string, { count, per }: RateLimit) => ({
  id,
  rules: [{ method: '*', maxCount: count, period: per, perIP: true }],
});

/** The same as text. What eRPC fills in stands in quotes, so that it may hold whatever a URL may. */
export function erpcYaml(props: GatewayConfigProps): string {
  const document = new Document(erpcConfig(props), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.includes('${')) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** The secrets that the configuration refers to, by variable. Throws when two names come to one. */
export function gatewaySecrets({ chains, rateLimits }: GatewayConfigProps): readonly GatewaySecret[] {
  const found = new Map<string, GatewaySecret>();
  const add = (remote: string, key: GatewaySecret['key']): void => {
    const secret = { variable: variableOf(remote), name: nameOf(remote), key, remote };
    const known = found.get(secret.variable);
    if (known && (known.remote !== remote || known.key !== key))
      throw new Error(`the secrets ${known.remote} (${known.key}) and ${remote} (${key}) need names that differ`);
    found.set(secret.variable, secret);
  };
  for (const { fallbacks } of chains) for (const { secret } of fallbacks) add(secret, 'url');
  if (rateLimits.premium) add(rateLimits.premium.secret, 'token');
  return [...found.values()].sort((a, b) => (a.variable < b.variable ? -1 : 1));
}

/** Name of the Kubernetes Secret of a secret; one that is a Kubernetes name stays as it is. */
function nameOf(secret: string): string {
  const name = secret
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '');
  if (name === '' || name.length > 253) throw new Error(`${secret}: no name of a Kubernetes Secret comes of it`);
  return name;
}

const variableOf = (secret: string): string => `SECRET_${nameOf(secret).toUpperCase().replaceAll(/[.-]/g, '_')}`;

/** eRPC fills in environment variables before it reads its configuration (common/config.go, LoadConfig), and HAProxy in quotes. */
export const reference = (secret: string): string => `\${${variableOf(secret)}}`;

function check(props: GatewayConfigProps): void {
  const { chains, rpcTimeoutMs, retryAttempts, rateLimits } = props;
  const refuse = (problem: string): never => {
    throw new Error(`the RPC gateway: ${problem}`);
  };
  if (chains.length === 0) refuse('there is no chain to serve');
  if (!Number.isSafeInteger(rpcTimeoutMs) || rpcTimeoutMs < 2) refuse('rpcTimeoutMs is no time to wait');
  if (!Number.isSafeInteger(retryAttempts) || retryAttempts < 0) refuse('retryAttempts is no number of tries');
  // The counter has 32 bits, and none at all would refuse everything.
  for (const { count } of [rateLimits.default, ...(rateLimits.premium ? [rateLimits.premium] : [])])
    if (!Number.isSafeInteger(count) || count < 1 || count > 0xffff_ffff) refuse(`no rate limit can be ${count}`);
  const ids = new Set<string>();
  const chainIds = new Map<number, string>();
  for (const { chain, network, chainId, upstreams, fallbacks } of chains) {
    const name = `${chain}-${network}`;
    const other = chainIds.get(chainId);
    if (other !== undefined)
      refuse(`${other} and ${name} have one chain id, ${chainId}, by which eRPC tells them apart`);
    chainIds.set(chainId, name);
    if (!/^[\w-]+$/.test(name)) refuse(`${name} cannot be an alias: letters, digits, - and _`);
    if (upstreams.length + fallbacks.length === 0) refuse(`${name} has neither a node nor a fallback`);
    for (const { id, url } of upstreams) {
      if (!/^https?:\/\/[^\s$]+$/.test(url)) refuse(`${id} is reached by http:// or https://, without a $, not ${url}`);
    }
    for (const id of [...upstreams.map(({ id }) => id), ...fallbacks.map((fallback) => `${name}-${fallback.name}`)]) {
      if (ids.has(id)) refuse(`two upstreams are ${id}`);
      ids.add(id);
    }
  }
}
