import type { Preparation } from '../model';

/**
 * What heimdall wants to find in its home before it starts: files of settings, keys, and the genesis of its network. It takes most
 * settings as flags, some from files alone. Source: 0xPolygon/heimdall-v2 cmd/heimdalld/cmd/root.go, helper/config.go and
 * packaging/templates; cosmos-sdk server/util.go.
 */

interface HeimdallNetwork {
  readonly chain: string;
  /** Seeds and persistent peers at once, as in packaging/templates/config of 2026-07-16. */
  readonly peers: readonly string[];
}

const NETWORKS: Readonly<Record<string, HeimdallNetwork>> = {
  mainnet: {
    chain: 'heimdallv2-137',
    peers: [
      'a0ef6f328949adc077c59ab1f6b03711ae8d32d2@34.185.209.56:26656',
      'f1e632758dfaf616a833900c0b8845bb2547b7c2@34.185.162.14:26656',
      'e49bb5d9cb22943fb2b9f49a4c5d0f773917efaf@34.179.171.228:26656',
      'babb8151d6fae45fcbb9229bd9faba173f3feaf3@35.246.166.189:26656',
      '9c92984a5aad02c43955da94bb0a979a8dadbcfe@34.142.28.190:26656',
      '3643aeae6a5965053709303e97257f62012fdd9c@34.39.56.114:26656',
      '830d44b0d11ab25c9a03135859049d55daf73a03@34.147.169.102:26656',
      '14fc788314a26116559d4852d3703abad39b25e9@35.230.142.203:26656',
    ],
  },
  amoy: {
    chain: 'heimdallv2-80002',
    peers: [
      'be818a0ebc61a8ffefdfaf4d3fcfed72ca2d7188@34.89.255.109:26656',
      '329e75b6667f91b65d8047387ce83a1c86e71194@34.179.189.75:26656',
      '42b0aa4c784a93c4797ff965d75793e099dc0b11@34.89.119.250:26656',
      '5d532264fe8592bf8c1dc8abfa11ff52b381eb2c@34.89.40.235:26656',
    ],
  },
};

export function heimdallNetwork(id: string): HeimdallNetwork {
  const found = NETWORKS[id];
  if (!found) throw new Error(`heimdall follows no network ${id}; there are ${Object.keys(NETWORKS).join(', ')}`);
  return found;
}

/**
 * Only what no flag says, and where the makers’ packages differ from the program: more peers, and a look for blocks to prune every 10
 * minutes instead of every 10 seconds. For the rest it has what they write down. Until v0.14.0 they carried one node's address as
 * everybody's `external_address`.
 */
const config = (metrics: string): string => `moniker = "node"

[rpc]
pprof_laddr = ""

[p2p]
external_address = ""
max_num_inbound_peers = 100
max_num_outbound_peers = 100

[storage.pruning]
interval = "10m"

[tx_index]
indexer = "null"

[instrumentation]
prometheus = true
prometheus_listen_addr = "${metrics}"
namespace = "cometbft"
`;

/**
 * It must be there, and one key that the version does not know ends the program (`UnmarshalExact`; two keys were renamed in 2026). Of
 * the cache it has no default of its own: without this line there is none.
 */
const APP = `iavl-cache-size = 781250
`;

export const heimdallFiles = (metrics: string): Readonly<Record<string, string>> => ({
  'app.toml': APP,
  'config.toml': config(metrics),
});

/**
 * `init` would write a genesis and settings of its own, so it makes keys elsewhere, and those that are missing are taken. The key of a
 * validator comes last: it says that all is there, and the program does not start without one, though it validates nothing.
 */
const HOME = [
  'rm -rf /tmp/new',
  'heimdalld init node --chain-id="$0" --home=/tmp/new',
  'mkdir -p /data/config /data/data',
  'for file in app.toml config.toml; do ln -sfn "/config/$file" "/data/config/$file"; done',
  'for file in config/node_key.json data/priv_validator_state.json config/priv_validator_key.json',
  'do if [ ! -e "/data/$file" ]; then cp -p "/tmp/new/$file" "/data/$file.new"; mv "/data/$file.new" "/data/$file"; fi',
  'done',
].join('; ');

/** Busybox has wget; the image has no curl. */
const GENESIS =
  'wget -c -q -T 60 -O /data/config/genesis.new "$0"; mv /data/config/genesis.new /data/config/genesis.json';

/** The genesis of mainnet is the state of Heimdall v1, 3 GB (0xPolygon/polygon-docs, pos/how-to/full-node). */
export const heimdallPreparations = (network: string): readonly Preparation[] => [
  {
    name: 'home',
    program: ['/bin/sh', '-ec'],
    arguments: [HOME, heimdallNetwork(network).chain],
    unless: '/data/config/priv_validator_key.json',
  },
  {
    name: 'genesis',
    program: ['/bin/sh', '-ec'],
    arguments: [GENESIS, `https://storage.googleapis.com/${network}-heimdallv2-genesis/migrated_dump-genesis.json`],
    unless: '/data/config/genesis.json',
  },
];
