import { type ChainDefinition, networkOf } from '../constructs/chain-node/catalogue';
import type { Path } from './document';
import type { WalletSpec } from './environment';
import { inEth } from './limits';
import { didYouMean } from './nearest';
import { isEvm } from './sources';
import type { MevSection } from './strategy-limits';

/** Wallets of an engine: which are watched, and for what. */

type Wallets = NonNullable<NonNullable<MevSection['engines']>[string]['wallets']>;

const MAINNET = 'mainnet';

/** Those on networks that the engine reads here; of the others nobody tells what they hold. */
export const walletsOf = (wallets: Wallets, networks: ReadonlyMap<string, unknown>): readonly WalletSpec[] =>
  Object.values(wallets)
    .map(({ address, chain, network = MAINNET, min_balance: least, max_outflow: most }) => ({
      chain,
      network,
      address,
      ...(least ? { minBalance: inEth(least).value } : {}),
      ...(most ? { maxOutflow: inEth(most).value } : {}),
    }))
    .filter(({ chain, network }) => networks.has(`${chain} ${network}`));

interface Fault {
  readonly at: Path;
  readonly message: string;
}

/** What of them does not fit the chains that there are, or each other. */
export function walletFaults(wallets: Wallets, chains: readonly ChainDefinition[]): readonly Fault[] {
  const all = Object.entries(wallets).map(([key, wallet]) => ({ key, ...wallet, network: wallet.network ?? MAINNET }));
  const placeOf = ({ address, chain, network }: (typeof all)[number]): string =>
    `${address.toLowerCase()} ${chain} ${network}`;
  return all.flatMap((wallet, index) => {
    const { key, chain, network } = wallet;
    const twin = all.slice(0, index).find((other) => placeOf(other) === placeOf(wallet));
    return [
      ...networkFaults(wallet, chains),
      ...(wallet.min_balance === undefined && wallet.max_outflow === undefined
        ? [{ at: [key], message: 'is watched for nothing; give min_balance, max_outflow or both' }]
        : []),
      ...(twin
        ? [{ at: [key, 'address'], message: `is that of ${twin.key} on ${chain} ${network} as well; remove one` }]
        : []),
    ];
  });
}

function networkFaults(
  { key, chain, network }: { readonly key: string; readonly chain: string; readonly network: string },
  chains: readonly ChainDefinition[],
): readonly Fault[] {
  const definition = chains.find(({ id }) => id === chain);
  if (!definition) return [];
  const found = networkOf(definition, network);
  const names = definition.networks.map(({ id }) => id);
  if (!found)
    return [
      {
        at: [key, 'network'],
        message: `"${network}" is not a network of ${chain}; use one of ${names.join(', ')}${didYouMean(network, names)}`,
      },
    ];
  return isEvm(found) ? [] : [{ at: [key, 'chain'], message: `wallets of ${chain} are not watched; remove it` }];
}
