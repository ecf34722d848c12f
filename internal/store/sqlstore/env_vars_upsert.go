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

// upsert is variables of one owner that are written together: a statement costs the server more than a
// row does.
type upsert []upsertRow

type upsertRow struct {
	account int64
	name    string
	value   []byte
	version int64
}

func (u upsert) has(account int64, name string) bool {
	return slices.ContainsFunc(u, func(r upsertRow) bool { return r.account == account && r.name == name })
}

// statements take as many rows each as a power of two: so there are few texts, and all are soon prepared.
func (u upsert) statements(o store.Claim) (out []statement) {
	for len(u) > 0 {
		power := min(bits.Len(uint(len(u)))-1, len(upsertTexts)-1)
		n := 1 << power
		args := claimArgs(o)
		for _, r := range u[:n] {
			args = append(args, r.account, r.name, r.value, r.version)
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
			first := 6 + 4*row // after what all rows share
			rows[row] = fmt.Sprintf("($1, $2, $3, $4, $5, $%d, $%d, $%d, $%d)", first, first+1, first+2, first+3)
		}
		texts = append(texts, `INSERT INTO env_vars (
				owner_cluster, owner_namespace, owner_namespace_uid, owner_name, owner_uid, account_id, name, value, version)
			VALUES `+strings.Join(rows, ", ")+`
			ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value, version = excluded.version,
				owner_cluster = excluded.owner_cluster, owner_namespace = excluded.owner_namespace,
				owner_namespace_uid = excluded.owner_namespace_uid, owner_name = excluded.owner_name, owner_uid = excluded.owner_uid`)
	}
	return texts
}()
