import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readFiles, readStop } from '../../../tools/reference-engine/files';
import { DATA } from '../../environments/data-settings';
import { withEngine } from '../../environments/engines';
import { loadFiles, refusals } from '../../environments/files';
import { type Json, resources, synthesize } from '../../project';
import { podCommands, portOf, run } from '../chain-node/chart/programs';

/** The chart as Helm renders it with the values of a stack, and its scripts as they run. */

const HELM = process.env.HELM ?? 'helm';
const CHART = join(__dirname, '../../../constructs/mev-engine/chart');
const NAME = 'flashloan-arbitrage';
const folder = mkdtempSync(join(tmpdir(), 'mev-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Changes = NonNullable<Parameters<typeof withEngine>[0]>;

/** Objects by kind and name. */
function render(changes: Changes = {}): Readonly<Record<string, Json>> {
  const { production } = synthesize(loadFiles(withEngine(changes)));
  const [values] = resources(production)[`helm_release.engine-${NAME}`].values;
  const file = join(folder, 'values.yaml');
  writeFileSync(file, values.replaceAll(/(?<!\$)\$\{[^}]*\}/g, '10.0.0.0/16').replaceAll('$${', '${'));
  const text = execFileSync(
    HELM,
    ['template', NAME, CHART, '--namespace', 'mev-engines', '--kube-version', '1.34.0', '--values', file],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Json);
  return Object.fromEntries(
    objects.filter(Boolean).map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

const WITH_EVERYTHING: Changes = {
  production: [
    [
      '      type: arbitrage',
      `      relays: [relay.flashbots.net]
      egress: [203.0.113.0/24]
      signing_key: alias/mev
      secrets: { relay.key: prod/relay }
      type: arbitrage`,
    ],
  ],
};

/** With streams to publish to. */
const WITH_STREAMS: Changes = { production: [['mev:\n', DATA]] };

const plain = render();
const full = render(WITH_EVERYTHING);
const streaming = render(WITH_STREAMS);
const deployment = (objects: Json): Json => objects[`Deployment ${NAME}`];

describe('its Deployment', () => {
  test('never says how many there are, so that an upgrade starts nothing that was stopped', () => {
    for (const objects of [plain, full, streaming]) expect(deployment(objects).spec).not.toHaveProperty('replicas');
  });

  test('is not there while it is stopped by commit, and neither is what scales it', () => {
    const stopped = render({ production: [['  enabled: true', '  enabled: true\n  emergency_stop: true']] });
    expect(Object.keys(stopped)).toEqual(expect.arrayContaining([`ConfigMap ${NAME}-files`, `ServiceAccount ${NAME}`]));
    expect(Object.keys(stopped).filter((key) => /^(Deployment|ScaledObject|Sensor)/.test(key))).toEqual([]);
  });

  test('has other pods for another strategy, and not for other limits', () => {
    const of = (changes: Changes) => JSON.stringify(deployment(render(changes)).spec.template);
    expect(of({ strategy: [['max_position_size: 10000', 'max_position_size: 9000']] })).not.toBe(of({}));
    const environment = { production: [['max_slippage: 0.02', 'max_slippage: 0.019']] } as const;
    expect(of(environment)).toBe(of({}));
  });

  test('has cores of its own: what is requested is what is limited, in whole cores', () => {
    const { containers, initContainers } = deployment(full).spec.template.spec;
    for (const { resources: asked } of [...containers, ...initContainers]) expect(asked.requests).toEqual(asked.limits);
    expect(containers[0].resources.requests.cpu).toBe('2');
  });

  test('finds its files where the contract says, in one volume that is replaced as a whole', () => {
    const { volumes, containers } = deployment(full).spec.template.spec;
    const { sources } = volumes.find(({ name }: Json) => name === 'mev').projected;
    const paths = sources.flatMap(({ configMap, secret }: Json) =>
      (configMap ?? secret).items.map(({ path }: Json) => path),
    );
    expect(paths.sort()).toEqual([
      'engine.json',
      'limits.json',
      'secrets/relay.key',
      'stop/reason',
      'strategies/usdc.json',
    ]);
    expect(containers[0].volumeMounts).toContainEqual({ name: 'mev', mountPath: '/etc/mev', readOnly: true });
  });
});

describe('an engine that complies', () => {
  /** Writes what the volume holds, as the kubelet would; the latch is not there. */
  function mounted(objects: Readonly<Record<string, Json>>, mode = 'dry-run'): string {
    const root = mkdtempSync(join(folder, 'root-'));
    const { volumes } = deployment(objects).spec.template.spec;
    for (const { configMap, secret } of volumes.find(({ name }: Json) => name === 'mev').projected.sources) {
      const data = configMap && objects[`ConfigMap ${configMap.name}`]?.data;
      for (const { key, path } of (configMap ?? secret).items) {
        const text = configMap ? data?.[key] : 'token';
        if (text === undefined) continue;
        mkdirSync(dirname(join(root, 'etc/mev', path)), { recursive: true });
        writeFileSync(join(root, 'etc/mev', path), text.replace('"mode": "live"', `"mode": "${mode}"`));
      }
    }
    return root;
  }

  test.each([
    ['with the least', plain],
    ['with everything', full],
    ['with streams', streaming],
  ])('understands what it is given, %s', (_, objects) => {
    const { engine, strategies, limits, limitsSha256 } = readFiles(mounted(objects));
    expect(engine.engine).toBe(NAME);
    expect(strategies.map(({ name, mode }) => [name, mode])).toEqual([['usdc', 'dry-run']]);
    expect(limits.strategies.usdc?.maxPositionSize).toEqual({ value: '10000', unit: 'USDC' });
    const asked = JSON.stringify(objects[`PrometheusRule ${NAME}`].spec);
    expect(asked).toContain(limitsSha256);
  });

  test('is told where it publishes what it did, and finds the password there', () => {
    expect(readFiles(mounted(streaming)).streams).toEqual({
      url: 'nats://nats.mev-data.svc.cluster.local:4222',
      user: 'clients',
      passwordFile: 'streams-password',
      password: 'token',
      executions: 'executions',
    });
    expect(readFiles(mounted(plain))).not.toHaveProperty('streams');
    const { data, target } = streaming[`ExternalSecret ${NAME}-streams-password`].spec;
    expect([target.name, data]).toEqual([
      `${NAME}-streams-password`,
      [{ secretKey: 'value', remoteRef: { key: 'data', property: 'nats-clients' } }],
    ]);
  });

  test('publishes nowhere while nobody keeps what it did', () => {
    const without = DATA.replace('      executions: { retention: 30d, size: 1 GiB }\n', '');
    const objects = render({ production: [['mev:\n', without]] });
    expect(readFiles(mounted(objects))).not.toHaveProperty('streams');
    expect(Object.keys(objects).sort()).toEqual(Object.keys(plain).sort());
  });

  test('trades live only where it signs, which the reference engine does not', () => {
    expect(() => readFiles(mounted(plain, 'live'))).toThrow('is live, and this engine signs nothing');
  });

  test('finds nothing that stops it, and finds the latch when it is there', () => {
    const root = mounted(plain);
    expect(readStop(root)).toBeUndefined();
    mkdirSync(join(root, 'etc/mev/stop'), { recursive: true });
    writeFileSync(join(root, 'etc/mev/stop/reason'), 'a loss');
    expect(readStop(root)).toBe('a loss');
  });
});

test('KEDA never passes the threshold behind which a fallback would start it', () => {
  expect(plain[`ScaledObject ${NAME}`].spec).toMatchObject({
    minReplicaCount: 0,
    maxReplicaCount: 1,
    fallback: { failureThreshold: 2_147_483_647, replicas: 0 },
    triggers: [{ metadata: { ignoreNullValues: 'true', activationThreshold: '0' } }],
  });
});

describe('what it reaches', () => {
  const ways = (objects: Json): Json[] =>
    objects[`NetworkPolicy ${NAME}-egress`].spec.egress.map(({ to, ports }: Json) => [
      to.map(
        ({ ipBlock, podSelector, namespaceSelector }: Json) => ipBlock?.cidr ?? { podSelector, namespaceSelector },
      ),
      ports.map(({ port }: Json) => port),
    ]);

  test('is names, its node, and nothing else', () => {
    expect(ways(plain).map(([, ports]) => ports)).toEqual([
      [53, 53],
      [8545, 8546],
    ]);
    expect(Object.keys(plain).filter((key) => key.includes('proxy'))).toEqual([]);
  });

  test('and the servers of its streams, by their pods', () => {
    expect(ways(streaming).slice(1, -1)).toEqual([
      [
        [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'mev-data' } },
            podSelector: { matchLabels: { 'chain-nodes.io/data': 'streams' } },
          },
        ],
        [4222],
      ],
    ]);
  });

  test('and what it is given beside: the proxy, who gives credentials, ranges', () => {
    const found = ways(full);
    expect(
      found.slice(2).map(([to, ports]) => [to.map((one: Json) => (typeof one === 'string' ? one : 'pods')), ports]),
    ).toEqual([
      [['pods'], [3128]],
      [['169.254.170.23/32'], [80]],
      [['203.0.113.0/24'], [443]],
    ]);
    expect(full[`ConfigMap ${NAME}-proxy`].data['squid.conf']).toContain(
      'acl listed dstdomain -n kms.eu-central-1.amazonaws.com relay.flashbots.net\n',
    );
  });

  test('is tried by a probe that is under the same policy, and is no engine', () => {
    const { labels } = plain[`CronJob ${NAME}-deny`].spec.jobTemplate.spec.template.metadata;
    expect(labels).toMatchObject(plain[`NetworkPolicy ${NAME}-egress`].spec.podSelector.matchLabels);
    expect(labels).not.toMatchObject(deployment(plain).spec.selector.matchLabels);
  });
});

test('no engine may be called as what belongs to another', () => {
  // Of a kind of which each engine has one by its own name.
  const kinds = Object.values(full).flatMap(({ kind, metadata }) => (metadata.name === NAME ? [kind] : []));
  const names = Object.values(full).flatMap(({ kind, metadata }) => (kinds.includes(kind) ? [metadata.name] : []));
  const endings = [...new Set(names.map((name: string) => name.slice(NAME.length)))].filter((ending) => ending !== '');
  expect(endings.sort()).toEqual(['-egress', '-proxy', '-stop']);
  for (const ending of endings) {
    const twin = `    other${ending}: { type: nft, subtype: rare-sniper, image: "a:1" }\n  risk_limits:`;
    const [said] = refusals(withEngine({ production: [['  risk_limits:', twin]] }));
    expect(said).toContain('is what something beside engines is called in the cluster');
  }
});

test('what stops it may touch just what it stops', () => {
  const { spec } = plain[`Sensor ${NAME}-stop`];
  expect(spec.dependencies[0].filters.data[1].value).toEqual(['^global$', '^arbitrage$', `^${NAME}$`, '^usdc$']);
  const touched = spec.triggers.map(({ template: { k8s } }: Json) => {
    const { kind, metadata } = k8s.source.resource;
    return [k8s.operation, kind, metadata.name];
  });
  expect(touched).toEqual([
    ['patch', 'ConfigMap', `${NAME}-stop`],
    ['patch', 'Deployment', NAME],
    ['patch', 'ScaledObject', NAME],
    ['delete', 'NetworkPolicy', `${NAME}-egress`],
  ]);
  const rules: Json[] = plain[`Role ${NAME}-stop`].rules;
  for (const [operation, kind, name] of touched) {
    const resource = kind === 'NetworkPolicy' ? 'networkpolicies' : `${kind.toLowerCase()}s`;
    const named = rules.find((rule) => rule.resources[0] === resource && rule.resourceNames?.[0] === name);
    expect(named?.verbs).toEqual(['get', operation]);
  }
  expect(rules.flatMap(({ verbs }) => verbs)).not.toContain('*');
});

/** As the pod runs them: with the commands of the tools' image, which are busybox's. */
const script = (name: string, environment: Readonly<Record<string, string>>) =>
  run(['bash', join(CHART, 'files', name)], environment);

describe('stand-by.sh', () => {
  const file = join(folder, 'reason');
  const standBy = async (wait: string) => {
    const began = Date.now();
    const ended = await script('stand-by.sh', { STOP_FILE: file, WAIT_SECONDS: wait });
    return { ...ended, seconds: (Date.now() - began) / 1000 };
  };
  afterEach(() => rmSync(file, { force: true }));

  test('lets the engine begin, and not before whoever scales it has looked', async () => {
    const { status, seconds } = await standBy('2');
    expect(status).toBe(0);
    expect(seconds).toBeGreaterThanOrEqual(1);
  });

  test('lets nothing begin while it is stopped, and says why', async () => {
    writeFileSync(file, 'the position of usdc is 12000 USDC');
    const { status, output, seconds } = await standBy('15');
    expect({ status, output }).toEqual({
      status: 1,
      output:
        'the engine is stopped: the position of usdc is 12000 USDC; how it is started again: docs/runbooks/kill-switch.md\n',
    });
    expect(seconds).toBeLessThan(5);
  });
});

describe('deny-probe.sh', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  const listening = async (answer: (socket: Socket) => void): Promise<string> => {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${portOf(server)}`;
  };
  const probe = (forbidden: string) => script('deny-probe.sh', { FORBIDDEN: forbidden, TIMEOUT_SECONDS: '1' });

  test.each<[string, (socket: Socket) => void]>([
    ['answers', (socket) => socket.end('hello')],
    ['ends the connection', (socket) => socket.destroy()],
    ['holds it and says nothing', (socket) => socket.unref()],
  ])('fails for what %s, and names it', async (_, answer) => {
    const target = await listening(answer);
    expect(await probe(target)).toEqual({ status: 1, output: `${target} can be reached\n` });
  });

  test('fails for what refuses: it was reached', async () => {
    expect((await probe('127.0.0.1:1')).status).toBe(1);
  });

  test('ends well for what does not answer', async () => {
    // A network of its own, from which nothing comes back.
    const network = [
      'ip link set lo up',
      'ip link add far0 type veth peer name far1',
      'ip link set far0 up',
      'ip link set far1 up',
      'ip addr add 192.0.2.2/24 dev far0',
      'ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev far0',
    ].join(' && ');
    const alone = `${network} && PATH=${podCommands()} bash ${join(CHART, 'files/deny-probe.sh')}`;
    const environment = { PATH: process.env.PATH ?? '', FORBIDDEN: '192.0.2.1:443', TIMEOUT_SECONDS: '1' };
    expect(await run(['unshare', '--net', 'bash', '-c', alone], environment)).toEqual({
      status: 0,
      output: 'nothing of 192.0.2.1:443 can be reached\n',
    });
  });

  test('says so when a name has no address, and tries nothing', async () => {
    expect(await probe('no.such.invalid:443')).toEqual({
      status: 2,
      output: 'no.such.invalid:443 has no address, so that nothing was tried\n',
    });
  });

  test('is given addresses: who is stopped has no way to names, and must not be kept stopped for that', () => {
    const [{ value }] = plain[`CronJob ${NAME}-deny`].spec.jobTemplate.spec.template.spec.containers[0].env;
    expect(value.split(' ')).toEqual([
      '1.1.1.1:443',
      '169.254.169.254:80',
      '$(KUBERNETES_SERVICE_HOST):$(KUBERNETES_SERVICE_PORT)',
    ]);
  });
});
