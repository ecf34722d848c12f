package source

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

const maxCredentialBytes = 4 << 10

// CredentialKeys says which Secret holds a connection's credentials, and which key of it holds which field. A key's name that is
// empty is the one that the API server fills in where it is left out.
func CredentialKeys(spec *v1alpha1.CloudConnectionSpec) (Ref, map[string]string) {
	var name string
	var keys map[string]string
	switch {
	case spec.AmazonS3 != nil:
		c := spec.AmazonS3.CredentialsSecretRef
		name, keys = c.Name, map[string]string{
			"accessKeyID":     cmp.Or(c.AccessKeyIDKey, "access-key-id"),
			"secretAccessKey": cmp.Or(c.SecretAccessKeyKey, "secret-access-key"),
		}
	case spec.Backblaze != nil:
		c := spec.Backblaze.CredentialsSecretRef
		name, keys = c.Name, map[string]string{
			"keyID":          cmp.Or(c.KeyIDKey, "key-id"),
			"applicationKey": cmp.Or(c.ApplicationKeyKey, "application-key"),
		}
	case spec.Dropbox != nil:
		c := spec.Dropbox.CredentialsSecretRef
		name, keys = c.Name, map[string]string{
			"refreshToken": cmp.Or(c.RefreshTokenKey, "refresh-token"),
			"appKey":       cmp.Or(c.AppKeyKey, "app-key"),
			"appSecret":    cmp.Or(c.AppSecretKey, "app-secret"),
		}
	}
	return Ref{v1alpha1.SourceSecret, name}, keys
}

// keysWithFields names each key, and what is taken from it.
func keysWithFields(keys map[string]string) string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(keys)) {
		parts = append(parts, fmt.Sprintf("the key %q for %s", keys[field], field))
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// Credentials takes the fields out of the Secret that Read gave.
func Credentials(ref Ref, keys map[string]string, o Object) (map[string]store.Secret, error) {
	if !o.Exists() {
		return nil, problem(v1alpha1.ReasonSourceMissing, "%s does not exist; create it with %s", ref, keysWithFields(keys))
	}
	credentials := make(map[string]store.Secret, len(keys))
	for _, field := range slices.Sorted(maps.Keys(keys)) {
		key := keys[field]
		value, found := o.Data[key]
		if !found || len(value) == 0 {
			return nil, problem(v1alpha1.ReasonSourceMissing, "%s has no key %q, or it is empty; %s is taken from there", ref, key, field)
		}
		if len(value) > maxCredentialBytes || !utf8.Valid(value) || bytes.ContainsAny(value, "\r\n\x00") {
			return nil, problem(v1alpha1.ReasonSourceInvalid,
				"key %q of %s is no credential: it has line breaks, binary content or more than %d bytes", key, ref, maxCredentialBytes)
		}
		credentials[field] = store.NewSecret(value)
	}
	return credentials, nil
}
