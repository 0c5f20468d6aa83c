import { avalanche, type ClientDefinition, networkOf } from '../../../../constructs/chain-node/catalogue';
import { read } from './rollup';

const avalanchego = avalanche.clients[0]?.client as ClientDefinition;

const health = (id: string) =>
  avalanchego.health(networkOf(avalanche, id) as NonNullable<ReturnType<typeof networkOf>>);

const check = (message: unknown, error?: string) => ({
  ...(message === undefined ? {} : { message }),
  ...(error === undefined ? {} : { error }),
  timestamp: '2026-11-24T12:00:00.000000000Z',
  duration: 12_345,
});

/** What health.health answers (api/health, network/network.go Health, node/node.go), with the parts that are read and some others. */
const answer = (bootstrapped: readonly string[]) => ({
  jsonrpc: '2.0',
  id: 1,
  result: {
    checks: {
      C: check(undefined, bootstrapped.length > 0 ? 'not yet run' : undefined),
      bootstrapped: check(bootstrapped, bootstrapped.length > 0 ? 'subnets not bootstrapped' : undefined),
      diskspace: check({ availableDiskBytes: 1_234_567_890_123, availableDiskPercentage: 66 }),
      network: check({ connectedPeers: 812, sendFailRate: 0, timeSinceLastMsgReceived: '1s' }),
    },
    healthy: bootstrapped.length === 0,
  },
});

test('jq reads what avalanchego answers', () => {
  for (const { id, identity, kind } of avalanche.networks) {
    const { identity: probe, peers, progress } = health(id);
    expect(read(probe, { jsonrpc: '2.0', id: 1, result: `0x${Number(identity).toString(16)}` })).toBe(Number(identity));
    expect(read(progress, answer(['11111111111111111111111111111111LpoYY']))).toEqual([
      ['11111111111111111111111111111111LpoYY'],
      1_234_567_890_123,
    ]);
    expect(read(progress, answer([]))).toEqual([[], 1_234_567_890_123]);
    if (kind === 'public') expect(read(peers, answer([]))).toBe(812);
  }
});
