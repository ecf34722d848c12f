package chart_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// newKeyset makes the Secret with the keyset as docs/install.md says.
func newKeyset(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keyset.json")
	if made, err := binary.Run(t.Context(), nil, "keys", "init", file); err != nil || made.Code != 0 {
		t.Fatal(err, made.Stderr)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	haveNamespace(t, home)
	newSecret(t, "account-operator-keyset", "keyset.json", string(content))
	// Which store this was stays when a release is removed, and the next test has another.
	t.Cleanup(func() {
		err := admin.DeleteAllOf(context.Background(), &corev1.ConfigMap{}, client.InNamespace(home), client.MatchingLabels{"account-operator.io/record": "store"})
		if err != nil {
			t.Error(err)
		}
	})
}

// newSecret makes one with a single key in the manager's namespace, until the test ends.
func newSecret(t *testing.T, name, key, value string) {
	t.Helper()
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: name}, StringData: map[string]string{key: value}}
	create(t, s)
	t.Cleanup(func() {
		if err := admin.Delete(context.Background(), s); err != nil {
			t.Error(err)
		}
	})
}

// newAccount is an Account and a set of it that takes from a Secret.
func newAccount(namespace, name, class string) []client.Object {
	here := metav1.ObjectMeta{Namespace: namespace, Name: name}
	return []client.Object{
		&corev1.Secret{ObjectMeta: here, Data: map[string][]byte{"token": []byte("a token")}},
		&v1alpha1.Account{ObjectMeta: here, Spec: v1alpha1.AccountSpec{
			CommonSpec: v1alpha1.CommonSpec{ClassName: class}, Email: name + "@example.com",
		}},
		&v1alpha1.EnvVarSet{ObjectMeta: here, Spec: v1alpha1.EnvVarSetSpec{
			CommonSpec: v1alpha1.CommonSpec{ClassName: class},
			AccountRef: v1alpha1.AccountReference{Name: name},
			EnvFrom:    []v1alpha1.EnvFromSource{{SecretRef: &v1alpha1.ObjectSelector{Name: name}}},
		}},
	}
}

// createOurs creates objects once the kinds are served and the policies act, as a user does who tries again.
func createOurs(t *testing.T, all ...client.Object) {
	t.Helper()
	awaitKinds(t, all[0].GetNamespace(), all[1].(*v1alpha1.Account).Spec.ClassName)
	create(t, all...)
}

// awaitKinds waits until objects of a class can be created.
func awaitKinds(t *testing.T, namespace, class string) {
	t.Helper()
	probe := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "probe"},
		Spec:       v1alpha1.AccountSpec{CommonSpec: v1alpha1.CommonSpec{ClassName: class}, Email: "probe@example.com"},
	}
	eventually(t, func(ctx context.Context) string {
		tried := probe.DeepCopy()
		if err := admin.Create(ctx, tried, client.DryRunAll); err != nil {
			return err.Error()
		}
		if !controllerutil.ContainsFinalizer(tried, v1alpha1.Finalizer) {
			return "the finalizer policy does not act yet"
		}
		return ""
	})
}

// ready waits until a set, and so its Account, is in sync.
func ready(t *testing.T, namespace, name string) {
	t.Helper()
	set := &v1alpha1.EnvVarSet{}
	eventually(t, func(ctx context.Context) string {
		if err := admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, set); err != nil {
			return err.Error()
		}
		c := meta.FindStatusCondition(set.Status.Conditions, v1alpha1.ConditionReady)
		switch {
		case c == nil:
			return "no condition yet"
		case c.Status != metav1.ConditionTrue:
			return c.Reason + ": " + c.Message
		}
		return ""
	})
}

// remove deletes the objects and waits until they are gone.
func remove(t *testing.T, all ...client.Object) {
	t.Helper()
	for _, o := range all {
		if err := admin.Delete(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range all {
		eventually(t, func(ctx context.Context) string {
			if err := admin.Get(ctx, client.ObjectKeyFromObject(o), o); !apierrors.IsNotFound(err) {
				return "it is still there"
			}
			return ""
		})
	}
}
