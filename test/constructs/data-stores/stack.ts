import { TerraformStack, Testing } from 'cdktf';
import { parse } from 'yaml';
import { Cluster } from '../../../constructs/cluster';
import { DataStores, type DataStoresProps } from '../../../constructs/data-stores';
import { type Json, resources } from '../../project';

/** Streams and stores of their own stack. */

export const ROLE = 'arn:aws:iam::123456789012:role/test';
const EKS = { eks: 'test' } as const;

const PROPS: Omit<DataStoresProps, 'cluster'> = {
  environment: 'test',
  region: 'eu-central-1',
  secret: 'prod/data',
  secretStoreRoleArn: ROLE,
  streams: [
    { name: 'executions', retentionSeconds: 30 * 86_400, sizeGiB: 5 },
    { name: 'own', retentionSeconds: 60, sizeGiB: 1 },
  ],
  streamReplicas: 3,
  timeseries: { retentionDays: 90, sizeGiB: 500 },
  analytics: { retentionDays: 400 },
  transactions: { sizeGiB: 100, replicas: 2 },
  archive: {
    retentionDays: 1825,
    infrequentAfterDays: 30,
    glacierAfterDays: 90,
    kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/test',
    protect: true,
    accountId: '123456789012',
  },
  storageClass: 'retains',
  runbooks: 'https://example.com/runbooks',
  podMonitors: true,
  after: [],
};

type Change = { readonly [Key in keyof typeof PROPS]?: (typeof PROPS)[Key] | undefined };

export interface Built {
  readonly data: DataStores;
  /** Resources by address. */
  readonly found: Json;
}

export function build(change: Change = {}): Built {
  const scope = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const access =
    change.secretStoreRoleArn === undefined && 'secretStoreRoleArn' in change ? { kubeconfig: 'a', context: 'b' } : EKS;
  const cluster = new Cluster(scope, 'cluster', { access });
  const given = Object.fromEntries(Object.entries({ ...PROPS, ...change }).filter(([, value]) => value !== undefined));
  const data = new DataStores(scope, 'data', { ...(given as typeof PROPS), cluster });
  return { data, found: resources(JSON.parse(Testing.synth(scope))) };
}

/** A cluster that may be anywhere: no store, no bucket. */
export const ELSEWHERE: Change = { secretStoreRoleArn: undefined, archive: undefined, secret: 'data' };

export const releases = (found: Json): Json =>
  Object.fromEntries(
    Object.entries<Json>(found)
      .filter(([address]) => address.startsWith('helm_release.'))
      .map(([, release]) => [release.name, release]),
  );

/** As Helm lays several over each other. */
export const merged = (below: Json, above: Json): Json =>
  below !== null && typeof below === 'object' && !Array.isArray(below)
    ? {
        ...below,
        ...Object.fromEntries(
          Object.entries<Json>(above).map(([key, value]) => [key, merged(below[key] ?? null, value)]),
        ),
      }
    : above;

export const valuesOf = (found: Json, name: string): Json => {
  const texts: readonly string[] = releases(found)[name].values;
  return texts.map((text) => parse(text) as Json).reduce(merged);
};
