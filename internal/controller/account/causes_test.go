package account

import (
	"testing"

	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/causes"
)

// askedAt is when the mail that asks to confirm an address was put into the outbox.
var askedAt = time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	own := store.Claim{Cluster: "c", Kind: store.KindAccount, Namespace: "team", Name: "alice", UID: "1"}
	bob, stranger := own, own
	bob.Name, bob.UID = "bob", "2"
	stranger.Namespace, stranger.UID = "others", "3"
	heir := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Name: "alice"}}
	heir.Spec.Deletion.TransferTeamsTo = &v1alpha1.AccountReference{Name: "alice"}
	vms := []store.Blocker{{Kind: "Instance", Count: 1, IDs: []string{"i-1"}}}
	fleet := []store.Blocker{{Kind: "Machine", Count: 3, IDs: []string{"m-1", "m-2"}, InTeams: 1}, vms[0]}
	waits := func(change func(*store.Confirmation)) store.Account {
		c := store.Confirmation{State: store.MailWaiting, Since: askedAt}
		change(&c)
		return store.Account{Confirmation: c}
	}
	unproved := func(a store.Account) store.Account {
		a.AddressNotProved = true
		return a
	}
	no := func(*store.Confirmation) {}
	failed := func(c *store.Confirmation) { c.Reason = "the mail server does not answer" }
	held := func(c *store.Confirmation) { c.Held = askedAt.Add(time.Hour) }
	sent := func(c *store.Confirmation) { c.State, c.Sent = store.MailSent, askedAt.Add(time.Minute) }
	ended := func(c *store.Confirmation) { c.State = store.MailSent }
	dead := func(c *store.Confirmation) {
		c.State, c.Reason = store.MailDead, "the mail server refused the recipient (550)"
	}
	v, mute := View{Mails: true}, View{}
	causes.Check(t, []causes.Cause{
		causes.Of("an Account of the namespace has the address", outcome.Judge(whoseIsIt(own, &store.ConflictError{Holder: bob})), v1alpha1.ReasonEmailInUse, `the address is held by the Account "bob" of this namespace; change one of the two`),
		causes.Of("and asks for another one itself", outcome.Judge(exchanged(bob)), v1alpha1.ReasonEmailInUse, `the address is held by the Account "bob" of this namespace, which asks for another one and does not have it yet; where Accounts exchange their addresses, give one of them an unused address until the others are Ready, and then the one that it is to have`),
		causes.Of("an Account elsewhere has the address", outcome.Judge(whoseIsIt(own, &store.ConflictError{Holder: stranger})), v1alpha1.ReasonEmailInUse, `the address is held by an Account outside this namespace; use another address`),
		causes.Of("the holder has another address", outcome.Judge(addressKept(&store.AddressKeptError{})), v1alpha1.ReasonEmailChangedByHolder, `the account holder changed the address, which spec.email would take the place of: write the one of status.email into spec.email, or set spec.security.emailChange to Holder; to overwrite it, name the one that is to go by the annotation account-operator.io/replace-email`),
		causes.Of("an account that nobody manages has the address", outcome.Judge(whoseIsIt(own, &store.ConflictError{})), v1alpha1.ReasonAccountExists, `the store has an account of this address or name that this object does not manage; use another address, take it over with spec.adoption (in a namespace labelled account-operator.io/allow-adoption=true), or have the store's administrator remove or rename that account`),
		causes.Of("the namespace may not adopt", outcome.Judge(adoptionNotAllowed("team")), v1alpha1.ReasonAdoptionNotAllowed, `this needs an account that this object did not create, and the namespace "team" may not take such over; have a cluster administrator label it account-operator.io/allow-adoption=true, or leave adoption and managementPolicy out`),
		causes.Of("several that could be restored", outcome.Judge(undecided(v1alpha1.ReasonRestoreAmbiguous)), v1alpha1.ReasonRestoreAmbiguous, `several deleted accounts of this address can be restored; name one of status.restoreCandidates in spec.restoreAccountID, or leave spec.adoption out for a new account`),
		causes.Of("none of the ID that could be restored", outcome.Judge(undecided(v1alpha1.ReasonRestoreNotFound)), v1alpha1.ReasonRestoreNotFound, `no deleted account of this address with the ID in spec.restoreAccountID can be restored; name one of status.restoreCandidates, or leave spec.restoreAccountID out`),
		causes.Of("none to observe", outcome.Judge(nothingToObserve()), v1alpha1.ReasonNothingToObserve, `the store has no account of this address; create it there, or set spec.managementPolicy to Manage`),
		causes.Of("it is its own heir", outcome.Judge(checkHeir(heir)), v1alpha1.ReasonInvalid, `spec.deletion.transferTeamsTo names this object itself; name another Account`),
		causes.Of("no heir for its teams", outcome.Judge(noHeir(heir)), v1alpha1.ReasonTransferTargetNotReady, `the teams of this account are to go to the Account "alice", which does not exist, is not Ready or is on its way out; mend it, name another one in spec.deletion.transferTeamsTo, or set spec.deletion.teams to Delete`),
		causes.Of("an instance runs in it", outcome.Judge(outcome.StalledBy(v1alpha1.ReasonDeletionBlocked, "%s", blockedMessage(vms))), v1alpha1.ReasonDeletionBlocked, `the account still has 1 instance (i-1); remove what is listed where it runs and the deletion goes on by itself, or set spec.deletionPolicy to Retain to keep the account`),
		causes.Of("machines run in it and in its teams", outcome.Judge(outcome.StalledBy(v1alpha1.ReasonDeletionBlocked, "%s", blockedMessage(fleet))), v1alpha1.ReasonDeletionBlocked, `the account still has 3 machines (m-1, m-2, ...; 1 in teams that it owns), 1 instance (i-1); remove what is listed where it runs and the deletion goes on by itself, or set spec.deletionPolicy to Retain to keep the account, or spec.deletion.teams to Transfer to give the teams away`),
		causes.Of("it has a second factor", enrolment(store.Account{Factors: store.FactorState{Methods: []store.FactorMethod{"TOTP"}}}), v1alpha1.ReasonEnrolled, `the account has a second factor`),
		causes.Of("it has none, and needs none", enrolment(store.Account{TwoFactor: "Optional"}), v1alpha1.ReasonNotEnrolled, `a second factor is optional, and the account has none`),
		causes.Of("it has none, and needs one", enrolment(store.Account{TwoFactor: "Required"}), v1alpha1.ReasonEnrolmentRequired, `a second factor is required; the account holder has to set one up`),
		causes.Of("access is suspended", accessSuspended(store.Account{SuspendedAccess: askedAt}), v1alpha1.ReasonAccessSuspended, `since 2026-11-28T10:00:00Z nobody can sign in, and no link is mailed; what the account holds is written and read as before`),
		causes.Of("the holder asks for the deletion", deletionRequested(store.Account{DeletionRequested: askedAt}), v1alpha1.ReasonHolderAsked, `the account holder asked at 2026-11-28T10:00:00Z for the account to be deleted, which is up to you: delete this Account, or leave it; the holder may take that back until then`),
		causes.Of("access is suspended, and the address not confirmed", v.verified(store.Account{SuspendedAccess: askedAt, AddressNotProved: true}, false), v1alpha1.ReasonNotAsked, `access is suspended, so no mail asks for it`),
		causes.Of("the holder confirmed the address", v.verified(store.Account{EmailVerified: askedAt}, false), v1alpha1.ReasonConfirmed, `the address is confirmed`),
		causes.Of("the address was changed", v.verified(store.Account{AddressNotProved: true}, false), v1alpha1.ReasonAddressNotConfirmed, `the address was changed, and nobody has proved the new one; until then no password reset is mailed there; once the account holder has shown who they are, create an AccountAction of type ConfirmAddress`),
		causes.Of("and the holder was asked to confirm it", v.verified(unproved(waits(sent)), false), v1alpha1.ReasonAwaitingConfirmation, `the address was changed, and a mail went out at 2026-11-28T10:01:00Z; the account holder has to sign in and follow its link within 24 hours, and no password reset goes there before; an AccountAction of type ResendVerificationEmail sends a new one`),
		causes.Of("the mail was just asked for", v.verified(waits(no), false), v1alpha1.ReasonMailWaiting, `the mail that asks for it waits since 2026-11-28T10:00:00Z; it goes out in a moment`),
		causes.Of("no mail server is named", mute.verified(waits(no), false), v1alpha1.ReasonMailNotConfigured, `the mail that asks for it waits since 2026-11-28T10:00:00Z: start the manager with --smtp-url-file, --mail-from and --portal-url`),
		causes.Of("the mail server does not work", v.verified(waits(failed), false), v1alpha1.ReasonMailWaiting, `the mail that asks for it waits since 2026-11-28T10:00:00Z: the mail server does not answer; it is tried again by itself`),
		causes.Of("too many mails within the hour", v.verified(waits(held), false), v1alpha1.ReasonMailHeld, `the mail that asks for it waits since 2026-11-28T10:00:00Z: the address got as many within an hour as --mail-rate allows; it goes out after 2026-11-28T11:00:00Z by itself`),
		causes.Of("the mail went out", v.verified(waits(sent), false), v1alpha1.ReasonAwaitingConfirmation, `a mail went out at 2026-11-28T10:01:00Z; the account holder has to follow its link within 24 hours; an AccountAction of type ResendVerificationEmail sends a new one`),
		causes.Of("another program sent the mail", v.verified(waits(ended), false), v1alpha1.ReasonAwaitingConfirmation, `a mail went out; the account holder has to follow its link within 24 hours; an AccountAction of type ResendVerificationEmail sends a new one`),
		causes.Of("the mail was refused", v.verified(waits(dead), false), v1alpha1.ReasonMailUndelivered, `the mail that asks for it was given up: the mail server refused the recipient (550); correct the address or mend the mail server, then create an AccountAction of type ResendVerificationEmail`),
		causes.Of("the address of an observed account was changed", v.verified(store.Account{AddressNotProved: true}, true), v1alpha1.ReasonAddressNotConfirmed, `the address was changed, and nobody has proved the new one; until then no password reset is mailed there; this account is only observed, so that is up to whoever manages it`),
		causes.Of("the mail for an observed account went out", v.verified(waits(sent), true), v1alpha1.ReasonAwaitingConfirmation, `a mail went out at 2026-11-28T10:01:00Z; the account holder has to follow its link within 24 hours`),
		causes.Of("the mail for an observed account was refused", v.verified(waits(dead), true), v1alpha1.ReasonMailUndelivered, `the mail that asks for it was given up: the mail server refused the recipient (550); correct the address or mend the mail server`),
		causes.Of("no mail, as of an adopted account", v.verified(store.Account{}, false), v1alpha1.ReasonNotAsked, `no mail that asks for it is on record; an AccountAction of type ResendVerificationEmail sends one`),
		causes.Of("no mail, of an observed account", v.verified(store.Account{}, true), v1alpha1.ReasonNotAsked, `no mail that asks for it is on record; the account is only observed, so none is sent`),
	})
}
