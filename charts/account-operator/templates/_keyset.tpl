{{/* Where the keyset is and what unwraps it, for whoever opens values. */}}
{{- define "account-operator.keysetEnv" -}}
- name: ACCOUNT_OPERATOR_SEAL_KEYSET_FILE
  value: /etc/account-operator/keyset/{{ .Values.keyset.key }}
{{- with .Values.keyset.kms }}
{{- if .uri }}
- name: ACCOUNT_OPERATOR_SEAL_KEYSET_KMS
  value: {{ .uri | quote }}
{{- if .role }}
- name: ACCOUNT_OPERATOR_SEAL_KEYSET_KMS_ROLE
  value: {{ .role | quote }}
- name: ACCOUNT_OPERATOR_SEAL_KEYSET_KMS_AUTH
  value: {{ .auth | quote }}
- name: ACCOUNT_OPERATOR_SEAL_KEYSET_KMS_TOKEN_FILE
  value: /etc/account-operator/kms/token
{{- end }}
{{- if .existingSecret }}
- name: VAULT_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .key }}
{{- end }}
{{- if .caConfigMap }}
- name: VAULT_CACERT
  value: /etc/account-operator/kms-ca/{{ .caKey }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "account-operator.keysetMounts" -}}
- name: keyset
  mountPath: /etc/account-operator/keyset
  readOnly: true
{{- if .Values.keyset.kms.role }}
- name: kms
  mountPath: /etc/account-operator/kms
  readOnly: true
{{- end }}
{{- if .Values.keyset.kms.caConfigMap }}
- name: kms-ca
  mountPath: /etc/account-operator/kms-ca
  readOnly: true
{{- end }}
{{- end }}

{{- define "account-operator.keysetVolumes" -}}
- name: keyset
  secret:
    secretName: {{ include "account-operator.keyset" . }}
    defaultMode: 0440
{{- with .Values.keyset.kms }}
{{- if .role }}
- name: kms
  projected:
    defaultMode: 0440
    sources:
    - serviceAccountToken:
        path: token
        expirationSeconds: 3600
        {{- with .audience }}
        audience: {{ . | quote }}
        {{- end }}
{{- end }}
{{- with .caConfigMap }}
- name: kms-ca
  configMap:
    name: {{ . }}
{{- end }}
{{- end }}
{{- end }}
