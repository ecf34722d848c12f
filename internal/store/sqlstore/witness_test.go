package sqlstore

import (
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// A look or a write that began before the incarnation and ended after it had every write refused from then on, until the next resync:
// objects stayed StoreUnavailable for minutes.
func TestAcknowledged_OfTheFormerIncarnation_IsNotHeldAgainstThePresentOne(t *testing.T) {
	lost, newest := store.Commit{Number: 7, At: time.Unix(7, 0)}, store.Commit{Number: 5, At: time.Unix(5, 0)}
	late := map[string]func(a *acknowledged, began int){
		"a look that misses a commit":      func(a *acknowledged, began int) { a.found(began, true) },
		"a write that is acknowledged":     func(a *acknowledged, began int) { a.add(began, lost) },
		"a commit of another that is read": func(a *acknowledged, began int) { a.saw(began, lost) },
	}
	for name, ends := range late {
		t.Run(name, func(t *testing.T) {
			// given something that began before a new incarnation of the store
			a := &acknowledged{keep: 4}
			began := a.present()
			a.found(began, true)
			a.goOn(newest)

			// when it ends
			ends(a, began)

			// then writes go on, and only what the present incarnation had is looked for
			if a.isPutBack() {
				t.Error("writes are refused")
			}
			if _, numbers, _ := a.known(); len(numbers) != 1 || numbers[0] != newest.Number {
				t.Errorf("the next connection looks for %v", numbers)
			}
		})
	}
}
