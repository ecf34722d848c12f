package sqlstore_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// Given an account that is as full as it may be, when a set that has nothing there plans, then it sees every value, and they are not all
// in memory in clear text beside what was read: ten such accounts may be worked on at once.
func TestSyncEnvVars_FullAccount_OthersValuesAreOpenedOnDemand(t *testing.T) {
	address, _ := newSQLite(t)
	fenced := filled(t, open(t, address, options(t)))
	alice := claim(store.KindAccount, "alice")
	value := store.NewSecret(bytes.Repeat([]byte("v"), 64<<10))
	const variables = 240 // 15 MiB of 16
	for n := 0; n < variables; n += 16 {
		must(t, fenced.SyncEnvVars(t.Context(), alice, claim(store.KindEnvVarSet, "full"), func([]store.EnvVar) (p store.EnvVarPlan) {
			for i := range 16 {
				p.Changes = append(p.Changes, store.EnvVarChange{Op: store.EnvVarSet, Name: fmt.Sprintf("V%d", n+i), Value: value})
			}
			return p
		}))
	}
	before := inUse()

	err := fenced.SyncEnvVars(t.Context(), alice, claim(store.KindEnvVarSet, "other"), func(have []store.EnvVar) store.EnvVarPlan {
		if grown := (inUse() - before) >> 20; grown > 24 {
			t.Errorf("looking at 15 MiB takes %d MiB", grown)
		}
		seen := 0
		for _, v := range have {
			if v.Value.Equal(value) && !v.Unreadable && v.Value.Len() == 64<<10 {
				seen++
			}
		}
		if seen != variables {
			t.Errorf("%d of %d values are seen", seen, variables)
		}
		return store.EnvVarPlan{}
	})
	must(t, err)
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // no heap is that large
}
