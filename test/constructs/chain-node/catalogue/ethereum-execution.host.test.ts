import { execFileSync } from 'node:child_process';
import { ethereum, type Probe } from '../../../../constructs/chain-node/catalogue';
import { CLIENTS, clientOf } from './ethereum-execution';

/** What jq makes of an answer, as the program that asks for health runs it. */
const read = (probe: Pick<Probe, 'read'> | undefined, answer: unknown): unknown =>
  JSON.parse(execFileSync('jq', ['-c', probe?.read ?? ''], { input: JSON.stringify(answer), encoding: 'utf8' }));

const result = (value: unknown) => ({ jsonrpc: '2.0', id: 1, result: value });

/** A header as eth_getBlockByNumber gives it. */
const BLOCK = result({
  number: '0x1744437',
  hash: '0x2f1c9f0b8b5a8e0e3e7b1f1d2c3b4a59687766554433221100ffeeddccbbaa99',
  timestamp: '0x6b048a77',
  gasLimit: '0x3938700',
  baseFeePerGas: '0x1dcd6500',
  withdrawals: [],
  transactions: ['0x11'],
});

describe('jq reads of execution clients', () => {
  test('the chain id of every network, the newest block, and how many peers', () => {
    for (const network of ethereum.networks) {
      for (const id of CLIENTS.filter((client) => clientOf(client).networks.includes(network.id))) {
        const { identity, head, peers } = clientOf(id).health(network);
        const chainId = result(`0x${Number(network.identity).toString(16)}`);
        expect(`${read(identity, chainId)}`).toBe(network.identity);
        expect('read' in head && read(head, BLOCK)).toEqual([0x1744437, 0x6b048a77]);
        if (network.kind === 'public') expect(read(peers, result('0x1f'))).toBe(31);
        else expect(peers).toBeUndefined();
      }
    }
  });

  test('how a sync goes, in each client’s own words', () => {
    const [mainnet] = ethereum.networks;
    if (!mainnet) throw new Error('no network');
    const answers: Readonly<Record<(typeof CLIENTS)[number], unknown>> = {
      geth: { startingBlock: '0x0', currentBlock: '0x10', highestBlock: '0x20', healedTrienodes: '0x5' },
      reth: { startingBlock: '0x0', currentBlock: '0x10', highestBlock: '0x20', stages: [{ name: 'Headers' }] },
      nethermind: { startingBlock: '0x0', currentBlock: '0x10', highestBlock: '0x20', syncMode: 'SnapSync' },
      besu: { startingBlock: '0x0', currentBlock: '0x10', highestBlock: '0x20', pulledStates: '0x5' },
      erigon: { currentBlock: '0x10', highestBlock: '0x20', stages: [{ stage_name: 'Execution' }] },
    };
    for (const id of CLIENTS) {
      const { progress } = clientOf(id).health(mainnet);
      expect(read(progress, result(answers[id]))).toEqual(answers[id]);
      expect(read(progress, result(false))).toBe(false);
    }
  });
});

test('jq reads of Caplin how far it is behind, and how many peers it has', () => {
  const [mainnet] = ethereum.networks;
  if (!mainnet) throw new Error('no network');
  const { head, peers, progress } = clientOf('caplin').health(mainnet);
  // GetEthV1NodeSyncing and GetEthV1NodePeerCount, cl/beacon/handler/node.go: numbers are text.
  const syncing = {
    data: {
      head_slot: '15023344',
      sync_distance: '7',
      is_syncing: true,
      is_optimistic: false,
      el_offline: false,
    },
  };
  expect('read' in head && read(head, syncing)).toBe(7);
  expect(read(progress, syncing)).toBe('15023344');
  const count = { data: { disconnected: '12', connected: '64', connecting: '0', disconnecting: '0' } };
  expect(read(peers, count)).toBe(64);
});
