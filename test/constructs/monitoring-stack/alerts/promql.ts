import { parser } from '@prometheus-io/lezer-promql';
import type { ExportedMetric } from '../../../../constructs/monitoring-stack/alerts';
import { targetLabels } from '../../../../constructs/monitoring-stack/alerts/metrics';

/** What expressions ask for, and whether anybody exports it. */

/** A selector of a rule: a metric, and the labels that it is chosen by. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** Reads every selector of an expression. Throws when it is no PromQL. */
export function selectorsOf(expr: string): readonly Selector[] {
  const found: { metric: string; labels: string[] }[] = [];
  parser.parse(expr).iterate({
    enter({ name, from, to, type }) {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expr.slice(from, from + 40)}`);
      if (name === 'VectorSelector') found.push({ metric: '', labels: [] });
      const last = found.at(-1);
      if (name === 'Identifier' && last) last.metric = expr.slice(from, to);
      if (name === 'LabelMatchers' && last)
        last.labels.push(
          ...[...expr.slice(from, to).matchAll(/[{,]\s*(\w+)\s*[=!]/g)].map(([, label]) => label as string),
        );
    },
  });
  return found;
}

/** What is wrong with an expression, by what is exported. */
export function strangersTo(exported: readonly ExportedMetric[]): (expr: string) => readonly string[] {
  const borne = new Map<string, Set<string>>();
  for (const { name, labels, exporter } of exported)
    borne.set(name, new Set([...(borne.get(name) ?? []), ...labels, ...targetLabels(exporter)]));
  return (expr) =>
    selectorsOf(expr).flatMap(({ metric, labels }) => {
      const known = borne.get(metric);
      if (!known) return [`${metric}: nobody exports it`];
      return labels.filter((label) => !known.has(label)).map((label) => `${metric}: has no label ${label}`);
    });
}
