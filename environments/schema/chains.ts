import { z } from 'zod';
import {
  type BlobCustody,
  type ChainDefinition,
  type ClientDefinition,
  clientsIn,
  type VolumeType,
} from '../../constructs/chain-node/catalogue';
import { optionsIn } from '../order-flow';
import { size, throughput } from '../quantity';
import { flag, integer, isMoving, list, oneOf, positive, quantity, secretName, text } from './leaf';
import { orderFlow } from './order-flow';
import { osPatches, p2p } from './sections';

/** `chains:`, shaped by the catalogue: what it knows is offered by name, what it does not is refused. */

const BLOB_CUSTODY: readonly BlobCustody[] = ['standard', 'semi', 'super'];
const VOLUME_TYPES: readonly VolumeType[] = ['gp3', 'io2'];

const tag = text('Version, as the image is tagged; a digest may follow (v1.2.3@sha256:…).', {
  pattern: /^[\w][\w.-]{0,127}(@sha256:[0-9a-f]{64})?$/,
  expected: 'an image tag such as v1.2.3',
}).superRefine((given, context) => {
  if (!isMoving(given)) return;
  context.addIssue({ code: 'custom', message: `"${given}" moves, and a version stays; give a tag such as v1.2.3` });
});

/** AWS allows a role 64 characters: `<environment>-<client>-<version>-<12 of the commit>-<processor>`, of what builds a program. */
const longestBuiltVersion = (client: string): number =>
  64 - 'development-'.length - `${client}--`.length - 12 - '-x86_64'.length;

/** A program that is built has the commits that the catalogue pins, or the one that is given. */
const builtVersion = (client: string, versions: readonly string[]) => {
  const longest = longestBuiltVersion(client);
  return text('Version whose commit the catalogue pins, or a tag with its commit (v1.2.3@<40 hexadecimal digits>).', {
    pattern: new RegExp(
      `^(${versions.map((one) => one.replaceAll('.', '\\.')).join('|')}|[\\w][\\w.-]{0,${longest - 1}}@[0-9a-f]{40})$`,
    ),
    expected: `a version of ${client} whose commit is pinned; use ${versions.join(' or ')}, or a tag of at most ${longest} characters with its commit, such as ${versions[0]}@<40 hexadecimal digits>`,
  });
};

/**
 * A tag as the client's makers write theirs: what stands before the first digit (`v`, nothing, `multiarch-v`), and a commit at the
 * end where they have one.
 */
function tagOf({ id, version, networks }: ClientDefinition): z.ZodType<string> {
  const pin = version(networks[0] ?? '').value;
  const before = pin.slice(0, pin.search(/\d/));
  const commit = /-[0-9a-f]{7}$/.test(pin);
  return tag.superRefine((given, context) => {
    const [name = ''] = given.split('@');
    const fits =
      name.startsWith(before) && /^\d/.test(name.slice(before.length)) && (!commit || /-[0-9a-f]{7,}/.test(name));
    if (fits || isMoving(name)) return;
    context.addIssue({
      code: 'custom',
      message: `"${given}" is not written as tags of ${id} are; give one such as ${pin}`,
    });
  });
}

const argument = text('One argument.', {
  pattern: /^--?[A-Za-z0-9][\w.-]*(=.*)?$/,
  expected: 'one flag with its value, written as "--name=value"',
  example: '--maxpeers=100',
});

const volume = z
  .strictObject({
    type: oneOf('Volume type. Default: by the catalogue.', VOLUME_TYPES, { what: 'a volume type' }).optional(),
    size: quantity('Size. It can grow, never shrink. Default: by the catalogue.', size).optional(),
    iops: integer('Operations a second. Default: by the catalogue.', { min: 1, max: 1_000_000 }).optional(),
    throughput: quantity('Throughput; gp3 only. Default: by the catalogue.', throughput).optional(),
  })
  .optional();

const nodeP2p = p2p(
  {
    mode: 'Whether peers may connect in. Default: network.p2p.mode.',
    egressLimit: 'What a node that is at the head may send to the internet. Default: network.p2p.egress_limit.',
  },
  {
    expose: oneOf(
      'How peers come in to a node on Kubernetes: by the port of its machine, whose own address must be public, or by a load balancer. Default: load-balancer.',
      ['host-port', 'load-balancer'],
      { what: 'a way in' },
    ).optional(),
    address: text('Address of its load balancer, on a cluster that is not on EKS. Default: on EKS, one is made.', {
      pattern: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?=.)|$)){4}$/,
      expected: 'an IPv4 address',
      example: '192.0.2.10',
    }).optional(),
  },
);

const bootstrap = z
  .strictObject({
    from: text(
      'Where the data of a new disk comes from: latest-backup, the id of a snapshot, url, or empty. It never touches a disk that has data. Default: empty.',
      {
        pattern: /^(latest-backup|snap-[0-9a-f]{8,17}|url|empty)$/,
        expected: 'latest-backup, an id such as snap-0123456789abcdef0, url or empty',
        example: 'latest-backup',
      },
    ),
    initialization_rate: quantity(
      'How fast the disk is filled from the snapshot, from 100 to 300 MiB/s, at a fee. Default: as fast as AWS happens to be.',
      throughput,
    ).optional(),
    url: text('Archive of a data directory: .tar, .tar.gz, .tar.zst, .tar.lz4, .tar.bz2 or .tar.xz. With from: url.', {
      pattern: /^https:\/\/[^\s'"\\]+\.(tar|tgz|tar\.(gz|zst|lz4|bz2|xz))$/,
      expected: 'an https address of a .tar, .tar.gz, .tgz, .tar.zst, .tar.lz4, .tar.bz2 or .tar.xz',
    }).optional(),
    sha256: text('Checksum of the archive. Default: not checked.', {
      pattern: /^[0-9a-f]{64}$/,
      expected: 'a SHA-256 sum of 64 hexadecimal digits',
    }).optional(),
    directory: text(
      'Where the archive is unpacked, as the client sees it, such as /data/geth/chaindata. Default: the data directory of the client.',
      { pattern: /^(\/[\w][\w.-]*)+$/, expected: 'an absolute path such as /data/chaindata' },
    ).optional(),
    strip: integer('Leading parts of the names in the archive that are left out. Default: 0.', {
      min: 0,
      max: 20,
    }).optional(),
  })
  .superRefine(({ from, url, initialization_rate: rate, ...rest }, context) => {
    const fault = (key: string, message: string, of: 'key' | 'value' = 'key'): void =>
      context.addIssue({ code: 'custom', path: [key], message, params: { key: of === 'key' } });
    if (from === 'url' && url === undefined) fault('from', 'is url, and no url is given; set url beside it', 'value');
    if (from !== 'url') {
      if (url !== undefined) fault('url', `is for from: url, and from is ${from}; remove it`);
      for (const key of ['sha256', 'directory', 'strip'] as const) {
        if (rest[key] !== undefined) fault(key, `is for from: url, and from is ${from}; remove it`);
      }
    }
    if (rate === undefined) return;
    if (from === 'url' || from === 'empty') {
      fault('initialization_rate', `is for disks made from a snapshot, and from is ${from}; remove it`);
    } else if (rate.value < 100 || rate.value > 300) {
      fault(
        'initialization_rate',
        `${throughput.format(rate)} is not from 100 to 300 MiB/s, which AWS offers`,
        'value',
      );
    }
  })
  .meta({ description: 'Where the data of a new disk comes from. Default: empty.' })
  .optional();

/** Where nodes of a chain run. What its makers rule out everywhere is refused with their reason. */
function hosting(chain: ChainDefinition) {
  const description = 'Where nodes run: on instances of their own, or in pods of the cluster. Default: instance.';
  const ruledOut = withoutKubernetes(chain);
  return ruledOut === undefined
    ? oneOf(description, ['instance', 'kubernetes'], { what: 'a hosting' })
    : oneOf('Where nodes run. Default: instance.', ['instance'], {
        what: 'a hosting',
        retired: { kubernetes: ruledOut },
      });
}

/** Why no node of a chain runs on Kubernetes; undefined where some may. */
function withoutKubernetes({ networks, clients }: ChainDefinition): string | undefined {
  const ruledOut = clients.flatMap(({ client }) =>
    networks
      .filter(({ id, kind }) => kind === 'public' && client.networks.includes(id))
      .map(({ id }) =>
        client.cannot?.({
          network: id,
          nodeType: 'full',
          hosting: 'kubernetes',
          storage: 'instance-store',
          p2p: 'public',
        }),
      ),
  );
  const [first] = ruledOut;
  return first && ruledOut.every((one) => one !== undefined) ? `${first.reason} (${first.source})` : undefined;
}

const resources = z
  .strictObject({
    cpu: positive('Cores that are kept for all of its processes together. Default: by the catalogue.').optional(),
    cpu_limit: positive('Cores that they may use at most. Default: no limit.').optional(),
    memory: quantity('Memory that they may use together. Default: by the catalogue.', size).optional(),
    memory_request: quantity('Memory that is kept for them. Default: all of memory.', size).optional(),
  })
  .meta({ description: 'Cores and memory of a node on Kubernetes.' })
  .optional();

const l1 = z
  .union(
    [
      z.string(),
      z.strictObject({
        rpc_secret: secretName('Name of the secret that holds the URL of its RPC.'),
        beacon_secret: secretName('Name of the secret that holds the URL of its beacon API.').optional(),
      }),
    ],
    { error: 'a layer-1 node; give its id, or { rpc_secret: …, beacon_secret: … }' },
  )
  .meta({
    description:
      'The layer-1 node that it reads: the id of one of this environment, or named secrets that hold the URLs of another. Default: the only one that follows the network it settles on.',
  })
  .optional();

const storage = oneOf(
  'Where data lies: a network disk, or local NVMe that is lost with the instance. Default: by the catalogue.',
  ['ebs', 'instance-store'],
  {
    what: 'a storage',
  },
);

/** Settings that a chain, a node and a replica share; the most specific wins. */
function nodeSettings(chain: ChainDefinition) {
  const consensus = [...new Set(chain.clients.flatMap((choice) => choice.consensus.map(({ id }) => id)))];
  const clients = clientsIn(chain).filter(({ within }) => within === undefined);
  const optional = [...optionsIn(chain)];
  const nodeTypes = [...new Set(chain.clients.flatMap(({ client }) => client.nodeTypes))];
  const { retired } = chain;
  const byClient = <T>(description: string, value: (client: ClientDefinition) => z.ZodType<T>) =>
    z
      .strictObject(Object.fromEntries(clients.map((client) => [client.id, value(client).optional()])))
      .meta({ description })
      .optional();
  return {
    ...(consensus.length === 0
      ? {}
      : {
          consensus: oneOf(`Consensus client beside the other. Default: ${consensus[0]}.`, consensus, {
            what: `a consensus client of ${chain.id}`,
            retired,
          }).optional(),
        }),
    node_type: oneOf('How much history a node keeps. Default: full.', nodeTypes, {
      what: `a node type of ${chain.id}`,
    }).optional(),
    hosting: hosting(chain).optional(),
    resources,
    storage: storage.optional(),
    ...(chain.networks.some((network) => network.l1) ? { l1 } : {}),
    ...(optional.length === 0
      ? {}
      : {
          optional_processes: list(
            `Further processes: ${optional.map(([name, { purpose }]) => `${name}, ${purpose}`).join('; ')}. Default: none.`,
            oneOf(
              'A process.',
              optional.map(([name]) => name),
              { what: `an optional process of ${chain.id}` },
            ),
            { mayBeEmpty: true },
          ).optional(),
          ...orderFlow(chain),
        }),
    p2p: nodeP2p,
    backup: flag(
      'Whether its disk is backed up as `backup` says. Default: where there are several replicas, the highest is.',
    ).optional(),
    bootstrap,
    os_patches: osPatches('As hosts.os_patches, for this node or chain. Default: hosts.os_patches.'),
    ...(chain.clients.some((choice) => choice.consensus.some((client) => client.blobCustody))
      ? {
          blob_custody: oneOf(
            'Blobs that are kept and served: a sample, half or all. Layer-2 nodes need semi or super. Default: standard.',
            BLOB_CUSTODY,
            { what: 'a blob custody' },
          ).optional(),
        }
      : {}),
    version: byClient("Versions by client. Default: the catalogue's pins.", (client) =>
      client.versions ? builtVersion(client.id, client.versions) : tagOf(client),
    ),
    extra_args: byClient('Further arguments by client, after the managed ones. Default: none.', () =>
      list('Arguments.', argument, { mayBeEmpty: true }),
    ),
    instance_type: text('EC2 instance type. Default: by the catalogue.', {
      pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
      expected: 'an instance type such as r7g.2xlarge',
      example: 'r7g.2xlarge',
    }).optional(),
    ami: text('Image of new instances; running ones keep theirs. Default: the newest Ubuntu 24.04.', {
      pattern: /^ami-[0-9a-f]{8,17}$/,
      expected: 'an id such as ami-0123456789abcdef0',
    }).optional(),
    volume,
    growth_months: integer('Months of growth that the disk must hold. Default: 6.', { min: 0, max: 60 }).optional(),
  };
}

const zone = text('Zone of this node. Default: spread over aws.zones; a locked node stays where it is.', {
  pattern: /^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$/,
  expected: 'an availability zone such as eu-central-1a',
});

const replicas = integer('How many of each node. Default: 1.', { min: 1, max: 999 });

const enabled = flag('Whether the chain runs. Default: true.');

function chainSection(chain: ChainDefinition) {
  const clients = chain.clients.map(({ client }) => client.id);
  const networks = chain.networks.map(({ id }) => id);
  const { retired } = chain;
  return z.strictObject({
    enabled: enabled.optional(),
    networks: list(
      'Networks; each runs every client.',
      oneOf('A network.', networks, { what: `a network of ${chain.id}`, retired }),
      { empty: 'is empty; list a network, or set enabled: false' },
    ),
    clients: list(
      'Clients; each runs on every network.',
      oneOf('A client.', clients, { what: `a client of ${chain.id}`, retired }),
      {
        empty: 'is empty; list a client, or set enabled: false',
      },
    ),
    replicas: replicas.optional(),
    ...nodeSettings(chain),
    nodes: z
      .record(
        z.string(),
        z.strictObject({ ...nodeSettings(chain), replicas: replicas.optional(), zone: zone.optional() }),
      )
      .meta({
        description:
          'Settings of one node, by <network>-<client>, or of one replica, by <network>-<client>-<n>; null removes the node.',
      })
      .optional(),
  });
}

export const chainsSection = (chains: readonly ChainDefinition[]) =>
  z.strictObject(Object.fromEntries(chains.map((chain) => [chain.id, chainSection(chain).optional()]))).optional();

export type NodeSettings = z.output<ReturnType<typeof chainSection>>;
