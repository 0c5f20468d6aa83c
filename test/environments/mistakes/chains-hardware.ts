import { type ChainDefinition, ethereum } from '../../../constructs/chain-node/catalogue';
import type { LoadOptions } from '../../../environments/load';
import { development, tell } from './run';

/** The section `chains`: instances and disks. */

/** Ethereum as it would be if nobody built its clients for ARM. */
const X86_ONLY: LoadOptions = {
  chains: [
    {
      ...ethereum,
      clients: ethereum.clients.map((choice) => ({
        ...choice,
        client: { ...choice.client, architectures: ['x86_64'] as const },
      })),
    } satisfies ChainDefinition,
  ],
};

tell([
  {
    title: 'an instance type with a typing error',
    files: development('chains: { ethereum: { instance_type: r7g.2xlrge } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 chains.ethereum.instance_type: ethereum-sepolia-geth: "r7g.2xlrge" is not a known instance type; describe it in aws.unlisted_instance if it exists; did you mean r7g.2xlarge?',
    ],
  },
  {
    title: 'an instance type of the wrong architecture',
    files: development('chains: { ethereum: { instance_type: r7g.xlarge } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 chains.ethereum.instance_type: ethereum-sepolia-geth: r7g.xlarge is arm64, and geth is made for x86_64 only',
      'environments/global.yml:6:16 chains.ethereum.networks[0]: ethereum-sepolia-geth: r7g.xlarge by the catalogue is arm64, and geth is made for x86_64 only',
    ],
    options: X86_ONLY,
  },
  {
    title: 'instance store without local disks',
    files: development('chains: { ethereum: { storage: instance-store } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.storage: ethereum-sepolia-geth: r7g.xlarge has no local disks; choose a type that has some, such as i8g.4xlarge, or storage ebs',
    ],
  },
  {
    title: 'local disks that are too small',
    files: development(
      'chains: { ethereum: { storage: instance-store, instance_type: i8g.large, networks: [mainnet] } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.storage: ethereum-mainnet-geth: 435 GiB is too small: geth and lighthouse need 1291 GiB today and 51 GiB a month on mainnet, 1597 GiB with 6 months of growth',
    ],
  },
  {
    title: 'a volume with instance store',
    files: development(
      'chains: { ethereum: { storage: instance-store, instance_type: i8g.4xlarge, volume: { size: 1 TiB } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:84 chains.ethereum.volume: ethereum-sepolia-geth: storage instance-store has no volume; remove the key',
    ],
  },
  {
    title: 'an unknown storage',
    files: development('chains: { ethereum: { storage: efs } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.storage: "efs" is not a storage; use one of ebs, instance-store; did you mean ebs?',
    ],
  },
  {
    title: 'an unknown volume type',
    files: development('chains: { ethereum: { volume: { type: gp2 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.type: "gp2" is not a volume type; use one of gp3, io2; did you mean gp3?',
    ],
  },
  {
    title: 'a gp3 volume that is too large',
    files: development('chains: { ethereum: { volume: { size: 65 TiB } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.size: ethereum-sepolia-geth: 66560 GiB is outside what gp3 offers, 1 to 65536 GiB',
    ],
  },
  {
    title: 'more IOPS than gp3 and the instance have',
    files: development('chains: { ethereum: { volume: { iops: 90000 }, instance_type: r7g.16xlarge } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.iops: ethereum-sepolia-geth: 90000 is more than r7g.16xlarge carries, at most 80000; choose a larger instance_type',
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.iops: ethereum-sepolia-geth: 90000 is outside what gp3 offers, 3000 to 80000',
    ],
  },
  {
    title: 'fewer IOPS than gp3 has',
    files: development('chains: { ethereum: { volume: { iops: 1000 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.iops: ethereum-sepolia-geth: 1000 is outside what gp3 offers, 3000 to 80000',
    ],
  },
  {
    title: 'more IOPS than 500 per GiB',
    files: development(
      'chains: { ethereum: { networks: [local], volume: { size: 20 GiB, iops: 12000 }, instance_type: m7g.16xlarge } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:72 chains.ethereum.volume.iops: ethereum-local-geth: 12000 is more than 500 per GiB; 20 GiB allow 10000',
    ],
  },
  {
    title: 'more throughput than a quarter of the IOPS',
    files: development('chains: { ethereum: { volume: { throughput: 1000 MiB/s }, instance_type: m7g.16xlarge } }\n'),
    lines: [
      'environments/development/overrides.yml:1:45 chains.ethereum.volume.throughput: ethereum-sepolia-geth: 1000 MiB/s needs 4000 iops, and there are 3000',
    ],
  },
  {
    title: 'less throughput than gp3 has',
    files: development('chains: { ethereum: { volume: { throughput: 100 MiB/s } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:45 chains.ethereum.volume.throughput: ethereum-sepolia-geth: 100 MiB/s is outside what gp3 offers, 125 to 2000 MiB/s',
    ],
  },
  {
    title: 'more throughput than gp3 and the instance have',
    files: development(
      'chains: { ethereum: { volume: { throughput: 2500 MiB/s, iops: 16000 }, instance_type: m7g.16xlarge } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:45 chains.ethereum.volume.throughput: ethereum-sepolia-geth: 2500 MiB/s is more than m7g.16xlarge carries, at most 2384 MiB/s; choose a larger instance_type',
      'environments/development/overrides.yml:1:45 chains.ethereum.volume.throughput: ethereum-sepolia-geth: 2500 MiB/s is outside what gp3 offers, 125 to 2000 MiB/s',
    ],
  },
  {
    title: 'a throughput with io2',
    files: development('chains: { ethereum: { volume: { type: io2, throughput: 250 MiB/s } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:56 chains.ethereum.volume.throughput: ethereum-sepolia-geth: io2 takes no throughput, it follows from iops; remove it',
    ],
  },
  {
    title: 'an io2 volume that is too small',
    files: development('chains: { ethereum: { networks: [local], volume: { type: io2, size: 2 GiB } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:69 chains.ethereum.volume.size: ethereum-local-geth: 2 GiB is outside what io2 offers, 4 to 65536 GiB',
    ],
  },
  {
    title: 'more IOPS than io2 and the instance have',
    files: development('chains: { ethereum: { volume: { type: io2, iops: 300000 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:50 chains.ethereum.volume.iops: ethereum-sepolia-geth: 300000 is more than r7g.xlarge carries, at most 40000; choose a larger instance_type',
      'environments/development/overrides.yml:1:50 chains.ethereum.volume.iops: ethereum-sepolia-geth: 300000 is outside what io2 offers, 100 to 256000',
    ],
  },
  {
    title: 'more throughput than the instance carries',
    files: development('chains: { ethereum: { volume: { iops: 16000, throughput: 1900 MiB/s } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:58 chains.ethereum.volume.throughput: ethereum-sepolia-geth: 1900 MiB/s is more than r7g.xlarge carries, at most 1192 MiB/s; choose a larger instance_type',
    ],
  },
  {
    title: 'more IOPS than the instance carries',
    files: development('chains: { ethereum: { volume: { iops: 60000 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 chains.ethereum.volume.iops: ethereum-sepolia-geth: 60000 is more than r7g.xlarge carries, at most 40000; choose a larger instance_type',
    ],
  },
  {
    title: 'a disk too small for mainnet',
    files: development('chains: { ethereum: { networks: [mainnet], volume: { size: 1 TiB } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:60 chains.ethereum.volume.size: ethereum-mainnet-geth: 1024 GiB is too small: geth and lighthouse need 1291 GiB today and 51 GiB a month on mainnet, 1597 GiB with 6 months of growth',
    ],
  },
  {
    title: 'a disk too small for five years',
    files: development('chains: { ethereum: { growth_months: 60 } }\n'),
    lines: [
      'environments/global.yml:6:16 chains.ethereum.networks[0]: ethereum-sepolia-geth: 600 GiB is too small: geth and lighthouse need 469 GiB today and 16 GiB a month on sepolia, 1429 GiB with 60 months of growth',
    ],
  },
  {
    title: 'the disk of one node too small',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { volume: { size: 100 GiB } } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:64 chains.ethereum.nodes.sepolia-geth.volume.size: ethereum-sepolia-geth: 100 GiB is too small: geth and lighthouse need 469 GiB today and 16 GiB a month on sepolia, 565 GiB with 6 months of growth',
    ],
  },
]);
