import { GLOBAL } from '../files';
import { development, tell } from './run';

/** The section `chains`: settings of single nodes, arguments and versions of their clients, and their zones. */

tell([
  // zones
  {
    title: 'a node in a zone of another region',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { zone: us-east-1a } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:54 chains.ethereum.nodes.sepolia-geth.zone: "us-east-1a" is not a zone of eu-central-1; its zones begin with eu-central-1',
    ],
  },

  // nodes
  {
    title: 'settings of a node with a typing error',
    files: development('chains: { ethereum: { nodes: { sepolia-gteh: { growth_months: 3 } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.nodes.sepolia-gteh: is not a node of this environment; there are sepolia-geth; did you mean sepolia-geth?',
    ],
  },
  {
    title: 'settings of a node of another network',
    files: development('chains: { ethereum: { nodes: { mainnet-geth: { growth_months: 3 } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.nodes.mainnet-geth: is not a node of this environment; there are sepolia-geth',
    ],
  },
  {
    title: 'null for a node that does not exist',
    files: development('chains: { ethereum: { nodes: { sepolia-gteh: null } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.nodes.sepolia-gteh: is not a node of this environment; there are sepolia-geth; did you mean sepolia-geth?',
    ],
  },
  {
    title: 'the id of a node for its name',
    files: development('chains: { ethereum: { nodes: { ethereum-sepolia-geth: { growth_months: 3 } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.nodes.ethereum-sepolia-geth: is not a node of this environment; there are sepolia-geth',
    ],
  },
  {
    title: 'settings of a replica that does not exist',
    files: development('chains: { ethereum: { nodes: { sepolia-geth-2: { growth_months: 3 } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.nodes.sepolia-geth-2: is not a node of this environment; sepolia-geth has fewer replicas, raise them',
    ],
  },
  {
    title: 'replicas of a replica',
    files: development('chains: { ethereum: { replicas: 2, nodes: { sepolia-geth-2: { replicas: 3 } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:63 chains.ethereum.nodes.sepolia-geth-2.replicas: is for all replicas together; set it for sepolia-geth',
    ],
  },
  {
    title: 'settings in global.yml of a node that cannot exist',
    files: { 'global.yml': `${GLOBAL}    nodes:\n      sepolia-gteh: { growth_months: 3 }\n` },
    lines: [
      'environments/global.yml:9:7 chains.ethereum.nodes.sepolia-gteh: is not a node of this environment; there are sepolia-geth; did you mean sepolia-geth?',
    ],
  },
  {
    title: 'an extra argument that restates a managed flag',
    files: development('chains: { ethereum: { extra_args: { geth: [--http.port=1234] } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:44 chains.ethereum.extra_args.geth[0]: "--http.port=1234" restates --http.port, which is set by the catalogue; remove it',
    ],
  },
  {
    title: 'two extra arguments that do, and one that does not',
    files: development('chains: { ethereum: { extra_args: { geth: [--maxpeers=10, --cache=1, --http] } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:59 chains.ethereum.extra_args.geth[1]: "--cache=1" restates --cache, which is set by the catalogue; remove it',
      'environments/development/overrides.yml:1:70 chains.ethereum.extra_args.geth[2]: "--http" restates --http, which is set by the catalogue; remove it',
    ],
  },
  {
    title: 'an extra argument that is no flag',
    files: development('chains: { ethereum: { extra_args: { geth: [maxpeers=10] } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:44 chains.ethereum.extra_args.geth[0]: "maxpeers=10" is not one flag with its value, written as "--name=value"',
    ],
  },
  {
    title: 'a value apart from its flag',
    files: development('chains: { ethereum: { extra_args: { geth: [--maxpeers, 10] } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:56 chains.ethereum.extra_args.geth[1]: 10 is not one flag with its value, written as "--name=value"; quote it if it is meant as text',
    ],
  },
  {
    title: 'an extra argument that two nodes share',
    files: development('chains: { ethereum: { networks: [sepolia, hoodi], extra_args: { geth: [--cache=1] } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:72 chains.ethereum.extra_args.geth[0]: "--cache=1" restates --cache, which is set by the catalogue; remove it',
    ],
  },
  {
    title: 'an extra argument of one node',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { extra_args: { geth: [--cache=1] } } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:69 chains.ethereum.nodes.sepolia-geth.extra_args.geth[0]: "--cache=1" restates --cache, which is set by the catalogue; remove it',
    ],
  },
  {
    title: 'the version of a client that the node does not run',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { version: { reth: v2.0.0 } } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:59 chains.ethereum.nodes.sepolia-geth.version.reth: ethereum-sepolia-geth does not run reth; it runs geth and lighthouse',
    ],
  },
  {
    title: 'arguments of a client that the node does not run',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { extra_args: { teku: [--a] } } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:62 chains.ethereum.nodes.sepolia-geth.extra_args.teku: ethereum-sepolia-geth does not run teku; it runs geth and lighthouse',
    ],
  },
  {
    title: 'a version with a space',
    files: development('chains: { ethereum: { version: { geth: "v1.2 beta" } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:40 chains.ethereum.version.geth: "v1.2 beta" is not an image tag such as v1.2.3',
    ],
  },
  {
    title: 'a digest that is too short',
    files: development('chains: { ethereum: { version: { geth: "v1.17.10@sha256:abc" } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:40 chains.ethereum.version.geth: "v1.17.10@sha256:abc" is not an image tag such as v1.2.3',
    ],
  },
]);
