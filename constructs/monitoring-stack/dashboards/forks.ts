import { FORK_DAYS } from '../thresholds';
import { type DashboardDefinition, stat, table } from './panels';
import {
  AHEAD,
  CHOSEN,
  count,
  FLEET_VARIABLES,
  FORK_READING,
  forkDays,
  forkTimes,
  NUMBER,
  UNDATED_FORKS,
  warns,
} from './queries';

const FORK = 'by (chain, network, fork, least)';
/** How long a fork is still shown when it has been: a node that could not follow is found in that time. */
const PAST_DAYS = 90;
const PAST = `< time() > time() - ${PAST_DAYS * 86_400}`;
const ROWS = ['chain', 'network', 'fork', 'least'];
const DATE = { name: 'Date', unit: 'dateTimeAsIso' } as const;
/** Grafana's dates are in milliseconds. */
const dates = (when: string): string => `max ${FORK} (${forkTimes(when)}) * 1000`;
const leads = { chain: { to: 'chains-chain', with: ['chain', 'network'] } };

/** Forks of the networks that an environment runs. They are the catalogue's: whoever adds one there adds it here. */
export const forks = (): DashboardDefinition => ({
  uid: 'chains-forks',
  title: 'Fork calendar',
  about: 'Which client must be upgraded by when?',
  past: '24h',
  refresh: '1h',
  variables: FLEET_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Next fork',
          about: 'Until the next fork of a network that runs here. Normal: weeks, or every client new enough.',
          query: `min(${forkDays(AHEAD)})`,
          ...FORK_READING,
          width: 6,
        }),
        stat({
          title: 'Soon',
          about: `Forks in the next ${FORK_DAYS.warning} days. Normal: 0, or every client new enough.`,
          query: count(forkTimes(`${AHEAD} < time() + ${FORK_DAYS.warning * 86_400}`)),
          unit: 'none',
          decimals: 0,
          steps: warns(1, 3),
          width: 6,
        }),
        stat({
          title: 'Ahead',
          about: 'Forks that have a date and are still to come. Normal: any number.',
          query: count(forkTimes(AHEAD)),
          ...NUMBER,
          width: 6,
        }),
        stat({
          title: 'Without a date',
          about: 'Forks that are announced for a day that nobody knows yet. Normal: any number.',
          query: count(UNDATED_FORKS),
          ...NUMBER,
          width: 6,
        }),
      ],
    },
    {
      title: 'Ahead',
      panels: [
        table({
          title: 'Forks ahead',
          about: 'What each needs at least, of each client. Normal: no red while a node runs less.',
          rows: ROWS,
          columns: [
            { name: 'In', expr: `min ${FORK} (${forkDays(AHEAD)})`, ...FORK_READING },
            { ...DATE, expr: dates(AHEAD) },
          ],
          sort: { by: 'In' },
          leads,
          height: 8,
        }),
        table({
          title: 'Nodes that must follow',
          about:
            'Nodes of the networks whose fork is ahead, by the next one. Normal: each runs what the table above asks for.',
          rows: ['node', 'client', 'chain', 'network'],
          columns: [
            {
              name: 'In',
              expr: `max by (node, client, chain, network) (chain_info{${CHOSEN}}) * on (chain, network) group_left () min by (chain, network) (${forkDays(AHEAD)})`,
              ...FORK_READING,
            },
          ],
          sort: { by: 'In' },
          leads: { node: { to: 'chains-node', with: ['node'] } },
          height: 8,
        }),
      ],
    },
    {
      title: 'Without a date, and past',
      panels: [
        table({
          title: 'Announced without a date',
          about: 'What they will need at least. Normal: few; when one has a date, it is added to the catalogue.',
          rows: ROWS,
          columns: [{ name: 'Announced', expr: `max ${FORK} (${UNDATED_FORKS})`, unit: 'none' }],
          leads,
          height: 6,
        }),
        table({
          title: `Past ${PAST_DAYS} days`,
          about: 'Forks that have been; a node that stands since that day was not upgraded. Normal: all nodes healthy.',
          rows: ROWS,
          columns: [
            { name: 'In', expr: `max ${FORK} (${forkDays(PAST)})`, unit: 'd', decimals: 0 },
            { ...DATE, expr: dates(PAST) },
          ],
          sort: { by: 'In', descending: true },
          leads,
          height: 8,
        }),
      ],
    },
  ],
});
