import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { endpointsOf, renderRelease } from '../constructs/chain-node';
import { processesOf } from '../constructs/chain-node/catalogue';
import { loadEnvironments } from '../environments/load';
import { l1Upstreams, ownZoneName } from '../stacks/addresses';

/** Writes the files of every node's release under a folder, as its host would hold them: `<folder>/<environment>/<node>/…`. */

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: npm run export -- <folder>');
  process.exit(2);
}
const { environments } = loadEnvironments(join(__dirname, '..', 'environments'));
for (const { name, region, nodes, logging, network } of environments) {
  const zone = network.dnsZone && 'name' in network.dnsZone ? network.dnsZone.name : ownZoneName(name);
  // Numbers of ports do not depend on memory.
  const endpoints = new Map(
    nodes.map((node) => [node.id, endpointsOf(processesOf(node, 16_384), `${node.id}.${zone}`)]),
  );
  for (const node of nodes) {
    const context = {
      environment: name,
      region,
      group: node.group,
      node: node.id,
      architecture: node.architecture,
      memoryGiB: node.memoryGiB,
      upstreams: node.l1 ? l1Upstreams(node, node.l1, (l1Node) => endpoints.get(l1Node)) : {},
      journal: logging,
      bootstrap: node.bootstrap,
    };
    const { files, manifest } = renderRelease(node, context);
    for (const [path, text] of [...files, ['manifest', manifest] as const]) {
      const target = join(resolve(folder), name, node.id, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  }
}
