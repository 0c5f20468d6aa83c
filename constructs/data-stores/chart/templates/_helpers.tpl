{{- define "data.labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: mev-data
{{- end }}

{{- define "data.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "data.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* GiB of a claim: as many as are asked for, or as it has, for none can shrink. */}}
{{- define "data.claimGiB" -}}
{{- $held := lookup "v1" "PersistentVolumeClaim" .namespace .name }}
{{- $now := 0 }}
{{- if $held }}
{{- $now = $held.spec.resources.requests.storage | trimSuffix "Gi" | int }}
{{- end }}
{{- max $now (int .sizeGiB) }}
{{- end }}

{{/* A policy up to its spec, and who comes in: clients of every store, and who reads metrics. */}}
{{- define "data.policy" }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ . }}
{{- end }}

{{- define "data.fromClients" }}
    - from:
        - podSelector: {}
        {{- range .Values.clients }}
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ . }}
        {{- end }}
{{- end }}

{{- define "data.fromMonitoring" }}
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .Values.monitoring }}
{{- end }}
