import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../project';
import { podWith, render } from './pods';
import { asFirst, type Ended, FILES, newFolder, podCommands, Running, run, until } from './programs';

// The program of the scheduled job, with a cluster that is a file: see fakes/kubectl.

jest.setTimeout(30_000);

const NODE = 'ethereum-sepolia-geth';
const LABEL = 'chain-nodes.io/node';
const STOPPED = 'chain-nodes.io/stopped-for-snapshot';
const PROGRAM = ['python3', join(FILES, 'snapshot.py')];

let folder: string;

/** What the chart says that the job is given, and what it may do. */
let job: { readonly environment: Readonly<Record<string, string>>; readonly may: readonly string[] };
beforeAll(async () => {
  const objects = await render(
    podWith('ethereum sepolia geth lighthouse full standard outbound', {
      snapshots: { schedule: '0 3 * * *', keep: 3, class: 'chain-nodes' },
    }),
  );
  const [container] = objects[`CronJob ${NODE}-snapshot`].spec.jobTemplate.spec.template.spec.containers;
  const rules: Json[] = [`Role ${NODE}-snapshot`, `ClusterRole blockchain-${NODE}-snapshot`].flatMap(
    (name) => objects[name].rules,
  );
  job = {
    environment: Object.fromEntries(container.env.map(({ name, value }: Json) => [name, value])),
    may: rules.flatMap(({ resources, verbs, resourceNames = ['*'] }) =>
      resources.flatMap((resource: string) =>
        verbs.flatMap((verb: string) => resourceNames.map((name: string) => `${verb} ${resource} ${name}`)),
      ),
    ),
  };
});
beforeAll(() => symlinkSync(join(__dirname, 'fakes/kubectl'), join(podCommands(), 'kubectl')));

/** A snapshot that is there, and what it is in EBS. */
const snapshot = (day: number, change: Json = {}): Json => ({
  metadata: { name: `day-${day}`, labels: { [LABEL]: NODE }, creationTimestamp: `2026-11-0${day}T03:00:00Z` },
  status: { readyToUse: true, creationTime: 'x', boundVolumeSnapshotContentName: `content-${day}` },
  ...change,
});
const content = (day: number): Json => ({ metadata: { name: `content-${day}` }, spec: { deletionPolicy: 'Retain' } });

interface State {
  statefulset: Json[];
  pods: Json[];
  volumesnapshot: Json[];
  volumesnapshotcontent: Json[];
  looksUntilStopped: number;
  looksUntilBegun: number;
  begins: Json;
  refuses: Json[];
}
const labels = { app: `${NODE}-node`, [LABEL]: NODE, 'chain-nodes.io/part': 'node' };

/** A cluster with a node that runs. */
const running = (): State => ({
  statefulset: [{ metadata: { name: `${NODE}-node` }, spec: { replicas: 1, template: { metadata: { labels } } } }],
  pods: [{ metadata: { name: `${NODE}-node-0`, labels } }],
  volumesnapshot: [],
  volumesnapshotcontent: [],
  looksUntilStopped: 3,
  looksUntilBegun: 2,
  begins: { creationTime: '2026-11-25T00:00:01Z', boundVolumeSnapshotContentName: 'content-new', readyToUse: false },
  refuses: [],
});
const stopped = (annotations: Readonly<Record<string, string>>): State => ({
  ...running(),
  statefulset: [
    { metadata: { name: `${NODE}-node`, annotations }, spec: { replicas: 0, template: { metadata: { labels } } } },
  ],
  pods: [],
});

beforeEach(() => {
  folder = newFolder('snapshot');
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (): string => join(folder, 'cluster.json');
const state = (): State => JSON.parse(readFileSync(file(), 'utf8')) as State;
const calls = (): string[][] =>
  existsSync(`${file()}.calls`)
    ? readFileSync(`${file()}.calls`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string[])
    : [];
/** What was done to the cluster, in order. */
const steps = (): string[] =>
  calls()
    .map((words) => words.join(' '))
    .flatMap((call) => {
      if (call.startsWith('get')) return [];
      if (call.startsWith('create')) return ['snapshot'];
      if (call.startsWith('patch statefulset')) return [call.includes('"replicas": 0') ? 'stop' : 'start'];
      return [call.replace(/ --type=merge --patch=/, ' ')];
    });

const environment = (cluster: State, change: Readonly<Record<string, string>> = {}): Record<string, string> => {
  writeFileSync(file(), JSON.stringify(cluster));
  return {
    ...job.environment,
    CLUSTER: file(),
    STOP_SECONDS: '5',
    BEGIN_SECONDS: '5',
    PAUSE_SECONDS: '0.02',
    ...change,
  };
};
const take = (cluster: State, change: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  run(PROGRAM, environment(cluster, change));

const expectRunning = (): void => {
  const { statefulset, pods } = state();
  expect(statefulset[0].spec.replicas).toBe(1);
  // So that whoever stops it next, by hand, finds it so.
  expect(statefulset[0].metadata.annotations ?? {}).toEqual({});
  expect(pods).toHaveLength(1);
};

describe('a snapshot', () => {
  test('is of a node that is stopped, and the node goes on when it has begun', async () => {
    const { status, output } = await take(running());
    expect([status, output]).toEqual([
      0,
      expect.stringMatching(/^ethereum-sepolia-geth-\d{8}-\d{6} has begun, and ethereum-sepolia-geth goes on\n$/),
    ]);
    expect(steps()).toEqual(['stop', 'snapshot', 'start']);
    expectRunning();
    expect(state().volumesnapshot).toEqual([
      {
        apiVersion: 'snapshot.storage.k8s.io/v1',
        kind: 'VolumeSnapshot',
        metadata: { name: output.split(' ')[0], labels: { [LABEL]: NODE }, creationTimestamp: expect.anything() },
        spec: { volumeSnapshotClassName: 'chain-nodes', source: { persistentVolumeClaimName: `${NODE}-data-pvc` } },
        status: expect.objectContaining({ readyToUse: false }),
        whileStopped: true,
      },
    ]);
  });

  test('says on the node, while it is stopped, that it is for this', async () => {
    const program = new Running(PROGRAM, environment({ ...running(), begins: null }));
    await until('the snapshot is asked for', () => steps().includes('snapshot'));
    expect(state().statefulset[0].metadata.annotations).toEqual({ [STOPPED]: 'true' });
    program.signal('SIGTERM');
    await program.ended;
  });

  test('asks for nothing that its roles do not give', async () => {
    const old = [1, 2, 3, 4].map((day) => snapshot(day));
    await take({ ...running(), volumesnapshot: old, volumesnapshotcontent: [1, 2, 3, 4].map(content) });
    const plural: Readonly<Record<string, string>> = {
      statefulset: 'statefulsets',
      volumesnapshot: 'volumesnapshots',
      volumesnapshotcontent: 'volumesnapshotcontents',
    };
    const needed = calls().flatMap(([verb = '', kind = '', name = '']) => {
      const of = plural[kind] ?? kind;
      const object = of === 'statefulsets' ? name : '*';
      if (verb === 'create') return ['create volumesnapshots *'];
      // kubectl reads what it changes.
      return (verb === 'get' ? [name.startsWith('--') ? 'list' : 'get'] : ['get', verb]).map(
        (one) => `${one} ${of} ${object}`,
      );
    });
    expect(needed).toContain('delete volumesnapshots *');
    expect(job.may).toEqual(expect.arrayContaining([...new Set(needed)]));
    // Nor do they give what it does not ask for.
    expect([...job.may].sort()).toEqual([...new Set(needed)].sort());
  });
});

describe('the node goes on', () => {
  test('when the snapshot fails', async () => {
    const { status, output } = await take({ ...running(), begins: { error: { message: 'no such volume' } } });
    expect([status, output]).toEqual([1, expect.stringContaining('the snapshot failed: no such volume')]);
    expect(steps()).toEqual(['stop', 'snapshot', 'start']);
    expectRunning();
  });

  test('when the snapshot does not begin', async () => {
    const { status, output } = await take({ ...running(), begins: null }, { BEGIN_SECONDS: '1' });
    expect([status, output]).toEqual([
      1,
      expect.stringContaining('the beginning of the snapshot took longer than 1 seconds'),
    ]);
    expect(steps()).toEqual(['stop', 'snapshot', 'start']);
    expectRunning();
  });

  test('when it does not stop, and no snapshot is taken of one that runs', async () => {
    const { status, output } = await take({ ...running(), looksUntilStopped: 1e9 }, { STOP_SECONDS: '1' });
    expect([status, output]).toEqual([1, expect.stringContaining('stopping the node took longer than 1 seconds')]);
    expect(steps()).toEqual(['stop', 'start']);
    expectRunning();
  });

  test.each([
    ['stopping it', 'patch statefulset'],
    ['looking whether it has', 'get pods'],
    ['the snapshot', 'create'],
    ['looking at it', 'get volumesnapshot'],
  ])('when the cluster refuses %s', async (_, words) => {
    expect((await take({ ...running(), refuses: [{ words, times: 1 }] })).status).toBe(1);
    expect(steps().at(-1)).toBe('start');
    expectRunning();
  });

  test('when the cluster refuses just that, for a while', async () => {
    const { status } = await take({
      ...running(),
      refuses: [{ words: 'patch statefulset', with: '"replicas": 1', times: 3 }],
    });
    expect(status).toBe(0);
    expect(steps()).toEqual(['stop', 'snapshot', 'start', 'start', 'start', 'start']);
    expectRunning();
  });

  test('or it is said how, when the cluster refuses for ever; the next run does', async () => {
    const refused = await take({
      ...running(),
      refuses: [{ words: 'patch statefulset', with: '"replicas": 1', times: 1e9 }],
    });
    expect(refused).toEqual({
      status: 1,
      output: expect.stringContaining(`kubectl scale statefulset ${NODE}-node --replicas=1`),
    });
    expect((await take({ ...state(), refuses: [] })).status).toBe(0);
    expectRunning();
  });

  test.each([
    ['stops', { looksUntilStopped: 1e9 }, 'stop'],
    ['waits for its snapshot', { begins: null }, 'snapshot'],
  ])('when the pod of the job goes while the node %s', async (_, change, last) => {
    const program = new Running(
      asFirst(...PROGRAM),
      environment({ ...running(), ...change }, { STOP_SECONDS: '60', BEGIN_SECONDS: '60' }),
    );
    await until('it waits', () => steps().at(-1) === last && calls().at(-1)?.[0] === 'get');
    program.signalFirst('SIGTERM');
    const late = new Promise((resolve) => setTimeout(resolve, 5000, 'late').unref());
    try {
      expect(await Promise.race([program.ended, late])).toMatchObject({ status: 1 });
    } finally {
      program.signal('SIGKILL', true);
    }
    expect(steps().at(-1)).toBe('start');
    expectRunning();
  });

  test('though it is asked to go a second time', async () => {
    const cluster = {
      ...running(),
      begins: null,
      refuses: [{ words: 'patch statefulset', with: '"replicas": 1', times: 4 }],
    };
    const program = new Running(PROGRAM, environment(cluster, { BEGIN_SECONDS: '60', PAUSE_SECONDS: '0.2' }));
    await until('it waits', () => steps().at(-1) === 'snapshot');
    program.signal('SIGTERM');
    await until('it tries to let the node go on', () => steps().at(-1) === 'start');
    program.signal('SIGTERM');
    expect((await program.ended).status).toBe(1);
    expectRunning();
  });
});

describe('a node that is stopped', () => {
  test('by hand is left alone, and no snapshot is taken', async () => {
    const before = stopped({ 'someone/else': 'x' });
    expect(await take(before)).toEqual({
      status: 1,
      output: `${NODE} was stopped by hand; no snapshot is taken, and it stays so\n`,
    });
    expect(steps()).toEqual([]);
    expect(state()).toEqual(before);
  });

  test('by a run that was killed is taken up', async () => {
    const program = new Running(PROGRAM, environment({ ...running(), begins: null }, { BEGIN_SECONDS: '60' }));
    await until('it waits', () => steps().at(-1) === 'snapshot');
    program.signal('SIGKILL', true);
    await program.ended;
    expect(state().statefulset[0].spec.replicas).toBe(0);
    const { status } = await take({ ...state(), begins: running().begins });
    expect(status).toBe(0);
    expect(steps().slice(-3)).toEqual(['stop', 'snapshot', 'start']);
    expectRunning();
  });
});

describe('old snapshots', () => {
  const days = (...numbers: number[]): Pick<State, 'volumesnapshot' | 'volumesnapshotcontent'> => ({
    // In no order.
    volumesnapshot: numbers.map((day) => snapshot(day)).reverse(),
    volumesnapshotcontent: numbers.map(content),
  });
  const names = (): string[] =>
    state()
      .volumesnapshot.map(({ metadata }) => metadata.name)
      .filter((name: string) => !name.startsWith(NODE))
      .sort();

  test('go, the oldest first, and what they are in EBS with them', async () => {
    expect((await take({ ...running(), ...days(3, 1, 5, 4, 2) })).status).toBe(0);
    expect(steps().slice(3)).toEqual([
      'patch volumesnapshotcontent content-2 {"spec":{"deletionPolicy":"Delete"}}',
      'delete volumesnapshot day-2',
      'patch volumesnapshotcontent content-1 {"spec":{"deletionPolicy":"Delete"}}',
      'delete volumesnapshot day-1',
    ]);
    expect(names()).toEqual(['day-3', 'day-4', 'day-5']);
    expect(
      state()
        .volumesnapshotcontent.map(({ metadata, spec }) => `${metadata.name} ${spec.deletionPolicy}`)
        .sort(),
    ).toEqual(['content-3 Retain', 'content-4 Retain', 'content-5 Retain']);
  });

  test('are kept, as many as are asked for', async () => {
    await take({ ...running(), ...days(1, 2, 3) });
    expect(names()).toEqual(['day-1', 'day-2', 'day-3']);
    await take({ ...running(), ...days(1, 2, 3) }, { KEEP: '1' });
    expect(names()).toEqual(['day-3']);
  });

  test('are not pushed out by those that are not whole', async () => {
    const cluster = { ...running(), ...days(1, 2, 3) };
    cluster.volumesnapshot.push(
      snapshot(5, { status: { creationTime: 'x', boundVolumeSnapshotContentName: 'content-5', readyToUse: false } }),
      snapshot(6, { status: { error: { message: 'x' } } }),
      snapshot(7, { status: undefined }),
    );
    expect((await take(cluster)).status).toBe(0);
    expect(names()).toEqual(['day-1', 'day-2', 'day-3', 'day-5', 'day-6', 'day-7']);
  });

  test('of other nodes stay, and that which the node began with', async () => {
    const cluster = { ...running(), ...days(1, 2, 3, 4) };
    const others = [
      snapshot(8, {
        metadata: {
          name: 'other',
          labels: { [LABEL]: 'ethereum-sepolia-geth-2' },
          creationTimestamp: '2020-01-01T00:00:00Z',
        },
      }),
      snapshot(9, {
        metadata: {
          name: `start`,
          labels: { 'app.kubernetes.io/name': 'chain-node' },
          creationTimestamp: '2020-01-01T00:00:00Z',
        },
      }),
    ];
    cluster.volumesnapshot.push(...others);
    await take(cluster);
    expect(names()).toEqual(['day-2', 'day-3', 'day-4', 'other', 'start']);
  });

  test('stay when the new one fails', async () => {
    await take({ ...running(), ...days(1, 2, 3, 4), begins: { error: { message: 'x' } } });
    expect(names()).toEqual(['day-1', 'day-2', 'day-3', 'day-4']);
  });

  test('that cannot be deleted do not keep the node down', async () => {
    const cluster = { ...running(), ...days(1, 2, 3, 4), refuses: [{ words: 'delete', times: 1 }] };
    expect((await take(cluster)).status).toBe(1);
    expectRunning();
    // The next run deletes them.
    expect((await take(state())).status).toBe(0);
    expect(names()).toEqual(['day-2', 'day-3', 'day-4']);
  });
});
