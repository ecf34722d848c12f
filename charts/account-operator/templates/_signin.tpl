{{/* By what account holders sign in: for managers, and for who serves the pages. */}}
{{- define "account-operator.signInArgs" -}}
{{- with .Values.portal }}
{{- if not .signIn.passwords }}
- --portal-passwords=Off
{{- end }}
{{- with .oidc }}
{{- if .issuer }}
- {{ printf "--portal-oidc-issuer=%s" .issuer | quote }}
- {{ printf "--portal-oidc-client-id=%s" .clientID | quote }}
- {{ printf "--portal-oidc-scopes=%s" (join "," .scopes) | quote }}
- --portal-oidc-second-factor={{ .secondFactor }}
{{- with .name }}
- {{ printf "--portal-oidc-name=%s" . | quote }}
{{- end }}
{{- if .existingSecret }}
- --portal-oidc-client-secret-file=/etc/account-operator/oidc/{{ .key }}
{{- end }}
{{- if .caConfigMap }}
- --portal-oidc-ca-file=/etc/account-operator/oidc-ca/{{ .caKey }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "account-operator.signInMounts" -}}
{{- with .Values.portal.oidc }}
{{- if and .issuer .existingSecret }}
- name: oidc
  mountPath: /etc/account-operator/oidc
  readOnly: true
{{- end }}
{{- if and .issuer .caConfigMap }}
- name: oidc-ca
  mountPath: /etc/account-operator/oidc-ca
  readOnly: true
{{- end }}
{{- end }}
{{- end }}

{{- define "account-operator.signInVolumes" -}}
{{- with .Values.portal.oidc }}
{{- if and .issuer .existingSecret }}
- name: oidc
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
{{- end }}
{{- if and .issuer .caConfigMap }}
- name: oidc-ca
  configMap:
    name: {{ .caConfigMap }}
{{- end }}
{{- end }}
{{- end }}

{{/* Ports at which the provider is asked, as JSON. */}}
{{- define "account-operator.issuerPorts" -}}
{{- with .Values.portal.oidc.issuer }}
{{- list (regexFind "[0-9]+$" (urlParse .).host | default "443") | toJson }}
{{- else }}[]{{ end }}
{{- end }}

{{- define "account-operator.refuseSignIn" -}}
{{- $portal := .Values.portal -}}
{{- if and (not $portal.signIn.passwords) (not $portal.oidc.issuer) }}
{{- fail "without passwords nobody could sign in: set portal.oidc.issuer and portal.oidc.clientID beside portal.signIn.passwords=false" }}
{{- else if and $portal.oidc.issuer (not $portal.oidc.clientID) }}
{{- fail "the provider knows the pages by a client ID: set portal.oidc.clientID beside portal.oidc.issuer" }}
{{- else if and $portal.oidc.issuer (not $portal.signIn.enabled) }}
{{- fail "nobody signs in at the provider: set portal.signIn.enabled=true beside portal.oidc.issuer" }}
{{- end }}
{{- end }}
