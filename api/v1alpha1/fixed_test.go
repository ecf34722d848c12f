package v1alpha1_test

import (
	"fmt"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fixed is a field that stays as it was when the object was created. A rule on an optional field itself would be skipped
// when the field is added or removed: so every way is tried.
type fixed struct {
	path string
	// edits are tried one by one on an object that was created with the value from.
	edits []edit
	at    string
	says  string
}

type edit struct {
	what     string
	from, to any
	// also is changed along with the field, where the new value would be refused for another reason.
	also map[string]any
	// same says that the edit changes nothing, so that it is accepted.
	same bool
}

func className(kind string) fixed {
	says := "className cannot be changed, added or removed; create another " + kind + " instead"
	if kind == "Account" {
		says = "className cannot be changed, added or removed; delete the object (with deletionPolicy: Retain to keep the account) and create it anew"
	}
	return fixed{path: "spec.className", at: "spec", says: says, edits: []edit{
		{what: "kept", from: "gpu", to: "gpu", same: true},
		{what: "kept out", from: absent, to: absent, same: true},
		{what: "changed", from: "gpu", to: "cpu"},
		{what: "added", from: absent, to: "gpu"},
		{what: "removed", from: "gpu", to: absent},
		{what: "emptied", from: "gpu", to: ""},
		{what: "emptied where there was none", from: absent, to: "", same: true},
		{what: "left out where it was empty", from: "", to: absent, same: true},
	}}
}

var referredBy = fixed{
	path: "spec.referredBy", at: "spec",
	says: "referredBy cannot be changed, added or removed: it counts when the account is created",
	edits: []edit{
		{what: "kept", from: "k2m4xw", to: "k2m4xw", same: true},
		{what: "kept out", from: absent, to: absent, same: true},
		{what: "changed", from: "k2m4xw", to: "7f3k9q"},
		{what: "added", from: absent, to: "7f3k9q"},
		{what: "removed", from: "k2m4xw", to: absent},
		{what: "emptied", from: "k2m4xw", to: ""},
		{what: "emptied where there was none", from: absent, to: "", same: true},
		{what: "left out where it was empty", from: "", to: absent, same: true},
	},
}

// whole says that nothing of an action's spec may change.
func whole(path string, from, to any) fixed {
	return fixed{path: path, at: "spec", says: "an action cannot be changed; create another one", edits: []edit{
		{what: "kept", from: from, to: from, same: true},
		{what: "changed", from: from, to: to},
	}}
}

func accountRef(kind string) fixed {
	return fixed{
		path: "spec.accountRef.name", at: "spec",
		says: "accountRef cannot be changed; create another " + kind + " for the other account",
		edits: []edit{
			{what: "kept", from: "alice", to: "alice", same: true},
			{what: "changed", from: "alice", to: "bob"},
		},
	}
}

// accountChoice is between one account and all that match.
var accountChoice = fixed{
	path: "spec.accountRef", at: "spec",
	says: "accountRef and accountSelector cannot take each other's place; create another EnvVarSet instead",
	edits: []edit{
		{what: "exchanged for a selector", from: map[string]any{"name": "alice"}, to: absent, also: map[string]any{
			"spec.accountSelector": map[string]any{"matchLabels": map[string]any{"team": "vision"}},
		}},
	},
}

var provider = fixed{
	path: "spec.type", at: "spec",
	says: "type cannot be changed; create another CloudConnection for the other provider",
	edits: []edit{
		{what: "kept", from: "AmazonS3", to: "AmazonS3", same: true},
		{what: "changed, and its member with it", from: "AmazonS3", to: "Dropbox", also: map[string]any{
			"spec.amazonS3": absent,
			"spec.dropbox":  map[string]any{"credentialsSecretRef": map[string]any{"name": "s3"}},
		}},
	},
}

var endpoint = fixed{
	path: "spec.amazonS3.endpoint", at: "spec.amazonS3",
	says: "endpoint cannot be changed, added or removed, so that credentials never go to another host by an edit",
	edits: []edit{
		{what: "kept", from: "https://a.example", to: "https://a.example", same: true},
		{what: "emptied where there was none", from: absent, to: "", same: true},
		{what: "left out where it was empty", from: "", to: absent, same: true},
		{what: "changed", from: "https://a.example", to: "https://b.example"},
		{what: "given another port", from: "https://a.example", to: "https://a.example:8443"},
		{what: "added", from: absent, to: "https://b.example"},
		{what: "set where it was empty", from: "", to: "https://b.example"},
		{what: "removed", from: "https://a.example", to: absent},
		{what: "emptied", from: "https://a.example", to: ""},
	},
}

func (k kind) isFixed(path string) bool {
	for _, f := range k.fixed {
		if f.path == path {
			return true
		}
	}
	return false
}

func TestFixedFields(t *testing.T) {
	for _, k := range kinds {
		for _, f := range k.fixed {
			for _, e := range f.edits {
				t.Run(fmt.Sprintf("given a stored %s, when %s is %s, then it is refused unless nothing changed", k.name, f.path, e.what), func(t *testing.T) {
					edited := with(created(t, with(k.example(t, f.path), f.path, e.from)), f.path, e.to)
					for path, value := range e.also {
						edited = with(edited, path, value)
					}
					err := admin.Update(t.Context(), edited, client.DryRunAll)
					if e.same {
						accepted(t, err)
						return
					}
					refused(t, err, f.at, f.says)
				})
			}
		}
	}
}
