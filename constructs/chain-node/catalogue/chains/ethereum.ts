import { besu } from '../clients/besu';
import { caplin } from '../clients/caplin';
import { erigon } from '../clients/erigon';
import { geth } from '../clients/geth';
import { lighthouse } from '../clients/lighthouse';
import { lodestar } from '../clients/lodestar';
import { nethermind } from '../clients/nethermind';
import { nimbus } from '../clients/nimbus';
import { prysm } from '../clients/prysm';
import { reth } from '../clients/reth';
import { teku } from '../clients/teku';
import type { ChainDefinition, ClientDefinition } from '../model';
import { ethereumSizing } from './ethereum-sizes';

/** They stand beside every execution client; the first is the default. */
const CONSENSUS: readonly ClientDefinition[] = [lighthouse, teku, prysm, nimbus, lodestar];

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
            nethermind: '1.35.3',
            besu: '25.11.0',
            erigon: 'v3.2.2',
            caplin: 'v3.2.2',
            lighthouse: 'v8.0.1',
            teku: '25.11.1',
            prysm: 'v7.0.0',
            nimbus: 'multiarch-v25.11.0',
            lodestar: 'v1.36.0',
          },
          source:
            'ethereum/go-ethereum params/config.go and release v1.16.7; releases besu 25.11.0 and erigon v3.2.2; stader-labs/stader-node v1.7.0; status-im/nimbus-eth2 CHANGELOG v25.11.0; release lodestar v1.36.0',
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
            nethermind: '2.1.0',
            besu: '26.9.0',
            erigon: 'v3.7.1',
            caplin: 'v3.7.1',
            lighthouse: 'v8.3.0',
            teku: '26.9.1',
            prysm: 'v7.2.0',
            nimbus: 'multiarch-v26.9.1',
            lodestar: 'v1.49.0',
          },
          source:
            'release notes of reth v2.7.0, nethermind 2.1.0, erigon v3.7.1, teku 26.9.1, prysm v7.2.0 and lodestar v1.49.0; besu and nimbus: smartnode v1.24.3; geth and lighthouse: first releases seen to carry the date',
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
            nethermind: '2.2.1',
            besu: '26.10.1',
            erigon: 'v3.8.1',
            caplin: 'v3.8.1',
            lighthouse: 'v8.3.2',
            teku: '26.10.2',
            prysm: 'v7.3.1',
            nimbus: 'multiarch-v26.10.2',
            lodestar: 'v1.50.1',
          },
          source:
            'https://blog.ethereum.org/en/2026/10/22/glamsterdam-hoodi-delay; reth v2.8.1, nethermind 2.2.1, erigon v3.8.1, lighthouse v8.3.2, prysm v7.3.1, lodestar v1.50.1; others: smartnode v1.25.1',
        },
      ],
    },
    { id: 'local', kind: 'local', identity: '1337', blockSeconds: 12, forks: [] },
  ],
  retired: {
    goerli: 'goerli was shut down in 2024; use sepolia (ethereum/go-ethereum#30289)',
    holesky: 'holesky was shut down in 2025; use hoodi (blog.ethereum.org/2025/09/01/holesky-shutdown-announcement)',
    ropsten: 'ropsten was shut down in 2022; use sepolia (ethereum/go-ethereum#26644)',
    rinkeby: 'rinkeby was shut down in 2023; use sepolia (ethereum/go-ethereum#27406)',
    testnet: 'name the testnet: sepolia (applications) or hoodi (staking)',
    dev: 'a development chain is called local',
  },
  clients: [
    { client: geth, consensus: CONSENSUS },
    { client: reth, consensus: CONSENSUS },
    { client: nethermind, consensus: CONSENSUS },
    { client: besu, consensus: CONSENSUS },
    { client: erigon, consensus: [...CONSENSUS, caplin] },
  ],
  sizing: ethereumSizing,
};
