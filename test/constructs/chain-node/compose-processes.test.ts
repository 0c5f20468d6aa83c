import { parse } from 'yaml';
import { type Process, processesOf } from '../../../constructs/chain-node/catalogue';
import { renderCompose } from '../../../constructs/chain-node/compose';
import {
  AGAVE,
  AVALANCHEGO,
  BOR,
  composed,
  contextOf,
  GETH,
  MEMORY_MIB,
  NITRO,
  OP_RETH,
  render,
  renderChanged,
  service,
  servicesOf,
} from './rendered-compose';

describe('what runs once, and what waits', () => {
  test('a preparation runs in the image of its process, on its directories, until its mark is there', () => {
    const prepared = service(render(BOR), 'heimdall-home');
    expect(prepared).toEqual({
      image: 'ghcr.io/0xpolygon/heimdall-v2:v0.14.0',
      network_mode: 'host',
      user: '2000:2000',
      entrypoint: ['/bin/sh', '-c', '[ -e "$$0" ] || exec "$$@"', '/data/config/priv_validator_key.json'],
      command: ['/bin/sh', '-ec', expect.stringMatching(/^rm -rf \/tmp\/new; /), 'heimdallv2-80002'],
      environment: { HOME: '/data' },
      restart: 'no',
      volumes: [
        {
          type: 'bind',
          source: '/data/blockchain/nodes/chains/polygon/data/amoy/heimdall',
          target: '/data',
          bind: { create_host_path: false },
        },
        {
          type: 'bind',
          source: '/opt/chain-node/current/config/heimdall',
          target: '/config',
          read_only: true,
          bind: { create_host_path: false },
        },
      ],
      tmpfs: ['/tmp:exec'],
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      logging: { driver: 'journald', options: { tag: 'polygon-amoy-bor/heimdall' } },
    });
  });

  test('a process waits for its preparations and for those before it', () => {
    const services = servicesOf(render(BOR));
    expect(Object.entries(services).map(([name, { depends_on }]) => [name, depends_on])).toEqual([
      ['heimdall-home', undefined],
      ['heimdall-genesis', { 'heimdall-home': { condition: 'service_completed_successfully' } }],
      ['heimdall', { 'heimdall-genesis': { condition: 'service_completed_successfully' } }],
      ['bor', { heimdall: { condition: 'service_started' } }],
    ]);
  });

  test('the consensus client comes second unless it must come first', () => {
    expect(Object.entries(servicesOf(render(OP_RETH))).map(([name, { depends_on }]) => [name, depends_on])).toEqual([
      ['op-reth', undefined],
      ['op-node', { 'op-reth': { condition: 'service_started' } }],
    ]);
  });
});

describe('what a process may have', () => {
  test('its files, read-only', () => {
    expect(service(render(AVALANCHEGO), 'avalanchego').volumes).toEqual([
      {
        type: 'bind',
        source: '/data/blockchain/nodes/chains/avalanche/data/fuji/avalanchego',
        target: '/data',
        bind: { create_host_path: false },
      },
      {
        type: 'bind',
        source: '/opt/chain-node/current/config/avalanchego',
        target: '/config',
        read_only: true,
        bind: { create_host_path: false },
      },
    ]);
  });

  test('several directories of its own', () => {
    // No program of the catalogue has more than one.
    const directories = { '/data/ledger': 'ledger', '/data/accounts': 'accounts', '/data/snapshots': 'snapshots' };
    const { volumes } = renderChanged({ directories, secrets: {} });
    expect(volumes.map(({ source, target }) => [target, source])).toEqual([
      ['/data/ledger', '/data/blockchain/nodes/chains/ethereum/data/sepolia/ledger'],
      ['/data/accounts', '/data/blockchain/nodes/chains/ethereum/data/sepolia/accounts'],
      ['/data/snapshots', '/data/blockchain/nodes/chains/ethereum/data/sepolia/snapshots'],
    ]);
  });

  test('limits of its own, and no capability', () => {
    const plain = renderChanged({});
    expect(plain.ulimits).toEqual({ nofile: 65_536 });
    const [agave] = processesOf(AGAVE, MEMORY_MIB) as readonly [Process];
    const { openFiles = 0, lockedMemory = 0 } = agave.host ?? {};
    const special = renderChanged({ host: { openFiles, lockedMemory } });
    expect(special.ulimits).toEqual({ nofile: 1_000_000, memlock: 2_000_000_000 });
    expect(special.cap_drop).toEqual(['ALL']);
    expect(special).not.toHaveProperty('cap_add');
  });

  test('what docker cannot give is refused, not left out', () => {
    expect(() => renderChanged({ host: { capabilities: ['NET_ADMIN'] } })).toThrow(
      'geth needs NET_ADMIN, which docker gives to root only; run it as a native program',
    );
    expect(() => renderChanged({ stop: { signal: 'SIGTERM', graceSeconds: 1, before: ['exit'] } })).toThrow(
      'geth has a command to run before it stops, and compose runs none; run it as a native program',
    );
  });

  test('preparations come one after the other, then the process', () => {
    const [geth] = processesOf(GETH, MEMORY_MIB) as readonly [Process];
    const step = (name: string) => ({ name, program: ['true'], arguments: [], unless: `/data/${name}` });
    const prepare = { ...geth, after: ['first'], prepare: [step('a'), step('b')] };
    const first = { ...geth, name: 'first' };
    const services = parse(
      composed([first, prepare], { node: 'n', chain: 'c', network: 'x', upstreams: {} }).text,
    ).services;
    const started = { first: { condition: 'service_started' } };
    const done = (name: string) => ({ ...started, [name]: { condition: 'service_completed_successfully' } });
    expect(services['geth-a'].depends_on).toEqual(started);
    expect(services['geth-b'].depends_on).toEqual(done('geth-a'));
    expect(services.geth.depends_on).toEqual(done('geth-b'));
  });

  test('half an hour to stop, and the signal it listens to', () => {
    expect(service(render(NITRO), 'nitro').stop_grace_period).toBe('1800s');
    expect(service(render(BOR), 'bor').stop_signal).toBe('SIGINT');
  });

  test('a range of ports, shown like any other', () => {
    const [agave] = processesOf(AGAVE, MEMORY_MIB) as readonly [Process];
    expect(renderChanged({ ports: agave.ports }).labels).toEqual({
      'chain-node.port.gossip': '8001/tcp internet',
      'chain-node.port.gossip-udp': '8001/udp internet',
      'chain-node.port.dynamic': '8002-8030/udp internet',
      'chain-node.port.rpc': '8899/tcp clients',
      'chain-node.port.pubsub': '8900/tcp clients',
    });
  });

  test('no native program: those are units, and what starts after one does not wait for it here', () => {
    const services = servicesOf(render(AGAVE));
    expect(Object.keys(services)).toEqual(['solana-exporter']);
    expect(services['solana-exporter']).not.toHaveProperty('depends_on');
    const [agave] = processesOf(AGAVE, MEMORY_MIB) as readonly [Process];
    expect(renderCompose([agave], contextOf(AGAVE))).toBeUndefined();
  });
});
