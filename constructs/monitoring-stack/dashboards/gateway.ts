import { GATEWAY_ERROR_RATIO } from '../thresholds';
import { type DashboardDefinition, graph, stat } from './panels';
import { count, FLEET_VARIABLES, NONE_IS_GOOD, warns } from './queries';

/** What eRPC calls a network is the alias that the gateway's configuration gives it. */
const CHOSEN = 'network=~"${chain}-${network}"';
/** HAProxy has a backend of that name for each network whose nodes take websockets. */
const BY_PROXY = 'proxy=~"${chain}-${network}"';
/** The environment's own nodes, by the name of an upstream; what is not among them is a provider outside. */
const OWN = 'label_replace(chain_info{environment="$environment"}, "upstream", "$1", "node", "(.+)")';

const sum = (by: string, metric: string, of = CHOSEN): string =>
  `sum ${by}${by === '' ? '' : ' '}(rate(${metric}{${of}}[$__rate_interval]))`;

const received = (by = ''): string => sum(by, 'erpc_network_request_received_total');
/** As the alert counts: neither what a caller got wrong itself, nor a block that is a moment away (eRPC, common/errors.go, ClassifySeverity). */
const FAILED = `${CHOSEN},severity="critical"`;
const failed = (by = ''): string => sum(by, 'erpc_network_failed_request_total', FAILED);
const within = (seconds: string): string =>
  `${sum('', 'erpc_network_request_duration_seconds_bucket', `${CHOSEN},le="${seconds}"`)} / ${sum('', 'erpc_network_request_duration_seconds_count')}`;
const quantile = (of: number, metric: string, by: string): string =>
  `histogram_quantile(${of}, ${sum(`by (${['le', ...(by === '' ? [] : [by])].join(', ')})`, `${metric}_bucket`)})`;
const upstreams = sum('by (upstream)', 'erpc_upstream_request_total');
/** Each pod of the gateway looks for itself; as the alert, of those that all of them leave out. */
const excluded = `((max by (network, upstream) (erpc_selection_position{${CHOSEN}}) == -1) and on (upstream) ${OWN})`;

const ERRORS = warns(GATEWAY_ERROR_RATIO.warning, GATEWAY_ERROR_RATIO.critical);

/** The RPC gateway, as its callers and its upstreams see it. */
export const gateway = (): DashboardDefinition => ({
  uid: 'chains-gateway',
  title: 'RPC gateway',
  about: 'Do callers get answers, how fast, and from our own nodes?',
  past: '6h',
  refresh: '1m',
  variables: FLEET_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Requests',
          about: 'Requests in a second. Normal: as its callers need; 0 while engines run is wrong.',
          query: received(),
          unit: 'reqps',
        }),
        stat({
          title: 'Failed',
          about: 'Part of the requests that failed through no fault of the caller. Normal: below 1 %.',
          query: `(${failed()} or vector(0)) / ${received()}`,
          unit: 'percentunit',
          decimals: 2,
          steps: ERRORS,
          none: 'no requests',
        }),
        stat({
          title: 'Within 50 ms',
          about:
            'Part of the requests that were answered within 50 ms. Normal: most; calls that trace or search logs take longer.',
          query: within('0.05'),
          unit: 'percentunit',
          decimals: 0,
          none: 'no requests',
        }),
        stat({
          title: 'Half within',
          about: 'Median time of an answer, as good as the buckets tell. Normal: below 50 ms.',
          query: quantile(0.5, 'erpc_network_request_duration_seconds', ''),
          unit: 's',
          none: 'no requests',
        }),
        stat({
          title: '99 % within',
          about: 'Time in which 99 of 100 are answered, as good as the buckets tell. Normal: below half a second.',
          query: quantile(0.99, 'erpc_network_request_duration_seconds', ''),
          unit: 's',
          none: 'no requests',
        }),
        stat({
          title: 'From outside',
          about:
            'Part of the requests that went to providers outside. Normal: 0; more means that own nodes are away or behind.',
          query: `(sum(${upstreams} unless on (upstream) ${OWN}) or vector(0)) / sum(${upstreams})`,
          unit: 'percentunit',
          decimals: 1,
          steps: warns(0.01, 0.5),
          none: 'no requests',
        }),
        stat({
          title: 'Left out',
          about: 'Own nodes that the gateway asks no more, because they fail or are behind. Normal: 0.',
          query: count(excluded),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Refused',
          about: 'Requests in a second that are over the limit of their caller. Normal: 0.',
          query: `${sum('', 'erpc_rate_limits_total')} or vector(0)`,
          unit: 'reqps',
          steps: [{ color: 'green' }, { color: 'yellow', from: 0.01 }],
        }),
      ],
    },
    {
      title: 'What callers see',
      panels: [
        graph({
          title: 'Requests by network',
          about: 'Requests in a second, by network. Normal: steady.',
          queries: [{ expr: received('by (network)'), legend: '{{network}}' }],
          unit: 'reqps',
          min: 0,
        }),
        graph({
          title: 'Requests by method',
          about: 'The ten methods that are asked for most. Normal: reads of state and blocks first.',
          queries: [{ expr: `topk(10, ${received('by (category)')})`, legend: '{{category}}' }],
          unit: 'reqps',
          min: 0,
        }),
        graph({
          title: 'Failed by network',
          about: 'Part of the requests that failed through no fault of the caller. Normal: below the first line.',
          queries: [{ expr: `${failed('by (network)')} / ${received('by (network)')}`, legend: '{{network}}' }],
          unit: 'percentunit',
          steps: ERRORS,
          min: 0,
        }),
        graph({
          title: 'Errors by kind',
          about: 'Failed requests in a second, those that callers got wrong included. Normal: few, mostly theirs.',
          queries: [
            {
              expr: `topk(10, ${sum('by (error, severity)', 'erpc_network_failed_request_total')})`,
              legend: '{{error}} ({{severity}})',
            },
          ],
          unit: 'reqps',
          min: 0,
        }),
        graph({
          title: 'Time of an answer',
          about: '95 of 100 are answered within this, as good as the buckets tell. Normal: below half a second.',
          queries: [
            { expr: quantile(0.95, 'erpc_network_request_duration_seconds', 'network'), legend: '{{network}}' },
          ],
          unit: 's',
          min: 0,
        }),
        graph({
          title: 'Tried again and given up',
          about: 'Requests in a second that were tried at another upstream, and that took too long. Normal: near 0.',
          queries: [
            { expr: sum('by (reason)', 'erpc_network_retry_attempt_total'), legend: 'again: {{reason}}' },
            { expr: sum('by (scope)', 'erpc_network_timeout_fired_total'), legend: 'too long: {{scope}}' },
          ],
          unit: 'reqps',
          min: 0,
        }),
      ],
    },
    {
      title: 'Upstreams',
      panels: [
        graph({
          title: 'Requests by upstream',
          about: 'Which node or provider answers. Normal: own nodes alone.',
          queries: [{ expr: upstreams, legend: '{{upstream}}' }],
          unit: 'reqps',
          min: 0,
        }),
        graph({
          title: 'Errors by upstream',
          about: 'Part of what is asked of an upstream that fails. Normal: near 0, alike for nodes of one chain.',
          queries: [
            {
              expr: `${sum('by (upstream)', 'erpc_upstream_request_errors_total', FAILED)} / ${upstreams}`,
              legend: '{{upstream}}',
            },
          ],
          unit: 'percentunit',
          steps: ERRORS,
          min: 0,
        }),
        graph({
          title: 'Time by upstream',
          about:
            '95 of 100 answers of an upstream come within this, as good as the buckets tell. Normal: below half a second.',
          queries: [
            { expr: quantile(0.95, 'erpc_upstream_request_duration_seconds', 'upstream'), legend: '{{upstream}}' },
          ],
          unit: 's',
          min: 0,
        }),
        graph({
          title: 'Blocks behind the best',
          about: 'How far an upstream is behind the best of its network, as the gateway sees it. Normal: 0 or 1.',
          queries: [
            {
              expr: `max by (upstream) (erpc_upstream_block_head_lag{${CHOSEN}})`,
              legend: '{{upstream}}',
            },
          ],
          unit: 'short',
          decimals: 0,
          min: 0,
        }),
      ],
    },
    {
      title: 'Websockets',
      panels: [
        graph({
          title: 'Open websockets',
          about: 'Connections through the gateway, by network. Normal: a few for each engine, and no steps down.',
          queries: [{ expr: `sum by (proxy) (haproxy_backend_current_sessions{${BY_PROXY}})`, legend: '{{proxy}}' }],
          unit: 'short',
          decimals: 0,
          min: 0,
        }),
      ],
    },
  ],
});
