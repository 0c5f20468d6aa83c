import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHAINS } from '../../../../constructs/chain-node/catalogue';
import { SERVICES } from '../../../../constructs/cluster-services/table';
import {
  type Alert,
  alertsOf,
  INHIBITIONS,
  METRICS,
  renderRules,
  renderTests,
} from '../../../../constructs/monitoring-stack/alerts';
import { PLATFORM_NAMESPACES } from '../../../../constructs/monitoring-stack/alerts/platform';
import type { Watch } from '../../../../constructs/monitoring-stack/watch';
import { chain, NODES, nodeOf, WATCH } from './watch';

const RUNBOOKS = join(__dirname, '../../../../docs/runbooks');
const ALERTS = alertsOf(WATCH);
const named = (name: string, alerts: readonly Alert[] = ALERTS): readonly Alert[] =>
  alerts.filter((alert) => alert.name === name);
const titleOf = ({ name, labels = {} }: Alert): string => [name, ...Object.values(labels)].join(' ');
/** What Prometheus tells rules apart by. */
const keyOf = ({ name, labels = {} }: Alert): string => JSON.stringify([name, Object.entries(labels).sort()]);

describe.each(ALERTS.map((alert) => [titleOf(alert), alert] as const))('%s', (_, alert) => {
  test('is complete', () => {
    expect(alert.name).toMatch(/^([A-Z][a-z]+)+$/);
    expect(alert.expr).toMatch(/^\S.*\S$/);
    expect(alert.expr).not.toMatch(/undefined|NaN|Infinity|\n/);
    expect(alert.summary).toMatch(/[.]$/);
    expect(alert.summary).not.toMatch(/undefined|\n/);
    expect(Number.isInteger(alert.forSeconds)).toBe(true);
  });

  test('leads to a page that tells of it', () => {
    const page = join(RUNBOOKS, `${alert.runbook}.md`);
    expect([page, existsSync(page)]).toEqual([page, true]);
    expect(readFileSync(page, 'utf8')).toContain(`\`${alert.name}\``);
  });

  test('says which one, in words that its alerts bear', () => {
    const spoken = [...alert.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string);
    for (const { fires } of alert.cases.fires)
      for (const labels of fires) {
        const borne = Object.keys(labels);
        expect(spoken.filter((label) => !borne.includes(label))).toEqual([]);
      }
    // One that is the same for all says so by having no labels but its own.
    expect(
      /\{\{ \$(labels|value)/.test(alert.summary) || alert.cases.fires.every(({ fires }) => fires.length === 1),
    ).toBe(true);
  });

  test('has a case in which it fires, and one in which it does not', () => {
    expect(alert.cases.fires.length).toBeGreaterThan(0);
    for (const { fires } of alert.cases.fires) expect(fires.length).toBeGreaterThan(0);
    // The dead man's switch is never silent while anybody evaluates it.
    if (alert.name !== 'Watchdog') expect(alert.cases.silent.length).toBeGreaterThan(0);
    for (const { fires } of alert.cases.silent) expect(fires).toEqual([]);
    const cases = [...alert.cases.fires, ...alert.cases.silent];
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    for (const { atMinutes, stepMinutes = 1 } of cases) expect(atMinutes % stepMinutes).toBe(0);
  });

  test('asks for windows that have four samples of those a minute apart', () => {
    for (const [, count, unit] of alert.expr.matchAll(/\[(\d+)([smhd])\]/g)) {
      const seconds = Number(count) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd'];
      expect(seconds).toBeGreaterThanOrEqual(4 * 60);
    }
  });
});

test('no two are taken for one', () => {
  expect(new Set(ALERTS.map(keyOf)).size).toBe(ALERTS.length);
});

test('what operators need is there', () => {
  const names = new Set(ALERTS.map(({ name }) => name));
  const needed = {
    node: 'NodeDown NodeUnhealthy HealthUnknown HeadStale HeadLag SlotsBehind PeersLow ClientRestarting SyncStalled FinalityDelayed ForkDue',
    host: 'DiskWillFill DiskFull DiskNotReady HostDown MemoryPressure FilesystemRootFull ClockSkew OutOfMemory DiskIoSaturated NetworkErrors',
    rpc: 'UpstreamErrorRate UpstreamLatency RateLimited FallbackInUse GatewayDown',
    platform:
      'Watchdog PrometheusTargetMissing AlertmanagerFailing PodNotReady PersistentVolumeFillingUp JobFailed SnapshotOld CertificateExpires SecretNotSynced',
  };
  for (const [group, list] of Object.entries(needed)) {
    expect(list.split(' ').filter((name) => !names.has(name))).toEqual([]);
    for (const name of list.split(' ')) expect(named(name).map((alert) => alert.group)).toContain(group);
  }
});

describe('how long it must hold', () => {
  const PACE = new Map(NODES.map(({ chain, network, blockSeconds }) => [`${chain} ${network}`, blockSeconds ?? 0]));
  const ABOUT_BLOCKS: Readonly<Record<string, number>> = {
    NodeUnhealthy: 25,
    NoHealthyNode: 10,
    HeadStale: 5,
    HeadLag: 10,
  };

  test.each(Object.entries(ABOUT_BLOCKS))('%s: %i blocks of its chain, and two looks', (name, count) => {
    const alerts = named(name);
    expect(alerts.length).toBeGreaterThan(0);
    for (const { labels = {}, forSeconds } of alerts) {
      const pace = PACE.get(`${labels.chain} ${labels.network}`) ?? 0;
      expect(forSeconds).toBeGreaterThanOrEqual(Math.max(60, count * pace));
      // And not so long that nobody would be told in time.
      expect(forSeconds).toBeLessThanOrEqual(Math.max(300, 2 * count * pace));
    }
  });

  test('a slow chain is given more time than a fast one, and an older head', () => {
    const of = (name: string, chain: string) => {
      const found = named(name).find(({ labels }) => labels?.chain === chain && labels.network === 'mainnet');
      if (!found) throw new Error(`${name} of ${chain} is not there`);
      return found;
    };
    expect(of('NodeUnhealthy', 'ethereum').forSeconds).toBe(300);
    expect(of('NodeUnhealthy', 'base').forSeconds).toBe(180);
    const ages = ['ethereum', 'optimism', 'bsc', 'base'].map(
      (chain) => / > (\d+) and/.exec(of('HeadStale', chain).expr)?.[1],
    );
    expect(ages).toEqual(['60', '30', '15', '10']);
    expect(of('HeadLag', 'ethereum').expr).toContain(') > 10 and');
  });
});

describe('who is told', () => {
  const levels = (name: string): Record<string, string> =>
    Object.fromEntries(
      named(name).map(({ labels = {}, severity }) => [`${labels.chain} ${labels.network}`, severity] as const),
    );

  test('nobody about a development chain: at most information', () => {
    const local = ALERTS.filter(({ labels }) => labels?.network === 'local');
    expect([...new Set(local.map(({ name }) => name))].sort()).toEqual(['HostDown', 'NodeDown', 'NodeUnhealthy']);
    expect(new Set(local.map(({ severity }) => severity))).toEqual(new Set(['info']));
    for (const { name, labels, group, expr } of ALERTS)
      if ((group === 'node' || name.startsWith('Disk')) && !labels?.network) expect(expr).toContain('network!="local"');
  });

  test('whoever can help is woken for the only node, and for the last of several', () => {
    expect(levels('NodeDown')).toMatchObject({
      'bsc mainnet': 'critical',
      'ethereum mainnet': 'warning',
      'ethereum local': 'info',
    });
    expect(levels('NoHealthyNode')).toEqual({
      'ethereum mainnet': 'critical',
      'polygon mainnet': 'critical',
      'solana mainnet': 'critical',
    });
  });

  test('a local network is told by its name, and another name is refused', () => {
    for (const { networks } of CHAINS)
      for (const { id, kind } of networks) expect(id === 'local').toBe(kind === 'local');
    const nodes = NODES.map((node) => ({ ...node, local: false }));
    expect(() => alertsOf({ ...WATCH, nodes })).toThrow(
      'ethereum local: a network that is local is called local, and no other is',
    );
  });
});

describe('nodes are known by name', () => {
  test('each of them is missed when it says nothing', () => {
    const missed = named('NodeDown')
      .map(({ expr }) => expr)
      .join(' ');
    for (const { id } of NODES) expect(missed).toContain(`absent(chain_info{node="${id}",`);
    const hosts = named('HostDown')
      .map(({ expr }) => expr)
      .join(' ');
    for (const { id, hosting } of NODES) expect(hosts.includes(`node="${id}"`)).toBe(hosting === 'instance');
    const upstreams = named('UpstreamMissing')
      .map(({ expr }) => expr)
      .join(' ');
    for (const id of WATCH.gateway?.upstreams ?? []) expect(upstreams).toContain(`upstream="${id}"`);
  });

  test('and each of their processes, by every metric that a rule is made of', () => {
    const missed = named('MetricsMissing')
      .map(({ expr }) => expr)
      .join(' ');
    // What may never have happened is counted by nobody, and not missed.
    const rules = ALERTS.filter(({ name }) => !['MetricsMissing', 'ReorgRateHigh'].includes(name)).map(
      ({ expr }) => expr,
    );
    const bare = (metric: string): string => metric.replace(/\{.*/, '');
    for (const { id, processes } of NODES.filter(({ local }) => !local)) {
      for (const { names } of processes) {
        const all = Object.values(names);
        const inRules = all.filter((metric) => rules.some((expr) => new RegExp(`\\b${bare(metric)}\\b`).test(expr)));
        for (const metric of inRules.length > 0 ? inRules : all.slice(0, 1))
          expect(missed).toMatch(new RegExp(`absent\\(${bare(metric)}\\{[^}]*node="${id}"`));
      }
    }
    expect(missed).not.toContain('network="local"');
  });

  test('and each collector of a host that a rule is made of', () => {
    const sources = new Map(
      METRICS.map(({ name, exporter, source }) => [name, exporter === 'node_exporter' ? source : '']),
    );
    const used = (expr: string) => [...expr.matchAll(/\bnode_[a-zA-Z_]+/g)].map(([metric]) => sources.get(metric));
    const [missed] = named('HostMetricsMissing').map(({ expr }) => used(expr));
    const wanted = ALERTS.flatMap(({ expr }) => used(expr)).filter((source) => source !== undefined);
    expect([...new Set(wanted)].filter((source) => !missed?.includes(source))).toEqual([]);
    expect(missed).not.toContain(undefined);
  });
});

describe('what is watched decides what there is', () => {
  const bare: Watch = { environment: 'staging', nodes: [], diskUsedPercent: 85 };
  const groups = (watch: Watch) => [...new Set(alertsOf(watch).map(({ group }) => group))];

  test('without nodes and gateway, the platform alone', () => {
    expect(groups(bare)).toEqual(['platform']);
    expect(groups({ ...bare, gateway: { rpcTimeoutMs: 1000 } })).toEqual(['rpc', 'platform']);
  });

  test('nodes in pods have no machine of their own', () => {
    const nodes = NODES.filter(({ hosting }) => hosting === 'kubernetes');
    const names = alertsOf({ ...bare, nodes }).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['DiskFull', 'DiskWillFill', 'ClientRestarting']));
    expect(names).not.toEqual(expect.arrayContaining(['HostDown']));
    expect(names).not.toEqual(expect.arrayContaining(['ClockSkew']));
  });

  test('services that are not installed are not missed', () => {
    const names = alertsOf(bare).map(({ name }) => name);
    expect(names).not.toContain('CertificateExpires');
    expect(names).not.toContain('SecretNotSynced');
    expect(named('ClusterMetricsMissing', alertsOf(bare))[0]?.expr).not.toMatch(/certmanager|externalsecret/);
    expect(named('ClusterMetricsMissing')[0]?.expr).toMatch(/certmanager.*externalsecret/);
  });

  test('limits are the environment’s', () => {
    const of = (diskUsedPercent: number) =>
      named('DiskFull', alertsOf({ ...WATCH, diskUsedPercent })).map(({ expr }) => / > (\d+)$/.exec(expr)?.[1]);
    expect([of(85), of(70)]).toEqual([['85'], ['70']]);
    const latency = (rpcTimeoutMs: number) =>
      named('UpstreamLatency', alertsOf({ ...bare, gateway: { rpcTimeoutMs } })).map(
        ({ expr }) => / > ([\d.]+),/.exec(expr)?.[1],
      );
    expect([latency(5000), latency(30_000)]).toEqual([['1.25'], ['7.5']]);
    expect(named('DiskRoomShort').map(({ labels }) => labels?.growth)).toEqual(['250 GiB', '60 GiB']);
  });

  test('every namespace of the platform is looked at', () => {
    for (const { namespace } of Object.values(SERVICES)) expect(PLATFORM_NAMESPACES).toContain(namespace);
    expect(named('PodNotReady')[0]?.expr).toContain('|monitoring|');
  });
});

describe('one more', () => {
  const render = (watch: Watch) =>
    new Map(
      renderRules(alertsOf(watch), { environment: 'production', runbooks: 'https://x' }).groups.flatMap(({ rules }) =>
        rules.map((rule) => [JSON.stringify([rule.alert, rule.labels]), JSON.stringify(rule)] as const),
      ),
    );
  const without = (skip: (node: (typeof NODES)[number]) => boolean): Watch => {
    const nodes = NODES.filter((node) => !skip(node));
    return { ...WATCH, nodes };
  };

  test.each([...new Set(NODES.map((node) => node.chain))])('chain adds its rules and changes no other: %s', (id) => {
    const before = render(without((node) => node.chain === id));
    const after = render(WATCH);
    for (const [key, rule] of before) expect([key, after.get(key)]).toEqual([key, rule]);
    const added = [...after].filter(([key]) => !before.has(key)).map(([, rule]) => JSON.parse(rule));
    expect(added.length).toBeGreaterThan(5);
    for (const { labels } of added) expect(labels.chain).toBe(id);
    expect(added.map(({ alert }) => alert)).toEqual(expect.arrayContaining(['NodeDown', 'NodeUnhealthy', 'HeadStale']));
  });

  test('replica changes the rules of its network alone', () => {
    const one = nodeOf(chain('bsc'), 'mainnet', 'geth', { replica: 2 });
    const before = render(WATCH);
    const after = render({ ...WATCH, nodes: [...NODES, one] });
    const touched = [...after].filter(([key, rule]) => before.get(key) !== rule).map(([, rule]) => JSON.parse(rule));
    expect(touched.length).toBeGreaterThan(0);
    for (const { labels } of touched) expect([labels.chain, labels.network]).toEqual(['bsc', 'mainnet']);
  });

  test('order of nodes changes nothing', () => {
    expect(alertsOf({ ...WATCH, nodes: [...NODES].reverse() })).toEqual(ALERTS);
  });

  test('time changes nothing', () => {
    expect(JSON.stringify(alertsOf(WATCH))).toBe(JSON.stringify(ALERTS));
  });
});

describe('forks', () => {
  test('are told of when a client that runs here must be new enough, and have a date', () => {
    const told = named('ForkDue').map(({ labels }) => `${labels?.chain} ${labels?.network}: ${labels?.fork}`);
    expect(told).toEqual(expect.arrayContaining(['bsc mainnet: Jenner', 'ethereum sepolia: Glamsterdam']));
    expect(told.filter((fork) => fork.includes('feature gates of Agave 4.5'))).toEqual([]);
    expect(new Set(told).size).toBe(told.length);
  });

  test('with the versions that they take', () => {
    const [jenner] = named('ForkDue').filter(({ labels }) => labels?.network === 'mainnet' && labels.fork === 'Jenner');
    expect(jenner?.summary).toContain('It takes geth 1.8.2.');
    expect(jenner?.expr).toBe(`(vector(${Date.parse('2026-12-08T02:30:00Z') / 1000}) - time() < 1209600) > 0`);
  });

  test('without a readable date are refused', () => {
    const [node] = NODES;
    if (!node) throw new Error('no node');
    const forks = [{ name: 'Someday', at: 'soon', least: { geth: '1' }, source: 'nobody' }];
    expect(() => alertsOf({ ...WATCH, nodes: [{ ...node, forks }] })).toThrow(
      'the fork Someday is at "soon", which is no date',
    );
  });
});

describe('inhibitions', () => {
  test('are between alerts that are there, and have in common what must be equal', () => {
    for (const { source, targets, equal } of INHIBITIONS)
      for (const name of [source, ...targets]) {
        const alerts = named(name);
        expect([name, alerts.length > 0]).toEqual([name, true]);
        for (const { labels: own, cases } of alerts)
          for (const labels of cases.fires.flatMap(({ fires }) => fires))
            expect(Object.keys({ environment: '', ...labels, ...own })).toEqual(
              expect.arrayContaining(equal as string[]),
            );
      }
  });

  test('never silence what wakes someone by what does not', () => {
    const weight = { info: 0, warning: 1, critical: 2 } as const;
    for (const { source, targets } of INHIBITIONS) {
      const louder = named(source).map(({ severity }) => weight[severity]);
      for (const alert of targets.flatMap((target) => named(target))) {
        const same = named(source).filter(
          ({ labels }) =>
            labels?.chain === undefined ||
            alert.labels?.chain === undefined ||
            (labels.chain === alert.labels.chain && labels.network === alert.labels.network),
        );
        expect(same.length === 0 || louder.some((level) => level >= weight[alert.severity])).toBe(true);
      }
    }
  });
});

describe('rendered', () => {
  const rules = renderRules(ALERTS, { environment: 'production', runbooks: 'https://example.com/runbooks/' });

  test('every rule says who is told, how loud, where, and what to do', () => {
    expect(rules.groups.map(({ name }) => name)).toEqual(['node', 'host', 'rpc', 'platform']);
    const all = rules.groups.flatMap((group) => group.rules);
    expect(all).toHaveLength(ALERTS.length);
    for (const { labels, annotations } of all) {
      expect(labels).toMatchObject({
        severity: expect.stringMatching(/^(critical|warning|info)$/),
        team: expect.stringMatching(/^(chains|platform)$/),
        environment: 'production',
      });
      expect(annotations.runbook_url).toMatch(/^https:\/\/example\.com\/runbooks\/[a-z-]+\.md$/);
      expect(annotations.summary).not.toBe('');
    }
  });

  test('a rule that holds at once has no time to wait', () => {
    const all = rules.groups.flatMap((group) => group.rules);
    expect(all.find(({ alert }) => alert === 'Watchdog')).toEqual({
      alert: 'Watchdog',
      expr: 'vector(1)',
      labels: { severity: 'info', team: 'platform', environment: 'production' },
      annotations: {
        summary: 'Alerts arrive. It fires always; its silence is the alarm.',
        runbook_url: 'https://example.com/runbooks/monitoring-broken.md',
      },
    });
    expect(all.find(({ alert }) => alert === 'NodeNotSynced')?.for).toBe('1d');
  });

  describe('a rule that stops something', () => {
    const [example] = named('DiskNotReady');
    if (!example) throw new Error('no alert DiskNotReady');
    const kill: Alert = {
      ...example,
      group: 'risk-breaches',
      team: 'mev',
      action: 'kill',
      keepFiringSeconds: 86_400,
      labels: { scope: 'global' },
    };
    const to = { environment: 'production', runbooks: 'https://example.com' };

    test('says what and for how long, and is evaluated more often', () => {
      expect(renderRules([kill], to).groups).toEqual([
        {
          name: 'risk-breaches',
          interval: '15s',
          rules: [
            expect.objectContaining({
              keep_firing_for: '1d',
              labels: {
                scope: 'global',
                action: 'kill',
                severity: 'critical',
                team: 'mev',
                environment: 'production',
              },
            }),
          ],
        },
      ]);
    });

    test('without a scope is refused', () => {
      expect(() => renderRules([{ ...kill, labels: {} }], to)).toThrow(
        'DiskNotReady: nothing says what it stops; give it the label scope',
      );
    });
  });

  test('every case is run, and asks for the alerts of its own rule', () => {
    const files = renderTests(ALERTS, { environment: 'production', ruleFiles: ['rules.yml'] });
    const asked = files.flatMap(({ tests }) => tests.flatMap((one) => one.promql_expr_test));
    expect(asked).toHaveLength(ALERTS.flatMap(({ cases }) => [...cases.fires, ...cases.silent]).length);
    expect(files.map((file) => file.evaluation_interval)).toEqual(['1m', '1h', '7d']);
    expect(asked).toContainEqual({
      expr: 'ALERTS{alertname="DiskNotReady",alertstate="firing"}',
      eval_time: '3m',
      exp_samples: [
        {
          labels:
            'ALERTS{node="bsc-mainnet-geth",chain="bsc",network="mainnet",client="geth",alertname="DiskNotReady",alertstate="firing",severity="critical",team="chains",environment="production"}',
          value: 1,
        },
      ],
    });
  });
});
