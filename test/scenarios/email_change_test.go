package scenarios

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

const hers = "alice@hers.example.com"

// handOver leaves the address to the account's holder, who then changes it.
func (s *scenario) handOver(a *v1alpha1.Account) {
	s.Helper()
	change(s, a, func(a *v1alpha1.Account) { a.Spec.Security.EmailChange = v1alpha1.EmailByHolder })
	s.becomesReady(a)
	s.moves(a, hers)
}

// moves has the holder ask for another address and confirm it, and waits until status shows it.
func (s *scenario) moves(a *v1alpha1.Account, address string) {
	s.Helper()
	h := s.portal().Holder(a.Status.AccountID)
	s.must(h.AskForAddress(s.Context(), address))
	s.must(h.ProveAddress(s.Context(), s.mailed()[store.MailProveAddress].Token))
	s.hasAddress(a, address)
}

// hasAddress waits until status shows the address of an account that is in sync.
func (s *scenario) hasAddress(a *v1alpha1.Account, address string) {
	s.Helper()
	s.eventually(soon, func() string {
		s.becomesReady(a)
		if a.Status.Email != address || s.live(address) != 1 {
			return "status has " + a.Status.Email
		}
		return ""
	})
}

// Given an account whose address is its holder's to change, when he does, then status shows it and the operator does not put it back, also
// where the spec is written again.
func TestEmailChange_ByTheHolder_IsShownAndStays(t *testing.T) {
	s, alice := withHolder(t)
	s.handOver(alice)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Username = ptr[v1alpha1.Line]("alice") })
	s.hasAddress(alice, hers)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = "another@example.com" })
	s.hasAddress(alice, hers)
	if alice.Status.Settings.EmailChange != v1alpha1.EmailByHolder || len(alice.Status.Drifted) != 0 {
		t.Errorf("status has %+v, drifted %v", alice.Status.Settings, alice.Status.Drifted)
	}
}

// Given an address that the team changed under a password, when its holder asks for a link, then status shows that it was mailed; signed in, the
// link confirms the address, and password resets go there from then on.
func TestEmailChange_ByTheTeam_IsConfirmedByTheHolderSignedIn(t *testing.T) {
	s, alice := withHolder(t)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = hers })
	s.becomesReady(alice)
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonAddressNotConfirmed)

	h := s.portal().Holder(alice.Status.AccountID)
	s.must(h.AskAgain(t.Context()))
	mail := s.mailed()[store.MailProveAddress]
	s.must(s.sender.MailSent(t.Context(), mail.ID))
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonAwaitingConfirmation)
	x := action("reset", "alice", v1alpha1.ActionSendPasswordReset)
	s.create(x)
	s.ends(x, v1alpha1.ConditionFailed, v1alpha1.ReasonAddressNotConfirmed)

	s.must(h.ProveAddress(t.Context(), mail.Token))
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionTrue, v1alpha1.ReasonConfirmed)
	s.must(s.portal().RequestLink(t.Context(), store.LinkChoosePassword, hers))
	if got := s.mailed()[store.MailResetPassword]; got.To != hers {
		t.Errorf("the reset goes to %q", got.To)
	}
}

// Given an address that its holder changed, when a rollback takes the field out of the spec, then nothing is written until a user decides:
// the address of the account in the spec, the field again, or the annotation, which counts for the address that it names.
func TestEmailChange_TakenBack_IsStalledUntilAUserDecides(t *testing.T) {
	s, alice := withHolder(t)
	s.handOver(alice)
	takeBack := func() {
		t.Helper()
		change(s, alice, func(a *v1alpha1.Account) {
			a.Spec.Security, a.Spec.Username = v1alpha1.Security{}, ptr[v1alpha1.Line]("rolled back")
		})
		message := s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonEmailChangedByHolder)
		if !strings.Contains(message, v1alpha1.ReplaceEmailAnnotation) || strings.Contains(message, hers) {
			t.Errorf("the message shows no way out, or the address: %s", message)
		}
		if s.live(hers) != 1 || s.count(`SELECT count(*) FROM accounts WHERE username = 'rolled back'`) != 0 {
			t.Error("the account was written in part")
		}
	}
	takeBack()
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Security.EmailChange = v1alpha1.EmailByHolder; a.Spec.Username = nil })
	s.hasAddress(alice, hers)

	takeBack()
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = strings.ToUpper(hers[:1]) + hers[1:]; a.Spec.Username = nil })
	s.becomesReady(alice)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = hers })
	s.hasAddress(alice, hers)

	const later = "alice@later.example.com"
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Security.EmailChange = v1alpha1.EmailByHolder })
	s.becomesReady(alice)
	s.moves(alice, later)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Security = v1alpha1.Security{} })
	annotate := func(address string) {
		change(s, alice, func(a *v1alpha1.Account) { a.Annotations = map[string]string{v1alpha1.ReplaceEmailAnnotation: address} })
	}
	annotate(hers)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonEmailChangedByHolder)
	annotate(later)
	s.hasAddress(alice, hers)
}

// Given an account whose holder changed the address and that was retained, when the very same object is applied again, then it has its
// account; and so it has where the cluster was restored, and what it deleted, although another account has the former address by then.
func TestEmailChange_ObjectAppliedAgain_FindsItsAccountByWhatItNamed(t *testing.T) {
	s, alice := withHolder(t)
	s.handOver(alice)
	id := alice.Status.AccountID
	again := func(edit func(*v1alpha1.Account)) {
		t.Helper()
		s.delete(alice)
		s.isGone(alice)
		alice = account("alice", email)
		alice.Spec.Security.EmailChange = v1alpha1.EmailByHolder
		edit(alice)
		s.create(alice)
		s.hasAddress(alice, hers)
		if alice.Status.AccountID != id {
			t.Errorf("it has account %s, and not %s", alice.Status.AccountID, id)
		}
	}
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.DeletionPolicy = v1alpha1.DeletionRetain })
	s.becomesReady(alice)
	again(func(*v1alpha1.Account) {})

	s.stop()
	alice.Status = v1alpha1.AccountStatus{}
	s.restored(alice)
	s.startManager()
	s.hasAddress(alice, hers)
	if alice.Status.AccountID != id {
		t.Errorf("after a restore of the cluster it has account %s, and not %s", alice.Status.AccountID, id)
	}

	bob := account("bob", email)
	s.create(bob)
	s.becomesReady(bob)
	again(func(a *v1alpha1.Account) {
		a.Spec.Adoption, a.Spec.DeletionPolicy = v1alpha1.AdoptRestore, v1alpha1.DeletionDelete
	})
}
