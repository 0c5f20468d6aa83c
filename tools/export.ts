import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { renderRelease } from '../constructs/chain-node';
import { loadEnvironments } from '../environments/load';

/** Writes the files of every node's release under a folder, as its host would hold them: `<folder>/<environment>/<node>/…`. */

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: npm run export -- <folder>');
  process.exit(2);
}
const { environments } = loadEnvironments(join(__dirname, '..', 'environments'));
for (const { name, region, nodes, logging } of environments) {
  for (const node of nodes) {
    const context = {
      environment: name,
      region,
      group: node.group,
      node: node.id,
      architecture: node.architecture,
      memoryGiB: node.memoryGiB,
      upstreams: {},
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
