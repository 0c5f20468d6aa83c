/**
 * What dashboards are made of, in words of our own, and the one place that knows Grafana's classic schema, which the sidecar of
 * kube-prometheus-stack takes: a move to another schema is this file. The schema's types are the SDK's; its builders are not used,
 * because loading them takes as long as a tenth of synth.
 */
import type * as common from '@grafana/grafana-foundation-sdk/common';
import type * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stats from '@grafana/grafana-foundation-sdk/stat';
import type * as timelines from '@grafana/grafana-foundation-sdk/statetimeline';
import type * as tables from '@grafana/grafana-foundation-sdk/table';
import type * as graphs from '@grafana/grafana-foundation-sdk/timeseries';

/** Units by Grafana's ids. */
export type Unit =
  | 'short'
  | 'none'
  | 's'
  | 'd'
  | 'bytes'
  | 'binBps'
  | 'iops'
  | 'percentunit'
  | 'reqps'
  | 'dateTimeAsIso';
export type Color = 'green' | 'yellow' | 'red' | 'blue' | 'text';

/** A color that values have from a number upwards; the first has no number. */
export interface Step {
  readonly color: Color;
  readonly from?: number;
}

/** Words in place of numbers, each with its color. */
export type Words = Readonly<Record<string, { readonly text: string; readonly color: Color }>>;

/** How a value reads. */
export interface Reading {
  readonly unit: Unit;
  readonly decimals?: number;
  readonly steps?: readonly Step[];
  readonly words?: Words;
  /** Stands where there is no value. */
  readonly none?: string;
}

export interface Query {
  /** PromQL, with variables of Grafana in it. */
  readonly expr: string;
  /** Name of a series; labels in double braces. */
  readonly legend: string;
}

/** A column of a table: one value for each row. */
export interface Column extends Reading {
  readonly name: string;
  readonly expr: string;
}

interface Described extends Reading {
  readonly title: string;
  /** One line: what it is, and what is normal. */
  readonly about: string;
  /** Columns of the grid's 24. */
  readonly width: number;
  readonly height: number;
}

export type Panel = Described &
  (
    | { readonly kind: 'stat'; readonly query: string }
    | { readonly kind: 'graph'; readonly queries: readonly Query[]; readonly stacked: boolean; readonly min?: number }
    | { readonly kind: 'timeline'; readonly queries: readonly Query[] }
    | {
        readonly kind: 'table';
        /** Labels that make a row, in this order. */
        readonly rows: readonly string[];
        readonly columns: readonly Column[];
        /** Which column it is sorted by. */
        readonly sort?: { readonly by: string; readonly descending?: boolean };
        /** Dashboards that the text of a label leads to, with that label and others as variables. */
        readonly leads?: Readonly<Record<string, { readonly to: string; readonly with: readonly string[] }>>;
      }
  );

/** Panels below a title; each section begins on a line of its own. */
export interface Section {
  readonly title?: string;
  readonly panels: readonly Panel[];
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** A query of Grafana's Prometheus data source: `label_values(…)`, `query_result(…)`. */
  readonly query: string;
  /** Part of a result that is the value. */
  readonly regex?: string;
  /** Several at once, and all of them to begin with. */
  readonly several?: boolean;
}

export interface DashboardDefinition {
  /** Never changes: links and bookmarks name it. */
  readonly uid: string;
  readonly title: string;
  /** What question it answers, for whom. */
  readonly about: string;
  /** How far back it looks at first, such as `6h`. */
  readonly past: string;
  readonly refresh: string;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
}

type Rest<T, K extends keyof T> = Omit<T, K | 'width' | 'height'> & {
  readonly width?: number;
  readonly height?: number;
};
type Kind<K extends Panel['kind']> = Extract<Panel, { readonly kind: K }>;

/** One number of now. Eight stand on a line. */
export const stat = (panel: Rest<Kind<'stat'>, 'kind'>): Panel => ({ width: 3, height: 4, ...panel, kind: 'stat' });

/** Lines over time. Two stand on a line. */
export const graph = (panel: Rest<Kind<'graph'>, 'kind' | 'stacked'> & { readonly stacked?: boolean }): Panel => ({
  width: 12,
  height: 7,
  stacked: false,
  ...panel,
  kind: 'graph',
});

/** States over time, a line each. */
export const timeline = (panel: Rest<Kind<'timeline'>, 'kind'>): Panel => ({
  width: 24,
  height: 7,
  ...panel,
  kind: 'timeline',
});

/** Values of now, a row for each set of labels. */
export const table = (panel: Rest<Kind<'table'>, 'kind' | 'unit'>): Panel => ({
  width: 24,
  height: 9,
  unit: 'none',
  ...panel,
  kind: 'table',
});

/** Every expression of a panel, in order. */
export const expressionsOf = (panel: Panel): readonly string[] => {
  if (panel.kind === 'stat') return [panel.query];
  if (panel.kind === 'table') return panel.columns.map(({ expr }) => expr);
  return panel.queries.map(({ expr }) => expr);
};

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
export const GRID_WIDTH = 24;

/** A panel, or the title of a section, where it stands. */
export type Placed = { readonly place: Place } & ({ readonly row: string } | { readonly panel: Panel });

/** Panels from left to right, a new line where the width is used up. */
export function placed(sections: readonly Section[]): readonly Placed[] {
  const all: Placed[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    if (title !== undefined) {
      all.push({ row: title, place: { x: 0, y, w: GRID_WIDTH, h: 1 } });
      y += 1;
    }
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      if (x + panel.width > GRID_WIDTH) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      all.push({ panel, place: { x, y, w: panel.width, h: panel.height } });
      x += panel.width;
      lineHeight = Math.max(lineHeight, panel.height);
    }
    y += lineHeight;
  }
  return all;
}

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
  readonly targets: readonly Target[];
};
export type ClassicDashboard = Plain<Omit<sdk.Dashboard, 'panels' | 'id'>> & {
  readonly id: null;
  readonly panels: readonly (ClassicPanel | Plain<sdk.RowPanel>)[];
};

/** The uid that kube-prometheus-stack gives its Prometheus; elsewhere Grafana takes the first there is. */
const DATA_SOURCE = 'prometheus';
const FROM_DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
/** Version of the classic schema that is written here. */
const SCHEMA = 42;

/** A dashboard in the classic schema, with links to the others. */
export function classic(
  { uid, title, about, past, refresh, variables, sections }: DashboardDefinition,
  others: readonly Pick<DashboardDefinition, 'uid' | 'title' | 'about'>[],
): ClassicDashboard {
  return {
    id: null,
    uid,
    title,
    description: about,
    tags: ['chain-nodes'],
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
    templating: { list: [dataSource, ...variables.map(queried)] },
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

function panelOf(panel: Panel, id: number, place: Place): ClassicPanel {
  return {
    type: TYPES[panel.kind],
    id,
    title: panel.title,
    description: panel.about,
    gridPos: place,
    datasource: FROM_DATA_SOURCE,
    ...contentOf(panel),
  };
}

type Content = Pick<ClassicPanel, 'targets' | 'options' | 'fieldConfig' | 'transformations'>;

function contentOf(panel: Panel): Content {
  switch (panel.kind) {
    case 'stat':
      return {
        targets: [{ ...target(panel.query, 0), instant: true, range: false }],
        options: {
          graphMode: 'none',
          colorMode: 'value',
          justifyMode: 'auto',
          textMode: 'value',
          wideLayout: true,
          showPercentChange: false,
          percentChangeColorMode: 'standard',
          orientation: 'auto',
          reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        } satisfies Plain<stats.Options>,
        fieldConfig: { defaults: reading(panel), overrides: [] },
      };
    case 'graph':
      return {
        targets: panel.queries.map(({ expr, legend }, index) => ({
          ...target(expr, index),
          legendFormat: legend,
          range: true,
          instant: false,
        })),
        options: { legend: LEGEND, tooltip: TOOLTIP } satisfies Plain<graphs.Options>,
        fieldConfig: {
          defaults: {
            ...reading(panel),
            color: { mode: 'palette-classic' },
            ...(panel.min === undefined ? {} : { min: panel.min }),
            custom: {
              drawStyle: 'line',
              lineWidth: 1,
              fillOpacity: panel.stacked ? 30 : 0,
              showPoints: 'never',
              // A gap in what is told is a gap in the line.
              spanNulls: false,
              stacking: { mode: panel.stacked ? 'normal' : 'none', group: 'A' },
              thresholdsStyle: { mode: panel.steps ? 'dashed' : 'off' },
            } satisfies Plain<common.GraphFieldConfig>,
          },
          overrides: [],
        },
      };
    case 'timeline':
      return {
        targets: panel.queries.map(({ expr, legend }, index) => ({
          ...target(expr, index),
          legendFormat: legend,
          range: true,
          instant: false,
        })),
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

const LEGEND = { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] } as const;
const TOOLTIP = { mode: 'multi', sort: 'desc' } as const;

const target = (expr: string, index: number): Target & { readonly refId: string } => ({
  refId: refId(index),
  expr,
  editorMode: 'code',
});

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
      defaults: {
        custom: { align: 'auto', inspect: false, filterable: false } satisfies Plain<common.TableFieldOptions>,
      },
      overrides: [
        ...columns.map(({ name, ...column }) => ({
          matcher: { id: 'byName', options: name },
          properties: [
            ...Object.entries(reading(column))
              .filter(([id]) => id !== 'color')
              .map(([id, value]) => ({ id, value })),
            ...(column.steps || column.words
              ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } satisfies Plain<common.TableCellOptions> }]
              : []),
          ],
        })),
        ...Object.entries(leads).map(([label, lead]) => ({
          matcher: { id: 'byName', options: label },
          properties: [{ id: 'links', value: [leadOf(lead)] }],
        })),
      ],
    },
  };
}

/** To a dashboard, about what the row is about, in the same environment and time. */
const leadOf = ({ to, with: labels }: { readonly to: string; readonly with: readonly string[] }): Lead => ({
  title: `Open ${to}`,
  url: [
    `${pathTo(to)}?\${datasource:queryparam}&\${environment:queryparam}&\${__url_time_range}`,
    ...labels.map((label) => `var-${label}=\${__data.fields.${label}}`),
  ].join('&'),
  targetBlank: false,
});
