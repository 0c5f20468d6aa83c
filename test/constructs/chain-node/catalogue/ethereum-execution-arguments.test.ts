import { type NodeProgram, processesOf } from '../../../../constructs/chain-node/catalogue';
import { execution, MEMORY_MIB, node } from './ethereum-execution';

const PUBLIC_IP = { host: 'public-ip' };

const argumentsOf = (client: string, more: Partial<NodeProgram> = {}) => execution(client, more).arguments;

describe('exactly these arguments', () => {
  test('Erigon beside another', () => {
    expect(argumentsOf('erigon', { consensus: 'lighthouse' })).toEqual([
      '--datadir=/data',
      '--chain=mainnet',
      '--prune.mode=full',
      '--externalcl',
      '--authrpc.addr=127.0.0.1',
      '--authrpc.port=8551',
      '--authrpc.vhosts=*',
      '--authrpc.jwtsecret=/secrets/jwt',
      '--port=30303',
      '--torrent.port=42069',
      '--nat=none',
      ...ERIGON_ALWAYS,
    ]);
  });

  test('Erigon with Caplin inside, which keeps blobs for others', () => {
    const [only, ...others] = processesOf(
      node('erigon', { consensus: 'caplin', blobCustody: 'semi', p2p: 'public', network: 'sepolia' }),
      MEMORY_MIB,
    );
    expect(others).toEqual([]);
    expect(only?.memoryMiB).toBe(MEMORY_MIB);
    expect(only?.arguments).toEqual([
      '--datadir=/data',
      '--chain=sepolia',
      '--prune.mode=full',
      '--caplin.checkpoint-sync-url=https://checkpoint-sync.sepolia.ethpandaops.io/eth/v2/debug/beacon/states/finalized',
      '--caplin.discovery.addr=0.0.0.0',
      '--caplin.discovery.port=9000',
      '--caplin.discovery.tcpport=9000',
      '--caplin.discovery.quicport=9001',
      ['--caplin.nat=extip:', PUBLIC_IP],
      '--sentinel.addr=127.0.0.1',
      '--sentinel.port=7777',
      '--beacon.api=beacon,config,events,node',
      '--beacon.api.addr=0.0.0.0',
      '--beacon.api.port=5052',
      '--caplin.blobs-immediate-backfill',
      '--authrpc.addr=127.0.0.1',
      '--authrpc.port=8551',
      '--authrpc.vhosts=*',
      '--authrpc.jwtsecret=/secrets/jwt',
      '--port=30303',
      '--torrent.port=42069',
      ['--nat=extip:', PUBLIC_IP],
      ...ERIGON_ALWAYS,
    ]);
  });

  test('Erigon alone, which makes its own blocks', () => {
    const [only, ...others] = processesOf(node('erigon', { network: 'local' }), MEMORY_MIB);
    expect(others).toEqual([]);
    expect(only?.arguments).toEqual([
      '--datadir=/data',
      '--chain=dev',
      '--dev.slot-time=12',
      '--beacon.api=beacon,config,node,validator',
      '--beacon.api.addr=127.0.0.1',
      '--beacon.api.port=5052',
      ...ERIGON_ALWAYS,
    ]);
    expect(only?.secrets).toBeUndefined();
    expect(only?.ports.filter(({ serves }) => serves.includes('p2p') || serves.includes('engine'))).toEqual([]);
  });

  test('Besu', () => {
    expect(argumentsOf('besu', { network: 'sepolia', consensus: 'teku', p2p: 'public' })).toEqual([
      '--data-path=/data',
      '--network=sepolia',
      '--sync-mode=SNAP',
      '--data-storage-format=BONSAI',
      '--logging=INFO',
      '--logging-format=ECS',
      '--host-allowlist=*',
      '--rpc-http-enabled=true',
      '--rpc-http-host=0.0.0.0',
      '--rpc-http-port=8545',
      '--rpc-http-api=ETH,NET,WEB3,TXPOOL,TRACE',
      '--rpc-ws-enabled=true',
      '--rpc-ws-host=0.0.0.0',
      '--rpc-ws-port=8546',
      '--rpc-ws-api=ETH,NET,WEB3',
      '--engine-rpc-enabled=true',
      '--engine-rpc-port=8551',
      '--engine-jwt-secret=/secrets/jwt',
      '--engine-host-allowlist=localhost,127.0.0.1',
      '--p2p-port=30303',
      '--nat-method=NONE',
      ['--p2p-host=', PUBLIC_IP],
      '--metrics-enabled=true',
      '--metrics-host=0.0.0.0',
      '--metrics-port=9545',
    ]);
  });

  test('Nethermind as an archive', () => {
    expect(argumentsOf('nethermind', { nodeType: 'archive', p2p: 'public' })).toEqual([
      '--config=mainnet_archive',
      '--data-dir=/data',
      '--log=info',
      '--FlatDb.Enabled=true',
      '--FlatDb.HistoryEnabled=true',
      '--JsonRpc.Enabled=true',
      '--JsonRpc.Host=0.0.0.0',
      '--JsonRpc.Port=8545',
      '--JsonRpc.WebSocketsPort=8546',
      '--Init.WebSocketsEnabled=true',
      '--JsonRpc.EnabledModules=Eth,Net,Web3,TxPool,Subscribe,Trace',
      '--JsonRpc.EngineHost=127.0.0.1',
      '--JsonRpc.EnginePort=8551',
      '--JsonRpc.JwtSecretFile=/secrets/jwt',
      '--Network.P2PPort=30303',
      '--Network.DiscoveryPort=30303',
      ['--Network.ExternalIp=', PUBLIC_IP],
      '--Metrics.Enabled=true',
      '--Metrics.ExposeHost=0.0.0.0',
      '--Metrics.ExposePort=6060',
    ]);
    expect(argumentsOf('nethermind', { network: 'hoodi' }).slice(0, 4)).toEqual([
      '--config=hoodi',
      '--data-dir=/data',
      '--log=info',
      '--JsonRpc.Enabled=true',
    ]);
  });

  test('Geth', () => {
    expect(argumentsOf('geth')).toEqual([
      '--datadir=/data',
      '--ipcdisable',
      '--mainnet',
      '--syncmode=snap',
      '--cache=3276',
      '--verbosity=3',
      '--log.format=json',
      '--http',
      '--http.addr=0.0.0.0',
      '--http.port=8545',
      '--http.api=eth,net,web3,txpool',
      '--http.vhosts=*',
      '--ws',
      '--ws.addr=0.0.0.0',
      '--ws.port=8546',
      '--ws.api=eth,net,web3',
      '--ws.origins=*',
      '--metrics',
      '--metrics.addr=0.0.0.0',
      '--metrics.port=6060',
      '--authrpc.addr=127.0.0.1',
      '--authrpc.port=8551',
      '--authrpc.vhosts=*',
      '--authrpc.jwtsecret=/secrets/jwt',
      '--port=30303',
      '--discovery.port=30303',
      '--nat=none',
    ]);
  });

  test('Reth', () => {
    expect(argumentsOf('reth', { network: 'hoodi', p2p: 'public' })).toEqual([
      '--datadir=/data',
      '--ipcdisable',
      '--chain=hoodi',
      '--full',
      '--log.stdout.format=json',
      '--log.stdout.filter=info',
      '--log.file.max-files=0',
      '--http',
      '--http.addr=0.0.0.0',
      '--http.port=8545',
      '--http.api=eth,net,web3,txpool,trace,rpc',
      '--ws',
      '--ws.addr=0.0.0.0',
      '--ws.port=8546',
      '--ws.api=eth,net,web3',
      '--ws.origins=*',
      '--metrics=0.0.0.0:6060',
      '--authrpc.addr=127.0.0.1',
      '--authrpc.port=8551',
      '--authrpc.jwtsecret=/secrets/jwt',
      '--port=30303',
      '--discovery.port=30303',
      '--discovery.v5.port=30303',
      ['--nat=extip:', PUBLIC_IP],
    ]);
  });

  const ERIGON_ALWAYS = [
    '--log.console.verbosity=info',
    '--log.console.json',
    '--log.dir.disable',
    '--http',
    '--http.addr=0.0.0.0',
    '--http.port=8545',
    '--http.api=eth,net,web3,txpool,trace',
    '--http.vhosts=*',
    '--ws',
    '--ws.port=8546',
    '--metrics',
    '--metrics.addr=0.0.0.0',
    '--metrics.port=6061',
    '--private.api.addr=127.0.0.1:9090',
    '--mcp.disable',
  ];
});
