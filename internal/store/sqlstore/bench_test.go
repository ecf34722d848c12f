package sqlstore_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// BenchmarkSyncEnvVars writes ten variables of one account in one transaction.
func BenchmarkSyncEnvVars(b *testing.B) {
	for name, dialect := range dialects {
		b.Run(name, func(b *testing.B) {
			address, _ := dialect(b)
			fenced := filled(b, open(b, address, options(b)))
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				must(b, fenced.SyncEnvVars(b.Context(), claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "env"), ten(n)))
			}
		})
	}
}

// BenchmarkSyncPairs writes ten variables of so many accounts, as many in a transaction as it takes.
func BenchmarkSyncPairs(b *testing.B) {
	for name, dialect := range dialects {
		for _, accounts := range []int{40, 1000} {
			b.Run(fmt.Sprint(name, "/", accounts), func(b *testing.B) {
				address, _ := dialect(b)
				fenced := filled(b, open(b, address, options(b)))
				var all []store.Claim
				for n := range accounts {
					a := claim(store.KindAccount, fmt.Sprint("a", n))
					_, err := fenced.PutAccount(b.Context(), a, store.AccountSpec{Email: a.UID + "@example.com"}, store.Mark{})
					must(b, err)
					all = append(all, a)
				}
				b.ReportAllocs()
				for n := 0; b.Loop(); n++ {
					for batch := range slices.Chunk(all, store.MaxPairs) {
						_, err := fenced.SyncPairs(b.Context(), claim(store.KindEnvVarSet, "many"), batch, tenNames,
							func(_ store.Pair, have []store.EnvVar) store.EnvVarPlan { return ten(n)(have) })
						must(b, err)
					}
				}
			})
		}
	}
}

// BenchmarkSyncEnvVarsUnchanged is the resync: it looks and writes nothing.
func BenchmarkSyncEnvVarsUnchanged(b *testing.B) {
	for name, dialect := range dialects {
		b.Run(name, func(b *testing.B) {
			address, _ := dialect(b)
			fenced := filled(b, open(b, address, options(b)))
			alice, env := claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "env")
			must(b, fenced.SyncEnvVars(b.Context(), alice, env, ten(0)))
			b.ReportAllocs()
			for b.Loop() {
				must(b, fenced.SyncEnvVars(b.Context(), alice, env, func([]store.EnvVar) store.EnvVarPlan { return store.EnvVarPlan{} }))
			}
		})
	}
}

func BenchmarkPutAccount(b *testing.B) {
	for name, dialect := range dialects {
		b.Run(name, func(b *testing.B) {
			address, _ := dialect(b)
			fenced := filled(b, open(b, address, options(b)))
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				username := fmt.Sprint(n)
				_, err := fenced.PutAccount(b.Context(), claim(store.KindAccount, "alice"),
					store.AccountSpec{Email: "alice@example.com", Settings: store.Settings[*string]{Username: &username}}, store.Mark{Generation: int64(n)})
				must(b, err)
			}
		})
	}
}

func BenchmarkPutConnection(b *testing.B) {
	for name, dialect := range dialects {
		b.Run(name, func(b *testing.B) {
			address, _ := dialect(b)
			fenced := filled(b, open(b, address, options(b)))
			connections := fenced.Connections() // as a manager does, once
			alice, data := claim(store.KindAccount, "alice"), claim(store.KindCloudConnection, "data")
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				_, err := connections.Put(b.Context(), data, alice, store.Connection{Type: "AmazonS3", Bucket: fmt.Sprint(n)}, store.Mark{})
				must(b, err)
			}
		})
	}
}

func BenchmarkConnection(b *testing.B) {
	for name, dialect := range dialects {
		b.Run(name, func(b *testing.B) {
			address, _ := dialect(b)
			fenced := filled(b, open(b, address, options(b)))
			connections := fenced.Connections() // as a manager does, once
			b.ReportAllocs()
			for b.Loop() {
				_, err := connections.Get(b.Context(), claim(store.KindCloudConnection, "data"))
				must(b, err)
			}
		})
	}
}

// BenchmarkDeleteAccount makes an account with a variable and a connection, and deletes it with both.
func BenchmarkDeleteAccount(b *testing.B) {
	for name, dialect := range dialects {
		b.Run(name, func(b *testing.B) {
			address, _ := dialect(b)
			fenced := filled(b, open(b, address, options(b)))
			connections := fenced.Connections() // as a manager does, once
			alice, data := claim(store.KindAccount, "alice"), claim(store.KindCloudConnection, "data")
			b.ReportAllocs()
			for b.Loop() {
				_, err := fenced.PutAccount(b.Context(), alice, store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
				must(b, err)
				must(b, setVar(b, fenced, "TOKEN", "value"))
				_, err = connections.Put(b.Context(), data, alice, store.Connection{Type: "AmazonS3"}, store.Mark{})
				must(b, err)
				must(b, fenced.DeleteAccount(b.Context(), alice, store.Deletion{}))
			}
		})
	}
}

// BenchmarkReader reads ten variables of one account, as another program does.
func BenchmarkReader(b *testing.B) {
	for name, dialect := range dialects {
		b.Run(name, func(b *testing.B) {
			address, _ := dialect(b)
			o := options(b)
			fenced := filled(b, open(b, address, o))
			must(b, fenced.SyncEnvVars(b.Context(), claim(store.KindAccount, "bob"), claim(store.KindEnvVarSet, "ten"), ten(0)))
			bob, r := idOf(b, fenced, "bob"), openReader(b, address, o)
			b.ReportAllocs()
			for b.Loop() {
				vars, err := r.EnvVars(b.Context(), bob)
				must(b, err)
				if len(vars) != 10 || vars[0].Unreadable {
					b.Fatal("ten variables are not read")
				}
			}
		})
	}
}

var tenNames = []string{"V0", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9"}

func ten(round int) func([]store.EnvVar) store.EnvVarPlan {
	return func([]store.EnvVar) (p store.EnvVarPlan) {
		for n := range 10 {
			p.Changes = append(p.Changes, store.EnvVarChange{
				Op: store.EnvVarSet, Name: fmt.Sprintf("V%d", n), Value: store.NewSecret(fmt.Appendf(nil, "value %d", round)),
			})
		}
		p.Mark = &store.Mark{Generation: int64(round), Record: fmt.Sprint(round)}
		return p
	}
}
