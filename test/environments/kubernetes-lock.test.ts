import fc from 'fast-check';
import { parse } from 'yaml';
import type { Environment } from '../../environments/environment';
import { writeLock } from '../../environments/lock';
import { formatProblems } from '../../environments/problem';
import { type Files, loadFiles, refusals } from './files';

/** What the lock file says of a pod's claim, and which edits it refuses. */

const OVERRIDES = 'environments/development/overrides.yml';
const EKS = 'kubernetes: { cluster: mev }\n';
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';
const POD = 'chains: { ethereum: { hosting: kubernetes } }\n';
const ID = 'ethereum-sepolia-geth';

const only = (text: string, lock = 'nodes: {}\n'): Files => ({
  'development/overrides.yml': text,
  'development/nodes.lock.yml': lock,
  'staging/overrides.yml': null,
  'production/overrides.yml': null,
});

function environmentOf(text: string): Environment {
  const [environment] = loadFiles(only(text), { unlocked: ['development'] }).environments;
  if (!environment) throw new Error('no environment');
  return environment;
}

const locks = new Map<string, string>();

/** The file that `npm run config -- development lock` writes. */
function lockOf(text: string): string {
  const known = locks.get(text);
  if (known !== undefined) return known;
  const environment = environmentOf(text);
  const lock = writeLock(environment.nodes, environment, 'development');
  locks.set(text, lock);
  return lock;
}

const entry = (text: string): unknown => parse(lockOf(text)).nodes[ID];

/** What an edit from one configuration to another is told. */
const told = (before: string, after: string): string[] => {
  const files = only(after, lockOf(before));
  const lines = refusals(files);
  return lines.length > 0 ? lines : formatProblems(loadFiles(files).warnings);
};

describe('the entry of a pod', () => {
  test('on EKS says what its claim is made of', () => {
    expect(entry(`aws: { kms_key: alias/chain-data }\n${EKS}${POD}`)).toEqual({
      hosting: 'kubernetes',
      cluster: 'eks/mev',
      zone: 'eu-central-1a',
      storage: 'ebs',
      disk: 'gp3-3000-125',
      size: '600 GiB',
      key: 'alias/chain-data',
    });
  });

  test('of io2 says no throughput', () => {
    const io2 = 'chains: { ethereum: { hosting: kubernetes, volume: { type: io2, iops: 4000 } } }\n';
    expect(entry(EKS + io2)).toMatchObject({ disk: 'io2-4000', key: 'aws/ebs' });
  });

  test('of a class that is named says which, and leaves the rest to it', () => {
    const named = `aws: { kms_key: alias/chain-data }\nkubernetes: { cluster: mev, storage_class: fast }\n${POD}`;
    expect(entry(named)).toMatchObject({ disk: 'fast', key: 'storage class', zone: 'eu-central-1a' });
  });

  test('elsewhere has no zone, and the class of the cluster', () => {
    expect(entry(ELSEWHERE + POD)).toEqual({
      hosting: 'kubernetes',
      cluster: 'kind-mev of ~/.kube/config',
      storage: 'ebs',
      disk: 'default class',
      size: '600 GiB',
      key: 'storage class',
    });
  });

  test('that takes ports of its machine says so', () => {
    const hostPort = 'chains: { ethereum: { hosting: kubernetes, p2p: { mode: public, expose: host-port } } }\n';
    expect(entry(ELSEWHERE + hostPort)).toMatchObject({ host_ports: true });
    expect(entry(ELSEWHERE + POD)).not.toHaveProperty('host_ports');
  });
});

describe('an edit that would leave a claim behind is refused', () => {
  const to = (settings: string): string => `${EKS}chains: { ethereum: { hosting: kubernetes, ${settings} } }\n`;
  const hostPort = `${ELSEWHERE}chains: { ethereum: { hosting: kubernetes, p2p: { mode: public, expose: host-port } } }\n`;
  const elsewhere = `would move from the cluster eks/mev to`;
  const advice =
    'and leave its claim behind; keep the cluster, or retire it and add it under another name; if it is the same cluster, change nodes.lock.yml with it';
  const moved = 'and leave its data behind; put it back, or retire it and add it under another name';
  test.each([
    [
      'to an instance',
      EKS + POD,
      EKS,
      [
        `environments/global.yml:6:16 chains.ethereum.networks[0]: ${ID}: would move from kubernetes to instance ${moved}`,
      ],
    ],
    [
      'from an instance',
      EKS,
      EKS + POD,
      [`${OVERRIDES}:2:32 chains.ethereum.hosting: ${ID}: would move from instance to kubernetes ${moved}`],
    ],
    [
      'to another cluster',
      EKS + POD,
      `kubernetes: { cluster: other }\n${POD}`,
      [`${OVERRIDES}:1:13 kubernetes: ${ID}: ${elsewhere} eks/other ${advice}`],
    ],
    // Of its zone, its class and its key nothing is said: they are that cluster's.
    [
      'to a cluster elsewhere',
      EKS + POD,
      ELSEWHERE + POD,
      [`${OVERRIDES}:1:13 kubernetes: ${ID}: ${elsewhere} kind-mev of ~/.kube/config ${advice}`],
    ],
    // Many clusters have a context "default".
    [
      'to another file of credentials, whose context has the same name',
      ELSEWHERE + POD,
      ELSEWHERE.replace('~/.kube/config', '/etc/kubeconfig') + POD,
      [
        `${OVERRIDES}:1:13 kubernetes: ${ID}: would move from the cluster kind-mev of ~/.kube/config to kind-mev of /etc/kubeconfig ${advice}`,
      ],
    ],
    [
      'to another kind of disk',
      EKS + POD,
      to('volume: { iops: 4000 }'),
      [
        `${OVERRIDES}:2:52 chains.ethereum.volume: ${ID}: would ask for a disk of gp3-4000-125 where its claim is of gp3-3000-125, and a claim keeps what it was made with; keep gp3-3000-125`,
      ],
    ],
    [
      'to a class that is named, whose key nobody knows',
      EKS + POD,
      `kubernetes: { cluster: mev, storage_class: fast }\n${POD}`,
      [
        `${OVERRIDES}:1:13 kubernetes: ${ID}: would ask for a disk of fast where its claim is of gp3-3000-125, and a claim keeps what it was made with; keep gp3-3000-125`,
      ],
    ],
    [
      'to a smaller disk',
      to('volume: { size: 1 TiB }'),
      EKS + POD,
      [
        `environments/global.yml:6:16 chains.ethereum.networks[0]: ${ID}: would shrink from 1 TiB to 600 GiB, and a disk cannot; keep 1 TiB`,
      ],
    ],
    [
      'to another key',
      EKS + POD,
      `${EKS}${POD}aws: { kms_key: alias/chain-data }\n`,
      [
        `${OVERRIDES}:3:17 aws.kms_key: ${ID}: would change its key from aws/ebs to alias/chain-data, and a disk keeps the key that it was made with; leave aws.kms_key unset`,
      ],
    ],
    [
      'to another zone',
      EKS + POD,
      to('nodes: { sepolia-geth: { zone: eu-central-1b } }'),
      [
        `${OVERRIDES}:2:75 chains.ethereum.nodes.sepolia-geth.zone: ${ID}: would move from eu-central-1a to eu-central-1b and leave its disk behind; keep its zone, or restore a snapshot into a new node`,
      ],
    ],
    [
      'to ports of its machine, for which there is another namespace',
      ELSEWHERE + POD,
      hostPort,
      [
        `${OVERRIDES}:2:49 chains.ethereum.p2p: ${ID}: would move from the namespace of nodes without host ports to the namespace of nodes with host ports and leave its claim behind; keep p2p.mode and p2p.expose as they were, or retire it and add it under another name`,
      ],
    ],
    [
      'from ports of its machine',
      hostPort,
      ELSEWHERE + POD,
      [
        `environments/global.yml:6:16 chains.ethereum.networks[0]: ${ID}: would move from the namespace of nodes with host ports to the namespace of nodes without host ports and leave its claim behind; keep p2p.mode and p2p.expose as they were, or retire it and add it under another name`,
      ],
    ],
  ])('%s', (_, before, after, lines) => {
    expect(told(before, after)).toEqual(lines);
  });

  test('to and from a zone, where none was named', () => {
    const tied = `${ELSEWHERE}chains: { ethereum: { hosting: kubernetes, nodes: { sepolia-geth: { zone: eu-central-1b } } } }\n`;
    expect(told(ELSEWHERE + POD, tied)).toEqual([
      `${OVERRIDES}:2:75 chains.ethereum.nodes.sepolia-geth.zone: ${ID}: would be tied to eu-central-1b, and its disk may be elsewhere; remove zone, or, if that is what you want, change nodes.lock.yml with it`,
    ]);
    expect(told(tied, ELSEWHERE + POD)).toEqual([
      `environments/global.yml:6:16 chains.ethereum.networks[0]: ${ID}: would no longer be tied to eu-central-1b, where its disk is; keep zone: eu-central-1b, or, if that is what you want, change nodes.lock.yml with it`,
    ]);
  });

  test('by dropping the node, unless it is retired', () => {
    const dropped = `${EKS}chains: null\n`;
    expect(told(EKS + POD, dropped)).toEqual([
      `environments/development/nodes.lock.yml:4:3 nodes.${ID}: the configuration drops this node and its disk; put it back, or add ${ID} to retire in the overrides (its claim stays in the cluster, to be deleted by hand)`,
    ]);
    expect(told(EKS + POD, `${dropped}retire: [${ID}h]\n`)).toEqual([
      expect.stringMatching(/deleted by hand\); retire has ethereum-sepolia-gethh, which is none of its nodes$/),
    ]);
    expect(told(EKS + POD, `${dropped}retire: [${ID}]\n`)).toEqual([]);
  });
});

describe('the claim of a pod that was retired', () => {
  const retired = 'chains: null\n';
  const relocked = (text: string, lock: string): string => {
    const [environment] = loadFiles(only(text, lock), { unlocked: ['development'] }).environments;
    if (!environment) throw new Error('no environment');
    return writeLock(environment.nodes, environment, 'development');
  };
  const kept = relocked(`${EKS}${retired}retire: [${ID}]\n`, lockOf(EKS + POD));
  const gone = `the namespace in the cluster eks/mev would go, and the claim of ${ID}, which is retired, with it; keep the cluster, or, when that data may go, delete the claim (kubectl delete pvc ${ID}-data-pvc) and its line under claims in nodes.lock.yml`;

  test('is kept in mind, for as long as its line stands', () => {
    expect(parse(kept)).toEqual({ claims: { [ID]: 'eks/mev' }, nodes: {} });
    expect(relocked(EKS + retired, kept)).toBe(kept);
    expect(refusals(only(EKS + retired, kept))).toEqual([]);
    // It is the node's again.
    expect(parse(relocked(EKS + POD, kept))).not.toHaveProperty('claims');
  });

  test.each([
    ['without the cluster', '', `${OVERRIDES}:1:1`],
    ['with another cluster', 'kubernetes: { cluster: other }\n', `${OVERRIDES}:1:13`],
  ])('is not lost with its namespace: %s', (_, cluster, place) => {
    expect(refusals(only(cluster + retired, kept))).toEqual([`${place} kubernetes: ${gone}`]);
    // In the edit that retires it as well.
    expect(refusals(only(`${cluster}${retired}retire: [${ID}]\n`, lockOf(EKS + POD)))).toEqual([
      `${place} kubernetes: ${gone}`,
    ]);
  });
});

describe('what is no loss', () => {
  test('a list of zones in which a locked one no longer stands', () => {
    expect(told(EKS + POD, `${EKS}${POD}aws: { zones: [eu-central-1b] }\n`)).toEqual([]);
    const { nodes } = environmentOf(`${EKS}${POD}aws: { zones: [eu-central-1b] }\n`);
    expect(nodes.map(({ zone }) => zone)).toEqual(['eu-central-1b']);
  });

  test('a disk that grows, which the lock must know', () => {
    const grown = `${EKS}chains: { ethereum: { hosting: kubernetes, volume: { size: 1 TiB } } }\n`;
    expect(told(EKS + POD, grown)).toEqual([
      `${OVERRIDES}:2:60 warning: chains.ethereum.volume.size: ${ID}: grows from 600 GiB to 1 TiB, and the lock must know; run: npm run config -- development lock`,
    ]);
    expect(told(grown, grown)).toEqual([]);
  });
});

describe('the lock file', () => {
  test('of a pod without what a claim has is refused, each part by its name', () => {
    const lock = `nodes: { ${ID}: { hosting: kubernetes, storage: ebs } }\n`;
    expect(
      refusals(only(EKS + POD, lock)).map(
        (line) => /: (nodes\S+ [^;]+; [^;]+);/.exec(` ${line.replace(/^\S+ /, ': ')}`)?.[1],
      ),
    ).toEqual(['cluster', 'disk', 'size', 'key'].map((key) => `nodes.${ID}.${key}: is missing; a claim has one`));
  });

  test('is silent of an edit exactly where it would be written the same', () => {
    const cluster = fc.constantFrom(
      EKS,
      'kubernetes: { cluster: other }\n',
      ELSEWHERE,
      'kubernetes: { cluster: mev, storage_class: fast }\n',
    );
    const key = fc.constantFrom('', 'aws: { kms_key: alias/chain-data }\n');
    const settings = fc.constantFrom(
      'hosting: kubernetes',
      'hosting: instance',
      'hosting: kubernetes, volume: { size: 1 TiB }',
    );
    const configuration = fc
      .tuple(cluster, key, settings)
      .map(([where, keys, what]) => `${where}${keys}chains: { ethereum: { ${what} } }\n`);
    fc.assert(
      fc.property(configuration, configuration, (before, after) => {
        expect(told(before, after).length === 0).toBe(lockOf(before) === lockOf(after));
      }),
      // Most pairs differ: that each is at peace with its own lock is tried apart.
      { numRuns: 25 },
    );
    fc.assert(
      fc.property(configuration, (text) => expect(told(text, text)).toEqual([])),
      { numRuns: 10 },
    );
  });
});
