import { CHAIN_NAMES, development, tell } from './run';

/** The section `chains`: values of the wrong type or shape, and quantities. */

tell([
  // values of the wrong type or shape
  {
    title: 'a list for the map of chains',
    files: development('chains: [ethereum]\n'),
    lines: [
      `environments/development/overrides.yml:1:9 chains: a list is not a map of keys; its keys are ${CHAIN_NAMES}`,
    ],
  },
  {
    title: 'text for a chain',
    files: development('chains: { ethereum: geth }\n'),
    lines: ['environments/development/overrides.yml:1:21 chains.ethereum: "geth" is not a map of keys'],
  },
  {
    title: 'text for a list',
    files: development('chains: { ethereum: { networks: sepolia } }\n'),
    lines: ['environments/development/overrides.yml:1:33 chains.ethereum.networks: "sepolia" is not a list'],
  },
  {
    title: 'a map for a list',
    files: development('chains: { ethereum: { networks: { sepolia: true } } }\n'),
    lines: ['environments/development/overrides.yml:1:33 chains.ethereum.networks: a map of keys is not a list'],
  },
  {
    title: 'a number in a list of words',
    files: development('chains: { ethereum: { networks: [sepolia, 1] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:43 chains.ethereum.networks[1]: 1 is not a network of ethereum; use one of mainnet, sepolia, hoodi, local',
    ],
  },
  {
    title: 'an empty item in a list',
    files: development('chains:\n  ethereum:\n    networks:\n      - sepolia\n      -\n'),
    lines: [
      'environments/development/overrides.yml:5:8 chains.ethereum.networks[1]: null is not a network of ethereum; use one of mainnet, sepolia, hoodi, local',
    ],
  },
  {
    title: 'a list in a list',
    files: development('chains: { ethereum: { networks: [[sepolia]] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: a list is not a network of ethereum; use one of mainnet, sepolia, hoodi, local',
    ],
  },
  {
    title: 'null for a list that must be there',
    files: development('chains: { ethereum: { networks: null } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 chains.ethereum.networks: is removed by this null and cannot be missing; give a list',
    ],
  },
  {
    title: 'nothing for a list that must be there',
    files: development('chains:\n  ethereum:\n    networks:\n\n'),
    lines: [
      'environments/development/overrides.yml:3:5 chains.ethereum.networks: is removed by this null and cannot be missing; give a list',
    ],
  },
  {
    title: 'a boolean in quotes',
    files: development('chains: { ethereum: { enabled: "true" } }\n'),
    lines: ['environments/development/overrides.yml:1:32 chains.ethereum.enabled: "true" is not true or false'],
  },
  {
    title: 'a number in quotes',
    files: development('chains: { ethereum: { replicas: "2" } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.ethereum.replicas: "2" is not a whole number from 1 to 999',
    ],
  },
  {
    title: 'a fraction for a whole number',
    files: development('chains: { ethereum: { replicas: 1.5 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.ethereum.replicas: 1.5 is not a whole number from 1 to 999',
    ],
  },
  {
    title: 'a number that is too small',
    files: development('chains: { ethereum: { replicas: 0 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.ethereum.replicas: 0 is not a whole number from 1 to 999',
    ],
  },
  {
    title: 'no number at all',
    files: development('chains: { ethereum: { replicas: .nan } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.ethereum.replicas: NaN is not a whole number from 1 to 999',
    ],
  },
  {
    title: 'text for a volume',
    files: development('chains: { ethereum: { volume: 4 TiB } }\n'),
    lines: [
      'environments/development/overrides.yml:1:31 chains.ethereum.volume: "4 TiB" is not a map of keys; its keys are type, size, iops, throughput',
    ],
  },
  {
    title: 'a number for a size',
    files: development('chains: { ethereum: { volume: { size: 4096 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.size: 4096 is not a size in GiB or TiB, such as "512 GiB" or "4 TiB"',
    ],
  },
  {
    title: 'text for a number',
    files: development('chains: { ethereum: { volume: { iops: 3k } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.iops: "3k" is not a whole number from 1 to 1000000',
    ],
  },
  {
    title: 'a list for arguments by client',
    files: development('chains: { ethereum: { extra_args: [--maxpeers=100] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:35 chains.ethereum.extra_args: a list is not a map of keys; its keys are geth, reth, nethermind, besu, erigon, lighthouse, teku, prysm, nimbus, lodestar',
    ],
  },
  {
    title: 'text for a list of arguments',
    files: development('chains: { ethereum: { extra_args: { geth: --maxpeers=100 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:43 chains.ethereum.extra_args.geth: "--maxpeers=100" is not a list',
    ],
  },
  {
    title: 'text for versions by client',
    files: development('chains: { ethereum: { version: v1.17.10 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.version: "v1.17.10" is not a map of keys; its keys are geth, reth, nethermind, besu, erigon, lighthouse, teku, prysm, nimbus, lodestar',
    ],
  },
  {
    title: 'a version without quotes',
    files: development('chains: { ethereum: { version: { geth: 1.17 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:40 chains.ethereum.version.geth: 1.17 is not an image tag such as v1.2.3; quote it if it is meant as text',
    ],
  },
  {
    title: 'a list for settings by node',
    files: development('chains: { ethereum: { nodes: [sepolia-geth] } }\n'),
    lines: ['environments/development/overrides.yml:1:30 chains.ethereum.nodes: a list is not a map of keys'],
  },
  {
    title: 'text for the settings of a node',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: big } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:46 chains.ethereum.nodes.sepolia-geth: "big" is not a map of keys',
    ],
  },
  {
    title: 'a boolean for a word',
    files: development('chains: { ethereum: { p2p: { mode: true } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:36 chains.ethereum.p2p.mode: true is not a p2p mode; use one of public, outbound',
    ],
  },
  {
    title: 'a name for an image id',
    files: development('chains: { ethereum: { ami: ubuntu } }\n'),
    lines: [
      'environments/development/overrides.yml:1:28 chains.ethereum.ami: "ubuntu" is not an id such as ami-0123456789abcdef0',
    ],
  },
  {
    title: 'an instance type without a size',
    files: development('chains: { ethereum: { instance_type: large } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 chains.ethereum.instance_type: "large" is not an instance type such as r7g.2xlarge',
    ],
  },
  {
    title: 'a unit where months are counted',
    files: development('chains: { ethereum: { growth_months: 6 months } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 chains.ethereum.growth_months: "6 months" is not a whole number from 0 to 60',
    ],
  },

  // quantities
  {
    title: 'TB for TiB',
    files: development('chains: { ethereum: { volume: { size: 4 TB } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.size: "4 TB" is not a size in GiB or TiB, such as "512 GiB" or "4 TiB"',
    ],
  },
  {
    title: 'MB/s for MiB/s',
    files: development('chains: { ethereum: { volume: { throughput: 700 MB/s } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:45 chains.ethereum.volume.throughput: "700 MB/s" is not a throughput in MiB/s, such as "250 MiB/s"',
    ],
  },
  {
    title: 'half a GiB',
    files: development('chains: { ethereum: { volume: { size: 0.5 GiB } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.size: "0.5 GiB" is more precise than one GiB, the smallest unit; use fewer digits',
    ],
  },
  {
    title: 'a disk of nothing',
    files: development('chains: { ethereum: { volume: { size: 0 GiB } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.size: ethereum-sepolia-geth: 0 GiB is outside what gp3 offers, 1 to 65536 GiB',
    ],
  },
  {
    title: 'a disk that is too large to count',
    files: development('chains: { ethereum: { volume: { size: 99999999999999 TiB } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.size: "99999999999999 TiB" is too large',
    ],
  },
]);
