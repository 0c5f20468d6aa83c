import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ethereum, processesOf } from '../../../../constructs/chain-node/catalogue';

/** What is done before the BDN gateway starts, for real, in a folder that stands for its directories. */

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bdn-'));
  mkdirSync(join(root, 'data'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const account = (name: string): void => {
  write('secrets/bdn-certificate.pem', `certificate of ${name}\n`);
  write('secrets/bdn-key.pem', `key of ${name}\n`);
};
const prepare = (): void => {
  const found = processesOf({ chain: ethereum, network: 'mainnet', client: 'geth', options: ['bdn-gateway'] }, 16_384);
  const preparation = found[1]?.prepare?.[0];
  if (!preparation) throw new Error('no preparation');
  const [, script] = preparation.arguments as [string, string];
  execFileSync('/bin/sh', ['-c', script.replaceAll(/(?<=[ =])\/(data|secrets)/g, `${root}/$1`)]);
};
const GIVEN = 'data/ssl/external_gateway/registration_only/external_gateway';
const PRIVATE = 'data/datadir/mainnet/1801/ssl/external_gateway/private/external_gateway_cert.pem';

test('puts what the account gave where the gateway looks for it, and its log where nothing grows', () => {
  account('one');
  prepare();
  expect(readFileSync(join(root, `${GIVEN}_cert.pem`), 'utf8')).toBe('certificate of one\n');
  expect(readFileSync(join(root, `${GIVEN}_key.pem`), 'utf8')).toBe('key of one\n');
  expect(readlinkSync(join(root, 'data/logs/gateway-1801.log'))).toBe('/dev/null');
});

test('keeps what the gateway has made, as long as the account is the same', () => {
  account('one');
  prepare();
  write(PRIVATE, 'private');
  write('data/datadir/.gatewaykey', 'key');
  prepare();
  expect(existsSync(join(root, PRIVATE))).toBe(true);
  account('two');
  prepare();
  expect(readFileSync(join(root, `${GIVEN}_key.pem`), 'utf8')).toBe('key of two\n');
  expect(existsSync(join(root, PRIVATE))).toBe(false);
  // By it the node knows it, whoever's account it is.
  expect(readFileSync(join(root, 'data/datadir/.gatewaykey'), 'utf8')).toBe('key');
});

test('fails where nothing was given', () => {
  expect(prepare).toThrow();
});
