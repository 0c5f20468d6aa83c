{{- define "monitoring.labels" -}}
app.kubernetes.io/name: monitoring
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: chain-nodes
{{- end }}

{{- define "monitoring.secretSpec" -}}
refreshInterval: 1h
secretStoreRef:
  kind: SecretStore
  name: {{ .Release.Name }}
{{- end }}

{{- define "monitoring.queriesSelector" -}}
app.kubernetes.io/name: monitoring-queries
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
