import { HOST_JOB } from '../../../constructs/monitoring-stack/alerts';
import { JOBS, type ScrapeConfig, scrapeConfigs } from '../../../constructs/monitoring-stack/scrape';
import { WATCH } from './stack';

const configs = scrapeConfigs(WATCH);
const job = (name: string): ScrapeConfig => {
  const found = configs.find(({ job_name }) => job_name === name);
  if (!found) throw new Error(`no job is called ${name}`);
  return found;
};
const onInstances = WATCH.nodes.filter(({ hosting }) => hosting === 'instance');

describe('scraped are', () => {
  test('nodes on instances; those in pods are found by the cluster', () => {
    expect(onInstances.length).toBeGreaterThan(50);
    expect(WATCH.nodes.length).toBeGreaterThan(onInstances.length);
    const scraped = new Set(configs.flatMap(({ static_configs }) => static_configs.map(({ labels }) => labels.node)));
    expect([...scraped].sort()).toEqual(onInstances.map(({ id }) => id).sort());
  });

  test('processes, each at its own path', () => {
    const { static_configs } = job(JOBS.clients);
    expect(static_configs).toHaveLength(onInstances.flatMap(({ metricsTargets }) => metricsTargets).length);
    const paths = new Set(static_configs.map(({ labels }) => labels.__metrics_path__));
    expect(paths.size).toBeGreaterThan(2);
    // A path with a query would be asked for as it stands.
    for (const path of paths) expect(path).toMatch(/^\/[\w/.-]+$/);
    for (const { labels } of static_configs) expect(labels.process).toMatch(/./);
  });

  test('hosts, once each', () => {
    const { static_configs } = job(JOBS.hosts);
    const targets = static_configs.flatMap((one) => one.targets);
    expect(targets).toHaveLength(onInstances.length);
    expect(new Set(targets).size).toBe(targets.length);
    for (const target of targets) expect(target).toMatch(/^[\w.-]+\.test\.internal:9100$/);
  });

  test('with labels that say of what', () => {
    for (const { static_configs } of configs)
      for (const { labels } of static_configs) {
        const node = WATCH.nodes.find(({ id }) => id === labels.node);
        expect(labels).toMatchObject({
          node: node?.id,
          chain: node?.chain,
          network: node?.network,
          client: node?.client,
          environment: 'test',
        });
      }
  });

  test('not at all where no node is on an instance', () => {
    const nodes = WATCH.nodes.filter(({ hosting }) => hosting === 'kubernetes');
    expect(scrapeConfigs({ ...WATCH, nodes })).toEqual([]);
  });
});

test('a host is known by the address of its processes, where it has no name of its own', () => {
  const [{ host: _, ...node }] = onInstances as [(typeof onInstances)[number]];
  const [, hosts] = scrapeConfigs({ ...WATCH, nodes: [node] });
  expect(hosts?.static_configs[0]?.targets[0]).toMatch(/\.test\.internal:9100$/);
  expect(() => scrapeConfigs({ ...WATCH, nodes: [{ ...node, metricsTargets: [] }] })).toThrow(
    'nothing says by which name its host is scraped; give host',
  );
});

test('a label that a client has for itself keeps its value, and what a node is stays what it is', () => {
  for (const { metric_relabel_configs } of configs) {
    const labels = metric_relabel_configs.reduce<Record<string, string>>(
      (before, { regex, ...relabel }) =>
        Object.fromEntries(
          Object.entries(before).flatMap(([name, value]) => {
            const whole = new RegExp(`^(?:${regex})$`);
            if (!whole.test(name)) return [[name, value]];
            return relabel.action === 'labeldrop'
              ? []
              : [
                  [name, value],
                  [name.replace(whole, relabel.replacement), value],
                ];
          }),
        ),
      { chain: 'avalanche', exported_chain: 'C', exported_job: 'theirs' },
    );
    expect(labels).toEqual({ chain: 'avalanche', own_chain: 'C', exported_job: 'theirs' });
  }
});

test('nothing in it is a template of Go, which the chart would run', () => {
  expect(JSON.stringify(configs)).not.toContain('{{');
});

test('hosts are scraped under the name that alerts know them by', () => {
  expect(JOBS.hosts).toBe(HOST_JOB);
});
