import { CHAIN_NAMES, development, tell } from './run';

/** The section `chains`: keys and names that are not known, no longer work, or do not fit. */

tell([
  // unknown keys, at every level
  {
    title: 'an unknown chain',
    files: development('chains: { etherium: {} }\n'),
    lines: [
      `environments/development/overrides.yml:1:11 chains.etherium: is not a known key; use one of ${CHAIN_NAMES}; did you mean ethereum?`,
    ],
  },
  {
    title: 'an unknown key in a chain',
    files: development('chains: { ethereum: { client: [geth] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 chains.ethereum.client: is not a known key; use one of enabled, networks, clients, replicas, consensus, node_type, hosting, resources, storage, optional_processes, order_flow, p2p, backup, bootstrap, os_patches, blob_custody, version, extra_args, instance_type, ami, volume, growth_months, nodes; did you mean clients?',
    ],
  },
  {
    title: 'an unknown key in a volume',
    files: development('chains: { ethereum: { volume: { sise: 1 TiB } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.ethereum.volume.sise: is not a known key; use one of type, size, iops, throughput; did you mean size?',
    ],
  },
  {
    title: 'the version of an unknown client',
    files: development('chains: { ethereum: { version: { gth: v1.0.0 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.version.gth: is not a known key; use one of geth, reth, nethermind, besu, erigon, lighthouse, teku, prysm, nimbus, lodestar; did you mean geth?',
    ],
  },
  {
    title: "arguments of another chain's client",
    files: development('chains: { ethereum: { extra_args: { bor: [--a] } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:37 chains.ethereum.extra_args.bor: is not a known key; use one of geth, reth, nethermind, besu, erigon, lighthouse, teku, prysm, nimbus, lodestar',
    ],
  },
  {
    title: 'an unknown key in a node',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { replica: 2 } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:48 chains.ethereum.nodes.sepolia-geth.replica: is not a known key; use one of consensus, node_type, hosting, resources, storage, optional_processes, order_flow, p2p, backup, bootstrap, os_patches, blob_custody, version, extra_args, instance_type, ami, volume, growth_months, replicas, zone; did you mean replicas?',
    ],
  },
  {
    title: 'an unknown key in the volume of a node',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { volume: { through_put: 250 MiB/s } } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:58 chains.ethereum.nodes.sepolia-geth.volume.through_put: is not a known key; use one of type, size, iops, throughput; did you mean throughput?',
    ],
  },
  {
    title: 'a zone for a whole chain',
    files: development('chains: { ethereum: { zone: eu-central-1a } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 chains.ethereum.zone: is not a known key; use one of enabled, networks, clients, replicas, consensus, node_type, hosting, resources, storage, optional_processes, order_flow, p2p, backup, bootstrap, os_patches, blob_custody, version, extra_args, instance_type, ami, volume, growth_months, nodes',
    ],
  },
  {
    title: 'an unknown key in a chain',
    files: development('chains: { arbitrum: { network: [nova], networks: [local], clients: [nitro] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 chains.arbitrum.network: is not a known key; use one of enabled, networks, clients, replicas, node_type, hosting, resources, storage, l1, optional_processes, p2p, backup, bootstrap, os_patches, version, extra_args, instance_type, ami, volume, growth_months, nodes; did you mean networks?',
    ],
  },
  {
    title: 'an unknown key in a layer-1 node',
    files: development('chains: { arbitrum: { l1: { rpc: x }, networks: [local], clients: [nitro] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:27 chains.arbitrum.l1: a map of keys is not a layer-1 node; give its id, or { rpc_secret: …, beacon_secret: … }',
    ],
  },
  {
    title: 'an unknown key in a node of a chain',
    files: development(
      'chains: { arbitrum: { nodes: { nova-nitro: { zones: a } }, networks: [local], clients: [nitro] } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:46 chains.arbitrum.nodes.nova-nitro.zones: is not a known key; use one of node_type, hosting, resources, storage, l1, optional_processes, p2p, backup, bootstrap, os_patches, version, extra_args, instance_type, ami, volume, growth_months, replicas, zone; did you mean zone?',
    ],
  },

  // names that no longer work, are unknown, missing or there twice
  {
    title: 'goerli',
    files: development('chains: { ethereum: { networks: [mainnet, goerli, sepolia] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:43 chains.ethereum.networks[1]: "goerli" cannot be used: goerli was shut down in 2024; use sepolia (ethereum/go-ethereum#30289)',
    ],
  },
  {
    title: 'holesky',
    files: development('chains: { ethereum: { networks: [holesky] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: "holesky" cannot be used: holesky was shut down in 2025; use hoodi (blog.ethereum.org/2025/09/01/holesky-shutdown-announcement)',
    ],
  },
  {
    title: 'testnet for a network',
    files: development('chains: { ethereum: { networks: [testnet] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: "testnet" cannot be used: name the testnet: sepolia (applications) or hoodi (staking)',
    ],
  },
  {
    title: 'dev for local',
    files: development('chains: { ethereum: { networks: [dev] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: "dev" cannot be used: a development chain is called local',
    ],
  },
  {
    title: 'op-geth',
    files: development('chains: { optimism: { clients: [op-geth], networks: [sepolia] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.optimism.clients[0]: "op-geth" cannot be used: op-geth ended on 2026-05-31 and cannot follow Karst; use op-reth (release notes of op-node v1.19.1)',
    ],
  },
  {
    title: 'bsc-erigon',
    files: development('chains: { bsc: { clients: [bsc-erigon], networks: [chapel] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:28 chains.bsc.clients[0]: "bsc-erigon" cannot be used: bsc-erigon ended for BSC on 2025-12-31; use geth (node-real/bsc-erigon, README)',
    ],
  },
  {
    title: 'mumbai',
    files: development('chains: { polygon: { networks: [mumbai], clients: [bor] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.polygon.networks[0]: "mumbai" cannot be used: mumbai was shut down in 2024; use amoy (0xPolygon/polygon-docs, pos/reference/mapped-tokens)',
    ],
  },
  {
    title: 'an unknown client',
    files: development('chains: { ethereum: { clients: [gteh] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.ethereum.clients[0]: "gteh" is not a client of ethereum; use one of geth, reth, nethermind, besu, erigon; did you mean geth?',
    ],
  },
  {
    title: 'a consensus client among the clients',
    files: development('chains: { ethereum: { clients: [geth, lighthouse] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.clients[1]: "lighthouse" is not a client of ethereum; use one of geth, reth, nethermind, besu, erigon',
    ],
  },
  {
    title: 'an unknown network',
    files: development('chains: { ethereum: { networks: [mainet] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: "mainet" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local; did you mean mainnet?',
    ],
  },
  {
    title: 'a network with a capital',
    files: development('chains: { ethereum: { networks: [Mainnet] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: "Mainnet" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local; did you mean mainnet?',
    ],
  },
  {
    title: 'an unknown consensus client',
    files: development('chains: { ethereum: { consensus: lighthose } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.consensus: "lighthose" is not a consensus client of ethereum; use one of lighthouse, teku, prysm, nimbus, lodestar, caplin; did you mean lighthouse?',
    ],
  },
  {
    title: 'no network',
    files: development('chains: { ethereum: { networks: [] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.ethereum.networks: is empty; list a network, or set enabled: false',
    ],
  },
  {
    title: 'no client',
    files: development('chains: { ethereum: { clients: [] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.clients: is empty; list a client, or set enabled: false',
    ],
  },
  {
    title: 'a client twice',
    files: development('chains: { ethereum: { clients: [geth, geth] } }\n'),
    lines: ['environments/development/overrides.yml:1:39 chains.ethereum.clients[1]: "geth" stands twice; remove one'],
  },
  {
    title: 'a network twice',
    files: development('chains: { ethereum: { networks: [sepolia, hoodi, sepolia] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:50 chains.ethereum.networks[2]: "sepolia" stands twice; remove one',
    ],
  },
  {
    title: 'an argument twice',
    files: development('chains: { ethereum: { extra_args: { geth: [--maxpeers=1, --maxpeers=1] } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:58 chains.ethereum.extra_args.geth[1]: "--maxpeers=1" stands twice; remove one',
    ],
  },

  // what is refused, reserved or does not fit
  {
    title: 'a chain on Kubernetes',
    files: development('chains: { ethereum: { hosting: kubernetes } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.hosting: ethereum-sepolia-geth: runs on Kubernetes, and the environment names no cluster; set kubernetes.cluster, or kubernetes.kubeconfig and context',
    ],
  },
  {
    title: 'a node on Kubernetes',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { hosting: kubernetes } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:57 chains.ethereum.nodes.sepolia-geth.hosting: ethereum-sepolia-geth: runs on Kubernetes, and the environment names no cluster; set kubernetes.cluster, or kubernetes.kubeconfig and context',
    ],
  },
  {
    title: 'an unknown hosting',
    files: development('chains: { ethereum: { hosting: ec2 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.hosting: "ec2" is not a hosting; use one of instance, kubernetes',
    ],
  },
  {
    title: 'half custody with teku',
    files: development('chains: { ethereum: { consensus: teku, blob_custody: semi } }\n'),
    lines: [
      'environments/development/overrides.yml:1:54 chains.ethereum.blob_custody: ethereum-sepolia-geth: teku cannot keep "semi" blobs; use one of standard, super',
    ],
  },
  {
    title: 'half custody with teku on one node',
    files: development('chains: { ethereum: { blob_custody: semi, nodes: { sepolia-geth: { consensus: teku } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:37 chains.ethereum.blob_custody: ethereum-sepolia-geth: teku cannot keep "semi" blobs; use one of standard, super',
    ],
  },
  {
    title: 'an unknown custody',
    files: development('chains: { ethereum: { blob_custody: half } }\n'),
    lines: [
      'environments/development/overrides.yml:1:37 chains.ethereum.blob_custody: "half" is not a blob custody; use one of standard, semi, super',
    ],
  },
  {
    title: 'an unknown node type',
    files: development('chains: { ethereum: { node_type: pruned } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.node_type: "pruned" is not a node type of ethereum; use one of full, archive',
    ],
  },
  {
    title: 'a consensus client for a local node',
    files: development('chains: { ethereum: { networks: [local], nodes: { local-geth: { consensus: teku } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:76 chains.ethereum.nodes.local-geth.consensus: ethereum-local-geth: runs alone on this network, without a consensus client; remove the key',
    ],
  },
]);
