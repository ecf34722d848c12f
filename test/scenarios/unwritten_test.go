package scenarios

import (
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/fault"
	apigate "github.com/account-operator/account-operator/test/gate"
)

func TestStatus_WriteFailed_IsWrittenByTheNextReconcile(t *testing.T) {
	for _, fails := range []apigate.Action{apigate.Conflict, apigate.Unavailable, apigate.ResetBefore} {
		t.Run(string(fails), func(t *testing.T) {
			t.Parallel()
			// given an Account that is Ready, and an API server that refuses to write its status once
			g := apigate.Open(t, local.Config())
			s := newStageBy(t, "sqlite", g.Through)
			alice := account("alice", email)
			s.create(alice)
			s.becomesReady(alice)
			s.mailsAreOut()
			f := g.Arm(apigate.Rule{Verb: "update", Resource: "accounts/status", Name: "alice", Do: fails})

			// when its holder chooses a theme, which changes nothing but status
			s.foreign(`UPDATE accounts SET theme = 'Light'`)

			// then status shows it all the same
			s.eventually(atOnce, func() string {
				s.becomesReady(alice)
				if alice.Status.Settings.Theme != v1alpha1.Theme("Light") {
					return "status has the old theme"
				}
				return ""
			})
			if f.Struck() != 1 {
				t.Error("void: the write did not fail")
			}
		})
	}
}

// mailsAreOut waits for the first mail, which would have its Account reconciled, too.
func (s *stage) mailsAreOut() {
	s.Helper()
	s.eventually(soon, func() string {
		if len(s.arrived()) != 1 || s.count(`SELECT count(*) FROM mails WHERE state = 'Waiting'`) != 0 {
			return "its mail is under way"
		}
		return ""
	})
}

// Given a cache that lags, when what status shows changes and is again as it was before, then status shows that too, although to
// the cache it seems never to have shown anything else.
func TestStatus_AsBeforeInALaggingCache_IsWritten(t *testing.T) {
	t.Parallel()
	g := apigate.Open(t, local.Config())
	s := newStageBy(t, "sqlite", g.Through)
	alice := account("alice", email)
	s.create(alice)
	s.becomesReady(alice)
	s.mailsAreOut()
	shows := func(theme v1alpha1.Theme) {
		s.eventually(atOnce, func() string {
			s.becomesReady(alice)
			if got := alice.Status.Settings.Theme; got != theme {
				return "status has the theme " + string(got)
			}
			return ""
		})
	}
	shows("System")
	defer g.HoldWatches()()
	for _, theme := range []v1alpha1.Theme{"Light", "System"} {
		s.foreign(`UPDATE accounts SET theme = ?`, theme)
		shows(theme)
	}
}

// A manager that ends between the store and the status leaves a status that says Ready, of what was before.
func TestStatus_NotWrittenBeforeARestart_IsWrittenByTheNextManager(t *testing.T) {
	last := map[string][]string{
		"a set is rotated": {"store SyncEnvVars 1"}, "a holder chooses a theme": {"store PutAccount 1"},
		"what a foreigner changes is reported":  {"store SyncEnvVars 1", "store PutAccount 1", "store PutConnection 1"},
		"what a foreigner changed is as it was": {"store PutAccount 1", "store PutConnection 1"},
	}
	for _, w := range workloads {
		if last[w.name] == nil {
			continue
		}
		t.Run(inName.Replace(w.name), func(t *testing.T) {
			t.Parallel()
			want, _ := w.known(t, "sqlite")
			for _, effect := range last[w.name] {
				t.Run(inName.Replace(effect), func(t *testing.T) {
					t.Parallel()
					c := fault.Case{Goal: "G1", Workload: w.name, Trigger: effect, Action: "stop after", Dialect: "sqlite"}
					w.struck(t, c, blow{effect, after}, want)
				})
			}
		})
	}
}
