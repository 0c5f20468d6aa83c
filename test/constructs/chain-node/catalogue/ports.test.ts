import {
  type Audience,
  bindAddress,
  clientsOf,
  networkOf,
  type PortRole,
  type Process,
} from '../../../../constructs/chain-node/catalogue';
import { flagsOf, inNodes, inProcesses, NODES } from './everything';

/** Ports of everything that the catalogue runs: who may reach them, and where programs listen. */

test('no two of a node share a number and a protocol', () => {
  const shared = inNodes(({ processes }) => {
    const claims = processes.flatMap(({ ports }) =>
      ports.flatMap(({ number, protocol }) => {
        const { from, to } = typeof number === 'number' ? { from: number, to: number } : number;
        return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol}`);
      }),
    );
    return claims.filter((claim, index) => claims.indexOf(claim) !== index);
  });
  expect(shared).toEqual([]);
});

test('no two of a process share a name', () => {
  const shared = inProcesses(({ ports }) =>
    ports.map(({ name }) => name).filter((name, index, names) => names.indexOf(name) !== index),
  );
  expect(shared).toEqual([]);
});

test('each role is for its audience: engine APIs for siblings, metrics for monitoring, only peers for the internet', () => {
  const audiences: Readonly<Record<PortRole, readonly Audience[]>> = {
    p2p: ['internet'],
    rpc: ['clients'],
    ws: ['clients'],
    // The beacon API takes orders: it is for others only where blobs are kept for them.
    beacon: ['clients', 'siblings'],
    health: ['clients', 'siblings'],
    feed: ['clients', 'siblings'],
    entries: ['clients'],
    engine: ['siblings'],
    internal: ['siblings'],
    metrics: ['monitoring'],
  };
  const wrong = inProcesses(({ ports }) =>
    ports.flatMap(({ name, audience, serves }) =>
      serves.filter((role) => !audiences[role].includes(audience)).map((role) => `${name}: ${role} for ${audience}`),
    ),
  );
  expect(wrong).toEqual([
    // It has one port for everything.
    'avalanche/avalanchego http: metrics for clients',
  ]);
});

/** Chains whose two clients speak by an RPC of their own. */
const WITHOUT_ENGINE: readonly string[] = ['polygon'];

test('there is an engine API where two clients speak by one, and nowhere else', () => {
  const wrong = inNodes(({ program, processes }) => {
    const has = processes.some(({ ports }) => ports.some(({ serves }) => serves.includes('engine')));
    const expected = !WITHOUT_ENGINE.includes(program.chain.id) && clientsOf(program).length === 2;
    return has === expected ? [] : [`engine API: ${has}`];
  });
  expect(wrong).toEqual([]);
});

test('the beacon API is for siblings, unless blobs are kept for others', () => {
  const audiences = NODES.filter(({ program }) => networkOf(program.chain, program.network)?.kind === 'public').flatMap(
    ({ program, processes }) =>
      processes.flatMap(({ ports }) =>
        ports
          .filter(({ serves }) => serves.includes('beacon'))
          .map(({ audience }) => `${program.blobCustody} ${audience}`),
      ),
  );
  expect([...new Set(audiences)].sort()).toEqual(['semi clients', 'standard siblings', 'super clients']);
});

test('programs listen where the audience says', () => {
  const wrong = inProcesses((process) =>
    listens(process).flatMap(({ flag, address, number }) => {
      const port = process.ports.find(({ number: own }) =>
        typeof own === 'number' ? own === number : number >= own.from && number <= own.to,
      );
      if (!port) return [`${flag} listens on ${number}, which is not declared`];
      return bindAddress(port) === address ? [] : [`${flag} listens on ${address} for ${port.audience}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('a port that is not for peers is bound by a flag, never by the default of a program, but for these', () => {
  const left = inProcesses((process) => {
    const bound = listens(process).map(({ number }) => number);
    return process.ports
      .filter(({ serves, number }) => !serves.includes('p2p') && !bound.includes(number as number))
      .map(({ name }) => name);
  });
  // Of a program, whichever chain it follows.
  expect([...new Set(left.map((one) => one.replace(/^[^/]+\//, '')))]).toEqual([
    // They have the address of their HTTP port, which is given; besu's engine too, which JWT and firewall guard.
    'nethermind ws',
    'besu engine',
    'erigon ws',
    // Its file of settings binds it.
    'heimdall metrics',
    // The port after that of its RPC. The RPC of a local network listens on every address by itself.
    'agave pubsub',
    // On every address by itself.
    'shredstream-proxy entries',
    'solana-test-validator rpc',
    'solana-test-validator pubsub',
    'jito-solana pubsub',
  ]);
});

/** How each program is told which namespaces it offers. */
const NAMESPACES: readonly string[] = [
  '--http.api',
  '--ws.api',
  '--rpc-http-api',
  '--rpc-ws-api',
  '--JsonRpc.EnabledModules',
];

test('clients are offered no admin, debug, engine or signing namespace', () => {
  const allowed = ['eth', 'net', 'web3', 'txpool', 'trace', 'rpc', 'subscribe', 'arb', 'bor'];
  const offered = inProcesses((process) =>
    NAMESPACES.flatMap((flag) =>
      (flagsOf(process).get(flag)?.toLowerCase().split(',') ?? []).filter((namespace) => !allowed.includes(namespace)),
    ),
  );
  expect(offered).toEqual([]);
});

test('no program chooses by itself which namespaces it offers, but for these', () => {
  const silent = inProcesses((process) => {
    const serves = (role: PortRole): boolean => process.ports.some((port) => port.serves.includes(role));
    const told = NAMESPACES.some((flag) => flagsOf(process).has(flag));
    return (serves('rpc') || serves('ws')) && !told ? ['is not told'] : [];
  });
  expect(silent).toEqual([
    // Its file of settings says which.
    'avalanche/avalanchego is not told',
    // It knows no namespaces, and no requests that change it.
    'solana/agave is not told',
    'solana/solana-test-validator is not told',
    'solana/jito-solana is not told',
  ]);
});

/**
 * Addresses with their ports, as flags give them: `--http.addr` with `--http.port`, `--metrics=0.0.0.0:6060`,
 * `--api.address=tcp://127.0.0.1:1317`.
 */
function listens(
  process: Process,
): readonly { readonly flag: string; readonly address: string; readonly number: number }[] {
  const flags = flagsOf(process);
  // Where it sends to.
  flags.delete('--dest-ip-ports');
  return [...flags].flatMap(([flag, value = '']) => {
    const both = /^(?:tcp:\/\/)?(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(value);
    if (both) return [{ flag, address: both[1] as string, number: Number(both[2]) }];
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(value)) return [];
    const candidates = portFlags(flag).map((name) => flags.get(name));
    const number = candidates.find((candidate) => candidate !== undefined);
    return number === undefined ? [] : [{ flag, address: value, number: Number(number.split('-')[0]) }];
  });
}

/** Names of the flag that gives the port for an address. */
function portFlags(flag: string): readonly string[] {
  const stem = flag.replace(/([.-]?)(bind-address|listen\.ip|addr|address|interface|[Hh]ost|ip)$/, '$1');
  return [`${stem}port`, `${stem}Port`, `${stem}listen.tcp`, ...(flag === '--listen-address' ? ['--port'] : [])];
}
