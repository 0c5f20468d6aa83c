import type { Argument, DiskUse, Fact, HealthDefinition, HostValue, Port, ProcessContext } from '../model';
import { portsByName } from '../model';

/** What op-node and base-consensus share: the ports, the flags of peers and metrics, the questions that they answer, and that they keep next to nothing. */

/**
 * The API also takes orders to block and to disconnect peers (`opp2p`), and asks nobody who they are: it is for siblings alone.
 * 9545 is the default of both, which neither a client of layer 1 nor reth takes.
 */
export const ROLLUP_PORTS = [
  { name: 'rollup', number: 9545, protocol: 'tcp', audience: 'siblings', serves: ['health'] },
  { name: 'metrics', number: 7300, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
  { name: 'p2p', number: 9222, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'discovery', number: 9222, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
] as const satisfies readonly Port[];

/** Where layer 1 is. */
export const l1 = (api: 'rpc' | 'beacon'): HostValue => ({ host: 'upstream', chain: 'ethereum', api });

const port = portsByName(ROLLUP_PORTS);

/** The API, and the address that is listened on and that peers are told. base-consensus' own default for `udp` is 9223. */
export const rollupNetwork = (context: ProcessContext): readonly Argument[] => [
  `--rpc.addr=${port('rollup').address}`,
  `--rpc.port=${port('rollup').number}`,
  `--p2p.listen.ip=${port('p2p').address}`,
  `--p2p.listen.tcp=${port('p2p').number}`,
  `--p2p.listen.udp=${port('discovery').number}`,
  ...(context.p2p === 'public'
    ? [
        ['--p2p.advertise.ip=', { host: 'public-ip' }] as const,
        `--p2p.advertise.tcp=${port('p2p').number}`,
        `--p2p.advertise.udp=${port('discovery').number}`,
      ]
    : []),
  '--p2p.priv.path=/data/p2p_priv.txt',
];

export const ROLLUP_METRICS: readonly Argument[] = [
  '--metrics.enabled',
  `--metrics.addr=${port('metrics').address}`,
  `--metrics.port=${port('metrics').number}`,
];

const ask = (process: string, method: string, read: string) =>
  ({
    process,
    port: 'rollup',
    path: '/',
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }),
    read,
  }) as const;

/**
 * Its head is the newest block that the sequencer told of. `cross_unsafe_l2` is gone from the answer since op-node v1.19.6
 * (release notes of LiskHQ/lisk-node v0.4.28); `unsafe_l2` is what every version has.
 */
export const rollupHealth = (process: string, maximumAgeSeconds: number): HealthDefinition => ({
  head: {
    ...ask(process, 'optimism_syncStatus', '.result.unsafe_l2 | [.number, .timestamp]'),
    yields: 'block',
    maximumAgeSeconds,
  },
  peers: { ...ask(process, 'opp2p_peerStats', '.result.connected'), minimum: 1 },
  // Deriving, it goes through layer 1; before that, the execution client fetches blocks.
  progress: ask(process, 'optimism_syncStatus', '.result | [.current_l1.number, .unsafe_l2.number]'),
});

const keepsLittle = (value: number): Fact<number> => ({
  value,
  source: 'a key and addresses of peers; a database of safe heads only with --safedb.path, which is not set',
  asOf: '2026-11-23',
  status: 'unverified',
});

export const ROLLUP_DISK: DiskUse = { today: keepsLittle(1), growthPerMonth: keepsLittle(0) };
