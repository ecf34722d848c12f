package sqlstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// originCode counts the codes that an account's holder asks for.
const originCode store.MailOrigin = "Code"

// mailedCodeSize is 60 bits in groups of four letters, as those of backup codes: too many to find one by its hash while it is good.
const mailedCodeSize, mailedCodeGroup = 12, 4

func newMailedCode() store.Secret {
	plain := rand.Text()[:mailedCodeSize]
	return store.NewSecret([]byte(plain[:mailedCodeGroup] + "-" + plain[mailedCodeGroup:2*mailedCodeGroup] + "-" + plain[2*mailedCodeGroup:]))
}

// asDrawn is how people type a code. None has a zero or a one, which look like letters that codes have.
var asDrawn = strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I")

// hashOfCode binds a code to the account and to the session that asked for it.
func hashOfCode(account int64, session string, code store.Secret) []byte {
	plain := asDrawn.Replace(strings.ToUpper(string(code.Reveal())))
	hash := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%s", account, session, plain))
	return hash[:]
}

// MailCode implements store.Factors.
func (s *Store) MailCode(ctx context.Context, accountID, sessionID string) error {
	of, err := s.buckets(ctx)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	budget := of.budgetOf(originCode, accountID)
	var account int64
	return s.writeUnfenced(ctx, "mailing a code", []statement{lockLive(accountID, &account), budget.read()}, func() ([]statement, error) {
		if account == 0 {
			return nil, store.ErrNotFound
		}
		if again, ok := budget.left(now, s.rate); !ok {
			return nil, &store.RateLimitedError{RetryAfter: again.Sub(now)}
		}
		return []statement{
			exec(`INSERT INTO mails (account_id, kind, recipient, origin, session_id) SELECT id, 'FactorCode', email, 'Holder', $2 FROM accounts WHERE id = $1`,
				account, sessionID),
			budget.write(now, 1), auditUnfenced("MailCode", account),
		}, nil
	})
}

// AcceptMailedCode counts before it judges, as every attempt is.
func (s *Store) AcceptMailedCode(ctx context.Context, accountID, sessionID string, code store.Secret) error {
	var account int64
	var count counter
	now := time.Now()
	err := s.writeUnfenced(ctx, "counting an attempt", []statement{lockLive(accountID, &account), count.read(accountID)}, func() ([]statement, error) {
		if account == 0 {
			return nil, store.ErrNotFound
		}
		raised, err := count.raise(account, now)
		return []statement{raised}, err
	})
	if err != nil {
		return err
	}
	accepted := false
	return s.writeUnfenced(ctx, "accepting a code", []statement{
		lockLive(accountID, &account),
		query(func(row) error { accepted = true; return nil },
			`DELETE FROM links WHERE hash = $1 AND account_id = $2 AND purpose = 'FactorCode' AND expires_at > $3 AND `+ofLive+` RETURNING account_id`,
			hashOfCode(account, sessionID, code), account, stamp(now)),
	}, acceptance(&accepted, resetAttempts(account), auditUnfenced("AcceptMailedCode", account)))
}
