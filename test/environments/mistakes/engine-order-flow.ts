import { withEngine } from '../engines';
import { tell } from './run';

/** Order flow that engines name, and endpoints that they may name. */

type Swap = readonly [from: string, to: string];

const takes = (names: string): Swap => ['      type: arbitrage', `      order_flow: [${names}]\n      type: arbitrage`];
const endpoints = (text: string): Swap => ['  risk_limits:', `  protected_rpc: { ${text} }\n  risk_limits:`];
const FLASHBOTS = 'flashbots: { chain: ethereum, network: mainnet, url: "https://rpc.flashbots.net/fast" }';

tell([
  {
    title: 'a name that nobody has',
    files: withEngine({ production: [takes('flasbots'), endpoints(FLASHBOTS)] }),
    lines: [
      'environments/production/overrides.yml:19:20 mev.engines.flashloan_arbitrage.order_flow[0]: "flasbots" is neither what stands beside nodes nor an endpoint of mev.protected_rpc; use one of feed-relay, bdn-gateway, shredstream-proxy, flashbots; did you mean flashbots?',
    ],
  },
  {
    title: 'what no chain of its strategies has',
    files: withEngine({ production: [takes('feed-relay')] }),
    lines: [
      'environments/production/overrides.yml:19:20 mev.engines.flashloan_arbitrage.order_flow[0]: no node that flashloan_arbitrage can reach runs feed-relay on ethereum mainnet, which its strategies name; list it in optional_processes of one, or remove this',
    ],
  },
  {
    title: 'what no node of its networks runs',
    files: withEngine({ production: [takes('bdn-gateway')] }),
    lines: [
      'environments/production/overrides.yml:19:20 mev.engines.flashloan_arbitrage.order_flow[0]: no node that flashloan_arbitrage can reach runs bdn-gateway on ethereum mainnet, which its strategies name; list it in optional_processes of one, or remove this',
    ],
  },
  {
    title: 'an endpoint of another chain',
    files: withEngine({
      production: [
        takes('bloxroute'),
        endpoints('bloxroute: { chain: bsc, network: mainnet, url: "https://bsc.rpc.blxrbdn.com" }'),
      ],
    }),
    lines: [
      'environments/production/overrides.yml:19:20 mev.engines.flashloan_arbitrage.order_flow[0]: bloxroute is of bsc mainnet, and the strategies of flashloan_arbitrage name ethereum mainnet; remove it',
    ],
  },
  {
    title: 'a gateway without the header of its account',
    files: withEngine({
      production: [
        takes('bdn-gateway'),
        [
          '    clients: [geth]',
          '    clients: [geth]\n    optional_processes: [bdn-gateway]\n    order_flow: { bdn_gateway: { certificate_secret: a, key_secret: b } }',
        ],
      ],
    }),
    lines: [
      'environments/production/overrides.yml:21:20 mev.engines.flashloan_arbitrage.order_flow[0]: ethereum-mainnet-geth does not say what users of bdn-gateway send; set order_flow.bdn_gateway.authorization_secret of it to the name of a secret',
    ],
  },
  {
    title: 'an endpoint on a network that the chain has not',
    files: withEngine({ production: [endpoints(FLASHBOTS.replace('network: mainnet', 'network: mainet'))] }),
    lines: [
      'environments/production/overrides.yml:22:59 mev.protected_rpc.flashbots.network: "mainet" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local; did you mean mainnet?',
    ],
  },
  {
    title: 'an endpoint that everyone on the way reads',
    files: withEngine({ production: [endpoints(FLASHBOTS.replace('https', 'http'))] }),
    lines: [
      'environments/production/overrides.yml:22:73 mev.protected_rpc.flashbots.url: "http://rpc.flashbots.net/fast" is not an https address at port 443 with a domain, such as https://rpc.flashbots.net/fast',
    ],
  },
  {
    title: 'an endpoint with a token, which is not repeated',
    files: withEngine({ production: [endpoints(FLASHBOTS.replace('/fast', '/v1/0123456789abcdef01234567'))] }),
    lines: [
      'environments/production/overrides.yml:22:73 mev.protected_rpc.flashbots.url: seems to have a token in it; put the address into a secret, and give secret and domain',
    ],
  },
  {
    title: 'an endpoint without an address',
    files: withEngine({ production: [endpoints('x: { chain: ethereum, network: mainnet }')] }),
    lines: [
      'environments/production/overrides.yml:22:23 mev.protected_rpc.x: has no address; give url, or secret and domain',
    ],
  },
  {
    title: 'a secret address whose domain nobody knows',
    files: withEngine({ production: [endpoints('x: { chain: ethereum, network: mainnet, secret: a }')] }),
    lines: [
      'environments/production/overrides.yml:22:60 mev.protected_rpc.x.secret: holds an address that nobody here sees; give its domain as well',
    ],
  },
  {
    title: 'two addresses of one endpoint',
    files: withEngine({
      production: [endpoints('x: { chain: ethereum, network: mainnet, secret: a, url: "https://a.example/b" }')],
    }),
    lines: [
      'environments/production/overrides.yml:22:60 mev.protected_rpc.x.secret: stands beside url; where the address is a secret, give it with domain alone',
    ],
  },
  {
    title: 'a domain beside an address',
    files: withEngine({
      production: [
        endpoints('x: { chain: ethereum, network: mainnet, domain: a.example, url: "https://a.example/b" }'),
      ],
    }),
    lines: ['environments/production/overrides.yml:22:60 mev.protected_rpc.x.domain: is in url already; remove it'],
  },
  {
    title: 'an endpoint that is no file',
    files: withEngine({
      production: [endpoints('Flash: { chain: ethereum, network: mainnet, url: "https://a.example/b" }')],
    }),
    lines: [
      'environments/production/overrides.yml:22:27 mev.protected_rpc.Flash: is not the name of an endpoint; use at most 39 lower-case letters, digits, "_" and "-", a letter first',
    ],
  },
  {
    title: 'an endpoint that is called as a process is',
    files: withEngine({
      production: [endpoints('feed-relay: { chain: ethereum, network: mainnet, url: "https://a.example/b" }')],
    }),
    lines: [
      'environments/production/overrides.yml:22:32 mev.protected_rpc.feed-relay: "feed-relay" is what stands beside nodes; rename it',
    ],
  },
  {
    title: 'a file of its own that order flow has as well',
    files: withEngine({
      production: [
        [
          '      type: arbitrage',
          '      order_flow: [t]\n      secrets: { protected-rpc-t: x }\n      type: arbitrage',
        ],
        endpoints('t: { chain: ethereum, network: mainnet, secret: a, domain: a.example }'),
      ],
    }),
    lines: [
      'environments/production/overrides.yml:20:35 mev.engines.flashloan_arbitrage.secrets.protected-rpc-t: is the file of t of its order flow; rename it',
    ],
  },
  {
    title: 'a secret that a cluster has not',
    files: withEngine({
      production: [
        takes('t'),
        ['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: k, context: c }'],
        ['    clients: [geth]', '    clients: [geth]\n    hosting: kubernetes'],
        endpoints('t: { chain: ethereum, network: mainnet, secret: prod/a, domain: a.example }'),
      ],
    }),
    lines: [
      'environments/production/overrides.yml:24:68 mev.protected_rpc.t.secret: is not the name of a secret in the cluster, where it must be, with the address as protected-rpc-t; use lower-case letters, digits, - and .',
    ],
  },
]);
