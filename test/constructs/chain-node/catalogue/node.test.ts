import {
  type ChainDefinition,
  type ClientDefinition,
  choiceOf,
  ethereum,
  managedFlags,
  type Port,
  type Process,
  portsByName,
  processesOf,
  siblingUrl,
  solana,
} from '../../../../constructs/chain-node/catalogue';
import { MEMORY_MIB } from './everything';

const agave = choiceOf(solana, 'agave')?.client as ClientDefinition;
const jito = choiceOf(solana, 'jito-solana')?.client as ClientDefinition;

/** Solana with one client, which is agave but for what it does with its processes. */
function solanaWith(change: (processes: readonly [Process, Process]) => readonly Process[]) {
  const client: ClientDefinition = {
    ...agave,
    processes: (context) => change(agave.processes(context) as unknown as readonly [Process, Process]),
  };
  const chain: ChainDefinition = { ...solana, clients: [{ client, consensus: [] }] };
  return { chain, client };
}

describe('a client of several processes', () => {
  test('has extra arguments at the one that bears its name', () => {
    const extraArguments = { agave: ['--rpc-threads=16'] };
    const program = { chain: solana, network: 'devnet', client: 'agave' } as const;
    const plain = processesOf(program, MEMORY_MIB);
    const [validator, exporter] = processesOf({ ...program, extraArguments }, MEMORY_MIB);
    expect(validator?.arguments).toEqual([...(plain[0] as Process).arguments, '--rpc-threads=16']);
    expect(exporter).toEqual(plain[1]);
  });

  test('has extra arguments at its first where none bears its name', () => {
    const extraArguments = { agave: ['--reset'] };
    const local = processesOf({ chain: solana, network: 'local', client: 'agave', extraArguments }, MEMORY_MIB);
    expect(local.map(({ name, arguments: given }) => [name, given.at(-1)])).toEqual([
      ['solana-test-validator', '--reset'],
      ['solana-exporter', '--light-mode'],
    ]);
  });
});

test('a client may have a version for each network', () => {
  const versions = (['mainnet', 'testnet'] as const).map((network) => {
    const [validator] = processesOf({ chain: solana, network, client: 'jito-solana' }, MEMORY_MIB);
    expect(validator?.source.version).toBe(jito.version(network).value);
    return validator?.source.version;
  });
  expect(new Set(versions).size).toBe(2);
});

test('flags of two words, and of one dash, are managed like any other', () => {
  // All programs of the catalogue take `--name=value`.
  const { chain, client } = solanaWith(([validator, exporter]) => [
    { ...validator, arguments: ['--ledger', '/data/ledger', '--rpc-port', '8899'] },
    { ...exporter, arguments: ['-rpc-url', 'http://127.0.0.1:8899'] },
  ]);
  const own = [...managedFlags(chain, client)].filter((flag) => !client.alsoManaged?.includes(flag));
  expect(own).toEqual(['--ledger', '--rpc-port', '-rpc-url']);
});

describe('mistakes in a definition or in its use', () => {
  const sepolia = { chain: ethereum, network: 'sepolia', client: 'geth' } as const;

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
    // The exporter's port, where the validator has others.
    const run = (number: number, protocol: Port['protocol']) => () => {
      const { chain } = solanaWith(([validator, exporter]) => [
        validator,
        { ...exporter, ports: exporter.ports.map((port) => ({ ...port, number, protocol })) },
      ]);
      return processesOf({ chain, network: 'devnet', client: 'agave' }, MEMORY_MIB);
    };
    expect(run(8899, 'tcp')).toThrow(new Error('port 8899/tcp is claimed by agave rpc and by solana-exporter metrics'));
    expect(run(8030, 'udp')).toThrow(
      new Error('port 8030/udp is claimed by agave dynamic and by solana-exporter metrics'),
    );
    expect(run(8031, 'udp')).not.toThrow();
    expect(run(8030, 'tcp')).not.toThrow();
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
