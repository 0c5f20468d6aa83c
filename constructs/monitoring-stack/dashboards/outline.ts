import { dataDefinitions, definitions, mevDefinitions } from './index';
import {
  type DashboardDefinition,
  expressionsOf,
  GRID_WIDTH,
  type Panel,
  type Placed,
  placed,
  type Reading,
  type Variable,
} from './panels';

/** The page about dashboards: what each is for, how it is laid out, what its panels ask and when they turn yellow or red. */
export function dashboardsPage(): string {
  const all = definitions();
  const ofEngines = mevDefinitions();
  const ofData = dataDefinitions();
  return [
    '# Dashboards',
    '',
    'Written by `npm run generate` from `constructs/monitoring-stack/dashboards`. They are the same in every environment: variables',
    'choose what they show, and a chain, a network or a node appears as soon as it tells of itself. The bar on top of each leads to the',
    'others, with the variables and the time that are set; a chain or a node in a table leads to its own. Limits are those of the alerts;',
    'where an environment sets its own (`alarms.disk_used_percent`), its dashboards have that one.',
    'An environment with engines has [theirs](#engines) as well, and one with [streams and stores](data.md) that of [what they hold](#stores).',
    '',
    ...contents(all),
    '',
    ...all.flatMap((one) => sectionOf(one, '##')),
    '## Engines',
    '',
    'In the folder MEV, where there are engines. They ask for what [the contract](engine-contract.md#metrics) has; money is in one unit at a',
    'time, which `unit` chooses. They know no limits, which differ by environment: alerts that stop, and those that are about to, stand',
    'beside the values.',
    '',
    ...contents(ofEngines),
    '',
    ...ofEngines.flatMap((one) => sectionOf(one, '###')),
    '## Stores',
    '',
    'In the folder MEV, where there are streams and stores. They ask ClickHouse, as a user that reads alone, by a plugin at a pinned version that is',
    'fetched when Grafana starts: where it cannot be had, Grafana starts without it, and these panels say so.',
    '',
    ...contents(ofData),
    '',
    ...ofData.flatMap((one) => sectionOf(one, '###')),
  ].join('\n');
}

const contents = (all: readonly DashboardDefinition[]): readonly string[] => [
  '| dashboard | uid | what it answers |',
  '|---|---|---|',
  ...all.map(({ title, uid, about }) => `| [${title}](#${anchor(title)}) | \`${uid}\` | ${about} |`),
];

const anchor = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

function sectionOf(
  { title, about, past, refresh, variables, sections }: DashboardDefinition,
  level: string,
): readonly string[] {
  const panels = sections.flatMap((section) => section.panels);
  return [
    `${level} ${title}`,
    '',
    `${about} The last ${past}, anew every ${refresh}.${variablesOf(variables)}`,
    '',
    '```text',
    ...grid(placed(sections)),
    '```',
    '',
    '| panel | what it shows | unit | limits |',
    '|---|---|---|---|',
    ...panels.flatMap((panel) => [
      `| ${panel.title} | ${cell(panel.about)} | ${isTable(panel) ? '' : panel.unit} | ${limitsOf(panel)} |`,
      ...columnsOf(panel).map(columnRow),
    ]),
    '',
    '<details><summary>Queries</summary>',
    '',
    ...panels.flatMap((panel) => [
      `**${panel.title}**`,
      '',
      panel.kind === 'sql' ? '```sql' : '```promql',
      ...expressionsOf(panel).flatMap((expr) => [...shortened(expr)]),
      '```',
      '',
    ]),
    '</details>',
    '',
  ];
}

const variablesOf = (variables: readonly Variable[]): string =>
  variables.length === 0 ? '' : ` Variables: ${variables.map(({ name }) => `\`${name}\``).join(', ')}.`;

const isTable = (panel: Panel): boolean => panel.kind === 'table' || (panel.kind === 'sql' && panel.view === 'table');

const columnsOf = (panel: Panel): readonly (Reading & { readonly name: string })[] => {
  if (panel.kind === 'table') return panel.columns;
  return panel.kind === 'sql' ? Object.entries(panel.columns ?? {}).map(([name, column]) => ({ name, ...column })) : [];
};

const columnRow = ({ name, ...column }: Reading & { readonly name: string }): string =>
  `| &nbsp;&nbsp;${name} | | ${column.unit} | ${limitsOf(column)} |`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Colors from their numbers on, as Grafana has them. */
function limitsOf({ steps, words, unit }: Reading): string {
  if (words)
    return Object.values(words)
      .map(({ text, color }) => `${text}: ${color}`)
      .join(', ');
  const number = (value: number): string =>
    unit === 'percentunit' ? `${Math.round(value * 10_000) / 100} %` : String(value);
  return (steps ?? [])
    .map(({ color, from }) => (from === undefined ? color : `${color} from ${number(from)}`))
    .join(', ');
}

/** Lines of a query that are shown; a longer one repeats its pattern for each chain or client. */
const SHOWN_LINES = 6;
const SHOWN_LENGTH = 220;

function shortened(expr: string): readonly string[] {
  const lines = expr
    .split('\n')
    .map((line) => (line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)} …` : line));
  if (lines.length <= SHOWN_LINES) return lines;
  return [...lines.slice(0, SHOWN_LINES), `  … and ${lines.length - SHOWN_LINES} lines more`];
}

/** Characters of a column of the grid, and rows of the grid in a line of text. */
const COLUMN = 5;
const ROWS = 2;

/** The grid as Grafana lays it out, in boxes. */
function grid(all: readonly Placed[]): readonly string[] {
  const bottom = Math.max(...all.map(({ place }) => place.y + place.h));
  // A title takes a line of its own below the border that ends what is above it.
  const lineOf = new Map<number, number>();
  let line = 0;
  for (let y = 0; y <= bottom; y += 1) {
    lineOf.set(y, line);
    const title = all.some((one) => 'row' in one && one.place.y === y);
    const begins = all.some(({ place }) => place.y === y + 1 || place.y + place.h === y + 1);
    if (title) line += 2;
    else if (begins || y % ROWS === 1) line += 1;
  }
  const at = (y: number): number => lineOf.get(y) as number;
  const canvas = Array.from({ length: at(bottom) + 1 }, () =>
    Array.from({ length: GRID_WIDTH * COLUMN + 1 }, () => ' '),
  );
  const put = (y: number, x: number, text: string): void => {
    for (const [index, character] of [...text].entries()) {
      const row = canvas[y];
      if (row && x + index < row.length) row[x + index] = character;
    }
  };
  for (const one of all) {
    const { place } = one;
    const [left, top] = [place.x * COLUMN, at(place.y)];
    if ('row' in one) {
      put(top + 1, left, one.row);
      continue;
    }
    const width = place.w * COLUMN;
    const end = at(place.y + place.h);
    for (const y of [top, end]) put(y, left, `+${'-'.repeat(width - 1)}+`);
    for (let y = top + 1; y < end; y += 1) {
      put(y, left, '|');
      put(y, left + width, '|');
    }
    put(top + 1, left + 2, fitted(one.panel, width - 3));
  }
  return canvas.map((row) => row.join('').trimEnd());
}

const fitted = ({ title }: Panel, width: number): string =>
  title.length > width ? `${title.slice(0, width - 1)}…` : title;
