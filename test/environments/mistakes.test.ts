import { type ChainDefinition, ethereum } from '../../constructs/chain-node/catalogue';
import type { LoadOptions } from '../../environments/load';
import { formatProblems } from '../../environments/problem';
import { type Files, GLOBAL, loadFiles, refusals } from './files';

/** What operators get wrong, and every line that they are told: no more, no less, each with its place. */

const development = (text: string): Files => ({ 'development/overrides.yml': text });
const lock = (text: string): Files => ({ 'development/nodes.lock.yml': text });

const STRATEGY = `strategy:
  name: USDC
  type: arbitrage
  subtype: cross-chain
  enabled: true
  risk_level: medium
parameters:
  asset: USDC
  chains: [ethereum, base]
execution:
  engine: flashloan_arbitrage
`;

/** A strategy file in which `to` stands in place of `from`. */
function strategy(from: string, to: string): Files {
  if (STRATEGY.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once`);
  return { 'strategies/testing/usdc.yml': STRATEGY.replace(from, to) };
}

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

interface Mistake {
  readonly title: string;
  readonly files: Files;
  readonly lines: readonly string[];
  readonly options?: LoadOptions;
}

const MISTAKES: readonly Mistake[] = [
  // what is no YAML, or more than plain YAML
  {
    title: 'a tab for indentation',
    files: development('chains:\n\tethereum:\n\t\tclients: [geth]\n'),
    lines: [
      'environments/development/overrides.yml:2:1 this is not YAML: tabs are not allowed as indentation',
      'environments/development/overrides.yml:3:1 this is not YAML: tabs are not allowed as indentation',
    ],
  },
  {
    title: 'a bracket that is not closed',
    files: development('aws:\n  zones: [eu-central-1a\nprotect: false\n'),
    lines: [
      'environments/development/overrides.yml:3:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    title: 'a quote that is not closed',
    files: development('aws:\n  account_id: "012345678901\n\n'),
    lines: ['environments/development/overrides.yml:4:1 this is not YAML: missing closing "quote'],
  },
  {
    title: 'an indentation that fits nothing',
    files: development('chains:\n  ethereum:\n    networks: [sepolia]\n   clients: [geth]\n'),
    lines: [
      'environments/development/overrides.yml:4:1 this is not YAML: all mapping items must start at the same column',
    ],
  },
  {
    title: 'no space after a colon',
    files: development('chains:\n  ethereum:\n    replicas:2\n'),
    lines: ['environments/development/overrides.yml:3:5 chains.ethereum: "replicas:2" is not a map of keys'],
  },
  {
    title: 'no colon after a key',
    files: development('aws\n  region: eu-central-1\n'),
    lines: ['environments/development/overrides.yml:1:1 this is not YAML: implicit keys need to be on a single line'],
  },
  {
    title: 'two places that are no YAML',
    files: development('aws:\n  region: [a\nchains:\n  b: ]\n'),
    lines: [
      'environments/development/overrides.yml:3:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
      'environments/development/overrides.yml:4:6 this is not YAML: unexpected flow-seq-end token in YAML stream: "]"',
    ],
  },
  {
    title: 'a colon in text',
    files: development('aws:\n  region: eu: central\n'),
    lines: [
      'environments/development/overrides.yml:2:11 this is not YAML: nested mappings are not allowed in compact mappings',
    ],
  },
  {
    title: 'a key twice at top level',
    files: development('protect: false\nprotect: true\n'),
    lines: ['environments/development/overrides.yml:2:1 protect: stands twice; the first is in line 1, remove one'],
  },
  {
    title: 'a key twice further down',
    files: development('chains:\n  ethereum:\n    replicas: 1\n    replicas: 2\n'),
    lines: [
      'environments/development/overrides.yml:4:5 chains.ethereum.replicas: stands twice; the first is in line 3, remove one',
    ],
  },
  {
    title: 'a key three times',
    files: development('protect: false\nprotect: true\nprotect: true\n'),
    lines: [
      'environments/development/overrides.yml:2:1 protect: stands twice; the first is in line 1, remove one',
      'environments/development/overrides.yml:3:1 protect: stands twice; the first is in line 1, remove one',
    ],
  },
  {
    title: 'an alias',
    files: development('aws:\n  tags:\n    A: &a x\n    B: *a\n'),
    lines: ['environments/development/overrides.yml:4:8 aws.tags.B: *a is an alias; write the value out'],
  },
  {
    title: 'a merge key',
    files: development(
      'chains:\n  ethereum: &a\n    replicas: 1\n  arbitrum:\n    <<: *a\n    networks: [local]\n    clients: [nitro]\n',
    ),
    lines: ['environments/development/overrides.yml:5:9 chains.arbitrum.<<: *a is an alias; write the value out'],
  },
  {
    title: 'a tag of another tool',
    files: development('aws: !env { region: eu-central-1 }\n'),
    lines: ['environments/development/overrides.yml:1:6 aws: the tag !env means nothing here; remove it'],
  },
  {
    title: 'two documents',
    files: development('protect: false\n---\nprotect: true\n'),
    lines: ['environments/development/overrides.yml:2:1 a second document begins here; put everything into one'],
  },
  {
    title: 'a list at top level',
    files: development('- aws\n- chains\n'),
    lines: ['environments/development/overrides.yml:1:1 must hold keys and values, such as "chains: {}"'],
  },
  {
    title: 'text at top level',
    files: development('production\n'),
    lines: ['environments/development/overrides.yml:1:1 must hold keys and values, such as "chains: {}"'],
  },
  {
    title: 'a number as a key',
    files: development('chains: { 1: x }\n'),
    lines: ['environments/development/overrides.yml:1:11 chains: a key must be text; quote it'],
  },
  {
    title: 'nothing as a key',
    files: development(': x\n'),
    lines: ['environments/development/overrides.yml:1:1 a key must be text; quote it'],
  },
  {
    title: 'a list as a key',
    files: development('[a, b]: x\n'),
    lines: ['environments/development/overrides.yml:1:1 a key must be text; quote it'],
  },
  {
    title: 'a key that objects have',
    files: development('__proto__: { a: 1 }\n'),
    lines: ['environments/development/overrides.yml:1:1 a key cannot be called __proto__; choose another name'],
  },
  {
    title: 'a file with Windows line ends',
    files: development('protect: false\r\nprotekt: true\r\n'),
    lines: [
      'environments/development/overrides.yml:2:1 protekt: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, chains, mev, retire; did you mean protect?',
    ],
  },

  // values of the wrong type or shape
  {
    title: 'a list for the map of chains',
    files: development('chains: [ethereum]\n'),
    lines: [
      'environments/development/overrides.yml:1:9 chains: a list is not a map of keys; its keys are ethereum, arbitrum, optimism, base, polygon, bsc, avalanche, solana',
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
    title: 'yes for true',
    files: development('protect: yes\n'),
    lines: ['environments/development/overrides.yml:1:10 protect: "yes" is not true or false'],
  },
  {
    title: 'a number for a boolean',
    files: development('protect: 1\n'),
    lines: ['environments/development/overrides.yml:1:10 protect: 1 is not true or false'],
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
    lines: ['environments/development/overrides.yml:1:35 chains.ethereum.extra_args: a list is not a map of keys'],
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
    lines: ['environments/development/overrides.yml:1:32 chains.ethereum.version: "v1.17.10" is not a map of keys'],
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
    title: 'a tag that is a number',
    files: development('aws: { tags: { CostCenter: 4711 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:28 aws.tags.CostCenter: 4711 is not text; quote it if it is meant as text',
    ],
  },
  {
    title: 'a tag that is a boolean',
    files: development('aws: { tags: { Critical: true } }\n'),
    lines: [
      'environments/development/overrides.yml:1:26 aws.tags.Critical: true is not text; quote it if it is meant as text',
    ],
  },
  {
    title: 'a tag that is empty',
    files: development('aws: { tags: { A: "" } }\n'),
    lines: ['environments/development/overrides.yml:1:19 aws.tags.A: is empty; give text'],
  },
  {
    title: 'text for a list of zones',
    files: development('aws: { zones: eu-central-1a }\n'),
    lines: ['environments/development/overrides.yml:1:15 aws.zones: "eu-central-1a" is not a list'],
  },
  {
    title: 'null for the region',
    files: development('aws: { region: null }\n'),
    lines: [
      'environments/development/overrides.yml:1:8 aws.region: is removed by this null and cannot be missing; give a region such as eu-central-1',
    ],
  },
  {
    title: 'null for the zones',
    files: development('aws:\n  zones: ~\n'),
    lines: [
      'environments/development/overrides.yml:2:3 aws.zones: is removed by this null and cannot be missing; give a list',
    ],
  },
  {
    title: 'a list for a section',
    files: development('aws: [eu-central-1]\n'),
    lines: [
      'environments/development/overrides.yml:1:6 aws: a list is not a map of keys; its keys are region, account_id, zones, kms_key, tags, unlisted_instance',
    ],
  },
  {
    title: 'text for a section',
    files: development('global: production\n'),
    lines: [
      'environments/development/overrides.yml:1:9 global: "production" is not a map of keys; its keys are environment, security, networking, logging',
    ],
  },
  {
    title: 'a number that is too large',
    files: development('global: { networking: { retry_attempts: 11 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:41 global.networking.retry_attempts: 11 is not a whole number from 0 to 10',
    ],
  },
  {
    title: 'a number for a duration',
    files: development('global: { networking: { rpc_timeout: 30 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 global.networking.rpc_timeout: 30 is not a duration with its unit, such as "30s", "500ms", "5m", "12h" or "30d"',
    ],
  },
  {
    title: 'a key that is missing',
    files: development('state: {}\n'),
    lines: ['environments/development/overrides.yml:1:1 state.bucket: is missing; give a bucket name'],
  },
  {
    title: 'a bucket with capitals',
    files: development('state: { bucket: Acme_State }\n'),
    lines: ['environments/development/overrides.yml:1:18 state.bucket: "Acme_State" is not a bucket name'],
  },
  {
    title: 'a name for a VPC',
    files: development('network: { vpc: main }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 network.vpc: "main" is not a VPC; give default, { id: vpc-… } or { tags: { … } }',
    ],
  },
  {
    title: 'an id of a VPC that is none',
    files: development('network: { vpc: { id: vpc-xyz } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 network.vpc.id: "vpc-xyz" is not an id such as vpc-0123456789abcdef0',
    ],
  },
  {
    title: 'id and tags of a VPC together',
    files: development('network: { vpc: { id: vpc-0123456789abcdef0, tags: { Name: mev } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 network.vpc: a map of id and tags is not a VPC; give default, { id: vpc-… } or { tags: { … } }; null removes a key that another file sets',
    ],
  },
  {
    title: 'text for a DNS zone',
    files: development('network: { dns_zone: chain.internal }\n'),
    lines: [
      'environments/development/overrides.yml:1:22 network.dns_zone: "chain.internal" is not a DNS zone; give { id: Z… } or { name: … }',
    ],
  },
  {
    title: 'an id of a DNS zone that is none',
    files: development('network: { dns_zone: { id: zone } }\n'),
    lines: [
      'environments/development/overrides.yml:1:28 network.dns_zone.id: "zone" is not a zone id such as Z0123456789ABC',
    ],
  },
  {
    title: 'a name of a DNS zone that is none',
    files: development('network: { dns_zone: { name: Chain_Internal } }\n'),
    lines: ['environments/development/overrides.yml:1:30 network.dns_zone.name: "Chain_Internal" is not a domain name'],
  },
  {
    title: 'an id of a subnet that is none',
    files: development(
      'network: { subnets: { eu-central-1a: { private: subnet-1, public: subnet-0123456789abcdef0 }, eu-central-1b: { private: subnet-0123456789abcdef0, public: subnet-0123456789abcdef1 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:49 network.subnets.eu-central-1a.private: "subnet-1" is not an id such as subnet-0123456789abcdef0',
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
  {
    title: 'text for a list of nodes',
    files: development('retire: ethereum-mainnet-geth\n'),
    lines: ['environments/development/overrides.yml:1:9 retire: "ethereum-mainnet-geth" is not a list'],
  },
  {
    title: 'a list for the map of engines',
    files: development('mev: { engines: [arbitrage] }\n'),
    lines: ['environments/development/overrides.yml:1:17 mev.engines: a list is not a map of keys'],
  },
  {
    title: 'an amount without a unit',
    files: development('mev: { max_gas_price: 500 }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 mev.max_gas_price: 500 is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'a percentage for a ratio',
    files: development('mev: { strategy_limits: { arbitrage: { max_slippage: 2% } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:54 mev.strategy_limits.arbitrage.max_slippage: "2%" is not a ratio from 0 to 1, such as 0.02 for 2 %',
    ],
  },
  {
    title: 'a ratio above one',
    files: development('mev: { strategy_limits: { arbitrage: { max_slippage: 2 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:54 mev.strategy_limits.arbitrage.max_slippage: 2 is not a ratio from 0 to 1, such as 0.02 for 2 %',
    ],
  },

  // unknown keys, at every level
  {
    title: 'an unknown key at top level',
    files: development('chain: {}\n'),
    lines: [
      'environments/development/overrides.yml:1:1 chain: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, chains, mev, retire; did you mean chains?',
    ],
  },
  {
    title: 'an unknown key that is near none',
    files: development('kubernetes: {}\n'),
    lines: [
      'environments/development/overrides.yml:1:1 kubernetes: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, chains, mev, retire',
    ],
  },
  {
    title: 'an unknown key in global',
    files: development('global: { loging: { level: info } }\n'),
    lines: [
      'environments/development/overrides.yml:1:11 global.loging: is not a known key; use one of environment, security, networking, logging; did you mean logging?',
    ],
  },
  {
    title: 'an unknown key in global.security',
    files: development('global: { security: { api_rate_limit: {} } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 global.security.api_rate_limit: is not a known key; use one of api_rate_limits; did you mean api_rate_limits?',
    ],
  },
  {
    title: 'an unknown key in the rate limits',
    files: development('global: { security: { api_rate_limits: { premum: 1/hour } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:42 global.security.api_rate_limits.premum: is not a known key; use one of default, premium; did you mean premium?',
    ],
  },
  {
    title: 'an unknown key in global.networking',
    files: development('global: { networking: { rpc_timout: 30s } }\n'),
    lines: [
      'environments/development/overrides.yml:1:25 global.networking.rpc_timout: is not a known key; use one of rpc_timeout, websocket_timeout, retry_attempts; did you mean rpc_timeout?',
    ],
  },
  {
    title: 'an unknown key in global.logging',
    files: development('global: { logging: { levle: info } }\n'),
    lines: [
      'environments/development/overrides.yml:1:22 global.logging.levle: is not a known key; use one of level, rotation, retention; did you mean level?',
    ],
  },
  {
    title: 'an unknown key in aws',
    files: development('aws: { availability_zones: [] }\n'),
    lines: [
      'environments/development/overrides.yml:1:8 aws.availability_zones: is not a known key; use one of region, account_id, zones, kms_key, tags, unlisted_instance',
    ],
  },
  {
    title: 'a key with a dash for an underscore',
    files: development('aws: { kms-key: alias/x }\n'),
    lines: [
      'environments/development/overrides.yml:1:8 aws.kms-key: is not a known key; use one of region, account_id, zones, kms_key, tags, unlisted_instance; did you mean kms_key?',
    ],
  },
  {
    title: 'an unknown key in an unlisted instance',
    files: development(
      'aws: { unlisted_instance: { x9g.large: { architecture: arm64, vcpus: 2, vcpu: 2, memory: 8 GiB, ebs_bandwidth: 2 Gbps, ebs_iops: 3000 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:63 aws.unlisted_instance.x9g.large.vcpus: is not a known key; use one of architecture, vcpu, memory, ebs_bandwidth, ebs_iops, local_nvme_gb; did you mean vcpu?',
    ],
  },
  {
    title: 'an unknown key in network',
    files: development('network: { subnet: {} }\n'),
    lines: [
      'environments/development/overrides.yml:1:12 network.subnet: is not a known key; use one of vpc, subnets, dns_zone, p2p; did you mean subnets?',
    ],
  },
  {
    title: 'an unknown tier of a subnet',
    files: development('network: { subnets: { eu-central-1a: { privat: subnet-0123456789abcdef0 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:40 network.subnets.eu-central-1a.privat: is not a known key; use one of private, public; did you mean private?',
    ],
  },
  {
    title: 'an unknown key in state',
    files: development('state: { bucket: acme, key: x }\n'),
    lines: ['environments/development/overrides.yml:1:24 state.key: is not a known key; use one of bucket, region'],
  },
  {
    title: 'an unknown chain',
    files: development('chains: { etherium: {} }\n'),
    lines: [
      'environments/development/overrides.yml:1:11 chains.etherium: is not a known key; use one of ethereum, arbitrum, optimism, base, polygon, bsc, avalanche, solana; did you mean ethereum?',
    ],
  },
  {
    title: 'an unknown key in a chain',
    files: development('chains: { ethereum: { client: [geth] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 chains.ethereum.client: is not a known key; use one of enabled, networks, clients, replicas, consensus, node_type, hosting, storage, p2p, backup, bootstrap, os_patches, blob_custody, version, extra_args, instance_type, ami, volume, growth_months, nodes; did you mean clients?',
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
      'environments/development/overrides.yml:1:48 chains.ethereum.nodes.sepolia-geth.replica: is not a known key; use one of consensus, node_type, hosting, storage, p2p, backup, bootstrap, os_patches, blob_custody, version, extra_args, instance_type, ami, volume, growth_months, replicas, zone; did you mean replicas?',
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
      'environments/development/overrides.yml:1:23 chains.ethereum.zone: is not a known key; use one of enabled, networks, clients, replicas, consensus, node_type, hosting, storage, p2p, backup, bootstrap, os_patches, blob_custody, version, extra_args, instance_type, ami, volume, growth_months, nodes',
    ],
  },
  {
    title: 'an unknown key in mev',
    files: development('mev: { risk_limit: {} }\n'),
    lines: [
      'environments/development/overrides.yml:1:8 mev.risk_limit: is not a known key; use one of enabled, max_gas_price, min_profit_threshold, emergency_stop, engines, risk_limits, strategy_limits, chain_limits; did you mean risk_limits?',
    ],
  },
  {
    title: 'an unknown key in the risk limits',
    files: development('mev: { risk_limits: { max_positon_size: 1 ETH } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 mev.risk_limits.max_positon_size: is not a known key; use one of max_position_size, max_daily_loss, max_hourly_loss, max_concurrent_strategies, emergency_stop_loss; did you mean max_position_size?',
    ],
  },
  {
    title: 'an unknown key in the limits of a type',
    files: development('mev: { strategy_limits: { sandwich: { max_slipage: 0.1 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.strategy_limits.sandwich.max_slipage: is not a known key; use one of max_position_size, max_slippage, min_profit_ratio, safety_margin; did you mean max_slippage?',
    ],
  },
  {
    title: 'an unknown key in the limits of a chain',
    files: development('mev: { chain_limits: { base: { gas_price: 1 gwei } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 mev.chain_limits.base.gas_price: is not a known key; use one of max_gas_price, max_priority_fee; did you mean max_gas_price?',
    ],
  },
  {
    title: 'an unknown key in an engine',
    files: development(
      'mev: { engines: { a: { type: arbitrage, subtype: cross-chain, image: "a:1", replicas: 2 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:77 mev.engines.a.replicas: is not a known key; use one of type, subtype, image',
    ],
  },
  {
    title: 'an unknown key in a chain',
    files: development('chains: { arbitrum: { network: [nova], networks: [local], clients: [nitro] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 chains.arbitrum.network: is not a known key; use one of enabled, networks, clients, replicas, node_type, hosting, storage, l1, optional_processes, p2p, backup, bootstrap, os_patches, version, extra_args, instance_type, ami, volume, growth_months, nodes; did you mean networks?',
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
      'environments/development/overrides.yml:1:46 chains.arbitrum.nodes.nova-nitro.zones: is not a known key; use one of node_type, hosting, storage, l1, optional_processes, p2p, backup, bootstrap, os_patches, version, extra_args, instance_type, ami, volume, growth_months, replicas, zone; did you mean zone?',
    ],
  },
  {
    title: 'two unknown keys',
    files: development('chian: {}\nprotekt: true\n'),
    lines: [
      'environments/development/overrides.yml:1:1 chian: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, chains, mev, retire; did you mean chains?',
      'environments/development/overrides.yml:2:1 protekt: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, chains, mev, retire; did you mean protect?',
    ],
  },
  {
    title: 'a key with a capital',
    files: development('Chains: {}\n'),
    lines: [
      'environments/development/overrides.yml:1:1 Chains: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, chains, mev, retire; did you mean chains?',
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
    title: 'a unit with a capital',
    files: development('mev: { max_gas_price: 500 Gwei }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 mev.max_gas_price: "500 Gwei" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'an amount in quotes without a unit',
    files: development('mev: { max_gas_price: "500" }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 mev.max_gas_price: "500" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'sec for s',
    files: development('global: { networking: { rpc_timeout: 30 sec } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 global.networking.rpc_timeout: "30 sec" is not a duration with its unit, such as "30s", "500ms", "5m", "12h" or "30d"',
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
    title: 'min for minute',
    files: development('global: { security: { api_rate_limits: { default: 10/min } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:51 global.security.api_rate_limits.default: "10/min" is not a rate such as "1000/hour" (per second, minute, hour or day)',
    ],
  },
  {
    title: 'a rate of nothing',
    files: development('global: { security: { api_rate_limits: { default: 0/hour } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:51 global.security.api_rate_limits.default: "0/hour" is not a rate such as "1000/hour" (per second, minute, hour or day)',
    ],
  },
  {
    title: 'a rate that is too large',
    files: development('global: { security: { api_rate_limits: { default: 99999999999999999999/hour } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:51 global.security.api_rate_limits.default: "99999999999999999999/hour" is too large',
    ],
  },
  {
    title: 'more digits than a wei has',
    files: development('mev: { min_profit_threshold: 0.0000000000000000001 ETH }\n'),
    lines: [
      'environments/development/overrides.yml:1:30 mev.min_profit_threshold: "0.0000000000000000001 ETH" is more precise than one wei, the smallest unit; use fewer digits',
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
    title: 'half a millisecond',
    files: development('global: { networking: { rpc_timeout: 0.5ms } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 global.networking.rpc_timeout: "0.5ms" is more precise than one ms, the smallest unit; use fewer digits',
    ],
  },
  {
    title: 'a negative amount',
    files: development('mev: { risk_limits: { max_daily_loss: -5 ETH } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "-5 ETH" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'a leading zero',
    files: development('mev: { risk_limits: { max_daily_loss: 05 ETH } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "05 ETH" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'a comma between thousands',
    files: development('mev: { risk_limits: { max_daily_loss: "1,000 ETH" } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "1,000 ETH" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'an exponent',
    files: development('mev: { risk_limits: { max_daily_loss: 1e3 ETH } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "1e3 ETH" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'another asset for an amount',
    files: development('mev: { risk_limits: { max_daily_loss: 1000 USDC } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "1000 USDC" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'months for a duration',
    files: development('global: { logging: { retention: 3 months } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 global.logging.retention: "3 months" is not a duration with its unit, such as "30s", "500ms", "5m", "12h" or "30d"',
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
  {
    title: 'GB and Gbit of an unlisted instance',
    files: development(
      'aws: { unlisted_instance: { x9g.large: { architecture: arm64, vcpu: 2, memory: 8 GB, ebs_bandwidth: 2 Gbit, ebs_iops: 3000 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:80 aws.unlisted_instance.x9g.large.memory: "8 GB" is not a size in GiB or TiB, such as "512 GiB" or "4 TiB"',
      'environments/development/overrides.yml:1:101 aws.unlisted_instance.x9g.large.ebs_bandwidth: "2 Gbit" is not a bandwidth in Mbps or Gbps, such as "2500 Mbps"',
    ],
  },
  {
    title: 'an unlisted instance without its figures',
    files: development('aws: { unlisted_instance: { x9g.large: { architecture: arm } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:29 aws.unlisted_instance.x9g.large.ebs_bandwidth: is missing; give a bandwidth in Mbps or Gbps, such as "2500 Mbps"',
      'environments/development/overrides.yml:1:29 aws.unlisted_instance.x9g.large.memory: is missing; give a size in GiB or TiB, such as "512 GiB" or "4 TiB"',
      'environments/development/overrides.yml:1:29 aws.unlisted_instance.x9g.large.vcpu: is missing; give a whole number from 1 to 1024',
      'environments/development/overrides.yml:1:29 aws.unlisted_instance.x9g.large.ebs_iops: is missing; give a whole number from 100 to 1000000',
      'environments/development/overrides.yml:1:56 aws.unlisted_instance.x9g.large.architecture: "arm" is not an architecture; use one of arm64, x86_64',
    ],
  },

  // names that no longer work, are unknown, missing or there twice
  {
    title: 'goerli',
    files: development('chains: { ethereum: { networks: [mainnet, goerli, sepolia] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:43 chains.ethereum.networks[1]: "goerli" cannot be used: goerli was shut down in 2024; use sepolia',
    ],
  },
  {
    title: 'holesky',
    files: development('chains: { ethereum: { networks: [holesky] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: "holesky" cannot be used: holesky was shut down in 2025; use hoodi',
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
      'environments/development/overrides.yml:1:33 chains.optimism.clients[0]: "op-geth" cannot be used: op-geth ended on 2026-05-31 and cannot follow Karst; use op-reth',
    ],
  },
  {
    title: 'bsc-erigon',
    files: development('chains: { bsc: { clients: [bsc-erigon], networks: [chapel] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:28 chains.bsc.clients[0]: "bsc-erigon" cannot be used: bsc-erigon ended for BSC on 2025-12-31; use geth',
    ],
  },
  {
    title: 'mumbai',
    files: development('chains: { polygon: { networks: [mumbai], clients: [bor] } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 chains.polygon.networks[0]: "mumbai" cannot be used: mumbai was shut down in 2024; use amoy',
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
    title: 'no zone',
    files: development('aws: { zones: [] }\n'),
    lines: ['environments/development/overrides.yml:1:15 aws.zones: is empty; list at least one'],
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
    title: 'a zone twice',
    files: development('aws: { zones: [eu-central-1a, eu-central-1a] }\n'),
    lines: ['environments/development/overrides.yml:1:31 aws.zones[1]: "eu-central-1a" stands twice; remove one'],
  },
  {
    title: 'a node retired twice',
    files: development('retire: [a, a]\n'),
    lines: ['environments/development/overrides.yml:1:13 retire[1]: "a" stands twice; remove one'],
  },
  {
    title: 'an argument twice',
    files: development('chains: { ethereum: { extra_args: { geth: [--maxpeers=1, --maxpeers=1] } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:58 chains.ethereum.extra_args.geth[1]: "--maxpeers=1" stands twice; remove one',
    ],
  },

  // hardware
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

  // zones
  {
    title: 'a zone of another region',
    files: development('aws: { zones: [eu-central-1a, eu-west-1a] }\n'),
    lines: [
      'environments/development/overrides.yml:1:31 aws.zones[1]: "eu-west-1a" is not a zone of eu-central-1; its zones begin with eu-central-1',
    ],
  },
  {
    title: 'another region with the old zones',
    files: development('aws: { region: eu-west-1 }\n'),
    lines: [
      'environments/global.yml:3:11 aws.zones[0]: "eu-central-1a" is not a zone of eu-west-1; its zones begin with eu-west-1',
      'environments/global.yml:3:26 aws.zones[1]: "eu-central-1b" is not a zone of eu-west-1; its zones begin with eu-west-1',
    ],
  },
  {
    title: 'a region for a zone',
    files: development('aws: { zones: [eu-central-1] }\n'),
    lines: [
      'environments/development/overrides.yml:1:16 aws.zones[0]: "eu-central-1" is not an availability zone such as eu-central-1a',
    ],
  },
  {
    title: 'a city for a region',
    files: development('aws: { region: Frankfurt }\n'),
    lines: ['environments/development/overrides.yml:1:16 aws.region: "Frankfurt" is not a region such as eu-central-1'],
  },
  {
    title: 'a zone for a region',
    files: development('aws: { region: eu-central-1a }\n'),
    lines: [
      'environments/development/overrides.yml:1:16 aws.region: "eu-central-1a" is not a region such as eu-central-1',
    ],
  },
  {
    title: 'a node in a zone of another region',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { zone: us-east-1a } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:54 chains.ethereum.nodes.sepolia-geth.zone: "us-east-1a" is not a zone of eu-central-1; its zones begin with eu-central-1',
    ],
  },
  {
    title: 'subnets in a zone of another region',
    files: development(
      'network: { subnets: { us-east-1a: { public: subnet-0123456789abcdef0 }, eu-central-1a: { public: subnet-0123456789abcdef1 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:23 network.subnets.us-east-1a: is not a zone of eu-central-1; its zones begin with eu-central-1',
    ],
  },
  {
    title: 'no subnet where a node is',
    files: development('network: { subnets: { eu-central-1b: { public: subnet-0123456789abcdef1 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:12 network.subnets: ethereum-sepolia-geth needs a public subnet in eu-central-1a; add it, or remove subnets to find them by tag',
    ],
  },

  // the account and its key
  {
    title: 'an account id that is too short',
    files: development('aws: { account_id: "1234" }\n'),
    lines: [
      'environments/development/overrides.yml:1:20 aws.account_id: "1234" is not an account id; give twelve digits in quotes',
    ],
  },
  {
    title: 'an account id without quotes that begins with zero',
    files: development('aws: { account_id: 012345678901 }\n'),
    lines: [
      'environments/development/overrides.yml:1:20 aws.account_id: is not quoted, so YAML reads it as a number and a leading zero is lost; write it as "012345678901"',
    ],
  },
  {
    title: 'an account id without quotes',
    files: development('aws: { account_id: 123456789012 }\n'),
    lines: [
      'environments/development/overrides.yml:1:20 aws.account_id: is not quoted, so YAML reads it as a number and a leading zero is lost; write it as "012345678901"',
    ],
  },
  {
    title: 'an account id with dashes',
    files: development('aws: { account_id: 1234-5678-9012 }\n'),
    lines: [
      'environments/development/overrides.yml:1:20 aws.account_id: "1234-5678-9012" is not an account id; give twelve digits in quotes',
    ],
  },
  {
    title: 'a KMS alias without alias/',
    files: development('aws: { kms_key: chain-data }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 aws.kms_key: "chain-data" is not a KMS key such as alias/chain-data, a key id or an ARN',
    ],
  },
  {
    title: 'an ARN of a KMS key that is none',
    files: development('aws: { kms_key: "arn:aws:kms:eu-central-1:1234:key/abc" }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 aws.kms_key: "arn:aws:kms:eu-central-1:1234:key/abc" is not a KMS key such as alias/chain-data, a key id or an ARN',
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

  // files and folders
  {
    title: 'an environment without overrides.yml',
    files: { 'staging/overrides.yml': null, 'staging/': '' },
    lines: [
      'environments/staging/overrides.yml:1:1 is missing; it holds what this environment changes; an empty map {} will do',
    ],
  },
  {
    title: 'a folder that is no environment',
    files: { 'prod/overrides.yml': '{}\n' },
    lines: ['environments/prod:1:1 is not an environment; use one of development, staging, production'],
  },
  {
    title: 'overrides.yaml for overrides.yml',
    files: { 'staging/overrides.yml': null, 'staging/overrides.yaml': '{}' },
    lines: [
      'environments/staging/overrides.yml:1:1 is missing; it holds what this environment changes; an empty map {} will do',
    ],
  },
  {
    title: 'the environment of another folder',
    files: development('global: { environment: production }\n'),
    lines: [
      'environments/development/overrides.yml:1:24 global.environment: "production" is not the environment of this folder; write development, or remove it',
    ],
  },
  {
    title: 'an environment that there is not',
    files: development('global: { environment: prod }\n'),
    lines: [
      'environments/development/overrides.yml:1:24 global.environment: "prod" is not an environment; use one of development, staging, production',
    ],
  },
  {
    title: 'global.environment in global.yml',
    files: { 'global.yml': `global: { environment: production }\n${GLOBAL}\n` },
    lines: [
      'environments/global.yml:1:11 global.environment: belongs into the overrides.yml of an environment, not into global.yml; move it',
    ],
  },
  {
    title: 'retire in global.yml',
    files: { 'global.yml': `${GLOBAL}retire: [ethereum-mainnet-geth]\n` },
    lines: [
      'environments/global.yml:8:1 retire: belongs into the overrides.yml of an environment, not into global.yml; move it',
    ],
  },

  // protected environments
  {
    title: 'protect without remote state',
    files: { 'production/overrides.yml': 'protect: true\nchains: { ethereum: null }\n' },
    lines: ['environments/production/overrides.yml:1:10 protect: needs remote state; set state.bucket'],
  },
  {
    title: 'protect with a node that is not locked',
    files: { 'production/overrides.yml': 'protect: true\nstate: { bucket: acme-tfstate }\n' },
    lines: [
      'environments/global.yml:6:16 chains.ethereum.networks[0]: ethereum-sepolia-geth is not locked; run: npm run config -- production lock',
    ],
  },
  {
    title: 'protect with neither',
    files: { 'production/overrides.yml': 'protect: true\nchains: { ethereum: { replicas: 2 } }\n' },
    lines: [
      'environments/global.yml:6:16 chains.ethereum.networks[0]: ethereum-sepolia-geth is not locked; run: npm run config -- production lock',
      'environments/global.yml:6:16 chains.ethereum.networks[0]: ethereum-sepolia-geth-2 is not locked; run: npm run config -- production lock',
      'environments/production/overrides.yml:1:10 protect: needs remote state; set state.bucket',
    ],
  },

  // what is refused, reserved or does not fit
  {
    title: 'encryption_key_path',
    files: development('global: { security: { encryption_key_path: /secure/keys/master.key } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 global.security.encryption_key_path: is refused: keys are not files; name a KMS key in aws.kms_key',
    ],
  },
  {
    title: 'global_limits',
    files: development('global_limits: { max_daily_loss: 50 ETH }\n'),
    lines: ['environments/development/overrides.yml:1:1 global_limits: is refused: limits stand in mev.risk_limits'],
  },
  {
    title: 'strategy_limits at top level',
    files: development('strategy_limits: { arbitrage: { max_slippage: 0.02 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:1 strategy_limits: is refused: limits of a type stand in mev.strategy_limits',
    ],
  },
  {
    title: 'chain_limits at top level',
    files: development('chain_limits: {}\n'),
    lines: [
      'environments/development/overrides.yml:1:1 chain_limits: is refused: limits of a chain stand in mev.chain_limits',
    ],
  },
  {
    title: 'a chain on Kubernetes',
    files: development('chains: { ethereum: { hosting: kubernetes } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.hosting: "kubernetes" cannot be used: nodes do not run on Kubernetes yet; use instance',
    ],
  },
  {
    title: 'a node on Kubernetes',
    files: development('chains: { ethereum: { nodes: { sepolia-geth: { hosting: kubernetes } } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:57 chains.ethereum.nodes.sepolia-geth.hosting: "kubernetes" cannot be used: nodes do not run on Kubernetes yet; use instance',
    ],
  },
  {
    title: 'an unknown hosting',
    files: development('chains: { ethereum: { hosting: ec2 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 chains.ethereum.hosting: "ec2" is not a hosting; use instance',
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
  {
    title: 'a subtype of another type',
    files: development('mev: { engines: { a: { type: arbitrage, subtype: aave, image: "a:1" } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:50 mev.engines.a.subtype: "aave" is not a subtype of arbitrage; use one of cross-chain, dex-aggregation, cex-dex',
    ],
  },
  {
    title: 'an unknown type of engine',
    files: development('mev: { engines: { a: { type: arbitrag, subtype: cross-chain, image: "a:1" } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:30 mev.engines.a.type: "arbitrag" is not an engine type; use one of arbitrage, sandwich, flashloan, liquidation, nft; did you mean arbitrage?',
    ],
  },
  {
    title: 'an unknown log level',
    files: development('global: { logging: { level: warn } }\n'),
    lines: [
      'environments/development/overrides.yml:1:29 global.logging.level: "warn" is not a log level; use one of info, debug, error',
    ],
  },
  {
    title: 'an unknown rotation',
    files: development('global: { logging: { rotation: monthly } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 global.logging.rotation: "monthly" is not a rotation; use one of hourly, daily, weekly',
    ],
  },

  // strategies
  {
    title: 'a strategy on an unknown chain',
    files: strategy('  chains: [ethereum, base]', '  chains: [ethereum, bse]'),
    lines: [
      'environments/strategies/testing/usdc.yml:9:22 parameters.chains[1]: "bse" is not a chain; use one of ethereum, arbitrum, optimism, base, polygon, bsc, avalanche, solana; did you mean base?',
    ],
  },
  {
    title: 'a strategy without its asset',
    files: strategy('  asset: USDC\n', ''),
    lines: ['environments/strategies/testing/usdc.yml:7:1 parameters.asset: is missing; give text'],
  },
  {
    title: 'a strategy without its execution',
    files: strategy('execution:\n  engine: flashloan_arbitrage\n', ''),
    lines: ['environments/strategies/testing/usdc.yml:1:1 execution: is missing; give a map of keys'],
  },
  {
    title: 'a strategy with an unknown key',
    files: strategy('  asset: USDC', '  aset: USDC'),
    lines: [
      'environments/strategies/testing/usdc.yml:7:1 parameters.asset: is missing; give text',
      'environments/strategies/testing/usdc.yml:8:3 parameters.aset: is not a known key; use one of asset, chains, networks, min_profit_threshold, max_position_size, slippage_tolerance; did you mean asset?',
    ],
  },
  {
    title: 'a strategy with a subtype of another type',
    files: strategy('  subtype: cross-chain', '  subtype: aave'),
    lines: [
      'environments/strategies/testing/usdc.yml:4:12 strategy.subtype: "aave" is not a subtype of arbitrage; use one of cross-chain, dex-aggregation, cex-dex',
    ],
  },
  {
    title: 'a strategy with an unknown risk',
    files: strategy('  risk_level: medium', '  risk_level: extreme'),
    lines: [
      'environments/strategies/testing/usdc.yml:6:15 strategy.risk_level: "extreme" is not a risk level; use one of low, medium, high',
    ],
  },
  {
    title: 'a strategy with a percentage',
    files: strategy('  asset: USDC', '  asset: USDC\n  slippage_tolerance: 5'),
    lines: [
      'environments/strategies/testing/usdc.yml:9:23 parameters.slippage_tolerance: 5 is not a ratio from 0 to 1, such as 0.02 for 2 %',
    ],
  },
  {
    title: 'a strategy with a unit where there is none',
    files: strategy('  asset: USDC', '  asset: USDC\n  max_position_size: 10000 USDC'),
    lines: [
      'environments/strategies/testing/usdc.yml:9:22 parameters.max_position_size: "10000 USDC" is not a number above 0',
    ],
  },
  {
    title: 'a strategy with an unknown fee',
    files: strategy('  engine: flashloan_arbitrage', '  engine: flashloan_arbitrage\n  priority_fee: high'),
    lines: [
      'environments/strategies/testing/usdc.yml:12:17 execution.priority_fee: "high" is not "auto" or an amount such as "2 gwei"',
    ],
  },
  {
    title: 'a strategy with too little gas',
    files: strategy('  engine: flashloan_arbitrage', '  engine: flashloan_arbitrage\n  gas_limit: 20000'),
    lines: [
      'environments/strategies/testing/usdc.yml:12:14 execution.gas_limit: 20000 is not a whole number from 21000 to 1000000000',
    ],
  },
  {
    title: 'a strategy with an empty section',
    files: strategy('  engine: flashloan_arbitrage\n', ''),
    lines: [
      'environments/strategies/testing/usdc.yml:10:1 execution: is removed by this null and cannot be missing; give a map of keys',
    ],
  },
  {
    title: 'a stage with a typing error',
    files: { 'strategies/activ/a.yml': '{}' },
    lines: [
      'environments/strategies/activ:1:1 is not a stage; use one of active, testing, research, archived; did you mean active?',
    ],
  },
  {
    title: 'a stage that there is not',
    files: { 'strategies/paused/a.yml': '{}' },
    lines: ['environments/strategies/paused:1:1 is not a stage; use one of active, testing, research, archived'],
  },

  // the lock file
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
      'environments/development/nodes.lock.yml:2:3 nodes.ethereum-sepolia-geth.tier: is missing; give a tier: private, public',
      'environments/development/nodes.lock.yml:2:3 nodes.ethereum-sepolia-geth.architecture: is missing; give an architecture: arm64, x86_64',
      'environments/development/nodes.lock.yml:2:3 nodes.ethereum-sepolia-geth.vpc: is missing; give text',
    ],
  },
  {
    title: 'a lock file with an unknown key',
    files: lock(
      'nodes: { ethereum-sepolia-geth: { zone: eu-central-1a, tier: public, storage: ebs, sise: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n',
    ),
    lines: [
      'environments/development/nodes.lock.yml:1:10 nodes.ethereum-sepolia-geth.size: is missing; a disk on EBS has one; run the lock command on a commit where it was right',
      'environments/development/nodes.lock.yml:1:84 nodes.ethereum-sepolia-geth.sise: is not a known key; use one of zone, tier, vpc, subnet, architecture, instance_type, storage, size, key; did you mean size?',
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

  // several at once
  {
    title: 'a mistake in global.yml, which three environments read',
    files: {
      'global.yml':
        'aws:\n  region: eu-central-1\n  zones: [eu-central-1a, eu-central-1b]\nchains:\n  ethereum:\n    networks: [sepolia]\n    clients: [gteh]\n\n',
    },
    lines: [
      'environments/global.yml:7:15 chains.ethereum.clients[0]: "gteh" is not a client of ethereum; use one of geth, reth, nethermind, besu, erigon; did you mean geth?',
    ],
  },
  {
    title: 'a zone in global.yml, which three environments read',
    files: {
      'global.yml':
        'aws:\n  region: eu-central-1\n  zones: [eu-central-1a, eu-west-1b]\nchains:\n  ethereum:\n    networks: [sepolia]\n    clients: [geth]\n\n',
    },
    lines: [
      'environments/global.yml:3:26 aws.zones[1]: "eu-west-1b" is not a zone of eu-central-1; its zones begin with eu-central-1',
    ],
  },
  {
    title: 'mistakes in three environments and a strategy',
    files: {
      'staging/overrides.yml': 'protect: maybe\naws: { region: Paris }\n',
      'development/overrides.yml': 'chian: {}\n',
      'strategies/testing/usdc.yml': 'strategy: x\n',
      'production/nodes.lock.yml': 'nodes: 5\n',
    },
    lines: [
      'environments/development/overrides.yml:1:1 chian: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, chains, mev, retire; did you mean chains?',
      'environments/production/nodes.lock.yml:1:8 nodes: 5 is not a map of keys',
      'environments/staging/overrides.yml:1:10 protect: "maybe" is not true or false',
      'environments/staging/overrides.yml:2:16 aws.region: "Paris" is not a region such as eu-central-1',
      'environments/strategies/testing/usdc.yml:1:1 parameters: is missing; give a map of keys',
      'environments/strategies/testing/usdc.yml:1:1 execution: is missing; give a map of keys',
      'environments/strategies/testing/usdc.yml:1:11 strategy: "x" is not a map of keys; its keys are name, type, subtype, enabled, risk_level',
    ],
  },
  {
    title: 'a mistake in a section beside a mistake of a node',
    files: development('mev: { enabled: 5 }\nchains: { ethereum: { instance_type: zz9.large } }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 mev.enabled: 5 is not true or false',
      'environments/development/overrides.yml:2:38 chains.ethereum.instance_type: ethereum-sepolia-geth: "zz9.large" is not a known instance type; describe it in aws.unlisted_instance if it exists; did you mean z1d.large?',
    ],
  },

  {
    title: 'no global.yml',
    files: { 'global.yml': null },
    lines: ['environments/global.yml:1:1 is missing; it holds the defaults of every environment'],
  },
  {
    title: 'a global.yml that is no YAML',
    files: { 'global.yml': 'aws: {{ region }\n' },
    lines: [
      'environments/global.yml:2:1 this is not YAML: flow map in block collection must be sufficiently indented and end with a }',
    ],
  },
  {
    title: 'a strategy that is no YAML',
    files: { 'strategies/testing/usdc.yml': 'strategy: [\n' },
    lines: [
      'environments/strategies/testing/usdc.yml:2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    title: 'a tag of another tool on text',
    files: development('aws:\n  kms_key: !secret chain-data\n'),
    lines: ['environments/development/overrides.yml:2:12 aws.kms_key: the tag !secret means nothing here; remove it'],
  },
  {
    title: 'null for a section that must be there',
    files: development('aws: null\n'),
    lines: [
      'environments/development/overrides.yml:1:1 aws.zones: is missing; give a list',
      'environments/development/overrides.yml:1:1 aws.region: is missing; give a region such as eu-central-1',
    ],
  },
];

test.each(MISTAKES)('$title', ({ files, lines, options }) => {
  expect(refusals(files, options)).toEqual(lines);
});

test('the example of a strategy is right as it stands', () => {
  expect(refusals({ 'strategies/testing/usdc.yml': STRATEGY })).toEqual([]);
});

test('an empty file, and one of comments alone, is an empty layer', () => {
  const ids = loadFiles({
    'development/overrides.yml': '',
    'staging/overrides.yml': '# nothing yet\n',
  }).environments.map(({ name, nodes }) => [name, nodes.map(({ id }) => id)]);
  expect(ids).toEqual([
    ['development', ['ethereum-sepolia-geth']],
    ['staging', ['ethereum-sepolia-geth']],
    ['production', ['ethereum-sepolia-geth']],
  ]);
});

/** `file:line:column`, then the path where there is one, then the message. */
const LINE = /^environments\/[\w./-]+:[1-9]\d*:[1-9]\d* (?:(?:[\w<-]+(?:\[\d+\])?\.?)+: )?(.+)$/;

test('every line has a place, begins in lower case, with a quote or a number, and shows nothing of the program', () => {
  // These are the lines that are told: the tests above compare them whole.
  const told = MISTAKES.flatMap(({ lines }) => lines);
  const odd = told.filter((line) => {
    const message = LINE.exec(line)?.[1];
    return (
      message === undefined ||
      !/^[a-z"*\d-]/.test(message.replace(/^NaN /, '')) ||
      /undefined|\[object|\[native|\bat .*\.(ts|js):|Error/.test(line)
    );
  });
  expect(odd).toEqual([]);
});

describe('mistakes in files that could not be worse', () => {
  test.each([
    ['a folder for global.yml', { 'global.yml': null, 'global.yml/': '' }, 'environments/global.yml:1:1 '],
    [
      'a folder for overrides.yml',
      { 'staging/overrides.yml': null, 'staging/overrides.yml/': '' },
      'environments/staging/overrides.yml:1:1 ',
    ],
    [
      'a folder for a strategy',
      { 'strategies/testing/usdc.yml/': '' },
      'environments/strategies/testing/usdc.yml:1:1 ',
    ],
    ['a file for the folder of strategies', { strategies: '' }, 'environments/strategies:1:1 '],
    ['a file for a stage', { 'strategies/testing': '' }, 'environments/strategies/testing:1:1 '],
  ])('%s is an error with a place, not a crash', (_, files, place) => {
    expect(refusals(files).map((line) => line.slice(0, place.length))).toEqual([place]);
  });

  test('a name that every object has is unknown like any other', () => {
    expect(refusals(development('chains: { ethereum: { networks: [constructor] } }\n'))).toEqual([
      'environments/development/overrides.yml:1:34 chains.ethereum.networks[0]: "constructor" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local',
    ]);
  });

  test('an overrides file that does not parse is not taken for one that drops nodes', () => {
    const entry =
      '{ zone: eu-central-1a, tier: public, storage: ebs, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 }';
    expect(refusals({ ...development('aws: [\n'), ...lock(`nodes: { ethereum-mainnet-geth: ${entry} }\n`) })).toEqual([
      'environments/development/overrides.yml:2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
  });

  test('a lock file that does not parse is not taken for an empty one', () => {
    expect(
      refusals({
        'production/overrides.yml': 'protect: true\nstate: { bucket: acme-tfstate }\n',
        'production/nodes.lock.yml': 'nodes: {\n',
      }),
    ).toEqual([
      'environments/production/nodes.lock.yml:2:1 this is not YAML: flow map in block collection must be sufficiently indented and end with a }',
    ]);
  });
});

describe('what would slip past a guard', () => {
  const entry = 'zone: eu-central-1a, tier: public, storage: ebs, vpc: default, architecture: arm64';
  const LOCKED = lock(
    `nodes: { ethereum-sepolia-geth: { ${entry}, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n`,
  );

  test('another region, with its zones, under a locked disk', () => {
    const moved = development('aws: { region: eu-west-1, zones: [eu-west-1a] }\n');
    expect(refusals({ ...LOCKED, ...moved })).not.toEqual([]);
  });

  test('a locked disk without its size', () => {
    expect(
      refusals(
        lock(`nodes: { ethereum-sepolia-geth: { ${entry}, key: aws/ebs, vpc: default, architecture: arm64 } }\n`),
      ),
    ).not.toEqual([]);
  });

  test('a locked disk without its key is told so, not to keep nothing', () => {
    const lines = refusals(lock(`nodes: { ethereum-sepolia-geth: { ${entry}, size: 600 GiB } }\n`));
    expect(lines).not.toEqual([]);
    expect(lines.filter((line) => line.includes('undefined'))).toEqual([]);
  });

  // Go programs take one dash for two; a space makes a flag and its value of one argument.
  test.each(['-http.port=1234', '--http.port 1234', '--'])('an extra argument "%s"', (argument) => {
    const lines = refusals(development(`chains: { ethereum: { extra_args: { geth: ["${argument}"] } } }\n`));
    const place = 'environments/development/overrides.yml:1:44 chains.ethereum.extra_args.geth[0]: ';
    expect(lines.map((line) => line.slice(0, place.length))).toEqual([place]);
  });

  test('a directive that changes what yes means', () => {
    const place = 'environments/development/overrides.yml:';
    const lines = refusals(development('%YAML 1.1\n---\nprotect: yes\n'));
    expect(lines.map((line) => line.slice(0, place.length))).toEqual([place]);
  });

  test('a journal that keeps nothing', () => {
    const place = 'environments/development/overrides.yml:1:33 global.logging.retention: ';
    const lines = refusals(development('global: { logging: { retention: 0s } }\n'));
    expect(lines.map((line) => line.slice(0, place.length))).toEqual([place]);
  });
});

describe('warnings', () => {
  /** Development alone has a node, and it is locked. */
  const warnings = (text: string, files: Files = {}, options: LoadOptions = {}): string[] =>
    formatProblems(
      loadFiles(
        {
          'development/overrides.yml': text,
          'development/nodes.lock.yml':
            'nodes: { ethereum-sepolia-geth: { zone: eu-central-1a, tier: public, storage: ebs, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n',
          'staging/overrides.yml': 'chains: null\n',
          'production/overrides.yml': 'chains: null\n',
          ...files,
        },
        options,
      ).warnings,
    );

  test('none without a reason', () => {
    expect(warnings('{}\n')).toEqual([]);
  });

  test('a throughput that the instance reaches in bursts only', () => {
    expect(warnings('chains: { ethereum: { volume: { throughput: 500 MiB/s } } }\n')).toEqual([
      'environments/development/overrides.yml:1:45 warning: chains.ethereum.volume.throughput: ethereum-sepolia-geth: r7g.xlarge sustains 149 MiB/s and reaches 500 MiB/s in bursts of half an hour a day only',
    ]);
  });

  test('IOPS that the instance reaches in bursts only', () => {
    expect(warnings('chains: { ethereum: { volume: { iops: 20000 } } }\n')).toEqual([
      'environments/development/overrides.yml:1:39 warning: chains.ethereum.volume.iops: ethereum-sepolia-geth: r7g.xlarge sustains 6000 and reaches 20000 in bursts of half an hour a day only',
    ]);
  });

  test('a disk that nobody has measured', () => {
    expect(warnings('chains: { ethereum: { node_type: archive, volume: { size: 2 TiB } } }\n')).toEqual([
      'environments/development/overrides.yml:1:59 warning: chains.ethereum.volume.size: ethereum-sepolia-geth: grows from 600 GiB to 2 TiB, and the lock must know; run: npm run config -- development lock',
      'environments/development/overrides.yml:1:59 warning: chains.ethereum.volume.size: ethereum-sepolia-geth: nobody has measured the disk that geth needs for an archive node of sepolia; 2048 GiB may be too small',
    ]);
  });

  describe('a version that is too old for a fork', () => {
    const old = 'chains: { ethereum: { version: { geth: v1.17.7 } } }\n';
    const line =
      'environments/development/overrides.yml:1:40 warning: chains.ethereum.version.geth: ethereum-sepolia-geth: geth v1.17.7 cannot follow Glamsterdam (2026-10-06), which needs v1.17.8 or newer';

    test.each([
      ['long before', '2026-08-01', []],
      ['within sixty days', '2026-09-01', [line]],
      ['afterwards', '2026-11-23', [line]],
    ])('%s', (_, today, lines) => {
      expect(warnings(old, {}, { today: new Date(`${today}T00:00:00Z`) })).toEqual(lines);
    });
  });

  test('a node that is not locked', () => {
    expect(warnings('{}\n', { 'development/nodes.lock.yml': 'nodes: {}\n' })).toEqual([
      'environments/global.yml:6:16 warning: chains.ethereum.networks[0]: ethereum-sepolia-geth is not locked; run: npm run config -- development lock',
    ]);
  });

  test('a retirement of what is not locked', () => {
    expect(warnings('retire: [ethereum-hoodi-geth]\n')).toEqual([
      'environments/development/overrides.yml:1:10 warning: retire[0]: ethereum-hoodi-geth is not in the lock file, there is nothing to retire; remove it',
    ]);
  });

  test('protection that leaves the account and the key open', () => {
    const lock =
      'state: acme-tfstate\nnodes: { ethereum-sepolia-geth: { zone: eu-central-1a, tier: public, storage: ebs, size: 600 GiB, key: aws/ebs, vpc: default, architecture: arm64 } }\n';
    const files = { 'development/nodes.lock.yml': lock };
    expect(warnings('protect: true\nstate: { bucket: acme-tfstate }\n', files)).toEqual([
      'environments/development/overrides.yml:1:10 warning: protect: aws.account_id is not set, so that credentials of another account would be accepted',
      'environments/development/overrides.yml:1:10 warning: protect: aws.kms_key is not set; it cannot be added to a disk later',
    ]);
  });
});

describe('what AWS would refuse, or what would move under one', () => {
  test.each([
    [
      'a version that moves',
      'chains: { ethereum: { version: { geth: latest } } }\n',
      [
        'environments/development/overrides.yml:1:40 chains.ethereum.version.geth: "latest" moves, and a version stays; give a tag such as v1.2.3',
      ],
    ],
    [
      "a tag in AWS's own space",
      'aws: { tags: { "aws:team": x } }\n',
      [
        'environments/development/overrides.yml:1:16 aws.tags.aws:team: begins with aws:, which AWS keeps for itself; choose another name',
      ],
    ],
    [
      'a key that AWS manages',
      'aws: { kms_key: alias/aws/ebs }\n',
      [
        'environments/development/overrides.yml:1:17 aws.kms_key: "alias/aws/ebs" is a key that AWS manages; leave kms_key unset to use those',
      ],
    ],
    [
      'a key of another region',
      'aws: { kms_key: "arn:aws:kms:us-east-1:012345678901:key/0b9c5a4e-0000-4000-8000-000000000000" }\n',
      [
        'environments/development/overrides.yml:1:17 aws.kms_key: is a key of us-east-1, and the disks are in eu-central-1; name a key of that region',
      ],
    ],
    [
      'a description of an instance type that is known',
      'aws: { unlisted_instance: { r7g.xlarge: { architecture: arm64, vcpu: 4, memory: 32 GiB, ebs_bandwidth: 1250 Mbps, ebs_iops: 6000 } } }\n',
      [
        'environments/development/overrides.yml:1:29 aws.unlisted_instance.r7g.xlarge: is a known instance type; remove it',
      ],
    ],
    [
      'limits of a type and of a chain that do not exist',
      'mev: { strategy_limits: { arbitrge: {} }, chain_limits: { etherium: {} } }\n',
      [
        'environments/development/overrides.yml:1:27 mev.strategy_limits.arbitrge: is not a known key; use one of arbitrage, sandwich, flashloan, liquidation, nft; did you mean arbitrage?',
        'environments/development/overrides.yml:1:59 mev.chain_limits.etherium: is not a known key; use one of ethereum, arbitrum, optimism, base, polygon, bsc, avalanche, solana; did you mean ethereum?',
      ],
    ],
  ])('%s', (_, text, lines) => {
    expect(refusals({ 'development/overrides.yml': text })).toEqual(lines);
  });

  test('no environment at all', () => {
    const none = { 'development/overrides.yml': null, 'staging/overrides.yml': null, 'production/overrides.yml': null };
    expect(refusals(none)).toEqual([
      'environments/global.yml:1:1 has no environment beside it; make a folder with an overrides.yml: development, staging, production',
    ]);
  });
});
