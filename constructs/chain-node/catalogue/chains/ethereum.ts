import { blobDisk } from '../clients/beacon-api';
import { geth } from '../clients/geth';
import { lighthouse } from '../clients/lighthouse';
import { lodestar } from '../clients/lodestar';
import { nimbus } from '../clients/nimbus';
import { prysm } from '../clients/prysm';
import { reth } from '../clients/reth';
import { teku } from '../clients/teku';
import type { ChainDefinition, Fact, NodeChoice, Sizing, VolumeSizing } from '../model';

const AWS_SAMPLES = 'aws-samples/aws-blockchain-node-runners 2026-08-17, blueprints/ethereum/samples';

const NO_FIGURE = { source: 'no published sizing found', asOf: '2026-11-23', status: 'unverified' } as const;

const TESTNET = {
  instanceType: 'r7g.xlarge',
  storage: 'ebs',
  volume: { type: 'gp3', sizeGiB: 600, iops: 3000, throughputMiBps: 125 },
} as const satisfies Sizing;

/** Sizes for `standard` blob custody; more custody adds its disk. */
const SIZES: Readonly<Record<string, Fact<Extract<Sizing, { storage: 'ebs' }>>>> = {
  'mainnet full': {
    value: {
      instanceType: 'r7g.2xlarge',
      storage: 'ebs',
      // The samples buy 700 MiB/s, of which this instance type sustains 298.
      volume: { type: 'gp3', sizeGiB: 2560, iops: 8000, throughputMiBps: 250 },
    },
    source: `${AWS_SAMPLES}/.env-mainnet-geth-lighthouse-full`,
    asOf: '2026-08-17',
    status: 'verified',
  },
  'mainnet archive': {
    value: {
      instanceType: 'r7g.4xlarge',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 4096, iops: 16_000, throughputMiBps: 500 },
    },
    source: `memory of ${AWS_SAMPLES}/.env-mainnet-*-archive, there on instance store; disk from the clients' documentation`,
    asOf: '2026-08-17',
    status: 'unverified',
  },
  'sepolia full': {
    value: TESTNET,
    source: `${AWS_SAMPLES}/.env-sepolia-geth-lighthouse-full; disk for Nethermind's 409 GB, the largest figure published`,
    asOf: '2026-08-17',
    status: 'third-party',
  },
  'sepolia archive': {
    value: { ...TESTNET, instanceType: 'r7g.2xlarge', volume: { ...TESTNET.volume, sizeGiB: 1536, iops: 6000 } },
    ...NO_FIGURE,
  },
  'hoodi full': { value: TESTNET, ...NO_FIGURE },
  'hoodi archive': {
    value: { ...TESTNET, instanceType: 'r7g.2xlarge', volume: { ...TESTNET.volume, sizeGiB: 1024, iops: 6000 } },
    ...NO_FIGURE,
  },
  'local full': {
    value: {
      instanceType: 'm7g.large',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 20, iops: 3000, throughputMiBps: 125 },
    },
    ...NO_FIGURE,
  },
};

const forCustody = (volume: VolumeSizing, { blobCustody }: NodeChoice): VolumeSizing => ({
  ...volume,
  sizeGiB: volume.sizeGiB + blobDisk.value[blobCustody] - blobDisk.value.standard,
});

/** Ethereum: an execution client and a consensus client, except on `local`, where one client makes its own blocks. */
export const ethereum: ChainDefinition = {
  id: 'ethereum',
  networks: [
    {
      id: 'mainnet',
      kind: 'public',
      identity: '1',
      blockSeconds: 12,
      // eth-clients/checkpoint-sync-endpoints, 2026-11-22
      checkpoints: ['https://beaconstate.ethstaker.cc', 'https://mainnet.checkpoint.sigp.io'],
      forks: [
        {
          name: 'Fusaka',
          at: '2025-12-03T21:49:11Z',
          least: {
            geth: 'v1.16.7',
            reth: 'v1.9.1',
            lighthouse: 'v8.0.1',
            teku: '25.11.1',
            prysm: 'v7.0.0',
            nimbus: 'multiarch-v25.11.0',
            lodestar: 'v1.36.0',
          },
          source:
            'ethereum/go-ethereum params/config.go and release v1.16.7; stader-labs stader-node v1.7.0; status-im/nimbus-eth2 CHANGELOG v25.11.0; release lodestar v1.36.0',
        },
      ],
    },
    {
      id: 'sepolia',
      kind: 'public',
      identity: '11155111',
      blockSeconds: 12,
      checkpoints: ['https://checkpoint-sync.sepolia.ethpandaops.io', 'https://beaconstate-sepolia.chainsafe.io'],
      forks: [
        {
          name: 'Glamsterdam',
          at: '2026-10-06T13:53:36Z',
          least: {
            geth: 'v1.17.8',
            reth: 'v2.7.0',
            lighthouse: 'v8.3.0',
            teku: '26.9.1',
            prysm: 'v7.2.0',
            nimbus: 'multiarch-v26.9.1',
            lodestar: 'v1.49.0',
          },
          source:
            'release notes of reth v2.7.0, teku 26.9.1, prysm v7.2.0 and lodestar v1.49.0; nimbus: smartnode v1.24.3; geth and lighthouse: first releases seen to carry the date',
        },
      ],
    },
    {
      id: 'hoodi',
      kind: 'public',
      identity: '560048',
      blockSeconds: 12,
      checkpoints: ['https://hoodi.checkpoint.sigp.io', 'https://checkpoint-sync.hoodi.ethpandaops.io'],
      forks: [
        {
          // Postponed without a new date; builds that still carry the old one leave the chain on it.
          name: 'Glamsterdam as first planned',
          at: '2026-10-26T17:42:48Z',
          least: {
            geth: 'v1.17.10',
            reth: 'v2.8.1',
            lighthouse: 'v8.3.2',
            teku: '26.10.2',
            prysm: 'v7.3.1',
            nimbus: 'multiarch-v26.10.2',
            lodestar: 'v1.50.1',
          },
          source:
            'https://blog.ethereum.org/en/2026/10/22/glamsterdam-hoodi-delay; reth v2.8.1, lighthouse v8.3.2, prysm v7.3.1, lodestar v1.50.1; others: smartnode v1.25.1',
        },
      ],
    },
    { id: 'local', kind: 'local', identity: '1337', blockSeconds: 12, forks: [] },
  ],
  retired: {
    goerli: 'goerli was shut down in 2024; use sepolia',
    holesky: 'holesky was shut down in 2025; use hoodi',
    ropsten: 'ropsten was shut down in 2022; use sepolia',
    rinkeby: 'rinkeby was shut down in 2023; use sepolia',
    testnet: 'name the testnet: sepolia (applications) or hoodi (staking)',
    dev: 'a development chain is called local',
  },
  clients: [
    { client: geth, consensus: [lighthouse, teku, prysm, nimbus, lodestar] },
    { client: reth, consensus: [lighthouse, teku, prysm, nimbus, lodestar] },
  ],
  sizing: (of) => {
    const found = SIZES[`${of.network} ${of.nodeType}`];
    if (!found) return undefined;
    return { ...found, value: { ...found.value, volume: forCustody(found.value.volume, of) } };
  },
};
