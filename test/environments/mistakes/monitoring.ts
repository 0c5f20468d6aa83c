import { formatProblems } from '../../../environments/problem';
import { DATA } from '../data-settings';
import { loadFiles, refusals } from '../files';
import { development, tell } from './run';

/** The section `monitoring`: where it stands, what it keeps and who is told. */

const at = 'environments/development/overrides.yml';
const EKS = 'kubernetes: { cluster: mev }\n';
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';
const POD = 'chains: { ethereum: { hosting: kubernetes } }\n';
const LINKS = 'runbooks: "https://example.com/runbooks"';
const HOOK = `receivers: { webhook: { secret: alert-hook }, dead_mans_switch: { secret: a } }, ${LINKS}`;
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alerts';

/** With all that it needs. */
const monitoring = (settings: string): string => `monitoring: { grafana_admin_secret: grafana, ${settings} }\n`;

const NO_SECRET =
  'is not the name of a secret; put the value into Secrets Manager and give its name here, such as l1/rpc';
const notThere = (holding: string): string =>
  `is not the name of a secret in the cluster, where it must be, with ${holding}; use lower-case letters, digits, - and .`;

describe('where it stands', () => {
  tell([
    {
      title: 'on no cluster',
      files: development(monitoring(HOOK)),
      lines: [
        `${at}:1:13 monitoring: runs on Kubernetes, and the environment names no cluster; set kubernetes, or remove it`,
      ],
    },
    {
      title: 'on no cluster, said for every environment',
      files: {
        'global.yml': `aws: { region: eu-central-1, zones: [eu-central-1a] }\n${monitoring(HOOK)}`,
        'staging/overrides.yml': EKS,
        'production/overrides.yml': 'monitoring: null\n',
      },
      lines: [
        'environments/global.yml:2:13 monitoring: runs on Kubernetes, and the environment names no cluster; set kubernetes, or remove it',
      ],
    },
    {
      title: 'with hosts that are told a name that nobody knows yet',
      files: development(
        `${EKS}network:\n  dns_zone: { id: Z0123456789ABC }\n${monitoring(`logs: elasticsearch, ${HOOK}`)}`,
      ),
      lines: [
        `${at}:3:13 network.dns_zone: hosts are told the name at which their logs are taken; give the zone by name instead of id`,
      ],
    },
    {
      title: 'off EKS, where no role writes to a topic, whatever its region',
      files: development(`${ELSEWHERE}${POD}${monitoring(`receivers: { sns: { topic_arn: "${TOPIC}" } }`)}`),
      lines: [
        `${at}:3:64 monitoring.receivers.sns: a cluster that is not on EKS has no role that may write to a topic; use webhook`,
      ],
    },
    {
      title: 'off EKS, with names that its secrets cannot have',
      files: development(`${ELSEWHERE}${POD}monitoring:
  grafana_admin_secret: development/grafana
  receivers:
    slack: { secret: Slack, channel: "#chains" }
    pagerduty: { secret: pager_key, teams: { chains: pager-chains, platform: pager..platform } }
    webhook: { secret: -hook }
    dead_mans_switch: { secret: ${'a'.repeat(254)} }
`),
      lines: [
        `${at}:4:25 monitoring.grafana_admin_secret: ${notThere('admin-user and admin-password')}`,
        `${at}:6:22 monitoring.receivers.slack.secret: ${notThere('the URL as url')}`,
        `${at}:7:26 monitoring.receivers.pagerduty.secret: ${notThere('the key as key')}`,
        `${at}:7:78 monitoring.receivers.pagerduty.teams.platform: ${notThere('the key as key')}`,
        `${at}:8:24 monitoring.receivers.webhook.secret: ${notThere('the URL as url')}`,
        `${at}:9:33 monitoring.receivers.dead_mans_switch.secret: ${notThere('the URL as url')}`,
      ],
    },
  ]);
});

describe('who is told', () => {
  tell([
    {
      title: 'nobody, when a protected environment is silent',
      files: development(
        `${EKS}protect: true\nstate: { bucket: acme-tfstate }\nchains: null\n${monitoring('receivers: { webhook: { secret: a } }')}`,
      ),
      lines: [
        `${at}:5:13 monitoring: nothing says when monitoring itself is silent, and the environment is protected; set monitoring.receivers.dead_mans_switch`,
      ],
    },
    {
      title: 'a topic of another region',
      files: development(`${EKS}${monitoring(`receivers: { sns: { topic_arn: "${TOPIC}" } }`)}`),
      lines: [
        `${at}:2:77 monitoring.receivers.sns.topic_arn: is a topic of eu-west-1, and the cluster is in eu-central-1; name one of that region`,
      ],
    },
    {
      title: 'what is neither a channel nor a topic, and a secret itself',
      files: development(`${EKS}monitoring:
  grafana_admin_secret: "correct horse"
  receivers:
    slack: { secret: "https://hooks.slack.test/T0/B0", channel: chains, channels: { platform: "#Platform" } }
    sns: { topic_arn: "arn:aws:sqs:eu-central-1:123456789012:alerts" }
`),
      lines: [
        `${at}:3:25 monitoring.grafana_admin_secret: ${NO_SECRET}`,
        `${at}:5:22 monitoring.receivers.slack.secret: ${NO_SECRET}`,
        `${at}:5:65 monitoring.receivers.slack.channel: "chains" is not a channel such as "#chains"`,
        `${at}:5:95 monitoring.receivers.slack.channels.platform: "#Platform" is not a channel such as "#chains"`,
        `${at}:6:23 monitoring.receivers.sns.topic_arn: "arn:aws:sqs:eu-central-1:123456789012:alerts" is not the ARN of a topic`,
      ],
    },
    {
      title: 'receivers without what they are',
      files: development(`${EKS}monitoring:
  grafana_admin_secret: grafana
  receivers: { slack: { secret: a }, pagerduty: {}, webhook: {}, sns: {}, dead_mans_switch: {} }
`),
      lines: [
        `${at}:4:16 monitoring.receivers.slack.channel: is missing; give a channel such as "#chains"`,
        `${at}:4:38 monitoring.receivers.pagerduty.secret: is missing; give the name of a secret`,
        `${at}:4:53 monitoring.receivers.webhook.secret: is missing; give the name of a secret`,
        `${at}:4:66 monitoring.receivers.sns.topic_arn: is missing; give the ARN of a topic`,
        `${at}:4:75 monitoring.receivers.dead_mans_switch.secret: is missing; give the name of a secret`,
      ],
    },
    {
      title: 'receivers and teams that there are not',
      files: development(`${EKS}${monitoring('receivers: { slak: {}, pagerduty: { secret: a, teams: { ops: b } } }')}`),
      lines: [
        `${at}:2:59 monitoring.receivers.slak: is not a known key; use one of slack, pagerduty, webhook, sns, dead_mans_switch; did you mean slack?`,
        `${at}:2:102 monitoring.receivers.pagerduty.teams.ops: is not a known key; use one of chains, platform, mev`,
      ],
    },
  ]);
});

describe('what is kept', () => {
  tell([
    {
      title: 'nothing, or what no disk holds',
      files: development(`${EKS}${monitoring('retention: 0d, size: 0 GiB, logs: loki, log_size: 0 TiB')}`),
      lines: [
        `${at}:2:57 monitoring.retention: 0ms is less than Prometheus writes to its disk at a time; keep at least 2h`,
        `${at}:2:67 monitoring.size: is 0, and would hold nothing; give at least 1 GiB`,
        `${at}:2:96 monitoring.log_size: is 0, and would hold nothing; give at least 1 GiB`,
      ],
    },
    {
      title: 'hardly anything, and parts of a second',
      files: {
        ...development(`${EKS}${monitoring('retention: 119m')}`),
        'staging/overrides.yml': `${EKS}${monitoring('retention: 7200001ms')}`,
      },
      lines: [
        `${at}:2:57 monitoring.retention: 119m is less than Prometheus writes to its disk at a time; keep at least 2h`,
        'environments/staging/overrides.yml:2:57 monitoring.retention: 7200001ms is no whole number of seconds; use such as 30d',
      ],
    },
    {
      title: 'more than a disk of EBS holds',
      files: development(`${EKS}${monitoring(`size: 65 TiB, logs: loki, log_size: 66 TiB, ${HOOK}`)}`),
      lines: [
        `${at}:2:52 monitoring.size: 66560 GiB is outside what gp3 offers, 1 to 65536 GiB`,
        `${at}:2:82 monitoring.log_size: 67584 GiB is outside what gp3 offers, 1 to 65536 GiB`,
      ],
    },
    {
      title: 'what says no unit, and too many replicas',
      files: development(`${EKS}${monitoring('retention: 30, size: 100 GB, replicas: 3')}`),
      lines: [
        `${at}:2:57 monitoring.retention: 30 is not a duration with its unit, such as "30s", "500ms", "5m", "12h" or "30d"`,
        `${at}:2:67 monitoring.size: "100 GB" is not a size in GiB or TiB, such as "512 GiB" or "4 TiB"`,
        `${at}:2:85 monitoring.replicas: 3 is not a whole number from 1 to 2`,
      ],
    },
    {
      title: 'a size of logs that nobody keeps',
      files: development(`${EKS}${monitoring(`log_size: 10 GiB, ${HOOK}`)}`),
      lines: [`${at}:2:56 monitoring.log_size: is for logs, and they go nowhere; set monitoring.logs, or remove it`],
    },
    {
      title: 'logs in a store that there is not',
      files: development(`${EKS}${monitoring('logs: elastic')}`),
      lines: [`${at}:2:52 monitoring.logs: "elastic" is not a store of logs; use one of loki, elasticsearch`],
    },
  ]);
});

describe('the rest', () => {
  tell([
    {
      title: 'no password of Grafana',
      files: development(`${EKS}monitoring: {}\n`),
      lines: [`${at}:2:1 monitoring.grafana_admin_secret: is missing; give the name of a secret`],
    },
    {
      title: 'keys that there are not',
      files: development(`${EKS}${monitoring('retension: 30d, grafana: true')}`),
      lines: [
        `${at}:2:46 monitoring.retension: is not a known key; use one of retention, size, replicas, logs, log_size, grafana_admin_secret, runbooks, receivers; did you mean retention?`,
        `${at}:2:62 monitoring.grafana: is not a known key; use one of retention, size, replicas, logs, log_size, grafana_admin_secret, runbooks, receivers`,
      ],
    },
    {
      title: 'runbooks that are not read by https',
      files: development(`${EKS}${monitoring('runbooks: "http://wiki.test/runbooks"')}`),
      lines: [`${at}:2:56 monitoring.runbooks: "http://wiki.test/runbooks" is not an https address`],
    },
  ]);
});

describe('what is worth a look', () => {
  const warnings = (text: string): string[] =>
    formatProblems(loadFiles(development(text)).warnings).filter((line) => / (monitoring|kubernetes)/.test(line));

  test('nobody who is told: a dead man is nobody', () => {
    const line = `${at}:2:13 warning: monitoring: nobody is told of an alert; set monitoring.receivers`;
    const silent = 'receivers: { dead_mans_switch: { secret: a }, slack: null }';
    expect(warnings(EKS + monitoring('receivers: {}'))).toEqual([line]);
    expect(warnings(EKS + monitoring(silent))).toEqual([line]);
  });

  test('links that lead nowhere, and a silence that nobody hears', () => {
    const hook = 'webhook: { secret: alert-hook }';
    const runbooks = `${at}:2:13 warning: monitoring: alerts name the runbooks of this repository, and nobody can follow that as a link; set monitoring.runbooks`;
    const silence = `${at}:2:13 warning: monitoring: nothing says when monitoring itself is silent; set monitoring.receivers.dead_mans_switch`;
    expect(warnings(EKS + monitoring(`receivers: { ${hook} }`))).toEqual([runbooks, silence]);
    expect(warnings(EKS + monitoring(`receivers: { ${hook}, dead_mans_switch: { secret: a } }`))).toEqual([runbooks]);
    expect(warnings(EKS + monitoring(`receivers: { ${hook} }, runbooks: "https://example.com"`))).toEqual([silence]);
  });

  test.each([
    'slack: { secret: a, channel: "@me" }',
    'pagerduty: { secret: a }',
    'webhook: { secret: a }',
    'sns: { topic_arn: "arn:aws-us-gov:sns:eu-central-1:123456789012:alerts" }',
  ])('not one who is: %s', (receiver) => {
    expect(warnings(EKS + monitoring(`receivers: { ${receiver}, dead_mans_switch: { secret: a } }, ${LINKS}`))).toEqual(
      [],
    );
  });

  test('instances, which a cluster that may be anywhere does not reach', () => {
    expect(warnings(`${ELSEWHERE}chains: { ethereum: { replicas: 2 } }\n${monitoring(`logs: loki, ${HOOK}`)}`)).toEqual(
      [
        `${at}:3:13 warning: monitoring: instances are reached from inside their VPC alone, and the cluster may be anywhere; alarms of CloudWatch alone watch ethereum-sepolia-geth, ethereum-sepolia-geth-2`,
      ],
    );
    expect(warnings(EKS + monitoring(HOOK))).toEqual([]);
    expect(warnings(ELSEWHERE + POD + monitoring(HOOK))).toEqual([]);
  });

  test('pods and a gateway that monitoring would find by what they are told not to say', () => {
    const off = (cluster: string): string => cluster.replace(' }', ', service_monitors: false }');
    const gateway = 'gateway: {}\nglobal: { security: { api_rate_limits: { default: 10/second } } }\n';
    const line = (unseen: string): string =>
      `${at}:1:47 warning: kubernetes.service_monitors: false, and monitoring finds what is in pods by them: it sees nothing of ${unseen} and alerts for that; remove it`;
    expect(warnings(off(EKS) + POD + monitoring(HOOK))).toEqual([line('ethereum-sepolia-geth')]);
    expect(warnings(off(EKS) + gateway + monitoring(HOOK))).toEqual([line('the gateway')]);
    expect(warnings(off(EKS) + monitoring(HOOK) + DATA)).toEqual([line('streams and stores')]);
    expect(warnings(off(EKS) + POD + gateway + monitoring(HOOK))).toEqual([line('ethereum-sepolia-geth, the gateway')]);
    expect(warnings(off(EKS) + monitoring(HOOK))).toEqual([]);
    expect(warnings(off(EKS) + POD + gateway)).toEqual([]);
    expect(warnings(EKS + POD + monitoring(HOOK))).toEqual([]);
  });
});

test.each([
  ['a zone by name, with logs of hosts', `${EKS}network: { dns_zone: { name: chain.test } }\n`, 'logs: loki'],
  [
    'a zone by id, with logs of pods alone',
    `${EKS}${POD}network: { dns_zone: { id: Z0123456789ABC } }\n`,
    'logs: loki',
  ],
  ['a zone by id, without logs', `${EKS}network: { dns_zone: { id: Z0123456789ABC } }\n`, 'replicas: 2'],
  [
    'a zone by id, off EKS, where hosts ship none',
    `${ELSEWHERE}network: { dns_zone: { id: Z0123456789ABC } }\n`,
    'logs: loki',
  ],
  ['the least that is kept', EKS, 'retention: 2h, size: 1 GiB, logs: elasticsearch, log_size: 1 GiB'],
  [
    'disks of any size, of a class that is named',
    'kubernetes: { cluster: mev, storage_class: big }\n',
    'size: 100 TiB',
  ],
  ['disks of any size, off EKS', ELSEWHERE, 'size: 100 TiB'],
  [
    'names of secrets with dots',
    ELSEWHERE,
    `runbooks: "https://wiki.test/r", receivers: { webhook: { secret: a.b-2.c } }`,
  ],
  [
    'what tells of its silence, where it is protected',
    `${EKS}protect: true\nstate: { bucket: acme-tfstate }\nchains: null\n`,
    'receivers: { dead_mans_switch: { secret: a/B } }',
  ],
  [
    'no class of disks, off EKS and protected, because no node is in a pod',
    `${ELSEWHERE}protect: true\nstate: { bucket: acme-tfstate }\nchains: null\n`,
    'receivers: { dead_mans_switch: { secret: a } }',
  ],
])('it may have %s', (_, environment, settings) => {
  expect(refusals(development(environment + monitoring(settings)))).toEqual([]);
});
