import {
  type BlobCustody,
  type ClientDefinition,
  type NodeProgram,
  type Process,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';
import { ethereum } from '../../../../constructs/chain-node/catalogue/chains/ethereum';
import { lighthouse } from '../../../../constructs/chain-node/catalogue/clients/lighthouse';
import { lodestar } from '../../../../constructs/chain-node/catalogue/clients/lodestar';
import { nimbus } from '../../../../constructs/chain-node/catalogue/clients/nimbus';
import { prysm } from '../../../../constructs/chain-node/catalogue/clients/prysm';
import { teku } from '../../../../constructs/chain-node/catalogue/clients/teku';
import { MEMORY_MIB, textOf } from './everything';

/** Ethereum's consensus clients, each beside geth, for tests of what they are told. */

export const CLIENTS: readonly ClientDefinition[] = [lighthouse, teku, prysm, nimbus, lodestar];
export const CUSTODIES: readonly BlobCustody[] = ['standard', 'semi', 'super'];

export function beside(consensus: ClientDefinition, program: Partial<NodeProgram> = {}): Process {
  const node = { chain: ethereum, network: 'mainnet', client: 'geth', consensus: consensus.id, ...program };
  const found = processesOf(node, MEMORY_MIB).find(({ name }) => name === consensus.id);
  if (!found) throw new Error(`no process ${consensus.id}`);
  return found;
}

export const argumentsOf = (consensus: ClientDefinition, program: Partial<NodeProgram> = {}): readonly string[] =>
  beside(consensus, program).arguments.map(textOf);
