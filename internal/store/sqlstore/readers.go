package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// What a credential begins with, so that it is recognised, also by those who look for leaked ones.
const (
	readerKeyPrefix   = "aok_"
	readerTokenPrefix = "aot_"
)

// tokensOfAccount bounds the valid tokens of one account, countsAtOnce what one statement counts.
const (
	tokensOfAccount = 1000
	countsAtOnce    = 500
	allAccounts     = `"all"`
)

var (
	_ store.Readers    = (*Store)(nil)
	_ store.ReaderKeys = (*Store)(nil)
)

// readable is a new credential, and what the store keeps of it.
func readable(prefix string) (text store.Secret, hash []byte) {
	text = store.NewSecret(append([]byte(prefix), newToken().Reveal()...))
	return text, hashOf(text)
}

// CreateReaderKey implements store.ReaderKeys. The row that counts revocations keeps two from being made at once.
func (s *Store) CreateReaderKey(ctx context.Context, want store.ReaderKey) (store.ReaderKey, store.Secret, error) {
	accounts := []byte(allAccounts)
	if !want.AllAccounts {
		accounts, _ = json.Marshal(want.Accounts) // numbers
	}
	text, hash := readable(readerKeyPrefix)
	want.ID, want.Created = strings.ToLower(rand.Text()[:8]), time.Now() // never "-…", which a command line takes for a flag
	valid := 0
	err := s.writeUnfenced(ctx, "making a key", []statement{
		exec(`SELECT 1 FROM reader_revocations FOR UPDATE`),
		query(func(r row) error { return r.Scan(&valid) },
			`SELECT count(*) FROM reader_keys WHERE name = $1 AND expires_at > $2`, want.Name, stamp(want.Created)),
	}, func() ([]statement, error) {
		if valid >= store.ValidKeysOfName {
			return nil, &store.InvalidError{Field: "name", Reason: "has two valid keys already; revoke one of them first"}
		}
		return []statement{
			exec(`INSERT INTO reader_keys (id, name, hash, rights, accounts, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				want.ID, want.Name, hash, strings.Join(want.Rights, ","), string(accounts), stamp(want.Created), stamp(want.Expires)),
			auditUnfenced("CreateReaderKey", 0),
		}, nil
	})
	if err != nil {
		return store.ReaderKey{}, store.Secret{}, err
	}
	return want, text, nil
}

// readKeys has each called with every key there is, and its hash.
func readKeys(each func(store.ReaderKey, []byte)) statement {
	return query(func(r row) error {
		var k store.ReaderKey
		var hash []byte
		var rights, accounts string
		if err := r.Scan(&k.ID, &k.Name, &hash, &rights, &accounts, moment{&k.Created}, moment{&k.Expires}); err != nil {
			return err
		}
		k.Rights, k.AllAccounts = strings.Split(rights, ","), accounts == allAccounts
		if !k.AllAccounts {
			if err := json.Unmarshal([]byte(accounts), &k.Accounts); err != nil {
				return err
			}
		}
		each(k, hash)
		return nil
	}, `SELECT id, name, hash, rights, accounts, created_at, expires_at FROM reader_keys ORDER BY name, created_at, id`)
}

// ReaderKeys implements store.ReaderKeys.
func (s *Store) ReaderKeys(ctx context.Context) (all []store.ReaderKey, err error) {
	err = s.engine.read(ctx, readKeys(func(k store.ReaderKey, _ []byte) { all = append(all, k) }))
	return all, doing("reading the keys", err)
}

// revoked is part of each revocation.
func revoked() statement { return exec(`UPDATE reader_revocations SET count = count + 1`) }

// keyReader is how a key, or a token that it made, is named in the audit.
func keyReader(name, id string) string { return "key:" + name + "/" + id }

// RevokeReaderKeys implements store.ReaderKeys.
func (s *Store) RevokeReaderKeys(ctx context.Context, name, id string) error {
	var ids []string
	return s.writeUnfenced(ctx, "revoking a key", []statement{
		exec(`SELECT 1 FROM reader_revocations FOR UPDATE`),
		query(func(r row) error {
			var found string
			err := r.Scan(&found)
			ids = append(ids, found)
			return err
		}, `SELECT id FROM reader_keys WHERE name = $1 AND ($2 = '' OR id = $2)`, name, id),
	}, func() ([]statement, error) {
		if len(ids) == 0 {
			return nil, store.ErrNotFound
		}
		writes := []statement{revoked(), auditUnfenced("RevokeReaderKey", 0)}
		for _, id := range ids {
			writes = append(writes, exec(`DELETE FROM reader_keys WHERE id = $1`, id),
				exec(`DELETE FROM reader_tokens WHERE made_by = $1`, keyReader(name, id)))
		}
		return writes, nil
	})
}

// RevokeReaderTokens implements store.ReaderKeys.
func (s *Store) RevokeReaderTokens(ctx context.Context, account int64) (count int, err error) {
	err = s.writeUnfenced(ctx, "revoking tokens", []statement{
		query(func(r row) error { return r.Scan(&count) }, `SELECT count(*) FROM reader_tokens WHERE account_id = $1`, account),
	}, func() ([]statement, error) {
		return []statement{
			revoked(), exec(`DELETE FROM reader_tokens WHERE account_id = $1`, account), auditUnfenced("RevokeReaderTokens", account),
		}, nil
	})
	return count, err
}

// ValidReaders implements store.Readers.
func (s *Store) ValidReaders(ctx context.Context) (find func(store.Secret) (store.ReaderKey, bool), revocations int64, err error) {
	keys := map[string]store.ReaderKey{}
	err = s.engine.read(ctx, s.vouched(),
		query(func(r row) error { return r.Scan(&revocations) }, `SELECT count FROM reader_revocations`),
		readKeys(func(k store.ReaderKey, hash []byte) { keys[string(hash)] = k }))
	return func(text store.Secret) (store.ReaderKey, bool) {
		k, found := keys[string(hashOf(text))]
		return k, found && time.Now().Before(k.Expires)
	}, revocations, doing("reading the keys", err)
}

// ReaderToken implements store.Readers.
func (s *Store) ReaderToken(ctx context.Context, text store.Secret) (t store.ReaderToken, err error) {
	var rights string
	err = s.engine.read(ctx, s.vouched(), query(func(r row) error { return r.Scan(&t.Account, &rights, &t.By, moment{&t.Expires}) },
		`SELECT account_id, rights, made_by, expires_at FROM reader_tokens WHERE hash = $1 AND expires_at > $2`, hashOf(text), stamp(time.Now())))
	if err == nil && rights == "" {
		err = store.ErrNotFound
	}
	t.Rights = strings.Split(rights, ",")
	return t, doing("looking a token up", err)
}

// CreateReaderToken implements store.Readers.
func (s *Store) CreateReaderToken(ctx context.Context, want store.ReaderToken) (store.Secret, error) {
	text, hash := readable(readerTokenPrefix)
	live, valid := false, 0
	err := s.writeUnfenced(ctx, "making a token", []statement{
		query(func(r row) error { return r.Scan(&live) }, `SELECT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND deleted_at IS NULL)`, want.Account),
		query(func(r row) error { return r.Scan(&valid) }, `SELECT count(*) FROM (SELECT 1 FROM reader_tokens
			WHERE account_id = $1 AND expires_at > $2 LIMIT $3) AS valid`, want.Account, stamp(time.Now()), tokensOfAccount),
	}, func() ([]statement, error) {
		switch {
		case !live:
			return nil, store.ErrNotFound
		case valid == tokensOfAccount:
			return nil, &store.RateLimitedError{RetryAfter: time.Minute}
		}
		return []statement{exec(`INSERT INTO reader_tokens (hash, account_id, rights, made_by, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			hash, want.Account, strings.Join(want.Rights, ","), want.By, stamp(want.Expires))}, nil
	})
	if err != nil {
		return store.Secret{}, err
	}
	return text, nil
}

// CountReads implements store.Readers. All count in one order, so that no two wait for each other.
func (s *Store) CountReads(ctx context.Context, reads []store.ReadCount) error {
	reads = slices.Clone(reads)
	slices.SortFunc(reads, func(a, b store.ReadCount) int {
		return cmp.Or(cmp.Compare(a.Reader, b.Reader), cmp.Compare(a.Account, b.Account), a.Hour.Compare(b.Hour))
	})
	for some := range slices.Chunk(reads, countsAtOnce) {
		var writes []statement
		for _, c := range some {
			writes = append(writes, exec(`INSERT INTO reader_reads (reader, account_id, hour, reads) VALUES ($1, $2, $3, $4)
				ON CONFLICT (reader, account_id, hour) DO UPDATE SET reads = reader_reads.reads + excluded.reads`,
				c.Reader, c.Account, stamp(c.Hour), c.Reads))
		}
		if err := s.transaction(ctx, noLeader, writes...); err != nil {
			return doing("counting reads", err)
		}
	}
	return nil
}

// Reads implements store.Readers.
func (s *Store) Reads(ctx context.Context, account int64, limit int) (all []store.ReadCount, err error) {
	err = s.engine.read(ctx, query(func(r row) error {
		c := store.ReadCount{Account: account}
		err := r.Scan(&c.Reader, moment{&c.Hour}, &c.Reads)
		all = append(all, c)
		return err
	}, `SELECT reader, hour, reads FROM reader_reads WHERE account_id = $1 ORDER BY hour DESC, reader LIMIT $2`, account, limit))
	return all, doing("reading who read", err)
}
