import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadFiles, refusals } from '../environments/files';
import { withResearch } from '../environments/research';

/** The page about research: what it tells people to write must load, and what it tells them to run must be there. */

const ROOT = join(__dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs/research.md'), 'utf8');
const [section = '', job = ''] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block);

const files = withResearch({ research: section.replace(/^mev:\n/, '') });

test('the section that it shows loads, with everything that it says', () => {
  expect(refusals(files)).toEqual([]);
  const [production] = loadFiles(files).environments;
  expect(production?.research).toMatchObject({
    enabled: true,
    quota: { cpu: 16, memoryMiB: 65_536, storageGiB: 500 },
    accessGroup: 'mev:researchers',
    archive: { bucket: 'acme-mev-archive', prefix: 'recorded/', keyArn: expect.stringContaining('arn:aws:kms:') },
    forks: [
      { name: 'ethereum', memoryMiB: 2048 },
      { name: 'merge', block: 15_537_394, memoryMiB: 8192, of: { source: { node: 'ethereum-mainnet-geth' } } },
    ],
    run: { cpu: 2, memoryMiB: 4096, timeoutSeconds: 6 * 3600 },
  });
});

test('its quota is the default, and so is what a run may take', () => {
  const [production] = loadFiles(withResearch()).environments;
  const [shown] = loadFiles(files).environments;
  expect([production?.research?.quota, production?.research?.run]).toEqual([
    shown?.research?.quota,
    shown?.research?.run,
  ]);
});

test('the parameters that it lists are those that prepare.sh reads', () => {
  const listed = [...page.matchAll(/^\| `([A-Z]+)` \|/gm)].map(([, name]) => name);
  const script = readFileSync(join(ROOT, 'constructs/research/chart/files/prepare.sh'), 'utf8');
  for (const name of listed) expect(script).toContain(`\n${name}=\${${name}:-`);
  const template = readFileSync(join(ROOT, 'constructs/research/chart/templates/backtests.yaml'), 'utf8');
  expect([...template.matchAll(/\{ name: ([A-Z]+), value: "" \}/g)].map(([, name]) => name)).toEqual(listed);
});

test('the job that it shows is let in by the pod security of the namespace', () => {
  const [{ spec }] = parseAllDocuments(job).map((document) => document.toJS());
  const pod = spec.template.spec;
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  for (const { securityContext } of pod.containers)
    expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  expect(pod.serviceAccountName).toBe('research');
});
