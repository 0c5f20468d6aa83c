import { Host, release } from './host';

/** Hosts for tests of releases: blank ones, and copies of one on which a first release runs. */

export const first = release('image: client:1\n');
export const second = release('image: client:2\n');
export const running = { active: true, containers: ['one running', 'two running'] };

export interface Hosts {
  /** A blank host. */
  readonly host: () => Host;
  /** A host on which the first release runs. */
  readonly settled: () => Host;
  /** The one that others are copies of; it is not to be changed. */
  readonly settledHost: () => Host;
}

/** Registers what makes hosts before the tests of a file and removes them after each. */
export function useHosts(): Hosts {
  let made: Host[] = [];
  let original: Host | undefined;
  const settledHost = (): Host => {
    if (!original) throw new Error('no host has settled yet');
    return original;
  };
  const kept = (one: Host): Host => {
    made.push(one);
    return one;
  };
  beforeAll(async () => {
    original = Host.create();
    original.upload(first);
    expect(await original.apply()).toMatchObject({ status: 0 });
  });
  afterEach(() => {
    for (const one of made) one.remove();
    made = [];
  });
  afterAll(() => settledHost().remove());
  return { host: () => kept(Host.create()), settled: () => kept(settledHost().copy()), settledHost };
}
