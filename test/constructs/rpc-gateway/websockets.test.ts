import { alertsOf } from '../../../constructs/monitoring-stack/alerts';
import type { GatewayConfigProps, Upstream } from '../../../constructs/rpc-gateway';
import { haproxyConfig } from '../../../constructs/rpc-gateway/websockets';
import { PROPS } from './gateway';

const [ethereum] = PROPS.chains as [GatewayConfigProps['chains'][number]];
const of = (change: Partial<GatewayConfigProps>): string => haproxyConfig({ ...PROPS, ...change }) ?? '';
const withNodes = (...websockets: Upstream['websocket'][]): string =>
  of({
    chains: [
      {
        ...ethereum,
        upstreams: websockets.map((websocket, index) => ({
          id: `node-${index}`,
          url: 'http://node:8545',
          ...(websocket ? { websocket } : {}),
        })),
      },
    ],
  });

const GETH = { url: 'ws://geth.internal:8546', healthUrl: 'http://geth.internal:8099/' };

test('there is none where no node takes websockets', () => {
  expect(haproxyConfig({ ...PROPS, chains: [{ ...ethereum, upstreams: [{ id: 'a', url: 'http://a:8545' }] }] })).toBe(
    undefined,
  );
});

test('of the nodes of a network, those that take them are asked', () => {
  const servers = withNodes(undefined, GETH)
    .split('\n')
    .filter((line) => line.trim().startsWith('server '));
  expect(servers).toEqual([
    '  server node-1 geth.internal:8546 check inter 5s fastinter 1s fall 2 rise 2 port 8099 resolvers cluster init-addr libc,none on-marked-down shutdown-sessions',
  ]);
});

test('limits are those of callers, by address, and without a token there is one for all', () => {
  expect(of({})).toContain('stick-table type ipv6 size 100k expire 1h store http_req_rate(1h)');
  const open = of({ rateLimits: { default: { count: 7, per: 'second' } } });
  expect(open).toContain('if TRUE { sc0_http_req_rate gt 7 }');
  expect(open).toContain('http_req_rate(1s)');
  expect(open).not.toContain('premium');
});

test('what counts for networks in the alert are networks', () => {
  const [alert] = alertsOf({
    environment: 'staging',
    nodes: [],
    diskUsedPercent: 85,
    gateway: { rpcTimeoutMs: 1000 },
  }).filter(({ name }) => name === 'WebsocketsUnserved');
  const [, pattern] = /proxy!~"([^"]+)"/.exec(alert?.expr ?? '') ?? [];
  const backends = [...of({}).matchAll(/^backend (.+)$/gm)].map(([, name = '']) => name);
  expect(backends).toContain('callers-premium');
  expect(backends.filter((name) => !new RegExp(`^(${pattern})$`).test(name))).toEqual(['ethereum-sepolia']);
});

test.each<[string, () => string]>([
  ['websocketTimeoutMs is no time to wait', () => of({ websocketTimeoutMs: 0 })],
  [
    'nodes of ethereum-sepolia have websockets at different paths: /, /ws',
    () => withNodes(GETH, { ...GETH, url: 'ws://b:8546/ws', healthUrl: 'http://b:8099/' }),
  ],
  [
    'node-0 has websockets at ws:// and its health at / of one host',
    () => withNodes({ ...GETH, url: 'wss://geth.internal' }),
  ],
  [
    'node-0 has websockets at ws:// and its health at / of one host',
    () => withNodes({ ...GETH, healthUrl: 'http://other.internal:8099/' }),
  ],
])('refused: %s', (problem, made) => {
  expect(made).toThrow(problem);
});
