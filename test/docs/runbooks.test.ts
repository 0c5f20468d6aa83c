import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Environment } from '../../environments/environment';
import { type LoadOptions, loadEnvironments } from '../../environments/load';
import { refusals, resources, synthesize, withEnvironments } from '../project';

/** Runbooks are followed in a hurry: what they tell people to write must load, and what they tell them to run must be there. */

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, 'docs', 'runbooks');
const runbooks = readdirSync(FOLDER).sort();
const text = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

type Map = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above;
  const changed = Object.entries(above).map(([key, value]) => [key, merged(below[key], value)] as const);
  return { ...below, ...Object.fromEntries(changed) };
}

/** Every block of YAML in a runbook, laid over production as an operator would write it there. */
const blocks = (file: string): string[] =>
  [...text(file).matchAll(/```yaml\n(.*?)\n *```/gs)].map(([, block = '']) => {
    const indent = /^ */.exec(block)?.[0] ?? '';
    return block.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
  });

const OVERRIDES = 'production/overrides.yml';
const edited = (...fragments: string[]) => ({
  [OVERRIDES]: (overrides: string) =>
    stringify(fragments.map((fragment) => parse(fragment)).reduce(merged, parse(overrides))),
});

/** Production with these fragments, as `config lock` reads it. */
const production = (...fragments: string[]): Environment => {
  const options: LoadOptions = { today: new Date('2026-11-23T00:00:00Z'), unlocked: ['production'] };
  const { environments } = withEnvironments(edited(...fragments), (folder) => loadEnvironments(folder, options));
  const found = environments.find(({ name }) => name === 'production');
  if (!found) throw new Error('no production');
  return found;
};
const ids = (environment: Environment): string[] => environment.nodes.map(({ id }) => id);

/** Those that lead through a change of the configuration; the others say what an alert means. */
const CHANGES = ['grow-a-disk.md', 'move-a-zone.md', 'replace-an-instance.md', 'restore-a-node.md', 'retire-a-node.md'];

test('there are those that operators need most', () => {
  expect(runbooks).toEqual(expect.arrayContaining(CHANGES));
});

describe.each(runbooks)('%s', (file) => {
  test('tells people to write what loads', () => {
    const found = blocks(file);
    if (CHANGES.includes(file)) expect(found.length).toBeGreaterThan(0);
    for (const block of found) expect(ids(production(block)).length).toBeGreaterThan(0);
  });

  test('runs what there is', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const commands = [...text(file).matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name as string);
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
    const onHost = [...text(file).matchAll(/\/opt\/chain-node\/current\/(host\/[\w.-]+)/g)].map(([, path]) => path);
    expect(onHost.filter((path) => !existsSync(join(ROOT, 'constructs/chain-node', path as string)))).toEqual([]);
    const units = [...text(file).matchAll(/chain-node-(disk|grow)\b/g)].map(([unit]) => unit);
    expect(units.filter((unit) => !existsSync(join(ROOT, `constructs/chain-node/host/${unit}.service`)))).toEqual([]);
  });

  test('leads to pages that are there', () => {
    const links = [...text(file).matchAll(/\]\(([^)#]+)(?:#([\w-]+))?\)/g)];
    for (const [, target = '', anchor] of links) {
      const path = join(dirname(join(FOLDER, file)), target);
      expect([target, existsSync(path)]).toEqual([target, true]);
      if (anchor === undefined) continue;
      const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(headings).toContain(anchor);
    }
  });
});

describe('what they lead to', () => {
  test('restore a node: one beside the broken one, from the newest backup', () => {
    const [block = ''] = blocks('restore-a-node.md');
    const nodes = production(block).nodes.filter(({ client }) => client === 'geth');
    expect(nodes.map(({ id, zone, bootstrap }) => [id, zone, bootstrap])).toEqual([
      ['ethereum-mainnet-geth', 'eu-central-1a', { from: 'empty' }],
      ['ethereum-mainnet-geth-2', 'eu-central-1a', { from: 'latest-backup', initializationRateMiBps: 300 }],
    ]);
  });

  test('replace an instance: it names all that follows the instance, and no more', () => {
    const stack = synthesize({
      environments: [
        production(
          stringify({
            backup: { schedule: 'rate(1 day)' },
            chains: { ethereum: { nodes: { 'mainnet-geth': { backup: true } } } },
          }),
        ),
      ],
    });
    const all = resources(stack.production);
    const id = 'aws_instance.ethereum-mainnet-geth';
    expect(all).toHaveProperty([id]);
    const follows = new Set([id]);
    for (const [address, body] of Object.entries(all)) {
      // Through what Terraform reads of it, not through the order of things.
      const { depends_on: _, ...attributes } = body;
      if (JSON.stringify(attributes).includes(`\${${id}.`)) follows.add(address);
    }
    for (const [address, body] of Object.entries(all)) {
      const triggers: string[] = body.lifecycle?.replace_triggered_by ?? [];
      if (triggers.some((trigger) => follows.has(trigger))) follows.add(address);
    }
    const types = [...follows].map((address) => address.split('.')[0]);
    const table = [...text('replace-an-instance.md').matchAll(/^ *\| `(\w+)/gm)].map(([, type]) => type);
    expect(table.sort()).toEqual(types.sort());
  });

  test('grow a disk: refused until it is locked', () => {
    const [block = ''] = blocks('grow-a-disk.md');
    expect(refusals(edited(block))).toEqual([
      expect.stringContaining(
        'grows from 4 TiB to 6 TiB, and the lock must know; run: npm run config -- production lock',
      ),
    ]);
  });

  test('move a zone: the old node goes, the new one stays where it is', () => {
    const [first = '', second = ''] = blocks('move-a-zone.md');
    expect(ids(production(first))).toEqual([
      'ethereum-mainnet-geth',
      'ethereum-mainnet-geth-2',
      'ethereum-mainnet-reth',
    ]);
    const after = production(second);
    expect(ids(after)).toEqual(['ethereum-mainnet-geth-2', 'ethereum-mainnet-reth']);
    expect(after.nodes[0]).toMatchObject({ zone: 'eu-central-1b', backup: true });
  });

  test('retire a node: refused until it is named', () => {
    const [block = ''] = blocks('retire-a-node.md');
    expect(ids(production(block))).toEqual(['ethereum-mainnet-geth']);
    const unnamed = block.replace(/^retire:.*$/m, '');
    expect(refusals(edited(unnamed))).toEqual([
      expect.stringContaining(
        'the configuration drops this node and its disk; put it back, or add ethereum-mainnet-reth to retire',
      ),
    ]);
  });
});
