import { alertsOf, INHIBITIONS } from '../../../constructs/monitoring-stack/alerts';
import { messageTemplates, WATCHDOG } from '../../../constructs/monitoring-stack/routing';
import { naming, receiverSecrets } from '../../../constructs/monitoring-stack/secrets';
import { NODES, WATCH } from './alerts/watch';
import { type Labels, matches, receiverOf, routing, TABLE } from './routes';
import { RECEIVERS } from './stack';

const config = routing();
const receiver = (name: string) => {
  const found = config.receivers.find((one) => one.name === name);
  if (!found) throw new Error(`no receiver is called ${name}`);
  return found;
};
const kinds = (name: string): string[] => Object.keys(receiver(name)).filter((key) => key !== 'name');

describe('an alert', () => {
  test.each(TABLE)('%j goes to %s', (labels, expected) => {
    expect(receiverOf(config.route, labels)).toBe(expected);
  });

  test('is told by pager and chat, by chat, or slowly, by its severity', () => {
    expect(kinds('critical')).toEqual(['slack_configs', 'pagerduty_configs', 'webhook_configs', 'sns_configs']);
    expect(kinds('warning')).toEqual(['slack_configs', 'webhook_configs', 'sns_configs']);
    expect(kinds('info')).toEqual(['slack_configs', 'webhook_configs']);
    const slower = ['critical', 'warning', 'info'].map(
      (severity) =>
        config.route.routes?.find(({ matchers }) => matchers?.includes(`severity="${severity}"`))?.repeat_interval,
    );
    expect(slower).toEqual(['1h', '12h', '72h']);
  });

  test('of another environment pages nobody', () => {
    expect(kinds('other-environment')).toEqual(['slack_configs', 'webhook_configs']);
  });

  test('that fires always goes to the switch alone', () => {
    expect(kinds('dead-mans-switch')).toEqual(['webhook_configs']);
    expect(kinds('nobody')).toEqual([]);
  });

  test('goes to the channel and the pager of its team where those are named', () => {
    expect(receiver('critical-platform')).toMatchObject({
      slack_configs: [{ channel: '#platform' }],
      pagerduty_configs: [{ routing_key_file: '/etc/alertmanager/secrets/alertmanager-pagerduty/key' }],
    });
    expect(receiver('critical-chains')).toMatchObject({
      slack_configs: [{ channel: '#alerts' }],
      pagerduty_configs: [{ routing_key_file: '/etc/alertmanager/secrets/alertmanager-pagerduty-chains/key' }],
    });
  });
});

test('an alert of the engines goes to the channel and the pager of theirs', () => {
  const { route } = routing({
    slack: { secret: 'alerts/slack', channel: '#alerts', channels: { mev: '#mev' } },
    pagerduty: { secret: 'alerts/pager', teams: { mev: 'alerts/pager-mev' } },
  });
  const alert = { alertname: 'Odd', severity: 'critical', environment: 'production' };
  expect(receiverOf(route, { ...alert, team: 'mev' })).toBe('critical-mev');
  expect(receiverOf(route, { ...alert, team: 'chains' })).toBe('critical');
});

describe('every alert that there is', () => {
  const alerts = alertsOf(WATCH);

  test('goes to its own team, as loud as it is', () => {
    for (const { name, severity, team, labels } of alerts) {
      const to = receiverOf(config.route, { alertname: name, severity, team, environment: 'production', ...labels });
      expect([name, to]).toEqual([name, name === WATCHDOG ? 'dead-mans-switch' : `${severity}-${team}`]);
    }
  });

  test('is what the table is about', () => {
    const ours = new Set([...alerts.map(({ name }) => name), 'InfoInhibitor', 'Odd']);
    expect(TABLE.map(([{ alertname = '' }]) => alertname).filter((name) => !ours.has(name))).toEqual([]);
  });
});

describe('an environment', () => {
  test('without receivers shows alerts and tells nobody', () => {
    const silent = routing({});
    expect(silent.receivers.map((one) => Object.keys(one))).toEqual(silent.receivers.map(() => ['name']));
    expect(receiverOf(silent.route, { alertname: 'Watchdog' })).toBe('nobody');
  });

  test('has every receiver that a route names, and no other', () => {
    for (const receivers of [RECEIVERS, {}, { slack: { secret: 's', channel: '#a' } }]) {
      const { route, receivers: there } = routing(receivers);
      const named = JSON.stringify(route).match(/(?<="receiver":")[^"]+/g) ?? [];
      expect([...new Set([...named, 'nobody'])].sort()).toEqual(there.map(({ name }) => name).sort());
    }
  });
});

describe('an alert is silent', () => {
  /** Whether the second is not told while the first fires. */
  const inhibits = (source: Record<string, string>, target: Record<string, string>): boolean =>
    config.inhibit_rules.some(
      ({ source_matchers, target_matchers, equal }) =>
        source_matchers.every((matcher) => matches(matcher, source)) &&
        target_matchers.every((matcher) => matches(matcher, target)) &&
        equal.every((label) => (source[label] ?? '') === (target[label] ?? '')),
    );
  const of = (alertname: string, node: string, severity = 'critical') => ({
    alertname,
    node,
    severity,
    environment: 'production',
  });

  test('while the host of its node is down, and no other node’s', () => {
    const host = of('HostDown', 'a');
    for (const name of ['NodeDown', 'PeersLow', 'DiskWillFill']) {
      expect(inhibits(host, of(name, 'a'))).toBe(true);
      expect(inhibits(host, of(name, 'b'))).toBe(false);
    }
    expect(inhibits(host, host)).toBe(false);
    expect(inhibits(host, { alertname: 'KubePodCrashLooping', severity: 'warning', environment: 'production' })).toBe(
      false,
    );
  });

  /** What a rule says of a node that is in trouble, as its own case has it. */
  const saidOf = (id: string): readonly Labels[] => {
    const { chain = '', network = '' } = NODES.find((node) => node.id === id) ?? {};
    const own: Labels = { node: id, upstream: id, chain, network, proxy: `${chain}-${network}` };
    return alertsOf(WATCH)
      .filter(
        ({ labels = {} }) => [undefined, chain].includes(labels.chain) && [undefined, network].includes(labels.network),
      )
      .filter(({ group }) => group !== 'platform')
      .map(({ name, severity, team, labels, cases }) => {
        const [said = {}] = cases.fires[0]?.fires ?? [];
        const about = Object.fromEntries(
          Object.entries({ ...labels, ...said }).map(([label, value]) => [label, own[label] ?? value]),
        );
        return { alertname: name, severity, team, environment: 'production', ...about };
      });
  };
  /** What people are still told of, with one alert firing. */
  const toldBeside = (id: string, source: string, among: readonly Labels[] = saidOf(id)): string[] => {
    const { inhibit_rules } = routing(RECEIVERS, 'production', INHIBITIONS);
    const down = among.find(({ alertname }) => alertname === source) ?? {};
    const muted = (target: Labels): boolean =>
      inhibit_rules.some(
        ({ source_matchers, target_matchers, equal }) =>
          source_matchers.every((matcher) => matches(matcher, down)) &&
          target_matchers.every((matcher) => matches(matcher, target)) &&
          equal.every((label) => (down[label] ?? '') === (target[label] ?? '')),
      );
    return [...new Set(among.filter((alert) => !muted(alert)).map(({ alertname = '' }) => alertname))].sort();
  };
  /** Which are of no node: of the gateway as a whole, and of a date. */
  const OF_NO_NODE = ['ForkDue', 'GatewayDown', 'RateLimited', 'SelectionFailing'];

  test('with every other that a dead host makes, be it the only node of its network', () => {
    expect(saidOf('bsc-mainnet-geth').length).toBeGreaterThan(30);
    const told = toldBeside('bsc-mainnet-geth', 'HostDown');
    expect(told.filter((name) => !OF_NO_NODE.includes(name))).toEqual(['HostDown']);
  });

  test('or one of several, whose loss callers do not see', () => {
    const among = saidOf('solana-mainnet-agave').filter(({ severity }) => severity !== 'critical');
    const told = toldBeside('solana-mainnet-agave', 'HostDown', among);
    expect(
      told.filter(
        (name) => !OF_NO_NODE.includes(name) && !['RequestsFailingSome', 'WebsocketsUnserved'].includes(name),
      ),
    ).toEqual(['HostDown']);
  });

  test('while its node does not answer', () => {
    const chains = (alert: Record<string, string>) => ({ ...alert, team: 'chains' });
    const down = chains(of('NodeDown', 'a'));
    expect(inhibits(down, chains(of('PeersLow', 'a', 'warning')))).toBe(true);
    expect(inhibits(down, chains(of('PeersLow', 'b', 'warning')))).toBe(false);
    expect(inhibits(down, down)).toBe(false);
    // Which may be why.
    for (const name of ['DiskExhausted', 'DiskNotReady']) expect(inhibits(down, chains(of(name, 'a')))).toBe(false);
    expect(inhibits(down, { ...of('HostDown', 'a'), team: 'platform' })).toBe(false);
  });

  test.each(['HostDown', 'NodeDown'])('and nothing that wakes somebody while %s does not', (name) => {
    const down = { ...of(name, 'a', 'warning'), team: 'chains' };
    const critical = { ...of('OutOfMemory', 'a'), team: 'chains' };
    expect(inhibits(down, critical)).toBe(false);
    expect(inhibits(down, { ...critical, severity: 'warning' })).toBe(true);
    expect(inhibits({ ...down, severity: 'critical' }, critical)).toBe(true);
  });

  test('when another says why, where that is known', () => {
    const inhibitions = [{ source: 'HeadStale', targets: ['HeadLag', 'SlotsBehind'], equal: ['environment', 'node'] }];
    const { inhibit_rules } = routing(RECEIVERS, 'production', inhibitions);
    expect(inhibit_rules).toHaveLength(config.inhibit_rules.length + 1);
    expect(inhibit_rules.at(-1)).toEqual({
      source_matchers: ['alertname="HeadStale"'],
      target_matchers: ['alertname=~"HeadLag|SlotsBehind"'],
      equal: ['environment', 'node'],
    });
  });

  test('while the same is critical', () => {
    expect(inhibits(of('DiskWillFill', 'a'), of('DiskWillFill', 'a', 'warning'))).toBe(true);
    expect(inhibits(of('DiskWillFill', 'a', 'warning'), of('DiskWillFill', 'a'))).toBe(false);
    expect(inhibits(of('DiskWillFill', 'a'), of('DiskWillFill', 'b', 'warning'))).toBe(false);
    expect(inhibits(of('DiskWillFill', 'a'), of('PeersLow', 'a', 'warning'))).toBe(false);
  });
});

describe('credentials', () => {
  test('are files that the operator mounts', () => {
    const text = JSON.stringify(config);
    expect(text).not.toMatch(/"(url|api_url|routing_key|service_key|credentials|password|access_key|secret_key)":/);
    const mounted = receiverSecrets(RECEIVERS, naming(true)).map(
      ({ name, key }) => `/etc/alertmanager/secrets/${name}/${key}`,
    );
    const files = [...text.matchAll(/"[a-z_]+_file":"([^"]+)"/g)].map(([, file]) => file);
    expect([...new Set(files)].sort()).toEqual(mounted.sort());
  });

  test('have the names that Kubernetes has where nothing fills them', () => {
    expect(receiverSecrets({ webhook: { secret: 'hook' } }, naming(false))).toEqual([
      { name: 'hook', key: 'url', remote: 'hook' },
    ]);
    expect(() => receiverSecrets({ webhook: { secret: 'alerts/hook' } }, naming(false))).toThrow(
      '"alerts/hook" is not the name of a Kubernetes secret',
    );
  });
});

test('templates that receivers name are there', () => {
  const text = Object.values(messageTemplates()).join('\n');
  const named = [...JSON.stringify(config).matchAll(/template \\"([\w.]+)\\"/g)].map(([, name]) => name);
  const defined = [...text.matchAll(/define "([\w.]+)"/g)].map(([, name]) => name);
  expect([...new Set(named)].sort()).toEqual(defined.sort());
});
