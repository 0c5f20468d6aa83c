import type { ChainDefinition } from '../constructs/chain-node/catalogue';
import { notInCluster } from './cluster-secret';
import { formatPath, type Path } from './document';
import type { GatewaySettings, NodeSpec, RateLimit } from './environment';
import type { Layers } from './merge';
import type { Problem } from './problem';
import { periodOf, type Rate } from './quantity';
import { type EnvironmentSettings, isServed } from './schema/environment';

/** The RPC gateway of an environment: which nodes and which providers stand behind it, and what callers may ask. */

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_SILENCE_MS = 60_000;
const DEFAULT_ATTEMPTS = 3;

type Fallbacks = Readonly<
  Record<string, Readonly<Record<string, readonly { name: string; secret: string }[] | undefined>> | undefined>
>;

/** Undefined where there is none. What does not fit is reported by {@link checkGateway}. */
export function planGateway(
  { gateway, global, kubernetes }: EnvironmentSettings,
  nodes: readonly NodeSpec[],
  chains: readonly ChainDefinition[],
): GatewaySettings | undefined {
  const limits = global?.security?.api_rate_limits;
  if (!gateway || !limits?.default) return undefined;
  const onEks = kubernetes?.cluster !== undefined;
  const fallbacks: Fallbacks = gateway.fallbacks ?? {};
  // Elsewhere than on EKS the cluster does not reach the VPC of instances.
  const reached = nodes.filter(({ hosting }) => hosting === 'kubernetes' || onEks);
  const served = chains.flatMap((chain) =>
    chain.networks.filter(isServed).map(({ id: network, identity }) => ({
      chain: chain.id,
      network,
      chainId: Number(identity),
      nodes: reached.filter((node) => node.chain.id === chain.id && node.network === network).map(({ id }) => id),
      fallbacks: fallbacks[chain.id]?.[network] ?? [],
    })),
  );
  const { premium_secret: secret } = gateway;
  return {
    chains: served.filter((one) => one.nodes.length + one.fallbacks.length > 0),
    rpcTimeoutMs: global?.networking?.rpc_timeout?.value ?? DEFAULT_TIMEOUT_MS,
    websocketTimeoutMs: global?.networking?.websocket_timeout?.value ?? DEFAULT_SILENCE_MS,
    retryAttempts: global?.networking?.retry_attempts ?? DEFAULT_ATTEMPTS,
    rateLimits: {
      default: limit(limits.default),
      ...(secret !== undefined && limits.premium ? { premium: { ...limit(limits.premium), secret } } : {}),
    },
    vpcAccess: gateway.vpc_access ?? false,
  };
}

const limit = ({ count, perSeconds }: Rate): RateLimit => ({ count, per: periodOf(perSeconds) });

/** Where the gateway stands, and whether there is anything behind it. */
export function checkGateway(
  settings: EnvironmentSettings,
  layers: Layers,
  nodes: readonly NodeSpec[],
  chains: readonly ChainDefinition[],
): Problem[] {
  const { gateway, kubernetes, global } = settings;
  if (!gateway) return [];
  const error = (path: Path, message: string): Problem => ({
    severity: 'error',
    position: layers.position(path),
    path,
    message,
  });
  const limits = global?.security?.api_rate_limits;
  const planned = planGateway(settings, nodes, chains);
  return [
    ...(kubernetes
      ? []
      : [error(['gateway'], 'runs on Kubernetes, and the environment names no cluster; set kubernetes, or remove it')]),
    ...(limits?.default
      ? []
      : [error(['gateway'], 'has no limit for its callers; set global.security.api_rate_limits.default')]),
    ...(gateway.premium_secret !== undefined && !limits?.premium
      ? [
          error(
            ['gateway', 'premium_secret'],
            'premium callers have no limit; set global.security.api_rate_limits.premium',
          ),
        ]
      : []),
    ...(gateway.vpc_access && kubernetes && kubernetes.cluster === undefined
      ? [error(['gateway', 'vpc_access'], 'the cluster is not on EKS and stands in no VPC; remove it')]
      : []),
    ...(kubernetes && planned && planned.chains.length === 0
      ? [
          error(
            ['gateway'],
            `has no node${kubernetes.cluster === undefined ? ' in the cluster' : ''} and no fallback behind it; add one of a public network, or remove it`,
          ),
        ]
      : []),
    ...(planned && settings.network?.dns_zone && 'id' in settings.network.dns_zone && readsHosts(planned, nodes)
      ? [
          error(
            ['network', 'dns_zone'],
            'the gateway is told the names of nodes on instances; give the zone by name instead of id',
          ),
        ]
      : []),
    ...checkFallbacks(settings, nodes, error),
    ...(kubernetes ? checkSecrets(gateway, kubernetes.cluster !== undefined, error) : []),
  ];
}

const readsHosts = ({ chains }: GatewaySettings, nodes: readonly NodeSpec[]): boolean =>
  chains.some((chain) => nodes.some(({ id, hosting }) => hosting === 'instance' && chain.nodes.includes(id)));

/** What is left of a name in the cluster, where each becomes a variable of the gateway. */
const inCluster = (secret: string): string =>
  secret
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** Elsewhere than on EKS they are secrets of the cluster; everywhere they are told apart in it. */
function checkSecrets(
  { fallbacks = {}, premium_secret: premium }: NonNullable<EnvironmentSettings['gateway']>,
  onEks: boolean,
  error: (path: Path, message: string) => Problem,
): Problem[] {
  const named: readonly (readonly [path: Path, secret: string, holding: string])[] = [
    ...(premium === undefined ? [] : [[['premium_secret'], premium, 'the token as token'] as const]),
    ...Object.entries(fallbacks as Fallbacks).flatMap(([chain, networks]) =>
      Object.entries(networks ?? {}).flatMap(([network, providers = []]) =>
        providers.map(
          ({ secret }, index) => [['fallbacks', chain, network, index, 'secret'], secret, 'the URL as url'] as const,
        ),
      ),
    ),
  ];
  return named.flatMap(([path, secret, holding]) => {
    const refuse = (message: string): Problem[] => [error(['gateway', ...path], message)];
    const odd = onEks ? undefined : notInCluster(secret, holding);
    if (odd !== undefined) return refuse(odd);
    if (inCluster(secret) === '') return refuse('has neither a letter nor a digit; name another secret');
    const [firstPath, first, firstHolding] = named.find(([, other]) => inCluster(other) === inCluster(secret)) ?? [];
    if (firstPath === undefined || (first === secret && firstHolding === holding)) return [];
    return refuse(
      `cannot be told in the cluster from that of gateway.${formatPath(firstPath)}, which is another or holds something else; name one that differs by a letter or a digit`,
    );
  });
}

/** The gateway tells upstreams apart by `<chain>-<network>-<name>`, and so are nodes named. */
function checkFallbacks(
  { gateway }: EnvironmentSettings,
  nodes: readonly NodeSpec[],
  error: (path: Path, message: string) => Problem,
): Problem[] {
  const fallbacks: Fallbacks = gateway?.fallbacks ?? {};
  return Object.entries(fallbacks).flatMap(([chain, networks]) =>
    Object.entries(networks ?? {}).flatMap(([network, providers = []]) =>
      providers.flatMap(({ name }, index) => {
        const path: Path = ['gateway', 'fallbacks', chain, network, index, 'name'];
        if (providers.findIndex((one) => one.name === name) < index)
          return [error(path, `"${name}" stands twice; give each provider a name of its own`)];
        const id = `${chain}-${network}-${name}`;
        return nodes.some((node) => node.id === id)
          ? [error(path, `"${name}" would be taken for the node ${id}; give it another name`)]
          : [];
      }),
    ),
  );
}
