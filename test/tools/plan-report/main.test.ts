import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planReport } from '../../../tools/plan-report/main';
import { withEnvironments } from '../../project';
import { changed, text } from './plans';

/** What a person or a workflow gets for a call. */

const folder = mkdtempSync(join(tmpdir(), 'plan-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const call = (words: readonly string[], edits: Parameters<typeof withEnvironments>[0] = {}) =>
  withEnvironments(edits, (environments) => planReport(environments, words));

const DISK = 'aws_ebs_volume.ethereum-mainnet-reth';
const gone = file('gone.json', text([changed(DISK, 'delete', { size: 100 })]));
const allow = { 'production/overrides.yml': (given: string) => `${given}\nallow: [${DISK}]\n` };

test('tells by its status whether nothing, something or something dangerous changes', () => {
  expect(call(['production', file('none.json', text([]))]).status).toBe(0);
  expect(call(['production', file('some.json', text([changed('aws_sns_topic.alarms', 'create')]))]).status).toBe(2);
  expect(call(['production', gone]).status).toBe(3);
  const allowed = call(['production', gone], allow);
  expect(allowed.status).toBe(2);
  expect(allowed.out).toMatch(/_allowed by environments\/production\/overrides\.yml:\d+_/);
  // What another environment allows is none of its business.
  expect(call(['staging', gone], allow).status).toBe(3);
});

test('a plan that ended by an error could not be told', () => {
  const { status, err, out } = call(['production', file('errored.json', text([], {}, { errored: true }))]);
  expect([status, err]).toEqual([1, expect.stringMatching(/errored\.json: the plan ended by an error\n$/)]);
  expect(out).toContain('The plan ended by an error.');
});

test('has the warnings of its environment, and no others', () => {
  const late = {
    'staging/overrides.yml': (given: string) =>
      given.replace('clients: [geth, reth]', 'clients: [geth, reth]\n    version: { geth: v1.10.0 }'),
  };
  expect(call(['staging', gone], late).out).toContain('v1.10.0 cannot follow');
  expect(call(['production', gone], late).out).not.toContain('v1.10.0');
});

test('writes all of it to a file, and cuts what a comment cannot hold', () => {
  const many = Array.from({ length: 2000 }, (_, index) =>
    changed(`aws_s3_object.a-long-name-of-an-object-${index}`, 'create'),
  );
  const out = join(folder, 'report.md');
  const answer = call(['production', file('many.json', text(many)), '--out', out, '--link', 'https://example.com/run']);
  expect(answer.out.length).toBeLessThanOrEqual(60_000);
  expect(answer.out).toContain('The rest: https://example.com/run');
  expect(readFileSync(out, 'utf8')).toContain('a-long-name-of-an-object-1999');
});

test.each<[string, readonly string[], RegExp]>([
  ['nothing', [], /^usage: npm run plan-report/],
  ['a flag that it does not know', ['production', gone, '--force'], /^usage: npm run plan-report/],
  ['another environment', ['qa', gone], /^"qa" is not an environment of /],
  ['no file', ['production', join(folder, 'none')], /none: cannot be read: ENOENT\n$/],
  ['another file', ['production', file('odd.json', '{}')], /odd\.json: format_version: /],
])('%s is told in a line, with status 1', (_, words, message) => {
  const { status, err, out } = call(words);
  expect([status, out]).toEqual([1, '']);
  expect(err).toMatch(message);
});

test('a configuration with mistakes is told with their places', () => {
  const { status, err } = call(['production', gone], {
    'production/overrides.yml': (given) => `${given}\nallow: [all]\n`,
  });
  expect(status).toBe(1);
  expect(err).toMatch(
    /^environments\/production\/overrides\.yml:\d+:9 allow\[0\]: "all" is not an address such as aws_s3_bucket\.releases_2BF2C4E4/,
  );
});
