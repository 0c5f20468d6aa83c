{{- define "report.selector" -}}
app.kubernetes.io/name: performance-report
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "report.labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: mev
{{- end }}
