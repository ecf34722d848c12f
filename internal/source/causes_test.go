package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/words"
)

// wrong is something that can be wrong with a source of values, and what a condition says of it.
type wrong struct {
	given  string
	err    error
	reason v1alpha1.Reason
	says   string
}

// ofSet is what is wrong with a set whose sources have this content.
func ofSet(spec *v1alpha1.EnvVarSetSpec, match Match, objects map[Ref]Object, folds bool) error {
	s, err := NewSources(spec, match)
	if err == nil {
		_, err = s.envVars(objects, folds)
	}
	return err
}

// fromA is what is wrong with a set that takes all of Secret a.
func fromA(o Object, keys ...string) error {
	spec := &v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{whole("", "a", false)}}
	spec.EnvFrom[0].Keys.Include = keys
	return ofSet(spec, nothing, map[Ref]Object{secretA: o}, true)
}

// dotenvOf is what is wrong with a set that is a .env text.
func dotenvOf(inline string) error {
	return ofSet(&v1alpha1.EnvVarSetSpec{Dotenv: []v1alpha1.DotenvSource{{Inline: inline}}}, nothing, nil, false)
}

// dotenvKeyOf is what is wrong with a set whose .env text is in a key of Secret a.
func dotenvKeyOf(text string) error {
	key := v1alpha1.DotenvSource{SecretKeyRef: &v1alpha1.KeySelector{Name: "a", Key: "env"}}
	return ofSet(&v1alpha1.EnvVarSetSpec{Dotenv: []v1alpha1.DotenvSource{key}}, nothing, map[Ref]Object{secretA: object("env", text)}, false)
}

// numbered are keys of Secret a, each with the same value.
func numbered(n int, value string) Object {
	o := object()
	for i := range n {
		o.Data[fmt.Sprint("K", i)] = []byte(value)
	}
	return o
}

func missingSources() []wrong {
	key := func(o map[Ref]Object) error {
		return ofSet(&v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{secretKey("TOKEN", "a", "token", false)}}, nothing, o, false)
	}
	ref, keys := CredentialKeys(&v1alpha1.CloudConnectionSpec{AmazonS3: &v1alpha1.AmazonS3Connection{
		CredentialsSecretRef: v1alpha1.AmazonS3Credentials{Name: "s3"},
	}})
	credentials := func(o Object) error { _, err := Credentials(ref, keys, o); return err }
	return []wrong{
		{"the Secret of a set is not there", fromA(Object{}), v1alpha1.ReasonSourceMissing, "Secret/a does not exist; create it, or mark it optional"},
		{"the Secret of a set was emptied", fromA(object()), v1alpha1.ReasonSourceMissing, "Secret/a has no keys; fill it, or mark it optional to have its variables removed"},
		{"the Secret of a variable is not there", key(nil), v1alpha1.ReasonSourceMissing, "Secret/a does not exist; create it, or mark it optional"},
		{"a key of a variable is not there", key(map[Ref]Object{secretA: object("other", "x")}), v1alpha1.ReasonSourceMissing, `Secret/a has no key "token", which TOKEN takes; add the key, or mark it optional`},
		{"the .env text of a set was emptied", dotenvKeyOf(""), v1alpha1.ReasonSourceMissing, `dotenv[0] (key "env" of Secret/a) has no variables; fill it, or mark it optional to have its variables removed`},
		{"only comments are left of the .env text", dotenvKeyOf("# none\n"), v1alpha1.ReasonSourceMissing, `dotenv[0] (key "env" of Secret/a) has no variables; `},
		{"no Secret has the labels", ofSet(selecting(v1alpha1.KeyFilter{}), nothing, nil, false), v1alpha1.ReasonSourceMissing, "no Secret has the labels of envFrom[0].secretSelector (env=training); label one, or remove the selector"},
		{"the Secret of credentials is not there", credentials(Object{}), v1alpha1.ReasonSourceMissing, `Secret/s3 does not exist; create it with the key "access-key-id" for accessKeyID and the key "secret-access-key" for secretAccessKey`},
		{"a credential is empty", credentials(object("access-key-id", "")), v1alpha1.ReasonSourceMissing, `Secret/s3 has no key "access-key-id", or it is empty; accessKeyID is taken from there`},
		{"a credential is a text of two lines", credentials(object("access-key-id", "a\nb")), v1alpha1.ReasonSourceInvalid, `key "access-key-id" of Secret/s3 is no credential: it has line breaks, binary content or more than 4096 bytes`},
	}
}

func invalidSources() []wrong {
	helm := &corev1.Secret{Type: "helm.sh/release.v1"}
	twice := map[Ref]Object{secretA: labelled(object("A", "1")), secretB: labelled(object("A", "2"))}
	return []wrong{
		{"a Secret that opens the cluster, or is another tool's", Reader{}.refuses(secretA, helm), v1alpha1.ReasonSourceRefused, "Secret/a has the type helm.sh/release.v1, which is never synced; name another Secret"},
		{"a Secret whose owner did not agree", Reader{RequireConsent: true}.refuses(secretA, helm), v1alpha1.ReasonSourceRefused, "Secret/a does not carry the label account-operator.io/allow-sync=true, without which this operator takes nothing from a Secret; label it, or name another"},
		{"a key that is no name", fromA(object("1 2", "x")), v1alpha1.ReasonSourceInvalid, `key "1 2" of Secret/a gives no valid variable name; rename the key, or choose among the keys`},
		{"a name in two chosen Secrets", ofSet(selecting(v1alpha1.KeyFilter{}), chosen("a", "b"), twice, false), v1alpha1.ReasonSourceInvalid, "A is in both Secret/a and Secret/b, which envFrom[0].secretSelector chooses; rename one of the keys"},
		{"names that one store takes for one", fromA(object("A", "1", "a", "2")), v1alpha1.ReasonSourceInvalid, "A (Secret/a) and a (Secret/a) are one name to this store, which does not tell upper from lower case; rename one of the two"},
		{"a binary value", fromA(object("A", "\x00")), v1alpha1.ReasonSourceInvalid, "the value of A from Secret/a is binary, which no environment variable can hold; encode it, for example as base64"},
		{"an expression that is none", fromA(object("A", "1"), "("), v1alpha1.ReasonSourceInvalid, "envFrom[0].keys.include[0] is no regular expression that RE2 understands; mend it"},
		{"a text of another form", dotenvOf("A='x"), v1alpha1.ReasonSourceInvalid, "dotenv[0]: "},
	}
}

func tooMuch() []wrong {
	long := strings.Repeat("x", MaxValueBytes+1)
	many := make([]string, MaxSources+1)
	spec := &v1alpha1.EnvVarSetSpec{}
	for n := range many {
		many[n] = fmt.Sprint("s", n)
		spec.EnvFrom = append(spec.EnvFrom, whole("", many[n], true))
	}
	load := &Load{loads: &Loads{}}
	return []wrong{
		{"a value that is too long", fromA(object("A", long)), v1alpha1.ReasonLimitExceeded, "the value of A from Secret/a has 65537 bytes, more than 65536; shorten it"},
		{"values that are too long together", fromA(numbered(17, long[1:])), v1alpha1.ReasonLimitExceeded, "names and values of the set have 1114153 bytes in all, more than 1048576; split it"},
		{"too many names", fromA(numbered(MaxNames+1, "")), v1alpha1.ReasonLimitExceeded, "the set has more than 1024 names; split it"},
		{"a name in a text that is too long", dotenvOf(strings.Repeat("A", maxNameBytes+1) + "=x"), v1alpha1.ReasonLimitExceeded, "dotenv[0]: the name in line 1 has more than 253 characters"},
		{"too many objects", ofSet(spec, nothing, nil, false), v1alpha1.ReasonLimitExceeded, "the set takes from 513 Secrets and ConfigMaps, more than 512; ask for more labels, or split it"},
		{"too many chosen Secrets", ofSet(selecting(v1alpha1.KeyFilter{}), chosen(many[:MaxSelected+1]...), nil, false), v1alpha1.ReasonLimitExceeded, "envFrom[0].secretSelector (env=training) chooses 65 Secrets, more than 64; ask for more labels"},
		{"objects that are too long together", load.Add(MaxReadBytes + 1), v1alpha1.ReasonLimitExceeded, "the Secrets and ConfigMaps of the set have more than 8388608 bytes in all, with what is not taken of them; take from smaller ones, or split it"},
		{"an expression that is too long", fromA(object("A", "1"), strings.Repeat("(a{100})", 200)), v1alpha1.ReasonLimitExceeded, "envFrom[0].keys.include[0] goes beyond 16384 instructions, the most that the expressions of a set may compile to; repeat less, or split the set"},
		{"expressions too long for so many keys", fromA(numbered(2000, ""), strings.Repeat("a{999}", 4)+"b"), v1alpha1.ReasonLimitExceeded, "envFrom has too many keys for so long expressions: matching them takes more than 33554432 steps; use shorter ones, or split the set"},
	}
}

// One table of all that can be wrong with sources: whoever reads it finds the object, what is wrong and what to do.
func TestProblem_EachCause_HasItsOwnWords(t *testing.T) {
	var said []string
	for _, c := range slices.Concat(missingSources(), invalidSources(), tooMuch()) {
		var p *Problem
		if !errors.As(c.err, &p) || p.Reason != c.reason || !strings.HasPrefix(p.Message, c.says) {
			t.Errorf("%s: it says %v\nwant %s: %s", c.given, c.err, c.reason, c.says)
			continue
		}
		said = append(said, p.Message)
	}
	all, err := words.Of(".", words.Place{Call: "problem", At: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range words.Unsaid(all, said) {
		t.Errorf("no cause in the table brings this about: %s", missing)
	}
}
