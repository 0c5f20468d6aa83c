import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fn } from 'cdktf';
import { parse } from 'yaml';
import { helmValues } from '../../../constructs/cluster';
import { define, EKS, ELSEWHERE, synthesized } from '../cluster-platform';
import { ofType } from '../platform';

describe('a cluster', () => {
  test('has a name on EKS alone', () => {
    const names = [EKS, ELSEWHERE].map((access) => {
      let name: string | undefined;
      synthesized((_, { cluster }) => {
        name = cluster.eksName;
      }, access);
      return name;
    });
    expect(names).toEqual(['mev', undefined]);
  });

  test('is found, and nothing of it defined', () => {
    expect(synthesized(() => {})).not.toHaveProperty('resource');
  });

  test('gives a chart by its content, once, from the stack', () => {
    const folder = join(__dirname, '../../../constructs/chain-node/chart');
    let paths: string[] = [];
    const stack = synthesized((_, { cluster }) => {
      paths = [cluster.chart('chain-node', folder), cluster.chart('chain-node', folder)];
    });
    expect(new Set(paths).size).toBe(1);
    expect(paths[0]).toMatch(/^\.\/assets\/cluster_chart-chain-node_[0-9A-F]{8}\/[0-9A-F]{32}$/);
    expect(JSON.stringify(stack)).not.toContain(process.cwd());
    expect(readFileSync(join(folder, 'Chart.yaml'), 'utf8')).toContain('name: chain-node');
  });
});

describe('a namespace', () => {
  test('has the security of its pods, in a version that stays, and what they may reach', () => {
    const all = define((_, { cluster }) => {
      cluster.namespace('blockchain', { podSecurity: 'restricted', access: 'clients' });
    });
    expect(ofType(all, 'kubernetes_namespace_v1')).toEqual([
      {
        metadata: {
          name: 'blockchain',
          labels: {
            'pod-security.kubernetes.io/enforce': 'restricted',
            'pod-security.kubernetes.io/enforce-version': 'v1.34',
            'pod-security.kubernetes.io/warn': 'restricted',
            'pod-security.kubernetes.io/warn-version': 'v1.34',
            'chain-nodes.io/access': 'clients',
          },
        },
      },
    ]);
  });

  test('of more privileges is still told of, and one without access bears no label of it', () => {
    const all = define((_, { cluster }) => void cluster.namespace('keda', { podSecurity: 'privileged' }));
    const [{ metadata }] = ofType(all, 'kubernetes_namespace_v1');
    expect(metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'privileged',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
    expect(metadata.labels).not.toHaveProperty('chain-nodes.io/access');
  });

  test('that is asked for twice is one', () => {
    const all = define((_, { cluster }) => {
      const [a, b] = ['one', 'two'].map(() => cluster.namespace('blockchain', { podSecurity: 'baseline' }));
      expect(a).toBe(b);
    });
    expect(ofType(all, 'kubernetes_namespace_v1')).toHaveLength(1);
  });

  test.each([
    ['pod security', { podSecurity: 'privileged', access: 'clients' } as const],
    ['access', { podSecurity: 'restricted', access: 'monitoring' } as const],
    ['no access', { podSecurity: 'restricted' } as const],
  ])('that is asked for with another %s is refused', (_, other) => {
    const both = (): void => {
      define((__, { cluster }) => {
        cluster.namespace('blockchain', { podSecurity: 'restricted', access: 'clients' });
        cluster.namespace('blockchain', other);
      });
    };
    expect(both).toThrow('the namespace blockchain is asked for in two ways; give it one pod security and one access');
  });

  test('has a quota of what is given, and none of what is not', () => {
    const all = define((_, { cluster }) => {
      cluster.namespace('blockchain', { podSecurity: 'restricted', quota: { cpu: 7.5, storageGiB: 2048 } });
      cluster.namespace('other', { podSecurity: 'restricted' });
    });
    expect(ofType(all, 'kubernetes_resource_quota_v1').map(({ metadata, spec }) => [metadata, spec])).toEqual([
      [
        { name: 'blockchain', namespace: 'blockchain' },
        { hard: { 'requests.cpu': '7.5', 'requests.storage': '2048Gi' } },
      ],
    ]);
  });
});

describe('values of Helm', () => {
  test('quote texts of one line, so that neither Helm nor YAML takes them for something else', () => {
    const text = helmValues({ no: 'no', version: '1.10', number: 1.5, flag: true, empty: '', list: ['0x10', 7] });
    expect(text).toBe('"no": "no"\nversion: "1.10"\nnumber: 1.5\nflag: true\nempty: ""\nlist:\n  - "0x10"\n  - 7\n');
  });

  test('show texts of several lines as they are, and do not break long ones', () => {
    const script = 'set -eu\n  echo a: b # c\n';
    const long = 'word '.repeat(60).trim();
    const text = helmValues({ script, long });
    expect(text).toContain('script: |\n  set -eu\n    echo a: b # c\n');
    expect(text.split('\n')).toContain(`long: "${long}"`);
    expect(parse(text)).toEqual({ script, long });
  });

  test.each([
    ['a quote and a backslash', 'a "quoted" \\ text'],
    ['no line at the end', 'one\ntwo'],
    ['empty lines at the end', 'one\ntwo\n\n\n'],
    ['blanks before the first line', '  one\ntwo\n'],
    ['a carriage return', 'one\r\ntwo\n'],
    ['blanks at the end of a line', 'one  \ntwo\n'],
    ['a tab', 'one\n\ttwo\n'],
  ])('keep %s', (_, text) => {
    expect(parse(helmValues({ text }))).toEqual({ text });
  });

  test('keep from Terraform what is no token, in keys as well, and leave tokens to it', () => {
    let values = '';
    const stack = synthesized((scope) => {
      values = helmValues({
        argument: '${HOME} %{if} $(PUBLIC_IP)',
        'key-${a}': ['%{b}'],
        script: 'a=${b}\n',
        token: Fn.upper('x'),
      });
      scope.addOverride('locals', { values });
    });
    const [, ...lines] = stack.locals.values.split('\n').reverse();
    expect(lines.reverse()).toEqual([
      'argument: "$${HOME} %%{if} $(PUBLIC_IP)"',
      '"key-$${a}":',
      '  - "%%{b}"',
      'script: |',
      '  a=$${b}',
      'token: "${upper("x")}"',
    ]);
  });
});
