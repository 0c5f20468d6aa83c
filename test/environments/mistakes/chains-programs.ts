import { loadFiles, refusals } from '../files';
import { development, tell } from './run';

/** The section `chains`: versions, arguments and surroundings of programs of every chain. */

const layer1 = 'ethereum: { blob_custody: semi }';
const OPEN = 'network: { p2p: { mode: public } }\n';

tell([
  {
    title: 'a provider’s address in place of a secret’s name, which is not repeated',
    files: development(
      'chains: { polygon: { networks: [amoy], clients: [bor], l1: { rpc_secret: "https://rpc.test/v2/KEY" } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:74 chains.polygon.l1.rpc_secret: is not the name of a secret; put the value into Secrets Manager and give its name here, such as l1/rpc',
    ],
  },
  {
    title: 'a provider’s address in place of a node, which is not repeated',
    files: development('chains: { polygon: { networks: [amoy], clients: [bor], l1: "https://rpc.test/v2/KEY" } }\n'),
    lines: [
      'environments/development/overrides.yml:1:60 chains.polygon.l1: polygon-amoy-bor: l1 is the id of a node, such as ethereum-sepolia-geth, or names of secrets that hold addresses: { rpc_secret: … }',
    ],
  },
  {
    title: 'a version of BSC with a v, which its tags have not',
    files: development('chains: { bsc: { networks: [chapel], clients: [geth], version: { geth: v1.8.2 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:72 chains.bsc.version.geth: "v1.8.2" is not written as tags of geth are; give one such as 1.8.2',
    ],
  },
  {
    title: 'a version of Nitro without its commit',
    files: development('chains: { arbitrum: { networks: [local], clients: [nitro], version: { nitro: v3.12.4 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:78 chains.arbitrum.version.nitro: "v3.12.4" is not written as tags of nitro are; give one such as v3.12.4-960ca0a',
    ],
  },
  {
    title: 'a tag that moves, with a processor behind it',
    files: development('chains: { ethereum: { version: { geth: latest-amd64 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:40 chains.ethereum.version.geth: "latest-amd64" moves, and a version stays; give a tag such as v1.2.3',
    ],
  },
  {
    title: 'a version whose builder would have too long a name',
    files: development(
      `${OPEN}chains: { solana: { networks: [testnet], clients: [jito-solana], version: { jito-solana: "v4.10.0-beta.12-jito-hotfix@${'a'.repeat(40)}" } } }\n`,
    ),
    lines: [
      'environments/development/overrides.yml:2:90 chains.solana.version.jito-solana: "v4.10.0-beta.12-jito-hotfix@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not a version of jito-solana whose commit is pinned; use v4.2.1-jito or v4.3.0-beta.2-jito, or a tag of at most 20 characters with its commit, such as v4.2.1-jito@<40 hexadecimal digits>',
    ],
  },
  {
    title: 'a managed flag in another spelling that the program takes',
    files: development(
      'chains: { ethereum: { clients: [nethermind], consensus: lodestar, extra_args: { nethermind: ["--jsonrpc-enabledmodules=Admin"], lodestar: ["--no-rest"] } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:94 chains.ethereum.extra_args.nethermind[0]: "--jsonrpc-enabledmodules=Admin" restates --jsonrpc-enabledmodules, which is set by the catalogue; remove it',
      'environments/development/overrides.yml:1:140 chains.ethereum.extra_args.lodestar[0]: "--no-rest" restates --no-rest, which is set by the catalogue; remove it',
    ],
  },
  {
    title: 'a network disk where makers rule it out, without a size',
    files: development(`${OPEN}chains: { solana: { networks: [testnet], clients: [agave], storage: ebs } }\n`),
    lines: [
      'environments/development/overrides.yml:2:69 chains.solana.storage: solana-testnet-agave: agave cannot keep up on a network disk, its makers ask for NVMe disks; use instance-store (docs.anza.xyz/operations/requirements, 2025-11-17)',
    ],
  },
  {
    title: 'a relay of a feed that a network of one node has not',
    files: development(
      'chains: { arbitrum: { networks: [local], clients: [nitro], nodes: { local-nitro: { optional_processes: [feed-relay] } } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:104 chains.arbitrum.nodes.local-nitro.optional_processes: arbitrum-local-nitro: feed-relay does not run on local; remove it',
    ],
  },
  {
    title: 'a consensus client that runs inside of another client',
    files: development('chains: { ethereum: { consensus: caplin } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.consensus: ethereum-sepolia-geth: "caplin" does not run beside geth on sepolia; use one of lighthouse, teku, prysm, nimbus, lodestar',
    ],
  },
  {
    title: 'a limit of nothing',
    files: development('chains: { ethereum: { p2p: { egress_limit: 0 Mbps } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:44 chains.ethereum.p2p.egress_limit: is 0, and would send nothing; remove it where there is no limit',
    ],
  },
  {
    title: 'a port for peers where there is none',
    files: development(
      `chains: { ${layer1}, arbitrum: { networks: [sepolia], clients: [nitro], nodes: { sepolia-nitro: { p2p: { mode: public } } } } }\n`,
    ),
    lines: [
      'environments/development/overrides.yml:1:135 chains.arbitrum.nodes.sepolia-nitro.p2p.mode: arbitrum-sepolia-nitro: has no port for peers on sepolia; remove the key',
    ],
  },
]);

test('a mistake in one chain hides none in another, nor is its absence one', () => {
  const text = `${OPEN}chains: { arbitrum: { networks: [sepolia], clients: [nitro] }, ethereum: { clients: [gteh] }, bsc: { networks: [chapel], clients: [geth], volume: { size: 10 GiB } } }\n`;
  const lines = refusals(development(text));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('"gteh" is not a client of ethereum');
  expect(lines[1]).toContain('bsc-chapel-geth: 10 GiB is too small');
});

test('less than half of the memory that the catalogue chooses is a warning', () => {
  const { warnings } = loadFiles(
    development(`${OPEN}chains: { solana: { networks: [mainnet], clients: [agave], instance_type: i7i.4xlarge } }\n`),
  );
  expect(warnings.map(({ message }) => message)).toContain(
    'solana-mainnet-agave: i7i.4xlarge has 128 GiB of memory, and i7i.12xlarge, which the catalogue chooses, 384 GiB; it may be too little',
  );
});
