import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The script that tells Elasticsearch how long to keep logs, with a curl that writes down what it is asked. */

const SCRIPT = join(__dirname, '../../../constructs/monitoring-stack/chart/files/lifecycle.sh');
const folder = mkdtempSync(join(tmpdir(), 'lifecycle-'));
afterAll(() => rmSync(folder, { recursive: true }));

for (const name of ['bin', 'config', 'login', 'authority']) mkdirSync(join(folder, name));
writeFileSync(join(folder, 'login/elastic'), 'not-a-secret');
writeFileSync(join(folder, 'authority/ca.crt'), '');
for (const name of ['policy', 'template', 'settings']) writeFileSync(join(folder, `config/${name}.json`), '{}');
const log = join(folder, 'log');
writeFileSync(
  join(folder, 'bin/curl'),
  `#!/bin/bash\ncat >>"${folder}/stdin"\nprintf '%s\\n' "$*" >>"${log}"\n[ "$FAILING" != yes ]\n`,
);
chmodSync(join(folder, 'bin/curl'), 0o755);

function run(failing: 'yes' | 'no') {
  rmSync(log, { force: true });
  return spawnSync('bash', [SCRIPT], {
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      CONFIG: join(folder, 'config'),
      LOGIN: join(folder, 'login'),
      AUTHORITY: join(folder, 'authority'),
      ELASTICSEARCH: 'https://elasticsearch.test:9200',
      POLICY: 'chain-nodes-logs',
      STREAMS: 'logs-chain_nodes-*',
      PATIENCE_SECONDS: '0',
      FAILING: failing,
    },
  });
}

test('it puts the policy, the template, and what is there already under the policy', () => {
  expect(run('no').status).toBe(0);
  const asked = readFileSync(log, 'utf8').trim().split('\n');
  expect(asked.map((line) => /--request (\S+).*https:\/\/elasticsearch\.test:9200(\S+)$/.exec(line)?.slice(1))).toEqual(
    [
      ['GET', '/_cluster/health?wait_for_status=yellow&timeout=20s'],
      ['PUT', '/_ilm/policy/chain-nodes-logs'],
      ['PUT', '/_index_template/chain-nodes-logs'],
      ['PUT', '/logs-chain_nodes-*/_settings?allow_no_indices=true&expand_wildcards=all'],
    ],
  );
  expect(asked[1]).toContain(`--header Content-Type: application/json --data-binary @${folder}/config/policy.json`);
});

test('its password is in no list of processes', () => {
  run('no');
  expect(readFileSync(log, 'utf8')).not.toContain('not-a-secret');
  expect(readFileSync(join(folder, 'stdin'), 'utf8')).toContain('user = "elastic:not-a-secret"');
});

test('it gives up, and says where to look', () => {
  const { status, stderr } = run('yes');
  expect(status).toBe(1);
  expect(stderr).toContain('Elasticsearch is not there after 0 s; see what the operator says of it');
});

test('shellcheck finds nothing', () => {
  execFileSync(process.env.SHELLCHECK ?? 'shellcheck', [SCRIPT], { encoding: 'utf8' });
});
