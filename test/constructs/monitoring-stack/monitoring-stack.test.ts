import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitoringSecrets } from '../../../constructs/monitoring-stack';
import { CHARTS } from '../../../constructs/monitoring-stack/charts';
import type { Json } from '../../project';
import { ofType } from '../platform';
import { define, HOST_LOGS, LAPTOP, RECEIVERS, releases, synthesized, valuesOf, WATCH } from './stack';

const plain = define();
const loki = define({ logs: 'loki', hostLogs: HOST_LOGS });
const elastic = define({ logs: 'elasticsearch', hostLogs: HOST_LOGS });
const laptop = define({ access: LAPTOP, logs: 'loki' });
const ALL = { plain, loki, elastic, laptop };

const stackOf = (all: Readonly<Record<string, Json>>): Json => valuesOf(releases(all)['kube-prometheus-stack']);
const names = (all: Readonly<Record<string, Json>>): string[] => Object.keys(releases(all)).sort();
const addressOf = (all: Readonly<Record<string, Json>>, name: string): string => {
  const [address] =
    Object.entries(all).find(([key, body]) => key.startsWith('helm_release.') && body.name === name) ?? [];
  if (address === undefined) throw new Error(`no release is called ${name}`);
  return address;
};

describe('there is', () => {
  test('what was asked for, and no more', () => {
    expect(names(plain)).toEqual(['kube-prometheus-stack', 'monitoring-objects']);
    expect(names(loki)).toEqual(['alloy', 'kube-prometheus-stack', 'log-receiver', 'loki', 'monitoring-objects']);
    expect(names(laptop)).toEqual(['alloy', 'kube-prometheus-stack', 'loki', 'monitoring-objects']);
    expect(names(elastic)).toEqual([
      'eck-operator',
      'elastic-stack',
      'filebeat',
      'kube-prometheus-stack',
      'monitoring-log-lifecycle',
      'monitoring-objects',
    ]);
  });

  test('nothing of logs where nobody keeps them', () => {
    expect(JSON.stringify(plain)).not.toMatch(/loki|alloy|elastic|kibana|beats|logs/i);
    expect(ofType(plain, 'aws_s3_bucket')).toEqual([]);
  });

  test('each chart from its repository, at its version, taken back when it fails', () => {
    for (const all of Object.values(ALL))
      for (const release of Object.values(releases(all))) {
        expect(release).toMatchObject({ atomic: true, cleanup_on_fail: true, wait: true, max_history: 5 });
        expect(release).not.toHaveProperty('set');
        expect(release.timeout).toBeGreaterThanOrEqual(600);
        const pinned = Object.values(CHARTS).find(({ chart }) => chart === release.chart);
        if (pinned) expect(release).toMatchObject({ repository: pinned.repository, version: pinned.version });
        else expect(release.chart).toMatch(/^\.\/assets\//);
      }
  });

  test('one after the other', () => {
    const after = (all: Readonly<Record<string, Json>>, later: string, earlier: string): void =>
      expect(releases(all)[later].depends_on).toContain(addressOf(all, earlier));
    after(loki, 'kube-prometheus-stack', 'monitoring-objects');
    after(loki, 'loki', 'kube-prometheus-stack');
    after(loki, 'alloy', 'loki');
    after(loki, 'log-receiver', 'loki');
    after(elastic, 'elastic-stack', 'eck-operator');
    after(elastic, 'monitoring-log-lifecycle', 'elastic-stack');
    after(elastic, 'filebeat', 'elastic-stack');
  });
});

describe('what may do more than next to nothing', () => {
  test('is in a namespace of its own', () => {
    for (const all of Object.values(ALL)) {
      const security = Object.fromEntries(
        ofType(all, 'kubernetes_namespace_v1').map(({ metadata }) => [
          metadata.name,
          metadata.labels['pod-security.kubernetes.io/enforce'],
        ]),
      );
      expect(security).toMatchObject({ monitoring: 'restricted', 'monitoring-agents': 'privileged' });
      for (const [name, level] of Object.entries(security))
        if (name !== 'monitoring-agents') expect(level).toBe('restricted');
    }
  });

  test('is node-exporter and what ships logs, none of which has a capability', () => {
    for (const all of Object.values(ALL))
      for (const release of Object.values(releases(all))) {
        const { 'prometheus-node-exporter': exporter, ...others } = valuesOf(release);
        if (exporter) {
          expect(exporter.namespaceOverride).toBe('monitoring-agents');
          expect(exporter.containerSecurityContext.capabilities).toEqual({ drop: ['ALL'] });
        }
        const text = JSON.stringify(others);
        expect(text).not.toMatch(/"privileged":true|"hostNetwork":true|"hostPID":true|"add":\[/);
        if (/hostPath|"varlog":true|"runAsUser":0/.test(text)) expect(release.namespace).toBe('monitoring-agents');
      }
    expect(releases(loki).alloy.namespace).toBe('monitoring-agents');
    expect(releases(elastic).filebeat.namespace).toBe('monitoring-agents');
    expect(releases(loki)['log-receiver'].namespace).toBe('monitoring');
  });

  test('reaches what is scraped', () => {
    const [monitoring] = ofType(plain, 'kubernetes_namespace_v1').filter(
      ({ metadata }) => metadata.name === 'monitoring',
    );
    expect(monitoring.metadata.labels['chain-nodes.io/access']).toBe('monitoring');
  });
});

describe('Prometheus', () => {
  const { prometheusSpec } = stackOf(plain).prometheus;

  test('finds what anybody brings, and not only what this release made', () => {
    for (const what of ['rule', 'serviceMonitor', 'podMonitor', 'probe', 'scrapeConfig'])
      expect(prometheusSpec[`${what}SelectorNilUsesHelmValues`]).toBe(false);
  });

  test('does not scrape what EKS does not show, and has no rules for it', () => {
    const values = stackOf(plain);
    for (const part of ['kubeEtcd', 'kubeControllerManager', 'kubeScheduler', 'kubeProxy'])
      expect(values[part]).toEqual({ enabled: false });
    expect(values.defaultRules.rules).toMatchObject({ etcd: false, kubeProxy: false, kubeControllerManager: false });
  });

  test('keeps as long, and on as much disk, as it is told, and leaves room', () => {
    expect(prometheusSpec).toMatchObject({
      retention: '30d',
      retentionSize: '163840MB',
      storageSpec: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '200Gi' } } } } },
    });
    expect(prometheusSpec.storageSpec.volumeClaimTemplate.spec).not.toHaveProperty('storageClassName');
  });

  test('says where its series are from', () => {
    expect(prometheusSpec.externalLabels).toEqual({ cluster: 'main', environment: 'test' });
  });

  test('has our rules as they are', () => {
    const [release] = Object.values(releases(plain)).filter(({ name }) => name === 'kube-prometheus-stack');
    expect(valuesOf(release).additionalPrometheusRulesMap['chain-nodes'].groups[0].rules[0].annotations).toEqual({
      summary: '{{ $labels.node }} is away ${x}',
    });
    // Terraform would take it for a template.
    expect(release.values[0]).toContain('away $${x}');
  });

  test('leaves out what our rules say themselves', () => {
    const rules = { groups: [{ name: 'platform', rules: [{ alert: 'Watchdog' }, { alert: 'RulesFailing' }] }] };
    expect(stackOf(define({ rules })).defaultRules.disabled).toEqual({
      InfoInhibitor: true,
      PrometheusRuleFailures: true,
      Watchdog: true,
    });
    // Somebody must fire always.
    expect(stackOf(plain).defaultRules.disabled).toEqual({ InfoInhibitor: true });
  });

  test('is there twice when asked, each on its machine', () => {
    const values = stackOf(define({ replicas: 2 }));
    expect(values.prometheus).toMatchObject({
      podDisruptionBudget: { enabled: true },
      prometheusSpec: { replicas: 2, podAntiAffinity: 'hard' },
    });
    expect(values.alertmanager.alertmanagerSpec.replicas).toBe(2);
    expect(stackOf(plain).prometheus.prometheusSpec.replicas).toBe(1);
  });

  test('scrapes no host where no node is on one', () => {
    const nodes = WATCH.nodes.filter(({ hosting }) => hosting === 'kubernetes');
    const values = stackOf(define({ watch: { ...WATCH, nodes } }));
    expect(values.prometheus.prometheusSpec).not.toHaveProperty('additionalScrapeConfigs');
  });
});

describe('Grafana', () => {
  const { grafana } = stackOf(loki);

  test('lets nobody in without a password, which a secret holds', () => {
    expect(grafana.admin).toEqual({
      existingSecret: 'grafana-admin',
      userKey: 'admin-user',
      passwordKey: 'admin-password',
    });
    expect(grafana).not.toHaveProperty('adminPassword');
    expect(grafana['grafana.ini']['auth.anonymous']).toEqual({ enabled: false });
  });

  test('has the plugins of its image and no others', () => {
    expect(grafana.plugins).toEqual([]);
    expect(grafana['grafana.ini'].plugins).toEqual({ preinstall_disabled: true, plugin_admin_enabled: false });
  });

  test('finds logs where Loki keeps them', () => {
    expect(grafana.additionalDataSources).toMatchObject([{ uid: 'loki', type: 'loki' }]);
    expect(stackOf(plain).grafana).not.toHaveProperty('additionalDataSources');
  });

  test('takes dashboards from config maps, by label and folder', () => {
    const [dashboard] = ofType(plain, 'kubernetes_config_map_v1');
    expect(dashboard).toMatchObject({
      metadata: {
        name: 'dashboard-node',
        namespace: 'monitoring',
        labels: { grafana_dashboard: '1' },
        annotations: { grafana_folder: 'Nodes' },
      },
      data: { 'node.json': '{"title": "$${node} {{chain}}"}' },
    });
    expect(grafana.sidecar.dashboards).toMatchObject({
      label: 'grafana_dashboard',
      folderAnnotation: 'grafana_folder',
      provider: { foldersFromFilesStructure: true },
      resource: 'configmap',
    });
  });

  test('refuses a dashboard that no config map holds', () => {
    const json = JSON.stringify('x'.repeat(1_000_000));
    expect(() => define({ dashboards: [{ uid: 'big', title: 'Big', folder: 'Nodes', json }] })).toThrow('split it');
  });
});

describe('secrets', () => {
  test('are named, and nowhere given', () => {
    const objects = valuesOf(releases(plain)['monitoring-objects']);
    expect(objects.secretStore).toEqual({
      region: 'eu-central-1',
      role: 'arn:aws:iam::111122223333:role/test/secret-stores/monitoring',
    });
    expect(objects.secrets.map(({ name, remote }: Json) => [name, remote])).toEqual([
      ['alertmanager-slack', 'alerts/slack'],
      ['alertmanager-pagerduty', 'alerts/pager'],
      ['alertmanager-pagerduty-chains', 'alerts/pager-chains'],
      ['alertmanager-webhook', 'alerts/hook'],
      ['alertmanager-dead-mans-switch', 'alerts/dead-mans-switch'],
    ]);
    expect(objects.login).toEqual({ name: 'grafana-admin', key: 'admin-password', remote: 'grafana/admin' });
    for (const all of Object.values(ALL)) {
      expect(Object.keys(all).some((address) => address.startsWith('kubernetes_secret'))).toBe(false);
      expect(JSON.stringify(all)).not.toMatch(/hooks\.slack\.com|(adminPassword|routing_key|api_url|password)\\*":/);
    }
  });

  test('that Alertmanager reads are mounted', () => {
    expect(stackOf(plain).alertmanager.alertmanagerSpec.secrets).toEqual([
      'alertmanager-slack',
      'alertmanager-pagerduty',
      'alertmanager-pagerduty-chains',
      'alertmanager-webhook',
      'alertmanager-dead-mans-switch',
    ]);
  });

  test('of the store are those that are asked for', () => {
    expect(monitoringSecrets(RECEIVERS, 'grafana/admin')).toEqual([
      'alerts/dead-mans-switch',
      'alerts/hook',
      'alerts/pager',
      'alerts/pager-chains',
      'alerts/slack',
      'grafana/admin',
    ]);
  });

  test('are by their own names where nothing fills them', () => {
    expect(valuesOf(releases(laptop)['monitoring-objects'])).not.toHaveProperty('secretStore');
    const receivers = { slack: { secret: 'slack-of-mine', channel: '#a' } };
    const { alertmanager } = stackOf(define({ access: LAPTOP, receivers }));
    expect(alertmanager.alertmanagerSpec.secrets).toEqual(['slack-of-mine']);
  });
});

describe('roles in AWS', () => {
  const policyOf = (all: Readonly<Record<string, Json>>, name: string): string => {
    const [policy] = ofType(all, 'aws_iam_role_policy').filter((body) => body.name === name);
    return policy.policy;
  };

  test('are those of Alertmanager, for one topic, and of Loki, for one bucket', () => {
    expect(
      ofType(loki, 'aws_iam_role')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['test-alertmanager', 'test-loki']);
    const topic = policyOf(loki, 'kube-prometheus-stack-alertmanager');
    expect(topic.match(/"[a-z]+:[A-Z][A-Za-z]*"/g)).toEqual(['"sns:Publish"']);
    expect(topic).toContain('"Resource" = ["arn:aws:sns:eu-central-1:111122223333:alarms"]');
    const bucket = policyOf(loki, 'loki');
    expect(bucket.match(/s3:[A-Za-z]+/g)?.sort()).toEqual([
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
    expect(bucket).not.toContain('"*"');
    expect(bucket).toMatch(/aws_s3_bucket\.[\w-]+\.arn/);
  });

  test('are for one service account of one namespace of one cluster, there before its pods', () => {
    for (const { assume_role_policy: trust } of ofType(loki, 'aws_iam_role')) {
      expect(trust).toContain('"aws:RequestTag/kubernetes-namespace" = "monitoring"');
      expect(trust).toMatch(/"aws:RequestTag\/eks-cluster-arn" = "arn:aws:eks:eu-central-1:[^"]+:cluster\/main"/);
      expect(trust).toContain('"Service" = "pods.eks.amazonaws.com"');
    }
    const accounts = ofType(loki, 'aws_eks_pod_identity_association').map((body) => body.service_account);
    expect(accounts.sort()).toEqual(['kube-prometheus-stack-alertmanager', 'loki']);
    for (const name of ['kube-prometheus-stack', 'loki'])
      expect(releases(loki)[name].depends_on.join(' ')).toContain('aws_eks_pod_identity_association.');
  });

  test('are none elsewhere', () => {
    expect(Object.keys(synthesized({ access: LAPTOP, logs: 'loki' }).resource).sort()).toEqual([
      'helm_release',
      'kubernetes_config_map_v1',
      'kubernetes_namespace_v1',
    ]);
  });
});

describe('logs', () => {
  test('of Loki lie in a private bucket for the retention, and somewhat longer when Loki leaves them', () => {
    expect(ofType(loki, 'aws_s3_bucket_public_access_block')).toHaveLength(1);
    const [{ rule }] = ofType(loki, 'aws_s3_bucket_lifecycle_configuration');
    expect(rule).toContainEqual(expect.objectContaining({ id: 'chunks', expiration: [{ days: 21 }] }));
    const { loki: values, singleBinary } = valuesOf(releases(loki).loki);
    expect(values).toMatchObject({
      storage: { type: 's3', s3: { region: 'eu-central-1' } },
      limits_config: { retention_period: '336h' },
      compactor: { retention_enabled: true, delete_request_store: 's3' },
    });
    expect(values.storage.bucketNames.chunks).toMatch(/^\$\{aws_s3_bucket_server_side_encryption/);
    expect(singleBinary).toMatchObject({ replicas: 1, persistence: { size: '10Gi' } });
  });

  test('of Loki lie on its disk elsewhere', () => {
    const { loki: values, singleBinary } = valuesOf(releases(laptop).loki);
    expect(values.storage.type).toBe('filesystem');
    expect(singleBinary.persistence).toEqual({ size: '100Gi' });
  });

  test('of Loki are kept for a day at least', () => {
    const all = define({ logs: 'loki', logRetentionSeconds: 3600 });
    expect(valuesOf(releases(all).loki).loki.limits_config.retention_period).toBe('24h');
  });

  test('of Elasticsearch are deleted after the retention', () => {
    const { lifecycle } = valuesOf(releases(elastic)['monitoring-log-lifecycle']);
    expect(lifecycle.policy.policy.phases).toMatchObject({
      hot: { actions: { rollover: { max_age: '33h' } } },
      delete: { min_age: '14d', actions: { delete: {} } },
    });
    expect(lifecycle.template).toMatchObject({
      index_patterns: ['logs-chain_nodes-*'],
      template: { settings: { 'index.lifecycle.name': 'chain-nodes-logs', 'index.number_of_replicas': 0 } },
    });
    expect(releases(elastic)['monitoring-log-lifecycle'].wait_for_jobs).toBe(true);
  });

  test('of Elasticsearch are on three nodes when everything is there twice', () => {
    const all = define({ logs: 'elasticsearch', replicas: 2 });
    const values = valuesOf(releases(all)['elastic-stack']);
    expect(values['eck-elasticsearch'].nodeSets[0].count).toBe(3);
    expect(values['eck-logstash'].count).toBe(2);
    expect(valuesOf(releases(elastic)['elastic-stack'])['eck-elasticsearch'].nodeSets[0].count).toBe(1);
  });

  test('of hosts come by a name that stays', () => {
    for (const [all, port] of [
      [loki, 3100],
      [elastic, 5044],
    ] as const) {
      const { logReceiver } = valuesOf(releases(all)['monitoring-objects']);
      expect(logReceiver).toMatchObject({ enabled: true, port, sourceRanges: ['10.0.0.0/16'] });
      expect(ofType(all, 'aws_route53_record')).toMatchObject([
        { zone_id: 'Z1', name: 'logs.test.internal', type: 'CNAME' },
      ]);
    }
  });

  test('of hosts are refused where nothing takes them', () => {
    expect(() => define({ hostLogs: HOST_LOGS })).toThrow('hosts would ship their logs, and nothing keeps them');
    expect(() => define({ hostLogs: HOST_LOGS, logs: 'loki', access: LAPTOP })).toThrow(
      'logs of hosts come by a load balancer of EKS',
    );
  });
});

describe('configurations of agents', () => {
  const folder = join(__dirname, '../../../constructs/monitoring-stack/agents');

  test('hold no template of Go, which the chart would run', () => {
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'utf8')).not.toContain('{{');
  });

  test('take from outside only what they are given', () => {
    const given: Readonly<Record<string, readonly string[]>> = {
      'pods.alloy': ['HOSTNAME', 'LOKI_URL', 'ENVIRONMENT'],
      'receiver.alloy': ['LOKI_URL', 'ENVIRONMENT'],
      'host.alloy': ['NODE', 'CHAIN', 'NETWORK', 'CLIENT', 'LOGS_URL', 'ENVIRONMENT'],
    };
    for (const [file, variables] of Object.entries(given)) {
      const asked = [...readFileSync(join(folder, file), 'utf8').matchAll(/sys\.env\("(\w+)"\)/g)].map(
        ([, name]) => name,
      );
      expect([...new Set(asked)].sort()).toEqual([...variables].sort());
    }
  });
});

test('namespaces that may ask Prometheus are let in', () => {
  const { reach } = valuesOf(releases(define({ readers: ['keda'] }))['monitoring-objects']);
  expect(reach).toEqual({ namespaces: ['monitoring', 'monitoring-agents', 'keda'], agents: 'monitoring-agents' });
});
