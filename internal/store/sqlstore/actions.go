package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// acting is what Act looks at, under the lock of the account's row.
type acting struct {
	action, account store.Claim
	what            store.ActionRequest
	limit           int

	id      int64 // 0: there is no live row
	address string
	proof   proof
	done    *store.ActionResult // how it ended before
	mails   []time.Time         // with links, within the hour, the newest first
}

func (l *led) Act(ctx context.Context, action, account store.Claim, what store.ActionRequest, mailLimit int) (result store.ActionResult, err error) {
	if err := checkWrite(nil, action, account); err != nil {
		return store.ActionResult{}, err
	}
	now := time.Now().UTC().Truncate(time.Millisecond) // as it will be read
	a := acting{action: action, account: account, what: what, limit: mailLimit}
	err = l.write(ctx, "performing an action", a.reads(now), func() (writes []statement, err error) {
		switch {
		case a.done != nil:
			result = *a.done
			return nil, nil
		case a.id == 0:
			return nil, store.ErrNotFound
		}
		result, writes, err = a.perform(now)
		return writes, err
	})
	if err != nil {
		return store.ActionResult{}, err
	}
	return result, nil
}

func (a *acting) reads(now time.Time) []statement {
	of := []any{a.account.Cluster, a.account.UID}
	return []statement{
		ask(func(r row) error { return r.Scan(append(a.proof.into(), &a.id, &a.address)...) },
			`SELECT `+proofOut+`, id, email_key FROM accounts WHERE `+ofClaim+` FOR UPDATE`, of...),
		ask(func(r row) error {
			a.done = &store.ActionResult{}
			return r.Scan(moment{&a.done.At}, &a.done.Refused, moment{&a.done.RetryAfter})
		}, `SELECT at, refused, retry_after FROM actions WHERE cluster = $1 AND uid = $2`, a.action.Cluster, a.action.UID),
		ask(func(r row) error {
			var at time.Time
			err := r.Scan(moment{&at})
			a.mails = append(a.mails, at)
			return err
		}, `SELECT created_at FROM mails WHERE account_id = `+liveAccount+` AND created_at > $3
				AND kind IN ('VerifyAddress', 'ResetPassword') ORDER BY created_at DESC LIMIT $4`,
			append(of, stamp(now.Add(-mailSpan)), max(a.limit, 0))...),
	}
}

// perform decides, and remembers the decision with what it causes.
func (a *acting) perform(now time.Time) (result store.ActionResult, writes []statement, err error) {
	result = store.ActionResult{At: now}
	switch a.what.Type {
	case store.ActionResetTwoFactor:
		writes = a.resetTwoFactor()
	case store.ActionConfirmAddress:
		writes = a.confirm(&result)
	case store.ActionResendVerificationEmail:
		writes = a.mail(&result, store.MailVerifyAddress)
	case store.ActionSendPasswordReset:
		writes = a.mail(&result, store.MailResetPassword)
	default:
		return result, nil, &store.UnsupportedError{Feature: "an action of this type"}
	}
	names := map[string][]string{}
	if result.Refused != "" {
		names["refused"] = []string{string(result.Refused)}
	}
	var retry any
	if !result.RetryAfter.IsZero() {
		retry = stamp(result.RetryAfter)
	}
	return result, append(writes,
		say(`INSERT INTO actions (cluster, uid, account_id, type, at, refused, retry_after) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			a.action.Cluster, a.action.UID, a.id, a.what.Type, stamp(now), result.Refused, retry),
		audit(a.action, a.account, deed{op: string(a.what.Type), names: names})), nil
}

// mail refuses when no link may go to the address, or when the account had as many mails with links as it may within the hour.
func (a *acting) mail(result *store.ActionResult, asked store.MailKind) []statement {
	kind, refused := a.proof.linkMail(asked)
	if kind == "" || len(a.mails) < a.limit {
		result.Refused = refused
		return mailOf(a.id, kind)
	}
	result.Refused, result.RetryAfter = store.RefusedRateLimited, result.At.Add(mailSpan)
	if n := len(a.mails); n > 0 {
		result.RetryAfter = a.mails[n-1].Add(mailSpan + time.Millisecond).Truncate(time.Millisecond)
	}
	return nil
}

// confirm takes the word of whoever pressed the button, for the address that was meant.
func (a *acting) confirm(result *store.ActionResult) []statement {
	switch {
	case a.address != addressKey(a.what.Email):
		result.Refused = store.RefusedAddressDiffers
		return nil
	case a.proof.verified:
		result.Refused = store.RefusedAlreadyVerified
		return nil
	}
	return confirmed(a.id, result.At)
}

func (a *acting) resetTwoFactor() []statement {
	return []statement{
		say(`DELETE FROM factors WHERE account_id = $1`, a.id),
		say(`DELETE FROM backup_codes WHERE account_id = $1`, a.id),
		queueMail(a.id, store.MailFactorReset),
	}
}
