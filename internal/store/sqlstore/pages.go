package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// OpenPages opens a store for account holders' pages alone, beside managers: it neither makes nor migrates one. It takes a PostgreSQL store of
// this very schema, a Sealer with the public half of the keyset that sealed it, and a login that has the rights of Roles.Pages and reads nothing
// sealed. What it refuses is a *store.StartupError; one that passes may be tried again.
func OpenPages(ctx context.Context, address string, o Options) (*Store, error) {
	if scheme, _, _ := strings.Cut(address, "://"); scheme == "sqlite" {
		return nil, startupError("the pages alone need a PostgreSQL store: the file of an SQLite one is the manager's, and who reads it has everything",
			"have the manager serve them (--portal-url), or bring the store to PostgreSQL by 'manager store copy'")
	}
	if o.Sealer == nil {
		return nil, errors.New("opening the store: no sealer")
	}
	e, err := openEngine(ctx, address, o)
	if err != nil {
		return nil, err
	}
	s := newStore(e, o)
	if err := s.admitPages(ctx); err != nil {
		_ = e.close()
		if refused := (*stateError)(nil); errors.As(err, &refused) && refused.code == "42501" {
			return nil, passing(unusable(err))
		}
		return nil, unusable(err)
	}
	return s, nil
}

func (s *Store) admitPages(ctx context.Context) error {
	version, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case version > newestVersion:
		return newerSchema(version)
	case version < newestVersion:
		return passing(startupError(fmt.Sprintf("the schema of the store has version %d and these pages need %d", version, newestVersion),
			"let a manager of this version bring it up to date, or 'manager store migrate'"))
	}
	for _, look := range []func(context.Context) error{s.lacksNoRight, s.readsNothingSealed, s.sealsAsTheStore, s.opensSeeds} {
		if err := look(ctx); err != nil {
			return err
		}
	}
	return nil
}

// passing marks what may be over in a while.
func passing(err error) error {
	if refused := (*store.StartupError)(nil); errors.As(err, &refused) {
		refused.Passes = true
	}
	return err
}

// lacksNoRight refuses a login that some page would fail for, at the start in place of then.
func (s *Store) lacksNoRight(ctx context.Context) error {
	lacks, err := s.lacking(ctx, pagesRights)
	if err != nil || len(lacks) == 0 {
		return err
	}
	return passing(startupError("the database user lacks rights that the pages need: "+strings.Join(lacks, ", "),
		"run 'manager store roles' of this version as the owner of the tables, and make the user a member of account_operator_pages"))
}

// readsNothingSealed refuses a login that could hand out what accounts hold, though nothing here opens it.
func (s *Store) readsNothingSealed(ctx context.Context) error {
	var sealed []string
	for _, t := range sealedKinds() {
		sealed = append(sealed, fmt.Sprintf("('%s', '%s')", t.table, t.value))
	}
	may, err := s.texts(ctx, `SELECT of || '.' || field FROM (VALUES `+strings.Join(sealed, ", ")+`) AS sealed (of, field)
		WHERE has_column_privilege(of, field, 'SELECT') ORDER BY 1`)
	if err != nil || len(may) == 0 {
		return doing("looking at the rights of the database user", err)
	}
	return startupError("the database user may read what accounts hold sealed, which the pages must not: "+strings.Join(may, ", "),
		"give an address with a user that is a member of account_operator_pages only (--store-file, and see 'manager store roles')")
}

// sealsAsTheStore refuses the public half of another keyset: nobody could open what is sealed with it.
func (s *Store) sealsAsTheStore(ctx context.Context) error {
	var check []byte
	err := s.engine.read(ctx, query(func(r row) error { return r.Scan(&check) }, `SELECT value FROM seal_check WHERE id = 1`))
	switch {
	case err != nil:
		return doing("looking at the key check of the store", err)
	case check == nil:
		return passing(startupError("the store has not been used yet", "start a manager on it"))
	case !s.sealer.Knows(check):
		return startupError("the store was sealed with another keyset than that of these public halves, or with a key that is not among them",
			"bring every value under the newest key by 'manager store reseal', print the halves by 'manager keys public', and name them by --seal-keyset-file")
	}
	return nil
}

// opensSeeds refuses to check codes by seeds that the managers' keyset sealed.
func (s *Store) opensSeeds(ctx context.Context) error {
	if s.seeds == nil {
		return nil
	}
	known, err := s.knowsSeeds(ctx, s.seeds)
	if err != nil || known {
		return err
	}
	return passing(startupError("second factors are sealed with another keyset than that of --factor-keyset-file",
		"give managers the same one: who leads brings them under it"))
}

// texts reads rows of one text.
func (s *Store) texts(ctx context.Context, text string) (all []string, err error) {
	err = s.engine.read(ctx, query(func(r row) error {
		var found string
		err := r.Scan(&found)
		all = append(all, found)
		return err
	}, text))
	return all, err
}
