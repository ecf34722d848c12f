package sqlstore

import "github.com/account-operator/account-operator/internal/store"

var envVarKind = kind{
	name: store.KindEnvVarSet, table: "env_vars", noun: "variable", prefix: "owner_", key: "name", order: "account_id, name",
	columns: "account_id, name, version, " + claimText("owner_", "%s") + ", size", secret: "value",
	inAccount: true,
}.described()
