import { PROPERTIES } from '../../../constructs/data-stores/contract';
import { formatProblems } from '../../../environments/problem';
import { DATA, dataOf } from '../data-settings';
import { loadFiles, refusals } from '../files';
import { development, tell } from './run';

/** The section `mev.data`: where it stands, what it keeps and for how long. */

const at = 'environments/development/overrides.yml';
const EKS = 'kubernetes: { cluster: mev }\n';
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';
const PASSWORDS = PROPERTIES.join(', ');

test('what is changed here is right as it stands', () => {
  expect(refusals(development(EKS + DATA))).toEqual([]);
});

describe('where it stands', () => {
  tell([
    {
      title: 'on no cluster',
      files: development(DATA),
      lines: [
        `${at}:3:14 mev.data.enabled: streams and stores run on Kubernetes, and the environment names no cluster; set kubernetes, or set mev.data.enabled to false here`,
      ],
    },
    {
      title: 'without a secret',
      files: development(EKS + dataOf([['    secret: data\n', '']])),
      lines: [
        `${at}:4:14 mev.data.enabled: nothing guards streams and stores; set mev.data.secret to the name of a secret with the passwords ${PASSWORDS}`,
      ],
    },
    {
      title: 'off EKS, with a bucket and the name of a secret that is none there',
      files: development(
        ELSEWHERE +
          dataOf([
            ['secret: data', 'secret: development/data'],
            ['replicas: 2 }', 'replicas: 2 }\n      archive: { retention: 30d }'],
          ]),
      ),
      lines: [
        `${at}:5:13 mev.data.secret: is not the name of a secret in the cluster, where it must be, with ${PASSWORDS}; use lower-case letters, digits, - and .`,
        `${at}:14:16 mev.data.stores.archive: a cluster that is not on EKS has no role that may write to a bucket; set it to null here`,
      ],
    },
    {
      title: 'off EKS, where nothing says that disks are kept and they must be',
      files: development(`${ELSEWHERE}protect: true\nstate: { bucket: acme-tfstate }\nchains: null\n${DATA}`),
      lines: [
        `${at}:7:14 mev.data.enabled: nothing says that the disks of streams and stores outlive their claims, and the environment is protected; set kubernetes.storage_class to one that retains disks`,
      ],
    },
  ]);
});

describe('what is kept', () => {
  tell([
    {
      title: 'nothing, or what no disk holds',
      files: development(
        EKS +
          dataOf([
            ['size: 1 GiB', 'size: 0 GiB'],
            ['size: 500 GiB', 'size: 0 TiB'],
            ['size: 100 GiB', 'size: 0 GiB'],
          ]),
      ),
      lines: [
        `${at}:8:43 mev.data.streams.executions.size: is 0, and would hold nothing; give at least 1 GiB`,
        `${at}:11:43 mev.data.stores.timeseries.size: is 0, and would hold nothing; give at least 1 GiB`,
        `${at}:13:29 mev.data.stores.transactions.size: is 0, and would hold nothing; give at least 1 GiB`,
      ],
    },
    {
      title: 'more than a disk of EBS holds',
      files: development(
        EKS +
          dataOf([
            ['size: 1 GiB', 'size: 64 TiB'],
            ['size: 500 GiB', 'size: 65 TiB'],
            ['size: 100 GiB', 'size: 66 TiB'],
          ]),
      ),
      lines: [
        `${at}:8:7 mev.data.streams: 78647 GiB is outside what gp3 offers, 1 to 65536 GiB`,
        `${at}:11:43 mev.data.stores.timeseries.size: 66560 GiB is outside what gp3 offers, 1 to 65536 GiB`,
        `${at}:13:29 mev.data.stores.transactions.size: 67584 GiB is outside what gp3 offers, 1 to 65536 GiB`,
      ],
    },
    {
      title: 'streams for no time, or for a part of a second',
      files: development(
        EKS +
          dataOf([
            ['retention: 30d', 'retention: 59s'],
            ['retention: 24h', 'retention: 60001ms'],
          ]),
      ),
      lines: [
        `${at}:8:32 mev.data.streams.executions.retention: 59s is less than a reader takes to come back; keep at least 1m`,
        `${at}:9:28 mev.data.streams.prices.retention: 60001ms is no whole number of seconds; use such as 24h`,
      ],
    },
    {
      title: 'rows for a part of a day, and for longer than a row may say',
      files: development(
        EKS +
          dataOf([
            ['retention: 90d', 'retention: 36h'],
            ['retention: 400d', 'retention: 3651d'],
          ]),
      ),
      lines: [
        `${at}:11:32 mev.data.stores.timeseries.retention: 36h is no whole number of days; use such as 90d`,
        `${at}:12:31 mev.data.stores.analytics.retention: 3651d is not from 1d to 3650d`,
      ],
    },
    {
      title: 'what is archived sooner than S3 moves it, or after it is gone',
      files: {
        ...development(
          EKS +
            dataOf([
              [
                'replicas: 2 }',
                'replicas: 2 }\n      archive: { retention: 60d, infrequent_after: 30d, glacier_after: 59d }',
              ],
            ]),
        ),
        'staging/overrides.yml':
          EKS + dataOf([['replicas: 2 }', 'replicas: 2 }\n      archive: { retention: 30d, infrequent_after: 29d }']]),
        'production/overrides.yml':
          EKS +
          dataOf([
            [
              'replicas: 2 }',
              'replicas: 2 }\n      archive: { retention: 60d, infrequent_after: 60d, glacier_after: 90d }',
            ],
          ]),
      },
      lines: [
        `${at}:14:72 mev.data.stores.archive.glacier_after: 59d is less than 30 days after infrequent_after, and S3 moves nothing sooner; give at least 60d`,
        'environments/production/overrides.yml:14:52 mev.data.stores.archive.infrequent_after: 60d is when it is deleted already (retention); give less, or remove it',
        'environments/production/overrides.yml:14:72 mev.data.stores.archive.glacier_after: 90d is when it is deleted already (retention); give less, or remove it',
        'environments/staging/overrides.yml:14:52 mev.data.stores.archive.infrequent_after: 29d is not from 30d to 3650d',
      ],
    },
  ]);
});

describe('the rest', () => {
  tell([
    {
      title: 'no streams and no stores',
      files: development(`${EKS}mev: { data: { enabled: true, secret: data } }\n`),
      lines: [
        `${at}:2:8 mev.data.streams: is missing; give a map of keys`,
        `${at}:2:8 mev.data.stores: is missing; give a map of keys`,
      ],
    },
    {
      title: 'an empty map of streams, and a store that is left out',
      files: development(`${EKS}mev:
  data:
    streams: {}
    stores: { timeseries: { retention: 1d, size: 1 GiB }, analytics: { retention: 1d } }
`),
      lines: [
        `${at}:4:14 mev.data.streams: is empty; declare at least one`,
        `${at}:5:5 mev.data.stores.transactions: is missing; give a map of keys`,
      ],
    },
    {
      title: 'names that streams cannot have',
      files: development(
        EKS +
          dataOf([
            ['executions:', 'Executions:'],
            ['prices:', 'prices.spot:'],
          ]),
      ),
      lines: [
        `${at}:8:7 mev.data.streams.Executions: is not the name of a stream; use at most 32 lower-case letters, digits and -, a letter first`,
        `${at}:9:7 mev.data.streams.prices.spot: is not the name of a stream; use at most 32 lower-case letters, digits and -, a letter first`,
      ],
    },
    {
      title: 'numbers of servers that are no quorum, or too many',
      files: {
        ...development(EKS + dataOf([['stream_replicas: 3', 'stream_replicas: 2']])),
        'staging/overrides.yml':
          EKS +
          dataOf([
            ['stream_replicas: 3', 'stream_replicas: 5'],
            ['replicas: 2 }', 'replicas: 4 }'],
          ]),
      },
      lines: [
        `${at}:6:22 mev.data.stream_replicas: 2 is no quorum: neither of the two could go on alone; give 1 or 3`,
        'environments/staging/overrides.yml:6:22 mev.data.stream_replicas: 5 is not a whole number from 1 to 3',
        'environments/staging/overrides.yml:13:48 mev.data.stores.transactions.replicas: 4 is not a whole number from 1 to 3',
      ],
    },
    {
      title: 'keys that there are not',
      files: development(
        EKS +
          dataOf([
            ['stream_replicas: 3', 'replicas: 3'],
            ['{ retention: 24h,', '{ retention: 24h, subjects: 2,'],
          ]),
      ),
      lines: [
        `${at}:6:5 mev.data.replicas: is not a known key; use one of enabled, secret, stream_replicas, streams, stores, workers`,
        `${at}:9:33 mev.data.streams.prices.subjects: is not a known key; use one of retention, size`,
      ],
    },
    {
      title: 'a secret itself',
      files: development(EKS + dataOf([['secret: data', 'secret: "correct horse"']])),
      lines: [
        `${at}:5:13 mev.data.secret: is not the name of a secret; put the value into Secrets Manager and give its name here, such as l1/rpc`,
      ],
    },
  ]);
});

describe('what is worth a look', () => {
  const warnings = (text: string): string[] =>
    formatProblems(loadFiles(development(text)).warnings).filter((line) => line.includes('mev.data'));
  const MONITORED = `${EKS}monitoring: { grafana_admin_secret: grafana }\n`;

  test('disks that fill where nobody is told', () => {
    expect(warnings(EKS + DATA)).toEqual([
      `${at}:4:14 warning: mev.data.enabled: nobody is told when a disk of streams or stores fills; set monitoring`,
    ]);
    expect(warnings(MONITORED + DATA)).toEqual([]);
  });
});

test.each([
  ['no cluster, while it is off', dataOf([['enabled: true', 'enabled: false']])],
  ['no secret, while it is off', dataOf([['    enabled: true\n    secret: data\n', '']])],
  [
    'a bucket off EKS, while it is off',
    ELSEWHERE +
      dataOf([
        ['enabled: true', 'enabled: false'],
        ['replicas: 2 }', 'replicas: 2 }\n      archive: { retention: 30d }'],
      ]),
  ],
  [
    'disks of any size, of a class that is named',
    `kubernetes: { cluster: mev, storage_class: big }\n${dataOf([['size: 500 GiB', 'size: 100 TiB']])}`,
  ],
  ['disks of any size, off EKS', ELSEWHERE + dataOf([['size: 500 GiB', 'size: 100 TiB']])],
  [
    'moves on the first day that S3 makes them',
    EKS +
      dataOf([
        [
          'replicas: 2 }',
          'replicas: 2 }\n      archive: { retention: 61d, infrequent_after: 30d, glacier_after: 60d }',
        ],
      ]),
  ],
  [
    'objects that go to Glacier at once',
    EKS + dataOf([['replicas: 2 }', 'replicas: 2 }\n      archive: { retention: 2d, glacier_after: 1d }']]),
  ],
])('it may have %s', (_, text) => {
  expect(refusals(development(text))).toEqual([]);
});
