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

{{/* Environment variables from Secrets; nothing where there are none. */}}
{{- define "gateway.secrets" -}}
{{- with . }}
env:
  {{- range . }}
  - name: {{ .variable }}
    valueFrom:
      secretKeyRef:
        name: {{ .name }}
        key: {{ .key }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Of the secrets, the tokens of callers: URLs of providers are for eRPC alone. */}}
{{- define "gateway.tokens" -}}
{{- $tokens := list }}
{{- range .Values.secrets }}
{{- if eq .key "token" }}
{{- $tokens = append $tokens . }}
{{- end }}
{{- end }}
{{- toYaml $tokens }}
{{- end }}
