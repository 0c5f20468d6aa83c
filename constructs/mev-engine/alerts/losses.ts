/** What all engines of an environment may not lose together, and how many of their strategies may trade. */
import { type Alert, type AlertCase, fires, select, silent } from '../../monitoring-stack';
import { GLOBAL_SCOPE, type Quantity } from '../contract';
import type { WatchedRisk } from '../watched';
import { decimal, kill, VALUE } from './parts';

interface Window {
  readonly alert: string;
  readonly limit: 'maxHourlyLoss' | 'maxDailyLoss' | 'emergencyStopLoss';
  readonly over: string;
  readonly minutes: number;
  readonly words: string;
}

const WINDOWS: readonly Window[] = [
  { alert: 'HourlyLoss', limit: 'maxHourlyLoss', over: '1h', minutes: 60, words: 'an hour' },
  { alert: 'DailyLoss', limit: 'maxDailyLoss', over: '1d', minutes: 1440, words: 'a day' },
  { alert: 'EmergencyStopLoss', limit: 'emergencyStopLoss', over: '7d', minutes: 10_080, words: 'a week' },
];

export function lossAlerts(risk: WatchedRisk): readonly Alert[] {
  const limited = WINDOWS.flatMap((window) => {
    const most = risk[window.limit];
    return most === undefined ? [] : [{ window, most }];
  });
  const units = [...new Set(limited.map(({ most }) => most.unit))].sort();
  return [
    ...limited.map(({ window, most }) => lossOverLimit(risk, window, most)),
    ...[...risk.engines].sort().flatMap((engine) => units.map((unit) => lossesNotCounted(risk, engine, unit))),
    ...(risk.maxConcurrentStrategies === undefined ? [] : [tooManyStrategies(risk, risk.maxConcurrentStrategies)]),
  ];
}

/** Minutes from one sample to the next in cases that last for days: promtool reads no more than 10000 in one query. */
const SLOWLY = 20;
const slowly = (one: AlertCase): AlertCase => ({ ...one, stepMinutes: SLOWLY });

/** A counter that is 0 for an hour, and then as high for so many minutes. */
const lostOnce = (amount: number, minutes: number): string =>
  Array.from({ length: (60 + minutes) / SLOWLY }, (_, step) => {
    const value = step * SLOWLY <= 60 ? '0' : amount.toFixed(12);
    return `${value} _x${SLOWLY - 1}`;
  }).join(' ');

/**
 * Of whoever is or was there within the time: an engine that is stopped, or taken out, has lost what it lost. Rehearsals count as
 * well, or what stops everything would be tried for the first time in earnest. Profit that nobody tells is none.
 */
function lossOverLimit({ namespace }: WatchedRisk, window: Window, { value, unit }: Quantity): Alert {
  const { alert: name, over, minutes, words } = window;
  const most = decimal(value);
  const sum = (metric: string) => `sum(increase(${select(metric, { namespace, unit })}[${over}]))`;
  const series = (metric: string, engine: string, unit: string) =>
    select(metric, { namespace, engine, pod: `${engine}-7d9c5b8f6d-x2x4z`, strategy: `of-${engine}`, unit });
  // Two engines that are each below the limit, and together are not.
  const part = Number(most) * 0.75 || 1;
  const both = (metric: string, unit: string, amount = part) =>
    Object.fromEntries(
      ['one', 'two'].map((engine) => [series(metric, engine, unit), lostOnce(amount, minutes + 1700)]),
    );
  const lost = both('mev_loss_total', unit);
  const lasts = 60 + minutes;
  return kill(GLOBAL_SCOPE, {
    name,
    group: 'risk-breaches',
    expr: `${sum('mev_loss_total')} - (${sum('mev_profit_total')} or vector(0)) > ${most}`,
    forSeconds: 0,
    summary: `All engines together have lost ${VALUE} ${unit} within ${words}; ${most} ${unit} is the most. All are stopped.`,
    runbook: 'risk',
    cases: {
      fires: [
        slowly(fires('they lost it', lost, 120, {})),
        slowly(fires('it was within the time and a day', lost, lasts + 1380, {})),
      ],
      silent: [
        slowly(silent('they lost less', both('mev_loss_total', unit, Number(most) * 0.4), 120)),
        slowly(silent('they won as much', { ...lost, ...both('mev_profit_total', unit) }, 120)),
        slowly(silent('it is another unit', both('mev_loss_total', `${unit}X`), 120)),
        slowly(silent('it was before that', lost, lasts + 1560)),
      ],
    },
  });
}

/** What is counted in another unit than the limits are is not counted. */
function lossesNotCounted({ namespace }: WatchedRisk, engine: string, unit: string): Alert {
  const of = { namespace, engine };
  const series = (metric: string, labels = {}) =>
    select(metric, { ...of, pod: `${engine}-7d9c5b8f6d-x2x4z`, strategy: 'some', ...labels });
  const runs = { [series('mev_strategy_trading')]: '1x30' };
  return kill(engine, {
    name: 'LossesNotCounted',
    group: 'risk-breaches',
    labels: { engine, unit },
    expr:
      `max by (strategy) (${select('mev_strategy_trading', of)}) unless on (strategy) ` +
      `max by (strategy) (${select('mev_loss_total', { ...of, unit })})`,
    forSeconds: 120,
    summary: `{{ $labels.strategy }} does not tell its losses in ${unit}, in which they are limited. ${engine} is stopped.`,
    runbook: 'risk',
    cases: {
      fires: [
        fires('they are not told', runs, 5, { strategy: 'some' }),
        fires('they are told in another', { ...runs, [series('mev_loss_total', { unit: `${unit}X` })]: '0x30' }, 5, {
          strategy: 'some',
        }),
      ],
      silent: [
        silent('they are told', { ...runs, [series('mev_loss_total', { unit })]: '0x30' }, 5),
        silent('it does not run', {}, 5),
      ],
    },
  });
}

function tooManyStrategies({ namespace }: WatchedRisk, most: number): Alert {
  const metric = 'mev_strategy_trading';
  const trading = (strategies: number, values: string, pod = 'one-7d9c5b8f6d-x2x4z') =>
    Object.fromEntries(
      Array.from({ length: strategies }, (_, index) => [
        select(metric, { namespace, engine: 'one', pod, strategy: `strategy-${index}` }),
        values,
      ]),
    );
  return kill(GLOBAL_SCOPE, {
    name: 'ConcurrentStrategiesOverLimit',
    group: 'risk-breaches',
    expr: `count(max by (engine, strategy) (${select(metric, { namespace })}) == 1) > ${most}`,
    // One that takes another's place is there with it for a moment.
    forSeconds: 60,
    summary: `{{ $value }} strategies trade at the same time; ${most} is the most. All are stopped.`,
    runbook: 'risk',
    cases: {
      fires: [fires('there is one more', trading(most + 1, '1x20'), 5, {})],
      silent: [
        silent('there are as many', trading(most, '1x20'), 5),
        silent('the others do not trade', { ...trading(most + 2, '0x20'), ...trading(most, '1x20') }, 5),
        silent('pods follow one another', { ...trading(most, '1x20'), ...trading(most, '1x20', 'one-next') }, 5),
      ],
    },
  });
}
