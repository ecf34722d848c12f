package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// subjectArrival is who signed in at a provider.
type subjectArrival struct {
	arrival
	who       store.Subject
	bound     string // who of the provider is bound to the account; empty: nobody
	confirmed bool   // its address is its holder's
	factor    bool   // there is a second one
	require   bool   // the policy asks for one
}

// BeginSubjectSession implements store.Sessions.
func (s *Store) BeginSubjectSession(ctx context.Context, who store.Subject, from store.Browser) (store.Given, error) {
	const maxIssuer, maxSubject = 2048, 255
	if checkText("issuer", who.Issuer, maxIssuer) != nil || checkText("subject", who.Subject, maxSubject) != nil || who.Subject == "" {
		return store.Given{}, doing("signing in at a provider", store.ErrNotFound)
	}
	if checkText("email", who.Email, maxEmail) != nil {
		who.Email = "" // nobody's
	}
	a := subjectArrival{arrival: s.arrival(from), who: who}
	a.half = "SignInAtProvider"
	a.proved = time.Unix(0, 0)
	if !who.At.IsZero() {
		a.proved = who.At
		if who.At.After(a.now) {
			a.proved = a.now
		}
	}
	err := s.writeUnfenced(ctx, "signing in at a provider", a.reads(), a.decide)
	return a.outcome(err)
}

// ofSubject finds the account that a subject is bound to.
const ofSubject = `(SELECT account_id FROM provider_subjects WHERE issuer = $1 AND subject = $2 AND ` + ofPresent + `)`

// reads lock one account, and then look who is bound to it, since another browser may have been first.
func (a *subjectArrival) reads() []statement {
	found := func(r row) error { return r.Scan(&a.account, &a.confirmed, &a.require) }
	const out = `SELECT id, email_verified_at IS NOT NULL, two_factor_policy = 'Required' FROM accounts WHERE ` + mayEnter + ` AND `
	who := []any{a.who.Issuer, a.who.Subject, addressKey(a.who.Email)}
	return []statement{
		query(found, out+`id = `+ofSubject+` FOR UPDATE`, who[:2]...),
		query(found, out+`email_key = $3 AND NOT EXISTS `+ofSubject+` FOR UPDATE`, who...),
		query(func(r row) error { return r.Scan(&a.bound) }, `SELECT subject FROM provider_subjects WHERE issuer = $1 AND `+ofPresent+`
			AND account_id = coalesce(`+ofSubject+`, (SELECT id FROM accounts WHERE email_key = $3 AND deleted_at IS NULL))`, who...),
		query(func(r row) error { return r.Scan(&a.factor) }, `SELECT EXISTS (SELECT 1 FROM factors WHERE account_id =
			coalesce(`+ofSubject+`, (SELECT id FROM accounts WHERE email_key = $3 AND deleted_at IS NULL)))`, who...),
	}
}

func (a *subjectArrival) decide() (writes []statement, err error) {
	switch {
	case a.account == 0, a.bound != "" && a.bound != a.who.Subject:
		return nil, store.ErrNotFound
	case a.bound == "":
		writes = a.bind()
	}
	code := a.who.Code == store.CodeAlways || a.who.Code == store.CodeIfRequired && a.require
	a.given.AwaitsCode = a.factor && code
	return append(writes, a.writes()...), nil
}

// bind has nobody keep a way into the account who had one before its address was its holder's.
func (a *subjectArrival) bind() (writes []statement) {
	if !a.confirmed {
		a.factor = false
		writes = append(endFactors(a.account), endWaysIn(a.account, a.now), exec(`UPDATE accounts SET password_hash = NULL WHERE id = $1`, a.account),
			exec(`DELETE FROM links WHERE account_id = $1`, a.account))
	}
	writes = append(writes, confirmed(a.account, a.now)...)
	return append(writes,
		exec(`DELETE FROM provider_subjects WHERE issuer = $1 AND (subject = $2 OR account_id = $3) AND NOT `+ofPresent, a.who.Issuer, a.who.Subject, a.account),
		exec(`INSERT INTO provider_subjects (issuer, subject, account_id, incarnation, bound_at) SELECT $1, $2, $3, incarnation, $4 FROM identity`,
			a.who.Issuer, a.who.Subject, a.account, stamp(a.now)),
		queueMail(a.account, store.MailSubjectBound, store.OriginHolder), auditUnfenced("BindSubject", a.account))
}
