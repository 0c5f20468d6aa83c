/** The sections of what runs in a cluster: `kubernetes` and `gateway`. */
import { z } from 'zod';
import { size } from '../quantity';
import { flag, isMoving, list, positive, quantity, secretName, text } from './leaf';

const DNS_NAME = {
  pattern: /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/,
  expected: 'a name of lower-case letters, digits, - and .',
};

/** Labels by which machines are chosen. */
export const machineLabels = (description: string) =>
  z
    .record(z.string(), text('Value of a label.'))
    .superRefine((labels, context) => {
      for (const [key, value] of Object.entries(labels)) {
        const message = labelFault(key, value);
        if (message) context.addIssue({ code: 'custom', path: [key], message });
      }
    })
    .meta({ description });

export const kubernetesSection = z
  .strictObject({
    cluster: text('Name of an EKS cluster in aws.region. It is found, not made.', {
      pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
      expected: 'the name of an EKS cluster',
      example: 'mev-development',
    }).optional(),
    kubeconfig: text('A file of credentials, for a cluster that is not on EKS. With context.', {
      pattern: /^[^\s]+$/,
      expected: 'a path such as ~/.kube/config',
      example: '~/.kube/config',
    }).optional(),
    context: text('The context in that file.', {
      pattern: /^[^\s]+$/,
      expected: 'the name of a context',
      example: 'kind-mev',
    }).optional(),
    storage_class: text(
      'Class of the claims of nodes; it must retain disks whose claim is gone. Default: on EKS, one is defined for each kind of disk; elsewhere the default of the cluster.',
      DNS_NAME,
    ).optional(),
    node_selector: machineLabels('Labels of machines that nodes may run on. Default: any machine.').optional(),
    tools_image: text(
      'Image of what looks at nodes and keeps them: bash, curl, jq, kubectl, Python. Default: alpine/k8s, pinned.',
      {
        pattern: /^[\w./-]+(:\d+\/[\w./-]+)?:[\w][\w.-]*(@sha256:[0-9a-f]{64})?$/,
        expected: 'an image with its tag',
        example: 'docker.io/alpine/k8s:1.34.5',
      },
    )
      .superRefine((image, context) => {
        const [, tag = ''] = image.slice(image.lastIndexOf('/')).split(/[:@]/);
        if (!isMoving(tag)) return;
        context.addIssue({ code: 'custom', message: `"${tag}" moves, and an image stays; give a tag such as 1.34.5` });
      })
      .optional(),
    quota: z
      .strictObject({
        cpu: positive('Cores.').optional(),
        memory: quantity('Memory.', size).optional(),
        storage: quantity('Disk, of all claims together.', size).optional(),
      })
      .meta({ description: 'What nodes on the cluster may ask for together. Default: no limit.' })
      .optional(),
    service_monitors: flag(
      'Whether the cluster has the Prometheus operator, and nodes tell it where their metrics are. Default: where monitoring is on.',
    ).optional(),
  })
  .superRefine(({ cluster, kubeconfig, context: name }, context) => {
    const fault = (message: string, ...path: string[]): void =>
      context.addIssue({ code: 'custom', path, message, ...(path.length > 0 ? { params: { key: true } } : {}) });
    // A key with a typing error may be the one that is missing.
    if (context.issues.length > 0) return;
    if (cluster !== undefined) {
      if (kubeconfig !== undefined)
        fault('is beside kubeconfig, and a cluster is reached in one way; remove one of the two', 'cluster');
      else if (name !== undefined) fault('is one of a kubeconfig, and cluster is one of EKS; remove it', 'context');
    } else if (kubeconfig !== undefined) {
      if (name === undefined) fault('has no context beside it; name one', 'kubeconfig');
    } else if (name !== undefined) fault('is one of a kubeconfig, and none is named; set kubeconfig', 'context');
    else fault('names no cluster; give cluster: <name in EKS>, or kubeconfig: <file> and context: <name>');
  })
  .meta({ description: 'The cluster that nodes with hosting: kubernetes run on. Default: none.' })
  .optional();

/** A name of a label, and a value (Kubernetes, labels and selectors, syntax and character set). */
const LABEL = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

function labelFault(key: string, value: string): string | undefined {
  if (key === 'topology.kubernetes.io/zone') return 'is where disks are; set zone of a node, or aws.zones';
  if (!LABEL.test(key)) return 'is no label; use letters, digits, -, _ and ., as in "node.kubernetes.io/pool"';
  if (!LABEL_VALUE.test(value)) return `"${value}" is no value of a label; use letters, digits, -, _ and .`;
  return undefined;
}

/** By chain and network, as the catalogue has them: `ethereum: { mainnet: […] }`. */
const fallbacks = (networks: Readonly<Record<string, readonly string[]>>) => {
  const providers = list(
    'Providers that are asked while no node of the environment is healthy and near the head.',
    z.strictObject({
      name: text('Name for people and metrics.', {
        pattern: /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/,
        expected: 'a name of lower-case letters, digits and -',
      }),
      secret: secretName('Name of the secret that holds its URL.'),
    }),
  );
  return z
    .strictObject(
      Object.fromEntries(
        Object.entries(networks).map(([chain, names]) => [
          chain,
          z.strictObject(Object.fromEntries(names.map((name) => [name, providers.optional()]))).optional(),
        ]),
      ),
    )
    .meta({ description: 'Providers outside the environment, by chain and network. Default: none.' })
    .optional();
};

/** `networks`: those that the gateway can serve, by chain. */
export const gatewaySection = (networks: Readonly<Record<string, readonly string[]>>) =>
  z
    .strictObject({
      fallbacks: fallbacks(networks),
      premium_secret: secretName(
        'Name of the secret that holds the token of premium callers; global.security.api_rate_limits.premium is theirs. Default: nobody is premium.',
      ).optional(),
      vpc_access: flag(
        'Whether it is reached from the VPC too, by an internal load balancer; on EKS. Default: from the cluster alone.',
      ).optional(),
    })
    .meta({
      description:
        'The RPC gateway in the cluster: one URL a chain and network, over the nodes of the environment. Default: none.',
    })
    .optional();
