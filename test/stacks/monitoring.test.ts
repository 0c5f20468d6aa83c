import { parse } from 'yaml';
import { dashboards } from '../../constructs/monitoring-stack';
import { type Edits, type Json, load, resources, synthesize } from '../project';

/** What an environment is watched with, and what of its own knows that it is. */

/** Development is a host, a pod beside it that is its second replica, and a gateway over both. */
const NODES = `global: { logging: { retention: 5d } }
kubernetes: { cluster: mev }
aws: { kms_key: alias/chain-data }
alarms: { disk_used_percent: 70 }
gateway: {}
chains:
  ethereum:
    networks: [sepolia]
    replicas: 2
    nodes: { sepolia-geth-2: { hosting: kubernetes } }
`;
const MONITORED = `${NODES}monitoring:
  retention: 7d
  size: 50 GiB
  replicas: 2
  logs: loki
  log_size: 20 GiB
  grafana_admin_secret: dev/grafana
  runbooks: https://wiki.test/runbooks
  receivers:
    slack: { secret: dev/slack, channel: "#alerts", channels: { chains: "#chains" } }
    pagerduty: { secret: dev/pager, teams: { chains: dev/pager-chains } }
    sns: { topic_arn: "arn:aws:sns:eu-central-1:123456789012:alerts" }
    dead_mans_switch: { secret: dev/slack }
`;
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';
const LOGS = 'monitoring: { grafana_admin_secret: grafana, logs: loki }\n';

/** Hosts in a zone whose name nobody knows yet, and nobody who keeps logs. */
const NO_LOGS = `kubernetes: { cluster: mev-staging }
network: { dns_zone: { id: Z0123456789ABC } }
chains: { ethereum: { networks: [sepolia, hoodi] } }
monitoring: { grafana_admin_secret: grafana }
`;
const PODS_ELSEWHERE = `kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev, storage_class: fast }
chains: { ethereum: { hosting: kubernetes } }
monitoring:
  logs: loki
  grafana_admin_secret: grafana
  receivers: { webhook: { secret: alert-hook } }
`;
const PODS_ON_EKS = `kubernetes: { cluster: mev-staging }
backup: { schedule: rate(1 day) }
chains: { ethereum: { hosting: kubernetes, backup: true } }
monitoring: { grafana_admin_secret: grafana, logs: elasticsearch, replicas: 2, log_size: 300 GiB }
`;
/** Which a cluster that may be anywhere does not reach, and whose own disks nothing protects. */
const HOSTS_ELSEWHERE = `${ELSEWHERE}protect: true\nstate: { bucket: acme-tfstate }\n${LOGS.replace('loki', 'loki, receivers: { dead_mans_switch: { secret: a } }')}`;

/** By environment; those that are not named are not synthesized. */
function stacks(texts: Readonly<Record<string, string>>): Readonly<Record<string, Json>> {
  const edits = ['development', 'staging', 'production'].map(
    (name): Edits => ({
      [`${name}/overrides.yml`]: () => texts[name] ?? 'chains: null\n',
      [`${name}/nodes.lock.yml`]: () => 'nodes: {}\n',
    }),
  );
  const { environments } = load(Object.assign({}, ...edits), { unlocked: ['production'] });
  return synthesize({ environments: environments.filter(({ name }) => name in texts) });
}

const {
  development: monitored,
  staging: noLogs,
  production: podsElsewhere,
} = stacks({ development: MONITORED, staging: NO_LOGS, production: PODS_ELSEWHERE });
const {
  development: plain,
  staging: podsOnEks,
  production: hostsElsewhere,
} = stacks({ development: NODES, staging: PODS_ON_EKS, production: HOSTS_ELSEWHERE });

const readable = (address: string): string => address.replace(/_[0-9A-F]{8}$/, '');

/** Resources by address, without the hashes that cdktf appends. */
const byAddress = (stack: Json): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(resources(stack)).map(([address, body]) => [readable(address), body]));

const addresses = (stack: Json, pattern: RegExp): string[] =>
  Object.keys(byAddress(stack))
    .filter((address) => pattern.test(address))
    .sort();

const release = (stack: Json, name: string): Json => byAddress(stack)[`helm_release.${name}`];
const STACK = 'monitoring_kube-prometheus-stack';

/** Text as it is once Terraform has read it. */
const unescaped = (text: string): string => text.replaceAll('$${', '${').replaceAll('%%{', '%{');
const values = (stack: Json, name: string): Json => parse(unescaped(release(stack, name).values[0]));

/** Everything that must be there before, however many steps away. */
function before(stack: Json, address: string): Set<string> {
  const all = byAddress(stack);
  const found = new Set<string>();
  const queue = [address];
  for (const one of queue)
    for (const next of (all[one]?.depends_on ?? []).map(readable)) {
      if (!found.has(next)) queue.push(next);
      found.add(next);
    }
  return found;
}

const scraped = (stack: Json): Json[] =>
  values(stack, STACK).prometheus.prometheusSpec.additionalScrapeConfigs?.flatMap(({ static_configs: targets }: Json) =>
    targets.map(({ targets: [target], labels: { node } }: Json) => [node, target]),
  ) ?? [];

const rulesOf = (stack: Json): Json[] =>
  values(stack, STACK).additionalPrometheusRulesMap['chain-nodes'].groups.flatMap(({ rules }: Json) => rules);

const rule = (stack: Json, name: string): Json => rulesOf(stack).find(({ alert }) => alert === name);

const releaseFile = (stack: Json, node: string, file: string): string | undefined =>
  byAddress(stack)[`aws_s3_object.${node}_release-${file}`]?.content;

const FIREWALL_9100 = /firewall_host-metrics$/;

describe('on EKS', () => {
  test('secrets are there before anything that reads them, and pods and the gateway after what finds them', () => {
    const secrets = 'helm_release.cluster-services_external-secrets';
    expect(before(monitored, `helm_release.${STACK}`)).toContain(secrets);
    expect(before(monitored, `helm_release.${STACK}`)).toContain(
      'kubernetes_storage_class_v1.disk-classes_gp3-3000-125',
    );
    for (const name of ['ethereum-sepolia-geth-2', 'rpc-gateway'])
      expect(release(monitored, name).depends_on.map(readable)).toContain(`helm_release.${STACK}`);
    expect(before(podsOnEks, 'helm_release.ethereum-sepolia-geth')).toContain(`helm_release.${STACK}`);
  });

  test('one role reads what is named, each once, and nothing else', () => {
    expect(addresses(monitored, /^aws_iam_role\.[^_]*secrets$/)).toEqual(['aws_iam_role.monitoring-secrets']);
    const { policy } = byAddress(monitored)['aws_iam_role_policy.monitoring-secrets_policy'];
    const read = [...policy.matchAll(/:secret:([^"]+)"/g)].map(([, secret]) => secret);
    expect(read).toEqual(['dev/grafana', 'dev/pager', 'dev/pager-chains', 'dev/slack'].map((name) => `${name}-??????`));
    const { secretStore, login } = values(monitored, 'monitoring_objects');
    expect(secretStore).toEqual({ region: 'eu-central-1', role: '${aws_iam_role.monitoring-secrets.arn}' });
    expect(login.remote).toBe('dev/grafana');
  });

  test('pods and the gateway say where their metrics are', () => {
    expect(values(monitored, 'ethereum-sepolia-geth-2').serviceMonitor.enabled).toBe(true);
    expect(values(monitored, 'rpc-gateway').serviceMonitor.enabled).toBe(true);
  });

  test('services of the cluster are asked and watched, those that are there and no others', () => {
    const asked = (stack: Json): Json[] =>
      (values(stack, STACK).prometheus.additionalPodMonitors ?? []).map(
        ({ name, namespaceSelector: { matchNames }, podMetricsEndpoints }: Json) => [
          name,
          matchNames,
          podMetricsEndpoints,
        ],
      );
    const of = (name: string, port: string) => [name, [name], [{ port, honorLabels: true }]];
    expect(asked(monitored)).toEqual([of('cert-manager', 'http-metrics'), of('external-secrets', 'metrics')]);
    expect(asked(podsOnEks)).toEqual([of('external-secrets', 'metrics')]);
    expect(asked(podsElsewhere)).toEqual([]);
    for (const name of ['CertificateExpires', 'SecretNotSynced']) expect(rule(monitored, name)).toBeDefined();
    expect(rule(podsOnEks, 'CertificateExpires')).toBeUndefined();
    expect(rule(podsOnEks, 'SecretNotSynced')).toBeDefined();
    expect(rule(monitored, 'ClusterMetricsMissing').expr).toContain('certmanager_certificate');
  });

  test('it keeps and tells what the configuration says', () => {
    const { prometheus, alertmanager, grafana } = values(monitored, STACK);
    const { replicas, retention, storageSpec } = prometheus.prometheusSpec;
    expect({ replicas, retention }).toEqual({ replicas: 2, retention: '7d' });
    expect(storageSpec.volumeClaimTemplate.spec).toMatchObject({
      storageClassName: 'development-chain-data-gp3-3000-125',
      resources: { requests: { storage: '50Gi' } },
    });
    const { loki, singleBinary } = values(monitored, 'monitoring_loki');
    expect([loki.limits_config.retention_period, singleBinary.persistence.size]).toEqual(['120h', '20Gi']);
    expect(JSON.stringify(alertmanager.config)).toMatch(/"#chains".*arn:aws:sns:eu-central-1:123456789012:alerts/);
    expect(alertmanager.config.inhibit_rules.length).toBeGreaterThan(5);
    expect(grafana.admin.existingSecret).toBe('grafana-admin');
    expect(rule(monitored, 'DiskFull').annotations.runbook_url).toBe('https://wiki.test/runbooks/disk-full.md');
  });

  test('logs lie in a bucket with the key of the environment', () => {
    const key = '${data.aws_kms_key.disk-key.arn}';
    const { rule: rules } =
      byAddress(monitored)['aws_s3_bucket_server_side_encryption_configuration.monitoring_log-bucket_encryption'];
    expect(rules[0].apply_server_side_encryption_by_default).toEqual({
      sse_algorithm: 'aws:kms',
      kms_master_key_id: key,
    });
    expect(byAddress(monitored)['aws_iam_role_policy.monitoring_loki-role_policy'].policy).toContain(
      'kms:GenerateDataKey',
    );
  });

  test('logs of pods alone need no load balancer, and no name', () => {
    expect(addresses(podsOnEks, /load-balancer|log-receiver|^aws_(route53|s3|vpc)/)).toEqual([]);
    const inVpc = stacks({ staging: `${PODS_ON_EKS}network: { p2p: { mode: public } }\n` }).staging;
    expect(addresses(inVpc, /aws_eip/)).toHaveLength(1);
    for (const stack of [podsOnEks, inVpc])
      expect(values(stack, 'monitoring_objects')).not.toHaveProperty('logReceiver');
    expect(release(podsOnEks, 'monitoring_elastic-stack').values[0]).toContain('300Gi');
    expect(scraped(podsOnEks)).toEqual([]);
  });
});

describe('a host', () => {
  const host = 'ethereum-sepolia-geth';

  test('is asked by the VPC, and by nobody else, at the port of its exporter', () => {
    expect(addresses(monitored, FIREWALL_9100)).toEqual([
      `aws_vpc_security_group_ingress_rule.${host}_firewall_host-metrics`,
    ]);
    expect(addresses(noLogs, FIREWALL_9100)).toHaveLength(2);
    const rules = byAddress(monitored)[`aws_vpc_security_group_ingress_rule.${host}_firewall_host-metrics`];
    expect(rules).toMatchObject({ from_port: 9100, to_port: 9100, ip_protocol: 'tcp' });
    expect(rules.cidr_ipv4).toMatch(/^\$\{data\.aws_vpc\.network_vpc_[0-9A-F]{8}\.cidr_block\}$/);
  });

  test('is told to answer, and to ship its logs where somebody keeps them', () => {
    for (const stack of [monitored, noLogs])
      expect(releaseFile(stack, host, 'nodeenv')).toContain("\nHOST_METRICS='yes'\n");
    const { agent } = parse(releaseFile(monitored, host, 'agent-composeyml') ?? '').services;
    expect(agent.environment).toEqual({
      LOGS_URL: 'http://logs.development.chain.internal:3100/loki/api/v1/push',
      ENVIRONMENT: 'development',
      NODE: host,
      CHAIN: 'ethereum',
      NETWORK: 'sepolia',
      CLIENT: 'geth',
    });
    expect(releaseFile(monitored, host, 'manifest')).toMatch(/^[0-9a-f]{64} {2}agent\/compose\.yml$/m);
    expect(addresses(noLogs, /release-agent|log-receiver|load-balancer/)).toEqual([]);
  });

  test('finds the receiver of logs by a name of the zone, from the VPC alone', () => {
    const { '//': _, ...record } = byAddress(monitored)['aws_route53_record.monitoring_log-receiver-name'];
    expect(record).toMatchObject({ name: 'logs.development.chain.internal', type: 'CNAME' });
    expect(record.zone_id).toMatch(/^\$\{aws_route53_zone\.network_dns-zone_[0-9A-F]{8}\.zone_id\}$/);
    expect(values(monitored, 'monitoring_objects').logReceiver).toMatchObject({
      enabled: true,
      port: 3100,
      sourceRanges: [expect.stringMatching(/^\$\{data\.aws_vpc\.network_vpc_[0-9A-F]{8}\.cidr_block\}$/)],
    });
    const balancer = 'helm_release.cluster-services_aws-load-balancer-controller';
    expect(before(monitored, 'helm_release.monitoring_objects')).toContain(balancer);
  });

  test('is scraped by its private name, and no pod is', () => {
    const at = `${host}.development.chain.internal`;
    expect(scraped(monitored)).toEqual([
      [host, `${at}:6060`],
      [host, `${at}:5054`],
      [host, `${at}:9100`],
    ]);
  });

  test('is scraped by a name that Terraform fills in, where the zone is known by its id', () => {
    const at = (id: string, port: number): Json => [
      id,
      expect.stringMatching(
        new RegExp(`^${id}\\.\\$\\{data\\.aws_route53_zone\\.network_dns-zone_[0-9A-F]{8}\\.name\\}:${port}$`),
      ),
    ];
    const hoodi = 'ethereum-hoodi-geth';
    expect(scraped(noLogs)).toEqual([
      at(hoodi, 6060),
      at(hoodi, 5054),
      at(host, 6060),
      at(host, 5054),
      at(hoodi, 9100),
      at(host, 9100),
    ]);
    // Not escaped: Terraform would hand on the reference itself.
    expect(release(noLogs, STACK).values[0]).not.toContain('$${data.');
  });

  test('rings in CloudWatch, be it monitored or not', () => {
    const alarms = ['alarms_disk-ready', 'alarms_disk-used', 'alarms_healthy', 'alarms_known', 'recovery'];
    for (const stack of [monitored, plain])
      expect(addresses(stack, /^aws_cloudwatch_metric_alarm/)).toEqual(
        alarms.map((name) => `aws_cloudwatch_metric_alarm.${host}_${name}`),
      );
  });
});

describe('what it looks for and shows', () => {
  test('is every node, wherever it runs, and every host', () => {
    const named = (alert: string): string[] =>
      [...rule(monitored, alert).expr.matchAll(/absent\(\w+\{[^}]*node="([^"]+)"/g)].map(([, node]) => node);
    expect(named('NodeDown')).toEqual(['ethereum-sepolia-geth', 'ethereum-sepolia-geth-2']);
    expect(named('HostDown')).toEqual(['ethereum-sepolia-geth']);
    expect(named('UpstreamMissing')).toEqual([]);
    for (const id of ['ethereum-sepolia-geth', 'ethereum-sepolia-geth-2'])
      expect(rule(monitored, 'UpstreamMissing').expr).toContain(`upstream="${id}"`);
    expect(rule(monitored, 'DiskFull').expr).toMatch(/> 70\b/);
    expect(rule(monitored, 'DiskRoomShort')).toBeDefined();
    expect(rule(monitored, 'SnapshotOld')).toBeUndefined();
    expect(rule(podsOnEks, 'SnapshotOld').expr).toContain('ethereum-sepolia-geth');
  });

  test('is in dashboards that Grafana reads as they were written', () => {
    const written = dashboards({ diskUsedPercent: 70 });
    const maps = addresses(monitored, /^kubernetes_config_map_v1/);
    expect(maps).toEqual(written.map(({ uid }) => `kubernetes_config_map_v1.monitoring_dashboard-${uid}`).sort());
    const texts = written.map(({ uid, json }) => {
      const text = byAddress(monitored)[`kubernetes_config_map_v1.monitoring_dashboard-${uid}`].data[`${uid}.json`];
      expect(text).not.toMatch(/(?<!\$)\$\{/);
      expect(JSON.parse(unescaped(text))).toEqual(JSON.parse(json));
      return unescaped(text);
    });
    expect(texts.filter((text) => text.includes('${')).length).toBeGreaterThan(0);
    expect(texts.filter((text) => text.includes('{{')).length).toBeGreaterThan(0);
  });
});

describe('on a cluster that is anywhere', () => {
  test('it takes nothing of AWS, and secrets by their own names', () => {
    expect(addresses(podsElsewhere, /^aws_/)).toEqual([]);
    expect([Object.keys(podsElsewhere.provider), podsElsewhere.data]).toEqual([['helm', 'kubernetes'], undefined]);
    expect(addresses(podsElsewhere, /^helm_release/)).toEqual(
      ['ethereum-sepolia-geth', 'monitoring_alloy', STACK, 'monitoring_loki', 'monitoring_objects'].map(
        (name) => `helm_release.${name}`,
      ),
    );
    const { alertmanager, grafana } = values(podsElsewhere, STACK);
    expect(alertmanager.alertmanagerSpec.secrets).toEqual(['alert-hook']);
    expect(grafana.admin.existingSecret).toBe('grafana');
    expect(values(podsElsewhere, 'monitoring_objects')).not.toHaveProperty('secretStore');
  });

  test('its disks are of the class that is named, and pods wait for it all the same', () => {
    const { prometheusSpec } = values(podsElsewhere, STACK).prometheus;
    expect(prometheusSpec.storageSpec.volumeClaimTemplate.spec.storageClassName).toBe('fast');
    expect(release(podsElsewhere, 'monitoring_loki').values[0]).toContain('storageClass: "fast"');
    expect(release(podsElsewhere, 'ethereum-sepolia-geth').depends_on.map(readable)).toContain(`helm_release.${STACK}`);
    expect(values(podsElsewhere, 'ethereum-sepolia-geth').serviceMonitor.enabled).toBe(true);
  });

  test('it neither asks nor misses a host that it does not reach, protected or not', () => {
    expect(addresses(hostsElsewhere, FIREWALL_9100)).toEqual([]);
    expect(addresses(hostsElsewhere, /release-agent|log-receiver/)).toEqual([]);
    expect(releaseFile(hostsElsewhere, 'ethereum-sepolia-geth', 'nodeenv')).toContain("\nHOST_METRICS='no'\n");
    expect(scraped(hostsElsewhere)).toEqual([]);
    expect([rule(hostsElsewhere, 'NodeDown'), rule(hostsElsewhere, 'HostDown')]).toEqual([undefined, undefined]);
    expect(release(hostsElsewhere, STACK).values[0]).not.toContain('ethereum-sepolia-geth');
  });
});

test('where nobody asked for it, nothing of it is there', () => {
  expect(addresses(plain, /monitoring|prometheus|dashboard|cluster-services|release-agent|config_map/)).toEqual([]);
  expect(addresses(plain, FIREWALL_9100)).toEqual([]);
  expect(releaseFile(plain, 'ethereum-sepolia-geth', 'nodeenv')).toContain("\nHOST_METRICS='no'\n");
  expect(releaseFile(plain, 'ethereum-sepolia-geth', 'manifest')).not.toContain('agent/compose');
  for (const name of ['ethereum-sepolia-geth-2', 'rpc-gateway'])
    expect(values(plain, name).serviceMonitor.enabled).toBe(false);
});

test('nothing that must be there before it waits for it', () => {
  for (const stack of [monitored, noLogs, podsElsewhere, podsOnEks, hostsElsewhere]) {
    const found = Object.entries(byAddress({ resource: stack.data ?? {} }));
    const all = { ...byAddress(stack), ...Object.fromEntries(found.map(([key, body]) => [`data.${key}`, body])) };
    const queue = [`helm_release.${STACK}`];
    for (const address of queue)
      for (const [text] of JSON.stringify(all[address]).matchAll(/(?:data\.)?[a-z0-9_]+\.[\w-]+/g)) {
        const next = readable(text);
        if (next in all && next !== address && !queue.slice(1).includes(next)) queue.push(next);
      }
    expect(queue.length).toBeGreaterThan(4);
    expect(queue.filter((address) => /sepolia|rpc-gateway|monitoring_(kube|loki)/.test(address))).toEqual([queue[0]]);
  }
});

test('a host that is backed up is missed by its schedule', () => {
  const backedUp = `kubernetes: { cluster: mev }
backup: { schedule: rate(12 hours) }
chains: { ethereum: { backup: true } }
monitoring: { grafana_admin_secret: grafana }
`;
  const { expr } = rule(stacks({ staging: backedUp }).staging, 'BackupMissed');
  expect(expr).toContain('time() - max by (node) (chain_backup_held_timestamp_seconds{node="ethereum-sepolia-geth"');
  // Half as long again.
  expect(expr).toContain(') > 64800 or');
});

test('a secret of a host is too old when the environment says so, and no other node has that alert', () => {
  const paid = (settings: string) => `kubernetes: { cluster: mev }
chains:
  optimism: { networks: [sepolia], clients: [op-reth], l1: { rpc_secret: l1/rpc, beacon_secret: l1/beacon } }
  arbitrum:
    networks: [sepolia]
    clients: [nitro]
    hosting: kubernetes
    l1: { rpc_secret: l1/rpc, beacon_secret: l1/beacon }
monitoring: { grafana_admin_secret: grafana }
${settings}`;
  const of = (text: string) =>
    rulesOf(stacks({ staging: text }).staging).filter(({ alert }) => alert === 'SecretRotationOverdue');
  const [alert, ...more] = of(paid(''));
  expect(more).toEqual([]);
  expect(alert?.expr).toMatch(/^time\(\) - min by \(node\) \(.*node="optimism-sepolia-op-reth".*\) > 7776000 or/);
  expect(of(paid('alarms: { secret_age: 30d }\n'))[0]?.expr).toContain(' > 2592000 or');
});
