import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlan } from '../../../tools/plan-report/plan';
import { reportOf } from '../../../tools/plan-report/report';
import type { Json } from '../../project';

/** Plans that Terraform itself makes, with the provider that it brings along: what they look like, and what is told of them. */

const present = spawnSync('terraform', ['version']).status === 0;
if (!present) console.warn('terraform is not there: plans that it makes are not read');

const NONE = { retire: new Map(), allow: new Map() };

const SECRET = 'of-nobody-else';

/** Applies one configuration, plans another, and answers with the JSON of that plan. */
function planned(before: Json, after: Json): string {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  const terraform = (...words: readonly string[]): string =>
    execFileSync('terraform', [`-chdir=${folder}`, ...words], {
      encoding: 'utf8',
      env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' },
      maxBuffer: 2 ** 26,
    });
  const write = (stack: Json): void => writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(stack));
  try {
    write(before);
    terraform('init', '-input=false');
    terraform('apply', '-input=false', '-auto-approve');
    write(after);
    terraform('plan', '-input=false', '-out=plan.bin');
    return terraform('show', '-json', 'plan.bin');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const stack = (data: Json, rest: Json = {}): Json => ({ resource: { terraform_data: data }, ...rest });
const variable = { secret: { type: 'string', sensitive: true, default: SECRET } };

(present ? describe : describe.skip)('a plan of Terraform', () => {
  let text: string;
  beforeAll(() => {
    text = planned(
      stack(
        {
          same: { input: 'same' },
          grown: { input: { size: 1, name: 'disk' } },
          moved: { triggers_replace: ['a'], input: 'moved' },
          gone: { input: 'gone' },
          tied: { input: 'tied', lifecycle: { replace_triggered_by: ['terraform_data.grown'] } },
          hidden: { input: { secret: '${var.secret}', shown: 1 } },
          late: { input: 'early' },
        },
        {
          variable,
          output: {
            nodes: {
              value: { 'ethereum-mainnet-geth': { group: 'ethereum-mainnet', programs: { geth: 'v1.17.10' } } },
            },
            secret: { value: '${var.secret}', sensitive: true },
          },
        },
      ),
      stack(
        {
          same: { input: 'same' },
          grown: { input: { size: 2, name: 'disk' } },
          moved: { triggers_replace: ['b'], input: 'moved' },
          tied: { input: 'tied', lifecycle: { replace_triggered_by: ['terraform_data.grown'] } },
          hidden: { input: { secret: '${join("", [var.secret, "-more"])}', shown: 2 } },
          late: { input: '${terraform_data.new.id}' },
          new: { input: 'new' },
        },
        {
          variable,
          output: {
            nodes: {
              value: { 'ethereum-mainnet-geth': { group: 'ethereum-mainnet', programs: { geth: 'v1.17.11' } } },
            },
            secret: { value: '${join("", [var.secret, "-more"])}', sensitive: true },
          },
        },
      ),
    );
  });

  test('has every kind of change, and why something is replaced', () => {
    const { changes, errored } = readPlan(text);
    expect(errored).toBe(false);
    expect(Object.fromEntries(changes.map(({ name, action, because }) => [name, [action, because]]))).toEqual({
      gone: ['destroy', []],
      grown: ['update', []],
      hidden: ['update', []],
      late: ['update', []],
      moved: ['replace', ['triggers_replace']],
      new: ['create', []],
      tied: ['replace', ['what it is tied to changes']],
    });
  });

  test('is told without what is sensitive, and with what is known later', () => {
    const { text: report, verdict } = reportOf({
      environment: 'production',
      plan: readPlan(text),
      permissions: NONE,
      warnings: [],
    });
    expect(verdict).toBe('changes');
    expect(report).toContain('## production: 1 to destroy, 2 to replace, 3 to change, 1 to create\n');
    expect(report).not.toContain(SECRET);
    expect(report).toContain('| ethereum-mainnet-geth | geth v1.17.10 → v1.17.11 |\n');
    for (const line of [
      '- terraform_data.gone',
      '-/+ terraform_data.moved (triggers_replace)',
      '      input.size: 1 → 2',
      '      input.secret: changes (sensitive)',
      '      input.shown: 1 → 2',
      '      input: "early" → (known after apply)',
    ])
      expect(report.split('\n')).toContain(line);
  });

  test('is nothing, when nothing changes', () => {
    const one = stack({ same: { input: 'same' } }, { output: { nodes: { value: {} } } });
    const { verdict, text: report } = reportOf({
      environment: 'production',
      plan: readPlan(planned(one, one)),
      permissions: NONE,
      warnings: [],
    });
    expect([verdict, report]).toEqual(['nothing', '<!-- plan:production -->\n## production: nothing changes\n']);
  });
});
