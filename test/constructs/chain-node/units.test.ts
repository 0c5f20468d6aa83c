import { type NodeProgram, type Process, processesOf, solana } from '../../../constructs/chain-node/catalogue';
import { nativePrograms, programKey, renderPrograms } from '../../../constructs/chain-node/programs';
import { renderUnits, type UnitContext } from '../../../constructs/chain-node/units';

const AGAVE = {
  chain: solana,
  network: 'mainnet',
  client: 'agave',
  // Whatever the catalogue pins.
  versions: { agave: `v4.4.2@${'1'.repeat(40)}` },
} as const satisfies NodeProgram;
const PROCESSES = processesOf(AGAVE, 100_000);
const [agave, exporter] = PROCESSES as readonly [Process, Process];
const CONTEXT: UnitContext = {
  node: 'solana-mainnet-agave',
  chain: 'solana',
  network: 'mainnet',
  architecture: 'x86_64',
  upstreams: { 'ethereum.rpc': { secret: 'l1/rpc' }, 'ethereum.beacon': { url: 'http://l1:5052/$a%b' } },
};
const KEY = 'agave-v4.4.2-111111111111-x86_64';
const TREE = '/data/blockchain/nodes/chains/solana';

type Settings = Readonly<Record<string, readonly string[]>>;

/** Settings of a unit by name, as often as they stand there. */
function settings(text: string): Settings {
  const found: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) found[name] = [...(found[name] ?? []), value];
  }
  return found;
}
const render = (processes: readonly Process[] = PROCESSES, change: Partial<UnitContext> = {}) =>
  renderUnits(processes, { ...CONTEXT, ...change });
const unit = (name: string, processes?: readonly Process[]): Settings =>
  settings(render(processes).units.get(`chain-node-process-${name}.service`) ?? '');

/** A command line as systemd takes it apart, with these values of the environment (systemd.service, command lines). */
function words(line: string, environment: Readonly<Record<string, string>> = {}): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, inside = '']) =>
    inside
      .replaceAll(/\\(.)/g, '$1')
      .replaceAll('%%', '%')
      .replaceAll(/\$\$|\$\{(\w+)\}/g, (all, name) => (all === '$$' ? '$' : (environment[name] ?? '?'))),
  );
}
const changed = (change: Partial<Process>): Process => ({ ...agave, prepare: [], ...change });

describe('a native process', () => {
  const process = unit('agave');

  test('runs its program, from the folder that says which it is', () => {
    const [program, ...given] = words(process.ExecStart?.[0] ?? '');
    expect(program).toBe(`/opt/chain-node/programs/${KEY}/agave-validator`);
    expect(given).toEqual(agave.arguments);
    expect(process.Type).toEqual(['exec']);
  });

  test('is asked to stop as its makers ask, and has their grace', () => {
    expect(words(process.ExecStop?.[0] ?? '')).toEqual([
      `/opt/chain-node/programs/${KEY}/agave-validator`,
      ...['--ledger=/data/ledger', 'exit', '--force'],
    ]);
    expect([process.KillSignal, process.TimeoutStopSec, process.KillMode]).toEqual([['SIGTERM'], ['300'], ['mixed']]);
  });

  test('sees the same paths as in a container, and nothing else below them', () => {
    // No native program of the catalogue has more than one directory, which is /data.
    const directories = { '/data/ledger': 'ledger', '/data/accounts': 'accounts', '/data/snapshots': 'snapshots' };
    const three = unit('agave', [changed({ directories })]);
    expect(three.TemporaryFileSystem).toEqual(['/data:ro']);
    expect(three.BindPaths).toEqual([
      `${TREE}/data/mainnet/ledger:/data/ledger`,
      `${TREE}/data/mainnet/accounts:/data/accounts`,
      `${TREE}/data/mainnet/snapshots:/data/snapshots`,
    ]);
    const more = unit('agave', [changed({ directories, files: { 'a.toml': '' }, secrets: { jwt: 'made' } })]);
    expect(more.TemporaryFileSystem).toEqual(['/data:ro', '/secrets:ro']);
    expect(more.BindReadOnlyPaths).toEqual([
      '/opt/chain-node/current/config/agave:/config',
      '/var/lib/chain-node/secrets/jwt:/secrets/jwt',
    ]);
  });

  test('whose directory is /data itself has that, and no empty one over it', () => {
    expect(process.BindPaths).toEqual([`${TREE}/data/mainnet/agave:/data`]);
    expect(process).not.toHaveProperty('TemporaryFileSystem');
  });

  test('without directories sees no data', () => {
    expect(unit('agave', [changed({ directories: {} })]).TemporaryFileSystem).toEqual(['/data:ro']);
  });

  test('that lies on every host is taken from there', () => {
    const shell = unit('agave', [changed({ program: ['/bin/sh', '-c'], arguments: ['exit'] })]);
    expect(words(shell.ExecStart?.[0] ?? '')).toEqual(['/bin/sh', '-c', 'exit']);
  });

  test('has the user, the limits and the capabilities that it asks for, and no more', () => {
    // No program of the catalogue asks for a capability.
    const capable = changed({ host: { ...agave.host, capabilities: ['NET_ADMIN', 'NET_RAW'] } });
    expect(unit('agave', [capable])).toMatchObject({
      User: ['2000'],
      Group: ['2000'],
      MemoryMax: [`${agave.memoryMiB}M`],
      LimitNOFILE: ['1000000'],
      LimitMEMLOCK: ['2000000000'],
      AmbientCapabilities: ['CAP_NET_ADMIN CAP_NET_RAW'],
      CapabilityBoundingSet: ['CAP_NET_ADMIN CAP_NET_RAW'],
      NoNewPrivileges: ['yes'],
      ProtectSystem: ['strict'],
    });
    const { host: _, ...without } = agave;
    const plain = unit('agave', [{ ...without, prepare: [] }]);
    expect(plain).toMatchObject({ CapabilityBoundingSet: [''], AmbientCapabilities: [''], LimitNOFILE: ['65536'] });
    expect(plain).not.toHaveProperty('LimitMEMLOCK');
  });

  test('never starts by itself, and never without the disk', () => {
    for (const text of render().units.values()) {
      expect(text).not.toContain('[Install]');
      expect(settings(text).RequiresMountsFor).toEqual(['/data']);
    }
  });

  test('starts after what comes before it, and after its preparations, one after the other', () => {
    const step = (name: string) => ({ name, program: ['p'], arguments: [], unless: `/data/ledger/${name}` });
    const first = { ...changed({}), name: 'first' };
    const both = [first, changed({ after: ['first'], prepare: [step('a'), step('b')] })];
    const name = (part: string): string => `chain-node-process-${part}.service`;
    const before = `network.target ${name('first')}`;
    expect(unit('agave-a', both).After).toEqual([before]);
    expect(unit('agave-b', both).After).toEqual([`${before} ${name('agave-a')}`]);
    expect(unit('agave', both).After).toEqual([`${before} ${name('agave-a')} ${name('agave-b')}`]);
    // What restarts takes along those that require it, and another process may restart alone.
    expect(unit('agave', both)).toMatchObject({
      Wants: [name('first')],
      Requires: [`${name('agave-a')} ${name('agave-b')}`],
    });
  });

  test('stops with the node, and has no place in its order', () => {
    for (const text of render().units.values()) {
      expect(settings(text).PartOf).toEqual(['chain-node.service']);
      expect(`${settings(text).After} ${settings(text).Before}`).not.toContain('chain-node.service');
    }
  });

  test('images are not units', () => {
    expect([...render().units.keys()]).toEqual([
      'chain-node-process-agave-identity.service',
      'chain-node-process-agave.service',
    ]);
  });
});

describe('a preparation', () => {
  test('runs once, and is done when its mark is there', () => {
    const preparation = unit('agave-identity');
    expect(preparation).toMatchObject({
      Type: ['oneshot'],
      ConditionPathExists: [`!${TREE}/data/mainnet/agave/identity.json`],
      User: ['2000'],
    });
    expect(words(preparation.ExecStart?.[0] ?? '')).toEqual([
      `/opt/chain-node/programs/${KEY}/solana-keygen`,
      ...['new', '--no-bip39-passphrase', '--silent', '--outfile=/data/identity.json'],
    ]);
  });
});

describe('an argument', () => {
  const HARD = ['%h $HOME ${PATH} $$', 'a "b" \\ \'c\'', '', 'x;y', '--a=${B}%%', '\\n'];

  test.each(HARD)('%j arrives as it is', (text) => {
    const [, ...given] = words(unit('agave', [changed({ arguments: [text] })]).ExecStart?.[0] ?? '');
    expect(given).toEqual([text]);
  });

  test('with a line break is refused', () => {
    expect(() => render([changed({ arguments: ['a\nb'] })])).toThrow(
      'agave: an argument with a line break cannot stand in a unit',
    );
  });

  test('that only the host knows is filled in at the start', () => {
    const l1 = { host: 'upstream', chain: 'ethereum', api: 'rpc' } as const;
    const beacon = { ...l1, api: 'beacon' } as const;
    const process = changed({
      arguments: [
        ['--ip=', { host: 'public-ip' }],
        ['--l1=', l1],
        ['--b=', beacon],
      ],
    });
    const { hostValues } = render([process]);
    expect(hostValues).toEqual(['ETHEREUM_RPC=secret:l1/rpc', 'PUBLIC_IP=public-ip']);
    const [, ...given] = words(unit('agave', [process]).ExecStart?.[0] ?? '', {
      PUBLIC_IP: '203.0.113.7',
      ETHEREUM_RPC: 'https://x',
    });
    expect(given).toEqual(['--ip=203.0.113.7', '--l1=https://x', '--b=http://l1:5052/$a%b']);
    expect(unit('agave', [process]).EnvironmentFile).toEqual(['/run/chain-node/host-values.env']);
  });

  test('in the environment is a text, for preparations as well', () => {
    const environment = { RUST_LOG: 'a="b" 5%' };
    const { units } = render([{ ...agave, environment }]);
    expect([...units.values()].map((text) => settings(text).Environment)).toEqual(
      Array(2).fill(['"RUST_LOG=a=\\"b\\" 5%%"']),
    );
  });

  test('in the environment may hold what only the host knows', () => {
    const environment = { IP: [{ host: 'public-ip' }, ':1 $x'], RUST_LOG: 'info' } as const;
    const process = unit('agave', [changed({ arguments: ['run'], environment })]);
    expect(words(process.ExecStart?.[0] ?? '', { PUBLIC_IP: '203.0.113.7' })).toEqual([
      ...['/usr/bin/env', 'IP=203.0.113.7:1 $x'],
      ...[`/opt/chain-node/programs/${KEY}/agave-validator`, 'run'],
    ]);
    expect(process.Environment).toEqual(['"RUST_LOG=info"']);
    expect(render([changed({ environment })]).hostValues).toEqual(['PUBLIC_IP=public-ip']);
  });
});

describe('what cannot be', () => {
  test('a native program after an image', () => {
    expect(() => render([exporter, changed({ after: ['solana-exporter'] })])).toThrow(
      'agave is a native program and starts after solana-exporter, which is an image; those start last',
    );
  });

  test('two units of one name', () => {
    const prepare = [{ name: 'x', program: ['p'], arguments: [], unless: '/data/ledger/x' }];
    expect(() => render([changed({ prepare }), { ...changed({}), name: 'agave-x' }])).toThrow(
      'two units would be called chain-node-process-agave-x.service; give the process or its preparation another name',
    );
  });

  test('a mark that is on no disk of its own', () => {
    const prepare = [{ name: 'x', program: ['p'], arguments: [], unless: '/etc/x' }];
    expect(() => render([changed({ prepare })])).toThrow('agave: /etc/x is in none of its directories');
  });
});

describe('the list of programs', () => {
  const archive = {
    kind: 'archive',
    name: 'client',
    version: 'v1.2.3',
    files: { x86_64: { url: 'https://example.test/client.tar.gz', sha256: 'ab'.repeat(32) } },
    strip: 1,
  } as const;

  test('has what is built with the command that builds it, and what is published with its checksum', () => {
    const processes = [
      agave,
      { ...agave, name: 'b', source: archive },
      { ...agave, name: 'c', source: archive },
      exporter,
    ];
    expect(renderPrograms(nativePrograms(processes, 'x86_64'), 'x86_64', 'production', 'eu-central-1')).toBe(
      [
        `${KEY} build aws codebuild start-build --region eu-central-1 --project-name production-agave-v4-4-2-111111111111-x86_64`,
        `client-v1.2.3-abababababab-x86_64 archive client ${'ab'.repeat(32)} 1 https://example.test/client.tar.gz`,
        '',
      ].join('\n'),
    );
  });

  test('is refused for a processor that nobody publishes for', () => {
    expect(() => programKey(archive, 'arm64')).toThrow('client v1.2.3 is not published for arm64, only for x86_64');
  });
});
