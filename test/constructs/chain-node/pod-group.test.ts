import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChainNode, type ChainNodeProps, NodeGroup } from '../../../constructs/chain-node';
import type { Json } from '../../project';
import { define, ELSEWHERE, SEPOLIA_POD, valuesOf } from '../cluster-platform';
import { ofType } from '../platform';

const CHART = join(__dirname, '../../../constructs/chain-node/chart');

describe('a group of pods', () => {
  const grouped = (...pods: readonly object[]): Readonly<Record<string, Json>> =>
    define((stack, platform) => {
      const nodes = pods.map(
        (props, index) =>
          new ChainNode(stack, `n${index + 1}`, { ...SEPOLIA_POD, platform, ...props } as ChainNodeProps),
      );
      const group = new NodeGroup(stack, 'ethereum-sepolia', { environment: 'test', nodes });
      expect(group.rolled).toEqual([nodes.at(-1)?.pod?.release]);
    }, ELSEWHERE);

  test('takes a release one after the other', () => {
    const all = grouped({}, {}, {});
    const before = (name: string): string[] =>
      all[`helm_release.${name}`].depends_on.filter((address: string) => address.startsWith('helm_release.'));
    expect(['n1', 'n2', 'n3'].map(before)).toEqual([[], ['helm_release.n1'], ['helm_release.n2']]);
  });

  test('loses one node at a time when machines are drained, whatever their number', () => {
    expect(ofType(grouped({}, {}), 'kubernetes_pod_disruption_budget_v1')).toEqual([
      {
        metadata: { name: 'ethereum-sepolia', namespace: 'blockchain' },
        spec: {
          max_unavailable: '1',
          selector: { match_labels: { 'chain-nodes.io/group': 'ethereum-sepolia', 'chain-nodes.io/part': 'node' } },
        },
        depends_on: [expect.stringMatching(/^kubernetes_namespace_v1\.cluster_blockchain_/)],
      },
    ]);
  });

  test('has a budget in each namespace that it stands in', () => {
    const all = grouped({}, { p2p: 'public', expose: 'host-port' }, {});
    const budgets = ofType(all, 'kubernetes_pod_disruption_budget_v1');
    expect(budgets.map(({ metadata }) => metadata.namespace).sort()).toEqual(['blockchain', 'blockchain-host-ports']);
    expect(ofType(all, 'aws_ssm_association')).toEqual([]);
  });

  test('selects by labels that the chart gives its pods', () => {
    const { labels } = valuesOf(grouped({})['helm_release.n1']);
    expect(labels.group).toBe('ethereum-sepolia');
    const helpers = readFileSync(join(CHART, 'templates', '_helpers.tpl'), 'utf8');
    expect(helpers).toContain('chain-nodes.io/part: node');
    expect(helpers).toContain('chain-nodes.io/{{ $name }}');
  });
});
