package sqlstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/words"
)

// Each reason for which a store is not to be used at all is what a test of this package brings about.
func TestStartupErrors_Each_IsExpectedByATest(t *testing.T) {
	all, err := words.Of(".", words.Place{Call: "startupError"})
	if err != nil {
		t.Fatal(err)
	}
	missing, err := words.Unexpected(all, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range missing {
		if !strings.Contains(m, "cannot be made private") { // these tests may run as root, who may do anything
			t.Errorf("no test brings this about: %s", m)
		}
	}
}

func TestGiveRights_AnSQLiteStore_SaysWhoMayWhat(t *testing.T) {
	address, _ := newSQLite(t)
	err := open(t, address, options(t)).GiveRights(t.Context(), sqlstore.Roles{})
	if startup := (*store.StartupError)(nil); !errors.As(err, &startup) || !strings.Contains(err.Error(), "an SQLite store has no roles") {
		t.Errorf("it says: %v", err)
	}
}
