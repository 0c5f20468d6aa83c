import { type Plan, PlanError, readPlan } from '../../../tools/plan-report/plan';
import { cutReport, reportOf } from '../../../tools/plan-report/report';
import type { Json } from '../../project';
import { changed, ENGINE, GETH, NODES, permitting, plan, text } from './plans';

/** What stands in a report. */

const of = (given: Plan, warnings: readonly string[] = [], permissions = permitting()) =>
  reportOf({ environment: 'production', plan: given, permissions, warnings });
const words = (given: Plan): readonly (readonly string[])[] =>
  [...of(given).text.matchAll(/^\| (\S.*?) \| (.*) \|$/gm)].map(([, name = '', said = '']) => [
    name,
    ...said.split('<br>'),
  ]);

describe('in words', () => {
  test('a version, what is added and what goes', () => {
    const after = { ...NODES, 'ethereum-mainnet-geth': { ...GETH, programs: { geth: 'v1.17.11', exporter: 'v1' } } };
    const changes = [
      changed(
        'aws_s3_object.ethereum-mainnet-geth_release-composeyml_1A',
        'update',
        { content: 'a' },
        { content: 'b' },
      ),
    ];
    expect(words(plan(changes, { nodes: [NODES, after] }))).toEqual([
      [
        'ethereum-mainnet-geth',
        'exporter v1 is added',
        'geth v1.17.10 → v1.17.11',
        'rolls through ethereum-mainnet one node at a time',
      ],
    ]);
  });

  test('scripts of hosts roll every node on an instance, and none in a pod', () => {
    const changes = [changed('aws_s3_object.host-files_host-startsh_5A', 'update', { content: 'a' }, { content: 'b' })];
    expect(words(plan(changes))).toEqual(
      ['geth', 'reth'].map((client) => [
        `ethereum-mainnet-${client}`,
        'scripts of its host change, and it rolls through ethereum-mainnet one node at a time',
      ]),
    );
  });

  test('a pod, its settings and what is around it', () => {
    const changes = [
      changed('helm_release.arbitrum-mainnet-nitro', 'update', { values: ['a: 1\n'] }, { values: ['a: 2\n'] }),
      changed('aws_iam_role_policy.arbitrum-mainnet-nitro_secrets_1A', 'update', { policy: 'a' }, { policy: 'b' }),
      changed('aws_iam_role.arbitrum-mainnet-nitro_secrets_1A', 'create'),
    ];
    expect(words(plan(changes))).toEqual([
      [
        'arbitrum-mainnet-nitro',
        'its settings change, and it rolls through arbitrum-mainnet one node at a time',
        'around it: 1 aws_iam_role created, 1 aws_iam_role_policy changed',
      ],
    ]);
  });

  test('another machine', () => {
    const changes = [
      changed(
        'aws_instance.ethereum-mainnet-geth',
        'update',
        { instance_type: 'a.large' },
        { instance_type: 'b.large' },
      ),
    ];
    expect(words(plan(changes))).toEqual([['ethereum-mainnet-geth', 'a.large → b.large, for which it is stopped']]);
  });

  test('an engine: its image, its strategies, whether it may run', () => {
    const release = changed('helm_release.engine-router', 'update', { values: ['a: 1\n'] }, { values: ['a: 2\n'] });
    const said = (after: Json) =>
      words(plan([release], { engines: [{ router: ENGINE }, { router: { ...ENGINE, ...after } }] }));
    expect(said({ image: 'ghcr.io/acme/engine:2.0.0' })).toEqual([
      ['router', 'ghcr.io/acme/engine:1.0.0 → ghcr.io/acme/engine:2.0.0'],
    ]);
    expect(said({ strategies: { other: 'dry-run' } })).toEqual([
      ['router', 'other comes (dry-run)', 'usdc goes (live)'],
    ]);
    expect(said({ strategies: { usdc: 'dry-run' } })).toEqual([['router', 'usdc: live → dry-run']]);
    expect(said({ stopped: true })).toEqual([['router', 'is stopped']]);
    expect(said({})).toEqual([['router', 'its settings, limits or rules change']]);
    expect(
      words(plan([changed('helm_release.engine-router', 'create')], { engines: [{}, { router: ENGINE }] })),
    ).toEqual([['router', 'new: ghcr.io/acme/engine:1.0.0, with usdc (live)']]);
    expect(
      words(plan([changed('helm_release.engine-router', 'delete')], { engines: [{ router: ENGINE }, {}] })),
    ).toEqual([['router', 'goes, and with it usdc (live)']]);
  });

  test('nothing of what a state does not tell yet', () => {
    const old = Object.fromEntries(Object.keys(NODES).map((id) => [id, { rpc: 'http://a' }]));
    const { text: report, verdict } = of(plan([], { nodes: [old, NODES], engines: [{}, { router: ENGINE }] }));
    expect([verdict, report.split('\n')[1]]).toEqual([
      'changes',
      '## production: nothing but what is told of it changes',
    ]);
    expect(words(plan([], { nodes: [old, NODES], engines: [{}, { router: ENGINE }] }))).toEqual([]);
  });
});

test('what must not be applied comes first, with what to do', () => {
  const changes = [
    changed('aws_ebs_volume.ethereum-mainnet-geth', 'delete', { size: 1 }),
    changed('aws_s3_bucket.releases', 'delete', { bucket: 'releases' }),
    changed('aws_sns_topic.alarms', 'create'),
  ];
  const { verdict, text: report } = of(plan(changes));
  expect(verdict).toBe('dangerous');
  expect(report.split('\n').slice(0, 4)).toEqual([
    '<!-- plan:production -->',
    '## production: :rotating_light: 2 changes that must not be applied',
    '',
    '### What would be lost, or go down',
  ]);
  expect(report).toContain('the nodes that shall go under `retire` (ethereum-mainnet-geth)');
  expect(report).toContain('under `allow`: `aws_s3_bucket.releases`');
  expect(report).toContain('**2 to destroy, 1 to create**');
  const allowed = of(plan(changes), [], permitting(['ethereum-mainnet-geth'], ['aws_s3_bucket.releases']));
  expect(allowed.verdict).toBe('changes');
});

test('what is allowed and does not happen is said', () => {
  expect(of(plan([]), [], permitting([], ['aws_s3_bucket.releases'])).text).toContain(
    '`aws_s3_bucket.releases` is allowed by overrides.yml:2, and nothing happens to it: remove the line.',
  );
});

test('a plan that ended by an error says so', () => {
  expect(of(readPlan(text([], {}, { errored: true }))).text).toContain('The plan ended by an error.');
});

test('what others changed is folded in', () => {
  const drift = [changed('aws_instance.ethereum-mainnet-geth', 'update', { tags: { a: '1' } }, { tags: { a: '2' } })];
  const { text: report, verdict } = of(readPlan(text([], {}, { resource_drift: drift })));
  expect(report).toContain('<summary>Changed by others since the last apply: 1 to change</summary>');
  expect(report).toContain('      tags.a: "1" → "2"');
  expect(verdict).toBe('nothing');
});

test('texts make no Markdown of their own, and end no fence', () => {
  const given = plan([changed('helm_release.x', 'update', { note: 'a\n```\nb' }, { note: 'a\n```\nc' })]);
  const { text: report } = of(given, ['a `tick` and <script>']);
  expect(report).toContain("- a 'tick' and &lt;script>");
  expect(report.match(/```/g)).toHaveLength(2);
});

test('what is sensitive is taken out before anything is cut, of several lines each, and of nothing but values', () => {
  const secret = 'begin-of-a-key\nsecond-line-of-it\nend-of-the-key';
  const padding = 'x'.repeat(150);
  const one = changed(
    'helm_release.production',
    'update',
    { a: 'old', password: secret },
    { a: `${padding}${'begin-of-a-key'}`, b: `text\n${secret}\n`, password: 'production' },
  );
  one.change.before_sensitive = { password: true };
  one.change.after_sensitive = { password: true };
  const { text: report } = of(plan([one]));
  for (const line of secret.split('\n')) expect(report).not.toContain(line.slice(0, 8));
  expect(report.startsWith('<!-- plan:production -->\n')).toBe(true);
  expect(report).toContain('~ helm_release.production\n');
});

describe('a report that is too long', () => {
  const many = plan(Array.from({ length: 400 }, (_, index) => changed(`aws_s3_object.one-${index}`, 'create')));
  const whole = of(many).text;

  test('is cut at a line, with what is open closed, and a pointer to the rest', () => {
    const cut = cutReport(whole, 5000, 'The rest: https://example.com/run');
    expect(cut.length).toBeLessThanOrEqual(5000);
    expect(cut).toContain('This is not all of it');
    expect(cut.trimEnd().endsWith('The rest: https://example.com/run')).toBe(true);
    expect(cut.match(/```/g)).toHaveLength(2);
    expect(cut.match(/<\/?details>/g)).toEqual(['<details>', '</details>']);
  });
  test('stays as it is where it fits', () => expect(cutReport(whole, whole.length, '')).toBe(whole));
});

test.each([
  ['not json', 'is not JSON; give the output of terraform show -json <saved plan>'],
  ['{}', /^format_version: .*; give the output of terraform show -json <saved plan>, format 1\.x$/],
  ['{"format_version": "2.0"}', /^format_version: /],
])('what is no plan is refused in a line: %s', (given, message) => {
  expect(() => readPlan(given)).toThrow(PlanError);
  expect(() => readPlan(given)).toThrow(message);
});
