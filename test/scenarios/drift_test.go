package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

func ptr[T any](v T) *T { return &v }

func TestDrift_PolicyReport_IsLeftAndNamed(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", "alice@example.com")
	alice.Spec.DriftPolicy = v1alpha1.DriftReport
	alice.Spec.Preferences.Theme = "Dark"
	alice.Spec.Username = ptr[v1alpha1.Line]("alice")
	s.create(alice)
	s.becomesReady(alice)

	s.foreign(`UPDATE accounts SET theme = 'Light' WHERE email = 'alice@example.com'`)
	s.reportsDrift(alice, "preferences.theme")

	// Another leaf of the spec changes, and the manager restarts: still only that leaf is written.
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Username = ptr[v1alpha1.Line]("alicia") })
	s.becomesReady(alice)
	s.restartManager()
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Invoice.Company = ptr[v1alpha1.Line]("Example GmbH") })
	s.becomesReady(alice)
	s.reportsDrift(alice, "preferences.theme")
	if s.count(`SELECT count(*) FROM accounts WHERE theme = 'Light' AND username = 'alicia' AND invoice_company = 'Example GmbH'`) != 1 {
		t.Error("the drift was overwritten, or the change was not written")
	}

	// It ends when the platform team decides: here, by asking for it to be put back.
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.DriftPolicy = v1alpha1.DriftCorrect })
	s.reportsDrift(alice)
	if s.count(`SELECT count(*) FROM accounts WHERE theme = 'Dark'`) != 1 {
		t.Error("what drifted was not put back")
	}
}

func TestDrift_TakenBack_ReportEnds(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", "alice@example.com")
	alice.Spec.DriftPolicy = v1alpha1.DriftReport
	alice.Spec.Preferences.Theme = "Dark"
	s.create(alice)
	s.becomesReady(alice)
	s.foreign(`UPDATE accounts SET theme = 'Light' WHERE email = 'alice@example.com'`)
	s.reportsDrift(alice, "preferences.theme")

	s.foreign(`UPDATE accounts SET theme = 'Dark' WHERE email = 'alice@example.com'`)
	s.reportsDrift(alice)
}

func TestDrift_ReportedRemovalAndSourceChanges_IsWritten(t *testing.T) {
	s := withAlice(t)
	src := secret("hf", "token", "1")
	s.create(src)
	set := envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"), value("LOG_LEVEL", "debug"))
	set.Spec.DriftPolicy = v1alpha1.DriftReport
	s.create(set)
	s.becomesReady(set)

	s.foreign(`DELETE FROM env_vars WHERE name IN ('HF_TOKEN', 'LOG_LEVEL')`)
	s.reportsDrift(set, "HF_TOKEN", "LOG_LEVEL")
	if note := s.receivesEvent(set, "Drifted"); !strings.Contains(note, "HF_TOKEN, LOG_LEVEL") {
		t.Errorf("the event says %q", note)
	}

	s.restartManager()
	change(s, src, func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "2") })
	s.reportsDrift(set, "LOG_LEVEL")
	s.eventuallyHas("HF_TOKEN")
}

// reportsDrift waits until status names exactly these leaves, Ready all the same.
func (s *scenario) reportsDrift(obj object.Object, leaves ...string) {
	s.Helper()
	s.eventually(soon, func() string {
		s.becomes(obj, metav1.ConditionTrue, v1alpha1.ReasonSynced)
		if diff := cmp.Diff(leaves, obj.CommonStatus().Drifted); diff != "" {
			return "status.drifted (-want +got):\n" + diff
		}
		if s.has(obj, v1alpha1.ConditionDrifted) != (len(leaves) > 0) {
			return "the condition Drifted does not agree with status.drifted"
		}
		return ""
	})
}

func TestReconcile_Requested_IsActedUponAndAcknowledged(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", "alice@example.com")
	s.create(alice)
	s.becomesReady(alice)

	long := "2026-11-23T00:00:00Z and more than sixty-four bytes of text that nobody needs"
	change(s, alice, func(a *v1alpha1.Account) {
		a.Annotations = map[string]string{v1alpha1.RequestedAtAnnotation: long}
	})

	s.eventually(soon, func() string {
		s.becomesReady(alice)
		if alice.Status.LastHandledRequest != long[:64] {
			return "status.lastHandledRequest is " + alice.Status.LastHandledRequest
		}
		return ""
	})
	s.watch()
	change(s, alice, func(a *v1alpha1.Account) { a.Labels = map[string]string{"team": "vision"} })
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Username = ptr[v1alpha1.Line]("alice") })
	s.becomesReady(alice)
	s.costs("change a label, then the spec", map[string]int{"update accounts/status": 1})
}

func TestCloudConnection_ChangedByAnotherClient_IsPutBackOrReported(t *testing.T) {
	s := withAlice(t)
	kept := s3Connection("kept", "alice", "s3")
	kept.Spec.DriftPolicy = v1alpha1.DriftReport
	corrected := s3Connection("corrected", "alice", "s3")
	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), kept, corrected)
	s.becomesReady(kept, corrected)

	s.foreign(`UPDATE connections SET bucket = 'other'`)

	s.reportsDrift(kept, "bucket")
	if note := s.receivesEvent(corrected, "DriftCorrected"); !strings.Contains(note, "bucket") {
		t.Errorf("the event says %q", note)
	}
	if s.count(`SELECT count(*) FROM connections WHERE name = 'kept' AND bucket = 'other'`) != 1 ||
		s.count(`SELECT count(*) FROM connections WHERE name = 'corrected' AND bucket = 'data'`) != 1 {
		t.Error("the wrong one was put back")
	}

	s.foreign(`DELETE FROM connections`)
	s.reportsDrift(kept, "connection")
	s.eventually(soon, func() string {
		if s.count(`SELECT count(*) FROM connections WHERE name = 'corrected'`) == 1 {
			return ""
		}
		return "a connection that another client removed is not put back"
	})
	if s.count(`SELECT count(*) FROM connections WHERE name = 'kept'`) != 0 {
		t.Error("a connection that another client removed was put back although that is only to be reported")
	}

	change(s, kept, func(c *v1alpha1.CloudConnection) { c.Spec.DisplayName = "mine" })
	s.reportsDrift(kept)
	if s.count(`SELECT count(*) FROM connections WHERE name = 'kept' AND display_name = 'mine'`) != 1 {
		t.Error("a change of the spec was not written")
	}
}
