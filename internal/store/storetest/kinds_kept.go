package storetest

import (
	"errors"
	"reflect"
	"strings"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// ofEachKind: what holds for the rows of any kind. A kind that is left out of anything that the driver does with all of them breaks one
// of these, by its name.
var ofEachKind = []promise{
	{"Kinds/a row is written by the call of its kind, and claimed, recorded and counted", eachKind(func(k *kindScene) {
		var calls []store.Call
		watched := store.Around(k.fenced, func(call store.Call, do func() error) error {
			calls = append(calls, call)
			return do()
		})
		k.must(k.of.put(k.ctx, watched, k.claim, k.host, mark("r")))
		k.is("the calls", []store.Call{{Name: k.write, For: k.claim}}, calls)
		k.is("the claims", []store.Claim{k.claim}, k.claims())
		k.is("the record", "r", k.record(k.claim))
		if k.of.inAccount {
			host, err := k.fenced.Account(k.ctx, k.host)
			k.must(err)
			k.is("the rows that the account counts", 1, host.Held[k.claim.Kind])
		}
	})},
	{"Kinds/what another program does to a row is delivered, makes the record stale, and is over with the next put", eachKind(func(k *kindScene) {
		k.keep()
		l := k.listen(k.fenced)
		defer l.stop() // the next kind's would not hear what this one takes
		for _, query := range []string{k.of.change, `DELETE FROM ` + k.of.table} {
			k.foreign(query+` WHERE `+k.of.uid+` = $1`, k.claim.UID)
			l.hears(k.claim)
			k.is("the record after "+query, "r stale", k.record(k.claim))
			k.keep()
			k.is("the record after a put", "r", k.record(k.claim))
		}
	})},
	{"Kinds/a row is bound to the next life of its object", eachKind(func(k *kindScene) {
		k.keep()
		k.must(k.fenced.Rebind(k.ctx, k.claim, k.again()))
		k.is("the claims", []store.Claim{k.again()}, k.claims())
		k.is("the record", "r", k.record(k.again()))
		k.is("the former record", "none", k.record(k.claim))
	})},
	{"Kinds/a row is in the way of a namesake until it goes", eachKind(func(k *kindScene) {
		if k.of.shared {
			return
		}
		k.keep()
		l := k.listen(k.fenced)
		defer l.stop() // the next kind's would not hear what this one takes
		conflict := (*store.ConflictError)(nil)
		if err := k.of.put(k.ctx, k.fenced, k.again(), k.host, mark("r")); !errors.As(err, &conflict) || conflict.Holder != k.claim {
			k.Fatalf("%s: a namesake's put: %v", k.claim.Kind, err)
		}
		k.must(k.of.remove(k.ctx, k.fenced, k.claim, false))
		l.hears(k.again())
	})},
	{"Kinds/a row that is retained is nobody's, one that is removed is gone", eachKind(func(k *kindScene) {
		k.keep()
		all := k.count(`SELECT count(*) FROM ` + k.of.table)
		k.must(k.of.remove(k.ctx, k.fenced, k.claim, true))
		k.is("the claims", []store.Claim(nil), k.claims())
		k.is("the record", "none", k.record(k.claim))
		k.is("the rows, whoever's", all, k.count(`SELECT count(*) FROM `+k.of.table))
		other := claim(k.claim.Kind, "other", "other")
		k.must(k.of.put(k.ctx, k.fenced, other, k.other, mark("r")))
		k.is("the claims", []store.Claim{other}, k.claims())
		k.must(k.of.remove(k.ctx, k.fenced, other, false))
		k.is("the claims", []store.Claim(nil), k.claims())
	})},
	{"Kinds/a row goes with its account, and its object has applied nothing", eachKind(func(k *kindScene) {
		if !k.of.inAccount {
			return
		}
		k.keep()
		k.must(k.fenced.DeleteAccount(k.ctx, k.host, store.Deletion{}))
		k.is("the rows", "0", k.count(`SELECT count(*) FROM `+k.of.table))
		k.is("the record", "", k.record(k.claim))
	})},
	{"Kinds/a put that comes again makes no second row, and one into an account that is not there none at all", eachKind(func(k *kindScene) {
		k.keep()
		all := k.count(`SELECT count(*) FROM ` + k.of.table)
		k.keep()
		k.is("the rows after a second put", all, k.count(`SELECT count(*) FROM `+k.of.table))
		if !k.of.inAccount {
			return
		}
		if err := k.of.put(k.ctx, k.fenced, claim(k.claim.Kind, "other", "other"), account("nobody"), mark("r")); !errors.Is(err, store.ErrNotFound) {
			k.Errorf("%s: a put into an account that is not there: %v", k.claim.Kind, err)
		}
	})},
	{"Kinds/who led before writes nothing", eachKind(func(k *kindScene) {
		k.keep()
		before := k.fenced
		k.fenced = k.lead(lease)
		for call, err := range map[string]error{
			"a put":     k.of.put(k.ctx, before, k.claim, k.host, mark("former")),
			"a removal": k.of.remove(k.ctx, before, k.claim, false),
			"a rebind":  before.Rebind(k.ctx, k.claim, k.again()),
		} {
			if !errors.Is(err, store.ErrFenced) {
				k.Errorf("%s: %s of who led before: %v", k.claim.Kind, call, err)
			}
		}
		k.is("the claims", []store.Claim{k.claim}, k.claims())
		k.is("the record", "r", k.record(k.claim))
	})},
	{"Kinds/each field of a row has its column", eachKind(func(k *kindScene) {
		if k.of.fields != nil {
			k.of.fields(k)
		}
	})},
}

// kindScene is about a row of one kind, which is in an account where it can be.
type kindScene struct {
	*scene

	of                 sample
	write              string
	claim, host, other store.Claim // other is another account
}

// eachKind proves a promise for each kind. Each has names of its own, so that all can be in one store.
func eachKind(prove func(*kindScene)) func(*scene) {
	return func(s *scene) {
		for _, k := range store.ClaimingKinds {
			of, known := samples[k.Kind]
			if !known {
				s.Errorf("there is no sample of the kind %s", k.Kind)
				continue
			}
			name := strings.ToLower(string(k.Kind))
			scene := &kindScene{
				scene: s, of: of, write: k.Write, claim: claim(k.Kind, name, "uid-"+name),
				host: account("host-of-" + name), other: account("other-of-" + name),
			}
			if of.inAccount {
				s.put(scene.host)
				s.put(scene.other)
			}
			prove(scene)
		}
	}
}

func (k *kindScene) keep() {
	k.Helper()
	k.must(k.of.put(k.ctx, k.fenced, k.claim, k.host, mark("r")))
}

// again is the claim of the object in its next life.
func (k *kindScene) again() store.Claim {
	c := k.claim
	c.UID = "again-" + c.UID
	return c
}

// claims are those of the kind, but for the accounts that rows are in.
func (k *kindScene) claims() (all []store.Claim) {
	k.Helper()
	page, err := k.fenced.Claims(k.ctx, k.claim.Kind, "", 100)
	k.must(err)
	for _, c := range page {
		if !strings.Contains(c.Name, "-of-") {
			all = append(all, c)
		}
	}
	return all
}

func (k *kindScene) is(what string, want, got any) {
	k.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		k.Errorf("%s: %s (-want +got):\n%s", k.claim.Kind, what, diff)
	}
}

// hasColumns puts a row whose fields say their own names, and looks into the table and at what comes back.
func hasColumns[R any](k *kindScene, rows store.Rows[R]) {
	k.Helper()
	_, err := rows.Put(k.ctx, k.claim, k.host, filled[R](), mark("r"))
	k.must(err)
	got, err := rows.Get(k.ctx, k.claim)
	k.must(err)
	want := filled[R]()
	for v, n := reflect.ValueOf(&want).Elem(), 0; n < v.NumField(); n++ {
		switch name := v.Type().Field(n).Name; {
		case name == "ID": // the store's
			v.Field(n).Set(reflect.ValueOf(got).Field(n))
		case v.Field(n).Kind() == reflect.String:
			column := columnOf(name)
			k.is("the column "+column, name, k.count(`SELECT `+column+` FROM `+k.of.table+` WHERE uid = $1`, k.claim.UID))
		}
	}
	k.is("what comes back", want, got)
}

// columnOf is the column of a field: display_name of DisplayName.
func columnOf(field string) string {
	var column strings.Builder
	for n, r := range field {
		if n > 0 && unicode.IsUpper(r) {
			column.WriteByte('_')
		}
		column.WriteRune(unicode.ToLower(r))
	}
	return column.String()
}
