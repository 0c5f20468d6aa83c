import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { renderHostRelease } from '../../../../constructs/mev-engine/host-release';
import { EngineHost, PROPS } from './host';

// Needs root, nftables, iproute2 and python3: a host with the engine's bridge, the engine and its proxy on it, and the world behind it.

jest.setTimeout(120_000);

const sh = (command: string): string => execFileSync('bash', ['-ec', command], { encoding: 'utf8' });
const name = (what: string): string => `mev-${what}-${process.pid}`;
const [HOST, ENGINE, PROXY, WORLD] = ['host', 'engine', 'proxy', 'world'].map(name) as [string, string, string, string];

const OTHER_NODE = '10.0.7.7';
const RELAY = '203.0.113.9';
const ELSEWHERE = '192.0.2.9';
const WORLDS = [OTHER_NODE, RELAY, ELSEWHERE, '1.1.1.1', '169.254.169.254', '169.254.169.253', '10.9.0.9'];

/** Says hello on every port that is tried, over TCP, and then repeats what it hears; over UDP it answers where it is a name server. */
const SERVER = `
import socket, threading, sys
def talk(c):
    c.sendall(b'hello')
    try:
        while d := c.recv(99): c.sendall(d)
    except OSError: pass
    c.close()
def tcp(port):
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('0.0.0.0', port)); s.listen(50)
    while True: threading.Thread(target=talk, args=(s.accept()[0],)).start()
def udp(address):
    s = socket.socket(type=socket.SOCK_DGRAM)
    try: s.bind((address, 53))
    except OSError: return
    while True:
        d, a = s.recvfrom(99); s.sendto(d, a)
for p in map(int, sys.argv[1:]): threading.Thread(target=tcp, args=(p,)).start()
for a in ('169.254.169.253', '1.1.1.1'): threading.Thread(target=udp, args=(a,)).start()
`;
const PORTS = [22, 53, 80, 443, 3128, 8080, 8099, 8545, 8546, 9090, 8551];

/** Keeps one connection, and says whether it still gets through. */
const TALKER = `
import socket, sys
s = socket.create_connection(('${RELAY}', 443)); s.recv(5); s.settimeout(1)
for _ in sys.stdin:
    try:
        s.sendall(b'x'); s.recv(1); print('heard')
    except OSError: print('nothing')
`;

let host: EngineHost;
const servers: ReturnType<typeof spawn>[] = [];

beforeAll(() => {
  host = new EngineHost();
  for (const [file, text] of renderHostRelease(PROPS).files) {
    host.write(`root/opt/mev-engine/releases/1/${file}`, text);
    if (file.endsWith('.sh')) fs.chmodSync(path.join(host.root, 'opt/mev-engine/releases/1', file), 0o755);
  }
  fs.symlinkSync('releases/1', path.join(host.root, 'opt/mev-engine/current'));
  sh(`
    for n in ${HOST} ${ENGINE} ${PROXY} ${WORLD}; do ip netns add $n; ip -n $n link set lo up; done
    ip -n ${HOST} link add mev-engine type bridge
    ip -n ${HOST} addr add 198.18.0.1/28 dev mev-engine; ip -n ${HOST} link set mev-engine up
    for end in ${ENGINE}:2 ${PROXY}:3; do
      n=\${end%:*} i=\${end#*:}
      ip link add inner netns $n type veth peer name to$i netns ${HOST}
      ip -n $n addr add 198.18.0.$i/28 dev inner; ip -n $n link set inner up; ip -n $n route add default via 198.18.0.1
      ip -n ${HOST} link set to$i master mev-engine; ip -n ${HOST} link set to$i up
    done
    ip link add north netns ${HOST} type veth peer name south netns ${WORLD}
    ip -n ${HOST} addr add 10.0.0.1/16 dev north; ip -n ${HOST} link set north up; ip -n ${HOST} route add default via 10.0.0.2
    ip -n ${WORLD} addr add 10.0.0.2/16 dev south; ip -n ${WORLD} link set south up; ip -n ${WORLD} route add 198.18.0.0/28 via 10.0.0.1
    for a in ${WORLDS.join(' ')}; do ip -n ${WORLD} addr add $a/32 dev lo; done
    ip netns exec ${HOST} sysctl -qw net.ipv4.ip_forward=1
  `);
  for (const n of [HOST, ENGINE, PROXY, WORLD])
    servers.push(spawn('ip', ['netns', 'exec', n, 'python3', '-c', SERVER, ...PORTS.map(String)], { stdio: 'ignore' }));
  sh('sleep 1.5');
});
afterAll(() => {
  for (const server of servers) server.kill('SIGKILL');
  sh(`for n in ${HOST} ${ENGINE} ${PROXY} ${WORLD}; do ip netns pids $n | xargs -r kill -9; ip netns del $n; done`);
  host.remove();
});

/** The real nft, in the namespace of the host; only the metadata of the instance is made up. */
const network = (word: string, range = '10.0.0.0/16') => {
  const folder = path.join(host.folder, 'commands');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'curl'),
    `#!/bin/bash\n[ -n "${range}" ] || exit 22\ncase "\${*: -1}" in */vpc-ipv4-cidr-block) echo ${range} ;; *) echo x ;; esac\n`,
    { mode: 0o755 },
  );
  return host.run('/bin/bash', [
    '-c',
    `exec ip netns exec ${HOST} env PATH="${folder}:/usr/sbin:/usr/bin:/sbin:/bin" "${host.root}/opt/mev-engine/current/host/engine-network.sh" ${word}`,
  ]);
};

const gets = (from: string, address: string, port: number): boolean => {
  try {
    return sh(`ip netns exec ${from} timeout 1 bash -c 'head -c 5 <>/dev/tcp/${address}/${port}'`) === 'hello';
  } catch {
    return false;
  }
};
const asks = (from: string, address: string): boolean => {
  try {
    sh(
      `ip netns exec ${from} python3 -c "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(1); s.sendto(b'x', ('${address}', 53)); s.recv(9)" 2>/dev/null`,
    );
    return true;
  } catch {
    return false;
  }
};
const environment = (changes: Readonly<Record<string, string>>): void => {
  const file = 'root/opt/mev-engine/current/engine.env';
  const base = renderHostRelease(PROPS).files.get('engine.env') ?? '';
  host.write(
    file,
    Object.entries(changes).reduce(
      (text, [key, value]) => text.replace(new RegExp(`^${key}=.*$`, 'm'), `${key}='${value}'`),
      base,
    ),
  );
};

test('without rules all of it can be reached, so that a rule is what keeps it away', () => {
  for (const address of WORLDS) expect([address, gets(ENGINE, address, 443)]).toEqual([address, true]);
  expect(gets(ENGINE, '198.18.0.1', 22)).toBe(true);
  expect(gets(WORLD, '198.18.0.2', 8080)).toBe(true);
});

describe('with them', () => {
  beforeAll(async () => {
    environment({ OTHER_PORTS: '8545' });
    expect(await network('on')).toEqual({ status: 0, output: '' });
    expect((await network('check')).status).toBe(0);
  });

  test.each<[string, string, number]>([
    ['the node', '198.18.0.1', 8545],
    ["the node's websocket", '198.18.0.1', 8546],
    ['another node', OTHER_NODE, 8545],
    ['a range', RELAY, 443],
    ['its proxy', '198.18.0.3', 3128],
    ['names', '169.254.169.253', 53],
  ])('the engine reaches %s', (_, address, port) => expect(gets(ENGINE, address, port)).toBe(true));

  test.each<[string, string, number]>([
    ["the node's siblings", '198.18.0.1', 8551],
    ['the host', '198.18.0.1', 22],
    ['the host by its own address', '10.0.0.1', 8545],
    ['health of the node', '198.18.0.1', 8099],
    ['another port of another node', OTHER_NODE, 22],
    ['another network of the VPC', '10.9.0.9', 8545],
    ['the world', ELSEWHERE, 443],
    ['a name server of its choice', '1.1.1.1', 53],
    ['another port of a range', RELAY, 80],
    ['who tells the instance what it is', '169.254.169.254', 80],
    ['that by 443', '169.254.169.254', 443],
    ['more of who resolves names', '169.254.169.253', 80],
  ])('and not %s', (_, address, port) => expect(gets(ENGINE, address, port)).toBe(false));

  test('names are asked over UDP, where the VPC has them and nowhere else', () => {
    expect([asks(ENGINE, '169.254.169.253'), asks(ENGINE, '1.1.1.1'), asks(PROXY, '169.254.169.253')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('the proxy reaches the world at 443, and nothing inside', () => {
    expect([ELSEWHERE, RELAY, '1.1.1.1'].map((address) => gets(PROXY, address, 443))).toEqual([true, true, true]);
    for (const [address, port] of [
      [OTHER_NODE, 443],
      ['169.254.169.254', 443],
      ['198.18.0.1', 443],
      ['1.1.1.1', 80],
      [OTHER_NODE, 8545],
    ] as const)
      expect([address, port, gets(PROXY, address, port)]).toEqual([address, port, false]);
  });

  test('whoever scrapes it is answered, and gets nowhere else', () => {
    expect([gets(WORLD, '198.18.0.2', 9090), gets(WORLD, '198.18.0.2', 8080), gets(WORLD, '198.18.0.3', 3128)]).toEqual(
      [true, false, false],
    );
    expect(gets(HOST, '198.18.0.2', 8080)).toBe(true);
  });

  test('the host itself goes where it went', () => {
    expect([gets(HOST, ELSEWHERE, 443), gets(WORLD, '10.0.0.1', 8545)]).toEqual([true, true]);
  });

  test('a probe from there is content', () => {
    const probe = path.join(host.root, 'opt/mev-engine/current/host/deny-probe.sh');
    const run = () =>
      sh(
        `ip netns exec ${ENGINE} env TIMEOUT_SECONDS=1 FORBIDDEN='1.1.1.1:443 169.254.169.254:80 198.18.0.1:22' ${probe} 2>&1`,
      );
    expect(run()).toContain('nothing of');
    sh(`ip netns exec ${HOST} nft delete table inet mev_engine`);
    expect(run).toThrow();
  });

  test('that they are gone is seen', async () => {
    sh(`ip netns exec ${HOST} nft delete table inet mev_engine 2>/dev/null || true`);
    expect((await network('check')).status).toBe(1);
    await network('on');
    sh(`ip netns exec ${HOST} nft insert rule inet mev_engine through accept`);
    expect((await network('check')).status).toBe(1);
  });
});

test('without a proxy and ranges there is no world', async () => {
  environment({ PROXY: 'no', EGRESS: '' });
  await network('on');
  expect([
    gets(ENGINE, RELAY, 443),
    gets(PROXY, '1.1.1.1', 443),
    gets(ENGINE, '198.18.0.1', 8545),
    gets(ENGINE, OTHER_NODE, 8545),
  ]).toEqual([false, false, true, false]);
});

test('a range of the world does not let it to the instance’s own metadata', async () => {
  environment({ EGRESS: '169.254.0.0/16' });
  await network('on');
  expect(gets(ENGINE, '169.254.169.254', 443)).toBe(false);
});

test('where the range of the VPC is not known, nothing is let out', async () => {
  environment({ OTHER_PORTS: '8545' });
  const { status, output } = await network('on', '');
  expect([status, output]).toEqual([1, expect.stringContaining('nothing is let out')]);
  expect(gets(ENGINE, '198.18.0.1', 8545)).toBe(false);
});

test('closed, it reaches nothing, not even by what was open; it is still scraped', async () => {
  environment({});
  await network('on');
  const client = spawn('ip', ['netns', 'exec', ENGINE, 'python3', '-uc', TALKER]);
  // A word and the end of its line may come one by one.
  let said = '';
  client.stdout.on('data', (data) => {
    said += String(data);
  });
  const hears = async (word: string): Promise<void> => {
    said = '';
    client.stdin.write('again\n');
    for (let tries = 0; tries < 100 && !said.endsWith('\n'); tries++) await new Promise((go) => setTimeout(go, 100));
    expect(said).toBe(`${word}\n`);
  };
  await hears('heard');
  await network('closed');
  await hears('nothing');
  client.kill('SIGKILL');
  expect([gets(ENGINE, RELAY, 443), gets(ENGINE, '198.18.0.1', 8545), asks(ENGINE, '169.254.169.253')]).toEqual([
    false,
    false,
    false,
  ]);
  expect([gets(PROXY, '1.1.1.1', 443), gets(WORLD, '198.18.0.2', 9090)]).toEqual([false, true]);
  expect((await network('off')).status).toBe(0);
  expect(gets(ENGINE, ELSEWHERE, 443)).toBe(true);
});
