/**
 * The one place that knows Grafana's classic schema, which the sidecar of kube-prometheus-stack takes: a move to another schema is this
 * file. The schema's types are the SDK's; its builders are not used, because loading them takes as long as a tenth of synth.
 */
import type * as common from '@grafana/grafana-foundation-sdk/common';
import type * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stats from '@grafana/grafana-foundation-sdk/stat';
import type * as timelines from '@grafana/grafana-foundation-sdk/statetimeline';
import type * as tables from '@grafana/grafana-foundation-sdk/table';
import type * as graphs from '@grafana/grafana-foundation-sdk/timeseries';
import { CLICKHOUSE_PLUGIN, DATASOURCES } from '../kube-prometheus-stack';
import {
  type DashboardDefinition,
  type Kind,
  type Panel,
  type Place,
  placed,
  type Query,
  type Reading,
  type Step,
  type Variable,
  type Words,
} from './panels';

/** A type of the SDK without its enums, whose values would have to be loaded: the texts and numbers that they stand for will do. */
type Plain<T> = 0 extends 1 & T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number
      ? `${T}` extends `${infer N extends number}`
        ? N
        : T
      : T extends readonly (infer E)[]
        ? readonly Plain<E>[]
        : T extends object
          ? { readonly [K in keyof T]: Plain<T[K]> }
          : T;

type Target = Plain<Omit<prometheus.Dataquery, '_implementsDataqueryVariant'>>;

/** A query of ClickHouse (grafana/clickhouse-datasource, tag v4.20.0, src/types/sql.ts). */
interface SqlTarget {
  readonly refId: string;
  readonly pluginVersion: string;
  readonly editorType: 'sql';
  readonly queryType: 'table' | 'timeseries';
  /** 0 is lines over time, 1 a table (grafana/grafana-plugin-sdk-go, data/sqlutil/query.go). */
  readonly format: 0 | 1;
  readonly rawSql: string;
}

type Fields = Plain<Omit<sdk.FieldConfig, 'custom' | 'links'>> & {
  readonly custom?: object;
  readonly links?: readonly Lead[];
};

/** Of a data link, what Grafana reads; the SDK has the type of a dashboard's link in its place. */
type Lead = Pick<Plain<sdk.DashboardLink>, 'title' | 'url' | 'targetBlank'>;

type ClassicPanel = Plain<Omit<sdk.Panel, 'options' | 'fieldConfig' | 'targets'>> & {
  readonly options: object;
  readonly fieldConfig: {
    readonly defaults: Fields;
    readonly overrides: Plain<sdk.FieldConfigSource['overrides']>;
  };
  readonly targets: readonly (Target | SqlTarget)[];
};

export type ClassicDashboard = Plain<Omit<sdk.Dashboard, 'panels' | 'id'>> & {
  readonly id: null;
  readonly panels: readonly (ClassicPanel | Plain<sdk.RowPanel>)[];
};

/** The uid that kube-prometheus-stack gives its Prometheus; elsewhere Grafana takes the first there is. */
const DATA_SOURCE = 'prometheus';

const FROM_DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** There is one at most, so that nobody chooses. */
const FROM_CLICKHOUSE = { type: CLICKHOUSE_PLUGIN.id, uid: DATASOURCES.clickhouse } as const;

/** Version of the classic schema that is written here. */
const SCHEMA = 42;

/** A dashboard in the classic schema, with links to others. */
export function classic(
  { uid, title, about, past, refresh, variables, sections, source }: DashboardDefinition,
  others: readonly Pick<DashboardDefinition, 'uid' | 'title' | 'about'>[],
  tag: string,
): ClassicDashboard {
  return {
    id: null,
    uid,
    title,
    description: about,
    tags: [tag],
    timezone: 'utc',
    editable: false,
    graphTooltip: 1,
    schemaVersion: SCHEMA,
    refresh,
    time: { from: `now-${past}`, to: 'now' },
    timepicker: {},
    annotations: { list: [] },
    links: others.map((other) => ({
      title: other.title,
      type: 'link',
      icon: 'dashboard',
      tooltip: other.about,
      url: pathTo(other.uid),
      tags: [],
      asDropdown: false,
      targetBlank: false,
      includeVars: true,
      keepTime: true,
    })),
    templating: { list: [...(source === undefined ? [dataSource] : []), ...variables.map(queried)] },
    panels: placed(sections).map((one, index) => {
      const id = index + 1;
      if ('row' in one) return { type: 'row', id, title: one.row, collapsed: false, gridPos: one.place, panels: [] };
      return panelOf(one.panel, id, one.place);
    }),
  };
}

const pathTo = (uid: string): string => `/d/${uid}`;

const dataSource: Plain<sdk.VariableModel> = {
  type: 'datasource',
  name: 'datasource',
  label: 'Data source',
  query: 'prometheus',
  current: { text: 'Prometheus', value: DATA_SOURCE },
  // In the menu of the controls: it is rarely changed, and the line of variables is short on a laptop.
  hide: 3,
  refresh: 1,
  includeAll: false,
  multi: false,
};

/** What the editor of variables calls the two kinds of query. */
const QUERY_TYPE = { label_values: 1, query_result: 3 } as const;

function queried({ name, label, query, regex, several = false }: Variable): Plain<sdk.VariableModel> {
  const kind = query.startsWith('query_result(') ? 'query_result' : 'label_values';
  return {
    type: 'query',
    name,
    label,
    datasource: FROM_DATA_SOURCE,
    query: { qryType: QUERY_TYPE[kind], query, refId: `variable-${name}` },
    definition: query,
    ...(regex === undefined ? {} : { regex }),
    // With the time range, so that nodes that are gone can be looked at as they were.
    refresh: 2,
    sort: 7,
    multi: several,
    includeAll: several,
    ...(several ? { allValue: '.*', current: { text: ['All'], value: ['$__all'] } } : {}),
  };
}

const TYPES = { stat: 'stat', graph: 'timeseries', timeline: 'state-timeline', table: 'table' } as const;

const viewOf = (panel: Panel): keyof typeof TYPES => (panel.kind === 'sql' ? panel.view : panel.kind);

function panelOf(panel: Panel, id: number, place: Place): ClassicPanel {
  return {
    type: TYPES[viewOf(panel)],
    id,
    title: panel.title,
    description: panel.about,
    gridPos: place,
    datasource: panel.kind === 'sql' ? FROM_CLICKHOUSE : FROM_DATA_SOURCE,
    ...(panel.from === undefined ? {} : { timeFrom: panel.from }),
    ...contentOf(panel),
  };
}

type Content = Pick<ClassicPanel, 'targets' | 'options' | 'fieldConfig' | 'transformations'>;

function contentOf(panel: Panel): Content {
  switch (panel.kind) {
    case 'stat':
      return {
        targets: [{ ...target(panel.query, 0), instant: true, range: false }],
        options: ONE_NUMBER,
        fieldConfig: { defaults: reading(panel), overrides: [] },
      };
    case 'graph':
      return {
        targets: overTime(panel.queries, panel.step),
        options: { legend: LEGEND, tooltip: TOOLTIP } satisfies Plain<graphs.Options>,
        fieldConfig: {
          defaults: {
            ...reading(panel),
            color: { mode: 'palette-classic' },
            ...(panel.min === undefined ? {} : { min: panel.min }),
            custom: lines(panel),
          },
          overrides: [],
        },
      };
    case 'timeline':
      return {
        targets: overTime(panel.queries),
        options: {
          showValue: 'never',
          rowHeight: 0.9,
          mergeValues: true,
          alignValue: 'left',
          legend: LEGEND,
          tooltip: TOOLTIP,
        } satisfies Plain<timelines.Options>,
        fieldConfig: {
          defaults: {
            ...reading(panel),
            color: { mode: 'thresholds' },
            custom: { fillOpacity: 80, lineWidth: 0, spanNulls: false } satisfies Plain<timelines.FieldConfig>,
          },
          overrides: [],
        },
      };
    case 'sql':
      return sqlOf(panel);
    case 'table':
      return {
        targets: panel.columns.map(({ expr }, index) => ({
          ...target(expr, index),
          format: 'table',
          instant: true,
          range: false,
        })),
        ...tableOf(panel),
      };
  }
}

const ONE_NUMBER: Plain<stats.Options> = {
  graphMode: 'none',
  colorMode: 'value',
  justifyMode: 'auto',
  textMode: 'value',
  wideLayout: true,
  showPercentChange: false,
  percentChangeColorMode: 'standard',
  orientation: 'auto',
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
};

const lines = ({
  bars = false,
  stacked = bars,
  steps,
}: {
  readonly bars?: boolean;
  readonly stacked?: boolean;
  readonly steps?: readonly Step[];
}): Plain<common.GraphFieldConfig> => ({
  drawStyle: bars ? 'bars' : 'line',
  lineWidth: 1,
  fillOpacity: bars ? 60 : stacked ? 30 : 0,
  showPoints: 'never',
  // A gap in what is told is a gap in the line.
  spanNulls: false,
  stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
  thresholdsStyle: { mode: steps ? 'dashed' : 'off' },
});

/** What ClickHouse tells. */
function sqlOf(panel: Kind<'sql'>): Content {
  const { view, columns = {} } = panel;
  const overTime = view === 'graph';
  const targets: SqlTarget[] = [
    {
      refId: refId(0),
      pluginVersion: CLICKHOUSE_PLUGIN.version,
      editorType: 'sql',
      queryType: overTime ? 'timeseries' : 'table',
      format: overTime ? 0 : 1,
      rawSql: panel.sql,
    },
  ];
  if (view === 'stat')
    return { targets, options: ONE_NUMBER, fieldConfig: { defaults: reading(panel), overrides: [] } };
  if (overTime)
    return {
      targets,
      options: { legend: LEGEND, tooltip: TOOLTIP } satisfies Plain<graphs.Options>,
      fieldConfig: {
        // Named after the text beside the value alone.
        defaults: {
          ...reading(panel),
          displayName: '${__field.labels.name}',
          color: { mode: 'palette-classic' },
          custom: lines(panel),
        },
        overrides: [],
      },
    };
  return {
    targets,
    options: { frameIndex: 0, showHeader: true, cellHeight: 'sm' } satisfies Plain<tables.Options>,
    fieldConfig: {
      defaults: PLAIN_CELLS,
      overrides: Object.entries(columns).map(([name, column]) => overrideOf(name, column)),
    },
  };
}

const PLAIN_CELLS: Fields = {
  custom: { align: 'auto', inspect: false, filterable: false } satisfies Plain<common.TableFieldOptions>,
};

const LEGEND = { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] } as const;

const TOOLTIP = { mode: 'multi', sort: 'desc' } as const;

const target = (expr: string, index: number): Target & { readonly refId: string } => ({
  refId: refId(index),
  expr,
  editorMode: 'code',
});

const overTime = (queries: readonly Query[], step?: string): readonly Target[] =>
  queries.map(({ expr, legend }, index) => ({
    ...target(expr, index),
    ...(step === undefined ? {} : { interval: step }),
    legendFormat: legend,
    range: true,
    instant: false,
  }));

/** A, B, …; no panel has more than 26 queries. */
const refId = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

const stepsOf = (steps: readonly Step[]): Plain<sdk.ThresholdsConfig> => ({
  mode: 'absolute',
  steps: steps.map(({ color, from }) => ({ color, value: from ?? null })),
});

const wordsOf = (words: Words): Plain<sdk.ValueMapping>[] => [
  {
    type: 'value',
    options: Object.fromEntries(
      Object.entries(words).map(([value, { text, color }], index) => [value, { text, color, index }]),
    ),
  },
];

const reading = ({ unit, decimals, steps, words, none }: Reading): Fields => ({
  unit,
  ...(decimals === undefined ? {} : { decimals }),
  ...(none === undefined ? {} : { noValue: none }),
  ...(words ? { mappings: wordsOf(words) } : {}),
  thresholds: stepsOf(steps ?? [{ color: 'text' }]),
  color: { mode: 'thresholds' },
});

/** One row for each set of labels, whatever query has it; columns in the order in which they are given. */
function tableOf({ rows, columns, sort, leads = {} }: Kind<'table'>): Omit<Content, 'targets'> {
  // Grafana calls the value after its query, but for a lone query.
  const fields = columns.map((_, index) => (columns.length === 1 ? 'Value' : `Value #${refId(index)}`));
  return {
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          indexByName: Object.fromEntries([...rows, ...fields].map((field, index) => [field, index])),
          renameByName: Object.fromEntries(fields.map((field, index) => [field, columns[index]?.name])),
        },
      },
    ],
    options: {
      frameIndex: 0,
      showHeader: true,
      cellHeight: 'sm',
      ...(sort ? { sortBy: [{ displayName: sort.by, desc: sort.descending ?? false }] } : {}),
    } satisfies Plain<tables.Options>,
    fieldConfig: {
      defaults: PLAIN_CELLS,
      overrides: [
        ...columns.map(({ name, ...column }) => overrideOf(name, column)),
        ...Object.entries(leads).map(([label, lead]) => ({
          matcher: { id: 'byName', options: label },
          properties: [{ id: 'links', value: [leadOf(lead)] }],
        })),
      ],
    },
  };
}

/** How a column of a table reads. */
const overrideOf = (name: string, column: Reading): Plain<sdk.FieldConfigSource['overrides']>[number] => ({
  matcher: { id: 'byName', options: name },
  properties: [
    ...Object.entries(reading(column))
      .filter(([id]) => id !== 'color')
      .map(([id, value]) => ({ id, value })),
    ...(column.steps || column.words
      ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } satisfies Plain<common.TableCellOptions> }]
      : []),
  ],
});

/** To a dashboard, about what the row is about, in the same environment and time. */
const leadOf = ({ to, with: labels }: { readonly to: string; readonly with: readonly string[] }): Lead => ({
  title: `Open ${to}`,
  url: [
    `${pathTo(to)}?\${datasource:queryparam}&\${environment:queryparam}&\${__url_time_range}`,
    ...labels.map((label) => `var-${label}=\${__data.fields.${label}}`),
  ].join('&'),
  targetBlank: false,
});
