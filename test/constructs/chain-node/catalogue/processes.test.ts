import {
  CHAINS,
  type ChainDefinition,
  type ClientDefinition,
  clientsIn,
  clientsOf,
  flagName,
  managedFlags,
  metricsPath,
  networkOf,
} from '../../../../constructs/chain-node/catalogue';
import { inNodes, inProcesses, MEMORY_MIB, NODES, textOf } from './everything';

test('every combination is looked at', () => {
  // mainnet, sepolia, hoodi × two node types × two p2p modes, with lighthouse × three custodies and teku × two; and local.
  const ofEachClient = 3 * 2 * 2 * (3 + 2) + 2 * 2;
  expect(NODES.length).toBe(2 * ofEachClient);
  expect(new Set(NODES.map(({ name }) => name)).size).toBe(NODES.length);
});

describe('processes', () => {
  test('every argument is one flag, `--name` or `--name=value`', () => {
    const wrong = inProcesses((process) =>
      process.arguments.map(textOf).filter((argument) => !/^--[a-z][\w.-]*(=\S+)?$/i.test(argument)),
    );
    expect(wrong).toEqual([]);
  });

  test('no flag is given twice', () => {
    const twice = inProcesses((process) =>
      process.arguments.map((argument) => flagName(argument) ?? '').filter((flag, at, all) => all.indexOf(flag) !== at),
    );
    expect(twice).toEqual([]);
  });

  test('each has one data directory, and no two share one', () => {
    const wrong = inNodes(({ processes }) => {
      const paths = processes.map(({ directories }) => Object.keys(directories).join());
      const names = processes.flatMap(({ directories }) => Object.values(directories));
      return [...paths.filter((path) => path !== '/data'), ...names.filter((name, at) => names.indexOf(name) !== at)];
    });
    expect(wrong).toEqual([]);
  });

  test('each is named after its client and runs an image pinned by tag', () => {
    const wrong = inProcesses(({ name, source }, { program }) => {
      const client = clientsOf(program).find(({ id }) => id === name);
      if (!client || source.kind !== 'image') return ['is not an image of a client'];
      const pinned = source.version === client.version(program.network).value && source.version !== 'latest';
      return pinned && /^[\w][\w.-]{0,127}$/.test(source.version) && !/[:@]/.test(source.image)
        ? []
        : [`${source.image}:${source.version}`];
    });
    expect(wrong).toEqual([]);
  });

  test('memory of all together is within what the node has', () => {
    const wrong = inNodes(({ processes }) => {
      const used = processes.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
      // Rounding may lose one MiB a client.
      return used <= MEMORY_MIB && used > MEMORY_MIB - processes.length ? [] : [`${used} MiB`];
    });
    expect(wrong).toEqual([]);
  });

  test('what starts after another names a process of the node', () => {
    const wrong = inProcesses(({ after }, { processes }) =>
      (after ?? []).filter((name) => !processes.some((process) => process.name === name)),
    );
    expect(wrong).toEqual([]);
  });

  test('peers are told the public address where they may connect in, and only there', () => {
    const wrong = inProcesses((process, { program }) => {
      const later = process.arguments.some((argument) => typeof argument !== 'string');
      const expected = program.p2p === 'public' && networkOf(program.chain, program.network)?.kind === 'public';
      return later === expected ? [] : [`public address: ${later}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe('health and metrics', () => {
  test('name ports that the process has', () => {
    const wrong = inNodes(({ program, processes }) => {
      const network = networkOf(program.chain, program.network);
      if (!network) return ['no network'];
      const probes = clientsOf(program).flatMap((client) => {
        const { identity, head, peers } = client.health(network);
        return [identity, head, peers].filter((probe) => probe !== undefined);
      });
      const metrics = processes.map(({ name, metrics: own }) => ({ process: name, port: own?.port ?? 'none' }));
      return [...probes, ...metrics]
        .filter(
          ({ process, port }) =>
            !processes.find(({ name }) => name === process)?.ports.some(({ name }) => name === port),
        )
        .map(({ process, port }) => `${process} ${port}`);
    });
    expect(wrong).toEqual([]);
  });

  test('metrics are on a port that serves them, and have names for the head and the peers', () => {
    const wrong = inProcesses(({ metrics, ports }) => {
      const port = ports.find(({ name }) => name === metrics?.port);
      const names = Object.keys(metrics?.names ?? {});
      return [
        ...(port?.serves.includes('metrics') ? [] : ['no metrics']),
        ...(names.includes('headBlock') || names.includes('headSlot') ? [] : ['no head']),
        ...(names.includes('peers') ? [] : ['no peers']),
        ...(port && /^\/[a-z/]*metrics[a-z/]*$/.test(metricsPath(port)) ? [] : ['no path']),
      ];
    });
    expect(wrong).toEqual([]);
  });

  test('a request is a GET without a body or a POST of JSON-RPC', () => {
    const bodies = new Set<string>();
    const wrong = CHAINS.flatMap((chain) =>
      chain.networks.flatMap((network) =>
        clientsIn(chain)
          .filter((client) => client.networks.includes(network.id))
          .flatMap((client) => {
            const { identity, head, peers } = client.health(network);
            return [identity, head, peers].flatMap((probe) => {
              if (!probe) return [];
              if (probe.body !== undefined) bodies.add(probe.body);
              const fits = (probe.method === 'POST') === (probe.body !== undefined) && probe.path.startsWith('/');
              return fits && (!('read' in probe) || probe.read !== '') ? [] : [`${client.id} on ${network.id}`];
            });
          }),
      ),
    );
    expect(wrong).toEqual([]);
    expect([...bodies].map((body) => JSON.parse(body))).toEqual([
      { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] },
      { jsonrpc: '2.0', id: 1, method: 'eth_getBlockByNumber', params: ['latest', false] },
      { jsonrpc: '2.0', id: 1, method: 'net_peerCount', params: [] },
    ]);
  });

  test('one client of each node proves which network it follows', () => {
    const wrong = inNodes(({ program }) => {
      const network = networkOf(program.chain, program.network);
      if (!network) return ['no network'];
      const expected = clientsOf(program).flatMap((client) => client.health(network).identity?.expect ?? []);
      return expected.join() === network.identity ? [] : [expected.join()];
    });
    expect(wrong).toEqual([]);
  });
});

describe('managed flags', () => {
  test('are all that a client sets in any of its ways to run', () => {
    const differ = CHAINS.flatMap((chain) =>
      clientsIn(chain).flatMap((client) => {
        const set = new Set(
          NODES.filter(({ program }) => program.chain === chain).flatMap(({ processes }) =>
            processes
              .filter(({ name }) => name === client.id)
              .flatMap((process) => process.arguments.map((argument) => flagName(argument) ?? '')),
          ),
        );
        const managed = managedFlags(chain, client);
        return [
          ...[...set].filter((flag) => !managed.has(flag)).map((flag) => `${client.id} misses ${flag}`),
          ...[...managed]
            .filter((flag) => !set.has(flag) && !client.alsoManaged?.includes(flag))
            .map((flag) => `${client.id} invents ${flag}`),
        ];
      }),
    );
    expect(differ).toEqual([]);
  });

  test('hold flags of one node type, one p2p mode, one custody and of the local network alone', () => {
    const has = (id: string, flags: readonly string[]) => {
      const [chain, client] = found(id);
      return flags.filter((flag) => !managedFlags(chain, client).has(flag));
    };
    expect(has('geth', ['--syncmode', '--gcmode', '--history.state', '--nat', '--dev', '--authrpc.addr'])).toEqual([]);
    expect(has('reth', ['--full', '--dev', '--disable-discovery', '--authrpc.addr', '--metrics'])).toEqual([]);
    expect(has('lighthouse', ['--supernode', '--semi-supernode', '--enr-address', '--execution-jwt'])).toEqual([]);
    expect(has('teku', ['--p2p-subscribe-all-custody-subnets-enabled', '--p2p-advertised-ip'])).toEqual([]);
  });

  test('leave the rest to the operator', () => {
    const [chain, geth] = found('geth');
    expect(['--maxpeers', '--rpc.gascap'].filter((flag) => managedFlags(chain, geth).has(flag))).toEqual([]);
  });

  function found(id: string): readonly [ChainDefinition, ClientDefinition] {
    for (const chain of CHAINS) {
      const client = clientsIn(chain).find((candidate) => candidate.id === id);
      if (client) return [chain, client];
    }
    throw new Error(`no client ${id}`);
  }
});
