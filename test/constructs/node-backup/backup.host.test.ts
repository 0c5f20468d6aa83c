import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// Needs python3. The program runs in SSM Automation, with boto3; here EC2 is a fake that keeps state.

test('the program of the automations does what it says', () => {
  const { status, stderr } = spawnSync('python3', [join(__dirname, 'backup_test.py')], { encoding: 'utf8' });
  expect(stderr).toMatch(/^Ran 1[4-9] tests/m);
  expect([status, stderr]).toEqual([0, expect.stringMatching(/OK\s*$/)]);
});
