import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  arbitrum,
  type ClientDefinition,
  managedFlags,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';

describe('a download that was cut off', () => {
  const [process] = processesOf({ chain: arbitrum, network: 'mainnet', client: 'nitro' }, 65_536);
  const [preparation] = process?.prepare ?? [];

  /** What is left of a data directory with these files when the preparation has run. */
  function leaves(files: readonly string[]): readonly string[] {
    const root = mkdtempSync(join(tmpdir(), 'nitro-'));
    try {
      for (const file of files) {
        mkdirSync(join(root, file, '..'), { recursive: true });
        writeFileSync(join(root, file), '');
      }
      const [shell, ...rest] = [...(preparation?.program ?? []), ...(preparation?.arguments ?? [])].map((part) =>
        String(part).replaceAll('/data', root),
      );
      const { status, stderr } = spawnSync(shell as string, rest, { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      const nitroData = join(root, 'nitro');
      return existsSync(nitroData) ? readdirSync(nitroData).sort() : ['nothing'];
    } finally {
      rmSync(root, { recursive: true });
    }
  }

  test('is taken away before the next start, with what was unpacked of it', () => {
    expect(leaves(['nitro/tmp/pruned.tar.part0000'])).toEqual(['nothing']);
    expect(leaves(['nitro/tmp/pruned.tar', 'nitro/l2chaindata/000001.sst', 'nitro/LOCK'])).toEqual(['nothing']);
  });

  test('is all that is ever taken away', () => {
    expect(leaves([])).toEqual(['nothing']);
    expect(leaves(['nitro/l2chaindata/CURRENT', 'nitro/wasm/CURRENT'])).toEqual(['l2chaindata', 'wasm']);
    expect(leaves(['nitro/l2chaindata/CURRENT', 'nitro/wasm/CURRENT', 'nitro/tmp/rest'])).toEqual([
      'l2chaindata',
      'wasm',
    ]);
    // What an operator took out to have it built anew, of a node that has run.
    expect(leaves(['.has-run', 'nitro/l2chaindata/CURRENT', 'nitro/tmp/rest'])).toEqual(['l2chaindata']);
    // Unpacked by the host, before Nitro's first start.
    expect(leaves(['nitro/l2chaindata/CURRENT'])).toEqual(['l2chaindata']);
  });

  test('lies where the definition looks: an operator cannot move it', () => {
    expect(managedFlags(arbitrum, arbitrum.clients[0]?.client as ClientDefinition).has('--init.download-path')).toBe(
      true,
    );
    expect(preparation?.unless).toBe('/data/.never-there');
  });
});
