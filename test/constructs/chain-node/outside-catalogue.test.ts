import { ChainNode, type ChainNodeProps, NodeGroup } from '../../../constructs/chain-node';
import type { ChainDefinition, ClientDefinition, Surroundings } from '../../../constructs/chain-node/catalogue';
import { define } from '../platform';

describe('a chain from outside the catalogue', () => {
  const client: ClientDefinition = {
    id: 'bitcoind',
    role: 'whole',
    version: () => ({ value: '29.0', source: 'test', asOf: '2026-11-23', status: 'verified' }),
    architectures: ['arm64'],
    networks: ['mainnet'],
    nodeTypes: ['full'],
    memoryWeight: 1,
    processes: ({ version, memoryMiB }) => [
      {
        name: 'bitcoind',
        source: { kind: 'image', image: 'example/bitcoind', version },
        program: ['bitcoind'],
        arguments: ['-datadir=/data', '-conf=/config/bitcoin.conf'],
        files: { 'bitcoin.conf': 'server=1\n' },
        ports: [{ name: 'rpc', number: 8332, protocol: 'tcp', audience: 'clients', serves: ['rpc'] }],
        directories: { '/data': 'bitcoind' },
        stop: { signal: 'SIGTERM', graceSeconds: 600 },
        memoryMiB,
      },
    ],
    health: () => ({
      head: { process: 'bitcoind', port: 'rpc', path: '/', method: 'POST', read: '.', yields: 'httpStatus' },
      maximumBehind: 0,
    }),
    disk: () => undefined,
  };
  const bitcoin: ChainDefinition = {
    id: 'bitcoin',
    networks: [{ id: 'mainnet', kind: 'public', identity: 'main', blockSeconds: 600, forks: [] }],
    retired: {},
    clients: [{ client, consensus: [] }],
    sizing: () => undefined,
  };
  const hardware = {
    instanceType: 'r7g.large',
    volume: { type: 'gp3', sizeGiB: 1000, iops: 3000, throughputMiBps: 125 },
  } as const;
  const placed = {
    hosting: 'instance',
    storage: 'ebs',
    zone: 'eu-central-1a',
    chain: bitcoin,
    network: 'mainnet',
    client: 'bitcoind',
  } as const;

  test('is accepted as it is', () => {
    const all = define((stack, platform) => {
      const made = new ChainNode(stack, 'bitcoin', { ...placed, ...hardware, platform });
      new NodeGroup(stack, 'bitcoin-mainnet', { environment: 'test', nodes: [made] });
      expect([made.rpcUrl, made.wsUrl, made.metricsTargets, made.instance?.stopGraceSeconds]).toEqual([
        'http://bitcoin.test.internal:8332',
        undefined,
        [],
        600,
      ]);
    });
    expect(all['aws_instance.bitcoin'].instance_type).toBe('r7g.large');
    const compose = Object.entries(all).find(([address]) => address.includes('release-composeyml'))?.[1].content;
    expect(compose).toContain('image: example/bitcoind:29.0');
    expect(compose).toContain('source: /opt/chain-node/current/config/bitcoind');
    expect(all['aws_ssm_association.bitcoin-mainnet'].wait_for_success_timeout_seconds).toBeGreaterThan(2 * 600);
  });

  const refusal =
    (props: object): (() => void) =>
    () => {
      define((stack, platform) => void new ChainNode(stack, 'x', { ...placed, platform, ...props } as ChainNodeProps));
    };

  test.each([
    ['no hardware', {}, 'x: bitcoin has no hardware for mainnet; give instanceType'],
    ['no disk', { instanceType: 'r7g.large' }, 'x: bitcoin has no disk for mainnet; give volume'],
    [
      'an unknown type',
      { ...hardware, instanceType: 'r99.large' },
      'x: the instance type r99.large is not known; give architecture and memoryGiB',
    ],
    ['an unknown client', { ...hardware, client: 'btcd' }, '"btcd" is not a client of bitcoin; use one of bitcoind'],
    [
      'an unknown network',
      { ...hardware, network: 'signet' },
      '"signet" is not a network of bitcoin; use one of mainnet',
    ],
    [
      'a consensus client that it has not',
      { ...hardware, consensus: 'teku' },
      '"teku" is not a consensus client on mainnet of bitcoin; use one of none',
    ],
    [
      'an instance store that its type has not',
      { storage: 'instance-store', instanceType: 'r7g.xlarge' },
      'x: r7g.xlarge has no local disks; choose a type that has some, such as i8g.4xlarge, or storage ebs',
    ],
    [
      'what the makers of its client rule out',
      {
        ...hardware,
        chain: {
          ...bitcoin,
          clients: [
            {
              client: {
                ...client,
                cannot: ({ storage, p2p }: Surroundings) =>
                  storage === 'ebs' && p2p === 'outbound'
                    ? { setting: 'p2p', reason: 'cannot be so; be otherwise', source: 'https://makers.test' }
                    : undefined,
              },
              consensus: [],
            },
          ],
        },
      },
      'x: bitcoind cannot be so; be otherwise (https://makers.test)',
    ],
  ])('is refused with %s', (_, props, message) => {
    expect(refusal(props)).toThrow(message);
  });
});
