import { parse } from 'yaml';
import { withEngine } from '../environments/engines';
import { loadFiles } from '../environments/files';
import { type Json, resources, synthesize } from '../project';
import { changesBetween, none } from './change';

/** An engine on the instance of a node: what of it there is, and what of the node is touched by it. */

type Changes = NonNullable<Parameters<typeof withEngine>[0]>;

const BESIDE = [
  '      type: arbitrage\n',
  '      type: arbitrage\n      placement: node\n      relays: [relay.flashbots.net]\n      secrets: { relay.key: prod/relay }\n',
] as const;
const stacks = (changes: Changes = {}): Readonly<Record<string, Json>> =>
  synthesize(loadFiles(withEngine({ ...changes, production: [BESIDE, ...(changes.production ?? [])] })));
const WITHOUT = synthesize(loadFiles(withEngine({ production: [['  enabled: true', '  enabled: false']] })));
const WITH = stacks();

const ENGINE = 'engine-flashloan-arbitrage';
const file = (stack: Json, path: string): string => {
  const [found] = Object.values(resources(stack)).filter(({ key }) => key === `engines/ethereum-mainnet-geth/${path}`);
  if (!found) throw new Error(`there is no ${path}`);
  return found.content.replaceAll('$${', '${');
};
const values = (stack: Json, name: RegExp): Json => {
  const [address] = Object.keys(resources(stack)).filter((one) => name.test(one));
  return parse(resources(stack)[address ?? ''].values[0].replaceAll('$${', '${'));
};
const bare = (addresses: readonly string[]) => addresses.map((address) => address.replace(`${ENGINE}_release-`, ''));

test('adding it replaces neither the instance nor a disk, and of the node only its release', () => {
  const { created, destroyed, changed, replaced } = changesBetween(WITHOUT, WITH).production ?? none;
  expect(destroyed).toEqual([]);
  expect(replaced).toEqual(['aws_ssm_association.ethereum-mainnet']);
  expect(changed).toEqual([
    'aws_iam_role_policy.monitoring-secrets_policy',
    'aws_s3_object.ethereum-mainnet-geth_release-composeyml',
    'aws_s3_object.ethereum-mainnet-geth_release-manifest',
    'aws_s3_object.ethereum-mainnet-geth_release-nodeenv',
    'helm_release.monitoring_kube-prometheus-stack',
    'helm_release.monitoring_objects',
    'terraform_data.ethereum-mainnet_members',
  ]);
  expect(created.filter((address) => address.includes(ENGINE) && !address.startsWith('aws_s3_object'))).toEqual([
    `aws_iam_role_policy.${ENGINE}_policy`,
    `aws_ssm_association.${ENGINE}`,
    `aws_ssm_document.${ENGINE}_document`,
    `aws_vpc_security_group_ingress_rule.${ENGINE}_metrics`,
    `terraform_data.${ENGINE}_member`,
  ]);
  expect(Object.keys(resources(WITH.production)).filter((one) => one.startsWith('helm_release.engine-'))).toEqual([]);
});

test('of the release of the node: it opens its socket and gives up memory', () => {
  const lines = (stack: Json, name: string) =>
    resources(stack)[
      Object.keys(resources(stack)).find((one) =>
        one.startsWith(`aws_s3_object.ethereum-mainnet-geth_release-${name}`),
      ) ?? ''
    ].content.split('\n') as string[];
  const gained = (name: string) =>
    lines(WITH.production, name).filter((line) => !lines(WITHOUT.production, name).includes(line));
  expect(gained('nodeenv')).toEqual(["RESERVED_MEMORY_MIB='4352'"]);
  const compose = gained('composeyml').map((line) => line.trim());
  expect(compose).toContain('- --ipcpath=/data/node.ipc');
  expect(compose.filter((line) => !/ipcpath|mem_limit|cache|MEM/i.test(line))).toEqual([]);
  const limit = (stack: Json) =>
    lines(stack, 'composeyml')
      .flatMap((line) => /mem_limit: (\d+)m/.exec(line)?.[1] ?? [])
      .reduce((sum, mib) => sum + Number(mib), 0);
  // The clients of the node share what is left.
  expect(Math.abs(limit(WITHOUT.production) - limit(WITH.production) - 4352)).toBeLessThanOrEqual(2);
});

test('it is told where the node is on its host', () => {
  expect(JSON.parse(file(WITH.production, 'files/engine.json'))).toMatchObject({
    engine: 'flashloan-arbitrage',
    chains: [
      {
        chain: 'ethereum',
        network: 'mainnet',
        rpc: 'http://198.18.0.1:8545',
        ws: 'ws://198.18.0.1:8546',
        ipc: '/node/ipc/node.ipc',
        dataDirectory: '/node/data',
      },
    ],
    relays: ['relay.flashbots.net'],
  });
});

test('its host is told what it may, and nothing of it is a secret', () => {
  const environment = file(WITH.production, 'engine.env');
  expect(environment.split('\n')).toEqual([
    "ENGINE='flashloan-arbitrage'",
    "STOPPED='no'",
    "GRACE_SECONDS='30'",
    "RESERVED_MEMORY_MIB='4352'",
    "IPC_SOCKET='/data/blockchain/nodes/chains/ethereum/data/mainnet/geth/node.ipc'",
    "NODE_PORTS='8545 8546'",
    "OTHER_PORTS=''",
    "EGRESS=''",
    "PROXY='yes'",
    "PROMETHEUS='http://metrics.production.chain.internal:9090'",
    "SECRETS='relay.key=prod/relay'",
    '',
  ]);
});

test('its containers are confined as pods are', () => {
  const { services, networks } = parse(file(WITH.production, 'compose.yml'));
  for (const service of Object.values<Json>(services))
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      cgroup_parent: 'mev-engine.slice',
      restart: 'no',
    });
  expect(services.engine).toMatchObject({
    user: '65532:65532',
    cpus: 2,
    mem_limit: '4096m',
    memswap_limit: '4096m',
    stop_grace_period: '30s',
    ports: ['8098:9090'],
    environment: { HTTPS_PROXY: 'http://198.18.0.3:3128' },
  });
  for (const { source, read_only } of services.engine.volumes) expect([source, read_only]).toEqual([source, true]);
  expect(services.engine).not.toHaveProperty('privileged');
  expect(services.engine).not.toHaveProperty('network_mode');
  expect(networks.default.driver_opts).toEqual({ 'com.docker.network.bridge.name': 'mev-engine' });
  expect(file(WITH.production, 'squid.conf')).toContain('acl listed dstdomain -n relay.flashbots.net\n');
});

test('its guard asks what KEDA would, and whether it is wanted', () => {
  const query = file(WITH.production, 'run.promql');
  expect(query).toBe(
    '(max(mev_engine_wanted{engine="flashloan-arbitrage",node="ethereum-mainnet-geth"}) == bool 1) * (max(ALERTS{alertname="Watchdog",alertstate="firing"}) == bool 1) * (max(chain_healthy{node=~"ethereum-mainnet-geth"}) == bool 1) * (1 - clamp_max(sum(ALERTS{alertstate="firing",action="kill",scope=~"global|arbitrage|flashloan-arbitrage|usdc"}) or vector(0), 1))\n',
  );
  expect(file(WITH.production, 'kill.promql')).toBe(
    'ALERTS{alertstate="firing",action="kill",scope=~"global|arbitrage|flashloan-arbitrage|usdc"}\n',
  );
});

test('it is watched as one in a pod is, by what its host tells', () => {
  const groups = JSON.parse(values(WITH.production, /^helm_release\.mev-kill-switch$/).rules).groups as Json[];
  const rules = groups.flatMap((group) => group.rules) as Json[];
  expect(groups.find(({ name }) => name === 'engines-beside-nodes').rules).toEqual([
    {
      record: 'mev_engine_wanted',
      expr: 'vector(1)',
      labels: { engine: 'flashloan-arbitrage', node: 'ethereum-mainnet-geth' },
    },
  ]);
  const of = (name: string) => rules.find(({ alert }) => alert === name);
  expect(of('PositionOverLimit').labels).toMatchObject({ action: 'kill', scope: 'usdc' });
  expect(of('EngineDown').expr).toContain('mev_host_wanted{engine="flashloan-arbitrage",node="ethereum-mainnet-geth"}');
  expect(of('KillSwitchEngaged').expr).toContain('mev_host_latched');
  const { additionalScrapeConfigs } = values(WITH.production, /kube-prometheus-stack/).prometheus.prometheusSpec;
  expect(additionalScrapeConfigs.find((one: Json) => one.job_name === 'mev-engine')).toMatchObject({
    scrape_interval: '15s',
    static_configs: [
      {
        targets: ['ethereum-mainnet-geth.production.chain.internal:8098'],
        labels: { namespace: 'mev-engines', engine: 'flashloan-arbitrage' },
      },
    ],
  });
});

test('hosts reach one question of Prometheus, by a name', () => {
  const { hostQueries } = values(WITH.production, /monitoring_objects/);
  expect(hostQueries).toMatchObject({
    enabled: true,
    port: 9090,
    prometheus: 'kube-prometheus-stack-prometheus.monitoring.svc.cluster.local:9090',
  });
  const record = Object.entries(resources(WITH.production)).find(([address]) => /host-queries-name/.test(address))?.[1];
  expect(record).toMatchObject({ name: 'metrics.production.chain.internal', type: 'CNAME' });
  expect(values(WITHOUT.production, /monitoring_objects/)).not.toHaveProperty('hostQueries');
});

test('its host may read its release and its secrets, and nobody else its secrets', () => {
  const policy = (name: RegExp): string =>
    Object.entries(resources(WITH.production)).find(([address]) => name.test(address))?.[1].policy;
  expect(policy(/engine-flashloan-arbitrage_policy/)).toMatch(
    /engines\/ethereum-mainnet-geth\/\*.*secret:prod\/relay-\?{6}/,
  );
  expect(policy(/mev-secrets_policy/)).not.toContain('prod/relay');
  expect(JSON.stringify(WITH.production)).not.toContain('kms:Sign');
});

describe('an edit changes', () => {
  const changes = (before: Changes, after: Changes) => changesBetween(stacks(before), stacks(after)).production;
  const RELEASED = {
    changed: ['manifest', 'helm_release.mev-kill-switch', `terraform_data.${ENGINE}_member`],
    replaced: [`aws_ssm_association.${ENGINE}`],
  };

  test('of a limit: a file and the rules', () => {
    const strategy = [['  slippage_tolerance: 0.005\n', '']] as const;
    const change = changes({ strategy }, { strategy, production: [['max_slippage: 0.02', 'max_slippage: 0.01']] });
    expect(bare(change?.changed ?? []).sort()).toEqual(
      ['aws_s3_object.files-limitsjson', 'aws_s3_object.manifest', ...RELEASED.changed.slice(1)].sort(),
    );
    expect(change).toMatchObject({ created: [], destroyed: [], replaced: RELEASED.replaced });
  });

  test('that stops it by commit: what its host is told, and what Prometheus says; the node keeps its memory away from it', () => {
    const stop = [['  enabled: true', '  enabled: true\n  emergency_stop: true']] as const;
    const change = changes({}, { production: stop });
    expect(bare(change?.changed ?? []).sort()).toEqual(
      ['aws_s3_object.engineenv', 'aws_s3_object.manifest', ...RELEASED.changed.slice(1)].sort(),
    );
    expect(change).toMatchObject({ created: [], destroyed: [], replaced: RELEASED.replaced });
    const stopped = stacks({ production: stop }).production;
    expect(file(stopped, 'engine.env')).toContain("STOPPED='yes'");
    expect(values(stopped, /^helm_release\.mev-kill-switch$/).rules).not.toContain('mev_engine_wanted');
  });

  test('that takes it away destroys nothing but what is its own', () => {
    const { destroyed } = changesBetween(WITH, WITHOUT).production ?? none;
    expect(
      destroyed.filter((address) => /aws_(instance|ebs_volume|volume_attachment|security_group\.)/.test(address)),
    ).toEqual([]);
  });
});

test('another chain is read in the VPC', () => {
  const { production } = stacks({
    production: [
      ['mev:\n', '  polygon:\n    networks: [mainnet]\n    clients: [bor]\nmev:\n'],
      ['  risk_limits:', '      beside: ethereum-mainnet-geth\n  risk_limits:'],
    ],
    strategy: [['chains: [ethereum]', 'chains: [ethereum, polygon]']],
  });
  const { chains } = JSON.parse(file(production, 'files/engine.json'));
  expect(chains[1].rpc).toBe('http://polygon-mainnet-bor.production.chain.internal:8545');
  expect(chains[1]).not.toHaveProperty('ipc');
  expect(file(production, 'engine.env')).toContain("OTHER_PORTS='8545 8546'");
  expect(file(production, 'run.promql')).toContain('chain_healthy{node=~"polygon-mainnet-bor"}');
});

test('what makes load balancers is there for the questions of its host, without logs as well', () => {
  const services = (of: Json) =>
    Object.keys(resources(of)).filter((address) => /aws-load-balancer-controller_[0-9A-F]+$/.test(address));
  expect(services(WITHOUT.production)).toEqual([]);
  expect(services(WITH.production).some((address) => address.startsWith('helm_release.'))).toBe(true);
});
