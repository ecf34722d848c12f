package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// most is how many different Secrets one may take from with the right on each, but not on all.
const most = 28

// secretNames are n names as long as a DNS label may be.
func secretNames(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("s%02d-%s", i, strings.Repeat("x", 59)))
	}
	return names
}

func variablesFrom(names ...string) []any {
	var items []any
	for i, name := range names {
		items = append(items, variable(fmt.Sprintf("V%d", i), object{"name": name, "key": "k"}))
	}
	return items
}

func wholesFrom(names ...string) []any {
	var items []any
	for _, name := range names {
		items = append(items, object{"secretRef": object{"name": name}})
	}
	return items
}

func filesFrom(names ...string) []any {
	var items []any
	for _, name := range names {
		items = append(items, object{"secretKeyRef": object{"name": name, "key": "k"}})
	}
	return items
}

func TestSecretAccess_ManySecretsWithARightOnEach_AreAdmitted(t *testing.T) {
	p := newPlace(t)
	names := secretNames(most + 1)
	single := p.author("single", onSecrets("get", names...))
	selecting := p.author("selecting", onSecrets("get", names...), onSecrets("list"))
	blanket := p.author("blanket", onSecrets("get"), onSecrets("list"))
	repeated := func(name string, n int) []string { return strings.Fields(strings.Repeat(name+" ", n)) }
	selector := object{"secretSelector": object{"matchLabels": object{"a": "b"}}}
	const tooMany = "it takes from more than 28 different Secrets"
	for name, c := range map[string]struct {
		spec   object
		author string
		want   string
	}{
		"as many as may be":              {object{"env": variablesFrom(names[:most]...)}, "single", ""},
		"one more":                       {object{"env": variablesFrom(names...)}, "single", tooMany},
		"one more, with the right to":    {object{"env": variablesFrom(names...)}, "blanket", ""},
		"as many variables as there are": {object{"env": variablesFrom(repeated(names[0], 256)...)}, "single", ""},
		"as many variables, from as many": {object{
			"env": variablesFrom(strings.Fields(strings.Repeat(strings.Join(names[:most], " ")+" ", 9))...)}, "single", ""},
		// The names found last are gone through each time: nothing costs more.
		"as many of all, the most common last": {object{
			"env":     variablesFrom(append(names[:most-1:most-1], repeated(names[most-1], 256-most+1)...)...),
			"envFrom": wholesFrom(repeated(names[most-1], 16)...),
			"dotenv":  filesFrom(repeated(names[most-1], 16)...)}, "single", ""},
		"far too many": {object{"env": variablesFrom(secretNames(256)...)}, "single", tooMany},
		"as many as may be beside a selector": {object{
			"env": variablesFrom(names[:most-1]...), "envFrom": list(selector)}, "selecting", ""},
		"one more beside a selector": {object{
			"env": variablesFrom(names[:most]...), "envFrom": list(selector)}, "selecting", tooMany},
	} {
		t.Run(name, func(t *testing.T) {
			o := p.object("EnvVarSet", "many", c.spec)
			err := map[string]client.Client{"single": single, "selecting": selecting, "blanket": blanket}[c.author].Create(t.Context(), o, client.DryRunAll)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (!refused(err) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// One that may not be read is found among as many as may be, wherever it is.
func TestSecretAccess_ManySecrets_EachIsChecked(t *testing.T) {
	p := newPlace(t)
	names := secretNames(most - 1)
	author := p.author("single", onSecrets("get", names...))
	for i := range most {
		of := slices.Insert(slices.Clone(names), i, "theirs")
		err := author.Create(t.Context(), p.object("EnvVarSet", "many", object{"env": variablesFrom(of...)}), client.DryRunAll)
		if !refused(err) || !strings.Contains(err.Error(), "from Secret theirs,") {
			t.Errorf("number %d: %v", i+1, err)
		}
		// With more references than the message is made for, it is refused without its name.
		of = append(of, strings.Fields(strings.Repeat("theirs ", 64))...)
		err = author.Create(t.Context(), p.object("EnvVarSet", "many", object{"env": variablesFrom(of...)}), client.DryRunAll)
		if !refused(err) || !strings.Contains(err.Error(), "a Secret that you may not get") {
			t.Errorf("number %d, and many references: %v", i+1, err)
		}
	}
}
