import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { withoutTokenTraces } from '../constructs/terraform';
import { type Configuration, type LoadOptions, loadEnvironments } from '../environments/load';
import { EnvironmentStack } from '../stacks/environment-stack';

/** Environments to edit, and the Terraform that comes of them. */

/** Those of a small team, which stay as they are when the project's own change. */
const FIXTURE = join(__dirname, 'environments', 'fixture');

/** The project's own. */
export const ENVIRONMENTS = join(__dirname, '..', 'environments');

/** A day on which nothing of the catalogue is late. */
export const TODAY = new Date('2026-11-25T00:00:00Z');

/** Changes the text of files, by their path below `environments/`. */
export type Edits = Readonly<Record<string, (text: string) => string>>;

/** Replaces the one place where `from` stands; more or none is a mistake of the test. */
export const swap =
  (from: string, to: string) =>
  (text: string): string => {
    if (text.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once in:\n${text}`);
    return text.replace(from, to);
  };

/** Calls `use` with a folder that holds the environments of the small team with these edits. */
export function withEnvironments<T>(edits: Edits, use: (folder: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'environments-'));
  const folder = join(root, 'environments');
  try {
    cpSync(FIXTURE, folder, { recursive: true });
    for (const [file, edit] of Object.entries(edits)) {
      const path = join(folder, file);
      writeFileSync(path, edit(readFileSync(path, 'utf8')));
    }
    return use(folder);
  } finally {
    rmSync(root, { recursive: true });
  }
}

export const load = (edits: Edits = {}, options: LoadOptions = {}): Configuration =>
  withEnvironments(edits, (folder) => loadEnvironments(folder, { today: TODAY, ...options }));

/** What synth refuses with, a line each; empty when it does not. */
export function refusals(edits: Edits, removed: readonly string[] = []): string[] {
  try {
    withEnvironments(edits, (folder) => {
      for (const file of removed) rmSync(join(folder, file));
      loadEnvironments(folder, { today: TODAY });
    });
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON has no type of its own
export type Json = any;

/** The parsed `cdk.tf.json` of every environment. */
export function synthesize({ environments }: Pick<Configuration, 'environments'>): Readonly<Record<string, Json>> {
  const outdir = mkdtempSync(join(tmpdir(), 'cdktf-out-'));
  try {
    const app = new App({ stackTraces: false, outdir });
    withoutTokenTraces(() => {
      for (const environment of environments) new EnvironmentStack(app, environment);
      app.synth();
    });
    return Object.fromEntries(
      environments.map(({ name }) => [
        name,
        JSON.parse(readFileSync(join(outdir, 'stacks', name, 'cdk.tf.json'), 'utf8')),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Every resource of a stack by its address, without the metadata that Terraform ignores. */
export function resources(stack: Json): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries<Json>(stack.resource).flatMap(([type, named]) =>
      Object.entries<Json>(named).map(([name, { '//': _, ...body }]) => [`${type}.${name}`, body]),
    ),
  );
}
