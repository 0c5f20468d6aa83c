import { ENGINE_METRICS } from '../../../constructs/mev-engine/contract';
import { emptyHistogram, exposition, observe } from '../../../tools/reference-engine/metrics';

/** The text format, to the letter. */

const of = (name: string, text: string): string[] => text.split('\n').filter((line) => line.startsWith(name));

test('every metric of the contract has its help and its type, in its order', () => {
  const lines = exposition([]).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines).toEqual(
    ENGINE_METRICS.flatMap(({ name, type, help }) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]),
  );
});

test('a sample has its labels in the order of the contract, escaped', () => {
  const labels = { unit: 'a\n"b"\\', strategy: 'x' };
  expect(of('mev_loss_total', exposition([{ name: 'mev_loss_total', labels, value: 1e-9 }]))).toEqual([
    'mev_loss_total{strategy="x",unit="a\\n\\"b\\"\\\\"} 1e-9',
  ]);
});

test('a histogram counts what is up to each bound, all of it in the last', () => {
  const value = [0.1, 0.3, 12, 100].reduce(observe, emptyHistogram);
  const labels = { strategy: 'x', chain: 'y' };
  const own = 'strategy="x",chain="y"';
  expect(of('mev_execution_seconds', exposition([{ name: 'mev_execution_seconds', labels, value }]))).toEqual([
    ...[
      ['0.1', 1],
      ['0.25', 1],
      ['0.5', 2],
      ['1', 2],
      ['2.5', 2],
      ['5', 2],
      ['10', 2],
      ['15', 3],
      ['30', 3],
      ['60', 3],
      ['+Inf', 4],
    ].map(([le, count]) => `mev_execution_seconds_bucket{${own},le="${le}"} ${count}`),
    `mev_execution_seconds_sum{${own}} 112.4`,
    `mev_execution_seconds_count{${own}} 4`,
  ]);
});

test.each([
  ['another name', { name: 'mev_other', labels: {}, value: 1 }, 'mev_other is no metric of the contract'],
  [
    'a label too few',
    { name: 'mev_loss_total', labels: { strategy: 'x' }, value: 1 },
    'mev_loss_total has the labels strategy instead of strategy, unit',
  ],
  [
    'a label too many',
    { name: 'mev_strategy_trading', labels: { strategy: 'x', y: 'z' }, value: 1 },
    'mev_strategy_trading has the labels strategy, y instead of strategy',
  ],
  [
    'a number for a histogram',
    { name: 'mev_execution_seconds', labels: { strategy: 'x', chain: 'y' }, value: 1 },
    'mev_execution_seconds is a histogram',
  ],
])('%s is refused', (_, sample, message) => {
  expect(() => exposition([sample])).toThrow(message);
});
