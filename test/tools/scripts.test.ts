import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What people type after the scripts of package.json. */

jest.setTimeout(30_000);

test('npm run test:host takes a pattern, and runs what it says and no more', () => {
  const listed = execFileSync('npm', ['run', '--silent', 'test:host', '--', '/lease', '--listTests'], {
    cwd: join(__dirname, '..', '..'),
    encoding: 'utf8',
  });
  expect(listed.trim()).toMatch(/^\S+\/lease\.host\.test\.ts$/);
});
