import type { Fact, ProcessContext } from '../model';

/** IPC of geth, of reth, and of what is made of them: the same flags, and a socket that their user alone may write to. */

/** Beside the data, so that it has a place of its own on the volume. */
const SOCKET = '/data/node.ipc';

export const socketOf = (source: string, asOf: string): Fact<string> => ({
  value: SOCKET,
  source,
  asOf,
  status: 'verified',
});

export const ipcArguments = ({ ipc }: ProcessContext): readonly string[] =>
  ipc ? [`--ipcpath=${SOCKET}`] : ['--ipcdisable'];
