import { ENGINE_METRICS, type EngineMetric } from '../../constructs/mev-engine/contract';

/** Prometheus' text format of exactly the metrics of the contract: another name or other labels are refused. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | Histogram;
}

/** Upper bounds of buckets, in seconds. */
const BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60];

export interface Histogram {
  /** How many were observed up to each bound. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export const emptyHistogram: Histogram = { counts: BOUNDS.map(() => 0), count: 0, sum: 0 };

export const observe = ({ counts, count, sum }: Histogram, seconds: number): Histogram => ({
  counts: counts.map((known, index) => (seconds <= (BOUNDS[index] ?? 0) ? known + 1 : known)),
  count: count + 1,
  sum: sum + seconds,
});

export function exposition(samples: readonly Sample[]): string {
  const unknown = samples.find(({ name }) => ENGINE_METRICS.every((metric) => metric.name !== name));
  if (unknown) throw new Error(`${unknown.name} is no metric of the contract`);
  return ENGINE_METRICS.map((metric) =>
    [
      `# HELP ${metric.name} ${escaped(metric.help)}`,
      `# TYPE ${metric.name} ${metric.type}`,
      ...samples.filter(({ name }) => name === metric.name).flatMap((sample) => lines(metric, sample)),
      '',
    ].join('\n'),
  ).join('');
}

function lines({ name, type, labels: expected }: EngineMetric, { labels, value }: Sample): string[] {
  if (Object.keys(labels).sort().join() !== [...expected].sort().join()) {
    throw new Error(`${name} has the labels ${Object.keys(labels).join(', ')} instead of ${expected.join(', ')}`);
  }
  if ((type === 'histogram') !== (typeof value === 'object')) throw new Error(`${name} is a ${type}`);
  const own = expected.map((label) => `${label}="${escaped(labels[label] ?? '').replaceAll('"', '\\"')}"`);
  const line = (suffix: string, number: number, ...more: string[]): string =>
    `${name}${suffix}{${[...own, ...more].join(',')}} ${number}`;
  if (typeof value === 'number') return [line('', value)];
  return [
    ...BOUNDS.map((bound, index) => line('_bucket', value.counts[index] ?? 0, `le="${bound}"`)),
    line('_bucket', value.count, 'le="+Inf"'),
    line('_sum', value.sum),
    line('_count', value.count),
  ];
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
