import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ethereum, processesOf } from '../../../../constructs/chain-node/catalogue';
import { CLIENTS, clientOf, flagsGiven, MEMORY_MIB, node } from './ethereum-execution';

describe('networks', () => {
  test('that were shut down are refused with what to use instead', () => {
    expect(ethereum.retired.goerli).toBe('goerli was shut down in 2024; use sepolia (ethereum/go-ethereum#30289)');
    expect(ethereum.retired.holesky).toBe(
      'holesky was shut down in 2025; use hoodi (blog.ethereum.org/2025/09/01/holesky-shutdown-announcement)',
    );
    expect(() => processesOf(node('geth', { network: 'holesky' }), MEMORY_MIB)).toThrow('is not a network of ethereum');
  });

  test('ask for these least versions of execution clients', () => {
    const least = ethereum.networks.flatMap(({ id, forks }) =>
      forks.map((fork) => [
        id,
        fork.name,
        fork.at,
        Object.fromEntries([...CLIENTS, 'caplin'].map((name) => [name, fork.least[name]])),
      ]),
    );
    expect(least).toEqual([
      [
        'mainnet',
        'Fusaka',
        '2025-12-03T21:49:11Z',
        {
          geth: 'v1.16.7',
          reth: 'v1.9.1',
          nethermind: '1.35.3',
          besu: '25.11.0',
          erigon: 'v3.2.2',
          caplin: 'v3.2.2',
        },
      ],
      [
        'sepolia',
        'Glamsterdam',
        '2026-10-06T13:53:36Z',
        { geth: 'v1.17.8', reth: 'v2.7.0', nethermind: '2.1.0', besu: '26.9.0', erigon: 'v3.7.1', caplin: 'v3.7.1' },
      ],
      // Hoodi's was taken back, so that a version which still carries it leaves the chain.
      [
        'hoodi',
        'Glamsterdam as first planned',
        '2026-10-26T17:42:48Z',
        { geth: 'v1.17.10', reth: 'v2.8.1', nethermind: '2.2.1', besu: '26.10.1', erigon: 'v3.8.1', caplin: 'v3.8.1' },
      ],
    ]);
  });
});

describe('hardware', () => {
  const size = (of: string, network = 'mainnet', nodeType = 'full') =>
    ethereum.sizing({ network, client: of, consensus: 'lighthouse', nodeType, blobCustody: 'standard' })?.value;

  test('of Erigon is a disk inside of the machine', () => {
    expect([size('erigon'), size('erigon', 'mainnet', 'archive')]).toEqual([
      { instanceType: 'i8g.2xlarge', storage: 'instance-store' },
      { instanceType: 'i8g.4xlarge', storage: 'instance-store' },
    ]);
  });

  test('of Nethermind does 10,000 reads a second or more', () => {
    const iops = ['mainnet', 'sepolia'].map((id) => {
      const found = size('nethermind', id);
      return found?.storage === 'ebs' ? found.volume.iops : undefined;
    });
    expect(iops).toEqual([12_000, 10_000]);
    expect(size('nethermind', 'mainnet', 'archive')?.storage).toBe('instance-store');
  });

  test('of an archive of Besu holds 12 TB', () => {
    const found = size('besu', 'mainnet', 'archive');
    expect(found?.storage === 'ebs' && found.volume.sizeGiB).toBe(14_336);
  });

  test('is that of every client where its makers say nothing else', () => {
    expect([size('besu'), size('reth')]).toEqual([size('geth'), size('geth')]);
  });
});

test('how a first sync goes, by client and node type', () => {
  const way = (id: string, nodeType: string) => {
    const on = { network: 'mainnet', client: id, consensus: 'lighthouse', nodeType, blobCustody: 'standard' } as const;
    return /^(by itself: [\w ]+|https:\S+)/.exec(clientOf(id).archive?.(on)?.value ?? '')?.[0];
  };
  expect(CLIENTS.map((id) => [id, way(id, 'full'), way(id, 'archive')])).toEqual([
    ['geth', 'by itself: snap sync fetches the newest state from its peers', undefined],
    ['reth', 'https://snapshots.reth.rs', 'https://snapshots.reth.rs'],
    [
      'nethermind',
      'by itself: snap sync fetches the newest state from its peers',
      'https://mainnet-archive-snapshot.nethermind.dev/',
    ],
    ['besu', 'by itself: snap sync fetches the newest state from its peers', undefined],
    [
      'erigon',
      'by itself: at its first start it fetches its makers',
      'by itself: at its first start it fetches its makers',
    ],
  ]);
});

describe('flags', () => {
  test.each(CLIENTS)('that %s is given are all its own', (id) => {
    const table = JSON.parse(readFileSync(join(__dirname, 'flags', `${id}.json`), 'utf8')) as {
      readonly of: readonly string[];
      readonly flags: readonly string[];
      readonly later?: Readonly<Record<string, string>>;
    };
    expect(table.of).toContain(`ethereum/${id}`);
    expect([...table.flags].sort()).toEqual(table.flags);
    const known = new Set([...table.flags, ...Object.keys(table.later ?? {})]);
    expect(flagsGiven(id).filter((flag) => !known.has(flag))).toEqual([]);
  });
});
