import { type Release, renderRelease } from '../constructs/chain-node';
import { CHAINS, everyProgram, instanceType, type NodeProgram, processesOf } from '../constructs/chain-node/catalogue';

/** Stand in for addresses that an environment would give. */
const UPSTREAMS = {
  'ethereum.rpc': { url: 'http://l1.test:8545' },
  'ethereum.beacon': { secret: 'l1/beacon' },
} as const;

export interface NamedRelease {
  /** Says in words which way to run a node it is. */
  readonly name: string;
  readonly program: NodeProgram;
  readonly release: Release;
}

/** The release of every node that the catalogue can run, on the hardware that it asks for. */
export const everyRelease = (): NamedRelease[] =>
  CHAINS.flatMap(everyProgram).map((program) => ({
    name: programName(program),
    program,
    release: releaseOf(program),
  }));

/** Such as `ethereum mainnet geth lighthouse full standard public`. */
export const programName = (program: NodeProgram): string => {
  const { chain, network, client, consensus, nodeType, blobCustody, p2p, options = [] } = program;
  return [chain.id, network, client, consensus, nodeType, blobCustody, p2p, ...options].filter(Boolean).join(' ');
};

/** A name for each secret that a node's processes are given; nothing where there are none. */
export function exampleSecrets(program: NodeProgram): { readonly secrets?: Readonly<Record<string, string>> } {
  const files = processesOf(program, SOME_MEMORY_MIB).flatMap(({ secrets = {} }) =>
    Object.keys(secrets).filter((name) => secrets[name] === 'given'),
  );
  return files.length === 0 ? {} : { secrets: Object.fromEntries(files.map((file) => [file, `order-flow/${file}`])) };
}

/** Any will do to learn names. */
const SOME_MEMORY_MIB = 16_384;

function releaseOf(program: NodeProgram): Release {
  const { chain, network, client, consensus, nodeType = 'full', blobCustody = 'standard' } = program;
  const on = { network, client, ...(consensus === undefined ? {} : { consensus }), nodeType, blobCustody };
  const type = chain.sizing(on)?.value.instanceType;
  const hardware = type === undefined ? undefined : instanceType(type);
  return renderRelease(program, {
    environment: 'development',
    region: 'eu-central-1',
    group: `${chain.id}-${network}`,
    node: `${chain.id}-${network}-${client}`,
    architecture: hardware?.architecture ?? 'x86_64',
    memoryGiB: hardware?.memoryGiB ?? 64,
    upstreams: UPSTREAMS,
    ...exampleSecrets(program),
    journal: { rotationSeconds: 86_400, retentionSeconds: 2_592_000 },
  });
}
