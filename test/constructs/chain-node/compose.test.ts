import { CHAINS, everyProgram, type NodeProgram } from '../../../constructs/chain-node/catalogue';
import { renderRelease } from '../../../constructs/chain-node/release';
import { AVALANCHEGO, BOR, GETH, NITRO, OP_RETH, render, renderChanged, service, servicesOf } from './rendered-compose';
import { UPSTREAMS } from './upstreams';

test('geth and lighthouse on sepolia, connecting out only', () => {
  expect(render(GETH)).toEqual({
    hostValues: [],
    text: `name: chain-node
services:
  geth:
    image: ethereum/client-go:v1.17.10
    network_mode: host
    user: 2000:2000
    entrypoint:
      - geth
    volumes:
      - type: bind
        source: /data/blockchain/nodes/chains/ethereum/data/sepolia/geth
        target: /data
        bind:
          create_host_path: false
      - type: bind
        source: /var/lib/chain-node/secrets/jwt
        target: /secrets/jwt
        read_only: true
        bind:
          create_host_path: false
    tmpfs:
      - /tmp:exec
    read_only: true
    cap_drop:
      - ALL
    security_opt:
      - no-new-privileges:true
    logging:
      driver: journald
      options:
        tag: ethereum-sepolia-geth/geth
    command:
      - --datadir=/data
      - --ipcdisable
      - --sepolia
      - --syncmode=snap
      - --cache=6000
      - --verbosity=3
      - --log.format=json
      - --http
      - --http.addr=0.0.0.0
      - --http.port=8545
      - --http.api=eth,net,web3,txpool
      - --http.vhosts=*
      - --ws
      - --ws.addr=0.0.0.0
      - --ws.port=8546
      - --ws.api=eth,net,web3
      - --ws.origins=*
      - --metrics
      - --metrics.addr=0.0.0.0
      - --metrics.port=6060
      - --authrpc.addr=127.0.0.1
      - --authrpc.port=8551
      - --authrpc.vhosts=*
      - --authrpc.jwtsecret=/secrets/jwt
      - --port=30303
      - --discovery.port=30303
      - --nat=none
    restart: unless-stopped
    stop_signal: SIGTERM
    stop_grace_period: 300s
    mem_limit: 18000m
    pids_limit: 16384
    ulimits:
      nofile: 65536
    labels:
      chain-node.port.http: 8545/tcp clients
      chain-node.port.ws: 8546/tcp clients
      chain-node.port.metrics: 6060/tcp monitoring
      chain-node.port.engine: 8551/tcp siblings
      chain-node.port.p2p: 30303/tcp internet
      chain-node.port.discovery: 30303/udp internet
  lighthouse:
    image: sigp/lighthouse:v8.3.3
    network_mode: host
    user: 2000:2000
    entrypoint:
      - lighthouse
      - bn
    volumes:
      - type: bind
        source: /data/blockchain/nodes/chains/ethereum/data/sepolia/lighthouse
        target: /data
        bind:
          create_host_path: false
      - type: bind
        source: /var/lib/chain-node/secrets/jwt
        target: /secrets/jwt
        read_only: true
        bind:
          create_host_path: false
    tmpfs:
      - /tmp:exec
    read_only: true
    cap_drop:
      - ALL
    security_opt:
      - no-new-privileges:true
    logging:
      driver: journald
      options:
        tag: ethereum-sepolia-geth/lighthouse
    command:
      - --datadir=/data
      - --network=sepolia
      - --execution-endpoint=http://127.0.0.1:8551
      - --execution-jwt=/secrets/jwt
      - --checkpoint-sync-url=https://checkpoint-sync.sepolia.ethpandaops.io
      - --http
      - --http-address=127.0.0.1
      - --http-port=5052
      - --listen-address=0.0.0.0
      - --port=9000
      - --quic-port=9001
      - --disable-upnp
      - --metrics
      - --metrics-address=0.0.0.0
      - --metrics-port=5054
      - --debug-level=info
      - --log-format=JSON
      - --logfile-max-number=0
    restart: unless-stopped
    stop_signal: SIGTERM
    stop_grace_period: 60s
    mem_limit: 12000m
    pids_limit: 16384
    ulimits:
      nofile: 65536
    labels:
      chain-node.port.api: 5052/tcp siblings
      chain-node.port.metrics: 5054/tcp monitoring
      chain-node.port.p2p: 9000/tcp internet
      chain-node.port.discovery: 9000/udp internet
      chain-node.port.quic: 9001/udp internet
    depends_on:
      geth:
        condition: service_started
`,
  });
});

describe('values that are known later', () => {
  test('the public address is asked of the host when peers may connect in', () => {
    const rendered = render({ ...GETH, p2p: 'public' });
    expect(rendered.hostValues).toEqual(['PUBLIC_IP=public-ip']);
    expect(service(rendered, 'geth').command.at(-1)).toBe('--nat=extip:${PUBLIC_IP}');
    expect(service(rendered, 'lighthouse').command).toContain('--enr-address=${PUBLIC_IP}');
  });

  test('it may stand in the middle of an argument, and of a variable', () => {
    // Of the catalogue's programs only heimdall wants more than the address, and in a variable.
    const external = renderChanged({ arguments: [['--external-address=', { host: 'public-ip' }, ':26656']] });
    expect(external.command).toEqual(['--external-address=${PUBLIC_IP}:26656']);
    const rendered = render({ ...BOR, p2p: 'public' });
    expect(service(rendered, 'heimdall').environment).toMatchObject({
      HEIMDALLD_P2P_EXTERNAL_ADDRESS: '${PUBLIC_IP}:26656',
    });
    expect(service(rendered, 'bor').command).toContain('--nat=extip:${PUBLIC_IP}');
    expect(rendered.hostValues).toEqual(['PUBLIC_IP=public-ip']);
  });

  test('the URL of an upstream is written out, and that of a secret is left to the host', () => {
    const rendered = render(OP_RETH);
    expect(service(rendered, 'op-node').command.filter((argument) => /^--l1[.=]/.test(argument))).toEqual([
      '--l1=http://l1.test:8545',
      '--l1.beacon=${ETHEREUM_BEACON}',
    ]);
    expect(rendered.hostValues).toEqual(['ETHEREUM_BEACON=secret:l1/beacon']);
  });

  test('in a variable as well', () => {
    const rendered = render(NITRO);
    expect(service(rendered, 'nitro').environment).toMatchObject({
      NITRO_PARENT__CHAIN_CONNECTION_URL: 'http://l1.test:8545',
      NITRO_PARENT__CHAIN_BLOB__CLIENT_BEACON__URL: '${ETHEREUM_BEACON}',
    });
    expect(rendered.hostValues).toEqual(['ETHEREUM_BEACON=secret:l1/beacon']);
  });

  test('both kinds come sorted, once each, however many processes want them', () => {
    const upstreams = { 'ethereum.rpc': { secret: 'l1/rpc' }, 'ethereum.beacon': { secret: 'l1/beacon' } };
    expect(render({ ...OP_RETH, p2p: 'public' }, { upstreams }).hostValues).toEqual([
      'ETHEREUM_BEACON=secret:l1/beacon',
      'ETHEREUM_RPC=secret:l1/rpc',
      'PUBLIC_IP=public-ip',
    ]);
  });

  test('an upstream that is missing is named', () => {
    expect(() => render(NITRO, { upstreams: {} })).toThrow(
      new Error('arbitrum-sepolia-nitro needs the rpc API of ethereum; give it in upstreams as "ethereum.rpc"'),
    );
    expect(() => render(NITRO, { upstreams: { 'ethereum.rpc': { url: 'http://l1.test' } } })).toThrow(
      new Error('arbitrum-sepolia-nitro needs the beacon API of ethereum; give it in upstreams as "ethereum.beacon"'),
    );
  });

  test('a local node needs none', () => {
    expect(render({ ...NITRO, network: 'local' }, { upstreams: {} }).hostValues).toEqual([]);
  });
});

describe('dollar signs', () => {
  test('in extra arguments stand for themselves', () => {
    const extraArguments = { geth: ['--identity=$HOME', '--ethstats=a:$${X}@${Y:-z}'] };
    const { text, hostValues } = render({ ...GETH, extraArguments });
    expect(service({ text }, 'geth').command.slice(-2)).toEqual(['--identity=$$HOME', '--ethstats=a:$$$${X}@$${Y:-z}']);
    expect(hostValues).toEqual([]);
  });

  test('in the URL of an upstream, a program and a variable as well; what the host knows is left open', () => {
    const upstreams = { 'ethereum.rpc': { url: 'http://l1.test/$key' }, 'ethereum.beacon': { url: 'http://l1.test' } };
    expect(service(render(OP_RETH, { upstreams }), 'op-node').command).toContain('--l1=http://l1.test/$$key');
    const changed = renderChanged({
      program: ['/bin/$program'],
      environment: { FIXED: '$1', LATER: ['$2 ', { host: 'public-ip' }, ' $3'] },
    });
    expect(changed.entrypoint).toEqual(['/bin/$$program']);
    expect(changed.environment).toEqual({ FIXED: '$$1', LATER: '$$2 ${PUBLIC_IP} $$3' });
  });

  test('in a preparation as well', () => {
    const { command } = service(render(BOR), 'heimdall-home');
    expect(command[2]).toContain('; heimdalld init node --chain-id="$$0" --home=/tmp/new; ');
    expect(command.join(' ')).not.toMatch(/(^|[^$])\$([^$]|$)/);
  });
});

describe('every chain', () => {
  // The first way of each client and network: the others differ in arguments alone.
  const programs = CHAINS.flatMap(everyProgram).filter(
    ({ nodeType, blobCustody }) => nodeType === 'full' && blobCustody === 'standard',
  );
  const rendered = programs.map((program) => ({ program, services: servicesOf(render(program)) }));
  const all = rendered.flatMap(({ services }) => Object.entries(services));

  test('is rendered', () => {
    expect(new Set(programs.map(({ chain }) => chain))).toEqual(new Set(CHAINS));
    expect(all.filter(([, { command }]) => command.length === 0)).toEqual([]);
  });

  test('shows what is for siblings to no one else', () => {
    const bindings = rendered.flatMap(({ services }) =>
      Object.entries(services).flatMap(([name, { command, labels = {} }]) =>
        Object.entries(labels)
          .filter(([, label]) => label.endsWith(' siblings'))
          .map(([, label]) => `${name} ${bindingOf(command, label.split('/')[0] as string)}`),
      ),
    );
    expect([...new Set(bindings)].filter((line) => !line.endsWith(' 127.0.0.1'))).toEqual([
      // Its engine listens where its other API does; a secret and the firewall guard it.
      'besu unknown',
    ]);
    expect(bindings.length).toBeGreaterThan(50);
  });

  test('publishes no port through docker, whose rules would pass by the host', () => {
    expect(all.filter(([, body]) => 'ports' in body || body.network_mode !== 'host')).toEqual([]);
  });

  test('runs unprivileged, on a root that it cannot write to', () => {
    const wrong = all.filter(
      ([, body]) =>
        body.user !== '2000:2000' ||
        body.read_only !== true ||
        body.privileged !== undefined ||
        String(body.cap_drop) !== 'ALL' ||
        String(body.security_opt) !== 'no-new-privileges:true',
    );
    expect(wrong).toEqual([]);
  });

  test('never makes a directory where the data disk is missing', () => {
    const binds = all.flatMap(([, { volumes }]) => volumes);
    expect(binds.filter(({ bind }) => JSON.stringify(bind) !== '{"create_host_path":false}')).toEqual([]);
    const writable = binds.filter(({ read_only }) => read_only !== true).map(({ source }) => source);
    expect(writable.filter((source) => !source.startsWith('/data/blockchain/nodes/chains/'))).toEqual([]);
  });

  /** The address that goes with a port: `--x=127.0.0.1:1`, or that of the flag before `--x.port=1`. */
  function bindingOf(command: readonly string[], number: string): string {
    const at = command.findIndex(
      (argument) => new RegExp(`[=:]${number}$`).test(argument) && !argument.includes('url'),
    );
    const both = /[=/]([\d.]+):\d+$/.exec(command[at] ?? '');
    const before = /^--[\w.-]+=(\d+\.\d+\.\d+\.\d+)$/.exec(command[at - 1] ?? '');
    return both?.[1] ?? before?.[1] ?? 'unknown';
  }
});

describe('memory', () => {
  const limits = (program: NodeProgram, memoryGiB: number): number[] => {
    const journal = { rotationSeconds: 86_400, retentionSeconds: 86_400 };
    const { files } = renderRelease(program, {
      node: 'node',
      environment: 'test',
      region: 'eu-central-1',
      architecture: 'x86_64' as const,
      group: 'g',
      memoryGiB,
      upstreams: UPSTREAMS,
      journal,
    });
    return Object.values(servicesOf({ text: files.get('compose.yml') ?? '' })).flatMap(({ mem_limit }) =>
      mem_limit === undefined ? [] : [Number(/^(\d+)m$/.exec(mem_limit)?.[1])],
    );
  };

  test('is shared by weight, and the host keeps a twentieth, at least 1 GiB', () => {
    expect(limits(GETH, 8)).toEqual([4300, 2867]);
    expect(limits(GETH, 32)).toEqual([18_677, 12_451]);
    expect(limits(NITRO, 128)).toEqual([124_518]);
  });

  test('of all processes together is less than that of the instance', () => {
    const programs: readonly NodeProgram[] = [GETH, NITRO, BOR, AVALANCHEGO];
    const sizes = [4, 8, 16, 64, 384];
    const over = programs.flatMap((program) =>
      sizes.filter((size) => limits(program, size).reduce((sum, limit) => sum + limit, 0) > size * 1024 - 1024),
    );
    expect(over).toEqual([]);
  });
});
