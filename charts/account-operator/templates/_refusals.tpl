{{/* What cannot work is refused here, with what to do, rather than by a Pod that does not start. */}}
{{- define "account-operator.refusals" -}}
{{- include "account-operator.refuseStore" . }}
{{- include "account-operator.refuseKeyset" . }}
{{- if ne .Values.reader.servedBy "None" }}
{{- include "account-operator.refuseReader" . }}
{{- end }}
{{- include "account-operator.refusePages" . }}
{{- include "account-operator.refuseSignIn" . }}
{{- include "account-operator.refuseKMS" . }}
{{- if and .Values.mail.existingSecret (not .Values.mail.from) }}
{{- fail "mails need a sender: set mail.from beside mail.existingSecret" }}
{{- end }}
{{- if and (or .Values.portal.ingress.enabled .Values.portal.httpRoute.enabled) (not .Values.portal.url) }}
{{- fail "there are no pages to lead to: set portal.url, such as https://accounts.example.com, beside portal.ingress or portal.httpRoute" }}
{{- end }}
{{- if and .Values.portal.signIn.enabled (not .Values.portal.url) }}
{{- fail "there are no pages to sign in to: set portal.url, such as https://accounts.example.com, beside portal.signIn.enabled" }}
{{- end }}
{{- if and .Values.portal.httpRoute.enabled (not .Values.portal.httpRoute.parentRefs) }}
{{- fail "an HTTPRoute belongs to a Gateway: set portal.httpRoute.parentRefs, such as [{name: public, namespace: gateways}]" }}
{{- end }}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) }}
{{- fail "name the ServiceAccount that is there already by serviceAccount.name, or set serviceAccount.create=true; the namespace's default one would give its rights to every Pod" }}
{{- end }}
{{- end }}

{{- define "account-operator.refuseStore" -}}
{{- if eq .Values.store.type "SQLite" }}
{{- if gt (include "account-operator.replicas" . | int) 1 }}
{{- fail "SQLite is one manager's: leave replicas out, or set store.type=PostgreSQL to have more stand by" }}
{{- end }}
{{- else if not .Values.store.postgresql.existingSecret }}
{{- fail (printf "PostgreSQL needs the Secret with its address: kubectl -n %s create secret generic account-operator-store --from-literal=%s='postgres://...', and set store.postgresql.existingSecret=account-operator-store" .Release.Namespace .Values.store.postgresql.key) }}
{{- end }}
{{- end }}

{{- define "account-operator.refuseKeyset" -}}
{{- $keyset := .Values.keyset -}}
{{- if and $keyset.existingSecret $keyset.generate.enabled }}
{{- fail "keyset.existingSecret and keyset.generate.enabled exclude each other: leave one out" }}
{{- else if not (or $keyset.existingSecret $keyset.generate.enabled) }}
{{- fail (printf "values are encrypted at rest, which takes a keyset: manager keys init keyset.json && kubectl -n %s create secret generic account-operator-keyset --from-file=%s=keyset.json, and set keyset.existingSecret=account-operator-keyset; or set keyset.generate.enabled=true" .Release.Namespace $keyset.key) }}
{{- else if and $keyset.generate.enabled .Release.IsInstall (lookup "v1" "Secret" .Release.Namespace (include "account-operator.keyset" .)) }}
{{- fail (printf "there is a Secret %s in %s already, and a keyset is never replaced: set keyset.existingSecret=%s in place of keyset.generate.enabled" (include "account-operator.keyset" .) .Release.Namespace (include "account-operator.keyset" .)) }}
{{- end }}
{{- end }}

{{- define "account-operator.refuseReader" -}}
{{- $reader := .Values.reader -}}
{{- if not $reader.tls.existingSecret }}
{{- fail (printf "readers are served over TLS: kubectl -n %s create secret tls account-operator-reader-tls --cert=FILE --key=FILE, and set reader.tls.existingSecret=account-operator-reader-tls" .Release.Namespace) }}
{{- end }}
{{- if eq $reader.servedBy "Deployment" }}
{{- if eq .Values.store.type "SQLite" }}
{{- fail "SQLite is one Pod's: set reader.servedBy=Manager, or store.type=PostgreSQL to have a Deployment that only reads" }}
{{- else if not $reader.store.existingSecret }}
{{- fail (printf "the reader reaches PostgreSQL as a role of its own, which manager store roles makes: kubectl -n %s create secret generic account-operator-reader-store --from-literal=%s='postgres://...', and set reader.store.existingSecret=account-operator-reader-store" .Release.Namespace $reader.store.key) }}
{{- end }}
{{- end }}
{{- if and $reader.grants.certificates (not $reader.clientCA.existingConfigMap) }}
{{- fail "nobody can show a certificate: set reader.clientCA.existingConfigMap beside reader.grants.certificates" }}
{{- end }}
{{- if and $reader.grants.serviceAccounts (not $reader.tokens.issuer) }}
{{- fail "no token of a ServiceAccount can be proved: set reader.tokens.issuer and reader.tokens.existingConfigMap beside reader.grants.serviceAccounts" }}
{{- end }}
{{- if and $reader.tokens.issuer (eq (empty $reader.tokens.existingConfigMap) (empty $reader.tokens.url)) }}
{{- fail "tokens are proved by the issuer's published keys: set either reader.tokens.existingConfigMap or reader.tokens.url beside reader.tokens.issuer" }}
{{- end }}
{{- end }}

{{- define "account-operator.refuseKMS" -}}
{{- $kms := .Values.keyset.kms -}}
{{- if not $kms.uri }}
{{- if or $kms.role $kms.existingSecret }}
{{- fail "there is no key management service to log in to: set keyset.kms.uri beside keyset.kms.role or keyset.kms.existingSecret" }}
{{- end }}
{{- else if .Values.keyset.generate.enabled }}
{{- fail "the chart makes keysets in clear text: make one with manager keys init --secret and --seal-keyset-kms, and set keyset.existingSecret in place of keyset.generate.enabled" }}
{{- else if and $kms.role $kms.existingSecret }}
{{- fail "keyset.kms.role and keyset.kms.existingSecret exclude each other: leave one out" }}
{{- end }}
{{- end }}
