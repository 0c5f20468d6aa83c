import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { matrixOf } from '../../../tools/delivery/matrix';
import type { Json } from '../../project';
import { load } from '../../project';

/** What workflows may do, and what stands in them. */

const FOLDER = join(__dirname, '../../../.github/workflows');
const workflows: readonly (readonly [string, Json, string])[] = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return [name, parse(text), text];
});
const jobs = workflows.flatMap(([name, { jobs: all }]) =>
  Object.entries<Json>(all).map(([job, body]) => [`${name} ${job}`, body] as const),
);
const steps = jobs.flatMap(([name, { steps: all = [] }]) => all.map((step: Json) => [name, step] as const));

test('they are there', () => {
  expect(workflows.map(([name]) => name)).toEqual([
    'ci.yml',
    'deploy-environment.yml',
    'deploy.yml',
    'drift.yml',
    'pull-request.yml',
  ]);
});

test('every action of others is pinned by its commit, with its version beside it', () => {
  for (const [name, , text] of workflows)
    for (const [, uses = '', comment] of text.matchAll(/uses: (\S+)(?: # (\S+))?/g)) {
      if (uses.startsWith('./')) continue;
      expect([name, uses]).toEqual([name, expect.stringMatching(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/)]);
      expect([uses, comment]).toEqual([uses, expect.stringMatching(/^v\d+\.\d+\.\d+$/)]);
    }
});

test('one action has one version', () => {
  const found = new Map<string, Set<string>>();
  for (const [, , text] of workflows)
    for (const [, action = '', commit = ''] of text.matchAll(/uses: ([\w./-]+)@(\S+)/g))
      found.set(action, new Set([...(found.get(action) ?? []), commit]));
  for (const [action, commits] of found) expect([action, commits.size]).toEqual([action, 1]);
});

test('nothing that a person can write becomes a part of a script', () => {
  for (const [name, step] of steps)
    if (step.run) expect([name, step.run]).toEqual([name, expect.not.stringContaining('${{')]);
});

test('steps do one thing: what is to be thought about stands in scripts', () => {
  for (const [name, step] of steps) {
    if (!step.run) continue;
    const lines = step.run.trim().split('\n');
    expect([name, lines.length <= 2, lines]).toEqual([name, true, lines]);
  }
});

test('nobody has more rights than it uses', () => {
  for (const [name, { permissions }] of workflows) expect([name, permissions]).toEqual([name, { contents: 'read' }]);
  const rights = Object.fromEntries(
    jobs.flatMap(([name, { permissions }]) => (permissions ? [[name, permissions]] : [])),
  );
  const asWho = { contents: 'read', 'id-token': 'write' };
  expect(rights).toEqual({
    'deploy-environment.yml apply': asWho,
    'deploy-environment.yml plan': asWho,
    'deploy.yml development': asWho,
    'deploy.yml production': asWho,
    'deploy.yml staging': asWho,
    'drift.yml look': { ...asWho, issues: 'write' },
    'pull-request.yml plan': { ...asWho, 'pull-requests': 'write' },
  });
});

test('a pull request never runs with the rights of the base, nor with secrets', () => {
  for (const [name, workflow, text] of workflows) {
    expect([name, Object.keys(workflow.on ?? {})]).toEqual([
      name,
      expect.not.arrayContaining(['pull_request_target', 'workflow_run']),
    ]);
    if (name === 'pull-request.yml' || name === 'ci.yml')
      expect([name, text.includes('secrets.')]).toEqual([name, false]);
  }
});

test('what applies waits for its environment, and runs once at a time to its end', () => {
  const [, workflow] = workflows.find(([name]) => name === 'deploy-environment.yml') ?? [];
  expect(workflow.jobs.apply.environment).toBe('${{ inputs.environment }}');
  expect(workflow.concurrency).toEqual({ group: 'deploy-${{ inputs.environment }}', 'cancel-in-progress': false });
  const [, deploy] = workflows.find(([name]) => name === 'deploy.yml') ?? [];
  expect(Object.fromEntries(Object.entries<Json>(deploy.jobs).map(([name, { needs }]) => [name, needs]))).toEqual({
    development: undefined,
    staging: 'development',
    production: 'staging',
  });
});

test('no credentials of a checkout are left behind', () => {
  for (const [name, step] of steps)
    if (step.uses?.startsWith('actions/checkout@'))
      expect([name, step.with['persist-credentials']]).toEqual([name, false]);
});

test('the matrix is made of the environments, in the order in which they are deployed', () => {
  expect(
    matrixOf(load().environments).include.map(({ environment, suffix, remote }) => [environment, suffix, remote]),
  ).toEqual([
    ['development', 'DEVELOPMENT', false],
    ['staging', 'STAGING', false],
    ['production', 'PRODUCTION', true],
  ]);
});

test('the page on delivery tells of every variable, secret and workflow', () => {
  const page = readFileSync(join(__dirname, '../../../docs/delivery.md'), 'utf8');
  for (const [name, , text] of workflows) {
    for (const [, variable = ''] of text.matchAll(/vars\[format\('(\w+)_\{0\}'/g))
      expect(page).toContain(`\`${variable}_PRODUCTION\``);
    for (const [, secret = ''] of text.matchAll(/secrets\.(\w+)/g)) expect(page).toContain(`\`${secret}\``);
    if (!['ci.yml', 'deploy-environment.yml'].includes(name)) expect(page).toContain(`\`${name}\``);
  }
});

test('GitLab and Jenkins call scripts that are there', () => {
  for (const file of ['.gitlab-ci.yml', 'Jenkinsfile']) {
    const text = readFileSync(join(__dirname, '../../..', file), 'utf8');
    const scripts = [...text.matchAll(/tools\/delivery\/[\w-]+\.sh/g)].map(([script]) => script);
    expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts)
      expect([script, existsSync(join(__dirname, '../../..', script))]).toEqual([script, true]);
  }
});
