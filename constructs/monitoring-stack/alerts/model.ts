/** Alerts as data: what is wrong, who is told, what to do, and two series that show when it fires and when it does not. */

export type Severity = 'critical' | 'warning' | 'info';
export type Team = 'chains' | 'platform';
export type AlertGroup = 'node' | 'host' | 'rpc' | 'platform';

/** One case of a rule, as promtool runs it: series with a sample a minute, and what stands at a time. */
export interface AlertCase {
  /** What happens, in words. */
  readonly name: string;
  /** `chain_healthy{node="a"}` with values such as `1x10 0x20` (promtool, expanding notation). */
  readonly series: readonly { readonly series: string; readonly values: string }[];
  readonly atMinutes: number;
  /** Labels of the alerts that fire, beside severity, team and environment; none when it is silent. */
  readonly fires: readonly Readonly<Record<string, string>>[];
}

export interface Alert {
  readonly name: string;
  readonly group: AlertGroup;
  readonly severity: Severity;
  readonly team: Team;
  /** PromQL. */
  readonly expr: string;
  /** How long it must hold; as long as blocks of that chain need to say something. */
  readonly forSeconds: number;
  /** One line with values, as Prometheus fills it in: `{{ $labels.node }}`. */
  readonly summary: string;
  /** The page below docs/runbooks, without `.md`. */
  readonly runbook: string;
  readonly cases: { readonly fires: readonly AlertCase[]; readonly silent: readonly AlertCase[] };
}
