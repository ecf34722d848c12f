package scenarios

import (
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
)

func TestAccountCounts_VariablesChange_AreShownALittleLater(t *testing.T) {
	s := newScenario(t)
	s.stop()
	s.tune = func(o *controller.Options) { o.Recount = 50 * time.Millisecond }
	s.startManager()
	alice := account("alice", "alice@example.com")
	set, conn := envVarSet("base", "alice", value("A", "1"), value("B", "2")), s3Connection("data", "alice", "s3")
	s.create(alice, secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn)
	s.counts(alice, 2, 1)

	s.delete(conn)
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = e.Spec.Env[:1] })
	s.counts(alice, 1, 0)

	s.delete(set)
	s.counts(alice, 0, 0)
}

// Given an Account in sync, when something begins to run in it, then status counts it within two resyncs although nothing reported it.
func TestDependents_OfAnAccount_AreShownLater(t *testing.T) {
	s := newScenario(t)
	s.restartTuned(func(o *controller.Options) {
		o.Recount, o.AfterStart, o.Resync = 50*time.Millisecond, 50*time.Millisecond, 100*time.Millisecond
	})
	alice := account("alice", email)
	s.create(alice)
	s.becomesReady(alice)

	s.foreign(`INSERT INTO instances (id, account_id) SELECT 'i-1', id FROM accounts`)

	s.eventually(soon, func() string {
		s.becomesReady(alice)
		if d := alice.Status.Dependents; len(d) != 1 || d[0].Kind != "Instance" || d[0].Count != 1 || d[0].InTeams != nil {
			return fmt.Sprintf("status counts %+v", d)
		}
		return ""
	})
	s.foreign(`DELETE FROM instances`)
	s.eventually(soon, func() string {
		s.becomesReady(alice)
		if n := len(alice.Status.Dependents); n > 0 {
			return fmt.Sprintf("status still counts %d kinds", n)
		}
		return ""
	})
}

func TestAccountCounts_RestartBeforeTheyAreShown_AreShownAfterIt(t *testing.T) {
	// given an Account that was to show a little later what it has got
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"), value("B", "2"))
	s.create(set)
	s.becomesReady(set)

	// when the manager restarts before it was time
	s.restartTuned(func(o *controller.Options) { o.AfterStart = 50 * time.Millisecond })

	s.counts(account2(s, "alice"), 2, 0)
}

func TestAccountCounts_AccountMadeAgain_ShowsWhatItGot(t *testing.T) {
	// given an Account with two variables
	s := newScenario(t)
	s.restartTuned(func(o *controller.Options) { o.Recount = 50 * time.Millisecond })
	alice, set := account("alice", email), envVarSet("base", "alice", value("A", "1"), value("B", "2"))
	s.create(alice, set)
	s.counts(alice, 2, 0)

	// when it is deleted and made again, and the set writes as many as before
	s.delete(alice)
	s.isGone(alice)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	again := account("alice", email)
	s.create(again)

	s.counts(again, 2, 0)
}

// counts waits until status counts so many variables and connections.
func (s *scenario) counts(a *v1alpha1.Account, variables, connections int) {
	s.Helper()
	s.eventually(soon, func() string {
		s.becomesReady(a)
		if number(a.Status.EnvVarCount) != variables || number(a.Status.CloudConnectionCount) != connections {
			return fmt.Sprintf("status counts %+v", a.Status)
		}
		return ""
	})
}

// Given an Account that was made just now, when its variables and connections are written, then it never says that it has none: it
// says nothing of how many until it was compared, and costs no write for that.
func TestAccountCounts_VariablesWrittenAfterIt_AreAbsentUntilKnown(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	alice := account("alice", email)
	set, conn := envVarSet("base", "alice", value("A", "1"), value("B", "2")), s3Connection("data", "alice", "s3")
	s.create(alice)
	s.becomesReady(alice)
	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn)
	s.becomesReady(set, conn, alice)

	if alice.Status.EnvVarCount != nil || alice.Status.CloudConnectionCount != nil {
		t.Errorf("it says that it has %d variables and %d connections", number(alice.Status.EnvVarCount), number(alice.Status.CloudConnectionCount))
	}
	s.restartTuned(func(o *controller.Options) { o.Recount, o.AfterStart = 50*time.Millisecond, 50*time.Millisecond })
	s.counts(alice, 2, 1)

	// when the last of them goes, then it says so
	s.delete(set)
	s.delete(conn)
	s.eventually(soon, func() string {
		s.becomesReady(alice)
		if n, m := alice.Status.EnvVarCount, alice.Status.CloudConnectionCount; n == nil || *n != 0 || m == nil || *m != 0 {
			return fmt.Sprintf("status counts %+v", alice.Status)
		}
		return ""
	})
}
