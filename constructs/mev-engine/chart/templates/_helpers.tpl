{{/* Labels by which pods are found; they never change. */}}
{{- define "workload.selector" -}}
app.kubernetes.io/name: {{ ternary "data-worker" "mev-engine" (eq .Values.workload "worker") }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "workload.labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: mev
{{- end }}

{{/* The workload, and the probe that tries what it may not: they are under the same policies. */}}
{{- define "workload.confined" -}}
chain-nodes.io/{{ .Values.workload }}: {{ .Release.Name }}
{{- end }}

{{- define "workload.proxySelector" -}}
app.kubernetes.io/name: mev-egress-proxy
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "workload.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "workload.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* What of a Deployment needs other pods: everything but the limits of an engine, which are read again. */}}
{{- define "workload.hash" -}}
{{ list (index .Values.files (printf "%s.json" .Values.workload)) .Values.strategies .Values.secrets | toJson | sha256sum }}
{{- end }}
