import {
  type Argument,
  blobDisk,
  blobTraffic,
  type ChainDefinition,
  type ClientDefinition,
  clientsIn,
  clientsOf,
  everyProgram,
  type Fact,
  type HeadProbe,
  metricsPath,
  type NetworkDefinition,
  type NodeProgram,
  type Port,
  type Process,
  processesByClient,
  type Sizing,
  servesBlobs,
} from '../constructs/chain-node/catalogue';

/** One page of a chain, for people: all that the catalogue says of it. Written by `npm run generate` to `docs/chains/`. */
export function chainPage(chain: ChainDefinition): string {
  const examples = clientsIn(chain).flatMap((client) => exampleOf(chain, client) ?? []);
  return [
    `# ${title(chain.id)}`,
    '',
    'Written by `npm run generate` from `constructs/chain-node/catalogue`; a test holds the two equal. Every value has a source and a',
    'date there. Status: `verified`, read at its origin; `distributor`, in a distributor’s release notes; `third-party`, seen elsewhere;',
    '`unverified`, a careful guess.',
    '',
    '## Networks',
    '',
    table(['network', 'identity', 'seconds a block', 'layer 1', 'forks'], chain.networks.map(networkRow)),
    ...forks(chain),
    '## Clients',
    '',
    table(
      ['client', 'role', 'networks', 'node types', 'processors', 'beside it'],
      clientsIn(chain).map((client) => clientRow(chain, client)),
    ),
    '### Versions',
    '',
    table(['client', 'network', 'version', 'status', 'source', 'as of'], clientsIn(chain).flatMap(versionRows)),
    ...refusals(chain),
    ...optional(chain),
    '## Processes',
    '',
    table(
      ['process', 'made from', 'starts after', 'stops by', 'of the host'],
      examples.map(({ process }) => processRow(process)),
    ),
    '### Ports',
    '',
    'Who may reach a port decides where it is bound and who the firewall lets in: `siblings` are the node’s own processes alone,',
    '`clients` and `monitoring` the VPC, `internet` everyone.',
    '',
    table(
      ['process', 'port', 'number', 'for', 'serves'],
      examples.flatMap(({ process }) => process.ports.map((port) => portRow(process, port))),
    ),
    '### Metrics',
    '',
    table(
      ['process', 'address', 'names'],
      examples.flatMap(({ process }) => metricsRow(process)),
    ),
    '### Health',
    '',
    table(
      ['client', 'identity', 'head', 'peers'],
      clientsIn(chain).map((client) => healthRow(chain, client)),
    ),
    '## Hardware',
    '',
    'What a node gets where nothing else is said. Disk today and growth are those of all its clients together, in GiB.',
    '',
    table(
      ['network', 'clients', 'node type', 'instance', 'data', 'disk today', 'a month', 'source of the size'],
      hardwareRows(chain),
    ),
    ...blobs(chain),
    ...archives(chain),
    '## Arguments',
    '',
    'Of a full node that peers may connect to, on the first network that a client follows. `<…>` is known only on the host, or only to',
    'the environment.',
    '',
    ...examples.flatMap(argumentsOf),
  ].join('\n');
}

const title = (id: string): string => (id === 'bsc' ? 'BSC' : `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`);

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |\n`).join('');

const code = (text: string): string => `\`${text}\``;

interface Example {
  readonly process: Process;
  readonly program: NodeProgram;
}

/** The processes of a client as a full node of the first network that it follows runs them. */
function exampleOf(chain: ChainDefinition, client: ClientDefinition): Example[] | undefined {
  const programs = everyProgram(chain).filter((program) => clientsOf(program).includes(client));
  const program = programs.find(({ nodeType, p2p }) => nodeType === 'full' && p2p === 'public') ?? programs[0];
  if (!program || client.within !== undefined) return undefined;
  const whole = programs.find((one) => one.options && one.nodeType === program.nodeType && one.p2p === program.p2p);
  const parts = processesByClient(whole ?? program, 65_536);
  const own = parts.find((part) => part.client === client)?.processes ?? [];
  return own.map((process) => ({ process, program }));
}

const networkRow = ({ id, kind, identity, blockSeconds, l1, forks: own }: NetworkDefinition): string[] => [
  kind === 'local' ? `${id} (one node that makes its own blocks)` : id,
  code(identity),
  blockSeconds === undefined ? 'varies' : String(blockSeconds),
  l1 ? `${l1.chain} ${l1.network}${l1.blobs ? ', with blobs' : ''}` : '',
  own.map(({ name }) => name).join(', '),
];

function forks({ networks }: ChainDefinition): string[] {
  const rows = networks.flatMap(({ id, forks: own }) =>
    own.map(({ name, at, least, source }) => [
      id,
      name,
      at ?? 'no date yet',
      Object.entries(least)
        .map(([client, version]) => `${client} ${version}`)
        .join(', '),
      source,
    ]),
  );
  if (rows.length === 0) return [];
  return ['### Forks', '', table(['network', 'fork', 'when', 'least versions', 'source'], rows)];
}

function clientRow({ clients }: ChainDefinition, client: ClientDefinition): string[] {
  const choice = clients.find((one) => one.client === client);
  const beside = choice?.consensus.map(({ id }) => id) ?? [];
  return [
    client.id,
    client.within === undefined ? client.role : `${client.role}, inside of ${client.within}`,
    client.networks.join(', '),
    client.nodeTypes.join(', '),
    client.architectures.join(', '),
    [
      ...(beside.length > 0 ? [`${beside.join(', ')}${choice?.consensusFirst ? ' (starts first)' : ''}`] : []),
      ...(client.blobCustody ? [`blobs: ${client.blobCustody.join(', ')}`] : []),
    ].join('; '),
  ];
}

function versionRows(client: ClientDefinition): string[][] {
  if (client.within !== undefined) return [];
  const byVersion = new Map<string, { readonly fact: Fact<string>; readonly networks: string[] }>();
  for (const network of client.networks) {
    const fact = client.version(network);
    const known = byVersion.get(fact.value);
    if (known) known.networks.push(network);
    else byVersion.set(fact.value, { fact, networks: [network] });
  }
  return [...byVersion.values()].map(({ fact, networks }) => [
    client.id,
    networks.length === client.networks.length ? 'all' : networks.join(', '),
    code(fact.value),
    fact.status,
    fact.source,
    fact.asOf,
  ]);
}

/** What is refused, and why. */
function refusals(chain: ChainDefinition): string[] {
  const ruledOut = clientsIn(chain).flatMap((client) =>
    client.networks.flatMap((network) =>
      client.nodeTypes.flatMap((nodeType) =>
        (['ebs', 'instance-store'] as const).flatMap((storage) =>
          (['instance', 'kubernetes'] as const).flatMap((hosting) =>
            (['public', 'outbound'] as const).flatMap((p2p) => {
              const found = client.cannot?.({ network, nodeType, hosting, storage, p2p });
              return found ? [[client.id, found.reason, found.source] as const] : [];
            }),
          ),
        ),
      ),
    ),
  );
  const rows = [
    ...Object.entries(chain.retired).map(([name, advice]) => [code(name), advice, '']),
    ...clientsIn(chain).flatMap(({ id, instead }) =>
      Object.entries(instead ?? {}).map(([network, advice]) => [`${code(id)} on ${code(network)}`, advice, '']),
    ),
    ...new Map(ruledOut.map((row) => [row.join(), [code(row[0]), row[1], row[2]]])).values(),
  ];
  if (rows.length === 0) return [];
  return ['## Refused', '', table(['what', 'why, and what instead', 'source'], rows)];
}

function optional(chain: ChainDefinition): string[] {
  const rows = clientsIn(chain).flatMap(({ id, optional: own }) =>
    Object.entries(own ?? {}).map(([name, { purpose, networks }]) => [code(name), id, networks.join(', '), purpose]),
  );
  if (rows.length === 0) return [];
  return [
    '## Optional processes',
    '',
    `They run where \`chains.${chain.id}.optional_processes\` lists them.`,
    '',
    table(['process', 'of', 'on', 'for'], rows),
  ];
}

function processRow({ name, source, after, stop, host, prepare }: Process): string[] {
  const from = {
    image: () => (source.kind === 'image' ? code(`${source.image}:${source.version}`) : ''),
    archive: () => `an archive of ${source.version}`,
    build: () => (source.kind === 'build' ? `built from ${source.repository} at ${source.commit.slice(0, 12)}` : ''),
  }[source.kind]();
  return [
    name,
    prepare?.length ? `${from}; prepared by ${prepare.map((one) => one.name).join(', ')}` : from,
    after?.join(', ') ?? '',
    `${stop.signal}, ${stop.graceSeconds} s${stop.before ? `, after ${code(stop.before.join(' '))}` : ''}`,
    [
      ...(host?.openFiles ? [`${host.openFiles} open files`] : []),
      ...(host?.lockedMemory ? [`${host.lockedMemory} bytes locked`] : []),
      ...(host?.capabilities ?? []),
      ...Object.entries(host?.sysctls ?? {}).map(([key, value]) => code(`${key}=${value}`)),
    ].join(', '),
  ];
}

const portRow = ({ name }: Process, port: Port): string[] => [
  name,
  port.name,
  `${typeof port.number === 'number' ? port.number : `${port.number.from}-${port.number.to}`}/${port.protocol}`,
  port.audience,
  port.serves.map((role) => `${role}${port.paths?.[role] ? ` at ${code(port.paths[role])}` : ''}`).join(', '),
];

function metricsRow({ name, metrics, ports }: Process): string[][] {
  const port = ports.find((one) => one.name === metrics?.port);
  if (!metrics || !port) return [];
  const names = Object.entries(metrics.names).map(([meaning, metric]) => `${meaning}: ${code(metric)}`);
  return [[name, code(`:${port.number}${metricsPath(port)}`), names.join(', ')]];
}

function healthRow(chain: ChainDefinition, client: ClientDefinition): string[] {
  const network = chain.networks.find(({ id }) => id === client.networks[0]) as NetworkDefinition;
  const { identity, head, peers } = client.health(network);
  const ask = (probe: { readonly path: string; readonly body?: string }): string =>
    code(probe.body === undefined ? probe.path : (JSON.parse(probe.body).method ?? probe.path));
  return [
    client.id,
    identity ? `${ask(identity)} is that of the network` : '',
    `${ask(head)} ${behind(head)}`,
    peers ? `${ask(peers)} at least ${peers.minimum}` : '',
  ];
}

function behind(head: HeadProbe): string {
  if (head.yields === 'block') return `at most ${head.maximumAgeSeconds} s old`;
  return head.yields === 'slotsBehind' ? `at most ${head.maximumSlots} slots behind` : 'answers 200';
}

function hardwareRows(chain: ChainDefinition): string[][] {
  const all = everyProgram(chain).filter(({ options, blobCustody }) => !options && blobCustody === 'standard');
  // One of the two, peers let in or not, where both are allowed.
  const of = ({ network, client, consensus, nodeType }: NodeProgram): string =>
    [network, client, consensus, nodeType].join();
  const programs = all.filter(
    (program) =>
      program.p2p === 'outbound' || !all.some((other) => other.p2p === 'outbound' && of(other) === of(program)),
  );
  const rows = programs.flatMap((program) => {
    const { network, client, consensus, nodeType = 'full' } = program;
    const on = { network, nodeType, blobCustody: 'standard' } as const;
    const sizing = chain.sizing({ ...on, client, ...(consensus === undefined ? {} : { consensus }) });
    if (!sizing) return [];
    const uses = clientsOf(program).map((one) => one.disk(on));
    const sum = (of: 'today' | 'growthPerMonth'): string =>
      uses.some((use) => use === undefined)
        ? 'not measured'
        : String(uses.reduce((all, use) => all + (use?.[of].value ?? 0), 0));
    const source = `${sizing.source} (${sizing.asOf}, ${sizing.status})`;
    const rest = [
      nodeType,
      sizing.value.instanceType,
      dataOf(sizing.value),
      sum('today'),
      sum('growthPerMonth'),
      source,
    ];
    return [
      {
        network,
        clients: clientsOf(program)
          .map(({ id }) => id)
          .join(' + '),
        rest,
      },
    ];
  });
  // Pairs that differ in nothing but the name share a row.
  const merged = new Map<string, { readonly network: string; readonly clients: string[]; readonly rest: string[] }>();
  for (const { network, clients, rest } of rows) {
    const key = [network, ...rest].join('|');
    const known = merged.get(key);
    if (known) known.clients.push(clients);
    else merged.set(key, { network, clients: [clients], rest });
  }
  return [...merged.values()].map(({ network, clients, rest }) => [network, clients.join(', '), ...rest]);
}

function dataOf(sizing: Sizing): string {
  if (sizing.storage === 'instance-store') return 'local NVMe';
  const { type, sizeGiB, iops, throughputMiBps } = sizing.volume;
  return `${type} ${sizeGiB} GiB, ${iops} IOPS${throughputMiBps === undefined ? '' : `, ${throughputMiBps} MiB/s`}`;
}

/** What it takes to keep blobs for layer-2 nodes. */
function blobs(chain: ChainDefinition): string[] {
  const custodies = new Set(clientsIn(chain).flatMap(({ blobCustody = [] }) => blobCustody));
  if (custodies.size === 0) return [];
  const rows = [...custodies].map((custody) => [
    code(custody),
    servesBlobs(custody) ? 'yes' : 'no',
    String(blobDisk.value[custody]),
    servesBlobs(custody) ? `${blobTraffic.value} TB (${blobTraffic.source}, ${blobTraffic.status})` : '',
  ]);
  const disk = `disk, GiB (${blobDisk.source})`;
  return [
    '### Blob custody',
    '',
    table(['`blob_custody`', 'serves layer-2 nodes', disk, 'sent to peers in a month'], rows),
  ];
}

function archives(chain: ChainDefinition): string[] {
  const rows = clientsIn(chain).flatMap((client) => {
    const found = client.networks.flatMap((network) =>
      client.nodeTypes.flatMap((nodeType) => {
        const fact = client.archive?.({ network, nodeType });
        return fact ? [{ network, nodeType, fact }] : [];
      }),
    );
    const byText = new Map<string, { readonly fact: Fact<string>; readonly on: string[] }>();
    for (const { network, nodeType, fact } of found) {
      const known = byText.get(fact.value);
      if (known) known.on.push(`${network} ${nodeType}`);
      else byText.set(fact.value, { fact, on: [`${network} ${nodeType}`] });
    }
    return [...byText.values()].map(({ fact, on }) => [
      client.id,
      on.join(', '),
      fact.value,
      `${fact.source} (${fact.asOf}, ${fact.status})`,
    ]);
  });
  if (rows.length === 0) return [];
  return ['## Data to begin with', '', table(['client', 'for', 'what its makers offer', 'source'], rows)];
}

const textOf = (argument: Argument): string =>
  typeof argument === 'string'
    ? argument
    : argument
        .map((part) => {
          if (typeof part === 'string') return part;
          return part.host === 'public-ip' ? '<public address>' : `<${part.api} of ${part.chain}>`;
        })
        .join('');

function argumentsOf({ process, program }: Example): string[] {
  const { name, program: command, arguments: given, files = {} } = process;
  const lines = [command.join(' '), ...given.map((argument) => `  ${textOf(argument)}`)];
  return [
    `### ${name}, on ${program.network}`,
    '',
    '```text',
    ...lines,
    '```',
    '',
    ...Object.entries(files).flatMap(([file, text]) => [
      `\`/config/${file}\`:`,
      '',
      '```text',
      text.trimEnd(),
      '```',
      '',
    ]),
  ];
}
