{{- /* The environment of a service's containers, by the names that its settings have. */ -}}

{{- define "pasum.secretEnv" -}}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .secret | quote }}, key: {{ .key | quote }}}}
{{- end }}

{{- define "pasum.plainEnv" -}}
- name: {{ .name }}
  value: {{ include "pasum.text" .value | quote }}
{{- end }}

{{- /* (root, service): what a migration reads; it knows no key and no address but the database's. */ -}}
{{- define "pasum.env.schema" -}}
{{- $own := index .root.Values .service }}
{{- $prefix := printf "%s_" (upper .service) }}
{{- include "pasum.env.database" (dict "prefix" $prefix "database" $own.database "root" .root) }}
{{- with $own.settings.LOG_LEVEL }}
{{ include "pasum.plainEnv" (dict "name" (printf "%sLOG_LEVEL" $prefix) "value" .) }}
{{- end }}
{{- end }}

{{- /* (root, service): what `wait-for-schema` reads; it tells in its metrics why it waits. */ -}}
{{- define "pasum.env.waiting" -}}
{{- $prefix := printf "%s_" (upper .service) }}
{{- include "pasum.env.schema" . }}
{{ include "pasum.plainEnv" (dict "name" (printf "%sMETRICS_HOST" $prefix) "value" .root.Values.listenAddress) }}
{{ include "pasum.plainEnv" (dict "name" (printf "%sMETRICS_PORT" $prefix) "value" 9090) }}
{{- end }}

{{- /* (root, service, role): what a process of the service reads. */ -}}
{{- define "pasum.env" -}}
{{- $values := .root.Values }}
{{- $own := index $values .service }}
{{- $prefix := printf "%s_" (upper .service) }}
{{- $public := has .role (list "api" "allInOne") }}
{{- $keeps := include "pasum.keeps" . }}
{{- $plain := dict
  "HTTP_HOST" (ternary $values.listenAddress "127.0.0.1" $public)
  "HTTP_PORT" 8080
  "METRICS_HOST" $values.listenAddress
  "METRICS_PORT" 9090
  "DRAIN_SECONDS" $values.drainSeconds
  "TRUSTED_PROXIES" (join "," $values.http.trustedProxies) }}
{{- if $keeps }}{{ $plain = merge $plain (include "pasum.env.service" . | fromYaml) }}{{ end }}
{{- $plain = merge $plain (include (printf "pasum.env.%s" .service) .root | fromYaml) }}
{{- range $name, $value := merge $plain $own.settings }}
{{ include "pasum.plainEnv" (dict "name" (printf "%s%s" $prefix $name) "value" $value) }}
{{- end }}
{{- range $name, $value := $values.http.settings }}
{{ include "pasum.plainEnv" (dict "name" (printf "HTTP_%s" $name) "value" $value) }}
{{- end }}
{{- if $keeps }}
{{ include "pasum.env.database" (dict "prefix" $prefix "database" $own.database "root" .root) }}
{{ include "pasum.env.kafka" (dict "own" $own.kafka "root" .root) }}
{{- end }}
{{- range $name, $from := include (printf "pasum.secrets.%s" .service) $values | fromYaml }}
{{ include "pasum.secretEnv" (merge (dict "name" (printf "%s%s" $prefix $name)) $from) }}
{{- end }}
{{- if has .service (list "registration" "notification") }}
{{ include "pasum.plainEnv" (dict "name" "SMS_DESTINATIONS" "value" (join "," $values.sms.destinations)) }}
{{- end }}
{{- if include "pasum.customCA" .root }}
{{ include "pasum.plainEnv" (dict "name" "SSL_CERT_FILE" "value" "/etc/pasum/ca/ca.crt") }}
{{- end }}
{{- with $values.tracing.endpoint }}
{{ include "pasum.plainEnv" (dict "name" "OTEL_EXPORTER_OTLP_ENDPOINT" "value" .) }}
{{- end }}
{{- end }}

{{- /* The DSN out of the secret, or its parts: then a pooler can stand in between, and a password needs no encoding. */ -}}
{{- define "pasum.env.database" -}}
{{- $name := printf "%sDATABASE_DSN" .prefix }}
{{- with .database }}
{{- if .host }}
{{- include "pasum.plainEnv" (dict "name" $name "value" "postgresql://") }}
{{ include "pasum.plainEnv" (dict "name" "PGHOST" "value" .host) }}
{{ include "pasum.plainEnv" (dict "name" "PGPORT" "value" .port) }}
{{ include "pasum.plainEnv" (dict "name" "PGDATABASE" "value" .name) }}
{{ include "pasum.secretEnv" (dict "name" "PGUSER" "secret" .existingSecret "key" .usernameKey) }}
{{ include "pasum.secretEnv" (dict "name" "PGPASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- else }}
{{- include "pasum.secretEnv" (dict "name" $name "secret" .existingSecret "key" .uriKey) }}
{{- end }}
{{ include "pasum.plainEnv" (dict "name" "PGSSLMODE" "value" .sslMode) }}
{{- if .ca.existingSecret }}
{{ include "pasum.plainEnv" (dict "name" "PGSSLROOTCERT" "value" "/etc/pasum/database-ca/ca.crt") }}
{{- else if hasPrefix "verify" .sslMode }}
{{ include "pasum.plainEnv" (dict "name" "PGSSLROOTCERT" "value" "/etc/pasum/ca/ca.crt") }}
{{- end }}
{{- end }}
{{- end }}

{{- define "pasum.env.kafka" -}}
{{- $kafka := .root.Values.kafka }}
{{- include "pasum.plainEnv" (dict "name" "KAFKA_BOOTSTRAP_SERVERS" "value" $kafka.bootstrapServers) }}
{{ include "pasum.plainEnv" (dict "name" "KAFKA_SECURITY_PROTOCOL" "value" $kafka.securityProtocol) }}
{{- if hasPrefix "SASL" $kafka.securityProtocol }}
{{ include "pasum.plainEnv" (dict "name" "KAFKA_USERNAME" "value" .own.username) }}
{{ include "pasum.secretEnv" (dict "name" "KAFKA_PASSWORD" "secret" .own.existingSecret "key" .own.passwordKey) }}
{{- end }}
{{- if $kafka.ca.existingSecret }}
{{ include "pasum.plainEnv" (dict "name" "KAFKA_CA_FILE" "value" "/etc/pasum/kafka-ca/ca.crt") }}
{{- end }}
{{- end }}

{{- /* (root, service): what every service is told, and the portal is not. */ -}}
{{- define "pasum.env.service" -}}
{{- $pages := include "pasum.pages" .root }}
{{- include "pasum.env.oidc" .root.Values.oidc }}
PUBLIC_URL: {{ ternary $pages (index .root.Values .service).url (has .service (list "registration" "notification")) | quote }}
{{- end }}

{{- /* Whose tokens are good. */ -}}
{{- define "pasum.env.oidc" -}}
OIDC_ISSUER: {{ .issuer | quote }}
OIDC_AUDIENCE: {{ .audience | quote }}
OIDC_TOKEN_TYPES: {{ .tokenTypes | quote }}
{{- with .jwksUrl }}
OIDC_JWKS_URL: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "pasum.env.portal" -}}
REGISTRATION_URL: {{ printf "http://%s-registration" (include "pasum.fullname" .) | quote }}
{{- if .Values.portal.sessions.existingSecret }}
{{ include "pasum.env.oidc" .Values.oidc }}
OIDC_CLIENT_ID: {{ .Values.portal.client.id | quote }}
PUBLIC_URL: {{ .Values.portal.url | quote }}
{{- end }}
{{- end }}
{{- define "pasum.secrets.portal" -}}
{{- with .portal }}
{{- if .sessions.existingSecret }}
SESSION_KEYS: {secret: {{ .sessions.existingSecret | quote }}, key: {{ .sessions.key | quote }}}
{{- if .client.existingSecret }}
OIDC_CLIENT_SECRET: {secret: {{ .client.existingSecret | quote }}, key: {{ .client.key | quote }}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What one service alone is told: plain values, then what comes out of secrets. */ -}}
{{- define "pasum.env.registration" -}}
{{- include "pasum.env.store" (dict "values" .Values "field" "OBJECTS" "bucket" .Values.registration.s3.bucket "folder" "/var/lib/pasum/documents") }}
TICKET_KEY_FILE: /etc/pasum/keys/ticket.pem
TICKET_KEY_ID: {{ .Values.registration.ticketKey.id | quote }}
{{- if .Values.registration.privacyNotice.existingConfigMap }}
PRIVACY_NOTICE_FILE: /etc/pasum/notice/privacy-notice.toml
{{- end }}
{{- end }}
{{- define "pasum.secrets.registration" -}}
{{- include "pasum.secrets.store" (dict "values" . "field" "OBJECTS" "service" "registration") }}
SEALING_KEYS: {secret: {{ .sealing.existingSecret | quote }}, key: {{ .sealing.key | quote }}}
{{- end }}

{{- define "pasum.env.notification" -}}
{{- with .Values.minutes.url }}
MINUTES_URL: {{ . | quote }}
{{- end }}
SMS_URL: {{ .Values.sms.url | quote }}
SMTP_HOST: {{ .Values.mail.host | quote }}
SMTP_PORT: {{ .Values.mail.port }}
SMTP_SECURITY: {{ .Values.mail.security | quote }}
SENDER_ADDRESS: {{ .Values.mail.senderAddress | quote }}
SENDER_DOMAIN: {{ .Values.mail.senderDomain | quote }}
{{- if .Values.notification.alreadySent.existingSecret }}
ALREADY_SENT_FILE: /etc/pasum/keys/already-sent.txt
{{- end }}
{{- end }}
{{- define "pasum.secrets.notification" -}}
SEALING_KEYS: {secret: {{ .sealing.existingSecret | quote }}, key: {{ .sealing.key | quote }}}
SMS_SECRET: {secret: {{ .sms.existingSecret | quote }}, key: {{ .sms.key | quote }}}
{{- if .mail.existingSecret }}
SMTP_USERNAME: {secret: {{ .mail.existingSecret | quote }}, key: {{ .mail.usernameKey | quote }}}
SMTP_PASSWORD: {secret: {{ .mail.existingSecret | quote }}, key: {{ .mail.passwordKey | quote }}}
{{- end }}
{{- end }}

{{- define "pasum.env.minutes" -}}
{{- include "pasum.env.store" (dict "values" .Values "field" "OBJECTS" "bucket" .Values.objects.s3.bucket "folder" "/var/lib/pasum/objects") }}
RECORDER_KEY_FILE: /etc/pasum/keys/recorder.p12
CHAIR_KEY_FILE: /etc/pasum/keys/chair.p12
TRUST_ROOT_FILE: /etc/pasum/keys/root.pem
{{- end }}
{{- define "pasum.secrets.minutes" -}}
{{- include "pasum.secrets.store" (dict "values" . "field" "OBJECTS" "service" "minutes") }}
{{- with .minutes.signing }}
{{- if .passphraseKey }}
KEY_PASSPHRASE: {secret: {{ .existingSecret | quote }}, key: {{ .passphraseKey | quote }}}
{{- end }}
{{- end }}
{{- end }}

{{- define "pasum.env.archive" -}}
{{- include "pasum.env.store" (dict "values" .Values "field" "OBJECTS" "bucket" .Values.objects.s3.bucket "folder" "/var/lib/pasum/objects") }}
{{- include "pasum.env.store" (dict "values" .Values "field" "STORE" "bucket" .Values.archive.s3.bucket "folder" "/var/lib/pasum/archive") }}
LOG_KEY_FILE: /etc/pasum/keys/log.pem
LOG_ORIGIN: {{ .Values.archive.logKey.origin | quote }}
{{- end }}
{{- define "pasum.secrets.archive" -}}
{{- include "pasum.secrets.store" (dict "values" . "field" "OBJECTS" "service" "archive") }}
{{- include "pasum.secrets.store" (dict "values" . "field" "STORE" "service" "archive") }}
{{- end }}
