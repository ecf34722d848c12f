package v1alpha1_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The least one can write of each kind, and what the API server makes of it. No deletionPolicy is filled in: so one can
// show who wrote Delete from who wrote nothing. Empty structs and lists are, since server-side apply makes null of one that it
// empties, which without a default is refused.
func TestDefaults(t *testing.T) {
	cases := []struct{ given, spec, then string }{
		{
			"Account", "{email: alice@example.com}",
			"{email: alice@example.com, preferences: {}, security: {}, notifications: {events: []}, invoice: {address: {}}, deletion: {}}",
		},
		{
			"EnvVarSet", "{accountRef: {name: alice}, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}], envFrom: [{secretRef: {name: s}}]}",
			"{accountRef: {name: alice}, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}], envFrom: [{secretRef: {name: s}}], dotenv: []}",
		},
		{
			"EnvVarSet", "{accountRef: {name: alice}, envFrom: [{secretSelector: {matchLabels: {a: b}}}], dotenv: [{secretKeyRef: {name: s, key: k}}]}",
			"{accountRef: {name: alice}, env: [], envFrom: [{secretSelector: {matchLabels: {a: b}}}], dotenv: [{secretKeyRef: {name: s, key: k}}]}",
		},
		{
			"CloudConnection", "{accountRef: {name: alice}, type: AmazonS3, amazonS3: {bucket: data, region: eu, credentialsSecretRef: {name: s}}}",
			"{accountRef: {name: alice}, type: AmazonS3, amazonS3: {bucket: data, region: eu, credentialsSecretRef: {name: s, accessKeyIDKey: access-key-id, secretAccessKeyKey: secret-access-key}}}",
		},
		{
			"CloudConnection", "{accountRef: {name: alice}, type: Backblaze, backblaze: {bucket: data, region: us, credentialsSecretRef: {name: s}}}",
			"{accountRef: {name: alice}, type: Backblaze, backblaze: {bucket: data, region: us, credentialsSecretRef: {name: s, keyIDKey: key-id, applicationKeyKey: application-key}}}",
		},
		{
			"CloudConnection", "{accountRef: {name: alice}, type: Dropbox, dropbox: {credentialsSecretRef: {name: s}}}",
			"{accountRef: {name: alice}, type: Dropbox, dropbox: {credentialsSecretRef: {name: s, refreshTokenKey: refresh-token, appKeyKey: app-key, appSecretKey: app-secret}}}",
		},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("given %s, when its spec is %s, then only the names of keys and what is empty are filled in", c.given, c.spec), func(t *testing.T) {
			live := created(t, object(t, fmt.Sprintf("{kind: %s, spec: %s}", c.given, c.spec)))
			want := object(t, fmt.Sprintf("{kind: %s, spec: %s}", c.given, c.then))
			if diff := cmp.Diff(want.Object["spec"], live.Object["spec"]); diff != "" {
				t.Errorf("stored otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSpec_Missing_IsRefused(t *testing.T) {
	for _, k := range kinds {
		t.Run(fmt.Sprintf("given %s, when it has no spec, then it is refused", k.name), func(t *testing.T) {
			refused(t, submit(t, object(t, "kind: "+k.name)), "spec", "Required value")
		})
	}
}
