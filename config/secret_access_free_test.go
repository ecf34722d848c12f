package config_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// What takes nothing more out of a Secret needs no right on it: else nobody but its readers could stop, label or delete.
func TestSecretAccess_NothingTaken_NeedsNoRight(t *testing.T) {
	p := newPlace(t)
	author := p.author("bob", rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"get"}})
	a, b := variable("A", object{"name": "theirs", "key": "a"}), variable("B", object{"name": "others", "key": "b"})
	whole, labels := object{"secretRef": object{"name": "theirs"}}, object{"secretSelector": object{"matchLabels": object{"a": "b"}}}
	full := object{"env": list(a, b, variable("C", "x")), "envFrom": list(whole, labels), "dotenv": list(object{"secretKeyRef": object{"name": "theirs", "key": "f"}})}
	spec := func(field string, value any) func(*unstructured.Unstructured) {
		return func(o *unstructured.Unstructured) { o.Object["spec"].(map[string]any)[field] = value }
	}
	for name, edit := range map[string]func(*unstructured.Unstructured){
		"suspend":                 spec("suspend", true),
		"keep at deletion":        spec("deletionPolicy", "Retain"),
		"label":                   func(o *unstructured.Unstructured) { o.SetLabels(map[string]string{"a": "b"}) },
		"annotate":                func(o *unstructured.Unstructured) { o.SetAnnotations(map[string]string{"a": "b"}) },
		"drop finalizers":         func(o *unstructured.Unstructured) { o.SetFinalizers(nil) },
		"add a finalizer":         func(o *unstructured.Unstructured) { o.SetFinalizers([]string{finalizer, foreign}) },
		"change a plain value":    spec("env", list(a, b, variable("C", "y"))),
		"add a plain value":       spec("env", list(variable("D", "y"), a, b, variable("C", "x"))),
		"remove a reference":      spec("env", list(b)),
		"remove all of a list":    spec("envFrom", list()),
		"remove the whole Secret": spec("envFrom", list(labels)),
		"change the order":        spec("envFrom", list(labels, whole)),
		"add a ConfigMap":         spec("envFrom", list(whole, labels, object{"configMapRef": object{"name": "theirs"}})),
		"name a file twice":       spec("dotenv", list(object{"secretKeyRef": object{"name": "theirs", "key": "f"}}, object{"secretKeyRef": object{"name": "theirs", "key": "f"}})),
		"add text":                spec("dotenv", list(object{"inline": "A=1"}, object{"secretKeyRef": object{"name": "theirs", "key": "f"}})),
	} {
		t.Run(name, func(t *testing.T) {
			o := p.object("EnvVarSet", "", full)
			o.SetGenerateName("free-")
			if err := admin.Create(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			edit(o)
			if err := author.Update(t.Context(), o); err != nil {
				t.Errorf("update: %v", err)
			}
			if err := author.Delete(t.Context(), o); err != nil {
				t.Errorf("delete: %v", err)
			}
		})
	}
}

func TestSecretAccess_ConnectionRenamed_NeedsNoRight(t *testing.T) {
	p := newPlace(t)
	for _, from := range []string{"Amazon S3", "Backblaze", "Dropbox"} {
		o := p.object("CloudConnection", "", takes[from].spec("theirs"))
		o.SetGenerateName("free-")
		if err := admin.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		o.Object["spec"].(map[string]any)["displayName"] = "renamed"
		if err := p.author("bob").Update(t.Context(), o); err != nil {
			t.Errorf("%s: %v", from, err)
		}
	}
}

// The status cannot carry a reference into the spec, and writing it asks for nothing.
func TestSecretAccess_StatusWritten_NeedsNoRight(t *testing.T) {
	p := newPlace(t)
	author := p.author("bob")
	o := p.object("EnvVarSet", "reported", takes["env"].spec("theirs"))
	if err := admin.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	before := o.Object["spec"]
	o.Object["spec"] = p.object("EnvVarSet", "", takes["env"].spec("others")).Object["spec"]
	o.Object["status"] = object{"varCount": int64(1)}
	if err := author.SubResource("status").Update(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	live := o.DeepCopy()
	if err := admin.Get(t.Context(), client.ObjectKeyFromObject(o), live); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, live.Object["spec"]); diff != "" {
		t.Errorf("the spec was written through the status (-before +now):\n%s", diff)
	}
	if count, _, _ := unstructured.NestedInt64(live.Object, "status", "varCount"); count != 1 {
		t.Error("the status was not written")
	}
}

// What the manager does to an object, and what garbage collection does, goes on wherever the rights on Secrets end.
func TestSecretAccess_ManagerAndGarbageCollection_AreNotHindered(t *testing.T) {
	p := newPlace(t)
	if err := admin.Create(t.Context(), p.object("EnvVarSet", "owned", takes["env"].spec("theirs"))); err != nil {
		t.Fatal(err)
	}
	asManager := p.as(local.As(manager, "system:serviceaccounts"))
	collector := p.author("system:serviceaccount:kube-system:generic-garbage-collector")
	for _, c := range []struct {
		who   client.Client
		patch string
	}{
		{asManager, `{"metadata":{"finalizers":["` + finalizer + `","` + foreign + `"]}}`},
		{collector, `{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"x","uid":"1"}]}}`},
		{collector, `{"metadata":{"ownerReferences":null}}`},
		{asManager, `{"metadata":{"finalizers":["` + finalizer + `"]}}`},
	} {
		mergePatch(p, c.who, "owned", c.patch)
	}
	o := p.object("EnvVarSet", "owned", object{})
	if err := collector.Delete(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := admin.Get(t.Context(), client.ObjectKeyFromObject(o), o); err != nil || !slices.Contains(o.GetFinalizers(), finalizer) {
		t.Fatalf("being deleted: %v, finalizers %v", err, o.GetFinalizers())
	}
	mergePatch(p, asManager, "owned", `{"metadata":{"finalizers":null}}`)
	if err := admin.Get(t.Context(), client.ObjectKeyFromObject(o), o); client.IgnoreNotFound(err) != nil || err == nil {
		t.Errorf("after its finalizer was taken: %v", err)
	}
}

func mergePatch(p *place, c client.Client, name, patch string) {
	p.Helper()
	if err := c.Patch(p.Context(), p.object("EnvVarSet", name, object{}), client.RawPatch("application/merge-patch+json", []byte(patch))); err != nil {
		p.Errorf("%s: %v", patch, err)
	}
}
