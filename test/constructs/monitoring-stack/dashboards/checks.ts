import { parser } from '@prometheus-io/lezer-promql';
import type { Json } from '../../../project';

/** What is wrong with a dashboard as Grafana reads it, a line each; nothing when it is as it should be. */

export const panelsOf = (dashboard: Json): Json[] => dashboard.panels;
const withQueries = (dashboard: Json): Json[] => panelsOf(dashboard).filter(({ type }) => type !== 'row');
const repeated = <T>(all: readonly T[]): T[] => all.filter((one, index) => all.indexOf(one) !== index);

/** Every PromQL of a dashboard, its variables' included, with where it stands. */
export function queriesOf(dashboard: Json): { readonly where: string; readonly expr: string }[] {
  return [
    ...withQueries(dashboard).flatMap(({ title, targets }) =>
      targets.map(({ refId, expr }: Json) => ({ where: `${title} ${refId}`, expr })),
    ),
    ...dashboard.templating.list.flatMap(({ type, name, query }: Json) =>
      type === 'query'
        ? [{ where: `variable ${name}`, expr: query.query.replace(/^\w+\((.*?)(, \w+)?\)$/s, '$1') }]
        : [],
    ),
  ];
}

/** As Grafana fills it in, with one value for each variable; the range begins in 1970. */
export const filledIn = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '6h')
    .replaceAll('$__interval', '1m')
    .replaceAll('${__from:date:seconds}', '0')
    .replaceAll(/\$\{(\w+)\}|\$([a-z]\w*)/g, (_, one, other) => one ?? other);

export function unparsed(dashboard: Json): string[] {
  return queriesOf(dashboard).flatMap(({ where, expr }) => {
    const text = filledIn(expr);
    const errors: string[] = [];
    parser.parse(text).iterate({
      enter: ({ type, from }) => {
        if (type.isError) errors.push(`${where}: at ${from} of ${text}`);
      },
    });
    return errors;
  });
}

/** Names of metrics in PromQL. */
export function metricsIn(expr: string): string[] {
  const text = filledIn(expr);
  const found: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, node }) => {
      if (type.name !== 'VectorSelector') return;
      const name = node.getChild('Identifier');
      found.push(name ? text.slice(name.from, name.to) : text.slice(node.from, node.to));
    },
  });
  return found;
}

export const unknownMetrics = (dashboard: Json, exported: ReadonlySet<string>): string[] =>
  queriesOf(dashboard).flatMap(({ where, expr }) =>
    metricsIn(expr)
      .filter((metric) => !exported.has(metric))
      .map((metric) => `${where}: ${metric}`),
  );

type Node = ReturnType<typeof parser.parse>['topNode'];

const below = (node: Node | null, ...names: readonly string[]): Node[] =>
  names.reduce<Node[]>((nodes, name) => nodes.flatMap((one) => one.getChildren(name)), node ? [node] : []);

/** Labels of PromQL that nobody bears: those that a selector has and its metric not, and those that are grouped by or replaced from. */
function foreignIn(expr: string, labelsOf: (metric: string) => ReadonlySet<string>): string[] {
  const text = filledIn(expr);
  const read = ({ from, to }: Node): string => text.slice(from, to);
  const wrong: string[] = [];
  const borne = new Set<string>();
  const used: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, node }) => {
      if (type.name === 'VectorSelector') {
        const [name] = below(node, 'Identifier');
        const metric = name ? read(name) : '';
        const labels = labelsOf(metric);
        for (const label of labels) borne.add(label);
        for (const label of below(node, 'LabelMatchers', 'UnquotedLabelMatcher', 'LabelName').map(read))
          if (!labels.has(label)) wrong.push(`${metric} has no label ${label}`);
      }
      if (type.name === 'GroupingLabels') used.push(...below(node, 'LabelName').map(read));
      if (type.name === 'FunctionCall' && text.startsWith('label_replace(', node.from)) {
        const [made, , from] = below(node, 'FunctionCallBody', 'StringLiteral').map((one) => read(one).slice(1, -1));
        used.push(from as string);
        borne.add(made as string);
      }
    },
  });
  return [...wrong, ...used.filter((label) => !borne.has(label)).map((label) => `nothing has a label ${label}`)];
}

/** Labels that a dashboard's queries, legends and variables use, and what they ask for does not bear. */
export const foreignLabels = (dashboard: Json, labelsOf: (metric: string) => ReadonlySet<string>): string[] => [
  ...queriesOf(dashboard).flatMap(({ where, expr }) =>
    foreignIn(expr, labelsOf).map((problem) => `${where}: ${problem}`),
  ),
  ...withQueries(dashboard).flatMap(({ title, targets }) =>
    targets.flatMap(({ expr, legendFormat = '' }: Json) => {
      const kept = new Set([...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels]) => labels.split(', ')));
      return [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)]
        .filter(([, label]) => !kept.has(label))
        .map(([, label]) => `${title}: no series has the ${label} of its legend`);
    }),
  ),
  ...dashboard.templating.list.flatMap(({ type, name, query }: Json) => {
    const [, metric = '', label = ''] =
      type === 'query' ? (/^label_values\((\w+).*, (\w+)\)$/.exec(query.query) ?? []) : [];
    return type !== 'query' || labelsOf(metric).has(label) ? [] : [`variable ${name}: ${metric} has no label ${label}`];
  }),
];

export const repeatedIds = (dashboard: Json): string[] => [
  ...repeated(panelsOf(dashboard).map(({ id }) => id)).map((id) => `panel ${id}`),
  ...panelsOf(dashboard)
    .filter(({ id }) => !Number.isInteger(id) || id < 1)
    .map(({ title }) => `${title}: no id`),
  ...withQueries(dashboard).flatMap(({ title, targets }) => {
    const ids = targets.map(({ refId }: Json) => refId);
    return [...repeated(ids), ...ids.filter((id: unknown) => !/^[A-Z]$/.test(String(id)))].map(
      (id) => `${title}: query ${id}`,
    );
  }),
];

/** Panels that stand on each other or beyond the 24 columns. */
export function misplaced(dashboard: Json): string[] {
  const taken = new Map<string, string>();
  return panelsOf(dashboard).flatMap(({ title, gridPos: { x, y, w, h } }) => {
    const wrong: string[] = [];
    if (x < 0 || w < 1 || h < 1 || x + w > 24) wrong.push(`${title}: ${x}+${w} of 24`);
    for (let column = x; column < x + w; column += 1) {
      for (let row = y; row < y + h; row += 1) {
        const other = taken.get(`${column} ${row}`);
        if (other !== undefined) wrong.push(`${title}: on ${other}`);
        taken.set(`${column} ${row}`, title);
      }
    }
    return [...new Set(wrong)];
  });
}

/** Texts in it, wherever they are. */
export function textsOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

/** Variables that are used and not defined, and those that are defined and not used. */
export function oddVariables(dashboard: Json): string[] {
  const defined: string[] = dashboard.templating.list.map(({ name }: Json) => name);
  const { title: _, ...asked } = dashboard;
  const used = new Set(
    textsOf(asked).flatMap((text) =>
      [...text.matchAll(/\$\{(\w+)(?:[.:][^}]*)?\}|\$([a-zA-Z_]\w*)/g)].map(
        ([, one, other]) => (one ?? other) as string,
      ),
    ),
  );
  return [
    ...[...used]
      .filter((name) => !name.startsWith('__') && !defined.includes(name))
      .map((name) => `${name}: not defined`),
    ...defined.filter((name) => !used.has(name)).map((name) => `${name}: not used`),
    ...repeated(defined).map((name) => `${name}: defined twice`),
  ];
}

/** Links to dashboards that are not there, and variables in them that those have not. */
export function deadLinks(dashboard: Json, all: readonly Json[]): string[] {
  return textsOf(dashboard)
    .filter((text) => text.startsWith('/d/'))
    .flatMap((url) => {
      const [path = '', query = ''] = url.split('?');
      const target = all.find(({ uid }) => path === `/d/${uid}`);
      if (!target) return [`${url}: no such dashboard`];
      const names: string[] = target.templating.list.map(({ name }: Json) => name);
      return [...query.matchAll(/var-(\w+)=|\$\{(\w+):queryparam\}/g)]
        .map(([, one, other]) => (one ?? other) as string)
        .filter((name) => !names.includes(name))
        .map((name) => `${url}: ${target.uid} has no ${name}`);
    });
}

/** Panels that do not say what they are or how they read. */
export const unexplained = (dashboard: Json): string[] =>
  panelsOf(dashboard).flatMap(({ type, title, description, fieldConfig }) => {
    if (!title) return [`a ${type} has no title`];
    if (type === 'row') return [];
    const units =
      type === 'table'
        ? fieldConfig.overrides.flatMap(({ properties }: Json) => {
            const ids = properties.map(({ id }: Json) => id);
            return ids.includes('links') ? [] : [properties.find(({ id }: Json) => id === 'unit')?.value];
          })
        : [fieldConfig.defaults.unit];
    return [
      ...(/^[^\n]{10,140}$/.test(description ?? '') && /Normal: .+\.$/.test(description)
        ? []
        : [`${title}: does not say in a line what is normal`]),
      ...(units.length > 0 && units.every(Boolean) ? [] : [`${title}: no unit`]),
    ];
  });
