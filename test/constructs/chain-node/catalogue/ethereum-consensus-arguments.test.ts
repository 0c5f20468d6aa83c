import { lodestar } from '../../../../constructs/chain-node/catalogue/clients/lodestar';
import { nimbus } from '../../../../constructs/chain-node/catalogue/clients/nimbus';
import { prysm } from '../../../../constructs/chain-node/catalogue/clients/prysm';
import { argumentsOf, beside, CLIENTS } from './ethereum-consensus';
import { flagsOf } from './everything';

describe('arguments', () => {
  test('of Prysm on mainnet, with all columns and peers that connect in', () => {
    expect(argumentsOf(prysm, { blobCustody: 'super', p2p: 'public' })).toEqual([
      '--accept-terms-of-use',
      '--datadir=/data',
      '--mainnet',
      '--execution-endpoint=http://127.0.0.1:8551',
      '--jwt-secret=/secrets/jwt',
      '--checkpoint-sync-url=https://beaconstate.ethstaker.cc',
      '--enable-backfill',
      '--beacon-db-pruning',
      '--supernode',
      '--http-host=0.0.0.0',
      '--http-port=5052',
      '--disable-debug-rpc-endpoints',
      '--rpc-host=127.0.0.1',
      '--rpc-port=4000',
      '--p2p-tcp-port=9000',
      '--p2p-udp-port=9000',
      '--p2p-quic-port=9001',
      '--p2p-host-ip=later',
      '--monitoring-host=0.0.0.0',
      '--monitoring-port=8080',
      '--verbosity=info',
      '--log-format=json',
      '--disable-ephemeral-log-file',
    ]);
  });

  test('of Nimbus on hoodi', () => {
    expect(argumentsOf(nimbus, { network: 'hoodi' })).toEqual([
      '--data-dir=/data',
      '--network=hoodi',
      '--non-interactive',
      '--el=http://127.0.0.1:8551',
      '--jwt-secret=/secrets/jwt',
      '--history=prune',
      '--rest',
      '--rest-address=127.0.0.1',
      '--rest-port=5052',
      '--tcp-port=9000',
      '--udp-port=9000',
      '--quic-port=9001',
      '--nat=none',
      '--metrics',
      '--metrics-address=0.0.0.0',
      '--metrics-port=8008',
      '--log-level=INFO',
      '--log-format=json',
      '--status-bar=false',
    ]);
    expect(argumentsOf(nimbus, { p2p: 'public' })).toContain('--nat=extip:later');
  });

  test('of Lodestar on sepolia, with half of the columns and peers that connect in', () => {
    expect(argumentsOf(lodestar, { network: 'sepolia', blobCustody: 'semi', p2p: 'public' })).toEqual([
      '--dataDir=/data',
      '--network=sepolia',
      '--execution.urls=http://127.0.0.1:8551',
      '--jwtSecret=/secrets/jwt',
      '--checkpointSyncUrl=https://checkpoint-sync.sepolia.ethpandaops.io',
      '--chain.pruneHistory',
      '--semiSupernode',
      '--rest',
      '--rest.namespace=beacon,config,events,node',
      '--rest.address=0.0.0.0',
      '--rest.port=5052',
      '--listenAddress=0.0.0.0',
      '--port=9000',
      '--discoveryPort=9000',
      '--quicPort=9001',
      '--nat',
      '--enr.ip=later',
      '--enr.tcp=9000',
      '--enr.udp=9000',
      '--enr.quic=9001',
      '--metrics',
      '--metrics.address=0.0.0.0',
      '--metrics.port=8008',
      '--logLevel=info',
      '--logFormat=json',
      '--logFile=none',
    ]);
  });

  test('name the log level as the program does', () => {
    const flags = ['--debug-level', '--logging', '--verbosity', '--log-level', '--logLevel'];
    const levels = (['info', 'debug', 'error'] as const).map((logLevel) =>
      CLIENTS.map((client, at) => flagsOf(beside(client, { logLevel })).get(flags[at] as string)),
    );
    expect(levels).toEqual([
      ['info', 'INFO', 'info', 'INFO', 'info'],
      ['debug', 'DEBUG', 'debug', 'DEBUG', 'debug'],
      ['error', 'ERROR', 'error', 'ERROR', 'error'],
    ]);
  });
});
