package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/fault"
)

// way is one way of getting a spec into the cluster.
type way struct {
	edits bool // an object that is there already, and takes from a Secret that its author may read
	do    func(p *place, c client.Client, o *unstructured.Unstructured) error
}

var ways = map[string]way{
	"create": {do: func(p *place, c client.Client, o *unstructured.Unstructured) error {
		return c.Create(p.Context(), o)
	}},
	"create, dry run": {do: func(p *place, c client.Client, o *unstructured.Unstructured) error {
		return c.Create(p.Context(), o, client.DryRunAll)
	}},
	"create, name generated": {do: func(p *place, c client.Client, o *unstructured.Unstructured) error {
		o.SetGenerateName(o.GetName() + "-")
		o.SetName("")
		return c.Create(p.Context(), o)
	}},
	"create, of another class": {do: func(p *place, c client.Client, o *unstructured.Unstructured) error {
		return c.Create(p.Context(), withClass(o, "gpu"))
	}},
	"server-side apply, new": {do: apply},
	"server-side apply":      {edits: true, do: apply},
	"update": {edits: true, do: func(p *place, c client.Client, o *unstructured.Unstructured) error {
		live := o.DeepCopy()
		if err := c.Get(p.Context(), client.ObjectKeyFromObject(o), live); err != nil {
			return err
		}
		live.Object["spec"] = o.Object["spec"]
		return c.Update(p.Context(), live)
	}},
	"merge patch": {edits: true, do: func(p *place, c client.Client, o *unstructured.Unstructured) error {
		return c.Patch(p.Context(), o, client.RawPatch(types.MergePatchType, encoded(p, object{"spec": o.Object["spec"]})))
	}},
	"JSON patch": {edits: true, do: func(p *place, c client.Client, o *unstructured.Unstructured) error {
		replace := object{"op": "replace", "path": "/spec", "value": o.Object["spec"]}
		return c.Patch(p.Context(), o, client.RawPatch(types.JSONPatchType, encoded(p, list(replace))))
	}},
}

func apply(p *place, c client.Client, o *unstructured.Unstructured) error {
	return c.Apply(p.Context(), client.ApplyConfigurationFromUnstructured(o), client.FieldOwner("author"), client.ForceOwnership)
}

func encoded(p *place, v any) []byte {
	p.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		p.Fatal(err)
	}
	return text
}

// Each way of writing is tried with each way of taking, by an author who may read the Secret "mine", and not "theirs".
func TestSecretAccess_RequesterMayNotRead_IsRefused(t *testing.T) {
	p := newPlace(t)
	author := p.author("alice", onSecrets("get", "mine"))
	for _, by := range inOrder(ways) {
		for _, from := range inOrder(takes) {
			t.Run(by+"/"+from, func(t *testing.T) {
				tried := fault.Begin(t, fault.Case{Goal: "G14", Workload: from, Trigger: by, Action: "name a Secret that the author may not read"})
				way, take := ways[by], takes[from]
				name := strings.NewReplacer(" ", "", ",", "").Replace(strings.ToLower(by + "." + from))
				if err := author.Create(t.Context(), p.object(take.kind, name, take.spec("mine"))); err != nil {
					t.Fatalf("with a Secret that the author may read: %v", err)
				}
				if !way.edits {
					name += ".new"
				}
				tried.Add(1)
				if err := way.do(p, author, p.object(take.kind, name, take.spec("theirs"))); !refused(err) {
					t.Errorf("with a Secret that the author may not read: %v", err)
				}
			})
		}
	}
}

func TestSecretAccess_Refusal_NamesTheMissingRight(t *testing.T) {
	p := newPlace(t)
	author := p.author("alice", onSecrets("get", "mine"))
	for name, c := range map[string]struct {
		spec object
		want string
	}{
		"a Secret": {
			set("env", variable("A", object{"name": "mine", "key": "k"}), variable("B", object{"name": "theirs", "key": "k"})),
			"it takes from Secret theirs, and user alice may not get that in namespace " + p.namespace + "; ask for the right to get it",
		},
		"a selector": {
			takes["envFrom, by label"].spec("x"),
			"user alice may not list Secrets in namespace " + p.namespace + "; name the Secrets instead",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := author.Create(t.Context(), p.object("EnvVarSet", "told", c.spec))
			if !refused(err) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want it to say %q", err, c.want)
			}
		})
	}
}
