import { GATEWAY_ERROR_RATIO } from '../thresholds';
import {
  EACH,
  GWEI,
  lostToOthers,
  MARKET_VARIABLES,
  most,
  OF_MARKET,
  OF_NODES,
  opportunities,
  PART,
  RANGE,
  RATIO,
  SECONDS,
  share,
} from './mev-queries';
import { type DashboardDefinition, graph, hourly, stat, table } from './panels';
import { HEAD_OF_LIMIT, headOfLimit, NUMBER, warns } from './queries';

const HOUR = '1h';
const BY_CHAIN = 'by (chain)';
const BY_NETWORK = 'by (chain, network)';
const NETWORK = '{{chain}} {{network}}';
const PROMISED = `mev_opportunity_profit_ratio{${OF_MARKET}}`;
const GAS = `mev_gas_price_gwei{${OF_MARKET}}`;

/** What the gateway calls a network. */
const AT_GATEWAY = 'network=~"${chain}-.+"';
const asked = (by = ''): string =>
  `sum${by && ` ${by} `}(rate(erpc_network_request_received_total{${AT_GATEWAY}}[$__rate_interval]))`;
/** As the alert counts: what is not the caller's fault. */
const failed = (by = ''): string =>
  `sum${by && ` ${by} `}(rate(erpc_network_failed_request_total{${AT_GATEWAY},severity="critical"}[$__rate_interval]))`;
const answered = (by: string): string =>
  `histogram_quantile(0.95, sum by (${by}) (rate(erpc_network_request_duration_seconds_bucket{${AT_GATEWAY}}[$__rate_interval])))`;
const ERRORS = warns(GATEWAY_ERROR_RATIO.warning, GATEWAY_ERROR_RATIO.critical);

/** By quarters of an hour: the gas price, of those in which any was offered, and the opportunities of the same. */
const QUARTER = '15m';
const gas = `(max ${BY_CHAIN} (max_over_time(${GAS}[${QUARTER}])) > 0)`;
const found = `(${opportunities(QUARTER, BY_CHAIN)} and on (chain) ${gas})`;
const over = (how: string, of: string): string => `${how}_over_time((${of})[${RANGE}:${QUARTER}])`;
const average = (of: string): string => over('avg', of);
/** Pearson's coefficient. */
const correlation = share(
  `(${average(`${found} * on (chain) ${gas}`)} - ${average(found)} * on (chain) ${average(gas)})`,
  `(${over('stddev', found)} * on (chain) ${over('stddev', gas)})`,
);

/** What the chains are like for who trades on them. */
export const marketAnalysis = (): DashboardDefinition => ({
  uid: 'mev-market-analysis',
  title: 'Market analysis',
  about: 'Which chain is worth trading on, at what hour, and what holds us back there?',
  past: '24h',
  refresh: '5m',
  variables: MARKET_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Networks',
          about: 'Networks that engines read. Normal: as many as strategies name.',
          query: `count(count ${BY_NETWORK} (mev_head_number{engine=~"$engine",chain=~"$chain"}))`,
          ...NUMBER,
          none: '0',
        }),
        stat({
          title: 'Oldest head',
          about: 'Age of the oldest head of a node as a part of the age at which it alerts. Normal: below 50 %.',
          query: `max(${headOfLimit(OF_NODES)})`,
          ...HEAD_OF_LIMIT,
        }),
        stat({
          title: 'Opportunities',
          about: 'All that strategies found in the range. Normal: as many as on other days.',
          query: opportunities(RANGE),
          ...NUMBER,
        }),
        stat({
          title: 'Best promise',
          about: 'The most that one promised in the range, as a part of the position. Normal: above min_profit_ratio.',
          query: `max(max_over_time(${PROMISED}[${RANGE}]))`,
          ...RATIO,
        }),
        stat({
          title: 'Lost to others',
          about: 'Of those that were tried for, the part where another was faster. Normal: steady.',
          query: lostToOthers(RANGE),
          ...PART,
          none: 'none tried for',
        }),
        stat({
          title: 'Highest gas price',
          about: 'The highest that was offered in the range, in gwei. Normal: below max_gas_price.',
          query: `max(max_over_time(${GAS}[${RANGE}]))`,
          ...GWEI,
        }),
        stat({
          title: 'Answers within',
          about: '95 of 100 answers of the gateway come within this. Normal: below half a second.',
          query: answered('le'),
          unit: 's',
          none: 'no requests',
        }),
        stat({
          title: 'Failed requests',
          about: 'Part of the requests to the gateway that failed through no fault of the caller. Normal: below 1 %.',
          query: `(${failed()} or vector(0)) / ${asked()}`,
          unit: 'percentunit',
          decimals: 2,
          steps: ERRORS,
          none: 'no requests',
        }),
      ],
    },
    {
      title: 'Opportunities',
      panels: [
        hourly({
          title: 'Opportunities by chain and hour',
          about: 'What was found in the hour before, or longer in a long range. Normal: the same hours each day.',
          queries: [{ expr: opportunities(EACH, BY_CHAIN), legend: '{{chain}}' }],
          ...NUMBER,
          min: 0,
        }),
        hourly({
          title: 'Best promise by chain and hour',
          about: 'The most that one of the hour promised, as a part of the position. Normal: the same hours each day.',
          queries: [{ expr: `max ${BY_CHAIN} (max_over_time(${PROMISED}[${EACH}]))`, legend: '{{chain}}' }],
          ...RATIO,
          stacked: false,
          min: 0,
        }),
        graph({
          title: 'Lost to others by chain',
          about:
            'Of those that were tried for in an hour, the part where another was faster. Normal: alike on all chains.',
          queries: [{ expr: lostToOthers(HOUR, BY_CHAIN), legend: '{{chain}}' }],
          ...PART,
          min: 0,
        }),
        graph({
          title: 'Gas prices',
          about:
            'The highest that strategies offered in a minute, in gwei. Normal: 0 where none was; peaks when all want in.',
          queries: [{ expr: most('mev_gas_price_gwei', OF_MARKET, BY_CHAIN), legend: '{{chain}}' }],
          ...GWEI,
          min: 0,
        }),
      ],
    },
    {
      title: 'Opportunities and gas',
      panels: [
        graph({
          title: 'Each of its average of a day',
          about: 'Opportunities of an hour and the highest gas price in it, both of their average. Normal: near 100 %.',
          queries: [
            {
              expr: share(opportunities(HOUR, BY_CHAIN), `avg_over_time(${opportunities(HOUR, BY_CHAIN)}[1d:${HOUR}])`),
              legend: 'opportunities: {{chain}}',
            },
            {
              expr: share(
                `max ${BY_CHAIN} (max_over_time(${GAS}[${HOUR}]))`,
                `avg_over_time((max ${BY_CHAIN} (max_over_time(${GAS}[${HOUR}])))[1d:${HOUR}])`,
              ),
              legend: 'gas: {{chain}}',
            },
          ],
          unit: 'percentunit',
          decimals: 0,
          min: 0,
        }),
        table({
          title: 'How they go together',
          about: 'By quarters of an hour with a gas price: 1 is together, 0 not at all, -1 against. Normal: any.',
          rows: ['chain'],
          columns: [
            {
              name: 'Together',
              expr: `max ${BY_CHAIN} (${correlation})`,
              unit: 'none',
              decimals: 2,
              none: 'cannot tell',
            },
            {
              name: 'Found in a quarter',
              expr: `max ${BY_CHAIN} (${average(found)})`,
              unit: 'short',
              decimals: 1,
              none: 'none',
            },
            { name: 'Gas price', expr: `max ${BY_CHAIN} (${average(gas)})`, ...GWEI, none: 'none' },
            {
              name: 'Found in all',
              expr: opportunities(RANGE, BY_CHAIN),
              ...NUMBER,
            },
          ],
          sort: { by: 'Together', descending: true },
          leads: { chain: { to: 'chains-chain', with: ['chain'] } },
          width: 12,
          height: 7,
        }),
      ],
    },
    {
      title: 'Chains and the way to them',
      panels: [
        graph({
          title: 'Time between blocks',
          about: 'Over ten minutes, by our first node of each network. Normal: steady, as the chain has it.',
          queries: [
            {
              expr: `1 / (max ${BY_NETWORK} (deriv(chain_head_number{${OF_NODES}}[10m])) > 0)`,
              legend: NETWORK,
            },
          ],
          unit: 's',
          decimals: 2,
          min: 0,
        }),
        graph({
          title: 'Age of heads',
          about: 'Age of the oldest head of our nodes, by network. Normal: a saw of a few blocks.',
          queries: [{ expr: `max ${BY_NETWORK} (chain_head_age_seconds{${OF_NODES}})`, legend: NETWORK }],
          ...SECONDS,
          min: 0,
        }),
        graph({
          title: 'Time of an answer',
          about: '95 of 100 answers of the gateway come within this, by network. Normal: below half a second.',
          queries: [{ expr: answered('le, network'), legend: '{{network}}' }],
          unit: 's',
          min: 0,
        }),
        graph({
          title: 'Failed requests by network',
          about: 'Part of the requests that failed through no fault of the caller. Normal: below the first line.',
          queries: [{ expr: `${failed('by (network)')} / ${asked('by (network)')}`, legend: '{{network}}' }],
          unit: 'percentunit',
          steps: ERRORS,
          min: 0,
        }),
      ],
    },
  ],
});
