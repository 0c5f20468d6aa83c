import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export const scripts = path.join(__dirname, '../../../../constructs/chain-node/host');
const fakes = path.join(__dirname, 'fakes');

export interface Result {
  readonly status: number | string;
  /** stdout and stderr, in order */
  readonly output: string;
}

export interface Release {
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Stands in for prepare-disk.sh where no disk can be had: only the fact of being mounted matters there. */
const mountedDisk = `#!/bin/bash
. record
record prepare-disk "$@"
[ ! -e "$FAKE/unmounted" ] || exit 1
mkdir -p "$ROOT/data"
`;

/** Stands in for bootstrap.sh, which has tests of its own: a bootstrap is pending when $FAKE/bootstrap-pending is there. */
const noBootstrap = `#!/bin/bash
. record
record bootstrap "$@"
[ ! -e "$FAKE/bootstrap-pending" ]
`;

/**
 * Stands in for lease.sh, which has tests of its own: another node holds the lease when $FAKE/lease-held is there, this one
 * when $FAKE/lease-<why> is.
 */
const ownLease = `#!/bin/bash
. record
record lease "$@"
if [ "$1" = release ]; then rm -f "$FAKE/lease-$2"; exit; fi
[ ! -e "$FAKE/lease-held" ] && touch "$FAKE/lease-$2"
`;

/** Stands in for health-check.sh where nothing runs that it could ask: says what $FAKE/health says, a line a look. */
const saidHealth = `#!/bin/bash
. record
record health-check "$@"
line=$(head -n 1 "$FAKE/health" 2>/dev/null) || true
[ "$(wc -l <"$FAKE/health" 2>/dev/null || echo 0)" -le 1 ] || sed -i 1d "$FAKE/health"
echo "\${line#* }"
exit "\${line%% *}"
`;

export const nodeEnvironment: Readonly<Record<string, string>> = {
  NODE_ID: 'chain-testnet-client',
  METRICS_NAME: 'test-chain-testnet-client',
  CHAIN: 'chain',
  NETWORK: 'testnet',
  CLIENT: 'client',
  FILESYSTEM_LABEL: 'chain-testnet-c',
  ENVIRONMENT: 'test',
  GROUP: 'chain-testnet',
  USER_ID: '1500',
  STOP_GRACE_SECONDS: '300',
  LEASE_SECONDS: '12345',
  PROCESSES: '"one two"',
  DATA_DIRECTORIES: '"data/testnet/one data/testnet/two"',
  SECRETS: '"jwt"',
  HOST_VALUES: '"PUBLIC_IP=public-ip UPSTREAM=secret:upstream"',
};

const assignments = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The files of a release as the bucket holds them, from the real scripts. */
export function release(
  compose: string,
  changes: { node?: Readonly<Record<string, string>>; files?: Readonly<Record<string, string>> } = {},
): Release {
  const files: Record<string, string> = {
    'compose.yml': compose,
    'config/one/settings.toml': `made for ${compose}\n`,
    'system/journald.conf': '[Journal]\nMaxRetentionSec=7day\n',
    'node.env': assignments({ ...nodeEnvironment, ...changes.node }),
  };
  for (const name of fs.readdirSync(scripts)) {
    if (name !== 'user-data.sh') files[`host/${name}`] = fs.readFileSync(path.join(scripts, name), 'utf8');
  }
  files['host/prepare-disk.sh'] = mountedDisk;
  files['host/health-check.sh'] = saidHealth;
  // Each file is a fetch, and these have tests of their own.
  for (const name of ['egress.sh', 'health-answer.sh', 'health-report.sh']) delete files[`host/${name}`];
  files['host/bootstrap.sh'] = noBootstrap;
  files['host/lease.sh'] = ownLease;
  Object.assign(files, changes.files);
  files.manifest = Object.keys(files)
    .sort()
    .map((name) => `${sha256(files[name] ?? '')}  ${name}\n`)
    .join('');
  return { hash: sha256(files.manifest), files };
}

/** A folder that stands for a whole machine, and fakes of the commands that cannot run against a folder. */
export class Host {
  readonly root: string;
  readonly fake: string;
  readonly folder: string;

  constructor(folder = fs.mkdtempSync(path.join(os.tmpdir(), 'chain-node-host-'))) {
    this.folder = folder;
    this.root = path.join(folder, 'root');
    this.fake = path.join(folder, 'fake');
  }

  static create(storage: Readonly<Record<string, string>> = { STORAGE: 'ebs', VOLUME_ID: 'vol-0123' }): Host {
    const host = new Host();
    host.write('root/etc/chain-node/host.env', assignments({ ...hostIdentity, ...storage }));
    host.write('fake/secrets/upstream', 'https://user:pa$$word@upstream.example/#key\n');
    host.write('fake/public-ip', '203.0.113.7');
    host.write('fake/health', '0 at the head\n');
    for (const name of ['passwd', 'group', 'calls', 'devices']) host.write(`fake/${name}`, '');
    return host;
  }

  copy(): Host {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'chain-node-host-'));
    fs.cpSync(this.folder, folder, { recursive: true, verbatimSymlinks: true });
    return new Host(folder);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  write(name: string, content: string, mode = 0o644): void {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode });
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.folder, name), 'utf8');
  }

  exists(name: string): boolean {
    return fs.existsSync(path.join(this.folder, name));
  }

  mode(name: string): string {
    return (fs.statSync(path.join(this.folder, name)).mode & 0o777).toString(8);
  }

  upload({ files }: Release): void {
    const bucket = path.join(this.fake, 'bucket/releases');
    const own = `nodes/${hostIdentity.NODE_ID}`;
    for (const folder of ['host', own]) fs.rmSync(path.join(bucket, folder), { recursive: true, force: true });
    for (const [name, content] of Object.entries(files)) {
      const key = name.startsWith('host/') ? name : `${own}/${name}`;
      this.write(path.relative(this.folder, path.join(bucket, key)), content);
    }
  }

  /** Puts a release on the host without apply-release. */
  place({ files, hash }: Release): void {
    for (const [name, content] of Object.entries(files)) {
      this.write(`root/opt/chain-node/releases/${hash}/${name}`, content, name.endsWith('.sh') ? 0o755 : 0o644);
    }
    fs.rmSync(path.join(this.root, 'opt/chain-node/current'), { force: true });
    fs.symlinkSync(`releases/${hash}`, path.join(this.root, 'opt/chain-node/current'));
  }

  run(
    script: string,
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Result> {
    this.write('fake/calls', '');
    const env = {
      PATH: `${fakes}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      ROOT: this.root,
      FAKE: this.fake,
      SETTLE_SECONDS: '0',
      SETTLE_LIMIT_SECONDS: '0',
      SETTLE_PAUSE_SECONDS: '0.05',
      HEALTH_LIMIT_SECONDS: '0',
      HEALTH_PAUSE_SECONDS: '0.05',
      FETCH_PAUSE_SECONDS: '0',
      HOST_VALUES_WAIT_SECONDS: '0',
      HOST_VALUES_PAUSE_SECONDS: '0.05',
      ...environment,
    };
    const command = 'echo $$ >"$FAKE/pid"; exec "$0" "$@" 2>&1';
    return new Promise((resolve) => {
      execFile('bash', ['-c', command, script, ...args], { env, cwd: this.folder }, (error, stdout) => {
        resolve({ status: error ? (error.code ?? error.signal ?? '?') : 0, output: stdout });
      });
    });
  }

  apply(environment: Readonly<Record<string, string>> = {}): Promise<Result> {
    return this.run(path.join(scripts, 'apply-release.sh'), [], environment);
  }

  /** What stands in the journal and on the console, of one identifier. */
  said(identifier: string): { journal: string; console: string } {
    const of = (name: string, mark: RegExp): string =>
      this.exists(name)
        ? this.read(name)
            .split('\n')
            .filter((line) => mark.test(line))
            .join('\n')
        : '';
    return {
      journal: of('fake/journal', new RegExp(`^--tag chain-node-${identifier} -- `)),
      console: of('root/dev/console', /^chain-node /),
    };
  }

  /** What the fakes were asked to do in the last run. */
  calls(): string[] {
    return this.read('fake/calls').split('\n').filter(Boolean);
  }

  /** What happened to the node in the last run: the order in which it is stopped, switched, started. */
  steps(): string[] {
    return this.calls()
      .filter((call) => /^docker compose|^systemctl (start|stop) chain-node|^mv .*\/current$/.test(call))
      .map((call) => call.replace(/^mv .*\/current$/, 'switch'));
  }

  current(): string {
    return path.basename(fs.readlinkSync(path.join(this.root, 'opt/chain-node/current')));
  }

  releases(): string[] {
    return fs.readdirSync(path.join(this.root, 'opt/chain-node/releases')).sort();
  }

  /** Whether systemd holds the node for started, and what its containers run. */
  node(): { active: boolean; containers: string[] } {
    const containers = this.exists('fake/containers') ? this.read('fake/containers') : '';
    return {
      active: this.exists('fake/active-chain-node.service'),
      containers: containers
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ').slice(0, 2).join(' ')),
    };
  }
}

export const hostIdentity = {
  NODE_ID: 'chain-testnet-client',
  REGION: 'eu-central-1',
  RELEASE_BUCKET: 'releases',
};
