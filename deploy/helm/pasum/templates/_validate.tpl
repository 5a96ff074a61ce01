{{- /* What a JSON schema cannot say; each message begins with the path of the value. */ -}}

{{- /* A role → how it is scaled: none, cpu or lag. */ -}}
{{- define "pasum.scaling" -}}
{{- dig "autoscaling" "kind" "none" . }}
{{- end }}

{{- define "pasum.validate" -}}
{{- $root := . }}
{{- if and .Values.bootstrap.enabled (or .Values.strimzi.topics .Values.strimzi.users) }}
{{- fail "bootstrap.enabled: Strimzi makes topics or users here (strimzi.topics, strimzi.users); only one of both can" }}
{{- end }}
{{- if and .Values.bootstrap.enabled (hasPrefix "SASL" .Values.kafka.securityProtocol) (not .Values.bootstrap.existingSecret) }}
{{- fail "bootstrap.existingSecret: user and password of an administrator of Kafka are needed" }}
{{- end }}
{{- if and .Values.bootstrap.enabled .Values.bootstrap.users (not (hasPrefix "SASL" .Values.kafka.securityProtocol)) }}
{{- fail (printf "bootstrap.users: with kafka.securityProtocol %s there are no users with passwords; set it to false" .Values.kafka.securityProtocol) }}
{{- end }}
{{- if and .Values.notification.enabled (not .Values.registration.url) }}
{{- fail "registration.url: notification puts it into its messages, also where this release has no registration" }}
{{- end }}
{{- range $service := splitList " " (include "pasum.services" .) }}
{{- $own := index $root.Values $service }}
{{- if and (hasPrefix "verify" $own.database.sslMode) (not $own.database.ca.existingSecret) (not (include "pasum.customCA" $root)) }}
{{- fail (printf "%s.database.ca.existingSecret: sslMode %s needs the CA of PostgreSQL here, or customCA" $service $own.database.sslMode) }}
{{- end }}
{{- range $role := splitList " " (include "pasum.roles" (dict "root" $root "service" $service)) }}
{{- include "pasum.validate.role" (dict "root" $root "service" $service "role" $role) }}
{{- end }}
{{- end }}
{{- if .Values.portal.enabled }}
{{- include "pasum.validate.portal" . }}
{{- end }}
{{- if and .Values.customCA.existingConfigMap .Values.customCA.existingSecret }}
{{- fail "customCA: give existingConfigMap or existingSecret, not both" }}
{{- end }}
{{- end }}

{{- define "pasum.validate.portal" -}}
{{- if not .Values.registration.enabled }}
{{- fail "portal.enabled: the portal asks registration, which is not in this release" }}
{{- end }}
{{- if not .Values.http.trustedProxies }}
{{- fail "http.trustedProxies: give the network of the pods: registration counts the people behind the portal by what the portal says of them" }}
{{- end }}
{{- include "pasum.validate.role" (dict "root" . "service" "portal" "role" "api") }}
{{- end }}

{{- define "pasum.validate.role" -}}
{{- $own := index .root.Values .service "roles" .role }}
{{- $path := printf "%s.roles.%s" .service .role }}
{{- if ne (include "pasum.scaling" $own) "none" }}
{{- if gt (int $own.autoscaling.minReplicas) (int $own.autoscaling.maxReplicas) }}
{{- fail (printf "%s.autoscaling.minReplicas: more than maxReplicas" $path) }}
{{- end }}
{{- end }}
{{- if has .role (list "consumer" "allInOne") }}
{{- $topics := (.root.Files.Get "files/topics.yaml" | fromYaml).topics }}
{{- $partitions := 0 }}
{{- range $name := splitList " " (include "pasum.topics" . | trim) }}
{{- $partitions = max $partitions (int (index $topics $name "partitions")) }}
{{- end }}
{{- $name := ternary "replicas" "autoscaling.maxReplicas" (eq (include "pasum.scaling" $own) "none") }}
{{- $most := ternary $own.replicas $own.autoscaling.maxReplicas (eq $name "replicas") }}
{{- if gt (int $most) (int $partitions) }}
{{- fail (printf "%s.%s: %d, but a topic has %d partitions: the others would have nothing to read" $path $name (int $most) (int $partitions)) }}
{{- end }}
{{- end }}
{{- end }}
