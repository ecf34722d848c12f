package sqlstore

import "github.com/account-operator/account-operator/internal/store"

func readNewest(c *store.Commit) statement {
	return query(commitInto(c), `SELECT id, at FROM audit ORDER BY id DESC LIMIT 1`)
}

func commitInto(c *store.Commit) func(row) error {
	return func(r row) error { return r.Scan(&c.Number, moment{&c.At}) }
}
