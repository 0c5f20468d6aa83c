import {
  choiceOf,
  clientsOf,
  ethereum,
  managedFlags,
  networkOf,
  type Process,
  processesOf,
  versionOf,
} from '../../../../constructs/chain-node/catalogue';
import { CLIENTS, clientOf, execution, flagsGiven, MEMORY_MIB, node, programsOf } from './ethereum-execution';
import { flagsOf } from './everything';

const audience = ({ ports }: Process, port: string) => ports.find(({ name }) => name === port)?.audience;

describe('what would surprise', () => {
  test('Erigon is given no flag that ends it, and answers no AI assistant', () => {
    const given = flagsGiven('erigon');
    expect(given.filter((flag) => ['--p2p.allowed-ports', '--mine', '--prune'].includes(flag))).toEqual([]);
    const without = programsOf('erigon').filter(
      (program) => !processesOf(program, MEMORY_MIB).some((process) => flagsOf(process).has('--mcp.disable')),
    );
    expect(without).toEqual([]);
  });

  test('Caplin stands in for another consensus client, never beside one', () => {
    const both = programsOf('erigon')
      .filter(({ network }) => network !== 'local')
      .filter((program) => {
        const flags = flagsOf(execution('erigon', program));
        const inside = [...flags.keys()].some((flag) => flag.startsWith('--caplin.'));
        return inside === flags.has('--externalcl') || inside !== (program.consensus === 'caplin');
      });
    expect(both).toEqual([]);
  });

  test('Caplin has no process, no memory and no version of its own, and is offered with Erigon alone, last', () => {
    const caplin = clientOf('caplin');
    expect([caplin.within, caplin.memoryWeight, caplin.blobCustody]).toEqual(['erigon', 0, ['standard', 'semi']]);
    expect(caplin.version('mainnet').value).toBe(clientOf('erigon').version('mainnet').value);
    const chosen = node('erigon', { consensus: 'caplin', versions: { erigon: 'v3.9.0' } });
    expect(clientsOf(chosen).map((one) => versionOf(chosen, one))).toEqual(['v3.9.0', 'v3.9.0']);
    const offers = CLIENTS.map((id) => choiceOf(ethereum, id)?.consensus.map((beside) => beside.id) ?? []);
    expect(offers.map((ids) => ids.indexOf('caplin'))).toEqual([-1, -1, -1, -1, (offers.at(-1)?.length ?? 0) - 1]);
    expect(offers.map(([first]) => first)).toEqual(CLIENTS.map(() => 'lighthouse'));
  });

  test('Caplin’s health is its distance: its own health answers 200 while it syncs', () => {
    const { head } = clientOf('caplin').health(network('mainnet'));
    expect(head).toMatchObject({ process: 'erigon', path: '/eth/v1/node/syncing', yields: 'slotsBehind' });
  });

  test('Caplin offers its beacon API to others where it keeps blobs for them, and never its debug and validator parts', () => {
    const beacon = (blobCustody: 'standard' | 'semi') => {
      const process = execution('erigon', { consensus: 'caplin', blobCustody });
      const flags = flagsOf(process);
      return [audience(process, 'beacon'), flags.get('--beacon.api.addr'), flags.get('--beacon.api')];
    };
    expect(beacon('standard')).toEqual(['siblings', '127.0.0.1', 'beacon,config,events,node']);
    expect(beacon('semi')).toEqual(['clients', '0.0.0.0', 'beacon,config,events,node']);
  });

  test('Caplin’s peers come on the ports of every other consensus client', () => {
    const peers = ({ ports }: Process) =>
      ports
        .filter(({ serves, number }) => serves.includes('p2p') && typeof number === 'number' && number < 10_000)
        .map(({ number, protocol }) => `${number}/${protocol}`)
        .sort();
    const lighthouse = processesOf(node('geth', { consensus: 'lighthouse' }), MEMORY_MIB)[1] as Process;
    expect(peers(execution('erigon', { consensus: 'caplin' }))).toEqual(peers(lighthouse));
  });

  test('Besu and Nethermind have no development chain to offer; Erigon has', () => {
    expect(CLIENTS.filter((id) => clientOf(id).networks.includes('local'))).toEqual(['geth', 'reth', 'erigon']);
    expect(clientOf('besu').instead?.local).toBe('no longer starts --network=dev; use geth or reth');
    expect(clientOf('nethermind').instead?.local).toBe(
      'has no development chain that keeps its blocks; use geth or reth',
    );
  });

  test('Besu’s engine listens where its other API does, and answers only to the names of the host', () => {
    const besu = execution('besu');
    expect(flagsGiven('besu').filter((flag) => /^--engine.*(host|interface|addr)/.test(flag))).toEqual([
      '--engine-host-allowlist',
    ]);
    expect(flagsOf(besu).get('--engine-host-allowlist')).toBe('localhost,127.0.0.1');
    expect(audience(besu, 'engine')).toBe('siblings');
  });

  test('Besu’s heap leaves room below the limit of its container', () => {
    const heap = (memoryMiB: number) =>
      processesOf(node('besu'), memoryMiB).find(({ name }) => name === 'besu')?.environment?.JAVA_OPTS;
    expect([heap(16_384), heap(131_072)]).toEqual([expect.stringMatching(/^-Xmx\d{4}m$/), '-Xmx16384m']);
  });

  test('an archive of Besu is a forest, since its other archive is an experiment', () => {
    const flags = flagsOf(execution('besu', { nodeType: 'archive' }));
    expect([flags.get('--sync-mode'), flags.get('--data-storage-format')]).toEqual(['FULL', 'FOREST']);
    expect(flagsGiven('besu').filter((flag) => flag.startsWith('--X'))).toEqual([]);
  });

  test('an archive of Nethermind is flat; a full node is told nothing of it', () => {
    expect(flagsOf(execution('nethermind', { nodeType: 'archive' })).get('--FlatDb.HistoryEnabled')).toBe('true');
    expect([...flagsOf(execution('nethermind')).keys()].filter((flag) => flag.startsWith('--FlatDb'))).toEqual([]);
  });

  test('no client offers what only its operator may ask', () => {
    const offered = CLIENTS.flatMap((id) => {
      const flags = flagsOf(execution(id));
      return ['--http.api', '--ws.api', '--rpc-http-api', '--rpc-ws-api', '--JsonRpc.EnabledModules'].flatMap(
        (flag) => flags.get(flag)?.toLowerCase().split(',') ?? [],
      );
    });
    expect([...new Set(offered)].sort()).toEqual(['eth', 'net', 'rpc', 'subscribe', 'trace', 'txpool', 'web3'].sort());
  });

  test('each stops by the signal that its makers handle, in as long as its database takes', () => {
    expect(CLIENTS.map((id) => `${id} ${execution(id).stop.signal} ${execution(id).stop.graceSeconds}`)).toEqual([
      'geth SIGTERM 300',
      'reth SIGINT 300',
      'nethermind SIGINT 300',
      'besu SIGTERM 300',
      'erigon SIGINT 300',
    ]);
  });

  test('a log level has each client’s word', () => {
    const flag = {
      geth: '--verbosity',
      reth: '--log.stdout.filter',
      nethermind: '--log',
      besu: '--logging',
      erigon: '--log.console.verbosity',
    } as const;
    const words = CLIENTS.map((id) =>
      (['error', 'info', 'debug'] as const).map((logLevel) => flagsOf(execution(id, { logLevel })).get(flag[id])),
    );
    expect(words).toEqual([
      ['1', '3', '4'],
      ['error', 'info', 'debug'],
      ['error', 'info', 'debug'],
      ['ERROR', 'INFO', 'DEBUG'],
      ['error', 'info', 'debug'],
    ]);
  });

  test('peers know each by a file of its own', () => {
    expect(CLIENTS.map((id) => execution(id).identity)).toEqual([
      ['/data/geth/nodekey'],
      ['/data/discovery-secret'],
      ['/data/keystore/node.key.plain'],
      ['/data/key'],
      ['/data/nodekey'],
    ]);
  });

  test('Nethermind may open as many files as its makers’ own unit says', () => {
    expect(CLIENTS.map((id) => execution(id).host?.openFiles)).toEqual([
      undefined,
      undefined,
      1_000_000,
      undefined,
      undefined,
    ]);
  });

  test('another chain can run Nethermind with a configuration of its own', () => {
    const flags = ['--JsonRpc.EnginePort', '--data-dir', '--Network.P2PPort'];
    expect(flags.filter((flag) => !managedFlags(ethereum, clientOf('nethermind')).has(flag))).toEqual([]);
  });
});

function network(id: string) {
  const found = networkOf(ethereum, id);
  if (!found) throw new Error(`no network ${id}`);
  return found;
}
