package password

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/account-operator/account-operator/test/await"
)

func TestHash_OneTooMany_IsRefusedAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher()
		if err := h.turns.Acquire(t.Context(), atOnce); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := h.Hash(t.Context(), "violet tigers dance"); !errors.Is(err, ErrBusy) || time.Since(began) != patience {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
		h.turns.Release(1)
		if _, err := h.Hash(t.Context(), "violet tigers dance"); err != nil {
			t.Errorf("there is room again: %v", err)
		}
	})
}

// In the bubble the clock stands still while one is being made, so that a slow machine makes nobody wait too long.
func TestHash_ManyAtOnce_AllGetTheirs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher()
		var all sync.WaitGroup
		for range atOnce + 2 {
			all.Go(func() {
				if _, err := h.Hash(t.Context(), "violet tigers dance"); err != nil {
					t.Error(err)
				}
			})
		}
		await.End(t, all.Wait)
	})
}
