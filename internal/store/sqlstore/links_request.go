package sqlstore

import (
	"context"
	"net/netip"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// asking is what a request for a link looks at, under the lock of the account's row.
type asking struct {
	kind    store.MailKind
	account int64 // 0: there is none
	proof   proof
	waiting map[store.MailKind]bool // which such mails no sender has taken yet: they will do
	budgets ledger
	pages   *budget // all that the pages ask for
	address *budget
}

// RequestLink does as much for an address that nobody has: it looks the same things up and writes to the disk as well, so
// that the time it takes says little. What it leaves behind is bounded, whoever asks for what: one row that counts, and not more
// mails than an address may get.
func (s *Store) RequestLink(ctx context.Context, purpose store.LinkPurpose, email string) error {
	of, err := s.buckets(ctx)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	a := asking{kind: store.MailResetPassword, waiting: map[store.MailKind]bool{}}
	a.proof.passwordless = s.withoutPasswords
	if purpose == store.LinkVerifyAddress {
		a.kind = store.MailVerifyAddress
	}
	a.pages = a.budgets.add(&budget{origin: store.OriginAnonymous, bucket: pagesBucket})
	a.address = a.budgets.add(of.budget(store.OriginAnonymous, email))
	return s.writeUnfenced(ctx, "asking for a link", a.reads(email), func() ([]statement, error) {
		again, ok := a.pages.left(now, pagesRate)
		if !ok {
			return nil, &store.RateLimitedError{RetryAfter: again.Sub(now)}
		}
		a.budgets.spend(a.pages)
		return append(a.writes(now, s.rate), a.budgets.writes(now)...), nil
	})
}

// CountLinkRequest looks at what is left to everybody, and locks the network's own row only.
func (s *Store) CountLinkRequest(ctx context.Context, network netip.Prefix) error {
	of, err := s.buckets(ctx)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	pages := &budget{origin: store.OriginAnonymous, bucket: pagesBucket}
	own := of.budgetOf(originNetwork, network.String())
	return s.writeUnfenced(ctx, "counting a request for a link", []statement{pages.look(), own.read()}, func() ([]statement, error) {
		pages.left(now, pagesRate) // begins again where its hour is over
		again, _ := own.left(now, pagesRate)
		if own.used*shareOf >= max(pagesRate-pages.used, 1) {
			return nil, &store.RateLimitedError{RetryAfter: again.Sub(now)}
		}
		return []statement{own.write(now, 1)}, nil
	})
}

func (a *asking) reads(email string) []statement {
	find := `(SELECT id FROM accounts WHERE email_key = $1 AND deleted_at IS NULL)`
	return append([]statement{
		query(func(r row) error { return r.Scan(append(a.proof.into(), &a.account)...) },
			`SELECT `+proofOut+`, id FROM accounts WHERE id = `+find+` FOR UPDATE`, addressKey(email)),
		query(func(r row) error {
			var kind store.MailKind
			var waits bool
			err := r.Scan(&kind, &waits)
			a.waiting[kind] = a.waiting[kind] || waits
			return err
		}, `SELECT m.kind, (m.state = 'Waiting' AND m.attempts = 0) FROM mails m WHERE m.account_id = `+find, addressKey(email)),
	}, a.budgets.reads()...)
}

func (a *asking) writes(now time.Time, rate int) []statement {
	kind, _ := a.proof.linkMail(a.kind, false)
	if _, ok := a.address.left(now, rate); !ok || kind == "" || a.waiting[kind] {
		a.account = 0
	}
	mail := queueMail(a.account, kind, store.OriginAnonymous)
	if a.account == 0 {
		return []statement{mail}
	}
	return []statement{mail, auditUnfenced("RequestLink", a.account)}
}
