import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let mounts = 0;

/** Files as kubelet puts them into a volume: links through `..data`, which is replaced at once. */
export function mount(folder: string, files: Readonly<Record<string, string>>): void {
  const stamp = `..2026_11_25_00_00_00.${mounts++}`;
  mkdirSync(join(folder, stamp), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, stamp, file), text);
  symlinkSync(stamp, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  const linked = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink() && !entry.name.startsWith('..'))
    .map(({ name }) => name);
  for (const file of Object.keys(files)) {
    if (!linked.includes(file)) symlinkSync(join('..data', file), join(folder, file));
  }
  for (const file of linked) if (!(file in files)) rmSync(join(folder, file));
  const old = readdirSync(folder).filter((name) => name.startsWith('..2026') && name !== stamp);
  for (const name of old) rmSync(join(folder, name), { recursive: true });
}
