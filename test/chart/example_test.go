package chart_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const example = root + "/charts/example-team"

// A team installs its application's chart, and Helm returns when its account has what the chart says.
func TestHelm_ApplicationWithAnAccount_WaitsForIt(t *testing.T) {
	newKeyset(t)
	install(t, "account-operator", keyset)
	runDeployment(t, newNode(t), "account-operator")
	team := newNamespace(t)
	awaitKinds(t, team, "")

	// Given a team without the Secret that its chart names: Helm gives up
	_, reported, err := helmIn(t, team, "install", "training", example, "--wait", "--timeout=4s")
	if err == nil {
		t.Fatalf("helm did not wait: %s", reported)
	}

	// When the Secret is there and it tries again
	create(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: "team-tokens"}, Data: map[string][]byte{"TOKEN": []byte("a token")},
	})
	if _, reported, err = helmIn(t, team, "upgrade", "training", example, "--wait", "--timeout=1m"); err != nil {
		t.Fatal(reported)
	}

	// Then all is in sync as Helm returns
	inSync(t, team, "training", 2)

	// And so it is for a release that nobody has seen before, whose objects have no status as they are created
	if _, reported, err = helmIn(t, team, "install", "second", example, "--wait", "--timeout=1m", "--set=email=second@example.com"); err != nil {
		t.Fatal(reported)
	}
	inSync(t, team, "second", 2)

	// And where a user has to act, Helm says what to do
	_, reported, err = helmIn(t, team, "install", "twin", example, "--wait", "--timeout=4s", "--set=email=second@example.com")
	if err == nil || !strings.Contains(reported, "the address is held by") {
		t.Errorf("an address in use: %v %s", err, reported)
	}
	// And a team that uninstalls its application and installs it again has the account that it had
	installsAgain(t, team, "training")
	for _, release := range []string{"twin", "second", "training"} {
		if _, reported, err := helmIn(t, team, "uninstall", release, "--wait", "--timeout=1m"); err != nil {
			t.Error(reported)
		}
	}
}

func installsAgain(t *testing.T, team, release string) {
	t.Helper()
	id := accountOf(t, team, release)
	if _, reported, err := helmIn(t, team, "uninstall", release, "--wait", "--timeout=1m"); err != nil {
		t.Fatal(reported)
	}
	if _, reported, err := helmIn(t, team, "install", release, example, "--wait", "--timeout=1m"); err != nil {
		t.Fatal(reported)
	}
	inSync(t, team, release, 2)
	if again := accountOf(t, team, release); again != id {
		t.Errorf("account %s, and then %s", id, again)
	}
}

// inSync looks once.
func inSync(t *testing.T, namespace, name string, variables int32) {
	t.Helper()
	set := &v1alpha1.EnvVarSet{}
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, set); err != nil {
		t.Fatal(err)
	}
	if got := ptr.Deref(set.Status.VarCount, 0); got != variables || set.Status.ObservedGeneration != set.Generation {
		t.Errorf("Helm returned while the set had %d variables, want %d; its status: %+v", got, variables, set.Status)
	}
}

// accountOf is the ID that a Ready account has in the store.
func accountOf(t *testing.T, namespace, name string) string {
	t.Helper()
	a := &v1alpha1.Account{}
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, a); err != nil || a.Status.AccountID == "" {
		t.Fatalf("no account: %v", err)
	}
	return a.Status.AccountID
}
