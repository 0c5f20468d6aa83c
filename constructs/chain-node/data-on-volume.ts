import { type Bootstrap, dataDirectoriesOf, type NodeProgram, onDataVolume, type Process } from './catalogue';
import { dataDirectory } from './layout';

/** Where on a node's data, below its chain's tree, things lie that others than its processes must know of. */

/** Files by which peers know a node. */
export const identityFiles = ({ network }: NodeProgram, processes: readonly Process[]): readonly string[] =>
  processes.flatMap(({ name, identity = [], directories }) => {
    const known = Object.entries(directories).map(([path, directory]) => ({ path, name: directory }));
    return identity.map((file) => {
      const found = onDataVolume(file, known);
      if (found === undefined) throw new Error(`${name}: its identity ${file} is in none of its directories`);
      return dataDirectory(network, found);
    });
  });

/** The directory that an archive is unpacked into. Throws when it is not on the data disk. */
export function bootstrapDirectory(
  program: NodeProgram,
  node: string,
  bootstrap: Extract<Bootstrap, { readonly from: 'url' }>,
): string {
  const directories = dataDirectoriesOf(program);
  const asSeen = bootstrap.directory ?? directories[0]?.path ?? '';
  const directory = onDataVolume(asSeen, directories);
  if (directory === undefined) {
    const known = directories.map(({ path }) => path).join(', ') || 'none';
    throw new Error(`${node}: "${asSeen}" is not on the data disk; bootstrap a path below one of ${known}`);
  }
  return dataDirectory(program.network, directory);
}
