package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
)

// The key check is bound to its table; its text is known.
const sealText = "account-operator"

var sealPlace = place(0, "seal_check", "", 0)

// sealVersion is the schema that brought the key check.
const sealVersion = 2

// checkSeal refuses a keyset that did not seal what is there, and reports whether there is a check at all.
func (s *Store) checkSeal(ctx context.Context, version int64) (found bool, err error) {
	if version < sealVersion {
		return false, nil
	}
	var value []byte
	read := query(func(r row) error { return r.Scan(&value) }, `SELECT value FROM seal_check WHERE id = 1`)
	if err := s.engine.read(ctx, read); err != nil {
		return false, doing("looking at the key check of the store", err)
	}
	if value == nil {
		return false, nil
	}
	if text, err := s.sealer.Open(value, sealPlace); err != nil || string(text) != sealText {
		return true, s.foreignSeal(value)
	}
	return true, nil
}

func (s *Store) foreignSeal(value []byte) error {
	switch {
	case !seal.Encrypted(value):
		return startupError("the store holds its values unsealed, and a keyset was given",
			"start with a new store, or with --insecure-no-seal for development")
	case s.sealer.Encrypts():
		return startupError("the store was sealed with another keyset",
			"give the keyset it was made with (--seal-keyset-file)")
	default:
		return startupError("the store is sealed, and no keyset was given",
			"give the keyset it was made with (--seal-keyset-file)")
	}
}

// ensureSeal puts the key check into a new store and looks again: another manager may have been first.
func (s *Store) ensureSeal(ctx context.Context) error {
	if found, err := s.checkSeal(ctx, newestVersion); found || err != nil {
		return err
	}
	value, err := s.sealer.Seal([]byte(sealText), sealPlace)
	if err != nil {
		return err
	}
	write := exec(`INSERT INTO seal_check (id, value) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`, value)
	if err := s.transaction(ctx, noLeader, write); err != nil {
		return doing("writing the key check", err)
	}
	_, err = s.checkSeal(ctx, newestVersion)
	return err
}

// sealSecrets and openSecrets keep the fields as one JSON object; []byte becomes base64 there.
func (s *Store) sealSecrets(secrets map[string]store.Secret, place []byte) ([]byte, error) {
	plain := make(map[string][]byte, len(secrets))
	for field, secret := range secrets {
		plain[field] = secret.Reveal()
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	return s.sealer.Seal(text, place)
}

func (s *Store) openSecrets(sealed, place []byte) (map[string]store.Secret, bool) {
	text, err := s.sealer.Open(sealed, place)
	if err != nil {
		return nil, false
	}
	var plain map[string][]byte
	if json.Unmarshal(text, &plain) != nil {
		return nil, false
	}
	secrets := make(map[string]store.Secret, len(plain))
	for field, value := range plain {
		secrets[field] = store.NewSecret(value)
	}
	return secrets, true
}

// factorsTable is the one whose sealed values may have a keyset of their own.
const factorsTable = "factors"

// factorsVersion is the schema since which seeds can have been brought under that.
const factorsVersion = 30

func (s *Store) sealerOf(table string) *seal.Sealer {
	if table == factorsTable && s.seeds != nil {
		return s.seeds
	}
	return s.sealer
}

// openOf opens what a table holds sealed: a seed, also from before seeds had a keyset of their own.
func (s *Store) openOf(table string, sealed, place []byte) ([]byte, error) {
	if of := s.sealerOf(table); of.Knows(sealed) {
		return of.Open(sealed, place)
	}
	return s.sealer.Open(sealed, place)
}

// checkSeeds refuses to go on without the keyset that seeds were brought under: nobody could sign in by a code.
func (s *Store) checkSeeds(ctx context.Context, version int64) error {
	if version < factorsVersion {
		return nil
	}
	known, err := s.knowsSeeds(ctx, s.sealer, s.seeds)
	if err != nil || known {
		return err
	}
	return startupError("second factors were sealed with a keyset for them, which was not given",
		"give that keyset (--factor-keyset-file)")
}

// knowsSeeds looks at some seeds: whether one of these keysets sealed any, or there is none.
func (s *Store) knowsSeeds(ctx context.Context, by ...*seal.Sealer) (bool, error) {
	none, known := true, false
	err := s.engine.read(ctx, query(func(r row) error {
		var sealed []byte
		err := r.Scan(&sealed)
		none = false
		for _, sealer := range by {
			known = known || sealer != nil && sealer.Knows(sealed)
		}
		return err
	}, `SELECT seed FROM factors WHERE seed IS NOT NULL ORDER BY account_id, id LIMIT 100`))
	return none || known, doing("looking at second factors", err)
}
