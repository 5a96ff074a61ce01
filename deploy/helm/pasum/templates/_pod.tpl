{{- /* What every pod of the release has in common, be it of a Deployment, a Job or a test. */ -}}

{{- define "pasum.customCA" -}}
{{- or .Values.customCA.existingConfigMap .Values.customCA.existingSecret }}
{{- end }}

{{- /* (root): accounts, rights and places; the Pod Security Standard `restricted`. */ -}}
{{- define "pasum.pod" -}}
{{- $pods := .Values.pods }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $pods.uid | int64 }}
  runAsGroup: {{ $pods.uid | int64 }}
  fsGroup: {{ $pods.uid | int64 }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ if kindIs "map" . }}{{ .name }}{{ else }}{{ . }}{{ end }}
  {{- end }}
{{- end }}
{{- with $pods.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $pods.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $pods.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $pods.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- define "pasum.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- /* (root) → the service account's name; hooks before the first install have none of the release. */ -}}
{{- define "pasum.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "pasum.fullname" .) }}
{{- else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{- /* (root, service): what every container of a service has: a folder for temporary files, CAs. */ -}}
{{- define "pasum.volumes.schema" -}}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
{{- include "pasum.customCA.volume" .root }}
{{- with dig "database" "ca" "" (index .root.Values .service) }}{{ if .existingSecret }}
- name: database-ca
  secret: {secretName: {{ .existingSecret | quote }}, defaultMode: 0440, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- end }}{{ end }}
{{- end }}

{{- /* (root, service): besides, what a process of the service reads; without the volumes that hold data. */ -}}
{{- define "pasum.volumes" -}}
{{- $values := .root.Values }}
{{- include "pasum.volumes.schema" . }}
{{- if include "pasum.keeps" . }}{{ include "pasum.kafkaCA.volume" .root }}{{ end }}
{{- $items := include (printf "pasum.keys.%s" .service) $values | fromYaml }}
{{- if $items.items }}
- name: keys
  secret: {secretName: {{ $items.secret | quote }}, defaultMode: 0440, items: {{ toJson $items.items }}}
{{- end }}
{{- with dig "privacyNotice" "" (index $values .service) }}{{ if .existingConfigMap }}
- name: notice
  configMap: {name: {{ .existingConfigMap | quote }}, items: [{key: {{ .key | quote }}, path: privacy-notice.toml}]}
{{- end }}{{ end }}
{{- end }}

{{- define "pasum.customCA.volume" -}}
{{- with .Values.customCA }}
{{- if .existingConfigMap }}
- name: custom-ca
  configMap: {name: {{ .existingConfigMap | quote }}, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- else if .existingSecret }}
- name: custom-ca
  secret: {secretName: {{ .existingSecret | quote }}, defaultMode: 0440, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- end }}
{{- end }}
{{- end }}

{{- define "pasum.kafkaCA.volume" -}}
{{- with .Values.kafka.ca }}{{ if .existingSecret }}
- name: kafka-ca
  secret: {secretName: {{ .existingSecret | quote }}, defaultMode: 0440, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- end }}{{ end }}
{{- end }}

{{- /* (root, service): where these volumes are mounted. */ -}}
{{- define "pasum.mounts.schema" -}}
- {name: tmp, mountPath: /tmp}
{{- if include "pasum.customCA" .root }}
- {name: custom-ca, mountPath: /etc/pasum/ca, readOnly: true}
{{- end }}
{{- if dig "database" "ca" "existingSecret" "" (index .root.Values .service) }}
- {name: database-ca, mountPath: /etc/pasum/database-ca, readOnly: true}
{{- end }}
{{- end }}

{{- define "pasum.mounts" -}}
{{- include "pasum.mounts.schema" . }}
{{- if and .root.Values.kafka.ca.existingSecret (include "pasum.keeps" .) }}
- {name: kafka-ca, mountPath: /etc/pasum/kafka-ca, readOnly: true}
{{- end }}
{{- if (include (printf "pasum.keys.%s" .service) .root.Values | fromYaml).items }}
- {name: keys, mountPath: /etc/pasum/keys, readOnly: true}
{{- end }}
{{- if dig "privacyNotice" "existingConfigMap" "" (index .root.Values .service) }}
- {name: notice, mountPath: /etc/pasum/notice, readOnly: true}
{{- end }}
{{- end }}

{{- /* The files of keys that a service reads: the secret, and its keys with the names of the files. */ -}}
{{- define "pasum.keys.registration" -}}
secret: {{ .registration.ticketKey.existingSecret | quote }}
items: [{key: {{ .registration.ticketKey.key | quote }}, path: ticket.pem}]
{{- end }}
{{- define "pasum.keys.notification" -}}
{{- with .notification.alreadySent }}{{ if .existingSecret }}
secret: {{ .existingSecret | quote }}
items: [{key: {{ .key | quote }}, path: already-sent.txt}]
{{- end }}{{ end }}
{{- end }}
{{- define "pasum.keys.minutes" -}}
{{- with .minutes.signing }}
secret: {{ .existingSecret | quote }}
items:
  - {key: {{ .recorderKey | quote }}, path: recorder.p12}
  - {key: {{ .chairKey | quote }}, path: chair.p12}
  - {key: {{ .trustRootKey | quote }}, path: root.pem}
{{- end }}
{{- end }}
{{- define "pasum.keys.archive" -}}
secret: {{ .archive.logKey.existingSecret | quote }}
items: [{key: {{ .archive.logKey.key | quote }}, path: log.pem}]
{{- end }}

{{- define "pasum.keys.portal" -}}
{{- end }}

{{- /* (root, service, name, command, and the template of the environment): without ports, probes and resources. */ -}}
{{- define "pasum.container" -}}
name: {{ .name }}
image: {{ include "pasum.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command: [python, -m, {{ join ", " .command }}]
securityContext: {{ include "pasum.containerSecurity" . | nindent 2 }}
env:
  {{- include .env . | nindent 2 }}
  {{- with .root.Values.pods.extraEnv }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}

{{- /* (root, weight, wave): how a Job is run, by migrations.mode. */ -}}
{{- define "pasum.jobAnnotations" -}}
{{- $mode := .root.Values.migrations.mode }}
{{- if eq $mode "helmHook" }}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation
{{- else if eq $mode "argocd" }}
argocd.argoproj.io/hook: Sync
argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
argocd.argoproj.io/sync-wave: {{ .wave | quote }}
{{- end }}
{{- end }}

{{- /* (root, component): the metadata of a Job's pods; its labels do not change with the version of the chart. */ -}}
{{- define "pasum.jobPodMetadata" -}}
metadata:
  labels:
    {{- include "pasum.selector" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- with .root.Values.commonLabels }}{{ toYaml . | nindent 4 }}{{ end }}
    {{- include "pasum.podLabels" .root | nindent 4 }}
  {{- with .root.Values.pods.annotations }}
  annotations: {{ toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
