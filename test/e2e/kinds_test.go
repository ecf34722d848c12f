package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
)

// The API server drops what a kind has no place for and says nothing, so a manager that is newer than the kinds would lose
// parts of what users write, and of what it shows them.
func TestStart_KindsOlderThanTheManager_IsRefused(t *testing.T) {
	t.Parallel()
	c, err := cluster.Start(t.Context(), cluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := newSceneOn(t, c, sqlite)

	// Given a cluster without the kinds
	assertRefused(t, s.begin(), mendIt, "have no Account, AccountAction, CloudConnection, EnvVarSet, SSHKey;", "kubectl apply --server-side -k config/crd")

	// Given kinds of an earlier version, in which a set could not be suspended and no account restored
	s.installKinds(func(spec map[string]any) {
		delete(spec, "suspend")
		if adoption, has := spec["adoption"].(map[string]any); has {
			adoption["enum"] = []any{"", "Never", "IfUnclaimed"}
		}
	})
	assertRefused(t, s.begin(), mendIt, "Account.spec.adoption=Restore, Account.spec.suspend", "EnvVarSet.spec.suspend", "crds.enabled=true")

	// Given kinds of a later version, then the manager works
	s.installKinds(func(spec map[string]any) { spec["later"] = map[string]any{"type": "string"} })
	m := s.start(s.as("manager"))
	alice, data := account("alice"), connection("data", "alice", "s3")
	s.create(alice, credentials("s3"), data)
	s.becomesReady(alice, data)

	// Given a cluster that serves one of the kinds no more, of which the store still has a row
	s.stop(m)
	change(s, data, func(c *v1alpha1.CloudConnection) { c.Finalizers = nil })
	s.delete(data)
	s.stopServing("cloudconnections.account-operator.io")
	assertRefused(t, s.begin(), mendIt, "have no CloudConnection;", "kubectl apply --server-side -k config/crd")
	assertRefused(t, s.orphans(), mendIt, "have no CloudConnection;", "kubectl apply --server-side -k config/crd")
}

// stopServing deletes the definition of a kind of which there is no object.
func (s *scene) stopServing(name string) {
	s.Helper()
	definition := &unstructured.Unstructured{}
	definition.SetGroupVersionKind(schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"})
	definition.SetName(name)
	s.must(s.api.Delete(s.Context(), definition))
	s.isGone(definition)
}

// installKinds installs our kinds, or replaces them, with edited fields of spec, and returns once they are served.
func (s *scene) installKinds(edit func(spec map[string]any)) {
	s.Helper()
	files, err := filepath.Glob("../../config/crd/bases/*.yaml")
	s.must(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		s.must(err)
		definition := &unstructured.Unstructured{}
		s.must(yaml.Unmarshal(text, &definition.Object))
		versions, _, err := unstructured.NestedSlice(definition.Object, "spec", "versions")
		s.must(err)
		version := versions[0].(map[string]any)
		spec, _, err := unstructured.NestedFieldNoCopy(version, "schema", "openAPIV3Schema", "properties", "spec", "properties")
		s.must(err)
		edit(spec.(map[string]any))
		s.must(unstructured.SetNestedSlice(definition.Object, versions, "spec", "versions"))
		s.must(s.api.Apply(s.Context(), client.ApplyConfigurationFromUnstructured(definition), client.ForceOwnership, client.FieldOwner("installer")))
	}
	s.eventually(func(ctx context.Context) string {
		if err := s.api.List(ctx, &v1alpha1.AccountList{}); err != nil {
			return err.Error()
		}
		return ""
	})
}
