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

	id      int64 // 0: there is no live row
	address string
	proof   proof
	factor  bool                // there is a second one
	done    *store.ActionResult // how it ended before

	budgets ledger
	budget  *budget // of mails with links to the address; nil for an action that mails none
	rate    int
	signsIn bool // the account's holder can
}

func (l *fencedStore) Act(ctx context.Context, action, account store.Claim, what store.ActionRequest) (result store.ActionResult, err error) {
	if err := checkWrite(nil, action, account); err != nil {
		return store.ActionResult{}, err
	}
	now := time.Now().UTC().Truncate(time.Millisecond) // as it will be read
	of, err := l.buckets(ctx)
	if err != nil {
		return store.ActionResult{}, err
	}
	a := acting{action: action, account: account, what: what, rate: l.rate, signsIn: l.signsIn}
	a.proof.passwordless = l.withoutPasswords
	err = l.writeAfter(ctx, "performing an action", a.reads(), func() []statement { return a.more(of) }, func() (writes []statement, err error) {
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

// Acted implements store.FencedStore.
func (l *fencedStore) Acted(ctx context.Context, action store.Claim) (acted bool, err error) {
	err = l.engine.read(ctx, query(func(r row) error { return r.Scan(&acted) },
		`SELECT EXISTS (SELECT 1 FROM actions WHERE cluster = $1 AND uid = $2)`, action.Cluster, action.UID))
	return acted, doing("looking for an action", err)
}

func (a *acting) reads() []statement {
	of := []any{a.account.Cluster, a.account.UID}
	return []statement{
		query(func(r row) error { return r.Scan(append(a.proof.into(), &a.id, &a.address, &a.factor)...) },
			`SELECT `+proofOut+`, id, email_key, EXISTS (SELECT 1 FROM factors f WHERE f.account_id = accounts.id) FROM accounts WHERE `+ofClaim+` FOR UPDATE`, of...),
		query(func(r row) error {
			a.done = &store.ActionResult{}
			return r.Scan(moment{&a.done.At}, &a.done.Refused, moment{&a.done.RetryAfter})
		}, `SELECT at, refused, retry_after FROM actions WHERE cluster = $1 AND uid = $2`, a.action.Cluster, a.action.UID),
	}
}

// more is what the address had of mails that the platform asked for, where the action asks for another.
func (a *acting) more(of salted) []statement {
	mails := a.what.Type == store.ActionResendVerificationEmail || a.what.Type == store.ActionSendPasswordReset
	if a.id == 0 || a.done != nil || !mails {
		return nil
	}
	a.budget = a.budgets.add(of.budget(store.OriginAdministrator, a.address))
	return a.budgets.reads()
}

// perform decides, and remembers the decision with what it causes.
func (a *acting) perform(now time.Time) (result store.ActionResult, writes []statement, err error) {
	result = store.ActionResult{At: now}
	switch a.what.Type {
	case store.ActionResetTwoFactor:
		writes = a.resetTwoFactor(&result)
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
		exec(`INSERT INTO actions (cluster, uid, account_id, type, at, refused, retry_after) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			a.action.Cluster, a.action.UID, a.id, a.what.Type, stamp(now), result.Refused, retry),
		audit(a.action, a.account, auditEntry{op: string(a.what.Type), names: names})), nil
}

// mail refuses when no link may go to the address, or when it had as many mails with links as it may within the hour.
func (a *acting) mail(result *store.ActionResult, asked store.MailKind) []statement {
	kind, refused := a.proof.linkMail(asked, a.signsIn)
	if again, ok := a.budget.left(result.At, a.rate); kind != "" && !ok {
		result.Refused, result.RetryAfter = store.RefusedRateLimited, again
		return nil
	}
	result.Refused = refused
	if kind == store.MailProveAddress {
		return []statement{queueProof(a.id, store.OriginAdministrator)}
	}
	return mailOf(a.id, kind, store.OriginAdministrator)
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

func (a *acting) resetTwoFactor(result *store.ActionResult) []statement {
	if !a.factor {
		result.Refused = store.RefusedNoSecondFactor
		return nil
	}
	return append(endFactors(a.id), endWaysIn(a.id, result.At), queueMail(a.id, store.MailFactorReset, store.OriginAdministrator))
}
