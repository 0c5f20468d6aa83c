import type { Argument, ClientDefinition, Process, ProcessContext } from '../model';
import { siblingUrl } from '../model';
import { l1, ROLLUP_DISK, ROLLUP_METRICS, ROLLUP_PORTS, rollupHealth, rollupNetwork } from './rollup-rpc';

/**
 * op-node, the consensus client of the OP Stack: it reads layer 1 and drives one execution client. Flags:
 * ethereum-optimism/optimism op-node/flags and docs/public-docs …/op-node-config.mdx; image: ops/docker/op-stack-go/Dockerfile,
 * tried on both architectures by .github/workflows/branches.yaml; metrics: op-node/metrics/metrics.go.
 */

/**
 * What op-node calls the execution client. It knows geth, reth and erigon (op-node/rollup/engine/engine_kind.go) and no
 * nethermind, which is documented with op-node's own default: reth, since op-geth has ended.
 */
const ENGINE_KIND: Readonly<Record<string, string>> = { 'op-reth': 'reth', nethermind: 'reth' };

function engineKind(siblings: readonly Process[]): string {
  const kind = siblings.map(({ name }) => ENGINE_KIND[name]).find((known) => known !== undefined);
  if (kind === undefined) throw new Error('op-node drives one execution client, and knows none of those beside it');
  return kind;
}

const args = (context: ProcessContext): readonly Argument[] => [
  `--network=op-${context.network.id}`,
  ['--l1=', l1('rpc')],
  // Must serve every blob: a beacon node that samples columns does not (PeerDAS).
  ['--l1.beacon=', l1('beacon')],
  `--l2=${siblingUrl(context.siblings, 'engine')}`,
  '--l2.jwt-secret=/secrets/jwt',
  `--l2.enginekind=${engineKind(context.siblings)}`,
  // The default derives every block from layer 1, whose blobs are gone after 18 days.
  '--syncmode=execution-layer',
  ...rollupNetwork(context),
  // On disk it would hold a second copy of the key.
  '--p2p.peerstore.path=memory',
  '--p2p.discovery.path=/data/discovery',
  ...ROLLUP_METRICS,
  `--log.level=${context.logLevel}`,
  '--log.format=json',
];

export const opNode: ClientDefinition = {
  id: 'op-node',
  role: 'consensus',
  version: () => ({
    value: 'v1.20.1',
    source: 'release testnet-20261106 of FraxFinance/fraxtal-node, built from it for its security fixes',
    asOf: '2026-11-23',
    status: 'distributor',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia'],
  // An archive node archives execution state; op-node is the same beside it.
  nodeTypes: ['full', 'archive'],
  memoryWeight: 1,
  // Its profiler would take the port of the metrics of the execution client; its admin API asks nobody who they are.
  alsoManaged: [
    '--rollup.config',
    '--p2p.priv.raw',
    '--pprof.enabled',
    '--pprof.addr',
    '--pprof.port',
    '--rpc.enable-admin',
  ],
  processes: (context) => [
    {
      name: 'op-node',
      source: {
        kind: 'image',
        image: 'us-docker.pkg.dev/oplabs-tools-artifacts/images/op-node',
        version: context.version,
      },
      program: ['/usr/local/bin/op-node'],
      arguments: args(context),
      environment: { HOME: '/data' },
      ports: ROLLUP_PORTS,
      directories: { '/data': 'op-node' },
      identity: ['/data/p2p_priv.txt'],
      secrets: { jwt: 'made' },
      stop: { signal: 'SIGTERM', graceSeconds: 60 },
      after: context.siblings.map(({ name }) => name),
      memoryMiB: context.memoryMiB,
      metrics: {
        port: 'metrics',
        names: {
          headBlock: 'op_node_default_refs_number{layer="l2",type="l2_unsafe"}',
          safeBlock: 'op_node_default_refs_number{layer="l2",type="l2_safe"}',
          finalizedBlock: 'op_node_default_refs_number{layer="l2",type="l2_finalized"}',
          l1Head: 'op_node_default_refs_number{layer="l1",type="l1_head"}',
          // The documentation's table has no `p2p_` in one place; the code has.
          peers: 'op_node_default_p2p_peer_count',
          derivationErrors: 'op_node_default_derivation_errors_total',
          pipelineResets: 'op_node_default_pipeline_resets_total',
        },
      },
    },
  ],
  health: () => rollupHealth('op-node', 30),
  disk: () => ROLLUP_DISK,
};
