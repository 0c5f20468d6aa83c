import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { type HostReleaseProps, renderHostRelease } from '../../../../constructs/mev-engine/host-release';

const fakes = path.join(__dirname, 'fakes');

export const PROPS: HostReleaseProps = {
  engine: 'router',
  environment: 'test',
  node: 'ethereum-mainnet-geth',
  image: 'ghcr.io/acme/router@sha256:00',
  cpu: 2,
  memoryMiB: 4096,
  files: { 'engine.json': '{"engine":"router"}\n', 'limits.json': '{"limit":10}\n' },
  strategies: { 'usdc.json': '{"name":"usdc"}\n' },
  secrets: { 'relay.key': 'test/relay' },
  graceSeconds: 30,
  domains: ['relay.example.com'],
  proxyImage: 'squid:1',
  egress: ['203.0.113.0/24'],
  nodePorts: [8545, 8546],
  otherPorts: [],
  ipc: '/data/node.ipc',
  data: '/data/geth',
  prometheus: 'http://127.0.0.1:1',
  runQuery: 'may{it="run"}',
  killQuery: 'what{stops="it"}',
  stopped: false,
};

export interface Result {
  readonly status: number | string;
  readonly output: string;
}

/** Prometheus as the guard asks it: what it answers to whether the engine may run, and to what stops it. */
export class Prometheus {
  readonly asked: string[] = [];
  run: unknown = one('1');
  kill: unknown = vector([]);
  status = 200;
  #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://prometheus');
      this.asked.push(`${url.pathname} ${url.searchParams.get('query')}`);
      const answer = url.searchParams.get('query')?.startsWith('may') ? this.run : this.kill;
      if (answer === 'silence') return;
      response.writeHead(this.status);
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

export const vector = (result: readonly object[]): object => ({
  status: 'success',
  data: { resultType: 'vector', result },
});
export const one = (value: string): object => vector([{ metric: {}, value: [1, value] }]);
export const alert = (labels: Readonly<Record<string, string>>): object =>
  vector([{ metric: labels, value: [1, '1'] }]);

/** A folder that stands for a machine with a node, and fakes of the commands that cannot run against a folder. */
export class EngineHost {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mev-engine-host-'));
  readonly root = path.join(this.folder, 'root');

  constructor() {
    this.write(
      'root/etc/chain-node/host.env',
      'NODE_ID=ethereum-mainnet-geth\nREGION=eu-central-1\nRELEASE_BUCKET=releases\n',
    );
    this.write('root/opt/chain-node/current/node.env', "NODE_ID='x'\nRESERVED_MEMORY_MIB='4352'\n");
    this.write('fake/secrets/test/relay', 'swordfish\n');
    this.write('fake/calls', '');
    this.write('fake/pid', '4711\n');
    fs.mkdirSync(path.join(this.root, 'var/lib/prometheus/node-exporter'), { recursive: true });
    this.makeSocket();
  }

  /** The node's, which it makes when it starts. */
  makeSocket(): void {
    fs.mkdirSync(path.join(this.root, 'data'), { recursive: true });
    execFileSync('python3', [
      '-c',
      'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])',
      path.join(this.root, 'data/node.ipc'),
    ]);
  }

  write(name: string, text: string): void {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  read = (name: string): string => fs.readFileSync(path.join(this.folder, name), 'utf8');
  exists = (name: string): boolean => fs.existsSync(path.join(this.folder, name));
  delete = (name: string): void => fs.rmSync(path.join(this.folder, name), { recursive: true, force: true });
  mode = (name: string): string => (fs.statSync(path.join(this.folder, name)).mode & 0o777).toString(8);
  remove = (): void => fs.rmSync(this.folder, { recursive: true, force: true });

  upload(changes: Partial<HostReleaseProps> = {}): string {
    const { files, manifest } = renderHostRelease({ ...PROPS, ...changes });
    this.delete('fake/bucket');
    for (const [name, text] of [...files, ['manifest', manifest] as const])
      this.write(`fake/bucket/releases/engines/ethereum-mainnet-geth/${name}`, text);
    return createHash('sha256').update(manifest).digest('hex');
  }

  run(script: string, args: readonly string[] = [], more: Readonly<Record<string, string>> = {}): Promise<Result> {
    const env = {
      PATH: `${fakes}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      ROOT: this.root,
      // Else bash takes itself for a login from elsewhere, by the socket that is its input.
      SHLVL: '2',
      FAKE: path.join(this.folder, 'fake'),
      FETCH_PAUSE_SECONDS: '0',
      LOOKS_BEFORE_START: '1',
      ANSWER_SECONDS: '1',
      DOCKER_WAIT_SECONDS: '1',
      HOST_WAIT_SECONDS: '0',
      ENGINE_HEALTH: 'http://127.0.0.1:1',
      ...more,
    };
    const file = script.startsWith('/') ? script : path.join(this.root, 'opt/mev-engine/current/host', script);
    return new Promise((resolve) => {
      execFile('bash', ['-c', 'exec "$0" "$@" 2>&1', file, ...args], { env, cwd: this.folder }, (error, stdout) =>
        resolve({ status: error ? (error.code ?? error.signal ?? '?') : 0, output: stdout }),
      );
    });
  }

  /** As Systems Manager does. */
  apply(more: Readonly<Record<string, string>> = {}): Promise<Result> {
    this.write('fake/calls', '');
    return this.run(path.join(__dirname, '../../../../constructs/mev-engine/host/fetch-engine.sh'), [], more);
  }

  look = (more: Readonly<Record<string, string>> = {}): Promise<Result> =>
    this.run('engine-guard.sh', ['--once'], more);

  calls = (): string[] => this.read('fake/calls').split('\n').filter(Boolean);
  isRunning = (): boolean => this.exists('fake/containers');
  /** What the engine reads, by its path in /etc/mev. */
  seen = (file: string): string | undefined => {
    const name = `root/run/mev-engine/mev/${file}`;
    return this.exists(name) ? this.read(name) : undefined;
  };
  /** What the exporter tells of it. */
  metrics(name = 'mev-engine'): Record<string, number> {
    const text = this.read(`root/var/lib/prometheus/node-exporter/${name}.prom`);
    return Object.fromEntries(
      [...text.matchAll(/^(mev_host_\w+)\{engine="router"\} (\S+)$/gm)].map(([, key, value]) => [key, Number(value)]),
    );
  }
}
