import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusals, swap } from '../../project';
import { SCENARIOS } from './scenarios';

const PAGE = join(__dirname, '../../../docs/plan-reports.md');
const FENCE = '`'.repeat(4);
const START = '<!-- reports -->\n';

const reports = new Map(SCENARIOS.map(({ title, report }) => [title, report()]));
const of = (title: string) => {
  const report = reports.get(title);
  if (!report) throw new Error(`no scenario ${title}`);
  return report;
};
/** They are others with every script of hosts. */
const withoutHashes = (text: string): string => text.replaceAll(/\b[0-9a-f]{64}\b/g, '…');

const MISTAKE = 'A node dropped by mistake, and the lock edited too';

test.each([
  ['A version bump', 'changes'],
  ['A grown disk', 'changes'],
  ['A new chain', 'changes'],
  ['A retired node', 'changes'],
  [MISTAKE, 'dangerous'],
  ['A moved strategy', 'changes'],
])('%s: %s', (title, verdict) => expect(of(title).verdict).toBe(verdict));

test('a version bump is said in words', () => {
  expect(of('A version bump').text).toContain(
    '| ethereum-mainnet-geth | geth v1.17.10 → v1.17.11<br>rolls through ethereum-mainnet one node at a time |\n',
  );
});

test('a grown disk stays where it is', () => {
  expect(of('A grown disk').text).toContain(
    '| ethereum-mainnet-geth | its disk: 4096 GiB → 5120 GiB, in place, and then not again for six hours |\n',
  );
  expect(of('A grown disk').text).not.toContain('lost');
});

test('a new chain is one new node, and touches no other', () => {
  const said = [...of('A new chain').text.matchAll(/^\| (\S+) \| (.*) \|$/gm)].map(([, name, words]) => [name, words]);
  expect(said).toEqual([['avalanche-mainnet-avalanchego', expect.stringMatching(/^new: avalanchego \S+$/)]]);
});

test('a retired node comes first, with where that is allowed', () => {
  const { text } = of('A retired node');
  expect(text).toMatch(
    /^- :white_check_mark: `aws_ebs_volume.ethereum-mainnet-reth` is destroyed: the disk of ethereum-mainnet-reth, \d+ GiB: it goes with its data; a last snapshot is kept\. _ethereum-mainnet-reth is retired by environments\/production\/overrides.yml:\d+_$/m,
  );
  expect(text).toContain('The configuration allows all of it.');
});

test('a node that is dropped by mistake is refused by synthesis, and where the lock was edited too, by the report', () => {
  const dropped = swap('clients: [geth, reth]', 'clients: [geth]');
  const forgotten = (text: string): string =>
    dropped(text).replace('      mainnet-reth:\n        zone: eu-central-1b\n', '');
  expect(refusals({ 'production/overrides.yml': forgotten })).toEqual([
    expect.stringContaining(
      'the configuration drops this node and its disk; put it back, or add ethereum-mainnet-reth to retire',
    ),
  ]);
  const { text } = of(MISTAKE);
  const [, heading, section] = /^## (.*)\n\n### (.*)\n/m.exec(text) ?? [];
  expect(heading).toBe('production: :rotating_light: 2 changes that must not be applied');
  expect(section).toBe('What would be lost, or go down');
  expect(text).toMatch(/^- :x: `aws_ebs_volume.ethereum-mainnet-reth` is destroyed/m);
  expect(text).toContain('the nodes that shall go under `retire` (ethereum-mainnet-reth)');
});

test('a moved strategy changes its engine, by name', () => {
  const { text } = of('A moved strategy');
  expect(text).toContain('| flashloan-arbitrage | other comes (live) |\n');
  expect(text).toContain('## production: 1 to change\n');
});

test('the docs show these reports', () => {
  const page = readFileSync(PAGE, 'utf8');
  const shown = SCENARIOS.map(
    ({ title, edit }) =>
      `## ${title}\n\nEdited: ${edit}.\n\n${FENCE}markdown\n${withoutHashes(of(title).text.trimEnd())}\n${FENCE}\n`,
  ).join('\n');
  const [head = ''] = page.split(START);
  const whole = `${head}${START}\n${shown}`;
  // `UPDATE_DOCS=yes npm run test:host -- test/tools/plan-report` writes them.
  if (process.env.UPDATE_DOCS === 'yes') writeFileSync(PAGE, whole);
  else expect(page).toBe(whole);
});
