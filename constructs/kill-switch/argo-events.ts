/**
 * Between an alert and the cluster stands Argo Events: a source that takes the webhook, a bus, and a sensor for each engine. It may
 * do what it does in the namespace that it is installed into, and nowhere else.
 */

/** Chart and pinned version, and where its values were read. */
export const ARGO_EVENTS = {
  chart: 'argo-events',
  repository: 'https://argoproj.github.io/argo-helm',
  version: '2.4.22',
  source: 'argoproj/argo-helm, af0a9310bacb, charts/argo-events, 2026-11-25',
} as const;

export const ARGO_VALUES = {
  crds: { annotations: { 'helm.sh/resource-policy': 'keep' } },
  global: {
    // The network policy of the switch finds them by it.
    podLabels: { 'chain-nodes.io/kill-switch': 'true' },
    // User of the chart's own example; its image names none.
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 9731,
      runAsGroup: 9731,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  },
  controller: {
    rbac: { namespaced: true },
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
  },
};
