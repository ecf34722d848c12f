{{/* What Pods of the pages alone have in common with nobody: the manager's selectors must not find them. */}}
{{- define "account-operator.pagesName" -}}
{{ include "account-operator.fullname" . }}-pages
{{- end }}

{{- define "account-operator.pagesSelectorLabels" -}}
app.kubernetes.io/name: {{ include "account-operator.name" . }}-pages
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "account-operator.pagesLabels" -}}
{{ merge (include "account-operator.pagesSelectorLabels" . | fromYaml) (include "account-operator.labels" . | fromYaml) | toYaml }}
{{- end }}

{{/* Who serves the pages. */}}
{{- define "account-operator.portalSelectorLabels" -}}
{{- if .Values.pages.enabled }}{{ include "account-operator.pagesSelectorLabels" . }}{{ else }}{{ include "account-operator.selectorLabels" . }}{{ end }}
{{- end }}

{{- define "account-operator.pagesArgs" -}}
- serve
- --metrics-bind-address=:{{ .Values.pages.metricsPort }}
- --health-probe-bind-address=:8081
- --portal-bind-address=:{{ .Values.portal.port }}
{{- include "account-operator.portalArgs" . }}
{{- if .Values.portal.signIn.enabled }}
{{- include "account-operator.probeArgs" . }}
{{- end }}
{{- include "account-operator.mailRateArgs" . }}
{{- include "account-operator.brandArgs" . }}
{{- with .Values.referralURL }}
- {{ printf "--referral-url=%s" . | quote }}
{{- end }}
{{- with .Values.pages.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "account-operator.refusePages" -}}
{{- $pages := .Values.pages -}}
{{- if $pages.enabled }}
{{- if eq .Values.store.type "SQLite" }}
{{- fail "Pods of the pages alone need a store that they share with managers: set store.type=PostgreSQL, or leave pages.enabled out and the manager serves the pages" }}
{{- else if not .Values.portal.url }}
{{- fail "there are no pages to serve: set portal.url, such as https://accounts.example.com, beside pages.enabled" }}
{{- else if not $pages.store.existingSecret }}
{{- fail (printf "the pages have a user of their own in the database, of the role account_operator_pages: kubectl -n %s create secret generic account-operator-pages --from-literal=%s='postgres://...', and set pages.store.existingSecret=account-operator-pages" .Release.Namespace $pages.store.key) }}
{{- else if not $pages.keyset.configMap }}
{{- fail (printf "the pages get the public half of the keyset only: manager keys public keyset.json >public.json && kubectl -n %s create configmap account-operator-pages --from-file=%s=public.json, and set pages.keyset.configMap=account-operator-pages" .Release.Namespace $pages.keyset.key) }}
{{- else if and .Values.portal.signIn.enabled (not .Values.keyset.factors.existingSecret) }}
{{- fail (printf "who signs account holders in opens the seeds of their second factors, which take a keyset of their own here: manager keys init factors.json && kubectl -n %s create secret generic account-operator-factors --from-file=%s=factors.json, and set keyset.factors.existingSecret=account-operator-factors" .Release.Namespace .Values.keyset.factors.key) }}
{{- end }}
{{- end }}
{{- end }}
