/** The charts that monitoring is made of, each at the version whose values and templates were read. */

export interface Chart {
  readonly chart: string;
  readonly repository: string;
  /** Version of the chart; its images are those that it pins. */
  readonly version: string;
  /** Where that version's values and templates were read, and when. */
  readonly source: string;
}

export type ChartName = 'kube-prometheus-stack' | 'loki' | 'alloy' | 'eck-operator' | 'eck-stack';

export const CHARTS: Readonly<Record<ChartName, Chart>> = {
  /** Prometheus 3.14, Alertmanager 0.34, Grafana 13.2, operator 0.93. */
  'kube-prometheus-stack': {
    chart: 'kube-prometheus-stack',
    repository: 'https://prometheus-community.github.io/helm-charts',
    version: '88.5.3',
    source:
      'prometheus-community/helm-charts, tag kube-prometheus-stack-88.5.3, charts/kube-prometheus-stack, 2026-11-25',
  },
  /** Loki 3.7. The chart of the same name at grafana.github.io is that of Grafana Enterprise Logs since March 2026. */
  loki: {
    chart: 'loki',
    repository: 'https://grafana-community.github.io/helm-charts',
    version: '18.11.0',
    source: 'grafana-community/helm-charts, tag loki-18.11.0, charts/loki, 2026-11-25',
  },
  /** Alloy 1.18. */
  alloy: {
    chart: 'alloy',
    repository: 'https://grafana.github.io/helm-charts',
    version: '1.11.1',
    source: 'grafana/alloy, commit 233907c, operations/helm/charts/alloy, 2026-11-25',
  },
  'eck-operator': {
    chart: 'eck-operator',
    repository: 'https://helm.elastic.co',
    version: '3.5.0',
    source: 'elastic/cloud-on-k8s, tag v3.5.0, deploy/eck-operator, 2026-11-25',
  },
  /** Elasticsearch, Kibana, Logstash and Beats 9.5. */
  'eck-stack': {
    chart: 'eck-stack',
    repository: 'https://helm.elastic.co',
    version: '0.20.0',
    source: 'elastic/cloud-on-k8s, tag v3.5.0, deploy/eck-stack, 2026-11-25',
  },
};

/** Version of Alloy that the chart runs (Chart.yaml, appVersion), for hosts as well. */
export const ALLOY_VERSION = 'v1.18.1';
/** Version of Elasticsearch, Kibana, Logstash and Beats (eck-stack 0.20.0, values.yaml of each). */
export const ELASTIC_VERSION = '9.5.0';

export type Value = string | number | boolean | readonly Value[] | Values;
/** Values of a chart: plain data. */
export interface Values {
  readonly [key: string]: Value;
}

/** Where everything is that asks for nothing. */
export const NAMESPACE = 'monitoring';
/**
 * Where is what reads the machines that pods run on: node-exporter (their network, their processes, their disks) and what ships
 * logs (files below /var/log, which root alone reads). Pod Security Standards allow paths of the host to `privileged` alone.
 */
export const AGENTS_NAMESPACE = 'monitoring-agents';

/** What the standard `restricted` asks of a container (Kubernetes, Pod Security Standards). */
export const RESTRICTED: Values = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Requests, and memory that is never more than requested: own estimates, not measured. */
export const resources = (cpu: string, memoryMiB: number): Values => ({
  requests: { cpu, memory: `${memoryMiB}Mi` },
  limits: { memory: `${memoryMiB}Mi` },
});

/** A claim of one pod. The cluster's default class when none is given. */
export const claim = (sizeGiB: number, storageClass?: string): Values => ({
  accessModes: ['ReadWriteOnce'],
  ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  resources: { requests: { storage: `${sizeGiB}Gi` } },
});

/** Seconds as Prometheus, Loki and Elasticsearch read them: whole days or hours where they are, for people. */
export function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return `${seconds}s`;
}
