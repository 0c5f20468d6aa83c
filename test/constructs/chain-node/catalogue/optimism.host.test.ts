import { optimism } from '../../../../constructs/chain-node/catalogue';
import { asRead, readAll } from './rollup';

test('jq reads what the clients of the OP Stack answer', () => {
  for (const network of optimism.networks) {
    for (const { client, consensus } of optimism.clients) {
      for (const beside of consensus) expect(readAll(client, beside, network)).toEqual(asRead(network));
    }
  }
});
