{{- define "account-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The release's name and the chart's, or one where they are the same. */}}
{{- define "account-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "account-operator.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "account-operator.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "account-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "account-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "account-operator.labels" -}}
{{ include "account-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "account-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "account-operator.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "account-operator.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{- define "account-operator.replicas" -}}
{{- if kindIs "invalid" .Values.replicas }}{{ eq .Values.store.type "SQLite" | ternary 1 2 }}{{ else }}{{ int .Values.replicas }}{{ end }}
{{- end }}

{{- define "account-operator.claim" -}}
{{- default (printf "%s-store" (include "account-operator.fullname" .)) .Values.store.sqlite.existingClaim }}
{{- end }}

{{- define "account-operator.keyset" -}}
{{- default (printf "%s-keyset" (include "account-operator.fullname" .)) .Values.keyset.existingSecret }}
{{- end }}

{{/* An object of files/, which make generate copies from config/, under a name and labels of the release. */}}
{{- define "account-operator.ours" -}}
{{- $o := .object -}}
{{- $labels := merge (include "account-operator.labels" .root | fromYaml) (default dict $o.metadata.labels) -}}
{{- $_ := set $o "metadata" (dict "name" .name "labels" $labels) -}}
{{- toYaml $o }}
{{- end }}
