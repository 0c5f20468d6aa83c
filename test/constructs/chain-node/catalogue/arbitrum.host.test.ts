import { arbitrum, type ClientDefinition, networkOf } from '../../../../constructs/chain-node/catalogue';
import { read } from './rollup';

const nitro = arbitrum.clients[0]?.client as ClientDefinition;

const health = (id: string) => nitro.health(networkOf(arbitrum, id) as NonNullable<ReturnType<typeof networkOf>>);

const result = (value: unknown) => ({ jsonrpc: '2.0', id: 1, result: value });

/** What nitro answers while it syncs (arbnode/sync_monitor.go, FullSyncProgressMap). */
const SYNCING = {
  consensusSyncTarget: 51_234_567,
  executionSyncTarget: 51_234_560,
  messageOfLastBlock: 51_230_000,
  batchProcessed: 91_000,
};

test('jq reads what nitro answers', () => {
  for (const { id, identity } of arbitrum.networks) {
    const { identity: probe } = health(id);
    expect(read(probe, result(`0x${Number(identity).toString(16)}`))).toBe(Number(identity));
  }
  const { head } = health('mainnet');
  expect(read('read' in head ? head : undefined, result({ number: '0x18a2b3c4', timestamp: '0x6b048a77' }))).toEqual([
    0x18a2b3c4, 0x6b048a77,
  ]);
});

/** What its metrics answer at /debug/metrics (go-ethereum metrics/exp, expvar), with some of the others. */
const metrics = (head: number, written: number) => ({
  cmdline: ['/usr/local/bin/nitro', '--chain.id=42161'],
  'chain/head/block': head,
  'system/cpu/schedlatency.mean': 31_250.5,
  'system/disk/writebytes': written,
});

test('jq reads progress before there is a block, and while there are blocks', () => {
  for (const { id } of arbitrum.networks) {
    const { progress } = health(id);
    expect(progress).toMatchObject({ port: 'metrics', path: '/debug/metrics', method: 'GET' });
    expect(read(progress, metrics(0, 5_250_016))).toBe(5_250_016);
    expect(read(progress, metrics(0, 8_403_247))).toBe(8_403_247);
    expect(read(progress, metrics(412_345_678, 9_000_000))).toBe(412_345_678);
    expect(read(progress, {})).toBeNull();
  }
});

test('jq counts the messages that Nova is behind, and none where nitro does not yet know', () => {
  const { head } = health('nova');
  const behind = (answer: unknown) => read('read' in head ? head : undefined, answer);
  expect(behind(result(false))).toBe(0);
  expect(behind(result(SYNCING))).toBe(4560);
  expect(behind(result({ ...SYNCING, executionSyncTarget: 0 }))).toBeNull();
  expect(behind(result({}))).toBeNull();
});
