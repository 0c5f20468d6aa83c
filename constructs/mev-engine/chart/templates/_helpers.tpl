{{/* Labels by which pods are found; they never change. */}}
{{- define "engine.selector" -}}
app.kubernetes.io/name: mev-engine
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "engine.labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: mev
{{- end }}

{{/* The engine, and the probe that tries what it may not: they are under the same policies. */}}
{{- define "engine.confined" -}}
chain-nodes.io/engine: {{ .Release.Name }}
{{- end }}

{{- define "engine.proxySelector" -}}
app.kubernetes.io/name: mev-egress-proxy
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "engine.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "engine.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* What of a Deployment needs other pods: everything but the limits, which are read again. */}}
{{- define "engine.hash" -}}
{{ list (index .Values.files "engine.json") .Values.strategies .Values.secrets | toJson | sha256sum }}
{{- end }}
