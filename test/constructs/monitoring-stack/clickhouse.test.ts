import { CLICKHOUSE_PLUGIN } from '../../../constructs/monitoring-stack/kube-prometheus-stack';
import type { Json } from '../../project';
import { CLICKHOUSE, define, LAPTOP, releases, valuesOf } from './stack';

/** Grafana beside ClickHouse: its data source, the plugin, and the password that no text holds. */

const of = (stack: Json, name: string): Json => valuesOf(releases(stack)[name]);
const grafanaOf = (stack: Json): Json => of(stack, 'kube-prometheus-stack').grafana;
const plain = define();
const stack = define({ clickhouse: CLICKHOUSE, logs: 'loki' });
const laptop = define({ clickhouse: { ...CLICKHOUSE, secret: 'data' }, access: LAPTOP });

test('is beside the other data sources, as a user that reads, by a password from its environment', () => {
  expect(grafanaOf(stack).additionalDataSources.map(({ uid }: Json) => uid)).toEqual(['loki', 'clickhouse']);
  expect(grafanaOf(stack).additionalDataSources[1]).toEqual({
    name: 'ClickHouse',
    type: 'grafana-clickhouse-datasource',
    uid: 'clickhouse',
    access: 'proxy',
    editable: false,
    jsonData: {
      host: CLICKHOUSE.host,
      port: 8123,
      protocol: 'http',
      secure: false,
      username: 'readers',
      defaultDatabase: 'analytics',
    },
    secureJsonData: { password: '$__env{CLICKHOUSE_PASSWORD}' },
  });
  expect(grafanaOf(stack).envValueFrom).toEqual({
    CLICKHOUSE_PASSWORD: {
      secretKeyRef: { name: 'grafana-clickhouse', key: 'clickhouse-readers', optional: true },
    },
  });
});

test('has its plugin at a version that stays, put there before Grafana starts', () => {
  const [container, ...more] = grafanaOf(stack).extraInitContainers;
  expect(more).toEqual([]);
  expect(container.env).toEqual([
    { name: 'PLUGIN', value: CLICKHOUSE_PLUGIN.id },
    { name: 'VERSION', value: CLICKHOUSE_PLUGIN.version },
  ]);
  expect(CLICKHOUSE_PLUGIN.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  });
  const [{ name, configMap }] = grafanaOf(stack).extraVolumes;
  expect(container.volumeMounts.map((mount: Json) => mount.name)).toEqual([name, 'storage']);
  expect(of(stack, 'monitoring-objects').grafanaPlugin).toBe(configMap.name);
  // Grafana's own way to plugins stays off.
  expect(grafanaOf(stack).plugins).toEqual([]);
  expect(grafanaOf(stack)['grafana.ini'].plugins.preinstall_disabled).toBe(true);
});

test('its password comes of the secret of streams and stores, as one of several, or is a Secret of that name', () => {
  expect(of(stack, 'monitoring-objects').secrets).toContainEqual({
    name: 'grafana-clickhouse',
    key: 'clickhouse-readers',
    remote: 'test/data',
    property: 'clickhouse-readers',
  });
  expect(grafanaOf(laptop).envValueFrom.CLICKHOUSE_PASSWORD.secretKeyRef).toMatchObject({
    name: 'data',
    key: 'clickhouse-readers',
  });
});

test('is nowhere where there is no ClickHouse', () => {
  expect(JSON.stringify(plain)).not.toMatch(/clickhouse/i);
  expect(of(plain, 'monitoring-objects')).not.toHaveProperty('grafanaPlugin');
  expect(grafanaOf(plain)).not.toHaveProperty('extraInitContainers');
});
