package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

func (l *fencedStore) Account(ctx context.Context, c store.Claim) (store.Account, error) {
	var a store.Account
	err := l.engine.read(ctx, readAccount(&a, ofClaim, c.Cluster, c.UID)...)
	if err == nil && a.ID == "" {
		err = store.ErrNotFound
	}
	return a, doing("reading the account", err)
}

// PutAccount goes on until no other put of this very claim, and no account that drew the same referral code, came first.
func (l *fencedStore) PutAccount(ctx context.Context, c store.Claim, want store.AccountSpec, mark store.Mark) (store.Account, error) {
	if err := cmp.Or(checkWrite(&mark, c), checkAccount(want)); err != nil {
		return store.Account{}, err
	}
	for {
		a, err := l.putAccount(ctx, c, want, mark)
		if !errors.Is(err, errClaimTaken) && !errors.Is(err, errCodeTaken) {
			return a, err
		}
	}
}

func (l *fencedStore) putAccount(ctx context.Context, c store.Claim, want store.AccountSpec, mark store.Mark) (store.Account, error) {
	p := putting{claim: c, want: want, mark: mark, keeps: l.keeps, signsIn: l.signsIn}
	err := l.write(ctx, "storing the account", p.reads(), func() ([]statement, error) { return p.writes(l.referralCode) })
	switch {
	case errors.Is(err, errAddressTaken):
		return store.Account{}, l.await(ctx, c, addressHolder(want.Email))
	case errors.Is(err, errNameTaken):
		return store.Account{}, l.await(ctx, c, nameHolder(c))
	case err != nil:
		return store.Account{}, err
	}
	p.now.Created = p.id == 0
	return p.now, nil
}

// putting is one put under way.
type putting struct {
	claim   store.Claim
	want    store.AccountSpec
	mark    store.Mark
	keeps   bool // the proof of an address for the next one
	signsIn bool // the account's holder can, and so confirm the next one

	id       int64 // 0: the row is to be created
	former   formerAddress
	barred   *string // since when access is suspended, as a stamp; nil: it is not
	referrer *int64  // whose code a new account was given
	retained *int64  // what the object had before and let go, whatever its address is by now
	now      store.Account
}

func (p *putting) reads() []statement {
	return []statement{
		query(func(r row) error { return r.Scan(append(p.former.into(), stamped{&p.barred}, &p.id)...) },
			`SELECT `+formerOut+`, access_suspended_at, id FROM accounts WHERE `+ofClaim+` FOR UPDATE`, p.claim.Cluster, p.claim.UID),
		query(func(r row) error { return r.Scan(&p.referrer) },
			`SELECT id FROM accounts WHERE referral_code = $1 AND deleted_at IS NULL`, p.want.ReferredBy),
		query(func(r row) error { return r.Scan(&p.retained) }, formerOfClaim, formerArgs(p.claim, p.want.Email)...),
	}
}

func (p *putting) writes(newCode func() string) ([]statement, error) {
	if err := p.refuses(); err != nil {
		return nil, err
	}
	put, names := p.update()
	if p.id == 0 {
		put = p.insert(newCode())
	}
	steps := []statement{put}
	if p.id != 0 && p.former.key != addressKey(p.address()) {
		steps = append(steps, p.former.replaced(p.id, p.keeps, p.signsIn)...)
	}
	for _, kind := range slices.Sorted(maps.Keys(p.want.Events)) {
		names = append(names, "notifications."+kind)
		steps = append(steps, exec(`INSERT INTO notification_prefs (account_id, type, email) VALUES (`+liveAccount+`, $3, $4)
			ON CONFLICT (account_id, type) DO UPDATE SET email = excluded.email`, p.claim.Cluster, p.claim.UID, kind, p.want.Events[kind]))
	}
	steps = append(steps, remember(p.claim, p.mark), waitNoMore(p.claim),
		audit(p.claim, p.claim, auditEntry{op: "PutAccount", generation: p.mark.Generation, names: map[string][]string{"set": names}}))
	return append(steps, readAccount(&p.now, ofClaim, p.claim.Cluster, p.claim.UID)...), nil
}

// refuses says why the put is not to be made at all.
func (p *putting) refuses() error {
	switch {
	case p.id == 0 && p.retained != nil:
		return &store.ConflictError{Field: "email"}
	case p.id == 0 && p.referrer == nil && p.want.ReferredBy != "":
		return &store.InvalidError{Field: "referredBy", Reason: "no account has this referral code"}
	case p.former.holders && p.former.key != addressKey(p.address()) && p.former.key != addressKey(p.want.Replaces):
		return &store.AddressKeptError{}
	}
	return nil
}

// address is the one that the account has after the put.
func (p *putting) address() string {
	if p.id != 0 && p.want.EmailChange == store.EmailByHolder {
		return p.former.address
	}
	return p.want.Email
}

// whose are the columns that say whose the address is.
func (p *putting) whose() []any {
	if p.want.EmailChange == store.EmailByHolder {
		return []any{managedText(p.want.Managed()), store.EmailByHolder, addressKey(p.want.Email)}
	}
	return []any{managedText(p.want.Managed()), store.EmailByPlatform, ""}
}

// insert fails when another put of the claim came first, or an account that has the code.
func (p *putting) insert(code string) statement {
	args := claimArgs(p.claim, p.want.Email, policy(p.want), code, p.referrer)
	for _, leaf := range p.want.Leaves() {
		args = append(args, *leaf.Value)
	}
	return exec(accountInsert, append(append(args, p.whose()...), p.suspension())...)
}

// suspension is since when access is to be suspended. One that goes on began when it began.
func (p *putting) suspension() *string {
	switch {
	case !p.want.SuspendAccess:
		return nil
	case p.barred == nil:
		return new(stamp(time.Now()))
	}
	return p.barred
}

// update also gives the names of what is set.
func (p *putting) update() (put statement, names []string) {
	args, names := []any{p.id, p.address(), policy(p.want)}, []string{}
	if p.want.EmailChange != store.EmailByHolder {
		names = append(names, "email")
	}
	if p.want.TwoFactor != "" {
		names = append(names, "two_factor_policy")
	}
	for _, leaf := range p.want.Leaves() {
		args = append(args, *leaf.Value)
		if *leaf.Value != nil {
			names = append(names, leaf.Column)
		}
	}
	if p.want.SuspendAccess != (p.barred != nil) {
		names = append(names, "access_suspended_at")
	}
	return exec(accountUpdate, append(append(args, p.whose()...), p.suspension())...), names
}
