import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Configuration, type LoadOptions, loadEnvironments } from '../../environments/load';
import { ConfigurationError } from '../../environments/problem';
import { TODAY } from '../project';

/** Texts by path below `environments/`; null takes a default file away, a path that ends in a slash is a folder. */
export type Files = Readonly<Record<string, string | null>>;

/** What the default `global.yml` says. */
export const GLOBAL = `aws:
  region: eu-central-1
  zones: [eu-central-1a, eu-central-1b]
chains:
  ethereum:
    networks: [sepolia]
    clients: [geth]
`;

/** The least that loads: one small node in each environment. */
const DEFAULTS: Files = {
  'global.yml': GLOBAL,
  'development/overrides.yml': '{}\n',
  'staging/overrides.yml': '{}\n',
  'production/overrides.yml': '{}\n',
};

/** Loads the default files with these in their place. */
export function loadFiles(files: Files, options: LoadOptions = {}): Configuration {
  const root = mkdtempSync(join(tmpdir(), 'files-'));
  const folder = join(root, 'environments');
  try {
    mkdirSync(folder);
    const given = { ...DEFAULTS, ...files };
    // An environment that is there has locked nothing, unless the test says what.
    const there = Object.keys(given).filter((path) => path.endsWith('/overrides.yml') && given[path] !== null);
    const locks = there.map((path) => [path.replace('overrides.yml', 'nodes.lock.yml'), 'nodes: {}\n'] as const);
    for (const [path, text] of Object.entries({ ...Object.fromEntries(locks), ...given })) {
      if (text === null) continue;
      mkdirSync(path.endsWith('/') ? join(folder, path) : dirname(join(folder, path)), { recursive: true });
      if (!path.endsWith('/')) writeFileSync(join(folder, path), text);
    }
    return loadEnvironments(folder, { today: TODAY, ...options });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What the files are refused with, a line each; empty when they are not. Anything but a ConfigurationError is thrown. */
export function refusals(files: Files, options: LoadOptions = {}): string[] {
  try {
    loadFiles(files, options);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message.split('\n');
  }
}
