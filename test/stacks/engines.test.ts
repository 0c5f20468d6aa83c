import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { NAMESPACE } from '../../constructs/kill-switch';
import { mevDashboards } from '../../constructs/monitoring-stack';
import { DIGEST, PRODUCTION, STRATEGY, withEngine } from '../environments/engines';
import { loadFiles } from '../environments/files';
import { type Json, resources, synthesize } from '../project';
import { changesBetween, none } from './change';

/** What of an environment is of engines, and what an edit of a strategy or a limit changes. */

type Changes = NonNullable<Parameters<typeof withEngine>[0]>;

const stacks = (changes: Changes = {}): Readonly<Record<string, Json>> => synthesize(loadFiles(withEngine(changes)));

const ADDRESS = 'helm_release.engine-flashloan-arbitrage';
const valuesOf = (stack: Json, address: string): Json =>
  parse(resources(stack)[address].values[0].replaceAll('$${', '${'));
const find = (stack: Json, pattern: RegExp): string => {
  const [found, ...more] = Object.keys(resources(stack)).filter((address) => pattern.test(address));
  if (found === undefined || more.length > 0) throw new Error(`${pattern}: ${[found, ...more].join(', ')}`);
  return found;
};

const PLAIN = stacks();
const engine = (stack: Json = PLAIN.production): Json => valuesOf(stack, ADDRESS);

/** A second strategy of the same engine, and one of another. */
const OTHER = STRATEGY.replace('name: USDC', 'name: Other').replace('engine: flashloan_arbitrage', 'engine: other');
const OTHER_ENGINE = [
  '  risk_limits:',
  `    other: { type: arbitrage, subtype: cross-chain, image: "a/b@sha256:${'b'.repeat(64)}" }\n  risk_limits:`,
] as const;

describe('an engine', () => {
  test('is one release, with files that say what it is, what it does and what not', () => {
    const { files, strategies } = engine();
    expect(JSON.parse(files['engine.json'])).toEqual({
      version: 1,
      engine: 'flashloan-arbitrage',
      environment: 'production',
      type: 'arbitrage',
      subtype: 'cross-chain',
      chains: [
        {
          chain: 'ethereum',
          network: 'mainnet',
          chainId: 1,
          rpc: 'http://ethereum-mainnet-geth.production.chain.internal:8545',
          ws: 'ws://ethereum-mainnet-geth.production.chain.internal:8546',
        },
      ],
      relays: [],
    });
    expect(JSON.parse(files['limits.json'])).toMatchObject({
      version: 1,
      loss: { maxHourlyLoss: { value: '10', unit: 'ETH' } },
      strategies: { usdc: { maxPositionSize: { value: '10000', unit: 'USDC' } } },
    });
    expect(JSON.parse(strategies['usdc.json'])).toMatchObject({
      name: 'usdc',
      mode: 'live',
      parameters: { max_position_size: 10000 },
      execution: { engine: 'flashloan_arbitrage' },
    });
  });

  test('runs in the zone of the node that it reads, and reaches nothing but that', () => {
    const { zone, reads, egress, proxy, cloud } = engine();
    expect(zone).toBe('eu-central-1a');
    expect({ ...reads, vpc: reads.vpc.map(({ ports }: Json) => ports) }).toEqual({
      namespaces: [],
      vpc: [[8545, 8546]],
    });
    expect({ egress, domains: proxy.domains, cloud }).toEqual({ egress: [], domains: [], cloud: false });
  });

  test('is stopped by what concerns it, and by what is not known', () => {
    const { keda, scopes } = engine();
    expect(scopes).toEqual(['global', 'arbitrage', 'flashloan-arbitrage', 'usdc']);
    expect(keda.query).toBe(
      '(max(ALERTS{alertname="Watchdog",alertstate="firing"}) == bool 1) * (max(chain_healthy{node=~"ethereum-mainnet-geth"}) == bool 1) * (1 - clamp_max(sum(ALERTS{alertstate="firing",action="kill",scope=~"global|arbitrage|flashloan-arbitrage|usdc"}) or vector(0), 1))',
    );
  });

  test('is told of the wallets that its rules watch', () => {
    const image = `      image: ghcr.io/acme/engine@${DIGEST}\n`;
    const wallet =
      '        hot: { address: "0x00000000219ab540356cbb839cbe05303d7705fa", chain: ethereum, max_outflow: 20 ETH }\n';
    const { files, rules } = engine(stacks({ production: [[image, `${image}      wallets:\n${wallet}`]] }).production);
    expect(JSON.parse(files['engine.json']).wallets).toEqual([
      { chain: 'ethereum', network: 'mainnet', address: '0x00000000219ab540356cbb839cbe05303d7705fa' },
    ]);
    const found = JSON.parse(rules).groups.flatMap((group: Json) => group.rules);
    const { expr, labels } = found.find(({ alert }: Json) => alert === 'WalletOutflowUnexpected');
    expect(expr).toMatch(/wallet="0x00000000219ab540356cbb839cbe05303d7705fa".* > 20$/);
    expect(labels).toMatchObject({ action: 'kill', scope: 'flashloan-arbitrage' });
  });

  test('has rules that ask for just the limits that it was given', () => {
    const { files, rules } = engine();
    const sha256 = createHash('sha256').update(files['limits.json']).digest('hex');
    const found = JSON.parse(rules).groups.flatMap((group: Json) => group.rules);
    expect(found.find(({ alert }: Json) => alert === 'EngineIgnoresLimits').expr).toContain(`sha256="${sha256}"`);
    expect(found.find(({ alert }: Json) => alert === 'PositionOverLimit').expr).toMatch(/unit="USDC".*> 10000$/);
    const kills = found.filter(({ labels }: Json) => labels.action === 'kill');
    expect(kills.length).toBeGreaterThan(4);
    for (const { labels } of kills) expect(['usdc', 'flashloan-arbitrage']).toContain(labels.scope);
  });

  test('signs with a key that is there, of the right kind, and nobody else may', () => {
    const key = [
      '      type: arbitrage',
      '      signing_key: alias/mev\n      relays: [relay.flashbots.net]\n      type: arbitrage',
    ] as const;
    const { production } = stacks({ production: [key] });
    const [[, data]] = Object.entries<Json>(production.data.aws_kms_key) as [[string, Json]];
    expect(data.key_id).toBe('alias/mev');
    expect(data.lifecycle.postcondition[0].condition).toBe(
      '${self.customer_master_key_spec == "ECC_SECG_P256K1" && self.enabled}',
    );
    const policy = resources(production)[find(production, /aws_iam_role_policy\.engine-/)].policy;
    expect(policy).toMatch(
      /"Action" = \["kms:Sign", "kms:GetPublicKey"\], "Resource" = \[data\.aws_kms_key\.[\w-]*\.arn\]\}/,
    );
    expect(valuesOf(production, ADDRESS).proxy.domains).toEqual([
      'kms.eu-central-1.amazonaws.com',
      'relay.flashbots.net',
    ]);
    expect(valuesOf(production, ADDRESS).cloud).toBe(true);
    expect(JSON.parse(valuesOf(production, ADDRESS).files['engine.json']).signingKey).toBe('alias/mev');
    expect(JSON.stringify(PLAIN)).not.toContain('kms:Sign');
  });

  test('has its secrets as files, from a store that reads these and no others', () => {
    const secret = [
      '      type: arbitrage',
      '      secrets: { relay.key: prod/relay }\n      type: arbitrage',
    ] as const;
    const { production } = stacks({ production: [secret] });
    expect(valuesOf(production, ADDRESS).secrets).toEqual([
      { file: 'relay.key', name: 'flashloan-arbitrage-relay-key', key: 'value', remote: 'prod/relay' },
    ]);
    const { policy } = resources(production)[find(production, /aws_iam_role_policy\.mev-secrets/)];
    expect([...policy.matchAll(/:secret:([^"]*)-\?{6}"/g)].map(([, name]) => name)).toEqual([
      'kill-switch',
      'prod/relay',
    ]);
  });

  test('that is stopped by commit has no Deployment, and nothing that would make one', () => {
    const stop = ['  enabled: true', '  enabled: true\n  emergency_stop: true'] as const;
    const { production } = stacks({ production: [stop] });
    expect(valuesOf(production, ADDRESS).stopped).toBe(true);
    expect(changesBetween(PLAIN, { production }).production).toEqual({ ...none, changed: [ADDRESS] });
  });
});

describe('order flow of an engine', () => {
  const takes = (names: string) =>
    ['      type: arbitrage', `      order_flow: [${names}]\n      type: arbitrage`] as const;
  const GATEWAY = [
    '    clients: [geth]',
    '    clients: [geth]\n    optional_processes: [bdn-gateway]\n    order_flow: { bdn_gateway: { certificate_secret: bdn/certificate, key_secret: bdn/key, authorization_secret: bdn/header } }',
  ] as const;
  const ENDPOINTS = [
    '  risk_limits:',
    `  protected_rpc:
    flashbots: { chain: ethereum, network: mainnet, url: "https://rpc.flashbots.net/fast" }
    with_token: { chain: ethereum, network: mainnet, secret: prod/rpc, domain: rpc.example.com }
  risk_limits:`,
  ] as const;
  const all = stacks({ production: [takes('bdn-gateway, flashbots, with_token'), GATEWAY, ENDPOINTS] }).production;

  test('is told to it: addresses, and files of those that are secret', () => {
    expect(JSON.parse(engine(all).files['engine.json']).orderFlow).toEqual([
      {
        name: 'bdn-gateway',
        kind: 'bdn-gateway',
        chain: 'ethereum',
        network: 'mainnet',
        url: 'ws://ethereum-mainnet-geth.production.chain.internal:28333/ws',
        authorization: { header: 'Authorization', file: 'bdn-gateway-ethereum-authorization' },
      },
      {
        name: 'flashbots',
        kind: 'protected-rpc',
        chain: 'ethereum',
        network: 'mainnet',
        url: 'https://rpc.flashbots.net/fast',
      },
      {
        name: 'with_token',
        kind: 'protected-rpc',
        chain: 'ethereum',
        network: 'mainnet',
        file: 'protected-rpc-with-token',
      },
    ]);
    expect(JSON.parse(engine().files['engine.json'])).not.toHaveProperty('orderFlow');
  });

  test('is let through: the one port beside the node, and domains by the proxy', () => {
    const { reads, proxy, egress } = engine(all);
    expect(reads.vpc.map(({ ports }: Json) => ports)).toEqual([[8545, 8546, 28_333]]);
    expect({ namespaces: reads.namespaces, egress, domains: proxy.domains }).toEqual({
      namespaces: [],
      egress: [],
      domains: ['rpc.example.com', 'rpc.flashbots.net'],
    });
  });

  test('has its secrets as files, from the store that may read them; the node has its own, and the engine not those', () => {
    expect(engine(all).secrets.map(({ file, remote }: Json) => [file, remote])).toEqual([
      ['bdn-gateway-ethereum-authorization', 'bdn/header'],
      ['protected-rpc-with-token', 'prod/rpc'],
    ]);
    const named = (pattern: RegExp): string[] =>
      [...resources(all)[find(all, pattern)].policy.matchAll(/:secret:([^"]*)-\?{6}"/g)].map(
        ([, name]) => name as string,
      );
    expect(named(/aws_iam_role_policy\.mev-secrets/)).toEqual(['bdn/header', 'kill-switch', 'prod/rpc']);
    expect(new Set(named(/aws_iam_role_policy\.ethereum-mainnet-geth_role/))).toEqual(
      new Set(['bdn/certificate', 'bdn/key']),
    );
  });

  test('that it does not take any more is the engine alone', () => {
    const before = { production: stacks({ production: [takes('flashbots'), ENDPOINTS] }).production };
    const after = { production: stacks({ production: [ENDPOINTS] }).production };
    expect(changesBetween(before, after).production).toEqual({ ...none, changed: [ADDRESS] });
  });

  test('of Arbitrum and Solana is at the nodes that run it, the one that it reads first', () => {
    const chains = [
      'chains:\n  ethereum:\n    networks: [mainnet]\n    clients: [geth]\n',
      `network: { p2p: { mode: public } }
chains:
  ethereum: { networks: [mainnet], clients: [geth], blob_custody: semi }
  arbitrum: { networks: [mainnet], clients: [nitro], replicas: 2, optional_processes: [feed-relay], nodes: { mainnet-nitro-1: { optional_processes: [] } } }
  solana:
    networks: [mainnet]
    clients: [agave]
    optional_processes: [shredstream-proxy]
    order_flow: { shredstream_proxy: { regions: [frankfurt], keypair_secret: jito } }
`,
    ] as const;
    const strategy = [['chains: [ethereum]', 'chains: [arbitrum, solana]']] as const;
    const { production } = stacks({ production: [takes('feed-relay, shredstream-proxy'), chains], strategy });
    const flow = JSON.parse(engine(production).files['engine.json']).orderFlow;
    expect(flow.map(({ kind, url }: Json) => [kind, url])).toEqual([
      ['feed-relay', 'ws://arbitrum-mainnet-nitro-2.production.chain.internal:9642'],
      ['shredstream-proxy', 'http://solana-mainnet-agave.production.chain.internal:9999'],
    ]);
    expect(engine(production).reads.vpc.map(({ ports }: Json) => ports)).toEqual([
      [8547, 8548, 8899, 8900, 9642, 9999],
    ]);
  });

  test('in a cluster that is anywhere is reached in its namespace', () => {
    const { production } = stacks({
      production: [
        takes('bdn-gateway'),
        ['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: ~/.kube/config, context: kind }'],
        [
          '    clients: [geth]',
          '    clients: [geth]\n    hosting: kubernetes\n    optional_processes: [bdn-gateway]\n    order_flow: { bdn_gateway: { certificate_secret: bdn, key_secret: bdn, authorization_secret: bdn-header } }',
        ],
      ],
    });
    const { reads, secrets } = valuesOf(production, ADDRESS);
    expect(reads).toEqual({ namespaces: [{ namespace: 'blockchain', ports: [8545, 8546, 28_333] }], vpc: [] });
    expect(secrets).toEqual([
      {
        file: 'bdn-gateway-ethereum-authorization',
        name: 'bdn-header',
        key: 'bdn-gateway-ethereum-authorization',
        remote: 'bdn-header',
      },
    ]);
    const node = valuesOf(production, find(production, /helm_release\.ethereum-mainnet-geth$/));
    expect(node.given.map(({ file, name }: Json) => `${name}/${file}`)).toEqual([
      'bdn/bdn-certificate.pem',
      'bdn/bdn-key.pem',
    ]);
  });
});

describe('the switch', () => {
  test('is told of every alert that stops, at once, with a token', () => {
    const { alertmanager } = valuesOf(PLAIN.production, find(PLAIN.production, /kube-prometheus-stack/));
    const { route, receivers } = alertmanager.config;
    expect(route.routes[1]).toEqual({
      matchers: ['action="kill"', 'environment="production"'],
      receiver: 'kill-switch',
      group_by: ['scope'],
      group_wait: '0s',
      group_interval: '10s',
      repeat_interval: '1m',
      continue: true,
    });
    expect(receivers.find(({ name }: Json) => name === 'kill-switch').webhook_configs).toEqual([
      {
        url: 'http://mev-stop-eventsource-svc.mev-engines.svc.cluster.local:12000/stop',
        send_resolved: false,
        http_config: {
          authorization: {
            type: 'Bearer',
            credentials_file: '/etc/alertmanager/secrets/alertmanager-kill-switch/token',
          },
        },
      },
    ]);
    expect(alertmanager.alertmanagerSpec.secrets).toContain('alertmanager-kill-switch');
  });

  test('has the rules over all engines, and KEDA may ask Prometheus', () => {
    const { rules, token } = valuesOf(PLAIN.production, 'helm_release.mev-kill-switch');
    expect(token).toEqual({ name: 'kill-switch', key: 'token', remote: 'kill-switch' });
    const names = JSON.parse(rules).groups.flatMap((group: Json) => group.rules.map(({ alert }: Json) => alert));
    expect(names).toEqual(expect.arrayContaining(['HourlyLoss', 'DailyLoss', 'EmergencyStopLoss', 'KillSwitchBroken']));
    const { reach } = valuesOf(PLAIN.production, find(PLAIN.production, /monitoring_objects/));
    expect(reach.namespaces).toContain('keda');
  });

  test('an environment without engines has nothing of it', () => {
    const off = stacks({ production: [['  enabled: true', '  enabled: false']] });
    expect(JSON.stringify(off)).not.toMatch(/kill-switch|mev-engines|argo-events|cluster-services_keda/);
  });
});

describe('an edit changes', () => {
  const changes = (before: Changes, after: Changes) => changesBetween(stacks(before), stacks(after)).production;

  test('of a limit: the file that is mounted and the rules', () => {
    const tighter = [['max_position_size: 10000', 'max_position_size: 9000']] as const;
    expect(changes({}, { strategy: tighter })).toEqual({ ...none, changed: [ADDRESS] });
    const [before, after] = [engine(), engine(stacks({ strategy: tighter }).production)];
    const rest = ({ files, rules, strategies, ...other }: Json) => ({ ...other, engine: files['engine.json'] });
    expect(rest(after)).toEqual(rest(before));
    expect(JSON.parse(after.files['limits.json']).strategies.usdc.maxPositionSize.value).toBe('9000');
    expect(after.rules).toContain('> 9000');
  });

  test('of a limit of the environment: the file and the rules, and no strategy', () => {
    const tighter = [['max_slippage: 0.02', 'max_slippage: 0.01']] as const;
    const strategy = [['  slippage_tolerance: 0.005\n', '']] as const;
    const [before, after] = [stacks({ strategy }), stacks({ strategy, production: tighter })];
    expect(changesBetween(before, after).production).toEqual({ ...none, changed: [ADDRESS] });
    expect(engine(after.production).strategies).toEqual(engine(before.production).strategies);
  });

  test('of a stage: the engine of the strategy that was moved, and no other', () => {
    const at = (stage: string): Changes => ({
      production: [OTHER_ENGINE],
      files: {
        [`strategies/${stage}/two.yml`]: STRATEGY.replace('name: USDC', 'name: Two'),
        'strategies/active/third.yml': OTHER,
      },
    });
    expect(changes(at('testing'), at('active'))).toEqual({ ...none, changed: [ADDRESS] });
  });

  test('that brings an engine: it, its switch and what is told of its name', () => {
    const with_ = { production: [OTHER_ENGINE], files: { 'strategies/active/third.yml': OTHER } };
    expect(changes({ production: [OTHER_ENGINE] }, with_)).toEqual({
      ...none,
      created: ['helm_release.engine-other'],
      changed: ['helm_release.mev-kill-switch'],
    });
  });
});

test('on a cluster that is anywhere it takes nothing of AWS, and secrets by their own names', () => {
  const { production } = stacks({
    production: [
      ['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: ~/.kube/config, context: kind }'],
      ['    clients: [geth]', '    clients: [geth]\n    hosting: kubernetes'],
      ['  risk_limits:', '      secrets: { relay.key: relay }\n  risk_limits:'],
    ],
  });
  expect(Object.keys(resources(production)).filter((address) => address.startsWith('aws_'))).toEqual([]);
  const { secrets, secretStore, reads } = valuesOf(production, ADDRESS);
  expect({ secrets, secretStore }).toEqual({
    secrets: [{ file: 'relay.key', name: 'relay', key: 'relay.key', remote: 'relay' }],
    secretStore: undefined,
  });
  expect(reads).toEqual({ namespaces: [{ namespace: 'blockchain', ports: [8545, 8546] }], vpc: [] });
  expect(Object.keys(resources(production)).filter((address) => /keda/.test(address))).toHaveLength(2);
});

test('what is read by the gateway runs while a pod of it answers', () => {
  const { production } = stacks({
    production: [
      [
        'chains:\n  ethereum',
        'global: { security: { api_rate_limits: { default: 10/second } } }\ngateway: {}\nchains:\n  ethereum',
      ],
    ],
  });
  const { keda, reads, zone } = valuesOf(production, ADDRESS);
  expect(keda.query).toContain('(max(up{namespace="rpc-gateway",endpoint="metrics"}) == bool 1) * (max(chain_healthy');
  expect({ reads, zone }).toEqual({
    reads: { namespaces: [{ namespace: 'rpc-gateway', ports: [4000, 4002] }], vpc: [] },
    zone: undefined,
  });
});

test('dashboards look for engines where they are', () => {
  const texts = JSON.stringify(mevDashboards());
  expect(texts).toContain(`namespace=\\\\\\"${NAMESPACE}`);
});

test('no environment of this kind names what is in a secret', () => {
  expect(PRODUCTION).toContain('kill_switch_secret');
  expect(
    Object.keys(resources(PLAIN.production)).filter((address) => /secret_version|kubernetes_secret/.test(address)),
  ).toEqual([]);
});
