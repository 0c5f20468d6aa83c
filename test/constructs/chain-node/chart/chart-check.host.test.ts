import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PodContext } from '../../../../constructs/chain-node';
import { swap } from '../../../project';
import { HELM, podWith } from './pods';
import { CHART, newFolder } from './programs';

// That what CI holds against every rendering can fail. Needs helm, and a Python with the packages of tools/ci/chart-requirements.txt.

jest.setTimeout(60_000);

const PYTHON = process.env.CHART_CHECK_PYTHON ?? 'python3';
const PROGRAM = join(__dirname, '../../../../tools/ci/chart_check.py');
const NODE = 'ethereum-sepolia-geth';

let folder: string;
let chart: string;

beforeAll(() => {
  const { status } = spawnSync(PYTHON, ['-c', 'import kubernetes_validate']);
  if (status !== 0)
    throw new Error(
      `${PYTHON} has no package kubernetes-validate; set CHART_CHECK_PYTHON to a Python with the packages of tools/ci/chart-requirements.txt`,
    );
});
beforeEach(() => {
  folder = newFolder('check');
  chart = join(folder, 'chart');
  cpSync(CHART, chart, { recursive: true, dereference: true });
  mkdirSync(join(folder, 'values'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A node with all that the chart can give one. */
const EVERYTHING: Partial<PodContext> = {
  storageClass: 'gp3',
  zone: 'eu-central-1a',
  nodeSelector: { pool: 'nodes' },
  bootstrap: { from: 'url', url: 'https://archives.example/geth.tar.gz', sha256: 'a'.repeat(64), strip: 1 },
  exposure: { by: 'load-balancer', address: '192.0.2.1', class: 'service.k8s.aws/nlb', annotations: { a: 'b' } },
  snapshots: { schedule: '0 3 * * *', keep: 3, class: 'chain-nodes' },
};
function values(name: string, change: Partial<PodContext> = EVERYTHING): void {
  const p2p = change.exposure?.by === 'none' ? 'outbound' : 'public';
  const { values: given } = podWith(`ethereum sepolia geth lighthouse full standard ${p2p}`, change);
  writeFileSync(join(folder, 'values', name), JSON.stringify(given));
}

const check = (...folders: string[]) => {
  const { status, stdout, stderr } = spawnSync(PYTHON, [PROGRAM, chart, ...folders], {
    encoding: 'utf8',
    env: { ...process.env, HELM, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return { status, stdout, stderr };
};

const edit = (file: string, change: (text: string) => string): void => {
  const path = join(chart, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
};

test('the chart as it is has no fault, whichever way peers come in', () => {
  values('everything.yaml');
  values('snapshot.yaml', { bootstrap: { from: 'snapshot', snapshotId: 'snap-0123' }, exposure: { by: 'host-port' } });
  values('plain.yaml', { exposure: { by: 'none' }, serviceMonitor: false });
  expect(check(join(folder, 'values'))).toEqual({
    status: 0,
    stdout: expect.stringMatching(/: 3 renderings, \d{2} objects, 0 faults\n$/),
    stderr: '',
  });
});

const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: key\nstringData:\n  url: https://key@example.test\n';
const STRANGER = 'apiVersion: example.com/v1\nkind: Stranger\nmetadata:\n  name: x\nspec: {}\n';
const POD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  hostNetwork: true\n  containers: []\n';
const TOOLS = 'templates/_helpers.tpl';
const NODES = 'templates/statefulset.yaml';
const MONITOR = 'templates/servicemonitor.yaml';

describe('it tells of', () => {
  test.each<[string, string, (text: string) => string, string | RegExp]>([
    [
      'a container without limits',
      'templates/gate.yaml',
      swap('{{- toYaml .Values.tools.resources | nindent 12 }}', ''),
      `Job ${NODE}-gate: gate: has no limit of memory`,
    ],
    [
      'a privileged container',
      TOOLS,
      swap('allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: false\nprivileged: true'),
      `StatefulSet ${NODE}-node: geth: may become privileged`,
    ],
    [
      'one that may become so',
      TOOLS,
      swap('allowPrivilegeEscalation: false', ''),
      `CronJob ${NODE}-snapshot: snapshot: may become privileged`,
    ],
    [
      'one with capabilities',
      TOOLS,
      swap('drop: [ALL]', 'drop: [ALL]\n  add: [NET_ADMIN]'),
      'geth: has capabilities, or can write to its image',
    ],
    [
      'one that can write to its image',
      TOOLS,
      swap('readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'),
      'geth: has capabilities, or can write to its image',
    ],
    [
      'a pod that may run as root',
      TOOLS,
      swap('runAsNonRoot: true', ''),
      `StatefulSet ${NODE}-node: the pod may run as root, or without seccomp`,
    ],
    [
      'a pod with a token that it has no use for',
      NODES,
      swap('automountServiceAccountToken: false', ''),
      'it is given a token that it has no use for',
    ],
    [
      'a directory of the host',
      NODES,
      swap('emptyDir: {}', 'hostPath: { path: /tmp }'),
      'a directory of the host is mounted',
    ],
    [
      'the network of the host',
      NODES,
      swap('enableServiceLinks: false', 'hostNetwork: true'),
      'hostNetwork is asked for',
    ],
    [
      'an image that moves',
      TOOLS,
      swap('image: {{ .Values.tools.image }}', 'image: docker.io/alpine/k8s:latest'),
      'prepare: the image docker.io/alpine/k8s:latest is not pinned',
    ],
    [
      'an image without a version',
      TOOLS,
      swap('image: {{ .Values.tools.image }}', 'image: docker.io/alpine/k8s'),
      'prepare: the image docker.io/alpine/k8s is not pinned',
    ],
    [
      'a secret',
      'templates/claim.yaml',
      (text) => `${SECRET}---\n${text}`,
      'Secret key: a secret is rendered; its value would be in the release',
    ],
    [
      'a key that stands there twice',
      NODES,
      swap('  replicas: 1\n', '  replicas: 1\n  replicas: 2\n'),
      /everything.yaml: line \d+: replicas stands there twice/,
    ],
    [
      'an object that is there twice',
      'templates/config.yaml',
      (text) => `${text}\n---\n${text}`,
      `ConfigMap ${NODE}-config is there twice`,
    ],
    [
      'a port of a service that is there twice',
      'templates/services.yaml',
      swap(
        '    - name: health\n      port: {{ .Values.health.port }}\n---',
        '    - name: health\n      port: {{ .Values.health.port }}\n    - name: health\n      port: 1\n---',
      ),
      `Service ${NODE}: health is there twice`,
    ],
    [
      'a port of a pod that is there twice',
      NODES,
      swap(
        '            - name: health\n              containerPort',
        '            - name: rpc\n              containerPort',
      ),
      `StatefulSet ${NODE}-node: rpc is there twice`,
    ],
    [
      'an unknown field of a stateful set',
      NODES,
      swap('podManagementPolicy', 'podManagementPolice'),
      /StatefulSet ethereum-sepolia-geth-node: spec: Additional properties are not allowed \('podManagementPolice' was unexpected\)/,
    ],
    ['a value of another type', NODES, swap('replicas: 1', 'replicas: one'), /spec.replicas: 'one' is not of type/],
    [
      'an unknown field of a custom resource',
      MONITOR,
      swap('path: /metrics', 'path: /metrics\n      intervall: 30s'),
      `ServiceMonitor ${NODE}: spec.endpoints[].intervall is no field of it (prometheus-operator`,
    ],
    [
      'one that holds nothing',
      MONITOR,
      swap('  endpoints:\n', '  limits: {}\n  endpoints:\n'),
      `ServiceMonitor ${NODE}: spec.limits is no field of it`,
    ],
    [
      'one beside the spec',
      MONITOR,
      swap('\nspec:\n', '\nspecs:\n  a: b\nspec:\n'),
      `ServiceMonitor ${NODE}: specs.a is no field of it`,
    ],
    [
      'a resource that nobody knows',
      'templates/claim.yaml',
      (text) => `${STRANGER}---\n${text}`,
      'example.com/v1 Stranger is of no schema that is known here; add it to custom-resources.json',
    ],
    ['a pod of no set', 'templates/claim.yaml', (text) => `${POD}---\n${text}`, 'Pod x: hostNetwork is asked for'],
    [
      'a port of the host that nobody asked for',
      NODES,
      swap('{{- if .hostPort }}', '{{- if true }}'),
      'geth: takes a port of the host',
    ],
    [
      'a label that is none',
      TOOLS,
      swap('app.kubernetes.io/part-of: chain-nodes', 'app.kubernetes.io/part-of: "chain nodes"'),
      'chain nodes is not the value of a label',
    ],
    ['a template that fails', NODES, swap('replicas: 1', 'replicas: {{ fail "not so" }}'), 'not so'],
  ])('%s', (_, file, change, fault) => {
    values('everything.yaml');
    edit(file, change);
    const { status, stdout, stderr } = check(join(folder, 'values'));
    expect(status).toBe(1);
    expect(stdout + stderr).toEqual(
      typeof fault === 'string' ? expect.stringContaining(fault) : expect.stringMatching(fault),
    );
    expect(stderr).not.toContain('Traceback');
  });

  test('a fault that only some values show', () => {
    values('a.yaml', { exposure: { by: 'none' } });
    values('b.yaml');
    edit('templates/snapshots.yaml', swap('failedJobsHistoryLimit: 3', 'failedJobsHistoryLimit: many'));
    const { status, stdout } = check(join(folder, 'values'));
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(
        /^b\.yaml: CronJob .*'many' is not of type [\s\S]*: 2 renderings, \d+ objects, 1 faults\n$/,
      ),
    ]);
  });

  test('values that are not there', () => {
    expect(check(join(folder, 'values'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no values to check in'),
    });
    expect(check()).toMatchObject({ status: 1, stderr: 'no values to check in no folder\n' });
  });

  test('values that the chart does not know', () => {
    values('everything.yaml');
    writeFileSync(join(folder, 'values/z.yaml'), JSON.stringify({ replicas: 3 }));
    const { status, stdout } = check(join(folder, 'values'));
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^z\.yaml: /)]);
  });
});
