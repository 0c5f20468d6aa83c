{{- define "research.labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: mev
{{- end }}

{{- define "research.forkSelector" -}}
app.kubernetes.io/name: fork
app.kubernetes.io/instance: {{ . }}
{{- end }}

{{- define "research.proxySelector" -}}
app.kubernetes.io/name: mev-egress-proxy
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "research.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "research.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* A fork: what it is told. Whoever sends may be anybody, and what anvil prints are requests. */}}
{{- define "research.forkArguments" -}}
- --quiet
- --fork-url={{ .fork.url }}
{{- with .fork.network }}
- --network={{ . }}
{{- end }}
{{- with .block }}
- --fork-block-number={{ . }}
{{- end }}
- --no-rate-limit
- --no-storage-caching
- --auto-impersonate
- --host={{ .host }}
- --port={{ .port }}
{{- end }}

{{- define "research.forkResources" -}}
requests: { cpu: {{ .cpu }}, memory: {{ .memoryMiB | int64 }}Mi }
limits: { memory: {{ .memoryMiB | int64 }}Mi }
{{- end }}

{{- define "research.small" -}}
requests: { cpu: 100m, memory: 128Mi }
limits: { memory: 128Mi }
{{- end }}

{{/* A way to names, and nothing else. */}}
{{- define "research.dns" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
      podSelector:
        matchLabels:
          k8s-app: kube-dns
  ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
{{- end }}

{{/* The ways to the archive: its proxy, and the agent of Pod Identity on the machine, who gives credentials. */}}
{{- define "research.toArchive" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.proxy.namespace }}
      podSelector:
        matchLabels:
          {{- include "research.proxySelector" . | nindent 10 }}
  ports:
    - { port: 3128, protocol: TCP }
- to:
    - ipBlock: { cidr: 169.254.170.23/32 }
  ports:
    - { port: 80, protocol: TCP }
{{- end }}

{{- define "research.proxyUrl" -}}
http://{{ .Release.Name }}-proxy.{{ .Values.proxy.namespace }}.svc.cluster.local:3128
{{- end }}

{{/* Who is not to be sent to the proxy: forks, and who gives credentials. */}}
{{- define "research.noProxy" -}}
localhost,127.0.0.1,169.254.170.23,.svc,.svc.cluster.local
{{- end }}
