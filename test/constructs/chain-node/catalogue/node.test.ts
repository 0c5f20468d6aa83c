import {
  CHAINS,
  type ChainDefinition,
  type ClientDefinition,
  clientsOf,
  managedFlags,
  type NodeProgram,
  type Process,
  portsByName,
  processesOf,
  siblingUrl,
} from '../../../../constructs/chain-node/catalogue';
import { arbitrum, avalanche, optimism, polygon, solana } from '../definitions';
import { flagsOf, MEMORY_MIB } from './everything';

describe('programs of other kinds', () => {
  test('start in the order that their pair needs', () => {
    const order = (program: NodeProgram) => clientsOf(program).map(({ id }) => id);
    expect(order({ chain: optimism, network: 'sepolia', client: 'op-reth' })).toEqual(['op-reth', 'op-node']);
    expect(order({ chain: polygon, network: 'amoy', client: 'bor' })).toEqual(['heimdall', 'bor']);
    expect(order({ chain: arbitrum, network: 'sepolia', client: 'nitro' })).toEqual(['nitro']);
  });

  test('reach each other on 127.0.0.1', () => {
    const flag = (program: NodeProgram, process: string, name: string) =>
      flagsOf(processesOf(program, MEMORY_MIB).find((one) => one.name === process) as Process).get(name);
    expect(flag({ chain: optimism, network: 'sepolia', client: 'op-reth' }, 'op-node', '--l2')).toBe(
      'ws://127.0.0.1:8551',
    );
    expect(flag({ chain: polygon, network: 'amoy', client: 'bor' }, 'bor', '--bor.heimdall')).toBe(
      'http://127.0.0.1:1317',
    );
    expect(flag({ chain: polygon, network: 'amoy', client: 'bor' }, 'heimdall', '--bor_rpc_url')).toBe(
      'http://127.0.0.1:8545',
    );
  });

  test('may serve under a path', () => {
    const [avalanchego] = processesOf({ chain: avalanche, network: 'fuji', client: 'avalanchego' }, MEMORY_MIB);
    expect(siblingUrl([avalanchego as Process], 'rpc')).toBe('http://127.0.0.1:9650/ext/bc/C/rpc');
    expect(siblingUrl([avalanchego as Process], 'ws', 'ws')).toBe('ws://127.0.0.1:9650/ext/bc/C/ws');
  });

  test('may have a version for each network, and extra arguments of their own', () => {
    const program = { chain: solana, network: 'devnet', client: 'agave' } as const;
    const [agave, exporter] = processesOf(
      { ...program, extraArguments: { agave: ['--rpc-threads=16'] } },
      MEMORY_MIB,
    ) as readonly [Process, Process];
    expect(agave.source).toEqual({
      kind: 'build',
      name: 'agave',
      repository: 'https://github.com/anza-xyz/agave',
      commit: '2222222222222222222222222222222222222222',
      version: 'v4.5.0',
      packages: ['build-essential', 'clang', 'libudev-dev', 'protobuf-compiler'],
      commands: ['./scripts/cargo-install-all.sh --validator-only .'],
      outputs: ['bin/agave-validator', 'bin/solana-keygen'],
    });
    expect(agave.arguments.slice(-3)).toEqual(['--log', '-', '--rpc-threads=16']);
    expect(exporter.arguments.at(-1)).toBe('-light-mode');
    const [mainnet] = processesOf({ ...program, network: 'mainnet' }, MEMORY_MIB);
    expect(mainnet?.source.version).toBe('v4.4.2');
  });

  test('flags of two words are managed like any other', () => {
    const agave = solana.clients[0]?.client as ClientDefinition;
    expect(['--ledger', '--rpc-port', '-rpc-url'].map((flag) => managedFlags(solana, agave).has(flag))).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('mistakes in a definition or in its use', () => {
  const sepolia = { chain: CHAINS[0] as ChainDefinition, network: 'sepolia', client: 'geth' } as const;

  test('names that a chain does not know', () => {
    expect(() => processesOf({ ...sepolia, client: 'gteh' }, MEMORY_MIB)).toThrow(
      new Error('"gteh" is not a client of ethereum; use one of geth, reth, nethermind, besu, erigon'),
    );
    expect(() => processesOf({ ...sepolia, consensus: 'caplin' }, MEMORY_MIB)).toThrow(
      new Error(
        '"caplin" is not a consensus client on sepolia of ethereum; use one of lighthouse, teku, prysm, nimbus, lodestar',
      ),
    );
    expect(() => processesOf({ ...sepolia, network: 'goerli' }, MEMORY_MIB)).toThrow(
      new Error('"goerli" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local'),
    );
  });

  test('a port in two processes, also inside a range', () => {
    const clash = (number: number): ChainDefinition => {
      const agave = solana.clients[0]?.client as ClientDefinition;
      const processes: ClientDefinition['processes'] = (context) => {
        const [validator, exporter] = agave.processes(context) as readonly [Process, Process];
        return [validator, { ...exporter, ports: exporter.ports.map((port) => ({ ...port, number })) }];
      };
      return { ...solana, clients: [{ client: { ...agave, processes }, consensus: [] }] };
    };
    const run = (number: number) => () =>
      processesOf({ chain: clash(number), network: 'devnet', client: 'agave' }, MEMORY_MIB);
    expect(run(8899)).toThrow(new Error('port 8899/tcp is claimed by agave rpc and by solana-exporter metrics'));
    expect(run(8040)).toThrow(new Error('port 8040/tcp is claimed by agave dynamic and by solana-exporter metrics'));
    expect(run(8041)).not.toThrow();
  });

  test('a port that is not there, or has no one number', () => {
    const own = portsByName([
      { name: 'range', number: { from: 1, to: 2 }, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
    ]);
    expect(() => own('range')).toThrow(new Error('port range is the range 1-2, not one number'));
    expect(() => own('rpc' as 'range')).toThrow(new Error('no port rpc; there are range'));
    expect(() => siblingUrl([], 'engine')).toThrow(new Error('no process of this node serves engine; there are none'));
  });
});
