/** What dashboards are made of, in words of our own, and where panels stand. */

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
  | 'cpm'
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
  /** Where it begins while the range that is set ends now: `now/d` is midnight. */
  readonly from?: string;
}

export type Panel = Described &
  (
    | { readonly kind: 'stat'; readonly query: string }
    | {
        readonly kind: 'graph';
        readonly queries: readonly Query[];
        readonly stacked: boolean;
        readonly bars: boolean;
        readonly min?: number;
        /** Shortest time between two points, such as `1h`. */
        readonly step?: string;
      }
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
    | {
        /** Of ClickHouse: a number, lines over time, or a table of just the columns that it names. */
        readonly kind: 'sql';
        readonly view: 'stat' | 'graph' | 'table';
        /** SQL with macros of its data source; lines are `time`, a name and a value, in the order of time. */
        readonly sql: string;
        readonly bars?: boolean;
        readonly columns?: Readonly<Record<string, Reading>>;
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
  /**
   * Where its panels look.
   *
   * @default prometheus
   */
  readonly source?: 'clickhouse';
}

type Rest<T, K extends keyof T> = Omit<T, K | 'width' | 'height'> & {
  readonly width?: number;
  readonly height?: number;
};

export type Kind<K extends Panel['kind']> = Extract<Panel, { readonly kind: K }>;

/** One number of now. Eight stand on a line. */
export const stat = (panel: Rest<Kind<'stat'>, 'kind'>): Panel => ({ width: 3, height: 4, ...panel, kind: 'stat' });

/** Lines over time. Two stand on a line. */
export const graph = (
  panel: Rest<Kind<'graph'>, 'kind' | 'stacked' | 'bars'> & Partial<Pick<Kind<'graph'>, 'stacked' | 'bars'>>,
): Panel => ({
  width: 12,
  height: 7,
  stacked: false,
  bars: false,
  ...panel,
  kind: 'graph',
});

/** What came in each hour, on each other; each bar is longer where the range is, so queries go over `$__interval`. */
export const hourly = (panel: Parameters<typeof graph>[0]): Panel =>
  graph({ stacked: true, bars: true, step: '1h', ...panel });

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

/** What ClickHouse tells, in the view that is named. */
export const sql = (panel: Rest<Kind<'sql'>, 'kind' | 'unit'> & { readonly unit?: Unit }): Panel => ({
  width: { stat: 3, graph: 12, table: 12 }[panel.view],
  height: { stat: 4, graph: 7, table: 9 }[panel.view],
  unit: 'none',
  ...panel,
  kind: 'sql',
});

/** Every expression of a panel, in order. */
export const expressionsOf = (panel: Panel): readonly string[] => {
  if (panel.kind === 'sql') return [panel.sql];
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
