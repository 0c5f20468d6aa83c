import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASES, LOGINS, TABLES } from '../../constructs/data-stores/contract';
import { CHARTS, CLICKHOUSE_IMAGE, POSTGRES_IMAGE } from '../../constructs/data-stores/releases';

/** The page about streams and stores says what the code does. */

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/data.md'), 'utf8');
const tables = readFileSync(join(ROOT, 'constructs/data-stores/chart/files/tables.sql'), 'utf8');

test.each(Object.values(LOGINS).map(({ property, user }) => [property, user]))(
  '%s has a row with its user',
  (property, user) => {
    expect(page).toContain(`| \`${property}\` | \`${user}\` |`);
    expect(/for property in ([^;]*);/.exec(page)?.[1]?.split(' ')).toContain(property);
  },
);

test.each(DATABASES.flatMap((database) => TABLES[database].map((name) => [name, `${database}.${name}`] as const)))(
  'the keys of %s are the columns of %s',
  (name, table) => {
    const [, columns = ''] =
      new RegExp(`CREATE TABLE IF NOT EXISTS ${table}\n\\(\n([\\s\\S]*?)\n\\)`).exec(tables) ?? [];
    const names = columns.split('\n').map((line) => /^\s+(\w+) /.exec(line)?.[1]);
    const [, keys = ''] = new RegExp(`\\| \`${name}\` → \`${table}\` \\| (.*) \\|`).exec(page) ?? [];
    expect(names.length).toBeGreaterThan(4);
    expect(keys.split(', ')).toEqual(names.map((one) => `\`${one}\``));
  },
);

test.each(Object.values(CHARTS).map(({ chart, version }) => [chart, version]))(
  '%s is of version %s',
  (chart, version) => {
    expect(page).toContain(`| ${chart} | ${version} |`);
  },
);

test('images are those that run', () => {
  for (const image of [CLICKHOUSE_IMAGE, POSTGRES_IMAGE]) expect(page).toContain(/:([\d.]+\d)/.exec(image)?.[1]);
});
