import type { OptionalProcess, Port, Process, ProcessContext } from '../model';
import { portsByName } from '../model';

/**
 * Nitro's relay: one connection to the sequencer's feed, passed on to many. It keeps nothing on disk. A node alone needs none
 * (docs.arbitrum.io run-feed-relay). Flags: OffchainLabs/nitro relay/relay.go, broadcastclient and wsbroadcastserver; its program
 * lies in Nitro's image. Its feed also answers GET /livenessprobe.
 */

export const FEED_RELAY = 'feed-relay';

/** A queue of messages for each reader, and Go. */
export const RELAY_MEMORY_MIB = 1024;

/** Nitro's and the relay's names. */
export const NITRO_LOG_LEVEL = { info: 'INFO', debug: 'DEBUG', error: 'ERROR' } as const;

/** The relay knows no chain's feed by itself, as Nitro does: OffchainLabs/nitro cmd/chaininfo/arbitrum_chain_info.json. */
const FEEDS: Readonly<Record<string, string>> = {
  mainnet: 'wss://arb1-feed.arbitrum.io/feed',
  nova: 'wss://nova-feed.arbitrum.io/feed',
  sepolia: 'wss://sepolia-rollup.arbitrum.io/feed',
};

export const feedRelayOption: OptionalProcess = {
  purpose: 'passes the sequencer’s feed on to other nodes and to engines; a node alone needs none',
  networks: Object.keys(FEEDS),
};

const PORTS = [
  { name: 'feed', number: 9642, protocol: 'tcp', audience: 'clients', serves: ['feed'] },
  {
    name: 'metrics',
    number: 6072,
    protocol: 'tcp',
    audience: 'monitoring',
    serves: ['metrics'],
    paths: { metrics: '/debug/metrics/prometheus' },
  },
] as const satisfies readonly Port[];

export function feedRelay({ network, version, logLevel }: ProcessContext): Process {
  const feed = FEEDS[network.id];
  if (feed === undefined) throw new Error(`network ${network.id} has no feed`);
  const port = portsByName(PORTS);
  return {
    name: FEED_RELAY,
    source: { kind: 'image', image: 'offchainlabs/nitro-node', version },
    program: ['/usr/local/bin/relay'],
    arguments: [
      `--chain.id=${network.identity}`,
      `--node.feed.input.url=${feed}`,
      `--node.feed.output.addr=${port('feed').address}`,
      `--node.feed.output.port=${port('feed').number}`,
      '--metrics',
      `--metrics-server.addr=${port('metrics').address}`,
      `--metrics-server.port=${port('metrics').number}`,
      `--log-level=${NITRO_LOG_LEVEL[logLevel]}`,
      '--log-type=json',
    ],
    environment: { GOMEMLIMIT: `${Math.floor(RELAY_MEMORY_MIB * 0.9)}MiB` },
    ports: PORTS,
    directories: {},
    stop: { signal: 'SIGTERM', graceSeconds: 30 },
    memoryMiB: RELAY_MEMORY_MIB,
    metrics: {
      port: 'metrics',
      names: {
        headMessage: 'arb_sequencenumber_latest',
        feedConnected: 'arb_feed_sources_connected',
        feedBacklog: 'arb_feed_backlog_messages',
        clients: 'arb_feed_clients_current',
      },
    },
  };
}
