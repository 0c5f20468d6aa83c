import {
  type Audience,
  bindAddress,
  networkOf,
  type PortRole,
  type Process,
} from '../../../../constructs/chain-node/catalogue';
import { flagsOf, inNodes, inProcesses, NODES } from './everything';

describe('ports', () => {
  test('no two of a node share a number and a protocol', () => {
    const shared = inNodes(({ processes }) => {
      const claims = processes.flatMap(({ ports }) => ports.map(({ number, protocol }) => `${number}/${protocol}`));
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
    // The beacon API takes orders: it is for others only where blobs are kept for them.
    const also: Readonly<Partial<Record<PortRole, readonly Audience[]>>> = {
      beacon: ['siblings'],
      health: ['siblings'],
    };
    const audiences: Readonly<Partial<Record<PortRole, Audience>>> = {
      p2p: 'internet',
      rpc: 'clients',
      ws: 'clients',
      beacon: 'clients',
      health: 'clients',
      engine: 'siblings',
      metrics: 'monitoring',
    };
    const wrong = inProcesses(({ ports }) =>
      ports.flatMap(({ name, audience, serves }) =>
        serves
          .filter((role) => ![audiences[role], ...(also[role] ?? [])].includes(audience))
          .map((role) => `${name}: ${role} for ${audience}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('every public network has an engine API, and no local one', () => {
    const wrong = inNodes(({ program, processes }) => {
      const has = processes.some(({ ports }) => ports.some(({ serves }) => serves.includes('engine')));
      return has === (networkOf(program.chain, program.network)?.kind === 'public') ? [] : [`engine API: ${has}`];
    });
    expect(wrong).toEqual([]);
  });

  test('the beacon API is for siblings, unless blobs are kept for others', () => {
    const audiences = NODES.flatMap(({ program, processes }) =>
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
        const port = process.ports.find((candidate) => candidate.number === number);
        if (!port) return [`${flag} listens on ${number}, which is not declared`];
        return bindAddress(port) === address ? [] : [`${flag} listens on ${address} for ${port.audience}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('a port that is not for peers is bound by a flag, never by the default of a program', () => {
    const left = inProcesses((process) => {
      const bound = listens(process).map(({ number }) => number);
      return process.ports
        .filter(({ serves, number }) => !serves.includes('p2p') && !bound.includes(number as number))
        .map(({ name }) => name);
    });
    expect(left).toEqual([]);
  });

  test('clients are offered no admin, debug, engine or signing namespace', () => {
    const allowed = ['eth', 'net', 'web3', 'txpool', 'trace', 'rpc'];
    const offered = inProcesses((process) =>
      ['--http.api', '--ws.api'].flatMap((flag) =>
        (flagsOf(process).get(flag)?.split(',') ?? []).filter((namespace) => !allowed.includes(namespace)),
      ),
    );
    expect(offered).toEqual([]);
    const silent = inProcesses((process) =>
      ['http', 'ws']
        .filter((api) => process.ports.some(({ name }) => name === api) && !flagsOf(process).get(`--${api}.api`))
        .map((api) => `leaves the namespaces of ${api} to the program`),
    );
    expect(silent).toEqual([]);
  });

  /** Addresses with their ports, as flags give them: `--http.addr` with `--http.port`, or `--metrics=0.0.0.0:6060`. */
  function listens(
    process: Process,
  ): readonly { readonly flag: string; readonly address: string; readonly number: number }[] {
    const flags = flagsOf(process);
    return [...flags].flatMap(([flag, value]) => {
      const both = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(value ?? '');
      if (both) return [{ flag, address: both[1] as string, number: Number(both[2]) }];
      const name = /^(--.*)([.-])(?:addr|address|interface)$/.exec(flag);
      if (!name || !/^\d+\.\d+\.\d+\.\d+$/.test(value ?? '')) return [];
      // Lighthouse listens for peers on `--listen-address` and `--port`.
      const number = flags.get(name[1] === '--listen' ? '--port' : `${name[1]}${name[2]}port`);
      return [{ flag, address: value as string, number: Number(number) }];
    });
  }
});
