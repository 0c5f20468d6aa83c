import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ALLOY_VERSION, ELASTIC_VERSION } from './charts';
import { type LogStore, RECEIVER_PORTS } from './logs';

/**
 * What ships the logs of a host that has docker and writes its containers' output to the journal: files for its release, a
 * compose.yml among them. Pure; it knows nothing of Terraform.
 */

export interface HostAgentProps {
  readonly logs: LogStore;
  /** Name at which the cluster takes logs of hosts, as monitoring is given it. */
  readonly hostname: string;
  readonly environment: string;
  /** What the host is of. */
  readonly node: { readonly id: string; readonly chain: string; readonly network: string; readonly client: string };
}

/** A container's part of a host, in MiB; own estimate. */
const MEMORY_MIB: Readonly<Record<LogStore, number>> = { loki: 256, elasticsearch: 384 };

/** Files by name; the compose file mounts the other one from beside it. */
export function hostAgentFiles(props: HostAgentProps): Readonly<Record<string, string>> {
  for (const text of [props.hostname, props.environment, ...Object.values(props.node)])
    if (/[$\s]/.test(text)) throw new Error(`"${text}" cannot stand in a compose file; give a plain name`);
  return props.logs === 'loki' ? alloy(props) : filebeat(props);
}

function alloy({ hostname, environment, node }: HostAgentProps): Readonly<Record<string, string>> {
  return {
    'config.alloy': readFileSync(join(__dirname, 'agents', 'host.alloy'), 'utf8'),
    'compose.yml': compose('loki', {
      image: `docker.io/grafana/alloy:${ALLOY_VERSION}`,
      command: [
        'run',
        '/etc/alloy/config.alloy',
        '--storage.path=/var/lib/agent',
        '--server.http.listen-addr=127.0.0.1:12345',
        '--disable-reporting',
      ],
      environment: {
        LOGS_URL: `http://${hostname}:${RECEIVER_PORTS.loki}/loki/api/v1/push`,
        ENVIRONMENT: environment,
        NODE: node.id,
        CHAIN: node.chain,
        NETWORK: node.network,
        CLIENT: node.client,
      },
      configuration: './config.alloy:/etc/alloy/config.alloy:ro',
    }),
  };
}

function filebeat({ hostname, node }: HostAgentProps): Readonly<Record<string, string>> {
  const { id, chain, network, client } = node;
  return {
    'filebeat.yml': stringify({
      'filebeat.inputs': [{ type: 'journald', id: 'host', paths: ['/var/log/journal'] }],
      processors: [{ add_fields: { target: 'node', fields: { id, chain, network, client } } }],
      'output.logstash': { hosts: [`${hostname}:${RECEIVER_PORTS.elasticsearch}`] },
    }),
    'compose.yml': compose('elasticsearch', {
      // It brings a journalctl of systemd 255, that of Ubuntu 24.04 (elastic/beats, issue 41278; docs, journald input).
      image: `docker.elastic.co/beats/filebeat:${ELASTIC_VERSION}`,
      command: [
        '--environment=container',
        '--strict.perms=false',
        '-c',
        '/etc/filebeat.yml',
        '--path.data=/var/lib/agent',
        '--path.logs=/var/lib/agent/logs',
      ],
      environment: {},
      configuration: './filebeat.yml:/etc/filebeat.yml:ro',
    }),
  };
}

interface Agent {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Mount of its configuration. */
  readonly configuration: string;
}

/** Root, which alone reads every journal, without any capability. */
const compose = (logs: LogStore, { image, command, environment, configuration }: Agent): string =>
  stringify({
    services: {
      agent: {
        image,
        command,
        ...(Object.keys(environment).length === 0 ? {} : { environment }),
        user: '0:0',
        // It asks the resolver of the VPC by way of the host's.
        network_mode: 'host',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        mem_limit: `${MEMORY_MIB[logs]}m`,
        restart: 'unless-stopped',
        // Not in the journal, which it would ship again.
        logging: { driver: 'local', options: { 'max-size': '10m', 'max-file': '2' } },
        tmpfs: ['/tmp'],
        volumes: [
          configuration,
          '/var/log/journal:/var/log/journal:ro',
          '/etc/machine-id:/etc/machine-id:ro',
          // Where it is in the journal.
          'agent-data:/var/lib/agent',
        ],
      },
    },
    volumes: { 'agent-data': {} },
  });
