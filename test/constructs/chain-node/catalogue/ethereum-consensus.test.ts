import {
  type BlobCustody,
  type ClientDefinition,
  everyProgram,
  type Fork,
  instanceType,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';
import { ethereum } from '../../../../constructs/chain-node/catalogue/chains/ethereum';
import { blobTraffic, servesBlobs } from '../../../../constructs/chain-node/catalogue/clients/beacon-api';
import { lodestar } from '../../../../constructs/chain-node/catalogue/clients/lodestar';
import { nimbus } from '../../../../constructs/chain-node/catalogue/clients/nimbus';
import { prysm } from '../../../../constructs/chain-node/catalogue/clients/prysm';
import { teku } from '../../../../constructs/chain-node/catalogue/clients/teku';
import { argumentsOf, beside, CLIENTS, CUSTODIES } from './ethereum-consensus';
import { choiceFrom, flagsOf, textOf } from './everything';

describe('blobs that serve layer 2 need custody', () => {
  test('half of the columns or all of them, as each client calls it; Teku has no half', () => {
    const added = (client: ClientDefinition, blobCustody: BlobCustody) =>
      client.blobCustody?.includes(blobCustody)
        ? argumentsOf(client, { blobCustody }).filter((flag) => /node$|subnets/.test(flag.split('=')[0] as string))
        : 'refused';
    expect(CLIENTS.map((client) => [client.id, ...CUSTODIES.map((custody) => added(client, custody))])).toEqual([
      ['lighthouse', [], ['--semi-supernode'], ['--supernode']],
      ['teku', [], 'refused', ['--p2p-subscribe-all-custody-subnets-enabled=true']],
      ['prysm', [], ['--semi-supernode'], ['--supernode']],
      ['nimbus', [], ['--light-supernode'], ['--peerdas-supernode']],
      ['lodestar', [], ['--semiSupernode'], ['--supernode']],
    ]);
  });

  test('the API is open to others where blobs are served, and only there', () => {
    expect(CUSTODIES.map(servesBlobs)).toEqual([false, true, true]);
    const open = CLIENTS.flatMap((client) =>
      (client.blobCustody ?? []).map((blobCustody) => {
        const api = beside(client, { blobCustody }).ports.find(({ serves }) => serves.includes('beacon'));
        return (api?.audience === 'clients') === servesBlobs(blobCustody);
      }),
    );
    expect(new Set(open)).toEqual(new Set([true]));
    expect(open).toHaveLength(14);
  });

  test('it costs disk and traffic', () => {
    const disk = (custody: BlobCustody) =>
      prysm.disk({ network: 'mainnet', nodeType: 'full', blobCustody: custody })?.today.value;
    expect(CUSTODIES.map(disk)).toEqual([62, 356, 692]);
    expect(blobTraffic).toMatchObject({ value: 3, status: 'third-party' });
    expect(blobTraffic.source).toContain('aws-blockchain-node-runners');
  });
});

describe('the host', () => {
  test('opens the same ports to peers whichever client runs', () => {
    const peers = CLIENTS.map((client) =>
      beside(client, { p2p: 'public' })
        .ports.filter(({ audience }) => audience === 'internet')
        .map(({ number, protocol }) => `${number}/${protocol}`),
    );
    expect(new Set(peers.map(String))).toEqual(new Set(['9000/tcp,9000/udp,9001/udp']));
  });

  test('keeps the files by which peers know a client; Nimbus makes a new key at each start', () => {
    expect(CLIENTS.map((client) => beside(client).identity)).toEqual([
      ['/data/beacon/network/key'],
      ['/data/beacon/kvstore/generated-node-key.dat'],
      ['/data/network-keys'],
      undefined,
      ['/data/peer-id.json', '/data/enr'],
    ]);
  });

  test('gives a program with garbage less to collect in than it may use', () => {
    expect([teku, prysm, lodestar].map((client) => beside(client).environment)).toEqual([
      { JAVA_OPTS: '-Xmx4587m' },
      { GOMEMLIMIT: '5897MiB' },
      { NODE_OPTIONS: '--max-old-space-size=4587' },
    ]);
  });

  test('gives Lodestar the heap of 8 GiB below which it warns, on all hardware that the catalogue chooses for it', () => {
    const heaps = everyProgram(ethereum)
      .filter(({ consensus }) => consensus === 'lodestar')
      .flatMap((program) => {
        const chosen = ethereum.sizing(choiceFrom(program))?.value.instanceType;
        // The host keeps a twentieth.
        const memory = Math.floor((instanceType(chosen ?? '')?.memoryGiB ?? 0) * 1024 * 0.95);
        const process = processesOf(program, memory).find(({ name }) => name === 'lodestar');
        return /=(\d+)$/.exec(textOf(process?.environment?.NODE_OPTIONS ?? ''))?.[1] ?? '0';
      });
    expect(Math.min(...heaps.map(Number))).toBeGreaterThanOrEqual(8192);
  });

  test('stops each with a minute of grace, after the execution client has started', () => {
    const differs = CLIENTS.map((client) => beside(client)).filter(
      ({ stop, after, secrets }) =>
        stop.signal !== 'SIGTERM' || stop.graceSeconds !== 60 || after?.join() !== 'geth' || secrets?.jwt !== 'made',
    );
    expect(differs).toEqual([]);
  });
});

describe('a new node', () => {
  test('of Nimbus fetches its state in a preparation, which a mark of ours ends', () => {
    expect(beside(nimbus, { network: 'sepolia' }).prepare).toEqual([
      {
        name: 'checkpoint',
        program: ['/bin/sh', '-c'],
        arguments: [
          '"$0" "$@" && touch /data/checkpoint-synced',
          '/home/user/nimbus_beacon_node',
          'trustedNodeSync',
          '--network=sepolia',
          '--data-dir=/data',
          '--trusted-node-url=https://checkpoint-sync.sepolia.ethpandaops.io',
          '--backfill=false',
        ],
        unless: '/data/checkpoint-synced',
      },
    ]);
    const flags = flagsOf(beside(nimbus));
    // The beacon node does not know the one, and leaves out the other.
    expect(['--trusted-node-url', '--external-beacon-api-url'].filter((flag) => flags.has(flag))).toEqual([]);
  });

  test('of any other client is told the provider', () => {
    const told = CLIENTS.filter((client) => client !== nimbus).map((client) =>
      argumentsOf(client, { network: 'hoodi' }).filter((flag) => flag.includes('https://hoodi.checkpoint.sigp.io')),
    );
    expect(told.map((flags) => flags.length)).toEqual([1, 1, 1, 1]);
  });
});

describe('versions', () => {
  test('are pinned', () => {
    const pins = CLIENTS.map(({ id, version }) => `${id} ${version('mainnet').value} ${version('mainnet').status}`);
    expect(pins).toEqual([
      'lighthouse v8.3.3 verified',
      'teku 26.10.3 distributor',
      'prysm v7.3.1 verified',
      'nimbus multiarch-v26.10.2 distributor',
      'lodestar v1.50.1 verified',
    ]);
  });

  test('are at least these at each fork', () => {
    const least = ({ name, least: versions }: Fork) => [name, ...CLIENTS.map(({ id }) => versions[id])];
    expect(ethereum.networks.flatMap(({ forks }) => forks.map(least))).toEqual([
      ['Fusaka', 'v8.0.1', '25.11.1', 'v7.0.0', 'multiarch-v25.11.0', 'v1.36.0'],
      ['Glamsterdam', 'v8.3.0', '26.9.1', 'v7.2.0', 'multiarch-v26.9.1', 'v1.49.0'],
      ['Glamsterdam as first planned', 'v8.3.2', '26.10.2', 'v7.3.1', 'multiarch-v26.10.2', 'v1.50.1'],
    ]);
  });
});
