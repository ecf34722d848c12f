package drift

import "testing"

func TestFingerprint_EachPart_MakesADifference(t *testing.T) {
	seen := map[string]bool{}
	for _, parts := range [][]any{{}, {"a"}, {"a", "b"}, {"ab"}, {[]string{"a", "b"}}, {nil}} {
		f, err := Fingerprint(parts...)
		if err != nil || seen[f] || len(f) > 64 {
			t.Errorf("%v gives %q, %v", parts, f, err)
		}
		seen[f] = true
	}
}

func TestOrNil_EmptyList_IsLeftOut(t *testing.T) {
	if OrNil([]string{}) != nil || len(OrNil([]string{"a"})) != 1 {
		t.Error("wrong")
	}
}
