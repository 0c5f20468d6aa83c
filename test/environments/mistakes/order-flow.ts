import { loadFiles } from '../files';
import { development, tell } from './run';

/** Order flow of nodes: optional processes of a chain, and what is said of them. */

const solana = (more: string, network = 'mainnet'): string =>
  `network: { p2p: { mode: public } }\nchains: { solana: { networks: [${network}], clients: [agave], ${more} } }\n`;
const ethereum = (more: string, clients = 'geth'): string =>
  `chains: { ethereum: { networks: [mainnet], clients: [${clients}], ${more} } }\n`;
const P = 'optional_processes: [shredstream-proxy]';
const B = 'optional_processes: [bdn-gateway]';
const FLOW = 'order_flow: { bdn_gateway: { certificate_secret: a, key_secret: b } }';

tell([
  {
    title: 'a proxy of shreds without what it needs',
    files: development(solana(P)),
    lines: [
      'environments/development/overrides.yml:2:80 chains.solana.optional_processes: solana-mainnet-agave: shredstream-proxy needs order_flow.shredstream_proxy.keypair_secret; set it',
      'environments/development/overrides.yml:2:80 chains.solana.optional_processes: solana-mainnet-agave: shredstream-proxy needs order_flow.shredstream_proxy.regions; set it',
    ],
  },
  {
    title: 'a region that nobody has',
    files: development(solana(`${P}, order_flow: { shredstream_proxy: { regions: [frankfrut], keypair_secret: a } }`)),
    lines: [
      'environments/development/overrides.yml:2:146 chains.solana.order_flow.shredstream_proxy.regions[0]: "frankfrut" is not offered to shredstream-proxy; use one of amsterdam, dublin, frankfurt, london, ny, slc, singapore, tokyo, dallas; did you mean frankfurt?',
    ],
  },
  {
    title: 'a region of another network',
    files: development(solana(`${P}, order_flow: { shredstream_proxy: { regions: [ny, dallas], keypair_secret: a } }`)),
    lines: [
      'environments/development/overrides.yml:2:145 chains.solana.order_flow.shredstream_proxy.regions: solana-mainnet-agave: "dallas" is not offered on mainnet; use one of amsterdam, dublin, frankfurt, london, ny, slc, singapore, tokyo',
    ],
  },
  {
    title: 'more regions than Jito takes',
    files: development(
      solana(`${P}, order_flow: { shredstream_proxy: { regions: [ny, slc, tokyo], keypair_secret: a } }`),
    ),
    lines: [
      'environments/development/overrides.yml:2:155 chains.solana.order_flow.shredstream_proxy.regions[2]: is one too many; give at most 2',
    ],
  },
  {
    title: 'a keypair in place of the name of its secret, which is not repeated',
    files: development(solana(`${P}, order_flow: { shredstream_proxy: { regions: [ny], keypair_secret: "[1,2,3]" } }`)),
    lines: [
      'environments/development/overrides.yml:2:167 chains.solana.order_flow.shredstream_proxy.keypair_secret: is not the name of a secret; put the value into Secrets Manager and give its name here, such as l1/rpc',
    ],
  },
  {
    title: 'a proxy of shreds where Jito has nothing',
    files: development(solana(P, 'devnet')),
    lines: [
      'environments/development/overrides.yml:2:80 chains.solana.optional_processes[0]: no node of this chain runs shredstream-proxy, which is for agave, jito-solana on mainnet, testnet; remove it',
    ],
  },
  {
    title: 'a proxy of shreds of one node where Jito has nothing',
    files: development(solana(`nodes: { devnet-agave: { ${P} } }`, 'devnet')),
    lines: [
      'environments/development/overrides.yml:2:104 chains.solana.nodes.devnet-agave.optional_processes: solana-devnet-agave: shredstream-proxy does not run on devnet; remove it',
    ],
  },
  {
    title: 'what is said of a process that nobody asks for',
    files: development(solana('order_flow: { shredstream_proxy: { regions: [ny], keypair_secret: a } }')),
    lines: [
      'environments/development/overrides.yml:2:74 chains.solana.order_flow.shredstream_proxy: is for shredstream-proxy, which no node of this chain runs; list it in optional_processes, or remove this',
    ],
  },
  {
    title: 'what is said of a node that does not run it',
    files: development(solana('nodes: { mainnet-agave: { order_flow: { shredstream_proxy: { regions: [ny] } } } }')),
    lines: [
      'environments/development/overrides.yml:2:119 chains.solana.nodes.mainnet-agave.order_flow.shredstream_proxy: solana-mainnet-agave: is for shredstream-proxy, which does not run here; list it in optional_processes, or remove this',
    ],
  },
  {
    title: 'a gateway beside a client that its makers do not know',
    files: development(ethereum(`${B}, ${FLOW}`, 'besu')),
    lines: [
      'environments/development/overrides.yml:1:82 chains.ethereum.optional_processes[0]: no node of this chain runs bdn-gateway, which is for geth, reth, erigon on mainnet; remove it',
      'environments/development/overrides.yml:1:110 chains.ethereum.order_flow.bdn_gateway: is for bdn-gateway, which no node of this chain runs; list it in optional_processes, or remove this',
    ],
  },
  {
    title: 'a gateway of one node beside a client that its makers do not know',
    files: development(ethereum(`${FLOW}, nodes: { mainnet-besu: { ${B} }, mainnet-geth: { ${B} } }`, 'besu, geth')),
    lines: [
      'environments/development/overrides.yml:1:183 chains.ethereum.nodes.mainnet-besu.optional_processes: ethereum-mainnet-besu: bdn-gateway does not run beside besu; remove it',
    ],
  },
  {
    title: 'a gateway without its key',
    files: development(ethereum(`${B}, order_flow: { bdn_gateway: { certificate_secret: a } }`)),
    lines: [
      'environments/development/overrides.yml:1:81 chains.ethereum.optional_processes: ethereum-mainnet-geth: bdn-gateway needs order_flow.bdn_gateway.key_secret; set it',
    ],
  },
  {
    title: 'one key for two nodes',
    files: development(
      ethereum(
        `replicas: 2, ${B}, order_flow: { bdn_gateway: { certificate_secret: a, key_secret: b, node_key: ${'a'.repeat(128)} } }`,
      ),
    ),
    lines: [
      'environments/development/overrides.yml:1:186 chains.ethereum.order_flow.bdn_gateway.node_key: ethereum-mainnet-geth-2: is that of ethereum-mainnet-geth too, and each node has its own; set it below nodes',
    ],
  },
  {
    title: 'an address in place of a key',
    files: development(
      ethereum(`${B}, order_flow: { bdn_gateway: { certificate_secret: a, key_secret: b, node_key: "enode://ab" } }`),
    ),
    lines: [
      'environments/development/overrides.yml:1:173 chains.ethereum.order_flow.bdn_gateway.node_key: "enode://ab" is not the 128 hexadecimal digits of an enode between // and @, as the node logs it',
    ],
  },
  {
    title: 'a secret that a cluster has not',
    files: development(
      `kubernetes: { kubeconfig: k, context: c }\n${ethereum(`hosting: kubernetes, ${B}, order_flow: { bdn_gateway: { certificate_secret: prod/a, key_secret: b } }`)}`,
    ),
    lines: [
      'environments/development/overrides.yml:2:166 chains.ethereum.order_flow.bdn_gateway.certificate_secret: ethereum-mainnet-geth: "prod/a" is not the name of a secret in the cluster, where it must be, with the file as bdn-certificate.pem; use lower-case letters, digits, - and .',
    ],
  },
]);

test('the most specific wins, value by value', () => {
  const nodes =
    'nodes: { testnet-agave: { order_flow: { shredstream_proxy: { regions: [dallas] } } }, mainnet-agave: { order_flow: { shredstream_proxy: { regions: [ny, slc] } } } }';
  const text = solana(
    `${P}, order_flow: { shredstream_proxy: { keypair_secret: a, regions: [ny] } }, ${nodes}`,
    'mainnet, testnet',
  );
  const [{ nodes: found } = { nodes: [] }] = loadFiles(development(text), { unlocked: ['development'] }).environments;
  expect(
    found
      .filter(({ chain }) => chain.id === 'solana')
      .map(({ id, options, optionSettings, secrets }) => ({ id, options, optionSettings, secrets })),
  ).toEqual(
    [
      ['solana-mainnet-agave', ['ny', 'slc']],
      ['solana-testnet-agave', ['dallas']],
    ].map(([id, regions]) => ({
      id,
      options: ['shredstream-proxy'],
      optionSettings: { 'shredstream-proxy': { regions } },
      secrets: { 'shredstream-keypair': 'a' },
    })),
  );
});

test('what a chain asks for runs beside those of its clients that can', () => {
  const text = ethereum(
    `${B}, order_flow: { bdn_gateway: { certificate_secret: a, key_secret: b, authorization_secret: c } }`,
    'geth, besu',
  );
  const [{ nodes } = { nodes: [] }] = loadFiles(development(text), { unlocked: ['development'] }).environments;
  expect(nodes.map(({ id, options, authorizations }) => [id, options, authorizations])).toEqual([
    ['ethereum-mainnet-besu', undefined, undefined],
    ['ethereum-mainnet-geth', ['bdn-gateway'], { 'bdn-gateway': { header: 'Authorization', secret: 'c' } }],
  ]);
});
