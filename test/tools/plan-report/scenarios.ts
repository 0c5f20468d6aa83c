import type { Configuration } from '../../../environments/load';
import { saidOf } from '../../../tools/plan-report/permissions';
import { type Report, reportOf } from '../../../tools/plan-report/report';
import { compareStacks } from '../../../tools/plan-report/synthesized';
import { PRODUCTION, STRATEGY, withEngine } from '../../environments/engines';
import { type Files, loadFiles } from '../../environments/files';
import { type Edits, load, swap, synthesize } from '../../project';

/** Edits that people make, and what a report says of each: tests judge them, and the docs show them. */

interface Scenario {
  readonly title: string;
  /** What was edited, in a few words. */
  readonly edit: string;
  report(): Report;
}

const FILE = 'production/overrides.yml';
const LOCK = 'production/nodes.lock.yml';

const compared = (before: Configuration, after: Configuration, environment = 'production'): Report => {
  const [was, is] = [synthesize(before), synthesize(after)];
  const said = saidOf(after, environment);
  if (!said) throw new Error(`no ${environment}`);
  const plan = compareStacks(JSON.stringify(was[environment]), JSON.stringify(is[environment]));
  return reportOf({ environment, plan, ...said });
};

const edited = (edits: Edits): Report => compared(load(), load(edits));

/** Files with one that is there twice in them, so that a strategy can be moved. */
const stages = (stage: string): Files => ({
  ...withEngine({ files: { [`strategies/${stage}/other.yml`]: STRATEGY.replace('name: USDC', 'name: Other') } }),
  'production/overrides.yml': PRODUCTION,
});

const withoutReth = swap('clients: [geth, reth]', 'clients: [geth]');
const withoutSettings = (text: string): string =>
  withoutReth(text).replace('      mainnet-reth:\n        zone: eu-central-1b\n', '');

/** The lock without the lines of one node. */
const unlocked =
  (id: string) =>
  (text: string): string =>
    text.replace(new RegExp(`  ${id}:\\n(?:    .*\\n)+`), '');

const AVALANCHE_LOCK = `  avalanche-mainnet-avalanchego:
    zone: eu-central-1a
    tier: public
    vpc: Name=mev
    architecture: x86_64
    storage: instance-store
    instance_type: i7i.2xlarge
`;

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'A version bump',
    edit: '`chains.ethereum.version: { geth: v1.17.11 }`',
    report: () =>
      edited({
        [FILE]: swap('    clients: [geth, reth]\n', '    clients: [geth, reth]\n    version: { geth: v1.17.11 }\n'),
      }),
  },
  {
    title: 'A grown disk',
    edit: '`volume.size` from 4 TiB to 5 TiB',
    report: () => edited({ [FILE]: swap('size: 4 TiB', 'size: 5 TiB'), [LOCK]: swap('size: 4 TiB', 'size: 5 TiB') }),
  },
  {
    title: 'A new chain',
    edit: '`chains.avalanche` with a node, and `npm run config -- production lock`',
    report: () =>
      edited({
        [FILE]: swap('\nbackup:\n', '\n  avalanche:\n    networks: [mainnet]\n    clients: [avalanchego]\n\nbackup:\n'),
        [LOCK]: swap('nodes:\n', `nodes:\n${AVALANCHE_LOCK}`),
      }),
  },
  {
    title: 'A retired node',
    edit: 'reth is taken out of `clients`, and named under `retire`',
    report: () => edited({ [FILE]: (text) => `${withoutSettings(text)}\nretire: [ethereum-mainnet-reth]\n` }),
  },
  {
    title: 'A node dropped by mistake, and the lock edited too',
    edit: 'reth is taken out of `clients`, which synthesis refuses as long as the lock has it; and its lines are taken out of `nodes.lock.yml` as well',
    report: () => edited({ [FILE]: withoutSettings, [LOCK]: unlocked('ethereum-mainnet-reth') }),
  },
  {
    title: 'A moved strategy',
    edit: '`git mv environments/strategies/testing/other.yml environments/strategies/active/`',
    report: () => compared(loadFiles(stages('testing')), loadFiles(stages('active'))),
  },
];
