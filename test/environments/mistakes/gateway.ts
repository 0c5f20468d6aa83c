import { refusals } from '../files';
import { development, GATEWAY_CHAIN_NAMES, tell } from './run';

/** The section `gateway`, and what callers may ask of it. */

const at = 'environments/development/overrides.yml';
const EKS = 'kubernetes: { cluster: mev }\n';
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';
const LIMITS = 'global: { security: { api_rate_limits: { default: 10/second } } }\n';
const POD = 'chains: { ethereum: { hosting: kubernetes } }\n';

const fallbacks = (networks: string): string => `gateway: { fallbacks: ${networks} }\n`;

tell([
  {
    title: 'a gateway without a cluster',
    files: development(`${LIMITS}gateway: {}\n`),
    lines: [
      `${at}:2:10 gateway: runs on Kubernetes, and the environment names no cluster; set kubernetes, or remove it`,
    ],
  },
  {
    title: 'a gateway without limits',
    files: development(`${EKS}gateway: {}\n`),
    lines: [`${at}:2:10 gateway: has no limit for its callers; set global.security.api_rate_limits.default`],
  },
  {
    title: 'limits with another mistake beside them',
    files: development(`${EKS}gateway: {}\n${LIMITS.replace('{', '{ logging: { level: loud },')}`),
    lines: [`${at}:3:29 global.logging.level: "loud" is not a log level; use one of info, debug, error`],
  },
  {
    title: 'premium callers without a limit',
    files: development(`${EKS}${LIMITS}gateway: { premium_secret: rpc/token }\n`),
    lines: [
      `${at}:3:28 gateway.premium_secret: premium callers have no limit; set global.security.api_rate_limits.premium`,
    ],
  },
  {
    title: 'hosts behind it whose names nobody knows yet',
    files: development(`${EKS}network:\n  dns_zone: { id: Z0123456789ABC }\n${LIMITS}gateway: {}\n`),
    lines: [
      `${at}:3:13 network.dns_zone: the gateway is told the names of nodes on instances; give the zone by name instead of id`,
    ],
  },
  {
    title: 'secrets that come to one in the cluster',
    files: development(
      `${EKS}${LIMITS.replace('10/second', '10/second, premium: 20/second')}gateway:\n  premium_secret: rpc/a\n  fallbacks:\n    ethereum: { sepolia: [{ name: a, secret: rpc/a }, { name: b, secret: Rpc-b }, { name: c, secret: rpc.b }, { name: d, secret: Rpc-b }, { name: e, secret: // }] }\n`,
    ),
    lines: [
      `${at}:6:46 gateway.fallbacks.ethereum.sepolia[0].secret: cannot be told in the cluster from that of gateway.premium_secret, which is another or holds something else; name one that differs by a letter or a digit`,
      `${at}:6:102 gateway.fallbacks.ethereum.sepolia[2].secret: cannot be told in the cluster from that of gateway.fallbacks.ethereum.sepolia[1].secret, which is another or holds something else; name one that differs by a letter or a digit`,
      `${at}:6:158 gateway.fallbacks.ethereum.sepolia[4].secret: has neither a letter nor a digit; name another secret`,
    ],
  },
  {
    title: 'secrets that no cluster can hold',
    files: development(
      `${ELSEWHERE}${POD}${LIMITS.replace('10/second', '10/second, premium: 20/second')}gateway:\n  premium_secret: rpc/token\n  fallbacks:\n    ethereum: { sepolia: [{ name: a, secret: rpc_a }, { name: b, secret: rpc.b }] }\n`,
    ),
    lines: [
      `${at}:5:19 gateway.premium_secret: is not the name of a secret in the cluster, where it must be, with the token as token; use lower-case letters, digits, - and .`,
      `${at}:7:46 gateway.fallbacks.ethereum.sepolia[0].secret: is not the name of a secret in the cluster, where it must be, with the URL as url; use lower-case letters, digits, - and .`,
    ],
  },
  {
    title: 'the VPC of a cluster that stands in none',
    files: development(`${ELSEWHERE}${LIMITS}${POD}gateway: { vpc_access: true }\n`),
    lines: [`${at}:4:24 gateway.vpc_access: the cluster is not on EKS and stands in no VPC; remove it`],
  },
  {
    title: 'instances alone, which a cluster elsewhere does not reach',
    files: development(`${ELSEWHERE}${LIMITS}gateway: {}\n`),
    lines: [
      `${at}:3:10 gateway: has no node in the cluster and no fallback behind it; add one of a public network, or remove it`,
    ],
  },
  {
    title: 'a local network alone, which nobody else serves',
    files: development(
      `${EKS}${LIMITS}gateway: {}\nchains: { ethereum: { networks: [local], hosting: kubernetes } }\n`,
    ),
    lines: [`${at}:3:10 gateway: has no node and no fallback behind it; add one of a public network, or remove it`],
  },
  {
    title: 'solana alone, which it does not speak',
    files: development(
      `${EKS}${LIMITS}gateway: {}\nchains: { ethereum: null, solana: { networks: [testnet], clients: [agave], p2p: { mode: public } } }\n`,
    ),
    lines: [`${at}:3:10 gateway: has no node and no fallback behind it; add one of a public network, or remove it`],
  },
  {
    title: 'fallbacks of what it cannot serve',
    files: development(
      `${EKS}${fallbacks('{ etherium: { mainnet: [] }, solana: { mainnet: [] }, ethereum: { local: [], holesky: [] } }')}`,
    ),
    lines: [
      `${at}:2:25 gateway.fallbacks.etherium: is not a known key; use one of ${GATEWAY_CHAIN_NAMES}; did you mean ethereum?`,
      `${at}:2:52 gateway.fallbacks.solana: is not a known key; use one of ${GATEWAY_CHAIN_NAMES}`,
      `${at}:2:89 gateway.fallbacks.ethereum.local: is not a known key; use one of mainnet, sepolia, hoodi`,
      `${at}:2:100 gateway.fallbacks.ethereum.holesky: is not a known key; use one of mainnet, sepolia, hoodi`,
    ],
  },
  {
    title: 'no fallbacks, and one whose URL stands where its secret is to be named',
    files: development(
      `${EKS}${fallbacks('{ ethereum: { sepolia: [], mainnet: [{ name: Alchemy, secret: "https://eth.test/key" }, { name: infura }] } }')}`,
    ),
    lines: [
      `${at}:2:46 gateway.fallbacks.ethereum.sepolia: is empty; list at least one`,
      `${at}:2:68 gateway.fallbacks.ethereum.mainnet[0].name: "Alchemy" is not a name of lower-case letters, digits and -`,
      `${at}:2:85 gateway.fallbacks.ethereum.mainnet[0].secret: is not the name of a secret; put the value into Secrets Manager and give its name here, such as l1/rpc`,
      `${at}:2:111 gateway.fallbacks.ethereum.mainnet[1].secret: is missing; give the name of a secret`,
    ],
  },
  {
    title: 'fallbacks that nobody could tell apart',
    files: development(
      `${EKS}${LIMITS}${fallbacks('{ ethereum: { sepolia: [{ name: a, secret: b }, { name: a, secret: c }, { name: geth, secret: d }] } }')}`,
    ),
    lines: [
      `${at}:3:79 gateway.fallbacks.ethereum.sepolia[1].name: "a" stands twice; give each provider a name of its own`,
      `${at}:3:103 gateway.fallbacks.ethereum.sepolia[2].name: "geth" would be taken for the node ethereum-sepolia-geth; give it another name`,
    ],
  },
  {
    title: 'limits and times that it cannot hold',
    files: development(
      'global: { security: { api_rate_limits: { default: 4294967296/hour, premium: 10 per hour } }, networking: { rpc_timeout: 99ms, retry_attempts: 11, websocket_timeout: 2h } }\n',
    ),
    lines: [
      `${at}:1:51 global.security.api_rate_limits.default: 4294967296 is more than the gateway counts to; give at most 4294967295`,
      `${at}:1:77 global.security.api_rate_limits.premium: "10 per hour" is not a rate such as "1000/hour" (per second, minute, hour or day)`,
      `${at}:1:121 global.networking.rpc_timeout: 99ms is too short for any answer; give at least 100ms`,
      `${at}:1:143 global.networking.retry_attempts: 11 is not a whole number from 0 to 10`,
      `${at}:1:166 global.networking.websocket_timeout: 2h is no silence that can be kept; give 1s to 6000s, and let callers ping`,
    ],
  },
]);

test.each([
  ['instances of the VPC of its cluster on EKS', EKS, 'gateway: {}\n'],
  ['pods of its cluster', ELSEWHERE, `${POD}gateway: {}\n`],
  ['fallbacks alone', ELSEWHERE, fallbacks('{ ethereum: { sepolia: [{ name: reth, secret: b }] } }')],
  [
    'one provider for two networks',
    EKS,
    fallbacks('{ ethereum: { sepolia: [{ name: a, secret: b }], mainnet: [{ name: a, secret: b }] } }'),
  ],
])('behind a gateway may be %s', (_, cluster, text) => {
  expect(refusals(development(`${cluster}${LIMITS}${text}`))).toEqual([]);
});

test('a node that could not be planned may be the only one behind it', () => {
  const broken = `${EKS}${LIMITS}gateway: {}\nchains: { ethereum: { hosting: kubernetes, bootstrap: { from: latest-backup } } }\n`;
  expect(refusals(development(broken))).toEqual([expect.stringContaining('a cluster does not know which backup')]);
});
