import {
  EACH,
  executions,
  lostToOthers,
  MARKET_VARIABLES,
  most,
  OF_MARKET,
  opportunities,
  PART,
  RANGE,
  RATIO,
  resulted,
  rise,
  SECONDS,
  wasted,
} from './mev-queries';
import { type DashboardDefinition, graph, hourly, stat, table } from './panels';
import { NUMBER } from './queries';

const HOUR = '1h';
/** Executions are few: a quantile of less time would be of one or two. */
const LATELY = '15m';
/** How far back the last opportunity is looked for, and how often. */
const SEARCHED = '7d:5m';
const BY = 'by (engine, strategy, chain)';
const BY_STRATEGY = 'by (strategy)';
const BY_BOTH = 'by (strategy, chain)';
const LEGEND = '{{strategy}} {{chain}}';

/** When an opportunity last came, to five minutes. */
const lastOne = (by: string): string => `max_over_time(((${opportunities('5m', by)} > 0) * 0 + time())[${SEARCHED}])`;
const within = (part: number, over: string, label: string): string =>
  `histogram_quantile(${part}, ${rise('mev_execution_seconds_bucket', OF_MARKET, over, `by (${['le', label].filter(Boolean).join(', ')})`)})`;
const PROMISED = 'mev_opportunity_profit_ratio';
const DROUGHT = { ...SECONDS, none: 'over 7 days' } as const;

/** What engines find, and what becomes of it. */
export const opportunityScanner = (): DashboardDefinition => ({
  uid: 'mev-opportunity-scanner',
  title: 'Opportunity scanner',
  about: 'What do strategies find, what do they take, and why not the rest?',
  past: '24h',
  refresh: '1m',
  variables: MARKET_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Opportunities',
          about: 'All that were found in the range, whatever came of them. Normal: as many as on other days.',
          query: opportunities(RANGE),
          ...NUMBER,
        }),
        stat({
          title: 'Taken',
          about: 'Part of the opportunities that was taken. Normal: steady; 0 is a limit, a stop or a fault.',
          query: resulted('taken', RANGE),
          ...PART,
          none: 'none found',
        }),
        stat({
          title: 'Skipped',
          about: 'Part that was skipped, by a limit or for too little profit. Normal: most, and steady.',
          query: resulted('skipped', RANGE),
          ...PART,
          none: 'none found',
        }),
        stat({
          title: 'Lost to others',
          about: 'Of those that were tried for, the part where another was faster. Normal: steady; a rise is slowness.',
          query: lostToOthers(RANGE),
          ...PART,
          none: 'none tried for',
        }),
        stat({
          title: 'Best now',
          about:
            'Profit that the best of the last minute promised, as a part of the position. Normal: now and then above 0.',
          query: most(PROMISED, OF_MARKET),
          ...RATIO,
        }),
        stat({
          title: 'Since the last',
          about: 'Since any strategy found anything, to five minutes. Normal: as long as the market is quiet.',
          query: `time() - max(${lastOne(BY_BOTH)})`,
          ...DROUGHT,
        }),
        stat({
          title: 'Half within',
          about: 'Median time of an execution over the range, as good as the buckets tell. Normal: a block or less.',
          query: within(0.5, RANGE, ''),
          ...SECONDS,
          none: 'none executed',
        }),
        stat({
          title: 'Wasted',
          about: 'Of the executions that were sent, the part that reverted or was dropped. Normal: low.',
          query: wasted(RANGE),
          ...PART,
          none: 'none sent',
        }),
      ],
    },
    {
      title: 'Opportunities',
      panels: [
        hourly({
          title: 'Opportunities by result',
          about: 'taken, skipped (a limit, or too little profit), lost (another was faster). Normal: the same mix.',
          queries: [{ expr: opportunities(EACH, 'by (result)'), legend: '{{result}}' }],
          ...NUMBER,
          min: 0,
        }),
        graph({
          title: 'Best promise',
          about:
            'Profit that the best of a minute promised, as a part of the position. Normal: peaks, and 0 between them.',
          queries: [{ expr: most(PROMISED, OF_MARKET, BY_BOTH), legend: LEGEND }],
          ...RATIO,
          min: 0,
        }),
        graph({
          title: 'Take rate',
          about: 'Part of the opportunities of an hour that each strategy took. Normal: steady.',
          queries: [{ expr: resulted('taken', HOUR, BY_STRATEGY), legend: '{{strategy}}' }],
          ...PART,
          min: 0,
        }),
        graph({
          title: 'Lost to others by chain',
          about: 'Of those that were tried for in an hour, the part where another was faster. Normal: steady.',
          queries: [{ expr: lostToOthers(HOUR, BY_BOTH), legend: LEGEND }],
          ...PART,
          min: 0,
        }),
        table({
          title: 'Strategies by chain',
          about:
            'What each found and took over the range, and how long ago the last one was. Normal: alike on all chains.',
          rows: ['engine', 'strategy', 'chain'],
          columns: [
            { name: 'Since the last', expr: `time() - max ${BY} (${lastOne(BY)})`, ...DROUGHT },
            { name: 'Found', expr: opportunities(RANGE, BY), ...NUMBER },
            { name: 'Taken', expr: resulted('taken', RANGE, BY), ...PART, none: 'none found' },
            { name: 'Skipped', expr: resulted('skipped', RANGE, BY), ...PART, none: 'none found' },
            { name: 'Lost to others', expr: lostToOthers(RANGE, BY), ...PART, none: 'none tried for' },
            { name: 'Best now', expr: most(PROMISED, OF_MARKET, BY), ...RATIO },
            {
              name: 'Best of the range',
              expr: `max ${BY} (max_over_time(${PROMISED}{${OF_MARKET}}[${RANGE}]))`,
              ...RATIO,
            },
            { name: 'Wasted', expr: wasted(RANGE, BY), ...PART, none: 'none sent' },
          ],
          sort: { by: 'Found', descending: true },
          leads: {
            strategy: { to: 'mev-pnl-tracker', with: ['engine', 'strategy'] },
            chain: { to: 'mev-market-analysis', with: ['chain'] },
          },
          height: 8,
        }),
      ],
    },
    {
      title: 'Executions',
      panels: [
        graph({
          title: 'Time of an execution',
          about:
            'From the decision to the end, of 15 minutes, as good as the buckets tell. Normal: a few blocks at most.',
          queries: [
            { expr: within(0.5, LATELY, 'strategy'), legend: 'half: {{strategy}}' },
            { expr: within(0.95, LATELY, 'strategy'), legend: '95 %: {{strategy}}' },
          ],
          ...SECONDS,
          min: 0,
        }),
        graph({
          title: 'Time by chain',
          about: '95 of 100 executions of an hour end within this. Normal: by the time between blocks of the chain.',
          queries: [{ expr: within(0.95, HOUR, 'chain'), legend: '{{chain}}' }],
          ...SECONDS,
          min: 0,
        }),
        hourly({
          title: 'Executions by status',
          about: 'How executions ended. Normal: mostly landed; dry_run alone where nothing is sent.',
          queries: [{ expr: executions(EACH, 'by (status)'), legend: '{{status}}' }],
          ...NUMBER,
          min: 0,
        }),
        graph({
          title: 'Wasted by chain',
          about: 'Of the executions that were sent in an hour, the part that reverted or was dropped. Normal: low.',
          queries: [{ expr: wasted(HOUR, BY_BOTH), legend: LEGEND }],
          ...PART,
          min: 0,
        }),
      ],
    },
  ],
});
