package postgres

import "testing"

// Given the server of a package's tests, when none of them uses it, then nothing is started; when one does, it runs.
func TestMain_ServerNotUsedYet_StartsWithItsFirstUse(t *testing.T) {
	s, err := prepared(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.asleep = true
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	if s.process != nil {
		t.Fatal("it starts although nobody uses it")
	}
	if err := s.Exec(t.Context(), superuser, "SELECT 1"); err != nil {
		t.Error(err)
	}
}
