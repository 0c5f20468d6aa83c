/** A section of streams and stores, which loads where there is a cluster; tests change one thing of it. */

export const DATA = `mev:
  data:
    enabled: true
    secret: data
    stream_replicas: 3
    streams:
      executions: { retention: 30d, size: 1 GiB }
      prices: { retention: 24h, size: 3 GiB }
    stores:
      timeseries: { retention: 90d, size: 500 GiB }
      analytics: { retention: 400d }
      transactions: { size: 100 GiB, replicas: 2 }
`;

/** The same with texts in it swapped. */
export const dataOf = (changes: readonly (readonly [from: string, to: string])[]): string =>
  changes.reduce((now, [from, to]) => {
    if (now.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once`);
    return now.replace(from, to);
  }, DATA);
