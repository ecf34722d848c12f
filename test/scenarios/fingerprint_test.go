package scenarios

import (
	"testing"

	"github.com/account-operator/account-operator/internal/controller/drift"
)

func TestFingerprint_EachPart_MakesADifference(t *testing.T) {
	seen := map[string]bool{}
	for _, parts := range [][]any{{}, {"a"}, {"a", "b"}, {"ab"}, {[]string{"a", "b"}}, {nil}} {
		f, err := drift.Fingerprint(parts...)
		if err != nil || seen[f] || len(f) > 64 {
			t.Errorf("%v gives %q, %v", parts, f, err)
		}
		seen[f] = true
	}
}
