package storetest

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Moment is when a fault strikes a call.
type Moment string

// The moments of a call.
const (
	Before Moment = "before" // nothing was done
	After  Moment = "after"  // it was done, and the answer is lost
)

// Hook is asked before and after every call, by the name of its method; an error it returns is what the caller gets.
type Hook func(call string, when Moment) error

// Faulty is a led store whose calls fail when the hook says so.
func Faulty(led store.Led, hook Hook) store.Led {
	return FaultyFor(led, func(store.Claim) Hook { return hook })
}

// FaultyFor is a led store whose calls fail when the hook of the claim that they write for says so. Calls that are not about
// one object have the hook of the zero claim.
func FaultyFor(led store.Led, hooks func(store.Claim) Hook) store.Led {
	return faulty{led: led, hooks: hooks}
}

type faulty struct {
	led   store.Led
	hooks func(store.Claim) Hook
}

// nobody is the claim of a call that is not about one object.
var nobody store.Claim

// Epoch never fails: it is no call to the store.
func (f faulty) Epoch() int64 { return f.led.Epoch() }

// Vouch implements store.Led.
func (f faulty) Vouch(ctx context.Context) error {
	return f.strike(nobody, "Vouch", func() error { return f.led.Vouch(ctx) })
}

// Holds implements store.Led.
func (f faulty) Holds(ctx context.Context) error {
	return f.strike(nobody, "Holds", func() error { return f.led.Holds(ctx) })
}

// StatusKey never fails either.
func (f faulty) StatusKey() store.Secret { return f.led.StatusKey() }

// AllSigned neither.
func (f faulty) AllSigned() bool { return f.led.AllSigned() }

// SetAllSigned implements store.Led.
func (f faulty) SetAllSigned(ctx context.Context) error {
	return f.strike(nobody, "SetAllSigned", func() error { return f.led.SetAllSigned(ctx) })
}

func (f faulty) strike(about store.Claim, call string, do func() error) error {
	_, err := answer(f, about, call, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

func answer[T any](f faulty, about store.Claim, call string, do func() (T, error)) (T, error) {
	var none T
	hook := f.hooks(about)
	if err := hook(call, Before); err != nil {
		return none, err
	}
	out, err := do()
	if lost := hook(call, After); lost != nil {
		return none, lost
	}
	return out, err
}

func (f faulty) BeginIncarnation(ctx context.Context, known store.Identity) (store.Identity, error) {
	return answer(f, nobody, "BeginIncarnation", func() (store.Identity, error) { return f.led.BeginIncarnation(ctx, known) })
}

func (f faulty) Acted(ctx context.Context, action store.Claim) (bool, error) {
	return answer(f, action, "Acted", func() (bool, error) { return f.led.Acted(ctx, action) })
}

func (f faulty) Account(ctx context.Context, c store.Claim) (store.Account, error) {
	return answer(f, c, "Account", func() (store.Account, error) { return f.led.Account(ctx, c) })
}

func (f faulty) PutAccount(ctx context.Context, c store.Claim, want store.AccountSpec, mark store.Mark) (store.Account, error) {
	return answer(f, c, "PutAccount", func() (store.Account, error) { return f.led.PutAccount(ctx, c, want, mark) })
}

func (f faulty) DeleteAccount(ctx context.Context, c store.Claim, how store.Deletion) error {
	return f.strike(c, "DeleteAccount", func() error { return f.led.DeleteAccount(ctx, c, how) })
}

func (f faulty) AtAddress(ctx context.Context, email string) (live *store.Account, retained store.Claim, err error) {
	live, err = answer(f, nobody, "AtAddress", func() (found *store.Account, err error) {
		found, retained, err = f.led.AtAddress(ctx, email)
		return found, err
	})
	return live, retained, err
}

func (f faulty) Restorable(ctx context.Context, c store.Claim, email, accountID string) ([]store.Restorable, error) {
	return answer(f, c, "Restorable", func() ([]store.Restorable, error) { return f.led.Restorable(ctx, c, email, accountID) })
}

func (f faulty) Adopt(ctx context.Context, c store.Claim, found store.Account) error {
	return f.strike(c, "Adopt", func() error { return f.led.Adopt(ctx, c, found) })
}

func (f faulty) Restore(ctx context.Context, c store.Claim, accountID string) error {
	return f.strike(c, "Restore", func() error { return f.led.Restore(ctx, c, accountID) })
}

func (f faulty) SyncEnvVars(ctx context.Context, account, owner store.Claim, plan func([]store.EnvVar) store.EnvVarPlan) error {
	return f.strike(owner, "SyncEnvVars", func() error { return f.led.SyncEnvVars(ctx, account, owner, plan) })
}

func (f faulty) FormerOwners(ctx context.Context, account, owner store.Claim) ([]store.Claim, error) {
	return answer(f, owner, "FormerOwners", func() ([]store.Claim, error) { return f.led.FormerOwners(ctx, account, owner) })
}

func (f faulty) RemoveEnvVars(ctx context.Context, owner store.Claim, retain bool) error {
	return f.strike(owner, "RemoveEnvVars", func() error { return f.led.RemoveEnvVars(ctx, owner, retain) })
}

func (f faulty) Connection(ctx context.Context, c store.Claim) (store.Connection, error) {
	return answer(f, c, "Connection", func() (store.Connection, error) { return f.led.Connection(ctx, c) })
}

func (f faulty) PutConnection(ctx context.Context, c, account store.Claim, want store.Connection, mark store.Mark) (store.Connection, error) {
	return answer(f, c, "PutConnection", func() (store.Connection, error) { return f.led.PutConnection(ctx, c, account, want, mark) })
}

func (f faulty) DeleteConnection(ctx context.Context, c store.Claim, retain bool) error {
	return f.strike(c, "DeleteConnection", func() error { return f.led.DeleteConnection(ctx, c, retain) })
}

func (f faulty) Applied(ctx context.Context, kind store.Kind, afterUID string, limit int) ([]store.Applied, error) {
	return answer(f, nobody, "Applied", func() ([]store.Applied, error) { return f.led.Applied(ctx, kind, afterUID, limit) })
}

func (f faulty) Accounts(ctx context.Context, afterUID string, limit int) ([]store.Account, error) {
	return answer(f, nobody, "Accounts", func() ([]store.Account, error) { return f.led.Accounts(ctx, afterUID, limit) })
}

func (f faulty) AppliedLeaves(ctx context.Context, c store.Claim) (map[string]string, error) {
	return answer(f, c, "AppliedLeaves", func() (map[string]string, error) { return f.led.AppliedLeaves(ctx, c) })
}

func (f faulty) Claims(ctx context.Context, kind store.Kind, afterUID string, limit int) ([]store.Claim, error) {
	return answer(f, nobody, "Claims", func() ([]store.Claim, error) { return f.led.Claims(ctx, kind, afterUID, limit) })
}

func (f faulty) Changes(ctx context.Context) (<-chan store.Claim, error) {
	return answer(f, nobody, "Changes", func() (<-chan store.Claim, error) { return f.led.Changes(ctx) })
}

func (f faulty) Act(ctx context.Context, action, account store.Claim, what store.ActionRequest) (store.ActionResult, error) {
	return answer(f, action, "Act", func() (store.ActionResult, error) { return f.led.Act(ctx, action, account, what) })
}

func (f faulty) TakeMails(ctx context.Context, links bool, limit int, lease time.Duration) (due []store.Mail, next time.Time, err error) {
	due, err = answer(f, nobody, "TakeMails", func() (mails []store.Mail, err error) {
		mails, next, err = f.led.TakeMails(ctx, links, limit, lease)
		return mails, err
	})
	return due, next, err
}

func (f faulty) MailSent(ctx context.Context, id string) error {
	return f.strike(nobody, "MailSent", func() error { return f.led.MailSent(ctx, id) })
}

func (f faulty) MailFailed(ctx context.Context, id, reason string, retry time.Time) error {
	return f.strike(nobody, "MailFailed", func() error { return f.led.MailFailed(ctx, id, reason, retry) })
}

func (f faulty) MailCounts(ctx context.Context) (store.MailCounts, error) {
	return answer(f, nobody, "MailCounts", func() (store.MailCounts, error) { return f.led.MailCounts(ctx) })
}

func (f faulty) Rebind(ctx context.Context, from, to store.Claim) error {
	return f.strike(to, "Rebind", func() error { return f.led.Rebind(ctx, from, to) })
}

func (f faulty) Purge(ctx context.Context, deletedBefore time.Time) (int, error) {
	return answer(f, nobody, "Purge", func() (int, error) { return f.led.Purge(ctx, deletedBefore) })
}
