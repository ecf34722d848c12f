package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// maxReason bounds why a mail failed.
const maxReason = 200

// ourMails are those that wait and that this leader may send: $1 is its cluster, $2 whether mails with links count.
const ourMails = ` FROM mails m WHERE m.state = 'Waiting' AND ` + ofOurs + ` AND ($2 OR m.kind NOT IN ` + tokenKinds + `)`

// ofOurs asks about the account of one mail. A join would leave PostgreSQL the choice to read all accounts for each.
const ofOurs = `(SELECT a.cluster = $1 OR a.cluster IS NULL FROM accounts a WHERE a.id = m.account_id)`

// tokenKinds are those with a link or a code.
const tokenKinds = `('VerifyAddress', 'ProveAddress', 'ResetPassword', 'FactorCode')`

// recipient is where a mail goes. One with a link or a code goes to the account's address, or the one that its holder wants, and nowhere else,
// whoever wrote the row.
const recipient = `CASE WHEN m.kind = 'ProveAddress' THEN coalesce((SELECT email FROM pending_addresses WHERE account_id = m.account_id),
		(SELECT email FROM accounts WHERE id = m.account_id))
	WHEN m.kind IN ` + tokenKinds + ` THEN (SELECT email FROM accounts WHERE id = m.account_id) ELSE m.recipient END`

// stillWaits is "state = 'Waiting'" of a row that is found by its ID: in those words PostgreSQL might read the index of all that wait.
const stillWaits = `state NOT IN ('Sent', 'Dead', 'Void')`

// left is a mail that a former leader of this lease took and cannot end any more: $3 and $4 are the lease and its epoch.
const left = ` (m.taken_lease = $3 AND m.taken_epoch < $4)`

// isHeld is a mail that the hourly limit holds back after $2, which is now.
const isHeld = `(m.attempts = 0 AND m.due_at IS NOT NULL AND m.due_at > $2)`

// dueMail is a row that was taken.
type dueMail struct {
	store.Mail
	account int64
	session string // that a code is for
	origin  store.MailOrigin
	turn    int64
	budget  *budget // nil: it was counted when it was taken first
}

// TakeMails locks accounts before their mails, as everywhere.
func (l *fencedStore) TakeMails(ctx context.Context, links bool, limit int, lease time.Duration) ([]store.Mail, time.Time, error) {
	now := time.Now()
	var taken []*dueMail
	due := ourMails + ` AND (m.due_at IS NULL OR m.due_at <= $5 OR` + left + `)
		ORDER BY m.turn, m.created_at, m.id LIMIT $6`
	args := []any{l.cluster, links, l.lease, l.epoch, stamp(now), page(limit)}
	reads := []statement{
		exec(`SELECT id FROM accounts WHERE id IN (SELECT m.account_id`+due+`) ORDER BY id FOR SHARE`, args...),
		query(func(r row) error {
			m := &dueMail{}
			err := r.Scan(&m.ID, &m.Kind, &m.To, &m.NewAddress, &m.Attempts, moment{&m.Created}, &m.origin, &m.Username, &m.Theme, &m.account, &m.turn, &m.session)
			taken = append(taken, m)
			return err
		}, `SELECT m.id, m.kind, `+recipient+`, m.new_address, m.attempts + 1, m.created_at, m.origin,
				(SELECT username FROM accounts WHERE id = m.account_id), (SELECT theme FROM accounts WHERE id = m.account_id), m.account_id, m.turn, m.session_id`+
			due+` FOR UPDATE OF m`, args...),
	}
	of, err := l.buckets(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	var mails []store.Mail
	var accounts ledger
	err = l.writeAfter(ctx, "taking mails", reads, func() []statement { return accounts.of(taken, of) }, func() (writes []statement, err error) {
		for _, m := range taken {
			if held := m.hold(&accounts, now, l.rate); held != nil {
				writes = append(writes, held...)
				continue
			}
			writes = append(writes, m.take(l, now, lease)...)
			mails = append(mails, m.Mail)
		}
		if len(taken) > 0 {
			writes = append(writes, l.comesTo(taken[len(taken)-1].turn))
		}
		return append(writes, accounts.writes(now)...), nil
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	if len(taken) == page(limit) { // there may be more, which costs as much to find out as to take
		return mails, now, nil
	}
	next, err := l.nextMail(ctx, links)
	return mails, next, err
}

// comesTo notes how far the turns are: mails that come from now on take none that is over.
func (l *fencedStore) comesTo(turn int64) statement {
	return exec(`INSERT INTO mail_turns (cluster, lease, turn) VALUES ($1, $2, $3)
		ON CONFLICT (cluster, lease) DO UPDATE SET turn = excluded.turn WHERE mail_turns.turn < excluded.turn`, l.cluster, l.lease, turn)
}

// of reads the budgets of those mails that no sender had before.
func (l *ledger) of(taken []*dueMail, of salted) []statement {
	for _, m := range taken {
		if m.Attempts > 1 {
			continue
		}
		origin := m.origin
		if purposeOf(m.Kind) == "" {
			origin = originNotice
		}
		m.budget = l.add(of.budget(origin, m.To))
	}
	return l.reads()
}

// hold keeps a mail back until its address may get another one; nil where it may.
func (m *dueMail) hold(budgets *ledger, now time.Time, rate int) []statement {
	if m.budget == nil {
		return nil
	}
	again, ok := m.budget.left(now, rate)
	if ok {
		budgets.spend(m.budget)
		return nil
	}
	return []statement{exec(`UPDATE mails SET due_at = $2 WHERE id = $1`, m.ID, stamp(again))}
}

// take gives the mail a new token, if it carries any, and keeps it from being taken again until the lease is over or
// another leader has come.
func (m *dueMail) take(by *fencedStore, now time.Time, lease time.Duration) []statement {
	writes := []statement{exec(`UPDATE mails SET attempts = $2, due_at = $3, taken_lease = $4, taken_epoch = $5 WHERE id = $1`,
		m.ID, m.Attempts, stamp(now.Add(lease)), by.lease, by.epoch)}
	if purpose := purposeOf(m.Kind); purpose != "" {
		m.Expires = now.Add(m.Kind.Lifetime())
		writes = append(writes, addLinkTo(m.draw(), m.account, purpose, m.Expires, m.To))
	}
	return writes
}

// draw gives the mail its link's token, or its code, of which the store keeps the hash.
func (m *dueMail) draw() (hash []byte) {
	if m.Kind == store.MailFactorCode {
		m.Token = newMailedCode()
		return hashOfCode(m.account, m.session, m.Token)
	}
	m.Token = newToken()
	return hashOf(m.Token)
}

// purposeOf is what the link or the code in a mail of this kind may do; empty for a mail without one.
func purposeOf(kind store.MailKind) store.LinkPurpose {
	return map[store.MailKind]store.LinkPurpose{
		store.MailVerifyAddress: store.LinkVerifyAddress,
		store.MailProveAddress:  store.LinkProveAddress,
		store.MailResetPassword: store.LinkChoosePassword,
		store.MailFactorCode:    store.LinkFactorCode,
	}[kind]
}

func (l *fencedStore) nextMail(ctx context.Context, links bool) (next time.Time, err error) {
	err = l.engine.read(ctx, query(func(r row) error { return r.Scan(moment{&next}) },
		`SELECT min(CASE WHEN m.due_at IS NULL OR`+left+` THEN m.created_at ELSE m.due_at END)`+ourMails, l.cluster, links, l.lease, l.epoch))
	return next, doing("looking for the next mail", err)
}

func (l *fencedStore) MailSent(ctx context.Context, id string) error {
	return l.writeOnly(ctx, "ending a mail",
		exec(`UPDATE mails SET state = 'Sent', recipient = '', new_address = '', reason = '', sent_at = $2 WHERE id = $1 AND `+stillWaits,
			id, stamp(time.Now())))
}

func (l *fencedStore) MailFailed(ctx context.Context, id, reason string, retry time.Time) error {
	if err := checkText("reason", reason, maxReason); err != nil {
		return err
	}
	write := exec(`UPDATE mails SET reason = $2, due_at = $3, taken_lease = NULL, taken_epoch = NULL WHERE id = $1 AND `+stillWaits, id, reason, stamp(retry))
	if retry.IsZero() {
		write = exec(`UPDATE mails SET reason = $2, state = 'Dead' WHERE id = $1 AND `+stillWaits, id, reason)
	}
	return l.writeOnly(ctx, "noting why a mail failed", write)
}

func (l *fencedStore) MailCounts(ctx context.Context) (c store.MailCounts, err error) {
	err = l.engine.read(ctx, query(func(r row) error { return r.Scan(&c.Waiting, &c.Dead, &c.Held, moment{&c.Oldest}) },
		`SELECT count(CASE WHEN m.state = 'Waiting' AND NOT `+isHeld+` THEN 1 END), count(CASE m.state WHEN 'Dead' THEN 1 END),
			count(CASE WHEN m.state = 'Waiting' AND `+isHeld+` THEN 1 END), min(CASE WHEN m.state = 'Waiting' AND NOT `+isHeld+` THEN m.created_at END)
		FROM mails m WHERE m.state IN ('Waiting', 'Dead') AND `+ofOurs, l.cluster, stamp(time.Now())))
	return c, doing("counting mails", err)
}
