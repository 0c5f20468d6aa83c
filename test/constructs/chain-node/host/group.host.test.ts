import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChainNode, NodeGroup } from '../../../../constructs/chain-node';
import type { Json } from '../../../project';
import { SEPOLIA, synthesized } from '../../platform';

// What Terraform itself makes of a group: from one configuration to the next, is its association replaced? Only then does an
// apply wait for its nodes. Needs terraform, and nothing that it would have to download.

jest.setTimeout(60_000);

interface Member {
  readonly id: string;
  readonly day: string;
}

/** A group as it is synthesized, with instances and association as resources that stand in for those of AWS. */
function standIns(members: readonly Member[]): object {
  const { resource } = synthesized((stack, platform) => {
    const nodes = members.map(({ id, day }) => new ChainNode(stack, id, { ...SEPOLIA, osPatches: day, platform }));
    new NodeGroup(stack, 'group', { environment: 'test', nodes });
  });
  const bodies = Object.entries<Json>(resource.terraform_data).map(([name, { input }]) => [
    name,
    { input: JSON.parse(JSON.stringify(input).replaceAll('${aws_instance.', '${terraform_data.')) },
  ]);
  const instances = members.map(({ id }) => [id, {}]);
  const { lifecycle } = resource.aws_ssm_association.group;
  return {
    resource: { terraform_data: Object.fromEntries([...bodies, ...instances, ['association', { lifecycle }]]) },
  };
}

const [A, B]: readonly [Member, Member] = [
  { id: 'a', day: '2026-11-01' },
  { id: 'b', day: '2026-11-01' },
];
const present = spawnSync('terraform', ['version']).status === 0;
if (!present) console.warn('NOT RUN: no terraform here, so that nobody has seen what it makes of a group');

(present ? describe : describe.skip)('the association of a group', () => {
  let folder: string;
  const terraform = (...args: string[]): string =>
    execFileSync('terraform', [`-chdir=${folder}`, ...args], {
      encoding: 'utf8',
      env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null', TF_IN_AUTOMATION: '1' },
    });
  /** Applies, and says which resources were created, changed, replaced and destroyed. */
  const apply = (members: readonly Member[], ...args: string[]): Record<string, string> => {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(standIns(members)));
    terraform('plan', '-out=plan', '-input=false', ...args);
    const { resource_changes: changes } = JSON.parse(terraform('show', '-json', 'plan')) as Json;
    terraform('apply', '-input=false', 'plan');
    return Object.fromEntries(
      changes
        .filter(({ change }: Json) => change.actions[0] !== 'no-op')
        .map(({ name, change }: Json) => [name.replace(/_[0-9A-F]{8}$/, ''), change.actions.join('+')]),
    );
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'group-'));
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(standIns([A])));
    terraform('init', '-input=false');
    apply([A]);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const REPLACED = { association: 'delete+create', group_members: 'update' };

  test('stays when nothing changes', () => {
    expect(apply([A])).toEqual({});
  });

  test('is replaced when a release changes', () => {
    expect(apply([{ ...A, day: '2026-11-02' }])).toEqual(REPLACED);
  });

  test('is replaced when a node is added, and when one goes', () => {
    expect(apply([A, B])).toEqual({ ...REPLACED, b: 'create' });
    expect(apply([A])).toEqual({ ...REPLACED, b: 'delete' });
  });

  test('is replaced when an instance is', () => {
    expect(apply([A], '-replace=terraform_data.a')).toEqual({ ...REPLACED, a: 'delete+create' });
  });
});
