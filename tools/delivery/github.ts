import { readFileSync } from 'node:fs';
import { marker } from '../plan-report/report';

/**
 * What workflows tell on GitHub: one comment an environment in a pull request, and one issue an environment while it drifts; each is
 * found again and updated in place.
 *
 *     node --require tsx/cjs tools/delivery/github.ts comment <environment> <file> <number of the pull request>
 *     node --require tsx/cjs tools/delivery/github.ts drift <environment> <file>
 *     node --require tsx/cjs tools/delivery/github.ts drift-is-over <environment>
 *
 * GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL are as GitHub sets them in a job (GitHub, REST API, issues and comments, 2022-11-28).
 */

interface Item {
  readonly id: number;
  readonly number: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  /** There where an item of a list of issues is a pull request. */
  readonly pull_request?: unknown;
}

interface GitHub {
  readonly token: string;
  readonly repository: string;
  readonly api: string;
}

type Method = 'GET' | 'POST' | 'PATCH';

const PAGE = 100;

async function ask(github: GitHub, method: Method, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${github.api}/repos/${github.repository}/${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${github.token}`,
      'x-github-api-version': '2022-11-28',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: GitHub answers ${response.status}`);
  return response.json();
}

/** As whom workflows speak: what somebody else wrote with the same mark is not theirs. */
const SELF = 'github-actions[bot]';

/** The first of their own of a list, page by page, whose text begins with the marker. */
async function find(github: GitHub, path: string, mark: string): Promise<Item | undefined> {
  for (let page = 1; ; page += 1) {
    const query = `${path}${path.includes('?') ? '&' : '?'}per_page=${PAGE}&page=${page}`;
    const items = (await ask(github, 'GET', query)) as readonly Item[];
    const found = items.find(
      ({ body, user, pull_request: request }) =>
        body?.startsWith(mark) && user?.login === SELF && request === undefined,
    );
    if (found || items.length < PAGE) return found;
  }
}

/** The comment about an environment, made or updated in place. */
export async function comment(github: GitHub, environment: string, text: string, pullRequest: string): Promise<void> {
  const known = await find(github, `issues/${pullRequest}/comments`, marker(environment));
  if (known) await ask(github, 'PATCH', `issues/comments/${known.id}`, { body: text });
  else await ask(github, 'POST', `issues/${pullRequest}/comments`, { body: text });
}

const driftMark = (environment: string): string => `<!-- drift:${environment} -->`;
const openIssues = 'issues?state=open';

/** The issue about an environment that is not as it was planned, opened or updated. */
export async function drift(github: GitHub, environment: string, text: string): Promise<void> {
  const body = `${driftMark(environment)}\n${text}`;
  const known = await find(github, openIssues, driftMark(environment));
  if (known) await ask(github, 'PATCH', `issues/${known.number}`, { body });
  else await ask(github, 'POST', 'issues', { title: `${environment} is not as it is configured`, body });
}

/** Closes that issue, where there is one. */
export async function driftIsOver(github: GitHub, environment: string): Promise<void> {
  const known = await find(github, openIssues, driftMark(environment));
  if (known) await ask(github, 'PATCH', `issues/${known.number}`, { state: 'closed', state_reason: 'completed' });
}

async function main([command, environment, file, pullRequest]: readonly string[]): Promise<void> {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_API_URL: api } = process.env;
  if (!token || !repository || !api)
    throw new Error('GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL must be set, as in a job of GitHub');
  const github = { token, repository, api };
  if (command === 'comment' && environment && file && pullRequest)
    return comment(github, environment, readFileSync(file, 'utf8'), pullRequest);
  if (command === 'drift' && environment && file) return drift(github, environment, readFileSync(file, 'utf8'));
  if (command === 'drift-is-over' && environment) return driftIsOver(github, environment);
  throw new Error(
    'usage: github.ts comment <environment> <file> <pull request> | drift <environment> <file> | drift-is-over <environment>',
  );
}

if (require.main === module)
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
