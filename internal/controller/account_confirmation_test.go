package controller

import (
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// What the condition EmailVerified says is what is so: a mail that has not gone out is never one that the holder has to follow.
func TestEmailVerified_EachStateOfTheMail_SaysWhatIsSo(t *testing.T) {
	asked := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	waits := store.Confirmation{State: store.MailWaiting, Since: asked}
	for name, c := range map[string]struct {
		mail              store.Confirmation
		cannotSend, shown bool // this manager sends no mails; the account is only observed
		want              v1alpha1.Reason
		says              []string
	}{
		"just asked for":           {mail: waits, want: v1alpha1.ReasonMailWaiting, says: []string{"since 2026-11-28T10:00:00Z", "goes out in a moment"}},
		"no mail server is named":  {mail: waits, cannotSend: true, want: v1alpha1.ReasonMailNotConfigured, says: []string{"since 2026-11-28T10:00:00Z", "--smtp-url-file"}},
		"the server does not work": {mail: with(waits, func(c *store.Confirmation) { c.Reason = "the mail server does not answer" }), want: v1alpha1.ReasonMailWaiting, says: []string{"since 2026-11-28T10:00:00Z: the mail server does not answer", "tried again"}},
		"too many within the hour": {mail: with(waits, func(c *store.Confirmation) { c.Held = asked.Add(time.Hour) }), want: v1alpha1.ReasonMailHeld, says: []string{"--mail-rate", "after 2026-11-28T11:00:00Z"}},
		"it went out":              {mail: store.Confirmation{State: store.MailSent, Since: asked, Sent: asked.Add(time.Minute)}, want: v1alpha1.ReasonAwaitingConfirmation, says: []string{"went out at 2026-11-28T10:01:00Z", "follow its link"}},
		"another program sent it":  {mail: store.Confirmation{State: store.MailSent, Since: asked}, want: v1alpha1.ReasonAwaitingConfirmation, says: []string{"a mail went out; "}},
		"it was refused":           {mail: store.Confirmation{State: store.MailDead, Since: asked, Reason: "the mail server refused the recipient (550)"}, want: v1alpha1.ReasonMailUndelivered, says: []string{"given up: the mail server refused the recipient (550)", "ResendVerificationEmail"}},
		"none, as of an adopted":   {want: v1alpha1.ReasonNotAsked, says: []string{"no mail", "ResendVerificationEmail sends one"}},
		"none, of an observed":     {shown: true, want: v1alpha1.ReasonNotAsked, says: []string{"no mail", "only observed"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := accountView{mails: !c.cannotSend}.verified(store.Account{Confirmation: c.mail}, c.shown)
			if got.ready || got.reason != c.want {
				t.Errorf("got %s, want %s", got.reason, c.want)
			}
			for _, phrase := range c.says {
				if !strings.Contains(got.message, phrase) {
					t.Errorf("%q does not say %q", got.message, phrase)
				}
			}
			if c.mail.State != store.MailSent && strings.Contains(got.message, "follow") {
				t.Errorf("no mail went out, and the holder is to follow a link: %s", got.message)
			}
		})
	}
}

func with(c store.Confirmation, change func(*store.Confirmation)) store.Confirmation {
	change(&c)
	return c
}

// An action says what was done, and not that a mail has gone out, which nobody knows yet.
func TestActionCompleted_EachType_SaysNoMoreThanWasDone(t *testing.T) {
	for what, phrase := range map[v1alpha1.ActionType]string{
		v1alpha1.ActionResendVerificationEmail: "EmailVerified tells whether it has gone out",
		v1alpha1.ActionSendPasswordReset:       "goes out when the mail server takes it",
		v1alpha1.ActionResetTwoFactor:          "second factor was removed",
	} {
		if got := (accountView{mails: true}).judgeAction(what, store.ActionResult{}, nil); !got.ready || !strings.Contains(got.message, phrase) {
			t.Errorf("%s: %q", what, got.message)
		}
		got := accountView{}.judgeAction(what, store.ActionResult{}, nil)
		if link := what != v1alpha1.ActionResetTwoFactor; link != strings.Contains(got.message, "--smtp-url-file") {
			t.Errorf("%s where no mails go out: %q", what, got.message)
		}
	}
}
