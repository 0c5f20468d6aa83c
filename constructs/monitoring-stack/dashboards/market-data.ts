import { type DashboardDefinition, type Panel, sql } from './panels';

/** Rows of `timeseries` and `analytics`, as constructs/data-stores makes them. A test runs each query against ClickHouse. */

const OVER = '$__timeFilter(at)';
const EACH = '$__timeInterval(at) AS time';
/** Profit after loss. Of one unit, because units are never added. */
const NET = 'toFloat64(sum(profit - loss))';

/** Lines: what is counted or measured of each name over time. */
const lines = (name: string, value: string, from: string, where = ''): string =>
  `SELECT ${EACH}, ${name} AS name, ${value} AS value FROM ${from} WHERE ${OVER}${where && ` AND ${where}`} GROUP BY time, name ORDER BY time, name`;

const stat = (panel: {
  readonly title: string;
  readonly about: string;
  readonly sql: string;
  readonly none?: string;
}): Panel => sql({ view: 'stat', unit: 'short', decimals: 0, ...panel });

/** What workers brought in, and what engines made of it. */
export const marketData = (): DashboardDefinition => ({
  uid: 'mev-market-data',
  title: 'Market data',
  about: 'What do markets do, what was found in that, and what came of it, as the stores keep it?',
  past: '24h',
  refresh: '5m',
  source: 'clickhouse',
  variables: [],
  sections: [
    {
      panels: [
        stat({
          title: 'Prices',
          about: 'Prices that came in. Normal: as many as on other days.',
          sql: `SELECT count() FROM timeseries.prices WHERE ${OVER}`,
        }),
        sql({
          view: 'stat',
          title: 'Newest price',
          about: 'Age of the newest price of all. Normal: seconds.',
          sql: "SELECT if(count() = 0, NULL, dateDiff('second', max(at), now64(3, 'UTC'))) FROM timeseries.prices WHERE at > now() - INTERVAL 1 DAY",
          unit: 's',
          none: 'none in a day',
        }),
        stat({
          title: 'Trades',
          about: 'What happened at venues. Normal: as much as on other days.',
          sql: `SELECT count() FROM timeseries.market WHERE ${OVER}`,
        }),
        stat({
          title: 'Pending transactions',
          about: 'Transactions that were seen before they were in a block. Normal: as many as on other days.',
          sql: `SELECT uniq(tx) FROM timeseries.mempool WHERE ${OVER}`,
        }),
        stat({
          title: 'Opportunities',
          about: 'What workers and engines found. Normal: as many as on other days.',
          sql: `SELECT count() FROM analytics.opportunities WHERE ${OVER}`,
        }),
        stat({
          title: 'Live executions',
          about: 'Executions that were live and have ended. Normal: as many as on other days.',
          sql: `SELECT count() FROM analytics.executions WHERE ${OVER} AND mode = 'live'`,
        }),
        sql({
          view: 'stat',
          title: 'Landed',
          about: 'The part of the live executions that landed. Normal: steady.',
          sql: `SELECT if(count() = 0, NULL, countIf(status = 'landed') / count()) FROM analytics.executions WHERE ${OVER} AND mode = 'live'`,
          unit: 'percentunit',
          decimals: 1,
          none: 'none',
        }),
        sql({
          view: 'stat',
          title: 'Net in ETH',
          about: 'Profit of live executions after losses, of those that count in ETH. Normal: above 0.',
          sql: `SELECT ${NET} FROM analytics.executions WHERE ${OVER} AND mode = 'live' AND unit = 'ETH'`,
          unit: 'none',
          decimals: 4,
          steps: [{ color: 'red' }, { color: 'text', from: 0 }],
        }),
      ],
    },
    {
      title: 'Executions',
      panels: [
        sql({
          view: 'graph',
          title: 'Live executions by how they ended',
          about: 'Those that ended in each stretch of time. Normal: most landed.',
          sql: lines('toString(status)', 'count()', 'analytics.executions', "mode = 'live'"),
          unit: 'short',
          bars: true,
        }),
        sql({
          view: 'graph',
          title: 'Net of live executions by strategy',
          about: 'Profit after losses in each stretch of time, with its unit. Normal: above 0.',
          sql: lines("concat(strategy, ', ', unit)", NET, 'analytics.executions', "mode = 'live'"),
          unit: 'none',
          decimals: 4,
        }),
        sql({
          view: 'table',
          title: 'By strategy',
          about: 'Of the range, what was live and what was rehearsed. Normal: a net above 0.',
          sql: `SELECT strategy, mode, unit, count() AS executions, countIf(status = 'landed') AS landed, toFloat64(sum(e.profit)) AS profit, toFloat64(sum(e.loss)) AS loss, toFloat64(sum(e.profit - e.loss)) AS net FROM analytics.executions AS e WHERE ${OVER} GROUP BY strategy, mode, unit ORDER BY mode DESC, net DESC`,
          columns: {
            executions: { unit: 'short', decimals: 0 },
            landed: { unit: 'short', decimals: 0 },
            profit: { unit: 'none', decimals: 4 },
            loss: { unit: 'none', decimals: 4 },
            net: { unit: 'none', decimals: 4, steps: [{ color: 'red' }, { color: 'text', from: 0 }] },
          },
          width: 24,
        }),
      ],
    },
    {
      title: 'Prices',
      panels: [
        sql({
          view: 'graph',
          title: 'Difference between sources',
          about: 'Highest price of a pair over the lowest, by all sources, less 1. Normal: below the costs of a trade.',
          sql: lines(
            "concat(base, '/', quote)",
            'toFloat64(max(price)) / toFloat64(min(price)) - 1',
            'timeseries.prices',
            'price > 0',
          ),
          unit: 'percentunit',
          decimals: 3,
        }),
        sql({
          view: 'table',
          title: 'Newest of each source',
          about: 'What each source said last of a pair within the range, and when. Normal: alike, and all of now.',
          sql: `SELECT concat(base, '/', quote) AS pair, source, toFloat64(argMax(price, at)) AS price, max(at) AS seen FROM timeseries.prices WHERE ${OVER} GROUP BY base, quote, source ORDER BY pair, source`,
          columns: { price: { unit: 'none' }, seen: { unit: 'dateTimeAsIso' } },
          height: 7,
        }),
      ],
    },
    {
      title: 'Markets and opportunities',
      panels: [
        sql({
          view: 'graph',
          title: 'Trades by venue',
          about: 'What happened at each in each stretch of time. Normal: the same hours each day.',
          sql: lines("concat(chain, ' ', venue)", 'count()', 'timeseries.market'),
          unit: 'short',
          bars: true,
        }),
        sql({
          view: 'graph',
          title: 'Opportunities by strategy',
          about: 'What was found in each stretch of time. Normal: follows the trades.',
          sql: lines('toString(strategy)', 'count()', 'analytics.opportunities'),
          unit: 'short',
          bars: true,
        }),
        sql({
          view: 'graph',
          title: 'Pending transactions by chain',
          about: 'Those that were seen for the first time in each stretch of time. Normal: steady.',
          sql: lines("concat(chain, ' ', network)", 'uniq(tx)', 'timeseries.mempool'),
          unit: 'short',
        }),
        sql({
          view: 'graph',
          title: 'Priority fees',
          about: 'Nine of ten pending transactions offer less than this, in gwei. Normal: peaks when all want in.',
          sql: lines(
            "concat(chain, ' ', network)",
            'toFloat64(quantile(0.9)(priority_fee_gwei))',
            'timeseries.mempool',
          ),
          unit: 'none',
          decimals: 2,
        }),
      ],
    },
  ],
});
