package source

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const value = "v4lu3-that-must-not-be-told"

func object(keysAndValues ...string) Object {
	o := Object{UID: "1", ResourceVersion: "1", Data: map[string][]byte{}}
	for i := 0; i < len(keysAndValues); i += 2 {
		o.Data[keysAndValues[i]] = []byte(keysAndValues[i+1])
	}
	return o
}

func text(s string) *string { return &s }

func secretKey(name, secret, key string, optional bool) v1alpha1.EnvVar {
	return v1alpha1.EnvVar{Name: name, ValueFrom: &v1alpha1.EnvVarSource{
		SecretKeyRef: &v1alpha1.KeySelector{Name: secret, Key: key, Optional: optional},
	}}
}

func whole(prefix, secret string, optional bool) v1alpha1.EnvFromSource {
	return v1alpha1.EnvFromSource{Prefix: prefix, SecretRef: &v1alpha1.ObjectSelector{Name: secret, Optional: optional}}
}

// envVars compiles and takes, as a reconcile does.
func (s Sources) envVars(objects map[Ref]Object, folds bool) ([]Variable, error) {
	compiled, err := s.Compile()
	if err != nil {
		return nil, err
	}
	return compiled.EnvVars(objects, folds)
}

// nothing is the answer of a namespace without Secrets that a selector could choose.
func nothing(labels.Set) ([]string, error) { return nil, nil }

var (
	secretA = Ref{v1alpha1.SourceSecret, "a"}
	secretB = Ref{v1alpha1.SourceSecret, "b"}
	configM = Ref{v1alpha1.SourceConfigMap, "m"}
)

func TestEnvVars_Sources_AreResolvedAsInAPod(t *testing.T) {
	for name, c := range map[string]struct {
		spec    v1alpha1.EnvVarSetSpec
		objects map[Ref]Object
		want    map[string]string
	}{
		"a value written out": {
			spec: v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{{Name: "A", Value: text("1")}, {Name: "EMPTY"}}},
			want: map[string]string{"A": "1", "EMPTY": ""},
		},
		"nothing is expanded": {
			spec: v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{{Name: "A", Value: text("$(B) $$C ${D}")}}},
			want: map[string]string{"A": "$(B) $$C ${D}"},
		},
		"one key": {
			spec:    v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{secretKey("A", "a", "k", false)}},
			objects: map[Ref]Object{secretA: object("k", "1", "other", "2")},
			want:    map[string]string{"A": "1"},
		},
		"all keys, with a prefix": {
			spec:    v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{whole("P_", "a", false)}},
			objects: map[Ref]Object{secretA: object("x", "1", "y.z", "2")},
			want:    map[string]string{"P_x": "1", "P_y.z": "2"},
		},
		"dotenv wins over envFrom, and env over dotenv": {
			spec: v1alpha1.EnvVarSetSpec{
				EnvFrom: []v1alpha1.EnvFromSource{whole("", "a", false)},
				Dotenv: []v1alpha1.DotenvSource{
					{Inline: "Y=first\nZ=first\n"},
					{SecretKeyRef: &v1alpha1.KeySelector{Name: "b", Key: ".env"}},
					{SecretKeyRef: &v1alpha1.KeySelector{Name: "b", Key: "absent", Optional: true}},
				},
				Env: []v1alpha1.EnvVar{{Name: "Z", Value: text("env")}},
			},
			objects: map[Ref]Object{secretA: object("X", "a", "Y", "a", "Z", "a"), secretB: object(".env", "Y='second'\nZ=second")},
			want:    map[string]string{"X": "a", "Y": "second", "Z": "env"},
		},
		"keys are chosen before the prefix": {
			spec: v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{{
				Prefix: "P_", SecretRef: &v1alpha1.ObjectSelector{Name: "a"},
				Keys: v1alpha1.KeyFilter{Include: []string{"^S3_", "^B2_"}, Exclude: []string{"OLD$"}},
			}}},
			objects: map[Ref]Object{secretA: object("S3_ID", "1", "S3_OLD", "2", "B2_ID", "3", "P_S3_X", "4", "no=name", "5")},
			want:    map[string]string{"P_S3_ID": "1", "P_B2_ID": "3"},
		},
		"a later envFrom wins, and env over both": {
			spec: v1alpha1.EnvVarSetSpec{
				EnvFrom: []v1alpha1.EnvFromSource{whole("", "a", false), whole("", "b", false)},
				Env:     []v1alpha1.EnvVar{{Name: "Z", Value: text("env")}},
			},
			objects: map[Ref]Object{secretA: object("X", "a", "Y", "a", "Z", "a"), secretB: object("Y", "b", "Z", "b")},
			want:    map[string]string{"X": "a", "Y": "b", "Z": "env"},
		},
		"what is optional and missing is left out": {
			spec: v1alpha1.EnvVarSetSpec{
				EnvFrom: []v1alpha1.EnvFromSource{whole("", "b", true)},
				Env:     []v1alpha1.EnvVar{secretKey("A", "b", "k", true), secretKey("B", "a", "absent", true)},
			},
			objects: map[Ref]Object{secretA: object("k", "1"), secretB: {}},
			want:    map[string]string{},
		},
		"a ConfigMap": {
			spec: v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{
				{ConfigMapRef: &v1alpha1.ObjectSelector{Name: "m"}},
			}},
			objects: map[Ref]Object{configM: object("A", "1")},
			want:    map[string]string{"A": "1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			sources, err := NewSources(&c.spec, nothing)
			if err != nil {
				t.Fatal(err)
			}
			got, err := sources.envVars(c.objects, false)
			if err != nil {
				t.Fatal(err)
			}
			values := map[string]string{}
			for _, v := range got {
				values[v.Name] = string(v.Value.Reveal())
			}
			if diff := cmp.Diff(c.want, values); diff != "" {
				t.Errorf("variables (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEnvVars_WrongSource_IsNamedWithoutContent(t *testing.T) {
	one := v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{secretKey("A", "a", "k", false)}}
	pasted := v1alpha1.EnvVarSetSpec{Dotenv: []v1alpha1.DotenvSource{{SecretKeyRef: &v1alpha1.KeySelector{Name: "a", Key: "k"}}}}
	all := v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{whole("", "a", false)}}
	prefixed := v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{whole("P_", "a", false)}}
	many := object()
	for i := range MaxNames + 1 {
		many.Data[fmt.Sprintf("N%d", i)] = nil
	}
	big := object()
	for i := range 17 {
		big.Data[fmt.Sprintf("N%d", i)] = []byte(strings.Repeat(value, 64<<10/len(value)))
	}
	for name, c := range map[string]struct {
		spec     v1alpha1.EnvVarSetSpec
		o        Object
		reason   v1alpha1.Reason
		reported []string
	}{
		"no Secret":                 {one, Object{}, v1alpha1.ReasonSourceMissing, []string{"Secret/a"}},
		"a Secret that was emptied": {all, object(), v1alpha1.ReasonSourceMissing, []string{"Secret/a has no keys"}},
		"no Secret for envFrom":     {all, Object{}, v1alpha1.ReasonSourceMissing, []string{"Secret/a"}},
		"no key":                    {one, object("x", value), v1alpha1.ReasonSourceMissing, []string{"Secret/a", `"k"`, "A"}},
		"no Secret for dotenv":      {pasted, Object{}, v1alpha1.ReasonSourceMissing, []string{"Secret/a"}},
		"a bad dotenv line":         {pasted, object("k", "A=1\nB='"+value), v1alpha1.ReasonSourceInvalid, []string{"dotenv[0]", "Secret/a", "line 2"}},
		"dotenv too long":           {pasted, object("k", "A="+strings.Repeat(value, 4000)), v1alpha1.ReasonLimitExceeded, []string{"A", "dotenv[0]"}},
		"a key that is no name":     {all, object("1=2", value), v1alpha1.ReasonSourceInvalid, []string{"Secret/a", `"1=2"`}},
		"a name too long":           {prefixed, object(strings.Repeat("x", 252), value), v1alpha1.ReasonSourceInvalid, []string{"Secret/a", "xxx..."}},
		"a key much too long":       {all, object(strings.Repeat("x", 600), value), v1alpha1.ReasonSourceInvalid, []string{"Secret/a", "xxx..."}},
		"binary":                    {one, object("k", value+"\x00"), v1alpha1.ReasonSourceInvalid, []string{"A", "Secret/a", "base64"}},
		"a NUL and no more":         {one, object("k", "\x00"), v1alpha1.ReasonSourceInvalid, []string{"A", "Secret/a", "base64"}},
		"not UTF-8":                 {all, object("K", value+"\xff"), v1alpha1.ReasonSourceInvalid, []string{"K", "Secret/a"}},
		"a value too long":          {one, object("k", strings.Repeat(value, 4000)), v1alpha1.ReasonLimitExceeded, []string{"A", "65536"}},
		"too many names":            {all, many, v1alpha1.ReasonLimitExceeded, []string{"1024"}},
		"too much in all":           {all, big, v1alpha1.ReasonLimitExceeded, []string{"1048576"}},
	} {
		t.Run(name, func(t *testing.T) {
			sources, err := NewSources(&c.spec, nothing)
			if err != nil {
				t.Fatal(err)
			}
			got, err := sources.envVars(map[Ref]Object{secretA: c.o}, false)
			p := (*Problem)(nil)
			if !errors.As(err, &p) || got != nil {
				t.Fatalf("got %d variables and %v", len(got), err)
			}
			if p.Reason != c.reason {
				t.Errorf("reason %s, want %s", p.Reason, c.reason)
			}
			assertSays(t, p.Message, c.reported...)
		})
	}
}

// assertSays holds a message to these parts, and to none of the content.
func assertSays(t *testing.T, message string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(message, part) {
			t.Errorf("the message does not tell %s: %s", part, message)
		}
	}
	if strings.Contains(message, value[:4]) || len(message) > 1024 {
		t.Errorf("the message holds content, or is too long: %.200s", message)
	}
}

func TestEnvVars_SourceNamedOften_IsReadOnce(t *testing.T) {
	spec := v1alpha1.EnvVarSetSpec{
		EnvFrom: []v1alpha1.EnvFromSource{whole("P_", "a", false), whole("Q_", "b", false)},
		Env:     []v1alpha1.EnvVar{secretKey("X", "a", "k", false), secretKey("Y", "a", "l", false), {Name: "Z"}},
	}
	refs, selects := Named(&spec)
	if selects {
		t.Error("there is no selector")
	}
	if diff := cmp.Diff([]Ref{secretA, secretB}, refs); diff != "" {
		t.Errorf("refs (-want +got):\n%s", diff)
	}
}
