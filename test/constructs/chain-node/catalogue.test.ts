import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Argument,
  type Audience,
  bindAddress,
  CHAINS,
  type ChainDefinition,
  type ClientDefinition,
  clientsIn,
  clientsOf,
  everyProgram,
  type Fact,
  flagName,
  managedFlags,
  metricsPath,
  type NodeProgram,
  networkOf,
  type PortRole,
  type Process,
  portsByName,
  processesOf,
  siblingUrl,
} from '../../../constructs/chain-node/catalogue';
import { loadEnvironments } from '../../../environments/load';
import { TODAY } from '../../project';
import { arbitrum, avalanche, optimism, polygon, solana } from './definitions';

const MEMORY_MIB = 16_384;

const nameOf = ({ chain, network, client, consensus, nodeType, blobCustody, p2p, options = [] }: NodeProgram): string =>
  [chain.id, network, client, consensus, nodeType, blobCustody, p2p, ...options].filter(Boolean).join(' ');

interface Rendered {
  readonly name: string;
  readonly program: NodeProgram;
  readonly processes: readonly Process[];
}

const NODES: readonly Rendered[] = CHAINS.flatMap(everyProgram).map((program) => ({
  name: nameOf(program),
  program,
  processes: processesOf(program, MEMORY_MIB),
}));

/** What `find` objects to, in all nodes, once each. */
const inNodes = (find: (node: Rendered) => readonly string[]): string[] => [
  ...new Set(NODES.flatMap((node) => find(node).map((found) => `${node.name}: ${found}`))),
];
const inProcesses = (find: (process: Process, node: Rendered) => readonly string[]): string[] =>
  inNodes((node) =>
    node.processes.flatMap((process) => find(process, node).map((found) => `${process.name} ${found}`)),
  );

/** Arguments with a word in place of what only the host knows. */
const textOf = (argument: Argument): string =>
  typeof argument === 'string'
    ? argument
    : argument.map((part) => (typeof part === 'string' ? part : 'later')).join('');

/** Flags with their values; undefined where a flag has none. */
const flagsOf = (process: Process): ReadonlyMap<string, string | undefined> =>
  new Map(
    process.arguments.map((argument) => {
      const [name, ...value] = textOf(argument).split('=');
      return [name as string, value.length > 0 ? value.join('=') : undefined] as const;
    }),
  );

test('every combination is looked at', () => {
  // mainnet, sepolia, hoodi × two node types × two p2p modes, with lighthouse × three custodies and teku × two; and local.
  const ofEachClient = 3 * 2 * 2 * (3 + 2) + 2 * 2;
  expect(NODES.length).toBe(2 * ofEachClient);
  expect(new Set(NODES.map(({ name }) => name)).size).toBe(NODES.length);
});

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

describe('facts', () => {
  const facts = (): { readonly of: string; readonly fact: Fact<unknown> }[] =>
    CHAINS.flatMap((chain) => [
      ...clientsIn(chain).flatMap((client) =>
        client.networks.map((network) => ({ of: `${client.id} version ${network}`, fact: client.version(network) })),
      ),
      ...everyProgram(chain).flatMap((program) => {
        const on = choiceFrom(program);
        const sizing = chain.sizing(on);
        const uses = clientsOf(program).flatMap((client) => client.disk(on) ?? []);
        return [
          ...(sizing ? [{ of: `${nameOf(program)} sizing`, fact: sizing }] : []),
          ...uses.flatMap(({ today, growthPerMonth }) => [
            { of: `${nameOf(program)} disk`, fact: today },
            { of: `${nameOf(program)} growth`, fact: growthPerMonth },
          ]),
        ];
      }),
    ]);

  test('have a source, a day that is past, and a status', () => {
    const wrong = facts().filter(
      ({ fact: { source, asOf, status } }) =>
        source.length < 10 ||
        !isDay(asOf) ||
        Date.parse(asOf) > TODAY.getTime() ||
        !['verified', 'distributor', 'third-party', 'unverified'].includes(status),
    );
    expect(wrong).toEqual([]);
    expect(facts().length).toBeGreaterThan(NODES.length);
  });

  test('there is hardware for a full node of every network', () => {
    const none = CHAINS.flatMap(everyProgram)
      .filter(({ nodeType }) => nodeType === 'full')
      .filter((program) => program.chain.sizing(choiceFrom(program)) === undefined)
      .map(nameOf);
    expect(none).toEqual([]);
  });

  test('more blob custody needs more disk, and gets it', () => {
    const grows = CHAINS.flatMap((chain) =>
      (['standard', 'semi', 'super'] as const).map((blobCustody) => {
        const on = { network: 'mainnet', client: 'geth', consensus: 'lighthouse', nodeType: 'full', blobCustody };
        const lighthouse = clientsIn(chain).find(({ id }) => id === 'lighthouse');
        const sized = chain.sizing(on)?.value;
        return [sized?.storage === 'ebs' ? sized.volume.sizeGiB : undefined, lighthouse?.disk(on)?.today.value];
      }),
    );
    expect(grows).toEqual([
      [2560, 62],
      [2854, 356],
      [3190, 692],
    ]);
  });

  test('forks have a source, and a least version for each client that follows the network', () => {
    const wrong = CHAINS.flatMap((chain) =>
      chain.networks.flatMap(({ id, forks }) =>
        forks.flatMap(({ name, at, least, source }) => {
          const followers = clientsIn(chain).filter((client) => client.networks.includes(id));
          const missing = followers.filter((client) => least[client.id] === undefined).map((client) => client.id);
          const strangers = Object.keys(least).filter(
            (client) => !followers.some((follower) => follower.id === client),
          );
          const dated = at === undefined || new Date(at).toISOString().replace('.000Z', 'Z') === at;
          return missing.length + strangers.length === 0 && dated && source !== '' ? [] : [`${id} ${name}`];
        }),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('what is retired is not offered, and each says what to use', () => {
    const wrong = CHAINS.flatMap((chain) => {
      const live = [...chain.networks.map(({ id }) => id), ...clientsIn(chain).map(({ id }) => id)];
      return Object.entries(chain.retired).filter(
        ([name, advice]) => live.includes(name) || !live.some((known) => advice.includes(known)),
      );
    });
    expect(wrong).toEqual([]);
  });

  const isDay = (text: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    new Date(text).toISOString().startsWith(text);
});

describe('what the catalogue chooses', () => {
  /** Consensus client, blob custody and node type, for every network and client that has them. */
  const VARIANTS = CHAINS.flatMap((chain) => {
    const seen = new Map<string, NodeProgram[]>();
    for (const program of everyProgram(chain)) {
      if (program.p2p === 'public' || !chain.sizing(choiceFrom(program))) continue;
      const key = `${program.consensus ?? ''} ${program.blobCustody} ${program.nodeType}`;
      seen.set(key, [...(seen.get(key) ?? []), program]);
    }
    return [...seen.values()];
  });

  /** A day after every fork that has one. */
  const AFTER_ALL_FORKS = new Date('2030-01-01T00:00:00Z');

  let warnings: readonly string[] = [];
  beforeAll(() => {
    warnings = VARIANTS.flatMap((programs) => load(programs));
  });

  test('passes its own checks, and its versions follow every fork that has a date', () => {
    expect(warnings.filter((line) => !line.includes('nobody has measured the disk'))).toEqual([]);
  });

  test('is measured, but for these', () => {
    const unmeasured = warnings.flatMap((line) => {
      const found = /measured the disk that (\S+) .* (\S+) node of (\S+);/.exec(line);
      return found ? [found.slice(1).join(' ')] : [];
    });
    expect([...new Set(unmeasured)].sort()).toEqual([
      'geth archive hoodi',
      'geth archive sepolia',
      'reth archive hoodi',
      'reth archive sepolia',
    ]);
  });

  test('has hardware for every combination but an archive of the local network', () => {
    const none = CHAINS.flatMap(everyProgram).filter((program) => !program.chain.sizing(choiceFrom(program)));
    expect([...new Set(none.map(({ network, nodeType }) => `${network} ${nodeType}`))]).toEqual(['local archive']);
  });

  /** Loads one environment that runs these programs, which share all but network and client; its warnings. */
  function load(programs: readonly NodeProgram[]): string[] {
    const [{ chain, consensus, nodeType, blobCustody }] = programs as [NodeProgram];
    const ids = new Set(programs.map(({ network, client }) => `${network}-${client}`));
    const networks = [...new Set(programs.map(({ network }) => network))];
    const clients = [...new Set(programs.map(({ client }) => client))];
    // What does not exist is taken away, node by node.
    const absent = networks.flatMap((network) =>
      clients.map((client) => `${network}-${client}`).filter((id) => !ids.has(id)),
    );
    const settings = {
      networks,
      clients,
      ...(consensus === undefined ? {} : { consensus }),
      node_type: nodeType,
      blob_custody: blobCustody,
      nodes: Object.fromEntries(absent.map((id) => [id, null])),
    };
    const root = mkdtempSync(join(tmpdir(), 'catalogue-'));
    try {
      const folder = join(root, 'environments');
      mkdirSync(join(folder, 'development'), { recursive: true });
      // JSON is YAML.
      writeFileSync(
        join(folder, 'global.yml'),
        JSON.stringify({ aws: { region: 'eu-central-1', zones: ['eu-central-1a'] }, chains: { [chain.id]: settings } }),
      );
      writeFileSync(join(folder, 'development', 'overrides.yml'), '{}');
      const { environments, warnings: problems } = loadEnvironments(folder, {
        today: AFTER_ALL_FORKS,
        unlocked: ['development'],
      });
      expect(environments.map(({ nodes }) => nodes.length)).toEqual([programs.length]);
      return problems.map(({ message }) => message);
    } finally {
      rmSync(root, { recursive: true });
    }
  }
});

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
      new Error('"gteh" is not a client of ethereum; use one of geth, reth'),
    );
    expect(() => processesOf({ ...sepolia, consensus: 'prysm' }, MEMORY_MIB)).toThrow(
      new Error('"prysm" is not a consensus client on sepolia of ethereum; use one of lighthouse, teku'),
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

function choiceFrom(program: NodeProgram) {
  const { network, client, consensus, nodeType = 'full', blobCustody = 'standard' } = program;
  return { network, client, ...(consensus === undefined ? {} : { consensus }), nodeType, blobCustody };
}
