package sqlstore

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/account-operator/account-operator/internal/store"
)

// Reader is what a cluster's claims hold, for whoever only looks.
func (s *Store) Reader(cluster string) store.Reader {
	return &fencedStore{Store: s, lead: lead{cluster: cluster}}
}

func (l *fencedStore) AppliedLeaves(ctx context.Context, c store.Claim) (map[string]string, error) {
	var text string
	err := l.engine.read(ctx, query(func(r row) error { return r.Scan(&text) },
		`SELECT leaves FROM applied WHERE cluster = $1 AND kind = $2 AND uid = $3 AND leaves IS NOT NULL`, c.Cluster, c.Kind, c.UID))
	var leaves map[string]string
	if err == nil && text != "" && json.Unmarshal([]byte(text), &leaves) != nil {
		err = errors.New("what was kept is not a JSON object")
	}
	return leaves, doing("reading what was applied", err)
}

func (l *fencedStore) Claims(ctx context.Context, kind store.Kind, afterUID string, limit int) ([]store.Claim, error) {
	k := kindOf(kind)
	if k == nil {
		return nil, &store.InvalidError{Field: "kind", Reason: "no rows are claimed by objects of this kind"}
	}
	of, uid := k.prefix, k.prefix+"uid"
	var all []store.Claim
	err := l.engine.read(ctx, query(func(r row) error {
		c := store.Claim{Kind: kind}
		err := r.Scan(claimInto(&c)...)
		all = append(all, c)
		return err
	}, `SELECT `+of+`cluster, coalesce(max(`+of+`namespace), ''), coalesce(max(`+of+`namespace_uid), ''),
			coalesce(max(`+of+`name), ''), `+uid+` FROM `+k.table+` WHERE `+of+`cluster = $1 AND `+uid+` > $2`+k.texts.only+`
		GROUP BY `+of+`cluster, `+uid+` ORDER BY `+uid+` LIMIT $3`, l.cluster, afterUID, page(limit)))
	return all, doing("reading claims", err)
}

func (l *fencedStore) Accounts(ctx context.Context, afterUID string, limit int) ([]store.Account, error) {
	const few = ` FROM accounts WHERE cluster = $1 AND uid > $2 AND deleted_at IS NULL ORDER BY uid LIMIT $3`
	args := []any{l.cluster, afterUID, page(limit)}
	var all []store.Account
	byID := map[string]int{}
	of := func(id string) *store.Account {
		if n, found := byID[id]; found {
			return &all[n]
		}
		return nil
	}
	err := l.engine.read(ctx,
		query(func(r row) error {
			var a store.Account
			err := accountInto(&a)(r)
			byID[a.ID] = len(all)
			all = append(all, a)
			return err
		}, `SELECT `+accountOut+few, args...),
		query(func(r row) error {
			var id, event, email string
			err := r.Scan(&id, &event, &email)
			if n, found := byID[id]; found {
				choose(&all[n], event, email)
			}
			return err
		}, `SELECT CAST(account_id AS TEXT), type, email FROM notification_prefs WHERE account_id IN (SELECT id`+few+`)`, args...),
		query(func(r row) error {
			var id string
			var method store.FactorMethod
			err := r.Scan(&id, &method)
			if n, found := byID[id]; found {
				all[n].Factors.Methods = append(all[n].Factors.Methods, method)
			}
			return err
		}, `SELECT DISTINCT CAST(account_id AS TEXT), method FROM factors WHERE account_id IN (SELECT id`+few+`) ORDER BY method`, args...),
		query(confirmationInto(of), confirmationOut+` IN (SELECT id`+few+`)`, args...),
		query(dependentsInto(of), dependentsOf(`IN (SELECT id`+few+`)`), args...))
	return all, doing("reading accounts", err)
}
