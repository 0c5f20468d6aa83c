import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ethereum } from '../../../../constructs/chain-node/catalogue';
import { METRICS_NAMESPACE } from '../../../../constructs/chain-node/node-alarms';
import { renderRelease } from '../../../../constructs/chain-node/release';
import { scripts } from './host';

/** The health program for real: bash, curl and jq against a server that speaks JSON-RPC and the beacon API. */

jest.setTimeout(30_000);

type Answer = (request: { readonly url: string; readonly body: string }, response: ServerResponse) => void;

let server: Server;
let answer: Answer;
let folder: string;

beforeAll(async () => {
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => answer({ url: request.url ?? '', body }, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const hex = (value: number): string => `0x${value.toString(16)}`;
const now = (): number => Math.floor(Date.now() / 1000);

/** A node as it should be; `change` replaces answers by method or path. */
const node =
  (change: Readonly<Record<string, unknown>> = {}): Answer =>
  ({ url, body }, response) => {
    const answers: Readonly<Record<string, unknown>> = {
      eth_chainId: hex(11_155_111),
      eth_getBlockByNumber: { number: hex(7_000_000), timestamp: hex(now() - 5) },
      net_peerCount: hex(25),
      eth_syncing: false,
      '/eth/v1/node/health': 200,
      '/eth/v1/node/peer_count': { data: { connected: '80' } },
      '/eth/v1/node/syncing': { data: { head_slot: '123' } },
      ...change,
    };
    const method = body === '' ? undefined : (JSON.parse(body) as { method: string }).method;
    const found = answers[method ?? url];
    if (found instanceof Function) {
      found(response);
    } else if (typeof found === 'number') {
      response.writeHead(found).end();
    } else {
      const result = method === undefined ? found : { jsonrpc: '2.0', id: 1, result: found };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
    }
  };

/** A release of geth and lighthouse as a host holds it, with every address led to the server. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'health-'));
  const context = {
    node: 'ethereum-sepolia-geth',
    environment: 'test',
    region: 'eu-central-1',
    architecture: 'x86_64' as const,
    group: 'g',
    memoryGiB: 32,
    upstreams: {},
    journal: { rotationSeconds: 1, retentionSeconds: 1 },
  };
  const { files } = renderRelease({ chain: ethereum, network: 'sepolia', client: 'geth' }, context);
  const { port } = server.address() as AddressInfo;
  mkdirSync(join(folder, 'release/host'), { recursive: true });
  const health = files.get('health.json') ?? '';
  writeFileSync(join(folder, 'release/node.env'), files.get('node.env') ?? '');
  writeFileSync(join(folder, 'release/health.json'), health.replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`));
  for (const script of ['health-check.sh', 'health-report.sh', 'health-answer.sh', 'identity.sh']) {
    copyFileSync(join(scripts, script), join(folder, 'release/host', script));
    chmodSync(join(folder, 'release/host', script), 0o755);
  }
  copyFileSync(join(scripts, 'metrics.jq'), join(folder, 'release/host/metrics.jq'));
  // What cannot run here: it keeps what it was asked.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/aws'), `#!/bin/bash\nprintf '%s\\n' "$@" >'${join(folder, 'sent')}'\n`, {
    mode: 0o755,
  });
  mkdirSync(join(folder, 'root/etc/chain-node'), { recursive: true });
  writeFileSync(
    join(folder, 'root/etc/chain-node/host.env'),
    'NODE_ID=ethereum-sepolia-geth\nREGION=eu-central-1\nSTORAGE=ebs\n',
  );
  answer = node();
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
}

function run(
  script: string,
  words: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Run> {
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`, ROOT: join(folder, 'root'), ...environment };
  const child = spawn(join(folder, 'release/host', script), words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stdin.on('error', () => {}).end(input);
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout })));
}

const check = async (environment: Readonly<Record<string, string>> = {}) => {
  const { status, stdout } = await run('health-check.sh', [], environment);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return { exit: status, ...JSON.parse(stdout) };
};

const metrics = (): string =>
  readFileSync(join(folder, 'root/var/lib/prometheus/node-exporter/chain_node.prom'), 'utf8');
const LABELS = '{node="ethereum-sepolia-geth",chain="ethereum",network="sepolia",client="geth"}';

describe('health-check.sh', () => {
  test('a node at the head is healthy, and says where the head is', async () => {
    expect(await check()).toEqual({
      exit: 0,
      status: 'healthy',
      reason: null,
      labels: { node: 'ethereum-sepolia-geth', chain: 'ethereum', network: 'sepolia', client: 'geth' },
      head: 7_000_000,
      headAgeSeconds: expect.any(Number),
      slotsBehind: null,
      peers: 25,
      clients: [
        {
          client: 'geth',
          status: 'healthy',
          reason: null,
          head: 7_000_000,
          headAgeSeconds: expect.any(Number),
          slotsBehind: null,
          peers: 25,
          progress: null,
        },
        {
          client: 'lighthouse',
          status: 'healthy',
          reason: null,
          head: null,
          headAgeSeconds: null,
          slotsBehind: null,
          peers: 80,
          progress: null,
        },
      ],
    });
  });

  const broken: Answer = (_, response) => void response.destroy();
  const garbage = (response: ServerResponse): void => void response.end('<html>not JSON</html>');
  const hanging = (): void => {};

  test.each<[string, Answer, number, string, object]>([
    [
      'a head that stands',
      node({
        eth_getBlockByNumber: { number: hex(5), timestamp: hex(now() - 600) },
        eth_syncing: { currentBlock: '0x5' },
      }),
      1,
      'geth: the head is 60. seconds old, more than 60',
      { head: 5 },
    ],
    [
      'another network',
      node({ eth_chainId: hex(1) }),
      1,
      'geth: follows another network: identity 1 instead of 11155111',
      { head: null },
    ],
    ['no peers', node({ net_peerCount: '0x0' }), 1, 'geth: 0 peers, fewer than 1', { head: 7_000_000, peers: 0 }],
    [
      'a consensus client that syncs',
      node({ '/eth/v1/node/health': 206 }),
      1,
      'lighthouse: not at the head: HTTP status 206',
      {},
    ],
    [
      'an error of the server',
      node({ eth_chainId: 500 }),
      1,
      'geth: answers about identity with HTTP status 500',
      { head: null },
    ],
    [
      'garbage',
      node({ eth_chainId: garbage }),
      2,
      'geth: an answer about identity that cannot be read',
      { head: null },
    ],
    [
      'an answer of another shape',
      node({ eth_getBlockByNumber: null }),
      2,
      'geth: an answer about the head that cannot be read',
      { head: null, headAgeSeconds: null },
    ],
    [
      'a JSON-RPC error',
      node({ net_peerCount: undefined }),
      2,
      'geth: an answer about peers that cannot be read',
      { peers: 80 },
    ],
    [
      'a connection that is closed',
      broken,
      2,
      'geth: no answer about identity; lighthouse: no answer about the head',
      { head: null, headAgeSeconds: null, peers: null },
    ],
    [
      'no answer at all',
      node({ eth_chainId: hanging, '/eth/v1/node/health': hanging }),
      2,
      'geth: no answer about identity; lighthouse: no answer about the head',
      { head: null },
    ],
    [
      'one that is bad and one that is unknown',
      node({ eth_chainId: hex(1), '/eth/v1/node/health': hanging }),
      1,
      'geth: follows another network: .*; lighthouse: no answer about the head',
      {},
    ],
  ])('%s', async (_, given, exit, reason, rest) => {
    answer = given;
    const found = await check({ HEALTH_LIMIT_SECONDS: '2' });
    expect(found).toMatchObject({ exit, status: exit === 1 ? 'unhealthy' : 'unknown', ...rest });
    expect(found.reason).toMatch(new RegExp(`^${reason}$`));
  });

  test('a refused connection is unknown, and no lag of 0', async () => {
    const file = join(folder, 'release/health.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1'));
    expect(await check()).toMatchObject({ exit: 2, status: 'unknown', head: null, headAgeSeconds: null, peers: null });
  });

  test('keeps to its limit when everything hangs', async () => {
    answer = hanging;
    const start = Date.now();
    await check({ HEALTH_LIMIT_SECONDS: '2' });
    expect(Date.now() - start).toBeLessThan(6000);
  });

  test('shows what moves while a node syncs', async () => {
    answer = node({
      eth_chainId: hex(11_155_111),
      eth_getBlockByNumber: { number: '0x0', timestamp: '0x1' },
      eth_syncing: { syncedAccounts: '0x10' },
      '/eth/v1/node/health': 206,
    });
    expect(await run('health-check.sh', ['--progress'])).toEqual({
      status: 1,
      stdout: '[[0,{"syncedAccounts":"0x10"}],[null,"123"]]\n',
    });
  });
});

describe('health-report.sh', () => {
  const report = () => JSON.parse(readFileSync(join(folder, 'root/run/chain-node-health/report.json'), 'utf8'));

  test('metrics of a healthy node', async () => {
    expect((await run('health-report.sh')).status).toBe(0);
    expect(metrics().replace(/(age_seconds.*) \d+/, '$1 N')).toBe(
      [
        `chain_info${LABELS} 1`,
        `chain_healthy${LABELS} 1`,
        `chain_health_known${LABELS} 1`,
        `chain_head_number${LABELS} 7000000`,
        `chain_head_age_seconds${LABELS} N`,
        `chain_peers${LABELS} 25`,
        '',
      ].join('\n'),
    );
  });

  test('what is sent to the cloud', async () => {
    await run('health-report.sh');
    const [, , , , , namespace, , data] = readFileSync(join(folder, 'sent'), 'utf8').split('\n');
    expect(namespace).toBe(METRICS_NAMESPACE);
    const Dimensions = [{ Name: 'Node', Value: 'test-ethereum-sepolia-geth' }];
    expect(JSON.parse(data ?? '')).toEqual([
      { MetricName: 'Healthy', Value: 1, Dimensions },
      { MetricName: 'HealthKnown', Value: 1, Dimensions },
      { MetricName: 'HeadAgeSeconds', Value: expect.any(Number), Dimensions },
      { MetricName: 'Peers', Value: 25, Dimensions },
    ]);
  });

  test('three strikes before a healthy node is reported otherwise, one look to come back', async () => {
    const looks = async (given: Answer): Promise<string> => {
      answer = given;
      await run('health-report.sh');
      return `${report().status} ${report().strikes}`;
    };
    const sick = node({ net_peerCount: '0x0' });
    expect([await looks(node()), await looks(sick), await looks(sick), await looks(sick), await looks(node())]).toEqual(
      ['healthy 0', 'healthy 1', 'healthy 2', 'unhealthy 3', 'healthy 0'],
    );
  });

  test('the age of the secrets that it was started with', async () => {
    mkdirSync(join(folder, 'root/run/chain-node'), { recursive: true });
    const values =
      "# l1/rpc since 1772355600\nETHEREUM_RPC='https://l1.example/?a=# b since 5'\n# key since 1700000000\nKEY='k'\n";
    writeFileSync(join(folder, 'root/run/chain-node/host-values.env'), values);
    await run('health-report.sh');
    const found = metrics().match(/^chain_secret_changed_timestamp_seconds.*$/gm);
    const of = (secret: string): string => `${LABELS.slice(0, -1)},secret="${secret}"}`;
    expect(found).toEqual([
      `chain_secret_changed_timestamp_seconds${of('l1/rpc')} 1772355600`,
      `chain_secret_changed_timestamp_seconds${of('key')} 1700000000`,
    ]);
  });

  test('a node that nobody knows has no numbers', async () => {
    answer = (_, response) => void response.destroy();
    await run('health-report.sh');
    expect(report().status).toBe('unknown');
    expect(metrics()).toBe(
      [`chain_info${LABELS} 1`, `chain_healthy${LABELS} 0`, `chain_health_known${LABELS} 0`, ''].join('\n'),
    );
  });
});

describe('what stands beside the node', () => {
  /** As a release has it that asks for something: one that listens, and one that does not. */
  const beside = (): void => {
    const file = join(folder, 'release/health.json');
    const { port } = server.address() as AddressInfo;
    const asked = [
      { process: 'bdn-gateway', port },
      { process: 'shredstream-proxy', port: 1 },
    ];
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), beside: asked }));
  };

  test('is said to listen or not, and counts nothing for the node', async () => {
    expect(await check()).not.toHaveProperty('beside');
    beside();
    expect(await check()).toMatchObject({
      exit: 0,
      status: 'healthy',
      beside: { 'bdn-gateway': true, 'shredstream-proxy': false },
    });
    await run('health-report.sh');
    const found = metrics().match(/^chain_process_listening.*$/gm);
    const of = (process: string): string => `chain_process_listening${LABELS.slice(0, -1)},process="${process}"}`;
    expect(found).toEqual([`${of('bdn-gateway')} 1`, `${of('shredstream-proxy')} 0`]);
  });

  test('does not move what says that a node advances', async () => {
    const before = (await run('health-check.sh', ['--progress'])).stdout;
    beside();
    expect((await run('health-check.sh', ['--progress'])).stdout).toBe(before);
  });
});

describe('health-report.sh, beside the node', () => {
  const sh = (command: string): string => execFileSync('bash', ['-c', command], { encoding: 'utf8' });
  const metric = (name: string): number | undefined => {
    const found = new RegExp(`^${name}{.*} (.*)$`, 'm').exec(metrics())?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const sent = () => JSON.parse(readFileSync(join(folder, 'sent'), 'utf8').split('\n')[7] ?? '');

  test('says how full the data disk is, and nothing of the root disk', async () => {
    const data = join(folder, 'root/data');
    mkdirSync(data, { recursive: true });
    await run('health-report.sh');
    expect(metric('chain_disk_size_bytes')).toBeUndefined();
    sh(
      `truncate --size 64M ${folder}/disk && mkfs.ext4 -q -m 0 ${folder}/disk && mount -o loop ${folder}/disk ${data}`,
    );
    try {
      sh(`head --bytes 20M /dev/zero >${data}/blocks`);
      await run('health-report.sh');
      expect(metric('chain_backup_held_timestamp_seconds')).toBeUndefined();
      sh(`touch --date @1700000000 ${data}/.chain-node-backup`);
      await run('health-report.sh');
      expect(metric('chain_backup_held_timestamp_seconds')).toBe(1_700_000_000);
      const [size = 0, available = 0] = [metric('chain_disk_size_bytes'), metric('chain_disk_available_bytes')];
      expect(size).toBeGreaterThan(50e6);
      expect(available).toBeLessThan(size - 20e6);
      const used = sent().find(({ MetricName }: { MetricName: string }) => MetricName === 'DiskUsedPercent');
      expect(used).toEqual({
        MetricName: 'DiskUsedPercent',
        Value: expect.closeTo((1 - available / size) * 100),
        Dimensions: [{ Name: 'Node', Value: 'test-ethereum-sepolia-geth' }],
      });
      expect(used.Value).toBeGreaterThan(30);
    } finally {
      sh(`umount ${data}`);
    }
  });

  test('says on the data disk when the node was last healthy, and writes to no other', async () => {
    const data = join(folder, 'root/data');
    const mark = join(data, '.chain-node-healthy');
    mkdirSync(data, { recursive: true });
    await run('health-report.sh');
    expect(existsSync(mark)).toBe(false);
    sh(`mount -t tmpfs tmpfs ${data}`);
    try {
      answer = node({ net_peerCount: hex(0) });
      await run('health-report.sh');
      expect(existsSync(mark)).toBe(false);
      answer = node();
      // A write to a frozen filesystem would wait for the backup.
      mkdirSync(join(folder, 'root/run/chain-node'), { recursive: true });
      writeFileSync(join(folder, 'root/run/chain-node/hold'), 'execution\nfreeze\n');
      await run('health-report.sh');
      expect(existsSync(mark)).toBe(false);
      rmSync(join(folder, 'root/run/chain-node/hold'));
      await run('health-report.sh');
      sh(`touch --date '1 hour ago' ${mark}`);
      await run('health-report.sh');
      expect(Date.now() - statSync(mark).mtimeMs).toBeLessThan(60_000);
    } finally {
      sh(`umount ${data}`);
    }
  });

  test('knows that a node is stopped for its backup', async () => {
    mkdirSync(join(folder, 'root/run/chain-node'), { recursive: true });
    writeFileSync(join(folder, 'root/run/chain-node/hold'), 'execution\nstop\n');
    answer = (_, response) => void response.destroy();
    await run('health-report.sh');
    expect([metric('chain_healthy'), metric('chain_health_known')]).toEqual([0, 1]);
    const report = JSON.parse(readFileSync(join(folder, 'root/run/chain-node-health/report.json'), 'utf8'));
    expect(report.latest).toMatchObject({ status: 'unhealthy', reason: 'stopped for its backup', head: null });
    // One that is frozen answers as ever.
    writeFileSync(join(folder, 'root/run/chain-node/hold'), 'execution\nfreeze\n');
    answer = node();
    await run('health-report.sh');
    expect(metric('chain_healthy')).toBe(1);
  });

  test('keeps the identity of a healthy node, and of no other', async () => {
    const kept = (): string => (existsSync(join(folder, 'kept')) ? readFileSync(join(folder, 'kept'), 'utf8') : '');
    writeFileSync(join(folder, 'release/host/identity.sh'), `#!/bin/bash\necho "$@" >>${folder}/kept\n`, {
      mode: 0o755,
    });
    answer = node({ net_peerCount: '0x0' });
    await run('health-report.sh');
    expect(kept()).toBe('');
    answer = node();
    await run('health-report.sh');
    expect(kept()).toBe('--save\n');
  });

  test('limits what a node sends while it is at the head, and lets it catch up without', async () => {
    const limits = (): string[] =>
      existsSync(join(folder, 'egress')) ? readFileSync(join(folder, 'egress'), 'utf8').trim().split('\n') : [];
    const look = async (given: Answer): Promise<void> => {
      answer = given;
      await run('health-report.sh');
    };
    const sick = node({ net_peerCount: '0x0' });
    writeFileSync(join(folder, 'release/host/egress.sh'), `#!/bin/bash\necho "$@" >>${folder}/egress\n`, {
      mode: 0o755,
    });
    await look(node());
    expect(limits()).toEqual([]);
    appendFileSync(join(folder, 'release/node.env'), "EGRESS_LIMIT_MBPS='200'\n");
    await look(node());
    await look(node());
    expect(limits()).toEqual(['on 200']);
    for (let strike = 0; strike < 3; strike += 1) await look(sick);
    await look(sick);
    expect(limits()).toEqual(['on 200', 'off']);
    await look(node());
    appendFileSync(join(folder, 'release/node.env'), "EGRESS_LIMIT_MBPS='300'\n");
    await look(node());
    expect(limits()).toEqual(['on 200', 'off', 'on 200', 'on 300']);
  });
});

describe('health-answer.sh', () => {
  const ask = async (): Promise<{
    readonly status: string;
    readonly body: { status: string; reason: string | null };
  }> => {
    const { stdout } = await run('health-answer.sh', [], {}, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    const [head = '', body = ''] = stdout.split('\r\n\r\n');
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
    return { status: head.split('\r\n')[0] ?? '', body: JSON.parse(body) };
  };

  test('200 of a healthy node, 503 of any other', async () => {
    await run('health-report.sh');
    expect(await ask()).toMatchObject({ status: 'HTTP/1.1 200 OK', body: { status: 'healthy', reason: null } });
    answer = node({ eth_chainId: hex(1) });
    for (let look = 0; look < 3; look++) await run('health-report.sh');
    expect(await ask()).toMatchObject({ status: 'HTTP/1.1 503 Service Unavailable', body: { status: 'unhealthy' } });
  });

  test('503 when nobody has looked, or not for a while', async () => {
    expect(await ask()).toEqual({
      status: 'HTTP/1.1 503 Service Unavailable',
      body: { status: 'unknown', reason: 'nobody has looked yet' },
    });
    await run('health-report.sh');
    const file = join(folder, 'root/run/chain-node-health/report.json');
    const old = { ...JSON.parse(readFileSync(file, 'utf8')), at: now() - 600 };
    writeFileSync(file, JSON.stringify(old));
    expect(await ask()).toMatchObject({ status: 'HTTP/1.1 503 Service Unavailable', body: { status: 'unknown' } });
    expect(existsSync(file)).toBe(true);
  });
});
