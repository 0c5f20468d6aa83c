import type { Environment, MonitoringSettings } from '../../environments/environment';
import { loadFiles } from './files';

/** What a good section `monitoring` comes to. */

const EKS = 'kubernetes: { cluster: mev }\n';
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';

/** Development, with these lines over the least that loads. */
function loaded(text: string, global?: string): Environment {
  const others = { 'staging/overrides.yml': null, 'production/overrides.yml': null };
  const files = { 'development/overrides.yml': text, ...others };
  const [environment] = loadFiles(global === undefined ? files : { ...files, 'global.yml': global }).environments;
  if (!environment) throw new Error('no environment');
  return environment;
}

const monitoring = (text: string): MonitoringSettings | undefined =>
  loaded(`${EKS}monitoring:\n  grafana_admin_secret: grafana/admin\n${text}`).monitoring;

const DEFAULTS = {
  retention: { seconds: 30 * 86_400, sizeGiB: 100 },
  replicas: 1,
  grafanaAdminSecret: 'grafana/admin',
  runbooks: 'docs/runbooks',
  receivers: {},
};

test('without more than a password it keeps thirty days on 100 GiB, once, no logs, and tells nobody', () => {
  expect(monitoring('')).toEqual(DEFAULTS);
  expect(Object.keys(monitoring('') ?? {})).toEqual(Object.keys(DEFAULTS));
});

test('is none where none is asked for, or where it is taken back', () => {
  expect(loaded(EKS)).not.toHaveProperty('monitoring');
  const everywhere = `aws: { region: eu-central-1, zones: [eu-central-1a] }\nmonitoring: { grafana_admin_secret: a }\n`;
  expect(loaded(`${EKS}monitoring: null\n`, everywhere)).not.toHaveProperty('monitoring');
  expect(loaded(EKS, everywhere)).toHaveProperty('monitoring.grafanaAdminSecret', 'a');
});

test('keeps what it is told to, for so long, and shows pages where they are', () => {
  const text = `  retention: 36h
  size: 2 TiB
  replicas: 2
  logs: elasticsearch
  log_size: 200 GiB
  runbooks: https://wiki.test/runbooks/
`;
  expect(monitoring(text)).toEqual({
    ...DEFAULTS,
    retention: { seconds: 129_600, sizeGiB: 2048 },
    replicas: 2,
    logs: 'elasticsearch',
    logSizeGiB: 200,
    runbooks: 'https://wiki.test/runbooks/',
  });
  expect(monitoring('  replicas: 1\n  logs: loki\n')).toEqual({ ...DEFAULTS, logs: 'loki' });
});

test('tells everyone who is named, each team where it is', () => {
  const text = `  receivers:
    slack: { secret: alerts/Slack, channel: "#alerts", channels: { chains: "#chains", platform: "@platform" } }
    pagerduty: { secret: alerts/pager, teams: { chains: alerts/pager-chains } }
    webhook: { secret: alerts/hook }
    sns: { topic_arn: "arn:aws:sns:eu-central-1:123456789012:alerts" }
    dead_mans_switch: { secret: alerts/switch }
`;
  expect(monitoring(text)?.receivers).toEqual({
    slack: {
      secret: 'alerts/Slack',
      channel: '#alerts',
      channels: { chains: '#chains', platform: '@platform' },
    },
    pagerduty: { secret: 'alerts/pager', teams: { chains: 'alerts/pager-chains' } },
    webhook: { secret: 'alerts/hook' },
    sns: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:alerts' },
    deadMansSwitch: { secret: 'alerts/switch' },
  });
});

test('says nothing of teams, and of receivers, that are taken back', () => {
  const text = `  receivers:
    slack: { secret: a, channel: "#alerts" }
    pagerduty: { secret: b, teams: { chains: null } }
    webhook: null
`;
  const receivers = monitoring(text)?.receivers;
  expect(receivers).toEqual({
    slack: { secret: 'a', channel: '#alerts' },
    pagerduty: { secret: 'b', teams: {} },
  });
  expect(Object.keys(receivers ?? {})).toEqual(['slack', 'pagerduty']);
  expect(Object.keys(receivers?.slack ?? {})).toEqual(['secret', 'channel']);
});

test('adds to what all environments have, and takes the place of what they say otherwise', () => {
  const everywhere = `aws: { region: eu-central-1, zones: [eu-central-1a] }
monitoring:
  grafana_admin_secret: grafana
  retention: 90d
  receivers: { slack: { secret: a, channel: "#alerts", channels: { chains: "#chains" } } }
`;
  const text = 'monitoring: { retention: 7d, receivers: { slack: { channels: { platform: "#platform" } } } }\n';
  expect(loaded(EKS + text, everywhere).monitoring).toMatchObject({
    retention: { seconds: 7 * 86_400, sizeGiB: 100 },
    grafanaAdminSecret: 'grafana',
    receivers: {
      slack: { secret: 'a', channel: '#alerts', channels: { chains: '#chains', platform: '#platform' } },
    },
  });
});

test.each([
  ['on EKS', EKS],
  ['elsewhere', ELSEWHERE],
])('pods say where their metrics are where it is, unless they are told not to, %s', (_, cluster) => {
  const asked = (given: string, section: string): boolean | undefined =>
    loaded(cluster.replace(' }', `${given} }`) + section).kubernetes?.serviceMonitors;
  const on = 'monitoring: { grafana_admin_secret: grafana }\n';
  expect(asked('', on)).toBe(true);
  expect(asked(', service_monitors: false', on)).toBe(false);
  expect(asked(', service_monitors: true', on)).toBe(true);
  expect(asked('', '')).toBe(false);
  expect(asked('', 'monitoring: null\n')).toBe(false);
  expect(asked(', service_monitors: true', '')).toBe(true);
});
