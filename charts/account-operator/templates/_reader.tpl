{{- define "account-operator.readerName" -}}
{{ include "account-operator.fullname" . }}-reader
{{- end }}

{{/* Other than the manager's, whose Services must not lead to the reader. */}}
{{- define "account-operator.readerSelectorLabels" -}}
app.kubernetes.io/name: {{ include "account-operator.name" . }}-reader
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "account-operator.readerLabels" -}}
{{- merge (include "account-operator.readerSelectorLabels" . | fromYaml) (include "account-operator.labels" . | fromYaml) | toYaml }}
{{- end }}

{{/* The labels of the Pods that serve the reader API. */}}
{{- define "account-operator.readerServedBy" -}}
{{- include (eq .Values.reader.servedBy "Manager" | ternary "account-operator.selectorLabels" "account-operator.readerSelectorLabels") . }}
{{- end }}

{{/* The flags of the reader API, whoever serves it. */}}
{{- define "account-operator.readerArgs" -}}
{{- with .Values.reader }}
- --reader-bind-address=:{{ .port }}
- --reader-tls-cert-file=/etc/account-operator/reader/tls/tls.crt
- --reader-tls-key-file=/etc/account-operator/reader/tls/tls.key
- --reader-grants-file=/etc/account-operator/reader/grants/grants.yaml
{{- if .clientCA.existingConfigMap }}
- --reader-client-ca-file=/etc/account-operator/reader/client-ca/{{ .clientCA.key }}
{{- end }}
{{- with .tokens }}
{{- if .issuer }}
- {{ printf "--reader-token-issuer=%s" .issuer | quote }}
- {{ .url | default (printf "/etc/account-operator/reader/token-keys/%s" .key) | printf "--reader-token-keys=%s" | quote }}
{{- end }}
{{- with .audience }}
- {{ printf "--reader-token-audience=%s" . | quote }}
{{- end }}
{{- end }}
{{- with .rate }}
- --reader-rate={{ int . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "account-operator.readerMounts" -}}
{{- with .Values.reader }}
- name: reader-tls
  mountPath: /etc/account-operator/reader/tls
  readOnly: true
- name: reader-grants
  mountPath: /etc/account-operator/reader/grants
  readOnly: true
{{- if .clientCA.existingConfigMap }}
- name: reader-client-ca
  mountPath: /etc/account-operator/reader/client-ca
  readOnly: true
{{- end }}
{{- if .tokens.existingConfigMap }}
- name: reader-token-keys
  mountPath: /etc/account-operator/reader/token-keys
  readOnly: true
{{- end }}
{{- end }}
{{- end }}

{{- define "account-operator.readerVolumes" -}}
- name: reader-tls
  secret:
    secretName: {{ .Values.reader.tls.existingSecret }}
    defaultMode: 0440
- name: reader-grants
  configMap:
    name: {{ include "account-operator.readerName" . }}-grants
{{- with .Values.reader.clientCA.existingConfigMap }}
- name: reader-client-ca
  configMap:
    name: {{ . }}
{{- end }}
{{- with .Values.reader.tokens.existingConfigMap }}
- name: reader-token-keys
  configMap:
    name: {{ . }}
{{- end }}
{{- end }}
