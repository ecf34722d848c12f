package sqlstore

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// upsertMost bounds how many rows one statement writes.
const upsertMost = 64

// upsert is variables of one account and one owner that are written together: a statement costs the server more than a
// row does.
type upsert []upsertRow

type upsertRow struct {
	name    string
	value   []byte
	version int64
}

func (u upsert) has(name string) bool {
	return slices.ContainsFunc(u, func(r upsertRow) bool { return r.name == name })
}

// statements take as many rows each as a power of two: so there are few texts, and all are soon prepared.
func (u upsert) statements(account int64, o store.Claim) (out []statement) {
	for len(u) > 0 {
		power := min(bits.Len(uint(len(u)))-1, len(upsertTexts)-1)
		n := 1 << power
		args := []any{account, o.Cluster, o.Namespace, o.NamespaceUID, o.Name, o.UID}
		for _, r := range u[:n] {
			args = append(args, r.name, r.value, r.version)
		}
		out, u = append(out, exec(upsertTexts[power], args...)), u[n:]
	}
	return out
}

// upsertTexts are the texts for 1, 2, 4, 8 rows and so on.
var upsertTexts = func() (texts []string) {
	for n := 1; n <= upsertMost; n *= 2 {
		rows := make([]string, n)
		for row := range rows {
			first := 7 + 3*row // after what all rows share
			rows[row] = fmt.Sprintf("($1, $2, $3, $4, $5, $6, $%d, $%d, $%d)", first, first+1, first+2)
		}
		texts = append(texts, `INSERT INTO env_vars (account_id,
				owner_cluster, owner_namespace, owner_namespace_uid, owner_name, owner_uid, name, value, version)
			VALUES `+strings.Join(rows, ", ")+`
			ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value, version = excluded.version,
				owner_cluster = excluded.owner_cluster, owner_namespace = excluded.owner_namespace,
				owner_namespace_uid = excluded.owner_namespace_uid, owner_name = excluded.owner_name, owner_uid = excluded.owner_uid`)
	}
	return texts
}()
