import { spawnSync } from 'node:child_process';
import { choiceOf } from '../../../../constructs/chain-node/catalogue';
import { solana } from '../../../../constructs/chain-node/catalogue/chains/solana';

// The filters of health, on answers as the RPC of Solana gives them (solana.com/docs/rpc/http). Needs jq.

const health = (id: string) => {
  const network = solana.networks.find((candidate) => candidate.id === id);
  if (!network) throw new Error(`no network ${id}`);
  const found = choiceOf(solana, 'agave')?.client.health(network);
  if (!found) throw new Error('no agave');
  return found;
};

/** What the host reads of an answer; undefined where it reads nothing. */
function read(filter: string | undefined, answer: object): unknown {
  const { status, stdout, error } = spawnSync('jq', ['--compact-output', '--exit-status', filter ?? 'error'], {
    input: JSON.stringify(answer),
    encoding: 'utf8',
  });
  if (error) throw error;
  return status === 0 ? JSON.parse(stdout) : undefined;
}
const readOf = (probe: object | undefined): string | undefined =>
  probe && 'read' in probe ? (probe.read as string) : undefined;

const CLOCK = {
  jsonrpc: '2.0',
  result: {
    context: { apiVersion: '4.4.0', slot: 431_000_128 },
    value: {
      data: {
        parsed: {
          info: {
            epoch: 1079,
            epochStartTimestamp: 1_793_971_800,
            leaderScheduleEpoch: 1080,
            slot: 431_000_128,
            unixTimestamp: 1_794_000_000,
          },
          type: 'clock',
        },
        program: 'sysvar',
        space: 40,
      },
      executable: false,
      lamports: 1_169_280,
      owner: 'Sysvar1111111111111111111111111111111111111',
      rentEpoch: 18_446_744_073_709_552_000,
      space: 40,
    },
  },
  id: 1,
};

test('the newest block and its time', () => {
  const filter = readOf(health('mainnet').head);
  expect(read(filter, CLOCK)).toEqual([431_000_128, 1_794_000_000]);
  // As before the first snapshot is there.
  expect(read(filter, { jsonrpc: '2.0', result: { context: { slot: 0 }, value: null }, id: 1 })).toEqual([null, null]);
  expect(read(filter, { jsonrpc: '2.0', error: { code: -32_005, message: 'Node is unhealthy' }, id: 1 })).toEqual([
    null,
    null,
  ]);
});

test('the genesis, and the slot while it syncs', () => {
  const { identity, progress } = health('mainnet');
  const hash = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d';
  expect(read(identity?.read, { jsonrpc: '2.0', result: hash, id: 1 })).toBe(identity?.expect);
  expect(read(progress?.read, { jsonrpc: '2.0', result: 430_000_000, id: 1 })).toBe(430_000_000);
});

test('how far a local node is behind: nothing where it does not know, which is not 0', () => {
  const filter = readOf(health('local').head);
  const unhealthy = (numSlotsBehind: number | null) => ({
    jsonrpc: '2.0',
    error: { code: -32_005, message: 'Node is unhealthy', data: { numSlotsBehind } },
    id: 1,
  });
  expect(read(filter, { jsonrpc: '2.0', result: 'ok', id: 1 })).toBe(0);
  expect(read(filter, unhealthy(200))).toBe(200);
  expect(read(filter, unhealthy(null))).toBeUndefined();
});
