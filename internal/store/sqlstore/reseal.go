package sqlstore

import (
	"context"
	"encoding/hex"
	"fmt"
)

// sealedPage bounds one transaction of a resealing.
const sealedPage = 100

// sealedTable is a table whose rows hold a sealed value, with the columns of the row's name and of the value, and
// what distinguishes such rows.
type sealedTable struct{ table, key, value, noun, only string }

var sealedSeeds = sealedTable{factorsTable, "id", "seed", "second factor", " AND seed IS NOT NULL"}

var sealedTables = append(sealedKinds(), sealedSeeds)

func sealedKinds() (all []sealedTable) {
	for _, k := range kinds {
		if k.inAccount && k.secret != "" {
			all = append(all, sealedTable{k.table, k.key, k.secret, k.noun, ""})
		}
	}
	return all
}

// sealedRow is a row of any of them.
type sealedRow struct {
	sealedTable

	account, version int64
	name             string
	sealed           []byte
}

func (r sealedRow) place() []byte { return place(r.account, r.table, r.name, r.version) }

func (r sealedRow) String() string {
	return fmt.Sprintf("the %s %q of account %d does not open", r.noun, r.name, r.account)
}

// Reseal brings every value under the keyset's primary key, so that older keys can go, and returns how many it did. It
// may run beside a manager: a row that was written since is left as it is. Killed midway, it leaves rows under both keys,
// and both open. A value that does not open stays, and is reported at the end.
func (s *Store) Reseal(ctx context.Context) (done int, err error) {
	done, broken, err := s.resealTables(ctx, sealedTables)
	if err == nil {
		err = s.resealCheck(ctx)
	}
	if err == nil {
		err = broken
	}
	return done, doing("sealing values anew", err)
}

// resealTables returns as broken what it says of a value that does not open.
func (s *Store) resealTables(ctx context.Context, tables []sealedTable) (done int, broken, err error) {
	err = s.eachPage(ctx, tables, func(rows []sealedRow) error {
		var steps []statement
		for _, r := range rows {
			if s.sealerOf(r.table).Current(r.sealed) {
				continue
			}
			step, err := s.reseal(r)
			if err != nil {
				broken = err
				continue
			}
			steps = append(steps, step)
		}
		done += len(steps)
		return s.writeWithOwnLead(ctx, steps)
	})
	return done, broken, err
}

// BringSeeds brings all seeds under the newest key of the keyset for them, so that whoever has that alone opens them. One that does not open
// stays, and Verify reports it.
func (s *Store) BringSeeds(ctx context.Context) error {
	if s.seeds == nil {
		return nil
	}
	_, _, err := s.resealTables(ctx, []sealedTable{sealedSeeds})
	return doing("bringing second factors under the keyset for them", err)
}

func (s *Store) reseal(r sealedRow) (statement, error) {
	plain, err := s.openOf(r.table, r.sealed, r.place())
	if err != nil {
		return statement{}, fmt.Errorf("%s", r)
	}
	fresh, err := s.sealerOf(r.table).Seal(plain, r.place())
	if err != nil {
		return statement{}, err
	}
	return exec(fmt.Sprintf(`UPDATE %s SET %[3]s = $1 WHERE account_id = $2 AND %[2]s = $3 AND version = $4 AND %[3]s = $5`,
		r.table, r.key, r.value), fresh, r.account, r.name, r.version, r.sealed), nil
}

func (s *Store) resealCheck(ctx context.Context) error {
	fresh, err := s.sealer.Seal([]byte(sealText), sealPlace)
	if err != nil {
		return err
	}
	return s.writeWithOwnLead(ctx, []statement{exec(`UPDATE seal_check SET value = $1 WHERE id = 1`, fresh)})
}

// writeWithOwnLead is a transaction for what is right whoever leads: each of its statements is conditional in itself. It leads for as long
// as it takes, and nobody sees that, so that triggers do not take it for another program's.
func (s *Store) writeWithOwnLead(ctx context.Context, steps []statement) error {
	if len(steps) == 0 {
		return nil
	}
	token := newToken()
	hash := hashOf(token)
	lease := hex.EncodeToString(hash)
	begin := exec(`INSERT INTO leaders (cluster, lease, epoch, token) VALUES ('', $1, 0, $2)`, lease, hash)
	end := exec(`DELETE FROM leaders WHERE cluster = '' AND lease = $1`, lease)
	return s.transaction(ctx, token, append(append([]statement{begin}, steps...), end)...)
}

// eachPage shows all sealed rows of tables, a page at a time.
func (s *Store) eachPage(ctx context.Context, tables []sealedTable, show func([]sealedRow) error) error {
	for _, t := range tables {
		rows, err := s.sealedPage(ctx, sealedRow{sealedTable: t})
		for ; err == nil && len(rows) > 0; rows, err = s.sealedPage(ctx, rows[len(rows)-1]) {
			if err := show(rows); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sealedPage returns the rows of a table that follow the last one.
func (s *Store) sealedPage(ctx context.Context, last sealedRow) (rows []sealedRow, err error) {
	err = s.engine.read(ctx, query(func(r row) error {
		next := sealedRow{sealedTable: last.sealedTable}
		err := r.Scan(&next.account, &next.name, &next.version, &next.sealed)
		rows = append(rows, next)
		return err
	}, fmt.Sprintf(`SELECT account_id, %[2]s, version, %[3]s FROM %[1]s WHERE (account_id, %[2]s) > ($1, $2)%[4]s
		ORDER BY account_id, %[2]s LIMIT $3`, last.table, last.key, last.value, last.only), last.account, last.name, sealedPage))
	return rows, err
}
