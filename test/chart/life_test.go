package chart_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/api/v1alpha1"
	ours "github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/manager"
)

const users = "system:serviceaccount:" + home + ":"

func TestRelease_InstalledUpgradedAndRemoved_Works(t *testing.T) {
	// Given an installation of a chart from before sets could be suspended, and its manager
	newKeyset(t)
	volumes := t.TempDir()
	pods, earlier := newNodeWith(t, binary, volumes), newFormer(t)
	mustHelm(t, "install", "account-operator", earlier.chart, keyset)
	team := newNamespace(t)
	mine := newAccount(team, "alice", "")
	createOurs(t, mine...)
	t.Run("installed", func(t *testing.T) {
		runDeployment(t, newNodeWith(t, earlier.manager, volumes), "account-operator")
		ready(t, team, "alice")
	})
	alice := account(t, team, "alice")
	if suspends(t.Context(), team, "alice") == "" {
		t.Error("the former kind has the field already; so the upgrade shows nothing")
	}

	// When it is upgraded
	mustHelm(t, "upgrade", "account-operator", chart, keyset)

	// Then the new field is known and nothing happened to the objects, and what is new is synced, all by its own rights
	eventually(t, func(ctx context.Context) string { return suspends(ctx, team, "alice") })
	if after := account(t, team, "alice"); after.ResourceVersion != alice.ResourceVersion {
		t.Errorf("the upgrade changed an Account: %v, before %v", after, alice)
	}
	t.Run("upgraded", func(t *testing.T) {
		runDeployment(t, pods, "account-operator")
		theirs := newAccount(team, "bob", "")
		create(t, theirs...)
		ready(t, team, "bob")
		remove(t, theirs[2], theirs[1])
	})
	refusedNothing(t, "account-operator")

	// When it is uninstalled, the kinds and the objects stay
	mustHelm(t, "uninstall", "account-operator")
	if left := account(t, team, "alice"); left.UID != alice.UID || left.DeletionTimestamp != nil {
		t.Errorf("uninstalling took an Account along: %v", left)
	}

	// And installed again, the manager goes on where it was, and lets them go
	install(t, "account-operator", keyset)
	runDeployment(t, pods, "account-operator")
	ready(t, team, "alice")
	remove(t, mine[2], mine[1])
}

// former is an earlier version, in which a set could not be suspended.
type former struct {
	chart   string
	manager manager.Binary
}

func newFormer(t *testing.T) former {
	t.Helper()
	const kind = "account-operator.io_envvarsets.yaml"
	f := former{chart: filepath.Join(t.TempDir(), "account-operator")}
	if err := os.CopyFS(f.chart, os.DirFS(chart)); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(f.chart, "Chart.yaml"), func(about map[string]any) { about["version"] = "0.0.9" })
	edited := filepath.Join(f.chart, "files/crds", kind)
	edit(t, edited, func(crd map[string]any) {
		version := crd["spec"].(map[string]any)["versions"].([]any)[0].(map[string]any)
		unstructured.RemoveNestedField(version, "schema", "openAPIV3Schema", "properties", "spec", "properties", "suspend")
	})
	// The manager of that version was built for its kinds.
	present, err := filepath.Abs(filepath.Join(root, "config/crd/bases", kind))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{present: edited}})
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err = errors.Join(err, os.WriteFile(overlay, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	if f.manager, err = manager.BuildManager(t.Context(), t.TempDir(), "-overlay="+overlay); err != nil {
		t.Fatal(err)
	}
	return f
}

func edit(t *testing.T, path string, change func(map[string]any)) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var content map[string]any
	if err := yaml.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	change(content)
	if text, err = yaml.Marshal(content); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// suspends tries whether a set could be suspended, and says why not.
func suspends(ctx context.Context, namespace, name string) string {
	set := &v1alpha1.EnvVarSet{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	patch := client.RawPatch(types.MergePatchType, []byte(`{"spec": {"suspend": true}}`))
	return says(admin.Patch(ctx, set, patch, client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict)))
}

func account(t *testing.T, namespace, name string) *v1alpha1.Account {
	t.Helper()
	a := &v1alpha1.Account{}
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, a); err != nil {
		t.Fatal(err)
	}
	return a
}

// refusedNothing says that the manager of a release tried nothing that it has no right to.
func refusedNothing(t *testing.T, serviceAccount string) {
	t.Helper()
	refusedNothingSince(t, local.Audit, cluster.Mark{}, serviceAccount)
}

func refusedNothingSince(t *testing.T, audit *cluster.Audit, mark cluster.Mark, serviceAccount string) {
	t.Helper()
	all, err := audit.Since(mark, cluster.ByUser(users+serviceAccount))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Errorf("%s asked for nothing; so nothing is shown by that nothing was refused", serviceAccount)
	}
	for _, r := range all {
		if r.Code == http.StatusForbidden || r.Code == http.StatusUnauthorized {
			t.Errorf("%s may not %s %s/%s in namespace %q", serviceAccount, r.Verb, r.Resource, r.Subresource, r.Namespace)
		}
	}
}

func TestRelease_TwoOfTwoClasses_WorkSideBySide(t *testing.T) {
	// Given one for objects without a class, and one for those of class gpu that serves a single namespace
	newKeyset(t)
	pods := newNode(t)
	team := newNamespace(t)
	install(t, "account-operator", keyset)
	install(t, "gpu", keyset, "--set=class=gpu,crds.enabled=false,watchNamespaces={"+team+"}")
	runDeployment(t, pods, "account-operator")
	runDeployment(t, pods, "gpu-account-operator")

	// When there is an object of each
	plain, gpu := newAccount(team, "plain", ""), newAccount(team, "gpu", "gpu")
	createOurs(t, plain...)
	createOurs(t, gpu...)

	// Then each is synced by its own manager, which may do all that it tries
	ready(t, team, "plain")
	ready(t, team, "gpu")
	for name, serviceAccount := range map[string]string{"plain": "account-operator", "gpu": "gpu-account-operator"} {
		if by := writers(t, team, name); len(by) != 1 || by[users+serviceAccount] == 0 {
			t.Errorf("%s has its status from %v", name, by)
		}
		refusedNothing(t, serviceAccount)
	}
	remove(t, plain[2], plain[1], gpu[2], gpu[1])
}

// writers are those who wrote the status of an Account, with how often.
func writers(t *testing.T, namespace, name string) map[string]int {
	t.Helper()
	by := map[string]int{}
	all, err := local.Audit.Since(cluster.Mark{}, cluster.ByResource("accounts/status"), cluster.Writes)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Namespace == namespace && r.Name == name {
			by[r.User]++
		}
	}
	return by
}

func TestRelease_Removed_KindsGoOnlyIfAskedFor(t *testing.T) {
	for _, o := range objects(t, template(t, "kept", keyset)) {
		if o.GetKind() == "CustomResourceDefinition" && o.GetAnnotations()["helm.sh/resource-policy"] != "keep" {
			t.Errorf("%s goes with the release, and every object of it", o.GetName())
		}
	}
	kinds := 0
	for _, o := range objects(t, template(t, "gone", keyset, "--set=crds.keep=false")) {
		if o.GetKind() == "CustomResourceDefinition" && !keeps(o) {
			kinds++
		}
	}
	if kinds != len(ours.All) {
		t.Errorf("%d kinds go with the release", kinds)
	}
}

func keeps(o *unstructured.Unstructured) bool {
	return o.GetAnnotations()["helm.sh/resource-policy"] == "keep"
}
