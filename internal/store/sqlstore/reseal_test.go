package sqlstore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/fault"
)

const many = 250 // more than two pages

// fillAndRotate puts many variables into alice's account under the old key and returns the rotated keyset's sealer.
func fillAndRotate(t *testing.T, address string) *seal.Sealer {
	t.Helper()
	return fillAndRotateFrom(t, address, newKeyset(t))
}

func fillAndRotateFrom(t *testing.T, address string, keyset []byte) *seal.Sealer {
	t.Helper()
	o := options(t)
	o.Sealer = load(t, keyset)
	s := open(t, address, o)
	fenced := filled(t, s)
	must(t, fenced.SyncEnvVars(t.Context(), claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "env"),
		func([]store.EnvVar) (p store.EnvVarPlan) {
			for n := range many {
				p.Changes = append(p.Changes, store.EnvVarChange{
					Op: store.EnvVarSet, Name: fmt.Sprintf("V%03d", n), Value: store.NewSecret([]byte("value")),
				})
			}
			return p
		}))
	alice, err := fenced.Account(t.Context(), claim(store.KindAccount, "alice"))
	must(t, err)
	must(t, s.EnrolTOTP(t.Context(), alice.ID, "", store.NewSecret([]byte("canary-seed")), 0))
	must(t, s.EnrolBackupCodes(t.Context(), alice.ID, [][]byte{[]byte("a hash, which is not sealed")}))
	closeStore(t, s)
	rotated, err := seal.Rotate(keyset)
	must(t, err)
	return load(t, rotated)
}

// current counts the values under the new key, and those that there are.
func current(t *testing.T, foreign foreign, sealer *seal.Sealer) (done, all int) {
	t.Helper()
	rows, err := foreign.rows(`SELECT value FROM env_vars UNION ALL SELECT credentials FROM connections UNION ALL SELECT value FROM seal_check
		UNION ALL SELECT seed FROM factors WHERE seed IS NOT NULL`)
	must(t, err)
	for _, r := range rows {
		if sealer.Current([]byte(r[0])) {
			done++
		}
	}
	return done, len(rows)
}

func TestReseal_EachValue_IsUnderTheNewKey(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		o.Sealer = fillAndRotate(t, address)
		s := open(t, address, o)
		n, err := s.Reseal(t.Context())
		must(t, err)
		again, err := s.Reseal(t.Context())
		must(t, err)
		done, all := current(t, foreign, o.Sealer)
		if n != many+3 || again != 0 || done != many+4 || all != done {
			t.Errorf("resealed %d, then %d; %d of %d are under the new key", n, again, done, all)
		}
		findings, err := s.Verify(t.Context())
		must(t, err)
		if len(findings) > 0 {
			t.Error(findings)
		}
		fenced, err := s.Lead(t.Context(), "c", "l")
		must(t, err)
		if got := value(t, fenced, "TOKEN"); got != "canary-token" {
			t.Errorf("got %q", got)
		}
		apps, err := s.Attempt(t.Context(), "1", store.FactorTOTP, time.Now())
		must(t, err)
		if string(apps[0].Seed.Reveal()) != "canary-seed" {
			t.Errorf("got %v", apps)
		}
		if got := record(t, fenced); got != "r" {
			t.Errorf("the record is %q: resealing counts as a change", got)
		}
	})
}

// Given a store and a keyset of before there were key pairs, when the keyset is rotated and the store resealed, then every value is under
// the key pair, and a manager that has the older file alone is refused before it takes a value for a broken one.
func TestReseal_KeysetOfBeforeThereWereKeyPairs_IsLeftBehind(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		older := symmetricKeyset(t)
		o, before := options(t), options(t)
		o.Sealer, before.Sealer = fillAndRotateFrom(t, address, older), load(t, older)
		closeStore(t, open(t, address, before)) // nothing was sealed again yet
		s := open(t, address, o)
		if _, err := s.Reseal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if done, all := current(t, foreign, o.Sealer); done != all || all != many+4 {
			t.Errorf("%d of %d are under the key pair", done, all)
		}
		fenced, err := s.Lead(t.Context(), "c", "l")
		must(t, err)
		if got := value(t, fenced, "TOKEN"); got != "canary-token" {
			t.Errorf("got %q", got)
		}
		closeStore(t, s)
		refused(t, address, before, "sealed with another keyset")
	})
}

// symmetricKeyset is one of before there were key pairs.
func symmetricKeyset(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile("../../seal/testdata/vectors.json")
	must(t, err)
	var vectors struct{ SymmetricKeyset json.RawMessage }
	must(t, json.Unmarshal(content, &vectors))
	return vectors.SymmetricKeyset
}

// ending is a context that is over after it was looked at so many times.
type ending struct {
	context.Context
	left atomic.Int64
	stop context.CancelFunc
}

func newEnding(t *testing.T, looks int) *ending {
	ctx, stop := context.WithCancel(t.Context())
	e := &ending{Context: ctx, stop: stop}
	e.left.Store(int64(looks))
	return e
}

func (e *ending) Done() <-chan struct{} {
	if e.left.Add(-1) < 0 {
		e.stop()
	}
	return e.Context.Done()
}

func TestReseal_StoppedMidway_LeavesEachValueReadable(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		stopped := fault.Begin(t, fault.Case{Goal: "G26", Workload: "reseal", Action: "stop", Dialect: path.Base(t.Name())})
		o := options(t)
		o.Sealer = fillAndRotate(t, address)
		s := open(t, address, o)
		halves := 0
		for looks := 1; ; looks += 5 {
			if _, err := s.Reseal(newEnding(t, looks)); err == nil {
				break
			}
			findings, err := s.Verify(t.Context())
			must(t, err)
			if len(findings) > 0 {
				t.Fatalf("stopped after %d looks: %v", looks, findings)
			}
			if done, all := current(t, foreign, o.Sealer); done > 0 && done < all {
				halves++
				stopped.Add(1)
			}
		}
		if halves == 0 {
			t.Error("void: it never stopped midway")
		}
	})
}

func TestReseal_NewerValue_IsNotOverwritten(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		o := options(t)
		o.Sealer = fillAndRotate(t, address)
		s := open(t, address, o)
		fenced, err := s.Lead(t.Context(), "c", "l")
		must(t, err)
		var group sync.WaitGroup
		stop := make(chan struct{})
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = s.Reseal(t.Context()) // two writers that cross may have to try again
				}
			}
		})
		for n := range 50 {
			want := fmt.Sprint(n)
			for setVar(t, fenced, "V100", want) != nil {
			}
			if got := value(t, fenced, "V100"); got != want {
				t.Errorf("got %q, wanted %q", got, want)
			}
		}
		close(stop)
		await.End(t, group.Wait)
	})
}

func TestVerifyAndReseal_ValueDoesNotOpen_NameIt(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		swapped := fault.Begin(t, fault.Case{Goal: "G26", Workload: "reseal", Action: "swap two values", Dialect: path.Base(t.Name())})
		o := options(t)
		o.Sealer = fillAndRotate(t, address)
		s := open(t, address, o)
		must(t, foreign.exec(`UPDATE env_vars SET value = (SELECT value FROM env_vars WHERE name = 'V001') WHERE name = 'V002'`))
		swapped.Add(1)
		want := `the variable "V002" of account 1 does not open`
		findings, err := s.Verify(t.Context())
		must(t, err)
		if len(findings) != 1 || findings[0] != want {
			t.Errorf("got %q", findings)
		}
		if _, err := s.Reseal(t.Context()); err == nil || err.Error() != "sealing values anew: "+want {
			t.Errorf("got %v", err)
		}
		if done, all := current(t, foreign, o.Sealer); done != all-1 {
			t.Errorf("%d of %d", done, all)
		}
	})
}

// record is what alice's set applied last.
func record(t *testing.T, fenced store.FencedStore) string {
	t.Helper()
	all, err := fenced.Applied(t.Context(), store.KindEnvVarSet, "", 1)
	must(t, err)
	return all[0].Record
}

// What older releases sealed opens only where a place is still the same to the byte.
func TestPlace_AnyName_IsAsOlderReleasesWroteIt(t *testing.T) {
	for _, name := range []string{"TOKEN", "", "a/b", `"`, `\`, "x\x00\n", "ä\u202e", "\xff"} {
		want := fmt.Sprintf("account-operator/%d/%s/%q/%d", 7, "env_vars", name, int64(1)<<60)
		if got := string(sqlstore.Place(7, "env_vars", name, 1<<60)); got != want {
			t.Errorf("%q: %s, wanted %s", name, got, want)
		}
	}
}
