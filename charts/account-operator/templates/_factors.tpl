{{/* The keyset for seeds of second factors, where there is one: for managers, and for who serves pages. */}}
{{- define "account-operator.factorsEnv" -}}
{{- with .Values.keyset.factors }}
{{- if .existingSecret }}
- name: ACCOUNT_OPERATOR_FACTOR_KEYSET_FILE
  value: /etc/account-operator/factors/{{ .key }}
{{- end }}
{{- end }}
{{- end }}

{{- define "account-operator.factorsMount" -}}
{{- if .Values.keyset.factors.existingSecret }}
- name: factors
  mountPath: /etc/account-operator/factors
  readOnly: true
{{- end }}
{{- end }}

{{- define "account-operator.factorsVolume" -}}
{{- with .Values.keyset.factors.existingSecret }}
- name: factors
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end }}
