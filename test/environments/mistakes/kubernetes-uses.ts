import { formatProblems } from '../../../environments/problem';
import { loadFiles, refusals } from '../files';
import { development, tell } from './run';

/** What nodes in pods use: their first data, peers, backups, a layer 1. */

const at = 'environments/development/overrides.yml';
const EKS = 'kubernetes: { cluster: mev }\n';
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';

/** The node, in the line after that of the cluster. */
const pod = (settings: string): string => `chains: { ethereum: { hosting: kubernetes, ${settings} } }\n`;

describe('the data of a new claim', () => {
  const unpacked =
    'in a pod there is nothing that unpacks zst or lz4; use an archive of .tar, .tar.gz, .tar.bz2 or .tar.xz';
  tell([
    {
      title: 'from the newest backup, which a cluster does not know',
      files: development(`${EKS}${pod('bootstrap: { from: latest-backup }')}`),
      lines: [
        `${at}:2:63 chains.ethereum.bootstrap.from: ethereum-sepolia-geth: a cluster does not know which backup is the newest; name a snapshot by its id, or use url`,
      ],
    },
    {
      title: 'from a snapshot of EBS, off EKS',
      files: development(`${ELSEWHERE}${pod('bootstrap: { from: snap-0123456789abcdef0 }')}`),
      lines: [
        `${at}:2:63 chains.ethereum.bootstrap.from: ethereum-sepolia-geth: snap-0123456789abcdef0 is a snapshot of EBS, and the cluster is not on EKS; use url or empty`,
      ],
    },
    {
      title: 'from an archive that no tool unpacks',
      files: development(`${EKS}${pod('bootstrap: { from: url, url: "https://example.com/a.tar.zst" }')}`),
      lines: [`${at}:2:73 chains.ethereum.bootstrap.url: ethereum-sepolia-geth: ${unpacked}, or a snapshot`],
    },
    {
      title: 'from such an archive where there are no snapshots either',
      files: development(`${ELSEWHERE}${pod('bootstrap: { from: url, url: "https://example.com/a.tar.lz4" }')}`),
      lines: [`${at}:2:73 chains.ethereum.bootstrap.url: ethereum-sepolia-geth: ${unpacked}`],
    },
    {
      title: 'at a speed of its own',
      files: development(`${EKS}${pod('bootstrap: { from: snap-0123456789abcdef0, initialization_rate: 200 MiB/s }')}`),
      lines: [
        `${at}:2:108 chains.ethereum.bootstrap.initialization_rate: ethereum-sepolia-geth: how fast a claim is filled cannot be said; remove it`,
      ],
    },
    {
      title: 'of which nothing says that it outlives the claim',
      files: {
        ...development(
          `${ELSEWHERE}${pod('replicas: 1')}protect: true\nstate: { bucket: acme-tfstate }\naws: { account_id: "012345678901", kms_key: alias/chain-data }\n`,
        ),
        'development/nodes.lock.yml':
          'account_id: "012345678901"\nstate: acme-tfstate\nnodes: { ethereum-sepolia-geth: { hosting: kubernetes, cluster: kind-mev of ~/.kube/config, storage: ebs, disk: default class, size: 600 GiB, key: storage class } }\n',
      },
      lines: [
        `${at}:3:10 protect: nothing says that the disk of ethereum-sepolia-geth outlives its claim; set kubernetes.storage_class to one that retains disks`,
      ],
    },
  ]);

  test.each([
    ['a snapshot on EKS', EKS, 'from: snap-0123456789abcdef0'],
    ['an archive', ELSEWHERE, 'from: url, url: "https://example.com/a.tar.gz"'],
    ['nothing', ELSEWHERE, 'from: empty'],
  ])('may come from %s', (_, cluster, bootstrap) => {
    expect(refusals(development(`${cluster}${pod(`bootstrap: { ${bootstrap} }`)}`))).toEqual([]);
  });
});

describe('peers that come in', () => {
  tell([
    {
      title: 'by the port of a machine of EKS',
      files: development(`${EKS}${pod('p2p: { mode: public, expose: host-port }')}`),
      lines: [
        `${at}:2:73 chains.ethereum.p2p.expose: ethereum-sepolia-geth: machines of EKS know no public address of their own; use load-balancer`,
      ],
    },
    {
      title: 'at an address of their own on EKS',
      files: development(`${EKS}${pod('p2p: { mode: public, address: 192.0.2.1 }')}`),
      lines: [
        `${at}:2:74 chains.ethereum.p2p.address: ethereum-sepolia-geth: on EKS an address is made for it; remove the key`,
      ],
    },
    {
      title: 'at no address elsewhere',
      files: development(`${ELSEWHERE}${pod('p2p: { mode: public }')}`),
      lines: [
        `${at}:2:57 chains.ethereum.p2p.mode: ethereum-sepolia-geth: peers may connect in, and nothing says where; set p2p.address to that of its load balancer, p2p.expose: host-port, or p2p.mode: outbound`,
      ],
    },
    {
      title: 'by the port of the machine, and at an address',
      files: development(
        `${ELSEWHERE}${pod('nodes: { sepolia-geth: { p2p: { mode: public, expose: host-port, address: 192.0.2.1 } } }')}`,
      ),
      lines: [
        `${at}:2:118 chains.ethereum.nodes.sepolia-geth.p2p.address: ethereum-sepolia-geth: is that of a load balancer, and peers come in by host-port; remove the key`,
      ],
    },
    {
      title: 'at what is no address, in a way that there is not',
      files: development('chains: { ethereum: { p2p: { expose: node-port, address: 192.0.2.256 } } }\n'),
      lines: [
        `${at}:1:38 chains.ethereum.p2p.expose: "node-port" is not a way in; use one of host-port, load-balancer; did you mean host-port?`,
        `${at}:1:58 chains.ethereum.p2p.address: "192.0.2.256" is not an IPv4 address`,
      ],
    },
    {
      title: 'by a load balancer without a subnet',
      files: development(
        `${EKS}${pod('p2p: { mode: public }')}network: { subnets: { eu-central-1a: { private: subnet-0123456789abcdef0 } } }\n`,
      ),
      lines: [
        `${at}:3:12 network.subnets: ethereum-sepolia-geth needs a public subnet in eu-central-1a; add it, or remove subnets to find them by tag`,
      ],
    },
  ]);

  test.each([
    ['by a load balancer of EKS', EKS, 'p2p: { mode: public }'],
    ['by a load balancer elsewhere, which needs no subnet', ELSEWHERE, 'p2p: { mode: public, address: 192.0.2.1 }'],
    ['by the port of a machine elsewhere', ELSEWHERE, 'p2p: { mode: public, expose: host-port }'],
  ])('may come %s', (_, cluster, p2p) => {
    const subnets = 'network: { subnets: { eu-central-1a: { public: subnet-0123456789abcdef0 } } }\n';
    const zone = 'nodes: { sepolia-geth: { zone: eu-central-1a } }';
    expect(refusals(development(`${cluster}${pod(`${p2p}, ${zone}`)}${subnets}`))).toEqual([]);
    if (cluster === ELSEWHERE)
      expect(refusals(development(`${cluster}${pod(`${p2p}, ${zone}`)}network: { subnets: {} }\n`))).toEqual([]);
  });
});

describe('backups of a pod', () => {
  tell([
    {
      title: 'off EKS',
      files: development(`${ELSEWHERE}${pod('backup: true')}backup: { schedule: rate(1 day) }\n`),
      lines: [
        `${at}:2:52 chains.ethereum.backup: ethereum-sepolia-geth: snapshots of claims are taken on EKS alone; set backup to false`,
      ],
    },
    {
      title: 'with its filesystem frozen',
      files: development(`${EKS}${pod('backup: true')}backup: { schedule: rate(1 day), method: freeze }\n`),
      lines: [
        `${at}:3:42 backup.method: the filesystem of a pod cannot be frozen, and ethereum-sepolia-geth is one; use stop, or set its backup to false`,
      ],
    },
    {
      title: 'without a schedule',
      files: development(`${EKS}${pod('backup: true')}`),
      lines: [
        `${at}:2:52 chains.ethereum.backup: ethereum-sepolia-geth: backups have no schedule; set backup.schedule for the environment, or remove this`,
      ],
    },
    ...['cron(0 2 L * ? *)', 'cron(0 2 1 1 ? 2027)', 'rate(7 hours)'].map((schedule) => ({
      title: `at ${schedule}, which Kubernetes cannot say`,
      files: development(`${EKS}${pod('backup: true')}backup: { schedule: ${schedule} }\n`),
      lines: [
        `${at}:3:21 backup.schedule: "${schedule}" cannot be said to Kubernetes, where ethereum-sepolia-geth runs; use one such as cron(30 2 * * ? *)`,
      ],
    })),
  ]);

  test('hold no instance to what a pod cannot', () => {
    const mixed =
      'chains: { ethereum: { clients: [geth, reth], backup: true, nodes: { sepolia-geth: { hosting: kubernetes, backup: false } } } }\n';
    expect(refusals(development(`${EKS}${mixed}backup: { schedule: cron(0 2 L * ? *), method: freeze }\n`))).toEqual(
      [],
    );
  });

  test('that are to be copied are said to stay', () => {
    const text = `${EKS}${pod('backup: true')}backup: { schedule: rate(1 day), copy: { region: eu-west-1 } }\n`;
    const { warnings } = loadFiles(development(text));
    expect(formatProblems(warnings).filter((line) => line.includes('backup'))).toEqual([
      `${at}:3:40 warning: backup.copy: snapshots of pods are not copied: those of ethereum-sepolia-geth stay in the region`,
    ]);
  });
});

describe('a layer 1', () => {
  const L1 = (settings = ''): string => `  ethereum: { blob_custody: semi${settings} }\n`;
  const L2 = (settings = ''): string => `  arbitrum: { networks: [sepolia], clients: [nitro]${settings} }\n`;
  const POD = ', hosting: kubernetes';
  tell([
    {
      title: 'in a pod, for a node on an instance',
      files: development(`${EKS}chains:\n${L1(POD)}${L2()}`),
      lines: [
        `${at}:4:26 chains.arbitrum.networks[0]: arbitrum-sepolia-nitro: it runs on an instance, and ethereum-sepolia-geth is reached from inside the cluster alone; name a layer-1 node on an instance, or secrets`,
      ],
    },
    {
      title: 'on an instance, for a pod in a cluster that may be anywhere',
      files: development(`${ELSEWHERE}chains:\n${L1()}${L2(POD)}`),
      lines: [
        `${at}:4:26 chains.arbitrum.networks[0]: arbitrum-sepolia-nitro: it runs in a cluster that may be anywhere, and ethereum-sepolia-geth is reached from inside its VPC alone; name a layer-1 node of the cluster, or secrets`,
      ],
    },
    {
      title: 'that is named, and not reached',
      files: development(`${EKS}chains:\n${L1(POD)}${L2(', l1: ethereum-sepolia-geth')}`),
      lines: [
        `${at}:4:58 chains.arbitrum.l1: arbitrum-sepolia-nitro: it runs on an instance, and ethereum-sepolia-geth is reached from inside the cluster alone; name a layer-1 node on an instance, or secrets`,
      ],
    },
    {
      title: 'that is not reached, and could not be told either',
      files: development(
        `${ELSEWHERE}chains:\n  ethereum: {}\n${L2(POD)}network: { dns_zone: { id: Z0123456789ABC } }\n`,
      ),
      lines: [
        `${at}:4:26 chains.arbitrum.networks[0]: arbitrum-sepolia-nitro: it runs in a cluster that may be anywhere, and ethereum-sepolia-geth is reached from inside its VPC alone; name a layer-1 node of the cluster, or secrets`,
      ],
    },
    {
      title: 'by secrets whose names the cluster cannot have',
      files: development(`${ELSEWHERE}chains:\n${L2(`${POD}, l1: { rpc_secret: l1-rpc, beacon_secret: l1/beacon }`)}`),
      lines: [
        `${at}:3:79 chains.arbitrum.l1: arbitrum-sepolia-nitro: "l1/beacon" is not the name of a secret in the cluster, where it must be, with the URL as url; use lower-case letters, digits, - and .`,
      ],
    },
  ]);

  test('is reached by a pod on an instance of the VPC of EKS, and by a pod of the same cluster', () => {
    const secrets = ', l1: { rpc_secret: L1/rpc, beacon_secret: l1/beacon }';
    for (const chains of [L1() + L2(POD), L1(POD) + L2(POD), L2(POD + secrets), L2(secrets)])
      expect(refusals(development(`${EKS}chains:\n${chains}`))).toEqual([]);
    expect(refusals(development(`${ELSEWHERE}chains:\n${L1(POD)}${L2(POD)}`))).toEqual([]);
  });

  test('in a pod has a name of the cluster, and takes none of a zone', () => {
    const zone = 'network: { dns_zone: { id: Z0123456789ABC } }\n';
    expect(refusals(development(`${EKS}chains:\n${L1(POD)}${L2(POD)}${zone}`))).toEqual([]);
    expect(refusals(development(`${EKS}chains:\n${L1()}${L2(POD)}${zone}`))).toEqual([
      expect.stringContaining('network.dns_zone: arbitrum-sepolia-nitro is told the address of ethereum-sepolia-geth'),
    ]);
  });
});
