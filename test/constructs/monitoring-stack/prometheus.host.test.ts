import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { scrapeConfigs } from '../../../constructs/monitoring-stack/scrape';
import { WATCH } from './stack';

const PROMTOOL = process.env.PROMTOOL ?? 'promtool';
const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
afterAll(() => rmSync(folder, { recursive: true }));

const check = (config: object): string => {
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  return execFileSync(PROMTOOL, ['check', 'config', '--syntax-only', file], { encoding: 'utf8', stdio: 'pipe' });
};

test('promtool takes what is scraped of every node that there can be', () => {
  expect(check({ scrape_configs: scrapeConfigs(WATCH) })).toContain('SUCCESS');
});

test('promtool finds what is none', () => {
  const [first] = scrapeConfigs(WATCH);
  expect(() => check({ scrape_configs: [{ ...first, scrape_timeout: '1h' }] })).toThrow();
});
