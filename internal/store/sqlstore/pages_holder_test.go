package sqlstore_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// everyLeaf wants each to be another than that of a new account.
func everyLeaf() store.HolderSpec {
	all := store.HolderSpec{Events: map[string]string{"outbid": "Disabled"}}
	for _, leaf := range all.Leaves() {
		*leaf.Value = new("hers")
	}
	all.Theme, all.Newsletter = new("Dark"), new("Subscribed")
	return all
}

// Given a login with the role of the pages and the public half of the keyset, when a holder does everything that one can to an account, then
// each step works; and the manager, which has the private half, opens what was written.
func TestOpenPages_RoleOfThePages_SufficesForWhatAHolderDoes(t *testing.T) {
	s := newPagesScene(t)
	ctx, alice := t.Context(), claim(store.KindAccount, "alice")
	a, err := s.fenced.Account(ctx, alice)
	must(t, err)
	h := s.open(t).Holder(a.ID)

	must(t, h.Set(ctx, everyLeaf()))
	must(t, h.Set(ctx, store.HolderSpec{Events: map[string]string{"outbid": "Enabled"}}))
	for range 2 { // added, then replaced
		_, err = h.PutEnvVars(ctx, []store.NamedValue{{Name: "HERS", Value: store.NewSecret([]byte("canary"))}, {Name: "GONE"}})
		must(t, err)
	}
	must(t, h.DeleteEnvVar(ctx, "GONE"))
	made, err := h.PutConnection(ctx, store.Connection{Type: "Dropbox"})
	must(t, err)
	_, err = h.PutConnection(ctx, store.Connection{ID: made, Type: "Dropbox", Bucket: "again"})
	must(t, err)
	must(t, h.RenameConnection(ctx, made, "hers"))
	variables, err := h.EnvVars(ctx)
	must(t, err)
	connections, err := h.Connections(ctx)
	must(t, err)
	got, err := h.Account(ctx)
	must(t, err)
	if got.Held[store.KindEnvVarSet] != len(variables) || got.Held[store.KindCloudConnection] != len(connections) || got.Theme != "Dark" || !got.Managed.Known {
		t.Errorf("%d variables, %d connections, %+v", len(variables), len(connections), got)
	}
	must(t, h.DeleteConnection(ctx, made))

	must(t, s.fenced.SyncEnvVars(ctx, alice, claim(store.KindEnvVarSet, "looker"), func(have []store.EnvVar) store.EnvVarPlan {
		if !slices.ContainsFunc(have, func(v store.EnvVar) bool { return v.Name == "HERS" && string(v.Value.Reveal()) == "canary" }) {
			t.Error("the manager does not open what the pages wrote")
		}
		return store.EnvVarPlan{}
	}))
	if _, err := s.open(t).Holder("4711").Account(ctx); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// seesOthers has a holder change SSH keys and teams, and read what other programs write of the account.
func seesOthers(t *testing.T, mine store.Holder) {
	t.Helper()
	ctx := t.Context()
	key, err := mine.PutSSHKey(ctx, store.SSHKey{Type: "ssh-ed25519", Key: "AAAA"})
	must(t, err)
	_, err = mine.PutSSHKey(ctx, store.SSHKey{ID: key.ID, Type: "ssh-ed25519", Key: "AAAB"})
	must(t, err)
	must(t, mine.DeleteSSHKey(ctx, key.ID))
	team, err := mine.CreateTeam(ctx, "research")
	must(t, err)
	if all, err := mine.Teams(ctx); err != nil || len(all) != 1 {
		t.Errorf("teams: %v, %v", all, err)
	}
	if all, err := mine.Members(ctx, team, 10); err != nil || len(all) != 1 {
		t.Errorf("members: %v, %v", all, err)
	}
	if err := mine.RemoveMember(ctx, team, "1000"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody is removed: %v", err)
	}
	must(t, mine.DeleteTeam(ctx, team))
	for _, kind := range []store.DependentKind{store.Machine, store.Cluster, store.Instance, store.Volume} {
		if _, err := mine.Dependents(ctx, kind, "", 10); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if all, err := mine.Audit(ctx, 10); err != nil || len(all) < 5 {
		t.Errorf("the audit: %v, %v", all, err)
	}
}
