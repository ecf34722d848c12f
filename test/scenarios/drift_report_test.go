package scenarios

import (
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

// reporting makes a set of Alice's account that reports drift.
func (s *scenario) reporting(env ...v1alpha1.EnvVar) *v1alpha1.EnvVarSet {
	s.Helper()
	set := envVarSet("base", "alice", env...)
	set.Spec.DriftPolicy = v1alpha1.DriftReport
	s.create(set)
	s.becomesReady(set)
	return set
}

func TestEnvVarSet_AccountMadeAgain_ReportedRemovalIsWritten(t *testing.T) {
	// given a set all of whose variables another client removed
	s := withAlice(t)
	set := s.reporting(value("LOG_LEVEL", "debug"))
	s.foreign(`DELETE FROM env_vars`)
	s.reportsDrift(set, "LOG_LEVEL")

	// when the account is made again
	alice := account("alice", "")
	alice.Namespace = s.ns
	s.delete(alice)
	s.isGone(alice)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	s.create(account("alice", email))

	s.reportsDrift(set)
	s.eventuallyHas("LOG_LEVEL")
}

func TestDrift_RemovedNameTakenByAnotherSet_StaysReported(t *testing.T) {
	// given a set whose variable another set waits for
	s := withAlice(t)
	set := s.reporting(value("LOG_LEVEL", "debug"))
	other := envVarSet("other", "alice", value("LOG_LEVEL", "trace"))
	s.create(other)
	s.becomes(other, metav1.ConditionFalse, v1alpha1.ReasonNameConflict)

	// when another client removes it, then the other one gets it
	s.foreign(`DELETE FROM env_vars`)
	s.becomesReady(other)
	s.reportsDrift(set, "LOG_LEVEL")

	// and the first one says the same however often it is compared
	s.comparesAgain(set)
	s.reportsDrift(set, "LOG_LEVEL")

	// until it asks for something new
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0] = value("LOG_LEVEL", "info") })
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonNameConflict)
}

// comparesAgain requests a reconcile, and waits for it.
func (s *scenario) comparesAgain(obj object.Object) {
	s.Helper()
	change(s, obj, func(o object.Object) { o.SetAnnotations(map[string]string{v1alpha1.RequestedAtAnnotation: "now"}) })
	s.eventually(soon, func() string {
		if s.becomesReady(obj); obj.CommonStatus().LastHandledRequest != "now" {
			return "it was not compared"
		}
		return ""
	})
}

func TestDrift_ValueDoesNotOpen_IsPutAgainUnderAnyPolicy(t *testing.T) {
	s := withAlice(t)
	set := s.reporting(value("LOG_LEVEL", "debug"))

	s.foreign(`UPDATE env_vars SET value = ?`, []byte{0})

	s.eventually(atOnce, func() string {
		if s.count(`SELECT count(*) FROM env_vars WHERE length(value) > 1`) != 1 {
			return "it is of no use still"
		}
		return ""
	})
	s.reportsDrift(set)
}

func TestCloudConnection_AnswerToFirstWriteLost_IsCounted(t *testing.T) {
	var lost atomic.Bool
	s := newScenarioOn(t, func(call string, when storetest.Moment) error {
		if call == "PutConnection" && when == storetest.After && lost.CompareAndSwap(false, true) {
			return errBroke
		}
		return nil
	})
	s.restartTuned(func(o *controller.Options) { o.Recount = 50 * time.Millisecond })
	alice, conn := account("alice", email), s3Connection("data", "alice", "s3")
	conn.Spec.DriftPolicy = v1alpha1.DriftReport
	s.create(alice)
	s.counts(alice, 0, 0)

	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), conn)
	s.becomesReady(conn)

	s.counts(alice, 0, 1)
	if !lost.Load() {
		t.Error("void: no answer was lost")
	}
}

// An object is changed and changed back while the store does what it is asked to, and no answer arrives.
func TestDrift_AnswerToOurWriteLost_IsNotReported(t *testing.T) {
	reports := func(obj object.Object) object.Object {
		obj.Common().DriftPolicy = v1alpha1.DriftReport
		return obj
	}
	for call, o := range map[string]struct {
		object       object.Object
		there, again func(object.Object)
		row          string // that is as it was
	}{
		"PutAccount": {
			reports(account("bob", "bob@example.com")),
			func(o object.Object) { o.(*v1alpha1.Account).Spec.Email = "robert@example.com" },
			func(o object.Object) { o.(*v1alpha1.Account).Spec.Email = "bob@example.com" },
			`accounts WHERE email = 'bob@example.com'`,
		},
		"SyncEnvVars": {
			reports(envVarSet("base", "alice", value("A", "1"), value("B", "1"))),
			func(o object.Object) { o.(*v1alpha1.EnvVarSet).Spec.Env[0] = value("A", "longer") },
			func(o object.Object) { o.(*v1alpha1.EnvVarSet).Spec.Env[0] = value("A", "1") },
			`(SELECT 1 FROM env_vars GROUP BY length(value))`, // both have values of one length
		},
		"PutConnection": {
			reports(s3Connection("data", "alice", "s3")),
			func(o object.Object) { o.(*v1alpha1.CloudConnection).Spec.AmazonS3.Bucket = "another" },
			func(o object.Object) { o.(*v1alpha1.CloudConnection).Spec.AmazonS3.Bucket = "data" },
			`connections WHERE bucket = 'data'`,
		},
	} {
		t.Run(call, func(t *testing.T) {
			// given an object that reports drift, and a store whose answers are lost
			var deaf atomic.Bool
			var lost atomic.Int64
			s := newScenarioOn(t, func(c string, when storetest.Moment) error {
				if c == call && when == storetest.After && deaf.Load() {
					lost.Add(1)
					return errBroke
				}
				return nil
			})
			s.create(account("alice", email), secret("s3", "access-key-id", "1", "secret-access-key", "2"), o.object)
			s.becomesReady(o.object)
			deaf.Store(true)

			// when it is changed and changed back
			change(s, o.object, o.there)
			s.eventually(soon, func() string {
				if lost.Load() == 0 {
					return "no answer was lost"
				}
				return ""
			})
			change(s, o.object, o.again)
			s.becomes(o.object, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
			deaf.Store(false)

			// then the store has what it had, and no drift is reported
			s.reportsDrift(o.object)
			if n := s.count(`SELECT count(*) FROM ` + o.row); n != 1 {
				t.Errorf("%d rows are as they were", n)
			}
		})
	}
}

func TestAccountCounts_RemovalOnlyReported_IsCountedAgain(t *testing.T) {
	s := withAlice(t)
	s.restartTuned(func(o *controller.Options) { o.Recount = 50 * time.Millisecond })
	set := s.reporting(value("LOG_LEVEL", "debug"))
	conn := s3Connection("data", "alice", "s3")
	conn.Spec.DriftPolicy = v1alpha1.DriftReport
	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), conn)
	s.becomesReady(conn)
	s.counts(account2(s, "alice"), 1, 1)

	s.foreign(`DELETE FROM env_vars`)
	s.reportsDrift(set, "LOG_LEVEL")
	s.counts(account2(s, "alice"), 0, 1)

	s.foreign(`DELETE FROM connections`)
	s.reportsDrift(conn, "connection")
	s.counts(account2(s, "alice"), 0, 0)
}
