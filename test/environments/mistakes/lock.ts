import { lock, tell } from './run';

/** The lock file. */

tell([
  {
    title: 'a lock file that is no YAML',
    files: lock('nodes: {\n'),
    lines: [
      'environments/development/nodes.lock.yml:2:1 this is not YAML: flow map in block collection must be sufficiently indented and end with a }',
    ],
  },
  {
    title: 'a lock file that is empty',
    files: lock('\n'),
    lines: ['environments/development/nodes.lock.yml:1:1 nodes: is missing; give a map of keys'],
  },
  {
    title: 'a lock file with a list',
    files: lock('nodes: []\n'),
    lines: ['environments/development/nodes.lock.yml:1:8 nodes: a list is not a map of keys'],
  },
  {
    title: 'a lock file with a wrong tier and size',
    files: lock(
      'nodes:\n  ethereum-sepolia-geth:\n    zone: eu-central-1a\n    tier: publc\n    storage: ebs\n    size: 600 GB\n    key: aws/ebs\n    vpc: default\n    architecture: arm64\n',
    ),
    lines: [
      'environments/development/nodes.lock.yml:4:11 nodes.ethereum-sepolia-geth.tier: "publc" is not a tier; use one of private, public; did you mean public?',
      'environments/development/nodes.lock.yml:6:11 nodes.ethereum-sepolia-geth.size: "600 GB" is not a size in GiB or TiB, such as "512 GiB" or "4 TiB"',
    ],
  },
  {
    title: 'a lock file with half an entry',
    files: lock('nodes:\n  ethereum-sepolia-geth:\n    zone: eu-central-1a\n\n'),
    lines: [
      'environments/development/nodes.lock.yml:2:3 nodes.ethereum-sepolia-geth.storage: is missing; give a storage: ebs, instance-store',
    ],
  },
  {
    title: 'a lock file with an instance of which little is known',
    files: lock('nodes:\n  ethereum-sepolia-geth:\n    zone: eu-central-1a\n    storage: ebs\n    size: 1 TiB\n'),
    lines: ['key', 'tier', 'vpc', 'architecture'].map(
      (key) =>
        `environments/development/nodes.lock.yml:2:3 nodes.ethereum-sepolia-geth.${key}: is missing; ${key === 'key' ? 'a disk on EBS' : 'an instance'} has one; run the lock command on a commit where it was right`,
    ),
  },
  {
    title: 'a lock file with a claim of which little is known',
    files: lock('nodes:\n  ethereum-sepolia-geth:\n    hosting: kubernetes\n    storage: ebs\n'),
    lines: ['cluster', 'disk', 'size', 'key'].map(
      (key) =>
        `environments/development/nodes.lock.yml:2:3 nodes.ethereum-sepolia-geth.${key}: is missing; a claim has one; run the lock command on a commit where it was right`,
    ),
  },
  {
    title: 'a lock file with an unknown key',
    files: lock(
      'nodes: { ethereum-sepolia-geth: { zone: eu-central-1a, tier: public, storage: ebs, sise: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n',
    ),
    lines: [
      'environments/development/nodes.lock.yml:1:10 nodes.ethereum-sepolia-geth.size: is missing; a disk on EBS has one; run the lock command on a commit where it was right',
      'environments/development/nodes.lock.yml:1:84 nodes.ethereum-sepolia-geth.sise: is not a known key; use one of hosting, cluster, host_ports, disk, zone, tier, vpc, subnet, architecture, instance_type, storage, size, key; did you mean size?',
    ],
  },
  {
    title: 'a lock file with a node that nobody configures',
    files: lock(
      'nodes: { foo: { zone: us-east-1a, tier: public, storage: ebs, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n',
    ),
    lines: [
      'environments/development/nodes.lock.yml:1:10 nodes.foo: the configuration drops this node and its disk; put it back, or add foo to retire in the overrides (the disk goes, with a final snapshot)',
    ],
  },
]);
