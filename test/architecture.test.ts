import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** The layout holds because the imports do: who may reach whom, read from the sources themselves. */

const ROOT = join(__dirname, '..');

/** Sources by their path from the root. */
type Sources = Readonly<Record<string, string>>;

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The file that it resolves to; absent for packages. */
  readonly to?: string;
  /** Erased when compiled. */
  readonly typeOnly: boolean;
}

function projectSources(): Sources {
  const tops = ['main.ts', 'constructs', 'environments', 'stacks', 'test', 'tools'];
  const files = tops.flatMap((top) =>
    top.endsWith('.ts')
      ? [top]
      : readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
          .map((file) => posix.join(top, file))
          .filter((file) => /\.(ts|json)$/.test(file)),
  );
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

// At the start of a line, so that words in a text or a pattern are no imports.
const STATEMENT = /^(import|export)(\s+type)?\s(?:[^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
// What a text quotes is no call: it begins with another quote, or stands in a template, which is cut out before.
const CALL = /(?<!['"])\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;
const TEMPLATE = /`[^`]*`/g;

function importsOf(sources: Sources): Import[] {
  return Object.entries(sources)
    .filter(([file]) => file.endsWith('.ts'))
    .flatMap(([from, text]) => {
      const resolve = (specifier: string, typeOnly: boolean): Import => {
        if (!specifier.startsWith('.')) return { from, specifier, typeOnly };
        const base = posix.join(dirname(from), specifier);
        const to = [base, `${base}.ts`, `${base}/index.ts`].find((file) => Object.hasOwn(sources, file));
        if (to === undefined) throw new Error(`${from} imports '${specifier}', which is no file of the project`);
        return { from, specifier, to, typeOnly };
      };
      return [
        ...[...text.matchAll(STATEMENT)].map((match) => resolve(match[3] as string, match[2] !== undefined)),
        ...[...text.replaceAll(TEMPLATE, '``').matchAll(CALL)].map((match) => resolve(match[1] as string, false)),
      ];
    });
}

const isTest = (file: string): boolean => file.startsWith('test/');
const isCdktf = (specifier: string): boolean => /^(cdktf|constructs|@cdktf\/[^/]+)(\/|$)/.test(specifier);
const told = ({ from, specifier }: Import): string => `${from} imports '${specifier}'`;

const CATALOGUE = 'constructs/chain-node/catalogue/';
const CATALOGUE_FACE = `${CATALOGUE}index.ts`;

/** What programs and infrastructure owe each other: a second public face, for programs too, so that it is data alone. */
const CONTRACT = 'constructs/mev-engine/contract.ts';
const CONTRACTS = [CONTRACT, 'constructs/data-stores/contract.ts', 'constructs/data-worker/contract.ts'];

/** The folder behind a public face that a file stands in; the catalogue is one of its own inside chain-node. */
function folderOf(file: string): string | undefined {
  if (file.startsWith(CATALOGUE)) return CATALOGUE;
  return /^constructs\/[^/]+\//.exec(file)?.[0];
}

/** Tests may look behind a public face; nobody else. */
const behindAFace = (imports: readonly Import[]): string[] =>
  imports
    .filter(({ from, to }) => {
      const folder = to && folderOf(to);
      return folder && !isTest(from) && folderOf(from) !== folder && ![`${folder}index.ts`, ...CONTRACTS].includes(to);
    })
    .map(told);

const constructsLookingOut = (imports: readonly Import[]): string[] =>
  imports
    .filter(({ from, to }) => from.startsWith('constructs/') && to !== undefined && !to.startsWith('constructs/'))
    .map(told);

const environmentsReachingForConstructs = (imports: readonly Import[]): string[] =>
  imports
    .filter(({ from }) => from.startsWith('environments/'))
    .filter(
      ({ specifier, to }) =>
        (to === undefined && isCdktf(specifier)) ||
        (to !== undefined && !to.startsWith('environments/') && ![CATALOGUE_FACE, ...CONTRACTS].includes(to)),
    )
    .map(told);

const catalogueLookingOut = (imports: readonly Import[]): string[] =>
  imports
    .filter(({ from, to, specifier }) => {
      if (!from.startsWith(CATALOGUE)) return false;
      return to === undefined ? isCdktf(specifier) : !to.startsWith(CATALOGUE);
    })
    .map(told);

/** Ways that lead from a folder to cdktf, each with every file on the way. */
function waysToCdktf(imports: readonly Import[], folder: string): string[] {
  const ways = new Map<string, string>();
  const queue = [...new Set(imports.map(({ from }) => from).filter((from) => from.startsWith(folder)))];
  for (const file of queue) ways.set(file, file);
  const found: string[] = [];
  for (const file of queue) {
    for (const { specifier, to } of imports.filter(({ from }) => from === file)) {
      if (to === undefined && isCdktf(specifier)) found.push(`${ways.get(file)} → '${specifier}'`);
      if (to === undefined || ways.has(to)) continue;
      ways.set(to, `${ways.get(file)} → ${to}`);
      queue.push(to);
    }
  }
  return found;
}

/** The root of a provider package loads every resource there is: seconds and hundreds of megabytes. */
const providerRoots = (imports: readonly Import[]): string[] =>
  imports.filter(({ specifier }) => /^@cdktf\/provider-[^/]+(\/lib)?(\/index)?\/?$/.test(specifier)).map(told);

const importedTests = (imports: readonly Import[]): string[] =>
  imports.filter(({ from, to }) => to !== undefined && isTest(to) && !isTest(from)).map(told);

/** What is only a type is erased, so that it closes no circle when the program runs. */
function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (to !== undefined && !typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) {
      found.push([...way.slice(way.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...way, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

const OVERRIDES_ALLOWED = ['constructs/terraform/index.ts', 'stacks/provider.ts'];

function escapeHatches(sources: Sources): string[] {
  const hatches: readonly [pattern: RegExp, allowed: (file: string) => boolean][] = [
    [/\baddOverride\b/, (file) => OVERRIDES_ALLOWED.includes(file)],
    [/\boverrideLogicalId\b/, (file) => file.startsWith('constructs/')],
    [/\bas any\b/, () => false],
  ];
  return Object.entries(sources)
    .filter(([file]) => !isTest(file) && file.endsWith('.ts'))
    .flatMap(([file, text]) =>
      text.split('\n').flatMap((line, index) =>
        hatches.flatMap(([pattern, allowed]) => {
          const match = pattern.exec(line);
          return match && !allowed(file) ? [`${file}:${index + 1} uses '${match[0]}'`] : [];
        }),
      ),
    );
}

/** Folders of tests for which the project has none, but for a test in several files, with what runs them beside it. */
function strayTestFolders(files: readonly string[], exists: (folder: string) => boolean): string[] {
  const folders = files.filter((file) => isTest(file) && file.endsWith('.test.ts')).map((file) => posix.dirname(file));
  const known = (folder: string): boolean => folder.startsWith('test/') && exists(folder.slice('test/'.length));
  const inSeveral = (folder: string): boolean => files.includes(`${folder}/run.ts`) && known(posix.dirname(folder));
  return [...new Set(folders)].filter((folder) => folder !== 'test' && !known(folder) && !inSeveral(folder));
}

const SOURCES = projectSources();
const IMPORTS = importsOf(SOURCES);

/** A made-up file that imports these. */
const importing = (...specifiers: string[]): string =>
  specifiers.map((name) => `import { x } from '${name}';`).join('\n');
const madeUp = (sources: Sources): Import[] => importsOf(sources);

describe('the reader of imports', () => {
  test('finds every form of an import, and nothing in texts', () => {
    const q = "'";
    const text = [
      `import './a';`,
      `import type { B } from "./b";`,
      `import {\n  c,\n  type C,\n} from './c';`,
      `import * as d from 'node:fs';`,
      `export * from './d';`,
      `export type { E } from './e';`,
      `const f = await import(${q}./f${q});`,
      `const g = require(${q}./g${q});`,
      `const text = "import h from './h'";`,
      `run("require(${q}./h${q})", \`\n  require(${q}./h${q})\n\`);`,
      `export const from = 'x';`,
      `// imports from './i'`,
    ].join('\n');
    const targets = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [`x/${name}.ts`, '']));
    expect(importsOf({ 'x/main.ts': text, ...targets })).toEqual([
      { from: 'x/main.ts', specifier: './a', to: 'x/a.ts', typeOnly: false },
      { from: 'x/main.ts', specifier: './b', to: 'x/b.ts', typeOnly: true },
      { from: 'x/main.ts', specifier: './c', to: 'x/c.ts', typeOnly: false },
      { from: 'x/main.ts', specifier: 'node:fs', typeOnly: false },
      { from: 'x/main.ts', specifier: './d', to: 'x/d.ts', typeOnly: false },
      { from: 'x/main.ts', specifier: './e', to: 'x/e.ts', typeOnly: true },
      { from: 'x/main.ts', specifier: './f', to: 'x/f.ts', typeOnly: false },
      { from: 'x/main.ts', specifier: './g', to: 'x/g.ts', typeOnly: false },
    ]);
  });

  test('refuses an import that leads nowhere, so that no rule is blind to it', () => {
    expect(() => madeUp({ 'a/b.ts': importing('./gone') })).toThrow(
      "a/b.ts imports './gone', which is no file of the project",
    );
  });

  test('sees the project whole', () => {
    const seen = (from: string, to: string): boolean => IMPORTS.some((one) => one.from === from && one.to === to);
    expect(seen('main.ts', 'environments/load.ts')).toBe(true);
    expect(seen('environments/load.ts', CATALOGUE_FACE)).toBe(true);
    expect(seen('stacks/environment-stack.ts', 'constructs/chain-node/index.ts')).toBe(true);
    expect(seen(`${CATALOGUE}hardware.ts`, `${CATALOGUE}instance-types.json`)).toBe(true);
  });
});

describe('a concept is imported through its public face', () => {
  test('in the project', () => {
    expect(behindAFace(IMPORTS)).toEqual([]);
  });

  test('the rule can fail', () => {
    const faces = { 'constructs/chain-node/index.ts': '', [CATALOGUE_FACE]: '', 'constructs/network/index.ts': '' };
    const inner = {
      'constructs/network/tags.ts': '',
      [`${CATALOGUE}model.ts`]: '',
      'constructs/chain-node/props.ts': '',
      [CONTRACT]: '',
      'constructs/mev-engine/watched.ts': '',
    };
    const offences = behindAFace(
      madeUp({
        ...faces,
        ...inner,
        'constructs/chain-node/a.ts': importing('../network', '../network/tags', './catalogue', './catalogue/model'),
        'stacks/b.ts': importing('../constructs/chain-node', '../constructs/chain-node/props'),
        'tools/c.ts': importing('../constructs/chain-node/catalogue', '../constructs/chain-node/catalogue/model'),
        'test/d.ts': importing('../constructs/chain-node/props'),
        'tools/f.ts': importing('../constructs/mev-engine/contract', '../constructs/mev-engine/watched'),
        [`${CATALOGUE}e.ts`]: importing('./model'),
      }),
    );
    expect(offences).toEqual([
      "constructs/chain-node/a.ts imports '../network/tags'",
      "constructs/chain-node/a.ts imports './catalogue/model'",
      "stacks/b.ts imports '../constructs/chain-node/props'",
      "tools/c.ts imports '../constructs/chain-node/catalogue/model'",
      "tools/f.ts imports '../constructs/mev-engine/watched'",
    ]);
  });
});

describe('constructs know nothing of environments, stacks or tools', () => {
  test('in the project', () => {
    expect(constructsLookingOut(IMPORTS)).toEqual([]);
  });

  test('the rule can fail', () => {
    const offences = constructsLookingOut(
      madeUp({
        'environments/environment.ts': '',
        'stacks/provider.ts': importing('../constructs/a'),
        'constructs/a/index.ts': importing('../b', '../../environments/environment', '../../stacks/provider'),
        'constructs/b/index.ts': importing('cdktf'),
      }),
    );
    expect(offences).toEqual([
      "constructs/a/index.ts imports '../../environments/environment'",
      "constructs/a/index.ts imports '../../stacks/provider'",
    ]);
  });
});

describe('environments know the catalogue, the contracts and no other construct', () => {
  test('in the project', () => {
    expect(environmentsReachingForConstructs(IMPORTS)).toEqual([]);
  });

  test('and reach no cdktf on any way', () => {
    expect(waysToCdktf(IMPORTS, 'environments/')).toEqual([]);
  });

  const project: Sources = {
    'environments/load.ts': importing('zod', 'cdktf', './nodes', '../constructs/chain-node/catalogue'),
    'environments/nodes.ts': importing('constructs', '@cdktf/provider-aws/lib/vpc', '../constructs/chain-node'),
    'constructs/chain-node/index.ts': '',
    [CATALOGUE_FACE]: importing('./model'),
    [`${CATALOGUE}model.ts`]: importing('cdktf/lib/token'),
  };

  test('the rule can fail', () => {
    expect(environmentsReachingForConstructs(madeUp(project))).toEqual([
      "environments/load.ts imports 'cdktf'",
      "environments/nodes.ts imports 'constructs'",
      "environments/nodes.ts imports '@cdktf/provider-aws/lib/vpc'",
      "environments/nodes.ts imports '../constructs/chain-node'",
    ]);
  });

  test('the rule about every way can fail', () => {
    expect(waysToCdktf(madeUp(project), 'environments/')).toEqual([
      "environments/load.ts → 'cdktf'",
      "environments/nodes.ts → 'constructs'",
      "environments/nodes.ts → '@cdktf/provider-aws/lib/vpc'",
      `environments/load.ts → ${CATALOGUE_FACE} → ${CATALOGUE}model.ts → 'cdktf/lib/token'`,
    ]);
  });
});

describe('the catalogue is data: it imports neither cdktf nor anything outside its folder', () => {
  test('in the project', () => {
    expect(catalogueLookingOut(IMPORTS)).toEqual([]);
    expect(waysToCdktf(IMPORTS, CATALOGUE)).toEqual([]);
  });

  test('the rule can fail', () => {
    const offences = catalogueLookingOut(
      madeUp({
        [CATALOGUE_FACE]: importing('./model', '../layout', 'node:fs'),
        [`${CATALOGUE}model.ts`]: importing('cdktf'),
        'constructs/chain-node/layout.ts': importing('cdktf'),
      }),
    );
    expect(offences).toEqual([`${CATALOGUE_FACE} imports '../layout'`, `${CATALOGUE}model.ts imports 'cdktf'`]);
  });
});

test.each(CONTRACTS)('%s imports nothing', (contract) => {
  expect(SOURCES[contract]).toContain('export');
  expect(IMPORTS.filter(({ from }) => from === contract).map(told)).toEqual([]);
});

describe('nobody imports the root of a provider package', () => {
  test('in the project', () => {
    expect(providerRoots(IMPORTS)).toEqual([]);
  });

  test('the rule can fail', () => {
    const roots = ['@cdktf/provider-aws', '@cdktf/provider-helm/lib', '@cdktf/provider-kubernetes/lib/index'];
    const offences = providerRoots(madeUp({ 'stacks/a.ts': importing('@cdktf/provider-aws/lib/instance', ...roots) }));
    expect(offences).toEqual(roots.map((root) => `stacks/a.ts imports '${root}'`));
  });
});

describe('only tests import tests', () => {
  test('in the project', () => {
    expect(importedTests(IMPORTS)).toEqual([]);
  });

  test('the rule can fail', () => {
    const sources = { 'tools/a.ts': importing('../test/b'), 'test/b.ts': importing('./c'), 'test/c.ts': '' };
    expect(importedTests(madeUp(sources))).toEqual(["tools/a.ts imports '../test/b'"]);
  });
});

describe('no file imports itself in a circle', () => {
  test('in the project', () => {
    expect(cycles(IMPORTS)).toEqual([]);
  });

  test('the rule can fail', () => {
    const offences = cycles(
      madeUp({
        'a.ts': importing('./b', './c'),
        'b.ts': importing('./c'),
        'c.ts': importing('./d'),
        'd.ts': importing('./b'),
        'e.ts': importing('./e'),
        // A type closes no circle.
        'f.ts': importing('./g'),
        'g.ts': `import type { x } from './f';`,
      }),
    );
    expect(offences).toEqual(['b.ts → c.ts → d.ts → b.ts', 'e.ts → e.ts']);
  });
});

describe('escape hatches stand where they are allowed', () => {
  test('in the project', () => {
    expect(escapeHatches(SOURCES)).toEqual([]);
  });

  test('the rule can fail', () => {
    const all = 'x.addOverride(1);\ny.overrideLogicalId(2);\n(z as any).w;';
    expect(
      escapeHatches({
        'constructs/terraform/index.ts': all,
        'constructs/network/index.ts': all,
        'stacks/state.ts': all,
        'stacks/provider.ts': 'x.addOverride(1);',
        'test/a.ts': all,
      }),
    ).toEqual([
      "constructs/terraform/index.ts:3 uses 'as any'",
      "constructs/network/index.ts:1 uses 'addOverride'",
      "constructs/network/index.ts:3 uses 'as any'",
      "stacks/state.ts:1 uses 'addOverride'",
      "stacks/state.ts:2 uses 'overrideLogicalId'",
      "stacks/state.ts:3 uses 'as any'",
    ]);
  });
});

describe('tests stand in the folders of what they test', () => {
  test('in the project', () => {
    expect(strayTestFolders(Object.keys(SOURCES), (folder) => existsSync(join(ROOT, folder)))).toEqual([]);
  });

  test('the rule can fail', () => {
    const files = ['test/a.test.ts', 'test/known/b.test.ts', 'test/stray/c.test.ts', 'test/fakes/d.ts'];
    const several = ['test/known/table/e.test.ts', 'test/known/table/run.ts'];
    const strays = ['test/known/loose/f.test.ts', 'test/alone/g.test.ts', 'test/alone/run.ts'];
    expect(strayTestFolders([...files, ...several, ...strays], (folder) => folder === 'known')).toEqual([
      'test/stray',
      'test/known/loose',
      'test/alone',
    ]);
  });
});
