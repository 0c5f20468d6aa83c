import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { renderHostRelease } from '../../../constructs/mev-engine/host-release';
import type { Json } from '../../project';
import { PROPS } from './host/host';

/** The one way out to domains, by Squid itself with the configuration of the chart, in a network of its own. */

const HELM = process.env.HELM ?? 'helm';
const CHART = join(__dirname, '../../../constructs/mev-engine/chart');
const folder = mkdtempSync(join(tmpdir(), 'mev-proxy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rendered = (): string => {
  const values = join(folder, 'values.json');
  const files = { 'engine.json': '{}', 'limits.json': '{}' };
  writeFileSync(values, JSON.stringify({ files, proxy: { domains: ['relay.example.com', 'inside.example.com'] } }));
  const text = execFileSync(
    HELM,
    ['template', 'one', CHART, '--kube-version', '1.34.0', '--values', values, '--show-only', 'templates/proxy.yaml'],
    { encoding: 'utf8' },
  );
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Json);
  return objects.find(({ kind }) => kind === 'ConfigMap').data['squid.conf'];
};

/** What each request is answered; 000 where nobody answers. */
function answers(requests: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  const configuration = join(folder, 'squid.conf');
  const hosts = join(folder, 'hosts');
  // A listed name outside, one that turns out to be inside, and one that nobody listed.
  writeFileSync(
    hosts,
    ['192.0.2.10 relay.example.com', '10.1.2.3 inside.example.com', '192.0.2.10 other.example.com', ''].join('\n'),
  );
  writeFileSync(configuration, `${rendered()}\nhosts_file ${hosts}\n`);
  for (const file of [hosts, configuration]) chmodSync(file, 0o644);
  chmodSync(folder, 0o755);
  const script = [
    'set -e',
    'ip link set lo up',
    'for address in 192.0.2.10 10.1.2.3; do ip addr add $address/32 dev lo; done',
    // Something that takes connections wherever they go.
    'for port in 443 80; do python3 -m http.server $port >/dev/null 2>&1 & done',
    `setpriv --reuid 10000 --regid 10000 --clear-groups squid -N -f ${configuration} >/dev/null 2>&1 & squid=$!`,
    'for at in 127.0.0.1/3128 192.0.2.10/443 192.0.2.10/80; do',
    '  for _ in $(seq 100); do if (exec 3<>/dev/tcp/$at) 2>/dev/null; then break; fi; sleep 0.1; done',
    'done',
    ...Object.entries(requests).map(
      ([name, words]) =>
        `printf '%s %s\\n' ${name} "$(curl --silent --output /dev/null --max-time 5 --proxy http://127.0.0.1:3128 ${words.join(' ')} || true)"`,
    ),
    'kill $squid',
    'kill $(jobs -p) 2>/dev/null || true',
  ].join('\n');
  const { stdout, stderr, status } = spawnSync('unshare', ['--net', 'bash', '-c', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
}

const CONNECTED = ['--write-out', "'%{http_connect}'"];
const ANSWERED = ['--write-out', "'%{http_code}'"];

test('lets tunnels to listed names at port 443 through, and nothing else', () => {
  expect(
    answers({
      listed: [...CONNECTED, 'https://relay.example.com/'],
      unlisted: [...CONNECTED, 'https://other.example.com/'],
      below: [...CONNECTED, 'https://a.relay.example.com/'],
      address: [...CONNECTED, 'https://192.0.2.10/'],
      inside: [...CONNECTED, 'https://inside.example.com/'],
      port: [...CONNECTED, '--proxytunnel', 'http://relay.example.com:80/'],
      plain: [...ANSWERED, 'http://relay.example.com/'],
      cluster: [...CONNECTED, 'https://127.0.0.1/'],
    }),
  ).toEqual({
    listed: '200',
    unlisted: '403',
    below: '403',
    address: '403',
    inside: '403',
    port: '403',
    plain: '403',
    cluster: '403',
  });
}, 60_000);

test('beside a node it is told the same', () => {
  const { files } = renderHostRelease({ ...PROPS, domains: ['relay.example.com', 'inside.example.com'] });
  expect(files.get('squid.conf')?.trim()).toBe(rendered().trim());
});
