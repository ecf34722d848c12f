package scenarios

import (
	"net/url"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/store"
)

func TestNotification_UnknownType_IsRefusedWithTheKnownOnes(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	notify := func(events ...v1alpha1.EventNotification) {
		change(s, alice, func(a *v1alpha1.Account) { a.Spec.Notifications.Events = events })
	}
	notify(v1alpha1.EventNotification{Type: "outbid", Email: "Enabled"})
	s.becomesReady(alice)

	notify(v1alpha1.EventNotification{Type: "outbid", Email: "Disabled"},
		v1alpha1.EventNotification{Type: "paper_mail", Email: "Enabled"}, v1alpha1.EventNotification{Type: "fax", Email: "Enabled"})
	message := s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonInvalid)
	for _, shown := range []string{"fax is not one", "low_credit", "maintenance_window_confirmed"} {
		if !strings.Contains(message, shown) {
			t.Errorf("%q is not shown: %s", shown, message)
		}
	}
	if !s.has(alice, v1alpha1.ConditionStalled) {
		t.Error("not Stalled, though a user has to act")
	}

	notify(v1alpha1.EventNotification{Type: "payment_failure", Email: "Disabled"})
	s.eventually(soon, func() string {
		message := s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonInvalid)
		if !strings.Contains(message, "payment_failure cannot be disabled") {
			return "the mandatory type is not named: " + message
		}
		return ""
	})
	if s.count(`SELECT count(*) FROM notification_prefs WHERE type = 'outbid' AND email = 'Enabled'`) != 1 ||
		s.count(`SELECT count(*) FROM notification_prefs`) != 1 {
		t.Error("the store was written")
	}
}

func TestNotification_EachType_IsEnforcedOrTheHolders(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	change(s, alice, func(a *v1alpha1.Account) {
		a.Spec.Notifications.Events = []v1alpha1.EventNotification{{Type: "outbid", Email: "Enabled"}}
	})
	s.becomesReady(alice)
	choose := `INSERT INTO notification_prefs (account_id, type, email) SELECT id, ?, 'Disabled' FROM accounts WHERE true
		ON CONFLICT (account_id, type) DO UPDATE SET email = excluded.email`
	is := func(kind, email string) {
		t.Helper()
		s.eventually(atOnce, func() string {
			if s.count(`SELECT count(*) FROM notification_prefs WHERE type = ? AND email = ?`, kind, email) != 1 {
				return kind + " is not " + email
			}
			s.becomesReady(alice)
			for _, e := range alice.Status.Settings.Events {
				if e.Type == kind && string(e.Email) == email {
					return ""
				}
			}
			return "status does not show " + kind
		})
	}

	s.foreign(choose, "outbid")
	s.foreign(choose, "gpu_idle")
	is("outbid", "Enabled")
	is("gpu_idle", "Disabled")

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Notifications.Events = nil })
	s.becomesReady(alice)
	is("outbid", "Enabled")
	s.foreign(choose, "outbid")
	is("outbid", "Disabled")
}

func TestTwoFactor_PolicyOfTheSpec_IsNeverTheHolders(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Security.TwoFactor = v1alpha1.TwoFactorRequired })
	s.becomesReady(alice)
	s.hasConditionWithin(alice, v1alpha1.ConditionTwoFactorEnabled, metav1.ConditionFalse, v1alpha1.ReasonEnrolmentRequired)

	s.foreign(`UPDATE accounts SET two_factor_policy = 'Optional'`)
	s.eventually(atOnce, func() string {
		if s.count(`SELECT count(*) FROM accounts WHERE two_factor_policy = 'Required'`) == 1 {
			return ""
		}
		return "the policy was not put back"
	})

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Security.TwoFactor = "" })
	s.becomesReady(alice)
	s.hasConditionWithin(alice, v1alpha1.ConditionTwoFactorEnabled, metav1.ConditionFalse, v1alpha1.ReasonNotEnrolled)
}

func TestTwoFactor_EnrolledThenReset_StatusShowsBoth(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.becomesReady(alice)

	s.must(s.portal().EnrolTOTP(t.Context(), alice.Status.AccountID, "", store.NewSecret([]byte(canary)), 0))
	s.must(s.portal().EnrolBackupCodes(t.Context(), alice.Status.AccountID, [][]byte{{1}, {2}}))
	s.hasConditionWithin(alice, v1alpha1.ConditionTwoFactorEnabled, metav1.ConditionTrue, v1alpha1.ReasonEnrolled)
	s.eventually(atOnce, func() string {
		s.becomesReady(alice)
		if f := alice.Status.TwoFactor; f.State != "Enabled" || strings.Join(f.Methods, " ") != "BackupCode TOTP" || *f.BackupCodesRemaining != 2 {
			return "status.twoFactor does not show the methods"
		}
		return ""
	})

	x := action("reset", "alice", v1alpha1.ActionResetTwoFactor)
	s.create(x)
	s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)
	s.hasConditionWithin(alice, v1alpha1.ConditionTwoFactorEnabled, metav1.ConditionFalse, v1alpha1.ReasonNotEnrolled)
	if n := s.count(`SELECT (SELECT count(*) FROM factors) + (SELECT count(*) FROM backup_codes)`); n != 0 {
		t.Errorf("%d factors and codes are left", n)
	}
	if m := s.mailed()[store.MailFactorReset]; m.To != email {
		t.Errorf("the notice goes to %q", m.To)
	}
}

func TestReferral_CodeUsed_IsCountedAtOnce(t *testing.T) {
	s := withAlice(t)
	link, err := url.Parse("https://console.example.com/join?from=mail")
	s.must(err)
	s.restartTuned(func(o *controller.Options) { o.ReferralURL = link })
	alice := account2(s, "alice")
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Username = ptr[v1alpha1.Line]("alice") })
	s.becomesReady(alice)
	code := alice.Status.Referral.Code
	if got := alice.Status.Referral.Link; got != "https://console.example.com/join?from=mail&ref_id="+code {
		t.Errorf("the link is %s", got)
	}

	bob := account("bob", "bob@example.com")
	bob.Spec.ReferredBy = code
	s.create(bob)
	s.becomesReady(bob)

	s.eventually(atOnce, func() string {
		s.becomesReady(alice)
		if *alice.Status.Referral.Referrals != 1 {
			return "the referral is not counted"
		}
		return ""
	})
}

func TestReferral_UnknownCode_MakesNoAccount(t *testing.T) {
	s := withAlice(t)
	bob := account("bob", "bob@example.com")
	bob.Spec.ReferredBy = "nobody"
	s.create(bob)

	message := s.becomes(bob, metav1.ConditionFalse, v1alpha1.ReasonInvalid)
	if !strings.Contains(message, "referredBy") || s.live("bob@example.com") != 0 {
		t.Errorf("an account was made, or the field is not named: %s", message)
	}
	s.delete(bob)
	s.isGone(bob)
}

func TestReferral_OwnCode_IsRefused(t *testing.T) {
	s := withAlice(t)
	s.vouch()
	s.foreign(`INSERT INTO accounts (email, referral_code) VALUES ('bob@example.com', 'bobscode')`)
	bob := account("bob", "bob@example.com")
	bob.Spec.ReferredBy, bob.Spec.Adoption, bob.Spec.DeletionPolicy = "bobscode", v1alpha1.AdoptIfUnclaimed, v1alpha1.DeletionDelete
	s.create(bob)
	s.becomesReady(bob)

	if s.count(`SELECT count(*) FROM accounts WHERE referred_by IS NOT NULL`) != 0 || *bob.Status.Referral.Referrals != 0 {
		t.Error("the account counts as its own referral")
	}
}
