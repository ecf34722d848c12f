package account

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

func TestChooseRestored_SeveralDeletedAccounts_NeverGuesses(t *testing.T) {
	claim := store.Claim{Cluster: "c", Kind: store.KindAccount, Namespace: "n", NamespaceUID: "ns", Name: "alice", UID: "now"}
	former, recycled, stranger := claim, claim, claim
	former.UID, recycled.UID, recycled.NamespaceUID = "then", "then", "another"
	stranger.Namespace, stranger.UID = "elsewhere", "x"
	deleted := func(id string, by store.Claim, used bool) store.Restorable {
		return store.Restorable{ID: id, Claim: by, Used: used}
	}
	ambiguous, notFound := v1alpha1.ReasonRestoreAmbiguous, v1alpha1.ReasonRestoreNotFound
	for name, c := range map[string]struct {
		id      string
		deleted []store.Restorable
		want    restoration
		among   int
	}{
		"none":                          {},
		"its own":                       {deleted: []store.Restorable{deleted("1", former, false)}, want: restoration{id: "1"}},
		"its own before a stranger's":   {deleted: []store.Restorable{deleted("1", former, false), deleted("2", stranger, true)}, want: restoration{id: "1"}},
		"of its own the one in use":     {deleted: []store.Restorable{deleted("1", former, true), deleted("2", former, false)}, want: restoration{id: "1"}},
		"two of its own in use":         {deleted: []store.Restorable{deleted("1", former, true), deleted("2", former, true)}, want: restoration{reason: ambiguous}, among: 2},
		"two of its own, none in use":   {deleted: []store.Restorable{deleted("1", former, false), deleted("2", former, false)}, want: restoration{reason: ambiguous}, among: 2},
		"of a namespace before":         {deleted: []store.Restorable{deleted("1", recycled, true)}, want: restoration{id: "1", foreign: true}},
		"a stranger's":                  {deleted: []store.Restorable{deleted("1", stranger, true)}, want: restoration{id: "1", foreign: true}},
		"two strangers'":                {deleted: []store.Restorable{deleted("1", stranger, true), deleted("2", stranger, false)}, want: restoration{foreign: true, reason: ambiguous}, among: 2},
		"a chosen one of its own":       {id: "2", deleted: []store.Restorable{deleted("2", former, false), deleted("1", former, true)}, want: restoration{id: "2"}},
		"a chosen one of a stranger's":  {id: "2", deleted: []store.Restorable{deleted("2", stranger, false), deleted("1", former, true)}, want: restoration{id: "2", foreign: true}},
		"one that is not there":         {id: "9", deleted: []store.Restorable{deleted("1", former, true)}, want: restoration{reason: notFound}, among: 1},
		"one where there is none":       {id: "9", want: restoration{reason: notFound}},
		"one where only strangers were": {id: "9", deleted: []store.Restorable{deleted("1", stranger, true)}, want: restoration{foreign: true, reason: notFound}, among: 1},
	} {
		got := chooseRestored(claim, c.id, c.deleted)
		if len(got.among) != c.among {
			t.Errorf("%s: %d to choose from", name, len(got.among))
		}
		got.among = nil
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(restoration{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
