import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Host, Result } from './host';

const SCRIPT = path.join(__dirname, 'machine.sh');

/** A systemd that is booted for a test (machine.sh); needs root. */
export class Machine {
  private constructor(
    private readonly host: Host,
    private readonly child: ChildProcess,
    private readonly init: string,
  ) {}

  static async boot(host: Host): Promise<Machine> {
    fs.chmodSync(host.folder, 0o755);
    const child = spawn(SCRIPT, [host.folder], { stdio: 'inherit' });
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    const deadline = Date.now() + 20_000;
    while (true) {
      const init = fs.existsSync(children) ? fs.readFileSync(children, 'utf8').trim() : '';
      if (init !== '' && fs.readFileSync(`/proc/${init}/comm`, 'utf8') === 'systemd\n') {
        const machine = new Machine(host, child, init);
        if (machine.inside('systemctl is-system-running').output === 'running\n') return machine;
      }
      if (Date.now() > deadline)
        throw new Error('systemd did not start; the test needs root and a cgroup of version 2');
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  /** Runs a script in the machine. */
  inside(script: string): Result {
    const { status, stdout } = spawnSync('nsenter', this.#enter(script), { encoding: 'utf8' });
    return { status: status ?? 'none', output: stdout };
  }

  /** The same, for a script that must succeed: what it prints. */
  ask(script: string): string {
    const { status, output } = this.inside(script);
    if (status !== 0) throw new Error(`${script}: ${status}: ${output}`);
    return output.trim();
  }

  /** The same, without holding up the servers of the test. */
  later(script: string): Promise<Result> {
    return new Promise((resolve) => {
      const child = spawn('nsenter', this.#enter(script));
      let output = '';
      child.stdout.on('data', (data) => {
        output += data;
      });
      child.on('close', (status) => resolve({ status: status ?? 'none', output }));
    });
  }

  #enter(script: string): string[] {
    return ['--target', this.init, '--all', 'bash', '-c', `exec 2>&1; ${script}`];
  }

  show(unit: string, property: string): string {
    return this.ask(`systemctl show --property=${property} --value ${unit}`);
  }

  /** When it has stopped. */
  async gone(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    await new Promise((resolve) => this.child.once('close', resolve));
  }

  /** Leaves nothing of it behind. */
  async remove(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone();
    const all = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((one) => fs.existsSync(`${one}/cgroup.procs`));
    const group = `${all}/chain-node-test-${path.basename(this.host.folder)}`;
    // Its processes end with it, a moment later.
    execFileSync('bash', ['-c', `until find ${group} -depth -type d -exec rmdir {} + ; do sleep 0.1; done`], {
      timeout: 10_000,
      stdio: 'ignore',
    });
  }
}
