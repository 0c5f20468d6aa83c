import { base } from '../../../../constructs/chain-node/catalogue';
import { asRead, readAll } from './rollup';

test('jq reads what the clients of Base answer', () => {
  for (const network of base.networks) {
    for (const { client, consensus } of base.clients) {
      for (const beside of consensus) expect(readAll(client, beside, network)).toEqual(asRead(network));
    }
  }
});
