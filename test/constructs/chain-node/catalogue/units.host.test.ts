import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everyRelease } from '../../../../tools/every-release';

/** The units of every native program that the catalogue runs, as systemd reads them. */

const releases = everyRelease().filter(({ release }) => release.files.has('programs'));

test('there are native programs', () => {
  expect(new Set(releases.map(({ program }) => program.client))).toEqual(new Set(['agave', 'jito-solana']));
});

test.each(releases.map(({ name, release }) => [name, release] as const))('%s', (_, { files }) => {
  const folder = mkdtempSync(join(tmpdir(), 'units-'));
  try {
    const units = [...files].filter(([path]) => path.startsWith('units/'));
    expect(units.length).toBeGreaterThan(0);
    const paths = units.map(([path, text]) => {
      const file = join(folder, path.slice('units/'.length));
      writeFileSync(file, text);
      return file;
    });
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' });
    const complaints = `${stdout}${stderr}`
      .split('\n')
      // What they run is not here.
      .filter((line) => line !== '' && !line.includes('is not executable: No such file'));
    expect(complaints).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
