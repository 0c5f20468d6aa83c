import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientDefinition, clientsIn, polygon, processesOf } from '../../../../constructs/chain-node/catalogue';
import { read } from './rollup';

const client = (id: string): ClientDefinition =>
  clientsIn(polygon).find((candidate) => candidate.id === id) as ClientDefinition;
const headOf = (id: string) => {
  const [mainnet] = polygon.networks;
  if (!mainnet) throw new Error('no network');
  const health = client(id).health(mainnet);
  if (!('read' in health.head)) throw new Error('no head');
  return { ...health, head: health.head };
};

const result = (value: unknown) => ({ jsonrpc: '2.0', id: 1, result: value });

test('jq reads what bor answers', () => {
  const { identity, head, peers, progress } = headOf('bor');
  expect(read(identity, result('0x89'))).toBe(137);
  expect(read(head, result({ number: '0x5c4d9ac', timestamp: '0x6b048a77' }))).toEqual([0x5c4d9ac, 0x6b048a77]);
  expect(read(peers, result('0x1f'))).toBe(31);
  expect(read(progress, result(false))).toBe(false);
});

/** CometBFT rpc/core/types/responses.go: numbers are text, times have nanoseconds or none. */
const status = (time: string) => ({
  jsonrpc: '2.0',
  id: -1,
  result: {
    node_info: { network: 'heimdallv2-137', moniker: 'node' },
    sync_info: {
      latest_block_hash: '0F0E',
      latest_block_height: '58281234',
      latest_block_time: time,
      earliest_block_height: '24404501',
      catching_up: false,
    },
  },
});

test('jq reads what heimdall answers', () => {
  const { head, peers, progress } = headOf('heimdall');
  const seconds = Date.parse('2026-11-24T12:00:01Z') / 1000;
  for (const time of ['2026-11-24T12:00:01.123456789Z', '2026-11-24T12:00:01.5Z', '2026-11-24T12:00:01Z']) {
    expect(read(head, status(time))).toEqual([58_281_234, seconds]);
  }
  expect(read(progress, status('2026-11-24T12:00:01Z'))).toBe('58281234');
  const peersOf = (n: string) => ({ jsonrpc: '2.0', id: -1, result: { listening: true, n_peers: n, peers: [] } });
  expect(read(peers, peersOf('12'))).toBe(12);
});

describe('the home of heimdall', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'heimdall-'));
    mkdirSync(join(root, 'bin'));
    mkdirSync(join(root, 'data'));
    // `init` as far as the preparation knows it: a home with keys that differ each time, and a genesis that nobody wants.
    writeFileSync(
      join(root, 'bin', 'heimdalld'),
      `#!/bin/sh
set -e
[ "$1 $2" = 'init node' ] && [ "$3" = '--chain-id=heimdallv2-137' ]
home="\${4#--home=}"
[ ! -e "$home" ]
mkdir -p "$home/config" "$home/data"
umask 077
for file in config/node_key.json config/priv_validator_key.json data/priv_validator_state.json config/genesis.json; do
  echo "$file $$" > "$home/$file"
done
`,
      { mode: 0o755 },
    );
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const home = (): void => {
    const [heimdall] = processesOf({ chain: polygon, network: 'mainnet', client: 'bor' }, 8192);
    const preparation = heimdall?.prepare?.[0];
    if (!preparation) throw new Error('no preparation');
    const [script, chain] = preparation.arguments as [string, string];
    const moved = script.replace(/(?<=[ "])\/data/g, `${root}/data`).replaceAll('/tmp/new', `${root}/new`);
    const [shell, ...options] = preparation.program as [string, string];
    execFileSync(shell, [...options, moved, chain], {
      env: { PATH: `${join(root, 'bin')}:${process.env.PATH}` },
    });
  };
  const text = (path: string): string => readFileSync(join(root, 'data', path), 'utf8');

  test('has keys that only it reads, links to what it was given, and no genesis of its own', () => {
    home();
    for (const file of ['config/node_key.json', 'config/priv_validator_key.json', 'data/priv_validator_state.json']) {
      expect(statSync(join(root, 'data', file)).mode & 0o777).toBe(0o600);
    }
    expect(readlinkSync(join(root, 'data/config/app.toml'))).toBe('/config/app.toml');
    expect(readlinkSync(join(root, 'data/config/config.toml'))).toBe('/config/config.toml');
    expect(existsSync(join(root, 'data/config/genesis.json'))).toBe(false);
  });

  test('that came with another node’s data gets new keys, and keeps what is left', () => {
    home();
    const before = [text('config/node_key.json'), text('data/priv_validator_state.json')];
    rmSync(join(root, 'data/config/node_key.json'));
    rmSync(join(root, 'data/config/priv_validator_key.json'));
    home();
    expect(text('config/node_key.json')).not.toBe(before[0]);
    expect(text('data/priv_validator_state.json')).toBe(before[1]);
    expect(existsSync(join(root, 'data/config/priv_validator_key.json'))).toBe(true);
  });

  test('that was half made has no key of a validator, so that it is made again', () => {
    writeFileSync(join(root, 'bin', 'cp'), '#!/bin/sh\ncase "$2" in *state.json) exit 1;; esac\nexec /bin/cp "$@"\n', {
      mode: 0o755,
    });
    expect(home).toThrow();
    expect(existsSync(join(root, 'data/config/priv_validator_key.json'))).toBe(false);
  });
});
