import {
  EACH,
  executions,
  MONEY,
  MONEY_VARIABLES,
  most,
  net,
  OF_ENGINE,
  OF_MONEY,
  OF_STRATEGY,
  PART,
  RANGE,
  rise,
  share,
} from './mev-queries';
import { type DashboardDefinition, graph, hourly, stat, table } from './panels';
import { atLeast, NUMBER } from './queries';

const DAY = '1d';
const BY = 'by (engine, strategy)';
const BY_WALLET = 'by (engine, wallet, chain, network, unit)';
const GAIN = { ...MONEY, steps: atLeast(0), none: 'not told' } as const;

const profit = (over: string, by = ''): string => rise('mev_profit_total', OF_MONEY, over, by);
const loss = (over: string, by = ''): string => rise('mev_loss_total', OF_MONEY, over, by);
const ended = (status: string, over: string, by = ''): string => executions(over, by, `${OF_STRATEGY},${status}`);

/** Series as they are from the beginning of the range on: what they rise by until each point is all since then. */
const sinceStart = (metric: string, by: string): string =>
  `sum ${by} (increase((${metric}{${OF_MONEY}} and on () (vector(time()) >= \${__from:date:seconds}))[${RANGE}:${EACH}]))`;
const netSinceStart = (by: string): string =>
  `${sinceStart('mev_profit_total', by)} - ${sinceStart('mev_loss_total', by)}`;

/** What engines gain and lose. */
export const pnlTracker = (): DashboardDefinition => ({
  uid: 'mev-pnl-tracker',
  title: 'PnL tracker',
  about: 'What do engines gain and lose, which strategy, and at what cost?',
  past: '7d',
  refresh: '5m',
  variables: MONEY_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Net',
          about: 'Profit less loss over the range, in the unit that is chosen. Normal: 0 or more.',
          query: net(OF_MONEY, RANGE),
          ...GAIN,
        }),
        stat({
          title: 'Net today',
          about: 'The same since midnight, UTC; of a range that does not end now, over that. Normal: 0 or more.',
          query: net(OF_MONEY, RANGE),
          ...GAIN,
          from: 'now/d',
        }),
        stat({
          title: 'Profit',
          about: 'Of executions that ended well, after costs. Normal: more than the loss.',
          query: profit(RANGE),
          ...MONEY,
          none: 'not told',
        }),
        stat({
          title: 'Loss',
          about: 'Of executions that did not, with what failed ones cost. Normal: a small part of the profit.',
          query: loss(RANGE),
          ...MONEY,
          none: 'not told',
        }),
        stat({
          title: 'Loss of profit',
          about: 'How much of the profit the losses take. Normal: well below 100 %, above which it is a net loss.',
          query: share(loss(RANGE), profit(RANGE)),
          ...PART,
          none: 'no profit',
        }),
        stat({
          title: 'Landed',
          about: 'Executions that landed in the range. Normal: more than did not.',
          query: ended('status="landed"', RANGE),
          ...NUMBER,
        }),
        stat({
          title: 'Not landed',
          about: 'Executions that reverted, were dropped or could not be sent. Normal: a few.',
          query: ended('status=~"reverted|dropped|failed"', RANGE),
          ...NUMBER,
        }),
        stat({
          title: 'Dry runs',
          about: 'Executions that were neither signed nor sent. Normal: 0 for what is live, all of them elsewhere.',
          query: ended('status="dry_run"', RANGE),
          ...NUMBER,
        }),
      ],
    },
    {
      title: 'Gains',
      panels: [
        graph({
          title: 'Net since the beginning',
          about: 'What each strategy has gained since the beginning of the range. Normal: rises, with few steps down.',
          queries: [{ expr: netSinceStart(BY), legend: '{{strategy}} ({{engine}})' }],
          ...MONEY,
        }),
        hourly({
          title: 'Net by hour',
          about: 'What each strategy gained in the hour before, or longer in a long range. Normal: mostly above 0.',
          queries: [{ expr: net(OF_MONEY, EACH, BY), legend: '{{strategy}} ({{engine}})' }],
          ...MONEY,
        }),
        table({
          title: 'Strategies',
          about: 'A row for each strategy of each engine, over the range. Normal: no red.',
          rows: ['engine', 'strategy'],
          columns: [
            { name: 'Net', expr: net(OF_MONEY, RANGE, BY), ...GAIN },
            { name: 'Net of 24 h', expr: net(OF_MONEY, DAY, BY), ...GAIN },
            { name: 'Profit', expr: profit(RANGE, BY), ...MONEY },
            { name: 'Loss', expr: loss(RANGE, BY), ...MONEY },
            { name: 'Loss of profit', expr: share(loss(RANGE, BY), profit(RANGE, BY)), ...PART, none: 'no profit' },
            { name: 'Landed', expr: ended('status="landed"', RANGE, BY), ...NUMBER },
            { name: 'Not landed', expr: ended('status=~"reverted|dropped|failed"', RANGE, BY), ...NUMBER },
            { name: 'Dry runs', expr: ended('status="dry_run"', RANGE, BY), ...NUMBER },
          ],
          sort: { by: 'Net', descending: true },
          leads: {
            engine: { to: 'mev-risk-monitor', with: ['engine'] },
            strategy: { to: 'mev-opportunity-scanner', with: ['engine', 'strategy'] },
          },
        }),
        graph({
          title: 'Net by engine',
          about: 'What each engine has gained since the beginning of the range. Normal: rises.',
          queries: [{ expr: netSinceStart('by (engine)'), legend: '{{engine}}' }],
          ...MONEY,
        }),
        hourly({
          title: 'Executions by status',
          about:
            'How executions ended, of all strategies that are chosen. Normal: mostly landed; dry_run where nothing is sent.',
          queries: [{ expr: executions(EACH, 'by (status)', OF_STRATEGY), legend: '{{status}}' }],
          ...NUMBER,
          min: 0,
        }),
      ],
    },
    {
      title: 'Losses',
      panels: [
        hourly({
          title: 'Loss by hour',
          about: 'What each strategy lost in the hour before, profit aside. Normal: low, with no rise.',
          queries: [{ expr: loss(EACH, BY), legend: '{{strategy}} ({{engine}})' }],
          ...MONEY,
          min: 0,
        }),
        graph({
          title: 'Loss of profit by strategy',
          about: 'How much of the profit of 24 hours the losses took. Normal: steady, well below 100 %.',
          queries: [{ expr: share(loss(DAY, BY), profit(DAY, BY)), legend: '{{strategy}} ({{engine}})' }],
          ...PART,
          min: 0,
        }),
      ],
    },
    {
      title: 'Wallets',
      panels: [
        graph({
          title: 'Balances',
          about: 'What wallets hold, each in its own unit. Normal: steps of what was gained or sent, never near 0.',
          queries: [
            {
              expr: most('mev_wallet_balance', OF_ENGINE, 'by (wallet, chain, network, unit)'),
              legend: '{{wallet}} {{chain}} {{network}}, {{unit}}',
            },
          ],
          ...MONEY,
          min: 0,
        }),
        table({
          title: 'Wallets',
          about: 'What each wallet holds now, and how that changed in 24 hours. Normal: enough for the costs of a day.',
          rows: ['engine', 'wallet', 'chain', 'network', 'unit'],
          columns: [
            { name: 'Balance', expr: most('mev_wallet_balance', OF_ENGINE, BY_WALLET), ...MONEY },
            {
              name: 'In 24 h',
              expr: `${most('mev_wallet_balance', OF_ENGINE, BY_WALLET)} - max ${BY_WALLET} (mev_wallet_balance{${OF_ENGINE}} offset ${DAY})`,
              ...MONEY,
              none: 'not told',
            },
          ],
          sort: { by: 'Balance' },
          width: 12,
          height: 7,
        }),
      ],
    },
  ],
});
