import {
  bsc,
  ethereum,
  type NodeProgram,
  type Process,
  processesOf,
  solana,
} from '../../../../constructs/chain-node/catalogue';
import { MEMORY_MIB, textOf } from './everything';

/** What stands beside a node for its private order flow; Arbitrum's relay is with its chain. */

const told = ({ arguments: given }: Process): string[] => given.map(textOf);

describe('the ShredStream proxy', () => {
  const nodeOf = (network: string, regions: readonly string[] | undefined, client = 'agave') =>
    processesOf(
      {
        chain: solana,
        network,
        client,
        p2p: 'public',
        options: ['shredstream-proxy'],
        ...(regions ? { optionSettings: { 'shredstream-proxy': { regions } } } : {}),
      },
      MEMORY_MIB,
    );

  test.each(['agave', 'jito-solana'])('sends shreds to the first port of the range of %s', (client) => {
    const [node, exporter, proxy, ...others] = nodeOf('mainnet', ['frankfurt', 'dublin'], client);
    expect(others).toEqual([]);
    expect(told(node as Process)).toEqual(
      expect.arrayContaining(['--gossip-port=8001', '--dynamic-port-range=8002-8031']),
    );
    expect(told(proxy as Process)).toEqual([
      '--block-engine-url=https://mainnet.block-engine.jito.wtf',
      '--auth-keypair=/secrets/shredstream-keypair',
      '--desired-regions=frankfurt,dublin',
      '--dest-ip-ports=127.0.0.1:8002',
      '--src-bind-addr=0.0.0.0',
      '--src-bind-port=20000',
      '--grpc-service-port=9999',
      '--public-ip=later',
    ]);
    expect(proxy).toMatchObject({
      source: { kind: 'image', image: 'jitolabs/jito-shredstream-proxy', version: 'v0.2.13' },
      secrets: { 'shredstream-keypair': 'given' },
      after: [client],
      waits: true,
      memoryMiB: 1024,
    });
    expect([node?.memoryMiB, exporter?.memoryMiB]).toEqual([MEMORY_MIB - 256 - 1024, 256]);
  });

  test('takes them from the addresses of its regions alone, where Jito publishes them', () => {
    const from = (network: string, regions: readonly string[]) =>
      nodeOf(network, regions)[2]?.ports.find(({ name }) => name === 'shreds');
    expect(from('mainnet', ['dublin'])?.from).toEqual(['64.130.61.138/32', '64.130.61.139/32', '64.130.61.140/32']);
    expect(from('mainnet', ['amsterdam', 'frankfurt'])?.from).toHaveLength(21);
    expect(from('testnet', ['ny'])).toMatchObject({ number: 20000, audience: 'internet' });
    expect(from('testnet', ['ny'])?.from).toBeUndefined();
  });

  test('is not there where Jito has nothing, and does not start without regions', () => {
    expect(nodeOf('devnet', ['frankfurt']).map(({ name }) => name)).toEqual(['agave', 'solana-exporter']);
    expect(() => nodeOf('mainnet', undefined)).toThrow(
      new Error('shredstream-proxy beside agave needs regions; give one or two'),
    );
  });
});

describe('the BDN gateway', () => {
  const nodeOf = (program: Partial<NodeProgram>) =>
    processesOf(
      { chain: ethereum, network: 'mainnet', client: 'geth', options: ['bdn-gateway'], ...program },
      MEMORY_MIB,
    );
  const key = 'a'.repeat(128);

  test('is a peer of the node beside it, and reads its websocket', () => {
    const [geth, gateway] = nodeOf({ p2p: 'public', optionSettings: { 'bdn-gateway': { node_key: key } } });
    expect(told(gateway as Process)).toEqual([
      '--blockchain-network=Mainnet',
      '--data-dir=/data/datadir',
      '--registration-cert-dir=/data/ssl',
      '--port=1801',
      '--external-ip=later',
      '--ws',
      '--ws-host=0.0.0.0',
      '--ws-port=28333',
      `--enodes=enode://${key}@127.0.0.1:30303`,
      '--eth-ws-uri=ws://127.0.0.1:8546',
      '--disable-profiling',
      '--log-level=info',
      '--log-file-level=panic',
    ]);
    expect(gateway).toMatchObject({
      name: 'bdn-gateway',
      secrets: { 'bdn-certificate.pem': 'given', 'bdn-key.pem': 'given' },
      after: ['geth'],
      waits: true,
      memoryMiB: 2048,
    });
    const alone = processesOf({ chain: ethereum, network: 'mainnet', client: 'geth' }, MEMORY_MIB)[0];
    expect(geth?.memoryMiB).toBe((alone?.memoryMiB ?? 0) - 2048);
  });

  test('tells nobody an address where no peers come in, and needs no peer of the node', () => {
    const [, gateway] = nodeOf({});
    expect(told(gateway as Process).filter((one) => /enodes|external-ip/.test(one))).toEqual([]);
  });

  test('stands beside the clients that its makers know, and each has its peers at another port', () => {
    const found = ['geth', 'reth', 'erigon', 'besu', 'nethermind'].map((client) =>
      nodeOf({ client, optionSettings: { 'bdn-gateway': { node_key: key } } })
        .filter(({ name }) => name === 'bdn-gateway')
        .flatMap((process) => told(process).filter((one) => /^--(enodes|eth-ws-uri)/.test(one))),
    );
    expect(found).toEqual([
      [`--enodes=enode://${key}@127.0.0.1:30303`, '--eth-ws-uri=ws://127.0.0.1:8546'],
      [`--enodes=enode://${key}@127.0.0.1:30303`, '--eth-ws-uri=ws://127.0.0.1:8546'],
      [`--enodes=enode://${key}@127.0.0.1:30303`, '--eth-ws-uri=ws://127.0.0.1:8546'],
      [],
      [],
    ]);
  });

  test('is of mainnets, by the names that the BDN has for them', () => {
    expect(nodeOf({ network: 'sepolia' }).some(({ name }) => name === 'bdn-gateway')).toBe(false);
    const [, gateway] = nodeOf({ chain: bsc });
    expect(told(gateway as Process)[0]).toBe('--blockchain-network=BSC-Mainnet');
    expect(nodeOf({ chain: bsc, network: 'chapel' })).toHaveLength(1);
  });
});
