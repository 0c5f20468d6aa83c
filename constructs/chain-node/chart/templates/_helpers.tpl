{{/* Labels by which the node's pod is found; they never change. */}}
{{- define "node.selector" -}}
app: {{ .Values.node }}-node
chain-nodes.io/node: {{ .Values.node }}
chain-nodes.io/part: node
{{- end }}

{{- define "node.labels" -}}
chain-nodes.io/node: {{ .Values.node }}
{{ include "node.description" . }}
{{- end }}

{{- define "node.description" -}}
app.kubernetes.io/name: chain-node
app.kubernetes.io/instance: {{ .Values.node }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: chain-nodes
{{- range $name, $value := .Values.labels }}
chain-nodes.io/{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* What every container may do: next to nothing (Pod Security Standards, restricted). */}}
{{- define "node.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "node.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .Values.user }}
runAsGroup: {{ .Values.user }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* The configuration: what the node's tools and processes read. */}}
{{- define "node.config" -}}
health.json: {{ .Values.health.definition | quote }}
{{- range .Values.processes }}
{{- $process := .name }}
{{- range $file, $text := .files }}
{{ $process }}.{{ $file }}: {{ $text | quote }}
{{- end }}
{{- end }}
{{- range concat (list "bootstrap.py" "health-check.sh" "health_server.py" "metrics.jq" "prepare.sh") (include "node.waits" . | fromJsonArray) }}
{{ . }}: {{ $.Files.Get (printf "files/%s" .) | quote }}
{{- end }}
{{- end }}

{{/* What begins a process again that may end, where there is one. */}}
{{- define "node.waits" -}}
{{- $scripts := list }}
{{- range .Values.processes }}
{{- if .waits }}
{{- $scripts = list "again.sh" }}
{{- end }}
{{- end }}
{{- toJson $scripts }}
{{- end }}

{{/* What a change of says that the pod must be another: everything that the pod reads. */}}
{{- define "node.release" -}}
{{- $read := pick .Values "bootstrap" "health" "p2p" "pod" "processes" "secretNames" "tools" "user" }}
{{- if .Values.given }}
{{- $read = set $read "given" .Values.given }}
{{- end }}
{{- printf "%s\n%s\n%s" (include "node.config" .) (toJson $read) (toJson .Values.data.directories) | sha256sum }}
{{- end }}

{{/* Where a process sees the node's data, its files and its secrets. */}}
{{- define "node.mounts" -}}
{{- range $path, $directory := .process.directories }}
- name: data-volume
  mountPath: {{ $path }}
  subPath: {{ $directory }}
{{- end }}
{{- if .process.files }}
- name: config-volume
  mountPath: /config
  subPath: {{ .process.name }}
  readOnly: true
{{- end }}
{{- range .process.secrets }}
- name: secrets
  mountPath: /secrets/{{ . }}
  subPath: {{ . }}
  readOnly: true
{{- end }}
{{- range .process.given }}
- name: given
  mountPath: /secrets/{{ . }}
  subPath: {{ . }}
  readOnly: true
{{- end }}
{{- if .process.waits }}
- name: config-volume
  mountPath: /opt/chain-node
  subPath: tools
  readOnly: true
{{- end }}
- name: tmp
  mountPath: /tmp
  subPath: {{ .process.name }}
{{- end }}

{{- define "node.environment" -}}
{{- range .process.environment }}
- name: {{ .name }}
  {{- if .secret }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: url
  {{- else if .field }}
  valueFrom:
    fieldRef:
      fieldPath: {{ .field }}
  {{- else }}
  value: {{ .value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Tools of the node: their image, and their scripts from the configuration. */}}
{{- define "node.tools" -}}
image: {{ .Values.tools.image }}
imagePullPolicy: IfNotPresent
securityContext:
  {{- include "node.containerSecurity" . | nindent 2 }}
{{- end }}

{{/* What every series of the node says: the same as those of nodes on instances. */}}
{{- define "node.relabelings" -}}
- { targetLabel: job, replacement: chain-node }
- { targetLabel: node, replacement: {{ .Values.node | quote }} }
{{- range list "chain" "network" "client" "environment" }}
- { targetLabel: {{ . }}, replacement: {{ index $.Values.labels . | quote }} }
{{- end }}
{{- end }}

{{/* A label of the same name in its metrics, such as the chain of avalanchego, has another name. */}}
{{- define "node.ownLabels" -}}
{{- $theirs := "exported_(node|chain|network|client|environment)" }}
- { action: labelmap, regex: {{ $theirs }}, replacement: own_$1 }
- { action: labeldrop, regex: {{ $theirs }} }
{{- end }}
