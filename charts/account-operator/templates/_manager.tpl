{{/* The manager's flags, but for those that the commands beside it need as well. Addresses with a password are read from files. */}}
{{- define "account-operator.args" -}}
- --leader-elect
- --leader-elect-id={{ include "account-operator.fullname" . }}
- --leader-elect-namespace={{ .Release.Namespace }}
- --metrics-bind-address=:{{ .Values.metrics.port }}
- --health-probe-bind-address=:8081
{{- include "account-operator.scopeArgs" . }}
{{- include "account-operator.holderArgs" . }}
{{- include "account-operator.probeArgs" . }}
{{- if eq .Values.reader.servedBy "Manager" }}
{{- include "account-operator.readerArgs" . }}
{{- end }}
{{- with .Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "account-operator.scopeArgs" -}}
{{- with .Values.watchNamespaces }}
- --watch-namespaces={{ join "," . }}
{{- end }}
{{- with .Values.class }}
- --class={{ . }}
{{- end }}
{{- with .Values.clusterID }}
- {{ printf "--cluster-id=%s" . | quote }}
{{- end }}
{{- if or .Values.requireSecretConsent (not .Values.admission.secretAccessPolicy.enabled) }}
- --require-secret-consent
{{- end }}
{{- with .Values.recoveryWindow }}
- --recovery-window={{ . }}
{{- end }}
{{- with .Values.auditRetention }}
- --audit-retention={{ . }}
{{- end }}
{{- if .Values.keepVerified }}
- --keep-verified
{{- end }}
{{- end }}

{{- define "account-operator.holderArgs" -}}
{{- if .Values.portal.url }}
- --portal-bind-address={{ .Values.pages.enabled | ternary "0" (printf ":%d" (int .Values.portal.port)) }}
{{- include "account-operator.portalArgs" . }}
{{- end }}
{{- with .Values.referralURL }}
- {{ printf "--referral-url=%s" . | quote }}
{{- end }}
{{- with .Values.mail }}
{{- if .existingSecret }}
- --smtp-url-file=/etc/account-operator/mail/{{ .key }}
- {{ printf "--mail-from=%s" .from | quote }}
{{- end }}
{{- end }}
{{- include "account-operator.mailRateArgs" . }}
{{- include "account-operator.brandArgs" . }}
{{- end }}

{{/* What the manager and Pods of the pages alone have in common. */}}
{{- define "account-operator.portalArgs" -}}
{{- with .Values.portal }}
- {{ printf "--portal-url=%s" .url | quote }}
{{- with .trustedProxies }}
- --portal-trusted-proxies={{ join "," . }}
{{- end }}
{{- if .signIn.enabled }}
- --portal-sign-in
{{- if not .signIn.askProviders }}
- --portal-ask-providers=false
{{- end }}
{{- if not .signIn.mails }}
- --portal-sign-in-mails=false
{{- end }}
{{- end }}
{{- end }}
{{- include "account-operator.signInArgs" . }}
{{- end }}

{{- define "account-operator.mailRateArgs" -}}
{{- with .Values.mail.rate }}
- --mail-rate={{ int . }}
{{- end }}
{{- end }}

{{- define "account-operator.brandArgs" -}}
{{- with .Values.brand }}
{{- with .name }}
- {{ printf "--brand-name=%s" . | quote }}
{{- end }}
{{- if .logoConfigMap }}
- --brand-logo-file=/etc/account-operator/brand/{{ .logoKey }}
{{- end }}
{{- end }}
{{- end }}

{{- define "account-operator.probeArgs" -}}
{{- with .Values.probe.allowEndpointCIDRs }}
- --allow-endpoint-cidrs={{ join "," . }}
{{- end }}
{{- with .Values.probe.timeout }}
- --probe-timeout={{ . }}
{{- end }}
{{- end }}

{{/* Where the store is and what opens it: variables, so that a command that is run in the Pod finds them, too. */}}
{{- define "account-operator.env" -}}
{{- if eq .Values.store.type "SQLite" -}}
- name: ACCOUNT_OPERATOR_STORE
  value: sqlite:///var/lib/account-operator/accounts.db
{{- else -}}
- name: ACCOUNT_OPERATOR_STORE_FILE
  value: /etc/account-operator/store/{{ .Values.store.postgresql.key }}
{{- end }}
{{ include "account-operator.keysetEnv" . }}
{{- include "account-operator.factorsEnv" . }}
{{- if eq .Values.store.type "SQLite" }}
# SQLite sorts there what does not fit into memory.
- name: TMPDIR
  value: /var/lib/account-operator
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Folders with what comes from Secrets, and the one that can be written to. */}}
{{- define "account-operator.mounts" -}}
- name: store
  mountPath: {{ eq .Values.store.type "SQLite" | ternary "/var/lib/account-operator" "/etc/account-operator/store" }}
  {{- if ne .Values.store.type "SQLite" }}
  readOnly: true
  {{- end }}
{{ include "account-operator.keysetMounts" . }}
{{- include "account-operator.factorsMount" . }}
{{- if not .Values.pages.enabled }}
{{- include "account-operator.signInMounts" . }}
{{- end }}
{{- if .Values.mail.existingSecret }}
- name: mail
  mountPath: /etc/account-operator/mail
  readOnly: true
{{- end }}
{{- if .Values.brand.logoConfigMap }}
- name: brand
  mountPath: /etc/account-operator/brand
  readOnly: true
{{- end }}
{{- if eq .Values.reader.servedBy "Manager" }}
{{- include "account-operator.readerMounts" . }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "account-operator.volumes" -}}
- name: store
  {{- if eq .Values.store.type "SQLite" }}
  persistentVolumeClaim:
    claimName: {{ include "account-operator.claim" . }}
  {{- else }}
  secret:
    secretName: {{ .Values.store.postgresql.existingSecret }}
    defaultMode: 0440
  {{- end }}
{{ include "account-operator.keysetVolumes" . }}
{{- include "account-operator.factorsVolume" . }}
{{- if not .Values.pages.enabled }}
{{- include "account-operator.signInVolumes" . }}
{{- end }}
{{- with .Values.mail.existingSecret }}
- name: mail
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.brand.logoConfigMap }}
- name: brand
  configMap:
    name: {{ . }}
{{- end }}
{{- if eq .Values.reader.servedBy "Manager" }}
{{- include "account-operator.readerVolumes" . | nindent 0 }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
