package scenarios

import (
	"errors"
	"fmt"
	"os"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// Under a running manager the store is put back by some commits in the middle of its work: an asynchronous standby took over, or
// a copy was put in its place. Within 30 s everything is as the objects say, none says that it is Ready without its rows, and no
// ID of an account was given out twice.
func TestStorePutBack_AtAnyPoint_EverythingIsAsTheObjectsSay(t *testing.T) {
	own := newArchive(t)
	for seed := range uint64(long.Choose(1, 9)) {
		for _, managers := range []int{1, 2} {
			for _, name := range []string{"apply", "rotation", "deletion"} {
				t.Run(fmt.Sprintf("%s under %d, %d", name, managers, seed), func(t *testing.T) {
					fired := fault.Begin(t, fault.Case{
						Goal: "G28", Workload: name, Trigger: "some commits", Action: fmt.Sprintf("put back under %d managers", managers),
						Dialect: "postgres", Seed: seed,
					})
					s := newArchiveOn(t, own, seed)
					size := long.Choose(4, 40)
					work := putBackWorkloads[name]
					if managers == 2 {
						s.besideAnother()
					}

					// When the store is put back in the middle of it
					before, lost := s.chance.IntN(2*size), 1+s.chance.IntN(long.Choose(20, 500))
					all := work(s, func() { fired.Add(int64(s.putBackAt(before, lost))) }, size)

					// Then everything is as the objects say, soon
					s.eventually(afterPutBack, func() string { return s.asTheObjectsSay(append(all, s.first)) })
				})
			}
		}
	}
}

// besideAnother has a second manager lead on the same store, for a namespace of its own, with something to lose.
func (s *archive) besideAnother() {
	s.Helper()
	other := s.elsewhere()
	alice := account("elsewhere", "elsewhere@example.com")
	other.create(alice)
	other.becomesReady(alice)
	s.Cleanup(func() { other.becomesReady(alice) })
}

func TestStorePutBack_AccountMadeSince_IsMadeAgainUnderAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	own := newArchive(t)
	s := newArchiveOn(t, own, 0)

	// Given an account that was made before, with a link on its way and an action that is over
	alice := s.makes(0)
	s.becomesReady(alice.account, alice.set, alice.conn)
	link := s.mailed()[store.MailVerifyAddress].Token
	s.must(own.Snapshot(t.Context()))

	// And one that was made since, and an action
	bob := s.makes(1)
	s.becomesReady(bob.account, bob.set, bob.conn)
	reset := &v1alpha1.AccountAction{ObjectMeta: named("reset"), Spec: v1alpha1.AccountActionSpec{
		AccountRef: v1alpha1.AccountReference{Name: alice.account.Name}, Type: v1alpha1.ActionSendPasswordReset,
	}}
	s.create(reset)
	s.isOver(reset)
	s.notes()
	lostID := bob.account.Status.AccountID

	// And a holder who confirmed the address since
	s.foreign(`UPDATE accounts SET email_verified_at = now() WHERE uid = ?`, string(alice.account.UID))
	s.hasConditionWithin(alice.account, v1alpha1.ConditionEmailVerified, metav1.ConditionTrue, v1alpha1.ReasonConfirmed)

	// When the store is put back
	s.must(own.PutBack(t.Context()))

	// Then the latter is made again, at once and under an ID that none had
	s.eventually(afterPutBack, func() string { return s.asTheObjectsSay([]threesome{alice, bob}) })
	if id := bob.account.Status.AccountID; len(id) != 16 || id == lostID {
		t.Errorf("bob has the ID %s, and had %s", id, lostID)
	}

	// And links that were mailed before lead nowhere
	if _, err := s.portal().Link(t.Context(), link); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the link gives %v", err)
	}

	// And the action says that it was undone, and is not performed again
	s.isUndone(reset)
	if n := s.count(`SELECT count(*) FROM actions`); n != 0 {
		t.Errorf("%d actions were performed", n)
	}
	s.hasEvent("StorePutBack")
	s.hasEvent("ActionUndone")

	// And the confirmation is gone from status, too, which is reported
	s.eventually(soon, func() string {
		s.must(s.api.Get(t.Context(), client.ObjectKeyFromObject(alice.account), alice.account))
		if s.has(alice.account, v1alpha1.ConditionEmailVerified) {
			return "the address still says that it is confirmed"
		}
		return ""
	})
	s.hasEvent("HolderPutBack")
}

// Given a link that was mailed and used, when the store is put back to before it was used, then no replica takes it a second time, however
// early: not before a leader has compared, which a replica that has seen nothing of the store's last writes cannot know by itself,
// and not afterwards.
func TestStorePutBack_NoLeaderHasComparedYet_NoReplicaTakesAnOldLink(t *testing.T) {
	t.Parallel()
	own := newArchive(t)
	s := newArchiveOn(t, own, 0)
	alice := s.makes(0)
	s.becomesReady(alice.account)
	link := s.mailed()[store.MailVerifyAddress].Token
	s.must(own.Snapshot(t.Context()))
	_, err := s.portal().ConfirmAddress(t.Context(), link)
	s.must(err)
	s.stop()

	// When the store is put back, and a replica serves pages that has not led
	s.must(own.PutBack(t.Context()))
	replica := s.portal()

	// Then it shows no page of the link, and takes it for nothing
	if _, err := replica.Link(t.Context(), link); !errors.Is(err, store.ErrNotVouched) {
		t.Errorf("it shows the page of the link: %v", err)
	}
	if _, err := replica.ConfirmAddress(t.Context(), link); !errors.Is(err, store.ErrNotVouched) {
		t.Errorf("it takes the link: %v", err)
	}

	// And once a leader has compared, the link is void, and new ones are taken
	s.startManager()
	s.eventually(afterPutBack, func() string {
		if _, err := replica.Link(t.Context(), link); !errors.Is(err, store.ErrNotFound) {
			return fmt.Sprintf("the link gives %v", err)
		}
		return ""
	})
	s.becomesReady(alice.account)
	if err := replica.RequestLink(t.Context(), store.LinkVerifyAddress, alice.account.Spec.Email); err != nil {
		t.Errorf("asking for a new one: %v", err)
	}
}

// Given a link that was mailed, when the database server is only started again, then the link is taken as soon as the leader has compared.
func TestStoreRestarted_LeaderCompares_LinksAreTakenAgain(t *testing.T) {
	t.Parallel()
	own := newArchive(t)
	s := newArchiveOn(t, own, 0)
	alice := s.makes(0)
	s.becomesReady(alice.account)
	link := s.mailed()[store.MailVerifyAddress].Token

	own.Kill()
	s.must(own.Up(t.Context()))

	replica := s.portal()
	s.eventually(soon, func() string {
		if _, err := replica.ConfirmAddress(t.Context(), link); err != nil {
			return err.Error()
		}
		return ""
	})
}

func (s *archive) isOver(a *v1alpha1.AccountAction) {
	s.Helper()
	s.eventually(soon, func() string {
		s.must(s.api.Get(s.Context(), client.ObjectKeyFromObject(a), a))
		if a.Status.CompletionTime == nil {
			return "the action is not over"
		}
		return ""
	})
}

func (s *archive) isUndone(a *v1alpha1.AccountAction) {
	s.Helper()
	s.eventually(soon, func() string {
		s.must(s.api.Get(s.Context(), client.ObjectKeyFromObject(a), a))
		for _, c := range a.Status.Conditions {
			if c.Type == v1alpha1.ConditionUndone && c.Status == metav1.ConditionTrue && c.Reason == string(v1alpha1.ReasonStorePutBack) {
				return ""
			}
		}
		return describe(a.Status.Conditions)
	})
}

// The same while no manager runs: the cluster remembers how far the store had come.
func TestStorePutBack_WhileNoManagerRuns_IsNoticedAtTheStart(t *testing.T) {
	for dialect, begin := range map[string]func(*testing.T) (s *archive, snapshot, putBack func()){
		"postgres": func(t *testing.T) (*archive, func(), func()) {
			s := newArchiveOn(t, newArchive(t), 0)
			return s, func() { s.must(s.of.Snapshot(t.Context())) }, func() { s.must(s.of.PutBack(t.Context())) }
		},
		"sqlite": func(t *testing.T) (*archive, func(), func()) {
			s := &archive{scenario: newScenario(t), given: map[string]string{}}
			s.restartTuned(func(o *controller.Options) { o.Record = recordOf(s.scenario) })
			var file []byte
			return s, func() {
					s.stop() // which leaves one file
					var err error
					file, err = os.ReadFile(s.path)
					s.must(err)
					s.startManager()
				}, func() {
					s.must(os.WriteFile(s.path, file, 0o600))
				}
		},
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s, snapshot, putBack := begin(t)
			alice := s.makes(0)
			s.becomesReady(alice.account, alice.set, alice.conn)
			snapshot()
			bob := s.makes(1)
			s.becomesReady(bob.account, bob.set, bob.conn)
			s.notes()
			s.stop()

			putBack()
			s.startManager()

			s.eventually(afterPutBack, func() string { return s.asTheObjectsSay([]threesome{alice, bob}) })
			if id := bob.account.Status.AccountID; len(id) != 16 {
				t.Errorf("bob has the ID %s", id)
			}
			s.hasEvent("StorePutBack")
		})
	}
}
