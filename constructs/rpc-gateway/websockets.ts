/**
 * The way in for websockets: HAProxy beside eRPC, which has none. It gives a connection to a healthy node of the network, ends it
 * when the node ceases to be healthy, so that the caller comes again, and when it was silent for too long. Directives are those of HAProxy's
 * configuration manual (docs.haproxy.org/3.2/configuration.html).
 */
import {
  type GatewayChain,
  type GatewayConfigProps,
  PREMIUM_HEADER,
  type RateLimit,
  reference,
  webPath,
} from './config';

/** Release of HAProxy, and tag of its image: the newest of 3.2, a long-term branch, on 2026-07-22 (docker-library/haproxy, versions.json). */
export const HAPROXY_VERSION = '3.2.21';

/** Ports of HAProxy: websockets and its own health, and metrics. */
export const WEBSOCKET_PORT = 4002;
export const WEBSOCKET_METRICS_PORT = 4003;

/** Each pod of the gateway asks each node for its health every five seconds, and every second while that changes. */
const CHECKS = 'check inter 5s fastinter 1s fall 2 rise 2';

/** Its configuration; undefined where no node behind the gateway has websockets. Throws when it would serve something else than was meant. */
export function haproxyConfig(props: GatewayConfigProps): string | undefined {
  const { chains, rpcTimeoutMs, websocketTimeoutMs, retryAttempts, rateLimits } = props;
  const served = chains.filter(hasWebsockets);
  if (served.length === 0) return undefined;
  if (!Number.isSafeInteger(websocketTimeoutMs) || websocketTimeoutMs < 1)
    throw new Error('the RPC gateway: websocketTimeoutMs is no time to wait');
  const { premium } = rateLimits;
  const callers: readonly Callers[] = premium
    ? [
        { name: 'premium', limit: premium, when: 'premium' },
        { name: 'default', limit: rateLimits.default, when: '!premium' },
      ]
    : [{ name: 'default', limit: rateLimits.default, when: 'TRUE' }];
  return [
    section('global', [
      'log stdout format raw daemon warning',
      'maxconn 5000',
      'nbthread 2',
      // An open websocket does not end by itself.
      'hard-stop-after 20s',
    ]),
    // Names are asked for again while it runs: a node that is replaced keeps its name.
    section('resolvers cluster', ['parse-resolv-conf', 'hold valid 10s']),
    section('defaults', [
      'mode http',
      'log global',
      'option dontlognull',
      'option redispatch 1',
      `retries ${retryAttempts}`,
      'timeout connect 2s',
      'timeout check 5s',
      'timeout http-request 10s',
      `timeout client ${rpcTimeoutMs}ms`,
      `timeout server ${rpcTimeoutMs}ms`,
      `timeout tunnel ${websocketTimeoutMs}ms`,
      // Of a connection that one side has ended.
      'timeout client-fin 10s',
      'timeout server-fin 10s',
    ]),
    section('frontend metrics', [
      `bind :${WEBSOCKET_METRICS_PORT}`,
      'http-request use-service prometheus-exporter if { path /metrics }',
      'http-request return status 404',
    ]),
    section('frontend websockets', [
      `bind :${WEBSOCKET_PORT}`,
      'monitor-uri /healthcheck',
      ...(premium ? premiumCallers(premium.secret) : []),
      ...callers.flatMap(({ name, limit: { count }, when }) => [
        `http-request track-sc0 src table callers-${name} if ${when}`,
        `http-request deny deny_status 429 if ${when} { sc0_http_req_rate gt ${count} }`,
      ]),
      // 426: upgrade required. Requests without a websocket go to eRPC's port.
      'http-request return status 426 unless { req.hdr(Upgrade) -m str -i websocket }',
      ...served.map((chain) => `use_backend ${nameOf(chain)} if { path ${webPath(chain.chainId)} }`),
      'default_backend unknown',
    ]),
    section('backend unknown', ['http-request return status 404']),
    ...callers.map(({ name, limit: { per } }) =>
      section(`backend callers-${name}`, [
        `stick-table type ipv6 size 100k expire ${PERIOD[per]} store http_req_rate(${PERIOD[per]})`,
      ]),
    ),
    ...served.map(backend),
  ].join('\n');
}

interface Callers {
  readonly name: string;
  readonly limit: RateLimit;
  /** Condition by which HAProxy knows them. */
  readonly when: string;
}

const PERIOD: Readonly<Record<RateLimit['per'], string>> = { second: '1s', minute: '1m', hour: '1h', day: '1d' };

/** As eRPC: a token that is wrong is refused. Neither form of it goes on to the node. */
const premiumCallers = (secret: string): readonly string[] => [
  `acl token req.hdr(${PREMIUM_HEADER}) -m found`,
  'acl token url_param(secret) -m found',
  `acl premium req.hdr(${PREMIUM_HEADER}) -m str "${reference(secret)}"`,
  `acl premium url_param(secret),url_dec -m str "${reference(secret)}"`,
  'http-request deny deny_status 401 if token !premium',
];

function backend(chain: GatewayChain): string {
  const servers = chain.upstreams.flatMap(({ id, websocket }) =>
    websocket ? [{ id, at: new URL(websocket.url), health: new URL(websocket.healthUrl) }] : [],
  );
  const paths = [...new Set(servers.map(({ at }) => at.pathname))];
  const foreign = servers.find(
    ({ at, health }) => at.protocol !== 'ws:' || at.hostname !== health.hostname || health.pathname !== '/',
  );
  if (foreign)
    throw new Error(`the RPC gateway: ${foreign.id} has websockets at ws:// and its health at / of one host`);
  if (paths.length > 1)
    throw new Error(
      `the RPC gateway: nodes of ${nameOf(chain)} have websockets at different paths: ${paths.join(', ')}`,
    );
  return section(`backend ${nameOf(chain)}`, [
    // Connections last, so that who has fewest gets the next.
    'balance leastconn',
    'option httpchk',
    'http-check send meth GET uri / ver HTTP/1.1 hdr Host node',
    'http-check expect status 200',
    `http-request del-header ${PREMIUM_HEADER}`,
    `http-request set-uri ${paths[0]}`,
    ...servers.map(
      ({ id, at, health }) =>
        `server ${id} ${at.host} ${CHECKS} port ${health.port} resolvers cluster init-addr libc,none on-marked-down shutdown-sessions`,
    ),
  ]);
}

/** Whether any node of a network has websockets; providers outside the environment are asked by HTTP alone. */
export const hasWebsockets = ({ upstreams }: GatewayChain): boolean =>
  upstreams.some(({ websocket }) => websocket !== undefined);

const nameOf = ({ chain, network }: GatewayChain): string => `${chain}-${network}`;

const section = (head: string, lines: readonly string[]): string =>
  [head, ...lines.map((line) => `  ${line}`), ''].join('\n');
