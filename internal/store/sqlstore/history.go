package sqlstore

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/account-operator/account-operator/internal/store"
)

func (l *led) AppliedLeaves(ctx context.Context, c store.Claim) (map[string]string, error) {
	var text string
	err := l.engine.read(ctx, ask(func(r row) error { return r.Scan(&text) },
		`SELECT leaves FROM applied WHERE cluster = $1 AND kind = $2 AND uid = $3 AND leaves IS NOT NULL`, c.Cluster, c.Kind, c.UID))
	var leaves map[string]string
	if err == nil && text != "" && json.Unmarshal([]byte(text), &leaves) != nil {
		err = errors.New("what was kept is not a JSON object")
	}
	return leaves, doing("reading what was applied", err)
}

func (l *led) Claims(ctx context.Context, kind store.Kind, afterUID string, limit int) ([]store.Claim, error) {
	t, known := claimTables[kind]
	if !known {
		return nil, &store.InvalidError{Field: "kind", Reason: "no rows are claimed by objects of this kind"}
	}
	uid := t.prefix + "uid"
	var all []store.Claim
	err := l.engine.read(ctx, ask(func(r row) error {
		c := store.Claim{Kind: kind}
		err := r.Scan(claimInto(&c)...)
		all = append(all, c)
		return err
	}, `SELECT `+t.prefix+`cluster, coalesce(max(`+t.prefix+`namespace), ''), coalesce(max(`+t.prefix+`namespace_uid), ''),
			coalesce(max(`+t.prefix+`name), ''), `+uid+` FROM `+t.table+` WHERE `+t.prefix+`cluster = $1 AND `+uid+` > $2`+t.only+`
		GROUP BY `+t.prefix+`cluster, `+uid+` ORDER BY `+uid+` LIMIT $3`, l.cluster, afterUID, page(limit)))
	return all, doing("reading claims", err)
}

func (l *led) Holdings(ctx context.Context, afterUID string, limit int) ([]store.Holding, error) {
	var all []store.Holding
	err := l.engine.read(ctx, ask(func(r row) error {
		h := store.Holding{Claim: store.Claim{Kind: store.KindAccount}}
		err := r.Scan(append(claimInto(&h.Claim), &h.EnvVars, &h.Connections)...)
		all = append(all, h)
		return err
	}, `SELECT `+claimColumns+`, (SELECT count(*) FROM env_vars v WHERE v.account_id = accounts.id),
			(SELECT count(*) FROM connections c WHERE c.account_id = accounts.id)
		FROM accounts WHERE cluster = $1 AND uid > $2 AND deleted_at IS NULL ORDER BY uid LIMIT $3`, l.cluster, afterUID, page(limit)))
	return all, doing("counting what accounts have", err)
}
