/** Alerts about opportunities: those that promise much, and that there are none. */
import { type Alert, fires, select, silent } from '../../monitoring-stack';
import type { WatchedEngine, WatchedStrategy } from '../watched';
import { aboutStrategy, ofStrategy, scraped, strategiesOf, told } from './parts';

export const opportunityAlerts = (engine: WatchedEngine): readonly Alert[] =>
  strategiesOf(engine).flatMap((strategy) => [
    ...(strategy.alertThreshold === undefined ? [] : [opportunitySeen(engine, strategy, strategy.alertThreshold)]),
    opportunityDrought(engine, strategy),
  ]);

function opportunitySeen(engine: WatchedEngine, strategy: WatchedStrategy, above: number): Alert {
  const metric = 'mev_opportunity_profit_ratio';
  const [chain = 'ethereum', other = 'bsc'] = [...new Set(strategy.chains.map((one) => one.chain))];
  const of = (chain: string) => scraped(engine, metric, { strategy: strategy.name, chain });
  return told({
    name: 'OpportunitySeen',
    group: 'profit-opportunities',
    labels: aboutStrategy(engine, strategy),
    severity: 'info',
    expr: `max by (chain) (${select(metric, ofStrategy(engine, strategy))}) > ${above}`,
    forSeconds: 0,
    summary: `${strategy.name} sees an opportunity on {{ $labels.chain }} that promises {{ $value | humanizePercentage }}.`,
    runbook: 'engine',
    cases: {
      fires: [fires('one promises more', { [of(chain)]: `0x4 ${above * 2}x10`, [of(other)]: '0x20' }, 6, { chain })],
      silent: [
        silent('one promises as much', { [of(chain)]: `${above}x20` }, 6),
        silent('it is gone', { [of(chain)]: `0x4 ${above * 2}x10 0x20` }, 20),
      ],
    },
  });
}

/** An hour without one, for the rest of a day: what has not run for a day says nothing about it. */
function opportunityDrought(engine: WatchedEngine, strategy: WatchedStrategy): Alert {
  const metric = 'mev_opportunities_total';
  const series = scraped(engine, metric, { strategy: strategy.name, chain: 'ethereum', result: 'taken' });
  const slowly = { stepMinutes: 60 };
  return told({
    name: 'OpportunityDrought',
    group: 'engine',
    labels: aboutStrategy(engine, strategy),
    severity: 'info',
    expr: `sum(increase(${select(metric, ofStrategy(engine, strategy))}[1h])) == 0`,
    forSeconds: 23 * 3600,
    summary: `${strategy.name} has seen no opportunity for a day: nothing is there, or it looks in the wrong place.`,
    runbook: 'engine',
    cases: {
      fires: [{ ...fires('there is none', { [series]: '0x1700' }, 1560, {}), ...slowly }],
      silent: [
        { ...silent('there was one', { [series]: '0x1200 1x500' }, 1560), ...slowly },
        { ...silent('it has not run for a day', { [series]: '0x1700' }, 1380), ...slowly },
      ],
    },
  });
}
