package sqlstore

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// originProof counts what an account's holder asks for of links that prove an address.
const originProof store.MailOrigin = "Proof"

// addresses is what a holder's account has of them, under the lock of its row.
type addresses struct {
	present, pending string // keys; empty: none waits
	verified         bool
	inUse            bool // another live account has the one that is wanted
	budget           *budget
}

const pendingOf = `SELECT email_key FROM pending_addresses WHERE account_id = $1`

// reads look the wanted address up also where that decides nothing, so that each call does the same.
func (a *addresses) reads(h holder, wanted string) []statement {
	return []statement{
		query(func(r row) error { return r.Scan(&a.present, &a.verified) },
			`SELECT email_key, email_verified_at IS NOT NULL FROM accounts WHERE `+heldLive, h.id),
		query(func(r row) error { return r.Scan(&a.pending) }, pendingOf, h.id),
		query(func(r row) error { return r.Scan(&a.inUse) }, `SELECT EXISTS (SELECT 1 FROM accounts
			WHERE email_key = coalesce($2, (`+pendingOf+`)) AND deleted_at IS NULL AND id <> $1)`, h.id, nullable(wanted)),
		a.budget.read(),
	}
}

// nullable is nil for the empty text.
func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// Ask implements store.HeldAddress.
func (h holder) AskForAddress(ctx context.Context, email string) error {
	if err := checkEmail(email); err != nil {
		return doing("asking for another address", err)
	}
	key := addressKey(email)
	return h.proof(ctx, "asking for another address", key, func(a addresses, account heldRow) ([]statement, error) {
		switch {
		case account.managed.Sets(store.EmailLeaf):
			return nil, &store.ManagedError{Leaf: store.EmailLeaf, By: account.managed.By}
		case key == a.present:
			return append(h.keep(), h.mailProof(!a.verified)), nil
		}
		return append(h.keep(), exec(`INSERT INTO pending_addresses (account_id, email) VALUES ($1, $2)`, h.id, email), h.mailProof(!a.inUse),
			h.audit("AskForAddress", nil)), nil
	})
}

// AskAgain implements store.HeldAddress.
func (h holder) AskAgain(ctx context.Context) error {
	return h.proof(ctx, "asking for a link again", "", func(a addresses, account heldRow) ([]statement, error) {
		if a.pending != "" && !account.managed.Sets(store.EmailLeaf) {
			return []statement{h.mailProof(!a.inUse), h.audit("AskAgain", nil)}, nil
		}
		return append(h.keep(), h.mailProof(!a.verified), h.audit("AskAgain", nil)), nil
	})
}

// KeepAddress implements store.HeldAddress.
func (h holder) KeepAddress(ctx context.Context) error {
	return h.write(ctx, "keeping the address", nil, func(heldRow) ([]statement, error) {
		return append(h.keep(), h.audit("KeepAddress", nil)), nil
	})
}

// proof is a write that may mail a link: so many of an account within the hour.
func (h holder) proof(ctx context.Context, what, wanted string, decide func(addresses, heldRow) ([]statement, error)) error {
	of, err := h.buckets(ctx)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	a := addresses{budget: of.budgetOf(originProof, strconv.FormatInt(h.id, 10))}
	return h.write(ctx, what, a.reads(h, wanted), func(account heldRow) ([]statement, error) {
		again, ok := a.budget.left(now, h.rate)
		if !ok {
			return nil, &store.RateLimitedError{RetryAfter: again.Sub(now)}
		}
		writes, err := decide(a, account)
		return append(writes, a.budget.write(now, 1)), err
	})
}

// keep forgets the address that waits, and voids what was mailed or is to be mailed there.
func (h holder) keep() []statement {
	return []statement{
		exec(`DELETE FROM pending_addresses WHERE account_id = $1`, h.id),
		exec(`DELETE FROM links WHERE account_id = $1 AND purpose = 'ProveAddress'`, h.id),
		exec(`UPDATE mails SET state = 'Void', recipient = '' WHERE account_id = $1 AND kind = 'ProveAddress' AND state IN ('Waiting', 'Dead')`, h.id),
	}
}

// mailProof does the same where no mail goes out.
func (h holder) mailProof(goesOut bool) statement {
	if !goesOut {
		return queueProof(0, store.OriginHolder)
	}
	return queueProof(h.id, store.OriginHolder)
}

// provable finds the address that a link proves: the account's next one, or the present one while that is not confirmed.
const provable = `SELECT coalesce(p.email, a.email) FROM links l JOIN accounts a ON a.id = l.account_id
	LEFT JOIN pending_addresses p ON p.account_id = a.id AND p.email_key = l.email_key
	WHERE l.hash = $1 AND l.account_id = $2 AND l.purpose = 'ProveAddress' AND l.expires_at > $3 AND a.deleted_at IS NULL
		AND (p.email IS NOT NULL OR l.email_key = a.email_key AND a.email_verified_at IS NULL)`

// AddressToProve implements store.HeldAddress.
func (h holder) AddressToProve(ctx context.Context, token store.Secret) (email string, err error) {
	err = h.engine.read(ctx, h.vouched(), query(func(r row) error { return r.Scan(&email) }, provable, hashOf(token), h.id, stamp(time.Now())))
	if err == nil && email == "" {
		err = store.ErrNotFound
	}
	return email, doing("looking a link up", err)
}

// ProveAddress implements store.HeldAddress. Triggers mail a notice to the former address, and void all that was asked for there.
func (h holder) ProveAddress(ctx context.Context, token store.Secret) error {
	now := time.Now()
	var email, present string
	err := h.write(ctx, "confirming a later address", []statement{
		query(func(r row) error { return r.Scan(&email) }, provable, hashOf(token), h.id, stamp(now)),
		query(func(r row) error { return r.Scan(&present) }, `SELECT email_key FROM accounts WHERE id = $1`, h.id),
	}, func(account heldRow) ([]statement, error) {
		switch {
		case email == "":
			return nil, store.ErrNotFound
		case addressKey(email) == present:
			return slices.Concat(confirmed(h.id, now), h.keep(), []statement{h.audit("ProveAddress", nil)}), nil
		case account.managed.Sets(store.EmailLeaf):
			return nil, &store.ManagedError{Leaf: store.EmailLeaf, By: account.managed.By}
		}
		return []statement{
			exec(`UPDATE accounts SET email = $2, email_verified_at = $3 WHERE id = $1`, h.id, email, stamp(now)),
			h.audit("ProveAddress", map[string][]string{"set": {"email"}}),
		}, nil
	})
	if errors.Is(err, errAddressTaken) { // since the link was mailed; that is not said
		return doing("confirming a later address", store.ErrNotFound)
	}
	return err
}
