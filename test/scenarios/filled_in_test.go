package scenarios

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
)

// The kinds did not always fill in what is empty. Objects from before are read with it from the moment the kinds are upgraded.
func TestObjectsOfOlderKinds_KindsFillInDefaults_AreNotWrittenAgain(t *testing.T) {
	asked := &calls{of: map[string]int{}}
	s := newScenarioSeeing(t, newView(), asked.hook)
	// Given objects of kinds that fill in nothing, settled
	upgrade := s.withoutDefaults()
	alice, one, whole, data := account("alice", "alice@example.com"), envVarSet("one", "alice", value("A", "b")), envVarSet("whole", "alice"), s3Connection("data", "alice", "bucket")
	whole.Spec.EnvFrom = []v1alpha1.EnvFromSource{{SecretRef: &v1alpha1.ObjectSelector{Name: "bucket"}}}
	s.create(secret("bucket", "access-key-id", "AKIAEXAMPLE", "secret-access-key", "x"), alice, one, whole, data)
	s.becomesReady(alice, one, whole, data)
	s.stop()
	asked.sinceLast()

	// When the kinds are upgraded, and a manager reconciles each object
	upgrade()
	s.watch()
	s.view.forget()
	s.startManager()
	s.eventually(soon, func() string {
		if n := s.view.objectsRead(&v1alpha1.EnvVarSet{}) + s.view.objectsRead(&v1alpha1.Account{}) + s.view.objectsRead(&v1alpha1.CloudConnection{}); n < 4 {
			return fmt.Sprintf("%d of 4 objects were looked at", n)
		}
		return ""
	})
	s.stop()

	// Then nothing was written: no record, no status
	if diff := cmp.Diff(map[string]int{}, s.requests(cluster.Writes)); diff != "" {
		t.Errorf("writes to the API server (-want +got):\n%s", diff)
	}
	for call, n := range asked.sinceLast() {
		if !slices.Contains(takesTheLead, call) {
			t.Errorf("the store was asked %d times for %s", n, call)
		}
	}
}

// withoutDefaults takes away from the cluster's kinds that empty structs and lists are filled in, and returns what gives it back.
func (s *scenario) withoutDefaults() (upgrade func()) {
	s.Helper()
	scheme := runtime.NewScheme()
	s.must(apiextensionsv1.AddToScheme(scheme))
	c, err := client.New(local.Config(), client.Options{Scheme: scheme})
	s.must(err)
	installed := &apiextensionsv1.CustomResourceDefinitionList{}
	s.must(c.List(context.Background(), installed))
	older := installed.DeepCopy()
	for i := range older.Items {
		spec := older.Items[i].Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
		fillInNothing(&spec)
		older.Items[i].Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"] = spec
	}
	put := func(kinds *apiextensionsv1.CustomResourceDefinitionList, filled bool) {
		for _, k := range kinds.Items {
			k.ResourceVersion = ""
			live := &apiextensionsv1.CustomResourceDefinition{}
			s.must(c.Get(context.Background(), client.ObjectKeyFromObject(&k), live))
			live.Spec = k.Spec
			s.must(c.Update(context.Background(), live))
		}
		s.eventually(soon, func() string { return s.fillsIn(filled) })
	}
	put(older, false)
	s.Cleanup(func() { put(installed, true) })
	return func() { put(installed, true) }
}

// fillsIn asks the API server what it would make of the least of each kind that has something to fill in.
func (s *scenario) fillsIn(want bool) string {
	for kind, spec := range map[string]map[string]any{
		"Account": {"email": "a@example.com"}, "EnvVarSet": {"accountRef": map[string]any{"name": "a"}},
	} {
		o := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
		o.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
		o.SetNamespace(s.ns)
		o.SetName("tried")
		if err := s.api.Create(context.Background(), o, client.DryRunAll); err != nil {
			return err.Error()
		}
		if filled := len(o.Object["spec"].(map[string]any)) > 1; filled != want {
			return fmt.Sprintf("%s: something is filled in: %v, want %v", kind, filled, want)
		}
	}
	return ""
}

func fillInNothing(s *apiextensionsv1.JSONSchemaProps) {
	if s.Default != nil && (string(s.Default.Raw) == "{}" || string(s.Default.Raw) == "[]") {
		s.Default = nil
	}
	for name, p := range s.Properties {
		fillInNothing(&p)
		s.Properties[name] = p
	}
	if s.Items != nil && s.Items.Schema != nil {
		fillInNothing(s.Items.Schema)
	}
}
