import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs the programs of a node's pod as the pod does: by their interpreter, with what they are told in the environment, and with no
 * commands but those of the pod's image. Needs busybox, bash, curl, jq, python3.
 */

export const CHART = join(__dirname, '../../../../constructs/chain-node/chart');
export const FILES = join(CHART, 'files');

export const newFolder = (name: string): string => mkdtempSync(join(tmpdir(), `chart-${name}-`));

const ask = (program: string, ...words: string[]): string => execFileSync(program, words, { encoding: 'utf8' }).trim();

/** Where a command is on this machine. */
export const which = (name: string): string => {
  try {
    return ask('sh', '-c', `command -v ${name}`);
  } catch {
    throw new Error(`${name} is missing; install it`);
  }
};

let commands: string | undefined;

/** A folder of busybox and what the image has beside it, and nothing of GNU. */
export function podCommands(): string {
  if (commands) return commands;
  commands = join(newFolder('commands'), 'bin');
  mkdirSync(commands);
  const busybox = which('busybox');
  for (const applet of ask(busybox, '--list').split('\n'))
    if (/^[a-z0-9[]+$/.test(applet) && applet !== 'bash') symlinkSync(busybox, join(commands, applet));
  for (const name of ['bash', 'curl', 'jq']) symlinkSync(which(name), join(commands, name));
  // Itself, and no script that looks for it.
  symlinkSync(ask('python3', '-c', 'import sys; print(sys.executable)'), join(commands, 'python3'));
  return commands;
}
afterAll(() => {
  if (commands) rmSync(join(commands, '..'), { recursive: true });
});

export interface Ended {
  /** Exit status, or the signal that ended it. */
  readonly status: number | string;
  /** stdout and stderr, in order */
  readonly output: string;
}

/** A program that runs; whatever it started is ended with it. */
export class Running {
  output = '';
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;

  constructor(command: readonly string[], environment: Readonly<Record<string, string>>, cwd?: string) {
    const [program = '', ...words] = command;
    const env = { PATH: podCommands(), PYTHONDONTWRITEBYTECODE: '1', ...environment };
    this.child = spawn(program, words, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('exit', () => this.signal('SIGKILL', true));
      this.child.on('close', (status, signal) => resolve({ status: status ?? signal ?? '?', output: this.output }));
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Those that it started, by their numbers. */
  children(of = this.pid): number[] {
    return readFileSync(`/proc/${of}/task/${of}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  }

  /** To the first process of its own tree; see {@link asFirst}. */
  signalFirst(name: NodeJS.Signals): void {
    for (const pid of this.children()) process.kill(pid, name);
  }

  /** To the program alone, as the kubelet does, or to all that it started. */
  signal(name: NodeJS.Signals, all = false): void {
    try {
      process.kill(all ? -this.pid : this.pid, name);
    } catch {
      // It is gone.
    }
  }
}

export const run = (
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Ended> => new Running(command, environment, cwd).ended;

/**
 * A command as a container's first process, which no signal ends that it has not asked for: with a tree of processes of its own.
 * Whoever ends `unshare` ends it.
 */
export const asFirst = (...command: string[]): string[] => [
  which('unshare'),
  '--pid',
  '--fork',
  '--kill-child',
  ...command,
];

/** What became true before the time was up. */
export async function until<T>(what: string, found: () => T | Promise<T>, seconds = 15): Promise<NonNullable<T>> {
  const deadline = Date.now() + seconds * 1000;
  while (true) {
    const value = await found();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const portOf = (server: { address(): ReturnType<Server['address']> }): number =>
  (server.address() as AddressInfo).port;

/** A port of this machine that nobody has. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function serve(answer: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(answer as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
