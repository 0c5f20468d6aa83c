/** Where things lie on a host. The host's scripts know the same places; a test holds them equal. */

/** Releases, and the link to the current one. */
export const RELEASE = '/opt/chain-node/current';

/** Secrets that the host holds, one file each, outside of any release. */
export const SECRETS = '/var/lib/chain-node/secrets';

/** Native programs, a folder each, outside of any release: many releases run the same. */
export const PROGRAMS = '/opt/chain-node/programs';

/** Values that only the host knows, as they were when the node started. */
export const HOST_VALUES = '/run/chain-node/host-values.env';

/** The tree of a chain on the data volume, the same on every node. */
export const chainTree = (chain: string): string => `/data/blockchain/nodes/chains/${chain}`;

/** A directory of a process, below the chain's tree. */
export const dataDirectory = (network: string, directory: string): string => `data/${network}/${directory}`;

/** Port at which a host answers load balancers about its node's health; no process may use it. */
export const HEALTH_PORT = 8099;

/** Port at which a host that is watched answers about itself: node_exporter's, of Debian's package and upstream; no process may use it. */
export const HOST_METRICS_PORT = 9100;

/** Port at which an engine beside the node answers about itself; no process may use it. */
export const ENGINE_METRICS_PORT = 8098;

/** The one unprivileged user of every process; number of user and group. */
export const USER_ID = 2000;
