import { parse } from 'yaml';
import {
  arbitrum,
  avalanche,
  ethereum,
  type NodeProgram,
  optimism,
  type Process,
  polygon,
  processesOf,
  solana,
} from '../../../constructs/chain-node/catalogue';
import { type ComposeContext, type RenderedCompose, renderCompose } from '../../../constructs/chain-node/compose';
import { UPSTREAMS } from './upstreams';

/** Compose files of nodes that tests look at, and one service of them. */

export const GETH = { chain: ethereum, network: 'sepolia', client: 'geth' } as const;
export const NITRO = { chain: arbitrum, network: 'sepolia', client: 'nitro' } as const;
export const AGAVE = { chain: solana, network: 'devnet', client: 'agave' } as const;
export const BOR = { chain: polygon, network: 'amoy', client: 'bor' } as const;
export const OP_RETH = { chain: optimism, network: 'sepolia', client: 'op-reth' } as const;
export const AVALANCHEGO = { chain: avalanche, network: 'fuji', client: 'avalanchego' } as const;

export const MEMORY_MIB = 30_000;

export const contextOf = (
  { chain, network, client }: NodeProgram,
  change: Partial<ComposeContext> = {},
): ComposeContext => ({
  node: `${chain.id}-${network}-${client}`,
  chain: chain.id,
  network,
  upstreams: UPSTREAMS,
  ...change,
});

export const composed = (processes: readonly Process[], context: ComposeContext): RenderedCompose => {
  const rendered = renderCompose(processes, context);
  if (!rendered) throw new Error('no images');
  return rendered;
};
export const render = (program: NodeProgram, change: Partial<ComposeContext> = {}): RenderedCompose =>
  composed(processesOf(program, MEMORY_MIB), contextOf(program, change));

/** One service of a compose file, as far as tests look at it. */
export interface Service {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly {
    readonly source: string;
    readonly target: string;
    readonly read_only?: boolean;
    readonly bind: unknown;
  }[];
  readonly depends_on?: unknown;
  readonly restart: string;
  readonly stop_grace_period?: string;
  readonly mem_limit?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export const servicesOf = ({ text }: { readonly text: string }): Readonly<Record<string, Service>> =>
  parse(text).services;
export const service = (rendered: { readonly text: string }, name: string): Service =>
  servicesOf(rendered)[name] as Service;

/** Renders one process that is geth but for `change`. */
export function renderChanged(change: Partial<Process>): Service {
  const [geth] = processesOf(GETH, MEMORY_MIB) as readonly [Process];
  return service(composed([{ ...geth, ...change }], contextOf(GETH)), 'geth');
}
