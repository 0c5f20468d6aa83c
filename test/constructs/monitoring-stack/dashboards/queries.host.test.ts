import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitions, mevDefinitions } from '../../../../constructs/monitoring-stack/dashboards';
import { expressionsOf } from '../../../../constructs/monitoring-stack/dashboards/panels';
import { filledIn } from './checks';

/** Queries of panels as Prometheus answers them, by its own promtool. */

const PROMTOOL = process.env.PROMTOOL ?? 'promtool';
const folder = mkdtempSync(join(tmpdir(), 'dashboards-'));
afterAll(() => rmSync(folder, { recursive: true }));

const promtool = (command: readonly string[], content: unknown): string => {
  const file = join(folder, 'file.json');
  writeFileSync(file, JSON.stringify(content));
  try {
    return execFileSync(PROMTOOL, [...command, file], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${stdout ?? ''}${stderr ?? ''}` || String(error));
  }
};

const ALL = [...definitions(), ...mevDefinitions()];

/** With all chains, networks, engines and strategies chosen, the node `a` and the unit ETH. */
const asked = (expr: string): string =>
  filledIn(
    expr
      .replaceAll(/\$\{?environment\}?/g, 'test')
      .replaceAll(/\$\{?(chain|network|engine|strategy)\}?/g, '.*')
      .replaceAll('$unit', 'ETH')
      .replaceAll(/\$\{?node\}?/g, 'a'),
  );

/** The query of a panel, or of a column of it. */
function query(uid: string, title: string, index = 0): string {
  const panels = ALL.flatMap((one) => (one.uid === uid ? one.sections.flatMap((section) => section.panels) : []));
  const panel = panels.find((one) => one.title === title);
  const expr = panel && expressionsOf(panel)[index];
  if (expr === undefined) throw new Error(`${uid} has no query ${index} of "${title}"`);
  return asked(expr);
}

const series = (all: Readonly<Record<string, string>>) =>
  Object.entries(all).map(([name, values]) => ({ series: name, values }));

const of = (node: string, chain: string, network = 'mainnet', client = 'geth'): string =>
  `environment="test",node="${node}",chain="${chain}",network="${network}",client="${client}"`;

test('all are understood', () => {
  const all = ALL.flatMap(({ sections }) => sections.flatMap(({ panels }) => panels.flatMap(expressionsOf)));
  const rules = all.map((expr, index) => ({ record: `query:${index}`, expr: asked(expr) }));
  expect(promtool(['check', 'rules'], { groups: [{ name: 'all', rules }] })).toContain(
    `SUCCESS: ${all.length} rules found`,
  );
});

interface Case {
  readonly expr: string;
  readonly series: Readonly<Record<string, string>>;
  readonly gives: Readonly<Record<string, number>>;
  /** Minutes after which it is asked; the end where it is about days, else 50. */
  readonly at?: number;
}

const NODES = {
  [`chain_info{${of('a', 'base')}}`]: '1x5000',
  [`chain_info{${of('b', 'base')}}`]: '1x5000',
  [`chain_info{${of('c', 'arbitrum', 'nova', 'nitro')}}`]: '1x5000',
};
const HEALTH = {
  [`chain_healthy{${of('a', 'base')}}`]: '1x100',
  [`chain_health_known{${of('a', 'base')}}`]: '1x100',
  // It was healthy, and does not answer.
  [`chain_healthy{${of('b', 'base')}}`]: '1x100',
  [`chain_health_known{${of('b', 'base')}}`]: '0x100',
  [`chain_healthy{${of('c', 'arbitrum', 'nova', 'nitro')}}`]: '0x100',
  [`chain_health_known{${of('c', 'arbitrum', 'nova', 'nitro')}}`]: '1x100',
};

const strategy = (name: string, labels = '', engine = 'arb'): string =>
  `{engine="${engine}",pod="${engine}-1",strategy="${name}"${labels}}`;

test.each<readonly [string, Case]>([
  [
    'the worst state of a chain',
    {
      expr: query('chains-fleet', 'Health of chains'),
      series: HEALTH,
      gives: { '{chain="base", network="mainnet"}': 1, '{chain="arbitrum", network="nova"}': 0 },
    },
  ],
  ['nodes that do not answer', { expr: query('chains-fleet', 'Unknown'), series: HEALTH, gives: { '{}': 1 } }],
  ['no such node', { expr: query('chains-fleet', 'Unknown'), series: NODES, gives: { '{}': 0 } }],
  [
    'nodes that told of themselves and do no more',
    {
      expr: query('chains-fleet', 'Silent'),
      series: { [`chain_info{${of('a', 'base')}}`]: '1x100', [`chain_info{${of('b', 'base')}}`]: '1x20' },
      gives: { '{}': 1 },
    },
  ],
  [
    'ages and slots as parts of their limits, the worst of all',
    {
      expr: query('chains-fleet', 'Oldest head'),
      series: {
        [`chain_head_age_seconds{${of('a', 'base')}}`]: '5x100',
        [`chain_head_slots_behind{${of('c', 'arbitrum', 'nova', 'nitro')}}`]: '180x100',
      },
      gives: { '{}': 0.75 },
    },
  ],
  [
    'blocks behind the best of a network',
    {
      expr: query('chains-chain', 'Blocks apart'),
      series: {
        [`chain_head_number{${of('a', 'base')}}`]: '100x100',
        [`chain_head_number{${of('b', 'base')}}`]: '93x100',
        [`chain_head_number{${of('c', 'base', 'sepolia')}}`]: '7x100',
      },
      gives: { '{}': 7 },
    },
  ],
  [
    'days until a disk is full, and none of one that shrinks',
    {
      expr: `round(${query('chains-capacity', 'Days until full')}, 0.001)`,
      series: {
        // 144 a day: at the end of the second day, 8 days are left.
        [`chain_disk_available_bytes{${of('a', 'base')}}`]: '1440-0.1x2880',
        [`chain_disk_size_bytes{${of('a', 'base')}}`]: '10000x2880',
        [`chain_disk_available_bytes{${of('b', 'base')}}`]: '1440+0.1x2880',
      },
      gives: { '{chain="base", network="mainnet", node="a"}': 8 },
    },
  ],
  [
    'days until it alerts: 0 where it does',
    {
      expr: query('chains-capacity', 'Days until full', 1),
      series: {
        [`chain_disk_available_bytes{${of('a', 'base')}}`]: '1440-0.1x2880',
        [`chain_disk_size_bytes{${of('a', 'base')}}`]: '10000x2880',
      },
      gives: { '{chain="base", network="mainnet", node="a"}': 0 },
    },
  ],
  [
    'what went to providers outside',
    {
      expr: query('chains-gateway', 'From outside'),
      series: {
        ...NODES,
        'erpc_upstream_request_total{network="base-mainnet",upstream="a"}': '0+60x5000',
        'erpc_upstream_request_total{network="base-mainnet",upstream="base-mainnet-provider"}': '0+20x5000',
      },
      gives: { '{}': 0.25 },
    },
  ],
  [
    'own nodes that the gateway leaves out, and not the providers that wait',
    {
      expr: query('chains-gateway', 'Left out'),
      series: {
        ...NODES,
        'erpc_selection_position{network="base-mainnet",upstream="a"}': '0x5000',
        'erpc_selection_position{network="base-mainnet",upstream="b"}': '-1x5000',
        'erpc_selection_position{network="base-mainnet",upstream="base-mainnet-provider"}': '-1x5000',
      },
      gives: { '{}': 1 },
    },
  ],
  [
    'failures that are not the caller’s',
    {
      expr: query('chains-gateway', 'Failed'),
      series: {
        'erpc_network_request_received_total{network="base-mainnet"}': '0+60x5000',
        'erpc_network_failed_request_total{network="base-mainnet",severity="critical"}': '0+15x5000',
        'erpc_network_failed_request_total{network="base-mainnet",severity="info"}': '0+30x5000',
      },
      gives: { '{}': 0.25 },
    },
  ],
  [
    'forks of the networks that run: since 1970, all are ahead',
    { expr: query('chains-forks', 'Ahead'), series: NODES, gives: { '{}': 4 } },
  ],
  [
    'nodes by their next fork, several of a network',
    {
      expr: `count by (node) (${query('chains-forks', 'Nodes that must follow')})`,
      series: NODES,
      gives: { '{node="a"}': 1, '{node="b"}': 1, '{node="c"}': 1 },
    },
  ],
  [
    'peers of both clients of a node, each by its process',
    {
      expr: query('chains-node', 'Peers of each client'),
      series: {
        [`p2p_peers{process="geth",${of('a', 'ethereum')}}`]: '50x100',
        [`p2p_peer_count_direction_type{process="prysm",direction="inbound",${of('a', 'ethereum')}}`]: '30x100',
        [`p2p_peer_count_direction_type{process="prysm",direction="outbound",${of('a', 'ethereum')}}`]: '4x100',
        [`p2p_peers{process="geth",${of('b', 'ethereum')}}`]: '9x100',
      },
      gives: { '{process="geth"}': 50, '{process="prysm"}': 34 },
    },
  ],
  [
    'what clients tell, by name',
    {
      expr: query('chains-node', 'All that its clients tell'),
      series: {
        [`chain_head_block{${of('a', 'ethereum')}}`]: '7x100',
        [`sync{stage="headers",${of('a', 'ethereum')}}`]: '9x100',
      },
      gives: { chain_head_block: 7, 'sync{stage="headers"}': 9 },
    },
  ],
  [
    'profit less loss of the range, in one unit, across a restart and another pod',
    {
      expr: `round(${query('mev-pnl-tracker', 'Net')}, 0.01)`,
      series: {
        // It gains 20, is restarted, and gains 10.
        [`mev_profit_total${strategy('a', ',unit="ETH"')}`]: '0x10 20x10 0x5 10x30',
        'mev_profit_total{engine="arb",pod="arb-2",strategy="a",unit="ETH"}': '0x20 1x30',
        [`mev_loss_total${strategy('a', ',unit="ETH"')}`]: '0x30 4x30',
        [`mev_profit_total${strategy('b', ',unit="USD"')}`]: '0x10 500x50',
        [`mev_loss_total${strategy('b', ',unit="USD"')}`]: '0x60',
      },
      gives: { '{}': 27 },
    },
  ],
  [
    'what was gained since the beginning of the range, and nothing of what was before',
    {
      // Prometheus adds half a step at the beginning.
      expr: `round(${query('mev-pnl-tracker', 'Net since the beginning')})`.replaceAll(
        'vector(time()) >= 0',
        'vector(time()) >= 1200',
      ),
      series: {
        [`mev_profit_total${strategy('a', ',unit="ETH"')}`]: '0x10 100x20 103x30',
        [`mev_loss_total${strategy('a', ',unit="ETH"')}`]: '0x35 1x30',
      },
      gives: { '{engine="arb", strategy="a"}': 2 },
    },
  ],
  [
    'how long ago an opportunity came, to five minutes, of each strategy',
    {
      expr: query('mev-opportunity-scanner', 'Strategies by chain'),
      series: {
        [`mev_opportunities_total${strategy('a', ',chain="base",result="taken"')}`]: '0x19 1x60',
        [`mev_opportunities_total${strategy('a', ',chain="base",result="lost"')}`]: '0x80',
        [`mev_opportunities_total${strategy('b', ',chain="base",result="taken"')}`]: '0x80',
      },
      // Found at 20 minutes, and last in the five minutes that end at 20.
      gives: { '{engine="arb", strategy="a", chain="base"}': 1800 },
    },
  ],
  [
    'what was lost of what was tried for',
    {
      expr: query('mev-market-analysis', 'Lost to others'),
      series: {
        [`mev_opportunities_total${strategy('a', ',chain="base",result="taken"')}`]: '0+3x60',
        [`mev_opportunities_total${strategy('a', ',chain="base",result="lost"')}`]: '0+1x60',
        [`mev_opportunities_total${strategy('a', ',chain="base",result="skipped"')}`]: '0+50x60',
      },
      gives: { '{}': 0.25 },
    },
  ],
  [
    'opportunities that rise with the gas price, and those that fall with it; not the hours without any',
    {
      expr: `round(${query('mev-market-analysis', 'How they go together')})`,
      series: {
        [`mev_opportunities_total${strategy('a', ',chain="base",result="taken"')}`]: '0+1x299 299+4x300',
        [`mev_gas_price_gwei${strategy('a', ',chain="base"')}`]: '0x200 10x99 40x300',
        [`mev_opportunities_total${strategy('a', ',chain="bsc",result="taken"')}`]: '0+4x299 1196+1x300',
        [`mev_gas_price_gwei${strategy('a', ',chain="bsc"')}`]: '10x299 40x300',
      },
      gives: { '{chain="base"}': 1, '{chain="bsc"}': -1 },
      at: 600,
    },
  ],
  [
    'an engine that is latched, by its config map',
    {
      expr: query('mev-risk-monitor', 'Engines'),
      series: {
        'kube_configmap_info{namespace="mev-engines",configmap="arb-base-stop"}': '1x100',
        'kube_configmap_info{namespace="mev-engines",configmap="arb-base-limits"}': '1x100',
        'kube_configmap_info{namespace="other",configmap="arb-stop"}': '1x100',
      },
      gives: { '{engine="arb-base"}': 1 },
    },
  ],
  [
    'engines that are wanted and not ready, and not those that are scaled to zero',
    {
      expr: query('mev-risk-monitor', 'Not ready'),
      series: {
        'kube_deployment_spec_replicas{namespace="mev-engines",deployment="arb"}': '1x100',
        'kube_deployment_status_replicas_ready{namespace="mev-engines",deployment="arb"}': '0x100',
        'kube_deployment_spec_replicas{namespace="mev-engines",deployment="nft"}': '0x100',
        'kube_deployment_status_replicas_ready{namespace="mev-engines",deployment="nft"}': '0x100',
      },
      gives: { '{}': 1 },
    },
  ],
  [
    'alerts that stop what bears no engine, others about engines, and those of nodes not',
    {
      expr: query('mev-risk-monitor', 'Alerts about engines'),
      series: {
        'ALERTS{alertname="Loss",alertstate="firing",action="kill",scope="global",environment="test"}': '1x100',
        'ALERTS{alertname="Slip",alertstate="pending",action="kill",scope="a",engine="arb",strategy="a",environment="test"}':
          '1x100',
        'ALERTS{alertname="Slow",alertstate="firing",engine="arb",environment="test"}': '1x100',
        'ALERTS{alertname="HeadStale",alertstate="firing",node="a",environment="test"}': '1x100',
      },
      gives: {
        '{action="kill", alertname="Loss", scope="global"}': 2,
        '{action="kill", alertname="Slip", engine="arb", scope="a", strategy="a"}': 1,
        '{alertname="Slow", engine="arb"}': 2,
      },
    },
  ],
  [
    'a loss in a unit in which nothing was gained',
    {
      expr: `round(${query('mev-risk-monitor', 'Net loss of an hour, all engines')}, 0.1)`,
      series: {
        [`mev_loss_total${strategy('a', ',unit="ETH"')}`]: '0x20 2x40',
        [`mev_profit_total${strategy('b', ',unit="USD"')}`]: '0x20 9x40',
        [`mev_loss_total${strategy('b', ',unit="USD"')}`]: '0x60',
      },
      gives: { '{unit="ETH"}': 2, '{unit="USD"}': -9 },
    },
  ],
  [
    'blocks that an engine is behind the first node of the same network',
    {
      expr: query('mev-risk-monitor', 'Blocks behind the nodes'),
      series: {
        [`chain_head_number{${of('a', 'base')}}`]: '100x100',
        [`chain_head_number{${of('b', 'base')}}`]: '90x100',
        'mev_head_number{engine="arb",chain="base",network="mainnet"}': '97x100',
        'mev_head_number{engine="arb",chain="base",network="sepolia"}': '5x100',
      },
      gives: { '{chain="base", network="mainnet", engine="arb"}': 3 },
    },
  ],
])('%s', (_, { expr, series: given, gives, at }) => {
  const minutes = Math.max(...Object.values(given).map((values) => Number(/x(\d+)$/.exec(values)?.[1] ?? 0)));
  const text = promtool(['test', 'rules'], {
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: series(given),
        promql_expr_test: [
          {
            expr,
            // Rates of days are asked for at the end, all else in the middle.
            eval_time: `${at ?? (minutes > 1000 ? minutes : 50)}m`,
            exp_samples: Object.entries(gives).map(([labels, value]) => ({ labels, value })),
          },
        ],
      },
    ],
  });
  expect(text).toContain('SUCCESS');
});
