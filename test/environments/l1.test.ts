import { synthesize } from '../project';
import { type Files, GLOBAL, loadFiles, refusals } from './files';

/** Layer-2 nodes and the layer-1 node that each reads. */

/** One environment with these chains. */
const only = (text: string): Files => ({
  'global.yml': GLOBAL.slice(0, GLOBAL.indexOf('chains:')),
  'development/overrides.yml': text,
  'staging/overrides.yml': null,
  'production/overrides.yml': null,
});

const L2 = '  arbitrum: { networks: [sepolia], clients: [nitro]';
const L1 = '  ethereum: { networks: [sepolia], clients: [geth], blob_custody: semi }';

/** The layer-1 source of each node. */
const sources = (text: string) =>
  Object.fromEntries(loadFiles(only(text)).environments.flatMap(({ nodes }) => nodes.map(({ id, l1 }) => [id, l1])));

describe('a layer-2 node reads', () => {
  test('the only node that follows its layer 1', () => {
    expect(sources(`chains:\n${L1}\n${L2} }\n`)).toEqual({
      'arbitrum-sepolia-nitro': { node: 'ethereum-sepolia-geth' },
      'ethereum-sepolia-geth': undefined,
    });
  });

  test('the one that is named, for the chain or for one node', () => {
    const both = '  ethereum: { networks: [sepolia], clients: [geth, reth], blob_custody: super }';
    const named =
      '    replicas: 2\n    l1: ethereum-sepolia-reth\n    nodes: { sepolia-nitro-2: { l1: ethereum-sepolia-geth } }';
    const text = `chains:\n${both}\n  arbitrum:\n    networks: [sepolia]\n    clients: [nitro]\n${named}\n`;
    expect(sources(text)).toMatchObject({
      'arbitrum-sepolia-nitro': { node: 'ethereum-sepolia-reth' },
      'arbitrum-sepolia-nitro-2': { node: 'ethereum-sepolia-geth' },
    });
  });

  test('what secrets say, without a node of its own', () => {
    expect(sources(`chains:\n${L2}, l1: { rpc_secret: l1/rpc, beacon_secret: l1/beacon } }\n`)).toEqual({
      'arbitrum-sepolia-nitro': { rpcSecret: 'l1/rpc', beaconSecret: 'l1/beacon' },
    });
  });

  test('only the RPC where there are no blobs to read, of a node that keeps none', () => {
    const text =
      'chains:\n  ethereum: { networks: [sepolia], clients: [geth] }\n  polygon: { networks: [amoy], clients: [bor] }\n';
    expect(sources(text)).toMatchObject({ 'polygon-amoy-bor': { node: 'ethereum-sepolia-geth' } });
  });

  test('and says where that comes from', () => {
    const { environments } = loadFiles(only(`chains:\n${L1}\n${L2}, l1: ethereum-sepolia-geth }\n`));
    const node = environments[0]?.nodes.find(({ id }) => id === 'arbitrum-sepolia-nitro');
    expect(node?.settings.find(({ name }) => name === 'l1')).toEqual({
      name: 'l1',
      value: 'ethereum-sepolia-geth',
      origin: 'environments/development/overrides.yml:3',
    });
  });
});

describe('an error names what to set', () => {
  const at = 'environments/development/overrides.yml';
  test.each([
    {
      title: 'nobody follows the layer 1',
      text: `chains:\n${L2} }\n`,
      line: `${at}:2:26 chains.arbitrum.networks[0]: arbitrum-sepolia-nitro: it reads ethereum sepolia, which no node of this environment follows; add one to chains.ethereum, or set l1: { rpc_secret: …, beacon_secret: … }`,
    },
    {
      title: 'several do',
      text: `chains:\n  ethereum: { networks: [sepolia], clients: [geth, reth], blob_custody: semi }\n${L2} }\n`,
      line: `${at}:3:26 chains.arbitrum.networks[0]: arbitrum-sepolia-nitro: several nodes follow ethereum sepolia; set l1 to one of ethereum-sepolia-geth, ethereum-sepolia-reth`,
    },
    {
      title: 'one that follows another network',
      text: `chains:\n  ethereum: { networks: [sepolia, hoodi], clients: [geth], blob_custody: semi }\n${L2}, l1: ethereum-hoodi-geth }\n`,
      line: `${at}:3:58 chains.arbitrum.l1: arbitrum-sepolia-nitro: "ethereum-hoodi-geth" is not a node of this environment that follows ethereum sepolia; use one of ethereum-sepolia-geth, or { rpc_secret: …, beacon_secret: … }`,
    },
    {
      title: 'one that keeps a sample of blobs',
      text: `chains:\n  ethereum: { networks: [sepolia], clients: [geth] }\n${L2} }\n`,
      line: `${at}:3:26 chains.arbitrum.networks[0]: arbitrum-sepolia-nitro: it reads every blob, and ethereum-sepolia-geth keeps a sample of them; set chains.ethereum.nodes.sepolia-geth.blob_custody: semi, or super`,
    },
    {
      title: 'a secret for the RPC alone where blobs are read',
      text: `chains:\n${L2}, l1: { rpc_secret: l1/rpc } }\n`,
      line: `${at}:2:58 chains.arbitrum.l1: arbitrum-sepolia-nitro: it reads blobs from the beacon API of ethereum sepolia; give beacon_secret as well`,
    },
    {
      title: 'a zone whose name nobody knows yet',
      text: `network: { dns_zone: { id: Z0123456789ABCDEFGHIJ } }\nchains:\n${L1}\n${L2} }\n`,
      line: `${at}:1:22 network.dns_zone: arbitrum-sepolia-nitro is told the address of ethereum-sepolia-geth; give the zone by name instead of id`,
    },
  ])('$title', ({ text, line }) => {
    expect(refusals(only(text))).toEqual([line]);
  });

  test('a layer 1 for a network that settles on none', () => {
    const text = `chains:\n${L1}\n  arbitrum: { networks: [local], clients: [nitro], nodes: { local-nitro: { l1: ethereum-sepolia-geth } } }\n`;
    expect(refusals(only(text))).toEqual([
      `${at}:3:80 chains.arbitrum.nodes.local-nitro.l1: arbitrum-local-nitro: local settles on no layer 1; remove the key`,
    ]);
  });

  test('a mistake in the layer-1 node is reported once, and not as a missing node', () => {
    const text = `chains:\n  ethereum: { networks: [sepolia], clients: [geth], consensus: teku, nodes: { sepolia-geth: { replicas: 0 } } }\n${L2} }\n`;
    expect(refusals(only(text)).filter((line) => line.includes('arbitrum'))).toEqual([]);
  });
});

describe('in what is synthesized', () => {
  const stack = (text: string) => synthesize(loadFiles(only(text))).development;
  const compose = (text: string): string =>
    Object.values<{ key: string; content: string }>(stack(text).resource.aws_s3_object).find(
      ({ key }) => key === 'nodes/arbitrum-sepolia-nitro/compose.yml',
    )?.content ?? '';

  test('the node is told the addresses of its layer 1', () => {
    const text = compose(`chains:\n${L1}\n${L2} }\n`);
    expect(text).toContain(
      'NITRO_PARENT__CHAIN_CONNECTION_URL: http://ethereum-sepolia-geth.development.chain.internal:8545\n',
    );
    expect(text).toContain(
      'NITRO_PARENT__CHAIN_BLOB__CLIENT_BEACON__URL: http://ethereum-sepolia-geth.development.chain.internal:5052\n',
    );
  });

  test('or reads them on the host, and may', () => {
    const text = `chains:\n${L2}, l1: { rpc_secret: l1/rpc, beacon_secret: l1/beacon } }\n`;
    expect(compose(text)).toContain('NITRO_PARENT__CHAIN_CONNECTION_URL: $${ETHEREUM_RPC}\n');
    expect(JSON.stringify(stack(text).resource.aws_iam_role_policy)).toContain('l1/beacon');
  });

  test('a layer 2 changes nothing in its layer 1', () => {
    const of = (text: string) =>
      Object.fromEntries(
        Object.entries<Record<string, unknown>>(stack(text).resource).map(([type, all]) => [
          type,
          Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('ethereum-'))),
        ]),
      );
    const alone = of(`chains:\n${L1}\n`);
    const both = of(`chains:\n${L1}\n${L2} }\n`);
    for (const type of Object.keys(alone)) expect(both[type]).toEqual(alone[type]);
  });
});
