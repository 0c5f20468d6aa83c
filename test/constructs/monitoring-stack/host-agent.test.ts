import { parse } from 'yaml';
import { hostAgentFiles } from '../../../constructs/monitoring-stack';
import { ALLOY_VERSION, ELASTIC_VERSION } from '../../../constructs/monitoring-stack/charts';

const PROPS = {
  hostname: 'logs.test.internal',
  environment: 'test',
  node: { id: 'base-mainnet-reth', chain: 'base', network: 'mainnet', client: 'reth' },
} as const;

const alloy = hostAgentFiles({ ...PROPS, logs: 'loki' });
const filebeat = hostAgentFiles({ ...PROPS, logs: 'elasticsearch' });

describe.each([
  ['loki', alloy, `docker.io/grafana/alloy:${ALLOY_VERSION}`, 'config.alloy'],
  ['elasticsearch', filebeat, `docker.elastic.co/beats/filebeat:${ELASTIC_VERSION}`, 'filebeat.yml'],
] as const)('the agent of a host, for %s', (_, files, image, configuration) => {
  const { services } = parse(files['compose.yml'] ?? '');
  const { agent } = services;

  test('is one container of a pinned image, with its configuration beside it', () => {
    expect(Object.keys(files).sort()).toEqual(['compose.yml', configuration].sort());
    expect(Object.keys(services)).toEqual(['agent']);
    expect(agent.image).toBe(image);
    expect(agent.volumes[0]).toMatch(new RegExp(`^\\./${configuration.replace('.', '\\.')}:.+:ro$`));
  });

  test('reads the journal and writes next to nothing', () => {
    expect(agent).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    });
    expect(agent).not.toHaveProperty('privileged');
    expect(agent.volumes).toContain('/var/log/journal:/var/log/journal:ro');
    expect(agent.volumes.filter((mount: string) => !mount.endsWith(':ro'))).toEqual(['agent-data:/var/lib/agent']);
    expect(agent.mem_limit).toMatch(/^\d+m$/);
  });

  test('does not ship what it says itself', () => {
    expect(agent.logging.driver).toBe('local');
  });

  test('leaves nothing for compose to fill in', () => {
    expect(files['compose.yml']).not.toContain('$');
  });
});

test('Alloy sends to where the cluster takes logs, and says of what', () => {
  expect(parse(alloy['compose.yml'] ?? '').services.agent.environment).toEqual({
    LOGS_URL: 'http://logs.test.internal:3100/loki/api/v1/push',
    ENVIRONMENT: 'test',
    NODE: 'base-mainnet-reth',
    CHAIN: 'base',
    NETWORK: 'mainnet',
    CLIENT: 'reth',
  });
});

test('Filebeat sends to Logstash, and says of what', () => {
  expect(parse(filebeat['filebeat.yml'] ?? '')).toEqual({
    'filebeat.inputs': [{ type: 'journald', id: 'host', paths: ['/var/log/journal'] }],
    processors: [
      {
        add_fields: {
          target: 'node',
          fields: { id: 'base-mainnet-reth', chain: 'base', network: 'mainnet', client: 'reth' },
        },
      },
    ],
    'output.logstash': { hosts: ['logs.test.internal:5044'] },
  });
});

test('a name that compose would fill in is refused', () => {
  expect(() => hostAgentFiles({ ...PROPS, logs: 'loki', hostname: '${TfToken[1]}' })).toThrow(
    'cannot stand in a compose file; give a plain name',
  );
});
