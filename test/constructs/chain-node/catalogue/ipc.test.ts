import { besideNode, CHAINS, everyProgram, flagName, processesOf } from '../../../../constructs/chain-node/catalogue';

/** Clients that answer over a socket, where a program beside them is to read it. */

const PROGRAMS = CHAINS.flatMap((chain) => [...everyProgram(chain)]);
const clientOf = ({ chain, client }: (typeof PROGRAMS)[number]) =>
  chain.clients.find((choice) => choice.client.id === client)?.client;
const own = (program: (typeof PROGRAMS)[number]) =>
  processesOf(program, 65_536).find(({ name }) => name === program.client)?.arguments ?? [];
const of = (flag: string, program: (typeof PROGRAMS)[number]) => own(program).filter((one) => flagName(one) === flag);

test('nobody has one without being asked', () => {
  for (const program of PROGRAMS) expect([program.client, of('--ipcpath', program)]).toEqual([program.client, []]);
});

test('who is asked has it in its data, and is not told the contrary', () => {
  const asked = PROGRAMS.filter((program) => clientOf(program)?.ipc);
  expect(new Set(asked.map(({ client }) => client))).toEqual(
    new Set(['base-reth-node', 'bor', 'geth', 'op-reth', 'reth']),
  );
  for (const program of asked) {
    const with_ = { ...program, ipc: true };
    expect([of('--ipcpath', with_), of('--ipcdisable', with_)]).toEqual([
      [`--ipcpath=${clientOf(program)?.ipc?.value}`],
      [],
    ]);
    expect(of('--ipcdisable', program)).toEqual(['--ipcdisable']);
    expect(besideNode(program)?.ipc).toBe(`${besideNode(program)?.data}/node.ipc`);
  }
});

test('to ask who has none changes nothing', () => {
  for (const program of PROGRAMS.filter((one) => !clientOf(one)?.ipc)) {
    expect(processesOf({ ...program, ipc: true }, 65_536)).toEqual(processesOf(program, 65_536));
    expect(besideNode(program)).toBeUndefined();
  }
});
