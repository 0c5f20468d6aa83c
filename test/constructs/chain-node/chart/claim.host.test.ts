import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../../project';
import { type Objects, podWith, render } from './pods';

/** What the chart asks of a claim that is there already, as an API server tells Helm of it. */

const SNAPSHOT = podWith('ethereum sepolia geth lighthouse full standard outbound', {
  bootstrap: { from: 'snapshot', snapshotId: 'snap-0123' },
  storageClass: 'new-class',
});
const NODE = SNAPSHOT.values.node as string;
const CLAIM = `${NODE}-data-pvc`;
const START = `${NODE}-start`;
const SOURCE = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: START };

/** What an API server says of itself (Kubernetes, API concepts, discovery), and of one claim. */
const answers = (claim: Json | undefined): Readonly<Record<string, Json>> => ({
  '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      {
        name: 'persistentvolumeclaims',
        singularName: '',
        kind: 'PersistentVolumeClaim',
        namespaced: true,
        verbs: ['get'],
      },
    ],
  },
  ...(claim === undefined
    ? {}
    : {
        [`/api/v1/namespaces/blockchain/persistentvolumeclaims/${CLAIM}`]: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: CLAIM, namespace: 'blockchain' },
          ...claim,
        },
      }),
});

async function besideClaim(claim: Json | undefined): Promise<Objects> {
  const known = answers(claim);
  const server = createServer(({ url = '' }, response) => {
    const [path = ''] = url.split('?');
    const found = known[path];
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(found ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await render(SNAPSHOT, undefined, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

const sources = (objects: Objects): string[] =>
  Object.keys(objects).filter((name) => name.startsWith('VolumeSnapshot'));
const BOTH = [`VolumeSnapshot ${START}`, `VolumeSnapshotContent blockchain-${START}`];

jest.setTimeout(30_000);

test('of a claim that is not there yet, source and class are those that are asked for', async () => {
  const objects = await besideClaim(undefined);
  expect(objects[`PersistentVolumeClaim ${CLAIM}`].spec).toMatchObject({
    storageClassName: 'new-class',
    dataSource: SOURCE,
  });
  expect(sources(objects)).toEqual(BOTH);
});

test('a claim that waits for its pod keeps what its disk will be made from', async () => {
  const spec = { storageClassName: 'old-class', dataSource: SOURCE };
  const objects = await besideClaim({ spec, status: { phase: 'Pending' } });
  expect(objects[`PersistentVolumeClaim ${CLAIM}`].spec).toMatchObject(spec);
  expect(sources(objects)).toEqual(BOTH);
});

test('one that has its disk keeps its class and source, and needs no snapshot any more', async () => {
  const spec = { storageClassName: 'old-class', dataSource: SOURCE, volumeName: 'pvc-1' };
  const objects = await besideClaim({ spec, status: { phase: 'Bound' } });
  const { volumeName, ...asked } = spec;
  expect(objects[`PersistentVolumeClaim ${CLAIM}`].spec).toMatchObject(asked);
  expect(sources(objects)).toEqual([]);
});

test('one that was made empty stays so', async () => {
  const objects = await besideClaim({ spec: { volumeName: 'pvc-1' }, status: { phase: 'Bound' } });
  const { spec } = objects[`PersistentVolumeClaim ${CLAIM}`];
  expect([spec.dataSource, spec.storageClassName]).toEqual([undefined, undefined]);
  expect(sources(objects)).toEqual([]);
});
