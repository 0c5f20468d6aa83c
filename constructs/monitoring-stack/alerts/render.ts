/** Alerts as Prometheus reads them, and their cases as promtool runs them: plain data. */
import type { Alert, AlertCase, AlertGroup } from './model';
import { duration } from './parts';

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

export interface RuleFile {
  readonly groups: readonly {
    readonly name: AlertGroup;
    /** How often its rules are evaluated; absent where it is as often as everywhere. */
    readonly interval?: string;
    readonly rules: readonly Rule[];
  }[];
}

/** A file of `promtool test rules`. Series have a sample a minute. */
export interface TestFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly tests: readonly {
    readonly name: string;
    readonly interval: string;
    readonly input_series: readonly { readonly series: string; readonly values: string }[];
    readonly promql_expr_test: readonly {
      readonly expr: string;
      readonly eval_time: string;
      readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
    }[];
  }[];
}

const GROUPS: readonly AlertGroup[] = [
  'node',
  'host',
  'rpc',
  'platform',
  'engine',
  'risk-breaches',
  'profit-opportunities',
  'data',
];

/** Groups with rules that stop something: between a breach and the stop lies this long, and the scrape. */
const INTERVALS: Readonly<Partial<Record<AlertGroup, string>>> = { engine: '15s', 'risk-breaches': '15s' };

function labelsOf(alert: Alert, environment: string): Readonly<Record<string, string>> {
  const { name, severity, team, labels = {}, action } = alert;
  if (action !== undefined && labels.scope === undefined)
    throw new Error(`${name}: nothing says what it stops; give it the label scope`);
  return { ...labels, ...(action === undefined ? {} : { action }), severity, team, environment };
}

/** `runbooks`: the address below which the pages are, such as `https://…/docs/runbooks`. */
export function renderRules(
  alerts: readonly Alert[],
  { environment, runbooks }: { readonly environment: string; readonly runbooks: string },
): RuleFile {
  const pages = runbooks.replace(/\/+$/, '');
  const rules = (group: AlertGroup): readonly Rule[] =>
    alerts
      .filter((alert) => alert.group === group)
      .map((alert) => ({
        alert: alert.name,
        expr: alert.expr,
        ...(alert.forSeconds > 0 ? { for: duration(alert.forSeconds) } : {}),
        ...(alert.keepFiringSeconds === undefined ? {} : { keep_firing_for: duration(alert.keepFiringSeconds) }),
        labels: labelsOf(alert, environment),
        annotations: { summary: alert.summary, runbook_url: `${pages}/${alert.runbook}.md` },
      }));
  return {
    groups: GROUPS.map((name) => {
      const interval = INTERVALS[name];
      return { name, ...(interval === undefined ? {} : { interval }), rules: rules(name) };
    }).filter((group) => group.rules.length > 0),
  };
}

const matchers = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',');

/**
 * One file for each pace of evaluation that the cases have. Each asks for the alerts that fire and have the rule's own labels:
 * other rules of its name may fire, as those about what is missing do. Annotations are not compared: they have values in them.
 */
export function renderTests(
  alerts: readonly Alert[],
  { environment, ruleFiles }: { readonly environment: string; readonly ruleFiles: readonly string[] },
): readonly TestFile[] {
  const all = alerts.flatMap((alert) =>
    [...alert.cases.fires, ...alert.cases.silent].map((one) => ({ alert, one, step: one.stepMinutes ?? 1 })),
  );
  const steps = [...new Set(all.map(({ step }) => step))].sort((a, b) => a - b);
  return steps.map((step) => ({
    rule_files: ruleFiles,
    evaluation_interval: duration(step * 60),
    tests: together(all.filter((one) => one.step === step)).map((cases) => ({
      name: cases.map(({ alert, one }) => titleOf(alert, one)).join('; '),
      interval: '1m',
      input_series: cases[0]?.one.series ?? [],
      promql_expr_test: cases.map(({ alert, one }) => {
        const firing = { alertname: alert.name, alertstate: 'firing' };
        return {
          expr: `ALERTS{${matchers({ ...firing, ...alert.labels })}}`,
          eval_time: duration(one.atMinutes * 60),
          exp_samples: one.fires.map((labels) => ({
            labels: `ALERTS{${matchers({ ...labels, ...firing, ...labelsOf(alert, environment) })}}`,
            value: 1,
          })),
        };
      }),
    })),
  }));
}

/** The rules of one name, and their cases. */
export interface Suite {
  readonly name: string;
  readonly rules: RuleFile;
  /** Each reads the rules from `rules.yml` beside it. */
  readonly tests: readonly TestFile[];
}

/** Cases evaluate every rule of the files that they name, for decades where a date is waited for: so these are by name. */
export const renderSuites = (
  alerts: readonly Alert[],
  to: { readonly environment: string; readonly runbooks: string },
): readonly Suite[] =>
  [...new Set(alerts.map(({ name }) => name))].map((name) => {
    const rules = alerts.filter((alert) => alert.name === name);
    return { name, rules: renderRules(rules, to), tests: renderTests(rules, { ...to, ruleFiles: ['rules.yml'] }) };
  });

interface Case {
  readonly alert: Alert;
  readonly one: AlertCase;
}

const titleOf = ({ name, labels = {} }: Alert, one: AlertCase): string =>
  `${[name, ...Object.values(labels)].join(' ')}: ${one.name}`;

/** Cases of the same series are run once: those that need none, of dates, each take decades. */
function together(cases: readonly Case[]): readonly (readonly Case[])[] {
  const found = new Map<string, Case[]>();
  for (const one of cases) {
    const key = JSON.stringify(one.one.series);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}
