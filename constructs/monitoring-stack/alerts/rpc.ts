/** Alerts about the RPC gateway: whether it answers, how well its upstreams do, and whom it asks. */
import { GATEWAY_ERROR_RATIO } from '../thresholds';
import type { Watch } from '../watch';
import type { Alert } from './model';
import { anyOf, fires, first, type Labels, missing, networksOf, select, silent, type WatchedNetwork } from './parts';

/** Of the requests to one upstream (erpc/erpc, monitoring/prometheus/alert.rules, HighErrorRate). */
const UPSTREAM_ERROR_RATIO = 0.05;
/** Of the requests of callers, those that were refused (the same, HighRateLimiting). */
const LIMITED_RATIO = 0.1;
/** Fewer requests a second say nothing of a ratio. */
const LEAST_RATE = 0.1;
const OVER = '10m';

type Gateway = NonNullable<Watch['gateway']>;

/** Nothing where there is no gateway. */
export function rpcAlerts(watch: Watch): readonly Alert[] {
  const { gateway } = watch;
  if (!gateway) return [];
  const behind = watch.nodes.filter(({ id, local }) => !local && (gateway.upstreams?.includes(id) ?? true));
  return [
    gatewayDown(),
    ...requestsFailing(),
    upstreamErrorRate(),
    upstreamLatency(gateway),
    rateLimited(),
    selectionFailing(),
    websocketsUnserved(),
    ...networksOf({ ...watch, nodes: behind }).flatMap((network) => [
      fallbackInUse(network),
      upstreamExcluded(network),
      ...(gateway.upstreams ? [upstreamMissing(network)] : []),
    ]),
  ];
}

const rpc = (alert: Omit<Alert, 'group' | 'runbook'>): Alert => ({ ...alert, group: 'rpc', runbook: 'rpc-gateway' });

function gatewayDown(): Alert {
  // By the port of eRPC: what takes websockets has one of its own.
  const up = select('up', { service: 'rpc-gateway', endpoint: 'metrics' });
  const at = (endpoint: string) =>
    select('up', { service: 'rpc-gateway', endpoint, pod: 'rpc-gateway-1', job: 'rpc-gateway' });
  return rpc({
    name: 'GatewayDown',
    severity: 'critical',
    team: 'platform',
    expr: `absent(${up} == 1)`,
    forSeconds: 120,
    summary: 'No pod of the RPC gateway answers Prometheus: nobody reaches a chain through it.',
    cases: {
      fires: [
        fires('there is none', {}, 3, {}),
        fires('none answers', { [at('metrics')]: '1x5 0x20' }, 10, {}),
        fires('websockets alone answer', { [at('ws-metrics')]: '1x20' }, 10, {}),
      ],
      silent: [silent('one answers', { [at('metrics')]: '1x20' }, 10)],
    },
  });
}

/** The name of an upstream is that of its node, by which what is known of its host explains it. */
const byNode = (expr: string): string => `label_replace(${expr}, "node", "$1", "upstream", "(.+)")`;

/** Of a network by the name that the gateway has for it, `<chain>-<network>`: with the labels that its nodes have, whose alerts may explain it. */
const byNetwork = (expr: string, from: string): string =>
  (['chain', 'network'] as const).reduce(
    (inner, label, index) => `label_replace(${inner}, "${label}", "$${index + 1}", "${from}", "([^-]+)-(.+)")`,
    expr,
  );

const named = (upstream: string): Labels => ({ upstream, node: upstream });

const rate = (metric: string, matchers: Labels, by: string): string =>
  `sum by (${by}) (rate(${Object.keys(matchers).length > 0 ? select(metric, matchers) : metric}[${OVER}]))`;

const ETHEREUM: Labels = { chain: 'ethereum', network: 'mainnet' };

/** What callers see, after all tries. */
function requestsFailing(): readonly Alert[] {
  const failed = 'erpc_network_failed_request_total';
  const received = 'erpc_network_request_received_total';
  const of = { network: 'ethereum-mainnet' };
  const requests = { [select(received, of)]: '0+6000x60' };
  const errors = (aMinute: number) => ({ [select(failed, { ...of, severity: 'critical' })]: `0+${aMinute}x60` });
  return (['warning', 'critical'] as const).map((severity) => {
    const ratio = GATEWAY_ERROR_RATIO[severity];
    return rpc({
      name: severity === 'critical' ? 'RequestsFailing' : 'RequestsFailingSome',
      severity,
      team: 'platform',
      expr: byNetwork(
        `${rate(failed, { severity: 'critical' }, 'network')} / ${rate(received, {}, 'network')} > ${ratio} ` +
          `and on (network) ${rate(received, {}, 'network')} > ${LEAST_RATE}`,
        'network',
      ),
      forSeconds: 300,
      summary:
        '{{ $value | humanizePercentage }} of the requests for {{ $labels.chain }} {{ $labels.network }} fail at every upstream.',
      cases: {
        fires: [fires('they fail', { ...requests, ...errors(Math.ceil(ratio * 2 * 6000)) }, 30, ETHEREUM)],
        silent: [
          silent('few fail', { ...requests, ...errors(Math.floor((ratio / 2) * 6000)) }, 30),
          silent(
            'callers make mistakes',
            { ...requests, [select(failed, { ...of, severity: 'info' })]: '0+6000x60' },
            30,
          ),
        ],
      },
    });
  });
}

function upstreamErrorRate(): Alert {
  const errors = 'erpc_upstream_request_errors_total';
  const total = 'erpc_upstream_request_total';
  const of = { upstream: 'ethereum-mainnet-geth' };
  const requests = { [select(total, of)]: '0+600x60' };
  const failed = (aMinute: number) => ({ [select(errors, { ...of, severity: 'critical' })]: `0+${aMinute}x60` });
  return rpc({
    name: 'UpstreamErrorRate',
    severity: 'warning',
    team: 'chains',
    expr: byNode(
      `${rate(errors, { severity: 'critical' }, 'upstream')} / ${rate(total, {}, 'upstream')} > ${UPSTREAM_ERROR_RATIO} ` +
        `and on (upstream) ${rate(total, {}, 'upstream')} > ${LEAST_RATE}`,
    ),
    forSeconds: 600,
    summary: '{{ $value | humanizePercentage }} of the requests to {{ $labels.upstream }} fail.',
    cases: {
      fires: [fires('one in ten fails', { ...requests, ...failed(60) }, 30, named(of.upstream))],
      silent: [
        silent('one in fifty fails', { ...requests, ...failed(12) }, 30),
        silent('hardly anybody asks', { [select(total, of)]: '0+1x60', ...failed(1) }, 30),
      ],
    },
  });
}

/** An upstream has half of the caller's time, after which another is asked. */
function upstreamLatency({ rpcTimeoutMs }: Gateway): Alert {
  const above = rpcTimeoutMs / 4000;
  const bucket = 'erpc_upstream_request_duration_seconds_bucket';
  const of = { upstream: 'ethereum-mainnet-geth' };
  const buckets = (within: number) => ({
    [select(bucket, { ...of, le: `${above}` })]: `0+${within}x60`,
    [select(bucket, { ...of, le: `${above * 4}` })]: '0+600x60',
    [select(bucket, { ...of, le: '+Inf' })]: '0+600x60',
  });
  return rpc({
    name: 'UpstreamLatency',
    severity: 'warning',
    team: 'chains',
    expr: byNode(`histogram_quantile(0.95, sum by (le, upstream) (rate(${bucket}[${OVER}]))) > ${above}`),
    forSeconds: 600,
    summary: `{{ $labels.upstream }}: one request in twenty takes longer than {{ $value | humanizeDuration }}; it is given up after ${rpcTimeoutMs / 2000} s.`,
    cases: {
      fires: [fires('every second one is slow', buckets(300), 30, named(of.upstream))],
      silent: [silent('nearly all are fast', buckets(595), 30)],
    },
  });
}

function rateLimited(): Alert {
  const limits = 'erpc_rate_limits_total';
  const received = 'erpc_network_request_received_total';
  const of = { budget: 'default' };
  return rpc({
    name: 'RateLimited',
    severity: 'warning',
    team: 'platform',
    expr:
      `${rate(limits, {}, 'budget')} / on () group_left () (sum(rate(${limits}[${OVER}])) + ` +
      `(sum(rate(${received}[${OVER}])) or vector(0))) > ${LIMITED_RATIO}`,
    forSeconds: 600,
    summary: '{{ $value | humanizePercentage }} of all requests are refused by the limit "{{ $labels.budget }}".',
    cases: {
      fires: [
        fires(
          'one in three is refused',
          { [select(limits, of)]: '0+300x60', [select(received, { network: 'bsc-mainnet' })]: '0+600x60' },
          30,
          of,
        ),
        fires('every one is refused', { [select(limits, of)]: '0+300x60' }, 30, of),
      ],
      silent: [
        silent(
          'few are refused',
          { [select(limits, of)]: '0+6x60', [select(received, { network: 'bsc-mainnet' })]: '0+600x60' },
          30,
        ),
      ],
    },
  });
}

/** Then it goes by the order in which upstreams stand, whatever their state is. */
function selectionFailing(): Alert {
  const errors = 'erpc_selection_eval_errors_total';
  const of = { network: 'ethereum-mainnet', kind: 'throw' };
  return rpc({
    name: 'SelectionFailing',
    severity: 'warning',
    team: 'platform',
    expr: `${rate(errors, {}, 'network, kind')} > 0`,
    forSeconds: 600,
    summary: 'The gateway cannot say which upstream of {{ $labels.network }} is fit ({{ $labels.kind }}).',
    cases: {
      fires: [fires('the policy throws', { [select(errors, of)]: '0+30x60' }, 30, of)],
      silent: [silent('it threw once', { [select(errors, of)]: '0x5 1x60' }, 40)],
    },
  });
}

/** HAProxy's own word: a backend is a network, and those without a server are none of a network. */
function websocketsUnserved(): Alert {
  const servers = (proxy: string) => select('haproxy_backend_active_servers', { proxy });
  const of = 'ethereum-mainnet';
  return rpc({
    name: 'WebsocketsUnserved',
    severity: 'warning',
    team: 'chains',
    expr: byNetwork(
      `max by (proxy) (${select('haproxy_backend_active_servers', { proxy: '!~unknown|callers-.+' })}) == 0`,
      'proxy',
    ),
    forSeconds: 120,
    summary:
      'No node of {{ $labels.chain }} {{ $labels.network }} is healthy: nobody can open a websocket to it, and there is no fallback.',
    cases: {
      fires: [fires('all are down', { [servers(of)]: '2x5 0x20' }, 15, { ...ETHEREUM, proxy: of })],
      silent: [
        silent('one is up', { [servers(of)]: '2x5 1x20' }, 15),
        silent('it is no network', { [servers('unknown')]: '0x20', [servers('callers-default')]: '0x20' }, 15),
      ],
    },
  });
}

const position = (upstream: string): string => select('erpc_selection_position', { upstream });

/** -1: left out. With all of its own nodes left out, it asks who costs money, or, without one, whoever is there. */
function fallbackInUse({ labels, nodes }: WatchedNetwork): Alert {
  const ids = nodes.map(({ id }) => id);
  const each = (value: string) => Object.fromEntries(ids.map((id) => [position(id), value]));
  return rpc({
    name: 'FallbackInUse',
    // Of several, no single one explains it.
    labels: { ...labels, ...(ids.length === 1 ? { node: first(ids) } : {}) },
    severity: 'warning',
    team: 'chains',
    expr: `max(${position(anyOf(ids))}) == -1`,
    forSeconds: 300,
    // Labels that a rule sets are not among those of its texts.
    summary: `The gateway takes no own node of ${labels.chain} ${labels.network} for fit: it asks its fallbacks.`,
    cases: {
      fires: [fires('all are left out', each('0x5 -1x20'), 15, {})],
      silent: [silent('one is fit', { ...each('-1x30'), [position(first(ids))]: '0x30' }, 15)],
    },
  });
}

function upstreamExcluded({ labels, nodes }: WatchedNetwork): Alert {
  const ids = nodes.map(({ id }) => id);
  const one = first(ids);
  return rpc({
    name: 'UpstreamExcluded',
    labels,
    severity: 'warning',
    team: 'chains',
    expr: byNode(`max by (upstream) (${position(anyOf(ids))}) == -1`),
    forSeconds: 900,
    summary: 'The gateway leaves {{ $labels.upstream }} out: it fails, hangs or lags.',
    cases: {
      fires: [fires('it is left out', { [position(one)]: '0x5 -1x40' }, 30, named(one))],
      silent: [
        silent('it is asked second', { [position(one)]: '1x40' }, 30),
        silent('it may be taken in again', { [position(one)]: '0x5 -1x40' }, 12),
      ],
    },
  });
}

/** Of every node by its name: one that the gateway never reached is no upstream of it. */
function upstreamMissing({ labels, nodes }: WatchedNetwork): Alert {
  const ids = nodes.map(({ id }) => id);
  const one = first(ids);
  const others = Object.fromEntries(ids.slice(1).map((id) => [position(id), '0x40']));
  return rpc({
    name: 'UpstreamMissing',
    labels,
    severity: 'warning',
    team: 'chains',
    expr: byNode(ids.map((upstream) => missing('erpc_selection_position', { upstream })).join(' or ')),
    forSeconds: 900,
    summary: 'The gateway does not know {{ $labels.upstream }}.',
    cases: {
      fires: [fires('it never answered', others, 20, named(one))],
      silent: [silent('it is known', { ...others, [position(one)]: '0x40' }, 20)],
    },
  });
}
