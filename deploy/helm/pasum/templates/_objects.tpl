{{- /* Documents and packages: on volumes, or in buckets. */ -}}

{{- /* (values, field, bucket, folder): plain variables of one store of files. */ -}}
{{- define "pasum.env.store" -}}
{{- if eq .values.objects.kind "s3" }}
{{- $s3 := .values.objects.s3 }}
{{ .field }}_KIND: s3
{{ .field }}_BUCKET: {{ .bucket | quote }}
{{ .field }}_REGION: {{ $s3.region | quote }}
{{ .field }}_PATH_STYLE: {{ $s3.pathStyle }}
{{- with $s3.endpoint }}
{{ $.field }}_ENDPOINT: {{ . | quote }}
{{- end }}
{{- if $s3.ca.existingSecret }}
{{ .field }}_CA_FILE: /etc/pasum/objects-ca/ca.crt
{{- end }}
{{- else }}
{{ .field }}_FOLDER: {{ .folder }}
{{- end }}
{{- end }}

{{- /* (values, field, service): what comes out of the service's secret. */ -}}
{{- define "pasum.secrets.store" -}}
{{- if eq .values.objects.kind "s3" }}
{{- with index .values .service "s3" }}
{{ $.field }}_ACCESS_KEY_ID: {secret: {{ .existingSecret | quote }}, key: {{ .accessKeyIdKey | quote }}}
{{ $.field }}_SECRET_ACCESS_KEY: {secret: {{ .existingSecret | quote }}, key: {{ .secretAccessKeyKey | quote }}}
{{- end }}
{{- end }}
{{- end }}

{{- /* (root, service): the volumes that hold data, of which the archive only reads the documents; or the CA of S3. */ -}}
{{- define "pasum.dataVolumes" -}}
{{- $full := include "pasum.fullname" .root }}
{{- $objects := .root.Values.objects }}
{{- if and (eq $objects.kind "s3") (has .service (list "registration" "minutes" "archive")) }}
{{- with $objects.s3.ca }}{{ if .existingSecret }}
- name: objects-ca
  secret: {secretName: {{ .existingSecret | quote }}, defaultMode: 0440, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- end }}{{ end }}
{{- else }}
{{- if eq .service "registration" }}
- name: documents
  persistentVolumeClaim:
    claimName: {{ .root.Values.registration.volume.existingClaim | default (printf "%s-documents" $full) }}
{{- end }}
{{- if has .service (list "minutes" "archive") }}
- name: objects
  persistentVolumeClaim:
    claimName: {{ $objects.volume.existingClaim | default (printf "%s-objects" $full) }}
{{- end }}
{{- if eq .service "archive" }}
- name: archive
  persistentVolumeClaim:
    claimName: {{ .root.Values.archive.volume.existingClaim | default (printf "%s-archive" $full) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "pasum.dataMounts" -}}
{{- $objects := .root.Values.objects }}
{{- if and (eq $objects.kind "s3") (has .service (list "registration" "minutes" "archive")) }}
{{- if $objects.s3.ca.existingSecret }}
- {name: objects-ca, mountPath: /etc/pasum/objects-ca, readOnly: true}
{{- end }}
{{- else }}
{{- if eq .service "registration" }}
- {name: documents, mountPath: /var/lib/pasum/documents}
{{- end }}
{{- if has .service (list "minutes" "archive") }}
- {name: objects, mountPath: /var/lib/pasum/objects, readOnly: {{ eq .service "archive" }}}
{{- end }}
{{- if eq .service "archive" }}
- {name: archive, mountPath: /var/lib/pasum/archive}
{{- end }}
{{- end }}
{{- end }}
