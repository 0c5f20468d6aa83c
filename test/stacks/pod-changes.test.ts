import { type Edits, type Json, load, swap, synthesize } from '../project';
import { type Change, changesBetween, none } from './change';

/** What an edit changes of nodes in pods: what a reviewer sees in a plan. */

const OVERRIDES = `global: { environment: development }
kubernetes: { cluster: mev }
chains:
  ethereum:
    networks: [sepolia]
    clients: [geth]
    hosting: kubernetes
`;
const LOCKED = `nodes:
  ethereum-sepolia-geth:
    { hosting: kubernetes, cluster: eks/mev, zone: eu-central-1a, storage: ebs, disk: gp3-3000-125, size: 600 GiB, key: aws/ebs }
`;

const stacks = (overrides: string, lock = LOCKED): Readonly<Record<string, Json>> => {
  const nobody = (environment: string): Edits => ({
    [`${environment}/overrides.yml`]: () => 'chains: null\n',
    [`${environment}/nodes.lock.yml`]: () => 'nodes: {}\n',
  });
  const edits: Edits = {
    ...nobody('staging'),
    ...nobody('production'),
    'development/overrides.yml': () => overrides,
    'development/nodes.lock.yml': () => lock,
  };
  const { environments } = load(edits);
  return synthesize({ environments: environments.filter(({ name }) => name === 'development') });
};

const BEFORE = stacks(OVERRIDES);
const WITH_GATEWAY = `${OVERRIDES}gateway: {}\n`;
const BEHIND_GATEWAY = stacks(WITH_GATEWAY);

const changes = (edit: (text: string) => string, lock?: string): Change | undefined =>
  changesBetween(BEFORE, stacks(edit(OVERRIDES), lock)).development;
const gatewayChanges = (edit: (text: string) => string): Change | undefined =>
  changesBetween(BEHIND_GATEWAY, stacks(edit(WITH_GATEWAY))).development;

const replica = swap('    hosting', '    replicas: 2\n    hosting');
const version = (text: string): string => swap('    hosting', '    version: { geth: v1.17.11 }\n    hosting')(text);
const budget = (group: string): string => `kubernetes_pod_disruption_budget_v1.${group}_disruptions-blockchain`;

describe('a pod added', () => {
  test('to a group that is there: its release', () => {
    expect(changes(replica)).toEqual({ ...none, created: ['helm_release.ethereum-sepolia-geth-2'] });
  });

  test('takes its turn after the one before it', () => {
    const { helm_release: releases } = stacks(replica(OVERRIDES)).development.resource;
    expect(releases['ethereum-sepolia-geth-2'].depends_on).toContain('helm_release.ethereum-sepolia-geth');
    expect(releases['ethereum-sepolia-geth'].depends_on).not.toContain('helm_release.ethereum-sepolia-geth-2');
  });

  test('of a new group: its release and the budget of the group', () => {
    expect(changes(swap('[sepolia]', '[sepolia, hoodi]'))).toEqual({
      ...none,
      created: ['helm_release.ethereum-hoodi-geth', budget('ethereum-hoodi')],
    });
  });

  test('on another kind of disk: a class as well', () => {
    expect(changes(swap('[sepolia]', '[sepolia, mainnet]'))).toEqual({
      ...none,
      created: [
        'helm_release.ethereum-mainnet-geth',
        budget('ethereum-mainnet'),
        expect.stringMatching(/^kubernetes_storage_class_v1\.disk-classes_gp3-\d+-\d+$/),
      ],
    });
  });

  test('behind a gateway: the release of that too, and where it is told', () => {
    expect(gatewayChanges(replica)).toEqual({
      ...none,
      created: ['helm_release.ethereum-sepolia-geth-2'],
      changed: ['helm_release.rpc-gateway'],
    });
    const after = stacks(swap('[sepolia]', '[sepolia, hoodi]')(WITH_GATEWAY)).development;
    expect(Object.keys(after.output.rpc.value.cluster)).toEqual(['ethereum-hoodi', 'ethereum-sepolia']);
    expect(Object.keys(after.output.nodes.value)).toEqual(['ethereum-hoodi-geth', 'ethereum-sepolia-geth']);
  });
});

describe('a change of what a pod runs', () => {
  test('is its release alone, be there a gateway or not', () => {
    const release: Change = { ...none, changed: ['helm_release.ethereum-sepolia-geth'] };
    expect(changes(version)).toEqual(release);
    expect(gatewayChanges(version)).toEqual(release);
  });

  test('is that of every replica', () => {
    expect(changesBetween(stacks(replica(OVERRIDES)), stacks(version(replica(OVERRIDES))))).toEqual({
      development: { ...none, changed: ['helm_release.ethereum-sepolia-geth', 'helm_release.ethereum-sepolia-geth-2'] },
    });
  });

  test('never asks for another claim or namespace', () => {
    const before = BEFORE.development.resource.helm_release['ethereum-sepolia-geth'];
    const after = stacks(version(OVERRIDES)).development.resource.helm_release['ethereum-sepolia-geth'];
    expect({ ...after, values: [] }).toEqual({ ...before, values: [] });
    const dataOf = ({ values: [text] }: Json): string => /^data:\n(?: .*\n)+/m.exec(text)?.[0] ?? '';
    expect(dataOf(before)).toContain('size: "600Gi"');
    expect(dataOf(after)).toBe(dataOf(before));
  });
});

test('a disk that grows is its release alone', () => {
  const grow = swap('    hosting', '    volume: { size: 1 TiB }\n    hosting');
  expect(changes(grow, LOCKED.replace('600 GiB', '1 TiB'))).toEqual({
    ...none,
    changed: ['helm_release.ethereum-sepolia-geth'],
  });
});

test('a pod retired is its release, its group and a class that nobody else has', () => {
  const retire = (text: string): string => `${swap('[geth]', '[reth]')(text)}retire: [ethereum-sepolia-geth]\n`;
  const { created, destroyed, changed } = changes(retire) ?? none;
  expect([created, destroyed, changed]).toEqual([
    ['helm_release.ethereum-sepolia-reth'],
    ['helm_release.ethereum-sepolia-geth'],
    [],
  ]);
  const gone = changes(
    (text) => `${text.replace(/chains:[\s\S]*/, 'chains: null\n')}retire: [ethereum-sepolia-geth]\n`,
  );
  expect(gone).toEqual({
    ...none,
    destroyed: [
      'helm_release.ethereum-sepolia-geth',
      budget('ethereum-sepolia'),
      'kubernetes_storage_class_v1.disk-classes_gp3-3000-125',
    ],
  });
});

test('another list of zones changes nothing, because the claim is locked where it is', () => {
  expect(changes((text) => `${text}aws: { zones: [eu-central-1c, eu-central-1b] }\n`)).toBeUndefined();
});
