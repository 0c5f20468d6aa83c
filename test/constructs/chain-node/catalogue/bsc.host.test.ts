import { bsc, clientsIn } from '../../../../constructs/chain-node/catalogue';
import { read } from './rollup';

const result = (value: unknown) => ({ jsonrpc: '2.0', id: 1, result: value });

/** Times in the newest header are whole seconds; milliseconds stand in `mixHash`. */
const BLOCK = result({
  number: '0x6fc1a2b',
  timestamp: '0x6b048a77',
  mixHash: '0x00000000000000000000000000000000000000000000000000000000000001c2',
  milliTimestamp: '0x1a13d4b6b9a',
  transactions: ['0x11'],
});

test('jq reads what BSC’s geth answers', () => {
  const [geth] = clientsIn(bsc);
  for (const network of bsc.networks) {
    const health = geth?.health(network);
    if (!health || !('read' in health.head)) throw new Error('no head');
    const id = Number(network.identity);
    expect(`${read(health.identity, result(`0x${id.toString(16)}`))}`).toBe(health.identity?.expect);
    expect(read(health.head, BLOCK)).toEqual([0x6fc1a2b, 0x6b048a77]);
    expect(read(health.peers, result('0x64'))).toBe(100);
    expect(read(health.progress, result({ currentBlock: '0x10', highestBlock: '0x20' }))).toEqual({
      currentBlock: '0x10',
      highestBlock: '0x20',
    });
  }
});
