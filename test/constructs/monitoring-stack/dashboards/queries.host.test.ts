import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitions } from '../../../../constructs/monitoring-stack/dashboards';
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

/** With all chains and networks chosen, and the node `a`. */
const asked = (expr: string): string =>
  filledIn(
    expr
      .replaceAll(/\$\{?environment\}?/g, 'test')
      .replaceAll(/\$\{?(chain|network)\}?/g, '.*')
      .replaceAll(/\$\{?node\}?/g, 'a'),
  );

/** The query of a panel, or of a column of it. */
function query(uid: string, title: string, index = 0): string {
  const panels = definitions().flatMap((one) =>
    one.uid === uid ? one.sections.flatMap((section) => section.panels) : [],
  );
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
  const all = definitions().flatMap(({ sections }) => sections.flatMap(({ panels }) => panels.flatMap(expressionsOf)));
  const rules = all.map((expr, index) => ({ record: `query:${index}`, expr: asked(expr) }));
  expect(promtool(['check', 'rules'], { groups: [{ name: 'all', rules }] })).toContain(
    `SUCCESS: ${all.length} rules found`,
  );
});

interface Case {
  readonly expr: string;
  readonly series: Readonly<Record<string, string>>;
  readonly gives: Readonly<Record<string, number>>;
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
])('%s', (_, { expr, series: given, gives }) => {
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
            eval_time: `${minutes > 1000 ? minutes : 50}m`,
            exp_samples: Object.entries(gives).map(([labels, value]) => ({ labels, value })),
          },
        ],
      },
    ],
  });
  expect(text).toContain('SUCCESS');
});
