/** Streams and stores as their rules see them. */
export interface WatchedData {
  readonly namespace: string;
  readonly streams: readonly { readonly name: string; readonly sizeGiB: number; readonly table: boolean }[];
  readonly streamServers: 1 | 3;
  readonly postgres: { readonly instances: number; readonly archived: boolean };
}
