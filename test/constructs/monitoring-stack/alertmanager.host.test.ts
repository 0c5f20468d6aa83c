import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { INHIBITIONS } from '../../../constructs/monitoring-stack/alerts';
import { messageTemplates, type Receivers } from '../../../constructs/monitoring-stack/routing';
import { routing, TABLE } from './routes';
import { RECEIVERS } from './stack';

/** The configuration as amtool reads it, and its templates as it fills them in. */

const AMTOOL = process.env.AMTOOL ?? 'amtool';
const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true }));

for (const [name, text] of Object.entries(messageTemplates())) writeFileSync(join(folder, name), text);

/** Writes a configuration. amtool 0.25 knows no `url_file` of webhooks, which came with 0.26: a URL stands in for it. */
function fileOf(receivers: Receivers): string {
  const file = join(folder, 'alertmanager.yml');
  const config = { ...routing(receivers, 'production', INHIBITIONS), templates: [join(folder, '*.tmpl')] };
  writeFileSync(file, stringify(config).replaceAll(/\burl_file: \S+/g, 'url: http://127.0.0.1/'));
  return file;
}

const amtool = (...words: string[]): string => execFileSync(AMTOOL, words, { encoding: 'utf8', stdio: 'pipe' });

describe('amtool', () => {
  test.each([
    ['every receiver', RECEIVERS],
    ['no receiver', {}],
    ['chat alone', { slack: { secret: 's', channel: '#alerts' } }],
  ] as const)('takes the configuration with %s, and its templates', (_, receivers) => {
    const said = amtool('check-config', fileOf(receivers));
    expect(said).toContain('SUCCESS');
    expect(said).toContain('1 templates');
  });

  test('finds what is no configuration', () => {
    const file = join(folder, 'wrong.yml');
    writeFileSync(file, 'route: { receiver: a, gruop_by: [] }\nreceivers: [{ name: a }]\n');
    expect(() => amtool('check-config', file)).toThrow();
  });

  test.each(TABLE)('sends %j to %s', (labels, expected) => {
    const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const said = amtool('config', 'routes', 'test', `--config.file=${fileOf(RECEIVERS)}`, ...words);
    expect(said.trim()).toBe(expected);
  });
});

describe('messages', () => {
  const alert = {
    status: 'firing',
    labels: {
      alertname: 'HeadStale',
      node: 'base-mainnet-reth',
      chain: 'base',
      network: 'mainnet',
      severity: 'critical',
      environment: 'production',
    },
    annotations: {
      summary: 'The head is 93 s old.',
      runbook_url: 'https://runbooks.test/head-stale',
    },
    startsAt: '2026-11-25T04:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
  };

  function render(name: string, alerts: readonly object[], status = 'firing'): string {
    const data = join(folder, 'data.json');
    const { labels, annotations } = alert;
    writeFileSync(
      data,
      JSON.stringify({
        receiver: 'critical',
        status,
        alerts,
        groupLabels: {},
        commonLabels: labels,
        commonAnnotations: annotations,
      }),
    );
    return amtool(
      'template',
      'render',
      `--template.glob=${join(folder, '*.tmpl')}`,
      `--template.data=${data}`,
      `--template.text={{ template "${name}" . }}`,
    ).trim();
  }

  test('say what is wrong where, since when, and what to do', () => {
    expect(render('chain.title', [alert])).toBe('[FIRING 1] HeadStale on base-mainnet-reth (production)');
    expect(render('chain.text', [alert])).toBe(
      '• *base-mainnet-reth*: The head is 93 s old. _since 2026-11-25 04:00 UTC, critical_ <https://runbooks.test/head-stale|runbook>',
    );
    expect(render('chain.plain', [alert])).toBe(
      'base-mainnet-reth: The head is 93 s old. (since 2026-11-25 04:00 UTC, critical) https://runbooks.test/head-stale',
    );
    expect(render('chain.link', [alert])).toBe('https://runbooks.test/head-stale');
    expect(render('chain.color', [alert])).toBe('danger');
    expect(render('chain.subject', [alert])).toBe('FIRING HeadStale production');
  });

  test('say when it is over', () => {
    const over = { ...alert, status: 'resolved' };
    expect(render('chain.title', [over], 'resolved')).toBe('[RESOLVED] HeadStale on base-mainnet-reth (production)');
    expect(render('chain.text', [over], 'resolved')).toBe('• resolved: *base-mainnet-reth*: The head is 93 s old.');
    expect(render('chain.color', [over], 'resolved')).toBe('good');
  });
});
