package source

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestCredentialKeys_EachProvider_HasItsOwn(t *testing.T) {
	for name, c := range map[string]struct {
		spec v1alpha1.CloudConnectionSpec
		ref  Ref
		keys map[string]string
	}{
		"Amazon S3": {
			v1alpha1.CloudConnectionSpec{AmazonS3: &v1alpha1.AmazonS3Connection{
				CredentialsSecretRef: v1alpha1.AmazonS3Credentials{Name: "a", AccessKeyIDKey: "id", SecretAccessKeyKey: "secret"},
			}},
			secretA, map[string]string{"accessKeyID": "id", "secretAccessKey": "secret"},
		},
		"Backblaze": {
			v1alpha1.CloudConnectionSpec{Backblaze: &v1alpha1.BackblazeConnection{
				CredentialsSecretRef: v1alpha1.BackblazeCredentials{Name: "b", KeyIDKey: "id", ApplicationKeyKey: "key"},
			}},
			secretB, map[string]string{"keyID": "id", "applicationKey": "key"},
		},
		"Dropbox": {
			v1alpha1.CloudConnectionSpec{Dropbox: &v1alpha1.DropboxConnection{
				CredentialsSecretRef: v1alpha1.DropboxCredentials{Name: "a", RefreshTokenKey: "token", AppKeyKey: "key", AppSecretKey: "secret"},
			}},
			secretA, map[string]string{"refreshToken": "token", "appKey": "key", "appSecret": "secret"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			ref, keys := CredentialKeys(&c.spec)
			if diff := cmp.Diff(c.keys, keys); ref != c.ref || diff != "" {
				t.Errorf("of %s (-want +got):\n%s", ref, diff)
			}
		})
	}
}

var keysOfS3 = map[string]string{"accessKeyID": "id", "secretAccessKey": "secret"}

func TestCredentials_InTheSecret_AreTakenAsTheyAre(t *testing.T) {
	longest := strings.Repeat("x", 4096)
	got, err := Credentials(secretA, keysOfS3, object("id", " AKIA ", "secret", longest, "more", "\x00"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || string(got["accessKeyID"].Reveal()) != " AKIA " || string(got["secretAccessKey"].Reveal()) != longest {
		t.Errorf("got %d fields, and not what stands there", len(got))
	}
}

func TestCredentials_Wrong_NamesTheKeyAndNoContent(t *testing.T) {
	for name, c := range map[string]struct {
		o        Object
		reason   v1alpha1.Reason
		reported []string
	}{
		"no Secret":         {Object{}, v1alpha1.ReasonSourceMissing, []string{"Secret/a"}},
		"no key":            {object("id", value), v1alpha1.ReasonSourceMissing, []string{"Secret/a", `"secret"`, "secretAccessKey"}},
		"an empty key":      {object("id", "", "secret", value), v1alpha1.ReasonSourceMissing, []string{"Secret/a", `"id"`, "accessKeyID"}},
		"a byte too many":   {object("id", value, "secret", strings.Repeat("x", 4097)), v1alpha1.ReasonSourceInvalid, []string{`"secret"`, "4096"}},
		"a line break":      {object("id", value+"\n", "secret", value), v1alpha1.ReasonSourceInvalid, []string{`"id"`, "line breaks"}},
		"NUL":               {object("id", value, "secret", "\x00"+value), v1alpha1.ReasonSourceInvalid, []string{`"secret"`}},
		"what is not UTF-8": {object("id", value+"\xff", "secret", value), v1alpha1.ReasonSourceInvalid, []string{`"id"`}},
		"a carriage return": {object("id", value+"\r", "secret", value), v1alpha1.ReasonSourceInvalid, []string{`"id"`}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Credentials(secretA, keysOfS3, c.o)
			p := (*Problem)(nil)
			if !errors.As(err, &p) || p.Reason != c.reason || got != nil {
				t.Fatalf("got %d fields and %v", len(got), err)
			}
			assertSays(t, p.Message, c.reported...)
		})
	}
}
