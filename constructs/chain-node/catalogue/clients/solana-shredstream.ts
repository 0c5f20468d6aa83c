import type { OptionalProcess, Port, Process, ProcessContext } from '../model';
import { portsByName } from '../model';

/**
 * Jito's ShredStream proxy: shreds as Jito's block engines have them, before turbine brings them, to the node beside it, and put together
 * to entries for engines. Flags, image: jito-labs/shredstream-proxy, tag v0.2.13, proxy/src/main.rs and Dockerfile (pushed for both
 * processors, release.yml); regions, addresses, how it is told of them: jito-labs/jito-docs b5ef7930 (2026-02-23),
 * docs/source/lowlatencytxnfeed.md and lowlatencytxnsend.md. It has no metrics but what it would push to InfluxDB.
 */

export const SHREDSTREAM_PROXY = 'shredstream-proxy';

/** Its filter of what it has seen takes 76 MB, and a second where it is changed; what is not yet whole is kept for 50 slots. */
export const SHREDSTREAM_MIB = 1024;

const MAINNET: Readonly<Record<string, readonly string[]>> = {
  amsterdam: [
    '74.118.140.240',
    '202.8.8.174',
    '64.130.42.228',
    '64.130.43.92',
    '64.130.55.26',
    '64.130.42.227',
    '64.130.43.19',
    '64.130.55.28',
    '63.254.166.12',
    '198.13.134.208',
    '198.13.134.231',
  ],
  dublin: ['64.130.61.138', '64.130.61.139', '64.130.61.140'],
  frankfurt: [
    '64.130.50.14',
    '198.13.137.137',
    '64.130.40.25',
    '64.130.47.93',
    '64.130.57.171',
    '64.130.40.23',
    '64.130.40.22',
    '64.130.40.21',
    '64.130.40.26',
    '64.130.40.24',
  ],
  london: ['64.130.46.153', '64.130.46.71', '64.130.63.195', '64.130.46.72', '64.130.63.196', '64.130.46.73'],
  ny: [
    '141.98.216.96',
    '64.130.51.60',
    '64.130.34.186',
    '64.130.34.143',
    '64.130.34.142',
    '64.130.34.189',
    '64.130.34.190',
    '64.130.34.141',
  ],
  slc: ['64.130.53.8', '64.130.53.57', '64.130.53.81', '64.130.53.90', '64.130.53.82', '64.130.33.181', '64.130.33.88'],
  singapore: ['202.8.11.224', '202.8.11.173', '202.8.11.102', '202.8.11.103', '202.8.11.104'],
  tokyo: ['202.8.9.160', '202.8.9.187', '63.254.162.35', '64.130.49.109', '208.91.109.102', '198.13.133.123'],
};

/** Jito publishes no addresses of testnet: anyone may send to the port there. What is no shred of a leader the node drops. */
const TESTNET: readonly string[] = ['dallas', 'ny'];

const BLOCK_ENGINES: Readonly<Record<string, string>> = {
  mainnet: 'https://mainnet.block-engine.jito.wtf',
  testnet: 'https://testnet.block-engine.jito.wtf',
};

const KEYPAIR = 'shredstream-keypair';

export const shredstreamOption: OptionalProcess = {
  purpose:
    'takes shreds from Jito’s block engines to the node, and entries to engines; its key must be approved by Jito',
  networks: Object.keys(BLOCK_ENGINES),
  settings: {
    regions: {
      kind: 'choices',
      purpose: 'Regions of Jito’s block engines, the nearest first',
      choices: { mainnet: Object.keys(MAINNET), testnet: TESTNET },
      // Further ones are left out, with a warning.
      most: 2,
    },
    keypair_secret: {
      kind: 'secret',
      purpose: 'Name of the secret that holds the keypair that Jito approved, as solana-keygen writes it',
      file: KEYPAIR,
    },
  },
};

const ENTRIES = { name: 'entries', number: 9999, protocol: 'tcp', audience: 'clients', serves: ['entries'] } as const;

const shreds = (regions: readonly string[], network: string): Port & { readonly name: 'shreds' } => {
  const from = network === 'mainnet' ? regions.flatMap((region) => MAINNET[region] ?? []) : [];
  return {
    name: 'shreds',
    number: 20000,
    protocol: 'udp',
    audience: 'internet',
    serves: ['p2p'],
    ...(from.length > 0 ? { from: from.map((address) => `${address}/32`) } : {}),
  };
};

/** Beside a node that takes shreds at `tvu`. Its end and its start are nothing to the node, which has turbine. */
export function shredstreamProxy(
  { network, logLevel, optionSettings }: ProcessContext,
  { node, tvu }: { readonly node: string; readonly tvu: number },
): Process {
  const { regions } = optionSettings[SHREDSTREAM_PROXY] ?? {};
  if (!Array.isArray(regions) || regions.length === 0)
    throw new Error(`${SHREDSTREAM_PROXY} beside ${node} needs regions; give one or two`);
  const ports = [shreds(regions, network.id), ENTRIES];
  const port = portsByName<'shreds' | 'entries'>(ports);
  return {
    name: SHREDSTREAM_PROXY,
    source: { kind: 'image', image: 'jitolabs/jito-shredstream-proxy', version: 'v0.2.13' },
    program: ['/app/jito-shredstream-proxy', 'shredstream'],
    arguments: [
      `--block-engine-url=${BLOCK_ENGINES[network.id]}`,
      `--auth-keypair=/secrets/${KEYPAIR}`,
      `--desired-regions=${regions.join(',')}`,
      `--dest-ip-ports=127.0.0.1:${tvu}`,
      `--src-bind-addr=${port('shreds').address}`,
      `--src-bind-port=${port('shreds').number}`,
      // On every address; no flag says otherwise.
      `--grpc-service-port=${port('entries').number}`,
      // Else it asks ifconfig.me.
      ['--public-ip=', { host: 'public-ip' }],
    ],
    environment: { RUST_LOG: logLevel },
    ports,
    directories: {},
    secrets: { [KEYPAIR]: 'given' },
    stop: { signal: 'SIGTERM', graceSeconds: 10 },
    after: [node],
    // It ends when Jito does not take what it was told, and a node is not rolled back for that.
    waits: true,
    memoryMiB: SHREDSTREAM_MIB,
  };
}
