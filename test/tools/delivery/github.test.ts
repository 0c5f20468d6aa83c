import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { comment, drift, driftIsOver } from '../../../tools/delivery/github';
import type { Json } from '../../project';

/** One comment and one issue, found again and updated, against a server that answers as GitHub does. */

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Json;
}

let asked: Asked[] = [];
let lists: Readonly<Record<string, readonly Json[]>> = {};
let server: Server;
let github: { readonly token: string; readonly repository: string; readonly api: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      asked.push({
        method,
        path: url,
        authorization: headers.authorization,
        body: text === '' ? undefined : JSON.parse(text),
      });
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      if (pathname.includes('/forbidden/')) return response.writeHead(403).end('{}');
      const all = lists[pathname] ?? [];
      const [size, page] = [Number(searchParams.get('per_page')), Number(searchParams.get('page'))];
      return response.end(JSON.stringify(method === 'GET' ? all.slice((page - 1) * size, page * size) : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  github = {
    token: 'a-token',
    repository: 'acme/infra',
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  lists = {};
});

const BOT = { login: 'github-actions[bot]' };
const COMMENTS = '/repos/acme/infra/issues/12/comments';
const ISSUES = '/repos/acme/infra/issues';
const written = () =>
  asked.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => ({ method, path, body }));
const text = '<!-- plan:production -->\n## production';

test('a comment is made once', async () => {
  await comment(github, 'production', text, '12');
  expect(written()).toEqual([{ method: 'POST', path: COMMENTS, body: { body: text } }]);
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer a-token']));
});

test('and then updated in place, however many are before it; that of another environment stays', async () => {
  const others = Array.from({ length: 150 }, (_, id) => ({ id, body: 'of a person' }));
  lists = {
    [COMMENTS]: [
      { id: 1, body: '<!-- plan:staging -->\n' },
      ...others,
      { id: 999, user: BOT, body: '<!-- plan:production -->\nold' },
    ],
  };
  await comment(github, 'production', text, '12');
  expect(written()).toEqual([{ method: 'PATCH', path: `${ISSUES}/comments/999`, body: { body: text } }]);
});

test('a person who quotes the mark is not written over', async () => {
  lists = {
    [COMMENTS]: [
      { id: 5, body: 'what is <!-- plan:production --> for?' },
      { id: 6, body: null },
    ],
  };
  await comment(github, 'production', text, '12');
  expect(written()).toMatchObject([{ method: 'POST' }]);
});

test('what somebody else begins with the mark is not written over', async () => {
  const body = '<!-- plan:production -->\nnothing changes';
  lists = { [COMMENTS]: [{ id: 8, user: { login: 'mallory' }, body }] };
  await comment(github, 'production', text, '12');
  expect(written()).toMatchObject([{ method: 'POST' }]);
  asked = [];
  lists = { [ISSUES]: [{ number: 9, user: BOT, pull_request: {}, body: '<!-- drift:production -->' }] };
  await driftIsOver(github, 'production');
  expect(written()).toEqual([]);
});

test('an issue of drift is opened, updated, and closed when it is over', async () => {
  await driftIsOver(github, 'production');
  expect(written()).toEqual([]);
  await drift(github, 'production', text);
  lists = {
    [ISSUES]: [
      { number: 3, body: '<!-- drift:staging -->\n' },
      { number: 7, user: BOT, body: '<!-- drift:production -->\n' },
    ],
  };
  await drift(github, 'production', text);
  await driftIsOver(github, 'production');
  const body = `<!-- drift:production -->\n${text}`;
  expect(written()).toEqual([
    { method: 'POST', path: ISSUES, body: { title: 'production is not as it is configured', body } },
    { method: 'PATCH', path: `${ISSUES}/7`, body: { body } },
    { method: 'PATCH', path: `${ISSUES}/7`, body: { state: 'closed', state_reason: 'completed' } },
  ]);
});

test('what GitHub refuses is told without the token', async () => {
  const call = comment({ ...github, repository: 'acme/forbidden' }, 'production', text, '12');
  await expect(call).rejects.toThrow(/^GET issues\/12\/comments\?per_page=100&page=1: GitHub answers 403$/);
});
