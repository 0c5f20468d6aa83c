import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { close, portOf, run, serve } from '../chain-node/chart/programs';

/** What puts a plugin where Grafana looks for it, as its container runs it. */

const SCRIPT = join(__dirname, '../../../constructs/monitoring-stack/chart/files/grafana-plugin.sh');
const PLUGIN = 'grafana-clickhouse-datasource';
const folder = mkdtempSync(join(tmpdir(), 'plugin-'));
const plugins = join(folder, 'plugins');

let server: Server;
const asked: string[] = [];
let answer: Buffer | undefined;

/** An archive as the catalogue has it: a folder that is called as the plugin. */
function archive(name: string, version: string): Buffer {
  const at = mkdtempSync(join(folder, 'archive-'));
  mkdirSync(join(at, name));
  writeFileSync(join(at, name, 'plugin.json'), JSON.stringify({ id: name, version }));
  execFileSync('zip', ['-q', '-r', 'plugin.zip', name], { cwd: at });
  return readFileSync(join(at, 'plugin.zip'));
}

beforeAll(async () => {
  server = await serve((request, response) => {
    asked.push(request.url ?? '');
    // By another address, as the catalogue sends to its store.
    if (request.url?.startsWith('/api/')) response.writeHead(302, { location: '/store' }).end();
    else if (answer) response.end(answer);
    else response.writeHead(503).end();
  });
});
afterAll(async () => {
  await close(server);
  rmSync(folder, { recursive: true });
});

const put = (version = '4.20.0') =>
  run(['bash', SCRIPT], {
    PLUGIN,
    VERSION: version,
    FOLDER: plugins,
    CATALOG: `http://127.0.0.1:${portOf(server)}`,
    TRIES: '0',
  });
const installed = (): unknown => JSON.parse(readFileSync(join(plugins, PLUGIN, 'plugin.json'), 'utf8'));

test('lets Grafana start without it while it cannot be had, and says so', async () => {
  const { status, output } = await put();
  expect(status).toBe(0);
  expect(output).toContain(`${PLUGIN} 4.20.0 cannot be had from http://127.0.0.1:`);
  expect(readdirSync(plugins)).toEqual([]);
});

test('puts the version there that it was told, for this machine', async () => {
  answer = archive(PLUGIN, '4.20.0');
  asked.length = 0;
  expect(await put()).toEqual({ status: 0, output: `${PLUGIN} 4.20.0\n` });
  expect(asked[0]).toMatch(
    /^\/api\/plugins\/grafana-clickhouse-datasource\/versions\/4\.20\.0\/download\?os=linux&arch=(amd64|arm64)$/,
  );
  expect(installed()).toEqual({ id: PLUGIN, version: '4.20.0' });
  expect(readdirSync(plugins)).toEqual([PLUGIN]);
});

test('puts another version into its place, and keeps it when the next cannot be had', async () => {
  answer = archive(PLUGIN, '4.21.0');
  await put('4.21.0');
  expect(installed()).toEqual({ id: PLUGIN, version: '4.21.0' });
  answer = undefined;
  expect((await put('4.22.0')).status).toBe(0);
  expect(installed()).toEqual({ id: PLUGIN, version: '4.21.0' });
});

test('takes nothing that is another plugin, or no archive', async () => {
  for (const wrong of [archive('other', '4.20.0'), Buffer.from('<html>')]) {
    rmSync(plugins, { recursive: true });
    answer = wrong;
    const { status, output } = await put();
    expect([status, existsSync(join(plugins, PLUGIN))]).toEqual([0, false]);
    expect(output).toContain('cannot be had');
    expect(readdirSync(plugins)).toEqual([]);
  }
});
