package storetest

import (
	"maps"
	"slices"

	"github.com/account-operator/account-operator/internal/store"
)

func claim(kind store.Kind, name, uid string) store.Claim {
	return store.Claim{Cluster: cluster, Kind: kind, Namespace: "team", NamespaceUID: "ns-1", Name: name, UID: uid}
}

func account(name string) store.Claim { return claim(store.KindAccount, name, "uid-a-"+name) }
func set(name string) store.Claim     { return claim(store.KindEnvVarSet, name, "uid-s-"+name) }
func connection(name string) store.Claim {
	return claim(store.KindCloudConnection, name, "uid-c-"+name)
}

func mark(record string) store.Mark { return store.Mark{Generation: 1, Record: record} }

func ptr[T any](v T) *T { return &v }

func email(name string) string { return name + "@example.com" }

// put stores an account with the address of its name.
func (s *scene) put(c store.Claim) store.Account {
	s.Helper()
	a, err := s.fenced.PutAccount(s.ctx, c, store.AccountSpec{Email: email(c.Name)}, mark("r-"+c.Name))
	s.must(err)
	return a
}

// suspend puts the account with access suspended, or not.
func (s *scene) suspend(name string, is bool) {
	s.Helper()
	_, err := s.fenced.PutAccount(s.ctx, account(name), store.AccountSpec{Email: email(name), SuspendAccess: is}, mark("r-"+name))
	s.must(err)
}

// vars are names and values in clear text.
type vars map[string]string

// sync makes the owner's variables exactly these.
func (s *scene) sync(account, owner store.Claim, want vars) {
	s.Helper()
	s.must(s.fenced.SyncEnvVars(s.ctx, account, owner, exactly(owner, want)))
}

// exactly plans as a controller would: set what is wanted, delete what the owner has besides.
func exactly(owner store.Claim, want vars) func([]store.EnvVar) store.EnvVarPlan {
	return func(have []store.EnvVar) store.EnvVarPlan {
		p := store.EnvVarPlan{Mark: ptr(mark("r-" + owner.Name))}
		for _, v := range have {
			if _, wanted := want[v.Name]; v.Owner == owner && !wanted {
				p.Changes = append(p.Changes, store.EnvVarChange{Op: store.EnvVarDelete, Name: v.Name})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			p.Changes = append(p.Changes, change(store.EnvVarSet, name, want[name]))
		}
		return p
	}
}

func change(op store.EnvVarOp, name, value string) store.EnvVarChange {
	return store.EnvVarChange{Op: op, Name: name, Value: store.NewSecret([]byte(value))}
}

// plan answers the same, whatever is there.
func plan(changes ...store.EnvVarChange) func([]store.EnvVar) store.EnvVarPlan {
	return func([]store.EnvVar) store.EnvVarPlan { return store.EnvVarPlan{Changes: changes} }
}

// look returns the variables of the account without writing anything.
func (s *scene) look(account store.Claim) []store.EnvVar {
	s.Helper()
	var seen []store.EnvVar
	s.must(s.fenced.SyncEnvVars(s.ctx, account, set("looker"), func(have []store.EnvVar) store.EnvVarPlan {
		seen = have
		return store.EnvVarPlan{}
	}))
	return seen
}

func (s *scene) values(account store.Claim) vars {
	s.Helper()
	out := vars{}
	for _, v := range s.look(account) {
		out[v.Name] = string(v.Value.Reveal())
	}
	return out
}

// record is what the claim applied last, with "stale" after it when another program changed its rows since; "none" when there
// is none.
func (s *scene) record(c store.Claim) string {
	s.Helper()
	all, err := s.fenced.Applied(s.ctx, c.Kind, "", 1000)
	s.must(err)
	for _, a := range all {
		switch {
		case a.Claim == c && a.Stale:
			return a.Record + " stale"
		case a.Claim == c:
			return a.Record
		}
	}
	return "none"
}

var s3 = store.Connection{
	DisplayName: "training data", Type: "AmazonS3", Bucket: "bucket", Region: "eu-central-1", Endpoint: "https://s3.example.com",
	Credentials: map[string]store.Secret{"accessKeyID": store.NewSecret([]byte("AKIA")), "secretAccessKey": store.NewSecret([]byte("canary-key"))},
}
