import {
  GWEI,
  MARKET_VARIABLES,
  MONEY,
  most,
  OF_ENGINE,
  OF_MARKET,
  OF_STRATEGY,
  RATIO,
  rise,
  SECONDS,
} from './mev-queries';
import { type DashboardDefinition, graph, type Reading, type Step, stat, table, timeline } from './panels';
import { count, NONE_IS_GOOD, NUMBER } from './queries';

/** Where engines run, as kube-state-metrics has it. */
const NAMESPACE = 'mev-engines';
const BY_ENGINE = 'by (engine)';
const BY_ALERT = 'by (alertname, action, scope, engine, strategy)';
const BY_UNIT = 'by (unit)';
const LEGEND = '{{strategy}} {{chain}}';

/** Of a Deployment, whose name is the engine's; or of an engine beside a node, as its guard tells. */
const replicas = (metric: string, onHost: string): string =>
  `label_replace(${metric}{namespace="${NAMESPACE}",deployment=~"$engine"}, "engine", "$1", "deployment", "(.+)") or ${onHost}{${OF_ENGINE}}`;
const WANTED = replicas('kube_deployment_spec_replicas', 'mev_host_wanted');
const READY = replicas('kube_deployment_status_replicas_ready', 'mev_host_ready');
/** A config map stops an engine until a person takes it away; on a host, a file. */
const LATCHED = `(mev_host_latched{${OF_ENGINE}} == 1) or label_replace(kube_configmap_info{namespace="${NAMESPACE}",configmap=~"\${engine}-stop"}, "engine", "$1", "configmap", "(.+)-stop")`;

/** What stops everything bears no engine; an alert's environment is as the others have it. */
const ALERTED = 'environment=~"$environment|",engine=~"$engine|"';
const kills = (state: string): string => `ALERTS{action="kill",alertstate="${state}",${ALERTED}}`;
/** Alerts that stop something, and others about engines. */
const alerts = (metric: string, of = ''): string =>
  `(${metric}{action="kill",${ALERTED}${of}} or ${metric}{action!="kill",engine!="",${ALERTED}${of}})`;
const ALERT_STATE: Reading = {
  unit: 'none',
  words: { 1: { text: 'pending', color: 'yellow' }, 2: { text: 'fires', color: 'red' } },
};

const HEARTBEAT = 'mev_strategy_heartbeat_timestamp_seconds';
/** Of the pod that looked last, where one takes the place of another. */
const heartbeatAge = (by: string): string => `(time() - ${most(HEARTBEAT, OF_STRATEGY, by)})`;
/** Blocks that an engine is behind our first node of a network. */
const BEHIND = `(max by (chain, network) (chain_head_number{environment="$environment",chain=~"$chain"}) - on (chain, network) group_right () max by (engine, chain, network) (mev_head_number{${OF_ENGINE},chain=~"$chain"}))`;

/** Of all engines, whichever are chosen: they are held to it together. What is lost in a unit counts before anything is gained in it. */
function netLoss(over: string): string {
  const lost = rise('mev_loss_total', '', over, BY_UNIT);
  return `${lost} - (${rise('mev_profit_total', '', over, BY_UNIT)} or ${lost} * 0)`;
}

const TO_LOOK_AT: readonly Step[] = [{ color: 'green' }, { color: 'yellow', from: 1 }];

/** What may stop engines, and what has. It knows no limits, which each environment sets: alerts stand for them. */
export const riskMonitor = (): DashboardDefinition => ({
  uid: 'mev-risk-monitor',
  title: 'Risk monitor',
  about: 'What is stopped, and what is about to be?',
  past: '6h',
  refresh: '1m',
  variables: MARKET_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Kill alerts',
          about: 'Alerts that stop engines and fire. Normal: 0.',
          query: count(kills('firing')),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'About to',
          about: 'Alerts that stop engines unless what they see ends in time. Normal: 0.',
          query: count(kills('pending')),
          ...NUMBER,
          steps: TO_LOOK_AT,
        }),
        stat({
          title: 'Latched',
          about: 'Engines that stay stopped until a person lifts it. Normal: 0.',
          query: count(LATCHED),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Scaled to zero',
          about: 'Engines of which no pod is wanted, for whatever reason. Normal: 0.',
          query: count(`(${WANTED}) == 0`),
          ...NUMBER,
          steps: TO_LOOK_AT,
        }),
        stat({
          title: 'Not ready',
          about: 'Engines that are wanted and not ready. Normal: 0, but for a minute of a start.',
          query: count(`max ${BY_ENGINE} (${WANTED}) > max ${BY_ENGINE} (${READY})`),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Not trading',
          about: 'Strategies that run and are kept from trading, by a limit or a stop. Normal: 0.',
          query: count(`max by (engine, strategy) (mev_strategy_trading{${OF_STRATEGY}}) == 0`),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Oldest heartbeat',
          about: 'Since the strategy that is furthest behind last looked at a block. Normal: a few blocks.',
          query: `max(${heartbeatAge('by (engine, strategy)')})`,
          ...SECONDS,
          none: 'none runs',
        }),
        stat({
          title: 'Oldest execution',
          about: 'How long the oldest that has not ended has been under way. Normal: below its timeout; 0 is none.',
          query: most('mev_execution_oldest_seconds', OF_STRATEGY),
          ...SECONDS,
          none: 'none runs',
        }),
      ],
    },
    {
      title: 'Stops',
      panels: [
        table({
          title: 'Engines',
          about:
            'What is wanted of each engine, what there is, and how it does. Normal: as many ready as wanted, no red.',
          rows: ['engine'],
          columns: [
            {
              name: 'Latched',
              expr: `max ${BY_ENGINE} (${LATCHED})`,
              unit: 'none',
              words: { 1: { text: 'stopped', color: 'red' } },
              none: 'no',
            },
            { name: 'Kill alerts', expr: `count ${BY_ENGINE} (${kills('firing')})`, ...NONE_IS_GOOD, none: '0' },
            { name: 'Wanted', expr: `max ${BY_ENGINE} (${WANTED})`, ...NUMBER, none: 'not told' },
            { name: 'Ready', expr: `max ${BY_ENGINE} (${READY})`, ...NUMBER, none: 'not told' },
            {
              name: 'Strategies trading',
              expr: `sum ${BY_ENGINE} (max by (engine, strategy) (mev_strategy_trading{${OF_STRATEGY}}))`,
              ...NUMBER,
              none: 'none runs',
            },
            {
              name: 'Heartbeat',
              expr: `max ${BY_ENGINE} (${heartbeatAge('by (engine, strategy)')})`,
              ...SECONDS,
              none: 'none runs',
            },
            { name: 'Blocks behind', expr: `max ${BY_ENGINE} (${BEHIND})`, ...NUMBER, none: 'not told' },
            {
              name: 'Oldest execution',
              expr: most('mev_execution_oldest_seconds', OF_STRATEGY, BY_ENGINE),
              ...SECONDS,
              none: 'none runs',
            },
          ],
          sort: { by: 'Latched', descending: true },
          leads: { engine: { to: 'mev-pnl-tracker', with: ['engine'] } },
          height: 6,
        }),
        table({
          title: 'Alerts about engines',
          about: 'What fires and what is about to; action kill stops what its scope says. Normal: empty.',
          rows: ['alertname', 'action', 'scope', 'engine', 'strategy'],
          columns: [
            {
              name: 'State',
              expr: `max ${BY_ALERT} (${alerts('ALERTS', ',alertstate="firing"')} * 2 or ${alerts('ALERTS')})`,
              ...ALERT_STATE,
            },
            {
              name: 'Since',
              // Grafana's dates are in milliseconds.
              expr: `max ${BY_ALERT} (${alerts('ALERTS_FOR_STATE')}) * 1000`,
              unit: 'dateTimeAsIso',
            },
          ],
          sort: { by: 'State', descending: true },
          leads: { strategy: { to: 'mev-opportunity-scanner', with: ['engine', 'strategy'] } },
          width: 12,
          height: 7,
        }),
        timeline({
          title: 'Strategies that trade',
          about:
            'Whether each trades or is kept from it; a gap is an engine that does not run. Normal: green throughout.',
          queries: [
            {
              expr: most('mev_strategy_trading', OF_STRATEGY, 'by (engine, strategy)'),
              legend: '{{strategy}} ({{engine}})',
            },
          ],
          unit: 'none',
          words: { 0: { text: 'kept from it', color: 'red' }, 1: { text: 'trades', color: 'green' } },
          steps: [{ color: 'red' }, { color: 'green', from: 1 }],
          width: 12,
        }),
      ],
    },
    {
      title: 'What limits are about',
      panels: [
        graph({
          title: 'Net loss of an hour, all engines',
          about: 'Loss less profit of the hour before, by unit; below 0 is a gain. Normal: far from max_hourly_loss.',
          queries: [{ expr: netLoss('1h'), legend: '{{unit}}' }],
          ...MONEY,
        }),
        graph({
          title: 'Net loss of a day and of a week, all engines',
          about: 'Loss less profit, by unit. Normal: far from max_daily_loss; of a week, from emergency_stop_loss.',
          queries: [
            { expr: netLoss('1d'), legend: 'day, {{unit}}' },
            { expr: netLoss('7d'), legend: 'week, {{unit}}' },
          ],
          ...MONEY,
        }),
        graph({
          title: 'Positions',
          about: 'The largest position of each strategy that is open. Normal: below its max_position_size.',
          queries: [
            { expr: most('mev_position_size', OF_STRATEGY, 'by (strategy, unit)'), legend: '{{strategy}}, {{unit}}' },
          ],
          ...MONEY,
          min: 0,
        }),
        graph({
          title: 'Slippage',
          about: 'Worst slippage of a minute. Normal: below max_slippage.',
          queries: [{ expr: most('mev_slippage_ratio', OF_MARKET, 'by (strategy, chain)'), legend: LEGEND }],
          ...RATIO,
          min: 0,
        }),
        graph({
          title: 'Gas price and priority fee',
          about: 'The highest that was offered in a minute, in gwei. Normal: below max_gas_price and max_priority_fee.',
          queries: [
            { expr: most('mev_gas_price_gwei', OF_MARKET, 'by (strategy, chain)'), legend: `gas: ${LEGEND}` },
            { expr: most('mev_priority_fee_gwei', OF_MARKET, 'by (strategy, chain)'), legend: `fee: ${LEGEND}` },
          ],
          ...GWEI,
          min: 0,
        }),
        table({
          title: 'Limits in force',
          about: 'The limits.json that each engine goes by, by its hash. Normal: one for each, the same for all.',
          rows: ['engine', 'sha256'],
          columns: [{ name: 'Pods', expr: `count by (engine, sha256) (mev_limits_info{${OF_ENGINE}})`, ...NUMBER }],
          sort: { by: 'engine' },
          width: 12,
          height: 7,
        }),
      ],
    },
    {
      title: 'Whether they see',
      panels: [
        graph({
          title: 'Age of heartbeats',
          about: 'Since each strategy last looked at a block. Normal: a saw of a few blocks.',
          queries: [{ expr: heartbeatAge('by (engine, strategy)'), legend: '{{strategy}} ({{engine}})' }],
          ...SECONDS,
          min: 0,
        }),
        graph({
          title: 'Blocks behind the nodes',
          about:
            'How far an engine is behind our first node. Normal: near 0, many where blocks take less than a second.',
          queries: [{ expr: BEHIND, legend: '{{engine}} {{chain}} {{network}}' }],
          unit: 'short',
          decimals: 0,
        }),
      ],
    },
  ],
});
