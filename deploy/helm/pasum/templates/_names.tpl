{{- /* Names, labels and images. */ -}}

{{- define "pasum.fullname" -}}
{{- if contains "pasum" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-pasum" (.Release.Name | trunc 34 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- /* The services of this release in the order in which they are always named, separated by spaces. */ -}}
{{- define "pasum.services" -}}
{{- $found := list }}
{{- range list "registration" "notification" "minutes" "archive" }}
{{- if (index $.Values .).enabled }}{{ $found = append $found . }}{{ end }}
{{- end }}
{{- if not $found }}{{ fail "registration.enabled: a release without any service; at least one must be enabled" }}{{ end }}
{{- join " " $found }}
{{- end }}

{{- /* The services, and the portal where it is enabled: all that has an address. */ -}}
{{- define "pasum.applications" -}}
{{- include "pasum.services" . }}{{ if .Values.portal.enabled }} portal{{ end }}
{{- end }}

{{- /* (root, service) → the keys of its `roles` that this release runs, first the one that has the address. */ -}}
{{- define "pasum.roles" -}}
{{- if eq .service "portal" }}api
{{- else if eq .root.Values.mode "all-in-one" }}allInOne
{{- else }}api consumer relay worker{{ end }}
{{- end }}

{{- /* (root, service) → whether it has a database and a part in Kafka; the portal has neither. */ -}}
{{- define "pasum.keeps" -}}
{{- if hasKey (index .root.Values .service) "database" }}true{{ end }}
{{- end }}

{{- /* The address to which links in messages lead. */ -}}
{{- define "pasum.pages" -}}
{{- ternary .Values.portal.url .Values.registration.url .Values.portal.enabled }}
{{- end }}

{{- /* (root, service, role) → the name of a Deployment. */ -}}
{{- define "pasum.deployment" -}}
{{- printf "%s-%s" (include "pasum.fullname" .root) .service }}{{ if ne .role "allInOne" }}-{{ .role }}{{ end }}
{{- end }}

{{- define "pasum.selector" -}}
app.kubernetes.io/name: pasum
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "pasum.labels" -}}
{{ include "pasum.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: pasum
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* The labels of pods alone, without those that everything has. */ -}}
{{- define "pasum.podLabels" -}}
{{- $own := deepCopy .Values.pods.labels }}
{{- range $name, $_ := .Values.commonLabels }}{{ $own = omit $own $name }}{{ end }}
{{- with $own }}{{ toYaml . }}{{ end }}
{{- end }}

{{- /* (root, service, or pasum for the command line): [registry/]repository@digest, or :tag. */ -}}
{{- define "pasum.image" -}}
{{- $own := (ternary .root.Values.bootstrap (index .root.Values .service) (eq .service "pasum")).image }}
{{- $name := $own.repository | default (printf "%s/%s" .root.Values.image.repository .service) }}
{{- with .root.Values.global.imageRegistry }}{{ $name = printf "%s/%s" (trimSuffix "/" .) $name }}{{ end }}
{{- if $own.digest }}{{ printf "%s@%s" $name $own.digest }}
{{- else }}{{ printf "%s:%s" $name ($own.tag | default .root.Values.image.tag | default .root.Chart.AppVersion) }}{{ end }}
{{- end }}

{{- /* A value as text: whole numbers stay whole. */ -}}
{{- define "pasum.text" -}}
{{- if kindIs "float64" . }}{{ if eq . (floor .) }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{- /* `https://host:port/path` → `host`. */ -}}
{{- define "pasum.host" -}}
{{- (split ":" (urlParse .).host)._0 }}
{{- end }}

{{- /* (root, service) → the topics that a service reads, separated by spaces. */ -}}
{{- define "pasum.topics" -}}
{{- $service := .service }}
{{- range $name, $topic := (.root.Files.Get "files/topics.yaml" | fromYaml).topics }}
{{- if has $service ($topic.reads | default list) }}{{ $name }} {{ end }}
{{- end }}
{{- end }}
