package account

import (
	"maps"
	"net/url"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/store"
)

// View is what a manager knows of accounts beside their rows.
type View struct {
	ReferralURL *url.URL // nil: codes are shown without a link
	Mails       bool     // mails with links go out
}

// Report writes into status what the store has.
func (v View) Report(a *v1alpha1.Account, got store.Account) {
	s := &a.Status
	s.AccountID, s.Email, s.DeletionBlockers = got.ID, got.Email, nil
	for kind, shown := range status.Counts(s) {
		*shown = knownCount(*shown, got.Held[kind])
	}
	s.Referral = &v1alpha1.ReferralStatus{Code: got.Referral.Code, Link: got.Referral.Link(v.ReferralURL), Referrals: count(got.Referral.Count)}
	s.Settings, s.Dependents = settings(&got), dependents(got.Dependents)
	s.EmailVerifiedTime = nil
	if !got.EmailVerified.IsZero() {
		// A status keeps whole seconds; with more it would differ from itself in every reconcile.
		s.EmailVerifiedTime = &metav1.Time{Time: got.EmailVerified.Truncate(1e9)}
	}
	c := status.ConditionsOf(a)
	verified := v.verified(got, a.Observes())
	c.Set(v1alpha1.ConditionEmailVerified, status.ConditionStatus(verified.Ready), verified)
	enrolled := enrolment(got)
	s.TwoFactor = twoFactor(got)
	c.SetWhile(v1alpha1.ConditionAccessSuspended, !got.SuspendedAccess.IsZero(), accessSuspended(got))
	c.SetWhile(v1alpha1.ConditionDeletionRequested, !got.DeletionRequested.IsZero(), deletionRequested(got))
	c.Set(v1alpha1.ConditionTwoFactorEnabled, status.ConditionStatus(enrolled.Ready), enrolled)
}

func count(n int) *int32 {
	c := int32(min(n, 1<<30)) //nolint:gosec // bounded by min
	return &c
}

// knownCount is how much an account has, which status shows a little later (see jobs/counts). None is left out, so that an account does not
// say that it has nothing while it gets it; one that said how much it has goes on to say so.
func knownCount(before *int32, n int) *int32 {
	if n == 0 && before == nil {
		return nil
	}
	return count(n)
}

func dependents(got []store.Dependent) []v1alpha1.Dependent {
	var shown []v1alpha1.Dependent
	for _, d := range got {
		one := v1alpha1.Dependent{Kind: d.Kind, Count: *count(d.Count)}
		if d.InTeams > 0 {
			one.InTeams = count(d.InTeams)
		}
		shown = append(shown, one)
	}
	return shown
}

func settings(got *store.Account) *v1alpha1.AccountSettings {
	s := &v1alpha1.AccountSettings{
		Username: v1alpha1.Line(got.Username), Theme: v1alpha1.Theme(got.Theme), TwoFactor: v1alpha1.TwoFactorPolicy(got.TwoFactor),
		Newsletter: v1alpha1.Subscription(got.Newsletter), InvoiceFields: invoiceFields(got),
	}
	if got.EmailChange == store.EmailByHolder {
		s.EmailChange = v1alpha1.EmailByHolder
	}
	for _, event := range slices.Sorted(maps.Keys(got.Events)) {
		s.Events = append(s.Events, v1alpha1.EventNotification{Type: event, Email: v1alpha1.MailChoice(got.Events[event])})
	}
	return s
}

func enrolment(got store.Account) outcome.Verdict {
	switch {
	case len(got.Factors.Methods) > 0:
		return outcome.Verdict{Ready: true, Reason: v1alpha1.ReasonEnrolled, Message: "the account has a second factor"}
	case got.TwoFactor == string(v1alpha1.TwoFactorRequired):
		return outcome.Verdict{Reason: v1alpha1.ReasonEnrolmentRequired, Message: "a second factor is required; the account holder has to set one up"}
	default:
		return outcome.Verdict{Reason: v1alpha1.ReasonNotEnrolled, Message: "a second factor is optional, and the account has none"}
	}
}

func twoFactor(got store.Account) *v1alpha1.TwoFactorStatus {
	s := &v1alpha1.TwoFactorStatus{State: v1alpha1.TwoFactorDisabled}
	if len(got.Factors.Methods) > 0 {
		s.State = v1alpha1.TwoFactorEnabled
		s.BackupCodesRemaining = count(got.Factors.BackupCodesRemaining)
	}
	for _, m := range got.Factors.Methods {
		s.Methods = append(s.Methods, string(m))
	}
	return s
}
