import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHAINS } from '../../constructs/chain-node/catalogue';
import { WORKER_METRICS } from '../../constructs/data-worker/contract';
import { ENGINE_METRICS } from '../../constructs/mev-engine/contract';
import { generatedFiles } from '../../tools/generate';

const ROOT = join(__dirname, '..', '..');
const BEGIN = '<!-- configuration reference: written by npm run generate -->';
const END = '<!-- end of configuration reference -->';

/** What would be generated beside this README, and these pages of the contracts. */
function generatedBeside(readme: string, contract = '<!-- metrics --><!-- /metrics -->'): ReadonlyMap<string, string> {
  const root = mkdtempSync(join(tmpdir(), 'generate-'));
  try {
    writeFileSync(join(root, 'README.md'), readme);
    mkdirSync(join(root, 'docs'));
    for (const page of ['engine', 'worker']) writeFileSync(join(root, `docs/${page}-contract.md`), contract);
    return generatedFiles(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('what is generated and committed is up to date; if it is not, run: npm run generate', () => {
  test.each([...generatedFiles(ROOT)])('%s', (path, text) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
  });

  test('these files and no others', () => {
    expect([...generatedFiles(ROOT).keys()].sort()).toEqual([
      'README.md',
      ...CHAINS.map(({ id }) => `docs/chains/${id}.md`).sort(),
      'docs/dashboards.md',
      'docs/engine-contract.md',
      'docs/versions.md',
      'docs/worker-contract.md',
      'environments/schema/global.schema.json',
      'environments/schema/nodes-lock.schema.json',
      'environments/schema/overrides.schema.json',
      'environments/schema/strategy.schema.json',
    ]);
  });
});

describe('the configuration reference', () => {
  const reference = (): string[] =>
    (generatedBeside(`${BEGIN}${END}`).get('README.md') as string).split('\n').filter((line) => line.startsWith('| `'));

  test('takes the place between its marks and leaves the rest', () => {
    const readme = generatedBeside(`# before\n${BEGIN}\nold\n${END}\nafter\n`).get('README.md') as string;
    expect(readme.startsWith(`# before\n${BEGIN}\n\n| key | takes | |\n|---|---|---|\n| \``)).toBe(true);
    expect(readme.endsWith(` |\n\n${END}\nafter\n`)).toBe(true);
    expect(readme).not.toContain('old\n');
  });

  test('written twice is as written once', () => {
    const once = generatedBeside(`${BEGIN}${END}`).get('README.md') as string;
    expect(generatedBeside(once).get('README.md')).toBe(once);
  });

  test('names every key once', () => {
    const keys = reference().map((row) => row.split('`')[1]);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(keys).toEqual(
      expect.arrayContaining(['aws.region', 'protect', 'chains.<chain>.clients', 'mev.max_gas_price', 'retire']),
    );
  });

  test.each([
    ['a word of several', 'global.logging.level', '`info`, `debug`, `error`', 'How much clients log. Default: info.'],
    ['a switch', 'protect', 'boolean', /^Whether disks and instances are guarded/],
    ['a list', 'aws.zones', 'list of text', /^Availability zones/],
    ['what is refused', 'global_limits', 'nothing', 'Refused: limits stand in mev.risk_limits.'],
    ['an amount', 'mev.max_gas_price', 'text', 'Highest gas price that any engine pays.'],
  ])('tells of %s', (_, key, takes, description) => {
    const rows = reference().filter((row) => row.startsWith(`| \`${key}\` |`));
    expect(rows).toHaveLength(1);
    const [, , second, third] = (rows[0] as string).split(' | ').join('|').split('|');
    expect(second).toBe(takes);
    expect(third?.trim()).toEqual(typeof description === 'string' ? description : expect.stringMatching(description));
  });

  test.each([
    ['neither mark', 'x'],
    ['no end', `x${BEGIN}`],
  ])('a README with %s is refused', (_, readme) => {
    expect(() => generatedBeside(readme)).toThrow(`README.md lacks the marks "${BEGIN}" and "${END}"`);
  });

  test('a README without the first mark is refused', () => {
    expect(() => generatedBeside(`text\n${END}\nafter`)).toThrow(/^README\.md lacks the marks/);
  });
});

describe('the table of what engines export, and of what workers do', () => {
  const page = (contract: string): string =>
    generatedBeside(`${BEGIN}${END}`, contract).get('docs/engine-contract.md') as string;

  test('takes the place between its marks, with a row for each metric', () => {
    const [before, ...lines] = page('before\n<!-- metrics -->\nold\n<!-- /metrics -->\nafter').split('\n');
    expect([before, lines[0], ...lines.slice(-2)]).toEqual([
      'before',
      '<!-- metrics -->',
      '<!-- /metrics -->',
      'after',
    ]);
    expect(lines.slice(1, -2)).toHaveLength(2 + ENGINE_METRICS.length);
    expect(lines).toContain(
      '| `mev_loss_total` | counter | `strategy`, `unit` | Loss of executions that did not, costs of failed ones included. |',
    );
    const worker = generatedBeside(`${BEGIN}${END}`).get('docs/worker-contract.md')?.split('\n') ?? [];
    expect(worker).toHaveLength(2 + 2 + WORKER_METRICS.length);
    expect(worker).toContain(
      '| `data_worker_consumed_total` | counter | `stream` | Messages that were done with, and acknowledged. |',
    );
    expect(page(page('<!-- metrics --><!-- /metrics -->'))).toBe(page('<!-- metrics --><!-- /metrics -->'));
  });

  test('a page without its marks is refused', () => {
    expect(() => page('x')).toThrow(
      'docs/engine-contract.md lacks the marks "<!-- metrics -->" and "<!-- /metrics -->"',
    );
  });
});

test('the list of versions has a row for each pin, with its status and source', () => {
  const versions = generatedFiles(ROOT).get('docs/versions.md') as string;
  const rows = versions.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| chain |'));
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(row).toMatch(
      /^\| [a-z]+ \| [a-z0-9-]+ \| `[^`]+` \| (verified|distributor|third-party|unverified) \| .+ \| \d{4}-\d{2}-\d{2} \|$/,
    );
  }
  expect(new Set(rows).size).toBe(rows.length);
});
