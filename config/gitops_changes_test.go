package config_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// change is what a repository says first of an object, and later.
type change struct{ what, kind, before, after string }

var changes = []change{
	{
		"a struct becomes `{}`", "Account",
		"{email: a@example.com, preferences: {theme: Dark}, security: {twoFactor: Required}, notifications: {newsletter: Subscribed}, invoice: {name: A, address: {city: B}}, deletion: {teams: Delete}}",
		"{email: a@example.com, preferences: {}, security: {}, notifications: {}, invoice: {address: {}}, deletion: {}}",
	},
	{
		"a struct becomes `null`", "Account",
		"{email: a@example.com, preferences: {theme: Dark}, security: {twoFactor: Required}, notifications: {newsletter: Subscribed}, invoice: {name: A, address: {city: B}}, deletion: {teams: Delete}}",
		"{email: a@example.com, preferences: null, security: null, notifications: null, invoice: null, deletion: null}",
	},
	{"a list becomes `[]`", "EnvVarSet", fullSet, "{accountRef: {name: a}, env: [], envFrom: [], dotenv: []}"},
	{"a list becomes `null`", "EnvVarSet", fullSet, "{accountRef: {name: a}, env: null, envFrom: null, dotenv: null}"},
	{
		"events become `[]`", "Account",
		"{email: a@example.com, notifications: {events: [{type: outbid, email: Disabled}]}}", "{email: a@example.com, notifications: {events: []}}",
	},
	{
		`a text or choice becomes ""`, "CloudConnection",
		"{accountRef: {name: a}, type: Dropbox, displayName: D, deletionPolicy: Retain, driftPolicy: Report, verification: Disabled, dropbox: {credentialsSecretRef: {name: s, appKeyKey: k}}}",
		`{accountRef: {name: a}, type: Dropbox, displayName: "", deletionPolicy: "", driftPolicy: "", verification: "", className: "", dropbox: {credentialsSecretRef: {name: s}}}`,
	},
	{"a field is left out", "EnvVarSet", fullSet, "{accountRef: {name: a}}"},
	{"a value becomes a reference", "EnvVarSet", valued, referring},
}

const (
	fullSet   = "{accountRef: {name: a}, env: [{name: A, value: b}], envFrom: [{prefix: P_, secretRef: {name: s}}], dotenv: [{inline: A=b}]}"
	valued    = "{accountRef: {name: a}, env: [{name: A, value: b}]}"
	referring = "{accountRef: {name: a}, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}"
)

var (
	edited = change{"a value that was edited by hand becomes a reference", "EnvVarSet", valued, referring}
	pruned = change{"an object is left out", "Account", "{email: a@example.com}", ""}
)

// name is one that an object may have.
func (c change) name() string {
	return strings.Trim(strings.NewReplacer(" ", "-", "`", "", `""`, "text", "{}", "object", "[]", "list").Replace(c.what), "-")
}

func (c change) first(t *testing.T) object { t.Helper(); return spec(t, c.before) }

func (c change) later(t *testing.T) object { t.Helper(); return spec(t, c.after) }

func spec(t *testing.T, text string) object {
	t.Helper()
	var o object
	parse(t, []byte(text), &o)
	return o
}

// repository is what the repository has, as one text.
func repository(t *testing.T, namespace string, all []change, of func(change, *testing.T) object) string {
	t.Helper()
	var text strings.Builder
	for _, c := range all {
		o := ours(&unstructured.Unstructured{Object: object{"spec": of(c, t)}}, c.kind, c.name())
		o.SetNamespace(namespace)
		o.SetLabels(map[string]string{"from": "repository"})
		document, err := yaml.Marshal(o.Object)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString("---\n" + string(document))
	}
	return text.String()
}

// chosen leaves out of a spec what is empty, and what the API server fills in beside.
func chosen(of any) any {
	switch v := of.(type) {
	case object:
		return chosenFields(v)
	case []any:
		var kept []any
		for _, item := range v {
			kept = append(kept, chosen(item))
		}
		if len(kept) > 0 {
			return kept
		}
		return nil
	case string:
		if v == "" {
			return nil
		}
	}
	return of
}

func chosenFields(of object) any {
	kept := object{}
	for name, field := range of {
		if field = chosen(field); field != nil && !defaulted(name) {
			kept[name] = field
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// defaulted reports whether the API server fills the field in: the names of the keys of credentials.
func defaulted(name string) bool {
	return strings.HasSuffix(name, "KeyKey") || name == "refreshTokenKey" || name == "appSecretKey"
}
