import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');
const START = join(ROOT, 'tools/quick-start.cjs');

/** Runs main.ts of a folder with these files, as synthesis is run. */
function run(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'quick-start-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return spawnSync(process.execPath, ['--require', START, 'main.ts'], { cwd: folder, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Apart, so that nobody takes it for an import of this file. */
const imported = (name: string, from: string): string => `${'import'} { ${name} } from '${from}';\n`;

test('TypeScript and packages load: plain ones, and one that is an ES module', () => {
  const { stdout, stderr } = run({
    'main.ts': `${imported('double', './double')}${imported('plain', 'plain')}${imported('modern', 'modern')}console.log(double(plain + modern));`,
    'double.ts': 'export const double = (value: number): number => 2 * value;',
    'node_modules/plain/package.json': '{"name": "plain", "main": "lib.js"}',
    'node_modules/plain/lib.js': `exports.plain = ${'require'}('./other').other + 1;`,
    'node_modules/plain/other.js': 'exports.other = 2;',
    'node_modules/modern/package.json': '{"name": "modern", "main": "lib.js"}',
    'node_modules/modern/lib.js': 'export const modern = 40;',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('86\n');
});

test('an error of the program ends with its status, and a trace in lines of TypeScript', () => {
  const { status, stderr } = run({
    'main.ts': `interface Padding {\n  readonly lines: string;\n}\n\nexport const padding: Padding = { lines: '' };\nthrow new Error('as it is');\n`,
  });
  expect(status).toBe(1);
  expect(stderr).toContain('Error: as it is');
  expect(stderr).toMatch(/main\.ts:6:\d+/);
});

test('an error in a package is told once', () => {
  const { status, stderr } = run({
    'main.ts': "import 'broken';",
    'node_modules/broken/package.json': '{"name": "broken", "main": "lib.js"}',
    'node_modules/broken/lib.js': "throw new Error('of a package');",
  });
  expect(status).toBe(1);
  expect(stderr.match(/Error: of a package/g)).toHaveLength(1);
});
