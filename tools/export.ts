import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { endpointsOf, type Release, renderRelease } from '../constructs/chain-node';
import { processesOf } from '../constructs/chain-node/catalogue';
import { loadEnvironments } from '../environments/load';
import { l1Upstreams, ownZoneName } from '../stacks/addresses';
import { everyPod } from './every-pod';
import { everyRelease } from './every-release';

/**
 * Writes the files of releases under a folder, as hosts would hold them: those of every node on an instance, as
 * `<folder>/<environment>/<node>/…`, or with `--every` those of every node that the catalogue can run. With `--every-pod`, the values of
 * the chart of every node that it can run on Kubernetes.
 */

function write(folder: string, { files, manifest }: Release): void {
  for (const [path, text] of [...files, ['manifest', manifest] as const]) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function exportNodes(folder: string): void {
  const { environments } = loadEnvironments(join(__dirname, '..', 'environments'));
  for (const { name, region, nodes, logging, network } of environments) {
    const zone = network.dnsZone && 'name' in network.dnsZone ? network.dnsZone.name : ownZoneName(name);
    // Numbers of ports do not depend on memory.
    const endpoints = new Map(
      nodes.map((node) => [node.id, endpointsOf(processesOf(node, 16_384), `${node.id}.${zone}`)]),
    );
    for (const node of nodes) {
      if (node.hosting !== 'instance') continue;
      const release = renderRelease(node, {
        environment: name,
        region,
        group: node.group,
        node: node.id,
        architecture: node.architecture,
        memoryGiB: node.memoryGiB,
        upstreams: node.l1 ? l1Upstreams(node, node.l1, (l1Node) => endpoints.get(l1Node)) : {},
        journal: logging,
        ...(node.secrets ? { secrets: node.secrets } : {}),
        bootstrap: node.bootstrap,
      });
      write(join(folder, name, node.id), release);
    }
  }
}

const [folder, option] = process.argv.slice(2);
if (folder === undefined || (option !== undefined && !['--every', '--every-pod'].includes(option))) {
  console.error('usage: npm run export -- <folder> [--every | --every-pod]');
  process.exit(2);
}
if (option === '--every') {
  for (const { name, release } of everyRelease()) write(join(resolve(folder), name.replaceAll(' ', '_')), release);
} else if (option === '--every-pod') {
  mkdirSync(resolve(folder), { recursive: true });
  for (const { name, pod } of everyPod())
    writeFileSync(join(resolve(folder), `${name.replaceAll(' ', '_')}.yaml`), stringify(pod.values));
} else exportNodes(resolve(folder));
