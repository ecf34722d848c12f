package sqlstore

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// mailSpan is the span in which an address gets a limited number of mails, counted from the first of them.
const mailSpan = time.Hour

const (
	// usualMailRate is for a store that was opened without one.
	usualMailRate = 5
	// pagesRate is how many requests for a link are taken up within the span, from everybody together.
	pagesRate = 2000
	// mailBuckets bounds the table for each origin. Two addresses of a million share one.
	mailBuckets = 1 << 20
	// pagesBucket is no address's.
	pagesBucket = -1
	// notices have a budget of their own.
	originNotice store.MailOrigin = "Notice"
	// originNetwork counts requests for links, by the network that they come from.
	originNetwork store.MailOrigin = "Network"
	// shareOf: who had more than one in so many of the requests that are left to everybody has to wait. So a few networks that ask as often as
	// they can leave most of them to others, and one that did not ask yet is served as long as there is one.
	shareOf = 20
)

// budget is what one address, or all of a page, had of one origin's mails.
type budget struct {
	origin store.MailOrigin
	bucket int64
	began  time.Time
	used   int
}

// read locks the row, so that two who send at once do not both use what is left.
func (b *budget) read() statement { return b.find(` FOR UPDATE`) }

func (b *budget) look() statement { return b.find(``) }

func (b *budget) find(how string) statement {
	return query(func(r row) error { return r.Scan(moment{&b.began}, &b.used) },
		`SELECT began, used FROM mail_budgets WHERE origin = $1 AND bucket = $2`+how, b.origin, b.bucket)
}

// left reports whether one more is within the rate, and else when it will be.
func (b *budget) left(now time.Time, rate int) (again time.Time, ok bool) {
	end := b.began.Add(mailSpan)
	if !now.Before(end) {
		b.began, b.used = now, 0
	}
	return end, b.used < rate
}

// write adds what was spent. A row that did not exist could not be locked: what another one counted meanwhile stays counted.
func (b *budget) write(now time.Time, spent int) statement {
	return exec(`INSERT INTO mail_budgets (origin, bucket, began, used) VALUES ($1, $2, $3, $4)
		ON CONFLICT (origin, bucket) DO UPDATE SET
			began = CASE WHEN mail_budgets.began > $5 THEN mail_budgets.began ELSE excluded.began END,
			used = CASE WHEN mail_budgets.began > $5 THEN mail_budgets.used ELSE 0 END + excluded.used`,
		b.origin, b.bucket, stamp(b.began), spent, stamp(now.Add(-mailSpan)))
}

// salted turns addresses, and networks, into buckets.
type salted struct{ salt []byte }

func (s *Store) buckets(ctx context.Context) (salted, error) {
	if known := s.salt.Load(); known != nil {
		return *known, nil
	}
	var of salted
	err := s.engine.read(ctx, query(func(r row) error { return r.Scan(&of.salt) }, `SELECT value FROM mail_salt WHERE id = 1`))
	if err == nil && len(of.salt) == 0 {
		err = errors.New("the table mail_salt has no row")
	}
	if err != nil {
		return salted{}, doing("reading how mails are limited", err)
	}
	s.salt.Store(&of)
	return of, nil
}

// budget is empty until it is read.
func (s salted) budget(origin store.MailOrigin, address string) *budget {
	return s.budgetOf(origin, addressKey(address))
}

func (s salted) budgetOf(origin store.MailOrigin, text string) *budget {
	hash := hmac.New(sha256.New, s.salt)
	hash.Write([]byte(text))
	return &budget{origin: origin, bucket: int64(binary.BigEndian.Uint32(hash.Sum(nil)) % mailBuckets)}
}

// ledger is the budgets that one transaction needs, each once.
type ledger struct {
	budgets []*budget
	spent   map[*budget]int
}

// add returns the budget that the ledger has for the same bucket.
func (l *ledger) add(b *budget) *budget {
	at := slices.IndexFunc(l.budgets, func(had *budget) bool { return had.origin == b.origin && had.bucket == b.bucket })
	if at >= 0 {
		return l.budgets[at]
	}
	l.budgets = append(l.budgets, b)
	return b
}

// reads are in one order, so that two transactions do not wait for each other.
func (l *ledger) reads() (all []statement) {
	slices.SortFunc(l.budgets, func(a, b *budget) int {
		if by := strings.Compare(string(a.origin), string(b.origin)); by != 0 {
			return by
		}
		return int(a.bucket - b.bucket)
	})
	for _, b := range l.budgets {
		all = append(all, b.read())
	}
	return all
}

// spend counts one more that left allowed.
func (l *ledger) spend(b *budget) {
	b.used++
	if l.spent == nil {
		l.spent = map[*budget]int{}
	}
	l.spent[b]++
}

func (l *ledger) writes(now time.Time) (all []statement) {
	for _, b := range l.budgets {
		if spent := l.spent[b]; spent > 0 {
			all = append(all, b.write(now, spent))
		}
	}
	return all
}
