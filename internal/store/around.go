package store

import (
	"context"
	"time"
)

// Call is a call to a fenced store: the name of its method, and the claim of the object that it is for. Calls that are not for one object
// have the zero claim.
type Call struct {
	Name string
	For  Claim
}

// Around is a fenced store that makes each call inside around, which runs do. Where that went well and around answers an error all the
// same, the caller gets the error alone: the answer is lost.
func Around(fenced FencedStore, around func(call Call, do func() error) error) FencedStore {
	w := wrap(around)
	return wrapped{
		fenced: fenced, wrap: w,
		connections: wrapRows("Connection", fenced.Connections(), w),
		sshKeys:     wrapRows("SSHKey", fenced.SSHKeys(), w),
	}
}

type wrap func(call Call, do func() error) error

type wrapped struct {
	fenced FencedStore
	wrap
	connections Rows[Connection]
	sshKeys     Rows[SSHKey]
}

func (w wrap) do(name string, of Claim, do func() error) error { return w(Call{name, of}, do) }

func answer[T any](w wrap, name string, of Claim, do func() (T, error)) (out T, err error) {
	var failed error
	err = w(Call{name, of}, func() error {
		out, failed = do()
		return failed
	})
	if err != nil && failed == nil {
		out = *new(T)
	}
	return out, err
}

// everybody is the claim of a call that is not for one object.
var everybody Claim

// What asks the store for nothing is no call.

func (w wrapped) Epoch() int64      { return w.fenced.Epoch() }
func (w wrapped) StatusKey() Secret { return w.fenced.StatusKey() }
func (w wrapped) AllSigned() bool   { return w.fenced.AllSigned() }

func (w wrapped) Connections() Rows[Connection] { return w.connections }
func (w wrapped) SSHKeys() Rows[SSHKey]         { return w.sshKeys }

func (w wrapped) Vouch(ctx context.Context) error {
	return w.do("Vouch", everybody, func() error { return w.fenced.Vouch(ctx) })
}

func (w wrapped) Holds(ctx context.Context) error {
	return w.do("Holds", everybody, func() error { return w.fenced.Holds(ctx) })
}

func (w wrapped) SetAllSigned(ctx context.Context) error {
	return w.do("SetAllSigned", everybody, func() error { return w.fenced.SetAllSigned(ctx) })
}

func (w wrapped) BeginIncarnation(ctx context.Context, known Identity) (Identity, error) {
	return answer(w.wrap, "BeginIncarnation", everybody, func() (Identity, error) { return w.fenced.BeginIncarnation(ctx, known) })
}

func (w wrapped) Acted(ctx context.Context, action Claim) (bool, error) {
	return answer(w.wrap, "Acted", action, func() (bool, error) { return w.fenced.Acted(ctx, action) })
}

func (w wrapped) Account(ctx context.Context, c Claim) (Account, error) {
	return answer(w.wrap, "Account", c, func() (Account, error) { return w.fenced.Account(ctx, c) })
}

func (w wrapped) PutAccount(ctx context.Context, c Claim, want AccountSpec, mark Mark) (Account, error) {
	return answer(w.wrap, "PutAccount", c, func() (Account, error) { return w.fenced.PutAccount(ctx, c, want, mark) })
}

func (w wrapped) DeleteAccount(ctx context.Context, c Claim, how Deletion) error {
	return w.do("DeleteAccount", c, func() error { return w.fenced.DeleteAccount(ctx, c, how) })
}

func (w wrapped) AtAddress(ctx context.Context, c Claim, email string) (live *Account, retained Claim, err error) {
	type found struct {
		live     *Account
		retained Claim
	}
	at, err := answer(w.wrap, "AtAddress", everybody, func() (f found, err error) {
		f.live, f.retained, err = w.fenced.AtAddress(ctx, c, email)
		return f, err
	})
	return at.live, at.retained, err
}

func (w wrapped) Restorable(ctx context.Context, c Claim, email, accountID string) ([]Restorable, error) {
	return answer(w.wrap, "Restorable", c, func() ([]Restorable, error) { return w.fenced.Restorable(ctx, c, email, accountID) })
}

func (w wrapped) Adopt(ctx context.Context, c Claim, found Account) error {
	return w.do("Adopt", c, func() error { return w.fenced.Adopt(ctx, c, found) })
}

func (w wrapped) Restore(ctx context.Context, c Claim, accountID string) error {
	return w.do("Restore", c, func() error { return w.fenced.Restore(ctx, c, accountID) })
}

func (w wrapped) ManagedUnknown(ctx context.Context, afterUID string, limit int) ([]ManagedLeaves, error) {
	return answer(w.wrap, "ManagedUnknown", everybody, func() ([]ManagedLeaves, error) { return w.fenced.ManagedUnknown(ctx, afterUID, limit) })
}

func (w wrapped) FillManaged(ctx context.Context, all []ManagedLeaves) error {
	return w.do("FillManaged", everybody, func() error { return w.fenced.FillManaged(ctx, all) })
}

func (w wrapped) SyncEnvVars(ctx context.Context, account, owner Claim, plan func([]EnvVar) EnvVarPlan) error {
	return w.do("SyncEnvVars", owner, func() error { return w.fenced.SyncEnvVars(ctx, account, owner, plan) })
}

func (w wrapped) FormerOwners(ctx context.Context, account, owner Claim) ([]Claim, error) {
	return answer(w.wrap, "FormerOwners", owner, func() ([]Claim, error) { return w.fenced.FormerOwners(ctx, account, owner) })
}

func (w wrapped) RemoveEnvVars(ctx context.Context, owner Claim, retain bool) error {
	return w.do("RemoveEnvVars", owner, func() error { return w.fenced.RemoveEnvVars(ctx, owner, retain) })
}

func (w wrapped) SyncPairs(ctx context.Context, owner Claim, accounts []Claim, names []string, plan func(Pair, []EnvVar) EnvVarPlan) ([]Claim, error) {
	return answer(w.wrap, "SyncPairs", owner, func() ([]Claim, error) { return w.fenced.SyncPairs(ctx, owner, accounts, names, plan) })
}

func (w wrapped) Pairs(ctx context.Context, owner Claim, afterID string, limit int) ([]Pair, error) {
	return answer(w.wrap, "Pairs", owner, func() ([]Pair, error) { return w.fenced.Pairs(ctx, owner, afterID, limit) })
}

func (w wrapped) SettlePairs(ctx context.Context, owner Claim, mark Mark) error {
	return w.do("SettlePairs", owner, func() error { return w.fenced.SettlePairs(ctx, owner, mark) })
}

func (w wrapped) Applied(ctx context.Context, kind Kind, afterUID string, limit int) ([]Applied, error) {
	return answer(w.wrap, "Applied", everybody, func() ([]Applied, error) { return w.fenced.Applied(ctx, kind, afterUID, limit) })
}

func (w wrapped) Accounts(ctx context.Context, afterUID string, limit int) ([]Account, error) {
	return answer(w.wrap, "Accounts", everybody, func() ([]Account, error) { return w.fenced.Accounts(ctx, afterUID, limit) })
}

func (w wrapped) AppliedLeaves(ctx context.Context, c Claim) (map[string]string, error) {
	return answer(w.wrap, "AppliedLeaves", c, func() (map[string]string, error) { return w.fenced.AppliedLeaves(ctx, c) })
}

func (w wrapped) Claims(ctx context.Context, kind Kind, afterUID string, limit int) ([]Claim, error) {
	return answer(w.wrap, "Claims", everybody, func() ([]Claim, error) { return w.fenced.Claims(ctx, kind, afterUID, limit) })
}

func (w wrapped) Changes(ctx context.Context) (<-chan Claim, error) {
	return answer(w.wrap, "Changes", everybody, func() (<-chan Claim, error) { return w.fenced.Changes(ctx) })
}

func (w wrapped) Act(ctx context.Context, action, account Claim, what ActionRequest) (ActionResult, error) {
	return answer(w.wrap, "Act", action, func() (ActionResult, error) { return w.fenced.Act(ctx, action, account, what) })
}

func (w wrapped) TakeMails(ctx context.Context, links bool, limit int, lease time.Duration) (due []Mail, next time.Time, err error) {
	due, err = answer(w.wrap, "TakeMails", everybody, func() (mails []Mail, err error) {
		mails, next, err = w.fenced.TakeMails(ctx, links, limit, lease)
		return mails, err
	})
	return due, next, err
}

func (w wrapped) MailSent(ctx context.Context, id string) error {
	return w.do("MailSent", everybody, func() error { return w.fenced.MailSent(ctx, id) })
}

func (w wrapped) MailFailed(ctx context.Context, id, reason string, retry time.Time) error {
	return w.do("MailFailed", everybody, func() error { return w.fenced.MailFailed(ctx, id, reason, retry) })
}

func (w wrapped) MailCounts(ctx context.Context) (MailCounts, error) {
	return answer(w.wrap, "MailCounts", everybody, func() (MailCounts, error) { return w.fenced.MailCounts(ctx) })
}

func (w wrapped) Rebind(ctx context.Context, from, to Claim) error {
	return w.do("Rebind", to, func() error { return w.fenced.Rebind(ctx, from, to) })
}

func (w wrapped) Purge(ctx context.Context, deletedBefore time.Time) (int, error) {
	return answer(w.wrap, "Purge", everybody, func() (int, error) { return w.fenced.Purge(ctx, deletedBefore) })
}

// wrappedRows are the rows of a kind, with the names of the calls.
type wrappedRows[R any] struct {
	of Rows[R]
	wrap

	get, put, delete string
}

func wrapRows[R any](name string, of Rows[R], w wrap) Rows[R] {
	return wrappedRows[R]{of, w, name, "Put" + name, "Delete" + name}
}

func (w wrappedRows[R]) Get(ctx context.Context, c Claim) (R, error) {
	return answer(w.wrap, w.get, c, func() (R, error) { return w.of.Get(ctx, c) })
}

func (w wrappedRows[R]) Put(ctx context.Context, c, account Claim, want R, mark Mark) (R, error) {
	return answer(w.wrap, w.put, c, func() (R, error) { return w.of.Put(ctx, c, account, want, mark) })
}

func (w wrappedRows[R]) Delete(ctx context.Context, c Claim, retain bool) error {
	return w.do(w.delete, c, func() error { return w.of.Delete(ctx, c, retain) })
}
