package storetest

import (
	"context"
	"reflect"

	"github.com/account-operator/account-operator/internal/store"
)

// sample is how a promise that holds for every kind keeps a row of one.
type sample struct {
	table  string
	uid    string // the column of the claim's UID
	put    func(ctx context.Context, fenced store.FencedStore, c, account store.Claim, mark store.Mark) error
	remove func(ctx context.Context, fenced store.FencedStore, c store.Claim, retain bool) error
	change string // what another program does to the row, whose column of the UID follows
	// inAccount says that rows are in an account, which counts them.
	inAccount bool
	// shared says that one object may have many rows, so that a namesake's are not in its way.
	shared bool
	// fields proves that each field of the value has a column of its own. Nil: other promises do.
	fields func(*kindScene)
}

var samples = map[store.Kind]sample{
	store.KindAccount: {
		table: "accounts", uid: "uid", change: `UPDATE accounts SET username = 'another'`,
		put: func(ctx context.Context, fenced store.FencedStore, c, _ store.Claim, mark store.Mark) error {
			_, err := fenced.PutAccount(ctx, c, store.AccountSpec{Email: email(c.UID)}, mark)
			return err
		},
		remove: func(ctx context.Context, fenced store.FencedStore, c store.Claim, retain bool) error {
			return fenced.DeleteAccount(ctx, c, store.Deletion{Retain: retain})
		},
	},
	store.KindEnvVarSet: {
		table: "env_vars", uid: "owner_uid", change: `UPDATE env_vars SET version = version + 1`, inAccount: true, shared: true,
		put: func(ctx context.Context, fenced store.FencedStore, c, account store.Claim, mark store.Mark) error {
			return fenced.SyncEnvVars(ctx, account, c, func([]store.EnvVar) store.EnvVarPlan {
				return store.EnvVarPlan{Changes: []store.EnvVarChange{change(store.EnvVarSet, "KEPT", "canary")}, Mark: &mark}
			})
		},
		remove: func(ctx context.Context, fenced store.FencedStore, c store.Claim, retain bool) error {
			return fenced.RemoveEnvVars(ctx, c, retain)
		},
	},
	store.KindCloudConnection: rowSample("connections", `UPDATE connections SET bucket = 'another'`, store.FencedStore.Connections),
	store.KindSSHKey:          rowSample("ssh_keys", `UPDATE ssh_keys SET comment = 'another'`, store.FencedStore.SSHKeys),
}

// rowSample is that of a kind with one row an object.
func rowSample[R any](table, change string, of func(store.FencedStore) store.Rows[R]) sample {
	return sample{
		table: table, uid: "uid", change: change, inAccount: true,
		put: func(ctx context.Context, fenced store.FencedStore, c, account store.Claim, mark store.Mark) error {
			_, err := of(fenced).Put(ctx, c, account, filled[R](), mark)
			return err
		},
		remove: func(ctx context.Context, fenced store.FencedStore, c store.Claim, retain bool) error {
			return of(fenced).Delete(ctx, c, retain)
		},
		fields: func(k *kindScene) { hasColumns(k, of(k.fenced)) },
	}
}

// filled has each text of R say its own name, and a secret.
func filled[R any]() (r R) {
	v := reflect.ValueOf(&r).Elem()
	for n := range v.NumField() {
		switch field := v.Type().Field(n); field.Type {
		case reflect.TypeFor[string]():
			v.Field(n).SetString(field.Name)
		case reflect.TypeFor[map[string]store.Secret]():
			v.Field(n).Set(reflect.ValueOf(map[string]store.Secret{"key": store.NewSecret([]byte("canary"))}))
		}
	}
	return r
}
