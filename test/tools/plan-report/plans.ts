import type { Permissions } from '../../../tools/plan-report/dangers';
import { type Plan, readPlan } from '../../../tools/plan-report/plan';
import type { Json } from '../../project';

/** Plans as Terraform writes them, of resources whose providers are not here. */

type Actions = 'create' | 'update' | 'delete' | 'replace' | 'forget';

const WORDS: Readonly<Record<Actions, readonly string[]>> = {
  create: ['create'],
  update: ['update'],
  delete: ['delete'],
  replace: ['delete', 'create'],
  forget: ['forget'],
};

/** A change of one resource; `paths` are what it is replaced for. */
export const changed = (
  address: string,
  actions: Actions,
  before: Json = {},
  after: Json = actions === 'delete' || actions === 'forget' ? null : before,
  paths: readonly string[] = [],
): Json => {
  const [type, name] = address.split('.');
  return {
    address,
    mode: 'managed',
    type,
    name,
    provider_name: 'registry.example/of/it',
    change: {
      actions: WORDS[actions],
      before: actions === 'create' ? null : before,
      after,
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...(paths.length > 0 ? { replace_paths: paths.map((path) => path.split('.')) } : {}),
    },
  };
};

const output = (before: Json, after: Json): Json => ({
  actions: ['update'],
  before,
  after,
  after_unknown: false,
  before_sensitive: false,
  after_sensitive: false,
});

export const GETH = { group: 'ethereum-mainnet', instance: 'i-1', programs: { geth: 'v1.17.10' } };
export const RETH = { group: 'ethereum-mainnet', instance: 'i-2', programs: { reth: 'v2.10.1' } };
export const NITRO = { group: 'arbitrum-mainnet', programs: { nitro: 'v3.12.4' } };
export const NODES = { 'ethereum-mainnet-geth': GETH, 'ethereum-mainnet-reth': RETH, 'arbitrum-mainnet-nitro': NITRO };
export const ENGINE = { image: 'ghcr.io/acme/engine:1.0.0', stopped: false, strategies: { usdc: 'live' } };

interface Outputs {
  readonly nodes?: readonly [Json, Json];
  readonly engines?: readonly [Json, Json];
}

export const text = (changes: readonly Json[], outputs: Outputs = {}, rest: Json = {}): string =>
  JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.11.4',
    resource_changes: changes,
    output_changes: {
      nodes: output(...(outputs.nodes ?? [NODES, NODES])),
      engines: output(...(outputs.engines ?? [{ router: ENGINE }, { router: ENGINE }])),
    },
    ...rest,
  });

export const plan = (changes: readonly Json[], outputs: Outputs = {}): Plan => readPlan(text(changes, outputs));

export const permitting = (retire: readonly string[] = [], allow: readonly string[] = []): Permissions => ({
  retire: new Map(retire.map((one) => [one, 'overrides.yml:1'])),
  allow: new Map(allow.map((one) => [one, 'overrides.yml:2'])),
});
