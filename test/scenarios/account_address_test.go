package scenarios

import (
	"context"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/await"
)

func TestAddress_HeldInAnotherNamespace_HolderIsNotNamed(t *testing.T) {
	s := withAlice(t)
	other := s.elsewhere()
	second := account("mallory", "ALICE@example.com")
	other.create(second)

	message := other.becomes(second, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)
	if strings.Contains(message, "alice") || strings.Contains(message, s.ns) {
		t.Errorf("another tenant is shown whose the address is: %s", message)
	}
	if s.count(`SELECT count(*) FROM accounts`) != 1 {
		t.Error("there is a second account")
	}

	s.delete(account2(s, "alice"))
	other.becomesWithin(atOnce, second, metav1.ConditionTrue, v1alpha1.ReasonSynced)
}

func TestAddress_ChangedToOneInUse_LeavesTheAccountAsItIs(t *testing.T) {
	s := withAlice(t)
	bob := account("bob", "bob@example.com")
	s.create(bob)
	s.becomesReady(bob)

	change(s, bob, func(a *v1alpha1.Account) { a.Spec.Email, a.Spec.Username = email, ptr[v1alpha1.Line]("bobby") })

	s.becomes(bob, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)
	if s.count(`SELECT count(*) FROM accounts WHERE email = 'bob@example.com' AND username = ''`) != 1 || bob.Status.Email != "bob@example.com" {
		t.Error("the account was written in part")
	}
}

func TestAddresses_ExchangedInARing_TheMessageIsTheWayOut(t *testing.T) {
	s := newScenario(t)

	// Given three accounts, each of which asks for the address of the next
	addresses := []string{"ring-a@example.com", "ring-b@example.com", "ring-c@example.com"}
	ring := make([]*v1alpha1.Account, len(addresses))
	for n, address := range addresses {
		ring[n] = account("ring-"+string(rune('a'+n)), address)
		s.create(ring[n])
	}
	for _, a := range ring {
		s.becomesReady(a)
	}
	for n, a := range ring {
		change(s, a, func(a *v1alpha1.Account) { a.Spec.Email = addresses[(n+1)%len(addresses)] })
	}

	// Then the last one to be reconciled says how to get out of it
	s.eventually(soon, func() string {
		for _, a := range ring {
			if message := s.becomes(a, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse); strings.Contains(message, "give one of them an unused address") {
				return ""
			}
		}
		return "no message names the way out"
	})

	// And it is one: with an address in between, all get what they ask for
	change(s, ring[0], func(a *v1alpha1.Account) { a.Spec.Email = "between@example.com" })
	for _, a := range ring[1:] {
		s.becomesReady(a)
	}
	change(s, ring[0], func(a *v1alpha1.Account) { a.Spec.Email = addresses[1] })
	s.becomesReady(ring[0])
}

func TestAddress_Confirmed_IsShownWithinASecond(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	asked := s.mailed()[store.MailVerifyAddress]
	if asked.To != email {
		t.Fatalf("the mail goes to %q", asked.To)
	}

	_, err := s.portal().ConfirmAddress(t.Context(), asked.Token)
	s.must(err)
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionTrue, v1alpha1.ReasonConfirmed)
	if alice.Status.EmailVerifiedTime == nil {
		t.Error("status does not show when")
	}

	x := action("again", "alice", v1alpha1.ActionResendVerificationEmail)
	s.create(x)
	s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonAlreadyVerified)
	if len(s.mailed()) != 0 {
		t.Error("a verified account is asked to confirm")
	}
}

// withHolder is an account whose holder confirmed the address and chose a password.
func withHolder(t *testing.T) (*scenario, *v1alpha1.Account) {
	t.Helper()
	s := withAlice(t)
	next, err := s.portal().ConfirmAddress(t.Context(), s.mailed()[store.MailVerifyAddress].Token)
	s.must(err)
	s.must(s.portal().ChoosePassword(t.Context(), next, store.NewSecret([]byte("hash"))))
	return s, account2(s, "alice")
}

func TestAnAddress_ChangedUnderAPassword_GetsNoLinkUntilAnAdministratorConfirmsIt(t *testing.T) {
	const mistyped = "alcie@example.com"
	// Given an account whose holder has a password, when its address is changed, then only the former one gets a mail.
	s, alice := withHolder(t)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = mistyped })
	s.becomesReady(alice)
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonAddressNotConfirmed)
	if alice.Status.EmailVerifiedTime != nil || alice.Status.Email != mistyped {
		t.Errorf("status has another address, or the time of the former one: %+v", alice.Status)
	}
	notice := s.mailed()[store.MailAddressChanged]
	if notice.To != email || notice.NewAddress != mistyped {
		t.Errorf("the notice goes to %q and shows %q", notice.To, notice.NewAddress)
	}

	// When a link is asked for, on a page or by an action, then there is none.
	for _, purpose := range []store.LinkPurpose{store.LinkVerifyAddress, store.LinkChoosePassword} {
		s.must(s.portal().RequestLink(t.Context(), purpose, mistyped))
	}
	for name, what := range map[string]v1alpha1.ActionType{
		"resend": v1alpha1.ActionResendVerificationEmail, "reset": v1alpha1.ActionSendPasswordReset,
	} {
		x := action(name, "alice", what)
		s.create(x)
		s.ends(x, v1alpha1.ConditionFailed, v1alpha1.ReasonAddressNotConfirmed)
	}
	if mails := s.mailed(); len(mails) != 0 {
		t.Errorf("a foreigner may get %v", mails)
	}

	// When an administrator confirms the former address, then nothing is; with the present one, resets go there.
	for address, reason := range map[string]v1alpha1.Reason{email: v1alpha1.ReasonAddressDiffers, mistyped: v1alpha1.ReasonCompleted} {
		x := action("confirm-"+strings.ToLower(string(reason)), "alice", v1alpha1.ActionConfirmAddress)
		x.Spec.Email = address
		s.create(x)
		s.ends(x, map[bool]string{true: v1alpha1.ConditionComplete, false: v1alpha1.ConditionFailed}[reason == v1alpha1.ReasonCompleted], reason)
	}
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionTrue, v1alpha1.ReasonConfirmed)
	s.must(s.portal().RequestLink(t.Context(), store.LinkChoosePassword, mistyped))
	if got := s.mailed()[store.MailResetPassword]; got.To != mistyped {
		t.Errorf("the reset goes to %q", got.To)
	}
}

func TestAnAddress_MistypedBeforeTheFirstPassword_IsCorrectedAndLeadsToIt(t *testing.T) {
	// Given a new account, when its address is corrected, then the former link is dead and the next one leads to a password.
	s := withAlice(t)
	alice, mistyped := account2(s, "alice"), s.mailed()[store.MailVerifyAddress].Token
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = "alice@right.example.com" })
	s.becomesReady(alice)

	if _, err := s.portal().ConfirmAddress(t.Context(), mistyped); err == nil {
		t.Error("the mistyped address confirms the right one")
	}
	next, err := s.portal().ConfirmAddress(t.Context(), s.mailed()[store.MailVerifyAddress].Token)
	s.must(err)
	s.must(s.portal().ChoosePassword(t.Context(), next, store.NewSecret([]byte("hash"))))
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionTrue, v1alpha1.ReasonConfirmed)
}

func TestAReset_AskedForBeforeTheAddressIsConfirmed_MailsTheConfirmation(t *testing.T) {
	s := withAlice(t)
	s.mailed()
	x := action("reset", "alice", v1alpha1.ActionSendPasswordReset)
	s.create(x)
	s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonConfirmationMailed)
	if mails := s.mailed(); len(mails) != 1 || mails[store.MailVerifyAddress].To != email {
		t.Errorf("got %v", mails)
	}
}

func TestMail_EachOutcome_StatusShowsIt(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonMailNotConfigured)

	// Given a manager that can send, and a mail server that does not answer, then that is shown, and since when the mail waits.
	steps := make(chan func(store.Outbox, string))
	s.restartTuned(sending(func(ctx context.Context, outbox store.Outbox) {
		for {
			select {
			case step := <-steps:
				mails, _, err := outbox.TakeMails(ctx, true, 100, time.Minute)
				for _, m := range mails {
					step(outbox, m.ID)
				}
				if err != nil {
					t.Error(err)
				}
			case <-ctx.Done():
				return
			}
		}
	}))
	s.eventually(soon, func() string {
		s.becomesReady(alice)
		return s.lacks(alice, v1alpha1.ConditionEmailVerified, v1alpha1.ReasonMailWaiting)
	})
	steps <- func(outbox store.Outbox, id string) {
		s.must(outbox.MailFailed(t.Context(), id, "the mail server does not answer", time.Now()))
	}
	s.eventually(soon, func() string {
		s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonMailWaiting)
		said := meta.FindStatusCondition(alice.Status.Conditions, v1alpha1.ConditionEmailVerified).Message
		if !strings.Contains(said, "waits since 20") || !strings.Contains(said, ": the mail server does not answer; it is tried again") {
			return said
		}
		return ""
	})

	// When the server refuses the mail for good, then that is shown, until a new one has gone out.
	steps <- func(outbox store.Outbox, id string) {
		s.must(outbox.MailFailed(t.Context(), id, "the mail server refused the recipient (550)", time.Time{}))
	}
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonMailUndelivered)
	x := action("again", "alice", v1alpha1.ActionResendVerificationEmail)
	s.create(x)
	s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonMailWaiting)
	steps <- func(outbox store.Outbox, id string) { s.must(outbox.MailSent(t.Context(), id)) }
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonAwaitingConfirmation)
}

// sending has the manager deliver mails so.
func sending(deliver func(context.Context, store.Outbox)) func(*controller.Options) {
	return func(o *controller.Options) { o.Sender, o.SendsLinks = sender(deliver), true }
}

type sender func(context.Context, store.Outbox)

func (f sender) Run(ctx context.Context, outbox store.Outbox) error {
	f(ctx, outbox)
	<-ctx.Done()
	return nil
}

func (sender) Wake() {}

func TestMail_NoticeUndeliverable_KeepsTheNewAddressSecret(t *testing.T) {
	s := withAlice(t)
	s.restartTuned(sending(func(context.Context, store.Outbox) {}))
	alice := account2(s, "alice")
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = "alice@new.example.com" })
	s.becomesReady(alice)
	s.foreign(`UPDATE mails SET state = 'Sent' WHERE kind = 'VerifyAddress' AND state = 'Waiting'`)

	s.foreign(`UPDATE mails SET state = 'Dead' WHERE kind = 'AddressChanged'`)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Username = ptr[v1alpha1.Line]("alice") })
	s.becomesReady(alice)

	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonAwaitingConfirmation)
}

// Two managers, and the first frozen between the store's commit and its write of status.
func TestMail_AccountMadeByTwoManagers_IsSentOnce(t *testing.T) {
	committed, thaw := make(chan struct{}), make(chan struct{})
	frozen := false
	s := newScenarioOn(t, func(call string, when storetest.Moment) error {
		if call == "PutAccount" && when == storetest.After && !frozen {
			frozen = true
			close(committed)
			await.Value(t, thaw)
		}
		return nil
	})
	alice := account("alice", email)
	s.create(alice)
	await.Value(t, committed)

	other := s.startBeside(func(o *scenario) { o.hook = nothingFails })
	other.becomesReady(alice)
	id := alice.Status.AccountID
	close(thaw)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Username = ptr[v1alpha1.Line]("alice") })
	other.becomesReady(alice)

	accounts, mails := s.count(`SELECT count(*) FROM accounts`), s.count(`SELECT count(*) FROM mails`)
	if alice.Status.AccountID != id || accounts != 1 || mails != 1 {
		t.Errorf("%d accounts, %d mails for one, with the ID %s after %s", accounts, mails, alice.Status.AccountID, id)
	}
}
