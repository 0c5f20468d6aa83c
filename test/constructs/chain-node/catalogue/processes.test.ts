import {
  CHAINS,
  type ChainDefinition,
  type ClientDefinition,
  clientsIn,
  clientsOf,
  ethereum,
  flagName,
  managedFlags,
  metricsPath,
  networkOf,
  processesByClient,
} from '../../../../constructs/chain-node/catalogue';
import { inNodes, inProcesses, MEMORY_MIB, NODES, textOf } from './everything';

test('every combination is looked at', () => {
  const counts = Object.fromEntries(
    CHAINS.map(({ id }) => [id, NODES.filter(({ program }) => program.chain.id === id).length]),
  );
  // A combination that is lost or won shows here: networks × clients × node types × blob custodies × peers in or not × optional
  // processes.
  expect(counts).toMatchObject({
    ethereum: 1052,
    arbitrum: 28,
    optimism: 12,
    base: 8,
    polygon: 12,
    bsc: 6,
    avalanche: 12,
    solana: 11,
  });
  expect(new Set(NODES.map(({ name }) => name)).size).toBe(NODES.length);
});

describe('processes', () => {
  test('every argument is one flag, `--name` or `--name=value`', () => {
    const wrong = inProcesses((process) =>
      process.arguments.map(textOf).filter((argument) => !/^--[a-z][\w.-]*(=\S+)?$/i.test(argument)),
    );
    expect(wrong).toEqual([]);
  });

  test('no flag is given twice, but for these, which are lists', () => {
    const twice = inProcesses((process) =>
      process.arguments.map((argument) => flagName(argument) ?? '').filter((flag, at, all) => all.indexOf(flag) !== at),
    );
    expect(twice).toEqual([
      'solana/agave --entrypoint',
      'solana/agave --known-validator',
      'solana/jito-solana --entrypoint',
      'solana/jito-solana --known-validator',
    ]);
  });

  test('each has one data directory, and no two share one', () => {
    const wrong = inProcesses(({ directories }) => {
      const paths = Object.keys(directories);
      return paths.length === 1 && paths[0] === '/data' ? [] : [paths.join(' ') || 'has none'];
    });
    expect(wrong).toEqual([
      'arbitrum/feed-relay has none',
      'solana/solana-exporter has none',
      'solana/shredstream-proxy has none',
    ]);
    const shared = inNodes(({ processes }) => {
      const names = processes.flatMap(({ directories }) => Object.values(directories));
      return names.filter((name, at) => names.indexOf(name) !== at);
    });
    expect(shared).toEqual([]);
  });

  test('each is an image pinned by tag, or built from a commit', () => {
    const wrong = inProcesses(({ source }) => {
      if (source.kind === 'build') return /^[0-9a-f]{40}$/.test(source.commit) ? [] : [source.commit];
      if (source.kind === 'archive') return ['is an archive'];
      const pinned = /\d/.test(source.version) && /^[\w][\w.-]{0,127}$/.test(source.version);
      return pinned && !/[:@]/.test(source.image) ? [] : [`${source.image}:${source.version}`];
    });
    expect(wrong).toEqual([]);
  });

  test('each has the version of its client, but for programs that are none', () => {
    const wrong = inProcesses(({ name, source }, { program }) =>
      clientsOf(program).some((client) => client.version(program.network).value === source.version)
        ? []
        : [`${name} ${source.version}`],
    );
    expect(wrong).toEqual([
      'bsc/bdn-gateway bdn-gateway v2.137.52',
      'ethereum/bdn-gateway bdn-gateway v2.137.52',
      'solana/solana-exporter solana-exporter v3.0.2',
      'solana/shredstream-proxy shredstream-proxy v0.2.13',
    ]);
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
    const wrong = inProcesses(({ arguments: given, ports }, { program }) => {
      const told = given.flat().some((part) => typeof part !== 'string' && part.host === 'public-ip');
      const expected = program.p2p === 'public' && ports.some(({ audience }) => audience === 'internet');
      return told === expected ? [] : [`${program.p2p} ${told}`];
    });
    expect(wrong).toEqual([
      // Its flag does nothing; a variable says it.
      'polygon/heimdall public false',
      // There is no such flag: the entrypoint tells it, and its peers.
      'solana/agave public false',
      'solana/jito-solana public false',
    ]);
  });

  test('a layer 1 is read where the network settles on one, and nowhere else', () => {
    const wrong = inNodes(({ program, processes }) => {
      const parts = processes.flatMap(({ arguments: given, environment = {} }) => [
        ...given.flat(),
        ...Object.values(environment).flat(),
      ]);
      const read = parts.flatMap((part) =>
        typeof part !== 'string' && part.host === 'upstream' ? [`${part.chain} ${part.api}`] : [],
      );
      const l1 = networkOf(program.chain, program.network)?.l1;
      const expected = l1 ? [...(l1.blobs ? [`${l1.chain} beacon`] : []), `${l1.chain} rpc`] : [];
      return [...new Set(read)].sort().join() === expected.join() ? [] : [[...new Set(read)].join(', ')];
    });
    expect(wrong).toEqual([]);
  });

  test('a secret that programs share is made on the host, and no example of one is in any argument', () => {
    const wrong = inProcesses(({ arguments: given, environment = {} }) =>
      [...given, ...Object.values(environment)]
        .map(textOf)
        // Names of peers are longer.
        .filter((text) => /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/.test(text))
        .map((text) => text),
    );
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
      const metrics = processes.flatMap(({ name, metrics: own }) => (own ? [{ process: name, port: own.port }] : []));
      return [...probes, ...metrics]
        .filter(
          ({ process, port }) =>
            !processes.find(({ name }) => name === process)?.ports.some(({ name }) => name === port),
        )
        .map(({ process, port }) => `${process} ${port}`);
    });
    expect(wrong).toEqual([]);
  });

  test('metrics are on a port that serves them, and have names for the head and the peers, but for these', () => {
    const wrong = inProcesses(({ metrics, ports }) => {
      if (!metrics) return ['no metrics'];
      const port = ports.find(({ name }) => name === metrics.port);
      const names = Object.keys(metrics.names);
      return [
        ...(port?.serves.includes('metrics') ? [] : ['no port']),
        ...(names.includes('headBlock') || names.includes('headSlot') ? [] : ['no head']),
        ...(names.includes('peers') ? [] : ['no peers']),
        ...(port && /^\/[a-z/]*metrics[a-z/]*$/.test(metricsPath(port)) ? [] : ['no path']),
      ];
    });
    expect(wrong).toEqual([
      // It has no peers, and what it relays is not of blocks.
      'arbitrum/nitro no peers',
      'arbitrum/feed-relay no head',
      'arbitrum/feed-relay no peers',
      // Neither they nor Jito's proxy tell anything; health asks whether they listen.
      'bsc/bdn-gateway no metrics',
      'ethereum/bdn-gateway no metrics',
      // It pushes to a database; what exports its metrics is beside it, and counts no peers.
      'solana/agave no metrics',
      'solana/solana-exporter no peers',
      'solana/shredstream-proxy no metrics',
      'solana/solana-test-validator no metrics',
      'solana/jito-solana no metrics',
    ]);
  });

  test('there are metrics of every node', () => {
    expect(inNodes(({ processes }) => (processes.some(({ metrics }) => metrics) ? [] : ['none']))).toEqual([]);
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
    const asked = [...bodies].map((body) => JSON.parse(body));
    expect(asked.every(({ jsonrpc, id, params }) => jsonrpc === '2.0' && id === 1 && typeof params === 'object')).toBe(
      true,
    );
    expect([...new Set(asked.map(({ method }) => method))].sort()).toEqual([
      'eth_chainId',
      'eth_getBlockByNumber',
      'eth_syncing',
      'getAccountInfo',
      'getGenesisHash',
      'getHealth',
      'health.health',
      'net_peerCount',
      'opp2p_peerStats',
      'optimism_syncStatus',
    ]);
  });

  test('one client of each node proves which network it follows', () => {
    const wrong = inNodes(({ program }) => {
      const network = networkOf(program.chain, program.network);
      if (!network) return ['no network'];
      const expected = clientsOf(program).flatMap((client) => client.health(network).identity?.expect ?? []);
      // The genesis of a local network may be another with every start: then there is nothing to compare.
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
          NODES.filter(({ program }) => program.chain === chain && clientsOf(program).includes(client)).flatMap(
            ({ program }) =>
              processesByClient(program, MEMORY_MIB)
                .filter((part) => part.client === client)
                .flatMap(({ processes }) =>
                  processes.flatMap((process) => process.arguments.flatMap((argument) => flagName(argument) ?? [])),
                ),
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
    // Others have clients of the same names.
    for (const chain of [ethereum, ...CHAINS]) {
      const client = clientsIn(chain).find((candidate) => candidate.id === id);
      if (client) return [chain, client];
    }
    throw new Error(`no client ${id}`);
  }
});
