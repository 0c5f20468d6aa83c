import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { exportedSchemas } from '../../environments/schema/export';

/** The JSON Schemas that editors use: they are what the code exports, every file names its own, and they tell right from wrong. */

const ENVIRONMENTS = join(__dirname, '..', '..', 'environments');
const SCHEMAS = join(ENVIRONMENTS, 'schema');

const yamlFiles = readdirSync(ENVIRONMENTS, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ya?ml$/.test(file))
  .sort();

const text = (file: string): string => readFileSync(join(ENVIRONMENTS, file), 'utf8');

/** The schema that a file's first line names, as a path from `environments/`. */
function schemaOf(file: string): string | undefined {
  const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text(file))?.[1];
  return named && relative(ENVIRONMENTS, join(ENVIRONMENTS, dirname(file), named));
}

// Strict: a keyword that no editor knows, or one that its type rules out, is an error.
const validators = new Map<string, ValidateFunction>(
  Object.entries(exportedSchemas()).map(([name, schema]) => [
    name,
    new Ajv({ strict: true, allErrors: true }).compile(schema),
  ]),
);

/** Whether a schema accepts data; the paths of what it does not when it does not. */
function faults(schema: string, data: unknown): string[] {
  const validate = validators.get(schema);
  if (!validate) throw new Error(`no schema ${schema}`);
  return validate(data) ? [] : [...new Set((validate.errors ?? []).map(({ instancePath }) => instancePath))].sort();
}

describe('the files of schema/', () => {
  test('are those that are exported', () => {
    const files = readdirSync(SCHEMAS).filter((file) => file.endsWith('.json'));
    expect(files.sort()).toEqual(Object.keys(exportedSchemas()).sort());
  });

  test.each(Object.entries(exportedSchemas()))('%s holds what is exported', (name, schema) => {
    expect(JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8'))).toEqual(schema);
  });

  test.each(Object.entries(exportedSchemas()))('%s says which JSON Schema it is written in', (_, schema) => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });
});

describe('every YAML file', () => {
  test('there are some', () => {
    expect(yamlFiles).toEqual(expect.arrayContaining(['global.yml', 'production/overrides.yml']));
  });

  test.each(yamlFiles)('%s names its schema in its first line', (file) => {
    const kind = file.startsWith('strategies/') ? 'strategy' : (file.split('/').at(-1) as string).split('.')[0];
    const expected = kind === 'nodes' ? 'nodes-lock' : kind;
    expect(schemaOf(file)).toBe(`schema/${expected}.schema.json`);
    expect(existsSync(join(ENVIRONMENTS, schemaOf(file) as string))).toBe(true);
  });

  test.each(yamlFiles)('%s is accepted by its schema', (file) => {
    expect(faults((schemaOf(file) as string).replace('schema/', ''), parse(text(file)))).toEqual([]);
  });
});

describe('a layer', () => {
  const OVERRIDES = 'overrides.schema.json';

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['null, which removes, at any depth', { mev: null, chains: { ethereum: { nodes: { 'mainnet-geth': null } } } }],
    ['null for a single setting', { aws: { kms_key: null }, chains: { ethereum: { volume: { size: null } } } }],
    ['one half of what belongs together', { chains: { ethereum: { networks: ['mainnet'] } } }],
    ['a VPC in each of its shapes', { network: { vpc: 'default' } }],
    ['a VPC by id', { network: { vpc: { id: 'vpc-0123456789abcdef0' } } }],
    ['a VPC by tags', { network: { vpc: { tags: { Name: 'mev' } } } }],
    ['a chain that is to come', { chains: { solana: { clients: ['agave'] } } }],
  ])('may hold %s', (_, data) => {
    expect(faults(OVERRIDES, data)).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['an unknown key', { chain: {} }, ''],
    ['an unknown key far below', { chains: { ethereum: { volume: { sise: '1 TiB' } } } }, '/chains/ethereum/volume'],
    ['an unknown chain', { chains: { etherium: {} } }, '/chains'],
    ['an unknown client', { chains: { ethereum: { clients: ['gteh'] } } }, '/chains/ethereum/clients/0'],
    ['a network that is gone', { chains: { ethereum: { networks: ['goerli'] } } }, '/chains/ethereum/networks/0'],
    ['a word that is none of a few', { global: { logging: { level: 'verbose' } } }, '/global/logging/level'],
    ['a refused key', { global: { security: { encryption_key_path: '/x' } } }, '/global/security/encryption_key_path'],
    ['a refused key at the top', { global_limits: {} }, '/global_limits'],
    ['a size without a unit', { chains: { ethereum: { volume: { size: '4' } } } }, '/chains/ethereum/volume/size'],
    ['a number for a quantity', { mev: { max_gas_price: 500 } }, '/mev/max_gas_price'],
    ['an amount of another unit', { mev: { max_gas_price: '500 szabo' } }, '/mev/max_gas_price'],
    ['a region that is none', { aws: { region: 'frankfurt' } }, '/aws/region'],
    ['an account without quotes', { aws: { account_id: 12345678901 } }, '/aws/account_id'],
    ['a word for a switch', { protect: 'yes' }, '/protect'],
    ['a number out of bounds', { chains: { ethereum: { replicas: 0 } } }, '/chains/ethereum/replicas'],
    ['a part of a number', { chains: { ethereum: { replicas: 1.5 } } }, '/chains/ethereum/replicas'],
    ['a word for a list', { aws: { zones: 'eu-central-1a' } }, '/aws/zones'],
    [
      'a setting of a node that it has not',
      { chains: { ethereum: { nodes: { x: { sise: 1 } } } } },
      '/chains/ethereum/nodes/x',
    ],
    [
      'an argument that is no flag',
      { chains: { ethereum: { extra_args: { geth: ['x'] } } } },
      '/chains/ethereum/extra_args/geth/0',
    ],
    ['a VPC of no shape', { network: { vpc: 'main' } }, '/network/vpc'],
  ])('may not hold %s', (_, data, path) => {
    expect(faults(OVERRIDES, data)).toContain(path);
  });

  test('keys of an environment stand in its own file only', () => {
    const data = { global: { environment: 'production' }, retire: ['ethereum-mainnet-geth'] };
    expect(faults(OVERRIDES, data)).toEqual([]);
    expect(faults('global.schema.json', data)).toEqual(expect.arrayContaining(['', '/global']));
  });
});

describe('a lock file', () => {
  const node = {
    zone: 'eu-central-1a',
    tier: 'private',
    vpc: 'default',
    architecture: 'arm64',
    storage: 'ebs',
    size: '4 TiB',
    key: 'aws/ebs',
  };
  const { storage: _, ...nowhere } = node;

  test.each<[string, unknown, string[]]>([
    ['whole', { nodes: { a: node } }, []],
    ['empty', { nodes: {} }, []],
    ['without a map of nodes', {}, ['']],
    ['with a node without storage', { nodes: { a: nowhere } }, ['/nodes/a']],
    ['with a tier that is none', { nodes: { a: { ...node, tier: 'dmz' } } }, ['/nodes/a/tier']],
    ['with a size that is none', { nodes: { a: { ...node, size: '4 TB' } } }, ['/nodes/a/size']],
    ['with a key of its own', { nodes: { a: { ...node, note: 'x' } } }, ['/nodes/a']],
  ])('%s', (__, data, expected) => {
    expect(faults('nodes-lock.schema.json', data)).toEqual(expected);
  });
});

describe('a strategy', () => {
  const good = parse(text('strategies/active/cross-chain-usdc.yml'));
  const edit = (section: string, change: object): unknown => ({ ...good, [section]: { ...good[section], ...change } });

  test.each<[string, unknown, string[]]>([
    ['with an amount for a fee', edit('execution', { priority_fee: '2 gwei' }), []],
    ['with a fee that is none', edit('execution', { priority_fee: 'much' }), ['/execution/priority_fee']],
    ['of an unknown type', edit('strategy', { type: 'arbitrge' }), ['/strategy/type']],
    ['on an unknown chain', edit('parameters', { chains: ['tron'] }), ['/parameters/chains/0']],
    ['with a ratio above one', edit('parameters', { slippage_tolerance: 5 }), ['/parameters/slippage_tolerance']],
    ['without an engine', edit('execution', { engine: undefined }), ['/execution']],
    ['with an unknown key', edit('monitoring', { alert: 1 }), ['/monitoring']],
  ])('%s', (_, data, expected) => {
    // As YAML has it: a key without a value is not there.
    expect(faults('strategy.schema.json', JSON.parse(JSON.stringify(data)))).toEqual(expected);
  });
});
