import {
  CHAINS,
  clientsIn,
  clientsOf,
  ethereum,
  everyProgram,
  type Fact,
} from '../../../../constructs/chain-node/catalogue';
import { programName } from '../../../../tools/every-release';
import { TODAY } from '../../../project';
import { choiceFrom, loadPrograms, NODES, VARIANTS } from './everything';

describe('facts', () => {
  const facts = (): { readonly of: string; readonly fact: Fact<unknown> }[] =>
    CHAINS.flatMap((chain) => [
      ...clientsIn(chain).flatMap((client) =>
        client.networks.map((network) => ({ of: `${client.id} version ${network}`, fact: client.version(network) })),
      ),
      ...everyProgram(chain).flatMap((program) => {
        const on = choiceFrom(program);
        const sizing = chain.sizing(on);
        const uses = clientsOf(program).flatMap((client) => client.disk(on) ?? []);
        return [
          ...(sizing ? [{ of: `${programName(program)} sizing`, fact: sizing }] : []),
          ...uses.flatMap(({ today, growthPerMonth }) => [
            { of: `${programName(program)} disk`, fact: today },
            { of: `${programName(program)} growth`, fact: growthPerMonth },
          ]),
        ];
      }),
    ]);

  test('have a source, a day that is past, and a status', () => {
    const wrong = facts().filter(
      ({ fact: { source, asOf, status } }) =>
        source.length < 10 ||
        !isDay(asOf) ||
        Date.parse(asOf) > TODAY.getTime() ||
        !['verified', 'distributor', 'third-party', 'unverified'].includes(status),
    );
    expect(wrong).toEqual([]);
    expect(facts().length).toBeGreaterThan(NODES.length);
  });

  test('there is hardware for a full node of every network', () => {
    const none = CHAINS.flatMap(everyProgram)
      .filter(({ nodeType }) => nodeType === 'full')
      .filter((program) => program.chain.sizing(choiceFrom(program)) === undefined)
      .map(programName);
    expect(none).toEqual([]);
  });

  test('more blob custody needs more disk, and gets it', () => {
    const grows = (['standard', 'semi', 'super'] as const).map((blobCustody) => {
      const on = { network: 'mainnet', client: 'geth', consensus: 'lighthouse', nodeType: 'full', blobCustody };
      const lighthouse = clientsIn(ethereum).find(({ id }) => id === 'lighthouse');
      const sized = ethereum.sizing(on)?.value;
      return [sized?.storage === 'ebs' ? sized.volume.sizeGiB : undefined, lighthouse?.disk(on)?.today.value];
    });
    expect(grows).toEqual([
      [2560, 62],
      [2854, 356],
      [3190, 692],
    ]);
  });

  test('forks have a source, and a least version for each client that follows the network', () => {
    const wrong = CHAINS.flatMap((chain) =>
      chain.networks.flatMap(({ id, forks }) =>
        forks.flatMap(({ name, at, least, source }) => {
          const followers = clientsIn(chain).filter((client) => client.networks.includes(id));
          const missing = followers.filter((client) => least[client.id] === undefined).map((client) => client.id);
          const strangers = Object.keys(least).filter(
            (client) => !followers.some((follower) => follower.id === client),
          );
          const dated = at === undefined || new Date(at).toISOString().replace('.000Z', 'Z') === at;
          return missing.length + strangers.length === 0 && dated && source !== '' ? [] : [`${id} ${name}`];
        }),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('what is retired is not offered, and each says what to use', () => {
    const wrong = CHAINS.flatMap((chain) => {
      const live = [...chain.networks.map(({ id }) => id), ...clientsIn(chain).map(({ id }) => id)];
      return Object.entries(chain.retired).filter(
        ([name, advice]) => live.includes(name) || !live.some((known) => advice.includes(known)),
      );
    });
    expect(wrong).toEqual([]);
  });

  const isDay = (text: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    new Date(text).toISOString().startsWith(text);
});

describe('what the catalogue chooses', () => {
  /** A day after every fork that has one. */
  const AFTER_ALL_FORKS = new Date('2030-01-01T00:00:00Z');

  let warnings: readonly string[] = [];
  beforeAll(() => {
    warnings = VARIANTS.flatMap((programs) =>
      loadPrograms(programs, AFTER_ALL_FORKS).warnings.map(({ message }) => message),
    );
  });

  test('passes its own checks, and its versions follow every fork that has a date, but for these', () => {
    const others = warnings.filter((line) => !line.includes('nobody has measured the disk'));
    expect([...new Set(others.map((line) => line.replace(/(; set| \().*/, '')))].sort()).toEqual([
      'arbitrum-mainnet-nitro: nitro cannot begin on an empty disk on mainnet',
      'optimism-mainnet-op-reth: op-reth cannot begin on an empty disk on mainnet',
      // A newer program is needed about once a month, and its commit could not be read yet.
      'solana-devnet-agave: agave v4.4.0 cannot follow the feature gates of Agave 4.5',
      'solana-mainnet-agave: agave v4.4.0 cannot follow feature gate 8whkDenELnfwYLirBc4Wb4H2Z1z5K7tiykpdxJS7cWg1',
      'solana-mainnet-jito-solana: jito-solana v4.2.1-jito cannot follow feature gate 8whkDenELnfwYLirBc4Wb4H2Z1z5K7tiykpdxJS7cWg1',
      'solana-testnet-agave: agave v4.4.0 cannot follow the feature gates of Agave 4.5',
      'solana-testnet-jito-solana: jito-solana v4.3.0-beta.2-jito cannot follow the feature gates of Agave 4.5',
    ]);
  });

  test('is measured, but for these', () => {
    const unmeasured = warnings.flatMap((line) => {
      const found = /measured the disk that (\S+) .* (\S+) node of (\S+);/.exec(line);
      return found ? [found.slice(1).join(' ')] : [];
    });
    expect([...new Set(unmeasured)].sort()).toEqual([
      'avalanchego archive fuji',
      'avalanchego full fuji',
      'base-reth-node archive sepolia',
      'base-reth-node full sepolia',
      'besu archive hoodi',
      'besu archive sepolia',
      'geth archive hoodi',
      'geth archive sepolia',
      'nethermind archive hoodi',
      'nethermind archive sepolia',
      // On OP Mainnet and OP Sepolia.
      'nethermind full mainnet',
      'nethermind full sepolia',
      'nitro archive nova',
      'nitro archive sepolia',
      'nitro full sepolia',
      'op-reth archive mainnet',
      'op-reth archive sepolia',
      'reth archive hoodi',
      'reth archive sepolia',
    ]);
  });

  test('has hardware for every combination but archives of local networks and of Polygon, which nobody has measured', () => {
    const none = CHAINS.flatMap(everyProgram).filter((program) => !program.chain.sizing(choiceFrom(program)));
    expect([...new Set(none.map(({ chain, network, nodeType }) => `${chain.id} ${network} ${nodeType}`))]).toEqual([
      'arbitrum local archive',
      'avalanche local archive',
      'ethereum local archive',
      'polygon mainnet archive',
      'polygon amoy archive',
      'polygon local archive',
    ]);
  });
});
