package store_test

import (
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestParseAccountID_WrittenInAnotherWay_IsNone(t *testing.T) {
	if n, ok := store.ParseAccountID("42"); n != 42 || !ok {
		t.Errorf("42 is %d, %t", n, ok)
	}
	for _, id := range []string{"", "0", "-1", "+1", "01", " 1", "1.0", "alice", "9223372036854775808"} {
		if n, ok := store.ParseAccountID(id); n != 0 || ok {
			t.Errorf("%q is %d, %t", id, n, ok)
		}
	}
}
