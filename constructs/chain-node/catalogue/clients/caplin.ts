import type { Argument, BlobCustody, ClientDefinition, DiskUse, Port, ProcessContext } from '../model';
import { portsByName } from '../model';
import { BEACON_API_PORT, blobDisk, checkpointUrl } from './beacon-api';

/**
 * Caplin, the consensus client inside of Erigon: its flags and ports are Erigon's. Read in erigontech/erigon
 * docs/site/docs/fundamentals (configuring-erigon.mdx, caplin.md), cl/beacon/handler, cl/das; ethstaker/eth-docker v26.8.1
 * erigon/docker-entrypoint.sh.
 */

/** The numbers of every other consensus client; its own are 4000 and 4001. */
export const caplinPorts = (custody: BlobCustody) =>
  [
    {
      name: 'beacon',
      number: BEACON_API_PORT,
      protocol: 'tcp',
      audience: custody === 'standard' ? 'siblings' : 'clients',
      serves: ['beacon', 'health'],
    },
    { name: 'sentinel', number: 7777, protocol: 'tcp', audience: 'siblings', serves: ['internal'] },
    { name: 'caplin-p2p', number: 9000, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
    { name: 'caplin-discovery', number: 9000, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
    // By its default it has the number of the TCP port, 4001 (release v3.7.1), and discovery may not be there.
    { name: 'caplin-quic', number: 9001, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
  ] as const satisfies readonly Port[];

/** What Erigon is told of it. */
export function caplinArguments(context: ProcessContext): readonly Argument[] {
  const port = portsByName(caplinPorts(context.blobCustody));
  return [
    // It takes the state's address where others take the provider's (eth-docker).
    `--caplin.checkpoint-sync-url=${checkpointUrl(context)}/eth/v2/debug/beacon/states/finalized`,
    `--caplin.discovery.addr=${port('caplin-discovery').address}`,
    `--caplin.discovery.port=${port('caplin-discovery').number}`,
    `--caplin.discovery.tcpport=${port('caplin-p2p').number}`,
    `--caplin.discovery.quicport=${port('caplin-quic').number}`,
    ...(context.p2p === 'public' ? [['--caplin.nat=extip:', { host: 'public-ip' }] as const] : []),
    `--sentinel.addr=${port('sentinel').address}`,
    `--sentinel.port=${port('sentinel').number}`,
    // No debug, builder or validator.
    '--beacon.api=beacon,config,events,node',
    `--beacon.api.addr=${port('beacon').address}`,
    `--beacon.api.port=${port('beacon').number}`,
    // With it, Caplin takes every column and keeps the blobs made of them (IsArchivedMode, cl/das/peer_das.go).
    ...(context.blobCustody === 'standard' ? [] : ['--caplin.blobs-immediate-backfill']),
  ];
}

export const caplin: ClientDefinition = {
  id: 'caplin',
  role: 'consensus',
  within: 'erigon',
  version: () => ({
    value: 'v3.8.2',
    source: 'runs inside of Erigon and has its version',
    asOf: '2026-11-24',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi'],
  nodeTypes: ['full', 'archive'],
  // It keeps the blobs themselves, which is as much as half of the columns, and never all columns.
  blobCustody: ['standard', 'semi'],
  memoryWeight: 0,
  processes: () => [],
  health: () => ({
    // Its health answers 200 while it syncs (GetEthV1NodeHealth, cl/beacon/handler/node.go): the distance is asked for.
    head: {
      process: 'erigon',
      port: 'beacon',
      path: '/eth/v1/node/syncing',
      method: 'GET',
      read: '.data.sync_distance | tonumber',
      yields: 'slotsBehind',
      maximumSlots: 4,
    },
    peers: {
      process: 'erigon',
      port: 'beacon',
      path: '/eth/v1/node/peer_count',
      method: 'GET',
      read: '.data.connected | tonumber',
      minimum: 1,
    },
    progress: {
      process: 'erigon',
      port: 'beacon',
      path: '/eth/v1/node/syncing',
      method: 'GET',
      read: '.data.head_slot',
    },
  }),
  /** Its database is in Erigon's figures, which are measured with it. */
  disk: ({ blobCustody }): DiskUse => ({
    today: { ...blobDisk, value: blobDisk.value[blobCustody] },
    growthPerMonth: { ...blobDisk, value: 0 },
  }),
};
