import { clientsOf, type NodeProgram, networkOf, type Process, portNumber, type Request } from './catalogue';

/** Renders what it means that a node is healthy, as data for the one program on the host that looks. */

/** The file `health.json` of a release: every client's checks, with addresses in place of port names. */
export function renderHealth(program: NodeProgram, node: string, processes: readonly Process[]): string {
  const network = networkOf(program.chain, program.network);
  if (!network) throw new Error(`"${program.network}" is not a network of ${program.chain.id}`);
  const address = ({ process, port: name, path, method, body }: Request): object => {
    const port = processes
      .find((candidate) => candidate.name === process)
      ?.ports.find((candidate) => candidate.name === name);
    if (!port) throw new Error(`health asks ${process} on port ${name}, and there is no such port`);
    return { url: `http://127.0.0.1:${portNumber(port)}${path}`, method, ...(body === undefined ? {} : { body }) };
  };
  const checks = clientsOf(program).map((client) => {
    const { identity, head, peers, progress } = client.health(network);
    return {
      client: client.id,
      ...(identity ? { identity: { ...address(identity), read: identity.read, expect: identity.expect } } : {}),
      head: {
        ...address(head),
        yields: head.yields,
        ...('read' in head ? { read: head.read } : {}),
        ...('maximumAgeSeconds' in head ? { maximum: head.maximumAgeSeconds } : {}),
        ...('maximumSlots' in head ? { maximum: head.maximumSlots } : {}),
      },
      ...(peers ? { peers: { ...address(peers), read: peers.read, minimum: peers.minimum } } : {}),
      ...(progress ? { progress: { ...address(progress), read: progress.read } } : {}),
    };
  });
  const beside = besideOf(processes);
  const labels = { node, chain: program.chain.id, network: program.network, client: program.client };
  return `${JSON.stringify({ labels, checks, ...(beside.length > 0 ? { beside } : {}) }, null, 2)}\n`;
}

/**
 * What stands beside a node and tells nothing of itself: where it listens for its users is asked. It counts nothing for the node's own
 * health.
 */
export const besideOf = (
  processes: readonly Process[],
): readonly { readonly process: string; readonly port: number }[] =>
  processes.flatMap(({ name, waits, metrics, ports }) => {
    const port = ports.find(({ audience, protocol }) => audience === 'clients' && protocol === 'tcp');
    return waits && !metrics && port ? [{ process: name, port: portNumber(port) }] : [];
  });
