import { refusals } from '../files';
import { workersOf } from '../worker-settings';
import { CHAIN_NAMES, development, tell } from './run';

/** Workers of `mev.data.workers` that do not fit, or name what there is not. */

const at = 'environments/development/overrides.yml';

test('the workers that are changed here are right as they stand', () => {
  expect(refusals(development(workersOf()))).toEqual([]);
});

const ROLES = 'mempool-streams, price-feeds, market-data, opportunity-detection, profitability-calc, risk-assessment';

describe('what a worker does', () => {
  tell([
    {
      title: 'nothing that there is',
      files: development(workersOf([['role: mempool-streams', 'role: mempool-stream']])),
      lines: [
        `${at}:21:15 mev.data.workers.mempool_ethereum.role: "mempool-stream" is not a role of workers; use one of ${ROLES}; did you mean mempool-streams?`,
      ],
    },
    {
      title: 'bring data in for nobody',
      files: development(workersOf([['networks: [sepolia]\n        publishes: [executions]', 'networks: [sepolia]']])),
      lines: [
        `${at}:21:15 mev.data.workers.mempool_ethereum.role: mempool-streams brings data into streams, and it publishes to none; list at least one under publishes`,
      ],
    },
    {
      title: 'make something of nothing',
      files: development(workersOf([['        consumes: [prices, executions]\n', '']])),
      lines: [
        `${at}:27:15 mev.data.workers.detector.role: opportunity-detection makes something of what is in streams, and it consumes none; list at least one under consumes`,
      ],
    },
    {
      title: 'with streams and stores that there are not',
      files: development(
        workersOf([
          ['consumes: [prices, executions]', 'consumes: [price, executions]'],
          ['networks: [sepolia]\n        publishes: [executions]', 'networks: [sepolia]\n        publishes: [mempool]'],
          ['stores: [timeseries]', 'stores: [timeserie, archive]'],
        ]),
      ),
      lines: [
        `${at}:32:18 mev.data.workers.detector.stores[0]: "timeserie" is not a store; use one of timeseries, analytics, transactions, archive; did you mean timeseries?`,
      ],
    },
    {
      title: 'with streams that there are not, and an archive that is none here',
      files: development(
        workersOf([
          ['consumes: [prices, executions]', 'consumes: [price, executions]'],
          ['networks: [sepolia]\n        publishes: [executions]', 'networks: [sepolia]\n        publishes: [mempool]'],
          ['stores: [timeseries]', 'stores: [timeseries, archive]'],
        ]),
      ),
      lines: [
        `${at}:25:21 mev.data.workers.mempool_ethereum.publishes[0]: "mempool" is not a stream of mev.data.streams; use one of executions, prices`,
        `${at}:30:20 mev.data.workers.detector.consumes[0]: "price" is not a stream of mev.data.streams; use one of executions, prices; did you mean prices?`,
        `${at}:32:30 mev.data.workers.detector.stores[1]: there is no archive here; set mev.data.stores.archive, or remove this`,
      ],
    },
    {
      title: 'at networks that nobody follows, or that there are not',
      files: development(workersOf([['networks: [sepolia]\n', 'networks: [mainnet, sepola]\n']])),
      lines: [
        `${at}:24:20 mev.data.workers.mempool_ethereum.networks[0]: nobody follows ethereum mainnet; enable a node of it, or give gateway.fallbacks.ethereum.mainnet a provider, or name others here`,
        `${at}:24:29 mev.data.workers.mempool_ethereum.networks[1]: "sepola" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local; did you mean sepolia?`,
      ],
    },
    {
      title: 'at a chain that nobody follows',
      files: development(
        workersOf([
          ['chains: [ethereum]', 'chains: [base]'],
          ['        networks: [sepolia]\n', ''],
        ]),
      ),
      lines: [
        `${at}:23:18 mev.data.workers.mempool_ethereum.chains[0]: nobody follows base mainnet; enable a node of it, or give gateway.fallbacks.base.mainnet a provider, or name others here`,
      ],
    },
    {
      title: 'at a chain that there is not',
      files: development(workersOf([['chains: [ethereum]', 'chains: [etherium]']])),
      lines: [
        `${at}:23:18 mev.data.workers.mempool_ethereum.chains[0]: "etherium" is not a chain; use one of ${CHAIN_NAMES}; did you mean ethereum?`,
      ],
    },
    {
      title: 'by a gateway that there is not',
      files: development(workersOf([['networks: [sepolia]', 'networks: [sepolia]\n        reads: gateway']])),
      lines: [
        `${at}:24:20 mev.data.workers.mempool_ethereum.networks[0]: mempool_ethereum reads by the gateway, and there is none; set gateway, or reads to node`,
      ],
    },
    {
      title: 'on networks of no chain',
      files: development(
        workersOf([
          [
            '        replicas: 3\n        consumes',
            '        networks: [sepolia]\n        reads: node\n        consumes',
          ],
        ]),
      ),
      lines: [
        `${at}:29:19 mev.data.workers.detector.networks: is of chains, and it names none; list some under chains, or remove this`,
        `${at}:30:16 mev.data.workers.detector.reads: is of chains, and it names none; list some under chains, or remove this`,
      ],
    },
  ]);
});

describe('what a worker is', () => {
  tell([
    {
      title: 'called as nothing can be, as another, or as what belongs to another',
      files: development(
        workersOf([
          [
            '      detector:\n',
            `      Detector: { role: market-data, image: "a:1", publishes: [prices] }
      mempool-ethereum: { role: market-data, image: "a:1", publishes: [prices] }
      detector_proxy: { role: market-data, image: "a:1", publishes: [prices] }
      detector:\n`,
          ],
        ]),
      ),
      lines: [
        `${at}:26:17 mev.data.workers.Detector: is not the name of a worker; use at most 39 lower-case letters, digits, "_" and "-", a letter first`,
        `${at}:27:25 mev.data.workers.mempool-ethereum: is called mempool-ethereum in the cluster, and so is mempool_ethereum; rename one`,
        `${at}:28:23 mev.data.workers.detector_proxy: "detector-proxy" is what something of another worker may be called in the cluster; rename it`,
      ],
    },
    {
      title: 'an image that moves, or is none',
      files: development(
        workersOf([
          ['mempool:1.4.0', 'mempool:latest'],
          ['detector:0.3.0', 'detector'],
        ]),
      ),
      lines: [
        `${at}:22:16 mev.data.workers.mempool_ethereum.image: "ghcr.io/acme/mempool:latest" moves: what runs tomorrow would not be what was reviewed today; use such as ghcr.io/acme/engine:1.4.0`,
        `${at}:28:16 mev.data.workers.detector.image: "ghcr.io/acme/detector" has neither tag nor digest; use such as ghcr.io/acme/engine:1.4.0`,
      ],
    },
    {
      title: 'none, or more than there may be',
      files: development(
        workersOf([
          [
            '        replicas: 3\n        consumes',
            '        replicas: 0\n        cpu: 0.5\n        memory: 0 GiB\n        consumes',
          ],
        ]),
      ),
      lines: [
        `${at}:29:19 mev.data.workers.detector.replicas: 0 is not a whole number from 1 to 50`,
        `${at}:30:14 mev.data.workers.detector.cpu: 0.5 is not a whole number from 1 to 192`,
        `${at}:31:17 mev.data.workers.detector.memory: 0 GiB is no memory; give at least 1 GiB`,
      ],
    },
    {
      title: 'with files that are those of others, or none',
      files: development(
        workersOf([['{ api.key: development/exchange }', '{ streams-password: a, Api: b, c: "two words" }']]),
      ),
      lines: [
        `${at}:33:52 mev.data.workers.detector.secrets.c: is not the name of a secret; put the value into Secrets Manager and give its name here, such as l1/rpc`,
      ],
    },
    {
      title: 'with files that are those of streams, or have no name',
      files: development(workersOf([['{ api.key: development/exchange }', '{ streams-password: a, Api: b }']])),
      lines: [
        `${at}:33:38 mev.data.workers.detector.secrets.streams-password: is the file with the password of a stream or a store; give it another name`,
        `${at}:33:46 mev.data.workers.detector.secrets.Api: is not the name of a file; use lower-case letters, digits, ".", "_" and "-"`,
      ],
    },
    {
      title: 'with a secret that is none on a cluster that is anywhere',
      files: development(
        workersOf([['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: ~/.kube/config, context: kind }']]),
      ),
      lines: [
        `${at}:33:29 mev.data.workers.detector.secrets.api.key: is not the name of a secret in the cluster, where it must be, with the file as api.key; use lower-case letters, digits, - and .`,
      ],
    },
    {
      title: 'with keys that there are not',
      files: development(
        workersOf([
          [
            '        replicas: 3\n        consumes',
            '        replica: 3\n        signing_key: alias/a\n        consumes',
          ],
        ]),
      ),
      lines: [
        `${at}:29:9 mev.data.workers.detector.replica: is not a known key; use one of role, image, replicas, cpu, memory, chains, networks, consumes, publishes, stores, reads, node_selector, secrets, relays, egress; did you mean replicas?`,
        `${at}:30:9 mev.data.workers.detector.signing_key: is not a known key; use one of role, image, replicas, cpu, memory, chains, networks, consumes, publishes, stores, reads, node_selector, secrets, relays, egress`,
      ],
    },
  ]);
});
