import type { OptionalProcess, Port, PortRole, Process, ProcessContext } from '../model';
import { portNumber, portsByName } from '../model';

/**
 * bloXroute's gateway to its Blockchain Distribution Network (BDN), beside an execution client: transactions and blocks as the BDN has
 * them, and a way to send past the public mempool. Flags: bloXroute-Labs/gateway, tag v2.137.52, utils/flags.go and eth_flags.go;
 * certificates: bxcommon-go, cert/ssl.go; image, ports, clients that it knows: docs.bloxroute.com, gateway installation and requirements
 * (2026-05). It exports no metrics (metrics/exporter.go has none but an empty one).
 */

export const BDN_GATEWAY = 'bdn-gateway';

/** No published figure: half an hour of the network's transactions, and Go. */
export const BDN_GATEWAY_MIB = 2048;

const CERTIFICATE = 'bdn-certificate.pem';
const KEY = 'bdn-key.pem';

export const bdnGatewayOption: OptionalProcess = {
  purpose:
    'takes transactions and blocks from bloXroute’s BDN to engines and to the node; needs an account, Enterprise or above',
  networks: ['mainnet'],
  settings: {
    certificate_secret: {
      kind: 'secret',
      purpose:
        'Name of the secret that holds external_gateway_cert.pem of the account’s certificates (registration_only)',
      file: CERTIFICATE,
    },
    key_secret: {
      kind: 'secret',
      purpose:
        'Name of the secret that holds external_gateway_key.pem of the account’s certificates (registration_only)',
      file: KEY,
    },
    authorization_secret: {
      kind: 'secret',
      purpose: 'Name of the secret that holds the account’s authorization header, for engines that read it',
      header: 'Authorization',
      optional: true,
    },
    node_key: {
      kind: 'text',
      purpose:
        'Public key of the node, of its enode: the gateway connects to it as a peer. Without it only accounts with the Standalone Gateway add-on are let in',
      pattern: /^[0-9a-f]{128}$/,
      expected: 'the 128 hexadecimal digits of an enode between // and @, as the node logs it',
      example: '5'.repeat(128),
      optional: true,
      ofOneNode: true,
    },
  },
};

/** What the BDN calls networks: by chain. */
export type BdnNetwork = 'Mainnet' | 'BSC-Mainnet';

const PORTS = [
  // Of its peers, which are the node and, its makers say, other gateways.
  { name: 'bdn', number: 1801, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  {
    name: 'streams',
    number: 28333,
    protocol: 'tcp',
    audience: 'clients',
    serves: ['feed'],
    paths: { feed: '/ws' },
  },
] as const satisfies readonly Port[];

const LOG_LEVEL = { error: 'error', info: 'info', debug: 'debug' } as const;

/**
 * What the account has given, where the gateway looks for it; it only reads there. With it, what was made of another account's goes. Its
 * log is a file as well, which a second writer would fill without end (blockchain/eth/server.go): that is thrown away. `unless` never
 * exists, so it is done before every start.
 */
const CREDENTIALS = {
  name: 'credentials',
  program: ['/bin/sh'],
  arguments: [
    '-c',
    'set -e; own=/data/ssl/external_gateway/registration_only; mkdir -p $own /data/datadir /data/logs;' +
      ` cmp -s /secrets/${CERTIFICATE} $own/external_gateway_cert.pem && cmp -s /secrets/${KEY} $own/external_gateway_key.pem ||` +
      ` { rm -rf /data/datadir/mainnet; cp /secrets/${CERTIFICATE} $own/external_gateway_cert.pem; cp /secrets/${KEY} $own/external_gateway_key.pem; };` +
      ' ln -sfn /dev/null /data/logs/gateway-1801.log',
  ],
  unless: '/data/.never-there',
} as const;

const OWN = '/data/datadir/mainnet/1801/ssl/external_gateway/private/external_gateway';

/** The processes of a client, and the gateway after them where it is asked for; its memory is of theirs. */
export const withBdnGateway =
  (network: BdnNetwork, processes: (context: ProcessContext) => readonly [Process]) =>
  (context: ProcessContext): readonly Process[] => {
    if (!context.options.includes(BDN_GATEWAY)) return processes(context);
    const [node] = processes({ ...context, memoryMiB: context.memoryMiB - BDN_GATEWAY_MIB });
    const numberOf = (role: PortRole): number => {
      const port = node.ports.find(({ serves, protocol }) => serves.includes(role) && protocol === 'tcp');
      if (port) return portNumber(port);
      throw new Error(`${node.name} serves no ${role}, which ${BDN_GATEWAY} needs`);
    };
    return [node, bdnGateway(context, { node: node.name, network, ws: numberOf('ws'), p2p: numberOf('p2p') })];
  };

function bdnGateway(
  { p2p, logLevel, optionSettings }: ProcessContext,
  on: {
    readonly node: string;
    readonly network: BdnNetwork;
    readonly ws: number;
    readonly p2p: number;
  },
): Process {
  const { node_key: nodeKey } = optionSettings[BDN_GATEWAY] ?? {};
  const port = portsByName(PORTS);
  return {
    name: BDN_GATEWAY,
    source: { kind: 'image', image: 'bloxroute/bloxroute-gateway-go', version: 'v2.137.52' },
    // It writes its log below where it stands.
    program: ['/bin/sh', '-c', 'cd /data && exec /app/bloxroute/bin/gateway "$@"', 'gateway'],
    arguments: [
      `--blockchain-network=${on.network}`,
      '--data-dir=/data/datadir',
      '--registration-cert-dir=/data/ssl',
      `--port=${port('bdn').number}`,
      ...(p2p === 'public' ? [['--external-ip=', { host: 'public-ip' }] as const] : []),
      '--ws',
      // Told 127.0.0.1, it listens on every address all the same (servers/ws/server.go).
      `--ws-host=${port('streams').address}`,
      `--ws-port=${port('streams').number}`,
      ...(typeof nodeKey === 'string' ? [`--enodes=enode://${nodeKey}@127.0.0.1:${on.p2p}`] : []),
      `--eth-ws-uri=ws://127.0.0.1:${on.ws}`,
      // Else it is on 0.0.0.0:6060, where the node's metrics are.
      '--disable-profiling',
      `--log-level=${LOG_LEVEL[logLevel]}`,
      '--log-file-level=panic',
    ],
    environment: { GOMEMLIMIT: `${Math.floor(BDN_GATEWAY_MIB * 0.9)}MiB` },
    ports: PORTS,
    directories: { '/data': BDN_GATEWAY },
    // The key that the node knows it by, and what the BDN knows it by.
    identity: ['/data/datadir/.gatewaykey', `${OWN}_cert.pem`, `${OWN}_key.pem`],
    secrets: { [CERTIFICATE]: 'given', [KEY]: 'given' },
    prepare: [CREDENTIALS],
    stop: { signal: 'SIGTERM', graceSeconds: 30 },
    after: [on.node],
    // It ends when the BDN does not let it in, and a node is not rolled back for that.
    waits: true,
    memoryMiB: BDN_GATEWAY_MIB,
  };
}
