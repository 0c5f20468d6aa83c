import { type Danger, dangersOf, type Permissions } from './dangers';
import { detailsOf } from './details';
import type { Action, Plan, ResourceChange } from './plan';
import { engineWords, nodeWords, type Said } from './words';

/** A plan as a person reads it: what would be lost first, then how much, what it means, and every detail folded. */

/** What a check goes by: nothing changes, something does, or something would be lost that nobody allowed. */
export type Verdict = 'nothing' | 'changes' | 'dangerous';

export interface Report {
  readonly verdict: Verdict;
  /** Markdown. */
  readonly text: string;
}

export interface ReportProps {
  readonly environment: string;
  readonly plan: Plan;
  readonly permissions: Permissions;
  /** Lines of warnings about the configuration, as synthesis prints them. */
  readonly warnings: readonly string[];
  /** What it is made from, in a few words, such as `without cloud: two synthesized outputs`. */
  readonly basis?: string;
}

/** A comment of GitHub holds 65536 characters; some are left for what platforms add. */
export const COMMENT_LIMIT = 60_000;

/** By it a comment is found again. */
export const marker = (environment: string): string => `<!-- plan:${environment} -->`;

export function reportOf({ environment, plan, permissions, warnings, basis }: ReportProps): Report {
  const dangers = dangersOf(plan, permissions);
  const forbidden = dangers.filter(({ permitted }) => permitted === undefined);
  const verdict: Verdict =
    forbidden.length > 0 ? 'dangerous' : plan.changes.length > 0 || outputsChange(plan) ? 'changes' : 'nothing';
  const sections = [
    `${marker(environment)}\n## ${environment}: ${headline(plan, forbidden.length)}`,
    ...(basis === undefined ? [] : [`_${basis}_`]),
    ...(plan.errored
      ? ['**The plan ended by an error.** What is not in it may change as well; nothing of it can be applied.']
      : []),
    ...(dangers.length === 0 ? [] : [dangerSection(dangers)]),
    ...unusedPermissions(dangers, permissions),
    // Where the headline does not say so.
    ...(forbidden.length === 0 || plan.changes.length === 0 ? [] : [`**${counts(plan.changes)}**`]),
    ...saidSection('Nodes', nodeWords(plan)),
    ...saidSection('Engines', engineWords(plan)),
    ...(warnings.length === 0 ? [] : [`### Warnings\n\n${warnings.map((line) => `- ${plain(line)}`).join('\n')}`]),
    ...(plan.drift.length === 0 ? [] : [folded('Changed by others since the last apply', plan.drift)]),
    ...(plan.changes.length === 0 ? [] : [folded('Every change', plan.changes)]),
  ];
  return { verdict, text: `${sections.join('\n\n')}\n` };
}

/** The beginning of a report, where all of it is too long, and where the rest is. */
export function cutReport(text: string, limit: number, whole: string): string {
  if (text.length <= limit) return text;
  const rest = `\n\n…\n\n**This is not all of it**: ${text.length} characters, of which a comment holds ${limit}. ${whole}\n`;
  // Whatever is opened is closed: a fence of code, and what is folded.
  const ends = '\n```\n</details>';
  let kept = text.slice(0, limit - rest.length - ends.length);
  kept = kept.slice(0, kept.lastIndexOf('\n'));
  const open = (kept.match(/^```/gm)?.length ?? 0) % 2 === 1 ? '\n```' : '';
  const unfolded = kept.split('<details>').length > kept.split('</details>').length ? '\n</details>' : '';
  return `${kept}${open}${unfolded}${rest}`;
}

const outputsChange = ({ outputs }: Plan): boolean => JSON.stringify(outputs.before) !== JSON.stringify(outputs.after);

function headline(plan: Plan, forbidden: number): string {
  if (forbidden > 0)
    return `:rotating_light: ${forbidden} ${forbidden === 1 ? 'change' : 'changes'} that must not be applied`;
  if (plan.changes.length > 0) return counts(plan.changes);
  return outputsChange(plan) ? 'nothing but what is told of it changes' : 'nothing changes';
}

const ORDER: readonly Action[] = ['destroy', 'replace', 'forget', 'update', 'create'];
const TO: Readonly<Record<Action, string>> = {
  destroy: 'to destroy',
  replace: 'to replace',
  forget: 'to forget',
  update: 'to change',
  create: 'to create',
};

const counts = (changes: readonly ResourceChange[]): string =>
  ORDER.flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length;
    return count === 0 ? [] : [`${count} ${TO[action]}`];
  }).join(', ');

function dangerSection(dangers: readonly Danger[]): string {
  const lines = dangers.map(
    ({ address, what, means, permitted }) =>
      `- ${permitted === undefined ? ':x:' : ':white_check_mark:'} \`${address}\` ${what}: ${plain(means)}.${permitted === undefined ? '' : ` _${plain(permitted)}_`}`,
  );
  const forbidden = dangers.filter(({ permitted }) => permitted === undefined);
  const nodes = [...new Set(forbidden.flatMap(({ node }) => node ?? []))].sort();
  const addresses = [...new Set(forbidden.filter(({ node }) => node === undefined).map(({ address }) => address))];
  const how =
    forbidden.length === 0
      ? 'The configuration allows all of it.'
      : [
          'If this is not wanted, put back what the configuration had. If it is, say so in the overrides:',
          ...(nodes.length > 0
            ? [`the nodes that shall go under \`retire\` (${nodes.join(', ')}), or the address under \`allow\``]
            : []),
          ...(addresses.length > 0 ? [`under \`allow\`: ${addresses.map((one) => `\`${one}\``).join(', ')}`] : []),
        ].join(' ');
  return `### What would be lost, or go down\n\n${lines.join('\n')}\n\n${how}`;
}

function unusedPermissions(dangers: readonly Danger[], { allow }: Permissions): readonly string[] {
  const unused = [...allow].filter(([address]) => !dangers.some((danger) => danger.address === address));
  return unused.map(
    ([address, at]) => `\`${address}\` is allowed by ${at}, and nothing happens to it: remove the line.`,
  );
}

function saidSection(title: string, said: readonly Said[]): readonly string[] {
  if (said.length === 0) return [];
  const rows = said.map(({ name, words }) => `| ${name} | ${words.map(cell).join('<br>')} |`);
  return [`### ${title}\n\n| | |\n|---|---|\n${rows.join('\n')}`];
}

const cell = (text: string): string => plain(text).replaceAll('|', '\\|');

/** Text that makes no Markdown or HTML of its own. */
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('<', '&lt;').replaceAll('`', "'");

const SIGN: Readonly<Record<Action, string>> = { create: '+', update: '~', destroy: '-', replace: '-/+', forget: '.' };

function folded(title: string, changes: readonly ResourceChange[]): string {
  const lines = changes.flatMap((change) => {
    const { action, address, deposed, because } = change;
    const name = deposed === undefined ? address : `${address} (deposed ${deposed})`;
    const why = because.length === 0 ? '' : ` (${because.join(', ')})`;
    // What is new or goes is known by its name; what changes is not.
    const details = action === 'update' || action === 'replace' ? detailsOf(change) : [];
    return [`${SIGN[action]} ${name}${why}`, ...details.map((line) => `    ${line}`)];
  });
  // A fence within a value would end this one.
  const text = lines.join('\n').replaceAll('```', "'''");
  return `<details><summary>${title}: ${counts(changes)}</summary>\n\n\`\`\`diff\n${text}\n\`\`\`\n</details>`;
}
