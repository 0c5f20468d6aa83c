/** Alerts as data: what is wrong, who is told, what to do, and two series that show when it fires and when it does not. */

export type Severity = 'critical' | 'warning' | 'info';
export type Team = 'chains' | 'platform' | 'mev';
export type AlertGroup =
  | 'node'
  | 'host'
  | 'rpc'
  | 'platform'
  /** Whether engines run, see their chains and get their executions through. */
  | 'engine'
  /** What a strategy, or all of them together, may not do. */
  | 'risk-breaches'
  | 'profit-opportunities'
  /** Streams and stores of what engines see and do. */
  | 'data';

/** One case of a rule, as promtool runs it: series with a sample a minute, and what stands at a time. */
export interface AlertCase {
  /** What happens, in words. */
  readonly name: string;
  /** `chain_healthy{node="a"}` with values such as `1x10 0x20` (promtool, expanding notation). */
  readonly series: readonly { readonly series: string; readonly values: string }[];
  readonly atMinutes: number;
  /**
   * Minutes from one evaluation to the next, of which `atMinutes` is a multiple; more than one where a date is waited for.
   *
   * @default 1
   */
  readonly stepMinutes?: number;
  /** Labels of the alerts that fire, beside those that the rule itself sets; none when it is silent. */
  readonly fires: readonly Readonly<Record<string, string>>[];
}

export interface Alert {
  readonly name: string;
  readonly group: AlertGroup;
  /**
   * Labels that the rule sets beside severity, team and environment. Rules of one name differ in them, as those of two networks do.
   *
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  readonly severity: Severity;
  readonly team: Team;
  /** PromQL. */
  readonly expr: string;
  /** How long it must hold; as long as blocks of that chain need to say something. */
  readonly forSeconds: number;
  /**
   * How long it goes on firing after it has ceased to hold. Prometheus forgets it when it is restarted.
   *
   * @default - not at all
   */
  readonly keepFiringSeconds?: number;
  /**
   * What is done when it fires, beside telling: `kill` stops whatever its label `scope` names, which `labels` must have.
   *
   * @default - nothing
   */
  readonly action?: 'kill';
  /** One line with values, as Prometheus fills it in: `{{ $labels.node }}`. */
  readonly summary: string;
  /** The page below docs/runbooks, without `.md`. */
  readonly runbook: string;
  readonly cases: { readonly fires: readonly AlertCase[]; readonly silent: readonly AlertCase[] };
}
