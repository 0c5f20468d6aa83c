import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ENGINE_METRICS_PORT } from '../chain-node';
import { BESIDE, PORTS } from './contract';

/** The release of an engine beside a node: files that its host fetches. Pure; it knows nothing of Terraform. */

export interface HostReleaseProps {
  readonly engine: string;
  readonly environment: string;
  /** Id of the node that it stands beside. */
  readonly node: string;
  readonly image: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Texts of what it sees in /etc/mev, by name: `engine.json`, `limits.json`. */
  readonly files: Readonly<Record<string, string>>;
  readonly strategies: Readonly<Record<string, string>>;
  /** Names of secrets by the files that they become. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly graceSeconds: number;
  /** Domains that it may reach by its proxy. */
  readonly domains: readonly string[];
  readonly proxyImage: string;
  /** Ranges that it may reach, at port 443. */
  readonly egress: readonly string[];
  /** Ports of the node beside it, and of other nodes in the VPC. */
  readonly nodePorts: readonly number[];
  readonly otherPorts: readonly number[];
  /** Places on the host: the node's socket, and its data. */
  readonly ipc: string;
  readonly data: string;
  /** Where hosts ask Prometheus. */
  readonly prometheus: string;
  /** What is asked: whether it may run, and which alerts stop it. */
  readonly runQuery: string;
  readonly killQuery: string;
  readonly stopped: boolean;
}

export interface HostRelease {
  /** Text by path, sorted; without the manifest. */
  readonly files: ReadonlyMap<string, string>;
  /** `<sha256>  <path>` lines, as sha256sum writes them. */
  readonly manifest: string;
}

const FOLDER = join(__dirname, 'host');
const CHART = join(__dirname, 'chart', 'files');

/** The addresses of the engine's own network on its host; 198.18.0.0/15 is of nobody's network (RFC 2544). Scripts know them too. */
const NETWORK = {
  subnet: '198.18.0.0/28',
  gateway: '198.18.0.1',
  engine: '198.18.0.2',
  proxy: '198.18.0.3',
  bridge: 'mev-engine',
  resolver: '169.254.169.253',
} as const;

/** Where an engine beside a node reaches its host, and so the node. */
export const HOST_ADDRESS = NETWORK.gateway;

/** Number of user and group of the engine, as in pods. */
const USER = 65_532;

/** What a person calls first on a host; the document of Systems Manager runs it. */
export const fetchScript = (): string => readFileSync(join(FOLDER, 'fetch-engine.sh'), 'utf8');

/** Scripts and units of every host with an engine, and the probe that pods have too. Most environments have none, and read nothing. */
const hostFiles = (): readonly (readonly [path: string, text: string])[] => [
  ...readdirSync(FOLDER).map((file) => [`host/${file}`, readFileSync(join(FOLDER, file), 'utf8')] as const),
  ['host/deny-probe.sh', readFileSync(join(CHART, 'deny-probe.sh'), 'utf8')] as const,
];

/** The one expression of the chart's template. */
const DOMAINS = '{{ join " " .Values.proxy.domains }}';

export function renderHostRelease(props: HostReleaseProps): HostRelease {
  const hasProxy = props.domains.length > 0;
  const files = new Map(
    [
      ...hostFiles(),
      ...Object.entries(props.files).map(([name, text]) => [`files/${name}`, text] as const),
      ...Object.entries(props.strategies).map(([name, text]) => [`files/strategies/${name}`, text] as const),
      ['engine.env', environmentOf(props)] as const,
      ['compose.yml', composeOf(props)] as const,
      ['run.promql', `${props.runQuery}\n`] as const,
      ['kill.promql', `${props.killQuery}\n`] as const,
      ...(hasProxy ? [['squid.conf', squid(props.domains)] as const] : []),
    ].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return { files, manifest: [...files].map(([path, text]) => `${sha256(text)}  ${path}\n`).join('') };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const squid = (domains: readonly string[]): string =>
  readFileSync(join(CHART, 'squid.conf'), 'utf8').replace(DOMAINS, domains.join(' '));

/** What the host's scripts know of the engine; shell assignments, of which systemd reads one too. */
function environmentOf(props: HostReleaseProps): string {
  const variables: Readonly<Record<string, string>> = {
    ENGINE: props.engine,
    STOPPED: props.stopped ? 'yes' : 'no',
    GRACE_SECONDS: String(props.graceSeconds),
    RESERVED_MEMORY_MIB: String(props.memoryMiB + BESIDE.overheadMiB),
    IPC_SOCKET: props.ipc,
    NODE_PORTS: props.nodePorts.join(' '),
    OTHER_PORTS: props.otherPorts.join(' '),
    EGRESS: props.egress.join(' '),
    PROXY: props.domains.length > 0 ? 'yes' : 'no',
    PROMETHEUS: props.prometheus,
    SECRETS: Object.entries(props.secrets)
      .map(([file, secret]) => `${file}=${secret}`)
      .join(' '),
  };
  const odd = Object.entries(variables).find(([, value]) => !/^[\w ./:=+@,-]*$/.test(value));
  if (odd)
    throw new Error(
      `${props.engine}: ${odd[0]} is "${odd[1]}", which no script can read; use letters, digits and ./_+=@-`,
    );
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}

/** What both containers are held to; as far as docker can, what the chart asks for. Its own profile of system calls is its default. */
const confined = {
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  // Who cannot reach docker any more ends them by it.
  cgroup_parent: 'mev-engine.slice',
  dns: [NETWORK.resolver],
  restart: 'no',
};

/** `create_host_path: false`: a directory that is missing is a mistake, never an empty new one. */
const bind = (source: string, target: string): object => ({
  type: 'bind',
  source,
  target,
  read_only: true,
  bind: { create_host_path: false },
});

const mib = (count: number): string => `${count}m`;

function composeOf(props: HostReleaseProps): string {
  const { engine, node, image, cpu, memoryMiB, graceSeconds, domains, proxyImage, data } = props;
  const journal = (tag: string): object => ({ driver: 'journald', options: { tag: `${node}/${tag}` } });
  const odd = [image, engine, node, data].find((text) => /[$\s]/.test(text));
  if (odd !== undefined) throw new Error(`"${odd}" cannot stand in a compose file; give a plain name`);
  const hasProxy = domains.length > 0;
  return stringify(
    {
      name: 'mev-engine',
      services: {
        engine: {
          image,
          user: `${USER}:${USER}`,
          ...confined,
          ...(hasProxy
            ? {
                environment: {
                  HTTPS_PROXY: `http://${NETWORK.proxy}:3128`,
                  NO_PROXY: `localhost,127.0.0.1,${NETWORK.gateway},.internal`,
                },
                depends_on: ['proxy'],
              }
            : {}),
          stop_signal: 'SIGTERM',
          stop_grace_period: `${graceSeconds}s`,
          cpus: cpu,
          mem_limit: mib(memoryMiB),
          memswap_limit: mib(memoryMiB),
          pids_limit: 4096,
          tmpfs: [`/tmp:size=${Math.max(64, Math.floor(memoryMiB / 4))}m,mode=1777`],
          volumes: [
            bind('/run/mev-engine/mev', '/etc/mev'),
            // The folder, and not what is in it: sockets come and go.
            bind('/run/mev-engine/ipc', BESIDE.ipc.slice(0, BESIDE.ipc.lastIndexOf('/'))),
            bind(data, BESIDE.data),
          ],
          networks: { default: { ipv4_address: NETWORK.engine } },
          ports: [`${ENGINE_METRICS_PORT}:${PORTS.metrics}`],
          logging: journal(engine),
        },
        ...(hasProxy
          ? {
              proxy: {
                image: proxyImage,
                // USER of the image.
                user: '10000:10000',
                command: ['-f', '/etc/squid-conf/squid.conf'],
                ...confined,
                mem_limit: mib(128),
                pids_limit: 256,
                shm_size: mib(64),
                volumes: [bind('./squid.conf', '/etc/squid-conf/squid.conf')],
                networks: { default: { ipv4_address: NETWORK.proxy } },
                logging: journal(`${engine}-proxy`),
              },
            }
          : {}),
      },
      networks: {
        default: {
          driver: 'bridge',
          enable_ipv6: false,
          driver_opts: { 'com.docker.network.bridge.name': NETWORK.bridge },
          ipam: { config: [{ subnet: NETWORK.subnet, gateway: NETWORK.gateway }] },
        },
      },
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
