import { parse } from 'yaml';
import { clientsIn } from '../../../../constructs/chain-node/catalogue';
import { everyRelease } from '../../../../tools/every-release';
import { synthesize, TODAY } from '../../../project';
import { loadPrograms, NODES, VARIANTS } from './everything';

/** Everything that the catalogue allows, as far as Terraform and the host read it. */

test('every node renders: images to a compose file, native programs to units, and health to what the host asks', () => {
  const wrong = everyRelease().flatMap(({ name, release: { files, processes } }) => {
    const services = Object.keys(parse(files.get('compose.yml') ?? 'services: {}').services);
    const units = [...files.keys()].flatMap(
      (path) => /^units\/chain-node-process-(.*)\.service$/.exec(path)?.[1] ?? [],
    );
    const missing = processes.filter(
      ({ name: process, source }) => !(source.kind === 'image' ? services : units).includes(process),
    );
    const checks = JSON.parse(files.get('health.json') ?? '{}').checks as readonly { readonly client: string }[];
    return [
      ...missing.map((process) => `${name}: ${process.name} is not rendered`),
      ...(checks.length > 0 ? [] : [`${name}: no health`]),
      ...[...files].filter(([, text]) => /undefined|\[object|NaN/.test(text)).map(([path]) => `${name}: ${path}`),
    ];
  });
  expect(wrong).toEqual([]);
});

test('every node synthesizes, for each network, each client, pair and node type', () => {
  // More custody of blobs is another argument and a larger disk, which facts.test.ts loads.
  const environments = VARIANTS.filter(([program]) => program?.blobCustody === 'standard');
  const instances = environments.map((programs) => {
    const stack = synthesize(loadPrograms(programs, TODAY)).development;
    return Object.keys(stack.resource.aws_instance).length;
  });
  expect(instances).toEqual(environments.map((programs) => programs.length));
});

test('every client is one that an environment can name', () => {
  const named = new Set(
    VARIANTS.flat().flatMap(({ chain, client, consensus }) => [`${chain.id} ${client}`, `${chain.id} ${consensus}`]),
  );
  const chains = [...new Set(NODES.map(({ program }) => program.chain))];
  const all = chains.flatMap((chain) => clientsIn(chain).map(({ id }) => `${chain.id} ${id}`));
  expect(all.filter((client) => !named.has(client))).toEqual([]);
});
