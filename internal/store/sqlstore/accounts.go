package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

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
	p := putting{claim: c, want: want, mark: mark, keeps: l.keeps}
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
	claim store.Claim
	want  store.AccountSpec
	mark  store.Mark
	keeps bool // the proof of an address for the next one

	id       int64 // 0: the row is to be created
	former   formerAddress
	referrer *int64 // whose code a new account was given
	now      store.Account
}

func (p *putting) reads() []statement {
	return []statement{
		query(func(r row) error { return r.Scan(append(p.former.into(), &p.id)...) },
			`SELECT `+formerOut+`, id FROM accounts WHERE `+ofClaim+` FOR UPDATE`, p.claim.Cluster, p.claim.UID),
		query(func(r row) error { return r.Scan(&p.referrer) },
			`SELECT id FROM accounts WHERE referral_code = $1 AND deleted_at IS NULL`, p.want.ReferredBy),
	}
}

func (p *putting) writes(newCode func() string) ([]statement, error) {
	put, names := p.update()
	if p.id == 0 {
		if p.referrer == nil && p.want.ReferredBy != "" {
			return nil, &store.InvalidError{Field: "referredBy", Reason: "no account has this referral code"}
		}
		put = p.insert(newCode())
	}
	steps := []statement{put}
	if p.keeps && p.id != 0 && p.former.key != addressKey(p.want.Email) {
		steps = append(steps, p.former.keep(p.id)...)
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

// insert fails when another put of the claim came first, or an account that has the code.
func (p *putting) insert(code string) statement {
	args := claimArgs(p.claim, p.want.Email, policy(p.want), code, p.referrer)
	for _, leaf := range p.want.Leaves() {
		args = append(args, *leaf.Value)
	}
	return exec(accountInsert, append(args, managedText(p.want.Managed()))...)
}

// update also gives the names of what is set.
func (p *putting) update() (put statement, names []string) {
	args, names := []any{p.id, p.want.Email, policy(p.want)}, []string{"email"}
	if p.want.TwoFactor != "" {
		names = append(names, "two_factor_policy")
	}
	for _, leaf := range p.want.Leaves() {
		args = append(args, *leaf.Value)
		if *leaf.Value != nil {
			names = append(names, leaf.Column)
		}
	}
	return exec(accountUpdate, append(args, managedText(p.want.Managed()))...), names
}
