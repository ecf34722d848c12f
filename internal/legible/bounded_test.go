package legible_test

import (
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/legible"
)

func TestMessage_TooLong_IsCutBetweenCharacters(t *testing.T) {
	for n := range 8 {
		got := legible.Bounded(strings.Repeat("x", n) + strings.Repeat("ü", 1<<19))
		if len(got) > legible.MaxMessage || !strings.HasSuffix(got, "ü...") {
			t.Errorf("cut to %d bytes: ...%q", len(got), got[len(got)-8:])
		}
	}
}
