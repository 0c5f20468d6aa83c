import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HealthDefinition } from '../../../../constructs/chain-node/catalogue';
import { ethereum } from '../../../../constructs/chain-node/catalogue/chains/ethereum';
import { nimbus } from '../../../../constructs/chain-node/catalogue/clients/nimbus';
import { beside, CLIENTS } from './ethereum-consensus';
import { textOf } from './everything';

/** The filters of the health checks, read by jq from answers of the beacon API; and the preparation of Nimbus, run by sh. */

const [mainnet] = ethereum.networks;
const jq = (filter: string, answer: object): unknown =>
  JSON.parse(execFileSync('jq', ['-c', filter], { input: JSON.stringify(answer), encoding: 'utf8' }));

describe.each(CLIENTS.map((client) => [client.id, client] as const))('%s', (id, client) => {
  const health = client.health(mainnet as NonNullable<typeof mainnet>) as Required<HealthDefinition>;

  test('is healthy by the status of its answer', () => {
    expect(health.head).toEqual({
      process: id,
      port: 'api',
      path: '/eth/v1/node/health',
      method: 'GET',
      yields: 'httpStatus',
    });
  });

  test('counts those that are connected', () => {
    const data = { disconnected: '12', connecting: '0', connected: '56', disconnecting: '1' };
    expect(jq(health.peers.read, { data })).toBe(56);
    expect(jq(health.peers.read, { data: { ...data, connected: '0' } })).toBe(0);
    expect(health.peers.minimum).toBe(1);
  });

  test('shows progress while it syncs', () => {
    const data = {
      head_slot: '13018000',
      sync_distance: '400',
      is_syncing: true,
      is_optimistic: true,
      el_offline: false,
    };
    expect(jq(health.progress.read, { data })).toBe('13018000');
  });
});

test('Nimbus is prepared once, and again where that was interrupted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nimbus-'));
  try {
    const program = join(folder, 'nimbus_beacon_node');
    const here = (text: string): string =>
      text.replaceAll('/data', folder).replaceAll('/home/user/nimbus_beacon_node', program);
    // It writes its arguments down, and fails as often as there is a file that says so.
    writeFileSync(
      program,
      `#!/bin/sh\necho "$*" >>${folder}/calls\nrm ${folder}/fails 2>/dev/null && exit 1\nexit 0\n`,
    );
    chmodSync(program, 0o755);
    writeFileSync(join(folder, 'fails'), '');
    const [preparation] = beside(nimbus).prepare ?? [];
    if (!preparation) throw new Error('no preparation');
    const words = [...preparation.program, ...preparation.arguments.map(textOf)].map(here);
    // As the renderers run it.
    const run = () =>
      spawnSync('/bin/sh', ['-c', '[ -e "$0" ] || exec "$@"', here(preparation.unless), ...words]).status;
    expect([run(), existsSync(join(folder, 'checkpoint-synced'))]).toEqual([1, false]);
    expect([run(), existsSync(join(folder, 'checkpoint-synced'))]).toEqual([0, true]);
    expect(run()).toBe(0);
    const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    expect(calls).toHaveLength(2);
    expect(calls[1]).toBe(
      `trustedNodeSync --network=mainnet --data-dir=${folder} --trusted-node-url=https://beaconstate.ethstaker.cc --backfill=false`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
