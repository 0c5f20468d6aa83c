import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { TerraformStack, Testing } from 'cdktf';
import { CHAINS, clientsOf, processesOf } from '../../../../constructs/chain-node/catalogue';
import { Cluster } from '../../../../constructs/cluster';
import { alertsOf } from '../../../../constructs/monitoring-stack/alerts';
import {
  type Dashboard,
  dashboards,
  definitions,
  mevDashboards,
  mevDefinitions,
} from '../../../../constructs/monitoring-stack/dashboards';
import { CLIENT_METRICS, namesOf } from '../../../../constructs/monitoring-stack/dashboards/client-metrics';
import { defineDashboards, LARGEST_BYTES } from '../../../../constructs/monitoring-stack/dashboards/config-maps';
import { dashboardsPage } from '../../../../constructs/monitoring-stack/dashboards/outline';
import { HEAD_OF_LIMIT, headOfLimit, PEERS } from '../../../../constructs/monitoring-stack/dashboards/queries';
import { DATASOURCES } from '../../../../constructs/monitoring-stack/kube-prometheus-stack';
import { DISK_USED_PERCENT, headLimit } from '../../../../constructs/monitoring-stack/thresholds';
import { type Json, resources } from '../../../project';
import { ofType } from '../../platform';
import { everyNode } from '../alerts/watch';
import {
  deadLinks,
  foreignLabels,
  metricsIn,
  misplaced,
  oddVariables,
  panelsOf,
  queriesOf,
  repeatedIds,
  textsOf,
  unexplained,
  unknownMetrics,
  unparsed,
} from './checks';
import { EXPORTED, labelsOf, SAID_TWICE } from './exported';

const ROOT = join(__dirname, '..', '..', '..', '..');
/** Of an environment that has engines. */
const WRITTEN: readonly Dashboard[] = [...dashboards(), ...mevDashboards()];
const ALL: readonly Json[] = WRITTEN.map(({ json }) => JSON.parse(json));
const folderOf = (uid: string): string | undefined => WRITTEN.find((one) => one.uid === uid)?.folder;
const named = ALL.map((dashboard) => [dashboard.title, dashboard] as const);
const byUid = (uid: string): Json => ALL.find((dashboard) => dashboard.uid === uid);
const panel = (uid: string, title: string): Json => panelsOf(byUid(uid)).find((one) => one.title === title);

/** A copy that `edit` has been let loose on. */
function mutated(uid: string, edit: (dashboard: Json) => void): Json {
  const copy = structuredClone(byUid(uid));
  edit(copy);
  return copy;
}
/** The first panel that asks something. */
const asking = (dashboard: Json): Json => panelsOf(dashboard).find(({ type }) => type === 'graph' || type === 'stat');

test('uids never change: links and bookmarks name them', () => {
  expect(ALL.map(({ uid, title }) => [uid, title])).toEqual([
    ['chains-fleet', 'Fleet'],
    ['chains-chain', 'Chain'],
    ['chains-node', 'Node'],
    ['chains-host', 'Host'],
    ['chains-gateway', 'RPC gateway'],
    ['chains-capacity', 'Capacity'],
    ['chains-forks', 'Fork calendar'],
    ['mev-pnl-tracker', 'PnL tracker'],
    ['mev-opportunity-scanner', 'Opportunity scanner'],
    ['mev-risk-monitor', 'Risk monitor'],
    ['mev-market-analysis', 'Market analysis'],
  ]);
});

test('those of engines are apart, in a folder of their own: without engines there is nothing to see in them', () => {
  expect(new Set(dashboards().map(({ folder }) => folder))).toEqual(new Set(['Chains']));
  expect(mevDashboards().map(({ uid, folder }) => [folder, uid])).toEqual([
    ['MEV', 'mev-pnl-tracker'],
    ['MEV', 'mev-opportunity-scanner'],
    ['MEV', 'mev-risk-monitor'],
    ['MEV', 'mev-market-analysis'],
  ]);
});

describe.each(named)('%s', (_, dashboard) => {
  test('asks what Prometheus understands', () => expect(unparsed(dashboard)).toEqual([]));

  test('asks for metrics that something exports', () => expect(unknownMetrics(dashboard, EXPORTED)).toEqual([]));

  test('has ids that tell panels and queries apart', () => expect(repeatedIds(dashboard)).toEqual([]));

  test('has no panel on another or beyond the grid', () => expect(misplaced(dashboard)).toEqual([]));

  test('defines the variables that it uses, and no others', () => {
    expect(oddVariables(dashboard)).toEqual([]);
  });

  test('leads to dashboards that there are, with variables that they have', () => {
    expect(deadLinks(dashboard, ALL)).toEqual([]);
    const folder = folderOf(dashboard.uid);
    expect(dashboard.links.map(({ url }: Json) => url)).toEqual([
      ...ALL.filter((other) => other !== dashboard && folderOf(other.uid) === folder).map(({ uid }) => `/d/${uid}`),
      ...(folder === 'MEV' ? ['/d/chains-fleet'] : []),
    ]);
    for (const link of dashboard.links) expect(link).toMatchObject({ includeVars: true, keepTime: true });
  });

  test('says of each panel what it is, what is normal and in which unit', () => {
    expect(unexplained(dashboard)).toEqual([]);
  });

  test('has units that Grafana knows', () => {
    const known = new Set<unknown>(Object.values(units));
    const used = textsOf(
      panelsOf(dashboard).map(({ fieldConfig }) => [
        fieldConfig?.defaults.unit ?? 'none',
        fieldConfig?.overrides.flatMap(({ properties }: Json) =>
          properties.filter(({ id }: Json) => id === 'unit').map(({ value }: Json) => value),
        ) ?? [],
      ]),
    );
    expect(used.filter((unit) => !known.has(unit))).toEqual([]);
  });

  test('begins with numbers, and is short enough for a laptop', () => {
    const [first] = panelsOf(dashboard);
    expect(first).toMatchObject({ type: 'stat', gridPos: { x: 0, y: 0 } });
    expect(panelsOf(dashboard).filter(({ type }) => type !== 'row').length).toBeLessThanOrEqual(19);
  });

  test('fits a config map', () => {
    expect(Buffer.byteLength(JSON.stringify(dashboard))).toBeLessThan(LARGEST_BYTES);
  });

  test('takes its data from the source that is chosen, which is the environment’s own at first', () => {
    const [source] = dashboard.templating.list;
    expect(source).toMatchObject({
      type: 'datasource',
      query: 'prometheus',
      current: { value: DATASOURCES.prometheus },
    });
    for (const { type, datasource } of panelsOf(dashboard))
      if (type !== 'row') expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
  });

  test('is written in the schema whose types it is made with', () => {
    expect(dashboard.schemaVersion).toBe(defaultDashboard().schemaVersion);
  });

  test('has rows of its own for every label that a table is sorted or merged by', () => {
    for (const { type, title, targets } of panelsOf(dashboard)) {
      if (type !== 'table') continue;
      const rows = new Set(
        targets.map(({ expr }: Json) => /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ').sort().join(' ')),
      );
      expect([title, rows.size]).toEqual([title, 1]);
    }
  });
});

test('bars are of an hour at least, and today begins at midnight', () => {
  const bars = panel('mev-pnl-tracker', 'Net by hour');
  expect(bars.fieldConfig.defaults.custom).toMatchObject({ drawStyle: 'bars', stacking: { mode: 'normal' } });
  expect(bars.targets.map(({ interval }: Json) => interval)).toEqual(['1h']);
  expect(bars.targets[0].expr).toContain('[$__interval]');
  expect(panel('mev-pnl-tracker', 'Net today').timeFrom).toBe('now/d');
  for (const one of dashboards()) expect(one.json).not.toMatch(/"(timeFrom|interval)":/);
});

test('those of chains lead to none that may not be there', () => {
  for (const { json } of dashboards()) expect(json).not.toContain('/d/mev-');
});

describe.each(named.filter(([, { uid }]) => folderOf(uid) === 'MEV'))('%s', (_, dashboard) => {
  test('asks by labels that the contract of engines and those of others have', () => {
    expect(foreignLabels(dashboard, labelsOf)).toEqual([]);
  });

  test('is chosen by environment, engine and strategy, and by chain or, where it is about money, by its unit', () => {
    const names = dashboard.templating.list.map(({ name }: Json) => name);
    const last = dashboard.uid === 'mev-pnl-tracker' ? 'unit' : 'chain';
    expect(names).toEqual(['datasource', 'environment', 'engine', 'strategy', last]);
  });
});

describe('a dashboard that is wrong is told of', () => {
  test.each<readonly [string, (dashboard: Json) => readonly string[], (dashboard: Json) => void]>([
    ['a query that does not parse', unparsed, (one) => (asking(one).targets[0].expr += ' or')],
    [
      'a variable’s query that does not parse',
      unparsed,
      (one) => (one.templating.list[1].query.query = 'label_values(a{, b)'),
    ],
    [
      'a metric that nobody exports',
      (one) => unknownMetrics(one, EXPORTED),
      (one) => (asking(one).targets[0].expr = 'chain_heads'),
    ],
    [
      'a metric without a name',
      (one) => unknownMetrics(one, EXPORTED),
      (one) => (asking(one).targets[0].expr = '{job="a"}'),
    ],
    ['a panel’s id twice', repeatedIds, (one) => (one.panels[1].id = one.panels[0].id)],
    ['a panel without an id', repeatedIds, (one) => (one.panels[1].id = 0)],
    ['a query’s id twice', repeatedIds, (one) => asking(one).targets.push(asking(one).targets[0])],
    ['a query without an id', repeatedIds, (one) => delete asking(one).targets[0].refId],
    ['a panel on another', misplaced, (one) => (one.panels[1].gridPos.x = one.panels[0].gridPos.x)],
    ['a panel beyond the grid', misplaced, (one) => (one.panels[7].gridPos.w = 4)],
    ['a variable that is not defined', oddVariables, (one) => (asking(one).targets[0].expr = 'up{a="${other}"}')],
    ['a variable that is not used', oddVariables, (one) => one.templating.list.push({ name: 'other' })],
    ['a link to nothing', (one) => deadLinks(one, ALL), (one) => (one.links[0].url = '/d/chain')],
    [
      'a link with a variable that is not there',
      (one) => deadLinks(one, ALL),
      (one) => (one.links[0].url = '/d/chains-chain?var-host=a'),
    ],
    ['a panel without a title', unexplained, (one) => (asking(one).title = '')],
    ['a panel that does not say what is normal', unexplained, (one) => (asking(one).description = 'What it is.')],
    ['a panel without a unit', unexplained, (one) => delete asking(one).fieldConfig.defaults.unit],
    [
      'a label that a metric has not',
      (one) => foreignLabels(one, labelsOf),
      (one) => (asking(one).targets[0].expr = 'sum(mev_loss_total{chain="a"})'),
    ],
    [
      'a label that nothing can be grouped by',
      (one) => foreignLabels(one, labelsOf),
      (one) => (asking(one).targets[0].expr = 'sum by (chain) (mev_loss_total)'),
    ],
    [
      'a label that is replaced from what is not there',
      (one) => foreignLabels(one, labelsOf),
      (one) =>
        (asking(one).targets[0].expr = 'label_replace(kube_configmap_info, "engine", "$1", "deployment", "(.+)")'),
    ],
    [
      'a legend of what is summed away',
      (one) => foreignLabels(one, labelsOf),
      (one) =>
        Object.assign(asking(one).targets[0], { expr: 'sum by (unit) (mev_loss_total)', legendFormat: '{{pod}}' }),
    ],
    [
      'a variable of a label that is not there',
      (one) => foreignLabels(one, labelsOf),
      (one) => (one.templating.list[1].query.query = 'label_values(mev_engine_info, strategy)'),
    ],
  ])('%s', (_, check, edit) => {
    const before = check(byUid('chains-fleet'));
    expect(check(mutated('chains-fleet', edit)).length).toBeGreaterThan(before.length);
  });
});

describe('what is asked', () => {
  test('is not said twice to be exported', () => expect(SAID_TWICE).toEqual([]));

  test('follows the catalogue: every metric that it names of a client is on the node’s dashboard', () => {
    const shown = new Set(queriesOf(byUid('chains-node')).flatMap(({ expr }) => metricsIn(expr)));
    const names = CHAINS.flatMap((chain) =>
      chain.clients.flatMap(({ client, consensus }) =>
        client.networks.flatMap((network) =>
          [undefined, ...consensus.filter(({ networks }) => networks.includes(network))].flatMap((beside) =>
            processesOf(
              { chain, network, client: client.id, ...(beside ? { consensus: beside.id } : {}) },
              16_384,
            ).flatMap(({ metrics }) => Object.values(metrics?.names ?? {})),
          ),
        ),
      ),
    );
    expect([...new Set(names)].filter((name) => !CLIENT_METRICS.includes(name))).toEqual([]);
    expect(names.filter((name) => !shown.has(name.replace(/\{.*/, '')))).toEqual([]);
  });

  test('of a meaning that no client has is refused', () => {
    expect(() => namesOf('happiness')).toThrow('no client has a metric of the meaning happiness');
  });

  test('has every fork of the catalogue, and the networks that run choose among them', () => {
    const forks = CHAINS.flatMap(({ id, networks }) =>
      networks.flatMap(({ forks }) => forks.map((fork) => [id, fork] as const)),
    );
    const ahead = panel('chains-forks', 'Forks ahead').targets[0].expr;
    const undated = panel('chains-forks', 'Announced without a date').targets[0].expr;
    for (const [chain, { name, at }] of forks) {
      const expr = at === undefined ? undated : ahead;
      expect(expr).toContain(`"fork", ${JSON.stringify(name)}`);
      expect(expr).toContain(`"chain", "${chain}"`);
      if (at !== undefined) expect(expr).toContain(`vector(${Date.parse(at) / 1000})`);
    }
    expect(ahead).toContain('and on (chain, network) chain_info{environment="$environment"');
  });
});

describe('limits are those of the alerts', () => {
  test('of heads, for every client of every network', () => {
    const parts = headOfLimit('x="1"')
      .slice(1, -1)
      .split('\n  or ')
      .map((part) => {
        const [, metric, matchers = '', above] = /^(\w+)\{(.*)\} \/ ([\d.]+)$/.exec(part) ?? [];
        const label = (name: string): RegExp =>
          new RegExp(`^(${new RegExp(`(?:^|,)${name}=~?"([^"]*)"`).exec(matchers)?.[1] ?? '.*'})$`);
        return {
          metric,
          above: Number(above),
          chain: label('chain'),
          network: label('network'),
          client: label('client'),
        };
      });
    for (const chain of CHAINS) {
      for (const network of chain.networks) {
        for (const { client } of chain.clients.filter(({ client }) => client.networks.includes(network.id))) {
          const health = clientsOf({ chain, network: network.id, client: client.id }).map(
            (one) => one.health(network).head,
          );
          const age = health.flatMap((head) => ('maximumAgeSeconds' in head ? [head.maximumAgeSeconds] : []))[0];
          const slots = health.flatMap((head) => ('maximumSlots' in head ? [head.maximumSlots] : []))[0];
          const limit = headLimit({
            ...(network.blockSeconds === undefined ? {} : { blockSeconds: network.blockSeconds }),
            ...(age === undefined ? {} : { headMaximumAgeSeconds: age }),
            ...(slots === undefined ? {} : { headMaximumSlots: slots }),
          });
          const found = parts.filter(
            (part) => part.chain.test(chain.id) && part.network.test(network.id) && part.client.test(client.id),
          );
          expect([chain.id, network.id, client.id, found.map(({ metric, above }) => ({ metric, above }))]).toEqual([
            chain.id,
            network.id,
            client.id,
            limit ? [limit] : [],
          ]);
        }
      }
    }
  });

  test('of disks, as the environment sets them', () => {
    const steps = (all: readonly Dashboard[]): Json =>
      all
        .map(({ json }) => JSON.parse(json))
        .flatMap(panelsOf)
        .filter(({ title }) => title === 'Disk used')
        .map(({ fieldConfig }) => fieldConfig.defaults.thresholds.steps.map(({ value }: Json) => value));
    expect(new Set(steps(dashboards()).map(String))).toEqual(new Set([`,${DISK_USED_PERCENT / 100},0.95`]));
    expect(new Set(steps(dashboards({ diskUsedPercent: 70 })).map(String))).toEqual(new Set([',0.7,0.95']));
    // A limit above the critical one moves it: steps must not fall.
    expect(new Set(steps(dashboards({ diskUsedPercent: 97 })).map(String))).toEqual(new Set([',0.97,0.97']));
  });

  test('of peers: yellow where they are few, red where health says no', () => {
    const minimums = CHAINS.flatMap((chain) =>
      chain.networks.flatMap((network) =>
        chain.clients
          .filter(({ client }) => client.networks.includes(network.id))
          .flatMap(({ client }) => client.health(network).peers?.minimum ?? []),
      ),
    );
    const most = Math.max(...minimums);
    expect(PEERS.steps).toEqual([
      { color: 'red' },
      { color: 'yellow', from: most },
      { color: 'green', from: 3 * most },
    ]);
  });
});

describe('and the alerts say so themselves', () => {
  const PERCENT = 70;
  const alerts = alertsOf({
    environment: 'test',
    nodes: everyNode,
    diskUsedPercent: PERCENT,
    gateway: { rpcTimeoutMs: 30_000 },
  });
  const limits = (name: string, pattern: RegExp): number[] => {
    const found = alerts.filter((alert) => alert.name === name).flatMap(({ expr }) => pattern.exec(expr)?.[1] ?? []);
    expect([name, found.length > 0]).toEqual([name, true]);
    return [...new Set(found.map(Number))];
  };
  /** Where a panel turns yellow, red or green. */
  const turns = (reading: Json): number[] =>
    (reading.steps ?? reading.thresholds.steps).flatMap(({ from, value }: Json) => from ?? value ?? []);
  const defaults = (uid: string, title: string, all: readonly Dashboard[] = dashboards()): Json =>
    panelsOf(JSON.parse(all.find((one) => one.uid === uid)?.json ?? '')).find((one) => one.title === title).fieldConfig
      .defaults;

  test('of heads', () => {
    const stale = alerts.filter(({ name, expr }) => name === 'HeadStale' && expr.includes('chain_head_age_seconds'));
    expect(stale.length).toBeGreaterThan(10);
    for (const { expr, labels } of stale) {
      const above = Number(/> ([\d.]+) /.exec(expr)?.[1]);
      const parts = headOfLimit('')
        .split('\n  or ')
        .filter((part) => part.includes(`chain="${labels?.chain}"`))
        .filter(
          (part) => !part.includes('network=') || new RegExp(`network=~?"[^"]*\\b${labels?.network}\\b`).test(part),
        );
      expect([labels, parts.map((part) => Number(/ \/ ([\d.]+)/.exec(part)?.[1]))]).toEqual([labels, [above]]);
    }
    expect(turns(HEAD_OF_LIMIT)).toEqual([0.5, 1]);
  });

  test('of peers', () => {
    expect(turns(PEERS).at(-1)).toBe(Math.max(...limits('PeersLow', / < (\d+)$/)));
  });

  test('of disks', () => {
    const [yellow, red] = turns(defaults('chains-fleet', 'Disk used', dashboards({ diskUsedPercent: PERCENT })));
    expect(limits('DiskFull', / > ([\d.]+)$/)).toEqual([(yellow as number) * 100]);
    expect(limits('DiskExhausted', / > ([\d.]+)$/)).toEqual([(red as number) * 100]);
    const [critical, warning] = turns(defaults('chains-capacity', 'First disk full'));
    expect(limits('DiskWillFill', /\[3d\], (\d+)\)/)).toEqual([(warning as number) * 86_400]);
    expect(limits('DiskFullSoon', /\[3d\], (\d+)\)/)).toEqual([(critical as number) * 86_400]);
  });

  test('of clocks and forks', () => {
    expect(limits('ClockSkew', /> ([\d.]+) or/)).toEqual(turns(defaults('chains-host', 'Clock off by')));
    expect(limits('ForkDue', /< (\d+)\)/)).toEqual([
      (turns(defaults('chains-forks', 'Next fork'))[1] as number) * 86_400,
    ]);
  });

  test('of the gateway', () => {
    expect([
      ...limits('RequestsFailingSome', /> ([\d.]+) and/),
      ...limits('RequestsFailing', /> ([\d.]+) and/),
    ]).toEqual(turns(defaults('chains-gateway', 'Failed')));
  });
});

describe('dashboards are built', () => {
  test('once for all environments that set the same limits', () => {
    expect(dashboards()).toBe(dashboards({ diskUsedPercent: DISK_USED_PERCENT }));
    expect(dashboards({ diskUsedPercent: 70 })).not.toBe(dashboards());
    expect(mevDashboards()).toBe(mevDashboards());
  });

  test('the same in every run, without the code of the SDK', () => {
    const script = `
      const { dashboards, mevDashboards } = require('./constructs/monitoring-stack/dashboards');
      const { createHash } = require('node:crypto');
      const sdk = Object.keys(require.cache).filter((file) => file.includes('grafana-foundation-sdk'));
      console.log(createHash('sha256').update(JSON.stringify([dashboards(), mevDashboards()])).digest('hex'), sdk.length);`;
    const run = (): string =>
      execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: ROOT, encoding: 'utf8' });
    const first = run();
    expect(run()).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{64} 0\n$/);
  });

  test('in less than a tenth of a second', () => {
    const begin = performance.now();
    definitions({ diskUsedPercent: 71 });
    mevDefinitions();
    dashboards({ diskUsedPercent: 71 });
    expect(performance.now() - begin).toBeLessThan(100);
  });
});

describe('config maps', () => {
  function defined(all: readonly Dashboard[] = WRITTEN): Readonly<Record<string, Json>> {
    const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
    const cluster = new Cluster(stack, 'cluster', { access: { eks: 'main' } });
    defineDashboards(stack, {
      namespace: cluster.namespace('monitoring', { podSecurity: 'restricted' }),
      dashboards: all,
    });
    return resources(JSON.parse(Testing.synth(stack)));
  }
  // In the order of the dashboards, which Terraform does not keep.
  const all = ofType(defined(), 'kubernetes_config_map_v1');
  const maps = WRITTEN.flatMap(({ uid }) => all.filter(({ metadata }) => metadata.name === `dashboard-${uid}`));

  test('are one for each, with what the sidecar looks for, after the namespace', () => {
    expect(all).toHaveLength(maps.length);
    expect(maps.map(({ metadata }) => metadata)).toEqual(
      WRITTEN.map(({ uid, folder }) => ({
        name: `dashboard-${uid}`,
        namespace: 'monitoring',
        labels: { grafana_dashboard: '1' },
        annotations: { grafana_folder: folder },
      })),
    );
    for (const { depends_on } of maps)
      expect(depends_on).toEqual([expect.stringMatching(/^kubernetes_namespace_v1\./)]);
  });

  /** What Terraform makes of a literal text in its JSON: `$${` is `${`. */
  const read = (text: string): string => {
    expect(text.replaceAll(/[$%][$%]\{/g, '')).not.toMatch(/[$%]\{/);
    return text.replaceAll(/([$%])\1\{/g, '$1{');
  };

  test('hold dashboards as they were built, once Terraform has read them', () => {
    WRITTEN.forEach(({ uid, json }, index) => {
      const { data } = maps[index];
      expect(Object.keys(data)).toEqual([`${uid}.json`]);
      const text = read(data[`${uid}.json`]);
      expect(text).toBe(json);
      expect(JSON.parse(text)).toEqual(byUid(uid));
    });
  });

  test('keep what Terraform and Helm would fill in', () => {
    const texts = textsOf(maps.map(({ data }) => read(Object.values<string>(data)[0] ?? '')));
    for (const text of texts) expect(text).toContain('${datasource}');
    const legends = ALL.flatMap(panelsOf).flatMap(({ targets = [] }) =>
      targets.map(({ legendFormat }: Json) => legendFormat),
    );
    expect(legends).toContain('{{chain}} {{network}}');
    expect(texts.join()).toContain('"{{chain}} {{network}}"');
    expect(texts.join()).toContain('network=~\\"${chain}-${network}\\"');
    expect(texts.join()).toContain('var-node=${__data.fields.node}');
    expect(texts.join()).toContain('vector(time()) >= ${__from:date:seconds}');
    expect(texts.join()).toContain('configmap=~\\"${engine}-stop\\"');
  });

  test('do not take what is too large', () => {
    const [first] = dashboards() as [Dashboard];
    expect(() => defined([{ ...first, json: 'x'.repeat(LARGEST_BYTES + 1) }])).toThrow(
      /^the dashboard chains-fleet has \d+ bytes, and a config map takes \d+; split it$/,
    );
  });
});

describe('the page about dashboards', () => {
  test('is up to date; if it is not, run: npm run generate', () => {
    expect(readFileSync(join(ROOT, 'docs/dashboards.md'), 'utf8')).toBe(dashboardsPage());
  });

  test('has every panel, in its grid and with its queries', () => {
    const page = dashboardsPage();
    for (const { title, panels } of [...definitions(), ...mevDefinitions()].flatMap(({ sections }) => sections)) {
      if (title !== undefined) expect(page).toContain(`\n${title}\n+-`);
      for (const { title, about } of panels) {
        expect(page).toContain(`| ${title} | ${about}`);
        expect(page).toContain(`**${title}**\n\n\`\`\`promql\n`);
      }
    }
  });

  test('has those of engines below a heading of their own', () => {
    const [chains = '', engines = ''] = dashboardsPage().split('\n## Engines\n');
    for (const { title, uid } of mevDefinitions()) {
      expect(engines).toContain(`\n### ${title}\n`);
      expect(chains).not.toContain(uid);
    }
  });
});
