import type { Engine, NetworkState } from '../../../tools/reference-engine/engine';
import { livez, readyz } from '../../../tools/reference-engine/health';

/** What the engine answers about itself, by what it knows. */

const NOW = 1_000_000;
const known: NetworkState = { head: 5, answeredAt: NOW, trouble: undefined, foreign: undefined, balances: new Map() };
const engine = (change: Partial<Engine>, ...networks: Partial<NetworkState>[]): Engine =>
  ({
    readAt: NOW,
    trouble: undefined,
    networks: new Map(networks.map((one, index) => [`chain-${index}/mainnet`, { ...known, ...one }])),
    ...change,
  }) as Engine;

test.each<[string, Engine, string | undefined]>([
  ['with networks that answer', engine({}, {}, {}), undefined],
  ['with a network that answered a minute ago', engine({}, { answeredAt: NOW - 60, trouble: 'x' }), undefined],
  [
    'with one that answered longer ago',
    engine({}, {}, { answeredAt: NOW - 61, trouble: 'eth_chainId: no answer: ECONNREFUSED' }),
    'chain-1/mainnet: has not answered within a minute: eth_chainId: no answer: ECONNREFUSED\n',
  ],
  [
    'with one that was not asked yet',
    engine({}, { answeredAt: 0 }),
    'chain-0/mainnet: has not answered within a minute: not asked yet\n',
  ],
  ['while it is stopped', engine({ stop: 'HourlyLoss' }, {}), undefined],
  [
    'with a file that cannot be understood, and another network',
    engine({ trouble: 'limits.json: is not JSON' }, { foreign: 5 }),
    'limits.json: is not JSON\nchain-0/mainnet: follows another network: it answers with the chain id 5\n',
  ],
])('readyz, %s', (_, given, text) => {
  expect(readyz(given, NOW)).toEqual(text === undefined ? { status: 200, text: 'ok\n' } : { status: 503, text });
});

test('livez, while it reads its files', () => {
  expect(livez(engine({ readAt: NOW - 15 }), NOW).status).toBe(200);
  expect(livez(engine({ readAt: NOW - 16 }), NOW)).toEqual({
    status: 503,
    text: 'has not read its files for 16 seconds\n',
  });
});
