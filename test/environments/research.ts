import { STRATEGY, withEngine } from './engines';
import type { Files } from './files';

/** A production with a fork and the backtest of a strategy in research, which loads; tests change one thing of it. */

export const IDEA = STRATEGY.replace('name: USDC', 'name: Idea');

export const RESEARCH = `  research:
    enabled: true
    forks:
      ethereum: { chain: ethereum }
`;

type Changes = NonNullable<Parameters<typeof withEngine>[0]>;

/** `research` stands in place of the section, `idea` of the strategy. */
export const withResearch = ({
  research = RESEARCH,
  idea = IDEA,
  production = [],
  ...others
}: Changes & { readonly research?: string; readonly idea?: string } = {}): Files =>
  withEngine({
    ...others,
    production: [
      ['  kill_switch_secret: kill-switch\n', `  kill_switch_secret: kill-switch\n${research}`],
      ...production,
    ],
    files: { 'strategies/research/idea.yml': idea, ...others.files },
  });

/** The section with another line in place of one that stands exactly once. */
export function changed(from: string, to: string): string {
  if (RESEARCH.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once`);
  return RESEARCH.replace(from, to);
}
