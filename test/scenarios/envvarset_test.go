package scenarios

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const email = "alice@example.com"

func withAlice(t *testing.T) *scenario {
	s := newScenario(t)
	alice := account("alice", email)
	s.create(alice)
	s.becomesReady(alice)
	return s
}

func TestEnvVarSet_Created_ReachesTheAccount(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", value("LOG_LEVEL", "debug"), fromSecret("HF_TOKEN", "hf", "token"))
	set.Spec.EnvFrom = []v1alpha1.EnvFromSource{
		{Prefix: "AWS_", SecretRef: &v1alpha1.ObjectSelector{Name: "aws"}},
		{ConfigMapRef: &v1alpha1.ObjectSelector{Name: "settings"}},
		{SecretRef: &v1alpha1.ObjectSelector{Name: "absent", Optional: true}},
	}
	s.create(
		secret("hf", "token", "1"), secret("aws", "ID", "2", "KEY", "3"),
		&corev1.ConfigMap{ObjectMeta: named("settings"), Data: map[string]string{"LOG_LEVEL": "info", "MODE": "x"}},
		set)
	s.becomesReady(set)

	want := []string{"AWS_ID", "AWS_KEY", "HF_TOKEN", "LOG_LEVEL", "MODE"}
	if diff := cmp.Diff(want, s.names(email)); diff != "" {
		t.Errorf("variables of the account (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, set.Status.Names); diff != "" {
		t.Errorf("names in status (-want +got):\n%s", diff)
	}
	if *set.Status.VarCount != 5 || set.Status.LastSyncTime == nil || len(set.Status.Sources) != 4 {
		t.Errorf("status is %+v", set.Status)
	}
}

func TestRotation_OfASecret_ReachesTheStoreAtOnce(t *testing.T) {
	s := withAlice(t)
	src, set := secret("hf", "token", "1"), envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"))
	s.create(src, set)
	s.becomesReady(set)
	before := s.count(`SELECT version FROM env_vars WHERE name = 'HF_TOKEN'`)

	change(s, src, func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "rotated") })

	s.eventually(atOnce, func() string {
		if s.count(`SELECT version FROM env_vars WHERE name = 'HF_TOKEN'`) != before {
			return ""
		}
		return "the store has the old value"
	})
}

func TestSource_Missing_IsWaitedFor(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"), fromSecret("HF_TOKEN", "hf", "token"))
	s.create(set)
	message := s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonSourceMissing)
	if !strings.Contains(message, "Secret/hf") {
		t.Errorf("the message does not name what is missing: %s", message)
	}
	if got := s.names(email); len(got) != 0 {
		t.Errorf("half a set was written: %v", got)
	}

	src := secret("hf", "other", "1")
	s.create(src)
	s.eventually(soon, func() string {
		if m := s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonSourceMissing); !strings.Contains(m, `"token"`) {
			return "the message does not name the missing key: " + m
		}
		return ""
	})

	change(s, src, func(o *corev1.Secret) { o.Data["token"] = []byte(canary) })
	s.becomesWithin(atOnce, set, metav1.ConditionTrue, v1alpha1.ReasonSynced)
}

func TestSource_Deleted_KeepsWhatWasSynced(t *testing.T) {
	s := withAlice(t)
	src, set := secret("hf", "token", "1"), envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"))
	s.create(src, set)
	s.becomesReady(set)

	s.delete(src)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonSourceMissing)
	if got := s.names(email); len(got) != 1 {
		t.Errorf("the account has %v", got)
	}
}

func TestEnvVarSet_NameRemoved_LeavesTheAccount(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"), value("B", "2"))
	s.create(set)
	s.becomesReady(set)
	s.foreign(`INSERT INTO env_vars (account_id, name, value, version) SELECT id, 'MINE', x'00', 1 FROM accounts`)

	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = e.Spec.Env[:1] })
	s.becomesReady(set)

	if diff := cmp.Diff([]string{"A", "MINE"}, s.names(email)); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

func TestEnvVarSet_TwoWantOneName_FirstHoldsIt(t *testing.T) {
	s := withAlice(t)
	first, second := envVarSet("first", "alice", value("A", "1")), envVarSet("second", "alice", value("A", "2"), value("B", "2"))
	s.create(first)
	s.becomesReady(first)

	s.create(second)
	message := s.becomes(second, metav1.ConditionFalse, v1alpha1.ReasonNameConflict)
	if !strings.Contains(message, `"first"`) || len(second.Status.Conflicts) != 1 || second.Status.Conflicts[0].Holder != "first" {
		t.Errorf("who holds the name is not shown: %s, %+v", message, second.Status.Conflicts)
	}
	if diff := cmp.Diff([]string{"A", "B"}, s.names(email)); diff != "" {
		t.Errorf("the rest of the set is not applied (-want +got):\n%s", diff)
	}

	s.delete(first)
	s.becomesWithin(atOnce, second, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	if *second.Status.VarCount != 2 || len(second.Status.Conflicts) != 0 {
		t.Errorf("status is %+v", second.Status)
	}
}

func TestDrift_RowDeletedByAnotherClient_IsPutBackAtOnce(t *testing.T) {
	s := withAlice(t)
	src, set := secret("hf", "token", "1"), envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"))
	s.create(src, set)
	s.becomesReady(set)

	s.foreign(`DELETE FROM env_vars`)

	s.eventually(atOnce, func() string {
		if len(s.names(email)) == 1 {
			return ""
		}
		return "the variable is still missing"
	})
}

func TestDrift_WhileNoManagerRan_IsFoundAtTheStart(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"))
	s.create(set)
	s.becomesReady(set)

	s.stop()
	s.foreign(`DELETE FROM env_vars`)
	s.startManager()

	s.eventually(soon, func() string {
		if len(s.names(email)) == 1 {
			return ""
		}
		return "the variable is still missing"
	})
}

func TestEnvVarSet_Deleted_TakesItsVariablesOrLeavesThem(t *testing.T) {
	s := withAlice(t)
	goes, stays := envVarSet("goes", "alice", value("A", "1")), envVarSet("stays", "alice", value("B", "1"))
	stays.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	s.create(goes, stays)
	s.becomesReady(goes, stays)

	s.delete(goes)
	s.delete(stays)
	s.isGone(goes)
	s.isGone(stays)

	if diff := cmp.Diff([]string{"B"}, s.names(email)); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

func TestEnvVarSet_AccountIsMissing_Waits(t *testing.T) {
	s := newScenario(t)
	set := envVarSet("base", "alice", value("A", "1"))
	s.create(set)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)

	s.create(account("alice", email))
	s.becomesReady(set)
}

func TestEnvVarSet_OtherClassThanItsAccount_IsReported(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", email)
	alice.Spec.ClassName = "gpu"
	set := envVarSet("base", "alice", value("A", "1"))
	s.create(alice, set)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonClassMismatch)
}

func TestSecret_OpensTheCluster_IsRefused(t *testing.T) {
	s := withAlice(t)
	helm := secret("release", "release", "1")
	helm.Type = "helm.sh/release.v1"
	set := envVarSet("base", "alice", fromSecret("A", "release", "release"))
	s.create(helm, set)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonSourceRefused)
}

func TestFinalizer_StrippedByAnotherClient_ComesBack(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"))
	s.create(set)
	s.becomesReady(set)

	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Finalizers = nil })

	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(set), set))
		if len(set.Finalizers) == 1 {
			return ""
		}
		return "the finalizer is not back"
	})
}
