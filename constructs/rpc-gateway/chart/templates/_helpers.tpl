{{/* Labels by which pods are found; they never change. */}}
{{- define "gateway.selector" -}}
app.kubernetes.io/name: rpc-gateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "gateway.labels" -}}
{{ include "gateway.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: chain-nodes
{{- end }}
